"""Manifests: what may stand in them, and every way in which one is wrong and keeps the server from starting."""

import re

import pytest

from strata_harness.aof_files import Part, base, history, incr, log, manifest
from strata_harness.aof_server import MANIFEST, files, log_dir, names, reborn, with_log
from strata_harness.snapshots import contents, refuse

GOOD = manifest([base(1), incr(1)])
CONTENTS = {base(1): log("SET a 1"), incr(1): log("SELECT 0", "SET b 2"), incr(2): log("SET c 3")}
FORMAT = "Invalid AOF manifest file format"
TOO_LONG = "The AOF manifest file contains too long line"
EITHER = f"{FORMAT}|{TOO_LONG}"


@pytest.mark.parametrize("text, reason", [
    (b"", "Found an empty AOF manifest"), (GOOD[:-1], TOO_LONG), (GOOD + b"# " + b"x" * 1100 + b"\n", EITHER),
    (b"file " + b"x" * 1100 + b" seq 1 type i\n", TOO_LONG), (GOOD + b"\n", FORMAT), (b"\n", FORMAT),
    (GOOD + b"file a seq 1 type\n", FORMAT), (GOOD + b"file a seq 2\n", FORMAT), (GOOD + b"nonsense\n", FORMAT),
    (GOOD + b"file a seq 2 more b\n", FORMAT), (GOOD + b"name a seq 2 type i\n", FORMAT),
    (GOOD + b"file a number 2 type i\n", FORMAT), (GOOD + b"file a seq 0 type i\n", FORMAT),
    (GOOD + b"file a seq x type i\n", FORMAT), (GOOD + b'file "a seq 2 type i\n', FORMAT),
    (GOOD + b'file "a"b seq 2 type i\n', FORMAT), (GOOD + b"\r\n", FORMAT), (GOOD + bytes(100) + b"\n", EITHER),
    (GOOD + b" # no comment\n", FORMAT), (GOOD + b"file sub/a seq 2 type i\n", "File can't be a path, just a filename"),
    (GOOD + b"file /etc/passwd seq 2 type i\n", "File can't be a path, just a filename"),
    (GOOD + b"file ../a seq 2 type i\n", "File can't be a path, just a filename"),
    (manifest([base(1), base(2)]), "Found duplicate base file information"),
    (manifest([base(1), incr(2), incr(1)]), "Found a non-monotonic sequence number"),
    (manifest([base(1), incr(2), incr(2)]), "Found a non-monotonic sequence number"),
    (b"file appendonly.aof.1.incr.aof seq 1 type x\n", "Unknown AOF file type")],
    ids=["zero bytes", "no last line feed", "long comment", "long name", "blank line", "only a blank line",
         "odd number of words", "four words", "one word", "no type", "no file", "no seq", "seq 0", "seq is a word",
         "open quote", "words without space", "carriage return", "zeros", "indented comment", "path", "absolute path",
         "parent", "two bases", "descending", "twice the same number", "type x"])
@pytest.mark.goal("A wrong manifest keeps the server from starting; the log says what is wrong; no file is touched")
def test_wrong(fresh_server, text, reason):
    server = with_log(fresh_server, CONTENTS, text, start=False)
    assert re.search(reason, refuse(server))
    assert (log_dir(server) / MANIFEST).read_bytes() == text
    for part, data in CONTENTS.items():
        assert (log_dir(server) / part.name).read_bytes() == data


@pytest.mark.goal("A wrong manifest keeps a server with appendonly no from starting, too; a good one changes nothing")
def test_off(fresh_server):
    server = with_log(fresh_server, CONTENTS, GOOD + b"\n", start=False, appendonly="no")
    assert FORMAT in refuse(server)
    (log_dir(server) / MANIFEST).write_bytes(GOOD)
    assert server.start().wire()("DBSIZE") == 0
    assert (log_dir(server) / MANIFEST).read_bytes() == GOOD and len(files(server)) == 4


@pytest.mark.parametrize("text", [
    b"# a comment\n" + GOOD + b"#\n#file x seq 1 type b\n", GOOD.replace(b"file", b"FILE").replace(b"seq", b"Seq"),
    GOOD.replace(b"type b", b"type base").replace(b"type i", b"type incremental"),
    GOOD.replace(b" type", b" color red type").replace(b" seq", b"   seq"),
    b"seq 1 type b file appendonly.aof.1.base.aof\ntype i size 100 file appendonly.aof.1.incr.aof seq 1\n",
    b"file \"appendonly.aof.1.base.aof\" seq 1 type b\nfile 'appendonly.aof.1.incr.aof' seq \"1\" type i\n",
    b'file "appendonly\\x2eaof.1.base.aof" seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n',
    b"file appendonly.aof.1.incr.aof seq 1 type i\nfile appendonly.aof.1.base.aof seq 1 type b\n"],
    ids=["comments", "case", "long types", "unknown keys", "other order", "quotes", "escapes", "base last"])
@pytest.mark.goal("A manifest may have comments, keys that nobody knows, quotes, words and lines in another order")
def test_liberties(fresh_server, text):
    server = with_log(fresh_server, CONTENTS, text)
    assert contents(server.wire()) == {b"a": b"1", b"b": b"2"}
    server.wire().ok("SET", "d", "4")
    assert contents(reborn(server))[b"d"] == b"4"


@pytest.mark.parametrize("missing", [base(1), incr(1), incr(2)], ids=lambda part: part.name)
@pytest.mark.goal("A file that the manifest names and that is not there keeps the server from starting")
def test_missing_file(fresh_server, missing):
    present = {part: data for part, data in CONTENTS.items() if part != missing}
    server = with_log(fresh_server, present, [base(1), incr(1), incr(2)], start=False)
    log_text = refuse(server)
    assert "Unable to obtain the AOF file" in log_text and "No such file or directory" in log_text
    (log_dir(server) / missing.name).write_bytes(CONTENTS[missing])
    assert server.start().wire()("DBSIZE") == 3


@pytest.mark.goal("Missing files are nobody's business while appendonly is no, and keep the server from starting with yes")
def test_missing_file_off(fresh_server):
    server = with_log(fresh_server, {}, GOOD, appendonly="no")
    assert server.wire()("DBSIZE") == 0 and names(server) == ["b1", "i1"]
    server.kill()
    server.options["appendonly"] = "yes"
    assert "Unable to obtain the AOF file" in refuse(server)


@pytest.mark.goal("A directory without a manifest is a first start; files in it are not read")
def test_no_manifest(fresh_server):
    server = with_log(fresh_server, {incr(5): log("SET a 1")}, b"x", start=False)
    (log_dir(server) / MANIFEST).unlink()
    assert server.start().wire()("DBSIZE") == 0
    assert names(server) == ["b1", "i1"] and incr(5).name in files(server)


@pytest.mark.goal("History files, which a crashed server could not delete any more, are deleted at the start")
def test_history_deleted(fresh_server):
    old, older = history(incr(1)), history(base(1))
    server = with_log(fresh_server, {base(2): log("SET a 1"), old: log("SET a 0"), older: b"garbage", incr(2): b""})
    assert contents(server.wire()) == {b"a": b"1"}
    assert names(server) == ["b2", "i2"]
    assert files(server) == [base(2).name, incr(2).name, MANIFEST]


@pytest.mark.goal("History is deleted at the start with appendonly no, too, and not with aof-disable-auto-gc")
def test_history_off(fresh_server):
    entries = {base(2): log("SET a 1"), history(incr(1)): b"", incr(2): b""}
    server = with_log(fresh_server, entries, appendonly="no")
    assert names(server) == ["b2", "i2"] and incr(1).name not in files(server)
    server = with_log(fresh_server, entries, aof_disable_auto_gc="yes")
    assert names(server) == ["b2", "h1", "i2"] and incr(1).name in files(server)
    server.wire().ok("CONFIG", "SET", "aof-disable-auto-gc", "no")
    assert names(server) == ["b2", "i2"] and incr(1).name not in files(server)


@pytest.mark.goal("A history file that is gone already does not matter")
def test_history_gone(fresh_server):
    gone = Part("appendonly.aof.1.incr.aof", 1, "h")
    server = with_log(fresh_server, {base(2): log("SET a 1"), incr(2): b""}, [base(2), gone, incr(2)])
    assert contents(server.wire()) == {b"a": b"1"}
    wire = reborn(server)
    wire.ok("SET", "b", "2")
    assert contents(reborn(server)) == {b"a": b"1", b"b": b"2"}
