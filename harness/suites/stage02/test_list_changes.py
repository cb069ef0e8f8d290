"""Lists: changes inside of a list, and moves from one to another."""

import pytest

from strata_harness.lists import elements, fill, shape
from strata_harness.resp import NULL_ARRAY

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INTEGER = "ERR value is not an integer or out of range"
SYNTAX = "ERR syntax error"


# --- changing inside ---


@pytest.mark.goal("LSET replaces one element by a shorter, longer or numeric one, at any index of either sign")
def test_lset(wire, rng, shape):
    model = fill(wire, 40)
    for _ in range(200):
        index = rng.randrange(-40, 40)
        model[index] = rng.choice([b"", b"%d" % rng.randrange(10**12), b"x" * rng.randrange(200)])
        wire.ok("LSET", "l", index, model[index])
    assert elements(wire) == model
    for index in (40, -41, 2**63 - 1, -2**63):
        assert wire.error("LSET", "l", index, "x") == "ERR index out of range"
    assert wire.error("LSET", "l", "x", "x") == NOT_INTEGER


@pytest.mark.goal("LINSERT puts an element beside the first match from the head")
def test_linsert(wire, shape):
    wire("RPUSH", "l", "a", "b", "a", "c")
    assert wire("LINSERT", "l", "BEFORE", "a", "1") == 5
    assert wire("LINSERT", "l", "after", "a", "2") == 6
    assert wire("LINSERT", "l", "After", "c", "3") == 7
    assert wire("LINSERT", "l", "BEFORE", "nope", "4") == -1
    assert elements(wire) == [b"1", b"a", b"2", b"b", b"a", b"c", b"3"]
    assert wire.error("LINSERT", "l", "BESIDE", "a", "x") == SYNTAX
    assert wire.error("LINSERT", "none", "BESIDE", "a", "x") == SYNTAX


@pytest.mark.parametrize("count, removed, rest", [
    (0, 4, "bcd"), (1, 1, "bacaad"), (2, 2, "bcaad"), (9, 4, "bcd"), (-1, 1, "abacad"), (-2, 2, "abacd"),
    (-9, 4, "bcd"), (2**63 - 1, 4, "bcd"), (-2**63, 4, "bcd")])
@pytest.mark.goal("LREM removes matches from the head, from the tail below zero, all at zero")
def test_lrem(wire, shape, count, removed, rest):
    wire("RPUSH", "l", *"abacaad")
    assert wire("LREM", "l", count, "a") == removed
    assert elements(wire) == [letter.encode() for letter in rest]
    assert wire("LREM", "l", count, "zz") == 0
    assert wire.error("LREM", "l", "x", "a") == NOT_INTEGER


@pytest.mark.goal("LREM that leaves nothing removes the key")
def test_lrem_all(wire, shape):
    wire("RPUSH", "l", *["same"] * 20)
    assert wire("LREM", "l", 0, "same") == 20 and wire("EXISTS", "l") == 0


# --- moving ---


@pytest.mark.parametrize("source_end, target_end, moved, source, target", [
    ("LEFT", "LEFT", b"a", "bc", "axy"), ("LEFT", "RIGHT", b"a", "bc", "xya"),
    ("RIGHT", "LEFT", b"c", "ab", "cxy"), ("right", "right", b"c", "ab", "xyc")])
@pytest.mark.goal("LMOVE takes from one end of a list and gives to one end of another")
def test_lmove(wire, shape, source_end, target_end, moved, source, target):
    wire("RPUSH", "s", *"abc")
    wire("RPUSH", "t", *"xy")
    assert wire("LMOVE", "s", "t", source_end, target_end) == moved
    assert elements(wire, "s") == [letter.encode() for letter in source]
    assert elements(wire, "t") == [letter.encode() for letter in target]


@pytest.mark.goal("LMOVE makes the list it moves to and removes the one it empties; RPOPLPUSH is its oldest form")
def test_lmove_to_new(wire):
    wire("RPUSH", "s", "a", "7")
    assert wire("RPOPLPUSH", "s", "t") == b"7" and wire("LMOVE", "s", "t", "LEFT", "RIGHT") == b"a"
    assert wire("EXISTS", "s") == 0 and elements(wire, "t") == [b"7", b"a"]


@pytest.mark.goal("A list moved onto itself rotates, however long its elements are")
def test_rotate(wire, shape):
    items = [b"a" * 100, b"12345", b"c" * 30, b"d"]
    wire("RPUSH", "l", *items)
    assert wire("LMOVE", "l", "l", "LEFT", "RIGHT") == items[0]
    assert elements(wire) == items[1:] + items[:1]
    assert wire("RPOPLPUSH", "l", "l") == items[0] and wire("LMOVE", "l", "l", "LEFT", "LEFT") == items[0]
    assert elements(wire) == items
    wire("RPUSH", "one", "x")
    assert wire("RPOPLPUSH", "one", "one") == b"x" and elements(wire, "one") == [b"x"]


@pytest.mark.goal("LMOVE refuses ends that are no ends, and moves nothing onto a key of another type")
def test_lmove_errors(wire):
    wire("RPUSH", "l", "a")
    wire.ok("SET", "s", "text")
    assert wire.error("LMOVE", "l", "t", "LEFT", "UP") == SYNTAX
    assert wire.error("LMOVE", "l", "t", "UP", "LEFT") == SYNTAX
    for words in (["LMOVE", "l", "s", "LEFT", "LEFT"], ["RPOPLPUSH", "l", "s"], ["RPOPLPUSH", "s", "l"]):
        assert wire.error(*words) == WRONG_TYPE
    assert wire("RPOPLPUSH", "none", "s") is None
    assert elements(wire) == [b"a"] and wire("GET", "s") == b"text"


@pytest.mark.goal("LMPOP pops from the first of its keys that holds a list, as many as COUNT says")
def test_lmpop(wire, shape):
    fill(wire, 5, "b")
    fill(wire, 2, "c")
    assert wire("LMPOP", 3, "a", "b", "c", "LEFT") == [b"b", [b"e0"]]
    assert wire("LMPOP", 3, "a", "b", "c", "RIGHT", "COUNT", 3) == [b"b", [b"e4", b"e3", b"e2"]]
    assert wire("LMPOP", 3, "a", "b", "c", "right", "count", 10) == [b"b", [b"e1"]]
    assert wire("LMPOP", 3, "a", "b", "c", "LEFT", "COUNT", 10) == [b"c", [b"e0", b"e1"]]
    assert wire("LMPOP", 3, "a", "b", "c", "LEFT") == NULL_ARRAY and wire("EXISTS", "a", "b", "c") == 0


@pytest.mark.parametrize("words, message", [
    (["0", "l", "LEFT"], "ERR numkeys should be greater than 0"),
    (["-1", "l", "LEFT"], "ERR numkeys should be greater than 0"),
    (["x", "l", "LEFT"], "ERR numkeys should be greater than 0"),
    (["2", "l", "LEFT"], SYNTAX), (["9223372036854775807", "l", "LEFT"], SYNTAX), (["1", "l", "UP"], SYNTAX),
    (["1", "l", "LEFT", "COUNT"], SYNTAX), (["1", "l", "LEFT", "FOO", "1"], SYNTAX),
    (["1", "l", "LEFT", "COUNT", "1", "COUNT", "1"], SYNTAX),
    (["1", "l", "LEFT", "COUNT", "0"], "ERR count should be greater than 0"),
    (["1", "l", "LEFT", "COUNT", "x"], "ERR count should be greater than 0"),
    (["2", "none", "s", "LEFT"], WRONG_TYPE)])
@pytest.mark.goal("LMPOP refuses counts below one and words out of place")
def test_lmpop_errors(wire, words, message):
    wire("RPUSH", "l", "a")
    wire.ok("SET", "s", "text")
    assert wire.error("LMPOP", *words) == message
    assert wire("LLEN", "l") == 1
