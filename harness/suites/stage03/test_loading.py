"""The time between start and service: commands get -LOADING, INFO tells the progress, and the server can be ended."""

import functools
import signal
import time

import pytest

from strata_harness.rdb_codes import raw
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.resp import RespError
from strata_harness.snapshots import children, dump_path, persistence, with_dump
from strata_harness.wait import wait_until

LOADING = RespError("LOADING Redis is loading the dataset in memory")
KEYS = 300
SLOW = {"key_load_delay": 50_000, "loading_process_events_interval_bytes": 1024}  # some 15 s in all


@functools.cache
def big_file():
    writer = RdbWriter().select(0, KEYS, 0)
    for i in range(KEYS):
        writer.key(STRING, f"k{i}", raw("x" * 1000))
    return writer.end()


@pytest.fixture
def slow(fresh_server):
    """A server that is loading, for longer than any test takes, and a client."""
    server = with_dump(fresh_server, big_file(), start=False, save="3600 1", **SLOW).start(wait=False)
    wire = wait_until(server.wire, 5, "the server to listen")
    assert persistence(wire)["loading"] == "1"
    return server, wire


REFUSED = ["PING", "GET k1", "SET k v", "DBSIZE", "EXISTS k1", "KEYS *", "SAVE", "BGSAVE", "FLUSHALL", "DUMP k1",
           "SCAN 0", "RESTORE k 0 x", "EXPIRE k1 5", "LPUSH l a", "RANDOMKEY", "MEMORY USAGE k1", "HGET h f"]


@pytest.mark.goal("While it loads a server answers -LOADING to whatever needs the data")
def test_refused(slow):
    server, wire = slow
    for command in REFUSED:
        assert wire(*command.split()) == LOADING
    assert persistence(wire)["loading"] == "1"


@pytest.mark.goal("What needs no data is answered while the server loads: INFO, CONFIG, CLIENT, pub/sub and more")
def test_allowed(slow):
    server, wire = slow
    assert isinstance(wire("LASTSAVE"), int) and wire("ECHO", "x") == b"x" and wire("CLIENT", "ID") > 0
    assert wire("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"0"]
    wire.ok("CONFIG", "SET", "maxmemory", "500mb")
    wire.ok("SELECT", 1)
    assert wire("PUBLISH", "channel", "x") == 0 and wire("SLOWLOG", "LEN") == 0 and len(wire("TIME")) == 2
    assert wire("SUBSCRIBE", "channel") == [b"subscribe", b"channel", 1]
    assert wire("UNSUBSCRIBE", "channel") == [b"unsubscribe", b"channel", 0]
    assert wire("RESET") == "RESET" and wire("HELLO", 3)[b"proto"] == 3
    assert persistence(wire)["loading"] == "1"


@pytest.mark.goal("A transaction may begin while the server loads, but a command that needs data spoils it")
def test_transaction(slow):
    server, wire = slow
    wire.ok("MULTI")
    assert wire("GET", "k1") == LOADING
    assert wire.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."
    wire.ok("MULTI")
    assert wire("CONFIG", "GET", "maxmemory") == "QUEUED"
    assert wire("EXEC") == [[b"maxmemory", b"0"]]


@pytest.mark.goal("INFO tells the progress of loading: start, bytes, share, keys; and no such fields afterwards")
def test_progress(slow):
    server, wire = slow
    size = len(big_file())
    told = wait_until(lambda: (told := persistence(wire))["loading_loaded_bytes"] != "0" and told, 5, "some progress")
    loaded = int(told["loading_loaded_bytes"])
    assert 0 < loaded < size and told["loading_total_bytes"] == str(size)
    assert float(told["loading_loaded_perc"]) == pytest.approx(100 * loaded / size, abs=0.01)
    assert abs(int(told["loading_start_time"]) - time.time()) < 30
    assert int(told["loading_eta_seconds"]) >= 0 and told["loading_rdb_used_mem"] == "0"
    wait_until(lambda: int(persistence(wire)["loading_loaded_bytes"]) > loaded, 5, "more progress")
    wire.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: persistence(wire)["loading"] == "0", 10, "the rest to load")
    told = persistence(wire)
    assert not [name for name in told if name.startswith("loading_")]
    assert told["rdb_last_load_keys_loaded"] == str(KEYS) and wire("DBSIZE") == KEYS


@pytest.mark.goal("Once all is loaded the data is there at once, for clients that came before as well")
def test_then_served(slow):
    server, wire = slow
    assert wire("GET", "k299") == LOADING
    assert "Ready to accept connections" not in server.log_text()
    wire.ok("CONFIG", "SET", "key-load-delay", 0)
    wait_until(lambda: wire("PING") == "PONG", 10, "the rest to load")
    assert wire("GET", "k299") == b"x" * 1000 and wire("DBSIZE") == KEYS
    assert wire("INFO", "errorstats").decode().count("errorstat_LOADING") == 1
    log = server.log_text()
    order = [log.index(part) for part in ("Loading RDB produced by version ", "RDB age ", "Done loading RDB",
                                          "DB loaded from disk: ", "Ready to accept connections") if part in log]
    assert order == sorted(order) and len(order) >= 3


@pytest.mark.goal("No snapshot is begun while the server loads, whatever the save points say")
def test_no_save(slow):
    server, wire = slow
    wire.ok("CONFIG", "SET", "save", "1 0")
    start = int(wire("TIME")[0])
    wait_until(lambda: int(wire("TIME")[0]) > start + 2, 5, "2 s to pass")
    assert children(server) == [] and persistence(wire)["loading"] == "1"
    assert dump_path(server).read_bytes() == big_file()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.goal("A signal ends a server that is loading, soon and cleanly; the file stays as it was")
def test_signal(slow, number):
    server, wire = slow
    server.signal(number)
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert dump_path(server).read_bytes() == big_file()
    server.options.pop("key_load_delay")
    assert server.start().wire()("DBSIZE") == KEYS


@pytest.mark.parametrize("words", [[], ["NOSAVE"], ["SAVE"]], ids=lambda words: " ".join(words) or "plain")
@pytest.mark.goal("SHUTDOWN ends a server that is loading and never overwrites the file with half of the data")
def test_shutdown(slow, words):
    server, wire = slow
    assert wire("GET", "k1") == LOADING
    wire.send_command("SHUTDOWN", *words)
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert dump_path(server).read_bytes() == big_file()


@pytest.mark.goal("Many clients are served while the server loads, also those that come later")
def test_many_clients(slow):
    server, _ = slow
    wires = [server.wire(name=f"client {i}") for i in range(30)]
    for wire in wires:
        wire.send_command("GET", "k1")
        wire.send_command("ECHO", "x")
    for wire in wires:
        assert wire.read_many(2) == [LOADING, b"x"]


@pytest.mark.goal("rdb_last_load_keys_loaded and _expired count what the start has loaded and left out")
def test_counts(fresh_server):
    writer = RdbWriter().select(0)
    for i in range(50):
        writer.expire_ms(1000 + i).key(STRING, f"gone{i}", raw("v")).key(STRING, f"k{i}", raw("v"))
        writer.expire_ms(4102444800000).key(STRING, f"late{i}", raw("v"))
    server = with_dump(fresh_server, writer.end())
    told = persistence(server.wire())
    assert told["rdb_last_load_keys_loaded"] == "100" and told["rdb_last_load_keys_expired"] == "50"
    assert server.wire()("DBSIZE") == 100
    server.wait_log("Done loading RDB, keys loaded: 100, keys expired: 50.")
