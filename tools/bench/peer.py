"""One end of a channel as a 1.0 program has it, measured as the ends of the benchmark are.

    peer.py send|ask|answer CHANNEL

It says `ready`; then it does its work as often as each line of standard input says, and answers with the moments between
which it did. `answer` does not listen: it looks for requests every 10 ms, as long as it lives.
"""
import os
import sys
import time

import ipckit

PAYLOAD = {
    "n": 1234567890, "who": "bench", "what": [1, 2, 3, 4, 5, 6, 7, 8],
    "text": "The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs, "
            "and how vexingly quick daft zebras jump!",
    "last": True,
}


def now():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def work(do):
    print("ready", flush=True)
    for line in sys.stdin:
        start = now()
        for _ in range(int(line)):
            do()
        print(start, now(), flush=True)


def ask(channel):
    request = channel.send_request("echo", PAYLOAD)
    channel.wait_response(request, 5000)


def answer(channel):
    print("ready", flush=True)
    while True:
        for message in channel.recv():
            if message.get("method") == "echo":
                channel.send_response(message["id"], message["payload"])
        time.sleep(0.01)


def main():
    verb, path = sys.argv[1:]
    os.makedirs(path, exist_ok=True)
    if verb == "send":
        channel = ipckit.FileChannel.backend(path)
        for _ in range(100):
            channel.send_event("tick", PAYLOAD)
        work(lambda: channel.send_event("tick", PAYLOAD))
    elif verb == "ask":
        channel = ipckit.FileChannel.frontend(path)
        work(lambda: ask(channel))
    else:
        answer(ipckit.FileChannel.backend(path))


main()
