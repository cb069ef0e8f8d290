"""A replica gets its master's data, then its writes; what was missed while the link was cut follows. Any of the two may be a
redis-server."""

import pytest

from strata_harness.replicas import OPTIONS, follow, in_step, replication, stats
from strata_harness.sample import fill
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)  # two servers, many keys
PAIRS = ["ours from ours", "ours from redis", "redis from ours"]


@pytest.fixture
def pair(request, fresh_server, reference):
    """(master, replica) as servers; neither follows the other yet."""
    kinds = {"ours from ours": (fresh_server, fresh_server), "ours from redis": (reference, fresh_server),
             "redis from ours": (fresh_server, reference)}
    make_master, make_replica = kinds[request.param[0]]
    return make_master(**OPTIONS, **request.param[1]), make_replica(**OPTIONS)


def pairs(**options):
    return pytest.mark.parametrize("pair", [(name, options) for name in PAIRS], ids=PAIRS, indirect=True)


@pairs(repl_diskless_sync="yes")
@pytest.mark.goal("A replica gets all data over a diskless stream, and then every write")
def test_diskless(pair, rng):
    master, replica = pair
    wire, other = master.wire(), replica.wire()
    fill(wire, rng)
    other.ok("SET", "old", "data")
    follow(other, master)
    in_step(wire, other)
    assert other("GET", "old") is None
    wire.ok("FLUSHALL")
    fill(wire, rng)
    in_step(wire, other)
    assert wire("WAIT", 1, 5000) == 1 and stats(wire)[0] == 1


@pairs(repl_diskless_sync="no")
@pytest.mark.goal("A replica gets all data by a file of the master's, and then every write")
def test_disk(pair, rng):
    master, replica = pair
    wire, other = master.wire(), replica.wire()
    fill(wire, rng)
    follow(other, master)
    in_step(wire, other)
    fill(wire, rng)
    in_step(wire, other)


@pairs()
@pytest.mark.goal("A promoted replica goes on with the same history: its old master follows it without a full transfer")
def test_swap(pair, rng):
    master, replica = pair
    wire, other = master.wire(), replica.wire()
    fill(wire, rng)
    follow(other, master)
    in_step(wire, other)
    before = replication(other)
    other.ok("REPLICAOF", "NO", "ONE")
    after = replication(other)
    assert after["role"] == "master" and after["master_replid2"] == before["master_replid"]
    assert int(after["second_repl_offset"]) == int(before["slave_repl_offset"]) + 1
    other.ok("SET", "new", "era")
    follow(wire, replica)
    in_step(other, wire)
    assert stats(other)[:2] == (0, 1) and wire("GET", "new") == b"era"


@pairs()
@pytest.mark.goal("A replica refuses writes, tells its role, and its master tells of it")
def test_roles(pair):
    master, replica = pair
    wire, other = master.wire(), replica.wire()
    assert wire("ROLE") == [b"master", 0, []]
    follow(other, master)
    in_step(wire, other)
    assert other.error("SET", "k", "v") == "READONLY You can't write against a read only replica."
    role = other("ROLE")
    assert role[:4] == [b"slave", b"127.0.0.1", master.port, b"connected"]
    wait_until(lambda: wire("ROLE")[2], 5, "the replica to be online")
    assert wire("ROLE")[2][0][:2] == [b"127.0.0.1", str(replica.port).encode()]
    told = replication(wire)
    assert told["connected_slaves"] == "1" and f"port={replica.port},state=online" in told["slave0"]
