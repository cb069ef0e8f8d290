"""A few questions to a running server, in RESP2, and the one request: save now.

    LASTSAVE      -> t0, once the server's clock has left second t0: a save that ends later then shows
    BGSAVE        -> started, or an error while another child is at work: asked again
    INFO, LASTSAVE   until no save is in progress, the last one went well, and LASTSAVE is past t0
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any, Optional, Union

from .failure import Failure

_PAUSE = 0.05  # seconds between two questions
_PATIENCE = 10  # seconds for one answer


class Refused(Failure):
    """The server answered with an error."""


class Server:
    """A connection. `address` is a path (unix socket) or (host, port)."""

    def __init__(self, address: Union[str, tuple[str, int]]) -> None:
        self.name = address if isinstance(address, str) else f"{address[0]}:{address[1]}"
        try:
            if isinstance(address, str):
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.settimeout(_PATIENCE)
                self._socket.connect(address)
            else:
                self._socket = socket.create_connection(address, _PATIENCE)
        except OSError as error:
            raise Failure(f"cannot reach the server at {self.name}: {error}") from None
        self._stream = self._socket.makefile("rb")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def ask(self, *words: str) -> Any:
        """The answer as str, int, None or a list of them. Raises Refused for an error."""
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = word.encode()
            parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
        try:
            self._socket.sendall(b"".join(parts))
            return self._read(words[0])
        except (OSError, ValueError) as error:
            raise Failure(f"the server at {self.name} did not answer {words[0]}: {error}") from None

    def authenticate(self, user: Optional[str], password: str) -> None:
        self.ask("AUTH", *([user] if user else []), password)

    def info(self, section: str) -> dict[str, str]:
        lines = (line.partition(":") for line in self.ask("INFO", section).splitlines())
        return {name: value for name, colon, value in lines if colon}

    def dump_file(self) -> Path:
        """Where the server keeps its dump, in its own view of the file system."""
        values = [self.ask("CONFIG", "GET", name) for name in ("dir", "dbfilename")]
        if not all(isinstance(value, list) and len(value) == 2 for value in values):
            raise Failure(f"the server at {self.name} does not tell where its dump is: name the folder with --dir")
        return Path(values[0][1]) / values[1][1]

    def save(self, limit: float) -> None:
        """Has a new dump written and waits for it, `limit` seconds at most."""
        deadline = time.monotonic() + limit
        before = self._start_save(deadline)
        while True:
            state = self.info("persistence")
            if state.get("rdb_bgsave_in_progress") == "0":
                if state.get("rdb_last_bgsave_status") != "ok":
                    raise Failure(f"the background save of {self.name} failed; its log tells why")
                if self.ask("LASTSAVE") > before:
                    return
            self._pause(deadline, "its background save to end")

    def _start_save(self, deadline: float) -> int:
        """Returns the LASTSAVE that the save has to pass."""
        while True:
            before = self.ask("LASTSAVE")
            if int(self.ask("TIME")[0]) > before:
                try:
                    self.ask("BGSAVE")
                    return before
                except Refused as refusal:
                    if "in progress" not in str(refusal) and "child process" not in str(refusal):
                        raise
            self._pause(deadline, "a background save to begin")

    def _pause(self, deadline: float, awaited: str) -> None:
        if time.monotonic() > deadline:
            raise Failure(f"waited too long for {self.name}: {awaited}")
        time.sleep(_PAUSE)

    def _read(self, command: str) -> Any:
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            raise ValueError("the connection was closed")
        kind, rest = line[:1], line[1:-2].decode(errors="replace")
        if kind == b"+":
            return rest
        if kind == b"-":
            raise Refused(f"the server at {self.name} refuses {command}: {rest}")
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == "-1" else self._stream.read(int(rest) + 2)[:-2].decode(errors="surrogateescape")
        if kind == b"*":
            return [self._read(command) for _ in range(int(rest))]
        raise ValueError(f"not RESP: {line[:60]!r}")
