"""HyperLogLog: estimates, the two forms and their bytes, which are Redis's own, merging, corrupt strings."""

import hashlib

import pytest

NOT_ONE = "WRONGTYPE Key is not a valid HyperLogLog string value."
WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
CORRUPT = "INVALIDOBJ Corrupted HLL object detected"
HEAD = b"HYLL\x01\0\0\0" + bytes(7) + b"\x80"  # sparse, count out of date


def add(wire, key, start, end):
    for first in range(start, end, 500):
        wire("PFADD", key, *[f"element:{number}" for number in range(first, min(end, first + 500))])


def form(wire, key):
    return str(wire("PFDEBUG", "ENCODING", key))


def changes(wire):
    return int(wire("INFO", "persistence").split(b"rdb_changes_since_last_save:")[1].split(b"\r\n")[0])


@pytest.mark.goal("PFADD answers 1 where the registers change, also for a new key without elements")
def test_pfadd(wire):
    assert [wire("PFADD", "k"), wire("PFADD", "k"), wire("PFADD", "k", "a", "b"), wire("PFADD", "k", "a"),
            wire("PFADD", "k", "b", "c")] == [1, 0, 1, 0, 1]
    assert wire("TYPE", "k") == "string" and wire("PFCOUNT", "k") == 3


@pytest.mark.parametrize("elements, expected", [
    ([], HEAD + b"\x7f\xff"), (["a"], HEAD + b"q\xa6\x84NW"),
    (["a", "b", "c", "d"], HEAD + b"\\{\x80Dv\x80P\xb1\x84K\xfb\x80BZ")])
@pytest.mark.goal("The bytes of a sparse HyperLogLog are Redis's")
def test_sparse_bytes(wire, elements, expected):
    wire("PFADD", "k", *elements)
    assert wire("GET", "k") == expected
    assert wire("OBJECT", "ENCODING", "k") == b"raw"


@pytest.mark.parametrize("count, size, digest", [
    (10, 48, "dd7cf3784918baa4c956f1723b1cebdb193228f7"),
    (100, 285, "adb8b211e8f1c583accacde62d6a276b6655b70e"),
    (1000, 1897, "0e960765508b760a1d14e0dbf53a47cda116bf34"),
    (1500, 2722, "b100a66eeab600d2bd3d0bdf8f8340d0c1cb3801"),
    (2000, 12304, "5b5af8349628ff2f83fe6cfca50f1c2cc671e307"),
    (20000, 12304, "760926999ca4cd24462f115f64f03d415e81e69e")])
@pytest.mark.goal("The bytes of larger ones are Redis's too, through every split and join of runs and when dense")
def test_large_bytes(wire, count, size, digest):
    add(wire, "k", 0, count)
    value = wire("GET", "k")
    assert (len(value), hashlib.sha1(value).hexdigest()) == (size, digest)


@pytest.mark.goal("PFCOUNT writes its estimate into the string, which counts as a change once")
def test_cached_count(wire):
    wire("PFADD", "k", "a", "b", "c", "d")
    before = changes(wire)
    assert wire("PFCOUNT", "k") == 4 and wire("GETRANGE", "k", 8, 15) == b"\x04" + bytes(7)
    assert changes(wire) == before + 1
    assert wire("PFCOUNT", "k") == 4 and changes(wire) == before + 1
    wire("PFADD", "k", "a")
    assert wire("GETRANGE", "k", 8, 15) == b"\x04" + bytes(7)
    wire("PFADD", "k", "e")
    assert wire("GETRANGE", "k", 15, 15) == b"\x80" and wire("PFCOUNT", "k") == 5


@pytest.mark.goal("A count that is not out of date is answered as it stands")
def test_cached_count_is_believed(wire):
    wire.ok("SET", "k", b"HYLL\x01\0\0\0\x11\x22" + bytes(6) + b"\x7f\xff")
    assert wire("PFCOUNT", "k") == 0x2211
    assert wire("PFCOUNT", "k", "none") == 0


@pytest.mark.parametrize("count", [100, 1000, 10_000, 50_000])
@pytest.mark.goal("Estimates are within a few standard errors of the truth, whichever the elements")
def test_estimates(wire, rng, count):
    tag = rng.randrange(10**9)
    for first in range(0, count, 1000):
        wire("PFADD", "k", *[f"{tag}:{number}" for number in range(first, min(count, first + 1000))])
    assert abs(wire("PFCOUNT", "k") - count) <= 1 + count * 0.0081 * 5


@pytest.mark.goal("PFCOUNT of several keys estimates their union and leaves them alone")
def test_union(wire):
    add(wire, "a", 0, 600)
    add(wire, "b", 400, 1000)
    add(wire, "c", 0, 1000)
    wire("PFDEBUG", "TODENSE", "b")
    stored = wire("MGET", "a", "b")
    assert wire("PFCOUNT", "a", "b") == wire("PFCOUNT", "b", "none", "a") == wire("PFCOUNT", "c")
    assert wire("MGET", "a", "b") == stored
    assert wire("PFCOUNT", "none") == wire("PFCOUNT", "none", "nothing") == 0


@pytest.mark.goal("A sparse one becomes dense beyond hll-sparse-max-bytes, with the same registers and estimate")
def test_becomes_dense(wire):
    assert wire("CONFIG", "GET", "hll-sparse-max-bytes") == [b"hll-sparse-max-bytes", b"3000"]
    wire.ok("CONFIG", "SET", "hll-sparse-max-bytes", 200)
    number = 0
    while form(wire, "k") == "sparse" if number else True:
        assert number == 0 or wire("STRLEN", "k") <= 200
        wire("PFADD", "k", f"element:{number}")
        number += 1
    assert number > 20 and wire("STRLEN", "k") == 12304
    wire.ok("CONFIG", "SET", "hll-sparse-max-bytes", 3000)
    add(wire, "sparse", 0, number)
    assert form(wire, "sparse") == "sparse"
    assert wire("PFCOUNT", "k") == wire("PFCOUNT", "sparse")
    assert wire("PFDEBUG", "GETREG", "k") == wire("PFDEBUG", "GETREG", "sparse")


@pytest.mark.goal("PFADD keeps the expiry, in the step to the dense form too")
def test_keeps_expiry(wire):
    wire("PFADD", "k", "a")
    wire("EXPIRE", "k", 100)
    add(wire, "k", 0, 3000)
    assert form(wire, "k") == "dense" and 90 < wire("TTL", "k") <= 100


@pytest.mark.parametrize("dense", [(), ("a",), ("b",), ("to",), ("a", "b", "to")])
@pytest.mark.goal("PFMERGE makes its destination the union, dense when one of them is")
def test_pfmerge(wire, dense):
    add(wire, "a", 0, 300)
    add(wire, "b", 200, 500)
    add(wire, "to", 450, 700)
    add(wire, "all", 0, 700)
    for key in dense:
        wire("PFDEBUG", "TODENSE", key)
    wire.ok("PFMERGE", "to", "a", "none", "b")
    assert form(wire, "to") == ("dense" if dense else "sparse")
    assert wire("GETRANGE", "to", 15, 15) == b"\x80"
    assert wire("PFCOUNT", "to") == wire("PFCOUNT", "all")
    wire("PFDEBUG", "TODENSE", "to")
    wire("PFDEBUG", "TODENSE", "all")
    assert wire("GETRANGE", "to", 16, -1) == wire("GETRANGE", "all", 16, -1)


@pytest.mark.goal("PFMERGE into nothing makes a new key, without sources an empty one")
def test_pfmerge_new(wire):
    wire("PFADD", "k", "a", "b", "c", "d")
    wire.ok("PFMERGE", "new", "k")
    assert wire("GET", "new") == wire("GET", "k")
    wire.ok("PFMERGE", "empty")
    assert wire("GET", "empty") == HEAD + b"\x7f\xff"
    wire.ok("PFMERGE", "k", "k")
    assert wire("PFCOUNT", "k") == 4


@pytest.mark.goal("A merge that grows beyond hll-sparse-max-bytes ends dense")
def test_pfmerge_becomes_dense(wire):
    for key, start in (("a", 0), ("b", 1000)):
        add(wire, key, start, start + 1000)
        assert form(wire, key) == "sparse"
    wire.ok("PFMERGE", "to", "a", "b")
    assert form(wire, "to") == "dense"
    assert wire("PFCOUNT", "to") == wire("PFCOUNT", "a", "b")


@pytest.mark.goal("A HyperLogLog can be read and set back like any string")
def test_round_trip(wire):
    for count in (5, 500, 5000):
        add(wire, "k", 0, count)
        wire.ok("SET", "copy", wire("GET", "k"))
        assert wire("PFADD", "copy", "element:0") == 0 and wire("OBJECT", "ENCODING", "copy") == b"raw"
        assert wire("PFADD", "copy", *[f"more:{count}:{number}" for number in range(50)]) == 1
        wire("PFADD", "k", *[f"more:{count}:{number}" for number in range(50)])
        assert wire("GET", "copy") == wire("GET", "k")


@pytest.mark.parametrize("value", [
    b"", b"HYLL", b"12345", b"HYLL\x01" + bytes(10), b"HYLL\x02" + bytes(20), b"HYLL\x00" + bytes(20),
    b"HYLX\x01" + bytes(20), b"hyll\x01" + bytes(20), b"HYLL\x00" + bytes(12300)])
@pytest.mark.goal("Strings that are none are refused by every command and not touched")
def test_not_one(wire, value):
    wire.ok("SET", "bad", value)
    wire("PFADD", "good", "a")
    for words in (["PFADD", "bad", "a"], ["PFCOUNT", "bad"], ["PFCOUNT", "good", "bad"], ["PFMERGE", "bad", "good"],
                  ["PFMERGE", "good", "bad"], ["PFDEBUG", "ENCODING", "bad"]):
        assert wire.error(*words) == NOT_ONE
    assert wire("GET", "bad") == value and wire("PFCOUNT", "good") == 1


@pytest.mark.parametrize("runs", [b"", b"\x7f\xfe", b"\x7f\xff\x80", b"\x00", b"\x40\x00", b"\xff" * 100])
@pytest.mark.goal("A sparse one whose runs do not cover all registers is called corrupt, and the server lives on")
def test_corrupt(wire, runs):
    wire.ok("SET", "bad", HEAD + runs)
    wire("PFADD", "good", "a")
    for words in (["PFCOUNT", "bad"], ["PFCOUNT", "good", "bad"], ["PFMERGE", "good", "bad"],
                  ["PFDEBUG", "TODENSE", "bad"], ["PFDEBUG", "GETREG", "bad"]):
        assert wire.error(*words) == CORRUPT
    assert wire("GET", "bad") == HEAD + runs and wire("PFCOUNT", "good") == 1


@pytest.mark.goal("Keys of other types are refused")
def test_wrong_type(wire):
    wire("HSET", "h", "f", "v")
    for words in (["PFADD", "h", "a"], ["PFCOUNT", "h"], ["PFCOUNT", "none", "h"], ["PFMERGE", "h"],
                  ["PFMERGE", "to", "h"], ["PFDEBUG", "GETREG", "h"]):
        assert wire.error(*words) == WRONG_TYPE
    assert wire("EXISTS", "to") == 0


@pytest.mark.goal("PFDEBUG shows the runs, the form and the registers, and makes dense what it reads registers from")
def test_pfdebug(wire):
    wire("PFADD", "k", "a", "b", "c", "d")
    assert wire("PFDEBUG", "DECODE", "k") == b"Z:7292 v:1,1 Z:1143 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603"
    assert form(wire, "k") == "sparse"
    registers = wire("PFDEBUG", "getreg", "k")
    assert len(registers) == 16384
    assert {index: rank for index, rank in enumerate(registers) if rank} == {7292: 1, 8436: 1, 12711: 2, 15780: 1}
    assert form(wire, "k") == "dense" and wire("STRLEN", "k") == 12304
    assert wire.error("PFDEBUG", "DECODE", "k") == "ERR HLL encoding is not sparse"
    assert wire("PFDEBUG", "TODENSE", "k") == 0
    wire("PFADD", "other", "a")
    assert wire("PFDEBUG", "TODENSE", "other") == 1
    assert wire.error("PFDEBUG", "WORD", "k") == "ERR Unknown PFDEBUG subcommand 'WORD'"
    assert wire.error("PFDEBUG", "WORD", "none") == "ERR The specified key does not exist"


@pytest.mark.limit(60)
@pytest.mark.goal("PFSELFTEST finds nothing wrong")
def test_pfselftest(wire):
    assert wire("PFSELFTEST", timeout=45) == "OK"


@pytest.mark.goal("PFADD counts the registers that change, PFMERGE one change")
def test_changes(wire):
    for words, by in ((["PFADD", "k"], 1), (["PFADD", "k"], 0), (["PFADD", "k", "a", "b", "a"], 2),
                      (["PFADD", "new", "a"], 2), (["PFMERGE", "to", "k"], 1), (["PFMERGE", "to", "k"], 1)):
        before = changes(wire)
        wire(*words)
        assert changes(wire) - before == by, words


@pytest.mark.goal("PFADD and PFMERGE are told as pfadd; the count that PFCOUNT writes is not told")
def test_events(wire, connect):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "E$")
    listener = connect()
    listener("PSUBSCRIBE", "__keyevent@0__:*")
    for words in (["PFADD", "k", "a"], ["PFADD", "k", "a"], ["PFCOUNT", "k"], ["PFMERGE", "to", "k"],
                  ["PFDEBUG", "TODENSE", "to"], ["SET", "end", "1"]):
        wire(*words)
    told = [(message[2].decode().partition(":")[2], message[3]) for message in listener.read_many(3)]
    assert told == [("pfadd", b"k"), ("pfadd", b"to"), ("set", b"end")]
