"""What a replica, or a master that is left alone, refuses, and which of two reasons it tells."""

import pytest

from strata_harness.fake_master import ID
from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import link_up, replication, synced
from strata_harness.resp import encode
from strata_harness.wait import wait_until

OPTIONS = {"enable_debug_command": "yes", "repl_diskless_sync_delay": 0}
READONLY = "READONLY You can't write against a read only replica."
MASTERDOWN = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
NOREPLICAS = "NOREPLICAS Not enough good replicas to write."


@pytest.fixture
def orphan(fresh_server, fake_master):
    """A replica whose master listens and says nothing."""
    server = fresh_server(**OPTIONS)
    wire = server.wire(name="replica")
    wire.ok("SET", "k", "v")
    wire.ok("REPLICAOF", "127.0.0.1", fake_master().port)
    return server, wire


@pytest.mark.parametrize("command", [
    "SET k v", "DEL k", "EXPIRE k 10", "FLUSHALL", "INCR n", "LPUSH l a", "SPOP s", "GETEX k", "SORT l", "COPY k l",
    "SWAPDB 0 1", "RESTORE k 0 x", "GEORADIUS g 0 0 1 m", "BITFIELD k GET u8 0", "GETDEL k",
], ids=lambda command: command.split()[0])
@pytest.mark.goal("A replica refuses every command that may write, whether or not it would")
def test_read_only(orphan, command):
    _, wire = orphan
    assert wire.error(*command.split()) == READONLY


@pytest.mark.goal("A transaction with a write is refused by a replica, one that reads is not")
def test_transaction(orphan):
    _, wire = orphan
    wire.ok("MULTI")
    assert wire("GET", "k") == "QUEUED"
    assert wire("EXEC") == [b"v"]
    wire.ok("MULTI")
    assert wire.error("SET", "k", "w") == READONLY
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."


@pytest.mark.goal("replica-read-only no: writes are taken, and stay here; they do not move the offset")
def test_writable(fresh_server):
    master, middle, last = (fresh_server(**OPTIONS) for _ in range(3))
    replica, end = middle.wire(), last.wire()
    wire = synced(replica, master)
    synced(end, middle)
    replica.ok("CONFIG", "SET", "replica-read-only", "no")
    before = replication(replica)["master_repl_offset"]
    replica.ok("SET", "local", "v")
    assert replication(replica)["master_repl_offset"] == before
    wire.ok("SET", "shared", "v")
    wait_until(lambda: end("GET", "shared") == b"v", 5, "the master's write at the end of the chain")
    assert end("GET", "local") is None and wire("GET", "local") is None
    replica.ok("CONFIG", "SET", "slave-read-only", "yes")
    assert replica.error("SET", "local", "w") == READONLY


@pytest.mark.goal("replica-serve-stale-data no: while the link is down only what does not look at the data is answered")
def test_stale(orphan):
    _, wire = orphan
    wire.ok("CONFIG", "SET", "replica-serve-stale-data", "no")
    for command in ("GET k", "PING", "EXISTS k", "DBSIZE", "KEYS *", "OBJECT ENCODING k", "RANDOMKEY", "SAVE"):
        assert wire.error(*command.split()) == MASTERDOWN, command
    for command in ("INFO server", "ECHO word", "TIME", "ROLE", "CONFIG GET port", "SELECT 0", "MULTI", "DISCARD", "WATCH k", "UNWATCH",
                    "COMMAND COUNT", "CLIENT ID", "SLOWLOG LEN", "PUBLISH c w", "LATENCY RESET", "LASTSAVE", "ACL WHOAMI"):
        assert "MASTERDOWN" not in repr(wire(*command.split())), command
    wire.ok("CONFIG", "SET", "replica-serve-stale-data", "yes")
    assert wire("GET", "k") == b"v"


@pytest.mark.goal("Stale data is refused within a transaction, too, command by command")
def test_stale_transaction(orphan):
    _, wire = orphan
    wire.ok("CONFIG", "SET", "replica-serve-stale-data", "no")
    wire.ok("MULTI")
    assert wire.error("GET", "k") == MASTERDOWN
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."


@pytest.mark.goal("With the link up stale data is no matter any more")
def test_stale_ends(fresh_server):
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS).wire()
    replica.ok("CONFIG", "SET", "replica-serve-stale-data", "no")
    wire = synced(replica, master)
    assert replica("PING") == "PONG" and replica("GET", "k") is None
    wire.send_command("SHUTDOWN", "NOSAVE", "NOW")
    master.wait_exit()
    wait_until(lambda: replica("PING") != "PONG", 5, "the link to be down")
    assert replica.error("GET", "k") == MASTERDOWN


@pytest.mark.goal("A write that is refused for two reasons: read only is told before the master that is away")
def test_which_reason(orphan):
    _, wire = orphan
    wire.ok("CONFIG", "SET", "replica-serve-stale-data", "no", "min-replicas-to-write", 3)
    assert wire.error("SET", "k", "v") == READONLY


@pytest.mark.goal("min-replicas-to-write: a master with fewer replicas takes no writes; reads go on")
def test_too_few(fresh_server):
    server = fresh_server(**OPTIONS, min_replicas_to_write=2)
    wire = server.wire()
    assert wire.error("SET", "k", "v") == NOREPLICAS
    assert wire("GET", "k") is None and replication(wire)["min_slaves_good_slaves"] == "0"
    first, second = FakeReplica(server), FakeReplica(server)
    first.sync()
    assert wire.error("SET", "k", "v") == NOREPLICAS
    second.sync()
    wait_until(lambda: wire("SET", "k", "v") == "OK", 5, "two good replicas")
    assert replication(wire)["min_slaves_good_slaves"] == "2"
    second.close()
    wait_until(lambda: isinstance(wire("SET", "k", "v"), type(wire("NONSENSE"))), 5, "the loss of one to count")
    assert wire.error("SET", "k", "v") == NOREPLICAS
    wire.ok("CONFIG", "SET", "min-replicas-to-write", 1)
    wait_until(lambda: wire("SET", "k", "v") == "OK", 5, "one to be enough")


@pytest.mark.goal("min-replicas-max-lag: a replica that has not acknowledged for so long is none")
def test_lag(fresh_server):
    server = fresh_server(**OPTIONS, min_slaves_to_write=1, min_slaves_max_lag=1)
    wire = server.wire()
    replica = FakeReplica(server)
    replica.sync()
    replica.ack(0)
    wait_until(lambda: wire("SET", "k", "v") == "OK", 5, "a good replica")
    wait_until(lambda: wire("SET", "k", "v") != "OK", 8, "its silence to be noticed")
    assert replication(wire)["connected_slaves"] == "1"
    wait_until(lambda: replica.ack(0) or wire("SET", "k", "v") == "OK", 8, "it to be good again")


@pytest.mark.goal("Both options have to be set: without a limit of the lag nothing is asked")
def test_switched_off(fresh_server):
    wire = fresh_server(**OPTIONS, min_replicas_to_write=3, min_replicas_max_lag=0).wire()
    wire.ok("SET", "k", "v")
    assert "min_slaves_good_slaves" not in replication(wire)
    wire.ok("CONFIG", "SET", "min-replicas-max-lag", 10)
    assert wire.error("SET", "k", "v") == NOREPLICAS


@pytest.mark.goal("What a master writes reaches a replica that wants replicas of its own: the rule is for clients")
def test_rule_is_not_for_the_stream(fresh_server, fake_master):
    master = fake_master()
    wire = fresh_server(**OPTIONS, min_replicas_to_write=2, replicaof=["127.0.0.1", master.port]).wire()
    link = master.accept_and_sync(offset=10)
    link_up(wire)
    link.send(encode("SELECT", 0) + encode("SET", "k", "v"))
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the write")
    assert replication(wire)["master_replid"] == ID


@pytest.mark.goal("WAIT is for masters")
def test_wait(orphan):
    assert orphan[1].error("WAIT", 0, 0).startswith("ERR WAIT cannot be used with replica instances.")


@pytest.mark.goal("A replica without its master cannot give anybody data: PSYNC and SYNC are put off")
def test_no_master_link(orphan):
    server, wire = orphan
    replica = FakeReplica(server)
    replica.introduce()
    replica.ask()
    assert replica.answer() == "-NOMASTERLINK Can't SYNC while not connected with my master"
    assert wire("SYNC") is not None and replication(wire)["connected_slaves"] == "0"


@pytest.mark.goal("A replica's master can be another one, and none; what cannot be a master is refused")
def test_replicaof(fresh_server, fake_master):
    server, first, second = fresh_server(**OPTIONS), fake_master(), fake_master()
    wire = server.wire()
    wire.ok("REPLICAOF", "NO", "ONE")
    for port in ("soon", -1, 65536):
        assert wire.error("REPLICAOF", "127.0.0.1", port) == "ERR Invalid master port"
    assert wire.error("REPLICAOF", "127.0.0.1") == "ERR wrong number of arguments for 'replicaof' command"
    wire.ok("REPLICAOF", "127.0.0.1", first.port)
    assert wire("REPLICAOF", "127.0.0.1", first.port) == "OK Already connected to specified master"
    first.accept().expect_command("PING")
    wire.ok("SLAVEOF", "127.0.0.1", second.port)
    second.accept().expect_command("PING")
    first.links[0].read_until_closed()
    assert wire("CONFIG", "GET", "replicaof")[1] == b"127.0.0.1 %d" % second.port
    wire.ok("replicaof", "no", "one")
    assert replication(wire)["role"] == "master" and wire("CONFIG", "GET", "replicaof")[1] == b""


@pytest.mark.goal("CONFIG SET cannot make a replica; CONFIG REWRITE keeps what REPLICAOF made")
def test_rewrite(fresh_server, fake_master):
    server = fresh_server(conf="maxclients 100\n", **OPTIONS)
    wire, master = server.wire(), fake_master()
    assert "can't set immutable config" in wire.error("CONFIG", "SET", "replicaof", "127.0.0.1 1")
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    wire.ok("CONFIG", "REWRITE")
    assert f"replicaof 127.0.0.1 {master.port}" in server.conf_path.read_text()
    wire.ok("REPLICAOF", "NO", "ONE")
    wire.ok("CONFIG", "REWRITE")
    assert "replicaof" not in server.conf_path.read_text()
