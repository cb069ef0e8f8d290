"""Times to live in a base: keys that have expired meanwhile are loaded with theirs, and go only when the log says so.

    base    k, expired an hour ago      what the log says of k was said while k lived, or says itself that it went;
    log     PERSIST k                   a loader that dropped k would execute the log on other data than the server did
"""

import time

import pytest

from strata_harness.aof_files import base, commands_in, incr, log
from strata_harness.aof_server import base_file, current_log, digest, reborn, rewrite, with_log
from strata_harness.hybrid import FORMATS, HYBRID, base_image, goes_on_as_image, image, old_file, use_format
from strata_harness.snapshots import contents, persistence, with_dump
from strata_harness.wait import wait_until

LATER = 4102444800000
BOTH = pytest.mark.parametrize("form", list(FORMATS))


def past():
    return int(time.time() * 1000) - 3_600_000


def expired_base(form, *names):
    """A base whose keys expired an hour ago, and the entry of the manifest."""
    if form == "image":
        return base(1, suffix="rdb"), image(*names, expire_ms=past())
    return base(1), log(*(words for name in names for words in (f"SET {name} {name}", f"PEXPIREAT {name} {past()}")))


def load(fresh_server, form, names, *commands):
    entry, data = expired_base(form, *names)
    return with_log(fresh_server, {entry: data, incr(1): log(*commands)}, **HYBRID)


@BOTH
@pytest.mark.goal("The log finds expired keys of the base alive: it may keep, change, copy, rename and delete them")
def test_log_decides(fresh_server, form):
    server = load(fresh_server, form, "abcdefgh", "PERSIST a", f"PEXPIREAT b {LATER}", "APPEND c x", "PERSIST c",
                  "RENAME d moved", "PERSIST moved", "COPY e copied", "PERSIST copied", "DEL f", "SET g new",
                  "SET h new KEEPTTL")
    wire = server.wire()
    expected = {b"a": b"a", b"b": b"b", b"c": b"cx", b"moved": b"d", b"copied": b"e", b"g": b"new"}
    assert contents(wire) == expected and wire("PEXPIRETIME", "b") == LATER and wire("TTL", "g") == -1
    assert contents(reborn(server)) == expected
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("SETNX, INCR, RENAMENX and the like, as the log has them, see the expired keys, too")
def test_log_sees(fresh_server, form):
    server = load(fresh_server, form, "ab", "SETNX a new", "PERSIST a", "SET c c", "RENAMENX c b", "PERSIST b")
    assert contents(server.wire()) == {b"a": b"a", b"b": b"b", b"c": b"c"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("Expired keys of which the log says nothing are gone for clients, and the log says so from then on")
def test_gone_for_clients(fresh_server, form):
    server = load(fresh_server, form, ["gone"], "SET stays 1")
    wire = server.wire()
    assert wire("GET", "gone") is None and wire("TTL", "gone") == -2
    wait_until(lambda: wire("DBSIZE") == 1, 5, "the key to be removed, if it is not by then")
    assert commands_in(current_log(server).read_bytes()) == [
        (b"SET", b"stays", b"1"), (b"SELECT", b"0"), (b"DEL", b"gone")]
    assert contents(reborn(server)) == {b"stays": b"1"}
    goes_on_as_image(server)


@pytest.mark.goal("The same image drops its expired keys as a snapshot, and keeps them as a base")
def test_snapshot_and_base(fresh_server):
    data = image("a", "b", expire_ms=past())
    told = persistence(with_dump(fresh_server, data).wire())
    assert (told["rdb_last_load_keys_expired"], told["rdb_last_load_keys_loaded"]) == ("2", "0")
    server = with_log(fresh_server, {base(1, suffix="rdb"): data, incr(1): log("PERSIST a")}, **HYBRID)
    assert contents(server.wire()) == {b"a": b"a"}
    assert persistence(server.wire())["rdb_last_load_keys_expired"] == "0"


@pytest.mark.goal("The image in front of the one file of old keeps its expired keys for the commands behind it")
def test_old_file(fresh_server):
    server = fresh_server(start=False, **HYBRID)
    old_file(server).write_bytes(image("a", "b", version=9, origin="aof-preamble", expire_ms=past()) + log("PERSIST a"))
    assert contents(server.start().wire()) == {b"a": b"a"}


@BOTH
@pytest.mark.goal("A key that expired but is still in memory when the child is forked goes into the base with its time")
def test_written(fresh_server, form):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    wire = server.wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("MSET", "a", "1", "b", "2")
    moment = int(time.time() * 1000) + 500  # enough for both requests, however busy the machine
    for key in ("a", "b"):
        assert wire("PEXPIREAT", key, moment) == 1
    wait_until(lambda: time.time() * 1000 > moment + 5, 5, "the keys to expire")
    rewrite(wire)
    if form == "commands":
        assert set(commands_in(base_file(server).read_bytes())[1:]) == {
            (b"SET", b"a", b"1"), (b"PEXPIREAT", b"a", b"%d" % moment), (b"SET", b"b", b"2"),
            (b"PEXPIREAT", b"b", b"%d" % moment)}
        use_format(wire, "image")
        rewrite(wire)
    assert {key.name: (key.value, key.expire_ms) for key in base_image(server).keys} == {
        b"a": (b"1", moment), b"b": (b"2", moment)}


@BOTH
@pytest.mark.goal("A time to live is kept to the millisecond through rewrites, changes of format and starts")
def test_exact(fresh_server, form):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    wire = server.wire()
    wire.ok("SET", "s", "1", "PXAT", LATER + 123)
    wire("RPUSH", "l", "x")
    wire("PEXPIREAT", "l", LATER + 456)
    wire.ok("SET", "none", "1")
    before = digest(wire)
    for turn in ("image", "commands", form):
        use_format(wire, turn)
        rewrite(wire)
        wire = reborn(server)
        assert [wire("PEXPIRETIME", key) for key in ("s", "l", "none")] == [LATER + 123, LATER + 456, -1]
        assert digest(wire) == before
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("Keys that expire one after the other, while a child writes or between starts, all go; others stay")
def test_while_expiring(fresh_server, form):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    wire = server.wire()
    now = int(time.time() * 1000)
    for i in range(200):
        wire.send_command("SET", f"k{i}", i, "PXAT", now + 50 + 2 * i if i % 2 else LATER)
    assert wire.read_many(200) == ["OK"] * 200
    rewrite(wire)
    wait_until(lambda: wire("DBSIZE") < 200, 5, "the first keys to go")
    rewrite(wire)
    wire = reborn(server)
    wait_until(lambda: wire("DBSIZE") == 100, 5, "the last keys to go")
    assert contents(wire) == {b"k%d" % i: b"%d" % i for i in range(0, 200, 2)}
    assert wire("PEXPIRETIME", "k0") == LATER
    assert wire("DBSIZE") == reborn(server)("DBSIZE") == 100
    goes_on_as_image(server)
