"""Limits: clients, buffers, sizes and idleness; and that one client's misuse does not hurt the others."""

import os
import time

import pytest

from strata_harness.resp import encode
from strata_harness.timing import scaled
from strata_harness.wait import wait_until
from strata_harness.wire import WireClosed, WireTimeout

MB = 1 << 20


@pytest.mark.goal("Beyond maxclients a connection is told so and closed; a place that becomes free can be taken")
def test_maxclients(fresh_server):
    server = fresh_server(maxclients=3)
    wires = [server.wire() for _ in range(3)]
    for wire in wires:
        assert wire("PING") == "PONG"
    server.wire().expect_closed(after=b"-ERR max number of clients reached\r\n")
    assert b"rejected_connections:1\r\n" in wires[0]("INFO", "stats")
    wires.pop().close()
    wait_until(lambda: server.wire()("PING") == "PONG", 5, "the free place to be given away")


def never_read(wire, request, limit=400):
    """Sends a request again and again without reading, until the server drops the connection."""
    wire.timeout = 5
    for _ in range(limit):
        try:
            wire.send(request)
        except (WireClosed, WireTimeout):
            return
    wire.read_until_closed(10)


@pytest.mark.goal("A client that does not read is dropped at the hard limit of its output buffer")
def test_normal_hard_limit(connect, server):
    wire, other = connect(), connect(receive_buffer=4096)
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 10mb 0 0")
    wire.ok("SET", "k", "x" * MB)
    ident = other("CLIENT", "ID")
    never_read(other, encode("GET", "k") * 10)
    wait_until(lambda: wire("CLIENT", "LIST", "ID", ident) == b"", 5, "the client that does not read to be dropped")
    server.wait_log("overcoming of output buffer limits")
    assert wire("PING") == "PONG"


@pytest.mark.goal("A subscriber that does not read is dropped at the hard limit, and does not slow the publisher")
def test_pubsub_hard_limit(connect):
    wire, subscriber = connect(), connect(receive_buffer=4096)
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "pubsub 5mb 0 0")
    subscriber.send_command("SUBSCRIBE", "flood")
    subscriber.read()
    message = "m" * MB
    wait_until(lambda: wire("PUBLISH", "flood", message) == 0, 10, "the subscriber to be dropped")
    assert wire("PUBSUB", "NUMSUB", "flood") == [b"flood", 0]


@pytest.mark.goal("A subscriber above the soft limit is dropped after its time, not before")
def test_pubsub_soft_limit(connect):
    wire, subscriber = connect(), connect(receive_buffer=4096)
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 1mb 2")
    subscriber.send_command("SUBSCRIBE", "flood")
    subscriber.read()
    begin = time.monotonic()
    wire.send(encode("PUBLISH", "flood", "m" * MB) * 12)
    assert wire.read_many(12) == [1] * 12
    wait_until(lambda: wire("PUBSUB", "NUMSUB", "flood") == [b"flood", 0], 10, "the subscriber to be dropped")
    assert time.monotonic() - begin >= 1.9


@pytest.mark.goal("client-query-buffer-limit drops a client that sends a huge command")
def test_query_buffer_limit(connect, server):
    wire, other = connect(), connect()
    wire.ok("CONFIG", "SET", "client-query-buffer-limit", str(MB))
    wire.ok("SET", "fits", "x" * (MB // 2))
    try:
        other.send(encode("SET", "k", "x" * (4 * MB)))
    except WireClosed:
        pass  # cut off while sending
    assert other.read_until_closed() == b""
    server.wait_log("max query buffer length")
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("proto-max-bulk-len is the limit of a bulk in a request and of a string that commands make")
def test_proto_max_bulk_len(connect):
    wire = connect()
    wire.ok("CONFIG", "SET", "proto-max-bulk-len", str(MB))
    wire.ok("SET", "k", "x" * MB)
    too_long = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
    assert wire.error("APPEND", "k", "y") == too_long
    assert wire.error("SETRANGE", "k", MB, "y") == too_long
    assert wire("STRLEN", "k") == MB
    wire.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (MB + 1))
    wire.expect_closed(after=b"-ERR Protocol error: invalid bulk length\r\n")


def resident(pid):
    """Resident memory of a process in bytes: what it really uses, not what it has reserved."""
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.goal("An announced bulk of half a gigabyte costs no memory before its bytes come")
def test_announced_bulk_costs_nothing(connect, r):
    pid = r.info("server")["process_id"]
    before = resident(pid)
    for _ in range(20):
        connect().send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\nabc")
    connect()("PING")
    assert resident(pid) - before < 100 * MB


@pytest.mark.goal("timeout closes idle clients but not subscribers")
def test_timeout(connect):
    begin = time.monotonic()
    idle, subscriber = connect(), connect()
    subscriber.send_command("SUBSCRIBE", "a")
    subscriber.read()
    connect().ok("CONFIG", "SET", "timeout", "1")
    wait_until(lambda: closed(idle), 8, "the idle client to be closed")
    assert time.monotonic() - begin >= 0.9
    connect()("PUBLISH", "a", "still here")
    assert subscriber.read() == [b"message", b"a", b"still here"]


def closed(wire):
    """Has the server closed this connection by now?"""
    wire.socket.setblocking(False)
    try:
        return wire.socket.recv(1) == b""
    except BlockingIOError:
        return False


@pytest.mark.goal("A slow reader with megabytes waiting does not slow other clients, and gets all of its bytes")
def test_slow_reader(connect):
    wire, slow = connect(), connect(receive_buffer=4096, timeout=15)
    wire.ok("SET", "k", "x" * MB)
    slow.send(encode("GET", "k") * 30)
    begin = time.monotonic()
    for _ in range(200):
        wire("PING")
    assert time.monotonic() - begin < scaled(5)
    answer = b"$%d\r\n" % MB + b"x" * MB + b"\r\n"
    for _ in range(30):
        assert slow.read_bytes(len(answer)) == answer


@pytest.mark.goal("A thousand busy clients are all served")
@pytest.mark.limit(40)
def test_thousand_clients(connect, r):
    wires = [connect(name=f"client {number}", timeout=20) for number in range(1000)]
    for round_number in range(3):
        for number, wire in enumerate(wires):
            wire.send(encode("SET", f"k{number}", round_number) + encode("INCR", "total") + encode("GET", f"k{number}"))
        for wire in wires:
            ok, total, value = wire.read_many(3)
            assert ok == "OK" and isinstance(total, int) and value == b"%d" % round_number
    assert r.get("total") == "3000"
    assert r.info("clients")["connected_clients"] >= 1000


@pytest.mark.goal("A value of 64 MB goes in and comes out unharmed")
@pytest.mark.limit(40)
def test_large_value(connect, rng):
    wire = connect(timeout=20)
    block = rng.randbytes(MB)
    value = block * 64
    wire.ok("SET", "large", value)
    assert wire("STRLEN", "large") == len(value)
    assert wire("GETRANGE", "large", 33 * MB, 34 * MB - 1) == block
    assert wire("GET", "large") == value
    assert wire("COPY", "large", "twin") == 1
    assert wire("DEL", "large", "twin") == 2


@pytest.mark.goal("Random bytes never bring the server down, and each connection ends or goes on by itself")
def test_random_bytes(connect, server, rng):
    starts = [b"", b"*", b"*3\r\n$3\r\nSET\r\n$", b"$", b"*1\r\n$4\r\nPING\r\n", b"*2\r\n$4\r\nECHO\r\n"]
    for _ in range(300):
        wire = connect(name="garbage")
        try:
            wire.send(rng.choice(starts) + rng.randbytes(rng.randrange(1, 400)))
            if rng.random() < 0.5:
                wire.send(b"\r\n" + rng.randbytes(rng.randrange(1, 400)))
        except WireClosed:
            pass
        wire.close()
    assert server.answers()


@pytest.mark.goal("Hundreds of connections that come and go leave none behind")
def test_connection_churn(connect, r):
    before = r.info("clients")["connected_clients"]
    for number in range(500):
        wire = connect(name="churn")
        if number % 3:
            wire.send(encode("PING")[:number % 14])
        wire.close()
    wait_until(lambda: r.info("clients")["connected_clients"] == before, 5, "the closed connections to be forgotten")
