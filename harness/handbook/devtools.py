"""A conversation with a headless Chromium: its DevTools protocol over two pipes, so no WebSocket library is needed.

  we write to the browser's descriptor 3, it writes to its 4; each message is JSON that ends with a zero byte

    -> {"id": 1, "method": "Page.navigate", "params": {...}, "sessionId": ...}
    <- {"id": 1, "result": {...}}                        the answer
    <- {"method": "Page.loadEventFired", "params": ...}  an event, whenever it happens

`call` waits for the answer and keeps the events that come before it; `wait_for` waits for one. Both raise BrowserError after
their time limit, or when the browser ends.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe")


class BrowserError(RuntimeError):
    """The browser does not start, does not answer or has ended."""


def program() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


class Browser:
    """One browser with one tab. A context manager: leaving it ends the browser and removes its profile."""

    def __init__(self, limit: float = 30.0):
        self.limit_ = limit
        self.events: list[dict] = []
        self.next_id_ = 0
        self.unread_ = b""
        self.session_ = None

    def __enter__(self) -> Browser:
        self.profile_ = tempfile.TemporaryDirectory(prefix="strata-browser-", ignore_cleanup_errors=True)
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        self.process_ = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "sh", program() or NAMES[0], *_OPTIONS,
             f"--user-data-dir={self.profile_.name}", "about:blank"],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.in_, self.out_ = ours_in, ours_out
        try:
            targets = self.call("Target.getTargets")["targetInfos"]
            page = next(target["targetId"] for target in targets if target["type"] == "page")
            self.session_ = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        except (BrowserError, StopIteration):
            self.__exit__()
            raise BrowserError("the browser does not start") from None
        return self

    def __exit__(self, *_reason) -> None:
        os.close(self.in_)
        os.close(self.out_)  # it ends when nobody is left to talk to
        try:
            self.process_.wait(10)
        except subprocess.TimeoutExpired:
            self.process_.kill()
            self.process_.wait()
        self.profile_.cleanup()

    def call(self, method: str, **params) -> dict:
        self.next_id_ += 1
        message = {"id": self.next_id_, "method": method, "params": params}
        if self.session_:
            message["sessionId"] = self.session_
        try:
            os.write(self.out_, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise BrowserError(f"{method}: the browser has ended") from None
        deadline = time.monotonic() + self.limit_
        while True:
            answer = self._receive(deadline, method)
            if answer.get("id") == self.next_id_:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event: str) -> None:
        """Returns once an event of this name is among `events`."""
        deadline = time.monotonic() + self.limit_
        while not any(one.get("method") == event for one in self.events):
            self.events.append(self._receive(deadline, event))

    def evaluate(self, script: str):
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"a script failed: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def _receive(self, deadline: float, what: str) -> dict:
        while b"\0" not in self.unread_:
            if not select.select([self.in_], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise BrowserError(f"{what}: no answer within {self.limit_:g} s")
            piece = os.read(self.in_, 1 << 16)
            if not piece:
                raise BrowserError(f"{what}: the browser has ended")
            self.unread_ += piece
        message, _, self.unread_ = self.unread_.partition(b"\0")
        return json.loads(message)
