"""Sorted sets: scores at the edges of what a double can be, ranges in every notation, combinations with weights."""

from __future__ import annotations

from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import LEX, any_key, cmd, count, element, elements, index, junk_option, key, keys, lex_key
from .pool import looking, numkeys, sometimes
from .walks import by_chance, walk

SCORES = [b"0", b"-0", b"1", b"1", b"2", b"2.5", b"-1", b"3", b"1e3", b"1.5e300", b"-1e300", b"inf", b"-inf", b"+inf",
          b"Infinity", b"-INFINITY", b"0.1", b"1e-300", b"4.9e-324", b"3.0", b"17179869184.5", b"9007199254740993",
          b"0x10", b"1.7976931348623157e308", b"123456789012345678", b"5.0E-3", b".5", b"5."]
BAD_SCORES = [b"nan", b"NaN", b"-nan", b"", b"abc", b" 1", b"1 ", b"1e400", b"--1", b"1,5", b"(1", b"[1", b"1\x00",
              b"e"]
BOUNDS = [b"a", b"b", b"ab", b"", b"z", b"\xff", b"\x00", b"B", b"foo", b"1", b"10", b"xx"]


def score(g: Gen, bad: float = 0.04) -> bytes:
    if g.chance(bad):
        return g.pick(BAD_SCORES)
    return b"%d" % g.int(-5, 15) if g.chance(0.5) else g.pick(SCORES) if g.chance(0.7) else g.floating()


def score_bound(g: Gen) -> bytes:
    if g.chance(0.04):
        return g.pick([b"(", b"((1", b"(nan", b"nan", b"", b"abc", b"[1", b"( 1", b"(abc"])
    if g.chance(0.25):
        return g.pick([b"-inf", b"+inf", b"inf", b"(inf", b"(-inf", b"(+inf"])
    return (b"(" if g.chance(0.3) else b"") + score(g, 0)


def lex_bound(g: Gen) -> bytes:
    if g.chance(0.3):
        return g.pick([b"-", b"+"])
    if g.chance(0.05):
        return g.pick([b"a", b"", b"--", b"+x", b"(", b"[", b"-1"])
    return g.pick([b"[", b"("]) + g.pick(BOUNDS)


def limit(g: Gen, chance: float = 0.3) -> list[bytes]:
    if not g.chance(chance):
        return []
    if g.chance(0.05):
        return [b"LIMIT", *g.pick([[], [b"1"], [b"a", b"1"], [b"1", b""], [b"9223372036854775808", b"1"]])]
    return [g.case(b"LIMIT"), b"%d" % g.int(-1, 4), b"%d" % g.pick([-1, 0, 1, 2, 10])]


def add(g: Gen):
    options = []
    for chance, option in ((0.15, b"NX"), (0.2, b"XX"), (0.15, b"GT"), (0.15, b"LT"), (0.3, b"CH"), (0.12, b"INCR")):
        options += sometimes(g, chance, option)
    g.random.shuffle(options)
    pairs = [word for member in elements(g, 4) for word in (score(g), member)]
    if b"INCR" in [option.upper() for option in options] and g.chance(0.9):
        pairs = pairs[:2]
    if g.chance(0.03):
        pairs.append(score(g))
    return Cmd((g.case(b"ZADD"), key(g, "zset"), *options, *pairs))


def add_lex(g: Gen):
    """Members of one score, for the ranges by name."""
    members = [g.pick(BOUNDS) + g.pick([b"", b"a", b"1"]) for _ in range(g.int(1, 8))]
    name = g.pick(LEX)
    first = [cmd(b"DEL", name)] if g.chance(0.3) else []
    return first + [Cmd((b"ZADD", name, *[word for member in members for word in (b"0", member)]))]


def bounded(g: Gen, by: bytes) -> list[bytes]:
    """A key and two bounds."""
    make = {b"BYSCORE": score_bound, b"BYLEX": lex_bound, b"": index}[by]
    return [lex_key(g) if by == b"BYLEX" else key(g, "zset"), make(g), make(g)]


def range_(g: Gen):
    by = g.pick([b"", b"", b"BYSCORE", b"BYLEX"])
    options = ([g.case(by)] if by else []) + sometimes(g, 0.4, b"REV") + limit(g, 0.35 if by else 0.04)
    store = g.chance(0.3)
    if not store or g.chance(0.03):
        options += sometimes(g, 0.4, b"WITHSCORES")
    if g.chance(0.04):
        options.append(g.pick([b"BYSCORE", b"BOGUS", b"LIMIT", b"REV"]))
    if store:
        target = key(g, "zset")
        return [Cmd((g.case(b"ZRANGESTORE"), target, *bounded(g, by), *options)),
                cmd(b"OBJECT", b"ENCODING", target)]
    return Cmd((g.case(b"ZRANGE"), *bounded(g, by), *options))


def older_range(g: Gen):
    name = g.pick([b"ZRANGEBYSCORE", b"ZREVRANGEBYSCORE", b"ZRANGEBYLEX", b"ZREVRANGEBYLEX", b"ZREVRANGE"])
    by = b"BYSCORE" if b"SCORE" in name else b"BYLEX" if b"LEX" in name else b""
    options = sometimes(g, 0.4, b"WITHSCORES") if by != b"BYLEX" or g.chance(0.05) else []
    if by or g.chance(0.05):
        options += limit(g)
    return Cmd((g.case(name), *bounded(g, by), *options, *junk_option(g, 0.02)))


def remove_range(g: Gen):
    by = g.pick([b"SCORE", b"LEX", b"RANK"])
    return Cmd((g.case(b"ZREMRANGEBY" + by), 
                *bounded(g, {b"SCORE": b"BYSCORE", b"LEX": b"BYLEX", b"RANK": b""}[by])))


def counted(g: Gen):
    by = g.pick([b"BYSCORE", b"BYLEX"])
    return Cmd((g.case(b"ZCOUNT" if by == b"BYSCORE" else b"ZLEXCOUNT"), *bounded(g, by)))


def combine(g: Gen):
    name = g.pick([b"ZUNION", b"ZINTER", b"ZDIFF"])
    given = [key(g, "zset") if g.chance(0.85) else key(g, "set") for _ in range(g.int(1, 4))]
    options = []
    if name != b"ZDIFF" or g.chance(0.04):
        if g.chance(0.4):
            weights = [score(g, 0.03) for _ in given]
            options += [g.case(b"WEIGHTS"), *weights, *([b"1"] if g.chance(0.03) else [])]
        if g.chance(0.4):
            options += [g.case(b"AGGREGATE"), g.case(g.pick([b"SUM", b"MIN", b"MAX"])) if g.chance(0.96) else b"AVG"]
    options += junk_option(g, 0.02)
    if g.chance(0.5):
        target = key(g, "zset")
        return [Cmd((g.case(name + b"STORE"), target, *numkeys(g, given), *options)),
                cmd(b"OBJECT", b"ENCODING", target)]
    return Cmd((g.case(name), *numkeys(g, given), *options, *sometimes(g, 0.5, b"WITHSCORES")))


def intercard(g: Gen):
    given = [key(g, "zset") if g.chance(0.85) else key(g, "set") for _ in range(g.int(1, 3))]
    bound = [g.case(b"LIMIT"), g.integer(0.2) if g.chance(0.3) else b"%d" % g.int(0, 5)] if g.chance(0.4) else []
    return Cmd((g.case(b"ZINTERCARD"), *numkeys(g, given), *bound, *junk_option(g)))


def pop(g: Gen):
    args = [g.case(g.pick([b"ZPOPMIN", b"ZPOPMAX"])), key(g, "zset")]
    if g.chance(0.5):
        args.append(count(g))
    return Cmd((*args, *junk_option(g, 0.02)))


def mpop(g: Gen):
    where = g.case(g.pick([b"MIN", b"MAX"])) if g.chance(0.96) else b"LEFT"
    options = sometimes(g, 0.5, b"COUNT", count(g)) + sometimes(g, 0.03, b"COUNT")
    return Cmd((g.case(b"ZMPOP"), *numkeys(g, keys(g, "zset")), where, *options))


def one_member(g: Gen):
    return cmd(g.case(g.pick([b"ZSCORE", b"ZSCORE", b"ZRANK", b"ZREVRANK"])), key(g, "zset"), element(g))


def big(g: Gen):
    """Enough members for many levels of a skip list, and ranks all over it."""
    name = key(g, "zset")
    build = [Cmd((b"ZADD", name, *[word for _ in range(g.int(50, 300))
                                   for word in (b"%d" % g.int(-40, 40), b"m:%d" % g.int(0, 400))]))
             for _ in range(g.int(1, 2))]
    work = [g.pick([
        lambda: cmd(g.pick([b"ZRANK", b"ZREVRANK"]), name, b"m:%d" % g.int(0, 400)),
        lambda: cmd(b"ZRANGE", name, b"%d" % g.int(-400, 400), b"%d" % g.int(-400, 400)),
        lambda: cmd(b"ZCOUNT", name, b"%d" % g.int(-40, 40), b"(%d" % g.int(-40, 40)),
        lambda: cmd(b"ZREVRANGEBYSCORE", name, b"%d" % g.int(-40, 40), b"%d" % g.int(-40, 40), b"LIMIT",
                    b"%d" % g.int(0, 50), b"%d" % g.int(-1, 20)),
        lambda: cmd(b"ZREMRANGEBYRANK", name, b"%d" % g.int(0, 300), b"%d" % g.int(0, 300)),
        lambda: cmd(b"ZREMRANGEBYSCORE", name, b"(%d" % g.int(-40, 40), b"%d" % g.int(-40, 40)),
        lambda: cmd(b"ZINCRBY", name, b"%d" % g.int(-9, 9), b"m:%d" % g.int(0, 400)),
        lambda: cmd(g.pick([b"ZPOPMIN", b"ZPOPMAX"]), name, b"%d" % g.int(1, 60)),
        lambda: cmd(b"ZREM", name, *[b"m:%d" % g.int(0, 400) for _ in range(g.int(1, 60))]),
        lambda: cmd(b"OBJECT", b"ENCODING", name)])() for _ in range(g.int(3, 12))]
    return build + work + [cmd(b"ZRANGE", name, b"0", b"-1", b"WITHSCORES")]


FAMILY = Family("sorted_sets", 2, 26, looking(mix(
    (18, add), (4, add_lex), (14, range_), (8, older_range), (4, remove_range), (5, counted), (10, combine),
    (3, intercard), (6, pop), (4, mpop), (6, one_member), (1.5, big),
    (5, lambda g: cmd(g.case(b"ZINCRBY"), key(g, "zset"), score(g), element(g))),
    (5, lambda g: Cmd((g.case(b"ZREM"), key(g, "zset"), *elements(g)))),
    (3, lambda g: Cmd((g.case(b"ZMSCORE"), key(g, "zset"), *elements(g)))),
    (2, lambda g: cmd(g.case(b"ZCARD"), key(g, "zset"))),
    (3, lambda g: by_chance(g, b"ZRANDMEMBER", key(g, "zset"), b"WITHSCORES")),
    (3, lambda g: walk(g, b"ZSCAN", key(g, "zset"))),
    (1, lambda g: cmd(b"DEL", key(g, "zset"))),
    (1, lambda g: cmd(b"ZCARD", any_key(g))),
)))
