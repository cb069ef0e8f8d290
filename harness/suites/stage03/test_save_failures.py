"""Saves that fail: a killed child, a full disk, a file that cannot be replaced; the old snapshot stays, writes stop."""

import os
import signal

import pytest

from strata_harness.disk import limit_file_size, survives_full_disk
from strata_harness.resp import RespError
from strata_harness.snapshots import (background_save, children, dump_file, dump_path, endless_save, persistence,
                                      temporary_files, wait_saved)
from strata_harness.syscalls import with_refused_forks
from strata_harness.wait import wait_until

MISCONF = RespError(
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that "
    "may modify the data set are disabled, because this instance is configured to report errors during writes if RDB "
    "snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB "
    "error.")


@pytest.fixture
def saver(fresh_server):
    """A server with save points that do not fire, a key, and a snapshot of it; and a client."""
    server = fresh_server(save="3600 1000000")
    wire = server.wire()
    wire.ok("SET", "k", "old")
    wire.ok("SAVE")
    return server, wire


def fail_save(server, wire):
    """A background save whose child is killed."""
    os.kill(endless_save(server, wire), signal.SIGKILL)
    wait_until(lambda: persistence(wire)["rdb_last_bgsave_status"] == "err", 5, "the failure to be noticed")


@pytest.fixture
def small_disk(fresh_server):
    """A server that can write no file of more than 50,000 bytes, and whose data needs more. Its snapshot is older."""
    server = survives_full_disk(fresh_server(start=False, save="3600 1000000")).start()
    wire = server.wire()
    wire.ok("SET", "k", "old")
    wire.ok("SAVE")
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    wire.ok("SET", "big", "x" * 100_000)
    limit_file_size(server, 50_000)
    return server, wire


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2], ids=lambda number: number.name)
@pytest.mark.goal("A killed child leaves the old snapshot, no temporary file, and a status that says so")
def test_killed_child(saver, number):
    server, wire = saver
    before = dump_path(server).read_bytes()
    wire.ok("SET", "k", "new")
    child = endless_save(server, wire)
    os.kill(child, number)
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "err"
    server.wait_log(f"Background saving terminated by signal {number.value}")
    assert dump_path(server).read_bytes() == before
    assert children(server) == [] and temporary_files(server) == []
    assert persistence(wire)["rdb_changes_since_last_save"] == "1"


@pytest.mark.goal("A child ended by SIGUSR1, as the server itself ends it, is no failure")
def test_sigusr1(saver):
    server, wire = saver
    child = endless_save(server, wire)
    os.kill(child, signal.SIGUSR1)
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok" and temporary_files(server) == []
    wire.ok("SET", "k", "new")
    background_save(wire)
    assert dump_file(server).key("k").value == b"new"


@pytest.mark.goal("A stopped child holds up nobody; killed while stopped, it is cleaned up like any other")
def test_stopped_child(saver):
    server, wire = saver
    child = endless_save(server, wire)
    os.kill(child, signal.SIGSTOP)
    wire.ok("SET", "k", "new")
    assert wire("GET", "k") == b"new" and persistence(wire)["rdb_bgsave_in_progress"] == "1"
    os.kill(child, signal.SIGKILL)
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "err" and temporary_files(server) == []


@pytest.mark.goal("When no child can be forked BGSAVE answers a bare error, the old snapshot stays, the next try succeeds")
def test_no_fork(fresh_server):
    server = with_refused_forks(fresh_server(start=False, save="3600 1000000"), 2).start()
    wire = server.wire()
    wire.ok("SET", "k", "old")
    wire.ok("SAVE")
    before = dump_path(server).read_bytes()
    wire.ok("SET", "k", "new")
    for _ in range(2):
        wire.exchange(b"*1\r\n$6\r\nBGSAVE\r\n", b"-ERR\r\n")
        told = persistence(wire)
        assert told["rdb_last_bgsave_status"] == "err" and told["rdb_bgsave_in_progress"] == "0"
        assert told["rdb_changes_since_last_save"] == "1"
        assert wire("SET", "k", "newer") == MISCONF and wire("GET", "k") == b"new"
    server.wait_log("Can't save in background: fork: Resource temporarily unavailable")
    assert dump_path(server).read_bytes() == before and children(server) == [] and temporary_files(server) == []
    background_save(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok" and dump_file(server).key("k").value == b"new"
    wire.ok("SET", "k", "newer")


@pytest.mark.goal("On a full disk SAVE answers a bare error, the old snapshot stays, no temporary file is left")
def test_full_disk_save(small_disk):
    server, wire = small_disk
    before = dump_path(server).read_bytes()
    wire.exchange(b"*1\r\n$4\r\nSAVE\r\n", b"-ERR\r\n")
    assert dump_path(server).read_bytes() == before and temporary_files(server) == []
    assert persistence(wire)["rdb_changes_since_last_save"] == "1"
    server.wait_log("File too large")
    limit_file_size(server, None)
    wire.ok("SAVE")
    assert dump_file(server).key("big").value == b"x" * 100_000


@pytest.mark.goal("On a full disk a background save fails, the old snapshot stays; with room again all is well again")
def test_full_disk_bgsave(small_disk):
    server, wire = small_disk
    before = dump_path(server).read_bytes()
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "err"
    assert dump_path(server).read_bytes() == before and temporary_files(server) == []
    server.wait_log("Background saving error")
    assert wire("SET", "k", "new") == MISCONF
    limit_file_size(server, None)
    background_save(wire)
    wire.ok("SET", "k", "new")
    assert dump_file(server).key("k").value == b"old"


@pytest.mark.goal("When the finished file cannot take its place, the save has failed and leaves nothing behind")
def test_rename_fails(fresh_server):
    server = fresh_server()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    dump_path(server).mkdir()
    assert wire.error("SAVE") == "ERR"
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "err" and temporary_files(server) == []
    server.wait_log("Is a directory")
    dump_path(server).rmdir()
    wire.ok("SAVE")
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok", "a good SAVE sets it right, too"


@pytest.mark.goal("A working directory that has vanished makes saves fail and nothing else")
def test_directory_gone(fresh_server, tmp_path):
    server = fresh_server(enable_protected_configs="yes")
    wire = server.wire()
    folder = tmp_path / "folder"
    folder.mkdir()
    wire.ok("CONFIG", "SET", "dir", str(folder))
    wire.ok("SET", "k", "v")
    folder.rmdir()
    assert wire.error("SAVE") == "ERR"
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "err"
    server.wait_log("No such file or directory")
    assert wire("GET", "k") == b"v"
    wire.ok("CONFIG", "SET", "dir", str(tmp_path))
    background_save(wire)
    assert os.listdir(tmp_path) == ["dump.rdb"]


@pytest.mark.goal("After a failed background save writes and PING get MISCONF, reads and the rest go on")
def test_misconf(saver):
    server, wire = saver
    fail_save(server, wire)
    for command in (["SET", "k", "v"], ["DEL", "k"], ["PING"], ["LPUSH", "l", "a"], ["FLUSHALL"], ["EXPIRE", "k", "1"]):
        assert wire(*command) == MISCONF
    assert wire("GET", "k") == b"old" and wire("DBSIZE") == 1 and wire("ECHO", "x") == b"x"
    assert wire("PUBLISH", "channel", "x") == 0 and wire("TTL", "k") == -1
    wire.ok("MULTI")
    assert wire("SET", "k", "v") == MISCONF
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."


@pytest.mark.goal("While saves fail EXEC counts as what its commands do: reads run, a write gets MISCONF")
def test_misconf_in_transactions(saver):
    server, wire = saver
    reader, writer = server.wire(), server.wire()
    for other, commands in ((reader, [["GET", "k"], ["DBSIZE"]]), (writer, [["GET", "k"], ["SET", "k", "new"]])):
        other.ok("MULTI")
        assert [other(*command) for command in commands] == ["QUEUED"] * 2
    fail_save(server, wire)
    assert reader("EXEC") == [b"old", 1]
    assert writer("EXEC") == RespError(f"EXECABORT Transaction discarded because of: {MISCONF.text}")
    assert wire("GET", "k") == b"old"


@pytest.mark.parametrize("remedy", ["BGSAVE", "SAVE", "stop-writes-on-bgsave-error", "save"])
@pytest.mark.goal("Writes go on after a good save, with stop-writes-on-bgsave-error no, and without save points")
def test_recovery(saver, remedy):
    server, wire = saver
    fail_save(server, wire)
    assert wire("SET", "k", "v") == MISCONF
    if remedy == "BGSAVE":
        background_save(wire)
    elif remedy == "SAVE":
        wire.ok("SAVE")
    else:
        wire.ok("CONFIG", "SET", remedy, "no" if remedy != "save" else "")
    wire.ok("SET", "k", "v")
    assert wire("PING") == "PONG"
    assert persistence(wire)["rdb_last_bgsave_status"] == ("ok" if remedy.isupper() else "err")


@pytest.mark.goal("Without save points a failed background save stops no writes")
def test_no_save_points(fresh_server):
    server = fresh_server(save="")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    fail_save(server, wire)
    wire.ok("SET", "k", "w")
    wire.ok("CONFIG", "SET", "save", "3600 1000000")
    assert wire("SET", "k", "x") == MISCONF, "the failure counts from when there are save points"
    assert wire("GET", "k") == b"w"


@pytest.mark.goal("kill -9 of the server in the middle of a save: the next start finds the old snapshot, whole")
def test_server_killed(saver):
    server, wire = saver
    wire.ok("SET", "k", "new")
    endless_save(server, wire)
    server.kill()
    wire = server.start().wire()
    assert wire("GET", "k") == b"old" and wire("DBSIZE") == 1
    wire.ok("SET", "k", "newer")
    wire.ok("SAVE")
    assert dump_file(server).key("k").value == b"newer"
