"""Commands that wait for a key: timeouts, bad arguments, and what else ends a wait."""

import time

import pytest

from strata_harness.blocking import blocked, waiting
from strata_harness.resp import NULL_ARRAY, RespError, encode
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

WRONGTYPE = RespError("WRONGTYPE Operation against a key holding the wrong kind of value")
POPS = ["BLPOP", "BRPOP", "BZPOPMIN", "BZPOPMAX"]


@pytest.mark.goal("A wait ends with null after its timeout: not before, and not much later")
@pytest.mark.parametrize("seconds", ["0.1", "0.25", "0.0001"])
@pytest.mark.parametrize("command", ["BLPOP k {}", "BRPOP k {}", "BZPOPMIN k {}", "BLMOVE k d LEFT LEFT {}",
                                     "BRPOPLPUSH k d {}", "BLMPOP {} 1 k LEFT", "BZMPOP {} 1 k MIN"])
def test_timeout(wire, command, seconds):
    start = time.monotonic()
    assert wire(*command.format(seconds).split()) == NULL_ARRAY
    took = time.monotonic() - start
    assert float(seconds) <= took + 0.002
    assert took < float(seconds) + scaled(3.0)


@pytest.mark.goal("A timeout that is none is refused")
@pytest.mark.parametrize("text, error", [
    ("-1", "ERR timeout is negative"), ("-0.5", "ERR timeout is negative"), ("-inf", "ERR timeout is negative"),
    ("soon", "ERR timeout is not a float or out of range"), ("", "ERR timeout is not a float or out of range"),
    ("nan", "ERR timeout is not a float or out of range"), (" 1", "ERR timeout is not a float or out of range"),
    ("1 ", "ERR timeout is not a float or out of range"),
])
@pytest.mark.parametrize("command", POPS)
def test_bad_timeout(wire, command, text, error):
    assert wire(command, "k", text) == RespError(error)


@pytest.mark.goal("The other arguments are checked before anybody waits")
@pytest.mark.parametrize("command, error", [
    ("BLMPOP 0 0 k LEFT", "ERR numkeys should be greater than 0"), ("BLMPOP 0 1 k UP", "ERR syntax error"),
    ("BLMPOP 0 2 k LEFT", "ERR syntax error"), ("BLMPOP 0 1 k LEFT COUNT 0", "ERR count should be greater than 0"),
    ("BLMPOP -1 1 k LEFT", "ERR timeout is negative"), ("BLMPOP 0 1 k LEFT COUNT 1 COUNT 2", "ERR syntax error"),
    ("BZMPOP 0 x k MIN", "ERR numkeys should be greater than 0"), ("BZMPOP 0 1 k LEFT", "ERR syntax error"),
    ("BLMOVE a b UP LEFT 0", "ERR syntax error"), ("BLMOVE a b LEFT LEFT -1", "ERR timeout is negative"),
    ("BLPOP k", "ERR wrong number of arguments for 'blpop' command"),
    ("BRPOPLPUSH a b", "ERR wrong number of arguments for 'brpoplpush' command"),
])
def test_bad_arguments(wire, command, error):
    assert wire(*command.split()) == RespError(error)
    assert wire("BLPOP", "k", "0.01") == NULL_ARRAY, "with a timeout it waits"


@pytest.mark.goal("After a timeout the client waits for nothing: a later element stays")
def test_timed_out_is_gone(connect):
    wire, other = connect(), connect()
    assert wire("BLPOP", "q", "0.01") == NULL_ARRAY
    other("RPUSH", "q", "a")
    assert other("LLEN", "q") == 1
    assert wire("PING") == "PONG"


@pytest.mark.goal("Commands sent behind a blocked one wait, then run in their order")
def test_pipelined_behind(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    waiter.send(encode("SET", "k", "v") + encode("GET", "k") + encode("BLPOP", "q", "0"))
    waiter.send(encode("PING"))
    assert wire("EXISTS", "k") == 0
    wire("RPUSH", "q", "a")
    assert waiter.read_many(3) == [[b"q", b"a"], "OK", b"v"]
    wait_until(lambda: blocked(wire) == 1, 5, "the second BLPOP to wait")
    wire("RPUSH", "q", "b")
    assert waiter.read_many(2) == [[b"q", b"b"], "PONG"]


@pytest.mark.goal("A client that goes away while it waits takes nothing with it")
@pytest.mark.parametrize("killed", [False, True])
def test_disconnect(wire, waiting, killed):
    one, two = waiting("BLPOP", "q", "0"), waiting("BLPOP", "q", "0")
    if killed:
        assert wire("CLIENT", "KILL", "ID", str(one.number)) == 1
    else:
        one.close()
    wait_until(lambda: blocked(wire) == 1, 5, "the client to be gone")
    wire("RPUSH", "q", "a", "b")
    assert two.read() == [b"q", b"a"]
    assert wire("LRANGE", "q", "0", "-1") == [b"b"]


@pytest.mark.goal("An element goes to nobody who is killed in the same breath")
def test_killed_before_push(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    wire.send(encode("CLIENT", "KILL", "ID", str(waiter.number)) + encode("RPUSH", "q", "a") + encode("LLEN", "q"))
    assert wire.read_many(3) == [1, 1, 1]


@pytest.mark.goal("CLIENT UNBLOCK ends a wait as a timeout does, or with an error")
@pytest.mark.parametrize("how, reply", [
    ([], NULL_ARRAY), (["TIMEOUT"], NULL_ARRAY), (["error"], RespError("UNBLOCKED client unblocked via CLIENT UNBLOCK"))])
def test_client_unblock(wire, waiting, how, reply):
    waiter = waiting("BLPOP", "q", "0")
    assert wire("CLIENT", "UNBLOCK", str(waiter.number), *how) == 1
    assert waiter.read() == reply
    assert wire("CLIENT", "UNBLOCK", str(waiter.number), *how) == 0, "it does not wait any more"
    wire("RPUSH", "q", "a")
    assert waiter("BLPOP", "q", "0") == [b"q", b"a"]


@pytest.mark.goal("CLIENT UNBLOCK of one who does not wait, or does not exist, does nothing")
def test_client_unblock_nobody(connect):
    wire, other = connect(), connect()
    assert wire("CLIENT", "UNBLOCK", str(other("CLIENT", "ID"))) == 0
    assert wire("CLIENT", "UNBLOCK", "999999") == 0
    assert wire("CLIENT", "UNBLOCK", "1", "GENTLY") == RespError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
    assert other("BLPOP", "q", "0.01") == NULL_ARRAY
    assert wire("CLIENT", "UNBLOCK", str(other("CLIENT", "ID"))) == 0, "it waits no more"
