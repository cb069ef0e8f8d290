"""The end of a master: its replicas are given what they lack first."""

import signal
import time

import pytest

from strata_harness.replicas import OPTIONS, follow, in_step, replication
from strata_harness.resp import RespError
from strata_harness.wait import wait_until


@pytest.fixture
def lagging(fresh_server):
    """A master and its replica, which is stopped and has not got the last write."""
    master, replica = fresh_server(**OPTIONS, shutdown_timeout=20), fresh_server(**OPTIONS)
    wire, other = master.wire(), replica.wire()
    follow(other, master)
    in_step(wire, other)
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "last", "write")
    yield master, replica
    replica.process.send_signal(signal.SIGCONT)


@pytest.mark.goal("SHUTDOWN waits for a replica that lags behind; what was written last is there")
def test_waits(lagging):
    master, replica = lagging
    asked = master.wire()
    asked.send_command("SHUTDOWN", "NOSAVE")
    wire = master.wire()
    wait_until(lambda: b"shutdown_in_milliseconds" in wire("INFO", "server"), 5, "the shutdown to begin")
    assert wire("GET", "last") == b"write"
    replica.process.send_signal(signal.SIGCONT)
    master.wait_exit()
    assert replica.wire()("GET", "last") == b"write"


@pytest.mark.goal("SHUTDOWN NOW does not wait")
def test_now(lagging):
    master, _ = lagging
    begin = time.monotonic()
    master.wire().send_command("SHUTDOWN", "NOSAVE", "NOW")
    master.wait_exit()
    assert time.monotonic() - begin < 10


@pytest.mark.goal("SHUTDOWN ABORT: the server goes on, and writes with it")
def test_abort(lagging):
    master, _ = lagging
    asked, wire = master.wire(), master.wire()
    asked.send_command("SHUTDOWN", "NOSAVE")
    wait_until(lambda: b"shutdown_in_milliseconds" in wire("INFO", "server"), 5, "the shutdown to begin")
    wire.ok("SHUTDOWN", "ABORT")
    assert asked.read() == RespError("ERR Errors trying to SHUTDOWN. Check logs.")
    wire.ok("SET", "more", "writes")
    assert replication(wire)["connected_slaves"] == "1"
