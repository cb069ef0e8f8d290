"""RESTORE with wrong words and hostile payloads: each has its error, and none hurts the server or what it holds."""

import re
from pathlib import Path

import pytest

from strata_harness.packed import intset, listpack, ziplist, zipmap
from strata_harness.rdb_codes import double, integer, length, lzf, lzf_literals, raw, text_double
from strata_harness.rdb_file import (HASH, HASH_LISTPACK, HASH_ZIPLIST, HASH_ZIPMAP, LIST, LIST_QUICKLIST,
                                     LIST_QUICKLIST_2, LIST_ZIPLIST, PLAIN, SET, SET_INTSET, STRING, ZSET, ZSET_2,
                                     ZSET_LISTPACK, ZSET_ZIPLIST, payload, quicklist, table)
from strata_harness.resp import RespError

HELLO = payload(STRING, raw("hello"))
BAD_DATA = "ERR Bad data format"
BAD_FOOTER = "ERR DUMP payload version or checksum are wrong"


@pytest.mark.parametrize("words, error", [
    (["NONSENSE"], "ERR syntax error"), (["IDLETIME"], "ERR syntax error"), (["FREQ"], "ERR syntax error"),
    (["IDLETIME", 5, "FREQ", 5], "ERR syntax error"), (["FREQ", 5, "IDLETIME", 5], "ERR syntax error"),
    (["IDLETIME", -1], "ERR Invalid IDLETIME value, must be >= 0"),
    (["FREQ", -1], "ERR Invalid FREQ value, must be >= 0 and <= 255"),
    (["FREQ", 256], "ERR Invalid FREQ value, must be >= 0 and <= 255"),
    (["IDLETIME", "x"], "ERR value is not an integer or out of range"),
    (["FREQ", "1.5"], "ERR value is not an integer or out of range")], ids=lambda value: str(value)[:24])
@pytest.mark.goal("Options of RESTORE that make no sense are refused with Redis's words")
def test_options(wire, words, error):
    assert wire.error("RESTORE", "k", 0, HELLO, *words) == error
    wire.ok("RESTORE", "k", 0, HELLO)
    assert wire.error("RESTORE", "k", 0, HELLO, *words) == error, "before anything else is looked at"


@pytest.mark.goal("The name is looked at before the time, the time before the payload, the footer before the value")
def test_order(wire):
    wire.ok("SET", "busy", "v")
    busy, negative = "BUSYKEY Target key name already exists.", "ERR Invalid TTL value, must be >= 0"
    number = "ERR value is not an integer or out of range"
    for ttl in ("x", -1, 0):
        assert wire.error("RESTORE", "busy", ttl, b"nonsense") == busy
    for ttl, error in (("x", number), ("1.5", number), ("", number), (1 << 63, number), (-1, negative)):
        assert wire.error("RESTORE", "k", ttl, b"nonsense") == error
        assert wire.error("RESTORE", "busy", ttl, b"nonsense", "REPLACE") == error
    assert wire.error("RESTORE", "k", 0, payload(99, b"", crc=1)) == BAD_FOOTER
    assert wire.error("RESTORE", "k", 0, payload(99, b"")) == BAD_DATA
    assert wire("GET", "busy") == b"v" and wire("DBSIZE") == 1
    for arguments in ([], ["k"], ["k", 0]):
        assert wire.error("RESTORE", *arguments) == "ERR wrong number of arguments for 'restore' command"


@pytest.mark.goal("A payload that is too short, of a later version or with a wrong checksum, zero too, is refused")
def test_footer(wire):
    for size in range(len(HELLO)):
        assert wire.error("RESTORE", "k", 0, HELLO[:size]) == BAD_FOOTER, f"{size} bytes"
    for at in range(len(HELLO)):
        changed = HELLO[:at] + bytes([HELLO[at] ^ 0x10]) + HELLO[at + 1:]
        assert wire.error("RESTORE", "k", 0, changed) == BAD_FOOTER, f"byte {at} changed"
    for version in (11, 12, 255, 65535):
        assert wire.error("RESTORE", "k", 0, payload(STRING, raw("x"), version=version)) == BAD_FOOTER
    assert wire.error("RESTORE", "k", 0, payload(STRING, raw("x"), crc=0)) == BAD_FOOTER
    for version in (0, 1, 6, 9, 10):
        wire.ok("RESTORE", "k", 0, payload(STRING, raw("x"), version=version), "REPLACE")


@pytest.mark.parametrize("kind", [6, 7, 8, 20, 21, 22, 100, 245, 250, 252, 254, 255])
@pytest.mark.goal("Types that are none, and those of modules, are bad data")
def test_types(wire, kind):
    for value in (b"", b"\0", raw("value"), bytes(100)):
        assert wire.error("RESTORE", "k", 0, payload(kind, value)) == BAD_DATA
    wire.ok("RESTORE", "k", 0, payload(STRING, raw("value")))


@pytest.mark.goal("Bytes between the value and the footer are not looked at")
def test_bytes_behind(wire):
    wire.ok("RESTORE", "k", 0, payload(STRING, raw("value") + b"more"))
    assert wire("GET", "k") == b"value"


EMPTY = {
    "list": (LIST, table()), "set": (SET, table()), "hash": (HASH, table()), "zset": (ZSET, table()),
    "zset 2": (ZSET_2, table()),
    "zipmap": (HASH_ZIPMAP, raw(b"\0\xff")), "ziplist": (LIST_ZIPLIST, raw(ziplist([]))),
    "hash ziplist": (HASH_ZIPLIST, raw(ziplist([]))), "zset ziplist": (ZSET_ZIPLIST, raw(ziplist([]))),
    "intset": (SET_INTSET, raw(intset([]))), "hash listpack": (HASH_LISTPACK, raw(listpack([]))),
    "zset listpack": (ZSET_LISTPACK, raw(listpack([]))), "quicklist": (LIST_QUICKLIST, table()),
    "quicklist 2": (LIST_QUICKLIST_2, table()), "empty nodes": (LIST_QUICKLIST_2, quicklist(listpack([]))),
    "empty ziplists": (LIST_QUICKLIST, table(raw(ziplist([]))))}


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.goal("A value without elements is bad data")
def test_empty(wire, name):
    assert wire.error("RESTORE", "k", 0, payload(*EMPTY[name])) == BAD_DATA
    assert wire("EXISTS", "k") == 0
    wire.ok("RESTORE", "k", 0, HELLO)


LP = listpack([b"a", 1, b"b", 2])
ZL = ziplist([b"a", 1, b"b", 2])
DAMAGED = {  # refused at any setting
    "nothing at all": (STRING, b""), "length beyond the end": (STRING, length(100) + b"abc"),
    "length of terabytes": (STRING, length(1 << 42)), "length of all ones": (STRING, b"\x81" + b"\xff" * 8),
    "no length": (STRING, b"\xa0abc"), "no string code": (STRING, b"\xd0abc"),
    "LZF of nothing": (STRING, lzf(b"", 10)), "LZF too long": (STRING, lzf(lzf_literals(b"a" * 40), 39)),
    "LZF too short": (STRING, lzf(lzf_literals(b"a" * 40), 41)), "LZF before the start": (STRING, lzf(b"\0a\x20\5", 4)),
    "LZF cut in an item": (STRING, lzf(b"\5ab", 6)),
    "LZF beyond the end": (STRING, b"\xc3" + length(90) + length(90) + b"a"),
    "LZF of terabytes": (STRING, b"\xc3" + length(3) + length(1 << 42) + b"\0a\0"),
    "list with too few": (LIST, table(raw("a"), count=2)), "set with too few": (SET, table(raw("a"), count=1 << 20)),
    "set without measure": (SET, table(raw("a"), count=1 << 62)),
    "hash without measure": (HASH, table(raw("a"), count=1 << 62)),
    "hash without a value": (HASH, table(raw("f"))), "member twice": (SET, table(raw("a"), raw("a"))),
    "number twice": (SET, table(integer(1), raw("1"))),
    "sorted member twice": (ZSET_2, table(*[raw("a") + double(1)] * 2)),
    "NaN": (ZSET_2, table(raw("a") + double(float("nan")))), "old NaN": (ZSET, table(raw("a") + text_double("nan"))),
    "old score beyond the end": (ZSET, table(raw("a") + b"\x401.5")),
    "listpack of nothing": (HASH_LISTPACK, raw(b"")),
    "listpack with a wrong size": (HASH_LISTPACK, raw(b"\x09" + LP[1:])),
    "listpack without an end": (ZSET_LISTPACK, raw(LP[:-1] + b"\0")),
    "listpack that is a number": (HASH_LISTPACK, integer(5)),
    "node of a third kind": (LIST_QUICKLIST_2, table(length(3) + raw(LP))),
    "node of nothing": (LIST_QUICKLIST_2, quicklist(b"")),
    "plain node of nothing": (LIST_QUICKLIST_2, table(length(PLAIN) + raw(b""))),
    "damaged node": (LIST_QUICKLIST_2, quicklist(LP[:-1])),
    "nodes too few": (LIST_QUICKLIST_2, b"\5" + quicklist(LP)[1:]),
    "intset of width 3": (SET_INTSET, raw(b"\3\0\0\0\1\0\0\0abc")),
    "intset too short": (SET_INTSET, raw(intset([1, 2])[:-1])),
    "intset too long": (SET_INTSET, raw(intset([1, 2]) + b"\0")),
    "intset of 7 bytes": (SET_INTSET, raw(b"\2\0\0\0\1\0\0")),
    "ziplist without an end": (LIST_ZIPLIST, raw(ZL[:-1])),
    "ziplist with a wrong length": (LIST_ZIPLIST, raw(ZL.replace(b"\1b", b"\7b"))),
    "ziplist with a wrong link": (LIST_ZIPLIST, raw(ZL.replace(b"\2\1b", b"\5\1b"))),
    "ziplist with a wrong tail": (LIST_ZIPLIST, raw(ZL[:4] + b"\x0b" + ZL[5:])),
    "ziplist with a wrong count": (LIST_ZIPLIST, raw(ZL[:8] + b"\7" + ZL[9:])),
    "ziplist node damaged": (LIST_QUICKLIST, table(raw(ZL), raw(ZL[:-3]))),
    "odd ziplist of a hash": (HASH_ZIPLIST, raw(ziplist([b"a", 1, b"b"]))),
    "odd ziplist of a zset": (ZSET_ZIPLIST, raw(ziplist([b"a"]))),
    "field twice in a ziplist": (HASH_ZIPLIST, raw(ziplist([b"a", 1, b"a", 2]))),
    "member twice in a ziplist": (ZSET_ZIPLIST, raw(ziplist([b"a", 1, b"a", 2]))),
    "zipmap without an end": (HASH_ZIPMAP, raw(zipmap([(b"a", b"1")])[:-1])),
    "zipmap field twice": (HASH_ZIPMAP, raw(zipmap([(b"a", b"1")] * 2))),
    "zipmap value beyond": (HASH_ZIPMAP, raw(b"\1\1a\x50\0b\xff"))}
TWICE = {  # the last one is the one too many
    "set": (SET, [raw("a"), raw("b"), raw("a")]), "number in a set": (SET, [integer(1), raw("1")]),
    "large set": (SET, [integer(i % 699) for i in range(700)]), "hash": (HASH, [raw("f") + raw("v")] * 2),
    "large hash": (HASH, [integer(i % 699) + raw("v") for i in range(700)]),
    "sorted set": (ZSET_2, [raw("a") + double(2), raw("b") + double(1), raw("a") + double(0)])}
DEEP = {  # noticed by a look at every element
    "field twice": (HASH_LISTPACK, raw(listpack([b"a", 1, b"a", 2]))),
    "odd hash": (HASH_LISTPACK, raw(listpack([b"a", 1, b"b"]))),
    "member twice": (ZSET_LISTPACK, raw(listpack([b"a", 1, b"a", 2]))),
    "odd zset": (ZSET_LISTPACK, raw(listpack([b"a"]))),
    "intset not in order": (SET_INTSET, raw(intset([2, 1]))),
    "intset with a number twice": (SET_INTSET, raw(intset([1, 1]))),
    "wrong backlen": (LIST_QUICKLIST_2, quicklist(LP.replace(b"\x81a\2", b"\x81a\3"))),
    "element beyond the end": (LIST_QUICKLIST_2, quicklist(LP.replace(b"\x81b", b"\xbfb"))),
    "no such entry": (HASH_LISTPACK, raw(LP.replace(b"\x81b", b"\xf7b"))),
    "wrong count": (HASH_LISTPACK, raw(LP[:4] + b"\6" + LP[5:]))}


def most_memory(server):
    """The most that the process ever had in memory, in KiB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())[1])


@pytest.mark.parametrize("setting", ["no", "yes", "clients"])
@pytest.mark.goal("Damaged values are bad data, whatever sanitize-dump-payload says, and leave no trace")
def test_damaged(server, wire, setting):
    wire.ok("CONFIG", "SET", "sanitize-dump-payload", setting)
    wire.ok("SET", "old", "v")
    before = most_memory(server)
    for name, (kind, value) in DAMAGED.items():
        assert wire("RESTORE", "k", 0, payload(kind, value)) == RespError(BAD_DATA), name
        assert wire("RESTORE", "old", 0, payload(kind, value), "REPLACE") == RespError(BAD_DATA), name
    assert wire("GET", "old") == b"v" and wire("DBSIZE") == 1
    assert most_memory(server) - before < 256 << 10, "lengths that lie make no room"
    wire.ok("RESTORE", "k", 0, HELLO)


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.goal("A member or a field that comes twice is bad data")
def test_twice(wire, name):
    wire.ok("CONFIG", "SET", "sanitize-dump-payload", "yes")
    kind, items = TWICE[name]
    assert wire.error("RESTORE", "k", 0, payload(kind, table(*items))) == BAD_DATA
    assert wire("EXISTS", "k") == 0
    wire.ok("RESTORE", "k", 0, payload(kind, table(*items[:-1])))


@pytest.mark.parametrize("setting", ["yes", "clients"])
@pytest.mark.parametrize("damage", DEEP)
@pytest.mark.goal("With sanitize-dump-payload yes or clients every element of a payload is looked at")
def test_deep(wire, damage, setting):
    wire.ok("CONFIG", "SET", "sanitize-dump-payload", setting)
    assert wire.error("RESTORE", "k", 0, payload(*DEEP[damage])) == BAD_DATA
    for good in (payload(HASH_LISTPACK, raw(LP)), payload(ZSET_LISTPACK, raw(LP)),
                 payload(LIST_QUICKLIST_2, quicklist(LP)), payload(SET_INTSET, raw(intset([1, 2])))):
        wire.ok("RESTORE", "k", 0, good, "REPLACE")


@pytest.mark.goal("sanitize-dump-payload is no, yes or clients")
def test_setting(wire):
    assert wire("CONFIG", "GET", "sanitize-dump-payload") == [b"sanitize-dump-payload", b"no"]
    for value in ("yes", "clients", "no"):
        wire.ok("CONFIG", "SET", "sanitize-dump-payload", value)
    assert "argument(s) must be one of the following: no, yes, clients" in wire.error(
        "CONFIG", "SET", "sanitize-dump-payload", "maybe")
    wire.ok("RESTORE", "k", 0, HELLO)


def several_values(wire):
    """Payloads of a running server, one of each kind; not too long, since each byte of them will be tried."""
    wire.ok("SET", "string", "some text")
    wire("RPUSH", "list", "a", 1, 1000, "text")
    wire("SADD", "intset", 1, 2, 70000)
    wire("SADD", "set", "a", 5)
    wire("HSET", "hash", "f", 1, "g", "v")
    wire("ZADD", "zset", 1, "a", 2.5, "b")
    dumps = {key: wire("DUMP", key) for key in ("string", "list", "intset", "set", "hash", "zset")}
    wire.ok("FLUSHALL")
    return dumps


@pytest.mark.goal("A value cut off anywhere is bad data, though the footer is right")
def test_truncated(wire):
    wire.ok("CONFIG", "SET", "sanitize-dump-payload", "yes")
    for key, dump in several_values(wire).items():
        for size in range(1, len(dump) - 10):
            reply = wire("RESTORE", key, 0, payload(dump[0], dump[1:size]), "REPLACE")
            footer_may_fill_in = len(dump) - 10 - size <= 10  # a reader may take its bytes for the missing ones
            assert reply == RespError(BAD_DATA) or footer_may_fill_in and reply == "OK", f"{key} cut to {size} bytes"
        wire.ok("RESTORE", key, 0, dump, "REPLACE")


@pytest.mark.limit(60)
@pytest.mark.goal("Random damage with a right footer is refused, or gives a value that can be used: never a crash")
def test_random_damage(wire, rng):
    wire.ok("CONFIG", "SET", "sanitize-dump-payload", "yes")
    readers = {"string": ["GET"], "list": ["LRANGE", 0, -1], "set": ["SMEMBERS"], "hash": ["HGETALL"],
               "zset": ["ZRANGE", 0, -1, "WITHSCORES"]}
    dumps, accepted = several_values(wire), 0
    for key, dump in dumps.items():
        for _ in range(150):
            body = bytearray(dump[1:-10])
            for _ in range(rng.choice((1, 1, 2, 3))):
                body[rng.randrange(len(body))] = rng.choice((rng.randrange(256), 0, 255, 0x80))
            reply = wire("RESTORE", "k", 0, payload(dump[0], bytes(body)), "REPLACE")
            if reply == "OK":
                accepted += 1
                command, *rest = readers[wire("TYPE", "k")]
                assert isinstance(wire(command, "k", *rest), (bytes, list))
                wire.ok("RESTORE", "again", 0, wire("DUMP", "k"), "REPLACE")
            else:
                assert reply == RespError(BAD_DATA)
    assert 0 < accepted < 900
