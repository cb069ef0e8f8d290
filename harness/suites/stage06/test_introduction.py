"""What a replica says of itself before it asks for data: REPLCONF, and how a master takes it."""

import pytest

from strata_harness.replicas import replication
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}


@pytest.mark.goal("REPLCONF answers one +OK however many pairs it gets; names and values may be in any case")
def test_pairs(wire):
    wire.exchange(b"*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n", b"+OK\r\n")
    wire.ok("replconf", "LISTENING-PORT", 7777, "Ip-Address", "10.1.2.3", "capa", "EOF")
    wire.ok("REPLCONF")


@pytest.mark.goal("A capability of the future is no reason to refuse a replica")
def test_unknown_capability(wire):
    wire.ok("REPLCONF", "capa", "telepathy", "capa", "psync2")


@pytest.mark.parametrize("words, error", [
    (["capa"], "ERR syntax error"),
    (["capa", "eof", "capa"], "ERR syntax error"),
    (["listening-port", "soon"], "ERR value is not an integer or out of range"),
    (["ip-address", "x" * 256], "ERR REPLCONF ip-address provided by replica instance is too long: 256 bytes"),
    (["favourite-colour", "blue"], "ERR Unrecognized REPLCONF option: favourite-colour"),
    (["rdb-only", "maybe"], "ERR value is not an integer or out of range"),
    (["rdb-filter-only", "poems"], "ERR Unsupported rdb-filter-only option: poems"),
], ids=["odd", "odd-after-a-pair", "port", "address", "option", "rdb-only", "filter"])
@pytest.mark.goal("REPLCONF says what is wrong with it, and the connection stays")
def test_wrong(wire, words, error):
    assert wire.error("REPLCONF", *words) == error
    assert wire("PING") == "PONG"


@pytest.mark.goal("An ACK or GETACK of somebody who is no replica is passed over in silence")
def test_ack_of_a_client(wire):
    wire.send_command("REPLCONF", "ACK", 100)
    wire.send_command("REPLCONF", "GETACK", "*")
    wire.expect_nothing_pending()


@pytest.mark.goal("INFO shows a replica's port and, if it announced one, its address; both may be told in any order")
def test_shown(fake_replica, wire):
    first, second = fake_replica(), fake_replica()
    first.ok("REPLCONF", "ip-address", "10.9.8.7")
    first.sync(port=7777)
    second.sync(port=8888)
    told = wait_until(lambda: shown(wire, 2), 5, "two replicas to be online")
    assert [line.split(",")[:2] for line in told] == [["ip=10.9.8.7", "port=7777"], ["ip=127.0.0.1", "port=8888"]]


def shown(wire, count):
    told = replication(wire)
    lines = [told.get(f"slave{i}", "") for i in range(count)]
    return lines if all("state=online" in line for line in lines) else None


@pytest.mark.goal("A replica that told no port is shown with port 0")
def test_no_port(fake_replica, wire):
    replica = fake_replica()
    replica.ask()
    replica.resync()
    assert replication(wire)["slave0"].startswith("ip=127.0.0.1,port=0,")


@pytest.mark.parametrize("command", [["PING"], ["GET", "k"], ["SET", "k", "v"], ["REPLCONF", "listening-port", "1"]],
                         ids=lambda command: command[0])
@pytest.mark.goal("A replica gets a stream, not replies: one that asks for a reply is cut off")
def test_reply_to_a_replica(fake_replica, wire, command):
    replica = fake_replica()
    replica.sync()
    replica.send_command(*command)
    replica.is_dropped()
    wait_until(lambda: replication(wire)["connected_slaves"] == "0", 5, "the replica to be gone")
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("CLIENT LIST marks a replica with S, and CLIENT KILL TYPE replica ends it")
def test_client_list(fake_replica, wire):
    replica = fake_replica()
    replica.sync()
    assert b"flags=S" in wire("CLIENT", "LIST", "TYPE", "replica")
    assert wire("CLIENT", "KILL", "TYPE", "replica") == 1
    replica.is_dropped()
    assert wire("CLIENT", "LIST", "TYPE", "replica") == b""
