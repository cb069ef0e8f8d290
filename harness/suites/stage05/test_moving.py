"""From snapshots to a log and back on a server that is being written to; what goes wrong when it is done wrongly."""

import os
import shutil
import signal

import pytest

from strata_harness.aof_files import base, commands_in, incr
from strata_harness.aof_server import (MANIFEST, STARTED, base_file, current_log, digest, files, log_dir, names, parts,
                                       reborn, rewrite, wait_rewritten)
from strata_harness.hybrid import FORMATS, HYBRID, base_format, carry, goes_on_as_image, use_format
from strata_harness.numbered_writes import Mirror, Writer, operations_held
from strata_harness.sample import fill
from strata_harness.snapshots import (FOREVER_US, background_save, children, contents, dump_path, endless_save,
                                      persistence, wait_saved)
from strata_harness.wait import wait_until

BOTH = pytest.mark.parametrize("form", list(FORMATS))
SNAPSHOTS = {**HYBRID, "appendonly": "no", "appendfsync": "always"}
TEMPORARY = "temp-appendonly.aof.incr"


def snapshots_only(fresh_server, form="image", **options):
    return fresh_server(**{**SNAPSHOTS, "aof_use_rdb_preamble": FORMATS[form], **options})


def switch_on(wire):
    """The right way to a log: the data that is there becomes its base."""
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "ok"


def logged_from_now_on(server):
    """As CONFIG REWRITE would: the next start has the log on."""
    server.options["appendonly"] = "yes"


def written(writer, count):
    """Waits until so many more operations are acknowledged."""
    goal = writer.acknowledged + count
    wait_until(lambda: writer.acknowledged >= goal or not writer.is_alive(), 10, "writes")
    assert writer.is_alive(), writer.problem


# -- under writes ------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.limit(40)
@pytest.mark.goal("Switched on under writes, the log holds them all once INFO says that the rewrite is done")
def test_to_log(fresh_server, form):
    server = snapshots_only(fresh_server, form)
    writer = Writer(server, 0)
    written(writer, 500)
    with server.wire() as wire:
        wire.ok("CONFIG", "SET", "rdb-key-save-delay", 100)
        switch_on(wire)
    written(writer, 50)
    logged_from_now_on(server)
    server.kill()
    acknowledged = writer.finish()
    wire = server.start().wire()
    assert acknowledged <= operations_held(wire) <= writer.sent
    assert digest(wire) == Mirror(fresh_server(enable_debug_command="yes")).digest(operations_held(wire))
    assert base_format(server) == form and names(server) == ["b1", "i1"]
    goes_on_as_image(server)


@BOTH
@pytest.mark.limit(40)
@pytest.mark.goal("Back to snapshots under writes: a save, the log off, a save at the end; nothing is lost")
def test_to_snapshots(fresh_server, form):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    writer = Writer(server, 0)
    written(writer, 300)
    wire = server.wire()
    background_save(wire)
    wire.ok("CONFIG", "SET", "appendonly", "no")
    log_of_then = current_log(server).read_bytes()
    written(writer, 100)
    assert current_log(server).read_bytes() == log_of_then, "off is off"
    acknowledged = writer.finish()
    assert not writer.problem
    before = digest(wire)
    wire.send_command("SHUTDOWN", "SAVE")
    wire.expect_closed()
    assert server.wait_exit() == 0
    server.options["appendonly"] = "no"
    wire = server.start().wire()
    assert operations_held(wire) == acknowledged and digest(wire) == before
    goes_on_as_image(server)


@pytest.mark.limit(40)
@pytest.mark.goal("Back to snapshots while writes pause for the length of a SAVE: kill -9 right after it takes nothing")
def test_to_snapshots_paused(fresh_server):
    server = fresh_server(conf="appendonly yes\n", **{**HYBRID, "appendonly": None})
    writer = Writer(server, 0)
    written(writer, 300)
    wire = server.wire()
    wire.ok("CLIENT", "PAUSE", 20_000, "WRITE")
    wire.ok("SAVE")
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wire.ok("CONFIG", "REWRITE")
    server.kill()
    acknowledged = writer.finish()
    wire = server.start().wire()
    assert wire("CONFIG", "GET", "appendonly")[1] == b"no"
    assert acknowledged <= operations_held(wire) <= writer.sent
    assert digest(wire) == Mirror(fresh_server(enable_debug_command="yes")).digest(operations_held(wire))
    goes_on_as_image(server)


@pytest.mark.limit(60)
@pytest.mark.goal("To and fro three times under writes, each time with a start from what is in force: no write is lost")
def test_to_and_fro(fresh_server):
    server = snapshots_only(fresh_server)
    mirror = Mirror(fresh_server(enable_debug_command="yes"))
    number = 0
    for turn in range(3):
        form = ["image", "commands"][turn % 2]
        writer = Writer(server, number)
        written(writer, 100)
        wire = server.wire()
        use_format(wire, form)
        switch_on(wire)
        assert base_format(server) == form and [part.type for part in parts(server)] == ["b", "i"]
        written(writer, 50)
        logged_from_now_on(server)
        server.kill()
        acknowledged = writer.finish()
        wire = server.start().wire()
        number = operations_held(wire)
        assert acknowledged <= number <= writer.sent and digest(wire) == mirror.digest(number)
        writer = Writer(server, number)
        written(writer, 50)
        wire.ok("CONFIG", "SET", "appendonly", "no")
        number = writer.finish()
        wire.ok("SAVE")
        server.options["appendonly"] = "no"
        wire = reborn(server)
        assert operations_held(wire) == number and digest(wire) == mirror.digest(number)


@BOTH
@pytest.mark.goal("A crash before the first base is done leaves the snapshots as they were, and no manifest")
def test_crash_on_the_way(fresh_server, form):
    server = snapshots_only(fresh_server, form)
    wire = server.wire()
    wire.ok("SET", "saved", "1")
    wire.ok("SAVE")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    wire.ok("SET", "meanwhile", "1")
    wait_until(lambda: children(server), 5, "the child")
    assert files(server) == [TEMPORARY]
    assert commands_in((log_dir(server) / TEMPORARY).read_bytes()) == [
        (b"SELECT", b"0"), (b"SET", b"meanwhile", b"1")]
    assert contents(reborn(server)) == {b"saved": b"1"}
    switch_on(server.wire())
    server.wire().ok("SET", "more", "2")
    logged_from_now_on(server)
    assert contents(reborn(server)) == {b"saved": b"1", b"more": b"2"} and TEMPORARY not in files(server)
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("Switched on while a snapshot is being saved, the log begins as soon as that is done")
def test_during_save(fresh_server, form):
    server = snapshots_only(fresh_server, form)
    wire = server.wire()
    wire.ok("SET", "k", "1")
    child = endless_save(server, wire)
    wire.ok("CONFIG", "SET", "appendonly", "yes")
    told = persistence(wire)
    assert (told["aof_enabled"], told["aof_rewrite_scheduled"], told["aof_rewrite_in_progress"]) == ("1", "1", "0")
    wire.ok("SET", "l", "2")
    os.kill(child, signal.SIGKILL)
    wait_saved(wire)
    wait_rewritten(wire)
    wire.ok("SET", "m", "3")
    assert base_format(server) == form and names(server) == ["b1", "i1"]
    assert commands_in(current_log(server).read_bytes()) == [(b"SELECT", b"0"), (b"SET", b"m", b"3")]
    logged_from_now_on(server)
    assert contents(reborn(server)) == {b"k": b"1", b"l": b"2", b"m": b"3"}
    goes_on_as_image(server)


@pytest.mark.goal("Switched off while a rewrite runs: its child goes, the files stay; on again all is well")
def test_off_during_rewrite(fresh_server):
    server = fresh_server(**HYBRID)
    wire = server.wire()
    wire.ok("SET", "k", "1")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGREWRITEAOF") == STARTED
    wait_until(lambda: children(server), 5, "the child")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0, "appendonly", "no")
    wait_until(lambda: not children(server), 5, "the child to go")
    wait_until(lambda: not list(server.dir.glob("temp-rewriteaof-*")), 5, "its file to go")
    assert names(server) == ["b1", "i1", "i2"]
    wire.ok("SET", "k", "2")
    switch_on(wire)
    assert names(server) == ["b2", "i3"]
    assert contents(reborn(server)) == {b"k": b"2"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("A change of the option while the child writes does not mix formats: what is installed loads")
def test_format_changed_meanwhile(fresh_server, form):
    server = fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form]})
    wire = server.wire()
    wire.ok("MSET", *(word for i in range(100) for word in (f"k{i}", i)))
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 2000)
    assert wire("BGREWRITEAOF") == STARTED
    use_format(wire, "commands" if form == "image" else "image")
    wire.ok("SET", "meanwhile", "1")
    wait_rewritten(wire)
    assert base_file(server).read_bytes().startswith(b"REDIS") == (form == "image")
    before = digest(wire)
    assert digest(reborn(server)) == before
    goes_on_as_image(server)


# -- the wrong way and the right one -----------------------------------------------------------------------------------


@BOTH
@pytest.mark.goal("appendonly yes at a start with nothing but a snapshot starts empty; the snapshot is the way back")
def test_the_wrong_way(fresh_server, rng, form):
    server = snapshots_only(fresh_server, form)
    wire = server.wire()
    fill(wire, rng, 10)
    wire.ok("SAVE")
    before, snapshot = digest(wire), dump_path(server).read_bytes()
    logged_from_now_on(server)
    wire = reborn(server)
    assert wire("DBSIZE") == 0 and digest(wire) == "0" * 40
    assert base_format(server) == form and dump_path(server).read_bytes() == snapshot
    server.kill()
    shutil.rmtree(log_dir(server))
    server.options["appendonly"] = "no"
    wire = server.start().wire()
    assert digest(wire) == before, "the way back"
    switch_on(wire)
    logged_from_now_on(server)
    assert digest(reborn(server)) == before, "and the right way on"
    assert dump_path(server).read_bytes() == snapshot
    goes_on_as_image(server)


@pytest.mark.goal("The wrong way with a save point is worse: the empty server saves over the snapshot at its end")
def test_the_worst_way(fresh_server):
    server = snapshots_only(fresh_server, save="3600 1")
    server.wire().ok("SET", "k", "v")
    server.stop()
    logged_from_now_on(server)
    wire = server.start().wire()
    assert wire("DBSIZE") == 0
    server.stop()
    server.options["appendonly"] = "no"
    assert server.start().wire()("DBSIZE") == 0
    server.wire().ok("SET", "k", "v")
    goes_on_as_image(server)


@pytest.mark.goal("CONFIG REWRITE makes the log stay on, and the start from that file has the data")
def test_config_rewrite(fresh_server):
    server = fresh_server(conf="appendonly no\n", enable_debug_command="yes")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    switch_on(wire)
    wire.ok("CONFIG", "REWRITE")
    assert "appendonly yes" in server.conf_path.read_text()
    assert contents(reborn(server)) == {b"k": b"v"}
    goes_on_as_image(server)


@pytest.mark.goal("A log that was off meanwhile is out of date; a start loads it although the snapshot is newer")
def test_stale_log(fresh_server):
    server = fresh_server(**HYBRID)
    wire = server.wire()
    wire.ok("SET", "k", "in the log")
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wire.ok("SET", "k", "in the snapshot")
    wire.ok("SAVE")
    assert contents(reborn(server)) == {b"k": b"in the log"}
    server.options["appendonly"] = "no"
    assert contents(reborn(server)) == {b"k": b"in the snapshot"}
    goes_on_as_image(server)


@pytest.mark.goal("Switched on again, the log forgets what it held before: all of that becomes history")
def test_on_again(fresh_server):
    server = fresh_server(**HYBRID, aof_disable_auto_gc="yes")
    wire = server.wire()
    wire.ok("SET", "k", "old")
    wire.ok("SET", "gone", "1")
    wire.ok("CONFIG", "SET", "appendonly", "no")
    wire("DEL", "gone")
    wire.ok("SET", "k", "new")
    use_format(wire, "commands")
    switch_on(wire)
    assert parts(server)[0] == base(2) and names(server) == ["b2", "h1", "h1", "i2"]
    wire.ok("CONFIG", "SET", "aof-disable-auto-gc", "no")
    assert files(server) == [base(2).name, incr(2).name, MANIFEST]
    assert contents(reborn(server)) == {b"k": b"new"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("BGREWRITEAOF with the log off makes a base alone, which a start with the log on takes up")
def test_base_alone(fresh_server, form):
    server = snapshots_only(fresh_server, form)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    rewrite(wire)
    assert names(server) == ["b1"] and base_format(server) == form
    assert reborn(server)("DBSIZE") == 0, "off is off"
    logged_from_now_on(server)
    wire = reborn(server)
    assert contents(wire) == {b"k": b"v"} and names(server) == ["b1", "i1"]
    wire.ok("SET", "l", "w")
    assert contents(reborn(server)) == {b"k": b"v", b"l": b"w"}
    goes_on_as_image(server)


@BOTH
@pytest.mark.goal("A log that was switched on on one server is whole: the other one starts from it")
def test_moved_to_redis(fresh_server, reference, rng, form):
    source = snapshots_only(fresh_server, form)
    wire = source.wire()
    fill(wire, rng, 10)
    switch_on(wire)
    wire.ok("SET", "more", "1")
    before = digest(wire)
    assert base_format(source) == form
    target = reference(start=False, **HYBRID)
    carry(source, target)
    wire = target.start().wire()
    assert digest(wire) == before
    use_format(wire, "image")
    rewrite(wire)
    logged_from_now_on(source)
    carry(target, source)
    assert digest(source.start().wire()) == before, "and back again, as an image"
