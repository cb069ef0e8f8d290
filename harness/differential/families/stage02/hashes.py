"""Hashes: fields and values of all kinds, numbers in fields, fields chosen by chance, whole walks."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, element, elements, key, looking
from .walks import by_chance, walk


def set_(g: Gen):
    fields = elements(g, 4)
    pairs = [word for field in fields for word in (field, element(g))]
    if g.chance(0.04):
        pairs.append(element(g))
    return Cmd((g.case(g.pick([b"HSET", b"HSET", b"HMSET"])), key(g, "hash"), *pairs))


def increment(g: Gen):
    name, field = key(g, "hash"), element(g)
    if g.chance(0.5):
        grow = cmd(g.case(b"HINCRBY"), name, field, g.integer())
        seed = g.integer(0.2)
    else:
        grow = cmd(g.case(b"HINCRBYFLOAT"), name, field, g.float())
        seed = g.float(0.2)
    if g.chance(0.6):
        return [cmd(b"HSET", name, field, seed), grow, cmd(b"HGET", name, field)]
    return grow


def one_field(g: Gen):
    return cmd(g.case(g.pick([b"HGET", b"HGET", b"HEXISTS", b"HSTRLEN"])), key(g, "hash"), element(g))


def whole(g: Gen):
    return cmd(g.case(g.pick([b"HGETALL", b"HKEYS", b"HVALS", b"HLEN"])), key(g, "hash"))


FAMILY = Family("hashes", 2, 16, looking(mix(
    (16, set_), (7, increment), (8, one_field), (6, whole),
    (3, lambda g: cmd(g.case(b"HSETNX"), key(g, "hash"), element(g), element(g))),
    (5, lambda g: Cmd((g.case(b"HMGET"), key(g, "hash"), *elements(g)))),
    (8, lambda g: Cmd((g.case(b"HDEL"), key(g, "hash"), *elements(g)))),
    (3, lambda g: by_chance(g, b"HRANDFIELD", key(g, "hash"), b"WITHVALUES")),
    (3, lambda g: walk(g, b"HSCAN", key(g, "hash"))),
    (1, lambda g: cmd(b"DEL", key(g, "hash"))),
    (1, lambda g: cmd(b"HLEN", any_key(g))),
)))
