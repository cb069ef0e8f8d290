"""When a snapshot for replicas begins, and for whom: one for all who wait, not one for each."""

import os
import signal

import pytest

from strata_harness.rdb_file import read_rdb
from strata_harness.replicas import offset, replication, stats
from strata_harness.resp import encode
from strata_harness.snapshots import FOREVER_US, children, persistence, wait_saved
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes", "repl_ping_replica_period": 3600}
DISKLESS = ("eof", "psync2")


@pytest.fixture(autouse=True)
def data(wire):
    wait_saved(wire)  # another test's child
    for i in range(50):
        wire.ok("SET", f"k{i}", "v")


def ask(replica, capabilities=DISKLESS):
    replica.introduce(capabilities=capabilities)
    replica.ask()
    return replica


def states(wire):
    told = replication(wire)
    return [told[f"slave{i}"].split(",")[2] for i in range(int(told["connected_slaves"]))]


@pytest.mark.goal("Who comes while a file is being written gets that file, and the stream from where it began")
def test_shared_file(wire, fake_replica):
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 10_000)
    first = ask(fake_replica(), ("psync2",))
    history, at = first.resync()
    wire.ok("SET", "during", "v")
    second = ask(fake_replica(), ("psync2",))
    assert second.resync() == (history, at)
    images = [one.image(15) for one in (first, second)]
    assert images[0] == images[1] and len(read_rdb(images[0]).keys) == 50
    for one in (first, second):
        one.expect(encode("SELECT", 0) + encode("SET", "during", "v"))
    assert stats(wire)[0] == 2


@pytest.mark.goal("Who comes while a diskless image is being sent waits for the next one")
def test_next_stream(wire, fake_replica):
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 10_000)
    first = ask(fake_replica())
    _, at = first.resync()
    wire.ok("SET", "during", "v")
    second = ask(fake_replica())
    wait_until(lambda: "state=wait_bgsave" in states(wire), 5, "the second one to wait")
    assert len(read_rdb(first.image(15)).keys) == 50
    _, later = second.resync(15)
    assert later > at and len(read_rdb(second.image(15)).keys) == 51


@pytest.mark.goal("repl-diskless-sync-delay: all who come within it get one and the same image")
def test_delay(wire, fake_replica):
    wire.ok("CONFIG", "SET", "repl-diskless-sync-delay", 2)
    waiting = [ask(fake_replica()) for _ in range(3)]
    points = {one.resync(10) for one in waiting}
    images = {one.image() for one in waiting}
    assert len(points) == 1 and len(images) == 1 and {one.mark for one in waiting} == {waiting[0].mark}


@pytest.mark.goal("repl-diskless-sync-max-replicas: when so many wait nobody waits any longer")
def test_enough(wire, fake_replica):
    wire.ok("CONFIG", "SET", "repl-diskless-sync-delay", 3600, "repl-diskless-sync-max-replicas", 2)
    first = ask(fake_replica())
    wait_until(lambda: states(wire) == ["state=wait_bgsave"], 5, "one to wait")
    second = ask(fake_replica())
    assert first.resync() == second.resync()
    assert first.image() == second.image()


@pytest.mark.goal("Somebody else's BGSAVE is not for replicas: they wait until it has ended")
def test_other_child(server, wire, fake_replica):
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGSAVE") == "Background saving started"
    [child] = wait_until(lambda: children(server), 5, "the child")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    replica = ask(fake_replica())
    wait_until(lambda: states(wire) == ["state=wait_bgsave"], 5, "the replica to wait")
    wire.ok("SET", "more", "v")
    os.kill(child, signal.SIGKILL)
    replica.resync(10)
    assert len(read_rdb(replica.image()).keys) == 51


@pytest.mark.goal("A snapshot that fails: those who waited for it are closed and may ask again; the master goes on")
@pytest.mark.parametrize("capabilities", [("psync2",), DISKLESS], ids=["file", "diskless"])
def test_failed(server, wire, fake_replica, capabilities):
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    replica = ask(fake_replica(), capabilities)
    replica.resync()
    [child] = wait_until(lambda: children(server), 5, "the child")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    os.kill(child, signal.SIGKILL)
    replica.is_dropped()
    assert len(read_rdb(fake_replica().sync()).keys) == 50


@pytest.mark.goal("When nobody is left to take an image its child is killed")
@pytest.mark.parametrize("capabilities", [("psync2",), DISKLESS], ids=["file", "diskless"])
def test_all_gone(server, wire, fake_replica, capabilities):
    for i in range(50):
        wire.ok("SET", f"k{i}", os.urandom(20_000))  # so that a diskless image is sent piece by piece
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 300_000)
    replica = ask(fake_replica(), capabilities)
    replica.resync()
    wait_until(lambda: children(server), 5, "the child")
    replica.close()
    wait_until(lambda: not children(server) and persistence(wire)["rdb_bgsave_in_progress"] == "0", 8, "the child to end")
    assert replication(wire)["connected_slaves"] == "0"


@pytest.mark.goal("One of two that take a diskless image goes: the other one gets all of it")
def test_one_gone(server, wire, fake_replica):
    wire.ok("CONFIG", "SET", "repl-diskless-sync-delay", 3600, "repl-diskless-sync-max-replicas", 2,
            "rdb-key-save-delay", 10_000)
    stays, goes = ask(fake_replica()), ask(fake_replica())
    stays.resync()
    goes.close()
    assert len(read_rdb(stays.image(15)).keys) == 50


@pytest.mark.goal("One that takes a diskless image slowly holds up nobody but those who take the same image")
def test_slow_taker(server, wire, fake_replica):
    for i in range(40):
        wire.ok("SET", f"big{i}", os.urandom(100_000))
    slow = ask(fake_replica(receive_buffer=4096))
    slow.resync()
    assert wire("PING") == "PONG"
    wire.ok("SET", "during", "v")
    image = read_rdb(slow.image(15))
    assert len(image.keys) == 90


@pytest.mark.goal("Clients are served while images are made and sent; what they write is in none of them")
def test_clients_meanwhile(wire, fake_replica):
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 10_000)
    replica = ask(fake_replica())
    _, at = replica.resync()
    for i in range(200):
        wire.ok("SET", f"k{i}", "changed")
        assert wire("GET", f"k{i}") == b"changed"
    image = read_rdb(replica.image(15))
    assert {key.value for key in image.keys} == {b"v"} and len(image.keys) == 50
    wait_until(lambda: "state=online" in states(wire), 5, "the end of the transfer")
    replica.ack(at)
    replica.expect(encode("SELECT", 0) + b"".join(encode("SET", f"k{i}", "changed") for i in range(200)))
    assert offset(wire) == at + 23 + sum(len(encode("SET", f"k{i}", "changed")) for i in range(200))
