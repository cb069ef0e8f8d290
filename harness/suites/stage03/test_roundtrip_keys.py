"""What belongs to keys and not to their values: databases, times to live, idle times and access frequencies."""

import time

import pytest

from strata_harness.snapshots import background_save, contents, dump_file, dump_path, persistence, reborn
from strata_harness.wait import wait_until

FILL = [["SET", "string", "v"], ["RPUSH", "list", "a", "b"], ["SADD", "set", "a", "b"], ["HSET", "hash", "f", "v"],
        ["ZADD", "zset", "1", "a"]]


@pytest.mark.goal("Keys of sixteen databases come back where they were; SWAPDB is what counts at the time of the save")
def test_databases(fresh_server):
    server = fresh_server()
    wire = server.wire()
    for db in range(0, 16, 3):
        wire.ok("SELECT", db)
        for i in range(db + 1):
            wire.ok("SET", f"k{i}", f"db{db}")
    wire.ok("SWAPDB", 0, 1)
    wire = reborn(server)
    for db in range(16):
        wire.ok("SELECT", db)
        old = {0: 1, 1: 0}.get(db, db)
        expected = {b"k%d" % i: b"db%d" % old for i in range(old + 1)} if old % 3 == 0 else {}
        assert contents(wire) == expected, f"database {db}"
    assert [key for key in dump_file(server).announced] == [1, 3, 6, 9, 12, 15], "empty databases are not mentioned"


@pytest.mark.goal("Keys in more databases than sixteen come back in a server that has as many")
def test_many_databases(fresh_server):
    server = fresh_server(databases=100)
    wire = server.wire()
    wire.ok("SELECT", 99)
    wire.ok("SET", "k", "v")
    wire = reborn(server)
    wire.ok("SELECT", 99)
    assert wire("GET", "k") == b"v"


@pytest.mark.goal("Times to live come back to the millisecond, for every type")
def test_ttl(fresh_server):
    server = fresh_server()
    wire = server.wire()
    when = {}
    for i, command in enumerate(FILL):
        wire(*command)
        when[command[1]] = 4102444800123 + i
        assert wire("PEXPIREAT", command[1], when[command[1]]) == 1
    wire.ok("SET", "none", "v")
    wire = reborn(server)
    assert {key: wire("PEXPIRETIME", key) for key in when} == when
    assert wire("PTTL", "none") == -1
    assert {key.name.decode(): key.expire_ms for key in dump_file(server).keys} == when | {"none": None}
    assert wire("PERSIST", "list") == 1 and wire("PEXPIRETIME", "list") == -1


@pytest.mark.goal("The order in which keys expire is the same after a start, and they do expire")
def test_ttl_order(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    now = int(time.time() * 1000)
    times = {f"k{i}": now + 900 + i for i in range(200)} | {f"late{i}": now + 1_000_000 + i for i in range(50)}
    keys = list(times)
    rng.shuffle(keys)
    for key in keys:
        wire.ok("SET", key, "v", "PXAT", times[key])
    wire = reborn(server)
    assert {f"late{i}": wire("PEXPIRETIME", f"late{i}") for i in range(50)}.items() <= times.items()
    wait_until(lambda: wire("DBSIZE") == 50, 8, "the early keys to go")
    assert wire("EXISTS", *(f"late{i}" for i in range(50))) == 50


@pytest.mark.goal("Keys whose time passes while no server runs are not there at the next start, and are counted")
def test_expired_meanwhile(fresh_server):
    server = fresh_server()
    wire = server.wire()
    for i, command in enumerate(FILL):
        wire(*command)
        wire("PEXPIRE", command[1], 2000)
    wire.ok("SET", "stays", "v", "PX", 1_000_000)
    wire.ok("SAVE")
    server.kill()
    assert len(dump_file(server).keys) == len(FILL) + 1, "all of them were alive when they were saved"
    last = max(key.expire_ms for key in dump_file(server).keys if key.name != b"stays")
    wait_until(lambda: time.time() * 1000 > last, 5, "the keys' time to pass")
    wire = server.start().wire()
    assert contents(wire) == {b"stays": b"v"} and wire("DBSIZE") == 1
    told = persistence(wire)
    assert told["rdb_last_load_keys_loaded"] == "1" and told["rdb_last_load_keys_expired"] == str(len(FILL))
    assert "Done loading RDB, keys loaded: 1, keys expired: 5." in server.log_text()


@pytest.mark.goal("Idle times are saved under an LRU policy, count on after a start, and are ignored under LFU")
def test_idle_time(fresh_server):
    server = fresh_server(maxmemory_policy="allkeys-lru")
    wire = server.wire()
    wire.ok("SET", "idle", "v")
    wire.ok("SET", "busy", "v")
    wait_until(lambda: wire("OBJECT", "IDLETIME", "idle") >= 3, 6, "the key to be idle")
    assert wire("GET", "busy") == b"v"
    wire.ok("SAVE")
    file = dump_file(server)
    assert file.key("idle").idle >= 3 and file.key("busy").idle <= 1
    assert file.key("idle").freq is None
    for policy in ("volatile-lru", "noeviction", "allkeys-random"):
        server.kill()
        server.options["maxmemory_policy"] = policy
        wire = server.start().wire()
        idle, busy = wire("OBJECT", "IDLETIME", "idle"), wire("OBJECT", "IDLETIME", "busy")
        assert idle >= 3 and idle - busy >= 2, f"under {policy}"
    background_save(wire)
    assert {key.idle for key in dump_file(server).keys} == {None}, "without an LRU policy they are not written"


@pytest.mark.goal("Access frequencies are saved under an LFU policy and come back under one")
def test_frequency(fresh_server):
    server = fresh_server(maxmemory_policy="allkeys-lfu", lfu_log_factor=0, lfu_decay_time=0)
    wire = server.wire()
    wire.ok("SET", "often", "v")
    wire.ok("SET", "seldom", "v")
    for _ in range(30):
        wire("GET", "often")
    counters = {key: wire("OBJECT", "FREQ", key) for key in (b"often", b"seldom")}
    assert counters[b"often"] == 35 and counters[b"seldom"] == 5
    wire.ok("SAVE")
    assert {key.name: key.freq for key in dump_file(server).keys} == counters
    assert {key.idle for key in dump_file(server).keys} == {None}
    for policy in ("volatile-lfu", "allkeys-lfu"):
        server.kill()
        server.options["maxmemory_policy"] = policy
        wire = server.start().wire()
        assert {key: wire("OBJECT", "FREQ", key) for key in counters} == counters
    server.kill()
    server.options["maxmemory_policy"] = "allkeys-lru"
    wire = server.start().wire()
    assert wire("OBJECT", "IDLETIME", "often") <= 1, "a frequency is no idle time"


@pytest.mark.limit(40)
@pytest.mark.goal("A hundred thousand keys of all types come back, after SAVE and after BGSAVE")
def test_many_keys(fresh_server, rng):
    server = fresh_server(enable_debug_command="yes")
    wire = server.wire()
    wire.ok("DEBUG", "POPULATE", 100_000, "key", 20)
    for i in range(1000):
        wire.send_command("RPUSH", f"l{i}", *range(i % 30 + 1))
        wire.send_command("HSET", f"h{i}", "field", rng.randrange(1 << 50))
        wire.send_command("ZADD", f"z{i}", rng.random(), "member")
        wire.send_command("SADD", f"s{i}", i, i + 1)
        wire.send_command("PEXPIRE", f"s{i}", 10_000_000 + i)
    wire.read_many(5000)
    digest = wire("DEBUG", "DIGEST")
    background_save(wire)
    size = dump_path(server).stat().st_size
    server.kill()
    wire = server.start().wire()
    assert wire("DBSIZE") == 104_000 and wire("DEBUG", "DIGEST") == digest
    wire.ok("SAVE")
    assert abs(dump_path(server).stat().st_size - size) < 100


@pytest.mark.goal("A second save of what was loaded has the same keys, values and times as the first")
def test_twice(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    for i in range(300):
        command = rng.choice(FILL)
        wire(command[0], f"{command[1]}{i}", *command[2:])
        if i % 3 == 0:
            wire("PEXPIREAT", f"{command[1]}{i}", 4102444800000 + i)

    def essence():
        return sorted((key.name, key.type, sorted(key.value), key.expire_ms or 0) for key in dump_file(server).keys)

    wire = reborn(server)
    first = essence()
    assert len(first) == 300
    dump_path(server).unlink()
    reborn(server)
    assert essence() == first
