"""COMMAND: what the server says about its commands, and where it finds the keys in them."""

from __future__ import annotations

from ... import facts
from ...gen import Gen
from ...items import Cmd
from .. import Family, mix

NAMES = list(facts.COMMANDS)
EVERY = NAMES + list(facts.SUBCOMMANDS)
ODD = [b"bogus", b"", b"get|x", b"client|bogus", b"\xff\r\n", b"GET", b"Client|Id", b"config|GET", b"g*", b"client|",
       b"|"]


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def some(g: Gen) -> list[bytes]:
    return [g.pick(ODD) if g.chance(0.1) else g.case(g.pick(EVERY)) for _ in range(g.pick([1, 1, 2, 5]))]


def keys_of(g: Gen):
    """GETKEYS looks at another command's arguments; most of them are complete enough to have keys."""
    name = g.pick(NAMES)
    arity = facts.COMMANDS[name]
    count = abs(arity) - 1 + (g.int(0, 4) if arity < 0 else 0) + (g.pick([-1, 1]) if g.chance(0.1) else 0)
    words = [g.case(name)]
    if name in facts.CONTAINERS:
        words = g.pick([sub for sub in facts.SUBCOMMANDS if sub.startswith(name + b"|")]).split(b"|")
        count = max(0, count - 1)
    options = [b"GET", b"EX", b"NX", b"DB", b"1", b"LEN", b"2", b"3", b"BY", b"LIMIT", b"STORE", b"STOREDIST",
               b"OVERFLOW"]
    words += [g.pick(options) if g.chance(0.2) else g.key() for _ in range(max(0, count))]
    if g.chance(0.05):
        words = [g.pick(ODD)] + words[1:]
    return Cmd((g.case(b"COMMAND"), g.pick([b"GETKEYS", b"getkeys", b"GETKEYSANDFLAGS"]), *words))


def listing(g: Gen):
    return Cmd((b"COMMAND", b"LIST", *g.pick([
        [], [b"FILTERBY", b"PATTERN", g.pick([b"*", b"get*", b"*x*", b"client|*", b"[a-c]*", b"bogus", b"GET", b""])],
        [b"FILTERBY", b"ACLCAT", g.pick([b"string", b"keyspace", b"connection", b"pubsub", b"dangerous", b"admin",
                                         b"fast", b"slow", b"read", b"write", b"bogus",
                                       b"STRING", b"blocking"])],
        [b"FILTERBY", b"MODULE", b"x"], [b"FILTERBY"], [b"FILTERBY", b"bogus", b"x"], [b"filterby", b"pattern"],
        [b"bogus"]])))


FAMILY = Family("introspection", 1, 4, mix(
    (10, lambda g: Cmd((b"COMMAND", g.case(b"INFO"), *some(g)))),
    (10, lambda g: Cmd((b"COMMAND", g.case(b"DOCS"), *some(g)))),
    (14, keys_of), (4, listing),
    (1, lambda g: g.pick([cmd(b"COMMAND", b"COUNT"), cmd(b"COMMAND", b"HELP"), cmd(b"COMMAND", b"bogus"),
                          cmd(b"COMMAND", b"COUNT", b"x")])),
    (0.15, lambda g: g.pick([cmd(b"COMMAND"), cmd(b"COMMAND", b"DOCS"), cmd(b"COMMAND", b"INFO")])),
))
