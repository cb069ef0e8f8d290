"""RENAME, RENAMENX, COPY and MOVE: value and expiry travel together."""

import pytest

FAR_MS = 33177117420000


@pytest.fixture
def source(wire):
    wire.ok("SET", "src", "value", "PXAT", FAR_MS)
    return wire


@pytest.mark.goal("RENAME takes value and expiry along and replaces the target with its own expiry")
def test_rename(source):
    source.ok("SET", "dst", "old", "EX", 10)
    source.ok("RENAME", "src", "dst")
    assert [source("GET", "dst"), source("PEXPIRETIME", "dst"), source("EXISTS", "src")] == [b"value", FAR_MS, 0]
    source.ok("SET", "plain", "new")
    source.ok("RENAME", "plain", "dst")
    assert [source("GET", "dst"), source("TTL", "dst"), source("DBSIZE")] == [b"new", -1, 1]


@pytest.mark.goal("RENAME to itself is fine, of a missing key an error")
def test_rename_corner_cases(source):
    source.ok("RENAME", "src", "src")
    assert source("PEXPIRETIME", "src") == FAR_MS
    assert source.error("RENAME", "missing", "dst") == "ERR no such key"
    assert source.error("RENAME", "missing", "missing") == "ERR no such key"


@pytest.mark.goal("RENAMENX renames only onto a free name")
def test_renamenx(source):
    source.ok("SET", "dst", "taken")
    assert source("RENAMENX", "src", "dst") == 0
    assert source("RENAMENX", "src", "src") == 0
    assert source("GET", "dst") == b"taken"
    assert source("RENAMENX", "src", "free") == 1
    assert source("PEXPIRETIME", "free") == FAR_MS
    assert source.error("RENAMENX", "src", "free") == "ERR no such key"


@pytest.mark.goal("COPY duplicates value and expiry; the copies then live their own lives")
def test_copy(source):
    assert source("COPY", "src", "dst") == 1
    assert [source("GET", "dst"), source("PEXPIRETIME", "dst")] == [b"value", FAR_MS]
    source("APPEND", "dst", "!")
    assert source("GET", "src") == b"value"
    assert source("COPY", "missing", "dst2") == 0


@pytest.mark.goal("COPY needs REPLACE to overwrite, and DB to reach another database")
def test_copy_options(source):
    source.ok("SET", "dst", "old", "EX", 10)
    assert source("COPY", "src", "dst") == 0
    assert source("COPY", "src", "dst", "REPLACE") == 1
    assert [source("GET", "dst"), source("PEXPIRETIME", "dst")] == [b"value", FAR_MS]
    assert source("COPY", "src", "src", "DB", 3) == 1
    assert source("COPY", "src", "src", "db", 3) == 0
    assert source("COPY", "src", "src", "DB", 3, "replace") == 1
    source.ok("SELECT", 3)
    assert source("KEYS", "*") == [b"src"]


@pytest.mark.goal("COPY onto itself, into a database out of range or with bad options is an error")
def test_copy_errors(source):
    assert source.error("COPY", "src", "src") == "ERR source and destination objects are the same"
    assert source.error("COPY", "src", "src", "DB", 0) == "ERR source and destination objects are the same"
    assert source.error("COPY", "src", "dst", "DB", 16) == "ERR DB index is out of range"
    assert source.error("COPY", "src", "dst", "DB", -1) == "ERR DB index is out of range"
    assert source.error("COPY", "src", "dst", "DB", "x") == "ERR value is not an integer or out of range"
    assert source.error("COPY", "src", "dst", "NOSUCH") == "ERR syntax error"
    assert source.error("COPY", "src", "dst", "DB") == "ERR syntax error"


@pytest.mark.goal("MOVE takes a key with its expiry to another database, if its name is free there")
def test_move(source):
    assert source("MOVE", "src", 1) == 1
    assert source("EXISTS", "src") == 0
    source.ok("SELECT", 1)
    assert [source("GET", "src"), source("PEXPIRETIME", "src")] == [b"value", FAR_MS]
    source.ok("SELECT", 0)
    source.ok("SET", "src", "again")
    assert source("MOVE", "src", 1) == 0
    assert source("MOVE", "missing", 1) == 0
    assert source("GET", "src") == b"again"


@pytest.mark.goal("MOVE's errors: the same database, out of range, not a number")
def test_move_errors(source):
    assert source.error("MOVE", "src", 0) == "ERR source and destination objects are the same"
    assert source.error("MOVE", "src", 16) == "ERR DB index is out of range"
    assert source.error("MOVE", "src", -1) == "ERR DB index is out of range"
    assert source.error("MOVE", "src", "x") == "ERR value is not an integer or out of range"


@pytest.mark.goal("Keys of every length and value of every kind survive a chain of renames, copies and moves")
def test_chain(wire, rng):
    for value in (b"12345", b"", rng.randbytes(40), rng.randbytes(5000)):
        a, b, c = (rng.randbytes(rng.choice([1, 8, 30, 200, 3000])) + bytes([number]) for number in range(3))
        wire.ok("SET", a, value, "EX", 1000)
        wire.ok("RENAME", a, b)
        assert wire("COPY", b, c) == 1
        assert wire("MOVE", c, 5) == 1
        wire.ok("SELECT", 5)
        assert wire("GET", c) == value and wire("TTL", c) > 990
        wire.ok("SELECT", 0)
        assert wire("GET", b) == value and wire("EXISTS", a) == 0
