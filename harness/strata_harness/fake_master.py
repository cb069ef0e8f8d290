"""A master that is no server: it answers a replica what a test wants it to hear, and shows what the replica says.

    master = FakeMaster()
    replica.ok("REPLICAOF", "127.0.0.1", master.port)
    link = master.accept()                       the replica's connection
    link.greet()                                 up to its PSYNC, which is returned
    link.full_resync(image, offset=1000)
    link.send(encode("SET", "k", "v"))           the stream
    link.await_ack(1033)
"""

from __future__ import annotations

import contextlib
import socket

from .ports import claim_port
from .rdb_file import RdbWriter
from .timing import scaled
from .transcript import Transcript
from .wire import Wire, WireError

ID = "0123456789abcdef0123456789abcdef01234567"
MARK = b"f" * 40


class Link(Wire):
    """A replica's connection, at the master's end. `newlines` counts the replica's signs of life."""

    newlines = 0

    def command(self, timeout: float | None = None) -> list[str]:
        """The next command of the replica."""
        while (first := self.peek(1, timeout)) == b"\n":
            self.read_bytes(1)
            self.newlines += 1
        if first != b"*":
            return self.read_line(timeout).decode().split(" ")
        words = self.read(timeout)
        return [word.decode(errors="replace") for word in words]

    def expect_command(self, *words: str, timeout: float | None = None) -> None:
        got = self.command(timeout)
        assert got == list(words), f"the replica was to say {' '.join(words)!r}, it said {' '.join(got)!r}"

    def greet(self, timeout: float | None = None) -> list[str]:
        """Answers all that comes before PSYNC as a friendly master does. Returns the words of PSYNC."""
        while True:
            words = self.command(timeout)
            if words[0] == "PSYNC":
                return words
            self.send(b"+PONG\r\n" if words[0] == "PING" else b"+OK\r\n")

    def full_resync(self, image: bytes = b"", offset: int = 0, history: str = ID, diskless: bool = False) -> None:
        """The answer to PSYNC, and the image."""
        self.send(b"+FULLRESYNC %s %d\r\n" % (history.encode(), offset))
        self.send_image(image or empty_image(), diskless)

    def send_image(self, image: bytes, diskless: bool = False) -> None:
        self.send(b"$EOF:" + MARK + b"\r\n" + image + MARK if diskless else b"$%d\r\n" % len(image) + image)

    def continue_with(self, history: str = ID, data: bytes = b"") -> None:
        self.send(b"+CONTINUE %s\r\n" % history.encode() + data)

    def await_ack(self, offset: int, timeout: float | None = None) -> None:
        """Until the replica tells this offset. It may have told smaller ones before."""
        while True:
            words = self.command(timeout)
            assert words[:2] == ["REPLCONF", "ACK"], f"an ACK was awaited, the replica said {' '.join(words)!r}"
            got = int(words[2])
            assert got <= offset, f"the replica acknowledges {got}; at most {offset} bytes were sent"
            if got == offset:
                return


def empty_image() -> bytes:
    return RdbWriter().end()


class FakeMaster:
    """Listens on a port of its own. `links` are the connections so far, oldest first; all end with `close`."""

    def __init__(self, name: str = "fake master", transcripts: list[Transcript] | None = None) -> None:
        """The transcripts of its connections are added to `transcripts`."""
        self._transcripts = transcripts if transcripts is not None else []
        self._claim = claim_port()
        self._socket = socket.create_server(("127.0.0.1", self._claim.number))
        self.name = name
        self.links: list[Link] = []

    @property
    def port(self) -> int:
        return self._claim.number

    def accept(self, timeout: float = 5.0) -> Link:
        """The next connection of a replica. `timeout` in seconds before scaling."""
        self._socket.settimeout(scaled(timeout))
        try:
            accepted, _ = self._socket.accept()
        except socket.timeout:
            raise WireError(f"no replica connected within {scaled(timeout):.1f} s") from None
        self.links.append(Link(accepted, name=f"{self.name}, connection {len(self.links) + 1}"))
        self._transcripts.append(self.links[-1].transcript)
        return self.links[-1]

    def accept_and_sync(self, image: bytes = b"", offset: int = 0, **how: object) -> Link:
        """A replica from its first word to the stream."""
        link = self.accept()
        link.greet()
        link.full_resync(image, offset, **how)  # type: ignore[arg-type]
        return link

    def close(self) -> None:
        for link in self.links:
            with contextlib.suppress(OSError):
                link.close()
        self._socket.close()
        self._claim.release()
