"""Libraries of functions outlive the process, and travel: snapshots, FUNCTION DUMP and FUNCTION RESTORE."""

import pytest

SERVER_OPTIONS = {"enable-debug-command": "yes"}


def library(name, function, value):
    return f"#!lua name={name}\nredis.register_function('{function}', function() return '{value}' end)"


@pytest.fixture(autouse=True)
def no_functions(wire):
    wire.ok("FUNCTION", "FLUSH")
    yield
    wire.ok("FUNCTION", "FLUSH")


def names(wire):
    return sorted(entry[1] for entry in wire("FUNCTION", "LIST"))


@pytest.mark.goal("Functions are in the snapshot: after DEBUG RELOAD they are there, and only once")
def test_reload(wire):
    wire("FUNCTION", "LOAD", library("one", "f", "v"))
    wire("FUNCTION", "LOAD", library("two", "g", "w" * 1000))
    for _ in range(2):
        wire.ok("DEBUG", "RELOAD")
        assert wire("FCALL", "f", 0) == b"v" and wire("FCALL", "g", 0) == b"w" * 1000
    assert names(wire) == [b"one", b"two"]


@pytest.mark.goal("A payload of FUNCTION DUMP brings the libraries back")
def test_dump_restore(wire, rng):
    value = f"{rng.randrange(10**9)}"
    wire("FUNCTION", "LOAD", library("one", "f", value))
    payload = wire("FUNCTION", "DUMP")
    assert wire.error("FUNCTION", "RESTORE", payload) == "ERR Library one already exists"
    wire.ok("FUNCTION", "FLUSH")
    wire.ok("FUNCTION", "RESTORE", payload)
    assert wire("FCALL", "f", 0).decode() == value


@pytest.mark.goal("FLUSH, APPEND and REPLACE say what becomes of the libraries that are there")
def test_policies(wire):
    wire("FUNCTION", "LOAD", library("one", "f", "old"))
    payload = wire("FUNCTION", "DUMP")
    wire("FUNCTION", "LOAD", "REPLACE", library("one", "f", "new"))
    wire("FUNCTION", "LOAD", library("two", "g", "w"))
    assert wire.error("FUNCTION", "RESTORE", payload, "APPEND") == "ERR Library one already exists"
    assert wire("FCALL", "f", 0) == b"new"
    wire.ok("FUNCTION", "RESTORE", payload, "REPLACE")
    assert wire("FCALL", "f", 0) == b"old" and names(wire) == [b"one", b"two"]
    wire.ok("FUNCTION", "RESTORE", payload, "FLUSH")
    assert names(wire) == [b"one"]


@pytest.mark.goal("A function that another library has is in the way, and nothing of the payload is taken")
def test_function_in_the_way(wire):
    wire("FUNCTION", "LOAD", library("one", "f", "v"))
    payload = wire("FUNCTION", "DUMP")
    wire.ok("FUNCTION", "FLUSH")
    wire("FUNCTION", "LOAD", library("two", "f", "w"))
    assert wire.error("FUNCTION", "RESTORE", payload, "REPLACE") == "ERR Function f already exists"
    assert names(wire) == [b"two"] and wire("FCALL", "f", 0) == b"w"


@pytest.mark.goal("A payload that was cut or changed is refused")
def test_broken_payload(wire):
    wire("FUNCTION", "LOAD", library("one", "f", "v"))
    payload = wire("FUNCTION", "DUMP")
    wrong = "ERR DUMP payload version or checksum are wrong"
    assert wire.error("FUNCTION", "RESTORE", b"") == wrong
    assert wire.error("FUNCTION", "RESTORE", payload[:-1]) == wrong
    assert wire.error("FUNCTION", "RESTORE", payload[:5] + b"x" + payload[6:], "FLUSH") == wrong
    assert wire.error("FUNCTION", "RESTORE", payload, "bogus") == (
        "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
    assert names(wire) == [b"one"]


@pytest.mark.goal("What one server dumps the other restores")
def test_both_ways(wire, reference):
    other = reference().wire()
    code = library("one", "f", "v" * 100)
    for here, there in ((wire, other), (other, wire)):
        for each in (here, there):
            each.ok("FUNCTION", "FLUSH")
        here("FUNCTION", "LOAD", code)
        there.ok("FUNCTION", "RESTORE", here("FUNCTION", "DUMP"))
        assert there("FCALL", "f", 0) == b"v" * 100
