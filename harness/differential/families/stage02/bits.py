"""Bits: offsets at the edges of bytes, ranges by byte and by bit, integers of every width that wrap, saturate, fail."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, element, junk_option, key, keys, looking

OFFSETS = [0, 1, 7, 8, 9, 15, 16, 63, 64, 65, 100, 127, 255, 1000, 4097]
BAD_OFFSETS = [b"-1", b"4294967296", b"9223372036854775808", b"abc", b"", b"1.5", b"#1", b"+1", b" 1"]
TYPES = [b"u1", b"i1", b"u8", b"i8", b"u5", b"i5", b"u16", b"i16", b"u31", b"u32", b"i32", b"i33", b"u63", b"i63",
         b"i64"]
BAD_TYPES = [b"u64", b"i65", b"u0", b"i0", b"8", b"", b"u", b"x8", b"U8", b"u-1", b"u+8", b"i 8", b"u8x"]


def offset(g: Gen) -> bytes:
    return g.pick(BAD_OFFSETS) if g.chance(0.05) else b"%d" % (g.pick(OFFSETS) if g.chance(0.5) else g.int(0, 200))


def span(g: Gen) -> list[bytes]:
    ends = [g.integer(0.2) if g.chance(0.1) else b"%d" % g.int(-40, 40) for _ in range(2)]
    return ends + ([g.case(g.pick([b"BYTE", b"BIT"]))] if g.chance(0.5) else junk_option(g))


def count(g: Gen):
    return Cmd((g.case(b"BITCOUNT"), key(g, "bits"), *g.pick([[], span(g), span(g), span(g)[:1]])))


def position(g: Gen):
    bit = g.pick([b"0", b"1", b"0", b"1", b"0", b"1", b"2", b"-1", b"abc", b""])
    return Cmd((g.case(b"BITPOS"), key(g, "bits"), bit, *g.pick([[], span(g), span(g), span(g)[:1]])))


def combine(g: Gen):
    operation = g.case(g.pick([b"AND", b"OR", b"XOR", b"NOT"])) if g.chance(0.96) else b"NAND"
    given = keys(g, "bits", 1 if operation.upper() == b"NOT" and g.chance(0.9) else 5)
    return Cmd((g.case(b"BITOP"), operation, key(g, "bits"), *given))


def field(g: Gen):
    """BITFIELD; its read-only form takes nothing but GET."""
    read_only = g.chance(0.2)
    words = []
    for _ in range(g.int(0, 5)):
        operation = g.pick([b"GET", b"SET", b"INCRBY"]) if not read_only or g.chance(0.1) else b"GET"
        if not read_only and g.chance(0.3):
            words += [g.case(b"OVERFLOW"), g.case(g.pick([b"WRAP", b"SAT", b"FAIL"])) if g.chance(0.95) else b"no"]
        at = (b"#" if g.chance(0.3) else b"") + offset(g)
        words += [g.case(operation), g.pick(BAD_TYPES) if g.chance(0.05) else g.pick(TYPES), at]
        if operation != b"GET":
            words.append(g.integer(0.05) if g.chance(0.6) else b"%d" % g.int(-300, 300))
    if words and g.chance(0.04):
        words = words[:-1]
    return Cmd((g.case(b"BITFIELD_RO" if read_only else b"BITFIELD"), key(g, "bits"), *words, *junk_option(g, 0.02)))


def text(g: Gen) -> bytes:
    return g.pick([lambda: g.bytes(g.int(0, 40)), lambda: b"\x00" * g.int(0, 30), lambda: b"\xff" * g.int(0, 30),
                   lambda: element(g), lambda: g.bytes(g.int(100, 500)), lambda: b"%d" % g.int(0, 10**9)])()


FAMILY = Family("bits", 2, 10, looking(mix(
    (10, lambda g: cmd(g.case(b"SETBIT"), key(g, "bits"), offset(g),
                       g.pick([b"0", b"1"]) if g.chance(0.95) else g.pick([b"2", b"-1", b"abc", b"", b"01"]))),
    (6, lambda g: cmd(g.case(b"GETBIT"), key(g, "bits"), offset(g))),
    (8, count), (8, position), (8, combine), (12, field),
    (6, lambda g: cmd(b"SET", key(g, "bits"), text(g))),
    (2, lambda g: cmd(b"GET", key(g, "bits"))),
    (1, lambda g: cmd(b"APPEND", key(g, "bits"), text(g))),
    (1, lambda g: cmd(b"GETBIT", any_key(g), offset(g))),
)))
