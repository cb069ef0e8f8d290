"""Rewrites that fail, at each step: nothing is lost, the log goes on, and the next rewrite makes it good."""

import os
import signal

import pytest

from strata_harness.aof_files import Part, base, incr, log
from strata_harness.aof_server import (MANIFEST, OPTIONS, SCHEDULED, STARTED, current_log, digest, endless_rewrite, files,
                                       log_dir, names, parts, reborn, rewrite, run, wait_rewritten, with_log)
from strata_harness.disk import limit_file_size, survives_full_disk
from strata_harness.snapshots import children, persistence, temporary_files
from strata_harness.syscalls import with_refused_forks, without_strace
from strata_harness.wait import wait_until

CANNOT = ("ERR Can't execute an AOF background rewriting. Please check the server logs for more information.")


@pytest.fixture
def writer(fresh_server):
    """A server whose log has a key, and a client."""
    server = survives_full_disk(fresh_server(start=False, **OPTIONS, appendfsync="always")).start()
    wire = server.wire()
    wire.ok("SET", "before", "v")
    return server, wire


def nothing_lost(server, wire):
    """Another rewrite succeeds, and the data is the same in the next life."""
    before = digest(wire)
    assert digest(reborn(server)) == before
    wire = server.wire()
    rewrite(wire)
    assert len(names(server)) == 2 and set(files(server)) == {MANIFEST, *[part.name for part in parts(server)]}
    assert digest(reborn(server)) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2], ids=lambda number: number.name)
@pytest.mark.goal("A killed child leaves the old base and both logs, no temporary file, and a status that says so")
def test_killed_child(writer, number):
    server, wire = writer
    child = endless_rewrite(server, wire)
    wire.ok("SET", "meanwhile", "v")
    os.kill(child, number)
    wait_rewritten(wire)
    told = persistence(wire)
    assert told["aof_last_bgrewrite_status"] == "err" and told["aof_rewrites_consecutive_failures"] == "1"
    assert names(server) == ["b1", "i1", "i2"] and not temporary_files(server) and not children(server)
    wire.ok("SET", "after", "v")
    assert current_log(server).read_bytes() == log("SELECT 0", "SET meanwhile v", "SET after v")
    nothing_lost(server, wire)


@pytest.mark.goal("A child ended by SIGUSR1, as the server itself ends it, counts as no failure")
def test_sigusr1(writer):
    server, wire = writer
    os.kill(endless_rewrite(server, wire), signal.SIGUSR1)
    wait_rewritten(wire)
    told = persistence(wire)
    assert told["aof_last_bgrewrite_status"] == "ok" and told["aof_rewrites_consecutive_failures"] == "0"
    assert names(server) == ["b1", "i1", "i2"] and not temporary_files(server)
    nothing_lost(server, wire)


@pytest.mark.goal("Each failed rewrite leaves one log more; the next good one takes the place of them all")
def test_several(writer):
    server, wire = writer
    for failure in range(1, 4):
        os.kill(endless_rewrite(server, wire), signal.SIGKILL)
        wait_rewritten(wire)
        wire.ok("SET", f"k{failure}", "v")
        assert persistence(wire)["aof_rewrites_consecutive_failures"] == str(failure)
    assert names(server) == ["b1", "i1", "i2", "i3", "i4"]
    before = digest(wire)
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "yes")
    rewrite(wire)
    assert names(server) == ["b2", "h1", "h2", "h3", "h4", "h1", "i5"]
    assert persistence(wire)["aof_rewrites_consecutive_failures"] == "0"
    assert digest(reborn(server)) == before


@pytest.mark.goal("After three failures automatic rewrites wait, a BGREWRITEAOF does not")
def test_back_off(writer):
    server, wire = writer
    for _ in range(3):
        os.kill(endless_rewrite(server, wire), signal.SIGKILL)
        wait_rewritten(wire)
    wire.ok("CONFIG", "SET", "auto-aof-rewrite-min-size", 1, "auto-aof-rewrite-percentage", 1)
    wire.ok("SET", "grow", "x" * 10_000)
    server.wait_log("Background AOF rewrite has repeatedly failed and triggered the limit")
    begin = int(wire("TIME")[0])
    wait_until(lambda: int(wire("TIME")[0]) > begin + 1, 5, "a second to pass, in which it could be tried again")
    assert names(server) == ["b1", "i1", "i2", "i3", "i4"] and not children(server)
    rewrite(wire)
    assert names(server) == ["b2", "i5"]


@pytest.mark.goal("A stopped child holds up nobody; killed while stopped, it is cleaned up like any other")
def test_stopped_child(writer):
    server, wire = writer
    child = endless_rewrite(server, wire)
    os.kill(child, signal.SIGSTOP)
    wire.ok("SET", "k", "new")
    assert wire("GET", "k") == b"new" and persistence(wire)["aof_rewrite_in_progress"] == "1"
    os.kill(child, signal.SIGKILL)
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err" and not temporary_files(server)
    nothing_lost(server, wire)


@pytest.mark.goal("A child that finds the disk full fails, the server goes on, and nothing is lost")
def test_full_disk(writer):
    server, wire = writer
    wire.ok("SET", "big", "x" * 150_000)
    limit_file_size(server, 100_000)
    assert wire("BGREWRITEAOF") == STARTED
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err" and not temporary_files(server)
    limit_file_size(server, None)
    wire.ok("SET", "after", "v")
    nothing_lost(server, wire)


@pytest.mark.parametrize("obstacle", ["log", "manifest"])
@pytest.mark.goal("When the new log or the manifest cannot be written the rewrite is refused and nothing has changed")
def test_cannot_begin(writer, obstacle):
    server, wire = writer
    blocked = log_dir(server) / (incr(2).name if obstacle == "log" else "temp-appendonly.aof.manifest")
    blocked.mkdir()
    assert wire.error("BGREWRITEAOF") == CANNOT
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err"
    assert names(server) == ["b1", "i1"] and not children(server)
    wire.ok("SET", "after", "v")
    blocked.rmdir()
    nothing_lost(server, wire)


@pytest.mark.goal("When no child can be forked the rewrite is refused; the log goes on in a new file, and the next one succeeds")
def test_no_fork(fresh_server):
    server = with_refused_forks(fresh_server(start=False, **OPTIONS, appendfsync="always"), 2).start()
    wire = server.wire()
    wire.ok("SET", "before", "v")
    for failure in (2, 3):
        assert wire.error("BGREWRITEAOF") == CANNOT
        told = persistence(wire)
        assert told["aof_last_bgrewrite_status"] == "err" and told["aof_rewrite_in_progress"] == "0"
        assert names(server) == ["b1", *[f"i{number}" for number in range(1, failure + 1)]]
        assert not children(server) and not temporary_files(server)
    server.wait_log("Can't rewrite append only file in background: fork: Resource temporarily unavailable")
    wire.ok("SET", "after", "v")
    assert current_log(server).read_bytes() == log("SELECT 0", "SET after v")
    rewrite(wire)
    assert names(server) == ["b2", "i4"]
    without_strace(server)
    nothing_lost(server, wire)


@pytest.mark.goal("A rewrite that was promised for later is tried again when no child can be forked then")
def test_no_fork_when_scheduled(fresh_server):
    server = with_refused_forks(fresh_server(start=False, **OPTIONS), 2).start()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    replies = run(wire, "MULTI", "BGREWRITEAOF", "EXEC")
    assert replies[-1] == [SCHEDULED]
    wait_until(lambda: names(server)[0] == "b2", 10, "the third attempt's base")
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "ok" and len(names(server)) == 2


@pytest.mark.goal("A log that cannot be switched on for want of a child stays off, and the next try switches it on")
def test_no_fork_to_switch_on(fresh_server):
    server = with_refused_forks(fresh_server(start=False, **{**OPTIONS, "appendonly": "no"}), 1).start()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    assert wire.error("CONFIG", "SET", "appendonly", "yes") == (
        "ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.")
    told = persistence(wire)
    assert told["aof_enabled"] == "0" and told["aof_last_bgrewrite_status"] == "err" and not children(server)
    wire.ok("SET", "k", "w")
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wait_rewritten(wire)
    without_strace(server).options["appendonly"] = "yes"
    assert reborn(server)("GET", "k") == b"w"


@pytest.mark.goal("When the finished base cannot take its place the rewrite has failed, and the old chain is whole")
def test_rename_fails(writer):
    server, wire = writer
    (log_dir(server) / base(2).name).mkdir()
    assert wire("BGREWRITEAOF") == STARTED
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err"
    assert names(server) == ["b1", "i1", "i2"] and not temporary_files(server)
    wire.ok("SET", "after", "v")
    (log_dir(server) / base(2).name).rmdir()
    nothing_lost(server, wire)


@pytest.mark.goal("When the manifest cannot be replaced at the end the rewrite has failed, and the old chain is whole")
def test_manifest_fails_at_end(writer):
    server, wire = writer
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 300_000)  # microseconds
    assert wire("BGREWRITEAOF") == STARTED
    (log_dir(server) / "temp-appendonly.aof.manifest").mkdir()
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err"
    assert names(server) == ["b1", "i1", "i2"] and base(2).name not in files(server)
    (log_dir(server) / "temp-appendonly.aof.manifest").rmdir()
    nothing_lost(server, wire)


@pytest.mark.goal("kill -9 of the server while the child writes: the next start has all and overwrites what was left")
def test_server_killed(writer):
    server, wire = writer
    for life in range(3):
        endless_rewrite(server, wire)
        wire.ok("SET", f"life{life}", "v")
        before = digest(wire)
        wire = reborn(server)
        assert digest(wire) == before
    nothing_lost(server, wire)


@pytest.mark.parametrize("state", ["new base without manifest", "manifest with history", "log without manifest"])
@pytest.mark.goal("A crash between any two steps of the switch leaves a chain that loads whole")
def test_crash_states(fresh_server, state):
    old, newer, new_base = log("SET a 1"), log("SELECT 0", "SET b 2"), log("SELECT 0", "SET a 1")
    contents = {base(1): b"", incr(1): old, incr(2): newer, base(2): new_base}
    manifests = {"new base without manifest": [base(1), incr(1), incr(2)],
                 "manifest with history": [base(2), Part(incr(1).name, 1, "h"), Part(base(1).name, 1, "h"), incr(2)],
                 "log without manifest": [base(1), incr(1)]}
    if state == "log without manifest":
        contents[incr(1)], contents[incr(2)] = old + newer, b""
    server = with_log(fresh_server, contents, manifests[state])
    wire = server.wire()
    assert wire("MGET", "a", "b") == [b"1", b"2"]
    rewrite(wire)
    assert reborn(server)("MGET", "a", "b") == [b"1", b"2"]
