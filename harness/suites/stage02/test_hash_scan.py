"""Hashes: HSCAN, also while the hash changes."""

import pytest

from strata_harness.hashes import encoding, fill

NOT_INTEGER = "ERR value is not an integer or out of range"


def scan_all(wire, *options, key="h", between=lambda: None):
    cursor, found = b"0", []
    for _ in range(100000):
        cursor, flat = wire("HSCAN", key, cursor, *options)
        found += zip(flat[::2], flat[1::2])
        if cursor == b"0":
            return found
        between()
    raise AssertionError("HSCAN does not come to an end")


@pytest.mark.parametrize("count", [1, 10, 1000, 1000000])
@pytest.mark.goal("A full HSCAN returns every field with its value, whatever COUNT")
def test_hscan(wire, encoding, count):
    expected = fill(wire, 400)
    found = scan_all(wire, "COUNT", count)
    assert dict(found) == expected
    assert set(found) == set(expected.items())


@pytest.mark.goal("HSCAN of a listpack is one step, whatever cursor and COUNT")
def test_hscan_listpack(wire):
    fill(wire, 100)
    for cursor in ("0", "7", "18446744073709551615"):
        after, flat = wire("HSCAN", "h", cursor, "COUNT", 1)
        assert after == b"0" and len(flat) == 200


@pytest.mark.goal("HSCAN MATCH returns what matches, numbers included, and sees the whole hash all the same")
def test_hscan_match(wire, encoding):
    wire("HSET", "h", *[word for number in range(300) for word in (number, "v")], "x12", "y")
    found = {field for field, _ in scan_all(wire, "MATCH", "*12*", "COUNT", 20)}
    assert found == {field for field in [b"%d" % number for number in range(300)] + [b"x12"] if b"12" in field}
    assert scan_all(wire, "MATCH", "nothing*") == []


@pytest.mark.goal("Fields that are present throughout an HSCAN are returned while others come and go")
def test_hscan_during_changes(wire):
    stable = fill(wire, 600)
    serial = iter(range(10**6))
    batches = iter(range(60))

    def change():
        if next(batches, None) is not None:
            wire("HSET", "h", *[word for _ in range(100) for word in (b"extra:%d" % next(serial), b"x")])
        else:
            wire("HDEL", "h", *[b"extra:%d" % number for number in range(6000)])

    assert set(stable) <= {field for field, _ in scan_all(wire, "COUNT", 30, between=change)}


@pytest.mark.goal("HSCAN refuses bad cursors and options; of a key that is not there it tells the end")
def test_hscan_errors(wire):
    wire("HSET", "h", "a", "1")
    assert wire.error("HSCAN", "h", "x") == wire.error("HSCAN", "none", "x") == "ERR invalid cursor"
    assert wire.error("HSCAN", "h", "0", "COUNT", "0") == "ERR syntax error"
    assert wire.error("HSCAN", "h", "0", "COUNT", "many") == NOT_INTEGER
    assert wire.error("HSCAN", "h", "0", "TYPE", "hash") == "ERR syntax error"
    assert wire.error("HSCAN", "h", "0", "MATCH") == "ERR syntax error"
    assert wire("HSCAN", "none", "5") == [b"0", []]
