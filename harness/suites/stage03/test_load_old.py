"""Files that older servers wrote, and files in unusual order or form: all of them load. The files are built here."""

import pytest

from strata_harness.packed import intset, listpack, ziplist, zipmap
from strata_harness.rdb_codes import double, integer, length, lzf, lzf_literals, lzf_run, raw, string, text_double
from strata_harness.rdb_file import (EXPIRE, FUNCTION, FUNCTION2, HASH, HASH_LISTPACK, HASH_ZIPLIST, HASH_ZIPMAP, LIST,
                                     LIST_QUICKLIST, LIST_QUICKLIST_2, LIST_ZIPLIST, PACKED, PLAIN, RESIZEDB, SET,
                                     SET_INTSET, STRING, ZSET, ZSET_2, ZSET_LISTPACK, ZSET_ZIPLIST, RdbWriter,
                                     quicklist, table)
from strata_harness.snapshots import contents, dump_file, encodings, persistence, reborn, with_dump

NUMBERS = [0, 12, 13, -1, -128, 128, -32768, 40_000, -(1 << 23), 1 << 23, -(1 << 31), 1 << 31, (1 << 63) - 1,
           -(1 << 63)]
TEXTS = [b"", b"a", b"x" * 63, b"x" * 64, b"y" * 253, b"z" * 254, b"after", b"w" * 16_383, b"v" * 16_384, b"end"]


def loaded(fresh_server, writer, expected, db=0, **options):
    """A client of a server that started from this file and holds exactly this data, also after another save."""
    server = with_dump(fresh_server, writer.end(), **options)
    wire = server.wire()
    wire.ok("SELECT", db)
    assert contents(wire) == expected
    again = reborn(server)
    again.ok("SELECT", db)
    assert contents(again) == expected
    return server, again


@pytest.mark.parametrize("version", range(1, 11))
@pytest.mark.goal("Files of version 1 to 10 load; those before version 5 end without a checksum")
def test_versions(fresh_server, version):
    writer = RdbWriter(version).select(0).key(STRING, "k", string("v")).key(LIST, "l", table(raw("a"), integer(5)))
    assert (writer.end()[-1:] == b"\xff") == (version < 5)
    server, _ = loaded(fresh_server, writer, {b"k": b"v", b"l": [b"a", b"5"]})
    assert dump_file(server).version == 10


@pytest.mark.goal("Lists: element by element, in one ziplist, in several")
def test_lists(fresh_server):
    both = [*NUMBERS, *TEXTS, *NUMBERS]
    words = [one if isinstance(one, bytes) else b"%d" % one for one in both]
    writer = RdbWriter(6).select(0)
    writer.key(LIST, "plain", table(*map(string, both)))
    writer.key(LIST_ZIPLIST, "ziplist", raw(ziplist(both)))
    writer.key(LIST_ZIPLIST, "wide links", raw(ziplist(both, wide_links=True)))
    writer.key(LIST_QUICKLIST, "quicklist", table(raw(ziplist(both)), raw(ziplist([b"tail", 7]))))
    writer.key(LIST_QUICKLIST, "with an empty node", table(raw(ziplist([])), raw(ziplist([1])), raw(ziplist([]))))
    _, wire = loaded(fresh_server, writer, {
        b"plain": words, b"ziplist": words, b"wide links": words, b"quicklist": words + [b"tail", b"7"],
        b"with an empty node": [b"1"]})
    assert wire("LPOS", "ziplist", "after") == words.index(b"after")


@pytest.mark.goal("Hashes: zipmap, ziplist, field by field")
def test_hashes(fresh_server):
    long = [(b"k" * 253, b"v" * 253), (b"K" * 254, b"V" * 300), (b"", b""), (b"n", b"12")]
    flat = [b"f", b"v", b"number", 70_000, 12, b"x" * 300]
    writer = RdbWriter(2).select(0)
    writer.key(HASH_ZIPMAP, "zipmap", raw(zipmap([(b"foo", b"bar"), (b"hello", b"world")], free=2)))
    writer.key(HASH_ZIPMAP, "long", raw(zipmap(long)))
    writer.key(HASH_ZIPLIST, "ziplist", raw(ziplist(flat)))
    writer.key(HASH, "table", table(raw("f") + raw("v"), integer(12) + string(-5)))
    server, wire = loaded(fresh_server, writer, {
        b"zipmap": {b"foo": b"bar", b"hello": b"world"}, b"long": dict(long),
        b"ziplist": {b"f": b"v", b"number": b"70000", b"12": b"x" * 300}, b"table": {b"f": b"v", b"12": b"-5"}})
    assert encodings(wire) == {b"zipmap": b"listpack", b"long": b"hashtable", b"ziplist": b"listpack",
                               b"table": b"listpack"}


@pytest.mark.goal("Sorted sets: scores as text, ziplist, doubles in any order")
def test_sorted_sets(fresh_server):
    scores = {"a": 1.5, "b": "inf", "c": "-inf", "d": 17, "e": "1e-5", "f": -0.25, "g": "1e2"}
    old = table(*(raw(member) + text_double(score) for member, score in scores.items()))
    writer = RdbWriter(7).select(0).key(ZSET, "text", old)
    writer.key(ZSET_ZIPLIST, "ziplist", raw(ziplist([b"low", b"-inf", b"a", 1, 7, b"2.5", b"high", b"inf"])))
    writer.key(ZSET_2, "any order", table(*(string(i) + double(i) for i in (3, 1, 2))))
    _, wire = loaded(fresh_server, writer, {
        b"text": {b"a": b"1.5", b"b": b"inf", b"c": b"-inf", b"d": b"17", b"e": b"1.0000000000000001e-05",
                  b"f": b"-0.25", b"g": b"100"},
        b"ziplist": {b"low": b"-inf", b"a": b"1", b"7": b"2.5", b"high": b"inf"},
        b"any order": {b"1": b"1", b"2": b"2", b"3": b"3"}})
    assert wire("ZRANGE", "text", 0, -1) == [b"c", b"f", b"e", b"a", b"d", b"g", b"b"]
    assert wire("ZRANGE", "any order", 0, -1) == [b"1", b"2", b"3"]


@pytest.mark.goal("What an old file holds takes the encoding that the loading server's limits ask for")
def test_encodings(fresh_server):
    writer = RdbWriter(6).select(0)
    for size, name in ((3, "small"), (6, "large")):
        flat = [one for i in range(size) for one in (b"m%d" % i, i)]
        writer.key(HASH_ZIPLIST, f"hash {name}", raw(ziplist(flat)))
        writer.key(ZSET_ZIPLIST, f"zset {name}", raw(ziplist(flat)))
        writer.key(SET_INTSET, f"set {name}", raw(intset(range(size))))
        writer.key(SET, f"members {name}", table(*map(integer, range(size))))
    limits = {"hash_max_listpack_entries": 5, "zset_max_listpack_entries": 5, "set_max_intset_entries": 5}
    wire = with_dump(fresh_server, writer.end(), **limits).wire()
    assert encodings(wire) == {
        b"hash small": b"listpack", b"zset small": b"listpack", b"set small": b"intset", b"members small": b"intset",
        b"hash large": b"hashtable", b"zset large": b"skiplist", b"set large": b"hashtable",
        b"members large": b"hashtable"}


@pytest.mark.goal("Expiries in seconds and in milliseconds concern the next key only; of several the last one holds")
def test_expiries(fresh_server):
    writer = RdbWriter(6).select(0).expire(2_000_000_000).key(STRING, "seconds", raw("v"))
    writer.key(STRING, "none", raw("v")).expire_ms(2_000_000_000_123).key(STRING, "milliseconds", raw("v"))
    writer.expire(2_100_000_000).expire_ms(2_000_000_000_456).key(STRING, "last", raw("v"))
    writer.expire(1000).key(STRING, "past", raw("v")).expire_ms(-5).key(STRING, "long past", raw("v"))
    wire = with_dump(fresh_server, writer.end()).wire()
    assert {key: wire("PEXPIRETIME", key) for key in contents(wire)} == {
        b"seconds": 2_000_000_000_000, b"none": -1, b"milliseconds": 2_000_000_000_123, b"last": 2_000_000_000_456}
    assert persistence(wire)["rdb_last_load_keys_expired"] == "2"


@pytest.mark.goal("Idle times and frequencies may stand before or after an expiry, and concern the next key only")
def test_attributes(fresh_server):
    writer = RdbWriter(9).select(0).idle(1000).expire_ms(4102444800000).key(STRING, "a", raw("v"))
    writer.key(STRING, "b", raw("v")).expire_ms(4102444800000).idle(70_000).key(STRING, "c", raw("v"))
    writer.freq(200).key(STRING, "d", raw("v"))
    wire = with_dump(fresh_server, writer.end(), maxmemory_policy="allkeys-lru").wire()
    idle = [wire("OBJECT", "IDLETIME", key) for key in "abcd"]
    assert [seconds - seconds % 10 for seconds in idle] == [1000, 0, 70_000, 0]
    wire = with_dump(fresh_server, writer.end(), maxmemory_policy="allkeys-lfu", lfu_decay_time=0).wire()
    assert wire("OBJECT", "FREQ", "d") == 200 and wire("OBJECT", "FREQ", "a") == 5
    assert wire("PEXPIRETIME", "a") == wire("PEXPIRETIME", "c") == 4102444800000


@pytest.mark.goal("AUX fields are for information: unknown, repeated, missing ones and any order change nothing")
def test_aux(fresh_server):
    writer = RdbWriter().select(1).aux("unknown-thing", "x" * 100).key(STRING, "k", raw("v")).aux("redis-ver", "2.6.0")
    writer.aux("redis-ver", "9.9.9").aux("lua", "return 1").aux("aof-preamble", 0).aux("repl-id", "too short")
    writer.aux("ctime", "not a number").aux("%remark", "hello").key(STRING, "l", raw("w"))
    server, _ = loaded(fresh_server, writer, {b"k": b"v", b"l": b"w"}, db=1)
    assert dict(dump_file(server).aux)[b"redis-ver"] == b"7.0.15"
    assert "remark" in server.log_text()


@pytest.mark.goal("Keys before any SELECTDB belong to database 0; sizes are hints; a database may be selected twice")
def test_databases(fresh_server):
    writer = RdbWriter().key(STRING, "first", raw("v")).select(3, 1000, 70).key(STRING, "third", raw("v"))
    writer.select(0, 0, 0).key(STRING, "second", raw("v")).add(RESIZEDB, length(1 << 20), length(0))
    _, wire = loaded(fresh_server, writer, {b"first": b"v", b"second": b"v"})
    wire.ok("SELECT", 3)
    assert contents(wire) == {b"third": b"v"}


@pytest.mark.goal("Lengths and numbers that are longer than necessary, and strings in any form, are read all the same")
def test_unusual_forms(fresh_server):
    def long_raw(text, form):
        return length(len(text), form) + text

    writer = RdbWriter().add(254, length(0, 5))
    writer.add(STRING, long_raw(b"five", 5), long_raw(b"value", 9)).add(STRING, long_raw(b"two", 2), integer(5, 4))
    writer.add(STRING, integer(-7, 2), raw("42")).add(LIST_QUICKLIST_2, raw("list"), length(1, 2), length(PACKED, 5),
                                                      long_raw(listpack([b"a", 1]), 5))
    writer.add(STRING, lzf(lzf_literals(b"copied"), 6), lzf(lzf_run(b"r", 100), 100))
    writer.add(SET_INTSET, raw("wide"), raw(intset([1, 2], width=8)))
    writer.add(SET, raw("set"), table(lzf(lzf_run(b"m", 30), 30), integer(1), raw("2")))
    server, wire = loaded(fresh_server, writer, {
        b"five": b"value", b"two": b"5", b"-7": b"42", b"list": [b"a", b"1"], b"copied": b"r" * 100,
        b"wide": {b"1", b"2"}, b"set": {b"m" * 30, b"1", b"2"}})
    assert wire("OBJECT", "ENCODING", "-7") == b"int", "a number is a number, however it was written"


@pytest.mark.goal("Compressed containers of every type load")
def test_compressed_containers(fresh_server):
    def packed(blob):
        return lzf(lzf_literals(blob), len(blob))

    pairs = [b"a", 1, b"b", 2]
    writer = RdbWriter().select(0)
    for kind, name, blob in ((LIST_ZIPLIST, "zl", ziplist(pairs)), (HASH_ZIPLIST, "hz", ziplist(pairs)),
                             (ZSET_ZIPLIST, "zz", ziplist(pairs)), (HASH_LISTPACK, "hl", listpack(pairs)),
                             (ZSET_LISTPACK, "zp", listpack(pairs)),
                             (HASH_ZIPMAP, "zm", zipmap([(b"a", b"1"), (b"b", b"2")])),
                             (SET_INTSET, "is", intset([1, 2]))):
        writer.key(kind, name, packed(blob))
    writer.key(LIST_QUICKLIST, "ql", table(packed(ziplist(pairs))))
    nodes = table(length(PACKED) + packed(listpack(pairs)), length(PLAIN) + packed(b"plain"))
    writer.key(LIST_QUICKLIST_2, "q2", nodes)
    of, flat = {b"a": b"1", b"b": b"2"}, [b"a", b"1", b"b", b"2"]
    loaded(fresh_server, writer, {b"zl": flat, b"hz": of, b"zz": of, b"zm": of, b"hl": of, b"zp": of,
                                  b"is": {b"1", b"2"}, b"ql": flat, b"q2": flat + [b"plain"]})


@pytest.mark.parametrize("form", [
    RdbWriter().add(FUNCTION2, raw("#!lua name=l1\nredis.register_function('f', function(k, a) return 1 end)")),
    RdbWriter().add(FUNCTION, raw("l1"), raw("LUA"), length(1), raw("about"),
                    raw("redis.register_function('f', function(k, a) return 1 end)"))],
    ids=["7.0", "release candidate"])
@pytest.mark.goal("Function libraries in a file keep nobody from loading its keys")
def test_functions(fresh_server, form):
    writer = RdbWriter()
    writer.data = form.data
    writer.select(0).key(STRING, "k", raw("v"))
    wire = with_dump(fresh_server, writer.end()).wire()
    assert contents(wire) == {b"k": b"v"}


@pytest.mark.goal("Values without elements are left out, with a line in the log; the keys around them load")
def test_empty_values(fresh_server):
    writer = RdbWriter().select(0).key(STRING, "before", raw("v"))
    empty = {"list": (LIST, table()), "set": (SET, table()), "hash": (HASH, table()), "zset": (ZSET_2, table()),
             "quicklist": (LIST_QUICKLIST_2, table()), "ziplist": (LIST_ZIPLIST, raw(ziplist([]))),
             "hash ziplist": (HASH_ZIPLIST, raw(ziplist([]))), "zset ziplist": (ZSET_ZIPLIST, raw(ziplist([]))),
             "hash listpack": (HASH_LISTPACK, raw(listpack([]))), "zset listpack": (ZSET_LISTPACK, raw(listpack([]))),
             "nodes": (LIST_QUICKLIST_2, quicklist(listpack([]), listpack([])))}
    for name, (kind, value) in empty.items():
        writer.expire_ms(4102444800000).key(kind, name, value)
    server = with_dump(fresh_server, writer.key(STRING, "after", raw("v")).end())
    wire = server.wire()
    assert contents(wire) == {b"before": b"v", b"after": b"v"} and wire("TTL", "after") == -1
    server.wait_log("rdbLoadObject skipping empty key: list")
    server.wait_log("keys loaded: 2, keys expired: 0, empty keys skipped: 11.")
    assert persistence(wire)["rdb_last_load_keys_loaded"] == "2"
