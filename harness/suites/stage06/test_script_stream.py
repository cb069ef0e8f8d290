"""Scripts and functions on their way to replicas: effects in the stream, functions in the stream and in the image."""

import pytest

from strata_harness.aof_server import with_times
from strata_harness.replicas import OPTIONS, replication, same_in_the_end, stats, synced
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}
PAIRS = ["ours from ours", "ours from redis", "redis from ours"]


def library(name, function, body):
    return f"#!lua name={name}\nredis.register_function('{function}', function(keys, args) {body} end)"


PUSH = library("lib", "push", "redis.call('RPUSH', keys[1], unpack(args)) return redis.call('LLEN', keys[1])")


def codes(wire):
    return sorted(one[-1] for one in wire("FUNCTION", "LIST", "WITHCODE"))


@pytest.fixture
def replica(fake_replica, wire):
    """Online, with nothing on its way, and database 0 selected."""
    wire.ok("CONFIG", "SET", "repl-ping-replica-period", 3600)
    replica = fake_replica()
    replica.sync()
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    wire("SET", "first", "word")
    assert replica.commands(2) == ["SELECT 0", "SET first word"]
    return replica


EFFECTS = {
    "one write": ("call('SET', 'a', 1)", ["SET a 1"]),
    "two writes and a read": ("call('SET', 'a', 1) call('GET', 'a') call('INCR', 'a')", ["MULTI", "SET a 1", "INCR a", "EXEC"]),
    "reads": ("call('GET', 'a') return call('DBSIZE')", []),
    "a relative expiry": ("call('SET', 'a', 1, 'PX', 100000)", ["SET a 1 PXAT @100"]),
    "an error half-way": ("call('SET', 'a', 1) call('SET', 'b', 2) error('x')", ["MULTI", "SET a 1", "SET b 2", "EXEC"]),
    "a word of its own": ("call('PUBLISH', 'c', 'word') call('SET', 'a', 1)", ["MULTI", "PUBLISH c word", "SET a 1", "EXEC"]),
    "not for replicas": ("redis.set_repl(redis.REPL_AOF) call('SET', 'a', 1) call('PUBLISH', 'c', 'word')", []),
    "for nobody": ("redis.set_repl(redis.REPL_NONE) call('SET', 'a', 1)", []),
    "for replicas alone": ("redis.set_repl(redis.REPL_REPLICA) call('SET', 'a', 1) call('SET', 'b', 1)",
                           ["MULTI", "SET a 1", "SET b 1", "EXEC"]),
    "in parts": ("call('SET', 'a', 1) redis.set_repl(redis.REPL_NONE) call('SET', 'b', 1)", ["SET a 1"]),
}


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.goal("Replicas are sent what a script did, as one transaction, and nothing that it kept from them")
def test_effects(wire, replica, name):
    script, expected = EFFECTS[name]
    wire("EVAL", "local call = redis.call " + script, 0)
    wire("SET", "the", "end")
    assert with_times(replica.commands(len(expected) + 1), expected) == [*expected, "SET the end"]


@pytest.mark.goal("Functions are sent as they were loaded, what they do as they did it; scripts are not sent")
def test_functions(wire, replica):
    wire("SCRIPT", "LOAD", "return 1")
    wire("FUNCTION", "LOAD", PUSH)
    assert wire("FCALL", "push", 1, "l", "a", "b") == 2
    wire.ok("SCRIPT", "FLUSH", "ASYNC")
    wire.ok("FUNCTION", "FLUSH", "SYNC")
    load, *rest = replica.commands(3)
    assert load == f"FUNCTION LOAD {PUSH.encode()!r}"
    assert rest == ["RPUSH l a b", "FUNCTION FLUSH SYNC"]


@pytest.fixture
def couple(fresh_server, reference):
    """A replica and its master, not yet connected."""
    kinds = {"ours": fresh_server, "redis": reference}

    def make(kind):
        replica, _, master = kind.split()
        return kinds[replica](**OPTIONS).wire(name="replica"), kinds[master](**OPTIONS)
    return make


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("The image brings the master's functions, and takes away those that the replica had")
def test_image(couple, kind):
    replica, master = couple(kind)
    replica("FUNCTION", "LOAD", library("own", "own", "return 1"))
    wire = master.wire()
    wire("FUNCTION", "LOAD", PUSH)
    assert wire("FCALL", "push", 1, "l", "a") == 1
    synced(replica, master)
    assert [one[1] for one in replica("FUNCTION", "LIST")] == [b"lib"]
    assert replica.error("FCALL", "push", 1, "l", "b").startswith("READONLY ")
    replica.ok("REPLICAOF", "NO", "ONE")
    assert replica("FCALL", "push", 1, "l", "b") == 2, "a new master has all that it needs"


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.goal("Whatever scripts and functions do, and what becomes of functions: the replica comes to the same")
def test_same(couple, kind, rng):
    replica, master = couple(kind)
    wire = synced(replica, master)
    wire("FUNCTION", "LOAD", PUSH)
    wire.ok("SET", "gone", "v", "PX", 20)
    for i in range(100):
        key = rng.choice("abc")
        wire("FCALL", "push", 1, f"l{key}", i, rng.random())
        wire("EVAL", "redis.call('SADD', KEYS[1], unpack(ARGV)) redis.call('GET', 'gone') return redis.call('SPOP', KEYS[1], 2)",
             1, f"s{key}", *range(i, i + 5))
        wire("EVAL", "redis.call('ZINCRBY', KEYS[1], ARGV[1], redis.sha1hex(ARGV[1])) redis.call('PEXPIRE', KEYS[1], 100000)",
             1, f"z{key}", rng.random())
        wire("EVAL", "redis.call('SELECT', ARGV[1]) redis.call('INCRBYFLOAT', 'f', '0.1') if ARGV[1] == '3' then error('x') end",
             0, rng.randrange(5))
    payload = wire("FUNCTION", "DUMP")
    wire("FUNCTION", "LOAD", library("two", "two", "return 2"))
    wire.ok("FUNCTION", "DELETE", "lib")
    wire.ok("FUNCTION", "RESTORE", payload, "APPEND")
    same_in_the_end(wire, replica)
    assert stats(wire)[0] == 1, "all of it came through the stream"
    assert codes(replica) == codes(wire) and len(codes(wire)) == 2


@pytest.mark.goal("What a script keeps from replicas they do not have; what it keeps from the log, they have")
def test_set_repl(couple):
    replica, master = couple("ours from ours")
    wire = synced(replica, master)
    wire("EVAL", "redis.set_repl(redis.REPL_AOF) redis.call('SET', 'a', 1) redis.set_repl(redis.REPL_REPLICA) "
                 "redis.call('SET', 'b', 1)", 0)
    wire("EVAL", "redis.call('SET', 'c', 1)", 0)
    wait_until(lambda: replica("EXISTS", "c"), 5, "the stream to be applied")
    assert replica("EXISTS", "a") == 0 and replica("EXISTS", "b") == 1


@pytest.mark.goal("On a replica scripts may read, and are told READONLY when they write; functions cannot be changed there")
def test_on_a_replica(couple):
    replica, master = couple("ours from ours")
    wire = synced(replica, master)
    wire.ok("SET", "k", "v")
    wait_until(lambda: replica("GET", "k") == b"v", 5, "the key")
    assert replica("EVAL", "return redis.call('GET', KEYS[1])", 1, "k") == b"v"
    assert replica.error("EVAL", "return redis.call('SET', KEYS[1], 'w')", 1, "k").startswith(
        "READONLY You can't write against a read only replica. script: ")
    assert replica.error("FUNCTION", "LOAD", PUSH) == "READONLY You can't write against a read only replica."
    assert replica.error("EVAL", "#!lua\nreturn redis.call('GET', KEYS[1])", 1, "k") == (
        "READONLY You can't write against a read only replica.")
    assert replica("EVAL", "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])", 1, "k") == b"v"
