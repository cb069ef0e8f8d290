"""Files that are damaged: cut off, changed, of another kind, full of lies. The server must not serve any of them."""

import re

import pytest

from strata_harness.packed import intset, listpack, ziplist, zipmap
from strata_harness.rdb_codes import double, integer, length, lzf, lzf_literals, raw, string, text_double
from strata_harness.rdb_file import (HASH, HASH_LISTPACK, HASH_ZIPLIST, HASH_ZIPMAP, LIST_QUICKLIST_2, LIST_ZIPLIST,
                                     SET, SET_INTSET, STRING, ZSET, ZSET_2, ZSET_LISTPACK, ZSET_ZIPLIST, RdbWriter,
                                     quicklist, table)
from strata_harness.snapshots import contents, dump_path, refuse, with_dump

SHORT = "Short read|Unexpected EOF"
GOOD = (RdbWriter().aux("ctime", 1).select(0, 4, 1).key(STRING, "n", integer(1000)).expire_ms(4102444800000)
        .key(STRING, "t", raw("text")).key(LIST_QUICKLIST_2, "l", quicklist(listpack([b"a", 1])))
        .key(SET, "s", table(raw("a"), integer(5))).end())
DATA = {b"n": b"1000", b"t": b"text", b"l": [b"a", b"1"], b"s": {b"a", b"5"}}


def one_key(kind, value, **more):
    return RdbWriter(**more).select(0).key(STRING, "before", raw("v")).key(kind, "damaged", value).end()


@pytest.mark.parametrize("part", range(4))
@pytest.mark.limit(60)
@pytest.mark.goal("A file that was cut off anywhere keeps the server from starting; the whole file does not")
def test_truncated(fresh_server, part):
    server = with_dump(fresh_server, GOOD)
    assert contents(server.wire()) == DATA
    server.kill()
    for size in range(part, len(GOOD), 4):
        dump_path(server).write_bytes(GOOD[:size])
        log = refuse(server)
        assert re.search(SHORT, log), f"cut to {size} bytes"
        assert dump_path(server).read_bytes() == GOOD[:size], "the damaged file is left as it is"
    dump_path(server).write_bytes(GOOD)
    assert contents(server.start().wire()) == DATA


@pytest.mark.limit(60)
@pytest.mark.goal("A changed byte anywhere is noticed by the checksum at the latest")
def test_changed_byte(fresh_server, rng):
    server = with_dump(fresh_server, GOOD, start=False)
    for at in sorted(rng.sample(range(9, len(GOOD)), 25)):
        changed = bytearray(GOOD)
        changed[at] ^= 1 << rng.randrange(8)
        dump_path(server).write_bytes(changed)
        assert re.search(r"[Oo]ffset|RDB|DB", refuse(server)), f"byte {at} changed"
    dump_path(server).write_bytes(GOOD)
    assert contents(server.start().wire()) == DATA


@pytest.mark.parametrize("data, reason", [
    (b"", SHORT), (b"REDI", SHORT), (b"REDIS001", SHORT), (RdbWriter(magic="RUBIS").end(), "Wrong signature"),
    (RdbWriter(0).end(), "Can't handle RDB format version 0"),
    (RdbWriter(11).end(), "Can't handle RDB format version 11"), (RdbWriter(9999).end(), "version 9999"),
    (b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", "Wrong signature"), (bytes(100), "Wrong signature")],
    ids=["empty", "half the magic", "half the version", "magic", "0", "11", "9999", "commands", "zeros"])
@pytest.mark.goal("What is no RDB file, or one of a version to come, keeps the server from starting; the log says why")
def test_header(fresh_server, data, reason):
    server = with_dump(fresh_server, data, start=False)
    assert re.search(reason, refuse(server))
    dump_path(server).write_bytes(GOOD)
    assert contents(server.start().wire()) == DATA


@pytest.mark.goal("A wrong checksum keeps the server from starting; zero passes, and anything does with rdbchecksum no")
def test_checksum(fresh_server):
    wrong = GOOD[:-8] + b"\5" + bytes(7)
    server = with_dump(fresh_server, wrong, start=False)
    log = refuse(server)
    assert re.search(r"Wrong RDB checksum expected: \([0-9a-f]+\) but got \(5\)", log)
    dump_path(server).write_bytes(GOOD[:-8] + bytes(8))
    assert contents(server.start().wire()) == DATA
    server.kill()
    dump_path(server).write_bytes(wrong)
    server.options["rdbchecksum"] = "no"
    assert contents(server.start().wire()) == DATA


@pytest.mark.goal("What stands behind the checksum is nobody's business")
def test_trailing_garbage(fresh_server, rng):
    for garbage in (b"\n", b"*1\r\n$4\r\nPING\r\n", rng.randbytes(5000)):
        assert contents(with_dump(fresh_server, GOOD + garbage).wire()) == DATA


@pytest.mark.parametrize("kind", [8, 20, 21, 100, 244])
@pytest.mark.goal("A value type that nobody knows keeps the server from starting; the log names the type")
def test_unknown_type(fresh_server, kind):
    server = with_dump(fresh_server, one_key(kind, b"\0"), start=False)
    assert re.search(rf"\b{kind}\b", refuse(server).partition("pid=")[2])
    dump_path(server).write_bytes(one_key(STRING, raw("v")))
    assert contents(server.start().wire()) == {b"before": b"v", b"damaged": b"v"}


@pytest.mark.goal("A value that cannot be a stream keeps the server from starting; the log names key and type")
def test_stream(fresh_server):
    log = refuse(with_dump(fresh_server, one_key(19, b"\x83"), start=False))
    assert "damaged" in log and re.search(r"\b19\b|stream", log)


@pytest.mark.goal("A database beyond the configured ones keeps the server from starting; with more databases it loads")
def test_database_number(fresh_server):
    data = RdbWriter().select(16).key(STRING, "k", raw("v")).end()
    server = with_dump(fresh_server, data, start=False)
    assert "configured to handle more than 16 databases" in refuse(server)
    server.options["databases"] = 17
    wire = server.start().wire()
    wire.ok("SELECT", 16)
    assert contents(wire) == {b"k": b"v"}


@pytest.mark.goal("A key that comes twice in a database keeps the server from starting; in two databases it may")
def test_duplicate_key(fresh_server):
    twice = RdbWriter().select(0).key(STRING, "k", raw("1")).key(SET, "k", table(raw("2"))).end()
    assert "RDB has duplicated key 'k' in DB 0" in refuse(with_dump(fresh_server, twice, start=False))
    fine = RdbWriter().select(0).key(STRING, "k", raw("1")).select(1).key(STRING, "k", raw("2")).end()
    assert contents(with_dump(fresh_server, fine).wire()) == {b"k": b"1"}


BLOB = listpack([b"a", 1, b"b", 2])
OLD = ziplist([b"a", 1, b"b", 2])
DAMAGED = {
    "length beyond the file": (STRING, length(1000) + b"v"),
    "length of terabytes": (STRING, length(1 << 42) + b"v"),
    "count of billions": (SET, length(1 << 61) + raw("a")),
    "count beyond the file": (HASH, length(1 << 30) + raw("f") + raw("v")),
    "length that is none": (STRING, b"\x83\0\0\0\0"),
    "string code that is none": (STRING, b"\xc4\0"),
    "LZF of nothing": (STRING, lzf(b"", 10)),
    "LZF too long": (STRING, lzf(lzf_literals(b"a" * 40), 39)),
    "LZF too short": (STRING, lzf(lzf_literals(b"a" * 40), 41)),
    "LZF before the start": (STRING, lzf(b"\0a\x20\5", 4)),
    "LZF that promises terabytes": (STRING, b"\xc3" + length(3) + length(1 << 42) + b"\0a\0"),
    "member twice in a set": (SET, table(raw("a"), raw("b"), raw("a"))),
    "member twice in a sorted set": (ZSET_2, table(raw("a") + double(1), raw("a") + double(2))),
    "score that is no number": (ZSET_2, table(raw("a") + double(float("nan")))),
    "old score that is no number": (ZSET, table(raw("a") + text_double("nan"))),
    "listpack of no length": (HASH_LISTPACK, raw(b"")),
    "listpack of another length": (HASH_LISTPACK, raw(b"\x09" + BLOB[1:])),
    "listpack without an end": (ZSET_LISTPACK, raw(BLOB[:-1] + b"\xfe")),
    "list node of no length": (LIST_QUICKLIST_2, quicklist(b"")),
    "list node of a third kind": (LIST_QUICKLIST_2, table(length(3) + raw(BLOB))),
    "list node that is damaged": (LIST_QUICKLIST_2, quicklist(BLOB[:-1])),
    "intset of width 3": (SET_INTSET, raw(b"\3\0\0\0\1\0\0\0abc")),
    "intset that is too short": (SET_INTSET, raw(intset([1, 2, 3])[:-1])),
    "intset without members": (SET_INTSET, raw(intset([]))),
    "ziplist without an end": (LIST_ZIPLIST, raw(OLD[:-1])),
    "ziplist with a wrong length": (LIST_ZIPLIST, raw(OLD.replace(b"\1b", b"\7b"))),
    "ziplist with a wrong link": (LIST_ZIPLIST, raw(OLD.replace(b"\2\1b", b"\5\1b"))),
    "ziplist with a wrong tail": (HASH_ZIPLIST, raw(OLD[:4] + b"\x0b" + OLD[5:])),
    "ziplist with a field twice": (HASH_ZIPLIST, raw(ziplist([b"a", 1, b"a", 2]))),
    "ziplist of three for a hash": (HASH_ZIPLIST, raw(ziplist([b"a", 1, b"b"]))),
    "ziplist of three for a sorted set": (ZSET_ZIPLIST, raw(ziplist([b"a", 1, b"b"]))),
    "zipmap without an end": (HASH_ZIPMAP, raw(zipmap([(b"a", b"1")])[:-1])),
    "zipmap with a field twice": (HASH_ZIPMAP, raw(zipmap([(b"a", b"1"), (b"a", b"2")]))),
    "zipmap without pairs": (HASH_ZIPMAP, raw(b"\0\xff")),
}


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.goal("A value that is not what it claims keeps the server from starting, though the checksum is right")
def test_damaged_value(fresh_server, damage):
    server = with_dump(fresh_server, one_key(*DAMAGED[damage]), start=False)
    log = refuse(server)
    assert "damaged" in log, "the log names the key"
    dump_path(server).write_bytes(GOOD)
    assert contents(server.start().wire()) == DATA


@pytest.mark.goal("The end of the file in the middle of an expiry, an attribute or an opcode is noticed")
def test_ends_too_early(fresh_server):
    start = RdbWriter().select(0).key(STRING, "k", raw("v"))
    server = with_dump(fresh_server, start.data, start=False)
    for rest in (b"", b"\xfc\1\2\3", b"\xfd\1", b"\xf8", b"\xf9", b"\xfe", b"\xfb\1", b"\xfa\4name", b"\xf5\x40",
                 b"\xff", b"\0", b"\xfc" + bytes(8), string("x")):
        dump_path(server).write_bytes(start.data + rest)
        refuse(server)
    dump_path(server).write_bytes(start.end())
    assert contents(server.start().wire()) == {b"k": b"v"}


@pytest.mark.goal("A snapshot that cannot be read at all is an error; without any the server starts empty")
def test_unreadable(fresh_server):
    server = fresh_server(start=False)
    dump_path(server).mkdir()
    assert re.search(r"directory|Error|Fatal|error", refuse(server).partition("pid=")[2])
    dump_path(server).rmdir()
    assert server.start().wire()("DBSIZE") == 0
