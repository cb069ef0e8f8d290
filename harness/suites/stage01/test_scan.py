"""SCAN: what it promises while the keyspace changes, its options and its errors."""

import pytest


def scan_all(wire, *options, between=lambda: None):
    """Every key of one full iteration, repetitions included. `between` runs between two calls."""
    cursor, found = b"0", []
    for _ in range(200000):
        cursor, keys = wire("SCAN", cursor, *options)
        found += keys
        if cursor == b"0":
            return found
        between()
    raise AssertionError("SCAN does not come to an end")


def fill(wire, keys):
    keys = list(keys)
    for start in range(0, len(keys), 1000):
        wire.ok("MSET", *[part for key in keys[start:start + 1000] for part in (key, "v")])


@pytest.mark.parametrize("count", [1, 10, 1000, 100000])
@pytest.mark.goal("A full iteration returns every key, whatever COUNT")
def test_full_iteration(wire, count):
    keys = {b"key:%d" % number for number in range(3000)}
    fill(wire, keys)
    assert set(scan_all(wire, "COUNT", count)) == keys


@pytest.mark.goal("An empty database is scanned in one call")
def test_empty(wire):
    assert wire("SCAN", 0) == [b"0", []]


@pytest.mark.goal("Keys present throughout are returned while others are inserted and the table grows")
def test_during_growth(wire):
    stable = {b"stable:%d" % number for number in range(500)}
    fill(wire, stable)
    batches = iter(range(100))

    def grow():
        batch = next(batches, None)  # not for ever: a table that outgrows COUNT is never through
        if batch is not None:
            fill(wire, [b"new:%d:%d" % (batch, number) for number in range(200)])

    assert stable <= set(scan_all(wire, "COUNT", 20, between=grow))


@pytest.mark.goal("Keys present throughout are returned while others are deleted and the table shrinks")
def test_during_shrink(wire):
    stable = {b"stable:%d" % number for number in range(100)}
    victims = [b"victim:%d" % number for number in range(20000)]
    fill(wire, stable)
    fill(wire, victims)

    def shrink():
        if victims:
            wire("DEL", *[victims.pop() for _ in range(min(1000, len(victims)))])

    assert stable <= set(scan_all(wire, "COUNT", 100, between=shrink))


@pytest.mark.goal("A full iteration finds every key at each step of the table's growth and shrinking")
def test_at_every_size(wire):
    keys = [b"key:%d" % number for number in range(1100)]
    sizes = range(0, len(keys), 5)
    for size in sizes:
        fill(wire, keys[size:size + 5])
        assert set(scan_all(wire, "COUNT", 100)) == set(keys[:size + 5])
    for size in reversed(sizes):
        wire("DEL", *keys[size:size + 5])
        assert set(scan_all(wire, "COUNT", 100)) == set(keys[:size])


@pytest.mark.goal("Keys present throughout are returned while the table grows and shrinks in turn")
def test_during_churn(wire, rng):
    stable = {b"stable:%d" % number for number in range(300)}
    fill(wire, stable)
    others, serial = [], iter(range(10**6))

    def churn():
        if rng.random() < 0.5:
            batch = [b"other:%d" % next(serial) for _ in range(rng.randrange(1, 800))]
            fill(wire, batch)
            others.extend(batch)
        elif others:
            cut = rng.randrange(len(others))
            wire("DEL", *others[cut:])
            del others[cut:]

    for _ in range(3):
        assert stable <= set(scan_all(wire, "COUNT", 10, between=churn))


@pytest.mark.goal("Deleting every key that SCAN returns empties the database")
def test_delete_while_scanning(wire):
    fill(wire, (f"k{number}" for number in range(5000)))
    cursor = b"0"
    while True:
        cursor, keys = wire("SCAN", cursor, "COUNT", 50)
        if keys:
            wire("DEL", *keys)
        if cursor == b"0":
            break
    assert wire("DBSIZE") == 0


@pytest.mark.goal("A key that was never there is never returned, and a key that stays still is returned once")
def test_no_invention(wire):
    keys = [b"k%d" % number for number in range(2000)]
    fill(wire, keys)
    scan_all(wire, "COUNT", 10)  # lets a rehash come to its end
    wire("DEL", *keys[:1000])
    found = scan_all(wire, "COUNT", 10)
    assert set(found) == set(keys[1000:])


@pytest.mark.goal("MATCH filters what is returned, TYPE does so by type, and both may be combined")
def test_match_and_type(wire):
    fill(wire, [f"user:{number}" for number in range(100)] + [f"item:{number}" for number in range(100)])
    users = {b"user:%d" % number for number in range(100)}
    assert set(scan_all(wire, "MATCH", "user:*")) == users
    assert set(scan_all(wire, "MATCH", "user:*", "COUNT", 7, "TYPE", "string")) == users
    assert set(scan_all(wire, "type", "STRING", "match", "user:?")) == {b"user:%d" % number for number in range(10)}
    assert scan_all(wire, "TYPE", "list") == []
    assert scan_all(wire, "TYPE", "nosuchtype") == []
    assert scan_all(wire, "MATCH", "nothing*") == []


@pytest.mark.goal("SCAN's errors: cursor, COUNT and options")
def test_errors(wire):
    assert wire.error("SCAN", "abc") == "ERR invalid cursor"
    assert wire.error("SCAN", "1 ") == "ERR invalid cursor"
    assert wire.error("SCAN", b"\x00abc", "NOSUCH") == "ERR syntax error"  # a zero byte ends the cursor
    assert wire.error("SCAN", "99999999999999999999") == "ERR invalid cursor"
    assert wire.error("SCAN", 0, "COUNT", "x") == "ERR value is not an integer or out of range"
    for words in (["COUNT", "0"], ["COUNT", "-1"], ["COUNT"], ["MATCH"], ["NOSUCH", "1"], ["COUNT", "5", "MATCH"]):
        assert wire.error("SCAN", 0, *words) == "ERR syntax error"


@pytest.mark.goal("A cursor that SCAN never gave out is answered without harm")
@pytest.mark.parametrize("cursor", ["1", "12345", "18446744073709551615", "9223372036854775808"])
def test_invented_cursor(wire, cursor):
    keys = {b"k%d" % number for number in range(100)}
    fill(wire, keys)
    _, found = wire("SCAN", cursor)
    assert set(found) <= keys
    assert set(scan_all(wire)) == keys


@pytest.mark.goal("Each database is scanned for itself")
def test_databases(wire):
    wire.ok("SET", "zero", "v")
    wire.ok("SELECT", 1)
    wire.ok("SET", "one", "v")
    assert scan_all(wire) == [b"one"]
