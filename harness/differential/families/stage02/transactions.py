"""Transactions: queued commands of all kinds, errors at every place, keys watched while others write to them.

Two connections take turns. Inside MULTI every command is queued, so there is no marker behind a command here: each has
exactly one reply.
"""

from __future__ import annotations

from ... import resp, rules
from ...gen import Gen
from ...items import Script
from .. import Family, mix
from .any_command import command
from .pool import any_key, element

# What must not be in a transaction, or is answered at once, or never.
ODD = [(b"MULTI",), (b"WATCH", b"k1"), (b"UNWATCH",), (b"bogus", b"x"), (b"GET",), (b"SET", b"k1"), (b"EXEC", b"x"),
       (b"BLPOP", b"l0", b"l1", b"0"), (b"BRPOPLPUSH", b"l0", b"l1", b"0"), (b"BZPOPMIN", b"z0", b"0"),
       (b"BLMPOP", b"0", b"1", b"l0", b"LEFT"), (b"BLMOVE", b"l0", b"l1", b"LEFT", b"LEFT", b"0"),
       (b"BZMPOP", b"0", b"2", b"z0", b"z1", b"MAX"), (b"BLPOP", b"l0", b"-1"), (b"SELECT", b"1"), (b"SELECT", b"99"),
       (b"CLIENT", b"INFO"), (b"DISCARD", b"x"), (b"CONFIG", b"SET", b"timeout"), (b"OBJECT", b"HELP"), (b"MONITOR",),
       (b"CLIENT", b"GETNAME"), (b"client", b"bogus"), (b"PING",), (b"DBSIZE",), (b"FLUSHDB",), (b"RESET",), (b"EXEC",),
       (b"DISCARD",), (b"HELLO", b"2"), (b"SWAPDB", b"0", b"1"), (b"AUTH", b"x"), (b"PUBLISH", b"c", b"m")]

# Outside a transaction they would wait, or stream.
ONLY_QUEUED = {args[0] for args in ODD if args[0][:1] == b"B" or args[0] == b"MONITOR"}


def take_turns(server, steps) -> list[bytes]:
    """Each step is a connection and a command. Inside an EXEC each reply is compared as its command's own would be."""
    out: list[bytes] = []
    queued: dict[str, list] = {}  # the connections with an open MULTI
    for who, args in steps:
        if who not in queued and args[0] in ONLY_QUEUED:
            continue
        conn = server.conn(who)
        conn.send(args)
        frame = conn.one_frame()
        word = args[0].upper()
        if frame == b"+QUEUED\r\n":
            queued.setdefault(who, []).append(args)
        elif word == b"MULTI" and frame[:1] == b"+":
            queued[who] = []
        elif word == b"EXEC" or word in (b"DISCARD", b"RESET") and frame[:1] == b"+":  # a wrong EXEC ends it too
            inside = queued.pop(who, [])
            if word == b"EXEC" and frame[:1] == b"*":
                frame = b" | ".join(rules.normal(*pair) for pair in zip(inside, replies_of(frame)))
        else:
            frame = rules.normal(args, frame)
        out.append(frame)
    return out


def replies_of(exec_frame: bytes) -> list[bytes]:
    return resp.split(exec_frame[exec_frame.index(b"\r\n") + 2:])


def touch(g: Gen, key: bytes) -> tuple[bytes, ...]:
    """Something done to a watched key: a change, an attempt, or only a look."""
    return g.pick([
        (b"SET", key, b"v"), (b"DEL", key), (b"GET", key), (b"TYPE", key), (b"PERSIST", key),
        (b"EXPIRE", key, b"1000000"), (b"PEXPIREAT", key, b"1"), (b"RENAME", key, b"k11"),
        (b"RENAME", b"k11", key), (b"SADD", key, b"m"),
        (b"SREM", key, b"nobody"), (b"LPUSH", key, b"e"), (b"HSET", key, b"f", b"v"), (b"ZADD", key, b"1", b"m"),
        (b"ZADD", key, b"XX", b"1", b"m"), (b"FLUSHDB",), (b"FLUSHALL",), (b"SWAPDB", b"0", b"1"), (b"TOUCH", key),
        (b"COPY", b"k11", key, b"REPLACE"), (b"MOVE", key, b"1"), (b"SINTERSTORE", key, b"nokey"), (b"LPOP", key),
        (b"SETBIT", key, b"7", b"0"), (b"APPEND", key, b""), (b"SETRANGE", key, b"0", b""),
        (b"ZINTERSTORE", key, b"1", b"x"), (b"LTRIM", key, b"0", b"-1"), (b"LREM", key, b"0", b"nobody"),
        (b"HDEL", key, b"nofield"), (b"GETDEL", key),
        (b"UNLINK", key), (b"GETEX", key, b"PERSIST"), (b"SORT", key, b"BY", b"nosort", b"STORE", key)])


def transaction(g: Gen):
    steps = [("one", (b"HELLO", b"3" if g.resp3 else b"2"))]
    watched = [any_key(g) if g.chance(0.7) else g.key() for _ in range(g.pick([0, 0, 1, 1, 2]))]
    if watched:
        steps.append(("one", (g.case(b"WATCH"), *watched)))
        for _ in range(g.pick([0, 1, 1, 2])):
            steps.append((g.pick(["one", "two", "two"]), touch(g, g.pick(watched))))
        if g.chance(0.1):
            steps.append(("one", (b"UNWATCH",)))
    steps.append(("one", (g.case(b"MULTI"),)))
    for _ in range(g.int(0, 5)):
        p = g.random.random()
        if p < 0.15:
            steps.append(("one", g.pick(ODD)))
        elif p < 0.3:
            steps.append(("two", touch(g, g.pick(watched) if watched else any_key(g))))
        elif p < 0.35:
            steps.append(("two", (b"CLIENT", b"LIST")))
        else:
            steps.append(("one", command(g)))
    steps.append(("one", (g.case(g.pick([b"EXEC", b"EXEC", b"EXEC", b"DISCARD"])),)))
    if g.chance(0.3):
        steps += [("one", (b"MULTI",)), ("one", command(g)), ("one", (b"EXEC",))]
    return Script("transaction", take_turns, steps)


def out_of_place(g: Gen):
    return Script("transaction", take_turns, [("one", g.pick([(b"EXEC",), (b"DISCARD",), (b"UNWATCH",), (b"WATCH",),
                                                              (b"WATCH", any_key(g)), (b"MULTI", b"x"),
                                                              (b"SET", any_key(g), element(g))]))
                                              for _ in range(g.int(1, 4))])


FAMILY = Family("transactions", 2, 2, mix((10, transaction), (1, out_of_place)))
