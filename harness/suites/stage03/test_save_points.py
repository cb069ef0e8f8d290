"""Save points: after so many seconds with so many changes the server saves by itself; and how they are configured."""

import os

import pytest

from strata_harness.snapshots import (background_save, children, dump_file, dump_path, endless_save, persistence,
                                      temporary_files, wait_saved)
from strata_harness.wait import wait_until

INVALID = "ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save parameters"
DEFAULT = b"3600 1 300 100 60 10000"


def until_passed(wire, seconds):
    """Until so many seconds have gone by on the server's clock."""
    start = wire("TIME")
    begin = int(start[0]) + int(start[1]) / 1e6

    def passed():
        now = wire("TIME")
        return int(now[0]) + int(now[1]) / 1e6 > begin + seconds

    wait_until(passed, seconds + 5, f"{seconds} s to pass")


def saves_at_its_end(server):
    """Whether the server, when it is ended, takes its save points for a reason to save."""
    server.wire().ok("SET", "k", "v")
    server.stop()
    return dump_path(server).exists()


@pytest.mark.goal("Save points are shown as they were given: in one word, in several, more than one; or as none")
def test_config_get(fresh_server):
    server = fresh_server(save=["900", "1", "300", "10"])
    assert server.wire()("CONFIG", "GET", "save") == [b"save", b"900 1 300 10"]
    assert saves_at_its_end(server)
    wire = fresh_server(save="60 5").wire()
    assert wire("CONFIG", "GET", "save") == [b"save", b"60 5"]
    for value, shown in (("100 1 200 2", b"100 1 200 2"), ("7 8", b"7 8"), ("", b""), ("5 0", b"5 0")):
        wire.ok("CONFIG", "SET", "save", value)
        assert wire("CONFIG", "GET", "save")[1] == shown


@pytest.mark.parametrize("conf, shown", [
    ("# no save line\n", DEFAULT), ("save 900 1\nsave 300 10\n", b"900 1 300 10"), ("save \"\"\n", b""),
    ("save 5 1 6 2\n", b"5 1 6 2"), ("save 900 1\nsave \"\"\nsave 7 3\n", b"7 3")])
@pytest.mark.goal("Without a save line there are three save points; lines of a file add up, \"\" clears those before")
def test_config_file(fresh_server, conf, shown):
    server = fresh_server(conf=conf, save=None)
    assert server.wire()("CONFIG", "GET", "save") == [b"save", shown]
    assert saves_at_its_end(server) == bool(shown)
    server.start().wire().ok("SAVE")
    assert dump_path(server).exists()


@pytest.mark.parametrize("value", ["5", "x 1", "1 x", "0 1", "-1 1", "1 -1", "1 2 3", "1  2 x"])
@pytest.mark.goal("Save points that make no sense are refused, and the old ones stay")
def test_invalid(fresh_server, value):
    server = fresh_server(save="60 5")
    wire = server.wire()
    assert wire.error("CONFIG", "SET", "save", value) == INVALID
    assert wire("CONFIG", "GET", "save")[1] == b"60 5"
    assert saves_at_its_end(server)


@pytest.mark.goal("A save point fires once enough changes and enough seconds have come together")
def test_fires(fresh_server):
    server = fresh_server(save="1 3")
    wire = server.wire()
    wire("MSET", "a", "1", "b", "2", "c", "3")
    wait_until(dump_path(server).exists, 8, "the save point to fire")
    wait_saved(wire)
    assert {key.name for key in dump_file(server).keys} == {b"a", b"b", b"c"}
    server.wait_log("3 changes in 1 seconds. Saving...")
    assert persistence(wire)["rdb_changes_since_last_save"] == "0"


@pytest.mark.goal("With one change too few a save point does not fire; the missing change makes it")
def test_too_few_changes(fresh_server):
    server = fresh_server(save="1 3")
    wire = server.wire()
    wire("MSET", "a", "1", "b", "2")
    until_passed(wire, 3)
    assert not dump_path(server).exists() and persistence(wire)["rdb_changes_since_last_save"] == "2"
    wire.ok("SET", "c", "3")
    wait_until(dump_path(server).exists, 5, "the save point to fire")


@pytest.mark.goal("Before its seconds are over a save point does not fire, however many changes there are")
def test_too_early(fresh_server):
    server = fresh_server(save="3600 1")
    wire = server.wire()
    for _ in range(100):
        wire("INCR", "k")
    until_passed(wire, 2)
    assert not dump_path(server).exists() and persistence(wire)["rdb_changes_since_last_save"] == "100"
    wire.ok("CONFIG", "SET", "save", "1 100")
    wait_until(dump_path(server).exists, 5, "the new save point to fire")


@pytest.mark.goal("Any one of several save points may fire; reading and failing commands are no changes")
def test_several(fresh_server):
    server = fresh_server(save="3600 1 1 2")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    for command in (["GET", "k"], ["DEL", "none"], ["LPUSH", "k", "x"], ["SETNX", "k", "w"], ["EXPIRE", "none", "9"]):
        wire(*command)
    until_passed(wire, 2.5)
    assert persistence(wire)["rdb_changes_since_last_save"] == "1" and not dump_path(server).exists()
    assert wire("DEL", "k") == 1
    wait_until(dump_path(server).exists, 5, "the second save point to fire")


@pytest.mark.goal("With save \"\" nothing is ever saved by itself, also not after CONFIG SET save \"\"")
def test_none(fresh_server):
    servers = [fresh_server(save=""), fresh_server(save="1 1")]
    wires = [server.wire() for server in servers]
    wires[1].ok("CONFIG", "SET", "save", "")
    for wire in wires:
        for i in range(50):
            wire.ok("SET", f"k{i}", "v")
    until_passed(wires[1], 2.5)
    for server, wire in zip(servers, wires):
        assert not dump_path(server).exists() and persistence(wire)["rdb_changes_since_last_save"] == "50"
    wires[0].ok("CONFIG", "SET", "save", "1 50")
    wait_until(dump_path(servers[0]).exists, 5, "a save point to fire")


@pytest.mark.goal("After a save the seconds begin anew")
def test_anew(fresh_server):
    server = fresh_server(save="2 1")
    wire = server.wire()
    wire.ok("SET", "a", "1")
    until_passed(wire, 1.2)
    wire.ok("SAVE")
    saved = wire("LASTSAVE")
    inode = os.stat(dump_path(server)).st_ino
    wire.ok("SET", "b", "2")
    wait_until(lambda: os.stat(dump_path(server)).st_ino != inode, 8, "the save point to fire again")
    wait_saved(wire)
    assert wire("LASTSAVE") > saved + 1


@pytest.mark.goal("A save that failed is tried again, but not at once: some five seconds later")
def test_tried_again(fresh_server):
    server = fresh_server(save="1 1", stop_writes_on_bgsave_error="no")
    wire = server.wire()
    dump_path(server).mkdir()
    wire.ok("SET", "k", "v")
    wait_until(lambda: persistence(wire)["rdb_last_bgsave_status"] == "err", 8, "the save to fail")
    until_passed(wire, 3)
    assert server.log_text().count("Background saving started") == 1
    dump_path(server).rmdir()
    wait_until(lambda: persistence(wire)["rdb_last_bgsave_status"] == "ok", 8, "another attempt")
    assert [key.name for key in dump_file(server).keys] == [b"k"]


@pytest.mark.goal("While save points exist FLUSHALL saves the empty dataset at once; without them it touches no file")
def test_flushall(fresh_server):
    server = fresh_server(save="3600 1000")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.ok("SAVE")
    wire.ok("FLUSHALL")
    assert dump_file(server).keys == []
    wire.ok("SET", "k", "v")
    wire.ok("SAVE")
    wire.ok("CONFIG", "SET", "save", "")
    wire.ok("FLUSHALL")
    assert [key.name for key in dump_file(server).keys] == [b"k"]
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "save", "3600 1000")
    wire.ok("FLUSHDB")
    assert [key.name for key in dump_file(server).keys] == [b"k"], "FLUSHDB saves nothing"


@pytest.mark.goal("FLUSHALL with save points replaces a background save under way by its own, empty snapshot")
def test_flushall_during_save(fresh_server):
    server = fresh_server(save="3600 1000")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    endless_save(server, wire)
    wire.ok("FLUSHALL")
    assert dump_file(server).keys == []
    wait_saved(wire)
    assert children(server) == [] and temporary_files(server) == []


@pytest.mark.goal("A scheduled save is no matter of save points: it starts though there are none")
def test_scheduled_without_points(fresh_server):
    server = fresh_server(save="")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.ok("MULTI")
    assert wire("BGSAVE", "SCHEDULE") == "QUEUED"
    assert wire("EXEC") == ["Background saving scheduled"]
    wait_until(dump_path(server).exists, 5, "the scheduled save")
    wait_saved(wire)
    background_save(wire)
