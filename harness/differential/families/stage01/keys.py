"""Keys: expiry in all its forms, whole-keyspace walks, moving between names and databases, OBJECT."""

from __future__ import annotations

from ... import resp
from ...gen import Gen
from ...items import Cmd, Script
from .. import Family, mix


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def expire(g: Gen):
    word = g.pick([b"EXPIRE", b"PEXPIRE", b"EXPIREAT", b"PEXPIREAT"])
    time = {b"EXPIRE": g.seconds, b"PEXPIRE": g.milliseconds, b"EXPIREAT": g.at_seconds,
            b"PEXPIREAT": g.at_milliseconds}[word]
    args = [g.case(word), g.key(), time(0.15)]
    if g.chance(0.6):
        count = g.pick([1, 1, 1, 1, 2, 2, 3])
        args += [g.case(option) for option in g.random.sample([b"NX", b"XX", b"GT", b"LT"], count)]
    if g.chance(0.03):
        args.append(g.pick([b"bogus", b"", b"NX ", b"10"]))
    return Cmd(tuple(args))


def ttl(g: Gen):
    return cmd(g.case(g.pick([b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME"])), g.key())


def copy(g: Gen):
    args = [b"COPY", g.key(), g.key()]
    if g.chance(0.4):
        args += [g.case(b"DB"), database(g)]
    if g.chance(0.4):
        args.append(g.case(b"REPLACE"))
    if g.chance(0.05):
        args.append(g.pick([b"DB", b"bogus", b"REPLACE"]))
    return Cmd(tuple(args))


def database(g: Gen) -> bytes:
    if g.chance(0.85):
        return b"%d" % g.int(0, 2)
    return g.pick([b"15", b"16", b"-1", b"abc", b"", b"99999999999", b"1.0", b"9223372036854775808"])


def object_(g: Gen):
    sub = g.pick([b"ENCODING", b"ENCODING", b"ENCODING", b"REFCOUNT", b"IDLETIME", b"FREQ", b"HELP", b"bogus"])
    return cmd(g.case(b"OBJECT"), g.case(sub), *([] if sub == b"HELP" else [g.key()]))


def walk(server, steps) -> list[bytes]:
    """SCAN driven to its end: the set of keys must be the same, whatever the cursors and the batches were."""
    out = []
    for options in steps:
        cursor, seen = b"0", set()
        for _ in range(10_000):
            reply = server.main.ask(b"SCAN", cursor, *options)
            if not reply.startswith(b"*2"):
                out.append(reply)
                break
            cursor_node, keys = resp.parse(reply).value
            cursor = cursor_node.value
            seen.update(key.value for key in keys.value)
            if cursor == b"0":
                break
        else:
            out.append(b"the iteration does not end")
        out.append(b"%d keys: " % len(seen) + b" | ".join(sorted(seen)))
    return out


def scan(g: Gen):
    if g.chance(0.25):  # one call: errors, odd cursors; a keyspace this small may or may not fit into one reply
        return Cmd((b"SCAN", g.pick([b"0", b"abc", b"-1", b"", b" 0", b"18446744073709551616", b"1.5",
                                b"+", b"-", b"+1", b"-0"]),
                    *g.pick([[b"COUNT", b"0"], [b"COUNT", b"-5"], [b"COUNT", b"abc"], [b"COUNT"], [b"MATCH"],
                             [b"bogus", b"1"], [b"TYPE"],
                             [b"COUNT", b"9223372036854775808"], [b"MATCH", b"*", b"COUNT"], []])))
    options = []
    if g.chance(0.5):
        options += [g.case(b"MATCH"), g.pattern()]
    if g.chance(0.6):
        options += [g.case(b"COUNT"), b"%d" % g.pick([1, 1, 2, 3, 10, 1000, 2147483647])]
    if g.chance(0.3):
        options += [g.case(b"TYPE"), g.pick([b"string", b"STRING", b"list", b"bogus", b"hash"])]
    return Script("scan", walk, [options])


def random_member(server, steps) -> list[bytes]:
    reply = server.main.ask(b"RANDOMKEY")
    if reply[:1] == b"$" and not reply.startswith(b"$-1"):
        return [b"a key that exists: " + server.main.ask(b"EXISTS", resp.parse(reply).value)]
    return [reply]


FAMILY = Family("keys", 1, 25, mix(
    (16, expire), (12, ttl), (4, copy), (5, object_), (3, scan),
    (1, lambda g: Script("randomkey", random_member)),
    (5, lambda g: Cmd((g.case(g.pick([b"DEL", b"UNLINK", b"EXISTS", b"TOUCH", b"EXISTS"])), *g.keys(5)))),
    (2, lambda g: cmd(b"TYPE", g.key())),
    (3, lambda g: cmd(b"PERSIST", g.key())),
    (4, lambda g: cmd(g.pick([b"RENAME", b"RENAMENX"]), g.key(), g.key())),
    (2, lambda g: cmd(b"MOVE", g.key(), database(g))),
    (2, lambda g: cmd(b"KEYS", g.pattern())),
    (2, lambda g: cmd(b"SELECT", database(g))),
    (1, lambda g: cmd(b"SWAPDB", database(g), database(g))),
    (2, lambda g: cmd(b"DBSIZE")),
))
