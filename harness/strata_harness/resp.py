"""RESP values in Python: what each wire type becomes, and the encoder and decoder. No sockets here.

    wire          Python                     wire          Python
    +OK           Simple (a str)             _             None
    -ERR text     RespError                  #t            bool
    :1            int                        ,1.5          float
    $3 abc        bytes                      (123          BigNumber (an int)
    $-1           None                       =7 txt:abc    Verbatim (bytes with .format)
    *2            list                       %1            dict (list of pairs if a key cannot be hashed)
    *-1           NULL_ARRAY                 ~2            RespSet (a list that compares as a set)
                                             >2            Push (a list)
                                             |1            goes to Decoder.attributes, then the value follows

A simple string is a str and a bulk is bytes, so `reply == "OK"` and `reply == b"OK"` are two different claims. An error
is a value, not an exception: most tests of a server want to look at it.
"""

from __future__ import annotations

from typing import Any, Callable, Union

Arg = Union[str, bytes, int, float]


class ProtocolViolation(AssertionError):
    """The server sent bytes that are not RESP."""


class Simple(str):
    """A simple string."""

    def __repr__(self) -> str:
        return f"+{str(self)}"


class RespError:
    """An error reply. Equal to another RespError with the same text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def code(self) -> str:
        """The first word: ERR, WRONGTYPE, NOAUTH, ..."""
        return self.text.split(" ", 1)[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RespError) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __contains__(self, part: str) -> bool:
        return part in self.text

    def __repr__(self) -> str:
        return f"-{self.text}"


class BigNumber(int):
    """A RESP3 big number."""


class Verbatim(bytes):
    """A RESP3 verbatim string; `format` is its three-letter type."""

    format: str = ""


class Push(list):
    """A RESP3 push: an out-of-band message."""


class RespSet(list):
    """A RESP3 set, in the order it came. Compares without order; elements may be unhashable."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, set, frozenset)):
            return NotImplemented
        return sorted(map(repr, self)) == sorted(map(repr, other))

    def __ne__(self, other: object) -> bool:
        return not self == other


class _NullArray:
    """The null array of RESP2, which is not the null bulk. False, and equal only to itself."""

    def __repr__(self) -> str:
        return "NULL_ARRAY"

    def __bool__(self) -> bool:
        return False


NULL_ARRAY = _NullArray()


def as_bytes(arg: Arg) -> bytes:
    """One argument as it goes onto the wire."""
    if isinstance(arg, bytes):
        return arg
    if isinstance(arg, float):
        return repr(arg).encode()
    return str(arg).encode()


def encode(*args: Arg) -> bytes:
    """A command in the multibulk form that clients send."""
    out = [b"*%d\r\n" % len(args)]
    for arg in args:
        data = as_bytes(arg)
        out.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(out)


class Decoder:
    """Reads one value at a time through two callbacks, so that it serves sockets and byte strings alike.

    `line()` returns the next line without CRLF; `exactly(n)` returns the next n bytes.
    """

    def __init__(self, line: Callable[[], bytes], exactly: Callable[[int], bytes]) -> None:
        self._line = line
        self._exactly = exactly
        self.attributes: dict[Any, Any] = {}

    def value(self) -> Any:
        """The next value. Raises ProtocolViolation when the bytes are not RESP."""
        line = self._line()
        kind, rest = line[:1], line[1:]
        reader = self._READERS.get(kind)
        if reader is None:
            raise ProtocolViolation(f"a reply cannot start with {line[:60]!r}")
        try:
            return reader(self, rest)
        except (ValueError, UnicodeDecodeError) as error:
            raise ProtocolViolation(f"malformed reply line {line[:60]!r}: {error}") from None

    def _bulk_bytes(self, size: int) -> bytes:
        data = self._exactly(size + 2)
        if data[-2:] != b"\r\n":
            raise ProtocolViolation(f"bulk of {size} bytes is not followed by CRLF but by {data[-2:]!r}")
        return data[:-2]

    def _bulk(self, rest: bytes) -> bytes | None:
        size = int(rest)
        return None if size == -1 else self._bulk_bytes(size)

    def _verbatim(self, rest: bytes) -> Verbatim:
        data = self._bulk_bytes(int(rest))
        if data[3:4] != b":":
            raise ProtocolViolation(f"verbatim string without its type: {data[:20]!r}")
        text = Verbatim(data[4:])
        text.format = data[:3].decode()
        return text

    def _items(self, rest: bytes) -> list[Any]:
        return [self.value() for _ in range(int(rest))]

    def _array(self, rest: bytes) -> Any:
        return NULL_ARRAY if rest == b"-1" else self._items(rest)

    def _map(self, rest: bytes) -> Any:
        pairs = [(self.value(), self.value()) for _ in range(int(rest))]
        try:
            return dict(pairs)
        except TypeError:
            return pairs

    def _bool(self, rest: bytes) -> bool:
        if rest not in (b"t", b"f"):
            raise ValueError("a boolean is #t or #f")
        return rest == b"t"

    def _null(self, rest: bytes) -> None:
        if rest:
            raise ValueError("a null has no content")

    def _attribute(self, rest: bytes) -> Any:
        self.attributes = dict(self._map(rest))
        return self.value()

    _READERS: dict[bytes, Callable[["Decoder", bytes], Any]] = {
        b"+": lambda self, rest: Simple(rest.decode("utf-8", "replace")),
        b"-": lambda self, rest: RespError(rest.decode("utf-8", "replace")),
        b":": lambda self, rest: int(rest),
        b"$": _bulk,
        b"*": _array,
        b"_": _null,
        b"#": _bool,
        b",": lambda self, rest: float(rest),
        b"(": lambda self, rest: BigNumber(rest),
        b"=": _verbatim,
        b"%": _map,
        b"~": lambda self, rest: RespSet(self._items(rest)),
        b">": lambda self, rest: Push(self._items(rest)),
        b"|": _attribute,
    }


def decode_all(data: bytes) -> list[Any]:
    """Every value in `data`, which must hold complete values only."""
    position = 0

    def line() -> bytes:
        nonlocal position
        end = data.find(b"\r\n", position)
        if end < 0:
            raise ProtocolViolation(f"incomplete reply: {data[position:position + 60]!r}")
        found, position = data[position:end], end + 2
        return found

    def exactly(size: int) -> bytes:
        nonlocal position
        if position + size > len(data):
            raise ProtocolViolation(f"incomplete reply: wanted {size} bytes, {len(data) - position} are left")
        found, position = data[position:position + size], position + size
        return found

    decoder = Decoder(line, exactly)
    values = []
    while position < len(data):
        values.append(decoder.value())
    return values
