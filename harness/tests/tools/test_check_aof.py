"""strata-check-aof beside redis-check-aof over the same logs: exit codes, texts, and what is left of the files."""

import pytest

from strata_harness.aof_files import base, commands_in, history, incr, log, manifest
from strata_harness.rdb_codes import string
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.server import Server
from two_tools import both, run, same

GOOD = log("SELECT 0", "SET a 1")
SET = log("SET b 2")
CUT = SET[:-4]
OPEN = log("MULTI", "SET a 1")
DONE = log("EXEC")
IMAGE = RdbWriter().aux("redis-ver", "7.0.15").select(0, 1).key(STRING, "k", string("v")).end()
MANIFEST = "appendonly.aof.manifest"
BASE, FIRST, LAST = (part.name for part in (base(1), incr(1), incr(2)))
PARTS = manifest([base(1), incr(1), incr(2)])


def at(second):
    return b"#TS:%d\r\n" % second


def parts(base_data=IMAGE, first=GOOD, last=GOOD, listed=PARTS):
    files = {MANIFEST: listed, BASE: base_data, FIRST: first, LAST: last}
    return {name: data for name, data in files.items() if data is not None}


# -- one file ----------------------------------------------------------------------------------------------------------

WHOLE = {
    "commands": GOOD, "transaction": GOOD + OPEN + DONE + SET, "lower case": log("multi", "SET a 1", "exec"),
    "annotations": at(100) + GOOD + at(200) + SET, "another annotation": b"#hello\n" + GOOD,
    "longest annotation": b"#" + b"h" * 1020 + b"\r\n" + SET, "annotation alone": at(5),
    "unknown command": GOOD + log("FOO"), "binary": log(("SET", b"\r\n*1\0", bytes(range(256)))), "empty word": log(("SET", "", "")),
    "image": IMAGE, "image and commands": IMAGE + GOOD, "nothing": b"",
}

BAD = {
    "bare star": GOOD + b"*", "no end of count": GOOD + b"*3", "no words": GOOD + b"*3\r\n", "bare dollar": GOOD + b"*3\r\n$",
    "no CRLF": GOOD + SET[:-2], "half a CRLF": GOOD + SET[:-1], "other than CRLF": GOOD + SET[:-2] + b"xy" + SET,
    "bare LF": GOOD + b"*1\n$1\na\n", "garbage behind": GOOD + b"garbage", "zeros behind": GOOD + bytes(20),
    "garbage in front": b"garbage\r\n" + GOOD, "garbage between": GOOD + b"xx\r\n" + SET, "empty line": b"\r\n" + GOOD,
    "letters as a count": GOOD + b"*abc\r\n" + SET, "count with a letter": GOOD + b"*3x\r\n" + SET[4:],
    "length below zero": GOOD + b"*1\r\n$-1\r\n" + SET, "length beyond the end": GOOD + b"*1\r\n$99999999999\r\nab",
    "length beyond 64 bits": GOOD + b"*1\r\n$999999999999999999999999\r\nab",
    "length at the edge": GOOD + b"*1\r\n$9223372036854775807\r\nab", "count beyond the end": GOOD + b"*99999999999\r\n$1\r\na\r\n",
    "count beyond 64 bits": GOOD + b"*100000000000000000000\r\n$1\r\na\r\n", "number for a word": GOOD + b"*1\r\n:1\r\n",
    "transaction in a transaction": GOOD + OPEN + OPEN + DONE, "end without a beginning": GOOD + DONE + SET,
    "open transaction": GOOD + OPEN, "open transaction, cut": GOOD + OPEN + CUT, "open, garbage": GOOD + OPEN + b"xx",
    "annotation in an open transaction": GOOD + OPEN + b"#xx\r\n" + CUT, "image, cut commands": IMAGE + GOOD + CUT,
    "image and a stray end": IMAGE + DONE, "too short for an image": b"REDIS", "one byte": b"x",
}

BAD_IMAGES = {
    "cut": IMAGE[:-10], "head alone": IMAGE[:8], "checksum": IMAGE[:-1] + bytes([IMAGE[-1] ^ 1]) + GOOD,
    "another version": b"REDIS0099" + GOOD,
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_whole(tmp_path, data):
    assert same("check-aof", {"log": data}, tmp_path, "log").code == 0


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad(tmp_path, data):
    ours = same("check-aof", {"log": data}, tmp_path, "log")
    assert ours.code == 1 and "Use the --fix option" in ours.text and ours.files == {"log": data}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad_fixed(tmp_path, data):
    ours = same("check-aof", {"log": data}, tmp_path, "--fix", "log", stdin="y\n")
    assert ours.code == 0 and data.startswith(ours.files["log"])
    again = same("check-aof", ours.files, tmp_path, "log")
    assert again.code == 0


@pytest.mark.parametrize("data", BAD_IMAGES.values(), ids=BAD_IMAGES)
@pytest.mark.parametrize("options", [(), ("--fix",)])
def test_bad_image(tmp_path, data, options):
    ours = same("check-aof", {"log": data}, tmp_path, *options, "log", stdin="y\n")
    assert ours.code == 1 and "not sane" in ours.text and ours.files == {"log": data}


@pytest.mark.parametrize("stdin, agreed", [("y\n", True), ("Y\n", True), ("yes\n", True), ("y", True), ("n\n", False),
                                           ("\n", False), ("", False), (" y\n", False), ("maybe\n", False)])
def test_answer(tmp_path, stdin, agreed):
    ours = same("check-aof", {"log": GOOD + CUT}, tmp_path, "--fix", "log", stdin=stdin)
    assert ours.code == (0 if agreed else 1)
    assert ours.files["log"] == (GOOD if agreed else GOOD + CUT)


def test_cut_anywhere(tmp_path):
    data = GOOD + OPEN + SET + DONE + SET
    for size in range(len(data)):
        ours = same("check-aof", {"log": data[:size]}, tmp_path, "log")
        assert ours.code == (0 if size in (0, 23, len(GOOD), len(data) - len(SET)) else 1)


def test_any_byte_damaged(tmp_path):
    data = at(100) + GOOD + OPEN + DONE + SET
    for place in range(len(data)):
        damaged = data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1:]
        same("check-aof", {"log": damaged}, tmp_path, "log")


def test_what_stands_instead_of_the_end(tmp_path):
    (tmp_path / "log").write_bytes(BAD["other than CRLF"])
    assert "0x              4a: Expected \\r\\n, got: 7879\n" in run("strata-check-aof", tmp_path, "log").text


STRICTER = {
    "no words": b"*0\r\n", "fewer than none": b"*-1\r\n", "no number": b"*\r\n", "sign": b"*+3\r\n" + SET[4:],
    "unfinished annotation": b"#TS:17953",
}


@pytest.mark.parametrize("tail", STRICTER.values(), ids=STRICTER)
def test_what_no_server_loads_is_not_valid(tmp_path, tail):
    """redis-check-aof lets these pass. Servers refuse them, or, when they go on behind them, lose what comes next."""
    ours, theirs = both("check-aof", {"log": GOOD + tail}, tmp_path, "--fix", "log", stdin="y\n")
    assert theirs.files["log"] == GOOD + tail
    assert ours.code == 0 and ours.files["log"] == GOOD


def test_a_value_with_a_line_that_begins_with_file(tmp_path):
    """redis-check-aof takes such a log for a manifest."""
    (tmp_path / "log").write_bytes(at(1) + log(("SET", "a", "x\r\nfile b seq 1 type b\n")))
    outcome = run("strata-check-aof", tmp_path, "log")
    assert outcome.code == 0 and "Start checking Old-Style AOF\n" in outcome.text


# -- several files -----------------------------------------------------------------------------------------------------

GOOD_SETS = {
    "image as a base": parts(), "commands as a base": parts(GOOD), "image and commands as a base": parts(IMAGE + GOOD),
    "no base": parts(None, listed=manifest([incr(1), incr(2)])), "base alone": parts(GOOD, None, None, manifest([base(1)])),
    "history that is gone": parts(None, GOOD, None, manifest([history(base(2)), incr(1)])),
    "history alone": parts(None, None, None, manifest([history(base(1))])), "comment": parts(listed=b"#x\n" + PARTS),
    "empty files": parts(b"", b"", b""), "transaction": parts(first=OPEN + DONE), "annotations": parts(first=at(1) + GOOD),
}

BAD_SETS = {
    "last": parts(last=GOOD + CUT), "first": parts(first=GOOD + CUT), "base": parts(GOOD + CUT), "image": parts(IMAGE[:-10]),
    "base alone": parts(GOOD + CUT, None, None, manifest([base(1)])), "behind the image": parts(IMAGE + CUT),
    "first, with nothing in the last": parts(first=GOOD + CUT, last=b""), "image as an increment": parts(first=IMAGE),
    "transaction over two files": parts(first=OPEN, last=DONE), "no last": parts(last=None), "no first": parts(first=None),
    "no base": parts(None),
}


@pytest.mark.parametrize("files", GOOD_SETS.values(), ids=GOOD_SETS)
@pytest.mark.parametrize("options", [(), ("--fix",), ("--truncate-to-timestamp", 500)])
def test_good_set(tmp_path, files, options):
    ours = same("check-aof", files, tmp_path, *options, MANIFEST)
    assert ours.code == 0 and ours.files == files


@pytest.mark.parametrize("files", BAD_SETS.values(), ids=BAD_SETS)
@pytest.mark.parametrize("options", [(), ("--fix",)])
def test_bad_set(tmp_path, files, options):
    ours = same("check-aof", files, tmp_path, *options, MANIFEST, stdin="y\n")
    fixable = {id(BAD_SETS["last"]): LAST, id(BAD_SETS["base alone"]): BASE}.get(id(files)) if options else None
    assert ours.code == (0 if fixable else 1)
    assert ours.files == ({**files, fixable: GOOD} if fixable else files)


def test_manifest_elsewhere(tmp_path):
    files = {f"sub/{name}": data for name, data in parts(last=GOOD + CUT).items()}
    for path in (f"sub/{MANIFEST}", f"./sub/{MANIFEST}"):
        assert same("check-aof", files, tmp_path, "--fix", path, stdin="y").files[f"sub/{LAST}"] == GOOD


def test_quoted_name(tmp_path):
    files = {MANIFEST: b'file "a \\"b\\x01" seq 1 type b\n', 'a "b\x01': GOOD}
    assert same("check-aof", files, tmp_path, MANIFEST).code == 0


@pytest.mark.parametrize("listed, reason", [
    (PARTS[:-1], "The AOF manifest file contains too long line"), (PARTS + b"\n", "Invalid AOF manifest file format"),
    (PARTS + b"file c seq 2 type b\n", "Found duplicate base file information"),
    (PARTS + b"file c seq 2 type i\n", "Found a non-monotonic sequence number"),
    (b"file c seq 2 type x\n", "Unknown AOF file type"), (b"file c seq 0 type b\n", "Invalid AOF manifest file format"),
    (b"file a/b seq 2 type b\n", "File can't be a path, just a filename"),
    (b"file c seq 2 type b\n" + b"x" * 1100 + b"\n", "The AOF manifest file contains too long line")])
def test_bad_manifest(tmp_path, listed, reason):
    ours, theirs = both("check-aof", parts(listed=listed), tmp_path, MANIFEST)
    assert ours.code == theirs.code == 1
    for outcome in (ours, theirs):
        assert outcome.text.startswith("Start checking Multi Part AOF\n") and reason in outcome.text


# -- a moment ----------------------------------------------------------------------------------------------------------

TIMED = at(100) + GOOD + at(200) + SET + at(300) + SET


@pytest.mark.parametrize("second", [-5, 0, 99, 100, 150, 200, 299, 300, 1000])
@pytest.mark.parametrize("data", [TIMED, TIMED + CUT, GOOD + TIMED, IMAGE + TIMED, b"", GOOD], ids=[
    "whole", "cut", "commands in front", "image in front", "nothing", "no annotation"])
def test_go_back(tmp_path, data, second):
    same("check-aof", {"log": data}, tmp_path, "--truncate-to-timestamp", second, "log")


@pytest.mark.parametrize("second", [50, 150, 250, 350, 450])
def test_go_back_in_a_set(tmp_path, second):
    files = parts(first=at(100) + GOOD + at(200) + SET, last=at(300) + GOOD + at(400) + SET)
    ours = same("check-aof", files, tmp_path, "--truncate-to-timestamp", second, MANIFEST)
    assert ours.code == (0 if second > 300 else 1)
    assert ours.files[LAST] == (at(300) + GOOD if second == 350 else files[LAST])
    same("check-aof", parts(TIMED), tmp_path, "--truncate-to-timestamp", second, MANIFEST)


def test_go_back_never_into_a_transaction(tmp_path):
    """redis-check-aof cuts at the annotation and leaves an open transaction."""
    ours, theirs = both("check-aof", {"log": GOOD + log("MULTI") + at(200) + SET + DONE}, tmp_path,
                        "--truncate-to-timestamp", 100, "log")
    assert ours.code == theirs.code == 0 and ours.files["log"] == GOOD


@pytest.mark.parametrize("annotation", [b"#TS:abc\r\n", b"#TS:50x\r\n", b"#TS:150\n", b"#TS:99999999999999999999999\r\n"])
def test_unreadable_annotation(tmp_path, annotation):
    files = {"log": GOOD + annotation + SET}
    assert same("check-aof", files, tmp_path, "--truncate-to-timestamp", 100, "log").code == 1
    assert same("check-aof", files, tmp_path, "log").code == 0


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [
    (), ("--fix", "log", "log"), ("log", "log"), ("--foo", "log"), ("log", "--fix"), ("--truncate-to-timestamp", "log"),
    ("--fix", "--truncate-to-timestamp", 3, "log"), ("--truncate-to-timestamp", "x", "log"),
    ("--truncate-to-timestamp", "12x", "log"), ("--truncate-to-timestamp", "9" * 30, "log"), ("nowhere",), ("--fix", "nowhere"),
    ("sub/nowhere",)])
def test_no_use(tmp_path, words):
    ours = same("check-aof", {"log": TIMED}, tmp_path, *words)
    assert ours.code == 1 and ours.files == {"log": TIMED}


def test_directory(tmp_path):
    assert both("check-aof", {"log/x": b""}, tmp_path, "log")[0].code == 1
    assert both("check-aof", {MANIFEST: manifest([incr(1)]), f"{FIRST}/x": b""}, tmp_path, MANIFEST)[0].code == 1


def test_redis_goes_on_with_what_was_fixed(tmp_path):
    files = {f"appendonlydir/{name}": data for name, data in parts(last=GOOD + OPEN + CUT).items()}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert run("strata-check-aof", tmp_path, "--fix", f"appendonlydir/{MANIFEST}", stdin="y").code == 0
    with Server("redis-server", {"dir": str(tmp_path), "appendonly": "yes", "aof-load-truncated": "no"}) as server:
        wire = server.start().wire()
        assert (wire("GET", "k"), wire("GET", "a"), wire("GET", "b")) == (b"v", b"1", None)
        wire.ok("SET", "c", 3)
    assert commands_in((tmp_path / "appendonlydir" / LAST).read_bytes())[-1] == (b"SET", b"c", b"3")
