"""Publish and subscribe over several connections: after every step, what each connection received.

A step is one command on one connection.  The others are then asked for a PING, whose reply can only come after every
message the step caused.
"""

from __future__ import annotations

from ... import resp, rules
from ...gen import Gen
from ...items import Cmd, Script
from .. import Family, mix

CHANNELS = [b"news", b"news.art", b"n", b"", b"a b", b"\xff\x00", b"k1", b"weather"]
PATTERNS = [b"*", b"news*", b"news.*", b"n?ws", b"[nw]e*", b"", b"\\n", b"a*b", b"[^n]*", b"k1"]


def _unordered(frames: list[bytes]) -> list[bytes]:
    """Patterns are kept in a randomly seeded table: runs of `pmessage` have no order."""
    out, run = [], []
    for frame in frames:
        if b"\r\npmessage\r\n" in frame[:40]:
            run.append(frame)
            continue
        out += sorted(run) + [frame]
        run = []
    return out + sorted(run)


def _unsubscribed(frames: list[bytes]) -> list[bytes]:
    """UNSUBSCRIBE from everything: the channels in any order, the counts falling."""
    nodes = [resp.parse(frame) for frame in frames]
    channels = sorted(repr(node.value[1]) for node in nodes)
    return [repr((channels, [(node.kind, node.value[0], node.value[2]) for node in nodes])).encode()]


def converse(server, steps) -> list[bytes]:
    out = []
    for who, args in steps:
        frames = server.conn(who).batch([args])
        everything = len(args) == 1 and args[0].lower() in (b"unsubscribe", b"punsubscribe")
        if everything and all(frame[:1] in b"*>" for frame in frames):
            frames = _unsubscribed(frames)
        else:
            frames = [rules.normal(args, frame) for frame in _unordered(frames)]
        out += [who.encode() + b" " + frame for frame in frames]
        for other in sorted(server.extra):
            if other != who:
                out += [other.encode() + b" <- " + frame for frame in _unordered(server.conn(other).batch([]))]
    out += server.main.batch([(b"PUBSUB", b"NUMPAT"), (b"PUBSUB", b"NUMSUB", *CHANNELS)])
    return out


def step(g: Gen):
    who = g.pick(["ann", "bob", "cat"])
    p = g.random.random()
    if p < 0.30:
        args = (g.case(b"SUBSCRIBE"), *[g.pick(CHANNELS) for _ in range(g.int(1, 3))])
    elif p < 0.45:
        args = (g.case(b"PSUBSCRIBE"), *[g.pick(PATTERNS) for _ in range(g.int(1, 3))])
    elif p < 0.55:
        args = (g.case(b"UNSUBSCRIBE"), *[g.pick(CHANNELS) for _ in range(g.int(0, 2))])
    elif p < 0.62:
        args = (g.case(b"PUNSUBSCRIBE"), *[g.pick(PATTERNS) for _ in range(g.int(0, 2))])
    elif p < 0.85:
        who, args = g.pick(["pub", "pub", who]), (g.case(b"PUBLISH"), g.pick(CHANNELS), g.value())
    else:
        args = g.pick([(b"PING",), (b"PING", b"x"), (b"GET", g.key()), (b"HELLO", b"3"), (b"HELLO", b"2"), (b"RESET",),
                       (b"CLIENT", b"INFO"), (b"SUBSCRIBE",),
                       (b"bogus", b"x"), (b"PUBSUB", b"NUMPAT"), (b"PSUBSCRIBE",), (b"ECHO", b"x"),
                       (b"CLIENT", b"LIST", b"TYPE", b"pubsub"), (b"PING", b"x", b"y"),
                       (b"PUBLISH", b"x"), (b"SELECT", b"1"), (b"CLIENT", b"SETNAME", b"me")])
    return who, args


def conversation(g: Gen):
    steps = [step(g) for _ in range(g.int(4, 20))]
    if g.resp3:
        steps = [(who, (b"HELLO", b"3")) for who in g.random.sample(["ann", "bob", "cat", "pub"], g.int(1, 4))] + steps
    return Script("pubsub", converse, steps)


def alone(g: Gen):
    """From the main connection, which is never subscribed."""
    return Cmd(g.pick([
        (b"PUBLISH", g.pick(CHANNELS), g.value()), (b"PUBSUB", b"CHANNELS"), (b"PUBSUB", b"CHANNELS", g.pick(PATTERNS)),
        (b"PUBSUB", b"NUMSUB", *g.pick([[], [b"news", b"x"]])),
        (b"PUBSUB", b"NUMPAT"), (b"PUBSUB", b"HELP"), (b"PUBSUB", b"bogus"), (b"PUBSUB", b"NUMPAT", b"x"),
        (b"PUBSUB", b"CHANNELS", b"a", b"b"), (b"PUBSUB",)]))


FAMILY = Family("pubsub", 1, 6, mix((1, conversation), (6, alone)))
