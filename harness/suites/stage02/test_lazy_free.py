"""Freeing big values: UNLINK, FLUSHALL ASYNC and the lazyfree options, seen through INFO and the clock."""

import signal
import time

import pytest

from strata_harness.timing import scaled
from strata_harness.wait import wait_until

BIG = 200000


def figure(wire, name):
    return int(next(line.split(b":")[1] for line in wire("INFO", "memory").splitlines() if line.startswith(name + b":")))


def all_freed(wire, timeout=10):
    wait_until(lambda: figure(wire, b"lazyfree_pending_objects") == 0, timeout, "lazyfree_pending_objects is 0")


def fill(wire, kind, key, count=BIG):
    add = {"set": lambda i: ("SADD", key, *[f"member:{j}" for j in i]),
           "hash": lambda i: ("HSET", key, *[part for j in i for part in (f"field:{j}", f"value:{j}")]),
           "zset": lambda i: ("ZADD", key, *[part for j in i for part in (j, f"member:{j}")]),
           "list": lambda i: ("RPUSH", key, *[f"element number {j}" for j in i])}[kind]
    for start in range(0, count, 2000):
        wire(*add(range(start, min(start + 2000, count))))


@pytest.mark.parametrize("kind", ["set", "hash", "zset", "list"])
@pytest.mark.limit(40)
@pytest.mark.goal("UNLINK of a big value answers at once; the value is counted as freed and its memory comes back")
def test_unlink(wire, kind):
    before, freed = figure(wire, b"used_memory"), figure(wire, b"lazyfreed_objects")
    fill(wire, kind, "big")
    filled = figure(wire, b"used_memory")
    assert filled > before + BIG * 8
    began = time.monotonic()
    assert wire("UNLINK", "big") == 1
    assert time.monotonic() - began < scaled(3.0)
    assert wire("EXISTS", "big") == 0
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 1
    wait_until(lambda: figure(wire, b"used_memory") < before + (filled - before) // 4, 10, "used_memory falls")


@pytest.mark.goal("UNLINK frees small values on the spot: no object is handed over")
def test_unlink_small(wire):
    freed = figure(wire, b"lazyfreed_objects")
    wire("SADD", "s", "a")
    wire("SET", "t", "x" * 100000)
    assert wire("UNLINK", "s", "t", "missing") == 2
    assert figure(wire, b"lazyfreed_objects") == freed


@pytest.mark.goal("DEL frees at once by default, and like UNLINK with lazyfree-lazy-user-del")
def test_user_del(wire):
    freed = figure(wire, b"lazyfreed_objects")
    fill(wire, "set", "s", 5000)
    assert wire("DEL", "s") == 1
    assert figure(wire, b"lazyfreed_objects") == freed
    wire.ok("CONFIG", "SET", "lazyfree-lazy-user-del", "yes")
    fill(wire, "set", "s", 5000)
    assert wire("DEL", "s") == 1
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 1


@pytest.mark.parametrize("overwrite", [("SET", "big", "x"), ("RENAME", "other", "big"), ("SUNIONSTORE", "big", "other"),
                                       ("SINTERSTORE", "big", "missing")], ids=lambda command: command[0])
@pytest.mark.goal("With lazyfree-lazy-server-del a value that a command replaces is left to the thread")
def test_server_del(wire, overwrite):
    wire("SADD", "other", "x")
    wire.ok("CONFIG", "SET", "lazyfree-lazy-server-del", "yes")
    freed = figure(wire, b"lazyfreed_objects")
    fill(wire, "set", "big", 5000)
    wire(*overwrite)
    assert wire("EXISTS", "big") == (0 if "missing" in overwrite else 1)
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 1


@pytest.mark.goal("With lazyfree-lazy-expire an expired value is left to the thread")
def test_expire(wire):
    wire.ok("CONFIG", "SET", "lazyfree-lazy-expire", "yes")
    freed = figure(wire, b"lazyfreed_objects")
    fill(wire, "hash", "big", 5000)
    wire("PEXPIRE", "big", 1)
    wait_until(lambda: wire("EXISTS", "big") == 0, 5, "the key expires")
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 1


@pytest.mark.parametrize("command", ["FLUSHALL", "FLUSHDB"])
@pytest.mark.goal("FLUSHALL ASYNC counts every key as freed; the database is usable at once")
def test_flush_async(wire, command):
    freed = figure(wire, b"lazyfreed_objects")
    for start in range(0, 20000, 1000):
        wire.ok("MSET", *[part for i in range(start, start + 1000) for part in (f"key:{i}", "v")])
    fill(wire, "zset", "z", 3000)
    wire.ok(command, "ASYNC")
    assert wire("DBSIZE") == 0
    wire("SADD", "after", "x")
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 20001
    assert [wire("SMEMBERS", "after"), wire("DBSIZE")] == [[b"x"], 1]


@pytest.mark.goal("FLUSHALL follows lazyfree-lazy-user-flush unless it says SYNC or ASYNC")
def test_flush_option(wire):
    freed = figure(wire, b"lazyfreed_objects")
    wire.ok("CONFIG", "SET", "lazyfree-lazy-user-flush", "yes")
    wire("SET", "a", "1")
    wire.ok("FLUSHALL", "SYNC")
    assert figure(wire, b"lazyfreed_objects") == freed
    assert wire("SADD", "a", "1") == 1
    wire.ok("FLUSHALL")
    all_freed(wire)
    assert figure(wire, b"lazyfreed_objects") == freed + 1


@pytest.mark.goal("A server that is told to go while values are being freed goes")
def test_shutdown_meanwhile(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, "zset", "z")
    assert wire("UNLINK", "z") == 1
    server.signal(signal.SIGTERM)
    assert server.wait_exit(10) == 0
