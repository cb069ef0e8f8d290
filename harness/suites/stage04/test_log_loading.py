"""The time in which a server loads its log: commands get -LOADING, INFO tells the progress, and it can be ended."""

import functools
import signal

import pytest

from strata_harness.aof_files import base, incr, log
from strata_harness.aof_server import log_dir, with_log
from strata_harness.resp import RespError
from strata_harness.snapshots import persistence
from strata_harness.wait import wait_until

LOADING = RespError("LOADING Redis is loading the dataset in memory")
COMMANDS = 50_000


@functools.cache
def big_log():
    return log(*[f"SET k{i} {i}" for i in range(COMMANDS)])


@pytest.fixture
def slow(fresh_server):
    """A server that is loading, for longer than any test takes, and a client."""
    server = with_log(fresh_server, {base(1): log("SET first 1"), incr(1): big_log()}, start=False,
                      key_load_delay=300).start(wait=False)  # microseconds a command
    wire = wait_until(server.wire, 5, "the server to listen")
    assert persistence(wire)["loading"] == "1"
    return server, wire


@pytest.mark.goal("While it loads a server answers -LOADING to what needs the data or changes the log")
def test_refused(slow):
    server, wire = slow
    for command in ("PING", "GET k1", "SET k v", "BGREWRITEAOF", "BGSAVE", "FLUSHALL", "CONFIG SET appendonly no"):
        assert wire(*command.split()) == LOADING
    assert wire("CONFIG", "GET", "appendonly") == [b"appendonly", b"yes"] and wire("ECHO", "x") == b"x"
    assert persistence(wire)["loading"] == "1"


@pytest.mark.goal("INFO tells how much of all files together is loaded; afterwards all data is there")
def test_progress(slow):
    server, wire = slow
    told = persistence(wire)
    total = len(big_log()) + len(log("SET first 1"))
    assert told["loading_total_bytes"] == str(total)
    first = wait_until(lambda: int(persistence(wire)["loading_loaded_bytes"]), 5, "some progress")
    assert 0 < first < total
    more = wait_until(lambda: int((told := persistence(wire))["loading_loaded_bytes"]) > first and told, 5, "more")
    assert float(more["loading_loaded_perc"]) == pytest.approx(100 * int(more["loading_loaded_bytes"]) / total, abs=5)
    wire.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: wire("PING") == "PONG", 10, "the rest to load")
    assert wire("DBSIZE") == COMMANDS + 1 and wire("GET", "k49999") == b"49999"
    assert "loading_total_bytes" not in persistence(wire) and persistence(wire)["aof_current_size"] == str(total)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.goal("A server that is ended while it loads leaves its files as they were; the next start has it all")
def test_ended(slow, number):
    server, wire = slow
    before = {path.name: path.read_bytes() for path in log_dir(server).iterdir()}
    server.stopping = True
    server.signal(number)
    assert server.wait_exit() == (0 if number == signal.SIGTERM else -9)
    assert {path.name: path.read_bytes() for path in log_dir(server).iterdir()} == before
    server.options["key_load_delay"] = 0
    assert server.start().wire()("DBSIZE") == COMMANDS + 1


@pytest.mark.goal("Many clients are served while the log loads, also those that come later; none sees half of the data")
def test_many_clients(slow):
    server, first = slow
    wires = [server.wire(name=f"client {i}") for i in range(20)]
    for wire in wires:
        wire.send_command("GET", "k1")
        wire.send_command("ECHO", "x")
    for wire in wires:
        assert wire.read_many(2) == [LOADING, b"x"]
    first.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: wires[0]("GET", "k49999") == b"49999", 10, "the rest to load")
    assert [wire("GET", "first") for wire in wires] == [b"1"] * 20
