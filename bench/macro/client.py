"""A blocking RESP client for the unmeasured work: setting a test up, and loading millions of keys quickly.

The harness's wire client keeps a transcript and decodes every reply; at a million keys that is too slow.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterable


class BenchError(Exception):
    """A measurement cannot be made; the text says why."""


class Connection:
    """A blocking RESP connection, just enough for set-up work: line and bulk replies, and bulk loading."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def command(self, *words: object) -> bytes:
        """The first line of the reply, with its type byte and without the line end; errors come back as such."""
        self._socket.sendall(encode(*words))
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise BenchError(f"the connection broke while waiting for the reply to {words[0]}")
        return line[:-2]

    def bulk(self, *words: object) -> bytes:
        """The bytes of a bulk reply (empty for any other reply)."""
        head = self.command(*words)
        if not head.startswith(b"$") or head == b"$-1":
            return b""
        return self._file.read(int(head[1:]) + 2)[:-2]

    def must(self, *words: object) -> bytes:
        reply = self.command(*words)
        if reply.startswith(b"-"):
            raise BenchError(f"{' '.join(map(str, words))[:60]} was answered with {reply.decode(errors='replace')}")
        return reply

    def knows(self, name: str) -> bool:
        """Does the server have this command? Asked without arguments: any error but 'unknown' means yes."""
        return b"unknown command" not in self.command(name)

    def load(self, commands, batch: int = 500) -> None:
        """Sends already encoded commands, `batch` to a write. Each must have a one-line reply that is no error."""
        load_all([self], commands, batch)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def skip_replies(self, count: int) -> None:
        """Reads so many one-line replies, none of which may be an error."""
        for _ in range(count):
            line = self._file.readline()
            if not line or line.startswith(b"-"):
                raise BenchError(f"loading was answered with {line!r}")


def load_all(connections: list[Connection], commands: Iterable[bytes], batch: int = 500) -> None:
    """Connection.load into several servers, which get the same and are busy at the same time."""
    commands = iter(commands)
    while pending := list(itertools.islice(commands, batch)):
        data = b"".join(pending)
        for connection in connections:
            connection.send(data)
        for connection in connections:
            connection.skip_replies(len(pending))


def encode(*words: object) -> bytes:
    """A command as a RESP array of bulks."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        raw = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)
