"""HELLO, and the reply types that RESP3 adds."""

import pytest

from strata_harness.resp import Push, RespError, encode

SERVER_OPTIONS = {"enable_debug_command": "yes"}
HELLO_FIELDS = [b"server", b"version", b"proto", b"id", b"mode", b"role", b"modules"]


@pytest.mark.goal("HELLO without arguments describes the server in the connection's protocol, RESP2 first")
def test_hello_plain(wire):
    reply = wire("HELLO")
    assert reply[::2] == HELLO_FIELDS
    fields = dict(zip(reply[::2], reply[1::2]))
    assert fields[b"proto"] == 2
    assert fields[b"id"] == wire("CLIENT", "ID")
    assert fields[b"mode"] == b"standalone" and fields[b"role"] == b"master" and fields[b"modules"] == []


@pytest.mark.goal("HELLO 3 answers a map already, HELLO 2 goes back to a flat array")
def test_hello_switches(wire):
    reply = wire("HELLO", 3)
    assert isinstance(reply, dict) and list(reply) == HELLO_FIELDS and reply[b"proto"] == 3
    wire.exchange(encode("GET", "none"), b"_\r\n")
    reply = wire("HELLO", "2")
    assert isinstance(reply, list) and reply[::2] == HELLO_FIELDS
    wire.exchange(encode("GET", "none"), b"$-1\r\n")


@pytest.mark.goal("HELLO's options take effect one after the other, the protocol only when all of them are fine")
def test_hello_in_order(wire):
    assert wire.error("HELLO", 3, "SETNAME", "first", "BAD") == "ERR Syntax error in HELLO option 'BAD'"
    assert wire("CLIENT", "GETNAME") == b"first"
    assert wire.error("HELLO", 3, "AUTH", "nobody", "x", "SETNAME", "a b").startswith("WRONGPASS")
    assert wire.error("HELLO", 3, "SETNAME", "second", "SETNAME", "a b").startswith("ERR Client names cannot contain")
    wire.exchange(b"CLIENT GETNAME\r\nGET missing\r\n", b"$6\r\nsecond\r\n$-1\r\n")


@pytest.mark.parametrize("version", ["1", "4", "0", "-3", "99"])
@pytest.mark.goal("HELLO with a protocol that is not spoken answers NOPROTO and changes nothing")
def test_hello_unsupported(wire3, version):
    assert wire3.error("HELLO", version) == "NOPROTO unsupported protocol version"
    wire3.exchange(encode("GET", "none"), b"_\r\n")


@pytest.mark.goal("HELLO with bad arguments answers its exact errors and keeps the protocol")
def test_hello_errors(wire):
    not_a_number = "ERR Protocol version is not an integer or out of range"
    assert wire.error("HELLO", "three") == not_a_number
    assert wire.error("HELLO", "") == not_a_number
    assert wire.error("HELLO", 3, "NOSUCH") == "ERR Syntax error in HELLO option 'NOSUCH'"
    assert wire.error("HELLO", 3, "SETNAME") == "ERR Syntax error in HELLO option 'SETNAME'"
    assert wire.error("HELLO", 3, "AUTH", "default") == "ERR Syntax error in HELLO option 'AUTH'"
    assert wire.error("HELLO", 3, "SETNAME", "a b").startswith("ERR Client names cannot contain spaces")
    assert wire.error("HELLO", 3, "AUTH", "nobody", "x") == \
        "WRONGPASS invalid username-password pair or user is disabled."
    wire.exchange(encode("GET", "none"), b"$-1\r\n")


@pytest.mark.goal("HELLO takes AUTH and SETNAME together, in any order")
def test_hello_auth_setname(connect):
    for number, words in enumerate((["AUTH", "default", "any", "SETNAME", "one"],
                                    ["setname", "two", "auth", "default", ""])):
        wire = connect()
        assert isinstance(wire("HELLO", 3, *words), dict)
        assert wire("CLIENT", "GETNAME") == (b"one", b"two")[number]


@pytest.mark.goal("HELLO 3 SETNAME with an empty name takes the name away")
def test_hello_empty_name(wire):
    wire("HELLO", 3, "SETNAME", "before")
    wire("HELLO", 3, "SETNAME", "")
    wire.exchange(encode("CLIENT", "GETNAME"), b"_\r\n")


@pytest.mark.goal("Missing values are the RESP3 null, inside arrays too")
def test_nulls(wire3):
    wire3.ok("SET", "there", "1")
    wire3.exchange(encode("MGET", "there", "gone"), b"*2\r\n$1\r\n1\r\n_\r\n")
    wire3.exchange(encode("SET", "there", "2", "NX"), b"_\r\n")
    wire3.exchange(encode("RANDOMKEY") + encode("DEL", "there") + encode("RANDOMKEY"), b"$5\r\nthere\r\n:1\r\n_\r\n")


@pytest.mark.goal("CONFIG GET is a map in RESP3 and a flat array in RESP2")
def test_config_get_map(wire, wire3):
    wire.exchange(encode("CONFIG", "GET", "maxmemory"), b"*2\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n")
    wire3.exchange(encode("CONFIG", "GET", "maxmemory"), b"%1\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n")
    wire3.exchange(encode("CONFIG", "GET", "no-such-option"), b"%0\r\n")


@pytest.mark.goal("PUBSUB NUMSUB and MEMORY STATS are flat in RESP2; MEMORY STATS is a map in RESP3")
def test_other_maps(wire, wire3):
    wire3.ok("SET", "k", "v")
    assert isinstance(wire("MEMORY", "STATS"), list)
    stats = wire3("MEMORY", "STATS")
    assert isinstance(stats, dict)
    assert isinstance(stats[b"db.0"], dict)
    assert isinstance(stats[b"fragmentation"], float)


@pytest.mark.goal("LCS IDX is a map in RESP3")
def test_lcs_map(wire3):
    wire3.ok("MSET", "a", "xay", "b", "bab")
    wire3.exchange(encode("LCS", "a", "b", "IDX"),
                   b"%2\r\n$7\r\nmatches\r\n*1\r\n*2\r\n*2\r\n:1\r\n:1\r\n*2\r\n:1\r\n:1\r\n$3\r\nlen\r\n:1\r\n")


@pytest.mark.goal("INFO, CLIENT LIST and LOLWUT are verbatim strings of text in RESP3, bulks in RESP2")
@pytest.mark.parametrize("command", [["INFO"], ["CLIENT", "LIST"], ["CLIENT", "INFO"], ["LOLWUT"],
                                     ["MEMORY", "DOCTOR"]],
                         ids=" ".join)
def test_verbatim(wire, wire3, command):
    wire3.send_command(*command)
    assert wire3.read_bytes(1) == b"="
    assert wire3.read_bytes(1).isdigit()
    wire.send_command(*command)
    assert wire.read_bytes(1) == b"$"


@pytest.mark.goal("COMMAND INFO gives flags and categories as sets in RESP3")
def test_command_info_sets(wire3):
    wire3.send_command("COMMAND", "INFO", "get")
    got = wire3.read_bytes(60)
    assert got.startswith(b"*1\r\n*10\r\n$3\r\nget\r\n:2\r\n~2\r\n"), got


@pytest.mark.parametrize("kind, resp2, resp3", [
    ("string", b"$11\r\nHello World\r\n", b"$11\r\nHello World\r\n"),
    ("integer", b":12345\r\n", b":12345\r\n"),
    ("double", b"$5\r\n3.141\r\n", b",3.141\r\n"),
    ("null", b"$-1\r\n", b"_\r\n"),
    ("array", b"*3\r\n:0\r\n:1\r\n:2\r\n", b"*3\r\n:0\r\n:1\r\n:2\r\n"),
    ("set", b"*3\r\n:0\r\n:1\r\n:2\r\n", b"~3\r\n:0\r\n:1\r\n:2\r\n"),
    ("map", b"*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", b"%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"),
    ("true", b":1\r\n", b"#t\r\n"),
    ("false", b":0\r\n", b"#f\r\n"),
    ("verbatim", b"$25\r\nThis is a verbatim\nstring\r\n", b"=29\r\ntxt:This is a verbatim\nstring\r\n"),
    ("bignum", b"$37\r\n1234567999999999999999999999999999999\r\n", b"(1234567999999999999999999999999999999\r\n"),
])
@pytest.mark.goal("Each type of DEBUG PROTOCOL has its exact form in both protocols")
def test_debug_protocol(wire, wire3, kind, resp2, resp3):
    wire.exchange(encode("DEBUG", "PROTOCOL", kind), resp2)
    wire3.exchange(encode("DEBUG", "PROTOCOL", kind), resp3)


@pytest.mark.goal("An attribute comes before its reply in RESP3 and not at all in RESP2")
def test_debug_protocol_attrib(wire, wire3):
    reply = b"$39\r\nSome real reply following the attribute\r\n"
    wire.exchange(encode("DEBUG", "PROTOCOL", "attrib"), reply)
    wire3.exchange(encode("DEBUG", "PROTOCOL", "attrib"),
                   b"|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n" + reply)


@pytest.mark.goal("A push is of its own type, and RESP2 clients are refused one")
def test_debug_protocol_push(wire, wire3):
    wire3.exchange(encode("DEBUG", "PROTOCOL", "push"), b">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n")
    assert isinstance(wire("DEBUG", "PROTOCOL", "push"), RespError)


@pytest.mark.goal("RESET takes a RESP3 connection back to RESP2")
def test_reset_returns_to_resp2(wire3):
    wire3.exchange(encode("RESET"), b"+RESET\r\n")
    wire3.exchange(encode("GET", "none"), b"$-1\r\n")


@pytest.mark.goal("A RESP3 subscriber gets pushes and may go on with ordinary commands")
def test_push_messages(wire3, wire):
    wire3.send_command("SUBSCRIBE", "news")
    assert wire3.read() == Push([b"subscribe", b"news", 1])
    assert wire("PUBLISH", "news", "hello") == 1
    wire3.expect(b">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
    assert wire3("SET", "still", "works") == "OK"
