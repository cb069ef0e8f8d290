"""Strings: every option in every combination, valid and not, offsets at the edges, numbers that overflow."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix


def cmd(*args: bytes) -> Cmd:
    return Cmd(args)


def with_touch(args: list[bytes], key: bytes):
    """A command that may leave an already expired key behind, and a look at the key, which removes it for good.

    Otherwise DBSIZE would tell whether the server's own expiry cycle has come by."""
    return [Cmd(tuple(args)), Cmd((b"EXISTS", key))]


def expire_option(g: Gen) -> list[bytes]:
    word = g.pick([b"EX", b"PX", b"EXAT", b"PXAT"])
    time = {b"EX": g.seconds, b"PX": g.milliseconds, b"EXAT": g.at_seconds, b"PXAT": g.at_milliseconds}[word]()
    return [g.case(word), time] if g.chance(0.97) else [g.case(word)]


def set_(g: Gen):
    key = g.key()
    args = [g.case(b"SET"), key, g.value()]
    if g.chance(0.5):
        return Cmd(tuple(args))
    options = []
    for chance, option in ((0.35, b"NX"), (0.35, b"XX"), (0.4, b"GET"), (0.25, b"KEEPTTL"), (0.05, b"PERSIST"),
                           (0.03, b"BOGUS"),
                           (0.03, b"")):
        if g.chance(chance):
            options.append([g.case(option)])
    if g.chance(0.5):
        options.append(expire_option(g))
    if g.chance(0.05):
        options.append(expire_option(g))
    g.random.shuffle(options)
    return with_touch(args + [word for option in options for word in option], key)


def getex(g: Gen):
    args = [g.case(b"GETEX"), g.key()]
    p = g.random.random()
    if p < 0.6:
        args += expire_option(g)
    elif p < 0.8:
        args.append(g.case(b"PERSIST"))
    if g.chance(0.1):
        args += g.pick([[b"PERSIST"], [b"KEEPTTL"], [b"NX"], [b"GET"], expire_option(g), [b"bogus"]])
    return Cmd(tuple(args))


def setex(g: Gen):
    if g.chance(0.5):
        return cmd(b"SETEX", g.key(), g.seconds(0.2), g.value())
    return cmd(b"PSETEX", g.key(), g.milliseconds(0.2), g.value())


def mset(g: Gen):
    args = [g.pick([b"MSET", b"MSET", b"MSETNX"])]
    for _ in range(g.int(1, 5)):
        args += [g.key(), g.value()]
    if g.chance(0.05):
        args.append(g.key())
    return Cmd(tuple(args))


def lcs(g: Gen):
    args = [g.case(b"LCS"), g.key(), g.key()]
    options = []
    if g.chance(0.3):
        options.append([g.case(b"LEN")])
    if g.chance(0.5):
        options.append([g.case(b"IDX")])
    if g.chance(0.4):
        options.append([g.case(b"MINMATCHLEN"), g.integer(0.15) if g.chance(0.5) else b"%d" % g.int(0, 6)])
    if g.chance(0.4):
        options.append([g.case(b"WITHMATCHLEN")])
    if g.chance(0.05):
        options.append([g.pick([b"bogus", b"MINMATCHLEN", b"", b"LENGTH"])])
    g.random.shuffle(options)
    lcs_command = Cmd(tuple(args + [word for option in options for word in option]))
    if g.chance(0.6):  # values of comparable alphabets and bounded length: LCS is quadratic
        alphabet = g.pick([b"ab", b"ACGT", b"abcdefgh", bytes(range(256))])
        return [cmd(b"SET", key, bytes(g.random.choices(alphabet,
                                                        k=g.int(0, 60)))) for key in args[1:3]] + [lcs_command]
    return lcs_command


def setrange(g: Gen):
    if g.chance(0.8):
        offset = b"%d" % g.pick([0, 1, 2, 5, 10, 44, 45, 100, 1000])
    else:
        offset = g.pick([b"-1", b"536870912", b"536870911", b"536870913", b"9223372036854775807",
                         b"-9223372036854775808", b"4294967295",
                         b"abc", b"1.5", b""])
    value = g.value()
    if len(offset) == 9 and offset.startswith(b"53687091"):  # no half-gigabyte values here: stress/big_value has them
        value = b"" if offset == b"536870911" else value
    return cmd(b"SETRANGE", g.key(), offset, value)


def increment(g: Gen):
    return cmd(g.case(g.pick([b"INCRBY", b"DECRBY"])), g.key(), g.integer())


def near_limit(g: Gen):
    key = g.key()
    limit = g.pick([b"9223372036854775806", b"-9223372036854775807"])
    step = g.pick([cmd(b"INCR", key), cmd(b"DECR", key), cmd(b"INCRBY", key, b"2"), cmd(b"DECRBY", key, b"2"),
                   increment(g)])
    return [cmd(b"SET", key, limit), step, step, cmd(b"GET", key)]


def floats(g: Gen):
    key = g.key()
    grow = cmd(g.case(b"INCRBYFLOAT"), key, g.float())
    if g.chance(0.4):
        return [cmd(b"SET", key, g.float(0.2)), grow, cmd(b"GET", key)]
    return grow


def append(g: Gen):
    key = g.key()
    grow = cmd(b"APPEND", key, g.value())
    return [grow, cmd(b"OBJECT", b"ENCODING", key)] if g.chance(0.5) else grow


def one_key(g: Gen):
    name = g.pick([b"GET", b"GET", b"STRLEN", b"GETDEL", b"INCR", b"DECR", b"INCR", b"DECR"])
    return cmd(g.case(name), g.key())


FAMILY = Family("strings", 1, 30, mix(
    (14, set_), (12, one_key), (5, getex), (3, setex), (4, mset), (5, lcs), (5, setrange), (4, increment),
    (2, near_limit),
    (6, floats), (4, append),
    (2, lambda g: cmd(b"SETNX", g.key(), g.value())),
    (3, lambda g: cmd(b"GETSET", g.key(), g.value())),
    (3, lambda g: Cmd((b"MGET", *g.keys(6)))),
    (6, lambda g: cmd(g.pick([b"GETRANGE", b"GETRANGE", b"SUBSTR"]), g.key(), g.offset(), g.offset())),
))
