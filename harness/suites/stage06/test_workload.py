"""Every write command at random, with expiries and evictions: in the end all hold the same."""

import pytest

from strata_harness.random_writes import RandomWrites
from strata_harness.replicas import OPTIONS, link_up, replication, same_in_the_end, stats, synced
from strata_harness.sample import fill
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
PAIRS = ["ours from ours", "ours from redis", "redis from ours"]
COMMANDS = 4000


@pytest.fixture
def make(fresh_server, reference):
    kinds = {"ours": fresh_server, "redis": reference}
    return lambda name, **options: kinds[name](**OPTIONS, **options)


def couple(make, kind, **options):
    replica, _, master = kind.split()
    return make(master, **options), make(replica, **options)


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("Whatever is written, in transactions or not, in all databases, with times to live: the replica has it")
def test_stream(make, kind, rng):
    master, replica = couple(make, kind)
    other = replica.wire()
    wire = synced(other, master)
    stream = RandomWrites(rng)
    stream.send(wire, COMMANDS)
    same_in_the_end(wire, other)
    assert len(stream.sent) > 90 and stats(wire)[0] == 1


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("Writes before, during and after the image: none is lost, none comes twice")
def test_around_the_image(make, kind, rng):
    master, replica = couple(make, kind)
    wire, other = master.wire(), replica.wire()
    stream = RandomWrites(rng)
    stream.send(wire, COMMANDS // 4)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1000)
    other.ok("REPLICAOF", "127.0.0.1", master.port)
    while replication(other)["master_link_status"] != "up":
        stream.send(wire, 100)
    stream.send(wire, COMMANDS // 4)
    same_in_the_end(wire, other)


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("Links cut again and again in the middle of it: only partial resyncs, and the same data")
def test_cut(make, kind, rng, proxy):
    master, replica = couple(make, kind, repl_backlog_size="64mb")
    wire, other, between = master.wire(), replica.wire(), proxy(master)
    other.ok("REPLICAOF", "127.0.0.1", between.port)
    link_up(other)
    stream = RandomWrites(rng)
    for _ in range(8):
        stream.send(wire, COMMANDS // 8)
        between.cut()
    same_in_the_end(wire, other)
    assert stats(wire)[0] == 1 and stats(wire)[1] >= 1


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("A master that evicts all the while: its replicas evict what it evicts")
def test_eviction(make, kind, rng):
    master, replica = couple(make, kind)
    other = replica.wire()
    wire = synced(other, master)
    for one in (wire, other):
        one.ok("CONFIG", "SET", "maxmemory", "6mb", "maxmemory-policy", rng.choice(("allkeys-lru", "allkeys-random")))
    stream = RandomWrites(rng)
    for i in range(8):
        stream.send(wire, 200)
        for j in range(25):
            wire("SET", f"big{i}:{j}", "x" * 50_000)
    wait_until(lambda: b"evicted_keys:0" not in wire("INFO", "stats"), 5, "an eviction")
    same_in_the_end(wire, other)
    assert b"evicted_keys:0" in other("INFO", "stats")


@pytest.mark.goal("A chain of both kinds under every write, its middle cut off now and then")
def test_chain(make, rng, proxy):
    servers = [make("ours"), make("redis"), make("ours")]
    wires = [server.wire() for server in servers]
    between = proxy(servers[0])
    wires[1].ok("REPLICAOF", "127.0.0.1", between.port)
    link_up(wires[1])
    synced(wires[2], servers[1])
    fill(wires[0], rng, 10)
    stream = RandomWrites(rng)
    for _ in range(4):
        stream.send(wires[0], COMMANDS // 8)
        between.cut()
    same_in_the_end(*wires)
    assert stats(wires[0])[0] == stats(wires[1])[0] == 1
