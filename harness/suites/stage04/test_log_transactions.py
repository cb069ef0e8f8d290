"""Transactions and databases in the log: what belongs together stands together, and in the right database."""

import pytest

from strata_harness.aof_server import OPTIONS, Tail, current_log, reborn, rewrite, run
from strata_harness.aof_files import commands_in, log

SERVER_OPTIONS = {**OPTIONS, "appendfsync": "no"}


@pytest.fixture
def tail(server, wire):
    return Tail(server, wire)


@pytest.mark.parametrize("inside, expected", [
    (["SET a 1", "SET b 2"], ["MULTI", "SET a 1", "SET b 2", "EXEC"]), (["GET a", "SET b 2"], ["SET b 2"]),
    (["GET a"], []), ([], []), (["INCR a", "LPUSH a x"], ["INCR a"]),
    (["LPUSH a x", "HSET a f v", "GET a"], ["LPUSH a x"]),
    (["SET a 1", "SELECT 3", "SET b 2"], ["MULTI", "SET a 1", "SELECT 3", "SET b 2", "EXEC"]),
    (["SELECT 3", "SET b 2"], ["SELECT 3", "SET b 2"]),
    (["SELECT 3", "SET b 2", "INCR c"], ["SELECT 3", "MULTI", "SET b 2", "INCR c", "EXEC"]),
    (["SADD s a", "SPOP s"], ["MULTI", "SADD s a", "SREM s a", "EXEC"]),
    (["RPUSH l a b", "BLPOP l 0"], ["MULTI", "RPUSH l a b", "LPOP l", "EXEC"]),
    (["FLUSHDB"], ["FLUSHDB"]), (["FLUSHALL", "SET k v"], ["MULTI", "FLUSHALL", "SET k v", "EXEC"]),
    (["SET k v", "DEL nokey", "EXPIRE nokey 1"], ["SET k v"])], ids=lambda value: "|".join(value) or "nothing")
@pytest.mark.goal("What a transaction changed stands between MULTI and EXEC, or alone if it is one command")
def test_multi(connect, tail, inside, expected):
    client = connect()
    client.ok("MULTI")
    assert run(client, *inside) == ["QUEUED"] * len(inside)
    client("EXEC")
    assert tail.lines() == expected


@pytest.mark.goal("A client's own words around a transaction are not copied: MULTI and EXEC come in capitals")
def test_multi_words(wire, tail):
    run(wire, "multi", "set a 1", "set b 2", "exec")
    assert tail.lines() == ["MULTI", "set a 1", "set b 2", "EXEC"]


@pytest.mark.goal("A transaction that was discarded, failed or met a changed key leaves no trace")
def test_no_exec(wire, connect, tail):
    run(wire, "MULTI", "SET a 1", "DISCARD")
    run(wire, "MULTI", "SET a 1", "NOCOMMAND", "EXEC")
    run(wire, "WATCH k", "MULTI", "SET a 1")
    connect().ok("SET", "k", "v")
    wire("EXEC")
    assert tail.lines() == ["SET k v"]


@pytest.mark.goal("SPOP of several members inside a transaction joins it instead of nesting one")
def test_spop(wire, tail):
    wire("SADD", "s", "a", "b", "c")
    tail.bytes()
    run(wire, "MULTI", "SPOP s 2", "SET k v", "EXEC")
    first, one, two, *rest = tail.lines()
    assert [first, *rest] == ["MULTI", "SET k v", "EXEC"]
    assert {one, two} < {"SREM s a", "SREM s b", "SREM s c"} and one != two


@pytest.mark.goal("Transactions of several clients do not mix, however their commands arrive")
def test_interleaved(connect, tail):
    clients = [connect() for _ in range(5)]
    for client in clients:
        client.ok("MULTI")
    for step in range(3):
        for number, client in enumerate(clients):
            assert client("RPUSH", f"l{number}", step) == "QUEUED"
    for client in clients:
        assert client("EXEC") == [1, 2, 3]
    expected = []
    for number in range(5):
        expected += ["MULTI", *[f"RPUSH l{number} {step}" for step in range(3)], "EXEC"]
    assert tail.lines() == expected


@pytest.mark.goal("SELECT stands before a command of another database than the last, and only there")
def test_select(connect, tail):
    clients = [connect() for _ in range(3)]
    for db, client in zip((0, 1, 15), clients):
        client.ok("SELECT", db)
    for number in (0, 0, 1, 1, 2, 0, 2):
        clients[number]("INCR", "n")
    assert tail.lines() == ["INCR n", "INCR n", "SELECT 1", "INCR n", "INCR n", "SELECT 15", "INCR n", "SELECT 0",
                            "INCR n", "SELECT 15", "INCR n"]


@pytest.mark.goal("A client's SELECT is not appended by itself, nor are reads in other databases")
def test_select_alone(wire, tail):
    run(wire, "SELECT 5", "GET k", "SELECT 6", "DEL nokey", "SELECT 0", "SET k v")
    assert tail.lines() == ["SET k v"]


@pytest.mark.goal("Commands that reach into another database stand in the client's own")
def test_two_databases(wire, tail):
    run(wire, "SET a 1", "COPY a b DB 4", "MOVE a 5", "SWAPDB 4 5", "SELECT 4", "SET c 1")
    assert tail.lines() == ["SET a 1", "COPY a b DB 4", "MOVE a 5", "SWAPDB 4 5", "SELECT 4", "SET c 1"]


@pytest.mark.goal("SELECT begins the first log of a server, goes on behind a restart, and begins each log of a rewrite")
def test_select_begins(fresh_server):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    wire.ok("SET", "a", 1)
    first = log("SELECT 0", "SET a 1")
    assert current_log(server).read_bytes() == first
    wire = reborn(server)
    assert current_log(server).read_bytes() == first
    wire.ok("SET", "b", 2)
    wire.ok("SET", "c", 3)
    assert current_log(server).read_bytes() == first + log("SELECT 0", "SET b 2", "SET c 3")
    wire.ok("SELECT", 9)
    wire.ok("SET", "d", 4)
    rewrite(wire)
    assert current_log(server).read_bytes() == b""
    wire.ok("SET", "e", 5)
    assert current_log(server).read_bytes() == log("SELECT 9", "SET e 5")
    assert commands_in(current_log(server).read_bytes())[0] == (b"SELECT", b"9")


@pytest.mark.goal("Replayed, a log of transactions in many databases gives the data as it was")
def test_replay(fresh_server, rng):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    for _ in range(60):
        wire.ok("SELECT", rng.randrange(16))
        wire.ok("MULTI")
        for _ in range(rng.randrange(4)):
            run(wire, f"RPUSH l{rng.randrange(4)} {rng.random()}", f"SELECT {rng.randrange(16)}")
        wire("EXEC")
    before = wire("DEBUG", "DIGEST")
    assert reborn(server)("DEBUG", "DIGEST") == before
