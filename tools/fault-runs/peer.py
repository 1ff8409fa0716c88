#!/usr/bin/env python3
"""A 1.0 program of a round: the real `ipckit.FileChannel`, which writes or reads until it is told to stop.

    peer.py write|read FOLDER SIDE NAME [KEY=VALUE...]

It keeps a log in the form of the programs of ours: milliseconds since boot, and what was done.
"""
import os
import sys
import time

import ipckit

role, folder, side, name = sys.argv[1:5]
options = dict(word.split("=", 1) for word in sys.argv[5:])
log = os.open(f"{folder}/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
pace = int(options.get("pace", 0)) / 1e6


def note(line):
    moment = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    os.write(log, f"{moment} {line}\n".replace("\n", " ", line.count("\n")).encode())


def is_there(file):
    return os.path.exists(f"{folder}/{file}")


def checksum(sender, number):
    value = 7
    for byte in f"{sender} {number}".encode():
        value = (value * 31 + byte) % 1_000_003
    return value


def write(channel):
    number = 1
    while not is_there("stop"):
        note(f"try {name} {number}")
        try:
            channel.send_event(name, f"{number}:{checksum(name, number)}")
            note(f"ack {name} {number} -")
        except TimeoutError:
            # The lock was not to be had: nothing was written.
            note(f"unsent {name} {number} TimeoutError")
        except Exception as error:
            # Perhaps it was: the rename may have come before what failed.
            note(f"unsure {name} {number} {type(error).__name__}: {error}")
            time.sleep(0.01)
        number += 1
        if pace:
            time.sleep(pace)


def read(channel):
    seen = set()
    polls_left = 5
    is_calm = False
    polled = time.monotonic()
    while polls_left > 0:
        if not is_calm and is_there("drain"):
            is_calm = True
            note("calm")
        has_last = "last" in seen
        now = time.monotonic()
        if now - polled > 1:
            # A reader that is that slow may miss what a window had to let go of.
            note("late")
        polled = now
        try:
            for message in channel.recv():
                sender = message.get("method", "-")
                seen.add(sender)
                verb = "again" if message["id"] in seen else "got"
                seen.add(message["id"])
                note(f"{verb} {sender} {str(message['payload']).split(':')[0]} {message['id']}")
        except Exception as error:
            note(f"error {type(error).__name__}: {error}")
        if has_last and is_calm:
            polls_left -= 1
        time.sleep(pace)


channel = getattr(ipckit.FileChannel, side)(f"{folder}/channel")
(write if role == "write" else read)(channel)
note("closed")
