"""repl-diskless-load: the image goes from the socket straight into memory; what is served meanwhile, what is left after a break."""

import pytest

from strata_harness.fake_master import ID
from strata_harness.rdb_codes import string
from strata_harness.rdb_file import RdbWriter
from strata_harness.replicas import OPTIONS, in_step, link_up, replication, synced
from strata_harness.resp import encode
from strata_harness.sample import fill
from strata_harness.snapshots import temporary_files
from strata_harness.wait import wait_until

KEYS = 200
LONG = RdbWriter().select(0)
for _i in range(KEYS):
    LONG.key(0, f"k{_i}", string("x" * 1000))
LONG = LONG.end()
MARK = b"e" * 40
DELAY_US = 10_000  # for each key of an image; clients are served in between, but not while the socket is awaited


def persistence(wire):
    return dict(line.split(":", 1) for line in wire("INFO", "persistence").decode().splitlines() if ":" in line)


def followed(fresh_server, master, mode, own_data=True):
    """A server with some data that has just been told to follow that master, which has its PSYNC: (server, client, link)."""
    server = fresh_server(**OPTIONS, repl_diskless_load=mode, loading_process_events_interval_bytes=1024)
    wire = server.wire(name="replica")
    if own_data:
        wire.ok("SET", "own", "data")
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    link = master.accept()
    link.greet()
    return server, wire, link


@pytest.mark.goal("Whatever the mode, an image with its length in front, and one with a mark at its end, are taken whole")
@pytest.mark.parametrize("diskless", [False, True], ids=["length", "mark"])
@pytest.mark.parametrize("mode", ["disabled", "on-empty-db", "swapdb"])
def test_whole(fresh_server, fake_master, mode, diskless):
    server, wire, link = followed(fresh_server, fake_master(), mode, own_data=mode == "swapdb")
    link.full_resync(LONG, 1000, diskless=diskless)
    link_up(wire)
    assert wire("DBSIZE") == KEYS and wire("GET", "own") is None and not temporary_files(server)
    link.send(encode("SELECT", 0) + encode("SET", "more", "v"))
    wait_until(lambda: wire("GET", "more") == b"v", 5, "the stream")
    assert replication(wire)["master_replid"] == ID


@pytest.mark.goal("swapdb with the same history: the old data is served while the image comes in")
def test_served_meanwhile(fresh_server, fake_master):
    master = fake_master()
    server, wire, link = followed(fresh_server, master, "swapdb")
    link.full_resync(RdbWriter().select(0).key(0, "old", string("v")).end(), 1000)
    link_up(wire)
    link.close()
    wire.ok("CONFIG", "SET", "key-load-delay", DELAY_US)
    again = master.accept()
    again.greet()
    again.send(b"+FULLRESYNC %s 2000\r\n$EOF:%s\r\n" % (ID.encode(), MARK) + LONG[:100_000])
    wait_until(lambda: persistence(wire)["async_loading"] == "1", 5, "the load to begin")
    assert persistence(wire)["loading"] == "0"
    assert wire("GET", "old") == b"v" and wire("PING") == "PONG"
    for command in (["SAVE"], ["BGSAVE"], ["REPLICAOF", "NO", "ONE"], ["PSYNC", "?", "-1"]):
        assert wire.error(*command).startswith("LOADING "), command
    again.send(LONG[100_000:] + MARK)
    link_up(wire)
    assert wire("GET", "old") is None and wire("DBSIZE") == KEYS


@pytest.mark.goal("swapdb: an image that breaks off leaves the old data as it was, and the history with it")
def test_broken_swap(fresh_server, fake_master):
    master = fake_master()
    server, wire, link = followed(fresh_server, master, "swapdb")
    link.full_resync(RdbWriter().select(0).key(0, "old", string("v")).end(), 1000)
    link_up(wire)
    link.close()
    wire.ok("CONFIG", "SET", "key-load-delay", DELAY_US)
    again = master.accept()
    again.greet()
    again.send(b"+FULLRESYNC %s 2000\r\n$EOF:%s\r\n" % (ID.encode(), MARK) + LONG[:100_000])
    wait_until(lambda: persistence(wire)["async_loading"] == "1", 5, "the load to begin")
    again.close()
    third = master.accept()
    assert third.greet()[1:] == [ID, "1001"]
    wait_until(lambda: persistence(wire)["async_loading"] == "0", 5, "the load to end")
    assert wire("GET", "old") == b"v" and wire("DBSIZE") == 1
    third.full_resync(LONG, 3000, diskless=True)
    link_up(wire)
    assert wire("DBSIZE") == KEYS


@pytest.mark.goal("on-empty-db: with data of its own a replica stores the image first, and serves the data meanwhile")
def test_not_empty(fresh_server, fake_master):
    server, wire, link = followed(fresh_server, fake_master(), "on-empty-db")
    link.send(b"+FULLRESYNC %s 1000\r\n$%d\r\n" % (ID.encode(), len(LONG)) + LONG[:1000])
    wait_until(lambda: temporary_files(server), 5, "the file for the image")
    assert wire("GET", "own") == b"data"
    link.send(LONG[1000:])
    link_up(wire)
    assert wire("DBSIZE") == KEYS


@pytest.mark.goal("on-empty-db without data: clients hear LOADING until all is there; half an image leaves nothing behind")
def test_empty(fresh_server, fake_master):
    master = fake_master()
    server, wire, link = followed(fresh_server, master, "on-empty-db", own_data=False)
    wire.ok("CONFIG", "SET", "key-load-delay", DELAY_US)
    link.send(b"+FULLRESYNC %s 1000\r\n$EOF:%s\r\n" % (ID.encode(), MARK) + LONG[:100_000])
    wait_until(lambda: persistence(wire)["loading"] == "1", 5, "the load to begin")
    assert wire.error("GET", "k1").startswith("LOADING ") and not temporary_files(server)
    link.close()
    again = master.accept()
    wait_until(lambda: wire("DBSIZE") == 0, 5, "the half to be dropped")
    again.greet()
    again.full_resync(LONG, 1000, diskless=True)
    link_up(wire)
    assert wire("DBSIZE") == KEYS


@pytest.mark.goal("From every sort of master over every way to a replica: the same data")
@pytest.mark.parametrize("mode", ["on-empty-db", "swapdb"])
@pytest.mark.parametrize("kind", ["ours from ours", "ours from redis", "redis from ours"])
def test_real(fresh_server, reference, rng, kind, mode):
    master = (reference if kind == "ours from redis" else fresh_server)(**OPTIONS)
    replica = (reference if kind == "redis from ours" else fresh_server)(**OPTIONS, repl_diskless_load=mode)
    wire, other = master.wire(), replica.wire()
    fill(wire, rng, 20)
    synced(other, master)
    in_step(wire, other)
