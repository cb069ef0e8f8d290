"""Logs that load: own ones and those made by hand, in one file and in many, with everything a log may hold."""

import time

import pytest

from strata_harness.aof_files import Part, base, incr, log
from strata_harness.aof_server import (OPTIONS, current_log, digest, log_dir, names, reborn, rewrite, run, with_log)
from strata_harness.snapshots import contents
from strata_harness.wait import wait_until

LATER = 4102444800000


def load(fresh_server, *data, **options):
    """A client of a server that starts from these logs: the first is the base."""
    kinds = [base(1), *[incr(i) for i in range(1, len(data))]]
    return with_log(fresh_server, dict(zip(kinds, data)), **options).wire()


@pytest.mark.goal("Base and logs are loaded in their order, one after the other")
def test_order(fresh_server):
    wire = load(fresh_server, log("RPUSH l base", "SET k 0"), log("SELECT 0", "RPUSH l 1", "SET k 1"),
                log("RPUSH l 2", "INCR k"), log("RPUSH l 3", "INCR k"))
    assert contents(wire) == {b"l": [b"base", b"1", b"2", b"3"], b"k": b"3"}


@pytest.mark.goal("Each file begins in database 0, wherever the one before ended")
def test_select(fresh_server):
    wire = load(fresh_server, log("SELECT 5", "SET a 1"), log("SET b 2", "SELECT 9", "SET c 3"), log("SET d 4"))
    assert contents(wire) == {b"b": b"2", b"d": b"4"}
    for db, expected in ((5, {b"a": b"1"}), (9, {b"c": b"3"})):
        wire.ok("SELECT", db)
        assert contents(wire) == expected


@pytest.mark.goal("Data of every type in every encoding comes back from the log, in all databases, with its times")
def test_all_types(fresh_server, rng):
    server = fresh_server(**OPTIONS, appendfsync="always")
    wire = server.wire()
    for db in (0, 1, 15):
        wire.ok("SELECT", db)
        for size in (1, 5, 200):
            words = [f"{i:03}" if size < 200 else rng.randbytes(rng.randrange(100)) + b"%d" % i for i in range(size)]
            wire("RPUSH", f"list {size}", *words)
            wire("SADD", f"set {size}", *words)
            wire("SADD", f"ints {size}", *range(size))
            wire("HSET", f"hash {size}", *[word for pair in zip(words, words) for word in pair])
            wire("ZADD", f"zset {size}", *[word for word in words for word in (rng.uniform(-1e9, 1e9), word)])
            wire.ok("SET", f"string {size}", rng.randbytes(size))
            wire("PFADD", f"pf {size}", *words)
        wire.ok("SET", "timed", "v", "PXAT", LATER + db)
        wire("SETBIT", "bits", 10_000, 1)
    before = digest(wire)
    wire = reborn(server)
    assert digest(wire) == before and wire("DBSIZE") == 23
    wire.ok("SELECT", 15)
    assert wire("PEXPIRETIME", "timed") == LATER + 15 and wire("DBSIZE") == 23
    assert wire("OBJECT", "ENCODING", "ints 200") == b"intset"


@pytest.mark.goal("Lines that begin with # are comments, between commands anywhere, also within a transaction")
def test_comments(fresh_server):
    data = (b"#TS:1795314110\r\n#\r\n# any text $ * \r\n" + log("SET a 1") + b"#TS:1\r\n" + log("MULTI", "SET b 2")
            + b"# inside\r\n" + log("SET c 3", "EXEC") + b"#" + b"x" * 1000 + b"\r\n#TS:2\r\n")
    assert contents(load(fresh_server, data, data)) == {b"a": b"1", b"b": b"2", b"c": b"3"}


@pytest.mark.goal("Commands that would wait, answer much or talk to clients do not hold up the loading")
def test_odd_commands(fresh_server):
    wire = load(fresh_server, log("SET a 1", "BLPOP nokey 0", "GET a", "PING", "BZPOPMIN nokey 0", "PUBLISH c x",
                                  "RPUSH l x y", "BLPOP l 0", "LMOVE l l left right", "CONFIG SET maxclients 77",
                                  "KEYS *", "set b 2", "sEt c 3"))
    assert contents(wire) == {b"a": b"1", b"l": [b"y"], b"b": b"2", b"c": b"3"}


@pytest.mark.goal("Commands are executed whole within MULTI and EXEC, and several transactions follow each other")
def test_multi(fresh_server):
    wire = load(fresh_server, log("MULTI", "SET a 1", "INCR a", "EXEC", "MULTI", "EXEC", "MULTI", "SELECT 1", "SET b 2",
                                  "EXEC", "SET c 3"))
    assert contents(wire) == {b"a": b"2"}
    wire.ok("SELECT", 1)
    assert contents(wire) == {b"b": b"2", b"c": b"3"}


@pytest.mark.goal("A command that fails is told in the log and does not stop the loading")
def test_failing_command(fresh_server):
    wire = load(fresh_server, log("SET a 1", "LPUSH a x", "SET b 2"), log("INCR nokey", "HSET a f v", "SET c 3"))
    assert contents(wire) == {b"a": b"1", b"b": b"2", b"nokey": b"1", b"c": b"3"}


@pytest.mark.goal("Keys do not expire while a log is loaded: what the log does to them afterwards happens")
def test_expired_while_loading(fresh_server):
    past = int(time.time() * 1000) - 3_600_000
    wire = load(fresh_server, log(f"SET a 1 PXAT {past}", "INCR a", "PERSIST a", "SET b 1", f"PEXPIREAT b {past}",
                                  "RENAME b c", "PERSIST c", f"SET d 1 PXAT {past}", "COPY d e", f"PEXPIREAT e {LATER}",
                                  "RPUSH l a b", f"PEXPIREAT l {past}", "LPOP l", f"PEXPIREAT l {LATER}"))
    assert contents(wire) == {b"a": b"2", b"c": b"1", b"e": b"1", b"l": [b"b"]}
    assert wire("PEXPIRETIME", "e") == LATER == wire("PEXPIRETIME", "l") and wire("TTL", "a") == -1
    assert wire("EXISTS", "d") == 0


@pytest.mark.goal("What expired while the server was down is gone afterwards, for clients and from the log")
def test_expired_meanwhile(fresh_server):
    past = int(time.time() * 1000) - 1000
    server = with_log(fresh_server, {base(1): b"", incr(1): log(f"SET gone 1 PXAT {past}", "SET stays 1")})
    wire = server.wire()
    assert wire("GET", "gone") is None and contents(wire) == {b"stays": b"1"}
    assert contents(reborn(server)) == {b"stays": b"1"}


@pytest.mark.goal("Loading fills memory beyond maxmemory without eviction, and appends nothing itself")
def test_maxmemory(fresh_server):
    data = log(*[f"SET k{i} {'x' * 1000}" for i in range(3000)])
    server = with_log(fresh_server, {base(1): b"", incr(1): data}, maxmemory="3mb", maxmemory_policy="noeviction")
    assert server.wire()("DBSIZE") == 3000
    assert current_log(server).read_bytes() == data
    assert server.wire().error("SET", "k", "v").startswith("OOM")


@pytest.mark.goal("A password or a limit of clients is nothing to a log")
def test_no_acl(fresh_server):
    server = with_log(fresh_server, {base(1): log("SET a 1"), incr(1): log("SET b 2")}, requirepass="secret",
                      maxclients=1)
    wire = server.wire()
    wire.ok("AUTH", "secret")
    wait_until(lambda: wire("DBSIZE") == 2, 5, "the log to be loaded")


@pytest.mark.goal("Words of any size and bytes load, as do commands of very many words")
def test_big(fresh_server, rng):
    big = rng.randbytes(5_000_000)
    many = [b"%d" % i for i in range(30_000)]
    wire = load(fresh_server, log(("SET", "big", big), ("RPUSH", "many", *many)), log(("APPEND", "big", b"\r\n\0")))
    assert wire("GET", "big") == big + b"\r\n\0" and wire("LRANGE", "many", 0, -1, timeout=15) == many


@pytest.mark.goal("The two bytes behind a word are not looked at")
def test_no_crlf(fresh_server):
    wire = load(fresh_server, log("SET b 2"), log("SET a 1").replace(b"\r\na\r\n", b"\r\naxx") + log("SET c 3"))
    assert contents(wire) == {b"a": b"1", b"b": b"2", b"c": b"3"}


@pytest.mark.goal("Empty files and files of nothing but comments load")
def test_empty(fresh_server):
    assert load(fresh_server, b"", b"", b"")("DBSIZE") == 0
    assert load(fresh_server, b"#TS:1\r\n", log("SET a 1"), b"")("DBSIZE") == 1


@pytest.mark.goal("What a file is called decides nothing: a base with the suffix rdb that holds commands loads as such")
def test_suffix(fresh_server):
    odd = Part("appendonly.aof.1.base.rdb", 1, "b")
    server = with_log(fresh_server, {odd: log("SET a 1"), incr(1): log("SET b 2")})
    assert contents(server.wire()) == {b"a": b"1", b"b": b"2"}


@pytest.mark.goal("DEBUG LOADAOF writes out what is waiting, forgets all data and loads it again")
def test_debug_loadaof(fresh_server):
    server = fresh_server(**OPTIONS)
    wire = server.wire()
    run(wire, "SET a 1", "RPUSH l a b", "SELECT 3", "SET b 2")
    before = digest(wire)
    wire.ok("DEBUG", "LOADAOF")
    assert digest(wire) == before
    run(wire, "SET c 3")
    rewrite(wire)
    wire.ok("DEBUG", "LOADAOF")
    after = digest(wire)
    assert after != before and digest(reborn(server)) == after


@pytest.mark.goal("Many lives: each start finds what all lives before have written")
def test_many_lives(fresh_server, rng):
    server = fresh_server(**OPTIONS, appendfsync="always")
    numbers = []
    for life in range(5):
        wire = server.wire()
        assert wire("LRANGE", "l", 0, -1) == [b"%d" % number for number in numbers]
        numbers.append(rng.randrange(1 << 40))
        wire("RPUSH", "l", numbers[-1])
        if life == 2:
            rewrite(wire)
        reborn(server)
    assert server.wire()("LLEN", "l") == 5 and names(server) == ["b2", "i2"]
    assert (log_dir(server) / base(2).name).read_bytes().count(b"RPUSH") == 1
