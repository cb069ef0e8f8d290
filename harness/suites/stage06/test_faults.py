"""Faults of the network between a real master and a real replica: in the end both hold the same, by the least that it takes."""

import signal

import pytest

from strata_harness.disk import limit_file_size, survives_full_disk
from strata_harness.replicas import OPTIONS, in_step, link_up, replication, same_in_the_end, stats
from strata_harness.sample import fill
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)
PAIRS = ["ours from ours", "ours from redis", "redis from ours"]


@pytest.fixture(params=PAIRS)
def trio(request, fresh_server, reference, proxy, rng):
    """A master with data, a replica that does not follow yet, the proxy between them."""
    master = (reference if request.param == "ours from redis" else fresh_server)(**OPTIONS, repl_timeout=5,
                                                                                 repl_ping_replica_period=1)
    replica = (reference if request.param == "redis from ours" else fresh_server)(**OPTIONS, repl_timeout=5)
    wire = master.wire(name="master")
    fill(wire, rng, 20)
    return wire, replica.wire(name="replica"), proxy(master), replica


def follow(other, between):
    other.ok("REPLICAOF", "127.0.0.1", between.port)


@pytest.mark.parametrize("trio, at", [(PAIRS[0], 7), (PAIRS[1], 60), (PAIRS[2], 60), (PAIRS[0], 1000), (PAIRS[1], 50_000),
                                      (PAIRS[2], 50_000)], indirect=["trio"])
@pytest.mark.goal("The link is cut after so many bytes of handshake or image: the next attempt gets through")
def test_cut_once(trio, at):
    wire, other, between, _ = trio
    other.ok("SET", "own", "data")
    between.cut_after(at)
    follow(other, between)
    wait_until(lambda: between.connections >= 2, 15, "a second attempt")
    in_step(wire, other)
    assert other("EXISTS", "own") == 0


@pytest.mark.goal("A link that refuses for a while: as soon as it does not the replica is there")
def test_refused(trio):
    wire, other, between, _ = trio
    between.refuse()
    follow(other, between)
    wait_until(lambda: between.connections >= 2, 10, "two attempts")
    between.allow()
    in_step(wire, other)
    assert stats(wire)[0] == 1


@pytest.mark.goal("A slow link: image and stream come through, the master serves its clients all the while")
def test_slow(trio):
    wire, other, between, _ = trio
    between.throttle(300_000)
    follow(other, between)
    while replication(other)["master_link_status"] != "up":
        wire.ok("SET", "during", "image")
    in_step(wire, other)
    assert stats(wire)[0] == 1


@pytest.mark.goal("A partition, or a master that hangs: the replica notices, serves what it has, and gets what it missed when it is over")
def test_partition(trio):
    wire, other, between, _ = trio
    follow(other, between)
    link_up(other)
    wire.ok("SET", "before", "v")
    in_step(wire, other)
    between.hold()
    other.ok("CONFIG", "SET", "repl-timeout", 2)
    wire.ok("SET", "during", "partition")
    wait_until(lambda: replication(other)["master_link_status"] == "down", 15, "the replica to notice")
    assert other("GET", "before") == b"v" and other("EXISTS", "during") == 0
    between.cut()
    between.heal()
    in_step(wire, other)
    assert stats(wire)[:2] == (1, 1) and other("GET", "during") == b"partition"


@pytest.mark.goal("More is written during the cut than the backlog holds: one full resync, and it is noted as such")
def test_overrun(trio):
    wire, other, between, _ = trio
    wire.ok("CONFIG", "SET", "repl-backlog-size", "16kb")
    follow(other, between)
    link_up(other)
    full, partial, refused = stats(wire)
    between.refuse()
    between.cut()
    for i in range(200):
        wire.ok("SET", f"big{i}", "x" * 1000)
    between.allow()
    in_step(wire, other)
    assert stats(wire) == (full + 1, partial, refused + 1)


@pytest.mark.goal("A late link: a tenth of a second of delay changes nothing but the time")
def test_late(trio):
    wire, other, between, _ = trio
    between.delay(0.1)
    follow(other, between)
    link_up(other)
    wire.ok("SET", "late", "v")
    in_step(wire, other)
    assert stats(wire)[0] == 1 and between.connections == 1


@pytest.mark.goal("The replica is killed while it loads: at its next start it begins anew")
def test_killed_loading(trio):
    wire, other, between, replica = trio
    between.throttle(200_000)
    follow(other, between)
    wait_until(lambda: int(replication(other).get("master_sync_read_bytes", 0)) > 1000, 10, "the transfer")
    replica.kill()
    between.heal()
    replica.options["replicaof"] = ["127.0.0.1", between.port]
    replica.start()
    in_step(wire, replica.wire())


@pytest.mark.goal("A full disk on the replica: the transfer fails, the old data is served; with room again it succeeds")
def test_full_disk(fresh_server, rng):
    master = fresh_server(**OPTIONS)
    wire = master.wire()
    fill(wire, rng, 20)
    replica = survives_full_disk(fresh_server(start=False, **OPTIONS)).start()
    other = replica.wire()
    other.ok("SET", "own", "data")
    limit_file_size(replica, 20_000)
    other.ok("REPLICAOF", "127.0.0.1", master.port)
    wait_until(lambda: stats(wire)[0] >= 2, 15, "a second attempt")
    assert other("GET", "own") == b"data"
    limit_file_size(replica, None)
    in_step(wire, other)


@pytest.mark.goal("A wrong password: no data; with the right one everything, and the master noticed no full resync before")
def test_password(fresh_server):
    master = fresh_server(**OPTIONS, requirepass="secret")
    wire = master.wire()
    wire.ok("AUTH", "secret")
    wire.ok("SET", "k", "v")
    replica = fresh_server(**OPTIONS, masterauth="wrong", replicaof=["127.0.0.1", master.port])
    other = replica.wire()
    replica.wait_log("Unable to AUTH to MASTER", 10)
    assert stats(wire)[0] == 0 and other("EXISTS", "k") == 0
    other.ok("CONFIG", "SET", "masterauth", "secret")
    in_step(wire, other)
    assert stats(wire)[0] == 1


@pytest.mark.goal("A master is stopped in the middle of it and goes on: replicas that gave it up come back and continue")
def test_stopped_master(fresh_server):
    master = fresh_server(**OPTIONS, repl_timeout=60)
    other = fresh_server(**OPTIONS, repl_timeout=2, replicaof=["127.0.0.1", master.port]).wire()
    wire = master.wire()
    in_step(wire, other)
    master.signal(signal.SIGSTOP)
    wait_until(lambda: replication(other)["master_link_status"] == "down", 15, "the replica to notice")
    master.signal(signal.SIGCONT)
    wire.ok("SET", "k", "v")
    same_in_the_end(wire, other)
    assert stats(wire)[:2] == (1, 1)
