"""Scripts that take too long: others hear BUSY, and may end them."""

import pytest

from strata_harness.resp import RespError, encode
from strata_harness.wait import wait_until

THRESHOLD = "busy-reply-threshold 50\n"
ENDLESS = "while true do end"
BUSY = "BUSY Redis is busy running a script. You can only call {} KILL or SHUTDOWN NOSAVE."
KILLED = "ERR Script killed by user with SCRIPT KILL..."
UNKILLABLE = ("UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the "
              "script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.")


def hear_busy(wire):
    wait_until(lambda: isinstance(wire("PING"), RespError), 10, "BUSY")


@pytest.fixture
def busy(fresh_server):
    """Starts a command that does not end; gives its client and another one, once that one hears BUSY."""
    server = fresh_server(conf=THRESHOLD)

    def start(*command):
        client, other = server.wire(), server.wire()
        client.send(encode(*command))
        hear_busy(other)
        return client, other
    return start


@pytest.mark.goal("Meanwhile others are answered BUSY, after they have been checked for what is wrong anyhow")
def test_busy(busy):
    client, other = busy("EVAL", ENDLESS, "0")
    for command in (["GET", "k"], ["INFO"], ["EVAL", "return 1", "0"], ["SHUTDOWN"], ["SHUTDOWN", "SAVE"],
                    ["SUBSCRIBE", "x"], ["SCRIPT", "FLUSH"], ["FUNCTION", "KILL"], ["FUNCTION", "STATS"]):
        assert other.error(*command) == BUSY.format("SCRIPT")
    assert other.error("GET") == "ERR wrong number of arguments for 'get' command"
    assert other.error("NOPE").startswith("ERR unknown command")
    other.ok("MULTI")
    assert other.error("GET", "k") == BUSY.format("SCRIPT")
    assert other.error("EXEC") == "EXECABORT Transaction discarded because of: " + BUSY.format("SCRIPT")
    other.ok("WATCH", "k")
    other.ok("UNWATCH")
    other.ok("SCRIPT", "KILL")
    assert client.read().text.startswith(KILLED + " script: ")


@pytest.mark.parametrize("script", [ENDLESS, "while true do pcall(function() while true do end end) end",
                                    "#!lua flags=no-writes\nwhile true do redis.call('GET', 'k') end",
                                    "coroutine.wrap(function() while true do end end)()"])
@pytest.mark.goal("SCRIPT KILL ends a script that has not written, even if it catches errors")
def test_kill(busy, script):
    client, other = busy("EVAL", script, "0")
    other.ok("SCRIPT", "KILL")
    assert KILLED in client.read().text
    assert other.error("SCRIPT", "KILL") == "NOTBUSY No scripts in execution right now."
    assert other("PING") == "PONG" and client("PING") == "PONG"
    assert client("EVAL", "return 7", "0") == 7


@pytest.mark.goal("A script that has written is not ended half-way, but with the whole server")
def test_unkillable(fresh_server):
    server = fresh_server(conf=THRESHOLD)
    client, other = server.wire(), server.wire()
    client.send(encode("EVAL", f"redis.call('SET', 'k', 1) {ENDLESS}", "0"))
    hear_busy(other)
    assert other.error("SCRIPT", "KILL") == UNKILLABLE
    assert other.error("FUNCTION", "KILL") == UNKILLABLE
    assert other.error("SHUTDOWN") == BUSY.format("SCRIPT")
    other.send(encode("SHUTDOWN", "NOSAVE"))
    assert server.wait_exit() == 0


@pytest.mark.goal("A function is ended by FUNCTION KILL, and FUNCTION STATS tells what runs")
def test_function(fresh_server):
    server = fresh_server(conf=THRESHOLD)
    client, other = server.wire(), server.wire()
    client("FUNCTION", "LOAD", f"#!lua name=l\nredis.register_function('loop', function() {ENDLESS} end)")
    client.send(encode("FCALL", "loop", "1", "key", "arg"))
    hear_busy(other)
    stats = other("FUNCTION", "STATS")
    running = dict(zip(stats[1][::2], stats[1][1::2]))
    assert running[b"name"] == b"loop" and running[b"command"] == [b"FCALL", b"loop", b"1", b"key", b"arg"]
    assert running[b"duration_ms"] >= 50
    assert other.error("SCRIPT", "KILL") == BUSY.format("FUNCTION")
    other.ok("FUNCTION", "KILL")
    assert client.read().text == f"{KILLED} script: loop, on @user_function:2."


@pytest.mark.goal("A client that sent more waits for the end of its script, and then gets all its replies in order")
def test_pipeline(busy):
    client, other = busy("EVAL", ENDLESS, "0")
    client.send(encode("SET", "k", "v") + encode("GET", "k"))
    assert other.error("GET", "k") == BUSY.format("SCRIPT")
    other.ok("SCRIPT", "KILL")
    assert KILLED in client.read().text
    assert client.read_many(2) == ["OK", b"v"]


@pytest.mark.goal("A client that leaves while its script runs harms nobody")
def test_caller_leaves(busy):
    client, other = busy("EVAL", ENDLESS, "0")
    client.close()
    assert other.error("GET", "k") == BUSY.format("SCRIPT")
    other.ok("SCRIPT", "KILL")
    wait_until(lambda: other("PING") == "PONG", 5, "the script to end")


@pytest.mark.goal("Code of a library that does not end is given up")
def test_endless_library(wire):
    assert wire.error("FUNCTION", "LOAD", f"#!lua name=endless\n{ENDLESS}") == (
        "ERR Error registering functions: ERR FUNCTION LOAD timeout")
    assert wire("PING") == "PONG"
