"""Keys of every type: renamed, copied, moved, expired, described; and the options that decide about encodings."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import POOLS, any_key, cmd, key, looking

SMALL = {
    b"hash-max-listpack-entries": [b"0", b"1", b"3", b"8", b"512"],
    b"hash-max-listpack-value": [b"0", b"1", b"8", b"64"],
    b"list-max-listpack-size": [b"1", b"2", b"3", b"5", b"128", b"-1", b"-2", b"-3", b"-4", b"-5"],
    b"list-compress-depth": [b"0", b"1", b"2", b"3"],
    b"set-max-intset-entries": [b"0", b"1", b"4", b"512"],
    b"zset-max-listpack-entries": [b"0", b"1", b"3", b"8", b"128"],
    b"zset-max-listpack-value": [b"0", b"1", b"8", b"64"],
    b"hll-sparse-max-bytes": [b"0", b"40", b"300", b"3000"],
}
ODD = [b"-1", b"abc", b"", b"1.5", b"9223372036854775808", b"1k", b"0"]


def thresholds(g: Gen) -> list:
    """An episode begins with some thresholds so low that conversions happen all the time."""
    return [cmd(b"CONFIG", b"SET", option, g.pick(values)) for option, values in SMALL.items() if g.chance(0.5)]


def threshold(g: Gen):
    option = g.pick(list(SMALL))
    value = g.pick(ODD) if g.chance(0.1) and option != b"list-max-listpack-size" else g.pick(SMALL[option])
    older = option.replace(b"listpack", b"ziplist")
    return [cmd(b"CONFIG", g.case(b"SET"), older if g.chance(0.2) else option, value),
            cmd(b"CONFIG", b"GET", g.pick([option, older]))]


def rename(g: Gen):
    kind = g.pick(list(POOLS))
    return cmd(g.case(g.pick([b"RENAME", b"RENAMENX"])), key(g, kind), key(g, kind))


def copy(g: Gen):
    kind = g.pick(list(POOLS))
    database = [b"DB", b"%d" % g.int(0, 2)] if g.chance(0.3) else []
    return Cmd((g.case(b"COPY"), key(g, kind), key(g, kind), *database, *([b"REPLACE"] if g.chance(0.6) else [])))


def described(g: Gen):
    name = any_key(g)
    return g.pick([cmd(b"TYPE", name), cmd(b"OBJECT", g.case(b"ENCODING"), name), cmd(b"OBJECT", b"REFCOUNT", name),
                   cmd(b"EXISTS", name), cmd(b"MEMORY", b"USAGE", name),
                   cmd(b"MEMORY", b"USAGE", name, b"SAMPLES", b"0"), cmd(b"OBJECT", b"IDLETIME", name),
                   cmd(b"OBJECT", b"FREQ", name), cmd(b"TTL", name), cmd(b"DEBUG", b"OBJECT", name)])


def expire(g: Gen):
    return g.pick([cmd(b"EXPIRE", any_key(g), g.seconds()), cmd(b"PEXPIREAT", any_key(g), g.at_milliseconds()),
                   cmd(b"PERSIST", any_key(g)), cmd(b"EXPIREAT", any_key(g), g.at_seconds(past=0.3), b"NX")])


def replaced(g: Gen):
    """String commands on whatever is there."""
    name = any_key(g)
    return g.pick([cmd(b"SET", name, g.value()), cmd(b"GET", name), cmd(b"GETSET", name, b"v"),
                   cmd(b"APPEND", name, b"v"), cmd(b"INCR", name), cmd(b"SETRANGE", name, b"1", b"v"),
                   cmd(b"SET", name, b"v", b"GET"), cmd(b"GETDEL", name), cmd(b"MGET", name, any_key(g)),
                   cmd(b"STRLEN", name), cmd(b"SETNX", name, b"v"), cmd(b"LCS", name, any_key(g)), cmd(b"GETEX", name)])


FAMILY = Family("typed_keys", 2, 10, looking(mix(
    (3, threshold), (4, rename), (4, copy), (8, described), (6, expire), (5, replaced),
    (6, lambda g: Cmd((g.case(g.pick([b"DEL", b"UNLINK", b"TOUCH", b"EXISTS"])),
                       *[any_key(g) for _ in range(g.int(1, 3))]))),
    (1, lambda g: cmd(b"MOVE", any_key(g), b"%d" % g.int(0, 2))),
)), opening=thresholds)
