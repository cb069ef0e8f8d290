"""A disk that is slow or fails: faults put into the server's own syncs. Nobody waits longer than the policy says."""

import time

import pytest

from strata_harness.aof_files import incr, log
from strata_harness.aof_server import OPTIONS, current_log, digest, log_dir, reborn, run
from strata_harness.resp import RespError
from strata_harness.snapshots import contents, persistence
from strata_harness.syscalls import with_faults, without_strace
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

MISCONF = RespError("MISCONF Errors writing to the AOF file: Input/output error")


def start(fresh_server, policy, fault):
    """A server whose log, and no other file, has a fault."""
    server = fresh_server(start=False, **{**OPTIONS, "appendfsync": policy})
    server = with_faults(server, log_dir(server) / incr(1).name, f"fdatasync:{fault}", f"fsync:{fault}").start()
    return server, server.wire()


@pytest.mark.limit(40)
@pytest.mark.goal("everysec on a slow disk: no client waits; writes wait two seconds at most, as INFO and log tell")
def test_two_seconds(fresh_server):
    server, wire = start(fresh_server, "everysec", "delay_enter=3s")
    longest, number, begin = 0.0, 0, time.monotonic()

    def delayed():
        return int(persistence(wire)["aof_delayed_fsync"])

    while not delayed() and time.monotonic() < begin + scaled(12):
        before = time.monotonic()
        wire.ok("SET", f"k{number}", "v")
        longest, number = max(longest, time.monotonic() - before), number + 1
    assert delayed() >= 1 and longest < scaled(1.5)
    assert "Asynchronous AOF fsync is taking too long (disk is busy?)" in server.log_text()
    assert log("SET k0 v") in current_log(server).read_bytes()


@pytest.mark.goal("everysec while a sync is under way: what waits is told as aof_buffer_length, then written, in order")
def test_buffer(fresh_server):
    server, wire = start(fresh_server, "everysec", "delay_enter=1s")

    def waits():
        wire("INCR", "n")
        told = persistence(wire)
        return int(told["aof_buffer_length"]) > 0 and int(told["aof_pending_bio_fsync"]) >= 1

    wait_until(waits, 5, "something to wait behind a sync")
    wait_until(lambda: persistence(wire)["aof_buffer_length"] == "0", 6, "what waits to be written")
    before = digest(wire)
    assert digest(reborn(without_strace(server))) == before


@pytest.mark.goal("always on a slow disk: a client waits for its sync; a reader does not, once that is over")
def test_always_waits(fresh_server):
    server, wire = start(fresh_server, "always", "delay_enter=300ms")
    before = time.monotonic()
    wire.ok("SET", "k", "v")
    middle = time.monotonic()
    assert middle - before >= 0.3
    assert wire("GET", "k") == b"v" and time.monotonic() - middle < 0.3


@pytest.mark.goal("no on a slow disk: nobody waits for a sync, since there is none")
def test_no_waits(fresh_server):
    server, wire = start(fresh_server, "no", "delay_enter=60s")  # far longer than a reply is waited for
    for number in range(10):
        wire.ok("SET", f"k{number}", "v")
    assert log("SET k9 v") in current_log(server).read_bytes()


@pytest.mark.goal("everysec: a sync that fails stops writes until one succeeds; nothing is lost meanwhile")
def test_failed_sync(fresh_server):
    server, wire = start(fresh_server, "everysec", "error=EIO:when=1")
    wire.ok("SET", "a", "1")
    wire.ok("SET", "e", "v", "PX", 2500)

    def refused():
        """Asked in one go, since the next sync may follow soon."""
        replies = run(wire, "SET b 2", "PING", "GET a", "INFO persistence")
        return replies[0] != "OK" and replies

    replies = wait_until(refused, 5, "the failure")
    assert replies[:3] == [MISCONF, MISCONF, b"1"] and b"aof_last_write_status:err" in replies[3]
    wait_until(lambda: wire("SET", "b", "3") == "OK", 8, "the next sync, at the latest that of the expiry")
    assert wire("PING") == "PONG" and persistence(wire)["aof_last_write_status"] == "ok"
    assert reborn(without_strace(server))("MGET", "a", "b") == [b"1", b"3"]


@pytest.mark.goal("always: a sync that fails ends the server, and the client gets no reply that might be a lie")
def test_failed_sync_always(fresh_server):
    server, wire = start(fresh_server, "always", "error=EIO:when=4+")
    for number in range(3):
        wire.ok("SET", f"k{number}", "v")
    wire.send_command("SET", "k3", "v")
    wire.expect_closed()
    assert server.wait_exit() == 1
    assert len(contents(without_strace(server).start().wire())) >= 3


@pytest.mark.goal("everysec: a write that fails is tried again, and writes are accepted again when one succeeds")
def test_failed_write(fresh_server):
    server = fresh_server(start=False, **{**OPTIONS, "appendfsync": "everysec"})
    server = with_faults(server, log_dir(server) / incr(1).name, "write:error=ENOSPC:when=2..3").start()
    wire = server.wire()
    wire.ok("SET", "a", "1")
    wire.ok("SET", "b", "2")
    server.wait_log("rror writing to the AOF file")
    wait_until(lambda: wire("SET", "c", "3") == "OK", 10, "writes to be accepted again")
    assert persistence(wire)["aof_last_write_status"] == "ok"
    wait_until(lambda: log("SET c 3") in current_log(server).read_bytes(), 5, "the log to be written")
    assert contents(reborn(without_strace(server))) == {b"a": b"1", b"b": b"2", b"c": b"3"}
