"""The keys of a slot: COUNTKEYSINSLOT and GETKEYSINSLOT agree with the keyspace whatever is done to it."""

import pytest

from strata_harness.cluster import SLOTS, WHOLE, key_in, slot_of, tag_of
from strata_harness.sample import fill
from strata_harness.wait import wait_until

SCENE = WHOLE
SLOT = 4711


def count(wire, slot=SLOT):
    return wire("CLUSTER", "COUNTKEYSINSLOT", slot)


def keys(wire, slot=SLOT, limit=10**6):
    return wire("CLUSTER", "GETKEYSINSLOT", slot, limit)


@pytest.mark.goal("Every key is listed in its slot and in no other; at most as many as asked for")
def test_listing(wire):
    names = {key_in(SLOT, i).encode() for i in range(25)}
    for name in names:
        wire.ok("SET", name, "v")
    wire.ok("SET", "elsewhere", "v")
    assert count(wire) == 25 and sorted(keys(wire)) == sorted(names)
    for limit in (0, 1, 24, 25, 26):
        found = keys(wire, limit=limit)
        assert len(set(found)) == len(found) == min(limit, 25) and set(found) <= names
    assert keys(wire, slot_of("elsewhere")) == [b"elsewhere"]
    assert count(wire, 0) == 0 and keys(wire, 0) == []


@pytest.mark.goal("Keys of every type are counted, and their slots add up to DBSIZE")
def test_types(wire, rng):
    fill(wire, rng, databases=[0])
    slots = {}
    for name in wire("KEYS", "*"):
        slots.setdefault(slot_of(name), set()).add(name)
    assert sum(count(wire, slot) for slot in slots) == wire("DBSIZE")
    for slot, names in slots.items():
        assert set(keys(wire, slot)) == names


@pytest.mark.goal("Whatever adds, replaces, renames, moves or removes a key keeps the count right")
def test_changes(wire):
    a, b, c = (key_in(SLOT, name) for name in "abc")
    steps = [
        (("SET", a, "1"), 1), (("SET", a, "2"), 1), (("LPUSH", b, "x"), 2), (("COPY", b, c), 3), (("DEL", c), 2),
        (("RENAME", a, c), 2), (("RENAME", c, b), 1), (("GETDEL", b), 0), (("SADD", a, "m"), 1), (("SPOP", a), 0),
        (("RPUSH", a, "1"), 1), (("LPOP", a), 0), (("HSET", a, "f", "v"), 1), (("HDEL", a, "f"), 0),
        (("ZADD", a, 1, "m"), 1), (("ZREM", a, "m"), 0), (("APPEND", a, "x"), 1), (("UNLINK", a), 0),
        (("SET", a, "1", "EX", 100), 1), (("GETEX", a, "PXAT", 1), 0), (("SETRANGE", a, 0, ""), 0),
        (("SUNIONSTORE", a, b), 0),
        (("MSET", a, 1, b, 2, c, 3), 3), (("PEXPIRE", a, -1), 2), (("FLUSHALL",), 0)]
    for words, expected in steps:
        wire(*words)
        assert (words, count(wire), len(keys(wire))) == (words, expected, expected)


@pytest.mark.goal("A key that expired leaves its slot without being asked for")
def test_expiry(wire):
    for i in range(10):
        wire.ok("SET", key_in(SLOT, i), "v", "PX", 50)
    wire.ok("SET", key_in(SLOT, "stays"), "v")
    wait_until(lambda: count(wire) == 1, 10, "the expired keys to be gone")
    assert keys(wire) == [key_in(SLOT, "stays").encode()]


@pytest.mark.goal("An evicted key leaves its slot")
def test_eviction(wire):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", "20mb")
    for i in range(600):
        wire.ok("SET", key_in(SLOT, i), "x" * 50_000)
    wire.ok("CONFIG", "SET", "maxmemory", 0)  # or each of the next commands might evict one more
    assert count(wire) == wire("DBSIZE") == len(keys(wire)) < 500


@pytest.mark.goal("Slots with many keys, and many slots with one: listed without loss or doubles after random changes")
def test_random(wire, rng):
    slots = rng.sample(range(SLOTS), 20)
    alive = set()
    for _ in range(4000):
        name = f"{rng.randrange(60)}{{{tag_of(rng.choice(slots))}}}".encode()
        if rng.random() < 0.6:
            wire.send_command("SET", name, "v")
            alive.add(name)
        else:
            wire.send_command("DEL", name)
            alive.discard(name)
    wire.read_many(4000)
    for slot in slots:
        expected = {name for name in alive if slot_of(name) == slot}
        found = keys(wire, slot)
        assert len(found) == len(expected) == count(wire, slot) and set(found) == expected


@pytest.mark.goal("SCAN, KEYS, RANDOMKEY, DBSIZE see the keys of all slots as one keyspace")
def test_one_keyspace(wire):
    names = {f"key:{i}".encode() for i in range(1000)}
    for name in names:
        wire.send_command("SET", name, "v")
    wire.read_many(1000)
    found, cursor = [], b"0"
    while True:
        cursor, batch = wire("SCAN", cursor, "COUNT", 100)
        found += batch
        if cursor == b"0":
            break
    assert len(found) == 1000 and set(found) == names == set(wire("KEYS", "*"))
    assert wire("DBSIZE") == 1000 and wire("RANDOMKEY") in names
    assert sum(count(wire, slot) for slot in {slot_of(name) for name in names}) == 1000
