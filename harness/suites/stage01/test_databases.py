"""Numbered databases: SELECT, SWAPDB, FLUSHDB, FLUSHALL."""

import pytest

from strata_harness.resp import RespError


@pytest.mark.goal("The sixteen databases are kept apart")
def test_select(wire):
    for number in range(16):
        wire.ok("SELECT", number)
        wire.ok("SET", "k", number)
    for number in range(16):
        wire.ok("SELECT", number)
        assert [wire("GET", "k"), wire("DBSIZE")] == [b"%d" % number, 1]


@pytest.mark.goal("SELECT refuses numbers out of range and text, and stays where it was")
def test_select_errors(wire):
    wire.ok("SELECT", 3)
    wire.ok("SET", "here", "3")
    for number in ("16", "-1", "100000"):
        assert wire.error("SELECT", number) == "ERR DB index is out of range"
    assert wire.error("SELECT", "x") == "ERR value is not an integer or out of range"
    assert wire.error("SELECT", "99999999999") == \
        "ERR value is out of range, value must between -2147483648 and 2147483647"
    assert wire("GET", "here") == b"3"


@pytest.mark.goal("Each connection has a database of its own")
def test_per_connection(connect):
    a, b = connect(), connect()
    a.ok("SELECT", 2)
    a.ok("SET", "k", "in two")
    assert b("GET", "k") is None


@pytest.mark.goal("--databases sets how many there are")
def test_databases_option(fresh_server):
    wire = fresh_server(databases=2).wire()
    wire.ok("SELECT", 1)
    assert wire("SELECT", 2) == RespError("ERR DB index is out of range")


@pytest.mark.goal("SWAPDB exchanges two databases under the feet of their clients")
def test_swapdb(connect):
    zero, one = connect(), connect()
    one.ok("SELECT", 1)
    zero.ok("SET", "k", "was in 0", "EX", 100)
    one.ok("SET", "k", "was in 1")
    zero.ok("SWAPDB", 0, 1)
    assert [zero("GET", "k"), one("GET", "k")] == [b"was in 1", b"was in 0"]
    assert one("TTL", "k") > 90
    zero.ok("SWAPDB", 1, 1)
    assert zero.error("SWAPDB", 0, 16) == "ERR DB index is out of range"
    assert zero.error("SWAPDB", "x", 1) == "ERR invalid first DB index"
    assert zero.error("SWAPDB", 0, "y") == "ERR invalid second DB index"
    assert zero.error("SWAPDB", 2**32, "y") == "ERR invalid first DB index"
    assert zero.error("SWAPDB", 0, 2**31) == "ERR invalid second DB index"


@pytest.mark.goal("FLUSHDB empties the selected database, FLUSHALL every one; both take SYNC and ASYNC")
def test_flush(wire):
    for words in ([], ["SYNC"], ["async"]):
        for number in (0, 1):
            wire.ok("SELECT", number)
            wire.ok("SET", "k", "v")
        wire.ok("FLUSHDB", *words)
        assert wire("DBSIZE") == 0
        wire.ok("SELECT", 0)
        assert wire("DBSIZE") == 1
        wire.ok("SELECT", 1)
        wire.ok("SET", "k", "v")
        wire.ok("FLUSHALL", *words)
        wire.ok("SELECT", 0)
        assert wire("DBSIZE") == 0
    for command in ("FLUSHDB", "FLUSHALL"):
        assert wire.error(command, "NOSUCH") == "ERR syntax error"
        assert wire.error(command, "SYNC", "ASYNC") == "ERR syntax error"


@pytest.mark.goal("INFO keyspace counts keys and expiries of each database that has any")
def test_keyspace_info(wire, r):
    wire.ok("MSET", "a", "1", "b", "2", "c", "3")
    wire("EXPIRE", "a", 100)
    wire.ok("SELECT", 9)
    wire.ok("SET", "x", "1")
    info = r.info("keyspace")
    assert set(info) == {"db0", "db9"}
    assert (info["db0"]["keys"], info["db0"]["expires"]) == (3, 1)
    assert 0 < info["db0"]["avg_ttl"] <= 100000 or info["db0"]["avg_ttl"] == 0
    assert (info["db9"]["keys"], info["db9"]["expires"]) == (1, 0)
