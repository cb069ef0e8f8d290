"""INCR and family: integers at their limits, and INCRBYFLOAT's number format."""

import pytest

NOT_INTEGER = "ERR value is not an integer or out of range"
OVERFLOW = "ERR increment or decrement would overflow"
MAX, MIN = 2**63 - 1, -2**63


@pytest.mark.goal("Counters start at zero and move by one or by a given step")
def test_counting(wire, rng):
    total = 0
    for _ in range(200):
        step = rng.randrange(-10**12, 10**12)
        command = rng.choice(["INCRBY", "DECRBY"])
        total += step if command == "INCRBY" else -step
        assert wire(command, "n", step) == total
    assert wire("INCR", "n") == total + 1
    assert wire("DECR", "n") == total
    assert wire("GET", "n") == b"%d" % total


@pytest.mark.goal("A counter keeps its expiry")
def test_keeps_expiry(wire):
    wire.ok("SET", "n", "5", "EX", 100)
    assert wire("INCR", "n") == 6
    assert wire("INCRBYFLOAT", "n", "0.5") == b"6.5"
    assert wire("TTL", "n") > 90


@pytest.mark.goal("Counters reach both ends of 64 bits and refuse the step beyond, unchanged")
def test_limits(wire):
    wire.ok("SET", "top", MAX - 1)
    assert wire("INCR", "top") == MAX
    assert wire.error("INCR", "top") == OVERFLOW
    assert wire.error("INCRBY", "top", MAX) == OVERFLOW
    assert wire("GET", "top") == b"%d" % MAX
    wire.ok("SET", "bottom", MIN + 1)
    assert wire("DECR", "bottom") == MIN
    assert wire.error("DECR", "bottom") == OVERFLOW
    assert wire.error("INCRBY", "bottom", -1) == OVERFLOW
    assert wire("INCRBY", "bottom", MAX) == -1


@pytest.mark.goal("DECRBY cannot negate the smallest number and says so")
def test_decrby_minimum(wire):
    assert wire.error("DECRBY", "n", MIN) == "ERR decrement would overflow"


@pytest.mark.parametrize("value", ["", "abc", "1.0", " 1", "1 ", "01", "+1", "0x10", "1e3", "9223372036854775808",
                                   "-", "1\0"])
@pytest.mark.goal("Only a plain decimal integer can be counted, as value and as step")
def test_not_integers(wire, value):
    wire.ok("SET", "k", value)
    assert wire.error("INCR", "k") == NOT_INTEGER
    assert wire.error("DECRBY", "fresh", value) == NOT_INTEGER
    assert wire("EXISTS", "fresh") == 0


@pytest.mark.parametrize("start, step, result", [
    ("10.50", "0.1", "10.6"), ("3", "1.5", "4.5"), ("3.0", "1.0", "4"), ("5.0e3", "2.0e2", "5200"),
    ("0", "-0.0001", "-0.0001"),
    ("1", "-1", "0"), ("3.0e10", "1", "30000000001"), ("0.1", "0.2", "0.3"), ("1e18", "1", "1000000000000000001"),
    ("-1.5", "1.5", "0"), ("0", "1e-10", "0.0000000001"), ("", "1", None),
])
@pytest.mark.goal("INCRBYFLOAT answers in plain decimal notation without needless digits, and stores what it answers")
def test_incrbyfloat(wire, start, step, result):
    wire.ok("SET", "f", start)
    if result is None:
        assert wire.error("INCRBYFLOAT", "f", step) == "ERR value is not a valid float"
        return
    assert wire("INCRBYFLOAT", "f", step) == result.encode()
    assert wire("GET", "f") == result.encode()


@pytest.mark.parametrize("value", ["abc", "1.2.3", " 1", "1 ", "nan", "", "1\0"])
@pytest.mark.goal("INCRBYFLOAT refuses what is not a float")
def test_not_floats(wire, value):
    wire.ok("SET", "f", "1")
    assert wire.error("INCRBYFLOAT", "f", value) == "ERR value is not a valid float"
    wire.ok("SET", "f", value)
    assert wire.error("INCRBYFLOAT", "f", "1") == "ERR value is not a valid float"


@pytest.mark.goal("INCRBYFLOAT refuses a result that is infinite")
def test_infinite(wire):
    assert wire.error("INCRBYFLOAT", "f", "inf") == "ERR increment would produce NaN or Infinity"
    assert wire("EXISTS", "f") == 0


@pytest.mark.goal("Concurrent clients lose no increment")
def test_concurrent_increments(connect):
    wires = [connect() for _ in range(10)]
    for _ in range(50):
        for wire in wires:
            wire.send_command("INCR", "shared")
    seen = sorted(reply for wire in wires for reply in wire.read_many(50))
    assert seen == list(range(1, 501))
