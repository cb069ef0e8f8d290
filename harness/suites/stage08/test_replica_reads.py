"""Clients of a replica: sent to its master, unless they have said READONLY and only read."""

import pytest

from strata_harness.cluster import FRIEND, ME, OTHER, SLOTS, Member, Scene, absent, key_in
from strata_harness.resp import RespError

SLOT, ELSEWHERE = 100, 9000
SCENE = Scene([Member(ME, master=FRIEND), absent(FRIEND, slots=set(range(8000)), epoch=2),
               absent(OTHER, slots=set(range(8000, SLOTS)), epoch=3)])
KEY, OTHER_KEY = key_in(SLOT), key_in(ELSEWHERE)
MOVED = RespError(f"MOVED {SLOT} 127.0.0.1:1")
MOVED_ELSEWHERE = RespError(f"MOVED {ELSEWHERE} 127.0.0.1:2")


@pytest.mark.goal("A replica sends everybody to its master; after READONLY it serves reads; READWRITE ends that")
def test_readonly(wire):
    assert wire("GET", KEY) == MOVED and wire("SET", KEY, "v") == MOVED
    wire.ok("READONLY")
    assert wire("GET", KEY) is None and wire("EXISTS", KEY, key_in(SLOT, "x")) == 0
    assert wire("SET", KEY, "v") == MOVED, "a write goes to the master all the same"
    assert wire("GET", OTHER_KEY) == MOVED_ELSEWHERE, "not its master's slot"
    wire.ok("READWRITE")
    assert wire("GET", KEY) == MOVED


@pytest.mark.goal("READONLY is the connection's own, and survives other commands; RESET ends it")
def test_of_one_connection(wire, connect):
    wire.ok("READONLY")
    other = connect()
    assert other("GET", KEY) == MOVED
    for _ in range(3):
        assert wire("PING") == "PONG" and wire("GET", KEY) is None
    assert wire("RESET") == "RESET"
    assert wire("GET", KEY) == MOVED


@pytest.mark.goal("A transaction of reads is served after READONLY, one with a write is sent to the master")
def test_transactions(wire):
    wire.ok("READONLY")
    wire.ok("MULTI")
    wire("GET", KEY)
    assert wire("EXEC") == [None]
    wire.ok("MULTI")
    assert wire("GET", KEY) == "QUEUED" and wire("SET", KEY, "v") == MOVED
    assert wire("EXEC") == RespError("EXECABORT Transaction discarded because of previous errors.")


@pytest.mark.goal("CLIENT LIST marks who has said READONLY")
def test_flag(wire):
    assert b" flags=N " in wire("CLIENT", "INFO")
    wire.ok("READONLY")
    assert b" flags=r " in wire("CLIENT", "INFO")


@pytest.mark.goal("Two slots are refused on a replica as on a master")
def test_cross_slot(wire):
    wire.ok("READONLY")
    assert wire.error("MGET", KEY, OTHER_KEY).startswith("CROSSSLOT")


@pytest.mark.goal("SETSLOT is a master's command; slots cannot be added to what follows another")
def test_setslot(wire):
    for words in (["STABLE"], ["MIGRATING", OTHER], ["IMPORTING", OTHER], ["NODE", ME]):
        assert wire.error("CLUSTER", "SETSLOT", SLOT, *words) == "ERR Please use SETSLOT only with masters."


@pytest.mark.goal("A replica counts and lists keys of any slot")
def test_keys_of_a_slot(wire):
    assert wire("CLUSTER", "COUNTKEYSINSLOT", SLOT) == 0 and wire("CLUSTER", "GETKEYSINSLOT", SLOT, 10) == []


@pytest.mark.goal("Shard channels of its master's slots are served by a replica without READONLY; others are not")
def test_shard_channels(wire):
    assert wire("SPUBLISH", KEY, "m") == 0
    assert wire("SPUBLISH", OTHER_KEY, "m") == MOVED_ELSEWHERE
    assert wire("SSUBSCRIBE", KEY) == [b"ssubscribe", KEY.encode(), 1]


@pytest.mark.goal("A manual failover is refused while the master cannot be reached")
def test_failover_refused(wire):
    assert wire.error("CLUSTER", "FAILOVER") == (
        "ERR Master is down or failed, please use CLUSTER FAILOVER FORCE")
