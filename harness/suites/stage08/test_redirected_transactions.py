"""Transactions and blocked clients in a cluster: one slot for all of a transaction; nobody waits at the wrong node."""

import pytest

from strata_harness.cluster import FRIEND, ME, OTHER, SLOTS, Member, Scene, absent, key_in, state_is
from strata_harness.resp import RespError
from strata_harness.wait import wait_until

MINE, ALSO_MINE, THEIRS = 100, 101, 9000
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, 16000)), epoch=2),
               absent(OTHER, slots=set(range(16000, SLOTS)), epoch=3)])
ABORT = RespError("EXECABORT Transaction discarded because of previous errors.")
CROSS = RespError("CROSSSLOT Keys in request don't hash to the same slot")
AGAIN = RespError("TRYAGAIN Multiple keys request during rehashing of slot")
ASK = RespError(f"ASK {MINE} 127.0.0.1:1")
MOVED = RespError(f"MOVED {THEIRS} 127.0.0.1:1")
mine, mine2, other_mine, theirs, theirs2 = (key_in(MINE, "a"), key_in(MINE, "b"), key_in(ALSO_MINE),
                                            key_in(THEIRS, "a"), key_in(THEIRS, "b"))


def transaction(wire, *commands):
    """Queues the commands, all of which must be taken, and returns EXEC's reply."""
    wire.ok("MULTI")
    for words in commands:
        assert (words, wire(*words)) == (words, "QUEUED")
    return wire("EXEC")


@pytest.mark.goal("A transaction on one slot runs; a queued command of another node is refused at once and aborts it")
def test_one_slot(wire):
    assert transaction(wire, ["SET", mine, "1"], ["INCR", mine], ["GET", mine2]) == ["OK", 2, None]
    wire.ok("MULTI")
    assert wire("SET", mine, "3") == "QUEUED"
    assert wire("SET", theirs, "3") == MOVED
    assert wire("EXEC") == ABORT and wire("GET", mine) == b"2"


@pytest.mark.goal("Two slots in one transaction: EXEC is refused, nothing has run, and the transaction is over")
def test_two_slots(wire):
    assert transaction(wire, ["SET", mine, "1"], ["SET", other_mine, "1"]) == CROSS
    assert wire("EXISTS", mine) == 0 and wire("EXISTS", other_mine) == 0
    assert wire.error("EXEC") == "ERR EXEC without MULTI"
    assert transaction(wire, ["PING"], ["DBSIZE"]) == ["PONG", 0], "no keys, no slot"
    assert transaction(wire) == []


@pytest.mark.goal("EXEC sees the slot as it is then: given away, migrating with all, some, or no keys here")
def test_slot_changes(wire, connect):
    admin = connect()
    for names, expected in ([(mine, mine2), [b"v", b"v"]], [(mine,), AGAIN], [(), ASK]):
        wire.ok("MULTI")
        wire("GET", mine), wire("GET", mine2)
        for name in names:
            admin.ok("SET", name, "v")
        admin.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
        assert (names, wire("EXEC")) == (names, expected)
        admin.ok("CLUSTER", "SETSLOT", MINE, "STABLE")
        admin("DEL", mine, mine2)
    wire.ok("MULTI")
    wire("SET", mine, "v")
    admin.ok("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND)
    assert wire("EXEC") == RespError(f"MOVED {MINE} 127.0.0.1:1")
    admin.ok("CLUSTER", "SETSLOT", MINE, "NODE", ME)
    assert wire("EXISTS", mine) == 0


@pytest.mark.goal("ASKING before MULTI holds for the whole transaction")
def test_asking(wire):
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "IMPORTING", FRIEND)
    wire.ok("ASKING")
    assert transaction(wire, ["SET", theirs, "1"], ["INCR", theirs]) == ["OK", 2]
    assert wire("GET", theirs) == MOVED
    wire.ok("MULTI")
    assert wire("SET", theirs, "1") == MOVED
    assert wire("EXEC") == ABORT


@pytest.mark.goal("A transaction on several keys of an importing slot waits for all of them")
def test_asking_several(wire):
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "IMPORTING", FRIEND)
    wire.ok("ASKING")
    assert transaction(wire, ["SET", theirs, "1"], ["SET", theirs2, "1"]) == AGAIN
    for key in (theirs, theirs2):
        wire.ok("ASKING")
        wire.ok("SET", key, "0")
    wire.ok("ASKING")
    assert transaction(wire, ["INCR", theirs], ["INCR", theirs2]) == [1, 1]


@pytest.mark.goal("WATCH is refused for another node's key, and does not hold then; for an own one it works as ever")
def test_watch(wire, connect):
    assert wire("WATCH", theirs) == MOVED
    wire.ok("WATCH", mine)
    connect().ok("SET", mine, "other")
    wire.ok("MULTI")
    wire("SET", mine, "v")
    reply = wire("EXEC")
    assert not reply and reply != [] and wire("GET", mine) == b"other"


# -- blocked clients ---------------------------------------------------------------------------------------------------


def blocked(connect, admin, *words):
    """A client that waits with these words."""
    client = connect()
    client.send_command(*words)
    wait_until(lambda: b"blocked_clients:1" in admin("INFO", "clients"), 5, "the client to be blocked")
    return client


@pytest.mark.parametrize("words", [
    ["BLPOP", mine, 0], ["BLMOVE", mine, mine2, "LEFT", "RIGHT", 0], ["BZPOPMIN", mine, 0],
    ["BLMPOP", 0, 2, mine, mine2, "LEFT"]], ids=lambda words: words[0])
@pytest.mark.goal("Who waits for a key of a slot that is given away is sent to the new owner")
def test_blocked_moved(wire, connect, words):
    client = blocked(connect, wire, *words)
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND)
    assert client.read() == RespError(f"MOVED {MINE} 127.0.0.1:1")
    assert b"blocked_clients:0" in wire("INFO", "clients")
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", ME)


@pytest.mark.goal("Who waits for another slot's key goes on waiting, and is served")
def test_blocked_stays(wire, connect):
    client = blocked(connect, wire, "BLPOP", other_mine, 0)
    gone = connect()
    gone.send_command("BLPOP", mine, 0)
    wait_until(lambda: b"blocked_clients:2" in wire("INFO", "clients"), 5, "the client to be blocked")
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND)
    assert gone.read() == RespError(f"MOVED {MINE} 127.0.0.1:1")
    assert wire("RPUSH", other_mine, "v") == 1
    assert client.read() == [other_mine.encode(), b"v"]
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", ME)


@pytest.mark.goal("When the cluster goes down all who wait for keys are told")
def test_blocked_down(wire, connect):
    client = blocked(connect, wire, "BLPOP", mine, 0)
    wire.ok("CLUSTER", "DELSLOTS", 200)
    assert client.read() == RespError("CLUSTERDOWN The cluster is down")
    wire.ok("CLUSTER", "ADDSLOTS", 200)
    state_is(wire, "ok")


@pytest.mark.goal("Who waits for a key whose slot has no owner any more is told that it is not served")
def test_blocked_unowned(wire, connect):
    wire.ok("CONFIG", "SET", "cluster-require-full-coverage", "no")
    client = blocked(connect, wire, "BLPOP", mine, 0)
    wire.ok("CLUSTER", "DELSLOTS", MINE)
    assert client.read() == RespError("CLUSTERDOWN Hash slot not served")
    wire.ok("CLUSTER", "ADDSLOTS", MINE)


@pytest.mark.goal("Who waits for a key of a migrating slot goes on waiting")
def test_blocked_migrating(wire, connect):
    client = blocked(connect, wire, "BLPOP", mine, 0)
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    gone = connect()
    assert gone("BLPOP", mine, 0) == ASK, "a newcomer is sent on"
    wire.ok("CLUSTER", "SETSLOT", MINE, "STABLE")
    assert wire("RPUSH", mine, "v") == 1 and client.read() == [mine.encode(), b"v"]
