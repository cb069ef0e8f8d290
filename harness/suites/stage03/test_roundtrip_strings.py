"""Strings that go through a snapshot and come back: numbers, short and long text, any bytes, compressed or not."""

import pytest

from strata_harness.snapshots import contents, encodings, reborn

EDGES = [0, 1, -1, 127, 128, -128, -129, 32767, 32768, -32768, -32769, (1 << 31) - 1, 1 << 31, -(1 << 31),
         -(1 << 31) - 1, 9999999999, -9999999999, 99999999999, (1 << 63) - 1, -(1 << 63)]
NO_NUMBERS = ["", "-", "00", "01", "-0", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "9223372036854775808",
              "-9223372036854775809", "123456789012345678901", "-00001", "\u0661"]


def put(wire, values):
    for key, value in values.items():
        wire.ok("SET", key, value)


def survives(server, values):
    """Sets `values`, ends the server, starts it again and looks at them."""
    wire = server.wire()
    put(wire, values)
    before = encodings(wire)
    wire = reborn(server)
    assert contents(wire) == values
    assert encodings(wire) == before
    return wire


@pytest.mark.goal("Integers of every width come back as the integers they were, up to 64 bits")
def test_integers(fresh_server):
    wire = survives(fresh_server(), {b"n%d" % number: b"%d" % number for number in EDGES})
    for number in EDGES:
        assert wire("OBJECT", "ENCODING", f"n{number}") == b"int"
    assert wire("INCR", "n127") == 128 and wire("DECR", f"n{1 << 31}") == (1 << 31) - 1


@pytest.mark.goal("Texts that only look like numbers come back byte for byte")
def test_no_integers(fresh_server):
    survives(fresh_server(), {f"k{i}".encode(): text.encode() for i, text in enumerate(NO_NUMBERS)})


@pytest.mark.goal("Keys that are numbers, almost numbers, empty, binary or very long come back")
def test_keys(fresh_server, rng):
    keys = [b"%d" % number for number in EDGES] + [text.encode() for text in NO_NUMBERS]
    keys += [b"a" * 100, b"a" * 20_000, rng.randbytes(300), bytes(range(256)), b"\r\n", b"\0", b"key with blanks"]
    survives(fresh_server(), {key: b"%d" % i for i, key in enumerate(keys)})


@pytest.mark.parametrize("compression", ["yes", "no"])
@pytest.mark.goal("Texts of every length around the edges of the length codes come back, whatever compresses")
def test_lengths(fresh_server, rng, compression):
    values = {}
    for size in (1, 19, 20, 21, 22, 43, 44, 45, 63, 64, 65, 255, 256, 16383, 16384, 16385, 70_000):
        values[b"repeated%d" % size] = b"a" * size
        values[b"random%d" % size] = rng.randbytes(size)
        values[b"words%d" % size] = (b"".join(b"%d bottles, " % i for i in range(size // 9 + 1)))[:size]
    server = fresh_server(rdbcompression=compression)
    survives(server, values)
    assert server.wire()("STRLEN", "repeated16384") == 16384


@pytest.mark.goal("Text of patterns with every period and distance survives compression")
def test_patterns(fresh_server, rng):
    values = {}
    for period in (1, 2, 3, 7, 8, 9, 31, 32, 33, 255, 264, 265, 1000, 8191, 8192, 8193):
        piece = rng.randbytes(period)
        values[b"p%d" % period] = piece * (20_000 // period + 2)
        values[b"q%d" % period] = piece + rng.randbytes(40) + piece[:50] + b"\0" * 300 + piece[-9:]
    survives(fresh_server(), values)


@pytest.mark.limit(40)
@pytest.mark.goal("A value of many megabytes comes back, compressible or not")
def test_big(fresh_server, rng):
    noise = rng.randbytes(6 << 20)
    server = fresh_server()
    wire = server.wire()
    put(wire, {"noise": noise, "zeros": b"\0" * (12 << 20), "both": noise[:1 << 20] * 3})
    digests = [wire("GETRANGE", "both", 1 << 20, (1 << 20) + 99), wire("GETRANGE", "noise", -100, -1)]
    wire = reborn(server)
    assert wire("GET", "noise") == noise and wire("STRLEN", "zeros") == 12 << 20
    assert wire("GET", "both") == noise[:1 << 20] * 3 and wire("BITCOUNT", "zeros") == 0
    assert digests == [noise[:100], noise[-100:]]


@pytest.mark.goal("Strings that commands have built come back with the value they had, not the one they began with")
def test_built(fresh_server):
    server = fresh_server()
    wire = server.wire()
    wire("APPEND", "appended", "12")
    wire("APPEND", "appended", "34")
    wire("SETRANGE", "padded", 5, "x")
    wire("SETBIT", "bits", 100, 1)
    wire.ok("SET", "counted", 10)
    wire("INCRBY", "counted", 90)
    wire("INCRBYFLOAT", "float", "0.5")
    wire("PFADD", "hll", *(f"element {i}" for i in range(1000)))
    count = wire("PFCOUNT", "hll")
    values = contents(wire)
    assert values[b"appended"] == b"1234" and values[b"padded"] == b"\0" * 5 + b"x" and values[b"counted"] == b"100"
    wire = reborn(server)
    assert contents(wire) == values
    assert wire("PFCOUNT", "hll") == count and wire("GETBIT", "bits", 100) == 1 and wire("INCR", "appended") == 1235


@pytest.mark.goal("A string loaded from a snapshot can be changed in place like any other")
def test_changes_after(fresh_server):
    server = fresh_server()
    put(server.wire(), {"number": "41", "text": "hello", "long": "x" * 1000})
    wire = reborn(server)
    assert wire("INCR", "number") == 42 and wire("APPEND", "number", "!") == 3
    assert wire("SETRANGE", "text", 1, "a") == 5 and wire("GET", "text") == b"hallo"
    assert wire("APPEND", "long", "y" * 1000) == 2000
    wire = reborn(server)
    assert contents(wire) == {b"number": b"42!", b"text": b"hallo", b"long": b"x" * 1000 + b"y" * 1000}
