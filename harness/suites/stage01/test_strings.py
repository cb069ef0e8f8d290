"""String commands other than SET's options, counters, ranges and LCS, which have files of their own."""

import pytest

from strata_harness.resp import encode

WRONG_NUMBER = "ERR value is not an integer or out of range"


@pytest.mark.goal("GET returns what SET stored, the empty string and missing keys included")
def test_get_set(wire, rng):
    data = {f"k{number}": rng.randbytes(rng.randrange(300)) for number in range(200)}
    for key, value in data.items():
        wire.ok("SET", key, value)
    assert [wire("GET", key) for key in data] == list(data.values())
    wire.ok("SET", "empty", "")
    wire.exchange(encode("GET", "empty") + encode("GET", "missing"), b"$0\r\n\r\n$-1\r\n")


@pytest.mark.goal("The empty string is a key like any other")
def test_empty_key(wire):
    wire.ok("SET", "", "value of nothing")
    assert wire("GET", "") == b"value of nothing"
    assert wire("DEL", "") == 1


@pytest.mark.parametrize("size", [0, 1, 43, 44, 45, 63, 64, 65, 127, 128, 4095, 4096, 32767, 32768, 32769, 1 << 20])
@pytest.mark.goal("Values around every size boundary come back byte for byte")
def test_value_sizes(wire, rng, size):
    value = rng.randbytes(size)
    wire.ok("SET", "sized", value)
    assert wire("GET", "sized") == value
    assert wire("APPEND", "sized", "!") == size + 1
    assert wire("GET", "sized") == value + b"!"


@pytest.mark.parametrize("value, encoding", [
    ("0", "int"), ("-1", "int"), ("9223372036854775807", "int"), ("-9223372036854775808", "int"),
    ("9223372036854775808", "embstr"), ("007", "embstr"), ("+5", "embstr"), ("-0", "embstr"), ("1.5", "embstr"),
    (" 1", "embstr"),
    ("", "embstr"), ("x" * 44, "embstr"), ("x" * 45, "raw"), ("1" * 21, "embstr"),
])
@pytest.mark.goal("OBJECT ENCODING names int, embstr and raw by Redis's rules, and the value stays as it was")
def test_encodings(wire, value, encoding):
    wire.ok("SET", "k", value)
    assert wire("OBJECT", "ENCODING", "k") == encoding.encode()
    assert wire("GET", "k") == value.encode()


@pytest.mark.goal("A value that was changed in place is raw")
def test_encoding_after_change(wire):
    wire.ok("SET", "k", "abc")
    wire("APPEND", "k", "d")
    assert wire("OBJECT", "ENCODING", "k") == b"raw"
    wire.ok("SET", "n", "12")
    wire("SETRANGE", "n", 0, "3")
    assert wire("OBJECT", "ENCODING", "n") == b"raw"
    assert wire("INCR", "n") == 33
    assert wire("OBJECT", "ENCODING", "n") == b"int"


@pytest.mark.goal("GETSET returns the old value, stores the new one and drops the expiry")
def test_getset(wire):
    assert wire("GETSET", "k", "one") is None
    wire("EXPIRE", "k", 100)
    assert wire("GETSET", "k", "two") == b"one"
    assert wire("TTL", "k") == -1


@pytest.mark.goal("GETDEL returns the value and deletes the key")
def test_getdel(wire):
    wire.ok("SET", "k", "v")
    assert wire("GETDEL", "k") == b"v"
    assert wire("EXISTS", "k") == 0
    assert wire("GETDEL", "k") is None


@pytest.mark.goal("GETEX changes the expiry as told and returns the value")
def test_getex(wire):
    wire.ok("SET", "k", "v")
    assert wire("GETEX", "k", "EX", 100) == b"v" and 90 <= wire("TTL", "k") <= 100
    assert wire("GETEX", "k") == b"v" and 90 <= wire("TTL", "k") <= 100
    assert wire("GETEX", "k", "PX", 50000) == b"v" and 40000 <= wire("PTTL", "k") <= 50000
    assert wire("GETEX", "k", "EXAT", 33177117420) == b"v" and wire("EXPIRETIME", "k") == 33177117420
    assert wire("GETEX", "k", "PXAT", 33177117420001) == b"v" and wire("PEXPIRETIME", "k") == 33177117420001
    assert wire("GETEX", "k", "persist") == b"v" and wire("TTL", "k") == -1
    assert wire("GETEX", "missing", "EX", 100) is None
    assert wire("GETEX", "k", "PXAT", 1) == b"v" and wire("EXISTS", "k") == 0


@pytest.mark.goal("GETEX refuses bad options and bad times without touching the key")
def test_getex_errors(wire):
    wire.ok("SET", "k", "v")
    for words in (["EX"], ["EX", "1", "PX", "1"], ["PERSIST", "EX", "1"], ["KEEPTTL"], ["NX"], ["EX", "1", "PERSIST"]):
        assert wire.error("GETEX", "k", *words) == "ERR syntax error"
    for time in ("0", "-1"):
        assert wire.error("GETEX", "k", "EX", time) == "ERR invalid expire time in 'getex' command"
    assert wire.error("GETEX", "k", "EX", "soon") == WRONG_NUMBER
    assert wire.error("GETEX", "k", "EX", "9223372036854775807") == "ERR invalid expire time in 'getex' command"
    assert wire("TTL", "k") == -1


@pytest.mark.goal("SETNX sets only what is not there")
def test_setnx(wire):
    assert [wire("SETNX", "k", "1"), wire("SETNX", "k", "2"), wire("GET", "k")] == [1, 0, b"1"]


@pytest.mark.goal("SETEX and PSETEX store value and expiry, and refuse times that are not positive")
def test_setex_psetex(wire):
    wire.ok("SETEX", "k", 100, "v")
    assert 90 <= wire("TTL", "k") <= 100
    wire.ok("PSETEX", "k", 100000, "w")
    assert 90000 <= wire("PTTL", "k") <= 100000
    for time in ("0", "-5", "9223372036854775807"):
        assert wire.error("SETEX", "k", time, "bad") == "ERR invalid expire time in 'setex' command"
    assert wire.error("PSETEX", "k", 0, "bad") == "ERR invalid expire time in 'psetex' command"
    assert wire.error("SETEX", "k", "x", "bad") == WRONG_NUMBER
    assert wire("GET", "k") == b"w"


@pytest.mark.goal("MSET and MGET work on many keys; a repeated key takes its last value")
def test_mset_mget(wire):
    wire.ok("MSET", "a", "1", "b", "2", "a", "3")
    assert wire("MGET", "a", "nope", "b", "a") == [b"3", None, b"2", b"3"]
    assert wire.error("MSET", "a", "1", "b") == "ERR wrong number of arguments for 'mset' command"
    assert wire.error("MSETNX", "a", "1", "b") == "ERR wrong number of arguments for 'msetnx' command"


@pytest.mark.goal("MSET drops the expiry of the keys it overwrites")
def test_mset_drops_expiry(wire):
    wire.ok("SET", "a", "1", "EX", 100)
    wire.ok("MSET", "a", "2")
    assert wire("TTL", "a") == -1


@pytest.mark.goal("MSETNX sets all keys or none")
def test_msetnx(wire):
    assert wire("MSETNX", "a", "1", "b", "2") == 1
    assert wire("MSETNX", "c", "3", "b", "4") == 0
    assert wire("MGET", "a", "b", "c") == [b"1", b"2", None]
    assert wire("MSETNX", "x", "1", "x", "2") == 1
    assert wire("GET", "x") == b"2"


@pytest.mark.goal("APPEND creates, extends, returns the length and keeps the expiry")
def test_append(wire):
    assert wire("APPEND", "k", "Hello ") == 6
    wire("EXPIRE", "k", 100)
    assert wire("APPEND", "k", "World") == 11
    assert wire("GET", "k") == b"Hello World"
    assert wire("TTL", "k") > 90
    wire.ok("SET", "n", "12")
    assert wire("APPEND", "n", "3") == 3
    assert wire("INCR", "n") == 124


@pytest.mark.goal("A value that is appended to many times holds every piece")
def test_append_many(wire, rng):
    pieces = [rng.randbytes(rng.randrange(1, 200)) for _ in range(500)]
    wire.send(b"".join(encode("APPEND", "grow", piece) for piece in pieces))
    assert wire.read_many(len(pieces))[-1] == sum(map(len, pieces))
    assert wire("GET", "grow") == b"".join(pieces)


@pytest.mark.goal("STRLEN counts bytes, also of integers and of what is not there")
def test_strlen(wire):
    wire.ok("MSET", "text", "größe", "number", "-12345")
    assert [wire("STRLEN", key) for key in ("text", "number", "missing")] == [7, 6, 0]
