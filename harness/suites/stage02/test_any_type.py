"""What commands on keys promise for every type of value: TYPE, COPY, RENAME, MOVE, expiry, SCAN TYPE, WRONGTYPE."""

import pytest

FAR_MS = 33177117420000

# kind: (commands that make it, TYPE, OBJECT ENCODING, a command that reads all of it)
KINDS = {
    "small list": ([("RPUSH", "k", "a", "1", "")], "list", b"quicklist", ("LRANGE", "k", 0, -1)),
    "large list": ([("RPUSH", "k", *[f"element:{i}" for i in range(3000)])], "list", b"quicklist", ("LRANGE", "k", 0, -1)),
    "small hash": ([("HSET", "k", "f", "v", "g", "12")], "hash", b"listpack", ("HGETALL", "k")),
    "large hash": ([("HSET", "k", *[part for i in range(600) for part in (f"f{i}", i)])], "hash", b"hashtable",
                   ("HGETALL", "k")),
    "set of integers": ([("SADD", "k", 3, -1, 70000)], "set", b"intset", ("SMEMBERS", "k")),
    "large set": ([("SADD", "k", *[f"m{i}" for i in range(600)])], "set", b"hashtable", ("SMEMBERS", "k")),
    "small sorted set": ([("ZADD", "k", 1, "one", 2.5, "two")], "zset", b"listpack", ("ZRANGE", "k", 0, -1, "WITHSCORES")),
    "large sorted set": ([("ZADD", "k", *[part for i in range(300) for part in (i % 7, f"m{i}")])], "zset", b"skiplist",
                         ("ZRANGE", "k", 0, -1, "WITHSCORES")),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def make(wire, kind):
    for command in KINDS[kind][0]:
        wire(*command)


def contents(wire, kind, key="k"):
    """All of the value; of sets and hashes the order means nothing."""
    command, _, *rest = KINDS[kind][3]
    value = wire(command, key, *rest)
    if command == "SMEMBERS":
        return sorted(value)
    return sorted(zip(value[::2], value[1::2])) if command == "HGETALL" else value


@every_kind
@pytest.mark.goal("TYPE and OBJECT ENCODING tell what a key holds")
def test_type_and_encoding(wire, kind):
    make(wire, kind)
    assert [wire("TYPE", "k"), wire("OBJECT", "ENCODING", "k")] == [KINDS[kind][1], KINDS[kind][2]]


@every_kind
@pytest.mark.goal("COPY makes a second value: changing or deleting one leaves the other alone")
def test_copy(wire, kind):
    make(wire, kind)
    before = contents(wire, kind)
    assert wire("COPY", "k", "copy") == 1
    assert wire("OBJECT", "ENCODING", "copy") == KINDS[kind][2]
    wire("DEL", "k")
    assert contents(wire, kind, "copy") == before
    make(wire, kind)
    wire("DEL", "copy")
    assert contents(wire, kind) == before


@every_kind
@pytest.mark.goal("COPY and MOVE carry a value into another database, where it outlives the first one's FLUSHDB")
def test_other_database(wire, kind):
    make(wire, kind)
    before = contents(wire, kind)
    assert wire("COPY", "k", "copied", "DB", 1) == 1
    assert wire("MOVE", "k", 1) == 1
    make(wire, kind)
    wire.ok("FLUSHDB")
    wire.ok("SELECT", 1)
    assert [contents(wire, kind), contents(wire, kind, "copied")] == [before, before]


@every_kind
@pytest.mark.goal("RENAME takes value and expiry along, over a key of another type")
def test_rename(wire, kind):
    make(wire, kind)
    before = contents(wire, kind)
    wire.ok("SET", "other", "text")
    assert wire("PEXPIREAT", "k", FAR_MS) == 1
    wire.ok("RENAME", "k", "other")
    assert [contents(wire, kind, "other"), wire("PEXPIRETIME", "other")] == [before, FAR_MS]


@every_kind
@pytest.mark.goal("An expiry set, changed and taken away leaves the value as it is")
def test_expiry(wire, kind):
    make(wire, kind)
    before = contents(wire, kind)
    assert wire("EXPIRE", "k", 1000) == 1
    assert contents(wire, kind) == before
    assert wire("PERSIST", "k") == 1
    assert [contents(wire, kind), wire("TTL", "k")] == [before, -1]
    assert wire("PEXPIREAT", "k", 1) == 1
    assert wire("EXISTS", "k") == 0


@every_kind
@pytest.mark.goal("SET replaces a value of any type; GETSET, SETRANGE and their kin refuse it")
def test_strings_over_it(wire, kind):
    make(wire, kind)
    for command in (("GET", "k"), ("APPEND", "k", "x"), ("INCR", "k"), ("GETSET", "k", "x"), ("SETRANGE", "k", 0, "x"),
                    ("SET", "k", "x", "GET"), ("GETDEL", "k"), ("STRLEN", "k")):
        assert wire.error(*command).startswith("WRONGTYPE "), command
    wire.ok("SET", "k", "text")
    assert [wire("TYPE", "k"), wire("GET", "k")] == ["string", b"text"]


@every_kind
@pytest.mark.goal("MEMORY USAGE grows with the value, and a copy costs about the same")
def test_memory_usage(wire, kind):
    make(wire, kind)
    usage = wire("MEMORY", "USAGE", "k", "SAMPLES", 0)
    wire("SET", "small", "x")
    wire("COPY", "k", "c")
    assert usage > wire("MEMORY", "USAGE", "small")
    assert abs(wire("MEMORY", "USAGE", "c", "SAMPLES", 0) - usage) <= usage * 0.5 + 16


@pytest.mark.goal("SCAN with TYPE returns the keys of that type only")
def test_scan_type(wire):
    for number, kind in enumerate(KINDS):
        make(wire, kind)
        wire.ok("RENAME", "k", f"{KINDS[kind][1]}:{number}")
    wire.ok("SET", "string:x", "y")
    for name in ("list", "hash", "set", "zset", "string"):
        cursor, found = b"0", []
        while True:
            cursor, keys = wire("SCAN", cursor, "TYPE", name, "COUNT", 3)
            found += keys
            if cursor == b"0":
                break
        assert {key.split(b":")[0].decode() for key in found} == {name}
        assert len(found) == (1 if name == "string" else 2)


WRONG = [
    ("set x", "list", ["LPUSH k a", "RPOP k", "LLEN k", "LRANGE k 0 1", "LSET k 0 a", "LPOS k a", "LMOVE k d LEFT LEFT"]),
    ("set x", "hash", ["HSET k f v", "HGET k f", "HGETALL k", "HINCRBY k f 1", "HDEL k f", "HRANDFIELD k", "HSCAN k 0"]),
    ("set x", "set", ["SADD k a", "SMEMBERS k", "SPOP k", "SRANDMEMBER k", "SMOVE k d a", "SISMEMBER k a", "SSCAN k 0"]),
    ("set x", "zset", ["ZADD k 1 a", "ZSCORE k a", "ZRANGE k 0 1", "ZRANK k a", "ZPOPMIN k", "ZINCRBY k 1 a", "ZSCAN k 0"]),
]


@pytest.mark.parametrize("_, family, commands", WRONG, ids=[family for _, family, _ in WRONG])
@pytest.mark.goal("A command on a key of another type answers WRONGTYPE and changes nothing")
def test_wrong_type(wire, _, family, commands):
    wire.ok("SET", "k", "text")
    for command in commands:
        assert wire.error(*command.split()) == "WRONGTYPE Operation against a key holding the wrong kind of value", command
    assert wire("GET", "k") == b"text"


@pytest.mark.goal("A collection that loses its last element is gone as a key")
def test_empty_is_gone(wire):
    for make_it, empty_it in ((("RPUSH", "k", "a"), ("LPOP", "k")), (("HSET", "k", "f", "v"), ("HDEL", "k", "f")),
                              (("SADD", "k", "a"), ("SREM", "k", "a")), (("ZADD", "k", 1, "a"), ("ZREM", "k", "a")),
                              (("RPUSH", "k", "a"), ("LTRIM", "k", 1, 0)), (("SADD", "k", "a"), ("SPOP", "k", 5))):
        assert wire(*make_it) == 1
        wire("EXPIRE", "k", 1000)
        wire(*empty_it)
        assert wire("EXISTS", "k") == 0, empty_it
    assert wire("DBSIZE") == 0
