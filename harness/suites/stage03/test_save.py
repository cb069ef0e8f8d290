"""SAVE, BGSAVE and LASTSAVE: what they answer, what they write, and that a snapshot is the data of one moment."""

import os

import pytest

from strata_harness.resp import RespError
from strata_harness.snapshots import (background_save, children, dump_file, dump_path, endless_save,
                                      persistence, temporary_files, wait_saved)
from strata_harness.wait import wait_until

UNDER_WAY = "ERR Background save already in progress"


@pytest.fixture
def saver(fresh_server):
    """A server of the test's own, with a client."""
    server = fresh_server()
    return server, server.wire()


def saved(server):
    """The snapshot's strings."""
    return {key.name: key.value for key in dump_file(server).keys}


@pytest.mark.goal("SAVE answers OK when the whole dataset is in dump.rdb, and leaves no other file behind")
def test_save(saver):
    server, wire = saver
    wire.ok("SET", "k", "v")
    wire.ok("SAVE")
    assert saved(server) == {b"k": b"v"}
    assert sorted(os.listdir(server.dir)) == ["dump.rdb", "server.log"]
    assert persistence(wire)["rdb_changes_since_last_save"] == "0"


@pytest.mark.goal("BGSAVE answers at once, a child writes the file, and the server knows when it is done")
def test_bgsave(saver):
    server, wire = saver
    wire.ok("SET", "k", "v")
    background_save(wire)
    assert saved(server) == {b"k": b"v"}
    assert children(server) == [] and temporary_files(server) == []
    told = persistence(wire)
    assert told["rdb_last_bgsave_status"] == "ok" and int(told["rdb_last_bgsave_time_sec"]) >= 0


@pytest.mark.goal("The log tells the start, the child and the end of a background save")
def test_log(saver):
    server, wire = saver
    wire.ok("SET", "k", "v")
    child = endless_save(server, wire)
    assert f"{server.pid}:M" in server.wait_log(f"Background saving started by pid {child}")
    os.kill(child, 9)
    wait_saved(wire)
    background_save(wire)
    assert ":C" in server.wait_log("DB saved on disk")
    server.wait_log("Background saving terminated with success")


@pytest.mark.goal("An empty dataset is saved, too")
def test_empty(saver):
    server, wire = saver
    wire.ok("SAVE")
    assert saved(server) == {}
    dump_path(server).unlink()
    background_save(wire)
    assert saved(server) == {}


@pytest.mark.goal("While a background save runs, SAVE, BGSAVE and BGSAVE SCHEDULE are refused, and the server serves")
def test_one_at_a_time(saver):
    server, wire = saver
    wire.ok("SET", "k", "v")
    child = endless_save(server, wire)
    for command in (["SAVE"], ["BGSAVE"], ["BGSAVE", "SCHEDULE"], ["bgsave", "schedule"]):
        assert wire.error(*command) == UNDER_WAY
    assert children(server) == [child] and persistence(wire)["rdb_bgsave_in_progress"] == "1"
    wire.ok("SET", "k", "w")
    assert wire("GET", "k") == b"w"


@pytest.mark.goal("What is wrong with a command is told: words that do not belong there, too many arguments")
def test_wrong_words(saver):
    server, wire = saver
    for words in (["now"], ["SCHEDULE", "now"], [""]):
        assert wire.error("BGSAVE", *words) == "ERR syntax error"
    assert wire.error("SAVE", "now") == "ERR wrong number of arguments for 'save' command"
    assert wire.error("LASTSAVE", "now") == "ERR wrong number of arguments for 'lastsave' command"
    assert not dump_path(server).exists()
    assert wire("BGSAVE", "ScheduLe") == "Background saving started"
    wait_until(dump_path(server).exists, 5, "the file")


@pytest.mark.goal("SAVE is refused in MULTI; BGSAVE there is scheduled and starts after EXEC")
def test_transactions(saver):
    server, wire = saver
    wire.ok("SET", "k", "1")
    wire.ok("MULTI")
    assert wire.error("SAVE") == "ERR Command not allowed inside a transaction"
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."
    wire.ok("MULTI")
    for command in (["BGSAVE"], ["BGSAVE", "SCHEDULE"], ["SET", "k", "2"]):
        assert wire(*command) == "QUEUED"
    assert wire("EXEC") == ["Background saving scheduled", "Background saving scheduled", "OK"]
    wait_until(dump_path(server).exists, 5, "the scheduled save")
    wait_saved(wire)
    assert saved(server) == {b"k": b"2"}


def wait_for_second_after(wire, second):
    """TIME reads the fine clock, LASTSAVE the coarse one, some milliseconds behind: waits well into the next second."""
    def reached():
        seconds, microseconds = map(int, wire("TIME"))
        return seconds > second and microseconds > 50_000
    wait_until(reached, 5, "the next second")


@pytest.mark.goal("LASTSAVE tells when data was last saved: the start of the server at first, INFO tells the same")
def test_lastsave(saver):
    server, wire = saver
    first = wire("LASTSAVE")
    seconds, _ = wire("TIME")
    assert int(seconds) - 20 <= first <= int(seconds)
    assert persistence(wire)["rdb_last_save_time"] == str(first)
    wait_for_second_after(wire, first)
    wire.ok("SAVE")
    second = wire("LASTSAVE")
    assert first < second <= int(wire("TIME")[0])
    wait_for_second_after(wire, second)
    background_save(wire)
    assert wire("LASTSAVE") > second
    assert persistence(wire)["rdb_last_save_time"] == str(wire("LASTSAVE"))


@pytest.mark.goal("A snapshot is the data of the moment of BGSAVE: later changes of any kind are not in it")
def test_one_moment(saver):
    server, wire = saver
    for i in range(20):
        wire.ok("SET", f"k{i}", "old")
    wire("RPUSH", "list", "a", "b")
    wire("HSET", "hash", "f", "old")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 80_000)  # some 2 s in all
    assert wire("BGSAVE") == "Background saving started"
    wire.ok("SET", "k3", "new")
    wire("DEL", "k4", "k5")
    wire("RENAME", "k6", "k60")
    wire("RPUSH", "list", "c")
    wire("LPOP", "list")
    wire("HSET", "hash", "f", "new", "g", "new")
    wire("EXPIRE", "k7", 100)
    wire.ok("SET", "late", "x")
    wire.ok("SELECT", 1)
    wire.ok("SET", "late", "x")
    assert persistence(wire)["rdb_bgsave_in_progress"] == "1", "all that should have happened during the save"
    wait_saved(wire)
    expected = {b"k%d" % i: b"old" for i in range(20)} | {b"list": [b"a", b"b"], b"hash": [(b"f", b"old")]}
    assert saved(server) == expected
    assert [key.expire_ms for key in dump_file(server).keys if key.expire_ms] == []
    assert wire("GET", "late") == b"x"


@pytest.mark.goal("Changes made during a background save still count as not saved afterwards")
def test_changes_meanwhile(saver):
    server, wire = saver
    for i in range(10):
        wire.ok("SET", f"k{i}", "old")
    wire("SADD", "set", "a", "b", "c")
    assert persistence(wire)["rdb_changes_since_last_save"] == "13"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 120_000)  # more than a second in all
    assert wire("BGSAVE") == "Background saving started"
    wire.ok("SET", "k1", "new")
    wire("SREM", "set", "a", "b")
    assert persistence(wire)["rdb_changes_since_last_save"] == "16"
    assert persistence(wire)["rdb_bgsave_in_progress"] == "1"
    wait_saved(wire)
    assert persistence(wire)["rdb_changes_since_last_save"] == "3"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wire.ok("SAVE")
    assert persistence(wire)["rdb_changes_since_last_save"] == "0"


@pytest.mark.parametrize("save", ["SAVE", "BGSAVE"])
@pytest.mark.goal("A new snapshot replaces the old one in one step: whoever has the old file open goes on reading it")
def test_replacement(saver, save):
    server, wire = saver
    wire.ok("SET", "k", "old")
    wire.ok("SAVE")
    with open(dump_path(server), "rb") as old:
        content = old.read()
        wire.ok("SET", "k", "new")
        assert wire(save) in ("OK", "Background saving started")
        wait_saved(wire)
        assert os.stat(dump_path(server)).st_ino != os.fstat(old.fileno()).st_ino
        old.seek(0)
        assert old.read() == content
    assert saved(server) == {b"k": b"new"}


@pytest.mark.goal("The old file stays whole while a new one is being written beside it")
def test_old_file_meanwhile(saver):
    server, wire = saver
    wire.ok("SET", "k", "old")
    wire.ok("SAVE")
    before = dump_path(server).read_bytes()
    wire.ok("SET", "k", "new")
    child = endless_save(server, wire)
    assert temporary_files(server) == [f"temp-{child}.rdb"]
    assert dump_path(server).read_bytes() == before


@pytest.mark.goal("dbfilename names the file, may be changed while the server runs, and is a name, not a path")
def test_dbfilename(fresh_server):
    server = fresh_server(dbfilename="first.rdb", enable_protected_configs="yes")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.ok("SAVE")
    assert (server.dir / "first.rdb").exists() and not dump_path(server).exists()
    assert wire("CONFIG", "SET", "dbfilename", "a/b") == RespError(
        "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - "
        "dbfilename can't be a path, just a filename")
    wire.ok("CONFIG", "SET", "dbfilename", "second.rdb")
    background_save(wire)
    assert (server.dir / "second.rdb").read_bytes()[:9] == b"REDIS0010"
    assert fresh_server().wire().error("CONFIG", "SET", "dbfilename", "x").endswith("can't set protected config")


@pytest.mark.goal("The file goes where CONFIG SET dir points to at the time of the save")
def test_dir(fresh_server, tmp_path):
    server = fresh_server(enable_protected_configs="yes")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "dir", str(tmp_path))
    wire.ok("SAVE")
    assert os.listdir(tmp_path) == ["dump.rdb"] and not dump_path(server).exists()


@pytest.mark.goal("FLUSHALL ends a background save that is under way, and its temporary file goes")
def test_flushall_ends_the_save(saver):
    server, wire = saver
    wire.ok("SET", "k", "v")
    endless_save(server, wire)
    wire.ok("FLUSHALL")
    wait_saved(wire)
    assert children(server) == [] and temporary_files(server) == [] and not dump_path(server).exists()
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok", "who is ended on purpose has not failed"
    wire.ok("SET", "k", "w")
    background_save(wire)
    assert saved(server) == {b"k": b"w"}


@pytest.mark.goal("Expired keys that nobody has removed yet are saved with their time, and gone after the next start")
def test_expired_in_memory(fresh_server):
    server = fresh_server(enable_debug_command="yes")
    wire = server.wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", "gone", "v", "PX", 1)
    wire.ok("SET", "stays", "v")
    wire.ok("SAVE")
    assert set(saved(server)) == {b"gone", b"stays"}
    server.kill()
    wire = server.start().wire()
    assert wire("KEYS", "*") == [b"stays"]
    assert persistence(wire)["rdb_last_load_keys_expired"] == "1"
    assert persistence(wire)["rdb_last_load_keys_loaded"] == "1"
