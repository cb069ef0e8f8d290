"""One child at a time: a rewrite that waits for a snapshot, a snapshot that waits for a rewrite."""

import os
import signal

import pytest

from strata_harness.aof_server import OPTIONS, SCHEDULED, STARTED, endless_rewrite, names, reborn, run, wait_rewritten
from strata_harness.snapshots import children, dump_path, endless_save, persistence, wait_saved
from strata_harness.wait import wait_until

BUSY = ("ERR Another child process is active (AOF?): can't BGSAVE right now. "
        "Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.")


@pytest.fixture
def writer(fresh_server):
    server = fresh_server(**OPTIONS)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    return server, wire


@pytest.mark.goal("BGREWRITEAOF during a BGSAVE is scheduled, however often, and starts when the snapshot is done")
def test_behind_save(writer):
    server, wire = writer
    child = endless_save(server, wire)
    for _ in range(3):
        assert wire("BGREWRITEAOF") == SCHEDULED
    told = persistence(wire)
    assert told["aof_rewrite_scheduled"] == "1" and told["aof_rewrite_in_progress"] == "0"
    assert names(server) == ["b1", "i1"] and children(server) == [child]
    os.kill(child, signal.SIGKILL)
    wait_rewritten(wire)
    assert names(server) == ["b2", "i2"] and persistence(wire)["aof_rewrites"] == "1"


@pytest.mark.goal("BGSAVE during a rewrite is refused; with SCHEDULE it starts when the rewrite is done")
def test_save_behind_rewrite(writer):
    server, wire = writer
    child = endless_rewrite(server, wire)
    assert wire.error("BGSAVE") == BUSY
    assert wire("BGSAVE", "SCHEDULE") == "Background saving scheduled"
    assert not dump_path(server).exists() and children(server) == [child]
    os.kill(child, signal.SIGKILL)
    wait_until(dump_path(server).exists, 5, "the scheduled snapshot")
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok"


@pytest.mark.goal("SAVE is allowed while a rewrite runs, and holds it up in nothing")
def test_save_during_rewrite(writer):
    server, wire = writer
    child = endless_rewrite(server, wire)
    wire.ok("SAVE")
    assert dump_path(server).exists() and children(server) == [child]


@pytest.mark.goal("Another snapshot is refused while one runs, though a rewrite is scheduled behind it")
def test_save_during_save(writer):
    server, wire = writer
    endless_save(server, wire)
    assert wire("BGREWRITEAOF") == SCHEDULED
    for words in (["SAVE"], ["BGSAVE"], ["BGSAVE", "SCHEDULE"]):
        assert wire.error(*words) == "ERR Background save already in progress"


@pytest.mark.goal("Asked for twice in a transaction, a rewrite is scheduled and happens once")
def test_transaction(writer):
    server, wire = writer
    replies = run(wire, "MULTI", "BGREWRITEAOF", "SET a 1", "BGREWRITEAOF", "EXEC")
    assert replies[-1] == [SCHEDULED, "OK", SCHEDULED]
    wait_until(lambda: names(server) == ["b2", "i2"], 5, "the rewrite")
    wait_rewritten(wire)
    assert persistence(wire)["aof_rewrites"] == "1"


@pytest.mark.goal("A save point that is reached during a rewrite is served after it")
def test_save_point(fresh_server):
    server = fresh_server(**OPTIONS, save="1 5")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    child = endless_rewrite(server, wire)
    run(wire, *[f"SET k{i} v" for i in range(10)])
    begin = int(wire("TIME")[0])
    wait_until(lambda: int(wire("TIME")[0]) > begin + 1, 5, "a second to pass")
    assert not dump_path(server).exists() and children(server) == [child]
    os.kill(child, signal.SIGKILL)
    wait_until(dump_path(server).exists, 5, "the snapshot of the save point")


@pytest.mark.goal("FLUSHALL ends a snapshot under way, and a rewrite that waits behind it begins")
def test_flushall(fresh_server):
    server = fresh_server(**OPTIONS, save="3600 1000000")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    endless_save(server, wire)
    assert wire("BGREWRITEAOF") == SCHEDULED
    wire.ok("FLUSHALL")
    wait_rewritten(wire)
    assert names(server) == ["b2", "i2"] and reborn(server)("DBSIZE") == 0


@pytest.mark.goal("A rewrite started while nothing else runs answers so, and then lets a snapshot start at once")
def test_idle(writer):
    server, wire = writer
    assert wire("BGREWRITEAOF") == STARTED
    wait_rewritten(wire)
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok"
