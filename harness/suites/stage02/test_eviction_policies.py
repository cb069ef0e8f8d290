"""Which keys go: the promises of each policy, as far as sampling keeps them."""

import pytest

from strata_harness.wait import wait_until

ROUGHLY = 10_000  # bytes: INFO counts what it takes itself, and the buffers of clients come and go
KEYS = 2000
VALUE = "x" * 500


def fill(wire, numbers, options=lambda i: ()):
    for i in numbers:
        wire.send_command("SET", f"k{i}", VALUE, *options(i))
    assert set(wire.read_many(len(numbers))) == {"OK"}


def squeeze(wire, r, start, share):
    """Lowers maxmemory so that about `share` of what came since `start` (bytes in use) must go; waits until it is gone."""
    limit = start + int((r.info("memory")["used_memory"] - start) * (1 - share))
    wire.ok("CONFIG", "SET", "maxmemory", limit)
    wait_until(lambda: r.info("memory")["used_memory"] <= limit + ROUGHLY, 10, "keys to go")
    wire.ok("CONFIG", "SET", "maxmemory", 0)


def survivors(wire, numbers):
    for i in numbers:
        wire.send_command("EXISTS", f"k{i}")
    return sum(wire.read_many(len(numbers)))


def until_idle(wire, key, seconds):
    wait_until(lambda: wire("OBJECT", "IDLETIME", key) >= seconds, 10, f"{key} to be idle for {seconds} s")


@pytest.fixture
def start(r):
    return r.info("memory")["used_memory"]


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-lru"])
@pytest.mark.parametrize("touch", ["GET", "TOUCH", "APPEND"])
@pytest.mark.goal("LRU: keys that were used lately stay, whatever used them")
def test_lru(wire, r, start, rng, policy, touch):
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy)
    fill(wire, range(KEYS), lambda i: ("EX", 1000))
    used = set(rng.sample(range(KEYS), KEYS // 2))
    until_idle(wire, f"k{KEYS - 1}", 2)
    for i in used:
        wire.send_command(touch, f"k{i}", *((b"x",) if touch == "APPEND" else ()))
    wire.read_many(len(used))
    squeeze(wire, r, start, 0.25)
    idle = set(range(KEYS)) - used
    assert survivors(wire, sorted(used)) >= 0.97 * len(used)
    assert survivors(wire, sorted(idle)) < 0.75 * len(idle)


@pytest.mark.goal("LRU goes by the last use, not by the age of a key")
def test_lru_is_not_fifo(wire, r, start):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    old = range(KEYS // 2)
    fill(wire, old)
    until_idle(wire, f"k{KEYS // 2 - 1}", 2)
    fill(wire, range(KEYS // 2, KEYS))
    until_idle(wire, f"k{KEYS - 1}", 2)
    for i in old:
        wire.send_command("GET", f"k{i}")
    wire.read_many(len(old))
    squeeze(wire, r, start, 0.25)
    assert survivors(wire, old) >= 0.97 * len(old)


@pytest.mark.parametrize("policy", ["allkeys-lfu", "volatile-lfu"])
@pytest.mark.goal("LFU: keys that are used often stay, although others were used later")
def test_lfu(wire, r, start, rng, policy):
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy, "lfu-log-factor", 1)
    fill(wire, range(KEYS), lambda i: ("EX", 1000))
    often = set(rng.sample(range(KEYS), KEYS // 2))
    for _ in range(15):
        for i in often:
            wire.send_command("GET", f"k{i}")
        wire.read_many(len(often))
    seldom = sorted(set(range(KEYS)) - often)
    for i in seldom:
        wire.send_command("GET", f"k{i}")
    wire.read_many(len(seldom))
    squeeze(wire, r, start, 0.25)
    assert survivors(wire, sorted(often)) >= 0.97 * len(often)


@pytest.mark.goal("LFU: a new key is not the first to go, for it has had no time to be used")
def test_lfu_spares_newcomers(wire, r, start):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-decay-time", 0)
    fill(wire, range(KEYS))
    assert wire("OBJECT", "FREQ", "k0") == 5
    squeeze(wire, r, start, 0.1)
    wire.ok("SET", "new", "v")
    assert wire("OBJECT", "FREQ", "new") == 5


@pytest.mark.goal("LFU: the count of a key outlives a new value")
def test_lfu_count_survives(wire, r, start):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-log-factor", 0, "lfu-decay-time", 0)
    for value in ("a", "of another length", "text", "x" * 100, "300000"):
        wire.ok("SET", "k", value)
    assert wire("OBJECT", "FREQ", "k") == 9
    fill(wire, range(KEYS))
    squeeze(wire, r, start, 0.25)
    assert wire("GET", "k") == b"300000", "others were used less"


@pytest.mark.goal("volatile-ttl: what expires soonest goes first")
def test_ttl(wire, r, start, rng):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
    times = list(range(KEYS))
    rng.shuffle(times)
    fill(wire, range(KEYS), lambda i: ("EX", 1000 + times[i]))
    squeeze(wire, r, start, 0.25)
    late = [i for i in range(KEYS) if times[i] >= KEYS // 2]
    soon = [i for i in range(KEYS) if times[i] < KEYS // 8]
    assert survivors(wire, late) >= 0.97 * len(late)
    assert survivors(wire, soon) < 0.5 * len(soon)


@pytest.mark.parametrize("policy", ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"])
@pytest.mark.goal("The volatile policies never touch a key without an expiry, however long it was unused")
def test_volatile_spares_the_others(wire, r, start, policy):
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy)
    fill(wire, range(KEYS), lambda i: () if i % 2 else ("EX", 1000))
    squeeze(wire, r, start, 0.2)
    kept = range(1, KEYS, 2)
    assert survivors(wire, kept) == len(kept)
    assert survivors(wire, range(0, KEYS, 2)) < 0.9 * (KEYS // 2)


@pytest.mark.parametrize("policy", ["allkeys-random", "volatile-random"])
@pytest.mark.goal("Random: keys of all sorts go, as chance has it")
def test_random(wire, r, start, policy):
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy)
    fill(wire, range(KEYS), lambda i: ("EX", 1000 + i))
    for i in range(KEYS // 2):
        wire.send_command("GET", f"k{i}")
    wire.read_many(KEYS // 2)
    squeeze(wire, r, start, 0.3)
    first, second = survivors(wire, range(KEYS // 2)), survivors(wire, range(KEYS // 2, KEYS))
    assert 0.8 < first / second < 1.25


@pytest.mark.goal("allkeys policies take keys with and without an expiry")
def test_allkeys_takes_all(wire, r, start):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    fill(wire, range(KEYS), lambda i: () if i % 2 else ("EX", 1000))
    squeeze(wire, r, start, 0.3)
    assert survivors(wire, range(0, KEYS, 2)) < 0.9 * (KEYS // 2)
    assert survivors(wire, range(1, KEYS, 2)) < 0.9 * (KEYS // 2)


@pytest.mark.goal("Values of every type are evicted")
def test_types(wire, r):
    for i in range(50):
        wire("RPUSH", f"list{i}", *([VALUE] * 5))
        wire("SADD", f"set{i}", *(f"{VALUE}{n}" for n in range(5)))
        wire("HSET", f"hash{i}", *(f"{VALUE}{n}" for n in range(6)))
        wire("ZADD", f"zset{i}", *(word for n in range(5) for word in (n, f"{VALUE}{n}")))
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", 1)
    wait_until(lambda: wire("DBSIZE") == 0, 5, "all keys to go")
