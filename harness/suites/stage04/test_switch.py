"""The log switched on and off while the server runs, and which of log and snapshot is loaded at the next start."""

import os
import signal

import pytest

from strata_harness.aof_files import base, commands_in, history, incr, log
from strata_harness.aof_server import (DIR, MANIFEST, OPTIONS, STARTED, base_file, current_log, digest, files, log_dir,
                                       names, parts, reborn, rewrite, run, wait_rewritten)
from strata_harness.snapshots import (FOREVER_US, children, endless_save, persistence, temporary_files, wait_saved,
                                      with_dump)
from strata_harness.rdb_codes import raw
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.wait import wait_until

OFF = {**OPTIONS, "appendonly": "no", "appendfsync": "always"}
TEMP = "temp-appendonly.aof.incr"
SNAPSHOT = RdbWriter().select(0).key(STRING, "k", raw("snapshot")).end()


def switch_on(wire):
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wait_rewritten(wire)


def with_log_at_start(server):
    server.options["appendonly"] = "yes"
    server.kill()
    return server.start().wire()


@pytest.fixture
def plain(fresh_server):
    """A server without a log, with some data, and a client."""
    server = fresh_server(**OFF)
    wire = server.wire()
    run(wire, "SET a 1", "RPUSH l x y", "SELECT 2", "SET b 2", "SELECT 0")
    return server, wire


@pytest.mark.goal("Switched on, the log begins with a base of all data, and goes on from there")
def test_on(plain):
    server, wire = plain
    switch_on(wire)
    assert parts(server) == [base(1), incr(1)] and files(server) == [base(1).name, incr(1).name, MANIFEST]
    assert len(commands_in(base_file(server).read_bytes())) == 5
    wire.ok("SET", "c", "3")
    assert current_log(server).read_bytes() == log("SELECT 0", "SET c 3")
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("Switched on with no data at all it works the same")
def test_on_empty(fresh_server):
    server = fresh_server(**OFF)
    wire = server.wire()
    switch_on(wire)
    assert names(server) == ["b1", "i1"]
    wire.ok("SET", "a", "1")
    assert with_log_at_start(server)("GET", "a") == b"1"


@pytest.mark.goal("While the first base is written commands go into a temporary log, which then becomes the first one")
def test_temporary_log(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    [child] = wait_until(lambda: children(server), 5, "the child")
    told = persistence(wire)
    assert told["aof_enabled"] == "1" and told["aof_rewrite_in_progress"] == "1"
    wire.ok("SET", "meanwhile", "v")
    assert (log_dir(server) / TEMP).read_bytes() == log("SELECT 0", "SET meanwhile v")
    assert MANIFEST not in files(server)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: MANIFEST in files(server), 5, "the rewrite that is tried again")
    wait_rewritten(wire)
    assert len(names(server)) == 2 and TEMP not in files(server)
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("What is written while the first base is made is in the first log, when all goes well")
def test_temporary_log_renamed(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 100_000)  # microseconds a key
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wire.ok("SET", "meanwhile", "v")
    assert names_or_none(server) is None
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_rewritten(wire)
    assert parts(server) == [base(1), incr(1)] and TEMP not in files(server)
    assert current_log(server).read_bytes() == log("SELECT 0", "SET meanwhile v")
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


def names_or_none(server):
    return names(server) if MANIFEST in files(server) else None


@pytest.mark.goal("A kill -9 before the first base is done leaves no log that could be taken for the whole data")
def test_killed_before_first_base(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wire.ok("SET", "meanwhile", "v")
    wait_until(lambda: children(server), 5, "the child")
    wire = with_log_at_start(server)
    assert wire("DBSIZE") == 0 and names(server) == ["b1", "i1"]
    wire.ok("SET", "a", "1")
    assert reborn(server)("GET", "a") == b"1"


@pytest.mark.goal("Switched off, the files stay as they are, and the server goes on without them")
def test_off(plain):
    server, wire = plain
    switch_on(wire)
    wire.ok("SET", "logged", "v")
    wire.ok("CONFIG", "SET", "appendonly", "no")
    before = current_log(server).read_bytes()
    assert before == log("SELECT 0", "SET logged v")
    wire.ok("SET", "not logged", "v")
    assert current_log(server).read_bytes() == before and names(server) == ["b1", "i1"]
    told = persistence(wire)
    assert told["aof_enabled"] == "0" and "aof_current_size" not in told
    wire = with_log_at_start(server)
    assert wire("GET", "logged") == b"v" and wire("EXISTS", "not logged") == 0


@pytest.mark.goal("Switched off and on again, a new base takes the place of everything older")
def test_off_and_on(plain):
    server, wire = plain
    switch_on(wire)
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wire.ok("SET", "between", "v")
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "yes")
    switch_on(wire)
    assert parts(server) == [base(2), history(incr(1)), history(base(1)), incr(2)]
    wire.ok("SET", "after", "v")
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before
    assert names(server) == ["b2", "i2"]


@pytest.mark.goal("Switched off while a rewrite runs, the child is ended and nothing of it is left")
def test_off_during_rewrite(plain):
    server, wire = plain
    switch_on(wire)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGREWRITEAOF") == STARTED
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wait_until(lambda: not children(server) and not temporary_files(server), 5, "the child to go")
    assert persistence(wire)["aof_rewrite_in_progress"] == "0"
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("Switched on while a snapshot is written, the log begins when that is done")
def test_on_during_save(plain):
    server, wire = plain
    child = endless_save(server, wire)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    told = persistence(wire)
    assert told["aof_rewrite_scheduled"] == "1" and told["aof_enabled"] == "1"
    wire.ok("SET", "meanwhile", "v")
    assert not log_dir(server).exists() or MANIFEST not in files(server)
    os.kill(child, signal.SIGKILL)
    wait_saved(wire)
    wait_until(lambda: log_dir(server).exists() and MANIFEST in files(server), 5, "the log")
    wait_rewritten(wire)
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("Switched on while a rewrite runs, that one is ended and a new one begun, whose base has everything")
def test_on_during_rewrite(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGREWRITEAOF") == STARTED
    [first] = wait_until(lambda: children(server), 5, "the child")
    wire.ok("SET", "meanwhile", "v")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    switch_on(wire)
    assert first not in children(server) and len(names(server)) == 2
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("A log that cannot be begun is not switched on, and the answer says so")
def test_cannot_begin(plain):
    server, wire = plain
    (server.dir / DIR).write_bytes(b"a file where the directory would be")
    assert wire.error("CONFIG", "SET", "appendonly", "yes") == (
        "ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.")
    assert persistence(wire)["aof_enabled"] == "0"
    assert wire("CONFIG", "GET", "appendonly") == [b"appendonly", b"no"]
    wire.ok("SET", "c", "3")
    (server.dir / DIR).unlink()
    switch_on(wire)
    before = digest(wire)
    assert digest(with_log_at_start(server)) == before


@pytest.mark.goal("A shutdown while the first base is written is refused, unless it is forced")
def test_shutdown_before_first_base(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    assert wire.error("SHUTDOWN") == "ERR Errors trying to SHUTDOWN. Check logs."
    server.wait_log("Writing initial AOF, can't exit.")
    assert wire("GET", "a") == b"1"
    wire.send_command("SHUTDOWN", "FORCE")
    wire.expect_closed()
    assert server.wait_exit() == 0


@pytest.mark.goal("Where log and snapshot lie side by side, the log is loaded")
def test_log_wins(fresh_server):
    server = with_dump(fresh_server, SNAPSHOT, start=False, **OPTIONS)
    log_dir(server).mkdir()
    (log_dir(server) / incr(1).name).write_bytes(log("SET k log"))
    (log_dir(server) / MANIFEST).write_bytes(b"file appendonly.aof.1.incr.aof seq 1 type i\n")
    assert server.start().wire()("GET", "k") == b"log"
    server.kill()
    server.options["appendonly"] = "no"
    assert server.start().wire()("GET", "k") == b"snapshot"


@pytest.mark.goal("With appendonly yes a snapshot is not read even where there is no log: the dataset is empty")
def test_no_log_but_snapshot(fresh_server):
    server = with_dump(fresh_server, SNAPSHOT, **OPTIONS)
    assert server.wire()("DBSIZE") == 0 and names(server) == ["b1", "i1"]
    assert (server.dir / "dump.rdb").read_bytes() == SNAPSHOT


@pytest.mark.goal("The way from a snapshot to a log: start from it, switch on, and the next start has it all")
def test_upgrade_from_snapshot(fresh_server):
    server = with_dump(fresh_server, SNAPSHOT, **OFF)
    wire = server.wire()
    switch_on(wire)
    wire("APPEND", "k", " and log")
    (server.dir / "dump.rdb").unlink()
    assert with_log_at_start(server)("GET", "k") == b"snapshot and log"


@pytest.mark.goal("CONFIG SET to what it is already changes nothing")
def test_no_change(plain):
    server, wire = plain
    wire.ok("CONFIG", "SET", "appendonly", "no")
    assert not log_dir(server).exists()
    switch_on(wire)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    assert persistence(wire)["aof_rewrites"] == "1" and names(server) == ["b1", "i1"]
    rewrite(wire)
    assert names(server) == ["b2", "i2"]
