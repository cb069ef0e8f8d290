"""Active expiry: keys that nobody asks for go too, soon, and without holding anybody up."""

import time

import pytest

from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable_debug_command": "yes"}


def fill(wire, keys, *options, value="v", prefix="k"):
    """SET prefix0 .. with the same options, pipelined."""
    for start in range(0, keys, 1000):
        count = min(1000, keys - start)
        for i in range(start, start + count):
            wire.send_command("SET", f"{prefix}{i}", value, *options)
        for reply in wire.read_many(count):
            assert reply == "OK"


def until_size(wire, size, seconds=5):
    def left():
        count = wire("DBSIZE")
        assert count == size, f"there are {count}"
        return True
    wait_until(left, seconds, f"{size} keys to be left")


def until_past(wire, milliseconds):
    """Until so much of the server's time has gone by: a key of its own in another database tells."""
    wire.ok("SELECT", 15)
    wire.ok("SET", "hourglass", "v", "PX", milliseconds)
    wait_until(lambda: wire("EXISTS", "hourglass") == 0, 5, f"{milliseconds} ms to pass")
    wire.ok("SELECT", 0)


@pytest.mark.goal("A key that nobody asks for goes once its time has passed, and counts as expired")
def test_goes_unasked(wire, r):
    before = r.info("stats")["expired_keys"]
    wire.ok("SET", "k", "v", "PX", 1)
    wire.ok("SET", "stays", "v")
    until_size(wire, 1)
    assert wire("GET", "stays") == b"v"
    assert r.info("stats")["expired_keys"] == before + 1


@pytest.mark.goal("Only the keys whose time has passed go")
def test_others_stay(wire, rng):
    times = {f"k{i}": rng.choice([5, 60_000, None]) for i in range(3000)}
    for key, time_ms in times.items():
        wire.send_command("SET", key, "v", *(() if time_ms is None else ("PX", time_ms)))
    wire.read_many(len(times))
    kept = [key for key, time_ms in times.items() if time_ms != 5]
    until_size(wire, len(kept))
    assert wire("EXISTS", *kept) == len(kept)


@pytest.mark.goal("Keys that expire together are all gone within seconds, and each is counted")
@pytest.mark.limit(40)
def test_many_together(wire, r):
    before = r.info("stats")["expired_keys"]
    fill(wire, 50_000, "PXAT", int(time.time() * 1000) + 1500)
    until_size(wire, 0, 15)
    assert r.info("stats")["expired_keys"] == before + 50_000


@pytest.mark.goal("Keys that expire together go little by little: commands run in between, and soon")
@pytest.mark.limit(40)
def test_answers_meanwhile(wire):
    asked = 100_000
    wire.ok("CONFIG", "SET", "hz", 500)
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    fill(wire, 50_000, "PX", 1)
    until_past(wire, 10)
    # All in one go: what the server answers in between must not depend on how fast it is asked.
    wire.send(encode("DEBUG", "SET-ACTIVE-EXPIRE", 1) + encode("DBSIZE") * asked)
    sizes = wire.read_many(1 + asked)[1:]
    assert any(0 < size < 50_000 for size in sizes), f"the keys went all at once: DBSIZE fell from 50000 to {sizes[-1]}"
    until_size(wire, 0, 15)


@pytest.mark.goal("Keys that expire one after the other go one after the other, not only the first of them")
def test_one_after_the_other(wire):
    for i in range(10):
        wire.ok("SET", f"k{i}", "v", "PX", 1 + 100 * i)
    until_size(wire, 0)


@pytest.mark.goal("A single key that expires is found among many that do not")
def test_one_among_many(wire):
    fill(wire, 20_000)
    wire.ok("SET", "k77", "v", "PX", 1)
    until_size(wire, 19_999)


@pytest.mark.goal("Keys expire in every database, wherever SWAPDB has put it")
def test_all_databases(wire):
    for db in (0, 3, 9):
        wire.ok("SELECT", db)
        wire.ok("SET", "k", "v", "PX", 300)
    wire.ok("SWAPDB", 3, 5)
    for db in (0, 5, 9):
        wire.ok("SELECT", db)
        until_size(wire, 0)


@pytest.mark.goal("Values of every type expire")
def test_all_types(wire):
    wire("RPUSH", "list", *range(1000))
    wire("SADD", "set", *(f"m{i}" for i in range(1000)))
    wire("HSET", "hash", *(f"f{i}" for i in range(1000)))
    wire("ZADD", "zset", *(i for i in range(1000)))
    for key in ("list", "set", "hash", "zset"):
        assert wire("PEXPIRE", key, 1) == 1
    until_size(wire, 0)


@pytest.mark.goal("A key whose expiry was taken away or moved goes by what holds now")
def test_expiry_changes(wire):
    commands = [("SET", key, "v", "PX", 60_000 if key == "sooner" else 400)
                for key in ("persist", "later", "overwritten", "getex", "sooner")]
    commands += [("PERSIST", "persist"), ("EXPIRE", "later", 1000), ("SET", "overwritten", "w"),
                 ("GETEX", "getex", "PERSIST"), ("PEXPIRE", "sooner", 10)]
    wire.send(b"".join(encode(*command) for command in commands))  # in one go: none expires in between
    assert wire.read_many(10) == ["OK"] * 5 + [1, 1, "OK", b"v", 1]
    until_size(wire, 4)
    until_past(wire, 800)
    assert sorted(wire("KEYS", "*")) == [b"getex", b"later", b"overwritten", b"persist"]


@pytest.mark.goal("An expiry goes along with a key that gets another name, a copy or another database")
def test_expiry_goes_along(wire):
    for key in ("a", "b", "c"):
        wire.ok("SET", key, "v", "PX", 500)
    wire.ok("RENAME", "a", "renamed")
    assert wire("COPY", "b", "copied") == 1
    assert wire("MOVE", "c", 1) == 1
    until_size(wire, 0)
    wire.ok("SELECT", 1)
    until_size(wire, 0)


@pytest.mark.goal("Emptying the database forgets the expiries of the keys that were there")
def test_flush(wire):
    fill(wire, 1000, "PX", 300)
    wire.ok("FLUSHALL")
    fill(wire, 1000)
    wire.ok("SET", "new", "v", "PX", 300)
    until_past(wire, 700)
    until_size(wire, 1000)


@pytest.mark.goal("After DEBUG SET-ACTIVE-EXPIRE 0 expired keys stay until they are asked for")
def test_switched_off(wire):
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    try:
        fill(wire, 100, "PX", 1)
        until_past(wire, 500)
        assert wire("DBSIZE") == 100
        assert wire("GET", "k1") is None
        assert wire("DBSIZE") == 99
    finally:
        wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 1)
    until_size(wire, 0)


@pytest.mark.goal("During CLIENT PAUSE expired keys are not seen, but stay; afterwards they go")
def test_pause(wire):
    wire.send(encode("SET", "k", "v", "PX", 200) + encode("CLIENT", "PAUSE", 100_000, "WRITE"))
    assert wire.read_many(2) == ["OK", "OK"]
    wait_until(lambda: wire("GET", "k") is None, 5, "the key to expire")
    assert wire("DBSIZE") == 1
    wire.ok("CLIENT", "UNPAUSE")
    until_size(wire, 0)


@pytest.mark.goal("The event 'expired' is told for a key that nobody asks for")
def test_event(wire, connect):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "Ex")
    listener = connect()
    listener("SUBSCRIBE", "__keyevent@0__:expired")
    wire.ok("SET", "k", "v", "PX", 1)
    assert listener.read(timeout=5) == [b"message", b"__keyevent@0__:expired", b"k"]


@pytest.mark.goal("INFO tells the average time to live of a database, and 0 when nothing expires any more")
def test_average_ttl(wire, r):
    fill(wire, 100, "EX", 1000)
    wait_until(lambda: 0 < r.info("keyspace")["db0"]["avg_ttl"] <= 1_000_000, 5, "avg_ttl to be told")
    assert r.info("keyspace")["db0"]["avg_ttl"] > 900_000
    for i in range(100):
        wire("PERSIST", f"k{i}")
    wait_until(lambda: r.info("keyspace")["db0"]["avg_ttl"] == 0, 5, "avg_ttl to end")


@pytest.mark.goal("INFO stats has the figures of active expiry, CONFIG RESETSTAT resets those that count")
def test_figures(wire, r):
    wire.ok("SET", "k", "v", "PX", 1)
    until_size(wire, 0)
    stats = r.info("stats")
    assert stats["expired_keys"] >= 1
    assert 0 <= stats["expired_stale_perc"] <= 100
    assert stats["expired_time_cap_reached_count"] >= 0
    assert stats["expire_cycle_cpu_milliseconds"] >= 0
    wire.ok("CONFIG", "RESETSTAT")
    assert r.info("stats")["expired_keys"] == 0


@pytest.mark.parametrize("effort", [1, 10])
@pytest.mark.goal("Keys go at any effort and any hz")
def test_effort_and_hz(wire, effort):
    wire.ok("CONFIG", "SET", "active-expire-effort", effort, "hz", 50 * effort)
    fill(wire, 5000, "PX", 100)
    until_size(wire, 0)


@pytest.mark.goal("active-expire-effort is a number from 1 to 10")
def test_effort_range(wire):
    for wrong in (0, 11):
        assert "argument must be between 1 and 10 inclusive" in wire.error(
            "CONFIG", "SET", "active-expire-effort", wrong)
    wire.ok("SET", "k", "v", "PX", 1)
    until_size(wire, 0)
