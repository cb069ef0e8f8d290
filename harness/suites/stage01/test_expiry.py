"""Expiry: setting it, reading it, conditions, and that an expired key is never seen."""

import time

import pytest

from strata_harness.wait import wait_until

FAR = 33177117420


def until_gone(wire, key="k"):
    wait_until(lambda: wire("PTTL", key) == -2, 5, f"{key} to expire")


@pytest.mark.goal("TTL and PTTL say -2 for no key, -1 for no expiry, and the time left otherwise")
def test_ttl(wire):
    for command in ("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"):
        assert wire(command, "missing") == -2
    wire.ok("SET", "k", "v")
    for command in ("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"):
        assert wire(command, "k") == -1
    assert wire("EXPIRE", "k", 100) == 1
    assert 90 < wire("TTL", "k") <= 100
    assert 90000 < wire("PTTL", "k") <= 100000


@pytest.mark.goal("TTL rounds to the nearest second")
def test_ttl_rounds(wire):
    for milliseconds in (100400, 100900):
        wire.ok("SET", "k", "v", "PX", milliseconds)
        most, told, least = wire("PTTL", "k"), wire("TTL", "k"), wire("PTTL", "k")
        assert (least + 500) // 1000 <= told <= (most + 500) // 1000


@pytest.mark.goal("The latest moment that an expiry can have is told rounded like any other")
def test_end_of_time(wire):
    wire.ok("SET", "k", "v")
    assert wire("PEXPIREAT", "k", 2**63 - 1) == 1
    assert [wire("PEXPIRETIME", "k"), wire("EXPIRETIME", "k")] == [2**63 - 1, 9223372036854776]


@pytest.mark.goal("The four expiry commands set the same moment in their own units")
def test_four_commands(wire):
    wire.ok("SET", "k", "v")
    assert wire("EXPIREAT", "k", FAR) == 1
    assert wire("EXPIRETIME", "k") == FAR
    assert wire("PEXPIREAT", "k", FAR * 1000 + 1) == 1
    assert wire("PEXPIRETIME", "k") == FAR * 1000 + 1
    before = int(time.time() * 1000)
    assert wire("PEXPIRE", "k", 50000) == 1
    assert before + 49990 <= wire("PEXPIRETIME", "k") <= int(time.time() * 1000) + 50010
    assert wire("EXPIRE", "missing", 10) == 0


@pytest.mark.parametrize("command", ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"])
@pytest.mark.parametrize("time", ["0", "-1", "-100"])
@pytest.mark.goal("A time that is not in the future deletes the key at once")
def test_past_deletes(wire, command, time):
    wire.ok("SET", "k", "v")
    assert wire(command, "k", time) == 1
    assert wire("EXISTS", "k") == 0
    assert wire("DBSIZE") == 0


@pytest.mark.goal("NX, XX, GT and LT decide whether the expiry changes")
def test_conditions(wire):
    wire.ok("SET", "k", "v")
    assert wire("EXPIRE", "k", 100, "XX") == 0
    assert wire("EXPIRE", "k", 100, "GT") == 0  # no expiry counts as infinite
    assert wire("EXPIRE", "k", 100, "NX") == 1
    assert wire("EXPIRE", "k", 200, "nx") == 0
    assert wire("EXPIRE", "k", 50, "GT") == 0
    assert wire("EXPIRE", "k", 200, "GT") == 1
    assert wire("EXPIRE", "k", 300, "LT") == 0
    assert wire("EXPIRE", "k", 150, "LT") == 1
    assert wire("EXPIRE", "k", 160, "XX", "GT") == 1
    assert 155 < wire("TTL", "k") <= 160
    wire("PERSIST", "k")
    assert wire("EXPIRE", "k", 100, "LT") == 1


@pytest.mark.goal("Conditions that contradict each other, unknown ones and bad times have their own errors")
def test_errors(wire):
    wire.ok("SET", "k", "v")
    nx = "ERR NX and XX, GT or LT options at the same time are not compatible"
    for words in (["NX", "XX"], ["NX", "GT"], ["LT", "NX"]):
        assert wire.error("EXPIRE", "k", 10, *words) == nx
    assert wire.error("EXPIRE", "k", 10, "GT", "LT") == "ERR GT and LT options at the same time are not compatible"
    assert wire.error("EXPIRE", "k", 10, "AB") == "ERR Unsupported option AB"
    assert wire.error("EXPIRE", "k", "soon") == "ERR value is not an integer or out of range"
    for command, number in [("EXPIRE", 9223372036854775807), ("EXPIRE", -9223372036854775808),
                            ("EXPIREAT", 9223372036854776),
                            ("PEXPIRE", 9223372036854775807)]:
        assert wire.error(command, "k", number) == f"ERR invalid expire time in '{command.lower()}' command"
    assert wire("TTL", "k") == -1


@pytest.mark.goal("A key is there in the millisecond of its expiry and gone in the next")
def test_to_the_millisecond(wire):
    def clock():
        seconds, micros = wire("TIME")
        return int(seconds) * 1000 + int(micros) // 1000

    moment = clock() + 60
    if moment % 1000 > 600:
        moment += 400  # far from the end of its second: whoever counts in seconds is off by hundreds of milliseconds
    wire.ok("SET", "k", "v", "PXAT", moment)
    before = after = 0
    while before <= moment:
        before = clock()
        there = wire("EXISTS", "k")
        after = clock()
        if not there and after <= moment:
            pytest.fail(f"The key is gone {moment - after} ms before its moment has passed.")
        if there and before > moment:
            pytest.fail(f"The key is still there {before - moment} ms after its moment.")


@pytest.mark.goal("PERSIST takes the expiry away, once")
def test_persist(wire):
    wire.ok("SET", "k", "v", "EX", 100)
    assert [wire("PERSIST", "k"), wire("PERSIST", "k"), wire("PERSIST", "missing"), wire("TTL", "k")] == [1, 0, 0, -1]


@pytest.mark.goal("An expired key is seen by no command, even when nothing has collected it")
def test_expired_is_invisible(fresh_server):
    wire = fresh_server(enable_debug_command="yes").wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    for key in ("k", "k2", "k3", "k4", "k5"):
        wire.ok("SET", key, "v", "PX", 1)
    until_gone(wire, "k5")
    assert wire("GET", "k") is None
    assert wire("EXISTS", "k2") == 0
    assert wire("TYPE", "k3") == "none"
    assert wire("KEYS", "k*") == []
    assert wire("SCAN", 0, "COUNT", 1000) == [b"0", []]
    assert wire("RANDOMKEY") is None
    assert wire("DEL", "k") == 0
    assert wire.error("RENAME", "k2", "x") == "ERR no such key"
    assert wire("COPY", "k3", "x") == 0
    assert wire("MOVE", "k4", 1) == 0
    assert wire("PERSIST", "k5") == 0
    assert wire("EXPIRE", "k4", 100) == 0
    assert wire("TOUCH", "k4") == 0
    assert wire("GETDEL", "k4") is None
    assert wire("STRLEN", "k4") == 0


@pytest.mark.goal("Writing to an expired key starts from nothing and without an expiry")
@pytest.mark.parametrize("command, result", [
    (["APPEND", "k", "new"], 3), (["INCR", "k"], 1), (["SETNX", "k", "new"], 1), (["SETRANGE", "k", 0, "new"], 3),
    (["GETSET", "k", "new"], None), (["SET", "k", "new", "GET"], None), (["MSETNX", "k", "new"], 1),
    (["SET", "k", "new", "KEEPTTL"], "OK"),
], ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else None)
def test_write_after_expiry(wire, command, result):
    wire.ok("SET", "k", "55", "PX", 1)
    until_gone(wire)
    assert wire(*command) == result
    assert wire("TTL", "k") == -1


@pytest.mark.goal("SCAN with a cycle and KEYS agree that only unexpired keys exist")
def test_mixture(wire):
    for number in range(100):
        if number % 2:
            wire.ok("SET", f"k{number}", "v", "PX", 1)
        else:
            wire.ok("SET", f"k{number}", "v")
    until_gone(wire, "k99")
    expected = {b"k%d" % number for number in range(0, 100, 2)}
    assert set(wire("KEYS", "*")) == expected
    assert wire("EXISTS", *(f"k{number}" for number in range(100))) == 50
    for _ in range(30):
        assert wire("RANDOMKEY") in expected


@pytest.mark.goal("expired_keys counts the keys that vanished, and the keyspace section drops them")
def test_expired_stat(r):
    for number in range(10):
        r.set(f"e{number}", "v", px=1)
    wait_until(lambda: not any(r.exists(f"e{number}") for number in range(10)), 5, "the keys to expire")
    wait_until(lambda: r.info("stats")["expired_keys"] == 10, 5, "expired_keys to count them")
    assert "db0" not in r.info("keyspace")
