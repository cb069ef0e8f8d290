"""LATENCY and the log: what was slow in writing it, by name."""

import pytest

from strata_harness.aof_files import incr
from strata_harness.aof_server import OPTIONS, endless_rewrite, log_dir, rewrite
from strata_harness.syscalls import with_faults
from strata_harness.wait import wait_until


def start(fresh_server, policy, fault):
    """A server that tells of everything beyond 20 ms, and in whose log something takes longer."""
    server = fresh_server(start=False, **{**OPTIONS, "appendfsync": policy}, latency_monitor_threshold=20)
    server = with_faults(server, log_dir(server) / incr(1).name, fault).start()
    return server, server.wire()


def slow(wire):
    """The events with their longest time, in milliseconds."""
    return {event[0].decode(): event[3] for event in wire("LATENCY", "LATEST")}


@pytest.mark.goal("A slow write is told as aof-write, and as aof-write-alone while nothing else is at the disk")
def test_write(fresh_server):
    server, wire = start(fresh_server, "no", "write:delay_enter=50ms")
    wire.ok("SET", "k", "v")
    events = wait_until(lambda: slow(wire), 5, "an event")
    assert set(events) >= {"aof-write", "aof-write-alone"} and events["aof-write"] >= 50
    assert "aof-fsync-always" not in events


@pytest.mark.goal("A slow sync under always is told as aof-fsync-always")
def test_sync(fresh_server):
    server, wire = start(fresh_server, "always", "fdatasync:delay_enter=50ms")
    wire.ok("SET", "k", "v")
    assert slow(wire)["aof-fsync-always"] >= 50 and "aof-write" not in slow(wire)


@pytest.mark.goal("A slow write while a child works is told as aof-write-active-child")
def test_write_with_child(fresh_server):
    server = fresh_server(start=False, **{**OPTIONS, "appendfsync": "no"}, latency_monitor_threshold=20)
    server = with_faults(server, log_dir(server) / incr(2).name, "write:delay_enter=50ms").start()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    endless_rewrite(server, wire)
    wire.ok("SET", "k", "w")
    assert slow(wire)["aof-write-active-child"] >= 50 and "aof-write-alone" not in slow(wire)


@pytest.mark.goal("A fast disk makes no events")
def test_fast(fresh_server):
    server = fresh_server(**OPTIONS, latency_monitor_threshold=1000)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    rewrite(wire)
    assert slow(wire) == {}
