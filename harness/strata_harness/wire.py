"""A raw RESP connection: exact bytes out, exact bytes or decoded values in, and a transcript of both.

Every read has a time limit, and the message of a failed read says what was awaited and what had come by then.
"""

from __future__ import annotations

import socket
import time
from typing import Any, Union

from .resp import Arg, Decoder, Push, RespError, as_bytes, encode
from .steps import command_text
from .timing import scaled
from .transcript import Transcript

Address = Union[tuple[str, int], str]
"""(host, port), or the path of a unix socket."""

DEFAULT_TIMEOUT = 5.0
FLOOD = 256 << 20
"""No test has this many bytes on their way to it: a server that sends more has lost its way."""


class WireError(AssertionError):
    """A read that failed. `partial` is what had come of the awaited value."""

    def __init__(self, text: str, partial: bytes = b"") -> None:
        super().__init__(text)
        self.partial = partial


class WireTimeout(WireError):
    """Nothing, or not enough, came within the time limit."""


class WireClosed(WireError):
    """The server closed the connection while more was expected."""


class WireFlood(WireError):
    """The server sends without end."""


class WrongBytes(AssertionError):
    """Exact bytes were expected and others came. `ended` is why no more of them were awaited, if so."""

    def __init__(self, expected: bytes, got: bytes, ended: str = "") -> None:
        super().__init__(f"expected {expected[:400]!r}, got {got[:400]!r}" + (f"; {ended}" if ended else ""))
        self.expected = expected
        self.got = got
        self.ended = ended


class WrongReply(AssertionError):
    """A command that must answer `wanted` answered something else."""

    def __init__(self, args: tuple[Arg, ...], reply: Any, wanted: str) -> None:
        super().__init__(f"`{command_text([as_bytes(arg) for arg in args])}` answered {reply!r} instead of {wanted}")
        self.reply = reply
        self.wanted = wanted


def _connect(address: Address, timeout: float, receive_buffer: int | None) -> socket.socket:
    family = socket.AF_UNIX if isinstance(address, str) else (
        socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    made = socket.socket(family, socket.SOCK_STREAM)
    if receive_buffer is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.settimeout(scaled(timeout))
    try:
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made


class Wire:
    """One connection. Not thread safe. `timeout` is in seconds before scaling.

    In RESP3, pushes that come while a reply is awaited are kept in `pushes` in their order of arrival.
    """

    def __init__(self, address: Address | socket.socket, timeout: float = DEFAULT_TIMEOUT, name: str = "client",
                 receive_buffer: int | None = None) -> None:
        """`address` may be a socket that is connected already, one that was accepted."""
        self.transcript = Transcript(name)
        self.timeout = timeout
        self.pushes: list[Push] = []
        self._buffer = bytearray()
        self._seen = 0  # bytes of _buffer taken already
        self._value_start = 0  # where in _buffer the value that is being read begins
        self.socket = address if isinstance(address, socket.socket) else _connect(address, timeout, receive_buffer)
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._decoder = Decoder(self._take_line, self._take)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def half_close(self) -> None:
        """Says "I will send no more" while replies can still be read."""
        self.socket.shutdown(socket.SHUT_WR)
        self.transcript.note("half closed by the test")

    # -- sending ----------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Sends exactly these bytes."""
        self.transcript.sent(data)
        self.socket.settimeout(scaled(self.timeout))
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            self.transcript.note(f"send failed: {error}")
            raise WireClosed(f"the server closed the connection while {data[:60]!r} was being sent") from None
        except socket.timeout:
            raise WireTimeout(f"the server took no more bytes for {scaled(self.timeout):.1f} s") from None

    def send_command(self, *args: Arg) -> None:
        """Sends one command and waits for nothing."""
        self.send(encode(*args))

    # -- receiving --------------------------------------------------------------------------------------------------

    def read(self, timeout: float | None = None) -> Any:
        """The next value, pushes included. `timeout` in seconds before scaling."""
        self._start(timeout)
        return self._decoder.value()

    def read_many(self, count: int, timeout: float | None = None) -> list[Any]:
        """The next `count` values."""
        return [self.read(timeout) for _ in range(count)]

    def read_reply(self, timeout: float | None = None) -> Any:
        """The next value that is not a push; pushes on the way go to `pushes`."""
        while True:
            value = self.read(timeout)
            if not isinstance(value, Push):
                return value
            self.pushes.append(value)

    def read_bytes(self, count: int, timeout: float | None = None) -> bytes:
        """The next `count` bytes as they are."""
        self._start(timeout)
        return self._take(count)

    def read_line(self, timeout: float | None = None) -> bytes:
        """The next line, whose end may be a lone line feed, without its end: what is no RESP value."""
        self._start(timeout)
        while (end := self._buffer.find(b"\n", self._seen)) < 0:
            if not self._fill("a line"):
                raise WireClosed(f"the connection was closed; a line was awaited, got {self._partial()[:200]!r}",
                                 self._partial())
        line = bytes(self._buffer[self._seen:end])
        self._seen = end + 1
        return line.removesuffix(b"\r")

    def read_up_to(self, mark: bytes, timeout: float | None = None) -> bytes:
        """The bytes before this mark, which is taken, too."""
        self._start(timeout)
        start = self._seen
        while (at := self._buffer.find(mark, start)) < 0:
            start = max(self._seen, len(self._buffer) - len(mark) + 1)
            if not self._fill(f"the mark {mark!r}"):
                raise WireClosed(f"the connection was closed; {mark!r} was awaited, "
                                 f"got {len(self._buffer) - self._seen} bytes", self._partial())
        data = bytes(self._buffer[self._seen:at])
        self._seen = at + len(mark)
        return data

    def peek(self, count: int = 1, timeout: float | None = None) -> bytes:
        """The next bytes, which stay unread."""
        data = self.read_bytes(count, timeout)
        self._seen -= count
        return data

    def read_until_closed(self, timeout: float | None = None) -> bytes:
        """Everything up to the server's close of the connection, which must come."""
        self._start(timeout)
        while self._fill("the server to close the connection"):
            pass
        rest = bytes(self._buffer[self._seen:])
        self._seen = len(self._buffer)
        return rest

    # -- both -------------------------------------------------------------------------------------------------------

    def __call__(self, *args: Arg, timeout: float | None = None) -> Any:
        """Sends a command and returns its reply."""
        self.send_command(*args)
        return self.read_reply(timeout)

    def ok(self, *args: Arg) -> None:
        """Sends a command that must answer +OK."""
        reply = self(*args)
        if reply != "OK":
            raise WrongReply(args, reply, "+OK")

    def error(self, *args: Arg) -> str:
        """Sends a command that must answer an error, and returns the error's text."""
        reply = self(*args)
        if not isinstance(reply, RespError):
            raise WrongReply(args, reply, "an error")
        return reply.text

    def expect(self, expected: bytes, timeout: float | None = None) -> None:
        """The next bytes must be exactly these."""
        self._start(timeout)
        problem = ""
        while len(self._buffer) - self._seen < len(expected):
            have = bytes(self._buffer[self._seen:])
            if not expected.startswith(have):
                break
            try:
                if not self._fill(f"{len(expected) - len(have)} more bytes"):
                    problem = "then the server closed the connection"
                    break
            except WireTimeout as timed_out:
                problem = str(timed_out)
                break
        got = bytes(self._buffer[self._seen:])
        if got.startswith(expected):
            self._seen += len(expected)
            return
        raise WrongBytes(expected, got, problem)

    def exchange(self, data: bytes, expected: bytes) -> None:
        """Sends exact bytes and expects exact bytes."""
        self.send(data)
        self.expect(expected)

    def expect_closed(self, after: bytes = b"", timeout: float | None = None) -> None:
        """The server must send exactly `after` and then close the connection."""
        got = self.read_until_closed(timeout)
        if got != after:
            raise WrongBytes(after, got, "then the server closed the connection")

    def expect_nothing_pending(self) -> None:
        """No unread reply is left: the very next thing that a PING gets is its own answer."""
        marker = b"marker-of-expect-nothing-pending"
        self.send_command("ECHO", marker)
        reply = self.read()
        assert reply == marker, f"a reply was pending that nobody asked for: {reply!r}"

    # -- the buffer -------------------------------------------------------------------------------------------------

    def _start(self, timeout: float | None) -> None:
        self._limit = scaled(self.timeout if timeout is None else timeout)
        self._deadline = time.monotonic() + self._limit
        if self._seen > 1 << 16:
            del self._buffer[:self._seen]
            self._seen = 0
        self._value_start = self._seen

    def _partial(self) -> bytes:
        return bytes(self._buffer[self._value_start:self._value_start + 4096])

    def _fill(self, awaited: str) -> bool:
        """Receives some bytes. False when the server has closed the connection."""
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise socket.timeout
            self.socket.settimeout(left)
            data = self.socket.recv(1 << 18)
        except socket.timeout:
            have = bytes(self._buffer[self._seen:])
            raise WireTimeout(f"waited {self._limit:.1f} s for {awaited}; "
                              f"{len(have)} unread bytes came: {have[:200]!r}", self._partial()) from None
        except ConnectionResetError:
            self.transcript.note("connection reset by the server")
            return False
        if not data:
            self.transcript.note("closed by the server")
            return False
        self.transcript.received(data)
        self._buffer += data
        if len(self._buffer) - self._seen > FLOOD:
            raise WireFlood(f"the server sent more than {FLOOD >> 20} MB while {awaited} was awaited", self._partial())
        return True

    def _take(self, count: int) -> bytes:
        while len(self._buffer) - self._seen < count:
            if not self._fill(f"{count} bytes"):
                have = bytes(self._buffer[self._seen:])
                raise WireClosed(f"the server closed the connection; {count} bytes were awaited, got {have[:200]!r}",
                                 self._partial())
        data = bytes(self._buffer[self._seen:self._seen + count])
        self._seen += count
        return data

    def _take_line(self) -> bytes:
        start = self._seen
        while (end := self._buffer.find(b"\r\n", start)) < 0:
            start = max(self._seen, len(self._buffer) - 1)
            if not self._fill("a reply"):
                have = bytes(self._buffer[self._seen:])
                raise WireClosed(f"the server closed the connection; a reply was awaited, got {have[:200]!r}",
                                 self._partial())
        line = bytes(self._buffer[self._seen:end])
        self._seen = end + 2
        return line
