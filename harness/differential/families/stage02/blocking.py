"""Clients that wait for keys: who is served, in which order, with what, and who goes on waiting.

Some connections block, another one works, and after each of its steps the clients that wait no longer tell their reply.
A wake-up happens inside the command that causes it, so nothing here depends on time but the waiting for it.
"""

from __future__ import annotations

from ... import resp, rules
from ...gen import Gen
from ...items import Script
from ...session import CLOSED
from .. import Family, mix
from .pool import BINARY

LISTS, ZSETS = [b"bl0", b"bl1", b"bl2"], [b"bz0", b"bz1"]
WAITERS = ["w0", "w1", "w2", "w3"]
WRONG_TIMEOUTS = [b"-1", b"abc", b"", b"nan", b"inf", b"1e400", b"-0.5", b"0x", b"9223372036854775807", b"1e20", b" 1"]


class Waiters:
    """The connections that wait for a reply, by name."""

    def __init__(self, server):
        self.server = server
        self.ids: dict[str, bytes] = {}
        self.waiting: list[str] = []
        self.out: list[bytes] = []

    def blocked_ids(self) -> set[bytes]:
        lines = resp.parse(self.server.conn("worker").ask(b"CLIENT", b"LIST")).value.split(b"\n")
        fields = [dict(field.partition(b"=")[::2] for field in line.split(b" ")) for line in lines if line]
        return {each[b"id"] for each in fields if b"b" in each[b"flags"]}

    def block(self, who: str, args) -> None:
        conn = self.server.conn(who)
        if who not in self.ids:
            self.ids[who] = b"%d" % resp.parse(conn.ask(b"CLIENT", b"ID")).value
        if who in self.waiting:
            return
        conn.send(args)
        self.waiting.append(who)
        while self.ids[who] not in self.blocked_ids() and conn.quiet(0):
            pass
        self.collect()

    def collect(self) -> None:
        """The replies of those who wait no longer."""
        blocked = self.blocked_ids()
        for who in [who for who in self.waiting if self.ids[who] not in blocked]:
            self.reply(who)

    def reply(self, who: str) -> None:
        self.waiting.remove(who)
        frame = self.server.conn(who).one_frame()
        self.out.append(who.encode() + b" gets " + frame)
        if frame.endswith(CLOSED):
            self.ids.pop(who)


def run(server, steps) -> list[bytes]:
    waiters = Waiters(server)
    for kind, *rest in steps:
        if kind == "block":
            waiters.block(*rest)
        elif kind == "work":
            frames = server.conn("worker").batch(rest)
            waiters.out += [rules.normal(args, frame) for args, frame in zip(rest, frames)]
            waiters.collect()
        elif kind == "unblock" and rest[0] in waiters.ids:
            waiters.out.append(server.conn("worker").ask(b"CLIENT", b"UNBLOCK", waiters.ids[rest[0]], *rest[1:]))
            waiters.collect()
        elif kind == "time out" and rest[0] not in waiters.waiting:
            waiters.block(*rest)
            if rest[0] in waiters.waiting:
                waiters.reply(rest[0])
    waiters.out.append(b"still waiting: " + " ".join(waiters.waiting).encode())
    for who in list(waiters.waiting):
        server.conn("worker").ask(b"CLIENT", b"UNBLOCK", waiters.ids[who])
    return waiters.out


def timeout(g: Gen) -> bytes:
    return g.pick(WRONG_TIMEOUTS) if g.chance(0.06) else g.pick([b"0", b"0", b"1000", b"500.5", b"1e3"])


def side(g: Gen) -> bytes:
    return g.pick([b"LEFT", b"RIGHT"])


def waiting_command(g: Gen, wait: bytes) -> tuple[bytes, ...]:
    lists = [g.pick(LISTS) for _ in range(g.pick([1, 1, 2, 3]))]
    zsets = [g.pick(ZSETS) for _ in range(g.pick([1, 1, 2]))]
    count = [b"COUNT", g.pick([b"1", b"2", b"10", b"0"])] if g.chance(0.5) else []
    return g.pick([
        (b"BLPOP", *lists, wait), (b"BRPOP", *lists, wait),
        (b"BLMOVE", lists[0], g.pick(LISTS), side(g), side(g), wait),
        (b"BRPOPLPUSH", lists[0], g.pick(LISTS), wait), (b"BLMPOP", wait, b"%d" % len(lists), *lists, side(g), *count),
        (b"BZPOPMIN", *zsets, wait), (b"BZPOPMAX", *zsets, wait),
        (b"BZMPOP", wait, b"%d" % len(zsets), *zsets, g.pick([b"MIN", b"MAX"]), *count)])


def work(g: Gen) -> tuple[bytes, ...]:
    name, zset = g.pick(LISTS), g.pick(ZSETS)
    values = [g.pick([b"a", b"b", b"c", b"1", b"2", *BINARY]) for _ in range(g.pick([1, 1, 2, 3]))]
    scored = [word for at, value in enumerate(values) for word in (b"%d" % (at % 2), value)]
    return g.pick([
        (b"RPUSH", name, *values), (b"LPUSH", name, *values), (b"RPUSH", name, *values), (b"ZADD", zset, *scored),
        (b"ZADD", zset, *scored), (b"DEL", name), (b"DEL", zset), (b"SADD", name, b"m"), (b"SET", zset, b"v"),
        (b"RPUSH", b"aside", *values), (b"RENAME", b"aside", name), (b"COPY", b"aside", name, b"REPLACE"),
        (b"LMOVE", b"aside", name, side(g), side(g)), (b"SORT", b"aside", b"ALPHA", b"STORE", name), (b"LPOP", name),
        (b"ZUNIONSTORE", zset, b"2", zset, g.pick(ZSETS)), (b"ZINCRBY", zset, b"1", b"a"), (b"LLEN", name),
        (b"ZRANGESTORE", zset, g.pick(ZSETS), b"0", b"-1"), (b"FLUSHALL",),
        (b"MOVE", name, b"1"), (b"LINSERT", name, b"BEFORE", b"a", b"z"), (b"RPUSHX", name, b"x"), (b"GET", name),
        (b"GEOADD", zset, b"13", b"38", b"place"), (b"LMPOP", b"1", name, b"LEFT"), (b"ZPOPMIN", zset)])


def batch(g: Gen) -> tuple:
    """One command, or several in a transaction, after which the waiters see the outcome only."""
    if g.chance(0.75):
        return "work", work(g)
    return "work", (b"MULTI",), *[work(g) for _ in range(g.int(1, 4))], (b"EXEC",)


def wait_and_work(g: Gen):
    steps = []
    for _ in range(g.int(3, 12)):
        who = g.pick(WAITERS)
        p = g.random.random()
        if p < 0.4:
            steps.append(("block", who, waiting_command(g, timeout(g))))
        elif p < 0.9:
            steps.append(batch(g))
        elif p < 0.95:
            steps.append(("unblock", who, *g.pick([[], [b"TIMEOUT"], [b"ERROR"], [b"bogus"]])))
        else:
            steps.append(("time out", who, waiting_command(g, b"0.005")))
    return Script("blocking", run, steps)


def swapped(g: Gen):
    """A database is exchanged for one that has the key. One waiter: several are served in the order of a hash table."""
    name, zset = g.pick(LISTS), g.pick(ZSETS)
    fill = g.pick([(b"RPUSH", name, b"a", b"b"), (b"ZADD", zset, b"1", b"a", b"2", b"b"), (b"SET", name, b"v")])
    wait = g.pick([(b"BLPOP", name, b"0"), (b"BZPOPMAX", zset, b"0"), (b"BLMPOP", b"0", b"1", name, b"RIGHT")])
    return Script("blocking", run, [("work", (b"SELECT", b"1"), (b"DEL", name, zset), fill, (b"SELECT", b"0")),
                                    ("block", "w0", wait), ("work", (b"SWAPDB", b"0", b"1"))])


FAMILY = Family("blocking", 2, 1, mix((20, wait_and_work), (1, swapped)))
