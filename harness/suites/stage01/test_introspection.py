"""SLOWLOG, LATENCY, MONITOR, MEMORY, DEBUG and LOLWUT."""

import re
import time

import pytest

from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable_debug_command": "yes"}


@pytest.fixture
def slow(wire):
    wire.ok("CLIENT", "SETNAME", "me")
    wire.ok("CONFIG", "SET", "slowlog-log-slower-than", "0")
    wire.ok("SLOWLOG", "RESET")
    return wire


@pytest.mark.goal("A slow log entry holds id, time, duration, arguments, address and name; the newest comes first")
def test_slowlog_entry(slow):
    before = int(time.time())
    slow.ok("SET", "a", "1")
    slow("GET", "a")
    newest, older = slow("SLOWLOG", "GET", 2)
    assert newest[3] == [b"GET", b"a"] and older[3] == [b"SET", b"a", b"1"]
    assert newest[0] == older[0] + 1
    host, port = slow.socket.getsockname()
    assert newest[4:] == [f"{host}:{port}".encode(), b"me"]
    assert before <= newest[1] <= time.time() and newest[2] >= 0


@pytest.mark.goal("SLOWLOG GET gives ten entries, or as many as asked for; LEN counts and RESET clears")
def test_slowlog_count(slow):
    for number in range(20):
        slow("ECHO", number)
    assert len(slow("SLOWLOG", "GET")) == 10
    assert len(slow("SLOWLOG", "GET", 3)) == 3
    assert slow("SLOWLOG", "GET", 0) == []
    assert len(slow("SLOWLOG", "GET", -1)) >= 24
    assert slow("SLOWLOG", "LEN") >= 24
    slow.ok("CONFIG", "SET", "slowlog-log-slower-than", "-1")
    slow.ok("SLOWLOG", "RESET")
    assert slow("SLOWLOG", "LEN") == 0
    assert slow.error("SLOWLOG", "GET", "-2") == "ERR count should be greater than or equal to -1"
    assert slow.error("SLOWLOG", "GET", "x") == "ERR count should be greater than or equal to -1"


@pytest.mark.goal("Long commands are cut to 32 arguments of 128 bytes in the slow log")
def test_slowlog_trims(slow):
    slow("DEL", *range(100))
    assert slow("SLOWLOG", "GET", 1)[0][3][-1] == b"... (70 more arguments)"
    slow("ECHO", "x" * 200)
    assert slow("SLOWLOG", "GET", 1)[0][3][1] == b"x" * 128 + b"... (72 more bytes)"


@pytest.mark.goal("The slow log shows the large values of a command as they came, one key stored twice included")
def test_slowlog_large_values(slow, rng):
    first, second = (rng.randbytes(100_000) for _ in range(2))
    slow.ok("MSET", "k", first, "k", second, "other", first)
    assert slow("MGET", "k", "other") == [second, first]
    command = next(entry[3] for entry in slow("SLOWLOG", "GET") if entry[3][0] == b"MSET")
    assert [word[:128] for word in command[1:]] == [b"k", first[:128], b"k", second[:128], b"other", first[:128]]


@pytest.mark.goal("The slow log keeps slowlog-max-len entries, and only commands above the threshold")
def test_slowlog_limits(slow):
    slow.ok("CONFIG", "SET", "slowlog-max-len", "3")
    for number in range(10):
        slow("ECHO", number)
    assert slow("SLOWLOG", "LEN") == 3
    slow.ok("CONFIG", "SET", "slowlog-log-slower-than", "200000")
    slow.ok("SLOWLOG", "RESET")
    slow("PING")
    slow.ok("DEBUG", "SLEEP", "0.25")
    entries = slow("SLOWLOG", "GET")
    assert [entry[3] for entry in entries] == [[b"DEBUG", b"SLEEP", b"0.25"]]
    assert 250000 <= entries[0][2] < 5_000_000


@pytest.mark.goal("The latency monitor records slow commands with their latest and greatest time")
def test_latency(wire):
    assert wire("LATENCY", "LATEST") == []
    wire.ok("CONFIG", "SET", "latency-monitor-threshold", "100")
    wire.ok("DEBUG", "SLEEP", "0.15")
    events = {event[0]: event for event in wire("LATENCY", "LATEST")}
    name, when, latest, greatest = events[b"command"]
    assert abs(when - time.time()) < 10 and 150 <= latest == greatest < 5000
    assert wire("LATENCY", "HISTORY", "command") == [[when, latest]]
    assert wire("LATENCY", "HISTORY", "nosuch") == []
    assert wire("LATENCY", "RESET", "nosuch") == 0
    assert wire("LATENCY", "RESET", "command") == 1
    assert wire("LATENCY", "HISTORY", "command") == []


@pytest.mark.goal("LATENCY HISTOGRAM counts the calls of a command in growing buckets")
def test_latency_histogram(wire3):
    for _ in range(7):
        wire3.ok("SET", "k", "v")
    wire3("GET", "k")
    found = wire3("LATENCY", "HISTOGRAM", "set", "nosuch")
    assert list(found) == [b"set"]
    assert found[b"set"][b"calls"] == 7
    buckets = found[b"set"][b"histogram_usec"]
    assert list(buckets) == sorted(buckets) and list(buckets.values())[-1] == 7
    assert {b"set", b"get"} <= set(wire3("LATENCY", "HISTOGRAM"))


@pytest.fixture
def monitor(connect):
    wire = connect(name="monitor")
    wire.ok("MONITOR")
    return wire


@pytest.mark.goal("MONITOR shows time, database, address and escaped arguments of every command")
def test_monitor(monitor, wire):
    wire.ok("SELECT", 3)
    wire.ok("SET", "k ey", b'q"\\\n\x00\xff')
    host, port = wire.socket.getsockname()
    first, second = monitor.read_many(2)
    assert re.fullmatch(rf'\d+\.\d{{6}} \[[03] {host}:{port}\] "SELECT" "3"', first)
    assert re.fullmatch(rf'\d+\.\d{{6}} \[3 {host}:{port}\] "SET" "k ey" ', second[:second.index('"q')])
    assert second.endswith(r'"q\"\\\n\x00\xff"')


@pytest.mark.goal("MONITOR shows every command that ran, in order, but neither passwords nor administration")
def test_monitor_hides(monitor, wire):
    wire("AUTH", "default", "secret")
    wire("CONFIG", "GET", "port")
    wire.error("NOSUCH")
    for number in range(100):
        wire("ECHO", number)
    auth, *rest = monitor.read_many(101)
    assert auth.endswith('"AUTH" "(redacted)" "(redacted)"')
    assert [line.split('"')[3] for line in rest] == [str(number) for number in range(100)]


@pytest.mark.goal("RESET ends monitoring, and a monitor is flagged O in CLIENT LIST")
def test_monitor_ends(monitor, wire):
    assert any(" flags=O " in line for line in wire("CLIENT", "LIST").decode().splitlines())
    wire("ECHO", "seen")
    assert monitor.read().endswith('"ECHO" "seen"')
    monitor.exchange(encode("RESET"), b"+RESET\r\n")
    wire("ECHO", "unseen")
    monitor.expect_nothing_pending()


@pytest.mark.goal("MEMORY USAGE grows with key and value, and is null for a missing key")
def test_memory_usage(wire):
    wire.ok("SET", "k", "v")
    wire.ok("SET", "big", "x" * 100000)
    small, big = wire("MEMORY", "USAGE", "k"), wire("MEMORY", "USAGE", "big", "SAMPLES", 0)
    assert 0 < small < 200
    assert 100000 <= big < 140000
    assert wire("MEMORY", "USAGE", "missing") is None
    assert wire.error("MEMORY", "USAGE", "k", "SAMPLES", "x") == "ERR value is not an integer or out of range"
    assert wire.error("MEMORY", "USAGE", "k", "SAMPLES", "-1") == "ERR syntax error"
    assert wire.error("MEMORY", "USAGE", "k", "NOSUCH", "1") == "ERR syntax error"


@pytest.mark.goal("MEMORY STATS, DOCTOR and PURGE answer; STATS counts the keys")
def test_memory_others(wire, wire3):
    wire.ok("MSET", "a", "1", "b", "2")
    stats = wire3("MEMORY", "STATS")
    assert stats[b"keys.count"] == 2
    assert {b"peak.allocated", b"total.allocated", b"startup.allocated", b"clients.normal", b"overhead.total",
            b"dataset.bytes",
            b"allocator.allocated", b"fragmentation"} <= set(stats)
    assert wire("MEMORY", "DOCTOR").startswith(b"Hi Sam, ")
    wire.ok("MEMORY", "PURGE")


@pytest.mark.goal("DEBUG is refused unless it was enabled at the start")
def test_debug_protected(fresh_server):
    wire = fresh_server().wire()
    assert wire.error("DEBUG", "SLEEP", "0").startswith("ERR DEBUG command not allowed.")
    assert wire.error("CONFIG", "SET", "enable-debug-command", "yes").endswith("can't set immutable config")
    local = fresh_server(enable_debug_command="local").wire()
    local.ok("DEBUG", "SLEEP", "0")


@pytest.mark.goal("DEBUG SLEEP stops the whole server for that time")
def test_debug_sleep(connect):
    one, two = connect(), connect()
    begin = time.monotonic()
    one.send_command("DEBUG", "SLEEP", "0.2")
    one.expect(b"+OK\r\n")
    assert 0.19 <= time.monotonic() - begin
    assert two("PING") == "PONG"


@pytest.mark.goal("DEBUG OBJECT describes a value, and knows no missing key")
def test_debug_object(wire):
    wire.ok("SET", "k", "value")
    shape = r"Value at:0x[0-9a-f]+ refcount:1 encoding:embstr serializedlength:\d+ lru:\d+ lru_seconds_idle:\d+"
    assert re.fullmatch(shape, wire("DEBUG", "OBJECT", "k"))
    assert wire.error("DEBUG", "OBJECT", "missing") == "ERR no such key"


@pytest.mark.goal("DEBUG SET-ACTIVE-EXPIRE 0 leaves expired keys where they are until somebody looks")
def test_set_active_expire(fresh_server):
    wire = fresh_server(enable_debug_command="yes").wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", "k", "v", "PX", 10)
    overdue = time.monotonic() + 0.3
    wait_until(lambda: time.monotonic() > overdue, 5, "the key to be overdue")
    assert wire("DBSIZE") == 1
    assert wire("GET", "k") is None
    assert wire("DBSIZE") == 0


@pytest.mark.goal("DEBUG HTSTATS describes the main and the expiry table of a database")
def test_debug_htstats(wire):
    wire.ok("MSET", "a", "1", "b", "2")
    text = wire("DEBUG", "HTSTATS", 0)
    assert b"[Dictionary HT]" in text and b"[Expires HT]" in text
    assert wire.error("DEBUG", "HTSTATS", 99) == "ERR Out of range database"
    assert wire.error("DEBUG", "NOSUCH").startswith("ERR unknown subcommand or wrong number of arguments for 'NOSUCH'.")


@pytest.mark.goal("LOLWUT ends with the version")
def test_lolwut(wire):
    assert wire("LOLWUT").endswith(b"Redis ver. 7.0.15\n")
    assert wire("LOLWUT", "VERSION", 5, 10, 3, 2).endswith(b"Redis ver. 7.0.15\n")
