"""A replica that is no server: it says to a master what a test wants it to say, and shows what comes back byte for byte.

    replica = FakeReplica(server)
    replica.introduce()                          REPLCONF: port, capabilities; each answered +OK
    replica.ask("?", -1)                         PSYNC
    replica.resync()                             +FULLRESYNC id offset -> (id, offset)
    image = replica.image()                      either framing; after a diskless one the master waits for an ACK, which
                                                 it takes for such only once it has put the replica online
    replica.ack(offset)
    replica.commands(3)                          the next commands of the stream
"""

from __future__ import annotations

from typing import Any

from .aof_server import text
from .server import Server
from .wire import Wire

MARK_BYTES = 40
PING = b"*1\r\n$4\r\nping\r\n"
GETACK = b"*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n"


class FakeReplica(Wire):
    """`newlines` counts the signs of life that came before a line; `mark` is what ended a diskless image."""

    def __init__(self, server: Server, name: str = "fake replica", **arguments: Any) -> None:
        super().__init__(server.address, name=name, **arguments)
        server.wires.append(self)
        self.newlines = 0
        self.mark = b""
        self.framing = b""
        self.id, self.offset = "", -1

    # -- the handshake ----------------------------------------------------------------------------------------------

    def introduce(self, port: int = 7777, capabilities: tuple[str, ...] = ("psync2",)) -> None:
        """Without the capability "eof" the image comes from a file, and the stream right behind it."""
        assert self("PING") == "PONG"
        self.ok("REPLCONF", "listening-port", port)
        if capabilities:
            self.ok("REPLCONF", *(word for capability in capabilities for word in ("capa", capability)))

    def ask(self, history: str = "?", offset: int | str = -1, *more: str) -> None:
        """PSYNC."""
        self.send_command("PSYNC", history, offset, *more)

    def answer(self, timeout: float | None = None) -> str:
        """The next line that is no sign of life."""
        while not (line := self.read_line(timeout)):
            self.newlines += 1
        return line.decode(errors="replace")

    def resync(self, timeout: float | None = None) -> tuple[str, int]:
        """+FULLRESYNC must come: the id of the history, and the offset of the image in it."""
        words = self.answer(timeout).split(" ")
        assert words[0] == "+FULLRESYNC" and len(words) == 3, f"a full resync was awaited, got {' '.join(words)!r}"
        assert len(words[1]) == 40, f"an id has 40 characters, got {words[1]!r}"
        self.id, self.offset = words[1], int(words[2])
        return self.id, self.offset

    def continues(self, timeout: float | None = None) -> str:
        """+CONTINUE must come: the id it names, or ''."""
        words = self.answer(timeout).split(" ")
        assert words[0] == "+CONTINUE" and len(words) <= 2, f"a partial resync was awaited, got {' '.join(words)!r}"
        return words[1] if len(words) == 2 else ""

    # -- the image --------------------------------------------------------------------------------------------------

    def image(self, timeout: float | None = None) -> bytes:
        """The whole image, without its framing."""
        header = self.header(timeout)
        if not header.startswith(b"EOF:"):
            return self.read_bytes(int(header), timeout)
        self.mark = header[4:]
        assert len(self.mark) == MARK_BYTES, f"the mark of an image has 40 bytes, got {self.mark!r}"
        return self.read_up_to(self.mark, timeout)

    def header(self, timeout: float | None = None) -> bytes:
        """The line before an image, without its $."""
        line = self.answer(timeout).encode()
        assert line.startswith(b"$"), f"the header of an image was awaited, got {line[:100]!r}"
        self.framing = line
        return line[1:]

    def sync(self, timeout: float | None = None, **introduction: Any) -> bytes:
        """From the first word to the first byte of the stream: returns the image."""
        self.introduce(**introduction)
        self.ask()
        self.resync(timeout)
        return self.image(timeout)

    # -- the stream -------------------------------------------------------------------------------------------------

    def ack(self, offset: int) -> None:
        self.send_command("REPLCONF", "ACK", offset)

    def commands(self, count: int, timeout: float | None = None) -> list[str]:
        """The next commands, as text. What a master says only of itself, PING, is passed over."""
        found: list[str] = []
        while len(found) < count:
            words = self.read(timeout)
            assert isinstance(words, list) and words, f"the stream is of commands, got {words!r}"
            if words != [b"ping"]:
                found.append(" ".join(map(text, words)))
        return found

    def is_dropped(self, timeout: float | None = None) -> bytes:
        """The master must close this connection: what it still sent."""
        return self.read_until_closed(timeout)
