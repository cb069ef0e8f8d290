"""BGREWRITEAOF: a new base with the data as of its start, a new log beside it, and nothing of the old left."""

import pytest

from strata_harness.aof_files import base, commands_in, history, incr, log
from strata_harness.aof_server import (MANIFEST, OPTIONS, SCHEDULED, STARTED, base_file, current_log, digest,
                                       endless_rewrite, files, log_dir, names, parts, reborn, rewrite, run,
                                       wait_rewritten)
from strata_harness.snapshots import children, persistence, temporary_files
from strata_harness.wait import wait_until

IN_PROGRESS = "ERR Background append only file rewriting already in progress"


@pytest.fixture
def writer(fresh_server):
    """A server with a log that has grown, and a client."""
    server = fresh_server(**OPTIONS, appendfsync="always")
    wire = server.wire()
    for i in range(50):
        run(wire, f"INCR n{i % 5}", f"RPUSH l {i}", "SET k v", "DEL k")
    return server, wire


@pytest.mark.goal("A rewrite replaces base and log by new ones with the next numbers, smaller, with the same data")
def test_rewrite(writer):
    server, wire = writer
    before, size = digest(wire), current_log(server).stat().st_size
    rewrite(wire)
    assert parts(server) == [base(2), incr(2)]
    assert files(server) == [base(2).name, incr(2).name, MANIFEST]
    assert current_log(server).read_bytes() == b"" and 0 < base_file(server).stat().st_size < size
    assert not children(server) and not temporary_files(server)
    assert digest(reborn(server)) == before


@pytest.mark.goal("One rewrite follows another: each takes the place of all that was before it")
def test_many(writer):
    server, wire = writer
    for number in range(2, 7):
        wire("INCR", "rewrites")
        rewrite(wire)
        assert names(server) == [f"b{number}", f"i{number}"] and len(files(server)) == 3
    assert reborn(server)("GET", "rewrites") == b"5"
    rewrite(server.wire())
    assert names(server) == ["b7", "i7"], "the numbers go on behind a restart"


@pytest.mark.goal("While the child works the manifest has the old files and the new log, into which commands go")
def test_meanwhile(writer):
    server, wire = writer
    old = current_log(server).read_bytes()
    endless_rewrite(server, wire)
    assert parts(server) == [base(1), incr(1), incr(2)]
    assert files(server) == [base(1).name, incr(1).name, incr(2).name, MANIFEST]
    wire.ok("SET", "meanwhile", "v")
    assert current_log(server).read_bytes() == log("SELECT 0", "SET meanwhile v")
    assert (log_dir(server) / incr(1).name).read_bytes() == old
    before = digest(wire)
    assert digest(reborn(server)) == before, "killed in the middle, all three files are loaded"
    assert parts(server) == [base(1), incr(1), incr(2)]
    rewrite(server.wire())
    assert parts(server) == [base(2), incr(3)] and digest(reborn(server)) == before


@pytest.mark.goal("The base holds the data as of the start of the rewrite; what came later is in the log alone")
def test_one_moment(writer):
    server, wire = writer
    wire.ok("MSET", *[word for i in range(300) for word in (f"k{i}", "old")])
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1000)  # microseconds a key: some 300 ms in all
    assert wire("BGREWRITEAOF") == STARTED
    wire.ok("MSET", *[word for i in range(300) for word in (f"k{i}", "new")])
    wire("DEL", "l")
    wire.ok("SET", "later", "v")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_rewritten(wire)
    values = {words[1]: words[2] for words in commands_in(base_file(server).read_bytes()) if words[0] == b"SET"}
    assert all(values[b"k%d" % i] == b"old" for i in range(300)) and b"later" not in values
    assert [words[0] for words in commands_in(current_log(server).read_bytes())] == [b"SELECT", b"MSET", b"DEL", b"SET"]
    before = digest(wire)
    assert digest(reborn(server)) == before


@pytest.mark.limit(40)
@pytest.mark.goal("Clients that write without pause during rewrites lose nothing and see nothing of it")
def test_under_load(writer, rng):
    server, wire = writer
    others = [server.wire(name=f"writer {i}") for i in range(4)]
    wire.ok("CONFIG", "SET", "appendfsync", "everysec")
    count = 0
    for number in range(4):
        assert wire("BGREWRITEAOF") == STARTED
        while persistence(wire)["aof_rewrite_in_progress"] == "1" or count % 40:
            for other in others:
                for _ in range(20):
                    other.send_command("RPUSH", f"list {rng.randrange(20)}", count)
            assert all(isinstance(reply, int) for other in others for reply in other.read_many(20))
            count += 1
    wait_rewritten(wire)
    assert names(server) == ["b5", "i5"]
    before = digest(wire)
    assert digest(reborn(server)) == before


@pytest.mark.goal("An empty dataset is rewritten to an empty base")
def test_empty(fresh_server):
    server = fresh_server(**OPTIONS)
    wire = server.wire()
    rewrite(wire)
    assert base_file(server).read_bytes() == b"" and names(server) == ["b2", "i2"]
    assert reborn(server)("DBSIZE") == 0


@pytest.mark.goal("A second BGREWRITEAOF is refused while one runs; in a transaction one is scheduled")
def test_replies(writer):
    server, wire = writer
    assert wire.error("BGREWRITEAOF", "x") == "ERR wrong number of arguments for 'bgrewriteaof' command"
    wire.ok("MULTI")
    assert wire("bgrewriteaof") == "QUEUED"
    assert wire("EXEC") == [SCHEDULED]
    wait_until(lambda: names(server) == ["b2", "i2"], 5, "the scheduled rewrite")
    child = endless_rewrite(server, wire)
    assert wire.error("BGREWRITEAOF") == IN_PROGRESS
    assert children(server) == [child]
    assert "Background append only file rewriting started by pid" in server.log_text()


@pytest.mark.goal("With appendonly no a rewrite makes a base and a manifest of it alone, which is not loaded then")
def test_appendonly_no(fresh_server):
    server = fresh_server(**{**OPTIONS, "appendonly": "no"})
    wire = server.wire()
    wire.ok("SET", "a", "1")
    rewrite(wire)
    assert parts(server) == [base(1)] and commands_in(base_file(server).read_bytes())[-1] == (b"SET", b"a", b"1")
    wire.ok("SET", "b", "2")
    rewrite(wire)
    assert parts(server) == [base(2)] and files(server) == [base(2).name, MANIFEST]
    assert reborn(server)("DBSIZE") == 0
    server.kill()
    server.options["appendonly"] = "yes"
    wire = server.start().wire()
    assert wire("MGET", "a", "b") == [b"1", b"2"] and parts(server) == [base(2), incr(1)]


@pytest.mark.goal("With aof-disable-auto-gc the replaced files stay, listed as history, newest first, until it ends")
def test_no_collection(writer):
    server, wire = writer
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "yes")
    rewrite(wire)
    rewrite(wire)
    assert parts(server) == [base(3), history(incr(2)), history(base(2)), history(incr(1)), history(base(1)), incr(3)]
    assert len(files(server)) == 7
    before = digest(wire)
    assert digest(reborn(server)) == before
    assert names(server) == ["b3", "i3"] and len(files(server)) == 3, "a start without the option collects"
    wire = server.wire()
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "yes")
    rewrite(wire)
    assert names(server) == ["b4", "h3", "h3", "i4"]
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "no")
    assert names(server) == ["b4", "i4"] and files(server) == [base(4).name, incr(4).name, MANIFEST]


@pytest.mark.goal("FLUSHALL while a rewrite runs is in the new log, behind which nothing of the old data comes back")
def test_flushall_meanwhile(writer):
    server, wire = writer
    endless_rewrite(server, wire)
    wire.ok("FLUSHALL")
    wire.ok("SET", "after", "v")
    wire = reborn(server)
    assert wire("KEYS", "*") == [b"after"]


@pytest.mark.goal("A shutdown while a rewrite runs ends the child, too, and leaves neither child nor temporary file")
def test_shutdown_meanwhile(writer):
    server, wire = writer
    endless_rewrite(server, wire)
    before = digest(wire)
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    assert server.wait_exit() == 0
    wait_until(lambda: not temporary_files(server), 2, "the temporary file to go")
    assert digest(server.start().wire()) == before
