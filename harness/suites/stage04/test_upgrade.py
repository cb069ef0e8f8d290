"""The single log of Redis before 7.0, found in the working directory: it becomes the base of the new layout, once."""

import pytest

from strata_harness.aof_files import Part, base, incr, log, manifest
from strata_harness.aof_server import MANIFEST, NAME, OPTIONS, files, log_dir, names, parts, reborn, rewrite, with_log
from strata_harness.snapshots import contents, refuse

OLD = log("SELECT 0", "SET a 1", "MULTI", "SET b 2", "EXEC") + b"#TS:1\r\n" + log("SELECT 3", "SET c 3")
DATA = {b"a": b"1", b"b": b"2"}
UPGRADED = Part(NAME, 1, "b")


def with_old(fresh_server, data=OLD, **options):
    """A server, not yet started, in whose directory the old log lies."""
    server = fresh_server(start=False, **{**OPTIONS, "appendfsync": "always", **options})
    (server.dir / NAME).write_bytes(data)
    return server


@pytest.mark.parametrize("state", ["no directory", "empty directory", "no manifest"])
@pytest.mark.goal("The old log moves into the directory as the base, and a new log and a manifest are made beside it")
def test_upgrade(fresh_server, state):
    server = with_old(fresh_server)
    if state != "no directory":
        log_dir(server).mkdir()
    if state == "no manifest":
        (log_dir(server) / incr(5).name).write_bytes(log("SET stranger 1"))
    wire = server.start().wire()
    assert contents(wire) == DATA
    assert parts(server) == [UPGRADED, incr(1)]
    assert (log_dir(server) / NAME).read_bytes() == OLD and not (server.dir / NAME).exists()
    assert "Successfully migrated an old-style AOF" in server.log_text()
    wire.ok("SET", "d", "4")
    assert (log_dir(server) / incr(1).name).read_bytes() == log("SELECT 0", "SET d 4")
    assert contents(reborn(server)) == {**DATA, b"d": b"4"}


@pytest.mark.goal("The next rewrite replaces the old log by a base of the new names")
def test_rewrite_after_upgrade(fresh_server):
    server = with_old(fresh_server).start()
    wire = server.wire()
    rewrite(wire)
    assert parts(server) == [base(2), incr(2)]
    assert files(server) == [base(2).name, incr(2).name, MANIFEST]
    assert contents(reborn(server)) == DATA


@pytest.mark.goal("A crash between the manifest and the move is made good: the old log moves at the next start")
def test_crash_before_move(fresh_server):
    server = with_old(fresh_server)
    log_dir(server).mkdir()
    (log_dir(server) / MANIFEST).write_bytes(manifest([UPGRADED]))
    assert contents(server.start().wire()) == DATA
    assert parts(server) == [UPGRADED, incr(1)] and not (server.dir / NAME).exists()


@pytest.mark.parametrize("entries", [[base(1), incr(1)], [incr(1)], [UPGRADED], [UPGRADED, incr(1)]],
                         ids=["base and log", "log", "upgraded", "upgraded, with log"])
@pytest.mark.goal("Where the new layout is whole already, an old log beside it is left alone and not read")
def test_ignored(fresh_server, entries):
    contents_of = {part: log("SET new 1") for part in entries}
    server = with_log(fresh_server, contents_of, start=False)
    (server.dir / NAME).write_bytes(OLD)
    assert contents(server.start().wire()) == {b"new": b"1"}
    assert (server.dir / NAME).read_bytes() == OLD


@pytest.mark.goal("Without appendonly an old log is left alone, until a start asks for it")
def test_off(fresh_server):
    server = with_old(fresh_server, appendonly="no").start()
    assert server.wire()("DBSIZE") == 0
    assert (server.dir / NAME).read_bytes() == OLD and not log_dir(server).exists()
    server.options["appendonly"] = "yes"
    assert contents(reborn(server)) == DATA


@pytest.mark.goal("An old log under another name is found by appendfilename, and keeps that name")
def test_other_name(fresh_server):
    server = with_old(fresh_server, appendfilename="journal", appenddirname="logs")
    (server.dir / NAME).rename(server.dir / "journal")
    assert contents(server.start().wire()) == DATA
    assert sorted(path.name for path in (server.dir / "logs").iterdir()) == ["journal", "journal.1.incr.aof",
                                                                              "journal.manifest"]
    assert contents(reborn(server)) == DATA


@pytest.mark.goal("An empty old log is upgraded as well")
def test_empty(fresh_server):
    server = with_old(fresh_server, b"").start()
    assert (log_dir(server) / NAME).read_bytes() == b"" and not (server.dir / NAME).exists()
    server.wire().ok("SET", "a", "1")
    assert names(server) == ["b1", "i1"] and contents(reborn(server)) == {b"a": b"1"}


@pytest.mark.goal("An old log that was cut loads up to its last whole command; one full of garbage stops the start")
def test_damaged(fresh_server):
    server = with_old(fresh_server, OLD + b"*3\r\n$3\r\nSET").start()
    assert contents(server.wire()) == DATA
    assert (log_dir(server) / NAME).read_bytes() == OLD
    broken = with_old(fresh_server, OLD + b"garbage")
    assert "Bad file format" in refuse(broken)
    [path] = [path for path in (broken.dir / NAME, log_dir(broken) / NAME) if path.exists()]
    assert path.read_bytes() == OLD + b"garbage"
    path.write_bytes(OLD)
    assert contents(broken.start().wire()) == DATA
