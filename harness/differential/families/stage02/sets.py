"""Sets: integers that grow beyond an intset, members of all kinds, and what several sets have in common."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, element, elements, junk_option, key, keys, looking, numkeys
from .walks import by_chance, popped, walk


def integers(g: Gen):
    """Members of an intset, of one width and then of another."""
    widths = g.pick([[(-100, 100)], [(-32768, 32767)], [(-5, 5), (32767, 32769)], [(-2147483649, 2147483648)],
                     [(0, 9), (-9223372036854775808, 9223372036854775807)]])
    members = [b"%d" % g.int(low, high) for low, high in widths for _ in range(g.int(1, 8))]
    return Cmd((g.case(g.pick([b"SADD", b"SADD", b"SREM"])), key(g, "set"), *members))


def combine(g: Gen):
    name = g.pick([b"SINTER", b"SUNION", b"SDIFF"])
    if g.chance(0.5):
        target = key(g, "set")
        return [Cmd((g.case(name + b"STORE"), target, *keys(g, "set"))), cmd(b"OBJECT", b"ENCODING", target)]
    return Cmd((g.case(name), *keys(g, "set")))


def intercard(g: Gen):
    limit = [g.case(b"LIMIT"), g.integer(0.2) if g.chance(0.3) else b"%d" % g.int(0, 5)] if g.chance(0.5) else []
    return Cmd((g.case(b"SINTERCARD"), *numkeys(g, keys(g, "set")), *limit, *junk_option(g)))


FAMILY = Family("sets", 2, 16, looking(mix(
    (14, lambda g: Cmd((g.case(b"SADD"), key(g, "set"), *elements(g)))), (8, integers), (10, combine), (4, intercard),
    (7, lambda g: Cmd((g.case(b"SREM"), key(g, "set"), *elements(g)))),
    (5, lambda g: cmd(g.case(b"SISMEMBER"), key(g, "set"), element(g))),
    (3, lambda g: Cmd((g.case(b"SMISMEMBER"), key(g, "set"), *elements(g)))),
    (5, lambda g: cmd(g.case(g.pick([b"SMEMBERS", b"SCARD"])), key(g, "set"))),
    (4, lambda g: cmd(g.case(b"SMOVE"), key(g, "set"), key(g, "set"), element(g))),
    (3, lambda g: popped(g, key(g, "set"))),
    (3, lambda g: by_chance(g, b"SRANDMEMBER", key(g, "set"))),
    (3, lambda g: walk(g, b"SSCAN", key(g, "set"))),
    (1, lambda g: cmd(b"DEL", key(g, "set"))),
    (1, lambda g: cmd(b"SCARD", any_key(g))),
)))
