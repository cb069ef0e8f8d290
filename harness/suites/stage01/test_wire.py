"""The protocol as bytes: framing, inline commands, protocol errors, and when a connection is closed."""

from contextlib import suppress

import pytest

from strata_harness.resp import encode
from strata_harness.wire import WireClosed

BAD_REQUESTS = {
    "bulk length is no number": (b"*1\r\n$abc\r\nPING\r\n", "invalid bulk length"),
    "bulk length is empty": (b"*1\r\n$\r\n", "invalid bulk length"),
    "bulk length is -1": (b"*1\r\n$-1\r\n", "invalid bulk length"),
    "bulk length is -100": (b"*2\r\n$4\r\nECHO\r\n$-100\r\n", "invalid bulk length"),
    "bulk length has a sign": (b"*1\r\n$+4\r\nPING\r\n", "invalid bulk length"),
    "bulk length has a blank": (b"*1\r\n$ 4\r\nPING\r\n", "invalid bulk length"),
    "bulk above proto-max-bulk-len": (b"*1\r\n$536870913\r\n", "invalid bulk length"),
    "bulk length overflows 64 bits": (b"*1\r\n$99999999999999999999\r\n", "invalid bulk length"),
    "multibulk length is no number": (b"*abc\r\n", "invalid multibulk length"),
    "multibulk length above INT_MAX": (b"*2147483648\r\n", "invalid multibulk length"),
    "multibulk length overflows 64 bits": (b"*99999999999999999999\r\n", "invalid multibulk length"),
    "a number where a bulk belongs": (b"*1\r\n:4\r\n", "expected '$', got ':'"),
    "a letter where a bulk belongs": (b"*2\r\n$4\r\nPING\r\nx\r\n", "expected '$', got 'x'"),
    "inline with an open double quote": (b'SET k "abc\r\n', "unbalanced quotes in request"),
    "inline with an open single quote": (b"SET k 'abc\r\n", "unbalanced quotes in request"),
    "inline with text after a quote": (b'SET k "abc"d\r\n', "unbalanced quotes in request"),
}


@pytest.mark.goal("A request of many arguments arrives unharmed, whatever bytes it holds")
def test_binary_arguments(wire, rng):
    value = bytes(range(256)) + rng.randbytes(2000) + b"\r\n$3\r\n\r\n"
    wire.ok("SET", "binary\r\nkey\0", value)
    assert wire("GET", "binary\r\nkey\0") == value
    assert wire("STRLEN", "binary\r\nkey\0") == len(value)


@pytest.mark.goal("A command may be split at any byte and is answered once it is whole")
def test_split_at_every_byte(wire):
    request = encode("SET", "split", "two\r\nlines") + encode("GET", "split") + b"PING\r\n"
    answer = b"+OK\r\n$10\r\ntwo\r\nlines\r\n+PONG\r\n"
    for cut in range(1, len(request)):
        wire.send(request[:cut])
        wire.exchange(request[cut:], answer)


@pytest.mark.goal("A command that comes one byte at a time is answered like any other")
def test_byte_by_byte(wire):
    for byte in encode("ECHO", "drop by drop"):
        wire.send(bytes([byte]))
    wire.expect(b"$12\r\ndrop by drop\r\n")


@pytest.mark.goal("Replies to a pipeline come complete and in order")
def test_pipeline_order(wire, rng):
    numbers = [rng.randrange(10**6) for _ in range(5000)]
    wire.send(b"".join(encode("ECHO", number) for number in numbers))
    assert wire.read_many(len(numbers)) == [b"%d" % number for number in numbers]


@pytest.mark.goal("Errors inside a pipeline take the place of their own reply only")
def test_pipeline_with_errors(wire):
    wire.exchange(encode("SET", "k", "v") + encode("NOSUCH") + encode("GET") + encode("INCR", "k") + encode("GET", "k"),
                  b"+OK\r\n-ERR unknown command 'NOSUCH', with args beginning with: \r\n"
                  b"-ERR wrong number of arguments for 'get' command\r\n"
                  b"-ERR value is not an integer or out of range\r\n$1\r\nv\r\n")


@pytest.mark.goal("A pipeline of megabytes in one go is answered in full while its replies are read")
def test_big_pipeline(connect):
    wire = connect(timeout=15)
    block = encode("SET", "big", "x" * 1000) + encode("GET", "big")
    answer = b"+OK\r\n$1000\r\n" + b"x" * 1000 + b"\r\n"
    for _ in range(20):
        wire.send(block * 100)
        wire.expect(answer * 100)


@pytest.mark.goal("Inline and multibulk commands may be mixed on one connection")
def test_inline_and_multibulk_mixed(wire):
    wire.exchange(b"SET a 1\r\n" + encode("INCR", "a") + b"GET a\r\n", b"+OK\r\n:2\r\n$1\r\n2\r\n")


@pytest.mark.goal("An inline command may end with a bare line feed")
def test_inline_bare_newline(wire):
    wire.exchange(b"PING\nECHO hi\n", b"+PONG\r\n$2\r\nhi\r\n")


@pytest.mark.goal("Blanks around and between inline arguments do not count")
def test_inline_blanks(wire):
    wire.exchange(b"   ECHO \t  word   \r\n", b"$4\r\nword\r\n")


@pytest.mark.parametrize("line, value", [
    (rb'"two words"', b"two words"), (rb"'single quoted'", b"single quoted"), (rb'""', b""), (rb"''", b""),
    (rb'"\x41\x7a\x00\xff"', b"Az\0\xff"), (rb'"\n\r\t\b\a"', b"\n\r\t\b\a"), (rb'"\"\\"', b'"\\'),
    (rb'"\q"', b"q"), (rb"'it\'s'", b"it's"), (rb"'\n'", rb"\n"), (rb'"\xzz"', b"xzz"), (rb'a\n', rb"a\n"),
], ids=lambda text: repr(text)[2:-1])
@pytest.mark.goal("Quotes and escapes of an inline argument mean what they mean in redis-cli and redis.conf")
def test_inline_quotes(wire, line, value):
    wire.exchange(b"ECHO " + line + b"\r\n", b"$%d\r\n%b\r\n" % (len(value), value))


@pytest.mark.goal("Empty lines and empty multibulks are passed over without a reply")
def test_empty_requests(wire):
    wire.exchange(b"\r\n\r\n\n   \r\n*0\r\n*-1\r\n*-5\r\nPING\r\n", b"+PONG\r\n")


@pytest.mark.parametrize("case", BAD_REQUESTS)
@pytest.mark.goal("A malformed request gets its exact protocol error and ends the connection")
def test_protocol_error(wire, server, case):
    request, reason = BAD_REQUESTS[case]
    wire.send(request)
    wire.expect_closed(after=b"-ERR Protocol error: " + reason.encode() + b"\r\n")
    assert server.answers()


@pytest.mark.goal("Commands before a protocol error are answered, commands after it are not run")
def test_protocol_error_in_pipeline(wire, connect):
    wire.send(encode("SET", "before", "1") + b"*1\r\n!oops\r\n" + encode("SET", "after", "1"))
    wire.expect_closed(after=b"+OK\r\n-ERR Protocol error: expected '$', got '!'\r\n")
    assert connect()("EXISTS", "before", "after") == 1


def send_too_much(wire, data):
    """Sends what the server need not read to its end: it may close the connection while the last bytes are sent."""
    with suppress(WireClosed):
        wire.send(data)


@pytest.mark.parametrize("request_bytes, reason", [
    (b"A" * 70000, "too big inline request"),
    (b"*" + b"1" * 70000, "too big mbulk count string"),
    (b"*1\r\n$" + b"1" * 70000, "too big bulk count string"),
], ids=["inline", "multibulk count", "bulk count"])
@pytest.mark.goal("A line that never ends is refused at 64 KiB")
def test_endless_line(wire, request_bytes, reason):
    send_too_much(wire, request_bytes)
    got = wire.read_until_closed()
    assert got in (b"", f"-ERR Protocol error: {reason}\r\n".encode())  # a reset may swallow the last words


@pytest.mark.goal("A long inline command below the limit of 64 KiB is accepted")
def test_long_inline(wire):
    wire.exchange(b"ECHO " + b"y" * 60000 + b"\r\n", b"$60000\r\n" + b"y" * 60000 + b"\r\n")


@pytest.mark.goal("What follows a bulk's announced length is skipped as its CRLF, whatever it is")
def test_bulk_terminator_is_not_looked_at(wire):
    wire.exchange(b"*2\r\n$4\r\nECHOxx$2\r\nhiyy" + encode("PING"), b"$2\r\nhi\r\n+PONG\r\n")


@pytest.mark.goal("Command names are matched without regard to case")
def test_command_case(wire):
    wire.exchange(encode("pInG") + b"EcHo x\r\n" + encode("set", "K", "V") + encode("get", "k"),
                  b"+PONG\r\n$1\r\nx\r\n+OK\r\n$-1\r\n")


@pytest.mark.goal("A client that half closes after its commands still gets their replies")
def test_half_close(wire):
    wire.send(encode("SET", "half", "1") + encode("GET", "half"))
    wire.half_close()
    wire.expect_closed(after=b"+OK\r\n$1\r\n1\r\n")


@pytest.mark.goal("A command cut off by the client's close is not run")
def test_incomplete_command_is_dropped(wire, connect):
    wire.send(encode("SET", "cut", "value")[:-3])
    wire.half_close()
    wire.expect_closed()
    assert connect()("EXISTS", "cut") == 0


@pytest.mark.goal("QUIT answers +OK, closes the connection and leaves the rest of the pipeline unread")
def test_quit(wire, connect):
    wire.send(encode("QUIT") + encode("SET", "after", "quit"))
    wire.expect_closed(after=b"+OK\r\n")
    assert connect()("EXISTS", "after") == 0


@pytest.mark.goal("A HTTP request is taken for an attack and cut off without being run")
@pytest.mark.parametrize("line", [b"POST / HTTP/1.1\r\n", b"Host: localhost:6379\r\n"])
def test_cross_protocol_scripting(wire, connect, line):
    wire.send(line + b"SET http 1\r\n")
    assert wire.read_until_closed() == b""
    assert connect()("EXISTS", "http") == 0


@pytest.mark.goal("An unknown command is named with its first arguments, cut at 128 bytes")
def test_unknown_command(wire):
    assert wire.error("nosuch") == "ERR unknown command 'nosuch', with args beginning with: "
    assert wire.error("nosuch", "a", "b c") == "ERR unknown command 'nosuch', with args beginning with: 'a' 'b c' "
    text = wire.error("nosuch", "x" * 200, "never shown")
    assert text == "ERR unknown command 'nosuch', with args beginning with: '" + "x" * 128 + "' "
    text = wire.error("n" * 300)
    assert text == "ERR unknown command '" + "n" * 128 + "', with args beginning with: "


@pytest.mark.goal("An error quotes an argument up to its first zero byte")
def test_errors_end_at_zero(wire):
    assert wire.error("nosuch\0x", "a\0b", "c") == (
        "ERR unknown command 'nosuch', with args beginning with: 'a' 'c' ")
    assert wire.error("CLIENT", "nosuch\0x") == "ERR unknown subcommand 'nosuch'. Try CLIENT HELP."
    assert wire.error("CONFIG", "SET", "nosuch\0x", "1") == (
        "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'")
    wire.ok("SET", "k", "v")
    assert wire.error("EXPIRE", "k", 10, "bad\0x") == "ERR Unsupported option bad"


@pytest.mark.goal("A zero byte hides the end of its line: the request waits until it is too long, nothing is run")
@pytest.mark.parametrize("line, what", [
    (b"SET zero \0\r\n", "inline request"), (b"*1\0\r\n$4\r\nPING\r\n", "mbulk count string"),
    (b"*1\r\n$4\0\r\nPING\r\n", "bulk count string"),
], ids=["inline", "multibulk", "bulk"])
def test_zero_byte_in_line(wire, connect, line, what):
    send_too_much(wire, line + b"x" * 70000)
    wire.expect_closed(after=f"-ERR Protocol error: too big {what}\r\n".encode())
    assert connect()("EXISTS", "zero") == 0


@pytest.mark.goal("Line breaks in an unknown command cannot forge a second reply")
def test_unknown_command_with_newlines(wire):
    wire.send(encode("bad\r\n+OK", "arg\r\nwith break"))
    reply = wire.read().text
    assert reply == "ERR unknown command 'bad  +OK', with args beginning with: 'arg  with break' "
    wire.expect_nothing_pending()
    wire.ok("SET", "k", "v")
    assert wire.error("EXPIRE", "k", 10, "a\r\nb\r\n") == "ERR Unsupported option a  b"


@pytest.mark.goal("A wrong number of arguments is told with the command's name in lower case")
@pytest.mark.parametrize("command, name", [
    (["GET"], "get"), (["gEt", "a", "b"], "get"), (["SET", "a"], "set"), (["PING", "a", "b"], "ping"),
    (["ECHO"], "echo"), (["MSET", "a"], "mset"), (["CLIENT"], "client"), (["CONFIG", "GET"], "config|get"),
    (["CLIENT", "setname"], "client|setname"), (["EXPIRE", "k"], "expire"), (["DEL"], "del"), (["SELECT"], "select"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_wrong_arity(wire, command, name):
    assert wire.error(*command) == f"ERR wrong number of arguments for '{name}' command"


@pytest.mark.goal("An unknown subcommand points to HELP")
def test_unknown_subcommand(wire):
    assert wire.error("CLIENT", "nosuch") == "ERR unknown subcommand 'nosuch'. Try CLIENT HELP."
    assert wire.error("config", "NoSuch", "x") == "ERR unknown subcommand 'NoSuch'. Try CONFIG HELP."


@pytest.mark.goal("PING and ECHO give back what they were given")
def test_ping_echo(wire):
    wire.exchange(encode("PING") + encode("PING", "hello\r\n") + encode("ECHO", ""),
                  b"+PONG\r\n$7\r\nhello\r\n\r\n$0\r\n\r\n")


@pytest.mark.goal("A multibulk of ten thousand arguments is one command")
def test_many_arguments(wire):
    keys = [f"key:{number}" for number in range(10000)]
    wire.ok("MSET", *[word for key in keys for word in (key, key)])
    assert wire("MGET", *keys) == [key.encode() for key in keys]
    assert wire("DEL", *keys) == 10000
