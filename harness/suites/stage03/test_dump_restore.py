"""DUMP and RESTORE: the exact bytes of a payload, values that move by them, times to live, and the events they make."""

import time

import pytest

from strata_harness.packed import intset, listpack, natural, ziplist, zipmap
from strata_harness.rdb_codes import double, integer, lzf, lzf_run, raw, string, text_double
from strata_harness.rdb_file import (HASH, HASH_LISTPACK, HASH_ZIPLIST, HASH_ZIPMAP, LIST, LIST_QUICKLIST,
                                     LIST_QUICKLIST_2, LIST_ZIPLIST, PACKED, PLAIN, SET, SET_INTSET, STRING, ZSET,
                                     ZSET_2, ZSET_LISTPACK, ZSET_ZIPLIST, payload, quicklist, read_payload, table)
from strata_harness.snapshots import contents, encodings

SERVER_OPTIONS = {"enable_debug_command": "yes"}
HELLO = payload(STRING, raw("hello"))
PAIRS = [b"a", 1, b"b", b"2.5"]


@pytest.mark.parametrize("command, expected", [
    ("SET k hello", "000568656c6c6f0a006372df766534200a"), ("SET k 42", "00c02a0a0081fb5cfa86634f50"),
    ("RPUSH k a b", "1201020d0d0000000200816102816202ff0a0068eb0a891341bbb1")], ids=["text", "number", "list"])
@pytest.mark.goal("DUMP answers exactly the bytes that Redis answers")
def test_captured(wire, command, expected):
    assert wire(*command.split()) in ("OK", 2)
    assert wire("DUMP", "k").hex() == expected
    wire("DEL", "k")
    wire.ok("RESTORE", "k", 0, bytes.fromhex(expected))
    assert wire("DUMP", "k").hex() == expected


@pytest.mark.parametrize("command, kind, value", [
    ("SET k -1000", STRING, integer(-1000)), ("SET k 12345678901", STRING, raw("12345678901")),
    ("RPUSH k 1 a -1", LIST_QUICKLIST_2, quicklist(listpack([1, b"a", -1]))),
    ("SADD k 5 70000 -1", SET_INTSET, raw(intset([-1, 5, 70000]))), ("SADD k only", SET, table(raw("only"))),
    ("HSET k f v n 12", HASH_LISTPACK, raw(listpack([b"f", b"v", b"n", 12]))),
    ("ZADD k 1 a 2.5 b", ZSET_LISTPACK, raw(listpack(PAIRS)))], ids=lambda value: str(value)[:16])
@pytest.mark.goal("A payload is type, value, version 10 and the CRC-64 of all that")
def test_payload(wire, command, kind, value):
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    wire(*command.split())
    assert wire("DUMP", "k") == payload(kind, value)


NO_NUMBERS = ["007", "-0", "+1", "00", " 1", "1.0", "12345678901", "2147483648", "-2147483649"]
DISTINCT = bytes(range(100))


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.goal("What only looks like a number, or needs more than 32 bits, is dumped as a text")
def test_no_number(wire, text):
    wire.ok("SET", "k", text)
    assert wire("DUMP", "k") == payload(STRING, raw(text))


@pytest.mark.parametrize("text, worth", [
    (b"a" * 20, False), (b"a" * 21, True), (DISTINCT, False), (DISTINCT + DISTINCT[:5], False),
    (DISTINCT * 2, True)], ids=["20 bytes", "21 bytes", "all distinct", "nearly all distinct", "all twice"])
@pytest.mark.goal("A text is dumped compressed if it has more than twenty bytes and if that saves a few of them")
def test_compression(wire, text, worth):
    wire.ok("SET", "k", text)
    dump = wire("DUMP", "k")
    assert read_payload(dump).value == text
    if worth:
        assert dump[1] == 0xC3 and len(dump) < len(text) + 11
    else:
        assert dump == payload(STRING, raw(text))


@pytest.mark.goal("DUMP of a missing or expired key is null; a payload knows no time to live")
def test_dump(wire):
    assert wire("DUMP", "none") is None
    wire.ok("SET", "gone", "v", "PX", 1)
    wait = wire("BLPOP", "nothing", 0.05)
    assert not wait and wire("DUMP", "gone") is None
    wire.ok("SET", "k", "hello", "EX", 1000)
    assert wire("DUMP", "k") == HELLO and 990 < wire("TTL", "k") <= 1000
    for words in ([], ["a", "b"]):
        assert wire.error("DUMP", *words) == "ERR wrong number of arguments for 'dump' command"


@pytest.mark.goal("DUMP compresses like a file, and its checksum is right also with rdbcompression no")
def test_compressed(wire):
    wire.ok("SET", "k", "a" * 1000)
    assert len(wire("DUMP", "k")) < 60 and read_payload(wire("DUMP", "k")).value == b"a" * 1000
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    assert wire("DUMP", "k") == payload(STRING, raw("a" * 1000))
    wire.ok("RESTORE", "r", 0, payload(STRING, lzf(lzf_run(b"z", 200), 200)))
    assert wire("GET", "r") == b"z" * 200


@pytest.mark.goal("A list is dumped node by node as it lies in memory: packed, compressed already, or one huge element")
def test_nodes(fresh_server):
    server = fresh_server(list_max_listpack_size=3, list_compress_depth=1, rdbcompression="no", **SERVER_OPTIONS)
    wire = server.wire()
    words = [b"%06d " % i * 5 for i in range(15)]
    wire("RPUSH", "l", *words)
    dumped = read_payload(wire("DUMP", "l"))
    assert dumped.value == words and dumped.nodes == [(PACKED, 3)] * 5
    wire.ok("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "10b")
    wire("RPUSH", "huge", "a", "b", b"x" * 100, "c")
    dumped = read_payload(wire("DUMP", "huge"))
    assert dumped.nodes == [(PACKED, 2), (PLAIN, 1), (PACKED, 1)] and dumped.value == [b"a", b"b", b"x" * 100, b"c"]


@pytest.mark.parametrize("value", [0, -1, 127, -128, 128, -129, 32767, -32768, -40_000, (1 << 31) - 1, -(1 << 31)])
@pytest.mark.goal("Numbers in one, two or four bytes come back with their sign, in whatever width they were written")
def test_numbers(wire, value):
    for width in (1, 2, 4):
        if -(1 << 8 * width - 1) <= value < 1 << 8 * width - 1:
            wire.ok("RESTORE", "k", 0, payload(STRING, integer(value, width)), "REPLACE")
            assert wire("GET", "k") == b"%d" % value and wire("INCR", "k") == value + 1


FILL = [("string", ["SET", "k", "some text"]), ("number", ["SET", "k", 1 << 40]),
        ("binary", ["SET", "k", bytes(range(256))]), ("list", ["RPUSH", "k", *range(300), "text", "x" * 9000, ""]),
        ("intset", ["SADD", "k", *range(-200, 200)]),
        ("set", ["SADD", "k", *(f"member {i}" for i in range(700))]), ("hash", ["HSET", "k", "f", "v", "n", 5, "", ""]),
        ("hashtable", ["HSET", "k", *(f"word{i}" for i in range(1200))]),
        ("zset", ["ZADD", "k", 1, "a", "-inf", "b", 0.1, "c"]),
        ("skiplist", ["ZADD", "k", *(word for i in range(500) for word in (i / 3, f"m{i}"))]),
        ("hyperloglog", ["PFADD", "k", *range(500)]), ("geo", ["GEOADD", "k", 13.36, 38.11, "Palermo"])]


@pytest.mark.parametrize("command", [command for _, command in FILL], ids=[name for name, _ in FILL])
@pytest.mark.goal("What DUMP gives RESTORE takes: every type and encoding, under another name, in another database")
def test_round_trip(wire, command):
    wire(*command)
    before, shape = contents(wire)[b"k"], encodings(wire)[b"k"]
    dump = wire("DUMP", "k")
    assert read_payload(dump).type == dump[0]
    wire.ok("RESTORE", "copy", 0, dump)
    wire.ok("SELECT", 5)
    wire.ok("RESTORE", "k", 0, dump)
    wire.ok("SELECT", 0)
    assert contents(wire) == {b"k": before, b"copy": before}
    assert encodings(wire)[b"copy"] == shape
    first, second = wire("DEBUG", "DIGEST-VALUE", "k", "copy")
    assert first == second and set(first) != {"0"}


@pytest.mark.parametrize("name, kind, value, expected", [
    ("list", LIST, table(raw("a"), integer(5)), [b"a", b"5"]),
    ("zset", ZSET, table(*(raw(m) + text_double(s) for m, s in (("a", 1.5), ("b", "inf"), ("c", "-inf"), ("d", 17)))),
     {b"a": b"1.5", b"b": b"inf", b"c": b"-inf", b"d": b"17"}),
    ("zset 2", ZSET_2, table(raw("a") + double(1.5), integer(7) + double(-0.25)), {b"a": b"1.5", b"7": b"-0.25"}),
    ("set", SET, table(raw("a"), integer(5)), {b"a", b"5"}),
    ("hash", HASH, table(raw("f") + raw("v"), string(12) + integer(-5)), {b"f": b"v", b"12": b"-5"}),
    ("zipmap", HASH_ZIPMAP, raw(zipmap([(b"foo", b"bar"), (b"hello", b"world")], free=2)),
     {b"foo": b"bar", b"hello": b"world"}),
    ("ziplist", LIST_ZIPLIST, raw(ziplist([b"2x", 5, -1, 1000, 70000, 100000000, 3000000000, b"y" * 300, b"end"])),
     [b"2x", b"5", b"-1", b"1000", b"70000", b"100000000", b"3000000000", b"y" * 300, b"end"]),
    ("zset ziplist", ZSET_ZIPLIST, raw(ziplist(PAIRS)), {b"a": b"1", b"b": b"2.5"}),
    ("hash ziplist", HASH_ZIPLIST, raw(ziplist(PAIRS)), {b"a": b"1", b"b": b"2.5"}),
    ("quicklist", LIST_QUICKLIST, table(raw(ziplist([b"a", 1])), raw(ziplist([b"b"]))), [b"a", b"1", b"b"])])
@pytest.mark.goal("RESTORE takes the types of older servers, and DUMP then gives today's")
def test_old_types(wire, name, kind, value, expected):
    wire.ok("RESTORE", "k", 0, payload(kind, value, version=6))
    assert contents(wire) == {b"k": expected}
    today = wire("DUMP", "k")
    assert today[0] in (LIST_QUICKLIST_2, SET, HASH_LISTPACK, ZSET_LISTPACK) and today[-10:-8] == b"\x0a\0"
    wire.ok("RESTORE", "k", 0, today, "REPLACE")
    assert contents(wire) == {b"k": expected}


@pytest.mark.goal("A sorted set whose members come in any order is in order afterwards, small or large")
def test_any_order(wire, rng):
    for size in (3, 500):
        members = [(f"m{i}", i // 2) for i in range(size)]
        expected = [word.encode() for word, _ in sorted(members, key=lambda pair: (pair[1], pair[0]))]
        for order in (members, members[::-1], rng.sample(members, size)):
            value = table(*(raw(member) + double(score) for member, score in order))
            wire.ok("RESTORE", "k", 0, payload(ZSET_2, value), "REPLACE")
            assert wire("ZRANGE", "k", 0, -1) == expected
            assert wire("ZRANK", "k", "m2") == expected.index(b"m2")


@pytest.mark.goal("A list keeps the nodes that it had in the server that dumped it, whatever the limits are here")
def test_nodes_stay(wire):
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    dump = payload(LIST_QUICKLIST_2, quicklist(*(listpack([b"a", i, b"c"]) for i in range(4)), listpack([b"end"])))
    for limit in (-2, 2, 5):
        wire.ok("CONFIG", "SET", "list-max-listpack-size", limit)
        wire.ok("RESTORE", "k", 0, dump, "REPLACE")
        assert wire("DUMP", "k") == dump
    assert wire("LRANGE", "k", -3, -1) == [b"3", b"c", b"end"]


@pytest.mark.goal("RESTORE refuses a name in use, whatever its type; with REPLACE the new value takes its place")
def test_replace(wire):
    wire("SADD", "k", "a")
    assert wire.error("RESTORE", "k", 0, HELLO) == "BUSYKEY Target key name already exists."
    assert wire("TYPE", "k") == "set"
    wire("EXPIRE", "k", 1000)
    for word in ("REPLACE", "replace"):
        wire.ok("RESTORE", "k", 0, HELLO, word)
        assert wire("GET", "k") == b"hello" and wire("TTL", "k") == -1
    wire.ok("RESTORE", "new", 0, HELLO, "REPLACE")
    assert wire("GET", "new") == b"hello"


@pytest.mark.goal("The time to live is in milliseconds from now, none with 0, and a moment with ABSTTL")
def test_ttl(wire):
    wire.ok("RESTORE", "relative", 100_000, HELLO)
    wire.ok("RESTORE", "none", 0, HELLO)
    wire.ok("RESTORE", "moment", 4102444800123, HELLO, "ABSTTL")
    wire.ok("RESTORE", "zero", 0, HELLO, "absttl")
    assert 90_000 < wire("PTTL", "relative") <= 100_000 and wire("PEXPIRETIME", "moment") == 4102444800123
    assert wire("PTTL", "none") == -1 == wire("PTTL", "zero")
    wire.ok("RESTORE", "relative", 0, HELLO, "REPLACE")
    assert wire("PTTL", "relative") == -1, "nothing is left of the old time"


@pytest.mark.goal("A moment that has passed makes no key, and with REPLACE removes the old one")
def test_past(wire):
    wire.ok("RESTORE", "k", 1000, HELLO, "ABSTTL")
    assert wire("EXISTS", "k") == 0 and wire("DBSIZE") == 0
    wire.ok("SET", "k", "old")
    assert wire.error("RESTORE", "k", 1000, HELLO, "ABSTTL") == "BUSYKEY Target key name already exists."
    assert wire("GET", "k") == b"old"
    wire.ok("RESTORE", "k", int(time.time() * 1000) - 50, HELLO, "ABSTTL", "REPLACE")
    assert wire("EXISTS", "k") == 0 and wire("DBSIZE") == 0


@pytest.mark.goal("IDLETIME and FREQ set what OBJECT tells, each under the policies that it belongs to")
def test_idle_and_frequency(wire):
    wire.ok("RESTORE", "k", 0, HELLO, "IDLETIME", 1000)
    assert 1000 <= wire("OBJECT", "IDLETIME", "k") <= 1010
    wire.ok("RESTORE", "twice", 0, HELLO, "IDLETIME", 1000, "IDLETIME", 5000)
    assert 5000 <= wire("OBJECT", "IDLETIME", "twice") <= 5010
    wire.ok("RESTORE", "ignored", 0, HELLO, "FREQ", 100)
    assert wire("OBJECT", "IDLETIME", "ignored") <= 10
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-decay-time", 0)
    wire.ok("RESTORE", "f", 0, HELLO, "FREQ", 100, "REPLACE")
    assert wire("OBJECT", "FREQ", "f") == 100
    wire.ok("RESTORE", "i", 0, HELLO, "IDLETIME", 1000)
    assert wire("OBJECT", "FREQ", "i") == 5


@pytest.mark.goal("RESTORE makes the event restore, or del where a passed moment removes a key; DUMP makes none")
def test_events(wire, connect):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "Eg")
    listener = connect()
    listener("PSUBSCRIBE", "__keyevent*")
    wire.ok("RESTORE", "a", 0, HELLO)
    wire.ok("RESTORE", "a", 0, HELLO, "REPLACE")
    wire("DUMP", "a")
    wire.ok("RESTORE", "a", 1, HELLO, "ABSTTL", "REPLACE")
    wire.ok("RESTORE", "none", 1, HELLO, "ABSTTL", "REPLACE")
    wire.ok("RESTORE", "b", 100_000, HELLO)
    events = [(event[2].split(b":")[1], event[3]) for event in listener.read_many(4)]
    assert events == [(b"restore", b"a"), (b"restore", b"a"), (b"del", b"a"), (b"restore", b"b")]
    wire("DEL", "b")
    assert listener.read()[2:] == [b"__keyevent@0__:del", b"b"]


@pytest.mark.goal("RESTORE is a write: it touches watched keys, wakes those who wait for a list, and runs in MULTI")
def test_is_a_write(wire, connect):
    other = connect()
    wire.ok("WATCH", "k")
    other.ok("RESTORE", "k", 0, HELLO)
    wire.ok("MULTI")
    assert wire("GET", "k") == "QUEUED" and not wire("EXEC")
    other.send_command("BLPOP", "l", 5)
    dump = payload(LIST_QUICKLIST_2, quicklist(listpack(natural(["a", "b"]))))
    wire.ok("MULTI")
    assert wire("RESTORE", "l", 0, dump) == wire("DUMP", "k") == "QUEUED"
    assert wire("EXEC") == ["OK", HELLO]
    assert other.read() == [b"l", b"a"] and wire("LRANGE", "l", 0, -1) == [b"b"]


@pytest.mark.goal("The limits of the server that restores decide the encoding")
def test_limits(wire):
    wire("HSET", "h", "a", 1, "b", 2, "c", 3)
    wire("ZADD", "z", 1, "a", 2, "b", 3, "c")
    wire("SADD", "s", 1, 2, 3)
    dumps = {key: wire("DUMP", key) for key in ("h", "z", "s")}
    limits = ("hash-max-listpack-entries", "zset-max-listpack-entries", "set-max-intset-entries")
    wire.ok("CONFIG", "SET", *(word for name in limits for word in (name, 2)))
    for key, dump in dumps.items():
        wire.ok("RESTORE", key, 0, dump, "REPLACE")
    assert encodings(wire) == {b"h": b"hashtable", b"z": b"skiplist", b"s": b"hashtable"}
    dumps = {key: wire("DUMP", key) for key in dumps}
    assert [dumps[key][0] for key in "hzs"] == [HASH, ZSET_2, SET]
    wire.ok("CONFIG", "SET", *(word for name in limits for word in (name, 9)))
    for key, dump in dumps.items():
        wire.ok("RESTORE", key, 0, dump, "REPLACE")
    assert encodings(wire) == {b"h": b"listpack", b"z": b"listpack", b"s": b"intset"}
