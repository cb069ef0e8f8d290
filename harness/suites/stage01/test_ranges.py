"""GETRANGE, SUBSTR and SETRANGE: inclusive, negative, outside, and limits."""

import pytest


@pytest.mark.parametrize("start, end, part", [
    (0, 3, "This"), (-3, -1, "ing"), (0, -1, "This is a string"), (10, 100, "string"), (5, 5, "i"), (-100, 3, "This"),
    (-5, 100, "tring"),
    (3, 1, ""), (-1, -3, ""), (100, 200, ""), (0, -100, "T"), (-100, -100, "T"), (16, 16, ""), (-1, 0, ""),
    (-9223372036854775808, 9223372036854775807, "This is a string"),
])
@pytest.mark.goal("GETRANGE and SUBSTR cut inclusive ranges, count from the end below zero, and never fail outside")
def test_getrange(wire, start, end, part):
    wire.ok("SET", "k", "This is a string")
    assert wire("GETRANGE", "k", start, end) == part.encode()
    assert wire("SUBSTR", "k", start, end) == part.encode()


@pytest.mark.goal("GETRANGE of a missing key is empty, of an integer its digits")
def test_getrange_others(wire):
    assert wire("GETRANGE", "missing", 0, -1) == b""
    wire.ok("SET", "n", "-12345")
    assert wire("GETRANGE", "n", 1, 3) == b"123"
    assert wire.error("GETRANGE", "n", "a", 1) == "ERR value is not an integer or out of range"
    assert wire.error("GETRANGE", "missing", 1, "1.5") == "ERR value is not an integer or out of range"


@pytest.mark.goal("Random ranges of a random string agree with Python's slices")
def test_getrange_random(wire, rng):
    data = rng.randbytes(500)
    wire.ok("SET", "k", data)
    for _ in range(300):
        start, end = rng.randrange(0, 600), rng.randrange(0, 600)
        assert wire("GETRANGE", "k", start, end) == data[start:end + 1]
        negative = rng.randrange(-500, 0)
        assert wire("GETRANGE", "k", negative, -1) == data[negative:]


@pytest.mark.goal("SETRANGE overwrites, extends, and pads with zero bytes")
def test_setrange(wire):
    wire.ok("SET", "k", "Hello World")
    assert wire("SETRANGE", "k", 6, "Redis") == 11
    assert wire("GET", "k") == b"Hello Redis"
    assert wire("SETRANGE", "k", 9, "12345") == 14
    assert wire("GET", "k") == b"Hello Red12345"
    assert wire("SETRANGE", "padded", 5, "x") == 6
    assert wire("GET", "padded") == b"\0\0\0\0\0x"
    wire.ok("SET", "n", "1234")
    assert wire("SETRANGE", "n", 6, "x") == 7
    assert wire("GET", "n") == b"1234\0\0x"


@pytest.mark.goal("SETRANGE with an empty value changes nothing and creates nothing")
def test_setrange_empty(wire):
    assert wire("SETRANGE", "missing", 10, "") == 0
    assert wire("EXISTS", "missing") == 0
    wire.ok("SET", "k", "abc")
    assert wire("SETRANGE", "k", 100, "") == 3
    assert wire("GET", "k") == b"abc"


@pytest.mark.goal("SETRANGE refuses offsets out of bounds and non-numbers, and keeps the expiry otherwise")
def test_setrange_errors(wire):
    wire.ok("SET", "k", "abc", "EX", 100)
    assert wire.error("SETRANGE", "k", -1, "x") == "ERR offset is out of range"
    assert wire.error("SETRANGE", "k", "x", "x") == "ERR value is not an integer or out of range"
    too_long = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
    assert wire.error("SETRANGE", "k", 536870912, "x") == too_long
    assert wire.error("SETRANGE", "missing", 536870911, "xy") == too_long
    assert wire.error("SETRANGE", "k", 9223372036854775807, "x") == too_long
    assert wire("EXISTS", "missing") == 0
    wire("SETRANGE", "k", 0, "x")
    assert wire("TTL", "k") > 90
