"""Hashes: fields drawn by chance."""

from collections import Counter

import pytest

from strata_harness.hashes import encoding, fill, pairs_of
from strata_harness.resp import encode

NOT_INTEGER = "ERR value is not an integer or out of range"


@pytest.mark.goal("HRANDFIELD without a count answers one field of the hash")
def test_hrandfield_one(wire, encoding):
    expected = fill(wire, 10)
    wire.send(encode("HRANDFIELD", "h") * 300)
    assert set(wire.read_many(300)) == set(expected)


@pytest.mark.parametrize("size", [1, 20, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 99, 100, 1000])
@pytest.mark.goal("HRANDFIELD with a positive count answers that many different fields with their own values")
def test_hrandfield_distinct(wire, encoding, size, count):
    expected = fill(wire, size)
    flat = wire("HRANDFIELD", "h", count, "WITHVALUES")
    drawn = pairs_of(flat)
    assert len(drawn) == min(count, size)
    assert drawn.items() <= expected.items()
    fields = wire("HRANDFIELD", "h", count)
    assert len(set(fields)) == len(fields) == min(count, size)


@pytest.mark.parametrize("count", [-1, -5, -1000])
@pytest.mark.goal("HRANDFIELD with a negative count answers exactly that many, repetitions allowed")
def test_hrandfield_repeats(wire, encoding, count):
    expected = fill(wire, 4)
    fields = wire("HRANDFIELD", "h", count)
    assert len(fields) == -count and set(fields) <= set(expected)
    flat = wire("HRANDFIELD", "h", count, "WITHVALUES")
    assert len(flat) == -2 * count and set(zip(flat[::2], flat[1::2])) <= set(expected.items())


@pytest.mark.parametrize("count", [3, 15, -10])
@pytest.mark.goal("HRANDFIELD draws every field about as often as any other")
def test_hrandfield_fair(wire, encoding, count):
    expected = fill(wire, 20)
    rounds = 6000 // abs(count)
    wire.send(encode("HRANDFIELD", "h", count) * rounds)
    drawn = Counter(field for reply in wire.read_many(rounds) for field in reply)
    assert set(drawn) == set(expected)
    assert min(drawn.values()) > 150 and max(drawn.values()) < 500, "300 draws of each field were expected"


@pytest.mark.goal("HRANDFIELD refuses bad counts and words with Redis's errors")
def test_hrandfield_errors(wire):
    wire("HSET", "h", "a", "1")
    assert wire.error("HRANDFIELD", "h", "x") == NOT_INTEGER
    assert wire.error("HRANDFIELD", "h", "1", "VALUES") == "ERR syntax error"
    assert wire.error("HRANDFIELD", "h", "1", "WITHVALUES", "x") == "ERR syntax error"
    assert wire.error("HRANDFIELD", "h", "-9223372036854775808") == \
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
    for count in ("4611686018427387904", "-4611686018427387904"):
        assert wire.error("HRANDFIELD", "h", count, "WITHVALUES") == "ERR value is out of range"
    assert wire("HRANDFIELD", "h", "9223372036854775807") == [b"a"]
    assert wire("HRANDFIELD", "none", "3") == wire("HRANDFIELD", "none", "-3", "WITHVALUES") == []
