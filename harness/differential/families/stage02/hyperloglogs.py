"""HyperLogLogs: the bytes of the string must be the same, so every change of representation shows."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, element, key, keys, with_look


def add(g: Gen):
    name = key(g, "hll")
    p = g.random.random()
    if p < 0.75:
        shown = [element(g) for _ in range(g.pick([0, 1, 1, 2, 5]))]
    elif p < 0.97:
        shown = [b"%d" % g.int(0, 3000) for _ in range(g.int(10, 200))]
    else:  # towards the dense representation
        shown = [b"%d" % g.int(0, 100_000) for _ in range(g.int(500, 2500))]
    made = cmd(g.case(b"PFADD"), name, *shown)
    return with_look(g, [made, cmd(b"GET", name)] if g.chance(0.4) else made)


def merge(g: Gen):
    target = key(g, "hll")
    return [Cmd((g.case(b"PFMERGE"), target, *([] if g.chance(0.05) else keys(g, "hll")))), cmd(b"GET", target)]


def count(g: Gen):
    """A count may be kept in the value: so the value is looked at too."""
    given = keys(g, "hll", g.pick([1, 1, 4]))
    return [Cmd((g.case(b"PFCOUNT"), *given)), cmd(b"GET", given[0])]


def damaged(g: Gen):
    """A string that is no HyperLogLog, or no longer one."""
    name = b"hll:damaged"
    build = [Cmd((b"PFADD", name, *[b"%d" % g.int(0, 500) for _ in range(g.int(0, 30))]))]
    harm = g.pick([cmd(b"SETRANGE", name, b"%d" % g.int(0, 20), g.bytes(g.int(1, 3))), cmd(b"APPEND", name, g.bytes(3)),
                   cmd(b"SET", name, g.pick([b"", b"HYLL", b"HYLL" + b"\x00" * 12, b"HYLL\x01" + b"\x00" * 11,
                                             b"HYLL\x02" + b"\x00" * 20, b"x" * 16, b"HYLL\x00" + b"\x00" * 100])),
                   cmd(b"SETRANGE", name, b"16", b"\xff\xff")])
    use = g.pick([cmd(b"PFADD", name, b"another"), cmd(b"PFCOUNT", name), cmd(b"PFCOUNT", name, key(g, "hll")),
                  cmd(b"PFMERGE", key(g, "hll"), name)])
    return [*build, harm, use, cmd(b"DEL", name)]


FAMILY = Family("hyperloglogs", 2, 5, mix(
    (14, add), (5, merge), (7, count), (3, damaged),
    (1, lambda g: cmd(b"DEL", key(g, "hll"))),
    (1, lambda g: cmd(b"PFCOUNT", any_key(g))),
    (0.3, lambda g: cmd(b"PFADD", any_key(g), element(g))),
))
