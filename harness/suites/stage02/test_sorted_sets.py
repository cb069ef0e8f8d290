"""Sorted sets: adding, looking up and chance, in both encodings and both protocols."""

import pytest

from strata_harness.resp import encode
from strata_harness.sorted_sets import encoding, encoding_of, fill, ordered, text

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_FLOAT = "ERR value is not a valid float"
SYNTAX = "ERR syntax error"


# --- adding ---


@pytest.mark.goal("ZADD counts new members, with CH also those whose score is another one now")
def test_zadd_counts(wire, encoding):
    assert wire("ZADD", "z", 1, "a", 2, "b") == 2
    assert wire("ZADD", "z", 1, "a", 5, "b", 3, "c") == 1
    assert wire("ZADD", "z", "CH", 1, "a", 6, "b", 4, "d") == 2
    assert encoding_of(wire) == encoding
    assert wire("ZRANGE", "z", 0, -1, "WITHSCORES") == [b"a", b"1", b"c", b"3", b"d", b"4", b"b", b"6"]


@pytest.mark.goal("A member that comes twice in one ZADD has the last of its scores and counts once")
def test_zadd_twice(wire, encoding):
    assert wire("ZADD", "z", 1, "a", 2, "a", 3, "a") == 1
    assert wire("ZSCORE", "z", "a") == b"3"


@pytest.mark.parametrize("options, score, expected", [
    ((), 5, 5), (("NX",), 5, 3), (("XX",), 5, 5), (("GT",), 5, 5), (("GT",), 2, 3), (("GT",), 3, 3), (("LT",), 5, 3),
    (("LT",), 2, 2), (("XX", "GT"), 5, 5), (("XX", "LT", "CH"), 5, 3), (("ch", "gt", "xx"), 1, 3)],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value))
@pytest.mark.goal("The conditions NX, XX, GT and LT decide whether a present member gets another score")
def test_zadd_conditions(wire, encoding, options, score, expected):
    wire("ZADD", "z", 3, "m")
    assert wire("ZADD", "z", *options, score, "m") == 0
    assert wire("ZSCORE", "z", "m") == b"%d" % expected


@pytest.mark.goal("XX adds nobody and makes no key; GT and LT add whoever is not there")
def test_zadd_absent(wire, encoding):
    assert wire("ZADD", "z", "XX", 1, "a") == 0 and wire("EXISTS", "z") == 0
    assert wire("ZADD", "z", "GT", 1, "a") == 1 and wire("ZADD", "z", "LT", 1, "b") == 1
    assert wire("ZADD", "z", "XX", 1, "c") == 0 and wire("ZCARD", "z") == 2


@pytest.mark.goal("INCR answers the new score, or null where the conditions refuse it")
def test_zadd_incr(wire, encoding):
    assert wire("ZADD", "z", "INCR", "1.5", "a") == b"1.5"
    assert wire("ZADD", "z", "INCR", "2", "a") == b"3.5"
    assert wire("ZADD", "z", "NX", "INCR", "2", "a") is None
    assert wire("ZADD", "z", "XX", "INCR", "2", "b") is None
    assert wire("ZADD", "z", "GT", "INCR", "-2", "a") is None
    assert wire("ZADD", "z", "LT", "INCR", "-2", "a") == b"1.5"
    assert wire("ZADD", "none", "XX", "INCR", "2", "b") is None and wire("EXISTS", "none") == 0


@pytest.mark.parametrize("words, error", [
    (["1"], "ERR wrong number of arguments for 'zadd' command"), (["1", "a", "2"], SYNTAX), (["NX", "CH"], SYNTAX),
    (["NX", "XX", "1", "a"], "ERR XX and NX options at the same time are not compatible"),
    (["NX", "GT", "1", "a"], "ERR GT, LT, and/or NX options at the same time are not compatible"),
    (["GT", "LT", "1", "a"], "ERR GT, LT, and/or NX options at the same time are not compatible"),
    (["INCR", "1", "a", "2", "b"], "ERR INCR option supports a single increment-element pair"),
    (["x", "a"], NOT_FLOAT), (["1", "a", "x", "b"], NOT_FLOAT), (["nan", "a"], NOT_FLOAT), (["", "a"], NOT_FLOAT),
    (["1 ", "a"], NOT_FLOAT), ([" 1", "a"], NOT_FLOAT), (["1e400", "a"], NOT_FLOAT)], ids=" ".join)
@pytest.mark.goal("ZADD refuses bad options and scores before it stores anything")
def test_zadd_errors(wire, words, error):
    assert wire.error("ZADD", "z", *words) == error
    assert wire("EXISTS", "z") == 0
    assert wire("ZADD", "z", 1, "a") == 1


@pytest.mark.goal("Infinities are scores; adding both signs of them is an error that changes nothing")
def test_infinities(wire, encoding):
    wire("ZADD", "z", "inf", "top", "-inf", "bottom", "0", "middle", "+Infinity", "other")
    assert wire("ZRANGE", "z", 0, -1, "WITHSCORES") == [b"bottom", b"-inf", b"middle", b"0", b"other", b"inf",
                                                        b"top", b"inf"]
    for words in (["ZINCRBY", "z", "-inf", "top"], ["ZADD", "z", "INCR", "+inf", "bottom"]):
        assert wire.error(*words) == "ERR resulting score is not a number (NaN)"
    assert wire("ZMSCORE", "z", "top", "bottom") == [b"inf", b"-inf"]


@pytest.mark.parametrize("given, shown", [
    ("1", b"1"), ("1.5", b"1.5"), ("0.1", b"0.10000000000000001"), ("1e3", b"1000"), ("-0.5", b"-0.5"),
    ("3.0", b"3"), ("1e17", b"1e+17"), ("99999999999999999", b"1e+17"), ("9007199254740993", b"9007199254740992"),
    ("12345678901234567", b"12345678901234568"), ("1e-7", b"9.9999999999999995e-08"),
    ("0x10", b"16"), ("1.7976931348623157e308", b"1.7976931348623157e+308"),
    ("4611686018427387904", b"4.6116860184273879e+18")])
@pytest.mark.goal("Scores are doubles, and are shown with 17 significant digits")
def test_score_texts(wire, wire3, encoding, given, shown):
    wire("ZADD", "z", given, "m")
    assert wire("ZSCORE", "z", "m") == shown
    assert wire("ZRANGE", "z", 0, 0, "WITHSCORES") == [b"m", shown]
    wire3.exchange(encode("ZSCORE", "z", "m"), b",%s\r\n" % shown)


@pytest.mark.goal("ZINCRBY adds to a score, from 0 for a new member, and moves the member to its place")
def test_zincrby(wire, encoding):
    assert wire("ZINCRBY", "z", "2.5", "a") == b"2.5"
    wire("ZADD", "z", 1, "b", 3, "c")
    assert wire("ZINCRBY", "z", "-5", "c") == b"-2"
    assert wire("ZRANGE", "z", 0, -1) == [b"c", b"b", b"a"]
    assert wire.error("ZINCRBY", "z", "x", "a") == NOT_FLOAT


@pytest.mark.goal("Members of equal score are in order of their bytes, numbers among them too")
def test_order_of_members(wire, rng, encoding):
    members = [b"", b"a", b"ab", b"b", b"10", b"9", b"-1", b"\x00", b"\xff\xfe", b"B", b"99999999999"]
    shuffled = rng.sample(members, len(members))
    wire("ZADD", "z", *[word for member in shuffled for word in (7, member)])
    assert wire("ZRANGE", "z", 0, -1) == sorted(members)


@pytest.mark.goal("ZSCORE, ZMSCORE, ZCARD, ZRANK and ZREVRANK agree; whoever is not there is null")
def test_lookups(wire, encoding):
    fill(wire, {b"m%02d" % number: number // 2 for number in range(40)})
    assert wire("ZCARD", "z") == 40
    assert [wire("ZRANK", "z", "m07"), wire("ZREVRANK", "z", "m07")] == [7, 32]
    assert wire("ZMSCORE", "z", "m07", "nobody", "m39") == [b"3", None, b"19"]
    assert [wire(command, "z", "nobody") for command in ("ZSCORE", "ZRANK", "ZREVRANK")] == [None] * 3
    assert [wire(command, "none", "m") for command in ("ZSCORE", "ZRANK", "ZREVRANK")] == [None] * 3
    assert wire("ZCARD", "none") == 0 and wire("ZMSCORE", "none", "a", "b") == [None, None]


@pytest.mark.goal("A random history of changes leaves members, order and ranks as a model would have them")
def test_history(wire, rng, encoding):
    model = {}
    commands, expected = [], []
    for _ in range(2500):
        member = b"%d" % rng.randrange(150) if rng.random() < 0.5 else b"m:%d" % rng.randrange(150)
        score = rng.choice([rng.randrange(20), rng.randrange(-100, 100) / 8])
        kind = rng.randrange(6)
        if kind == 0:
            commands.append(("ZREM", "z", member))
            expected.append(1 if model.pop(member, None) is not None else 0)
        elif kind == 1:
            commands.append(("ZRANK", "z", member))
            expected.append(ordered(model).index(member) if member in model else None)
        elif kind == 2:
            model[member] = model.get(member, 0) + score
            commands.append(("ZINCRBY", "z", score, member))
            expected.append(text(model[member]))
        else:
            commands.append(("ZADD", "z", score, member))
            expected.append(0 if member in model else 1)
            model[member] = score
    wire.send(b"".join(encode(*command) for command in commands))
    assert wire.read_many(len(commands)) == expected
    assert wire("ZRANGE", "z", 0, -1) == ordered(model)
    assert wire("ZREVRANGE", "z", 0, -1) == ordered(model)[::-1]


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 254, 255, 256, 4096, 70000])
@pytest.mark.goal("Members of every length come back byte for byte")
def test_member_sizes(wire, rng, size):
    members = [rng.randbytes(size) for _ in range(2)]
    wire("ZADD", "z", 2, members[0], 1, b"other " + members[1])
    assert wire("ZRANGE", "z", 0, -1) == [b"other " + members[1], members[0]]
    assert wire("ZSCORE", "z", members[0]) == b"2" and wire("ZREM", "z", members[0]) == 1


# --- looking up ---


@pytest.mark.goal("ZRANK takes no WITHSCORE: that came later")
def test_zrank_arity(wire):
    assert wire("ZADD", "z", 1, "m") == 1 and wire("ZRANK", "z", "m") == 0
    assert wire.error("ZRANK", "z", "m", "WITHSCORE") == "ERR wrong number of arguments for 'zrank' command"


@pytest.mark.goal("ZSCAN visits every member with its score, also while a large set shrinks")
def test_zscan(wire, rng):
    scores = {b"m%d" % number: number for number in range(3000)}
    fill(wire, scores)
    cursor, found = b"0", {}
    for _ in range(100000):
        cursor, flat = wire("ZSCAN", "z", cursor, "COUNT", 50)
        found.update(zip(flat[::2], flat[1::2]))
        if cursor == b"0":
            break
        wire("ZREM", "z", *[b"m%d" % rng.randrange(2000, 3000) for _ in range(40)])
    assert all(found[b"m%d" % number] == b"%d" % number for number in range(2000))


@pytest.mark.goal("ZSCAN gives a small set whole, MATCH looks at members only, errors come in their order")
def test_zscan_small(wire):
    wire("ZADD", "z", 1, "a1", 2, "b", "1.5", "a2")
    assert wire("ZSCAN", "z", 0, "COUNT", 1) == [b"0", [b"a1", b"1", b"a2", b"1.5", b"b", b"2"]]
    assert wire("ZSCAN", "z", 0, "MATCH", "a*") == [b"0", [b"a1", b"1", b"a2", b"1.5"]]
    assert wire("ZSCAN", "none", 0, "BAD") == [b"0", []]
    assert wire.error("ZSCAN", "none", "x") == "ERR invalid cursor"
    assert wire.error("ZSCAN", "z", 0, "COUNT", 0) == SYNTAX


# --- chance ---


@pytest.mark.parametrize("size", [5, 400])
@pytest.mark.goal("ZRANDMEMBER gives members: different ones for a positive count, with repetition for a negative one")
def test_zrandmember(wire, wire3, size):
    scores = {b"m%d" % number: number for number in range(size)}
    fill(wire, scores)
    assert wire("ZRANDMEMBER", "z") in scores
    for count in (1, 3, size - 1, size, size + 10):
        found = wire("ZRANDMEMBER", "z", count)
        assert len(found) == len(set(found)) == min(count, size) and set(found) <= set(scores)
    found = wire("ZRANDMEMBER", "z", -3 * size, "WITHSCORES")
    assert len(found) == 6 * size and all(b"m" + score == member for member, score in zip(found[::2], found[1::2]))
    assert all(scores[member] == score for member, score in wire3("ZRANDMEMBER", "z", 3, "withscores"))
    assert wire("ZRANDMEMBER", "z", 0) == [] and wire("ZCARD", "z") == size


@pytest.mark.goal("Every member is drawn sooner or later")
def test_zrandmember_all(wire, encoding):
    scores = {b"m%d" % number: number for number in range(20)}
    fill(wire, scores)
    assert set(wire("ZRANDMEMBER", "z", -2000)) == set(scores)
    assert {member for _ in range(300) for member in wire("ZRANDMEMBER", "z", 2)} == set(scores)


@pytest.mark.goal("ZRANDMEMBER of nothing is null, or an empty array with a count; bad arguments are refused")
def test_zrandmember_edges(wire):
    assert wire("ZRANDMEMBER", "none") is None and wire("ZRANDMEMBER", "none", 3, "WITHSCORES") == []
    wire("ZADD", "z", 1, "a")
    assert wire.error("ZRANDMEMBER", "z", "x") == "ERR value is not an integer or out of range"
    assert wire.error("ZRANDMEMBER", "z", 1, "BAD") == SYNTAX
    assert wire.error("ZRANDMEMBER", "z", -2**62, "WITHSCORES") == "ERR value is out of range"


# --- keys and encodings ---


@pytest.mark.parametrize("command", [
    ["ZADD", "1", "m"], ["ZINCRBY", "1", "m"], ["ZSCORE", "m"], ["ZMSCORE", "m"], ["ZCARD"], ["ZRANK", "m"],
    ["ZREVRANK", "m"], ["ZCOUNT", "1", "2"], ["ZLEXCOUNT", "-", "+"], ["ZRANGE", "0", "1"], ["ZREVRANGE", "0", "1"],
    ["ZRANGEBYSCORE", "0", "1"], ["ZREVRANGEBYSCORE", "0", "1"], ["ZRANGEBYLEX", "-", "+"],
    ["ZREVRANGEBYLEX", "+", "-"], ["ZREM", "m"], ["ZREMRANGEBYRANK", "0", "1"], ["ZREMRANGEBYSCORE", "0", "1"],
    ["ZREMRANGEBYLEX", "-", "+"], ["ZPOPMIN"], ["ZPOPMAX", "2"], ["ZRANDMEMBER"], ["ZSCAN", "0"],
], ids=lambda words: words[0])
@pytest.mark.goal("Every command refuses a key of another type and leaves it alone")
def test_wrong_type(wire, command):
    wire.ok("SET", "s", "text")
    assert wire.error(command[0], "s", *command[1:]) == WRONG_TYPE
    assert wire("GET", "s") == b"text"
    assert wire("DEL", "s") == 1 and wire("ZADD", "s", 1, "m") == 1, "the name is free for a sorted set"


@pytest.mark.parametrize("limit, alias", [(128, None), (3, "zset-max-listpack-entries"),
                                          (10, "zset-max-ziplist-entries")])
@pytest.mark.goal("One member more than zset-max-listpack-entries makes a skiplist, and there is no way back")
def test_entries_limit(wire, limit, alias):
    if alias:
        wire.ok("CONFIG", "SET", alias, limit)
    fill(wire, {b"m%03d" % number: number for number in range(limit)})
    assert encoding_of(wire) == b"listpack"
    wire("ZADD", "z", 5, "m000")
    assert encoding_of(wire) == b"listpack"
    wire("ZADD", "z", -1, "more")
    assert encoding_of(wire) == b"skiplist" and wire("ZRANGE", "z", 0, 1) == [b"more", b"m001"]
    wire("ZREMRANGEBYRANK", "z", 1, -1)
    assert encoding_of(wire) == b"skiplist" and wire("ZCARD", "z") == 1


@pytest.mark.parametrize("length, expected", [(64, b"listpack"), (65, b"skiplist")])
@pytest.mark.goal("A member longer than zset-max-listpack-value makes a skiplist")
def test_value_limit(wire, length, expected):
    wire("ZADD", "z", 2, "b", 1, "m" * length, 3, "c")
    assert encoding_of(wire) == expected
    assert wire("ZRANGE", "z", 0, -1) == [b"m" * length, b"b", b"c"]


@pytest.mark.goal("COPY, RENAME, TTL and MEMORY USAGE treat a sorted set as one value")
def test_as_a_value(wire, encoding):
    scores = {b"m%02d" % number: number for number in range(50)}
    fill(wire, scores)
    wire("EXPIRE", "z", 100)
    assert wire("COPY", "z", "copy") == 1
    wire("ZREM", "copy", "m00")
    wire.ok("RENAME", "z", "moved")
    wire("ZADD", "moved", 100, "last")
    assert wire("ZRANGE", "moved", 0, -1) == ordered(scores) + [b"last"] and wire("TTL", "moved") > 90
    assert wire("ZCARD", "copy") == 49 and encoding_of(wire, "copy") == encoding
    small = wire("MEMORY", "USAGE", "copy")
    fill(wire, {b"further member %d" % number: number for number in range(500)}, "copy")
    assert wire("MEMORY", "USAGE", "copy", "SAMPLES", 0) > small + 500 * 16
    assert wire("DEL", "moved", "copy") == 2


@pytest.mark.limit(60)
@pytest.mark.goal("A set of 100,000 members keeps its order and its ranks")
def test_large(wire, rng):
    scores = {b"member %d" % number: rng.randrange(10**6) for number in range(100000)}
    fill(wire, scores)
    order = ordered(scores)
    assert wire("ZCARD", "z") == 100000 and wire("ZRANGE", "z", 0, -1) == order
    for rank in (0, 1, 777, 50000, 99999):
        assert wire("ZRANK", "z", order[rank]) == rank
        assert wire("ZRANGE", "z", rank, rank + 2) == order[rank:rank + 3]
        assert wire("ZREVRANGE", "z", rank, rank) == [order[-1 - rank]]
    assert wire("ZREMRANGEBYRANK", "z", 1000, 98999) == 98000
    assert wire("ZRANGE", "z", 0, -1) == order[:1000] + order[99000:]
