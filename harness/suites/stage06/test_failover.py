"""FAILOVER: a master hands over to a replica, and no write is lost. Either end may be a redis-server, or bytes of a test."""

import signal

import pytest

from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import OPTIONS, follow, in_step, offset, replication, stats
from strata_harness.resp import RespError, encode
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)  # several servers, and a replica acknowledges once a second
QUIET = {**OPTIONS, "repl_ping_replica_period": 3600}
PAIRS = ["ours to ours", "ours to redis", "redis to ours"]
READONLY = RespError("READONLY You can't write against a read only replica.")


@pytest.fixture(params=PAIRS)
def pair(request, fresh_server, reference):
    """(master, replica) as servers, in step."""
    kinds = {"ours to ours": (fresh_server, fresh_server), "ours to redis": (fresh_server, reference),
             "redis to ours": (reference, fresh_server)}
    make_master, make_replica = kinds[request.param]
    return joined(make_master(**OPTIONS), make_replica(**OPTIONS))


@pytest.fixture
def own_pair(fresh_server):
    return joined(fresh_server(**OPTIONS), fresh_server(**OPTIONS))


def joined(master, replica):
    wire, other = master.wire(), replica.wire()
    follow(other, master)
    in_step(wire, other)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 10, "the replica to be online")
    return master, replica


def state(wire) -> str:
    return replication(wire)["master_failover_state"]


def handed_over(old, new):
    wait_until(lambda: replication(new)["role"] == "master", 10, "the replica to be promoted")
    wait_until(lambda: replication(old)["role"] == "slave" and state(old) == "no-failover", 10, "the failover to end")


def nothing_else_meanwhile(master):
    """No other failover begins, nobody becomes a replica, and this server does not become one of somebody else."""
    wire = master.wire()
    assert wire.error("FAILOVER") == "ERR FAILOVER already in progress."
    assert wire.error("REPLICAOF", "NO", "ONE") == "ERR REPLICAOF not allowed while failing over."
    assert wire.error("PSYNC", "?", -1) == "NOMASTERLINK Can't SYNC while failing over"


@pytest.mark.goal("FAILOVER makes the replica a master and the master its replica, by a partial resync")
def test_to_any(pair):
    master, replica = pair
    wire, other = master.wire(), replica.wire()
    wire.ok("SET", "k", "v")
    before = replication(wire)["master_replid"]
    wire.ok("FAILOVER")
    handed_over(wire, other)
    in_step(other, wire)
    after = replication(other)
    assert after["master_replid2"] == before != after["master_replid"]
    assert stats(other)[:2] == (0, 1)
    other.ok("SET", "k", "new")
    in_step(other, wire)
    assert wire("GET", "k") == b"new" and wire("ROLE")[0] == b"slave"


@pytest.mark.goal("FAILOVER TO hands over to that replica; another one follows the new master when it is told to")
def test_to_one(fresh_server):
    master, first, second = (fresh_server(**OPTIONS) for _ in range(3))
    joined(master, first)
    joined(master, second)
    wire, other = master.wire(), second.wire()
    wait_until(lambda: len(wire("ROLE")[2]) == 2, 10, "both replicas")
    wire.ok("FAILOVER", "TO", "127.0.0.1", second.port, "TIMEOUT", 20_000)
    handed_over(wire, other)
    assert replication(wire)["master_port"] == str(second.port)
    follow(first.wire(), second)
    in_step(other, first.wire())


@pytest.mark.goal("Writes wait during a failover and are then refused by the replica that this has become; reads go on")
def test_writes_wait(own_pair):
    master, replica = own_pair
    wire, client = master.wire(), master.wire()
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "not yet", "there")
    wire.ok("FAILOVER")
    assert state(wire) == "waiting-for-sync"
    client.send_command("SET", "held", "back")
    assert wire("GET", "not yet") == b"there" and wire("GET", "held") is None
    replica.process.send_signal(signal.SIGCONT)
    assert client.read() == READONLY
    handed_over(wire, replica.wire())
    in_step(replica.wire(), wire)
    assert replica.wire()("GET", "not yet") == b"there"


@pytest.mark.goal("No write is lost: clients write all the while, and each acknowledged write is on the new master")
def test_no_write_lost(own_pair):
    master, replica = own_pair
    wire, other = master.wire(), replica.wire()
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


@pytest.mark.goal("A failover whose time is up is called off: the writes that waited run")
def test_timeout(own_pair):
    master, replica = own_pair
    wire, client = master.wire(), master.wire()
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "lagging", "now")
    wire.ok("FAILOVER", "TO", "127.0.0.1", replica.port, "TIMEOUT", 500)
    client.send_command("SET", "held", "back")
    assert client.read() == "OK"
    assert state(wire) == "no-failover" and replication(wire)["role"] == "master"
    replica.process.send_signal(signal.SIGCONT)
    in_step(wire, replica.wire())


@pytest.mark.goal("ABORT ends a failover that waits: a master as before")
def test_abort_waiting(own_pair):
    master, replica = own_pair
    wire, client = master.wire(), master.wire()
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "lagging", "now")
    before = replication(wire)["master_replid"]
    wire.ok("FAILOVER")
    client.send_command("SET", "held", "back")
    nothing_else_meanwhile(master)
    wire.ok("FAILOVER", "ABORT")
    assert client.read() == "OK"
    assert replication(wire)["master_replid"] == before
    replica.process.send_signal(signal.SIGCONT)
    in_step(wire, replica.wire())


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


@pytest.mark.goal("FORCE hands over when the time is up, to a target that is not there: ABORT makes this a master again")
def test_force_and_abort(own_pair):
    master, replica = own_pair
    wire, client = master.wire(), master.wire()
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "lagging", "now")
    before = replication(wire)["master_replid"]
    wire.ok("FAILOVER", "TO", "127.0.0.1", replica.port, "TIMEOUT", 200, "FORCE")
    client.send_command("SET", "held", "back")
    wait_until(lambda: state(wire) == "failover-in-progress", 10, "the failover to be forced")
    assert replication(wire)["role"] == "slave"
    nothing_else_meanwhile(master)
    wire.ok("FAILOVER", "ABORT")
    assert client.read() == "OK"
    told = replication(wire)
    assert told["role"] == "master" and told["master_replid2"] == before
    replica.process.send_signal(signal.SIGCONT)
    in_step(wire, replica.wire())


@pytest.mark.goal("A target that refuses leaves this a master, under a new id")
def test_refused(own_pair):
    master, replica = own_pair
    wire, other = master.wire(), replica.wire()
    replica.process.send_signal(signal.SIGSTOP)
    wire.ok("SET", "lagging", "now")
    other.send_command("REPLICAOF", "NO", "ONE")  # it will be a master, and masters refuse PSYNC FAILOVER
    wire.ok("FAILOVER", "TO", "127.0.0.1", replica.port, "TIMEOUT", 200, "FORCE")
    wait_until(lambda: state(wire) == "failover-in-progress", 10, "the failover to be forced")
    replica.process.send_signal(signal.SIGCONT)
    wait_until(lambda: state(wire) == "no-failover", 10, "the refusal")
    assert replication(wire)["role"] == "master"
    wire.ok("SET", "goes", "on")


@pytest.mark.goal("What cannot be is refused: without replicas, unknown targets, on a replica, wrong words")
def test_refusals(own_pair):
    master, replica = own_pair
    wire, other = master.wire(), replica.wire()
    assert other.error("FAILOVER") == "ERR FAILOVER is not valid when server is a replica."
    assert wire.error("FAILOVER", "ABORT") == "ERR No failover in progress."
    assert wire.error("FAILOVER", "TO", "127.0.0.1", 1) == "ERR FAILOVER target HOST and PORT is not a replica."
    assert wire.error("FAILOVER", "FORCE") == (
        "ERR FAILOVER with force option requires both a timeout and target HOST and IP.")
    assert wire.error("FAILOVER", "TIMEOUT", 0) == "ERR FAILOVER timeout must be greater than 0"
    assert wire.error("FAILOVER", "TIMEOUT", "x") == "ERR value is not an integer or out of range"
    for words in (["TO", "h"], ["ABORT", "TIMEOUT", "1"], ["TIMEOUT"], ["SIDEWAYS"], ["FORCE", "FORCE"]):
        assert wire.error("FAILOVER", *words) == "ERR syntax error"
    other.ok("REPLICAOF", "NO", "ONE")
    wait_until(lambda: replication(wire)["connected_slaves"] == "0", 5, "the replica to be gone")
    assert wire.error("FAILOVER") == "ERR FAILOVER requires connected replicas."


@pytest.mark.goal("PSYNC FAILOVER is for replicas of the same history only")
def test_psync_failover(own_pair):
    master, replica = own_pair
    assert master.wire().error("PSYNC", "?", "-1", "FAILOVER") == "ERR PSYNC FAILOVER can't be sent to a master."
    assert replica.wire().error("PSYNC", "a" * 40, "1", "FAILOVER") == (
        "ERR PSYNC FAILOVER replid must match my replid.")
    assert replication(replica.wire())["role"] == "slave"
