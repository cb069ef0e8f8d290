"""Hashes: fields that are counters."""

import pytest

from strata_harness.hashes import encoding

NOT_INTEGER = "ERR value is not an integer or out of range"


@pytest.mark.goal("HINCRBY counts up and down from nothing, and a field stays a number")
def test_hincrby(wire, encoding):
    assert wire("HINCRBY", "h", "n", 5) == 5
    assert wire("HINCRBY", "h", "n", -7) == -2
    assert wire("HGET", "h", "n") == b"-2"
    assert wire("HINCRBY", "h", "n", "9223372036854775807") == 9223372036854775805
    assert wire("HGETALL", "h") == [b"n", b"9223372036854775805"]


@pytest.mark.goal("HINCRBY past 64 bits, of what is no number, or by what is none, is refused and changes nothing")
def test_hincrby_errors(wire, encoding):
    wire("HSET", "h", "max", "9223372036854775807", "min", "-9223372036854775808", "text", "abc", "spaced", " 5",
         "real", "1.0")
    for field, by in (("max", 1), ("min", -1)):
        assert wire.error("HINCRBY", "h", field, by) == "ERR increment or decrement would overflow"
    for field in ("text", "spaced", "real"):
        assert wire.error("HINCRBY", "h", field, 1) == "ERR hash value is not an integer"
    for by in ("x", "1.5", "", "9223372036854775808", "+1"):
        assert wire.error("HINCRBY", "none", "f", by) == NOT_INTEGER
    assert wire("EXISTS", "none") == 0
    assert wire("HMGET", "h", "max", "min", "text") == [b"9223372036854775807", b"-9223372036854775808", b"abc"]


@pytest.mark.parametrize("start, by, result", [
    (None, "10.5", "10.5"), ("10.50", "0.1", "10.6"), ("5.0e3", "2.0e2", "5200"), ("3", "1.1", "4.1"),
    ("1", "-1", "0"), ("-0.5", "0.25", "-0.25"), ("1.123456789012345678", "0", "1.12345678901234568"),
    ("1e17", "1", "100000000000000001"), ("0", "-0.00000000000000001", "-0.00000000000000001"),
])
@pytest.mark.goal("HINCRBYFLOAT answers and stores the sum without needless digits")
def test_hincrbyfloat(wire, encoding, start, by, result):
    if start is not None:
        wire("HSET", "h", "n", start)
    assert wire("HINCRBYFLOAT", "h", "n", by) == result.encode()
    assert wire("HGET", "h", "n") == result.encode()


@pytest.mark.goal("HINCRBYFLOAT of or by what is no finite number is refused and changes nothing")
def test_hincrbyfloat_errors(wire, encoding):
    wire("HSET", "h", "text", "abc", "spaced", " 5", "inf", "inf", "nan", "nan")
    for by in ("x", "", " 1", "1 ", "nan"):
        assert wire.error("HINCRBYFLOAT", "none", "f", by) == "ERR value is not a valid float"
    for by in ("inf", "-inf"):
        assert wire.error("HINCRBYFLOAT", "none", "f", by) == "ERR value is NaN or Infinity"
    for field in ("text", "spaced", "nan"):
        assert wire.error("HINCRBYFLOAT", "h", field, 1) == "ERR hash value is not a float"
    assert wire.error("HINCRBYFLOAT", "h", "inf", 1) == "ERR increment would produce NaN or Infinity"
    assert wire("EXISTS", "none") == 0 and wire("HGET", "h", "inf") == b"inf"
