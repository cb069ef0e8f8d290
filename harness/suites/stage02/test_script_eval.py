"""EVAL, EVALSHA and the cache of scripts: arguments, replies, what is remembered."""

import hashlib

import pytest

from strata_harness.resp import NULL_ARRAY, RespError, encode
from strata_harness.wait import wait_until

NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL."


def sha(script):
    return hashlib.sha1(script.encode()).hexdigest()


@pytest.mark.goal("A script gets the keys in KEYS and the other arguments in ARGV, and runs commands with redis.call")
def test_arguments(wire):
    script = "return {KEYS[1], KEYS[2], ARGV[1], #KEYS, #ARGV, redis.call('SET', KEYS[1], ARGV[1])}"
    assert wire("EVAL", script, 2, "a", "b", "c", "d") == [b"a", b"b", b"c", 2, 2, "OK"]
    assert wire("GET", "a") == b"c"


@pytest.mark.parametrize("arguments, error", [
    (["x"], "ERR value is not an integer or out of range"),
    (["2", "a"], "ERR Number of keys can't be greater than number of args"),
    (["-1"], "ERR Number of keys can't be negative"),
])
@pytest.mark.goal("A number of keys that cannot be is refused")
def test_number_of_keys(wire, arguments, error):
    assert wire.error("EVAL", "return 1", *arguments) == error
    assert wire.error("EVAL", "return 1") == "ERR wrong number of arguments for 'eval' command"


@pytest.mark.goal("Every script that EVAL ran can be run by its SHA-1, in any case of letters")
def test_evalsha(wire, rng):
    script = f"return {rng.randrange(10**9)}"
    assert wire.error("EVALSHA", sha(script), 0) == NO_SCRIPT
    value = wire("EVAL", script, 0)
    assert wire("EVALSHA", sha(script), 0) == value
    assert wire("EVALSHA", sha(script).upper(), 0) == value
    assert wire.error("EVALSHA", "short", 0) == NO_SCRIPT


@pytest.mark.goal("SCRIPT LOAD compiles without running; SCRIPT EXISTS tells what is there; SCRIPT FLUSH forgets all")
def test_cache(wire, rng):
    script = f"return redis.call('INCR', 'counter{rng.randrange(10**9)}')"
    assert wire("SCRIPT", "LOAD", script).decode() == sha(script)
    assert wire("DBSIZE") == 0
    assert wire("SCRIPT", "EXISTS", sha(script), sha("return 'never'"), "x") == [1, 0, 0]
    assert wire("SCRIPT", "LOAD", script).decode() == sha(script)
    for mode in ([], ["ASYNC"], ["sync"]):
        wire.ok("SCRIPT", "FLUSH", *mode)
        assert wire("SCRIPT", "EXISTS", sha(script)) == [0]
        assert wire.error("EVALSHA", sha(script), 0) == NO_SCRIPT
        wire("SCRIPT", "LOAD", script)
    assert wire.error("SCRIPT", "FLUSH", "now") == "ERR SCRIPT FLUSH only support SYNC|ASYNC option"
    assert wire.error("SCRIPT", "LOAD", "return +").startswith(
        "ERR Error compiling script (new function): user_script:1: unexpected symbol near")


@pytest.mark.goal("EVAL_RO and EVALSHA_RO run scripts that only read, and let no command write")
def test_read_only(wire):
    wire.ok("SET", "k", "v")
    assert wire("EVAL_RO", "return redis.call('GET', KEYS[1])", 1, "k") == b"v"
    write = "return redis.call('SET', KEYS[1], 'w')"
    wire("SCRIPT", "LOAD", write)
    denied = "ERR Write commands are not allowed from read-only scripts."
    for command in (["EVAL_RO", write], ["EVALSHA_RO", sha(write)]):
        assert wire.error(*command, 1, "k") == f"{denied} script: {sha(write)}, on @user_script:1."
    for command in ("'PUBLISH', 'c', 'm'", "'PFCOUNT', 'k'"):  # a message is an effect; PFCOUNT may store what it counted
        assert wire.error("EVAL_RO", f"return redis.pcall({command})", 0) == denied
    assert wire("GET", "k") == b"v"


@pytest.mark.goal("Nobody sees a script half-done, and it is one command to MULTI")
def test_in_transaction(wire):
    assert wire("MULTI") == "OK"
    assert wire("EVAL", "redis.call('SET', 'a', 1) return redis.call('INCR', 'a')", 0) == "QUEUED"
    assert wire("EVAL", "return redis.call('nope')", 0) == "QUEUED"
    assert wire("GET", "a") == "QUEUED"
    results = wire("EXEC")
    assert results[0] == 2 and isinstance(results[1], RespError) and results[2] == b"2"


@pytest.mark.goal("SELECT in a script chooses the database of its own commands, not the client's")
def test_select(wire):
    assert wire("EVAL", "redis.call('SELECT', 1) return redis.call('SET', 'in one', 1)", 0) == "OK"
    assert wire("EXISTS", "in one") == 0
    assert wire("EVAL", "return redis.call('EXISTS', 'in one')", 0) == 0, "the next script begins where the client is"
    wire.ok("SELECT", 1)
    assert wire("GET", "in one") == b"1"


@pytest.mark.goal("Commands that have no place in a script are refused")
@pytest.mark.parametrize("command", ["MULTI", "SUBSCRIBE x", "EVAL return_1 0", "CONFIG GET maxmemory", "CLIENT ID",
                                     "BLPOP nolist 0", "SCRIPT EXISTS x", "WATCH k", "SHUTDOWN", "AUTH x", "HELLO"])
def test_refused_commands(wire, command):
    script = "return redis.pcall(unpack(ARGV))"
    assert wire.error("EVAL", script, 0, *command.split()) == "ERR This Redis command is not allowed from script"


@pytest.mark.goal("A command that would wait answers as if its time was up")
def test_no_waiting(wire):
    assert wire("EVAL", "return redis.call('BLMPOP', 0, 1, 'nolist', 'LEFT')", 0) is None


@pytest.mark.goal("Time stands still in a script: a key that is there at the start is there to its end")
def test_time_stands_still(wire):
    script = """
      redis.call('SET', KEYS[1], 'v', 'PX', 5)
      local start = redis.call('TIME')
      local passed = 0
      while passed < 20000 do
        local now = redis.call('TIME')
        passed = (now[1] - start[1]) * 1000000 + now[2] - start[2]
      end
      return {redis.call('EXISTS', KEYS[1]), redis.call('GET', KEYS[1])}"""
    assert wire("EVAL", script, 1, "k") == [1, b"v"]
    assert wire("EXISTS", "k") == 0, "and afterwards its time has passed"


@pytest.mark.goal("Whoever waits for a key is served once the script that fills it is over")
def test_waiting_client(connect):
    wire, waiting = connect(), connect()
    waiting.send(encode("BLPOP", "list", "0"))
    wait_until(lambda: b"blocked_clients:1" in wire("INFO", "clients"), 5, "the client to wait")
    script = "redis.call('RPUSH', 'list', 'a') redis.call('RPUSH', 'list', 'b') return redis.call('LLEN', 'list')"
    assert wire("EVAL", script, 0) == 2
    assert waiting.read() == [b"list", b"a"]
    assert wire("LRANGE", "list", 0, -1) == [b"b"]


@pytest.mark.goal("A script that changes a watched key makes EXEC answer null")
def test_watched_key(connect):
    wire, other = connect(), connect()
    wire.ok("WATCH", "k")
    other("EVAL", "return redis.call('SET', KEYS[1], 1)", 1, "k")
    wire.ok("MULTI")
    wire("GET", "k")
    assert wire("EXEC") is NULL_ARRAY


@pytest.mark.goal("COMMAND GETKEYS finds the keys of EVAL behind their number")
def test_getkeys(wire):
    for command in ("EVAL", "EVALSHA", "EVAL_RO", "FCALL"):
        assert wire("COMMAND", "GETKEYS", command, "x", 2, "a", "b", "c") == [b"a", b"b"]
    assert wire("EVAL", "return KEYS", 2, "a", "b", "c") == [b"a", b"b"]


@pytest.mark.goal("INFO counts the cached scripts and the memory of the interpreter")
def test_info(wire):
    def field(name):
        for line in wire("INFO", "memory").decode().splitlines():
            if line.startswith(name + ":"):
                return int(line.split(":")[1])
        raise AssertionError(f"INFO memory has no {name}")

    wire.ok("SCRIPT", "FLUSH")
    assert field("number_of_cached_scripts") == 0
    empty = field("used_memory_scripts_eval")
    for i in range(3):
        wire("SCRIPT", "LOAD", f"return '{i}{'x' * 1000}'")
    assert field("number_of_cached_scripts") == 3
    assert field("used_memory_scripts_eval") >= empty + 3000
    assert field("used_memory_lua") > 10_000 and field("used_memory_vm_eval") > 10_000
