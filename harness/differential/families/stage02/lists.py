"""Lists: both ends, the middle, several lists at once; nodes that split, merge and are compressed."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, count, element, elements, index, key, keys, looking, numkeys, sometimes


def side(g: Gen) -> bytes:
    return g.case(g.pick([b"LEFT", b"RIGHT"])) if g.chance(0.96) else g.pick([b"", b"UP", b"L", b"LEFT "])


def push(g: Gen):
    name = g.pick([b"LPUSH", b"RPUSH", b"LPUSH", b"RPUSH", b"LPUSHX", b"RPUSHX"])
    return Cmd((g.case(name), key(g, "list"), *elements(g, 6)))


def pop(g: Gen):
    args = [g.case(g.pick([b"LPOP", b"RPOP"])), key(g, "list")]
    if g.chance(0.4):
        args.append(count(g))
    if g.chance(0.02):
        args.append(b"1")
    return Cmd(tuple(args))


def pos(g: Gen):
    args = [g.case(b"LPOS"), key(g, "list"), element(g)]
    options = []
    if g.chance(0.5):
        options.append([g.case(b"RANK"), g.pick([b"1", b"2", b"-1", b"-2", b"3", b"-3"]) if g.chance(0.85)
                        else g.pick([b"0", b"abc", b"-9223372036854775808", b"9223372036854775807", b""])])
    if g.chance(0.5):
        options.append([g.case(b"COUNT"), count(g)])
    if g.chance(0.4):
        options.append([g.case(b"MAXLEN"), count(g)])
    if g.chance(0.04):
        options.append([g.pick([b"bogus", b"RANK", b"COUNT", b"MAXLEN"])])
    g.random.shuffle(options)
    return Cmd(tuple(args + [word for option in options for word in option]))


def move(g: Gen):
    source = key(g, "list")
    target = source if g.chance(0.25) else key(g, "list")
    if g.chance(0.3):
        return cmd(g.case(b"RPOPLPUSH"), source, target)
    return cmd(g.case(b"LMOVE"), source, target, side(g), side(g))


def mpop(g: Gen):
    options = sometimes(g, 0.5, b"COUNT", count(g)) + sometimes(g, 0.03, b"COUNT") + sometimes(g, 0.02, b"BOGUS")
    return Cmd((g.case(b"LMPOP"), *numkeys(g, keys(g, "list")), side(g), *options))


def insert(g: Gen):
    where = g.case(g.pick([b"BEFORE", b"AFTER"])) if g.chance(0.96) else g.pick([b"", b"BEHIND"])
    return cmd(g.case(b"LINSERT"), key(g, "list"), where, element(g), element(g))


def big(g: Gen):
    """A list of many nodes, worked on in its middle."""
    name = key(g, "list")
    build = [Cmd((g.pick([b"RPUSH", b"LPUSH"]), name, *[b"%s:%d" % (g.pick([b"e", b"f" * 60, b""]), g.int(0, 60))
                                                        for _ in range(g.int(20, 400))]))
             for _ in range(g.int(1, 3))]
    work = [g.pick([
        lambda: cmd(b"LINSERT", name, g.pick([b"BEFORE", b"AFTER"]), b"e:%d" % g.int(0, 60), element(g)),
        lambda: cmd(b"LREM", name, b"%d" % g.int(-3, 3), b"e:%d" % g.int(0, 60)),
        lambda: cmd(b"LSET", name, b"%d" % g.int(-300, 300), element(g)),
        lambda: cmd(b"LINDEX", name, b"%d" % g.int(-400, 400)),
        lambda: cmd(b"LRANGE", name, b"%d" % g.int(-400, 400), b"%d" % g.int(-400, 400)),
        lambda: cmd(b"LPOS", name, b"e:%d" % g.int(0, 60), b"COUNT", b"0", b"RANK", g.pick([b"1", b"-1", b"2"])),
        lambda: cmd(b"LTRIM", name, b"%d" % g.int(0, 20), b"%d" % g.int(-20, -1)),
        lambda: cmd(g.pick([b"LPOP", b"RPOP"]), name, b"%d" % g.int(1, 60)),
        lambda: cmd(b"OBJECT", b"ENCODING", name),
        lambda: cmd(b"LMOVE", name, name, b"LEFT", b"RIGHT"),
        lambda: cmd(b"LLEN", name)])() for _ in range(g.int(3, 12))]
    return build + work + [cmd(b"LRANGE", name, b"0", b"-1")]


FAMILY = Family("lists", 2, 20, looking(mix(
    (20, push), (8, pop), (6, pos), (6, move), (4, mpop), (5, insert), (1.5, big),
    (6, lambda g: cmd(g.case(b"LRANGE"), key(g, "list"), index(g), index(g))),
    (4, lambda g: cmd(g.case(b"LINDEX"), key(g, "list"), index(g))),
    (4, lambda g: cmd(g.case(b"LSET"), key(g, "list"), index(g), element(g))),
    (4, lambda g: cmd(g.case(b"LREM"), key(g, "list"), index(g), element(g))),
    (3, lambda g: cmd(g.case(b"LTRIM"), key(g, "list"), index(g), index(g))),
    (3, lambda g: cmd(g.case(b"LLEN"), key(g, "list"))),
    (1, lambda g: cmd(b"DEL", key(g, "list"))),
    (1, lambda g: cmd(b"LLEN", any_key(g))),
)))
