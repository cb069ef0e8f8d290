"""The end of a server and its data: SHUTDOWN, SIGTERM and kill -9, with and without save points; and the next start."""

import signal

import pytest

from strata_harness.snapshots import children, dump_file, dump_path, endless_save, persistence, temporary_files
from strata_harness.wait import wait_until

BYE = "is now ready to exit, bye bye..."
POINTS = "3600 1000000"


def shut_down(server, wire, *words):
    wire.send_command("SHUTDOWN", *words)
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert BYE in server.log_text()


@pytest.mark.parametrize("save, words, saved", [
    (POINTS, [], True), ("", [], False), (POINTS, ["NOSAVE"], False), ("", ["SAVE"], True), ("", ["save", "now"], True),
    (POINTS, ["NOSAVE", "FORCE"], False)], ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
@pytest.mark.goal("SHUTDOWN saves when there are save points, SAVE and NOSAVE overrule that")
def test_shutdown(fresh_server, save, words, saved):
    server = fresh_server(save=save)
    wire = server.wire()
    wire.ok("SET", "k", "first")
    wire.ok("SAVE")
    wire.ok("SET", "k", "second")
    shut_down(server, wire, *words)
    assert ("Saving the final RDB snapshot before exiting" in server.log_text()) == saved
    assert dump_file(server).key("k").value == (b"second" if saved else b"first")
    assert server.start().wire()("GET", "k") == (b"second" if saved else b"first")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.goal("SIGTERM and SIGINT save when there are save points")
def test_signals(fresh_server, number):
    server = fresh_server(save=POINTS)
    server.wire().ok("SET", "k", "v")
    server.signal(number)
    assert server.wait_exit() == 0
    assert server.start().wire()("GET", "k") == b"v"
    server.wire().ok("CONFIG", "SET", "save", "")
    server.wire().ok("SET", "k", "w")
    server.signal(number)
    assert server.wait_exit() == 0
    assert server.start().wire()("GET", "k") == b"v"


@pytest.mark.goal("After kill -9 the data is that of the last snapshot")
def test_kill(fresh_server):
    server = fresh_server(save=POINTS)
    wire = server.wire()
    wire.ok("SET", "a", "1")
    wire.ok("SAVE")
    wire.ok("SET", "b", "2")
    server.kill()
    wire = server.start().wire()
    assert wire("KEYS", "*") == [b"a"]
    told = persistence(wire)
    assert told["rdb_last_load_keys_loaded"] == "1" and told["rdb_changes_since_last_save"] == "0"
    assert "DB loaded from disk" in server.log_text() and "Done loading RDB, keys loaded: 1" in server.log_text()


@pytest.mark.goal("A start without a snapshot is a start without data")
def test_no_file(fresh_server):
    server = fresh_server(save=POINTS)
    wire = server.wire()
    assert wire("DBSIZE") == 0 and persistence(wire)["rdb_last_load_keys_loaded"] == "0"
    wire.ok("SET", "k", "v")
    shut_down(server, wire)
    dump_path(server).rename(server.dir / "other.rdb")
    wire = server.start().wire()
    assert wire("DBSIZE") == 0
    server.kill()
    server.options["dbfilename"] = "other.rdb"
    assert server.start().wire()("GET", "k") == b"v"


@pytest.mark.goal("A shutdown while a background save runs ends the child; nothing of it is left")
@pytest.mark.parametrize("save", [POINTS, ""], ids=["saving", "not saving"])
def test_child_under_way(fresh_server, save):
    server = fresh_server(save=save)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    child = endless_save(server, wire)
    assert children(server) == [child]
    shut_down(server, wire)
    assert temporary_files(server) == [] and dump_path(server).exists() == bool(save)
    wait_until(lambda: not (server.dir / f"temp-{child}.rdb").exists(), 1, "the temporary file to go")


@pytest.mark.goal("A shutdown whose save fails does not happen, unless it is forced")
def test_failing_save(fresh_server):
    server = fresh_server(save=POINTS)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    dump_path(server).mkdir()
    for words in ([], ["SAVE"], ["NOW"]):
        assert wire.error("SHUTDOWN", *words) == "ERR Errors trying to SHUTDOWN. Check logs."
    server.signal(signal.SIGTERM)
    wait_until(lambda: server.log_text().count("Error trying to save the DB, can't exit.") == 4, 5, "a fourth refusal")
    assert wire("GET", "k") == b"v" and temporary_files(server) == []
    shut_down(server, wire, "FORCE")


@pytest.mark.goal("A server without room for its snapshot can still be ended with NOSAVE")
def test_failing_save_nosave(fresh_server):
    server = fresh_server(save=POINTS)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    dump_path(server).mkdir()
    assert wire.error("SHUTDOWN") == "ERR Errors trying to SHUTDOWN. Check logs."
    shut_down(server, wire, "NOSAVE")


@pytest.mark.goal("Data lives through many ends and starts, changed in each life")
def test_many_lives(fresh_server, rng):
    server = fresh_server(save=POINTS)
    numbers = []
    for life in range(5):
        wire = server.wire()
        assert wire("LRANGE", "l", 0, -1) == [b"%d" % number for number in numbers]
        numbers.append(rng.randrange(1 << 40))
        assert wire("RPUSH", "l", numbers[-1]) == len(numbers)
        shut_down(server, wire)
        server.start()
    assert server.wire()("LLEN", "l") == 5
