"""FAILOVER: master and replica change places, and no write is lost on the way."""

import pytest

from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import OPTIONS, in_step, offset, replication, stats, synced
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


@pytest.mark.goal("FAILOVER: the replica is master in the end, the master its replica, and both hold every write")
@pytest.mark.parametrize("target", [False, True], ids=["any", "named"])
def test_changes_places(couple, target):
    _, replica, wire, other = couple
    wire.ok("FAILOVER", *(["TO", "127.0.0.1", replica.port] if target else []), "TIMEOUT", 10_000)
    wait_until(lambda: wire("ROLE")[0] == b"slave" and other("ROLE")[0] == b"master", 10, "the roles to change")
    other.ok("SET", "new", "era")
    in_step(other, wire)
    assert state(wire) == state(other) == "no-failover" and wire("GET", "k") == b"v"
    assert stats(other)[:2] == (0, 1)


@pytest.mark.goal("Ours hands over to redis-server, and it to ours")
@pytest.mark.parametrize("kind", ["to redis", "from redis"])
def test_with_redis(fresh_server, reference, kind):
    makers = (fresh_server, reference) if kind == "to redis" else (reference, fresh_server)
    master, replica = (make(**OPTIONS) for make in makers)
    other = replica.wire()
    wire = synced(other, master)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    wire.ok("SET", "k", "v")
    wire.ok("FAILOVER")
    wait_until(lambda: wire("ROLE")[0] == b"slave" and other("ROLE")[0] == b"master", 10, "the roles to change")
    in_step(other, wire)
    assert stats(other)[:2] == (0, 1)


@pytest.mark.goal("While replicas catch up writes wait and reads do not; INFO tells the state")
def test_waiting(silent):
    server, wire, replica = silent
    wire.ok("SET", "k", "v")
    wire.ok("FAILOVER", "TIMEOUT", 60_000)
    assert state(wire) == "waiting-for-sync" and wire("GET", "k") == b"v"
    writer = server.wire()
    writer.send_command("SET", "k", "late")
    wait_until(lambda: b"blocked_clients:1" in wire("INFO", "clients"), 5, "the writer to wait")
    assert wire("GET", "k") == b"v"
    wire.ok("FAILOVER", "ABORT")
    assert state(wire) == "no-failover" and writer.read() == "OK"


@pytest.mark.goal("The time is up before a replica has caught up: everything is as it was, and what waited is written")
def test_timeout(silent):
    server, wire, replica = silent
    wire.ok("SET", "k", "v")
    wire.ok("FAILOVER", "TIMEOUT", 200)
    writer = server.wire()
    writer.send_command("SET", "k", "late")
    wait_until(lambda: state(wire) == "no-failover", 5, "the time to be up")
    assert writer.read() == "OK" and wire("ROLE")[0] == b"master"


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


@pytest.mark.goal("The target that does not want to: the master is a master again")
def test_refused(fresh_server, fake_master):
    server, target = fresh_server(**QUIET), fake_master()
    wire, replica = server.wire(), FakeReplica(server)
    replica.sync(port=target.port)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    replica.ack(offset(wire))
    wire.ok("FAILOVER", "TO", "127.0.0.1", target.port)
    wait_until(lambda: replica.ack(offset(server.wire())) or target.accept(0.2), 8, "the target to be asked")
    link = target.links[-1]
    link.greet()
    link.send(b"-ERR I would rather not\r\n")
    wait_until(lambda: replication(wire)["role"] == "master" and state(wire) == "no-failover", 5, "the way back")
    wire.ok("SET", "k", "v")


ERRORS = {
    "nobody": (["FAILOVER"], "ERR FAILOVER requires connected replicas."),
    "idle": (["FAILOVER", "ABORT"], "ERR No failover in progress."),
    "timeout": (["FAILOVER", "TIMEOUT", "0"], "ERR FAILOVER timeout must be greater than 0"),
    "no number": (["FAILOVER", "TIMEOUT", "soon"], "ERR value is not an integer or out of range"),
    "word": (["FAILOVER", "NOW"], "ERR syntax error"),
    "half": (["FAILOVER", "TO", "127.0.0.1"], "ERR syntax error"),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.goal("FAILOVER says what is missing")
def test_wrong(wire, name):
    words, error = ERRORS[name]
    assert wire.error(*words) == error


@pytest.mark.goal("FAILOVER to somebody who is no replica, by force to nobody, of a replica: refused")
def test_wrong_target(couple):
    _, replica, wire, other = couple
    assert wire.error("FAILOVER", "TO", "127.0.0.1", 1) == "ERR FAILOVER target HOST and PORT is not a replica."
    assert wire.error("FAILOVER", "FORCE") == \
        "ERR FAILOVER with force option requires both a timeout and target HOST and IP."
    assert other.error("FAILOVER") == "ERR FAILOVER is not valid when server is a replica."


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
