"""What a client sees of a save while it runs: a process, the fields of INFO persistence, the figures of INFO stats."""

import os
import signal

import pytest

from strata_harness.snapshots import (background_save, children, dump_file, endless_save, persistence, temporary_files,
                                      wait_saved)
from strata_harness.wait import wait_until

FIELDS = """loading async_loading current_cow_peak current_cow_size current_cow_size_age current_fork_perc
    current_save_keys_processed current_save_keys_total rdb_changes_since_last_save rdb_bgsave_in_progress
    rdb_last_save_time rdb_last_bgsave_status rdb_last_bgsave_time_sec rdb_current_bgsave_time_sec rdb_saves
    rdb_last_cow_size rdb_last_load_keys_expired rdb_last_load_keys_loaded""".split()


def fill(wire, keys, size=1):
    for i in range(keys):
        wire.send_command("SET", f"k{i}", "v" * size)
    assert wire.read_many(keys) == ["OK"] * keys


@pytest.mark.goal("INFO persistence has Redis's fields in Redis's order, at first those of a server that never saved")
def test_fields(fresh_server):
    wire = fresh_server().wire()
    told = persistence(wire)
    assert [name for name in told if name in FIELDS] == FIELDS
    zero = {name: "0" for name in FIELDS if name != "rdb_last_save_time"}
    never = {"current_fork_perc": "0.00", "rdb_last_bgsave_status": "ok", "rdb_last_bgsave_time_sec": "-1",
             "rdb_current_bgsave_time_sec": "-1"}
    assert {name: told[name] for name in zero} == zero | never
    background_save(wire)
    assert [name for name in persistence(wire) if name in FIELDS] == FIELDS


@pytest.mark.goal("The child is a process of its own whose parent is the server, and is gone after the save")
def test_child(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 5)
    child = endless_save(server, wire)
    assert child != server.pid and children(server) == [child]
    assert temporary_files(server) == [f"temp-{child}.rdb"]
    wire.ok("SET", "k", "the server answers meanwhile")
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not os.path.exists(f"/proc/{child}"), 5, "the dead child to be waited for")
    assert children(server) == []


@pytest.mark.goal("While a save runs INFO tells so: in progress, for how long, of how many keys")
def test_in_progress(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 7)
    child = endless_save(server, wire)
    told = persistence(wire)
    assert told["rdb_bgsave_in_progress"] == "1" and told["current_save_keys_total"] == "7"
    wait_until(lambda: int(persistence(wire)["rdb_current_bgsave_time_sec"]) >= 1, 5, "the time to be told")
    os.kill(child, signal.SIGKILL)
    wait_saved(wire)
    told = persistence(wire)
    assert told["rdb_current_bgsave_time_sec"] == "-1" and told["current_save_keys_total"] == "0"


@pytest.mark.goal("The child reports how many keys it has written, and the share of all")
def test_keys_processed(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 4000)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1000)  # some 4 s in all; the child reports once a second
    assert wire("BGSAVE") == "Background saving started"

    def progress():
        told = persistence(wire)
        return told if told["current_save_keys_processed"] != "0" else None

    told = wait_until(progress, 10, "the child's first report")
    processed = int(told["current_save_keys_processed"])
    assert 0 < processed < 4000 and told["current_save_keys_total"] == "4000"
    assert float(told["current_fork_perc"]) == pytest.approx(processed / 40, abs=0.01)
    wait_until(lambda: int(persistence(wire)["current_save_keys_processed"]) > processed, 10, "the next report")
    assert persistence(wire)["rdb_bgsave_in_progress"] == "1"


@pytest.mark.goal("Copy-on-write memory is told: while the child runs, and of the last save afterwards")
def test_copy_on_write(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 2000, 1000)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1500)  # some 3 s in all
    assert wire("BGSAVE") == "Background saving started"
    fill(wire, 2000, 1000)  # every page is written once more
    wait_until(lambda: persistence(wire)["current_cow_size"] != "0", 10, "the size to be told")
    told = persistence(wire)
    assert int(told["current_cow_peak"]) >= int(told["current_cow_size"]) > 100_000
    wait_saved(wire)
    told = persistence(wire)
    assert int(told["rdb_last_cow_size"]) > 100_000 and told["current_cow_size"] == "0"
    assert len(dump_file(server).keys) == 2000


@pytest.mark.goal("rdb_saves counts the saves, total_forks the children, latest_fork_usec what the last one cost")
def test_counters(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 3)
    background_save(wire)
    background_save(wire)
    wire.ok("SAVE")
    assert persistence(wire)["rdb_saves"] == "3"
    stats = dict(line.split(":") for line in wire("INFO", "stats").decode().splitlines() if ":" in line)
    assert stats["total_forks"] == "2" and int(stats["latest_fork_usec"]) > 0


CHANGES = [
    ("SET k v", 1), ("GET k", 0), ("MSET a 1 b 2", 2), ("DEL a b c", 2), ("EXPIRE k 100", 1), ("PERSIST k", 1),
    ("PERSIST k", 0), ("RENAME k k2", 1), ("RPUSH l x y z", 3), ("LREM l 0 x", 1), ("LTRIM l 0 0", 1), ("LPOP none", 0),
    ("HSET h f 1 g 2", 2), ("SADD s a b a", 2), ("SREM s x", 0), ("ZADD z 1 a 2 b", 2), ("ZADD z 1 a", 0),
    ("SELECT 3", 0), ("SET other v", 1), ("FLUSHALL", 6)]


@pytest.mark.goal("Changes are counted by keys and elements; what changes nothing does not count")
def test_changes(fresh_server):
    wire = fresh_server().wire()
    expected = 0
    for command, changes in CHANGES:
        wire(*command.split())
        expected += changes
        assert persistence(wire)["rdb_changes_since_last_save"] == str(expected), f"after {command}"
    wire.ok("SAVE")
    assert persistence(wire)["rdb_changes_since_last_save"] == "0"


@pytest.mark.goal("A negative rdb-key-save-delay waits once in so many keys; both delays are hidden from CONFIG GET *")
def test_delay(fresh_server):
    server = fresh_server()
    wire = server.wire()
    fill(wire, 200)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", -50)
    wire.ok("SAVE")
    assert wire("CONFIG", "GET", "rdb-key-save-delay") == [b"rdb-key-save-delay", b"-50"]
    assert wire("CONFIG", "GET", "*-delay")[::2].count(b"rdb-key-save-delay") == 0
    assert len(dump_file(server).keys) == 200
