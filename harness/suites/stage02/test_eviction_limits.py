"""maxmemory: when writes are refused, when keys go, and that memory stays where it should."""

import pytest

from strata_harness.wait import wait_until

ROUGHLY = 10_000  # bytes: INFO counts what it takes itself, and the buffers of clients come and go
OOM = "OOM command not allowed when used memory > 'maxmemory'."
VALUE = "x" * 1000


def fill(wire, keys, *options, value=VALUE, prefix="k"):
    """SET prefix0 .., pipelined; returns the replies."""
    replies = []
    for start in range(0, keys, 500):
        count = min(500, keys - start)
        for i in range(start, start + count):
            wire.send_command("SET", f"{prefix}{i}", value, *options)
        replies += wire.read_many(count)
    return replies


def used(r):
    return r.info("memory")["used_memory"]


def until_within(r, limit):
    wait_until(lambda: used(r) <= limit + ROUGHLY, 10, "memory to be within the limit")


def limit_to(wire, r, room):
    """maxmemory becomes what is in use now and `room` bytes."""
    wire.ok("CONFIG", "SET", "maxmemory", used(r) + room)


@pytest.mark.goal("Under noeviction writes that need memory are refused, reading and deleting go on")
def test_noeviction(wire, r):
    wire.ok("SET", "k", "v")
    wire("EXPIRE", "k", 1000)
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    for command in (("SET", "a", "b"), ("APPEND", "k", "w"), ("INCR", "n"), ("SETRANGE", "k", "5", "x"), ("LPUSH", "l", "x"),
                    ("HSET", "h", "f", "v"), ("SADD", "s", "m"), ("ZADD", "z", "1", "m"), ("COPY", "k", "k2"),
                    ("MSET", "a", "b"), ("SETEX", "k", "10", "v"), ("GETSET", "k", "v")):
        assert wire.error(*command) == OOM, command
    assert wire("GET", "k") == b"v"
    assert 990 < wire("TTL", "k") <= 1000
    assert wire("PERSIST", "k") == 1
    assert wire("GETDEL", "k") == b"v"
    assert wire("DEL", "k") == 0
    assert wire("PING") == "PONG"
    wire.ok("CONFIG", "SET", "maxmemory", 0)
    wire.ok("SET", "a", "b")


@pytest.mark.goal("A refused write is counted among the errors, and changes nothing")
def test_refusal_is_counted(wire, r):
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "RESETSTAT")
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    assert wire.error("SET", "k", "w") == OOM
    assert wire("GET", "k") == b"v"
    assert r.info("errorstats")["errorstat_OOM"] == "count=1"
    assert r.info("commandstats")["cmdstat_set"]["rejected_calls"] == 1
    assert r.info("stats")["evicted_keys"] == 0


@pytest.mark.goal("What is wrong with a command is told before memory is")
def test_arity_first(wire):
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    assert "wrong number of arguments" in wire.error("SET", "k")
    assert "unknown command" in wire.error("NOSUCH", "k")
    assert wire.error("SET", "k", "v") == OOM


@pytest.mark.goal("Under noeviction MULTI still begins, but queueing is refused and EXEC with it")
def test_transaction(wire):
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    wire.ok("MULTI")
    assert wire.error("SET", "k", "v") == OOM
    assert wire.error("GET", "k") == OOM
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."


@pytest.mark.goal("EXEC is refused when memory has run out since its writes were queued")
def test_exec_out_of_memory(wire, connect):
    wire.ok("MULTI")
    assert wire("SET", "k", "v") == "QUEUED"
    connect().ok("CONFIG", "SET", "maxmemory", 1)
    assert wire.error("EXEC") == f"EXECABORT Transaction discarded because of: {OOM}"
    connect().ok("CONFIG", "SET", "maxmemory", 0)
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("EXEC of reads runs although memory has run out")
def test_exec_of_reads(wire, connect):
    wire.ok("MULTI")
    assert wire("GET", "k") == "QUEUED"
    connect().ok("CONFIG", "SET", "maxmemory", 1)
    assert wire("EXEC") == [None]


@pytest.mark.parametrize("policy", ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"])
@pytest.mark.goal("A volatile policy refuses writes when no key has an expiry")
def test_nothing_volatile(wire, r, policy):
    fill(wire, 500)
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy)
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    assert wire.error("SET", "a", "b") == OOM
    assert wire("DBSIZE") == 500
    assert r.info("stats")["evicted_keys"] == 0


@pytest.mark.parametrize("policy", ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"])
@pytest.mark.goal("A volatile policy evicts every key with an expiry before it refuses, and no other")
def test_volatile_only(wire, policy):
    fill(wire, 300)
    fill(wire, 20, "EX", 1000, prefix="volatile")
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy, "maxmemory", 1)
    wait_until(lambda: wire("DBSIZE") == 300, 5, "the keys with an expiry to go")
    assert wire("EXISTS", *(f"k{i}" for i in range(300))) == 300
    assert wire.error("SET", "a", "b") == OOM


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu",
                                    "volatile-random", "volatile-ttl"])
@pytest.mark.goal("While keys may go no write is refused, and memory stays within the limit")
def test_memory_stays(wire, r, policy):
    before = r.info("stats")["evicted_keys"]
    limit_to(wire, r, 2_000_000)
    wire.ok("CONFIG", "SET", "maxmemory-policy", policy)
    limit = int(r.config_get("maxmemory")["maxmemory"])
    for _ in range(5):
        assert set(fill(wire, 2000, "EX", 1000)) == {"OK"}
        assert used(r) < limit + 500_000
    until_within(r, limit)
    assert r.info("stats")["evicted_keys"] > before
    assert wire("DBSIZE") > 300


@pytest.mark.goal("A pipeline of megabytes in one go does not push memory far past the limit")
def test_huge_pipeline(wire, r):
    limit_to(wire, r, 3_000_000)
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    limit = int(r.config_get("maxmemory")["maxmemory"])
    wire.ok("CONFIG", "RESETSTAT")
    batch = b"".join(b"*3\r\n$3\r\nSET\r\n$6\r\nk%05d\r\n$1000\r\n%s\r\n" % (i, VALUE.encode()) for i in range(20_000))
    wire.send(batch)
    assert set(wire.read_many(20_000)) == {"OK"}
    assert used(r) < limit + 1_000_000
    assert r.info("memory")["used_memory_peak"] < limit + 8_000_000


@pytest.mark.goal("CONFIG SET maxmemory below what is in use makes keys go without another command")
def test_lowered(wire, r):
    start = used(r)
    fill(wire, 5000)
    limit = start + (used(r) - start) // 2
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", limit)
    until_within(r, limit)
    assert 500 < wire("DBSIZE") < 4000


@pytest.mark.goal("A value that does not fit even alone does not stay; smaller ones are taken afterwards")
def test_large_value(wire, r):
    fill(wire, 100)
    limit_to(wire, r, 500_000)
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    wire("SET", "large", "x" * 3_000_000)  # refused, or evicted by whatever comes next
    wait_until(lambda: wire("SET", "small", "v") == "OK", 5, "the memory of the large value to be freed")
    assert wire("EXISTS", "large") == 0
    assert wire("GET", "small") == b"v"


@pytest.mark.goal("Keys of all databases compete")
def test_all_databases(wire, r):
    start = used(r)
    for db in range(3):
        wire.ok("SELECT", db)
        fill(wire, 1500)
    limit = start + (used(r) - start) // 2
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", limit)
    until_within(r, limit)
    for db in range(3):
        assert r.info("keyspace")[f"db{db}"]["keys"] < 1400


@pytest.mark.goal("Each evicted key is told by the event 'evicted' and counted")
def test_event(wire, connect, r):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "Ee")
    wire.ok("CONFIG", "RESETSTAT")
    fill(wire, 20)
    listener = connect()
    listener("SUBSCRIBE", "__keyevent@0__:evicted")
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-random", "maxmemory", 1)
    told = {listener.read(timeout=5)[2].decode() for _ in range(20)}
    assert told == {f"k{i}" for i in range(20)}
    assert r.info("stats")["evicted_keys"] == 20
    assert r.info("stats")["expired_keys"] == 0


@pytest.mark.goal("The time spent above the limit is told while it lasts and afterwards")
def test_exceeded_time(wire, r):
    wire.ok("CONFIG", "RESETSTAT")
    assert r.info("stats")["current_eviction_exceeded_time"] == 0
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    assert wire.error("SET", "k", "v") == OOM
    wait_until(lambda: r.info("stats")["current_eviction_exceeded_time"] > 0, 5, "the time to be told")
    wire.ok("CONFIG", "SET", "maxmemory", "1gb")
    wire.ok("SET", "k", "v")
    stats = r.info("stats")
    assert stats["current_eviction_exceeded_time"] == 0
    assert stats["total_eviction_exceeded_time"] > 0


@pytest.mark.parametrize("tenacity", [0, 100])
@pytest.mark.goal("At any tenacity memory comes down to the limit in the end")
def test_tenacity(wire, r, tenacity):
    start = used(r)
    fill(wire, 5000)
    limit = start + (used(r) - start) // 4
    wire.ok("CONFIG", "SET", "maxmemory-eviction-tenacity", tenacity)
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", limit)
    until_within(r, limit)


@pytest.mark.goal("During CLIENT PAUSE nothing is evicted")
def test_pause(wire, connect, r):
    fill(wire, 100)
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    wire.ok("CLIENT", "PAUSE", 100_000, "WRITE")
    wire.ok("CONFIG", "SET", "maxmemory", 1)
    for _ in range(20):
        assert wire("GET", "k1") == VALUE.encode()
    assert wire("DBSIZE") == 100
    wire.ok("CLIENT", "UNPAUSE")
    wait_until(lambda: wire("DBSIZE") == 0, 5, "the keys to go")


@pytest.mark.goal("INFO memory shows the limit and the policy")
def test_info(wire, r):
    wire.ok("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lfu")
    memory = r.info("memory")
    assert memory["maxmemory"] == 104857600
    assert memory["maxmemory_human"] == "100.00M"
    assert memory["maxmemory_policy"] == "allkeys-lfu"
    assert memory["mem_not_counted_for_evict"] == 0
    wire.ok("CONFIG", "SET", "maxmemory", 1, "maxmemory-policy", "noeviction")
    assert r.info("memory")["maxmemory_policy"] == "noeviction"
    assert wire.error("SET", "k", "v") == OOM


@pytest.mark.goal("The options take what Redis takes and nothing else")
def test_options(wire, r):
    for name, good, wrong in (("maxmemory-samples", "64", "0"), ("maxmemory-eviction-tenacity", "100", "101"),
                              ("maxmemory-policy", "volatile-ttl", "lru"), ("maxmemory", "1gb", "-1"),
                              ("lfu-log-factor", "0", "-1"), ("lfu-decay-time", "0", "x")):
        wire.ok("CONFIG", "SET", name, good)
        assert wire.error("CONFIG", "SET", name, wrong).startswith(
            f"ERR CONFIG SET failed (possibly related to argument '{name}') - ")
    assert r.config_get("maxmemory")["maxmemory"] == "1073741824"
    wire.ok("SET", "k", "v")


@pytest.mark.goal("The options may stand in the configuration from the start")
def test_at_start(fresh_server):
    server = fresh_server(maxmemory="1", maxmemory_policy="volatile-lru")
    with server.wire() as wire:
        assert wire.error("SET", "k", "v") == OOM
        assert wire("GET", "k") is None
