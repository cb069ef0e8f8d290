"""What the families of stage 2 draw from: keys of each type, elements, scores, ranges.

Few keys and few elements, so that commands meet; elements that number parsing, listpacks and intsets treat specially.
"""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd, Script
from ...keyspace import look

LETTERS = {"list": b"l", "hash": b"h", "set": b"s", "zset": b"z", "bits": b"b", "hll": b"p", "geo": b"g"}
POOLS = {kind: [letter + b"%d" % i for i in range(5)] for kind, letter in LETTERS.items()}
# Sorted sets of one score: with several, what a range by name finds in a skip list depends on its levels.
LEX = [b"y0", b"y1", b"y2"]

ODD_NUMBERS = [b"+5", b"007", b"-0", b"1e3", b" 1", b"1 ", b"", b"-", b"0x10", b"5.0", b"9223372036854775808",
               b"-9223372036854775809", b"99999999999999999999"]
# The borders of the integer encodings of listpacks and intsets, and of their neighbours.
BORDERS = [sign * (1 << bits) + off for bits in (7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 62) for sign in (1, -1)
           for off in (-1, 0, 1)] + [9223372036854775807, -9223372036854775808]
BINARY = [b"\x00", b"a\x00b", b"\xff\xfe", b"\r\n", b"\x80", bytes(range(256)), b"schl\xc3\xbcssel"]
NAMES = [b"a", b"b", b"c", b"d", b"e", b"aa", b"ab", b"abc", b"B", b"foo", b"bar", b"z"]


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def key(g: Gen, kind: str) -> bytes:
    p = g.random.random()
    if p < 0.93:
        return g.pick(POOLS[kind])
    return g.pick(POOLS[g.pick(list(POOLS))]) if p < 0.97 else g.key()


def any_key(g: Gen) -> bytes:
    return g.pick(LEX) if g.chance(0.1) else key(g, g.pick(list(POOLS)))


def lex_key(g: Gen) -> bytes:
    return g.pick(LEX) if g.chance(0.97) else key(g, g.pick([kind for kind in POOLS if kind not in ("zset", "geo")]))


def keys(g: Gen, kind: str, most: int = 4) -> list[bytes]:
    return [key(g, kind) for _ in range(g.int(1, most))]


def element(g: Gen) -> bytes:
    p = g.random.random()
    if p < 0.35:
        return b"%d" % g.int(-10, 30)
    if p < 0.65:
        return g.pick(NAMES)
    if p < 0.75:
        return b"%d" % g.pick(BORDERS)
    if p < 0.80:
        return g.pick(ODD_NUMBERS)
    if p < 0.85:
        return g.pick(BINARY)
    if p < 0.97:
        return g.pick(b"xy" * 3 + b"\x01").to_bytes(1, "big") * g.pick([1, 2, 8, 9, 20, 21, 32, 62, 63, 64, 65, 66])
    return b"v" * g.pick([100, 254, 255, 256, 4000, 4095, 4096, 9000])


def elements(g: Gen, most: int = 5) -> list[bytes]:
    if g.chance(0.03):
        return [b"%d" % g.int(-300, 300) for _ in range(g.int(50, 300))]
    if g.chance(0.02):
        return [b"m:%d" % g.int(0, 400) for _ in range(g.int(50, 300))]
    return [element(g) for _ in range(g.int(1, most))]


def index(g: Gen) -> bytes:
    """A position in a list or a rank."""
    return g.integer(0.2) if g.chance(0.12) else b"%d" % g.int(-12, 12)


def count(g: Gen) -> bytes:
    """How many to take."""
    return g.integer(0.3) if g.chance(0.15) else b"%d" % g.pick([0, 1, 1, 2, 3, 5, 100])


def numkeys(g: Gen, given: list[bytes]) -> list[bytes]:
    """The number of keys and the keys; seldom a number that is wrong."""
    if g.chance(0.06):
        return [g.pick([b"0", b"-1", b"abc", b"1000", b"%d" % (len(given) + 1), b"9223372036854775807", b"",
                        b"%d" % max(1, len(given) - 1)]), *given]
    return [b"%d" % len(given), *given]


def sometimes(g: Gen, chance: float, *words: bytes) -> list[bytes]:
    return [g.case(words[0]), *words[1:]] if g.chance(chance) else []


def junk_option(g: Gen, chance: float = 0.03) -> list[bytes]:
    return [g.pick([b"BOGUS", b"", b"COUNT", b"LIMIT", b"WITHSCORES", b"1", b"\xff"])] if g.chance(chance) else []


def _looked(server, steps) -> list[bytes]:
    return [repr(entry).encode() for entry in look(server, list(steps))]


def looked_at(name: bytes) -> Script:
    """The whole value, in its order where the encoding has one."""
    return Script("look", _looked, [name])


def with_look(g: Gen, made, chance: float = 0.15):
    """Sometimes the value or its encoding right after the command."""
    if not g.chance(chance):
        return made
    items = made if isinstance(made, list) else [made]
    words = items[-1].args if isinstance(items[-1], Cmd) else items[-1].steps[0]
    name = words[1] if len(words) > 1 else b""
    return [*items, looked_at(name) if g.chance(0.6) else cmd(b"OBJECT", g.case(b"ENCODING"), name)]


def looking(make):
    return lambda g: with_look(g, make(g))
