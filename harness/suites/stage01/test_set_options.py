"""SET and its options: NX XX GET EX PX EXAT PXAT KEEPTTL, alone and together."""

import time

import pytest

from strata_harness.wait import wait_until

FAR = 33177117420  # a time in the year 3021


@pytest.mark.goal("NX sets only a missing key, XX only an existing one, and a refusal is null")
def test_nx_xx(wire):
    assert wire("SET", "k", "1", "XX") is None
    assert wire("SET", "k", "1", "NX") == "OK"
    assert wire("SET", "k", "2", "nx") is None
    assert wire("GET", "k") == b"1"
    assert wire("SET", "k", "3", "xx") == "OK"
    assert wire("GET", "k") == b"3"


@pytest.mark.goal("Plain SET drops the expiry, KEEPTTL keeps it")
def test_keepttl(wire):
    wire.ok("SET", "k", "1", "EX", 100)
    wire.ok("SET", "k", "2", "KEEPTTL")
    assert 90 <= wire("TTL", "k") <= 100
    wire.ok("SET", "k", "3")
    assert wire("TTL", "k") == -1
    wire.ok("SET", "new", "1", "KEEPTTL")
    assert wire("TTL", "new") == -1


@pytest.mark.goal("EX, PX, EXAT and PXAT set the moment of expiry exactly")
def test_expiry_options(wire):
    before = int(time.time() * 1000)
    wire.ok("SET", "k", "v", "EX", 100)
    after = int(time.time() * 1000)
    assert before + 100000 - 2 <= wire("PEXPIRETIME", "k") <= after + 100000 + 2
    wire.ok("SET", "k", "v", "px", 12345)
    assert 9000 <= wire("PTTL", "k") <= 12345
    wire.ok("SET", "k", "v", "EXAT", FAR)
    assert wire("PEXPIRETIME", "k") == FAR * 1000
    wire.ok("SET", "k", "v", "PXAT", FAR * 1000 + 7)
    assert wire("PEXPIRETIME", "k") == FAR * 1000 + 7


@pytest.mark.goal("SET with a time in the past leaves no key behind")
def test_past(wire):
    wire.ok("SET", "k", "old")
    wire.ok("SET", "k", "v", "PXAT", 1)
    assert wire("GET", "k") is None
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("SET PX makes a key that vanishes by itself")
def test_px_expires(wire):
    wire.ok("SET", "k", "v", "PX", 30)
    assert wire_gone(wire, "k")


def wire_gone(wire, key):
    return wait_until(lambda: wire("GET", key) is None, 5, f"{key} to expire")


@pytest.mark.goal("GET returns the old value")
def test_get_option(wire):
    assert wire("SET", "k", "1", "GET") is None
    assert wire("SET", "k", "2", "GET") == b"1"
    assert wire("SET", "k", "3", "GET", "EX", 100) == b"2"
    assert wire("TTL", "k") > 90


@pytest.mark.goal("GET answers the old value beside NX and XX as well, also when nothing is set")
def test_get_with_conditions(wire):
    wire.ok("SET", "k", "1")
    assert wire("SET", "k", "2", "XX", "GET") == b"1"
    assert wire("SET", "k", "3", "NX", "GET") == b"2"
    assert wire("SET", "k", "3", "GET", "NX") == b"2"
    assert wire("GET", "k") == b"2"
    assert wire("SET", "missing", "1", "XX", "GET") is None
    assert wire("EXISTS", "missing") == 0
    assert wire("SET", "missing", "1", "NX", "GET") is None
    assert wire("GET", "missing") == b"1"


@pytest.mark.parametrize("words", [
    ["NX", "XX"], ["XX", "NX"], ["EX"], ["PX"], ["EX", "1", "PX", "1"], ["EX", "1", "KEEPTTL"], ["KEEPTTL", "PX", "1"],
    ["EXAT", "1", "PXAT", "1"], ["NOSUCH"], ["PERSIST"], ["10"], ["EX", "10", "extra"], [""],
], ids=" ".join)
@pytest.mark.goal("Options that contradict each other, are unknown or lack a value are a syntax error")
def test_syntax_errors(wire, words):
    wire.ok("SET", "k", "before")
    assert wire.error("SET", "k", "after", *words) == "ERR syntax error"
    assert wire("GET", "k") == b"before"


@pytest.mark.parametrize("option, value, error", [
    ("EX", "0", "invalid expire time in 'set' command"), ("EX", "-1", "invalid expire time in 'set' command"),
    ("PX", "0", "invalid expire time in 'set' command"), ("EXAT", "0", "invalid expire time in 'set' command"),
    ("PXAT", "-5", "invalid expire time in 'set' command"),
    ("EX", "9223372036854775807", "invalid expire time in 'set' command"),
    ("EX", "9223372036854775", "invalid expire time in 'set' command"),
    ("PX", "9223372036854775807", "invalid expire time in 'set' command"),
    ("EXAT", "9223372036854775807", "invalid expire time in 'set' command"),
    ("EX", "9223372036854775808", "value is not an integer or out of range"),
    ("EX", "abc", "value is not an integer or out of range"), ("PX", "1.5", "value is not an integer or out of range"),
    ("PX", " 1", "value is not an integer or out of range"), ("EX", "", "value is not an integer or out of range"),
])
@pytest.mark.goal("Expire times that are no number, not positive or too big are refused before anything is stored")
def test_bad_times(wire, option, value, error):
    wire.ok("SET", "k", "before")
    assert wire.error("SET", "k", "after", option, value) == "ERR " + error
    assert wire("GET", "k") == b"before"


@pytest.mark.goal("Repeating one option is allowed, and the last time counts")
def test_repeated_flags(wire):
    assert wire("SET", "k", "v", "NX", "NX") == "OK"
    assert wire("SET", "k", "w", "GET", "GET", "XX", "XX") == b"v"
    assert wire("SET", "k", "x", "EX", 1, "EX", 500) == "OK"
    assert wire("TTL", "k") > 400
