"""INFO persistence and the log: every aof_ field, when it is there and what it says."""

import os
import signal

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import (OPTIONS, STARTED, base_file, current_log, endless_rewrite, names, reborn, rewrite,
                                       run, wait_rewritten, with_log)
from strata_harness.snapshots import FOREVER_US, children, persistence
from strata_harness.wait import wait_until

ALWAYS = ["aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled", "aof_last_rewrite_time_sec",
          "aof_current_rewrite_time_sec", "aof_last_bgrewrite_status", "aof_rewrites",
          "aof_rewrites_consecutive_failures", "aof_last_write_status", "aof_last_cow_size"]
WITH_LOG = ["aof_current_size", "aof_base_size", "aof_pending_rewrite", "aof_buffer_length", "aof_pending_bio_fsync",
            "aof_delayed_fsync"]
FRESH = {"aof_rewrite_in_progress": "0", "aof_rewrite_scheduled": "0", "aof_last_rewrite_time_sec": "-1",
         "aof_current_rewrite_time_sec": "-1", "aof_last_bgrewrite_status": "ok", "aof_rewrites": "0",
         "aof_rewrites_consecutive_failures": "0", "aof_last_write_status": "ok", "aof_last_cow_size": "0"}


@pytest.fixture
def logged(fresh_server):
    server = fresh_server(**OPTIONS, appendfsync="always")
    return server, server.wire()


def fields(told):
    return {name: value for name, value in told.items() if name.startswith("aof_")}


@pytest.mark.goal("Without a log the fields of the log's files are not there, the others are, in their order")
def test_fields_without_log(fresh_server):
    server = fresh_server()
    told = fields(persistence(server.wire()))
    assert list(told) == ALWAYS
    assert told == {**FRESH, "aof_enabled": "0"}
    server.options.update(OPTIONS)
    assert list(fields(persistence(reborn(server)))) == ALWAYS + WITH_LOG and names(server) == ["b1", "i1"]


@pytest.mark.goal("With a log all fields are there, in their order, and at zero on a fresh server")
def test_fields_with_log(logged):
    server, wire = logged
    told = fields(persistence(wire))
    assert list(told) == ALWAYS + WITH_LOG and names(server) == ["b1", "i1"]
    assert told == {**FRESH, "aof_enabled": "1", **{name: "0" for name in WITH_LOG}}


@pytest.mark.goal("aof_current_size grows by every byte that is appended; aof_base_size stays until a rewrite")
def test_sizes(logged):
    server, wire = logged
    for number in range(5):
        wire.ok("SET", f"k{number}", "x" * 100 * number)
        told = persistence(wire)
        assert told["aof_current_size"] == str(current_log(server).stat().st_size) and told["aof_base_size"] == "0"
    rewrite(wire)
    size = base_file(server).stat().st_size
    told = persistence(wire)
    assert told["aof_current_size"] == told["aof_base_size"] == str(size)
    wire.ok("SET", "more", "v")
    more = len(log("SELECT 0", "SET more v"))
    assert persistence(wire)["aof_current_size"] == str(size + more)
    told = persistence(reborn(server))
    assert (told["aof_current_size"], told["aof_base_size"]) == (str(size + more), str(size))


@pytest.mark.goal("After a start aof_current_size is the sum of all files, aof_base_size the base's, 0 without one")
def test_sizes_after_start(fresh_server):
    data = log("SET k v")
    told = persistence(with_log(fresh_server, {base(1): data * 3, incr(1): data, incr(2): data}).wire())
    assert (told["aof_current_size"], told["aof_base_size"]) == (str(5 * len(data)), str(3 * len(data)))
    told = persistence(with_log(fresh_server, {incr(1): data}).wire())
    assert (told["aof_current_size"], told["aof_base_size"]) == (str(len(data)), "0")


@pytest.mark.goal("While a rewrite runs INFO tells so, for how long, and how far it is; afterwards how long it took")
def test_rewrite(logged):
    server, wire = logged
    run(wire, *[f"SET k{i} v" for i in range(10)])
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 150_000)  # microseconds a key: some 1.5 s in all
    assert wire("BGREWRITEAOF") == STARTED
    told = persistence(wire)
    assert told["aof_rewrite_in_progress"] == "1" and told["aof_rewrites"] == "1"
    assert told["aof_last_rewrite_time_sec"] == "-1" and told["aof_current_rewrite_time_sec"] in ("0", "1")
    assert told["aof_rewrite_scheduled"] == "0"
    wait_until(lambda: int(persistence(wire)["aof_current_rewrite_time_sec"]) >= 1, 5, "a second of it to pass")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_rewritten(wire)
    told = persistence(wire)
    assert told["aof_rewrite_in_progress"] == "0" and told["aof_current_rewrite_time_sec"] == "-1"
    assert 1 <= int(told["aof_last_rewrite_time_sec"]) <= 5 and told["aof_last_bgrewrite_status"] == "ok"
    assert int(told["aof_last_cow_size"]) > 0


@pytest.mark.goal("The child of a rewrite tells its progress by keys, as that of a snapshot does")
def test_progress(logged):
    server, wire = logged
    wire.ok("MSET", *[word for i in range(3000) for word in (f"k{i}", "x" * 500)])
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1000)
    assert wire("BGREWRITEAOF") == STARTED
    told = wait_until(lambda: (told := persistence(wire))["current_save_keys_processed"] != "0" and told, 5, "progress")
    assert told["current_save_keys_total"] == "3000" and 0 < int(told["current_save_keys_processed"]) <= 3000
    assert float(told["current_fork_perc"]) == pytest.approx(int(told["current_save_keys_processed"]) / 30, abs=0.01)
    [child] = children(server)
    os.kill(child, signal.SIGKILL)
    wait_rewritten(wire)
    assert persistence(wire)["current_save_keys_total"] == "0"


@pytest.mark.goal("Failed rewrites count, good ones end the count; each that was started counts in aof_rewrites")
def test_failures(logged):
    server, wire = logged
    wire.ok("SET", "k", "v")
    for number in (1, 2):
        os.kill(endless_rewrite(server, wire), signal.SIGKILL)
        wait_rewritten(wire)
        told = persistence(wire)
        assert (told["aof_rewrites"], told["aof_rewrites_consecutive_failures"]) == (str(number), str(number))
        assert told["aof_last_bgrewrite_status"] == "err" and told["aof_last_rewrite_time_sec"] != "-1"
    rewrite(wire)
    told = persistence(wire)
    assert (told["aof_rewrites"], told["aof_rewrites_consecutive_failures"]) == ("3", "0")
    wire.ok("CONFIG", "RESETSTAT")
    assert persistence(wire)["aof_rewrites"] == "0"


@pytest.mark.goal("While the log waits for its first rewrite it counts as enabled; switched off its fields go again")
def test_switch(fresh_server):
    wire = fresh_server(aof_use_rdb_preamble="no").wire()
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    told = persistence(wire)
    assert told["aof_enabled"] == "1" and told["aof_rewrite_in_progress"] == "1"
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wait_rewritten(wire)
    told = persistence(wire)
    assert told["aof_enabled"] == "0" and told["aof_rewrites"] == "1"
    assert list(fields(told)) == ALWAYS


@pytest.mark.goal("aof_rewrite_scheduled and aof_pending_rewrite tell of a rewrite that waits")
def test_scheduled(logged):
    server, wire = logged
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGSAVE") == "Background saving started"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wire("BGREWRITEAOF")
    told = persistence(wire)
    assert told["aof_rewrite_scheduled"] == told["aof_pending_rewrite"] == "1" and told["rdb_bgsave_in_progress"] == "1"
    [child] = wait_until(lambda: children(server), 5, "the child")
    os.kill(child, signal.SIGKILL)
    wait_rewritten(wire)
    assert persistence(wire)["aof_pending_rewrite"] == "0"
