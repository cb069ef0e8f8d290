"""A master becomes a replica: who waits for something there is told, for it will not come any more."""

import pytest

from strata_harness.replicas import OPTIONS, follow, in_step, replication
from strata_harness.resp import NULL_ARRAY, RespError
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)  # several servers
UNBLOCKED = RespError("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)")


def blocked(wire) -> int:
    lines = wire("INFO", "clients").decode().splitlines()
    return int(next(line for line in lines if line.startswith("blocked_clients:")).split(":")[1])


@pytest.mark.parametrize("command", [("BLPOP", "q", 0), ("BZPOPMIN", "z", 100), ("WAIT", 3, 0)], ids=lambda c: c[0])
@pytest.mark.goal("A blocked client gets -UNBLOCKED and is closed when its master becomes a replica")
def test_blocked(command, fresh_server):
    master, other = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, waiting = master.wire(), master.wire()
    waiting.send_command(*command)
    wait_until(lambda: blocked(wire) == 1, 5, "the client to be blocked")
    follow(wire, other)
    assert waiting.read() == UNBLOCKED
    waiting.expect_closed()
    assert blocked(wire) == 0


@pytest.mark.goal("What a blocked client has sent behind its blocking command does not run")
def test_pipelined(fresh_server):
    master, other = fresh_server(**OPTIONS, replica_read_only="no"), fresh_server(**OPTIONS)
    wire, waiting = master.wire(), master.wire()
    waiting.send_command("BLPOP", "q", 0)
    waiting.send_command("SET", "k", "v")
    wait_until(lambda: blocked(wire) == 1, 5, "the client to be blocked")
    follow(wire, other)
    assert waiting.read() == UNBLOCKED
    waiting.expect_closed()
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("A transaction that was queued on a master is refused by EXEC once it is a replica")
def test_transaction(fresh_server):
    master, other = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, client = master.wire(), master.wire()
    client.ok("MULTI")
    assert client("SET", "k", "v") == "QUEUED"
    follow(wire, other)
    assert client.error("EXEC") == ("EXECABORT Transaction discarded because of: READONLY You can't write against a "
                                    "read only replica.")
    assert client("PING") == "PONG"


@pytest.mark.goal("A transaction that only reads runs on a replica; keys watched before the sync count as changed")
def test_watch(fresh_server):
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, other, client = master.wire(), replica.wire(), replica.wire()
    other.ok("SET", "k", "old")
    wire.ok("SET", "k", "new")
    client.ok("WATCH", "k")
    follow(other, master)
    in_step(wire, other)
    client.ok("MULTI")
    assert client("GET", "k") == "QUEUED"
    assert client("EXEC") == NULL_ARRAY
    client.ok("MULTI")
    assert client("GET", "k") == "QUEUED"
    assert client("EXEC") == [b"new"]


@pytest.mark.goal("A paused write goes on after the pause, and learns that this is a replica now")
def test_paused(fresh_server):
    master, other = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, client = master.wire(), master.wire()
    wire.ok("CLIENT", "PAUSE", 100_000, "WRITE")
    client.send_command("SET", "k", "v")
    wait_until(lambda: blocked(wire) == 1, 5, "the write to be held back")
    follow(wire, other)
    assert blocked(wire) == 1
    wire.ok("CLIENT", "UNPAUSE")
    assert client.read() == RespError("READONLY You can't write against a read only replica.")


@pytest.mark.goal("While a replica's clients are paused it applies nothing of the stream; afterwards it catches up")
def test_pause_on_replica(fresh_server):
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, other = master.wire(), replica.wire()
    follow(other, master)
    in_step(wire, other)
    other.ok("CLIENT", "PAUSE", 100_000, "WRITE")
    before = int(replication(other)["slave_repl_offset"])
    wire.ok("SET", "k", "v")
    wait_until(lambda: int(replication(other)["slave_read_repl_offset"]) > before + 20, 5, "the write to arrive")
    assert other("GET", "k") is None
    other.ok("CLIENT", "UNPAUSE")
    in_step(wire, other)
    assert other("GET", "k") == b"v"
