"""The files of the append-only log: where they lie, how they are called, how their numbers go on."""

import re
import stat

import pytest

from strata_harness.aof_files import Part, base, incr, log, manifest, read_manifest
from strata_harness.aof_server import (MANIFEST, OPTIONS, base_file, current_log, files, log_dir, names, parts, reborn,
                                       rewrite, with_log)
from strata_harness.snapshots import refuse

LOGGED = {**OPTIONS, "appendfsync": "always"}


@pytest.mark.goal("A first start makes the directory, an empty base, an empty log, and the manifest that names them")
def test_first_start(fresh_server):
    server = fresh_server(**LOGGED)
    assert files(server) == ["appendonly.aof.1.base.aof", "appendonly.aof.1.incr.aof", MANIFEST]
    assert (log_dir(server) / MANIFEST).read_bytes() == (b"file appendonly.aof.1.base.aof seq 1 type b\n"
                                                         b"file appendonly.aof.1.incr.aof seq 1 type i\n")
    assert base_file(server).read_bytes() == b"" and current_log(server).read_bytes() == b""
    assert stat.S_IMODE(log_dir(server).stat().st_mode) == 0o755
    for path in log_dir(server).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o644, path.name
    assert not list(server.dir.glob("temp*"))


@pytest.mark.goal("Without appendonly there is no directory and no file; they come with the first start that asks for them")
def test_off(fresh_server):
    server = fresh_server()
    server.wire().ok("SET", "k", "v")
    assert not log_dir(server).exists()
    server.options.update(LOGGED)
    reborn(server)
    assert names(server) == ["b1", "i1"]


@pytest.mark.goal("The log holds the command before its client has the reply")
def test_written(fresh_server):
    server = fresh_server(**LOGGED)
    wire = server.wire()
    for i in range(50):
        wire.ok("SET", f"k{i}", i)
        assert current_log(server).read_bytes().endswith(log(f"SET k{i} {i}"))


@pytest.mark.goal("After a restart the same files go on; the manifest stays as it is, byte for byte")
def test_restart(fresh_server):
    server = fresh_server(**LOGGED)
    server.wire().ok("SET", "a", "1")
    before = (log_dir(server) / MANIFEST).read_bytes()
    for expected in (b"1", b"1", b"1"):
        wire = reborn(server)
        assert wire("GET", "a") == expected and wire("DBSIZE") == 1
    wire.ok("SET", "b", "2")
    assert (log_dir(server) / MANIFEST).read_bytes() == before
    assert current_log(server).read_bytes() == log("SELECT 0", "SET a 1", "SELECT 0", "SET b 2")


@pytest.mark.goal("A clean end leaves everything in the log: SHUTDOWN and SIGTERM, whatever appendfsync says")
@pytest.mark.parametrize("policy", ["always", "everysec", "no"])
def test_clean_end(fresh_server, policy):
    server = fresh_server(**{**LOGGED, "appendfsync": policy})
    wire = server.wire()
    for i in range(2000):
        wire.send_command("RPUSH", "l", i)
    assert wire.read_many(2000)[-1] == 2000
    server.restart()
    wire = server.wire()
    assert wire("LLEN", "l") == 2000
    assert wire("RPUSH", "l", "last") == 2001
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert server.start().wire()("LRANGE", "l", -2, -1) == [b"1999", b"last"]


@pytest.mark.goal("SHUTDOWN does not save an RDB file besides the log unless there are save points")
@pytest.mark.parametrize("save", ["", "3600 1"])
def test_shutdown_with_save_points(fresh_server, save):
    server = fresh_server(**LOGGED, save=save)
    wire = server.wire()
    wire.ok("SET", "k", "v")
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    assert server.wait_exit() == 0
    assert (server.dir / "dump.rdb").exists() == bool(save)


@pytest.mark.goal("appendfilename and appenddirname name the files and their directory; the temporary ones are gone")
def test_names(fresh_server):
    server = fresh_server(**LOGGED, appendfilename="log", appenddirname="somewhere else")
    folder = server.dir / "somewhere else"
    wire = server.wire()
    wire.ok("SET", "k", "v")
    rewrite(wire)
    assert {path.name for path in folder.iterdir()} == {"log.2.base.aof", "log.2.incr.aof", "log.manifest"}
    assert read_manifest((folder / "log.manifest").read_bytes()) == [base(2, "log"), incr(2, "log")]
    assert not log_dir(server).exists()
    assert reborn(server)("GET", "k") == b"v"


@pytest.mark.parametrize("name", ["a b", 'say "hi"', "tab\there", "schl\u00fcssel"])
@pytest.mark.goal("A file name with spaces, quotes, backslashes or odd bytes is quoted in the manifest and read again")
def test_quoted_name(fresh_server, name):
    server = fresh_server(start=False, conf=f'appendfilename "{_escaped(name)}"\n', **LOGGED).start()
    wire = server.wire()
    wire.ok("SET", "k", "v")
    text = (log_dir(server) / f"{name}.manifest").read_bytes()
    entries = read_manifest(text)
    assert entries == [Part(f"{name}.1.base.aof", 1, "b"), Part(f"{name}.1.incr.aof", 1, "i")]
    assert all(re.match(rb'file "[ -~]*" seq ', line) for line in text.splitlines())
    wire = reborn(server)
    assert wire("GET", "k") == b"v"
    rewrite(wire)
    assert reborn(server)("GET", "k") == b"v"


def _escaped(name):
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")


@pytest.mark.parametrize("option", ["appendfilename", "appenddirname"])
@pytest.mark.goal("appendfilename and appenddirname cannot change while the server runs, nor be paths, nor be empty")
def test_immutable_names(fresh_server, option):
    server = fresh_server(**LOGGED)
    wire = server.wire()
    assert names(server) == ["b1", "i1"]
    assert wire.error("CONFIG", "SET", option, "x") == (
        f"ERR CONFIG SET failed (possibly related to argument '{option}') - can't set immutable config")
    assert wire("CONFIG", "GET", option) == [option.encode(), {"appendfilename": b"appendonly.aof",
                                                               "appenddirname": b"appendonlydir"}[option]]
    server.kill()
    for wrong in ("sub/name", "/tmp/name", "back\\slash", ""):
        server.options[option] = wrong
        log = refuse(server)
        assert option in log


@pytest.mark.goal("The options of the log have the defaults and the values of Redis 7.0")
def test_options(fresh_server):
    server = fresh_server()
    wire = server.wire()
    defaults = {"appendonly": "no", "appendfsync": "everysec", "no-appendfsync-on-rewrite": "no",
                "auto-aof-rewrite-percentage": "100", "auto-aof-rewrite-min-size": "67108864",
                "aof-load-truncated": "yes", "aof-timestamp-enabled": "no", "aof-rewrite-incremental-fsync": "yes",
                "aof-disable-auto-gc": "no"}
    for name, value in defaults.items():
        assert wire("CONFIG", "GET", name) == [name.encode(), value.encode()]
    wire.ok("CONFIG", "SET", "auto-aof-rewrite-min-size", "1mb", "auto-aof-rewrite-percentage", "0")
    assert wire("CONFIG", "GET", "auto-aof-rewrite-min-size") == [b"auto-aof-rewrite-min-size", b"1048576"]
    for policy in ("always", "no", "everysec"):
        wire.ok("CONFIG", "SET", "appendfsync", policy)
    for name, wrong in (("appendfsync", "sometimes"), ("appendonly", "maybe"), ("auto-aof-rewrite-percentage", "-1"),
                        ("auto-aof-rewrite-min-size", "x"), ("aof-load-truncated", "2")):
        assert wire.error("CONFIG", "SET", name, wrong).startswith("ERR CONFIG SET failed")
    server.options["appendonly"] = "yes"
    assert reborn(server)("CONFIG", "GET", "appendonly") == [b"appendonly", b"yes"] and len(names(server)) == 2


@pytest.mark.goal("The numbers go on where the manifest stands, for bases and logs by themselves")
def test_numbers(fresh_server):
    server = with_log(fresh_server, {base(7): log("SET a 1"), incr(12): b"", incr(20): log("SET b 2")}, **LOGGED)
    wire = server.wire()
    assert wire("DBSIZE") == 2 and current_log(server).name == incr(20).name
    rewrite(wire)
    assert parts(server) == [base(8), incr(21)]
    assert files(server) == ["appendonly.aof.21.incr.aof", "appendonly.aof.8.base.aof", MANIFEST]
    rewrite(wire)
    assert names(server) == ["b9", "i22"]


@pytest.mark.goal("Files may bear any name that the manifest gives them; new ones get the configured name")
def test_foreign_names(fresh_server):
    first, second = Part("some base", 1, "b"), Part("a log", 3, "i")
    entries = b'FILE "some base" sEq 1 type base\nfile \'a log\' seq 3 type i\n'
    server = with_log(fresh_server, {first: log("SET a 1"), second: log("SET b 2")}, entries, **LOGGED)
    wire = server.wire()
    wire.ok("SET", "c", "3")
    assert (log_dir(server) / "a log").read_bytes() == log("SET b 2", "SELECT 0", "SET c 3")
    rewrite(wire)
    assert parts(server) == [base(2), incr(4)]
    assert reborn(server)("MGET", "a", "b", "c") == [b"1", b"2", b"3"]


@pytest.mark.goal("Files that the manifest does not name are left alone")
def test_strangers(fresh_server):
    stranger = incr(9)
    server = with_log(fresh_server, {base(1): log("SET a 1"), incr(1): b"", stranger: log("SET a 9"), "notes": b"x"},
                      [base(1), incr(1)], **LOGGED)
    wire = server.wire()
    assert wire("GET", "a") == b"1"
    rewrite(wire)
    assert (log_dir(server) / stranger.name).read_bytes() == log("SET a 9")
    assert (log_dir(server) / "notes").read_bytes() == b"x"


@pytest.mark.goal("A log that a crashed rewrite left behind without its manifest is overwritten when its number comes")
def test_orphan(fresh_server):
    server = with_log(fresh_server, {base(1): log("SET a 1"), incr(1): b"", incr(2): log("SET a wrong"),
                                     base(2): log("SET a wrong"), "temp-appendonly.aof.manifest": b"half a li"},
                      [base(1), incr(1)], **LOGGED)
    wire = server.wire()
    rewrite(wire)
    assert names(server) == ["b2", "i2"] and current_log(server).read_bytes() == b""
    wire.ok("SET", "b", "2")
    assert reborn(server)("MGET", "a", "b") == [b"1", b"2"]
    assert "temp-appendonly.aof.manifest" not in files(server)


@pytest.mark.parametrize("entries", [[], [incr(1)], [base(1)]], ids=["none", "no base", "no log"])
@pytest.mark.goal("A manifest without base, or without a log, is completed at the start")
def test_incomplete(fresh_server, entries):
    contents = {part: log("SET a 1") for part in entries}
    server = with_log(fresh_server, contents, manifest(entries) or b"# nothing\n", **LOGGED)
    wire = server.wire()
    assert wire("GET", "a") == (b"1" if entries else None)
    expected = {0: ["b1", "i1"], 1: ["i1"]}[len(entries) and int(entries[0].type == "i")] if entries != [base(1)] else \
        ["b1", "i1"]
    assert names(server) == expected
    wire.ok("SET", "b", "2")
    assert reborn(server)("GET", "b") == b"2"
