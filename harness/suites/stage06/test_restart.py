"""Restarts: the snapshot says which history the data belongs to, and where in it."""

import pytest

from strata_harness.aof_server import wait_rewritten
from strata_harness.fake_master import ID
from strata_harness.fake_replica import FakeReplica
from strata_harness.rdb_codes import string
from strata_harness.rdb_file import RdbWriter
from strata_harness.replicas import OPTIONS, in_step, replication, stats, synced
from strata_harness.resp import encode
from strata_harness.sample import fill
from strata_harness.snapshots import dump_file, with_dump
from strata_harness.wait import wait_until

SAVING = {**OPTIONS, "save": "3600 1"}


def image(**aux):
    known = {"repl-stream-db": 3, "repl-id": ID, "repl-offset": 1000, **aux}
    writer = RdbWriter()
    for name, value in known.items():
        if value is not None:
            writer.aux(name.replace("_", "-"), value)
    return writer.select(0).key(0, "k", string("v")).end()


@pytest.mark.goal("A replica that is restarted gets what it missed, not everything")
@pytest.mark.parametrize("kind", ["ours from ours", "ours from redis", "redis from ours"])
def test_replica(fresh_server, reference, rng, kind):
    master = (reference if kind == "ours from redis" else fresh_server)(**OPTIONS)
    replica = (reference if kind == "redis from ours" else fresh_server)(**SAVING, replicaof=["127.0.0.1", master.port])
    wire, other = master.wire(), replica.wire()
    fill(wire, rng, 10)
    in_step(wire, other)
    other.send_command("SHUTDOWN")
    replica.wait_exit()
    wire.ok("SET", "meanwhile", "v")
    replica.start()
    in_step(wire, replica.wire())
    assert stats(wire)[:2] == (1, 1)


@pytest.mark.goal("A master that is restarted goes on under a new id; its replicas continue, for the old one is its second")
@pytest.mark.parametrize("kind", ["ours of ours", "ours of redis", "redis of ours"])
def test_master(fresh_server, reference, rng, kind):
    master = (reference if kind == "redis of ours" else fresh_server)(**SAVING)
    replica = (reference if kind == "ours of redis" else fresh_server)(**OPTIONS)
    wire, other = master.wire(), replica.wire()
    fill(wire, rng, 10)
    synced(other, master)
    wire.ok("SET", "k", "v")
    in_step(wire, other)
    before = replication(wire)
    wire.send_command("SHUTDOWN")
    master.wait_exit()
    master.start()
    wire = master.wire()
    in_step(wire, other)
    after = replication(wire)
    assert stats(wire)[:2] == (0, 1)
    assert after["master_replid2"] == before["master_replid"] != after["master_replid"]
    wire.ok("SET", "more", "v")
    in_step(wire, other)


@pytest.mark.goal("A replica's snapshot has id, offset and database of the stream, and the first PSYNC asks for the next byte")
def test_from_file(fresh_server, fake_master):
    master = fake_master()
    server = with_dump(fresh_server, image(), **SAVING, replicaof=["127.0.0.1", master.port])
    wire = server.wire()
    link = master.accept()
    assert link.greet()[1:] == [ID, "1001"]
    assert wire("GET", "k") == b"v"
    link.continue_with(ID, encode("SET", "next", "v"))
    wire.ok("SELECT", 3)
    wait_until(lambda: wire("GET", "next") == b"v", 5, "the stream in the database that it had selected")
    end = 1000 + len(encode("SET", "next", "v"))
    link.await_ack(end)
    link.close()
    assert master.accept().greet()[1:] == [ID, str(end + 1)], "a second time, without any image in this life"


@pytest.mark.goal("A master starts with the file's id as its second one, and gives the rest to who has all of it")
def test_master_from_file(fresh_server):
    server = with_dump(fresh_server, image(), **SAVING)
    wire = server.wire()
    told = replication(wire)
    assert (told["master_replid2"], told["second_repl_offset"], told["master_repl_offset"]) == (ID, "1001", "1000")
    replica = FakeReplica(server)
    replica.introduce()
    replica.ask(ID, 1001)
    assert replica.continues() == told["master_replid"]
    wire.ok("SET", "next", "v")
    replica.expect(encode("SELECT", 0) + encode("SET", "next", "v"))
    other = FakeReplica(server)
    other.introduce()
    other.ask(ID, 1000)
    other.resync()


@pytest.mark.goal("A file that does not say all of id, offset and database says nothing of a history")
@pytest.mark.parametrize("lacks", [{"repl-id": None}, {"repl-offset": None}, {"repl-stream-db": None}],
                         ids=["id", "offset", "database"])
def test_incomplete(fresh_server, lacks):
    told = replication(with_dump(fresh_server, image(**lacks), **SAVING).wire())
    assert (told["master_replid2"], told["master_repl_offset"]) == ("0" * 40, "0")


@pytest.mark.goal("A replica that was killed has an older file: it asks from there, and is given what the backlog has")
def test_killed(fresh_server, rng):
    master, replica = fresh_server(**OPTIONS), fresh_server(**SAVING)
    wire, other = master.wire(), replica.wire()
    synced(other, master)
    fill(wire, rng, 5)
    in_step(wire, other)
    other.ok("SAVE")
    assert dict(dump_file(replica).aux)[b"repl-id"].decode() == replication(wire)["master_replid"]
    for i in range(100):
        wire.ok("SET", f"later{i}", "v")
    in_step(wire, other)
    replica.kill()
    replica.options["replicaof"] = ["127.0.0.1", master.port]
    replica.start()
    in_step(wire, replica.wire())
    assert stats(wire)[:2] == (1, 1)


@pytest.mark.goal("A replica that starts from a log of its own begins anew: a log knows nothing of offsets")
def test_with_log(fresh_server, rng):
    master = fresh_server(**OPTIONS)
    replica = fresh_server(**SAVING, appendonly="yes", replicaof=["127.0.0.1", master.port])
    wire = master.wire()
    fill(wire, rng, 5)
    in_step(wire, replica.wire())
    wait_rewritten(replica.wire())  # it would refuse to end before
    replica.wire().send_command("SHUTDOWN")
    replica.wait_exit()
    replica.start()
    in_step(wire, replica.wire())
    assert stats(wire)[:2] == (2, 0)


@pytest.mark.goal("A log of a replica is written anew after an image, and holds the image and the stream behind it")
def test_log_of_replica(fresh_server, rng):
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS, appendonly="yes")
    wire, other = master.wire(), replica.wire()
    fill(wire, rng, 5)
    other.ok("SET", "old", "data")
    synced(other, master)
    wire.ok("SET", "after", "image")
    wire.ok("SET", "goes", "soon", "PX", 1)
    in_step(wire, other)
    told = dict(line.split(":", 1) for line in other("INFO", "persistence").decode().splitlines() if ":" in line)
    assert told["aof_enabled"] == "1"
    wait_rewritten(other)
    wait_until(lambda: wire("DBSIZE") == other("DBSIZE") and wire("EXISTS", "goes") == 0, 5, "the short-lived key to go")
    in_step(wire, other)
    digest = other("DEBUG", "DIGEST")
    wire.send_command("SHUTDOWN", "NOSAVE")
    master.wait_exit()
    replica.stop()
    replica.start()
    assert replica.wire()("DEBUG", "DIGEST") == digest


@pytest.mark.goal("The image that a replica was given is its snapshot from then on")
def test_replaces_snapshot(fresh_server):
    master, replica = fresh_server(**OPTIONS), fresh_server(**SAVING)
    wire, other = master.wire(), replica.wire()
    other.ok("SET", "old", "data")
    other.ok("SAVE")
    wire.ok("SET", "k", "v")
    synced(other, master)
    assert [key.name for key in dump_file(replica).keys] == [b"k"]
