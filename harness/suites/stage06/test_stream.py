"""What a master sends, byte for byte: each write as every copy of the data must replay it, and what it says of itself."""

import pytest

from strata_harness.aof_server import with_times
from strata_harness.fake_replica import GETACK, PING
from strata_harness.replicas import offset, replication
from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}


@pytest.fixture
def replica(fake_replica, wire):
    """Online, with nothing on its way."""
    wire.ok("CONFIG", "SET", "repl-ping-replica-period", 3600)
    replica = fake_replica()
    replica.sync()
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    return replica


@pytest.mark.goal("SELECT comes before the first command, and whenever the database is another one; never otherwise")
def test_select(wire, connect, replica):
    other = connect()
    other.ok("SELECT", 7)
    wire.ok("SET", "a", 1)
    wire.ok("SET", "b", 1)
    other.ok("SET", "c", 1)
    wire.ok("SET", "d", 1)
    wire.ok("SET", "e", 1)
    replica.expect(encode("SELECT", 0) + encode("SET", "a", 1) + encode("SET", "b", 1) + encode("SELECT", 7)
                   + encode("SET", "c", 1) + encode("SELECT", 0) + encode("SET", "d", 1) + encode("SET", "e", 1))


@pytest.mark.goal("The offset counts every byte of the stream, and nothing else")
def test_offset(wire, replica):
    before = offset(wire)
    wire.ok("SET", "a", "x" * 1000)
    wire("GET", "a")
    wire("DEL", "nothing")
    expected = encode("SELECT", 0) + encode("SET", "a", "x" * 1000)
    replica.expect(expected)
    assert offset(wire) == before + len(expected)


REWRITTEN = {
    "a relative expiry": (["SET k v EX 100"], ["SET k v PXAT @100"]),
    "EXPIRE": (["SET k v", "EXPIRE k 100"], ["SET k v", "PEXPIREAT k @100"]),
    "SETEX": (["SETEX k 100 v"], ["SET k v PXAT @100"]),
    "GETEX": (["SET k v", "GETEX k EX 100"], ["SET k v", "PEXPIREAT k @100"]),
    "GETEX PERSIST": (["SET k v PXAT 4102444800000", "GETEX k PERSIST"], ["SET k v PXAT 4102444800000", "PERSIST k"]),
    "GETDEL": (["SET k v", "GETDEL k"], ["SET k v", "DEL k"]),
    "an expiry in the past": (["SET k v", "EXPIRE k -1"], ["SET k v", "DEL k"]),
    "a float": (["INCRBYFLOAT k 1.50"], ["SET k 1.5 KEEPTTL"]),
    "a field's float": (["HINCRBYFLOAT h f 2.50"], ["HSET h f 2.5"]),
    "SPOP of one": (["SADD s only", "SPOP s"], ["SADD s only", "SREM s only"]),
    "SPOP of all": (["SADD s only", "SPOP s 5"], ["SADD s only", "DEL s"]),
    "BLPOP": (["RPUSH l a b", "BLPOP l 0"], ["RPUSH l a b", "LPOP l"]),
    "BLMOVE": (["RPUSH l a", "BLMOVE l m LEFT RIGHT 0"], ["RPUSH l a", "LMOVE l m LEFT RIGHT"]),
    "BRPOPLPUSH": (["RPUSH l a", "BRPOPLPUSH l m 0"], ["RPUSH l a", "RPOPLPUSH l m"]),
    "BZPOPMIN": (["ZADD z 1 a", "BZPOPMIN z 0"], ["ZADD z 1 a", "ZPOPMIN z"]),
    "nothing changed": (["SADD s a", "SADD s a", "SREM s b", "SETNX n 1", "SETNX n 2"], ["SADD s a", "SETNX n 1"]),
    "a transaction": (["MULTI", "SET a 1", "GET a", "SET b 2", "EXEC"], ["MULTI", "SET a 1", "SET b 2", "EXEC"]),
    "a transaction of one": (["MULTI", "SET a 1", "GET a", "EXEC"], ["SET a 1"]),
    "a transaction that only reads": (["MULTI", "GET a", "EXEC", "SET b 1"], ["SET b 1"]),
    "an error in a transaction": (["SET s 1", "MULTI", "SET a 1", "LPUSH s 1", "EXEC"],
                                  ["SET s 1", "SET a 1"]),
    "another database in a transaction": (["MULTI", "SET a 1", "SELECT 2", "SET b 2", "EXEC", "SELECT 0"],
                                          ["MULTI", "SET a 1", "SELECT 2", "SET b 2", "EXEC", "SELECT 0"]),
    "FLUSHALL": (["SET k v", "FLUSHALL"], ["SET k v", "FLUSHALL"]),
    "PUBLISH": (["PUBLISH channel word"], ["PUBLISH channel word"]),
    "UNLINK": (["SET k v", "UNLINK k"], ["SET k v", "UNLINK k"]),
    "RENAME, COPY, MOVE, SWAPDB": (["SET k v", "RENAME k l", "COPY l m", "MOVE m 3", "SWAPDB 0 3"],
                                   ["SET k v", "RENAME k l", "COPY l m", "MOVE m 3", "SWAPDB 0 3"]),
    "SORT STORE": (["RPUSH l 2 1", "SORT l STORE m"], ["RPUSH l 2 1", "SORT l STORE m"]),
}


@pytest.mark.parametrize("name", REWRITTEN)
@pytest.mark.goal("A write goes out as all copies of the data must replay it, so that all come to the same")
def test_rewritten(wire, replica, name):
    commands, expected = REWRITTEN[name]
    wire.ok("SET", "first", "of all")
    assert replica.commands(2) == ["SELECT 0", 'SET first b\'of all\'']
    for command in commands:
        wire(*command.split(" "))
    wire.ok("SET", "the", "end")
    got = replica.commands(len(expected) + 1)
    assert [line.lower() for line in with_times(got, expected)] == [line.lower() for line in [*expected, "SET the end"]]


@pytest.mark.goal("A key that expires goes out as DEL, found by a command or by the cycle that looks for such keys")
@pytest.mark.parametrize("found", ["command", "cycle"])
def test_expired(wire, replica, found):
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", "k", "v", "PX", 1)
    replica.commands(2)
    wait_until(lambda: wire("PTTL", "k") != 1 and wire("TIME"), 5, "a moment to pass")
    if found == "command":
        wait_until(lambda: wire("GET", "k") is None, 5, "the key to expire")
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 1)
    assert replica.commands(1)[0].upper() in ("DEL K", "UNLINK K")


@pytest.mark.goal("A key that is evicted goes out as DEL before the write that needed the room")
def test_evicted(wire, replica):
    wire.ok("SET", "old", "x" * 100_000)
    wire.ok("SET", "older", "x" * 100_000)
    replica.commands(3)
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", 1)
    wait_until(lambda: wire("GET", "none") is None and wire("DBSIZE") == 0, 5, "the eviction")
    wire.ok("CONFIG", "SET", "maxmemory", 0)
    wire.ok("SET", "new", "v")
    lines: list[str] = []
    while "SET new v" not in lines:
        lines += replica.commands(1)
    lines = [line.upper() for line in lines if line not in ("MULTI", "EXEC")]
    assert sorted(lines) == ["DEL OLD", "DEL OLDER", "SET NEW V"]


@pytest.mark.goal("A client that waited is served by another one's push: both go out, the push first")
def test_served(wire, connect, replica):
    waiting = connect()
    waiting.send_command("BLPOP", "l", 0)
    wait_until(lambda: b"blocked_clients:1" in wire("INFO", "clients"), 5, "the client to wait")
    assert wire("RPUSH", "l", "a") == 1
    assert waiting.read() == [b"l", b"a"]
    assert [line.upper() for line in replica.commands(3)] == ["SELECT 0", "RPUSH L A", "LPOP L"]


@pytest.mark.goal("Every repl-ping-replica-period seconds a ping in small letters, of which each byte counts; no SELECT for it")
def test_ping(wire, replica):
    before = offset(wire)
    wire.ok("CONFIG", "SET", "repl-ping-replica-period", 1)
    replica.expect(PING + PING, 10)
    assert offset(wire) >= before + 2 * len(PING)


@pytest.mark.goal("A client that waits for replicas has them asked: REPLCONF GETACK *, counted like everything")
def test_getack(wire, connect, replica):
    wire.ok("SET", "k", "v")
    at = offset(wire)
    wire.send_command("WAIT", 1, 0)
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v") + GETACK)
    assert offset(connect()) == at + len(GETACK)
    replica.ack(at)
    assert wire.read() == 1


@pytest.mark.goal("All replicas get the same bytes, whenever they came")
def test_same_bytes(fake_replica, wire, replica):
    wire.ok("SET", "k", "v")
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v"))
    second = fake_replica()
    second.sync()
    for i in range(200):
        wire.ok("SET", f"k{i}", "x" * (i * i % 997))
    stream = encode("SELECT", 0) + b"".join(encode("SET", f"k{i}", "x" * (i * i % 997)) for i in range(200))
    replica.expect(stream)
    second.expect(stream)


@pytest.mark.goal("A replica that reads slowly gets everything all the same, and holds up nobody")
def test_slow_replica(fake_replica, wire):
    slow, quick = fake_replica(receive_buffer=32768), fake_replica()
    slow.sync()
    quick.sync()
    for i in range(30):
        wire.ok("SET", "k", "x" * 100_000)
    stream = encode("SET", "k", "x" * 100_000)
    quick.expect(encode("SELECT", 0) + 30 * stream, 10)
    slow.expect(encode("SELECT", 0) + 30 * stream, 10)
