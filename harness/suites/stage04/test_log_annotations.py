"""Time stamps in the log, which aof-timestamp-enabled turns on: when each second's first command was executed."""

import time

import pytest

from strata_harness.aof_files import read_log
from strata_harness.aof_server import OPTIONS, Tail, base_file, current_log, digest, reborn, rewrite, run
from strata_harness.wait import wait_until

STAMPED = {**OPTIONS, "appendfsync": "no", "aof_timestamp_enabled": "yes"}


@pytest.fixture
def stamped(fresh_server):
    server = fresh_server(**STAMPED)
    return server, server.wire()


def stamps(data):
    return [int(entry.annotation[4:]) for entry in read_log(data) if entry.annotation]


def next_second(wire):
    """Waits for another second of the server's clock."""
    begin = int(wire("TIME")[0])
    wait_until(lambda: int(wire("TIME")[0]) > begin, 3, "the next second")


@pytest.mark.goal("A time stamp stands before the first command of a second, before its SELECT, once a second")
def test_stamps(stamped):
    server, wire = stamped
    next_second(wire)
    before = int(time.time())
    for i in range(20):
        wire.ok("SET", f"a{i}", "v")
    after = int(time.time())
    entries = read_log(current_log(server).read_bytes())
    assert entries[0].annotation and entries[1].words == (b"SELECT", b"0")
    found = stamps(current_log(server).read_bytes())
    assert 1 <= len(found) <= after - before + 2 and found == sorted(set(found))
    assert before - 1 <= found[0] <= after
    next_second(wire)
    wait_until(lambda: run(wire, "INCR n") and stamps(current_log(server).read_bytes())[-1] > found[-1], 3,
               "the next time stamp")
    *_, last_stamp, last = read_log(current_log(server).read_bytes())
    assert last_stamp.annotation == b"#TS:%d" % stamps(current_log(server).read_bytes())[-1]
    assert last.words == (b"INCR", b"n")


@pytest.mark.goal("A time stamp is a line of its own: # TS: seconds CR LF; without the option there is none")
def test_form(stamped):
    server, wire = stamped
    next_second(wire)
    wire.ok("SET", "a", "1")
    data = current_log(server).read_bytes()
    second = stamps(data)[0]
    assert data == b"#TS:%d\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n" % second
    wire.ok("CONFIG", "SET", "aof-timestamp-enabled", "no")
    next_second(wire)
    wire.ok("SET", "b", "1")
    assert stamps(current_log(server).read_bytes()) == [second]


@pytest.mark.goal("A time stamp comes before MULTI, and never within a transaction that took one moment")
def test_transaction(stamped):
    server, wire = stamped
    tail = Tail(server, wire)
    next_second(wire)
    run(wire, "MULTI", "SET a 1", "SET b 2", "EXEC")
    entries = read_log(tail.bytes())
    assert [entry.words[:1] for entry in entries if entry.words] == [(b"MULTI",), (b"SET",), (b"SET",), (b"EXEC",)]
    assert all(entry.words for entry in entries[1:]) and not entries[0].words


@pytest.mark.goal("A rewritten base begins with a time stamp, even if there is nothing else in it")
def test_base(stamped):
    server, wire = stamped
    for keys in (0, 3):
        run(wire, *[f"SET k{i} v" for i in range(keys)])
        before = int(time.time())
        rewrite(wire)
        entries = read_log(base_file(server).read_bytes())
        assert before <= int(entries[0].annotation[4:]) <= time.time()
        assert sum(bool(entry.annotation) for entry in entries) == 1
        assert len(entries) == (1 + 1 + keys if keys else 1)


@pytest.mark.goal("A log with time stamps loads to the same data")
def test_load(stamped):
    server, wire = stamped
    run(wire, "SET a 1", "RPUSH l a b c", "SELECT 4", "HSET h f v")
    rewrite(wire)
    next_second(wire)
    run(wire, "MULTI", "SET b 2", "SET c 3", "EXEC", "DEL h")
    before = digest(wire)
    wire = reborn(server)
    assert digest(wire) == before and wire("DBSIZE") == 2
