"""Several sets: SINTER, SUNION, SDIFF, SINTERCARD and the forms that store their result."""

import pytest

NUMBERS = {b"%d" % number for number in range(0, 60, 2)}
THREES = {b"%d" % number for number in range(0, 60, 3)}
WORDS = {b"word%d" % number for number in range(20)}
MIXED = {b"0", b"6", b"7", b"word3", b"word4", b"x"}
SETS = {"numbers": NUMBERS, "threes": THREES, "words": WORDS, "mixed": MIXED, "none": set()}
COMBINATIONS = [("numbers",), ("words", "mixed"), ("numbers", "threes"), ("mixed", "numbers"), ("threes", "mixed"),
                ("mixed", "mixed"), ("numbers", "none"), ("none", "numbers"), ("words", "none", "mixed"),
                ("numbers", "threes", "mixed"), ("mixed", "threes", "numbers", "words"), ("none", "none")]


def fill(wire):
    for key, wanted in SETS.items():
        if wanted:
            wire("SADD", key, *wanted)


def combined(command, keys):
    operation = {"SINTER": set.intersection, "SUNION": set.union, "SDIFF": set.difference}[command]
    return operation(*(set(SETS[key]) for key in keys))


@pytest.mark.goal("Intersection, union and difference of sets of both encodings, missing ones being empty")
@pytest.mark.parametrize("keys", COMBINATIONS, ids="-".join)
@pytest.mark.parametrize("command", ["SINTER", "SUNION", "SDIFF"])
def test_algebra(wire, command, keys):
    fill(wire)
    wanted = combined(command, keys)
    got = wire(command, *keys)
    assert len(got) == len(wanted) and set(got) == wanted
    assert wire(command + "STORE", "result", *keys) == len(wanted)
    assert set(wire("SMEMBERS", "result")) == wanted
    assert wire("EXISTS", "result") == (1 if wanted else 0)
    for key, members in SETS.items():
        assert set(wire("SMEMBERS", key)) == members


@pytest.mark.goal("A stored result of numbers alone is an intset, whatever it was made from")
def test_store_encoding(wire):
    fill(wire)
    wire("SADD", "others", "x", "word3", "word4")
    for words, wanted in ((["SINTERSTORE", "r", "mixed", "numbers"], b"intset"),
                          (["SDIFFSTORE", "r", "mixed", "others"], b"intset"),
                          (["SUNIONSTORE", "r", "numbers", "threes"], b"intset"),
                          (["SUNIONSTORE", "r", "numbers", "words"], b"hashtable"),
                          (["SINTERSTORE", "r", "words", "mixed"], b"hashtable")):
        assert wire(*words) > 0
        assert wire("OBJECT", "ENCODING", "r") == wanted, words
    wire.ok("CONFIG", "SET", "set-max-intset-entries", 3)
    wire("SUNIONSTORE", "r", "numbers")
    assert wire("OBJECT", "ENCODING", "r") == b"hashtable"


@pytest.mark.goal("Results of numbers come in ascending order, from intsets as from tables")
def test_number_order(wire, rng):
    some = rng.sample(range(-1000, 1000), 100)
    wire("SADD", "a", *some, "word")
    wire("SADD", "b", *some[:50])
    for command in ("SINTER", "SUNION", "SDIFF"):
        assert wire(command, "b", "none" if command != "SINTER" else "a") == [b"%d" % n for n in sorted(some[:50])]
    wire("SADD", "w", "word")
    assert wire("SDIFF", "a", "w") == [b"%d" % number for number in sorted(some)]


@pytest.mark.goal("A result is stored over a value of any type, clears its time to live, and removes it when empty")
def test_store_replaces(wire):
    wire("SADD", "a", "1", "2")
    wire("SADD", "b", "2", "3")
    wire.ok("SET", "r", "text", "EX", 1000)
    assert wire("SINTERSTORE", "r", "a", "b") == 1
    assert wire("TTL", "r") == -1
    assert wire("SMEMBERS", "r") == [b"2"]
    wire.ok("SET", "r", "text")
    assert wire("SDIFFSTORE", "r", "a", "a") == 0
    assert wire("EXISTS", "r") == 0
    assert wire("SDIFFSTORE", "r", "none") == 0


@pytest.mark.goal("The destination may be one of the sources")
def test_store_into_source(wire):
    wire("SADD", "a", "1", "2", "x")
    wire("SADD", "b", "2", "3", "x")
    assert wire("SUNIONSTORE", "a", "a", "b") == 4
    assert set(wire("SMEMBERS", "a")) == {b"1", b"2", b"3", b"x"}
    assert wire("SDIFFSTORE", "a", "a", "b") == 1
    assert wire("SMEMBERS", "a") == [b"1"]
    assert wire("SINTERSTORE", "a", "b", "a") == 0
    assert wire("EXISTS", "a") == 0


@pytest.mark.goal("A source that has expired is empty")
def test_expired_source(wire):
    wire("SADD", "a", "1", "2")
    wire("SADD", "b", "2")
    wire("PEXPIRE", "b", 1)
    deadline = wire("PEXPIRETIME", "b")
    while True:
        seconds, micros = map(int, wire("TIME"))
        if seconds * 1000 + micros // 1000 > deadline:
            break
    assert wire("SINTER", "a", "b") == []
    assert sorted(wire("SDIFF", "a", "b")) == [b"1", b"2"]
    assert wire("SINTERSTORE", "r", "a", "b", "a") == 0


@pytest.mark.goal("SINTERCARD counts, at most up to its limit; the limit 0 is none")
@pytest.mark.parametrize("limit, wanted", [(None, 10), (0, 10), (1, 1), (9, 9), (10, 10), (11, 10), (10**15, 10)])
def test_sintercard(wire, limit, wanted):
    fill(wire)
    options = [] if limit is None else ["LIMIT", limit]
    assert wire("SINTERCARD", 2, "numbers", "threes", *options) == wanted
    assert wire("SINTERCARD", 3, "numbers", "none", "threes", *options) == 0


@pytest.mark.goal("SINTERCARD's limit holds on large sets of words too")
def test_sintercard_large(wire):
    members = [b"m%d" % number for number in range(5000)]
    wire("SADD", "a", *members)
    wire("SADD", "b", *members[1000:], "x")
    assert wire("SINTERCARD", 2, "a", "b") == 4000
    for limit in (1, 31, 32, 33, 3999):
        assert wire("SINTERCARD", 2, "a", "b", "LIMIT", limit) == limit


@pytest.mark.goal("SINTERCARD's errors")
@pytest.mark.parametrize("words, text", [
    ("0 a", "ERR numkeys should be greater than 0"), ("-1 a", "ERR numkeys should be greater than 0"),
    ("x a", "ERR numkeys should be greater than 0"), ("2 a", "ERR Number of keys can't be greater than number of args"),
    ("1 a LIMIT", "ERR syntax error"), ("1 a b", "ERR syntax error"), ("1 a FOO 1", "ERR syntax error"),
    ("1 a LIMIT -1", "ERR LIMIT can't be negative"), ("1 a LIMIT x", "ERR LIMIT can't be negative")])
def test_sintercard_errors(wire, words, text):
    assert wire.error("SINTERCARD", *words.split()) == text


@pytest.mark.goal("Combinations are arrays in RESP2 and sets in RESP3")
def test_reply_types(connect):
    two, three = connect(), connect()
    three("HELLO", "3")
    two("SADD", "a", "1", "2")
    for command in (b"SINTER", b"SUNION", b"SDIFF"):
        two.exchange(command + b" a\r\n", b"*2\r\n$1\r\n1\r\n$1\r\n2\r\n")
        three.exchange(command + b" a\r\n", b"~2\r\n$1\r\n1\r\n$1\r\n2\r\n")
        two.exchange(command + b" none none\r\n", b"*0\r\n")
        three.exchange(command + b" none none\r\n", b"~0\r\n")


@pytest.mark.goal("Large sets against each other: the answer is exact whichever way it is worked out")
@pytest.mark.parametrize("sizes", [(3000, 3000, 3000), (5000, 50, 5000), (50, 5000, 5000), (5000, 20, 20)])
def test_large(wire, rng, sizes):
    sets = []
    for number, size in enumerate(sizes):
        members = {b"m%d" % rng.randrange(6000) for _ in range(size)} | {b"%d" % rng.randrange(100) for _ in range(20)}
        wire("SADD", f"s{number}", *members)
        sets.append(members)
    keys = ["s0", "s1", "s2"]
    for command, operation in (("SINTER", set.intersection), ("SUNION", set.union), ("SDIFF", set.difference)):
        got = wire(command, *keys)
        wanted = operation(*sets)
        assert len(got) == len(wanted) and set(got) == wanted, command
    assert wire("SINTERCARD", 3, *keys) == len(set.intersection(*sets))
