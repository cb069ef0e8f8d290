"""WAIT: until so many replicas have acknowledged what this connection wrote."""

import pytest

from strata_harness.fake_replica import GETACK
from strata_harness.replicas import offset, replication, synced
from strata_harness.resp import RespError, encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes", "repl_ping_replica_period": 3600}


@pytest.fixture
def replica(fake_replica, wire):
    replica = fake_replica()
    replica.sync()
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    return replica


@pytest.mark.goal("WAIT answers at once when nobody has to be waited for")
def test_at_once(wire):
    assert wire("WAIT", 0, 0) == 0
    assert wire("WAIT", 0, 1000) == 0


@pytest.mark.goal("WAIT tells how many acknowledged in time, be they fewer than wanted")
def test_timeout(wire, replica):
    wire.ok("SET", "k", "v")
    assert wire("WAIT", 1, 50) == 0
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v") + GETACK)
    replica.ack(offset(wire))
    wait_until(lambda: f"offset={offset(wire)}" in replication(wire)["slave0"], 5, "the ACK to be noted")
    assert wire("WAIT", 2, 50) == 1


@pytest.mark.goal("An ACK of less than was written is none; one of exactly that is")
def test_offset(wire, connect, replica):
    wire.ok("SET", "k", "v")
    at = offset(wire)
    wire.send_command("WAIT", 1, 0)
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v") + GETACK)
    replica.ack(at - 1)
    wait_until(lambda: f"offset={at - 1}" in replication(connect())["slave0"], 5, "the ACK to be noted")
    assert b"blocked_clients:1" in connect()("INFO", "clients")
    replica.ack(at)
    assert wire.read() == 1


@pytest.mark.goal("A client waits for what it wrote itself, not for what others write")
def test_own_writes(wire, connect, replica):
    other = connect()
    wire.ok("SET", "k", "v")
    at = offset(wire)
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v"))
    replica.ack(at)
    wait_until(lambda: f"offset={at}" in replication(wire)["slave0"], 5, "the ACK to be noted")
    other.ok("SET", "more", "v")
    assert wire("WAIT", 1, 0) == 1, "its own write is acknowledged"
    assert other("WAIT", 1, 30) == 0


@pytest.mark.goal("Several clients wait at a time; each is answered when its own number is reached")
def test_several(wire, connect, fake_replica, replica):
    second = fake_replica()
    second.sync()
    wait_until(lambda: "state=online" in replication(wire)["slave1"], 5, "two replicas")
    one, two = connect(), connect()
    for client in (one, two):
        client.ok("SET", "k", "v")
    at = offset(wire)
    one.send_command("WAIT", 1, 0)
    two.send_command("WAIT", 2, 0)
    wait_until(lambda: b"blocked_clients:2" in wire("INFO", "clients"), 5, "both to wait")
    replica.ack(at)
    assert one.read() == 1
    second.ack(at)
    assert two.read() == 2


@pytest.mark.goal("Within a transaction WAIT does not wait")
def test_transaction(wire, replica):
    wire.ok("SET", "k", "before")
    wire.ok("MULTI")
    wire("SET", "k", "v")
    wire("WAIT", 1, 0)
    assert wire("EXEC") == ["OK", 0]


@pytest.mark.parametrize("words, error", [
    (["WAIT", "x", "0"], "ERR value is not an integer or out of range"),
    (["WAIT", "1", "x"], "ERR timeout is not an integer or out of range"),
    (["WAIT", "1", "-1"], "ERR timeout is negative"),
], ids=["number", "timeout", "negative"])
@pytest.mark.goal("WAIT refuses what is no number")
def test_wrong(wire, words, error):
    assert wire.error(*words) == error


@pytest.mark.parametrize("how, answer", [
    ([], 0), (["TIMEOUT"], 0), (["ERROR"], RespError("UNBLOCKED client unblocked via CLIENT UNBLOCK")),
], ids=["plain", "timeout", "error"])
@pytest.mark.goal("CLIENT UNBLOCK ends a WAIT: with the number of replicas so far, or with an error")
def test_unblock(wire, connect, how, answer):
    waiting = connect()
    number = waiting("CLIENT", "ID")
    waiting.send_command("WAIT", 1, 0)
    wait_until(lambda: b"blocked_clients:1" in wire("INFO", "clients"), 5, "the client to wait")
    assert b" flags=b " in wire("CLIENT", "LIST", "ID", number)
    assert wire("CLIENT", "UNBLOCK", number, *how) == 1
    assert waiting.read() == answer


@pytest.mark.goal("A real replica acknowledges at once what it is asked for, not only every second")
def test_real(fresh_server, reference):
    for make in (fresh_server, reference):
        master, replica = fresh_server(**SERVER_OPTIONS), make(**SERVER_OPTIONS).wire()
        wire = synced(replica, master)
        assert wait_until(lambda: wire("WAIT", 1, 1000), 5, "the replica") == 1
        for i in range(20):
            wire.ok("SET", "k", i)
            assert wire("WAIT", 1, 5000) == 1
            assert replica("GET", "k") == b"%d" % i
