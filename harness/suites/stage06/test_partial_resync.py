"""A replica that comes back: it names a history and the first byte that it lacks, and gets the rest, or everything."""

import pytest

from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import offset, replication, stats
from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}


@pytest.fixture
def history(fresh_server):
    """A master whose stream so far is known byte for byte; its replica has gone."""
    server = fresh_server(**SERVER_OPTIONS, repl_ping_replica_period=3600)
    wire = server.wire()
    replica = FakeReplica(server)
    replica.sync()
    for i in range(10):
        wire.ok("SET", f"k{i}", "v" * i)
    stream = encode("SELECT", 0) + b"".join(encode("SET", f"k{i}", "v" * i) for i in range(10))
    replica.expect(stream)
    replica.close()
    wait_until(lambda: replication(wire)["connected_slaves"] == "0", 5, "the replica to be gone")
    return server, wire, replica.id, stream


def ask(server, history, at, capabilities=("psync2",)):
    replica = FakeReplica(server)
    replica.introduce(capabilities=capabilities)
    replica.ask(history, at)
    return replica


@pytest.mark.goal("From any byte that the backlog has, the rest of the stream follows +CONTINUE, be it the middle of a command")
@pytest.mark.parametrize("back", [0, 1, 17, 100])
def test_rest(history, back):
    server, wire, name, stream = history
    replica = ask(server, name, len(stream) + 1 - back)
    assert replica.continues() == name
    wire.ok("SET", "k", "v")
    replica.expect(stream[len(stream) - back:] + encode("SET", "k", "v"))
    assert stats(wire) == (1, 1, 0)


@pytest.mark.goal("From its first byte: the whole stream, without an image")
def test_whole(history):
    server, _, name, stream = history
    replica = ask(server, name, 1)
    replica.continues()
    replica.expect(stream)


@pytest.mark.goal("A replica that knows no second ids is not told an id: +CONTINUE alone")
def test_without_psync2(history):
    server, _, name, stream = history
    replica = ask(server, name, len(stream), capabilities=())
    assert replica.continues() == ""
    replica.expect(stream[-1:])


@pytest.mark.goal("An id is the same in letters of any case")
def test_case(history):
    server, _, name, stream = history
    assert ask(server, name.upper(), len(stream) + 1).continues() == name


@pytest.mark.goal("Behind the end, before the beginning, another history: everything is sent anew, and INFO counts it as refused")
@pytest.mark.parametrize("change", ["too far", "zero", "negative", "other id", "second id of nobody"])
def test_refused(history, change):
    server, wire, name, stream = history
    at = {"too far": len(stream) + 2, "zero": 0, "negative": -5}.get(change, 1)
    name = {"other id": "a" * 40, "second id of nobody": "0" * 40}.get(change, name)
    replica = ask(server, name, at)
    _, start = replica.resync()
    assert start == len(stream) and stats(wire) == (2, 0, 1)


@pytest.mark.goal("A replica is online as soon as it continues, and gets writes without an ACK of its own")
def test_online_at_once(history):
    server, wire, name, stream = history
    replica = ask(server, name, len(stream) + 1)
    replica.continues()
    assert "state=online" in replication(wire)["slave0"]
    wire.ok("SELECT", 3)
    wire.ok("SET", "k", "v")
    replica.expect(encode("SELECT", 3) + encode("SET", "k", "v"))


@pytest.mark.goal("The backlog keeps about so many bytes as it is told; who lacks an older one starts anew")
def test_overrun(history):
    server, wire, name, stream = history
    wire.ok("CONFIG", "SET", "repl-backlog-size", 16384)
    for i in range(200):
        wire.ok("SET", "big", "x" * 1000)
    told = replication(wire)
    first, kept = int(told["repl_backlog_first_byte_offset"]), int(told["repl_backlog_histlen"])
    assert first + kept == offset(wire) + 1 and 16384 <= kept <= 60_000
    assert ask(server, name, first).continues() == name
    ask(server, name, first - 1).resync()
    assert stats(wire) == (2, 1, 1)


@pytest.mark.goal("A backlog that is made larger keeps more from then on")
def test_larger(history):
    server, wire, name, _ = history
    wire.ok("CONFIG", "SET", "repl-backlog-size", "4mb")
    for i in range(20):
        wire.ok("SET", "big", "x" * 100_000)
    assert ask(server, name, 1).continues() == name


@pytest.mark.goal("CONFIG SET repl-backlog-size raises what is less than 16 KB; INFO tells the size")
def test_least_size(wire):
    wire.ok("CONFIG", "SET", "repl-backlog-size", 100)
    assert wire("CONFIG", "GET", "repl-backlog-size")[1] == b"16384"
    assert replication(wire)["repl_backlog_size"] == "16384"


@pytest.mark.goal("Without replicas the backlog is freed after repl-backlog-ttl: a new id, and no offset of the old is good")
def test_ttl(history):
    server, wire, name, stream = history
    wire.ok("CONFIG", "SET", "repl-backlog-ttl", 1)
    wait_until(lambda: replication(wire)["repl_backlog_active"] == "0", 8, "the backlog to be freed")
    told = replication(wire)
    assert told["master_replid"] != name and told["master_replid2"] == "0" * 40
    wire.ok("SET", "not", "counted")
    assert offset(wire) == len(stream)
    ask(server, name, 1).resync()


@pytest.mark.goal("As long as there is a replica the backlog stays")
def test_ttl_with_replica(history):
    server, wire, name, stream = history
    replica = ask(server, name, 1)
    replica.continues()
    wire.ok("CONFIG", "SET", "repl-backlog-ttl", 1, "repl-ping-replica-period", 1)
    replica.expect(stream + 3 * b"*1\r\n$4\r\nping\r\n", 10)
    assert replication(wire)["repl_backlog_active"] == "1"
