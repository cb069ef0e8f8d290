"""Errors: what a script gets of its commands', and what a client gets of the script's."""

import hashlib

import pytest

from strata_harness.resp import encode

UNKNOWN = "ERR Unknown Redis command called from script"


def told(script, text, line=1):
    """The error that the client gets: the text, and where it came from."""
    return f"{text} script: {hashlib.sha1(script.encode()).hexdigest()}, on @user_script:{line}."


@pytest.mark.parametrize("script, text", [
    ("redis.call('nope')", UNKNOWN), ("redis.call('')", UNKNOWN), ("redis.call(1)", UNKNOWN),
    ("redis.call('CONFIG', 'nope')", UNKNOWN),
    ("redis.call('GET')", "ERR Wrong number of args calling Redis command from script"),
    ("redis.call()", "ERR Please specify at least one argument for this redis lib call"),
    ("redis.call({})", "ERR Lua redis lib command arguments must be strings or integers"),
    ("redis.call('GET', true)", "ERR Lua redis lib command arguments must be strings or integers"),
    ("error('boom')", "ERR user_script:1: boom"), ("error({err = 'MY error'})", "MY error"),
    ("error()", "ERR nil"), ("error(5)", "ERR user_script:1: 5"), ("error('boom', 0)", "ERR boom"),
    ("local a = nil; a.b = 1", "ERR user_script:1: attempt to index local 'a' (a nil value)"),
    ("return assert(nil, 'm')", "ERR user_script:1: m"),
    ("redis.sha1hex()", "ERR wrong number of arguments"),
    ("redis.log(1)", "ERR redis.log() requires two arguments or more."),
    ("redis.log(8, 'x')", "ERR Invalid debug level."),
    ("redis.log('x', 'y')", "ERR First argument must be a number (log level)."),
    ("redis.setresp(4)", "ERR RESP version must be 2 or 3."),
    ("redis.setresp()", "ERR redis.setresp() requires one argument."),
    ("redis.set_repl(9)", "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE."),
    ("redis.acl_check_cmd('nope')", "ERR Invalid command passed to redis.acl_check_cmd()"),
])
@pytest.mark.goal("An error that nobody catches ends the script; the client is told the text, the script and the line")
def test_uncaught(wire, script, text):
    assert wire.error("EVAL", script, 0) == told(script, text)


@pytest.mark.goal("The line is that of the innermost function of the script")
def test_line(wire):
    script = "local function f()\n redis.call('nope')\nend\n\nf()"
    assert wire.error("EVAL", script, 0) == told(script, UNKNOWN, line=2)
    script = "#!lua\n\nreturn nope"
    assert wire.error("EVAL", script, 0) == told(
        script, "ERR user_script:3: Script attempted to access nonexistent global variable 'nope'", line=3)


@pytest.mark.goal("redis.pcall gives the error back as a table, which can be returned as it is")
def test_pcall(wire):
    wire("RPUSH", "list", "x")
    wrong = "WRONGTYPE Operation against a key holding the wrong kind of value"
    assert wire.error("EVAL", "return redis.pcall('GET', 'list')", 0) == wrong
    assert wire("EVAL", "return redis.pcall('GET', 'list').err", 0).decode() == wrong
    assert wire("EVAL", "redis.pcall('GET', 'list') return redis.call('LLEN', 'list')", 0) == 1
    script = "redis.call('GET', 'list')"
    assert wire.error("EVAL", script, 0) == told(script, wrong)


@pytest.mark.goal("pcall gives a caught error table as its text, and other tables as they are")
def test_lua_pcall(wire):
    script = "local ok, e = pcall(redis.call, 'nope') return {tostring(ok), type(e), e}"
    assert wire("EVAL", script, 0) == [b"false", b"string", UNKNOWN.encode()]
    script = "local ok, e = pcall(function() error({code = 7}) end) return {tostring(ok), type(e), e.code}"
    assert wire("EVAL", script, 0) == [b"false", b"table", 7]
    script = "local ok, e = pcall(redis.call, 'nope') error(e)"
    assert wire.error("EVAL", script, 0) == told(script, f"ERR user_script:1: {UNKNOWN}")
    script = "return {xpcall(function() error('q') end, function(e) return 'handled ' .. e end)}"
    assert wire("EVAL", script, 0) == [None, b"handled user_script:1: q"]


@pytest.mark.goal("What was written before an error stays written")
def test_no_rollback(wire):
    wire.error("EVAL", "redis.call('SET', 'k', 1) redis.call('nope')", 0)
    assert wire("GET", "k") == b"1"


@pytest.mark.goal("A command's error is counted once, however it reaches the client")
def test_statistics(wire):
    wire.ok("CONFIG", "RESETSTAT")
    wire("RPUSH", "list", "x")
    wire.error("EVAL", "return redis.call('GET', 'list')", 0)
    wire.error("EVAL", "return redis.pcall('GET', 'list')", 0)
    wire.error("EVAL", "return redis.call('GET')", 0)
    wire.error("EVAL", "error('boom')", 0)
    stats = wire("INFO", "errorstats").decode()
    assert "errorstat_WRONGTYPE:count=2\r\n" in stats and "errorstat_ERR:count=2\r\n" in stats
    commands = wire("INFO", "commandstats").decode()
    of_get = next(line for line in commands.splitlines() if line.startswith("cmdstat_get:"))
    of_eval = next(line for line in commands.splitlines() if line.startswith("cmdstat_eval:"))
    assert "calls=2," in of_get and of_get.endswith("rejected_calls=1,failed_calls=2")
    assert "calls=4," in of_eval and of_eval.endswith("rejected_calls=0,failed_calls=4")


@pytest.mark.goal("Line breaks in an error do not break the protocol")
def test_line_breaks(wire):
    wire.exchange(encode("EVAL", "return {err = 'a\\r\\nb'}", "0"), b"-a  b\r\n")
    wire.exchange(encode("PING"), b"+PONG\r\n")


@pytest.mark.goal("The text of an error ends at a zero byte")
def test_zero_bytes(wire):
    for script in ("{err = 'ERR a\\0b'}", "redis.error_reply('a\\0b')"):
        wire.exchange(encode("EVAL", f"return {script}", "0"), b"-ERR a\r\n")
    assert wire("EVAL", "return #redis.error_reply('a\\0b').err", 0) == len("ERR a")
    assert wire.error("EVAL", "error({err = 'MINE\\0b'})", 0).startswith("MINE script: ")


@pytest.mark.goal("An error table without a text is an error without a text, and the server lives")
def test_no_text(wire):
    assert wire("EVAL", "return {err = 12}", 0) == []
    wire.exchange(encode("EVAL", "return redis.error_reply('')", "0"), b"-ERR \r\n")
