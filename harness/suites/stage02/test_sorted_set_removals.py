"""Sorted sets: removing members, and popping them, in both encodings."""

import pytest

from strata_harness.resp import NULL_ARRAY, encode
from strata_harness.sorted_sets import encoding, fill, ordered

SYNTAX = "ERR syntax error"


# --- removing ---


@pytest.mark.goal("ZREM counts those that were there; the last one takes the key along")
def test_zrem(wire, encoding):
    wire("ZADD", "z", 1, "a", 2, "b", 3, "c")
    assert wire("ZREM", "z", "a", "nobody", "a", "c") == 2
    assert wire("ZRANGE", "z", 0, -1) == [b"b"]
    assert wire("ZREM", "z", "b") == 1 and wire("EXISTS", "z") == 0 and wire("ZREM", "z", "b") == 0


@pytest.mark.goal("ZREMRANGEBYRANK, -SCORE and -LEX remove exactly what the same range shows")
@pytest.mark.parametrize("show, remove", [
    (("ZRANGE", 3, 9), ("ZREMRANGEBYRANK", 3, 9)), (("ZRANGE", 0, 4), ("ZREMRANGEBYRANK", 0, 4)),
    (("ZRANGE", -5, -2), ("ZREMRANGEBYRANK", -5, -2)), (("ZRANGE", 5, 100), ("ZREMRANGEBYRANK", 5, 100)),
    (("ZRANGEBYSCORE", "(2", "5"), ("ZREMRANGEBYSCORE", "(2", "5")),
    (("ZRANGEBYSCORE", "-inf", "3"), ("ZREMRANGEBYSCORE", "-inf", "3"))], ids=lambda words: words[0])
def test_remove_ranges(wire, encoding, show, remove):
    scores = {b"m%02d" % number: number // 3 for number in range(30)}
    fill(wire, scores)
    gone = wire(show[0], "z", *show[1:])
    assert gone and wire(remove[0], "z", *remove[1:]) == len(gone)
    assert wire("ZRANGE", "z", 0, -1) == [member for member in ordered(scores) if member not in gone]
    assert [wire("ZRANK", "z", member) for member in gone] == [None] * len(gone)


@pytest.mark.goal("Removing a range of members, and removing all, which removes the key")
def test_remove_lex_and_all(wire, encoding):
    fill(wire, {b"%c" % letter: 0 for letter in range(97, 123)})
    assert wire("ZREMRANGEBYLEX", "z", "(c", "[f") == 3 and wire("ZREMRANGEBYLEX", "z", "-", "(c") == 2
    assert wire("ZRANGE", "z", 0, 2) == [b"c", b"g", b"h"]
    assert wire("ZREMRANGEBYRANK", "z", 5, 2) == 0 and wire("ZREMRANGEBYSCORE", "z", 1, 2) == 0
    assert wire("ZREMRANGEBYRANK", "z", 0, -1) == 21 and wire("EXISTS", "z") == 0
    assert wire("ZREMRANGEBYSCORE", "z", "-inf", "inf") == 0
    assert wire.error("ZREMRANGEBYSCORE", "z", "a", "2") == "ERR min or max is not a float"
    assert wire.error("ZREMRANGEBYLEX", "z", "a", "[b") == "ERR min or max not valid string range item"
    assert wire.error("ZREMRANGEBYRANK", "z", "a", "2") == "ERR value is not an integer or out of range"


# --- popping ---


@pytest.mark.goal("ZPOPMIN and ZPOPMAX take from their end, in order, and the key goes with the last member")
def test_pop(wire, encoding):
    fill(wire, {b"m%d" % number: number for number in range(8)})
    assert wire("ZPOPMIN", "z") == [b"m0", b"0"] and wire("ZPOPMAX", "z") == [b"m7", b"7"]
    assert wire("ZPOPMIN", "z", 2) == [b"m1", b"1", b"m2", b"2"]
    assert wire("ZPOPMAX", "z", 2) == [b"m6", b"6", b"m5", b"5"]
    assert wire("ZPOPMIN", "z", 0) == [] and wire("ZCARD", "z") == 2
    assert wire("ZPOPMAX", "z", 100) == [b"m4", b"4", b"m3", b"3"]
    assert wire("EXISTS", "z") == 0 and wire("ZPOPMIN", "z") == [] and wire("ZPOPMIN", "z", 3) == []
    for count in (-1, "a"):
        assert wire.error("ZPOPMIN", "z", count) == "ERR value is out of range, must be positive"
    assert wire.error("ZPOPMAX", "z", 1, 2) == SYNTAX


@pytest.mark.goal("Popped pairs are nested in RESP3 when a count was given")
def test_pop_bytes(wire, wire3):
    ask = encode("ZPOPMIN", "z") + encode("ZPOPMAX", "z", 1) + encode("ZPOPMIN", "none")
    wire("ZADD", "z", 1, "a", 2.5, "b", 3, "c")
    wire.exchange(ask, b"*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n*0\r\n")
    wire("ZADD", "z", 1, "a", 3, "c")
    wire3.exchange(ask, b"*2\r\n$1\r\na\r\n,1\r\n*1\r\n*2\r\n$1\r\nc\r\n,3\r\n*0\r\n")


@pytest.mark.goal("ZMPOP pops from the first of its keys that has members")
def test_zmpop(wire, wire3, encoding):
    wire("ZADD", "z", 1, "a", 2, "b", 3, "c", 4, "d")
    assert wire("ZMPOP", 2, "none", "z", "MIN") == [b"z", [[b"a", b"1"]]]
    assert wire3("ZMPOP", 1, "z", "max", "COUNT", 2) == [b"z", [[b"d", 4.0], [b"c", 3.0]]]
    assert wire("ZMPOP", 1, "z", "MIN", "count", 10) == [b"z", [[b"b", b"2"]]]
    assert wire("ZMPOP", 1, "z", "MIN") is NULL_ARRAY and wire("EXISTS", "z") == 0


@pytest.mark.parametrize("words, error", [
    (["0", "z", "MIN"], "ERR numkeys should be greater than 0"),
    (["x", "z", "MIN"], "ERR numkeys should be greater than 0"),
    (["1", "z", "LEFT"], SYNTAX), (["2", "z", "MIN"], SYNTAX), (["1", "z", "MIN", "COUNT"], SYNTAX),
    (["1", "z", "MIN", "COUNT", "0"], "ERR count should be greater than 0"),
    (["1", "z", "MIN", "COUNT", "1", "COUNT", "2"], SYNTAX)], ids=" ".join)
@pytest.mark.goal("ZMPOP refuses counts of keys and members that make no sense")
def test_zmpop_errors(wire, words, error):
    wire("ZADD", "z", 1, "a")
    assert wire.error("ZMPOP", *words) == error
    assert wire("ZCARD", "z") == 1
