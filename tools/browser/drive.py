#!/usr/bin/env python3
# Shows tools/browser/page.html to a Chromium without a screen, and prints what it says: see tools/browser/try.
import argparse
import functools
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
FILES = {
    "/page.html": (HERE / "page.html", "text/html"),
    "/transom.js": (HERE / "../../Sources/ChannelBridge/Browser/transom.js", "text/javascript"),
}
# Kept when the title is another one than the one that is given.
NEXT_TITLE = """new Promise((resolve) => {
  const look = () => document.title === "%s" || resolve(document.title);
  new MutationObserver(look).observe(document.querySelector("title"), { childList: true });
  look();
})"""


class Page(http.server.BaseHTTPRequestHandler):
    """The page and the module, which browsers do not take from files."""

    def do_GET(self):
        path, kind = FILES.get(urllib.parse.urlsplit(self.path).path, (None, None))
        if path is None:
            return self.send_error(404)
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Browser:
    """A Chromium that is told by a pipe what to do: JSON, each message ended by a zero byte."""

    def __init__(self, program, profile):
        commands, self.commands = os.pipe()
        self.events, events = os.pipe()
        # It reads from 3 and writes to 4.
        start = functools.partial(os.execvp, program, [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"])
        self.process = os.fork()
        if self.process == 0:
            spare = os.dup(events)
            os.dup2(commands, 3)
            os.dup2(spare, 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            start()
        os.close(commands)
        os.close(events)
        self.pending = b""
        self.count = 0

    def tell(self, method, session=None, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        return self.count

    def next(self):
        while b"\0" not in self.pending:
            piece = os.read(self.events, 1 << 16)
            if not piece:
                sys.exit("failed: the browser ended, or there was no end in time")
            self.pending += piece
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        number = self.tell(method, session, **parameters)
        while True:
            message = self.next()
            if message.get("id") == number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]

    def end(self):
        self.tell("Browser.close")
        os.waitpid(self.process, 0)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", default="chromium")
    arguments.add_argument("--port", type=int, default=8917)
    arguments.add_argument("--reader", default="browser-test")
    arguments.add_argument("--token")
    arguments.add_argument("--timeout", type=float, default=60)
    arguments.add_argument("channel")
    arguments.add_argument("restart", nargs=argparse.REMAINDER)
    given = arguments.parse_args()

    query = {"channel": given.channel, "reader": given.reader}
    if given.token:
        query["token"] = given.token
    if given.restart:
        query["restarts"] = "1"

    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.port), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(given.program, profile)
        # Whatever it hangs at, it ends.
        watchdog = threading.Timer(given.timeout, os.kill, (browser.process, signal.SIGKILL))
        watchdog.daemon = True
        watchdog.start()
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.ask("Page.enable", session)
        browser.tell("Page.navigate", session, url=f"http://127.0.0.1:{server.server_port}/page.html?"
                     + urllib.parse.urlencode(query))
        while browser.next().get("method") != "Page.loadEventFired":
            pass
        title = "running"
        while title not in ("passed", "failed"):
            result = browser.ask("Runtime.evaluate", session, awaitPromise=True, expression=NEXT_TITLE % title)
            title = result["result"]["value"]
            if title == "restart":
                subprocess.Popen(given.restart)
        text = browser.ask("Runtime.evaluate", session, expression="document.querySelector('pre').textContent")
        print(text["result"]["value"] + title, flush=True)
        watchdog.cancel()
        browser.end()
    sys.exit(0 if title == "passed" else 1)


main()
