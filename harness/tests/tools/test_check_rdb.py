"""strata-check-rdb beside redis-check-rdb: exit codes, texts, and the table and the JSON that are ours alone."""

import json

import pytest

from strata_harness.packed import listpack
from strata_harness.rdb_codes import length, raw, string
from strata_harness.rdb_file import (HASH_LISTPACK, LIST, LIST_QUICKLIST_2, SET, SET_INTSET, STRING, ZSET_LISTPACK,
                                     RdbWriter, quicklist, read_rdb, table)
from two_tools import both, run, same

PAST, FUTURE = 1000, 4_102_444_800_000


def small() -> RdbWriter:
    """A bit of everything, on less than 200 bytes."""
    file = RdbWriter().aux("redis-ver", "7.0.15").select(0, 4, 2)
    file.expire_ms(PAST).key(STRING, "old", string("v")).expire_ms(FUTURE).key(STRING, "new", string("w"))
    file.key(LIST_QUICKLIST_2, "list", quicklist(listpack([b"a", 1])))
    return file.select(3).key(HASH_LISTPACK, "hash", raw(listpack([b"f", b"v"])))


def test_whole(tmp_path, dump):
    ours = same("check-rdb", {"dump.rdb": dump}, tmp_path, "dump.rdb")
    assert ours.code == 0 and r"\o/ RDB looks OK! \o/" in ours.text
    assert f"[info] {len(read_rdb(dump).keys)} keys read" in ours.text


def test_counts(tmp_path):
    ours = same("check-rdb", {"dump.rdb": small().end()}, tmp_path, "dump.rdb")
    assert "[info] 4 keys read\n[info] 2 expires\n[info] 1 already expired\n" in ours.text
    assert "[type] string: 2 keys" in ours.text and "largest 'list'" in ours.text


def test_cut_anywhere(tmp_path):
    data = small().end()
    for size in range(len(data)):
        assert same("check-rdb", {"dump.rdb": data[:size]}, tmp_path, "dump.rdb").code == 1, size


def test_any_byte_damaged(tmp_path):
    """Whatever the damage is called, both see it, and neither dies of it."""
    data = small().end()
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1:]
        ours, theirs = both("check-rdb", {"dump.rdb": damaged}, tmp_path, "dump.rdb")
        assert ours.code == theirs.code == (1 if at != 8 else ours.code), at
        assert "--- RDB ERROR DETECTED ---" in ours.text or ours.code == 0
        if "RDB CRC error" in theirs.text:
            assert ours.words == theirs.words


@pytest.mark.parametrize("data", [
    RdbWriter(99).end(), RdbWriter(11).end(), RdbWriter(0).end(), RdbWriter("abcd").end(), RdbWriter(magic="RADIS").end(),
    b"", b"REDIS0010"], ids=["version 99", "version 11", "version 0", "no version", "no magic", "empty", "head alone"])
def test_no_image(tmp_path, data):
    assert same("check-rdb", {"dump.rdb": data}, tmp_path, "dump.rdb").code == 1


def test_old_version_has_no_checksum(tmp_path):
    data = RdbWriter(4).select(0).key(STRING, "k", string("v")).key(LIST, "l", table(string("a"))).data + b"\xff"
    assert same("check-rdb", {"dump.rdb": data}, tmp_path, "dump.rdb").code == 0


def test_checksum_switched_off(tmp_path):
    data = RdbWriter().select(0).key(STRING, "k", string("v")).end(crc=0)
    ours = same("check-rdb", {"dump.rdb": data}, tmp_path, "dump.rdb")
    assert ours.code == 0 and "checksum disabled" in ours.text


@pytest.mark.parametrize("kind, value", [
    (SET_INTSET, raw(b"\x03\0\0\0\x01\0\0\0aa")), (HASH_LISTPACK, raw(listpack([b"f"]))),
    (ZSET_LISTPACK, raw(b"\x07\0\0\0\0\0\0")), (SET, length(0)), (LIST_QUICKLIST_2, table(length(9) + raw(b"x")))],
    ids=["intset", "odd listpack", "cut listpack", "empty set", "unknown container"])
def test_bad_value_behind_a_good_checksum(tmp_path, kind, value):
    data = RdbWriter().select(0).key(STRING, "before", string("v")).key(kind, "broken", value).end()
    ours, _ = both("check-rdb", {"dump.rdb": data}, tmp_path, "dump.rdb")
    assert ours.code == 1 and "[additional info] Reading key 'broken'" in ours.text
    assert "[additional info] While doing: read-object-value" in ours.text


def as_json(folder, data, code):
    (folder / "dump.rdb").write_bytes(data)
    outcome = run("strata-check-rdb", folder, "--json", "dump.rdb")
    assert outcome.code == code
    return json.loads(outcome.text)


def test_json(tmp_path):
    report = as_json(tmp_path, small().end(), 0)
    assert report["ok"] and report["checksum"] and report["version"] == 10 and report["bytes"] == len(small().end())
    assert (report["keys"], report["expires"], report["already_expired"]) == (4, 2, 1)
    assert report["aux"] == {"redis-ver": "7.0.15"}
    assert report["databases"] == {"0": {"keys": 3, "expires": 2}, "3": {"keys": 1, "expires": 0}}
    assert report["types"]["string"]["keys"] == 2
    assert sum(of_type["keys"] for of_type in report["types"].values()) == 4
    assert "error" not in report


def test_json_of_any_bytes_in_names(tmp_path):
    name = bytes(range(256))
    data = RdbWriter().aux('quote"\\', name).select(0).key(STRING, name, string("v")).end()
    report = as_json(tmp_path, data, 0)
    assert report["aux"]['quote"\\'] == name.decode("latin-1")
    assert report["types"]["string"]["largest"]["key"] == name.decode("latin-1")


def test_json_of_a_cut_file(tmp_path):
    data = small().end()
    report = as_json(tmp_path, data[:-15], 1)
    assert not report["ok"] and report["error"]["key"] == "hash" and report["error"]["doing"] == "read-object-value"
    assert 0 < report["error"]["offset"] <= len(data) - 15
    assert as_json(tmp_path, data[:-1], 1)["error"]["doing"] == "check-sum"


def test_not_a_file(tmp_path):
    assert run("strata-check-rdb", tmp_path, "nowhere.rdb").code == 1
    assert "No such file" in run("strata-check-rdb", tmp_path, "nowhere.rdb").text
    assert run("strata-check-rdb", tmp_path, tmp_path).code == 1
    outcome = run("strata-check-rdb", tmp_path, "--json", "nowhere.rdb")
    assert outcome.code == 1 and "No such file" in json.loads(outcome.text)["error"]["reason"]


@pytest.mark.parametrize("words", [(), ("a", "b"), ("--nothing", "a"), ("--json",)])
def test_usage(tmp_path, words):
    outcome = run("strata-check-rdb", tmp_path, *words)
    assert outcome.code == 1 and outcome.text.startswith("Usage: ")
