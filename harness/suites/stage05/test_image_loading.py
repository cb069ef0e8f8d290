"""The time in which a server loads a base that is an image: INFO tells how far it is, clients are heard, it can be ended."""

import functools
import signal

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import log_dir, with_log
from strata_harness.hybrid import HYBRID
from strata_harness.rdb_codes import raw
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.resp import RespError
from strata_harness.snapshots import persistence
from strata_harness.wait import wait_until

LOADING = RespError("LOADING Redis is loading the dataset in memory")
KEYS = 300
SLOW = {"key_load_delay": 50_000, "loading_process_events_interval_bytes": 1024}  # some 15 s in all
TAIL = log("SET more 1", "DEL k0")


@functools.cache
def big_image():
    writer = RdbWriter().aux("aof-base", 1).aux("used-mem", 123456).select(0, KEYS, 0)
    for i in range(KEYS):
        writer.key(STRING, f"k{i}", raw("x" * 1000))
    return writer.end()


@pytest.fixture
def slow(fresh_server):
    """A server that is loading its image, for longer than any test takes, and a client."""
    server = with_log(fresh_server, {base(1, suffix="rdb"): big_image(), incr(1): TAIL}, start=False,
                      **{**HYBRID, **SLOW}).start(wait=False)
    wire = wait_until(server.wire, 5, "the server to listen")
    assert persistence(wire)["loading"] == "1"
    return server, wire


@pytest.mark.goal("INFO tells how much of image and log together is loaded, and what the image says of itself")
def test_progress(slow):
    server, wire = slow
    total = len(big_image()) + len(TAIL)
    told = wait_until(lambda: (told := persistence(wire))["loading_loaded_bytes"] != "0" and told, 5, "some progress")
    loaded = int(told["loading_loaded_bytes"])
    assert 0 < loaded < total and told["loading_total_bytes"] == str(total)
    assert told["loading_rdb_used_mem"] == "123456"
    wait_until(lambda: int(persistence(wire)["loading_loaded_bytes"]) > loaded, 5, "more progress")
    wire.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: persistence(wire)["loading"] == "0", 10, "the rest to load")
    told = persistence(wire)
    assert (told["rdb_last_load_keys_loaded"], told["aof_current_size"]) == (str(KEYS), str(total))
    assert wire("DBSIZE") == KEYS and wire("GET", "more") == b"1" and wire("GET", "k0") is None


@pytest.mark.goal("Clients are served while the image loads, also those that come later; none sees half of the data")
def test_served(slow):
    server, first = slow
    later = server.wire(name="later")
    for wire in (first, later):
        assert wire("GET", "k1") == LOADING and wire("DBSIZE") == LOADING and wire("ECHO", "x") == b"x"
    first.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: later("PING") == "PONG", 10, "the rest to load")
    assert later("GET", "k299") == b"x" * 1000 and first("DBSIZE") == KEYS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.goal("A server that is ended while its image loads leaves its files as they were; the next start has it all")
def test_ended(slow, number):
    server, wire = slow
    before = {path.name: path.read_bytes() for path in log_dir(server).iterdir()}
    server.stopping = True
    server.signal(number)
    assert server.wait_exit() == (0 if number == signal.SIGTERM else -9)
    assert {path.name: path.read_bytes() for path in log_dir(server).iterdir()} == before
    server.options["key_load_delay"] = 0
    wire = server.start().wire()
    wait_until(lambda: wire("PING") == "PONG", 10, "the image to load")
    assert wire("DBSIZE") == KEYS
