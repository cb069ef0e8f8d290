"""DEBUG RELOAD: a snapshot is saved and loaded in the running server; with NOSAVE, NOFLUSH and MERGE in parts."""

import pytest

from strata_harness.rdb_codes import raw
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.snapshots import (children, contents, dump_file, dump_path, encodings, endless_save, persistence,
                                      temporary_files)
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable_debug_command": "yes"}
WORDS = "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."


@pytest.fixture
def no_file(server):
    """The shared server's directory holds no snapshot of an earlier test."""
    dump_path(server).unlink(missing_ok=True)
    return server


def fill(wire):
    wire.ok("SET", "string", "text")
    wire.ok("SET", "number", 42, "PXAT", 4102444800123)
    wire("RPUSH", "list", *range(2000), "x" * 9000)
    wire("SADD", "intset", 1, 2, 70_000)
    wire("SADD", "set", "a", "b", 5)
    wire("HSET", "hash", "f", "v", "n", 5)
    wire("HSET", "table", *(f"word{i}" for i in range(1400)))
    wire("ZADD", "zset", 1, "a", "-inf", "b")
    wire("ZADD", "skiplist", *(word for i in range(300) for word in (i / 7, f"m{i}")))
    wire.ok("SELECT", 9)
    wire.ok("SET", "far", "away")
    wire.ok("SELECT", 0)
    assert wire("DBSIZE") == 9


@pytest.mark.goal("DEBUG RELOAD saves and loads all data: afterwards it is the same, with its times and encodings")
def test_reload(no_file, wire):
    fill(wire)
    before, shapes, digest = contents(wire), encodings(wire), wire("DEBUG", "DIGEST")
    wire.ok("DEBUG", "RELOAD")
    assert contents(wire) == before and encodings(wire) == shapes and wire("DEBUG", "DIGEST") == digest
    assert wire("PEXPIRETIME", "number") == 4102444800123
    wire.ok("SELECT", 9)
    assert contents(wire) == {b"far": b"away"}
    assert len(dump_file(no_file).keys) == 10
    told = persistence(wire)
    assert told["rdb_last_load_keys_loaded"] == "10" and told["loading"] == "0"


@pytest.mark.goal("With NOSAVE the file that is there is loaded, and what has changed since is gone")
def test_nosave(no_file, wire):
    wire.ok("SET", "k", "saved")
    wire.ok("DEBUG", "RELOAD")
    wire.ok("SET", "k", "changed")
    wire.ok("SET", "new", "v")
    wire.ok("DEBUG", "RELOAD", "NOSAVE")
    assert contents(wire) == {b"k": b"saved"}
    dump_path(no_file).write_bytes(RdbWriter().select(0).key(STRING, "another", raw("world")).end())
    wire.ok("debug", "reload", "nosave")
    assert contents(wire) == {b"another": b"world"}


@pytest.mark.goal("With NOFLUSH and MERGE the file's keys come to those that are there, and win where both have one")
def test_merge(no_file, wire):
    dump_path(no_file).write_bytes(RdbWriter().select(0).key(STRING, "both", raw("file")).key(STRING, "file", raw("f"))
                                   .select(1).key(STRING, "memory", raw("other db")).end())
    wire.ok("SET", "both", "memory", "EX", 1000)
    wire("RPUSH", "memory", "m")
    wire.ok("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE")
    assert contents(wire) == {b"both": b"file", b"file": b"f", b"memory": [b"m"]}
    assert wire("TTL", "both") == -1
    wire.ok("SET", "file", "changed")
    wire.ok("DEBUG", "RELOAD", "merge", "noflush", "nosave")
    assert contents(wire) == {b"both": b"file", b"file": b"f", b"memory": [b"m"]}
    wire.ok("DEBUG", "RELOAD", "MERGE", "NOSAVE")
    assert contents(wire) == {b"both": b"file", b"file": b"f"}, "MERGE alone keeps nothing"


@pytest.mark.goal("NOFLUSH without MERGE does for keys that are not in the file")
def test_noflush(no_file, wire):
    dump_path(no_file).write_bytes(RdbWriter().select(0).key(STRING, "file", raw("f")).end())
    wire.ok("SET", "memory", "m")
    wire.ok("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH")
    assert contents(wire) == {b"memory": b"m", b"file": b"f"}


@pytest.mark.goal("DEBUG RELOAD takes three words and no others, and does nothing when one is wrong")
def test_words(no_file, wire):
    wire.ok("SET", "k", "v")
    for words in (["x"], ["NOSAVE", "x"], ["MERGE", "NOFLUSH", "SAVE"], [""]):
        assert wire.error("DEBUG", "RELOAD", *words) == WORDS
    assert contents(wire) == {b"k": b"v"} and not dump_path(no_file).exists()
    wire.ok("DEBUG", "RELOAD")
    assert contents(wire) == {b"k": b"v"} and dump_path(no_file).exists()


@pytest.mark.goal("Without a file to load DEBUG RELOAD NOSAVE fails, and a save that fails keeps the data")
def test_failures(no_file, wire):
    wire.ok("SET", "k", "v")
    assert wire.error("DEBUG", "RELOAD", "NOSAVE") == "ERR Error trying to load the RDB dump"
    assert wire("DBSIZE") == 0
    wire.ok("SET", "k", "v")
    dump_path(no_file).mkdir()
    try:
        assert wire.error("DEBUG", "RELOAD") == "ERR"
        assert contents(wire) == {b"k": b"v"}
    finally:
        dump_path(no_file).rmdir()
    wire.ok("DEBUG", "RELOAD")
    assert contents(wire) == {b"k": b"v"}


@pytest.mark.goal("Keys whose time has passed are left out; there are no keyspace events for those that are loaded")
def test_expired_and_events(no_file, wire, connect):
    writer = RdbWriter().select(0).expire_ms(1000).key(STRING, "gone", raw("v")).key(STRING, "stays", raw("v"))
    dump_path(no_file).write_bytes(writer.end())
    listener = connect()
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "KEA")
    listener("PSUBSCRIBE", "*")
    wire.ok("DEBUG", "RELOAD", "NOSAVE")
    assert wire("DBSIZE") == 1 and contents(wire) == {b"stays": b"v"}
    assert persistence(wire)["rdb_last_load_keys_expired"] == "1"
    wire("DEL", "stays")
    assert listener.read()[2:] == [b"__keyspace@0__:stays", b"del"]


@pytest.mark.goal("A transaction that watches a key does not run after a reload, which puts another in its place")
def test_watch(no_file, wire, connect):
    other = connect()
    wire.ok("SET", "k", "v")
    for key, runs in (("k", False), ("missing", True)):
        wire.ok("WATCH", key)
        other.ok("DEBUG", "RELOAD")
        wire.ok("MULTI")
        assert wire("GET", "k") == "QUEUED"
        assert (wire("EXEC") == [b"v"]) == runs


@pytest.mark.goal("A background save that is under way goes on beside DEBUG RELOAD; in a transaction it works, too")
def test_beside_a_save(no_file, wire):
    wire.ok("SET", "k", "v")
    child = endless_save(no_file, wire)
    wire.ok("DEBUG", "RELOAD")
    assert children(no_file) == [child] and temporary_files(no_file) == [f"temp-{child}.rdb"]
    wire.ok("MULTI")
    for command in (["SET", "k", "w"], ["DEBUG", "RELOAD"], ["GET", "k"]):
        assert wire(*command) == "QUEUED"
    assert wire("EXEC") == ["OK", "OK", b"w"]
    wire.ok("FLUSHALL")  # ends the child


@pytest.mark.goal("Connections, their database and their subscriptions outlive a reload, and so do idle clients' waits")
def test_clients_stay(no_file, wire, connect):
    reader, waiting = connect(), connect()
    reader.ok("SELECT", 3)
    reader.ok("SET", "k", "db 3")
    waiting.send_command("BLPOP", "l", 10)
    wait_until(lambda: b"blocked_clients:1" in wire("INFO", "clients"), 5, "the client to wait")
    wire.ok("DEBUG", "RELOAD")
    assert reader("GET", "k") == b"db 3"
    assert wire("RPUSH", "l", "x") == 1
    assert waiting.read() == [b"l", b"x"]
