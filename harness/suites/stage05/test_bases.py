"""The base of the log, as an image and as commands: what is in it, what INFO tells of it, what a failed rewrite leaves."""

import os
import signal

import pytest

from strata_harness.aof_files import commands_in
from strata_harness.aof_server import (MANIFEST, STARTED, base_file, current_log, digest, endless_rewrite, files,
                                       log_dir, names, reborn, rewrite, wait_rewritten)
from strata_harness.disk import limit_file_size, survives_full_disk
from strata_harness.hybrid import FORMATS, HYBRID, base_format, base_image, goes_on_as_image, hybrid
from strata_harness.rdb_file import AUX, EOF, IDLE, LIST_QUICKLIST_2, RESIZEDB, SELECTDB, STRING
from strata_harness.sample import fill
from strata_harness.snapshots import children, contents, dump_file, persistence, temporary_files
from strata_harness.wait import wait_until

BOTH = pytest.mark.parametrize("form", list(FORMATS))
AUX_NAMES = [b"redis-ver", b"redis-bits", b"ctime", b"used-mem", b"aof-base"]


# -- the image ---------------------------------------------------------------------------------------------------------


@pytest.mark.goal("The option is on by default; a first start then makes an empty image as the base")
def test_first_start(fresh_server):
    server = fresh_server(appendonly="yes")
    assert server.wire()("CONFIG", "GET", "aof-use-rdb-preamble") == [b"aof-use-rdb-preamble", b"yes"]
    assert (log_dir(server) / MANIFEST).read_bytes() == (b"file appendonly.aof.1.base.rdb seq 1 type b\n"
                                                         b"file appendonly.aof.1.incr.aof seq 1 type i\n")
    assert files(server) == ["appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", MANIFEST]
    file = base_image(server)
    assert file.opcodes == [AUX] * 5 + [EOF] and file.keys == [] and file.checksum == file.real_checksum
    assert base_file(server).stat().st_size == 89 and current_log(server).stat().st_size == 0
    assert temporary_files(server) == []


@pytest.mark.goal("An image says aof-base 1 and nothing of replication; a snapshot of the same data says aof-base 0")
def test_aux(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    rewrite(wire)
    wire.ok("SAVE")
    made, dump = base_image(server), dump_file(server)
    assert [name for name, _ in made.aux] == AUX_NAMES
    assert dict(made.aux)[b"redis-ver"] == b"7.0.15" and dict(made.aux)[b"redis-bits"] == b"64"
    assert dict(made.aux)[b"aof-base"] == b"1" and dict(dump.aux)[b"aof-base"] == b"0"
    assert [(key.name, key.value) for key in made.keys] == [(b"k", b"v")]


@pytest.mark.goal("A rewrite's image is laid out as a snapshot: databases, their sizes, keys, times, checksum")
def test_layout(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    wire.ok("SET", "a", "1", "PXAT", 4102444800000)
    wire("RPUSH", "l", "x", "y")
    wire.ok("SELECT", 9)
    wire.ok("SET", "b", "2")
    rewrite(wire)
    file = base_image(server)
    assert file.opcodes[:7] == [AUX] * 5 + [SELECTDB, RESIZEDB]
    assert file.opcodes[-4:] == [SELECTDB, RESIZEDB, STRING, EOF]
    assert file.announced == {0: (2, 1), 9: (1, 0)}
    assert {(key.db, key.name): (key.type, key.value, key.expire_ms) for key in file.keys} == {
        (0, b"a"): (STRING, b"1", 4102444800000), (0, b"l"): (LIST_QUICKLIST_2, [b"x", b"y"], None),
        (9, b"b"): (STRING, b"2", None)}
    assert file.checksum == file.real_checksum != 0


@pytest.mark.goal("The image obeys what a snapshot obeys: rdbcompression, rdbchecksum, a policy that keeps idle times")
def test_options_of_snapshots(fresh_server):
    server = hybrid(fresh_server, rdbchecksum="no", maxmemory_policy="allkeys-lru", maxmemory="100mb")
    wire = server.wire()
    wire.ok("SET", "k", "x" * 1000)
    rewrite(wire)
    file = base_image(server)
    assert file.checksum == 0 and IDLE in file.opcodes and base_file(server).stat().st_size < 300
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    rewrite(wire)
    assert base_file(server).stat().st_size > 1000
    assert reborn(server)("GET", "k") == b"x" * 1000


@pytest.mark.goal("An image of no data is as small as the first one")
def test_empty(fresh_server):
    server = hybrid(fresh_server)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire("DEL", "k")
    rewrite(wire)
    assert base_image(server).opcodes == [AUX] * 5 + [EOF] and names(server) == ["b2", "i2"]
    assert reborn(server)("DBSIZE") == 0


@BOTH
@pytest.mark.goal("Time stamps stand in front of a base of commands, and nowhere in an image")
def test_time_stamps(fresh_server, form):
    server = hybrid(fresh_server, form, aof_timestamp_enabled="yes")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    rewrite(wire)
    wire.ok("SET", "l", "w")
    assert (b"#TS:" in base_file(server).read_bytes()) == (form == "commands")
    assert base_format(server) == form
    assert contents(reborn(server)) == {b"k": b"v", b"l": b"w"}
    goes_on_as_image(server)


# -- both formats ------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.goal("Data of every type in all databases goes into the base and comes back, with nothing left in the log")
def test_all_types(fresh_server, rng, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    fill(wire, rng)
    before = digest(wire)
    rewrite(wire)
    assert base_format(server) == form and current_log(server).stat().st_size == 0
    assert digest(reborn(server)) == before != "0" * 40
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("What is written while the child writes stands in the log behind the base, which is of the fork")
def test_writes_meanwhile(fresh_server, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    wire("RPUSH", "l", *range(100))
    for i in range(100):
        wire.ok("SET", f"k{i}", "before")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 5000)
    assert wire("BGREWRITEAOF") == STARTED
    [child] = wait_until(lambda: children(server), 5, "the child")
    os.kill(child, signal.SIGSTOP)
    wire.ok("SELECT", 3)
    wire.ok("SET", "other", "1")
    wire.ok("SELECT", 0)
    for i in range(0, 100, 2):
        wire.ok("SET", f"k{i}", "after")
        wire("LPOP", "l")
    assert persistence(wire)["aof_rewrite_in_progress"] == "1"
    before = digest(wire)
    os.kill(child, signal.SIGCONT)
    wait_rewritten(wire)
    assert b"after" not in base_file(server).read_bytes()
    appended = commands_in(current_log(server).read_bytes())
    assert appended[:3] == [(b"SELECT", b"3"), (b"SET", b"other", b"1"), (b"SELECT", b"0")] and len(appended) == 103
    assert digest(reborn(server)) == before
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("INFO tells the size of the base after a rewrite and after a start, and the sum of all files")
def test_sizes(fresh_server, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    wire.ok("SET", "k", "v" * 500)
    rewrite(wire)
    size = base_file(server).stat().st_size
    assert persistence(wire)["aof_base_size"] == str(size) == persistence(wire)["aof_current_size"]
    wire.ok("SET", "l", "w")
    whole = size + current_log(server).stat().st_size
    assert persistence(wire)["aof_current_size"] == str(whole)
    told = persistence(reborn(server))
    assert (told["aof_base_size"], told["aof_current_size"]) == (str(size), str(whole))
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("INFO counts the keys that the child has written, whatever it writes")
def test_progress(fresh_server, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    wire.ok("MSET", *(word for i in range(3000) for word in (f"k{i}", "v")))
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 1000)
    assert wire("BGREWRITEAOF") == STARTED
    told = wait_until(lambda: (found := persistence(wire))["current_save_keys_processed"] != "0" and found, 5,
                      "the child to tell what it has done")
    assert told["current_save_keys_total"] == "3000" and 0 < int(told["current_save_keys_processed"]) < 3000
    assert told["aof_rewrite_in_progress"] == "1" and told["rdb_bgsave_in_progress"] == "0"
    wait_rewritten(wire)
    assert base_format(server) == form
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("A child that dies leaves the old base and every log since; nothing of it stays behind")
def test_child_dies(fresh_server, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    wire.ok("SET", "k", "1")
    rewrite(wire)
    before = base_file(server).read_bytes()
    child = endless_rewrite(server, wire)
    wire.ok("SET", "l", "2")
    os.kill(child, signal.SIGKILL)
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "err" and temporary_files(server) == []
    assert names(server) == ["b2", "i2", "i3"] and base_file(server).read_bytes() == before
    assert contents(reborn(server)) == {b"k": b"1", b"l": b"2"}
    goes_on_as_image(server)


@pytest.mark.goal("An image for which the disk has no room is a failed rewrite; the base stays, and the next one is good")
def test_full_disk(fresh_server):
    server = survives_full_disk(fresh_server(start=False, **HYBRID, rdbcompression="no")).start()
    wire = server.wire()
    wire.ok("SET", "k", "x" * 150_000)
    before = base_file(server).read_bytes()
    for size in (1000, 100_000):
        limit_file_size(server, size)
        assert wire("BGREWRITEAOF") == STARTED
        wait_rewritten(wire)
        assert persistence(wire)["aof_last_bgrewrite_status"] == "err" and temporary_files(server) == []
        assert names(server)[0] == "b1" and base_file(server).read_bytes() == before
    limit_file_size(server, None)
    rewrite(wire)
    assert [(key.name, key.value) for key in base_image(server).keys] == [(b"k", b"x" * 150_000)]


@BOTH
@pytest.mark.goal("DEBUG LOADAOF reads base and log as a start would")
def test_debug_loadaof(fresh_server, rng, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    fill(wire, rng, 10)
    rewrite(wire)
    wire.ok("SET", "k", "v")
    before = digest(wire)
    wire.ok("DEBUG", "LOADAOF")
    assert digest(wire) == before
    goes_on_as_image(server)
