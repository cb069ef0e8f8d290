"""Values between Lua and RESP, in both directions and both protocols."""

import pytest

from strata_harness.resp import encode


def evaluate(wire, script, reply, *arguments):
    wire.exchange(encode("EVAL", script, "0", *arguments), reply)


@pytest.mark.parametrize("value, reply", [
    ("3.99", b":3\r\n"), ("-3.99", b":-3\r\n"), ("1e300", b":-9223372036854775808\r\n"), ("'abc'", b"$3\r\nabc\r\n"),
    ("''", b"$0\r\n\r\n"), ("true", b":1\r\n"), ("false", b"$-1\r\n"), ("nil", b"$-1\r\n"), ("", b"$-1\r\n"),
    ("{}", b"*0\r\n"), ("{1, nil, 3}", b"*1\r\n:1\r\n"), ("{1, {2, 'x'}}", b"*2\r\n:1\r\n*2\r\n:2\r\n$1\r\nx\r\n"),
    ("{ok = 'fine'}", b"+fine\r\n"), ("{err = 'MY error'}", b"-MY error\r\n"), ("function() end", b"$-1\r\n"),
    ("redis.status_reply('a\\r\\nb')", b"+a  b\r\n"), ("redis.error_reply('WORD')", b"-ERR WORD\r\n"),
    ("redis.error_reply('two words')", b"-two words\r\n"), ("redis.error_reply('-MY way')", b"-MY way\r\n"),
    ("redis.status_reply()", b"-ERR wrong number or type of arguments\r\n"), ("{double = 3.5}", b"$3\r\n3.5\r\n"),
    ("{map = {a = 1}}", b"*2\r\n$1\r\na\r\n:1\r\n"), ("{set = {a = true}}", b"*1\r\n$1\r\na\r\n"),
    ("{big_number = '123'}", b"$3\r\n123\r\n"), ("1, 2, 3", b":1\r\n"), ("{err = 5}", b"*0\r\n"),
    ("{verbatim_string = {format = 'txt', string = 'abc'}}", b"$3\r\nabc\r\n"), ("{map = 'x'}", b"*0\r\n"),
    ("{1, {err = 'X y'}, {ok = 'fine'}}", b"*3\r\n:1\r\n-X y\r\n+fine\r\n"),
])
@pytest.mark.goal("What a script returns becomes a reply of RESP2")
def test_results(wire, value, reply):
    evaluate(wire, f"return {value}", reply)


@pytest.mark.parametrize("value, reply", [
    ("{double = 3.5}", b",3.5\r\n"), ("{map = {a = 1}}", b"%1\r\n$1\r\na\r\n:1\r\n"), ("nil", b"_\r\n"),
    ("{set = {a = true}}", b"~1\r\n$1\r\na\r\n"), ("{big_number = '123'}", b"(123\r\n"), ("false", b"_\r\n"),
    ("true", b":1\r\n"), ("{verbatim_string = {format = 'txt', string = 'abc'}}", b"=7\r\ntxt:abc\r\n"),
])
@pytest.mark.goal("To a client of RESP3 the same tables are the types that they stand for")
def test_results_resp3(wire3, value, reply):
    evaluate(wire3, f"return {value}", reply)


@pytest.mark.goal("After redis.setresp(3) true and false are what RESP3 has for them")
def test_booleans(wire, wire3):
    evaluate(wire3, "redis.setresp(3) return {true, false}", b"*2\r\n#t\r\n#f\r\n")
    evaluate(wire, "redis.setresp(3) return {true, false}", b"*2\r\n:1\r\n:0\r\n")
    evaluate(wire3, "return {true, false}", b"*2\r\n:1\r\n_\r\n")


@pytest.mark.goal("Replies of commands become Lua values: null is false, a status and an error are tables")
def test_command_replies(wire):
    wire("RPUSH", "list", "a", "b")
    evaluate(wire, "return type(redis.call('GET', 'none'))", b"$7\r\nboolean\r\n")
    evaluate(wire, "return redis.call('SET', 'k', 'v').ok", b"$2\r\nOK\r\n")
    evaluate(wire, "return redis.pcall('GET', 'list').err:sub(1, 9)", b"$9\r\nWRONGTYPE\r\n")
    evaluate(wire, "return redis.call('LRANGE', 'list', 0, -1)[2]", b"$1\r\nb\r\n")
    evaluate(wire, "return type(redis.call('LLEN', 'list'))", b"$6\r\nnumber\r\n")
    evaluate(wire, "return type(redis.call('BLMPOP', 0, 1, 'none', 'LEFT'))", b"$7\r\nboolean\r\n")


@pytest.mark.goal("After redis.setresp(3) replies come as maps, sets, doubles and nil")
def test_command_replies_resp3(wire):
    wire("HSET", "h", "f", "1.5")
    wire("SADD", "s", "m")
    wire("ZADD", "z", "1.5", "m")
    for call, use, reply in (("'HGETALL', 'h'", "v.map.f", b"$3\r\n1.5\r\n"),
                             ("'SMEMBERS', 's'", "tostring(v.set.m)", b"$4\r\ntrue\r\n"),
                             ("'ZSCORE', 'z', 'm'", "tostring(v.double)", b"$3\r\n1.5\r\n"),
                             ("'GET', 'none'", "type(v)", b"$3\r\nnil\r\n"),
                             ("'LOLWUT'", "v.verbatim_string.format", b"$3\r\ntxt\r\n")):
        evaluate(wire, f"redis.setresp(3) local v = redis.call({call}) return {use}", reply)
    evaluate(wire, "return type(redis.call('HGETALL', 'h')[1])", b"$6\r\nstring\r\n")


@pytest.mark.parametrize("number, text", [("3", b"3"), ("1.5", b"1.5"), ("0.1", b"0.10000000000000001"),
                                          ("1e20", b"1e+20"), ("100000000000000000", b"1e+17"), ("-7", b"-7"),
                                          ("123456789012345", b"123456789012345")])
@pytest.mark.goal("A number as an argument of a command is written with up to 17 digits")
def test_numbers_as_arguments(wire, number, text):
    assert wire("EVAL", f"redis.call('SET', 'k', {number}) return redis.call('GET', 'k')", 0) == text


@pytest.mark.goal("Large and deep replies come whole into Lua, and out of it")
def test_large(wire, rng):
    members = [f"{i}:{rng.random()}" for i in range(3000)]
    wire("RPUSH", "list", *members)
    assert wire("EVAL", "return redis.call('LRANGE', 'list', 0, -1)", 0) == [m.encode() for m in members]
    big = "x" * 300_000
    assert wire("EVAL", "redis.call('SET', 'k', ARGV[1]) return redis.call('GET', 'k')", 0, big) == big.encode()
    assert wire("EVAL", "return {ARGV[1], ARGV[1]}", 0, big) == [big.encode()] * 2


@pytest.mark.goal("A table that contains itself ends with an error, and the server goes on")
def test_endless_table(connect):
    wire = connect()
    wire.send(encode("EVAL", "local t = {} t[1] = t return t", "0"))
    data = b""
    while b"reached lua stack limit" not in data:
        piece = wire.socket.recv(65536)
        assert piece, "the server closed the connection"
        data += piece
    assert connect()("PING") == "PONG"
