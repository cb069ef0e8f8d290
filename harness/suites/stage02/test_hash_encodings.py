"""Hashes: the borders between the encodings, and a hash as one value."""

import pytest

from strata_harness.hashes import encoding, encoding_of, fill, pairs_of
from strata_harness.wait import wait_until


@pytest.mark.parametrize("limit, alias", [(512, None), (3, "hash-max-listpack-entries"),
                                          (10, "hash-max-ziplist-entries")])
@pytest.mark.goal("One field more than hash-max-listpack-entries makes a hashtable, and there is no way back")
def test_entries_limit(wire, limit, alias):
    if alias:
        wire.ok("CONFIG", "SET", alias, limit)
    expected = fill(wire, limit)
    assert encoding_of(wire) == b"listpack"
    wire("HSET", "h", "f0", "v0")
    assert encoding_of(wire) == b"listpack"
    wire("HSET", "h", "more", "1")
    assert encoding_of(wire) == b"hashtable"
    assert pairs_of(wire("HGETALL", "h")) == expected | {b"more": b"1"}
    wire("HDEL", "h", *list(expected))
    assert encoding_of(wire) == b"hashtable" and wire("HGETALL", "h") == [b"more", b"1"]


@pytest.mark.parametrize("field, value, expected", [
    ("f" * 64, "v" * 64, b"listpack"), ("f" * 65, "v", b"hashtable"), ("f", "v" * 65, b"hashtable")])
@pytest.mark.goal("A field or value longer than hash-max-listpack-value makes a hashtable")
def test_value_limit(wire, field, value, expected):
    wire("HSET", "h", "a", "1", field, value, "z", "2")
    assert encoding_of(wire) == expected
    assert pairs_of(wire("HGETALL", "h")) == {b"a": b"1", field.encode(): value.encode(), b"z": b"2"}


@pytest.mark.goal("The options have their defaults and answer to their old names")
def test_options(wire):
    for name, value in (("entries", b"512"), ("value", b"64")):
        assert wire("CONFIG", "GET", f"hash-max-listpack-{name}") == [b"hash-max-listpack-" + name.encode(), value]
        wire.ok("CONFIG", "SET", f"hash-max-ziplist-{name}", 7)
        assert wire("CONFIG", "GET", f"hash-max-listpack-{name}")[1] == b"7"
    assert "argument must be between 0 and" in wire.error("CONFIG", "SET", "hash-max-listpack-entries", -1)
    assert "argument must be a memory value" in wire.error("CONFIG", "SET", "hash-max-listpack-value", -1)
    fill(wire, 8)
    assert encoding_of(wire) == b"hashtable"


@pytest.mark.goal("A lowered limit takes effect when a hash is written, not before")
def test_lowered_limit(wire):
    expected = fill(wire, 10)
    wire.ok("CONFIG", "SET", "hash-max-listpack-entries", 5)
    assert encoding_of(wire) == b"listpack"
    assert wire("HSET", "h", "f0", "v0") == 0
    assert encoding_of(wire) == b"hashtable"
    assert pairs_of(wire("HGETALL", "h")) == expected


@pytest.mark.goal("A counter that grows too long for a listpack moves to a hashtable; HSETNX that does nothing does not")
def test_conversion_by_others(wire):
    wire.ok("CONFIG", "SET", "hash-max-listpack-value", 2)
    wire("HSET", "h", "n", "98")
    assert wire("HINCRBY", "h", "n", 1) == 99 and encoding_of(wire) == b"listpack"
    assert wire("HSETNX", "h", "n", "a long value") == 0 and encoding_of(wire) == b"listpack"
    assert wire("HINCRBY", "h", "n", 1) == 100 and encoding_of(wire) == b"hashtable"
    assert wire("HINCRBYFLOAT", "f", "n", "0.125") == b"0.125" and encoding_of(wire, "f") == b"hashtable"


@pytest.mark.goal("COPY, RENAME and DEL treat a hash as one value, TTL included")
def test_as_a_value(wire, encoding):
    expected = fill(wire, 20)
    wire("EXPIRE", "h", 100)
    assert wire("COPY", "h", "copy") == 1
    wire("HSET", "copy", "f0", "changed")
    assert wire("HGET", "h", "f0") == b"v0"
    wire.ok("RENAME", "h", "moved")
    assert pairs_of(wire("HGETALL", "moved")) == expected and wire("TTL", "moved") > 90
    assert encoding_of(wire, "moved") == encoding_of(wire, "copy") == encoding
    wire("HSET", "moved", "more", "1")
    assert wire("TTL", "moved") > 90
    assert wire("DEL", "moved", "copy") == 2 and wire("HGETALL", "copy") == []


@pytest.mark.goal("MEMORY USAGE of a hash grows with what it holds, as an estimate and exactly")
def test_memory_usage(wire):
    sizes = []
    for count in (1, 100, 5000):
        wire("DEL", "h")
        fill(wire, count)
        sizes.append(wire("MEMORY", "USAGE", "h", "SAMPLES", 0))
        assert sizes[-1] > count * 10
        assert wire("MEMORY", "USAGE", "h") == pytest.approx(sizes[-1], rel=0.3)
    assert sizes == sorted(sizes)


@pytest.mark.goal("A large hash is gone at once with UNLINK and FLUSHALL ASYNC, and its memory comes back")
def test_unlink(wire):
    def used():
        return int(dict(line.split(b":", 1) for line in wire("INFO", "memory").split(b"\r\n") if b":" in line)
                   [b"used_memory"])

    before = used()
    for how in (("UNLINK", "h"), ("FLUSHALL", "ASYNC")):
        fill(wire, 20000)
        assert used() > before + 500000
        wire(*how)
        assert wire("EXISTS", "h") == 0
        wait_until(lambda: used() < before + 400000, 10, "the memory of the hash to be free")
