"""A log that cannot be written: commands that write are refused until there is room; with always the server ends."""

import pytest

from strata_harness.aof_files import commands_in, log
from strata_harness.aof_server import OPTIONS, current_log, digest, reborn, rewrite, run, wait_rewritten
from strata_harness.disk import limit_file_size, survives_full_disk
from strata_harness.resp import RespError
from strata_harness.snapshots import contents, persistence
from strata_harness.wait import wait_until

LIMIT = 20_000
# A write that was short, and one that failed for good.
MISCONF = [RespError(f"MISCONF Errors writing to the AOF file: {why}") 
           for why in ("No space left on device", "File too large")]
BIG = "x" * 30_000


@pytest.fixture(params=["everysec", "no"])
def full(request, fresh_server):
    """A server whose log has no more room, a client, and the size of the log's good part."""
    server = survives_full_disk(fresh_server(start=False, **{**OPTIONS, "appendfsync": request.param})).start()
    wire = server.wire()
    run(wire, "SET a 1", "SET b 2")
    wait_until(lambda: log("SET b 2") in current_log(server).read_bytes(), 5, "the first writes")
    limit_file_size(server, LIMIT)
    return server, wire, current_log(server).stat().st_size


def fill(wire):
    """The write that does not fit. It has happened when the log fails, so its client is told that it did."""
    wire.ok("SET", "big", BIG)
    wait_until(lambda: persistence(wire)["aof_last_write_status"] == "err", 5, "the failure")


@pytest.mark.goal("What does not fit has been executed and is answered; from then on writes and PING get MISCONF")
def test_refused(full):
    server, wire, _ = full
    fill(wire)
    for command in ("SET k v", "DEL a", "PING", "LPUSH l a", "FLUSHALL", "EXPIRE a 100", "SETNX k v", "SPOP nokey"):
        assert wire(*command.split()) in MISCONF
    assert wire("GET", "big") == BIG.encode() and wire("GET", "a") == b"1" and wire("DBSIZE") == 3
    assert wire("ECHO", "x") == b"x" and wire("CONFIG", "GET", "appendonly") == [b"appendonly", b"yes"]


@pytest.mark.goal("In a transaction the refusal comes when a write is queued, and EXEC is then aborted")
def test_transaction(full):
    server, wire, _ = full
    fill(wire)
    wire.ok("MULTI")
    assert wire("GET", "a") == "QUEUED" and wire("SET", "k", "v") in MISCONF
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."
    run(wire, "MULTI", "GET a")
    assert wire("EXEC") == [b"1"]


@pytest.mark.goal("The log never holds half a command: what was written of it is cut off again")
def test_no_half_command(full):
    server, wire, size = full
    fill(wire)
    wait_until(lambda: current_log(server).stat().st_size == size, 5, "the log to be whole again")
    server.kill()
    assert contents(server.start().wire()) == {b"a": b"1", b"b": b"2"}


@pytest.mark.goal("With room again writes go on by themselves, and nothing that was acknowledged is missing in the log")
def test_recovery(full):
    server, wire, _ = full
    fill(wire)
    limit_file_size(server, None)
    wait_until(lambda: wire("SET", "after", "v") == "OK", 5, "writes to be accepted again")
    server.wait_log("AOF write error looks solved")
    assert persistence(wire)["aof_last_write_status"] == "ok" and wire("PING") == "PONG"
    wait_until(lambda: log("SET after v") in current_log(server).read_bytes(), 5, "the log to be written")
    assert [words[1] for words in commands_in(current_log(server).read_bytes())] == [b"0", b"a", b"b", b"big", b"after"]
    before = digest(wire)
    assert digest(reborn(server)) == before


@pytest.mark.goal("INFO tells how much waits to be written, and nothing waits afterwards")
def test_buffer_length(full):
    server, wire, _ = full
    fill(wire)
    assert int(persistence(wire)["aof_buffer_length"]) >= len(log(("SET", "big", BIG)))
    limit_file_size(server, None)
    wait_until(lambda: persistence(wire)["aof_buffer_length"] == "0", 5, "everything to be written")


@pytest.mark.goal("Errors are not logged at every turn: one line tells of it, not thousands")
def test_log_is_limited(full):
    server, wire, _ = full
    fill(wire)
    for _ in range(200):
        assert wire("PING") in MISCONF
    lines = [line for line in server.log_text().splitlines() if "rror writing to the AOF file" in line or
             "hort write while writing to the AOF file" in line]
    assert 1 <= len(lines) <= 3


@pytest.mark.goal("The log switched off, writes are accepted again; switched on again it begins with a whole base")
def test_switched_off(full):
    server, wire, _ = full
    fill(wire)
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wire.ok("SET", "k", "v")
    limit_file_size(server, None)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wait_rewritten(wire)
    wait_until(lambda: wire("PING") == "PONG", 5, "writes to be accepted again")
    rewrite(wire)
    before = digest(wire)
    assert digest(reborn(server)) == before


@pytest.mark.goal("With always a server that cannot write its log ends at once, and what it acknowledged is in the log")
def test_always(fresh_server):
    server = survives_full_disk(fresh_server(start=False, **{**OPTIONS, "appendfsync": "always"})).start()
    wire = server.wire()
    run(wire, "SET a 1", "SET b 2")
    limit_file_size(server, LIMIT)
    wire.send_command("SET", "big", BIG)
    wire.expect_closed()
    assert server.wait_exit() == 1
    assert "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting..." in server.log_text()
    found = contents(server.start().wire())
    assert found == {b"a": b"1", b"b": b"2"}


@pytest.mark.goal("A shutdown soon after there is room again leaves everything in the log")
def test_shutdown(full):
    server, wire, _ = full
    fill(wire)
    limit_file_size(server, None)
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert contents(server.start().wire()) == {b"a": b"1", b"b": b"2", b"big": BIG.encode()}
