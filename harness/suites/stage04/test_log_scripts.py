"""Scripts and functions in the log: what a script did stands there, the script itself does not; functions are data."""

import shutil

import pytest

from strata_harness.aof_files import commands_in
from strata_harness.aof_server import OPTIONS, Tail, base_file, digest, log_dir, reborn, rewrite, with_times
from strata_harness.wait import wait_until

SERVER_OPTIONS = {**OPTIONS, "appendfsync": "no"}
LIBRARY = "#!lua name=bank\nredis.register_function('pay', function(keys, args) redis.call('DECRBY', keys[1], args[1]) " \
          "redis.call('INCRBY', keys[2], args[1]) return redis.call('GET', keys[2]) end)"


@pytest.fixture
def tail(server, wire):
    wire.ok("FUNCTION", "FLUSH")
    yield Tail(server, wire)
    wire.ok("FUNCTION", "FLUSH")


def now_ms(wire):
    seconds, micros = wire("TIME")
    return int(seconds) * 1000 + int(micros) // 1000


EFFECTS = {
    "one write": ("call('SET', 'a', 1)", ["SET a 1"]),
    "two writes": ("call('SET', 'a', 1) call('INCR', 'a')", ["MULTI", "SET a 1", "INCR a", "EXEC"]),
    "reads": ("call('GET', 'a') return call('DBSIZE')", []),
    "nothing changed": ("call('DEL', 'none') call('SREM', 's', 'x')", []),
    "a loop": ("for i = 1, 3 do call('RPUSH', 'l', i) end", ["MULTI", "RPUSH l 1", "RPUSH l 2", "RPUSH l 3", "EXEC"]),
    "a relative expiry": ("call('SET', 'a', 1, 'EX', 100)", ["SET a 1 PXAT @100"]),
    "a float": ("call('INCRBYFLOAT', 'a', '1.50')", ["SET a 1.5 KEEPTTL"]),
    "a member at random": ("call('SADD', 's', 'only') call('SPOP', 's')", ["MULTI", "SADD s only", "SREM s only", "EXEC"]),
    "an error of its own": ("call('SET', 'a', 1) call('SET', 'b', 2) error('x')", ["MULTI", "SET a 1", "SET b 2", "EXEC"]),
    "an error of a command": ("call('SET', 'a', 1) call('LPUSH', 'a', 1)", ["SET a 1"]),
    "another database": ("call('SET', 'a', 1) call('SELECT', 3) call('SET', 'b', 2)",
                         ["MULTI", "SET a 1", "SELECT 3", "SET b 2", "EXEC"]),
}


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.goal("The log tells what a script did, between MULTI and EXEC where that is more than one command")
def test_effects(wire, tail, name):
    script, expected = EFFECTS[name]
    wire("EVAL", "local call = redis.call " + script, 0)
    assert with_times(tail.lines(), expected) == expected


REPLICATION = {
    "none": ("set_repl(redis.REPL_NONE) call('SET', 'a', 1) call('SET', 'b', 1)", []),
    "files": ("set_repl(redis.REPL_AOF) call('SET', 'a', 1)", ["SET a 1"]),
    "replicas": ("set_repl(redis.REPL_REPLICA) call('SET', 'a', 1) set_repl(redis.REPL_SLAVE) call('SET', 'b', 1)", []),
    "all again": ("set_repl(redis.REPL_NONE) call('SET', 'a', 1) set_repl(redis.REPL_ALL) call('SET', 'b', 1)", ["SET b 1"]),
    "around": ("call('SET', 'a', 1) set_repl(redis.REPL_NONE) call('SET', 'b', 1) set_repl(redis.REPL_AOF) call('SET', 'c', 1)",
               ["MULTI", "SET a 1", "SET c 1", "EXEC"]),
    "a rewritten command": ("set_repl(redis.REPL_NONE) call('SET', 'a', 1, 'EX', 100) call('INCRBYFLOAT', 'b', 1.5)", []),
}


@pytest.mark.parametrize("name", REPLICATION)
@pytest.mark.goal("redis.set_repl says what of a script's writes the log hears, until it says otherwise or ends")
def test_set_repl(wire, tail, name):
    script, expected = REPLICATION[name]
    wire("EVAL", "local call, set_repl = redis.call, redis.set_repl " + script, 0)
    assert wire("EXISTS", "a") == 1, "the data itself changes in any case"
    wire("EVAL", "redis.call('SET', 'the', 'end')", 0)
    assert tail.lines() == [*expected, "SET the end"]


@pytest.mark.goal("A key that expires in a script whose writes are not passed on goes out as DEL all the same")
def test_set_repl_and_expiry(wire, tail):
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", "k", "v", "PX", 1)
    ago = now_ms(wire)
    wait_until(lambda: now_ms(wire) > ago + 2, 5, "the key to expire")
    tail.bytes()
    assert wire("EVAL", "redis.set_repl(redis.REPL_NONE) return redis.call('GET', 'k')", 0) is None
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 1)
    assert tail.lines() == ["DEL k"]


@pytest.mark.goal("Scripts in a transaction are a part of it: one MULTI and one EXEC, whatever is inside")
def test_in_a_transaction(wire, tail):
    wire.ok("MULTI")
    for words in (("SET", "a", 1), ("EVAL", "redis.call('SET', 'b', 1) redis.call('SET', 'c', 1)", 0),
                  ("EVAL", "redis.set_repl(redis.REPL_NONE) redis.call('SET', 'd', 1)", 0), ("SET", "e", 1)):
        assert wire(*words) == "QUEUED"
    assert wire("EXEC") == ["OK", None, None, "OK"]
    assert tail.lines() == ["MULTI", "SET a 1", "SET b 1", "SET c 1", "SET e 1", "EXEC"]


@pytest.mark.goal("SCRIPT LOAD and SCRIPT FLUSH are nobody's data; FUNCTION LOAD, DELETE and FLUSH are logged as they were given")
def test_what_is_data(wire, tail):
    sha = wire("SCRIPT", "LOAD", "return 1")
    for how in ((), ("ASYNC",), ("SYNC",)):
        wire.ok("SCRIPT", "FLUSH", *how)
        assert wire("SCRIPT", "EXISTS", sha) == [0] and wire.error("EVALSHA", sha, 0).startswith("NOSCRIPT ")
        wire("SCRIPT", "LOAD", "return 1")
    assert tail.lines() == []
    assert wire("FUNCTION", "LOAD", LIBRARY) == b"bank"
    assert wire("FUNCTION", "LOAD", "REPLACE", LIBRARY) == b"bank"
    wire.ok("FUNCTION", "DELETE", "bank")
    for how in ((), ("ASYNC",), ("SYNC",)):
        wire.ok("FUNCTION", "FLUSH", *how)
    code = LIBRARY.encode()
    assert tail.commands() == [(b"FUNCTION", b"LOAD", code), (b"FUNCTION", b"LOAD", b"REPLACE", code),
                               (b"FUNCTION", b"DELETE", b"bank"), (b"FUNCTION", b"FLUSH"), (b"FUNCTION", b"FLUSH", b"ASYNC"),
                               (b"FUNCTION", b"FLUSH", b"SYNC")]


@pytest.mark.goal("A function's writes are logged as a script's are")
def test_function_effects(wire, tail):
    wire("FUNCTION", "LOAD", LIBRARY)
    tail.bytes()
    assert wire("FCALL", "pay", 2, "from", "to", 5) == b"5"
    assert tail.lines() == ["MULTI", "DECRBY from 5", "INCRBY to 5", "EXEC"]
    assert wire.error("FUNCTION", "LOAD", LIBRARY) == "ERR Library 'bank' already exists"
    assert tail.lines() == [], "what failed is not logged"


@pytest.mark.parametrize("rewritten", ["the log as it grew", "rewritten", "rewritten before the last call"])
@pytest.mark.goal("After a restart the effects of scripts and the functions are there, and the scripts are not")
def test_restart(fresh_server, rewritten):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    sha = wire("SCRIPT", "LOAD", "redis.call('SET', 'by', 'script') return redis.call('INCR', 'count')")
    wire("FUNCTION", "LOAD", LIBRARY)
    assert wire("EVALSHA", sha, 0) == 1
    if rewritten.startswith("rewritten before"):
        rewrite(wire)
    assert wire("FCALL", "pay", 2, "from", "to", 5) == b"5"
    if rewritten == "rewritten":
        rewrite(wire)
    if rewritten != "the log as it grew":
        assert commands_in(base_file(server).read_bytes())[0] == (b"FUNCTION", b"LOAD", LIBRARY.encode())
    before = digest(wire)
    wire = reborn(server)
    assert digest(wire) == before
    assert wire("SCRIPT", "EXISTS", sha) == [0]
    assert wire("FCALL", "pay", 2, "from", "to", 5) == b"10"
    wire.ok("DEBUG", "LOADAOF")
    assert wire("MGET", "from", "to", "by") == [b"-10", b"10", b"script"]


@pytest.mark.goal("What a script kept from the log is gone after a restart")
def test_restart_without(fresh_server):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    wire("EVAL", "redis.call('SET', 'kept', 1) redis.set_repl(redis.REPL_REPLICA) redis.call('SET', 'lost', 1)", 0)
    assert wire("EXISTS", "kept", "lost") == 2
    wire = reborn(server)
    assert wire("KEYS", "*") == [b"kept"]


@pytest.mark.parametrize("direction", ["from redis-server", "to redis-server"])
@pytest.mark.goal("A log with functions and the effects of scripts moves between redis-server and this server")
def test_travel(fresh_server, reference, direction):
    pair = [fresh_server(start=False, **SERVER_OPTIONS), reference(start=False, **SERVER_OPTIONS)]
    writer, reader = pair if direction == "to redis-server" else pair[::-1]
    wire = writer.start().wire()
    wire("FUNCTION", "LOAD", LIBRARY)
    wire("FCALL", "pay", 2, "from", "to", 5)
    rewrite(wire)
    wire("FUNCTION", "LOAD", LIBRARY.replace("bank", "shop").replace("pay", "buy"))
    wire("EVAL", "for i = 1, 50 do redis.call('ZADD', 'z' .. i % 5, i / 3, i) redis.call('SADD', 's', i) end", 0)
    wire("EVAL", "return redis.call('SPOP', 's', 20)", 0)
    before = digest(wire)
    writer.kill()
    shutil.copytree(log_dir(writer), log_dir(reader))
    wire = reader.start().wire()
    assert digest(wire) == before
    assert wire("FCALL", "buy", 2, "from", "to", 5) == b"10" and wire("FCALL", "pay", 2, "from", "to", 5) == b"15"
