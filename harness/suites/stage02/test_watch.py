"""WATCH: a transaction that runs only if nothing happened to the keys it depends on."""

import pytest

from strata_harness.resp import NULL_ARRAY, encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable-debug-command": "yes"}


def transaction(wire):
    """EXEC of one PING."""
    assert wire("MULTI") == "OK"
    assert wire("PING") == "QUEUED"
    return wire("EXEC")


RAN = ["PONG"]
CHANGED = NULL_ARRAY


@pytest.mark.goal("A watched key that is changed by someone makes EXEC do nothing")
@pytest.mark.parametrize("change", [
    "SET k 2", "APPEND k x", "INCR k", "DEL k", "UNLINK k", "EXPIRE k 100", "RENAME k j", "RENAME j k", "MOVE k 1",
    "COPY j k REPLACE", "GETDEL k", "SETRANGE k 0 x", "SET k 1", "GETEX k EX 100", "FLUSHALL", "FLUSHDB",
    "SWAPDB 0 1", "MSET a 1 k 2", "EXPIRE k -1", "SETBIT k 1 1", "SORT l STORE k",
])
def test_changed(connect, change):
    wire, other = connect(), connect()
    wire("MSET", "k", "1", "j", "2")
    wire("RPUSH", "l", "3")
    assert wire("WATCH", "k") == "OK"
    other(*change.split())
    assert transaction(wire) == CHANGED
    assert transaction(wire) == RAN, "the watch ended with that EXEC"


@pytest.mark.goal("What leaves a watched key as it was does not stop EXEC")
@pytest.mark.parametrize("harmless", [
    "GET k", "SET j 2", "DEL nokey", "SETNX k 2", "PERSIST k", "EXPIRE k 100 XX", "TYPE k", "SETRANGE k 0 ", "INCR l",
    "LPUSH k x", "EXISTS k", "TOUCH k", "COPY j k", "MSETNX k 1 m 2", "SREM s x", "ZADD z XX 5 nobody",
])
def test_not_changed(connect, harmless):
    wire, other = connect(), connect()
    wire("MSET", "k", "1", "j", "2")
    wire("RPUSH", "l", "3")
    wire("SADD", "s", "m")
    wire("ZADD", "z", "1", "m")
    wire("WATCH", "k", "l", "s", "z")
    other(*harmless.split(" "))
    assert transaction(wire) == RAN


@pytest.mark.goal("Changes inside a watched collection count, whichever type it is")
@pytest.mark.parametrize("key, change", [
    ("l", "LPUSH l x"), ("l", "LSET l 0 x"), ("l", "LPOP l"), ("l", "LMOVE l l LEFT RIGHT"), ("h", "HSET h f 2"),
    ("h", "HDEL h f"), ("s", "SADD s new"), ("s", "SPOP s"), ("s", "SMOVE s t a"), ("t", "SMOVE s t a"),
    ("z", "ZADD z 9 a"), ("z", "ZPOPMIN z"), ("d", "ZUNIONSTORE d 1 z"), ("d", "SUNIONSTORE d s"),
])
def test_collections(connect, key, change):
    wire, other = connect(), connect()
    for command in ("RPUSH l a b", "HSET h f 1", "SADD s a b", "ZADD z 1 a 2 b"):
        wire(*command.split())
    wire("WATCH", key)
    other(*change.split())
    assert transaction(wire) == CHANGED


@pytest.mark.goal("A key may be watched before it exists")
def test_absent(connect):
    wire, other = connect(), connect()
    wire("WATCH", "k")
    assert transaction(wire) == RAN
    wire("WATCH", "k")
    other("SET", "k", "v")
    assert transaction(wire) == CHANGED


@pytest.mark.goal("A client's own changes between WATCH and MULTI count; those of its transaction do not")
def test_own_changes(wire):
    wire("WATCH", "k")
    wire("SET", "k", "v")
    assert transaction(wire) == CHANGED
    wire("WATCH", "k")
    wire("MULTI")
    wire("SET", "k", "w")
    wire("GET", "k")
    assert wire("EXEC") == ["OK", b"w"]


@pytest.mark.goal("Several WATCH add up; UNWATCH, DISCARD, EXEC and RESET end them all")
@pytest.mark.parametrize("ending", [["UNWATCH"], ["MULTI", "DISCARD"], ["MULTI", "EXEC"], ["RESET"]])
def test_ends(connect, ending):
    wire, other = connect(), connect()
    wire("WATCH", "a", "b")
    wire("WATCH", "c")
    other("SET", "c", "v")
    assert transaction(wire) == CHANGED
    wire("WATCH", "a")
    for command in ending:
        wire(command)
    other("SET", "a", "v")
    assert transaction(wire) == RAN


@pytest.mark.goal("UNWATCH forgives a change that happened already; inside a transaction it comes too late")
def test_unwatch(connect):
    wire, other = connect(), connect()
    wire("WATCH", "k")
    other("SET", "k", "v")
    assert wire("UNWATCH") == "OK"
    assert transaction(wire) == RAN
    wire("WATCH", "k")
    other("SET", "k", "w")
    wire("MULTI")
    assert wire("UNWATCH") == "QUEUED"
    assert wire("EXEC") == CHANGED


@pytest.mark.goal("Watching is per database")
def test_databases(connect):
    wire, other = connect(), connect()
    wire("SELECT", "2")
    wire("WATCH", "k")
    other("SET", "k", "v")
    assert transaction(wire) == RAN
    wire("WATCH", "k")
    wire("SELECT", "0")
    other("SELECT", "2")
    other("SET", "k", "v")
    assert transaction(wire) == CHANGED, "it is the database at the time of WATCH that counts"


@pytest.mark.goal("Everyone who watches a key hears of its change, and nobody else")
def test_many_watchers(connect):
    watchers = [connect() for _ in range(20)]
    for number, wire in enumerate(watchers):
        wire("WATCH", "even" if number % 2 == 0 else "odd", "both")
    connect()("SET", "odd", "v")
    assert [transaction(wire) for wire in watchers] == [RAN, CHANGED] * 10
    watchers[0]("WATCH", "even")
    watchers[1].close()
    connect()("SET", "both", "v")
    assert transaction(watchers[0]) == RAN


@pytest.mark.goal("A key that expires while it is watched has changed, whether anybody looked or not")
@pytest.mark.parametrize("active", ["0", "1"])
@pytest.mark.parametrize("looked_at", [False, True])
def test_expires(connect, active, looked_at):
    wire, other = connect(), connect()
    other("DEBUG", "SET-ACTIVE-EXPIRE", active)
    wire.send(encode("SET", "k", "v", "PX", "200") + encode("WATCH", "k") + encode("SET", "clock", "v", "PX", "200"))
    assert wire.read_many(3) == ["OK"] * 3
    wait_until(lambda: other("EXISTS", "clock") == 0, 5, "the time to pass")
    if looked_at:
        wait_until(lambda: other("EXISTS", "k") == 0, 5, "the key to expire")
    assert transaction(wire) == CHANGED
    other("DEBUG", "SET-ACTIVE-EXPIRE", "1")


@pytest.fixture
def expired(connect):
    """A client, and a key k in database 0 that has expired but is still there."""
    wire = connect()
    wire("DEBUG", "SET-ACTIVE-EXPIRE", "0")
    wire("SET", "k", "v", "PX", "20")
    wire("SET", "clock", "v", "PX", "30")
    wait_until(lambda: wire("EXISTS", "clock") == 0, 5, "the time to pass")
    yield wire
    wire("DEBUG", "SET-ACTIVE-EXPIRE", "1")


@pytest.mark.goal("A key that had expired before it was watched counts as absent: its deletion is no change")
@pytest.mark.parametrize("event", [None, "GET k", "DEL k", "FLUSHALL", "FLUSHDB"])
def test_expired_before(connect, expired, event):
    wire = expired
    wire("WATCH", "k")
    if event:
        connect()(*event.split())
    assert transaction(wire) == RAN


@pytest.mark.goal("... but when somebody sets it anew, it has changed")
def test_expired_before_then_set(connect, expired):
    wire = expired
    wire("WATCH", "k")
    connect()("SET", "k", "v")
    assert transaction(wire) == CHANGED


@pytest.mark.goal("SWAPDB changes a watched key that exists on either side, and no other")
@pytest.mark.parametrize("here, there, result", [
    (False, False, RAN), (True, False, CHANGED), (False, True, CHANGED), (True, True, CHANGED)])
def test_swapdb(connect, here, there, result):
    wire, other = connect(), connect()
    other("SELECT", "1")
    if here:
        wire("SET", "k", "v")
    if there:
        other("SET", "k", "v")
    other("SET", "unrelated", "v")
    wire("WATCH", "k")
    other("SWAPDB", "0", "1")
    assert transaction(wire) == result


@pytest.mark.goal("Flushing changes only the watched keys that existed")
@pytest.mark.parametrize("flush", ["FLUSHALL", "FLUSHDB"])
def test_flush(connect, flush):
    wire, other = connect(), connect()
    wire("SET", "k", "v")
    wire("WATCH", "nokey")
    other(flush)
    assert transaction(wire) == RAN
    wire("SET", "k", "v")
    wire("WATCH", "k", "nokey")
    other(flush)
    assert transaction(wire) == CHANGED


@pytest.mark.goal("FLUSHDB of another database is no change")
def test_flush_elsewhere(connect):
    wire, other = connect(), connect()
    wire("SET", "k", "v")
    wire("WATCH", "k")
    other("SELECT", "1")
    other("FLUSHDB")
    assert transaction(wire) == RAN


@pytest.mark.goal("CLIENT LIST marks a client whose watched key was changed")
def test_client_list(connect):
    wire, other = connect(), connect()
    number = str(wire("CLIENT", "ID"))
    flags = lambda: other("CLIENT", "LIST", "ID", number).decode().split("flags=")[1].split()[0]
    wire("WATCH", "k")
    assert flags() == "N"
    other("SET", "k", "v")
    assert flags() == "d"
    wire("MULTI")
    assert flags() == "xd"
    wire("EXEC")
    assert flags() == "N"


@pytest.mark.goal("An increment guarded by WATCH loses nothing among several writers")
@pytest.mark.limit(40)
def test_optimistic_increment(connect):
    wires = [connect() for _ in range(4)]
    wanted = [25] * 4
    done = [0] * 4
    while done != wanted:
        for number, wire in enumerate(wires):  # all read before any writes
            if done[number] < wanted[number]:
                wire("WATCH", "n")
        values = [int(wire("GET", "n") or 0) for wire in wires]
        for number, wire in enumerate(wires):
            if done[number] == wanted[number]:
                continue
            wire("MULTI")
            wire("SET", "n", values[number] + 1)
            if wire("EXEC") != CHANGED:
                done[number] += 1
    assert wires[0]("GET", "n") == b"100"
