"""Keys that go by themselves, expired or evicted, go in the log, too: a replay must not depend on the clock."""

import pytest

from strata_harness.aof_server import OPTIONS, Tail, current_log, reborn, run
from strata_harness.wait import wait_until

LOGGED = {**OPTIONS, "appendfsync": "no"}


@pytest.fixture
def still(fresh_server):
    """A server that removes expired keys only when somebody meets them, a client, and the end of the log."""
    server = fresh_server(**LOGGED)
    wire = server.wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    return server, wire, Tail(server, wire)


def now_us(wire):
    seconds, micros = wire("TIME")
    return int(seconds) * 1_000_000 + int(micros)


def expired(wire, tail, *keys):
    """These keys, whose time is over though nobody has met them since. What they appended is skipped."""
    for key in keys:
        wire.ok("SET", key, "v", "PX", 1)
    end = now_us(wire) + 2000
    wait_until(lambda: now_us(wire) > end, 5, "2 ms to pass")
    tail.bytes()


@pytest.mark.parametrize("command, expected", [
    ("GET e", ["DEL e"]), ("TTL e", ["DEL e"]), ("EXISTS e", ["DEL e"]), ("DEL e", ["DEL e"]), ("TYPE e", ["DEL e"]),
    ("INCR e", ["MULTI", "DEL e", "INCR e", "EXEC"]), ("SET e w", ["MULTI", "DEL e", "SET e w", "EXEC"]),
    ("LPUSH e x", ["MULTI", "DEL e", "LPUSH e x", "EXEC"]), ("RENAME e f", ["DEL e"]),
    ("EXPIRE e 100", ["DEL e"]), ("MGET e f", ["MULTI", "DEL e", "DEL f", "EXEC"]),
    ("MSET e 1 x 2", ["MULTI", "DEL e", "MSET e 1 x 2", "EXEC"]), ("KEYS *", []),
    ("SCAN 0 COUNT 100", ["DEL e", "DEL f"]), ("GETDEL e", ["DEL e"]),
    ("SETNX e w", ["MULTI", "DEL e", "SETNX e w", "EXEC"])], ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.goal("A command that finds an expired key appends its DEL first, together with what it then writes itself")
def test_found(still, command, expected):
    server, wire, tail = still
    expired(wire, tail, "e", "f")
    run(wire, command)
    lines = tail.lines()
    assert (sorted(lines) if command.startswith("SCAN") else lines) == expected


@pytest.mark.goal("Within a transaction what is found expired joins it")
def test_found_in_transaction(still):
    server, wire, tail = still
    expired(wire, tail, "e", "f")
    run(wire, "MULTI", "GET e", "EXEC")
    assert tail.lines() == ["DEL e"]
    run(wire, "MULTI", "SET a 1", "GET f", "EXEC")
    assert tail.lines() == ["MULTI", "SET a 1", "DEL f", "EXEC"]


@pytest.mark.goal("With lazyfree-lazy-expire an expired key goes as UNLINK, on access and by itself")
def test_lazy_expire(still):
    server, wire, tail = still
    wire.ok("CONFIG", "SET", "lazyfree-lazy-expire", "yes")
    expired(wire, tail, "e", "f")
    assert wire("GET", "e") is None
    assert tail.lines() == ["UNLINK e"]
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 1)
    wait_until(lambda: wire("DBSIZE") == 0, 5, "the other key to go")
    assert tail.lines() == ["UNLINK f"]


@pytest.mark.goal("What expires while nobody looks is appended, one bare DEL a key, in its database")
def test_active(fresh_server):
    server = fresh_server(**LOGGED)
    wire = server.wire()
    tail = Tail(server, wire)
    for db in (0, 7):
        wire.ok("SELECT", db)
        for i in range(20):
            wire.ok("SET", f"k{i}", "v", "PX", 20)
    wait_until(lambda: "db" not in wire("INFO", "keyspace").decode(), 5, "the keys to expire")
    db, removed = b"0", set()
    for name, *words in tail.commands():
        if name == b"SELECT":
            db = words[0]
        elif name == b"DEL":
            [key] = words
            assert (db, key) not in removed
            removed.add((db, key))
        else:
            assert name == b"SET"
    assert removed == {(db, b"k%d" % i) for db in (b"0", b"7") for i in range(20)}


@pytest.mark.parametrize("lazy, word", [("no", "DEL"), ("yes", "UNLINK")])
@pytest.mark.goal("An evicted key goes in the log before the command that needed its room")
def test_eviction(fresh_server, lazy, word):
    server = fresh_server(**LOGGED, maxmemory_policy="allkeys-random", lazyfree_lazy_eviction=lazy)
    wire = server.wire()
    tail = Tail(server, wire)
    for i in range(20):
        wire.ok("SET", f"k{i}", "x" * 100_000)
    tail.bytes()
    used = int(wire("INFO", "memory").decode().partition("used_memory:")[2].split()[0])
    wire.ok("CONFIG", "SET", "maxmemory", used + 50_000)
    wire.ok("SET", "new", "x" * 300_000)
    wire.ok("SET", "last", "v")
    commands = tail.commands()
    removed = [words[1] for words in commands if words[0] == word.encode()]
    assert removed and len(set(removed)) == len(removed)
    assert {words[0] for words in commands} == {b"SET", word.encode()}
    assert commands[0][0] == word.encode() and commands[-1][1] == b"last"
    wire.ok("CONFIG", "SET", "maxmemory", 0)
    before = wire("DEBUG", "DIGEST")
    assert reborn(server)("DEBUG", "DIGEST") == before


@pytest.mark.goal("Keys that expired but were not met yet come back from the log with their time, and then go")
def test_replay_of_expired(still):
    server, wire, tail = still
    expired(wire, tail, "e")
    assert b"e" in current_log(server).read_bytes()
    server.kill()
    wire = server.start().wire()
    assert wire("GET", "e") is None and wire("DBSIZE") == 0
    wait_until(lambda: b"DEL\r\n$1\r\ne\r\n" in current_log(server).read_bytes(), 5, "its DEL in the log")
