"""Keys whose time is up: a replica hides them and deletes none; its master says when they go."""

import pytest

from strata_harness.replicas import OPTIONS, in_step, synced
from strata_harness.wait import wait_until


@pytest.fixture
def expired(fresh_server):
    """A replica that holds keys whose time is up, since its master does not look for them."""
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    other = replica.wire(name="replica")
    wire = synced(other, master)
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    for words in ("SET s v", "RPUSH l a b", "HSET h f v", "SADD e a", "ZADD z 1 a"):
        wire(*words.split())
        wire("PEXPIRE", words.split()[1], 1)
    in_step(wire, other)
    wait_until(lambda: other("EXISTS", "s", "l", "h", "e", "z") == 0, 5, "their time to be up")
    return wire, other


HIDDEN = {"GET s": None, "EXISTS s": 0, "TTL s": -2, "PTTL s": -2, "EXPIRETIME s": -2, "TYPE s": "none", "STRLEN s": 0,
          "MGET s s": [None, None], "DUMP s": None, "OBJECT ENCODING s": None, "GETRANGE s 0 -1": b"", "LRANGE l 0 -1": [],
          "LLEN l": 0, "HGETALL h": [], "HGET h f": None, "SCARD e": 0, "SISMEMBER e a": 0, "ZRANGE z 0 -1": [],
          "ZCARD z": 0, "KEYS *": [], "TOUCH s": 0}


@pytest.mark.parametrize("command", HIDDEN)
@pytest.mark.goal("A replica's client sees nothing of a key whose time is up, whatever it asks")
def test_hidden(expired, command):
    _, other = expired
    assert other(*command.split()) == HIDDEN[command]
    assert other("DBSIZE") == 5, "it is there until the master's DEL comes"


@pytest.mark.goal("SCAN passes over keys whose time is up")
def test_scan(expired):
    wire, other = expired
    wire.ok("SET", "lives", "v")
    in_step(wire, other)
    cursor, found = b"0", []
    while True:
        cursor, keys = other("SCAN", cursor)
        found += keys
        if cursor == b"0":
            break
    assert found == [b"lives"]


@pytest.mark.goal("The master's DEL ends it: when a command finds the key there, or the cycle does")
def test_deleted(expired):
    wire, other = expired
    assert wire("GET", "s") is None
    wait_until(lambda: other("DBSIZE") == 4, 5, "the DEL of one key")
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 1)
    wait_until(lambda: other("DBSIZE") == 0, 5, "the DELs of the others")
    in_step(wire, other)


@pytest.mark.goal("A promoted replica deletes them itself")
def test_promoted(expired):
    _, other = expired
    other.ok("REPLICAOF", "NO", "ONE")
    wait_until(lambda: other("DBSIZE") == 0, 5, "the new master to delete them")


@pytest.mark.goal("What a writable replica wrote itself with an expiry it deletes itself; what is its master's it does not")
def test_own_keys(expired):
    _, other = expired
    other.ok("CONFIG", "SET", "replica-read-only", "no")
    other.ok("SET", "own", "v", "PX", 300)
    assert b"slave_expires_tracked_keys:1" in other("INFO", "stats")
    wait_until(lambda: other("DBSIZE") == 5, 5, "its own key to go")


@pytest.mark.goal("A write of a writable replica finds a key whose time is up as absent")
def test_own_write(expired):
    _, other = expired
    other.ok("CONFIG", "SET", "replica-read-only", "no")
    assert other("APPEND", "s", "new") == 3 and other("GET", "s") == b"new" and other("TTL", "s") == -1


@pytest.mark.goal("An image holds keys whose time is up: the replica takes them, for the DEL is still to come")
def test_image(fresh_server):
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS).wire()
    wire = master.wire()
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", "k", "v", "PX", 1)
    wait_until(lambda: wire("TIME") and wire("DEBUG", "OBJECT", "k") is not None, 5, "a moment to pass")
    synced(replica, master)
    wait_until(lambda: replica("DBSIZE") == 1 and replica("GET", "k") is None, 5, "the key to be there, and hidden")
    wire("GET", "k")
    wait_until(lambda: replica("DBSIZE") == 0, 5, "the DEL")
