"""FAILOVER under writers, and with a target of bytes: no write is lost, and what is asked is asked in full."""

import pytest

from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import OPTIONS, offset, replication, synced
from strata_harness.resp import RespError, encode
from strata_harness.wait import wait_until

QUIET = {**OPTIONS, "repl_ping_replica_period": 3600}


@pytest.fixture
def couple(fresh_server):
    """Master and replica in step: their servers, and a client of each."""
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    other = replica.wire(name="replica")
    wire = synced(other, master)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    wire.ok("SET", "k", "v")
    return master, replica, wire, other


def state(wire):
    return replication(wire)["master_failover_state"]


@pytest.fixture
def silent(fresh_server):
    """A master with a replica that acknowledges only what the test lets it."""
    server = fresh_server(**QUIET)
    replica, wire = FakeReplica(server), server.wire()
    replica.sync(port=7777)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    return server, wire, replica


@pytest.mark.goal("FORCE: when the time is up the replica is asked to take over all the same")
def test_force(fresh_server, fake_master):
    server, target = fresh_server(**QUIET), fake_master()
    wire, replica = server.wire(), FakeReplica(server)
    replica.sync(port=target.port)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    wire.ok("SET", "k", "v")
    history, at = replication(wire)["master_replid"], offset(wire)
    wire.ok("FAILOVER", "TO", "127.0.0.1", target.port, "FORCE", "TIMEOUT", 200)
    link = target.accept()
    asked = link.greet()
    assert asked[:2] == ["PSYNC", history] and asked[3:] == ["FAILOVER"]
    assert int(asked[2]) >= at + 1, "GETACK may have been said meanwhile"
    assert state(wire) == "failover-in-progress" and replication(wire)["role"] == "slave"
    link.continue_with("f" * 40)
    wait_until(lambda: state(wire) == "no-failover", 5, "the end of the failover")
    assert replication(wire)["master_replid"] == "f" * 40


@pytest.mark.goal("During a failover no other one begins, nobody becomes a replica, and the master stays what it is")
def test_meanwhile(silent):
    server, wire, replica = silent
    wire.ok("SET", "k", "v")
    wire.ok("FAILOVER", "TIMEOUT", 60_000)
    assert wire.error("FAILOVER") == "ERR FAILOVER already in progress."
    assert wire.error("REPLICAOF", "NO", "ONE") == "ERR REPLICAOF not allowed while failing over."
    late = server.wire()
    late.send_command("PSYNC", "?", -1)
    assert late.read() == RespError("NOMASTERLINK Can't SYNC while failing over")
    wire.ok("FAILOVER", "ABORT")


@pytest.mark.goal("No write is lost: clients write all the while, and each acknowledged write is on the new master")
def test_no_write_lost(couple):
    master, replica, wire, other = couple
    writers = [master.wire(name=f"writer {i}") for i in range(3)]
    for i, writer in enumerate(writers):
        writer.send(b"".join(encode("SET", f"w{i}:{j}", j) for j in range(500)))
    wire.ok("FAILOVER", "TIMEOUT", 10_000)
    replies = [writer.read_many(500, 15) for writer in writers]
    wait_until(lambda: other("ROLE")[0] == b"master", 10, "the roles to change")
    for i, answers in enumerate(replies):
        for j, answer in enumerate(answers):
            assert answer == "OK" or answer.code == "READONLY"
            if answer == "OK":
                assert other("GET", f"w{i}:{j}") == b"%d" % j
