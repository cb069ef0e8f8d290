"""Patience: with replicas that are silent, that do not read, that are too many bytes behind."""

import pytest

from strata_harness.fake_replica import PING, FakeReplica
from strata_harness.replicas import link_up, replication, stats
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}


def online(wire, fake_replica, **arguments):
    replica = fake_replica(**arguments)
    replica.sync()
    wait_until(lambda: "state=online" in replication(wire).get("slave0", ""), 5, "the replica to be online")
    return replica


@pytest.mark.goal("A replica that acknowledges nothing for repl-timeout is given up; one that says newlines lives")
def test_silent(wire, connect, fake_replica):
    wire.ok("CONFIG", "SET", "repl-timeout", 2, "repl-ping-replica-period", 1)
    silent, lively = online(wire, fake_replica), fake_replica()
    lively.sync()

    def gone():
        lively.send(b"\n")
        return replication(wire)["connected_slaves"] == "1"

    wait_until(gone, 10, "the silent one to be given up")
    silent.is_dropped()
    assert b"flags=S" in wire("CLIENT", "LIST", "TYPE", "replica")


@pytest.mark.goal("A replica of old, which asked with SYNC, cannot acknowledge, and is not given up for it")
def test_silent_of_old(wire, fake_replica):
    wire.ok("CONFIG", "SET", "repl-timeout", 2, "repl-ping-replica-period", 1)
    replica = fake_replica()
    replica.send(b"SYNC\r\n")
    replica.image()
    replica.expect(4 * PING, 10)
    assert replication(wire)["connected_slaves"] == "1"


@pytest.mark.goal("client-output-buffer-limit replica: one that is behind by more than the hard limit is closed")
@pytest.mark.parametrize("name", ["replica", "slave"])
def test_hard_limit(server, wire, fake_replica, name):
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", f"{name} 2mb 0 0", "repl-backlog-size", "16kb")
    lazy = online(wire, fake_replica, receive_buffer=4096)
    write_until_closed(wire)
    server.wait_log("output buffer limits")
    lazy.close()


def write_until_closed(wire):
    def write():
        wire.ok("SET", "k", "x" * 500_000)
        return replication(wire)["connected_slaves"] == "0"
    wait_until(write, 15, "the replica to be closed")


@pytest.mark.goal("The soft limit: more than so many bytes behind for so many seconds")
def test_soft_limit(wire, fake_replica):
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "replica 0 1mb 1", "repl-backlog-size", "16kb")
    online(wire, fake_replica, receive_buffer=4096)
    write_until_closed(wire)


@pytest.mark.goal("A hard limit below the backlog's size is no reason to close who could continue from the backlog")
def test_limit_below_backlog(wire, fake_replica):
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "replica 1 0 0", "repl-backlog-size", "64mb")
    replica = online(wire, fake_replica, receive_buffer=32768)
    for _ in range(20):
        wire.ok("SET", "k", "x" * 100_000)
    replica.commands(21, 10)
    assert replication(wire)["connected_slaves"] == "1"


@pytest.mark.goal("Without a limit a replica may be behind by any number of bytes, and gets every one of them")
def test_no_limit(wire, fake_replica):
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "replica 0 0 0", "repl-backlog-size", "16kb")
    lazy = online(wire, fake_replica, receive_buffer=32768)
    for i in range(40):
        wire.ok("SET", f"k{i}", "x" * 200_000)
    assert len(lazy.commands(41, 10)) == 41


@pytest.mark.goal("What a replica has not read is kept once, however many do not: two cost as much as one")
def test_shared_output(fresh_server):
    server = fresh_server(**SERVER_OPTIONS)  # which frees nothing meanwhile that other tests have left behind
    wire = server.wire()
    for _ in range(4):
        FakeReplica(server, receive_buffer=4096).sync()
    before = memory(wire)
    for i in range(200):
        wire.ok("SET", "k", "x" * 100_000)
    grown = memory(wire) - before
    assert 8_000_000 < grown < 40_000_000, "twenty million bytes wait for each of four, some of them in the kernel"


def memory(wire):
    text = wire("INFO", "memory").decode()
    return int(text.partition("used_memory:")[2].partition("\r")[0])


@pytest.mark.goal("PINGs of the master keep an idle link up, however short repl-timeout")
def test_idle_link(fresh_server):
    master = fresh_server(**SERVER_OPTIONS, repl_ping_replica_period=1, repl_timeout=3)
    replica = fresh_server(**SERVER_OPTIONS, repl_timeout=3, replicaof=["127.0.0.1", master.port]).wire()
    link_up(replica)
    start = int(replication(replica)["slave_repl_offset"])
    wait_until(lambda: int(replication(replica)["slave_repl_offset"]) >= start + 4 * len(PING), 10, "four PINGs")
    assert stats(master.wire()) == (1, 0, 0)
