"""The CLIENT command: who is connected, naming, killing, pausing, and silencing replies."""

import time

import pytest

from strata_harness.resp import encode
from strata_harness.wait import wait_until

FIELDS = ["id", "addr", "laddr", "fd", "name", "age", "idle", "flags", "db", "sub", "psub", "ssub", "multi", "qbuf",
          "qbuf-free",
          "argv-mem", "multi-mem", "rbs", "rbp", "obl", "oll", "omem", "tot-mem", "events", "cmd", "user", "redir",
          "resp"]


def parse(line):
    return dict(field.split("=", 1) for field in line.decode().strip().split(" "))


def listed(wire, *words):
    """CLIENT LIST as {id: fields}."""
    lines = wire("CLIENT", "LIST", *words).decode().splitlines()
    return {int(fields["id"]): fields for fields in (parse(line.encode()) for line in lines)}


@pytest.mark.goal("CLIENT ID is unique, grows with every connection and stays the same on one")
def test_id(connect):
    one, two = connect(), connect()
    assert one("CLIENT", "ID") == one("CLIENT", "ID") < two("CLIENT", "ID")


@pytest.mark.goal("CLIENT INFO has Redis's fields in Redis's order")
def test_info_fields(wire):
    line = wire("CLIENT", "INFO")
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert list(parse(line)) == FIELDS


@pytest.mark.goal("The fields of CLIENT INFO are true")
def test_info_values(wire, server):
    wire.ok("SELECT", 7)
    wire.ok("CLIENT", "SETNAME", "me")
    fields = parse(wire("CLIENT", "INFO"))
    host, port = wire.socket.getsockname()
    assert fields["id"] == str(wire("CLIENT", "ID"))
    assert fields["addr"] == f"{host}:{port}" and fields["laddr"] == f"127.0.0.1:{server.port}"
    assert (fields["name"], fields["db"], fields["user"], fields["flags"]) == ("me", "7", "default", "N")
    assert (fields["cmd"], fields["resp"], fields["multi"], fields["redir"]) == ("client|info", "2", "-1", "-1")
    assert int(fields["tot-mem"]) > 0


@pytest.mark.goal("CLIENT LIST has one line for each connection, and forgets those that left")
def test_list(connect):
    wire = connect()
    others = [connect() for _ in range(5)]
    ids = {other("CLIENT", "ID") for other in others}
    assert ids < set(listed(wire))
    others.pop(0).close()
    wait_until(lambda: len(ids & set(listed(wire))) == 4, 5, "the closed connection to leave the list")


@pytest.mark.goal("CLIENT LIST selects by id and by type")
def test_list_filters(connect):
    wire, other = connect(), connect()
    ident, other_id = wire("CLIENT", "ID"), other("CLIENT", "ID")
    assert set(listed(wire, "ID", other_id, 999999999, ident)) == {ident, other_id}
    assert set(listed(wire, "TYPE", "normal")) >= {ident, other_id}
    assert listed(wire, "TYPE", "pubsub") == listed(wire, "TYPE", "replica") == {}
    assert wire.error("CLIENT", "LIST", "TYPE", "nosuch") == "ERR Unknown client type 'nosuch'"
    assert wire.error("CLIENT", "LIST", "ID", "x") == "ERR Invalid client ID"
    assert wire.error("CLIENT", "LIST", "NOSUCH", "x") == "ERR syntax error"


@pytest.mark.goal("A name can be set, read, listed and taken away, but not hold blanks")
def test_names(wire):
    assert wire("CLIENT", "GETNAME") is None
    wire.ok("CLIENT", "SETNAME", "worker:1")
    assert wire("CLIENT", "GETNAME") == b"worker:1"
    bad = "ERR Client names cannot contain spaces, newlines or special characters."
    for name in ("two words", "new\nline", "tab\there"):
        assert wire.error("CLIENT", "SETNAME", name) == bad
    wire.ok("CLIENT", "SETNAME", "")
    assert wire("CLIENT", "GETNAME") is None


@pytest.mark.goal("CLIENT KILL ip:port closes that connection and says so, in the old form")
def test_kill_old_form(connect):
    wire, victim = connect(), connect()
    host, port = victim.socket.getsockname()
    wire.ok("CLIENT", "KILL", f"{host}:{port}")
    victim.expect_closed()
    assert wire.error("CLIENT", "KILL", f"{host}:{port}") == "ERR No such client"


@pytest.mark.parametrize("kind", ["ID", "ADDR", "USER", "TYPE", "LADDR", "ID and TYPE"])
@pytest.mark.goal("CLIENT KILL with a filter closes what matches, spares the caller, and counts")
def test_kill_filters(connect, server, kind):
    wire, victim = connect(), connect()
    ident = victim("CLIENT", "ID")
    host, port = victim.socket.getsockname()
    words = {"ID": ["ID", ident], "ADDR": ["ADDR", f"{host}:{port}"], "USER": ["USER", "default"],
             "TYPE": ["TYPE", "normal"],
             "LADDR": ["LADDR", f"127.0.0.1:{server.port}"], "ID and TYPE": ["ID", ident, "TYPE", "normal"]}[kind]
    wait_until(lambda: len(listed(wire)) == 2, 5, "connections of the set-up to be gone")
    assert wire("CLIENT", "KILL", *words) == 1
    victim.expect_closed()
    assert wire("PING") == "PONG"


@pytest.mark.goal("Filters of CLIENT KILL are combined with and; none matching is 0")
def test_kill_no_match(connect):
    wire, other = connect(), connect()
    ident = other("CLIENT", "ID")
    assert wire("CLIENT", "KILL", "ID", ident, "TYPE", "pubsub") == 0
    assert wire("CLIENT", "KILL", "ID", 999999999) == 0
    assert wire("CLIENT", "KILL", "ID", wire("CLIENT", "ID")) == 0  # SKIPME yes is the default
    assert other("PING") == "PONG"


@pytest.mark.goal("SKIPME no lets a client kill itself, after its reply")
def test_kill_self(wire):
    wire.send_command("CLIENT", "KILL", "ID", wire("CLIENT", "ID"), "SKIPME", "no")
    wire.expect_closed(after=b":1\r\n")


@pytest.mark.goal("CLIENT KILL TYPE pubsub closes subscribers only")
def test_kill_pubsub(connect):
    wire, normal, subscriber = connect(), connect(), connect()
    subscriber.send_command("SUBSCRIBE", "a")
    subscriber.read()
    assert wire("CLIENT", "KILL", "TYPE", "pubsub") == 1
    subscriber.expect_closed()
    assert normal("PING") == "PONG"


@pytest.mark.goal("CLIENT KILL's errors are exact")
def test_kill_errors(wire):
    assert wire.error("CLIENT", "KILL", "ID", "x") == "ERR client-id should be greater than 0"
    assert wire.error("CLIENT", "KILL", "ID", "0") == "ERR client-id should be greater than 0"
    assert wire.error("CLIENT", "KILL", "TYPE", "x") == "ERR Unknown client type 'x'"
    assert wire.error("CLIENT", "KILL", "USER", "x") == "ERR No such user 'x'"
    assert wire.error("CLIENT", "KILL", "SKIPME", "x") == "ERR syntax error"
    assert wire.error("CLIENT", "KILL", "ID", "5", "TYPE") == "ERR syntax error"
    assert wire.error("CLIENT", "KILL", "NOSUCH", "5") == "ERR syntax error"


@pytest.mark.parametrize("words", [[], ["ALL"]], ids=["default", "ALL"])
@pytest.mark.goal("CLIENT PAUSE holds every command of every client back, and ends by itself")
def test_pause_all(connect, words):
    wire, other = connect(), connect()
    begin = time.monotonic()
    wire.ok("CLIENT", "PAUSE", 200, *words)
    assert other("PING") == "PONG"
    assert time.monotonic() - begin >= 0.19
    assert wire("PING") == "PONG"


@pytest.mark.goal("CLIENT PAUSE WRITE holds writes back and lets reads pass, until UNPAUSE runs them")
def test_pause_write(connect):
    wire, reader, writer = connect(), connect(), connect()
    wire.ok("SET", "k", "old")
    writer_id = writer("CLIENT", "ID")
    wire.ok("CLIENT", "PAUSE", 60000, "WRITE")
    writer.send_command("SET", "k", "new")
    wait_until(lambda: listed(wire, "ID", writer_id)[writer_id]["flags"] == "b", 5,
               "the writer to be listed as blocked")
    assert reader("GET", "k") == b"old"
    assert reader("PING") == "PONG"
    wire.ok("CLIENT", "UNPAUSE")
    writer.expect(b"+OK\r\n")
    assert reader("GET", "k") == b"new"


@pytest.mark.goal("A second CLIENT PAUSE can lengthen the pause but not shorten it")
def test_pause_again(connect):
    wire, writer = connect(), connect()
    begin = time.monotonic()
    wire.ok("CLIENT", "PAUSE", 300, "WRITE")
    wire.ok("CLIENT", "PAUSE", 1, "WRITE")
    assert writer("SET", "k", "v") == "OK"
    assert time.monotonic() - begin >= 0.29


@pytest.mark.goal("CLIENT PAUSE's errors are exact")
def test_pause_errors(wire):
    assert wire.error("CLIENT", "PAUSE", "x") == "ERR timeout is not an integer or out of range"
    assert wire.error("CLIENT", "PAUSE", "-1") == "ERR timeout is negative"
    assert wire.error("CLIENT", "PAUSE", "1", "SOME") == "ERR CLIENT PAUSE mode must be WRITE or ALL"


@pytest.mark.goal("CLIENT REPLY OFF silences everything until ON, SKIP just the next command")
def test_reply(wire):
    wire.send(encode("CLIENT", "REPLY", "OFF") + encode("SET", "k", "1") + encode("PING") + encode("NOSUCH"))
    wire.exchange(encode("CLIENT", "REPLY", "ON"), b"+OK\r\n")
    assert wire("GET", "k") == b"1"
    wire.exchange(encode("CLIENT", "REPLY", "SKIP") + encode("SET", "k", "2") + encode("GET", "k"), b"$1\r\n2\r\n")
    assert wire.error("CLIENT", "REPLY", "MAYBE") == "ERR syntax error"


@pytest.mark.goal("A command that is refused uses up CLIENT REPLY SKIP like any other")
@pytest.mark.parametrize("refused", [["NOSUCH"], ["GET"], ["CLIENT", "NOSUCH"]], ids=" ".join)
def test_skip_refused(wire, refused):
    wire.exchange(encode("CLIENT", "REPLY", "SKIP") + encode(*refused) + encode("PING"), b"+PONG\r\n")


@pytest.mark.goal("RESET brings the replies back for good, its own only where it was not skipped")
def test_reply_and_reset(wire):
    wire.exchange(encode("CLIENT", "REPLY", "SKIP") + encode("RESET") + encode("PING"), b"+PONG\r\n")
    wire.exchange(encode("CLIENT", "REPLY", "OFF") + encode("RESET") + encode("PING"), b"+RESET\r\n+PONG\r\n")


@pytest.mark.goal("NO-EVICT, GETREDIR and TRACKINGINFO answer as a server without tracking does")
def test_small_ones(wire, wire3):
    wire.ok("CLIENT", "NO-EVICT", "on")
    assert "e" in parse(wire("CLIENT", "INFO"))["flags"]
    wire.ok("CLIENT", "NO-EVICT", "OFF")
    assert parse(wire("CLIENT", "INFO"))["flags"] == "N"
    assert wire.error("CLIENT", "NO-EVICT", "perhaps") == "ERR syntax error"
    assert wire("CLIENT", "GETREDIR") == -1


@pytest.mark.goal("CLIENT HELP explains itself in lines of simple strings")
def test_help(wire):
    lines = wire("CLIENT", "HELP")
    assert lines[0] == "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
    assert lines[-2:] == ["HELP", "    Prints this help."]


@pytest.mark.goal("RESET returns a connection to its first state: name, database, protocol, reply mode")
def test_reset(wire):
    wire.ok("SELECT", 5)
    wire.ok("CLIENT", "SETNAME", "x")
    wire("HELLO", 3)
    wire.exchange(encode("RESET"), b"+RESET\r\n")
    fields = parse(wire("CLIENT", "INFO"))
    assert (fields["db"], fields["name"], fields["resp"]) == ("0", "", "2")


@pytest.mark.goal("age and idle count seconds; idle starts again at every command")
def test_age_and_idle(connect):
    wire, other = connect(), connect()
    ident = other("CLIENT", "ID")
    wait_until(lambda: int(listed(wire, "ID", ident)[ident]["idle"]) >= 1, 5, "the other client to count as idle")
    assert int(listed(wire, "ID", ident)[ident]["age"]) >= 1
    wait_until(lambda: other("PING") and listed(wire, "ID", ident)[ident]["idle"] == "0", 5, "a command to end idling")
    assert listed(wire, "ID", ident)[ident]["cmd"] == "ping"
