"""Ranges of sorted sets by rank, score and member, and sorted sets made of several others."""

import pytest

from strata_harness.resp import encode

SYNTAX = "ERR syntax error"
SCORE_RANGE = "ERR min or max is not a float"
LEX_RANGE = "ERR min or max not valid string range item"
NOT_INTEGER = "ERR value is not an integer or out of range"
SIZES = pytest.mark.parametrize("size", [10, 300], ids=["listpack", "skiplist"])


def fill(wire, scores, key="z"):
    assert wire("ZADD", key, *[word for member, score in scores.items() for word in (score, member)]) == len(scores)
    return [member for _, member in sorted((score, member) for member, score in scores.items())]


def by_score(size):
    """Three members for every score."""
    return {b"m%03d" % number: number // 3 for number in range(size)}


# --- by rank ---


@SIZES
@pytest.mark.parametrize("first, last", [(0, -1), (0, 0), (2, 5), (-3, -1), (-100000, 1), (5, 100000), (7, 3), (-1, 0),
                                         (100000, 200000), (-(2**63), 2**63 - 1)])
@pytest.mark.goal("A range by rank counts from either end and is cut at both")
def test_ranks(wire, size, first, last):
    order = fill(wire, by_score(size))
    low, high = (max(index + size, 0) if index < 0 else index for index in (first, last))
    assert wire("ZRANGE", "z", first, last) == order[low:high + 1]
    assert wire("ZREVRANGE", "z", first, last) == order[::-1][low:high + 1]
    assert wire("ZRANGE", "z", first, last, "REV") == order[::-1][low:high + 1]


@pytest.mark.goal("Scores come flat in RESP2 and as nested doubles in RESP3")
def test_with_scores(wire, wire3):
    wire("ZADD", "z", 1, "a", 2.5, "b")
    ask = encode("ZRANGE", "z", 0, -1, "WITHSCORES") + encode("ZREVRANGEBYSCORE", "z", "+inf", "(1", "withscores")
    wire.exchange(ask, b"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\n2.5\r\n*2\r\n$1\r\nb\r\n$3\r\n2.5\r\n")
    wire3.exchange(ask, b"*2\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n*1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n")


# --- by score ---


@SIZES
@pytest.mark.parametrize("low, high", [("-inf", "+inf"), ("0", "1"), ("(0", "1"), ("0", "(1"), ("(0", "(1"), ("1", "1"),
                                       ("(1", "1"), ("2", "1"), ("0.5", "1.5"), ("-5", "-1"), ("1000", "inf"),
                                       ("(-inf", "(2"), ("1e0", "0x2")])
@pytest.mark.goal("A range by score takes or leaves its bounds, forwards and backwards, and ZCOUNT counts it")
def test_scores(wire, size, low, high):
    scores = by_score(size)
    order = fill(wire, scores)

    def holds(score):
        minimum, maximum = (float.fromhex(bound) if "x" in bound else float(bound)
                            for bound in (low.lstrip("("), high.lstrip("(")))
        return ((score > minimum if low[0] == "(" else score >= minimum) and
                (score < maximum if high[0] == "(" else score <= maximum))

    wanted = [member for member in order if holds(scores[member])]
    assert wire("ZRANGEBYSCORE", "z", low, high) == wire("ZRANGE", "z", low, high, "BYSCORE") == wanted
    assert wire("ZREVRANGEBYSCORE", "z", high, low) == wanted[::-1]
    assert wire("ZRANGE", "z", high, low, "REV", "BYSCORE") == wanted[::-1]
    assert wire("ZCOUNT", "z", low, high) == len(wanted)


@SIZES
@pytest.mark.parametrize("offset, count", [(0, 3), (2, 2), (0, 0), (1, -1), (-1, 2), (9, 5), (10**6, 1), (0, 10**6)])
@pytest.mark.goal("LIMIT skips and takes in the direction of the range; a negative count takes all")
def test_limit(wire, size, offset, count):
    order = fill(wire, by_score(size))

    def cut(members):
        return [] if offset < 0 else members[offset:] if count < 0 else members[offset:offset + count]

    limit = ("LIMIT", offset, count)
    assert wire("ZRANGEBYSCORE", "z", "-inf", "+inf", *limit) == cut(order)
    assert wire("ZREVRANGEBYSCORE", "z", "+inf", "-inf", *limit) == cut(order[::-1])
    assert wire("ZRANGE", "z", "(0", 2, "BYSCORE", *limit) == cut(order[3:9])


# --- by member ---


@pytest.mark.parametrize("limit", [128, 0], ids=["listpack", "skiplist"])
@pytest.mark.parametrize("low, high, wanted", [
    ("-", "+", b"abcdefg"), ("[b", "[d", b"bcd"), ("(b", "(d", b"c"), ("[b", "(d", b"bc"), ("[bb", "[f", b"cdef"),
    ("-", "[a", b"a"), ("-", "(a", b""), ("[g", "+", b"g"), ("(g", "+", b""), ("[d", "[b", b""), ("(c", "(c", b""),
    ("[c", "[c", b"c"), ("+", "-", b""), ("+", "+", b""), ("-", "-", b""), ("[", "[\xff", b"abcdefg")])
@pytest.mark.goal("A range by member takes or leaves its bounds, in both directions, and ZLEXCOUNT counts it")
def test_members(wire, limit, low, high, wanted):
    wire.ok("CONFIG", "SET", "zset-max-listpack-entries", limit)
    fill(wire, {b"%c" % letter: 0 for letter in b"gfedcba"})
    low, high = low.encode("latin1"), high.encode("latin1")
    members = [b"%c" % letter for letter in wanted]
    assert wire("ZRANGEBYLEX", "z", low, high) == wire("ZRANGE", "z", low, high, "BYLEX") == members
    assert wire("ZREVRANGEBYLEX", "z", high, low) == members[::-1]
    assert wire("ZRANGE", "z", high, low, "BYLEX", "REV") == members[::-1]
    assert wire("ZLEXCOUNT", "z", low, high) == len(members)
    assert wire("ZRANGEBYLEX", "z", low, high, "LIMIT", 1, 2) == members[1:3]


# --- errors ---


@pytest.mark.parametrize("words, error", [
    (["ZRANGE", "z", "a", "1"], NOT_INTEGER), (["ZRANGE", "z", "0", "1", "BAD"], SYNTAX),
    (["ZRANGE", "z", "0", "1", "LIMIT", "0"], SYNTAX), (["ZRANGE", "z", "0", "1", "BYLEX", "BYSCORE"], SYNTAX),
    (["ZRANGE", "z", "0", "1", "LIMIT", "0", "1"],
     "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"),
    (["ZRANGE", "z", "-", "+", "BYLEX", "WITHSCORES"],
     "ERR syntax error, WITHSCORES not supported in combination with BYLEX"),
    (["ZRANGEBYLEX", "z", "-", "+", "WITHSCORES"],
     "ERR syntax error, WITHSCORES not supported in combination with BYLEX"),
    (["ZREVRANGE", "z", "0", "1", "REV"], SYNTAX), (["ZRANGEBYSCORE", "z", "0", "1", "BYLEX"], SYNTAX),
    (["ZRANGEBYSCORE", "z", "x", "1"], SCORE_RANGE), (["ZRANGE", "z", "nan", "1", "BYSCORE"], SCORE_RANGE),
    (["ZCOUNT", "z", "((1", "1"], SCORE_RANGE), (["ZRANGEBYLEX", "z", "a", "[b"], LEX_RANGE),
    (["ZLEXCOUNT", "z", "[a", "++"], LEX_RANGE), (["ZRANGEBYSCORE", "z", "0", "1", "LIMIT", "a", "1"], NOT_INTEGER),
    (["ZRANGESTORE", "d", "z", "0", "1", "WITHSCORES"], SYNTAX)], ids=" ".join)
@pytest.mark.goal("Bad ranges and options are refused, whether or not there is such a key")
def test_errors(wire, words, error):
    assert wire.error(*words) == error
    fill(wire, by_score(9))
    assert wire.error(*words) == error
    assert wire("ZCOUNT", "z", "-inf", "+inf") == 9


# --- storing ---


@SIZES
@pytest.mark.goal("ZRANGESTORE stores a range under any key, TTL and old value gone; an empty range removes the key")
def test_zrangestore(wire, size):
    order = fill(wire, by_score(size))
    wire.ok("SET", "d", "text", "EX", 100)
    assert wire("ZRANGESTORE", "d", "z", 1, 4) == 4
    assert wire("ZRANGE", "d", 0, -1) == order[1:5] and wire("TTL", "d") == -1
    assert wire("ZRANGESTORE", "d", "z", 2, "(0", "BYSCORE", "REV", "LIMIT", 1, 3) == 3
    assert wire("ZRANGE", "d", 0, -1, "WITHSCORES") == [word for member in order[5:8]
                                                        for word in (member, b"%d" % by_score(9)[member])]
    assert wire("ZRANGESTORE", "z", "z", 0, -2) == size - 1 and wire("ZRANGE", "z", 0, -1) == order[:-1]
    assert wire("ZRANGESTORE", "d", "z", 5, 2) == 0 and wire("EXISTS", "d") == 0
    assert wire("ZRANGESTORE", "d", "none", 0, -1) == 0


# --- several sorted sets ---


A = {b"x": 1, b"y": 2, b"z": 3, b"1": 5}
B = {b"y": 10, b"z": -3, b"w": 0.5}
PLAIN = {b"x": 1, b"z": 1, b"1": 1, b"q": 1}


def fill_three(wire):
    fill(wire, A, "a")
    fill(wire, B, "b")
    wire("SADD", "plain", *PLAIN)


def combined(kind, inputs, weights=None, aggregate=lambda a, b: a + b):
    weights = weights or [1] * len(inputs)
    members = set(inputs[0])
    for other in inputs[1:]:
        members = {"ZUNION": members.union, "ZINTER": members.intersection, "ZDIFF": members.difference}[kind](other)
    result = {}
    for member in members:
        values = [source[member] * weight for source, weight in zip(inputs, weights) if member in source]
        if kind == "ZDIFF":
            values = values[:1]
        total = values[0]
        for value in values[1:]:
            total = aggregate(total, value)
        result[member] = total
    return [word for score, member in sorted((score, member) for member, score in result.items())
            for word in (member, b"%.17g" % score)]


@pytest.mark.parametrize("keys", [("a",), ("a", "b"), ("b", "a"), ("a", "plain"), ("plain", "a", "b"), ("a", "none"),
                                  ("none", "a"), ("a", "a"), ("b", "plain", "a", "none")], ids="-".join)
@pytest.mark.parametrize("command", ["ZUNION", "ZINTER", "ZDIFF"])
@pytest.mark.goal("Union, intersection and difference of sorted sets, plain sets counting 1, and the stored forms")
def test_combinations(wire, command, keys):
    fill_three(wire)
    wanted = combined(command, [{"a": A, "b": B, "plain": PLAIN, "none": {}}[key] for key in keys])
    assert wire(command, len(keys), *keys, "WITHSCORES") == wanted
    assert wire(command, len(keys), *keys) == wanted[::2]
    assert wire(command + "STORE", "d", len(keys), *keys) == len(wanted) // 2
    assert wire("ZRANGE", "d", 0, -1, "WITHSCORES") == wanted
    if command == "ZINTER":
        assert wire("ZINTERCARD", len(keys), *keys) == len(wanted) // 2


@pytest.mark.parametrize("aggregate", ["SUM", "min", "MAX"])
@pytest.mark.parametrize("command", ["ZUNION", "ZINTER"])
@pytest.mark.goal("WEIGHTS multiply the scores of each input, AGGREGATE says how they come together")
def test_weights(wire, command, aggregate):
    fill_three(wire)
    how = {"SUM": lambda a, b: a + b, "min": min, "MAX": max}[aggregate]
    wanted = combined(command, [A, B, PLAIN], [2, -1, 0.5], how)
    options = ("WEIGHTS", 2, -1, 0.5, "AGGREGATE", aggregate)
    assert wire(command, 3, "a", "b", "plain", *options, "WITHSCORES") == wanted
    assert wire(command + "STORE", "a", 3, "a", "b", "plain", *options) == len(wanted) // 2
    assert wire("ZRANGE", "a", 0, -1, "WITHSCORES") == wanted


@pytest.mark.goal("Where infinities of both signs meet, and where 0 meets infinity, the score is 0")
def test_not_a_number(wire):
    wire("ZADD", "a", "inf", "m", 0, "n")
    wire("ZADD", "b", "-inf", "m", 1, "n")
    assert wire("ZUNION", 2, "a", "b", "WITHSCORES") == [b"m", b"0", b"n", b"1"]
    assert wire("ZUNION", 1, "a", "WEIGHTS", "inf", "WITHSCORES") == [b"n", b"0", b"m", b"inf"]


@pytest.mark.goal("ZINTERCARD stops at its limit")
def test_zintercard(wire):
    fill(wire, by_score(200), "a")
    fill(wire, by_score(150), "b")
    for limit, found in ((0, 150), (1, 1), (149, 149), (150, 150), (151, 150)):
        assert wire("ZINTERCARD", 2, "a", "b", "LIMIT", limit) == found
    for bad in (-1, "x"):
        assert wire.error("ZINTERCARD", 1, "a", "LIMIT", bad) == "ERR LIMIT can't be negative"


@pytest.mark.goal("A combination answers in order of score, its pairs nested in RESP3")
def test_combination_bytes(wire, wire3):
    wire("ZADD", "a", 2, "x", 1, "y")
    ask = encode("ZUNION", 1, "a", "WITHSCORES")
    wire.exchange(ask, b"*4\r\n$1\r\ny\r\n$1\r\n1\r\n$1\r\nx\r\n$1\r\n2\r\n")
    wire3.exchange(ask, b"*2\r\n*2\r\n$1\r\ny\r\n,1\r\n*2\r\n$1\r\nx\r\n,2\r\n")


@pytest.mark.goal("A stored combination is a listpack where it fits, replaces any value, and is no key when empty")
def test_stored_combination(wire):
    fill(wire, by_score(200), "a")
    fill(wire, by_score(50), "b")
    wire.ok("SET", "d", "text", "EX", 100)
    assert wire("ZUNIONSTORE", "d", 2, "a", "b") == 200 and wire("OBJECT", "ENCODING", "d") == b"skiplist"
    assert wire("TTL", "d") == -1
    assert wire("ZINTERSTORE", "d", 2, "a", "b") == 50 and wire("OBJECT", "ENCODING", "d") == b"listpack"
    assert wire("ZDIFFSTORE", "d", 2, "b", "a") == 0 and wire("EXISTS", "d") == 0


@pytest.mark.goal("A difference is the same whether the first set is the large one or the small one")
def test_difference_sizes(wire):
    fill(wire, by_score(300), "large")
    for part in range(6):
        fill(wire, {b"m%03d" % number: 7 for number in range(part * 40, part * 40 + 20)}, f"s{part}")
    small = [f"s{part}" for part in range(6)]
    wanted = [b"m%03d" % number for number in range(300) if number >= 240 or number % 40 >= 20]
    assert wire("ZDIFF", 7, "large", *small) == wanted
    assert wire("ZDIFF", 3, "s0", "s1", "s2") == [b"m%03d" % number for number in range(20)]
    assert wire("ZDIFF", 2, "s0", "large") == []


@pytest.mark.parametrize("words, error", [
    (["ZUNION", "0", "a"], "ERR at least 1 input key is needed for 'zunion' command"),
    (["ZINTERSTORE", "d", "-1", "a"], "ERR at least 1 input key is needed for 'zinterstore' command"),
    (["ZDIFF", "x", "a"], NOT_INTEGER), (["ZUNION", "2", "a"], SYNTAX), (["ZUNION", "1", "a", "BAD"], SYNTAX),
    (["ZUNION", "2", "a", "b", "WEIGHTS", "1"], SYNTAX), (["ZUNION", "1", "a", "AGGREGATE", "AVG"], SYNTAX),
    (["ZUNION", "1", "a", "WEIGHTS", "x"], "ERR weight value is not a float"),
    (["ZDIFF", "1", "a", "WEIGHTS", "1"], SYNTAX), (["ZUNIONSTORE", "d", "1", "a", "WITHSCORES"], SYNTAX),
    (["ZINTERCARD", "1", "a", "WITHSCORES"], SYNTAX),
    (["ZUNION", "2", "a", "text"], "WRONGTYPE Operation against a key holding the wrong kind of value")], ids=" ".join)
@pytest.mark.goal("Combinations refuse bad counts, options and keys")
def test_combination_errors(wire, words, error):
    fill_three(wire)
    wire.ok("SET", "text", "x")
    assert wire.error(*words) == error
    assert wire("EXISTS", "d") == 0
