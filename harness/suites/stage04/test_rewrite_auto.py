"""Rewrites that begin by themselves: when the log has grown by so many percent, and beyond so many bytes."""

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import (OPTIONS, current_log, digest, endless_rewrite, names, reborn, rewrite,
                                       wait_rewritten, with_log)
from strata_harness.snapshots import children, persistence
from strata_harness.wait import wait_until

AUTO = {**OPTIONS, "appendfsync": "no", "auto_aof_rewrite_min_size": "50kb", "auto_aof_rewrite_percentage": 100}


def grow(wire, amount):
    """The log grows by so many bytes, the data does not."""
    empty = len(log("SET k "))
    while amount > 0:
        size = min(amount, 10_000)
        wire.ok("SET", "k", "x" * max(1, size - empty))
        amount -= size


def rewrites(wire):
    return int(persistence(wire)["aof_rewrites"])


def a_while(server, wire):
    """Lets the periodic task come by several times."""
    begin = wire("TIME")
    def past():
        now = wire("TIME")
        return (int(now[0]) - int(begin[0])) * 1000 + (int(now[1]) - int(begin[1])) // 1000 > 400
    wait_until(past, 5, "some turns of the periodic task")


@pytest.mark.goal("A log that has grown beyond both limits is rewritten, one that has not is left alone")
def test_trigger(fresh_server):
    server = fresh_server(**AUTO)
    wire = server.wire()
    grow(wire, 45_000)
    a_while(server, wire)
    assert rewrites(wire) == 0 and names(server) == ["b1", "i1"]
    grow(wire, 10_000)
    wait_until(lambda: names(server) == ["b2", "i2"], 5, "the rewrite")
    wait_rewritten(wire)
    assert "Starting automatic rewriting of AOF on" in server.log_text()
    a_while(server, wire)
    assert rewrites(wire) == 1 and current_log(server).stat().st_size == 0
    before = digest(wire)
    assert digest(reborn(server)) == before


@pytest.mark.goal("The growth counts from the size after the last rewrite: at 100 percent it has to double")
def test_growth(fresh_server):
    server = fresh_server(**AUTO)
    wire = server.wire()
    wire.ok("SET", "big", "x" * 100_000)
    wait_until(lambda: names(server) == ["b2", "i2"], 5, "the first rewrite")
    wait_rewritten(wire)
    told = persistence(wire)
    base_size = int(told["aof_base_size"])
    assert base_size == int(told["aof_current_size"]) > 100_000
    grow(wire, base_size - 5000)
    a_while(server, wire)
    assert rewrites(wire) == 1
    grow(wire, 10_000)
    wait_until(lambda: rewrites(wire) == 2, 5, "the second rewrite")


@pytest.mark.goal("The percentage can be changed while the server runs, and 0 turns automatic rewrites off")
def test_percentage(fresh_server):
    server = fresh_server(**{**AUTO, "auto_aof_rewrite_percentage": 0})
    wire = server.wire()
    grow(wire, 200_000)
    a_while(server, wire)
    assert rewrites(wire) == 0
    wire.ok("CONFIG", "SET", "auto-aof-rewrite-percentage", 1000)
    wait_until(lambda: rewrites(wire) == 1, 5, "a rewrite")
    wait_rewritten(wire)
    grow(wire, 60_000)
    a_while(server, wire)
    first = rewrites(wire)
    wire.ok("CONFIG", "SET", "auto-aof-rewrite-percentage", 10)
    wait_until(lambda: rewrites(wire) > first, 5, "another rewrite")


@pytest.mark.goal("The size counts from the files that were loaded: base and logs of the last life")
def test_after_start(fresh_server):
    big, small = log(("SET", "k", "x" * 80_000)), log(("SET", "k", "x" * 30_000))
    server = with_log(fresh_server, {base(1): big, incr(1): small}, **AUTO)
    told = persistence(server.wire())
    assert (told["aof_base_size"], told["aof_current_size"]) == (str(len(big)), str(len(big) + len(small)))
    a_while(server, server.wire())
    assert rewrites(server.wire()) == 0
    server = with_log(fresh_server, {base(1): small, incr(1): big}, **AUTO)
    wait_until(lambda: names(server) == ["b2", "i2"], 5, "a rewrite soon after the start")


@pytest.mark.goal("While the log is off nothing is rewritten by itself")
def test_off(fresh_server):
    server = fresh_server(**{**AUTO, "appendonly": "no"})
    wire = server.wire()
    grow(wire, 200_000)
    a_while(server, wire)
    assert rewrites(wire) == 0
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wait_rewritten(wire)
    assert rewrites(wire) == 1
    grow(wire, 60_000)
    wait_until(lambda: rewrites(wire) > 1, 5, "a rewrite by itself")


@pytest.mark.goal("A rewrite that runs is not doubled by the automatic one")
def test_one_at_a_time(fresh_server):
    server = fresh_server(**AUTO)
    wire = server.wire()
    wire.ok("SET", "a", "1")
    child = endless_rewrite(server, wire)
    grow(wire, 200_000)
    a_while(server, wire)
    assert children(server) == [child] and rewrites(wire) == 1


@pytest.mark.goal("After BGREWRITEAOF by hand the growth counts anew")
def test_by_hand(fresh_server):
    server = fresh_server(**AUTO)
    wire = server.wire()
    wire.ok("SET", "big", "x" * 30_000)
    rewrite(wire)
    size = int(persistence(wire)["aof_base_size"])
    assert 30_000 < size == int(persistence(wire)["aof_current_size"])
    grow(wire, 25_000)
    a_while(server, wire)
    assert rewrites(wire) == 1
    grow(wire, 10_000)
    wait_until(lambda: rewrites(wire) == 2, 5, "the automatic rewrite")
