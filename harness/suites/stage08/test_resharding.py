"""A slot moves from one live node to another, key by key, while clients use it; nodes may be redis-servers."""

import pytest

from strata_harness.cluster import SLOTS, key_in, members, tag_of
from strata_harness.cluster_writers import Writers
from strata_harness.resp import RespError
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
WAYS = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


def opened(slot, source, target):
    """The slot is on its way; returns both ids."""
    target.wire.ok("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
    source.wire.ok("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)


def moved_keys(slot, source, target, batch=100):
    while keys := source.wire("CLUSTER", "GETKEYSINSLOT", slot, batch):
        source.wire.ok("MIGRATE", "127.0.0.1", target.server.port, "", 0, 10000, "KEYS", *keys)


def closed(slot, target, *others):
    """The new owner first: its epoch makes its claim win."""
    for node in (target, *others):
        reply = node.wire("CLUSTER", "SETSLOT", slot, "NODE", target.id)
        assert reply == "OK" or reply == RespError("ERR Please use SETSLOT only with masters."), reply


def heard_by(source, target):
    """Before the next move the other node has to know the new epoch, or it might take one for its own that is none."""
    epoch = target.me().epoch
    wait_until(lambda: members(source.wire)[target.id].epoch == epoch, 10, "the new epoch to be known")


@WAYS
@pytest.mark.goal("A slot with keys of every type arrives whole, on the target's replica too; everybody learns of it")
def test_one_slot(new_cluster, mixed, rng):
    cluster = new_cluster(mixed, masters=2, replicas=1).start()
    target, source = cluster[0], cluster[1]
    slot = 14711
    for kind, words in [("SET", ["v"]), ("RPUSH", range(300)), ("SADD", range(700)), ("HSET", range(400)),
                        ("ZADD", range(600))]:
        source.wire(kind, key_in(slot, kind), *words)
    source.wire("PEXPIRE", key_in(slot, "SET"), 100000)
    source.wire.ok("SET", key_in(slot + 1), "stays")
    before = {kind: source.wire("DUMP", key_in(slot, kind)) for kind in ("SET", "RPUSH")}
    opened(slot, source, target)
    moved_keys(slot, source, target)
    assert source.wire("CLUSTER", "COUNTKEYSINSLOT", slot) == 0
    closed(slot, target, source)
    for node in cluster.nodes:
        wait_until(lambda: slot in members(node.wire)[target.id].slots, 10, f"{node.server.name} to know the new owner")
    assert {kind: target.wire("DUMP", key_in(slot, kind)) for kind in before} == before
    assert 0 < target.wire("PTTL", key_in(slot, "SET")) <= 100000
    assert target.wire("ZCARD", key_in(slot, "ZADD")) == 300 and target.wire("SCARD", key_in(slot, "SADD")) == 700
    assert source.wire("GET", key_in(slot + 1)) == b"stays"
    cluster.in_step()
    for master, replica in ((cluster[0], cluster[2]), (cluster[1], cluster[3])):
        assert master.wire("DEBUG", "DIGEST") == replica.wire("DEBUG", "DIGEST")
    assert target.me().epoch > 2 and source.me().open_slots == target.me().open_slots == []


@pytest.mark.goal("Between the steps each key is at exactly one node, and ASK leads to it")
def test_half_way(new_cluster):
    cluster = new_cluster(masters=2).start()
    source, target = cluster[0], cluster[1]
    slot, keys = 100, [key_in(100, i) for i in range(10)]
    for key in keys:
        source.wire.ok("SET", key, "v")
    opened(slot, source, target)
    source.wire.ok("MIGRATE", "127.0.0.1", target.server.port, "", 0, 1000, "KEYS", *keys[:5])
    for i, key in enumerate(keys):
        here, there = source.wire("GET", key), target.wire("GET", key)
        assert there == RespError(f"MOVED {slot} 127.0.0.1:{source.server.port}")
        target.wire.ok("ASKING")
        asked = target.wire("GET", key)
        assert here == (RespError(f"ASK {slot} 127.0.0.1:{target.server.port}") if i < 5 else b"v")
        assert asked == (b"v" if i < 5 else None)
    new = key_in(slot, "new")
    assert source.wire("SET", new, "v") == RespError(f"ASK {slot} 127.0.0.1:{target.server.port}")
    assert cluster("SET", new, "v") == "OK" and cluster("GET", new) == b"v"
    assert source.wire.error("MGET", keys[0], keys[9]).startswith("TRYAGAIN")
    moved_keys(slot, source, target)
    closed(slot, target, source)
    assert all(target.wire("GET", key) == b"v" for key in [*keys, new])


@pytest.mark.goal("If the source never hears that it lost the slot, the target's announcement tells it")
def test_target_alone(new_cluster):
    cluster = new_cluster(masters=3).start()
    source, target = cluster[0], cluster[1]
    opened(100, source, target)
    closed(100, target)
    for node in cluster.nodes:
        wait_until(lambda: 100 in members(node.wire)[target.id].slots, 10, f"{node.server.name} to know the new owner")
    assert cluster("SET", key_in(100), "v") == "OK" and target.wire("GET", key_in(100)) == b"v"


@pytest.mark.goal("The last slot of a master goes: it becomes a replica of the new owner, and so does its replica")
def test_last_slot(new_cluster):
    cluster = new_cluster(masters=2, replicas=1, slots=[{0}, set(range(1, SLOTS))]).start()
    source, target = cluster[0], cluster[1]
    source.wire.ok("SET", key_in(0), "v")
    opened(0, source, target)
    moved_keys(0, source, target)
    closed(0, target, source)
    wait_until(lambda: not source.is_master() and source.me().master == target.id, 10, "it to become a replica")
    wait_until(lambda: cluster[2].me().master == target.id, 10, "its replica to follow")
    cluster.settled()
    cluster.in_step()
    assert {node.wire("DEBUG", "DIGEST") for node in cluster.nodes} == {target.wire("DEBUG", "DIGEST")}


@WAYS
@pytest.mark.goal("Slots go back and forth under load: no write is lost or done twice, only redirections are said")
def test_under_load(new_cluster, mixed, rng):
    cluster = new_cluster(mixed, masters=2).start()
    slots = rng.sample(range(SLOTS), 8)
    with Writers(cluster, [f"{i}{{{tag_of(slot)}}}" for slot in slots for i in range(3)]) as writers:
        writers.wait(200)
        for slot in slots + slots[:4]:
            source = cluster.owner_of(slot)
            target = cluster[1] if source is cluster[0] else cluster[0]
            opened(slot, source, target)
            moved_keys(slot, source, target, batch=1)
            closed(slot, target, source)
            heard_by(source, target)
        writers.wait(200)
    assert writers.redirections >= 8
    assert writers.wrong() == {}
    cluster.settled()


@pytest.mark.goal("A slot lost to a greater epoch while it had keys: they are dropped")
def test_dropped(new_cluster):
    cluster = new_cluster(masters=2).start()
    source, target = cluster[0], cluster[1]
    source.wire.ok("SET", key_in(100), "v")
    source.wire.ok("SET", key_in(101), "stays")
    target.wire.ok("CLUSTER", "SETSLOT", 100, "IMPORTING", source.id)
    target.wire.ok("CLUSTER", "SETSLOT", 100, "NODE", target.id)
    wait_until(lambda: 100 not in source.me().slots, 10, "the source to lose the slot")
    wait_until(lambda: source.wire("DBSIZE") == 1, 10, "its keys to go with it")
    assert source.wire("GET", key_in(101)) == b"stays" and cluster("GET", key_in(100)) is None
