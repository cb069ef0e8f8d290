"""A server with a password: what is refused before AUTH, and every form of AUTH."""

import hashlib

import pytest

from strata_harness.resp import encode

SERVER_OPTIONS = {"requirepass": "s3cret pass"}
PASSWORD = "s3cret pass"
NOAUTH = "NOAUTH Authentication required."
WRONGPASS = "WRONGPASS invalid username-password pair or user is disabled."

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def authed(connect):
    wire = connect()
    wire.ok("AUTH", PASSWORD)
    return wire


@pytest.mark.parametrize("command", [["GET", "k"], ["SET", "k", "v"], ["PING"], ["INFO"], ["CONFIG", "GET", "*"],
                                     ["CLIENT", "ID"], ["SELECT", "1"], ["COMMAND"], ["SUBSCRIBE", "a"], ["FLUSHALL"],
                                     ["SHUTDOWN"]],
                                     ids=" ".join)
@pytest.mark.goal("Without AUTH a command is refused with NOAUTH and not run")
def test_refused(wire, command):
    assert wire.error(*command) == NOAUTH


@pytest.mark.goal("Unknown commands and wrong arities are told apart before the password is asked for")
def test_order_of_checks(wire):
    assert wire.error("NOSUCH").startswith("ERR unknown command 'NOSUCH'")
    assert wire.error("GET") == "ERR wrong number of arguments for 'get' command"


@pytest.mark.goal("AUTH takes a password, or the user default with it")
def test_auth_forms(connect):
    for words in ([PASSWORD], ["default", PASSWORD]):
        wire = connect()
        wire.ok("AUTH", *words)
        assert wire("PING") == "PONG"
    assert isinstance(connect()("HELLO", 3, "AUTH", "default", PASSWORD), dict)


@pytest.mark.goal("A wrong password or user is refused with WRONGPASS and gives no access")
def test_wrong(wire):
    for words in (["wrong"], [""], ["default", "wrong"], ["nobody", PASSWORD], [PASSWORD + "x"], [PASSWORD[:-1]]):
        assert wire.error("AUTH", *words) == WRONGPASS
    assert wire.error("HELLO", "3", "AUTH", "default", "wrong") == WRONGPASS
    assert wire.error("PING") == NOAUTH


@pytest.mark.goal("HELLO without AUTH is refused and explains what to do")
def test_hello_needs_auth(wire):
    assert wire.error("HELLO", 3).startswith("NOAUTH HELLO must be called with the client already authenticated")
    assert wire.error("HELLO").startswith("NOAUTH HELLO must be called with the client already authenticated")


@pytest.mark.goal("A failed AUTH takes nothing away from a client that is in")
def test_failed_auth_keeps_access(authed):
    assert authed.error("AUTH", "wrong") == WRONGPASS
    assert authed("PING") == "PONG"


@pytest.mark.goal("AUTH with too many words is a syntax error")
def test_auth_syntax(wire):
    assert wire.error("AUTH", "a", "b", "c") == "ERR syntax error"
    assert wire.error("AUTH") == "ERR wrong number of arguments for 'auth' command"


@pytest.mark.goal("RESET takes the access away")
def test_reset(authed):
    authed.exchange(encode("RESET"), b"+RESET\r\n")
    assert authed.error("GET", "k") == NOAUTH


@pytest.mark.goal("QUIT needs no password")
def test_quit(wire):
    wire.send_command("QUIT")
    wire.expect_closed(after=b"+OK\r\n")


@pytest.mark.goal("Before AUTH no one can make the server buffer much: ten arguments and 16 KiB a bulk are the limits")
def test_unauthenticated_limits(connect):
    many = connect()
    many.send(b"*11\r\n")
    many.expect_closed(after=b"-ERR Protocol error: unauthenticated multibulk length\r\n")
    long = connect()
    long.send(b"*2\r\n$4\r\nAUTH\r\n$16385\r\n")
    long.expect_closed(after=b"-ERR Protocol error: unauthenticated bulk length\r\n")
    fits = connect()
    fits.send(b"*2\r\n$4\r\nAUTH\r\n$16384\r\n" + b"x" * 16384 + b"\r\n")
    assert fits.read().text == WRONGPASS


@pytest.mark.goal("With access the limits of the unauthenticated are gone")
def test_authenticated_limits(authed):
    authed.ok("SET", "k", "x" * 20000)
    assert authed("EXISTS", *["k"] * 20) == 20


@pytest.mark.goal("CONFIG SET requirepass changes the password for those to come; clients that are in stay in")
def test_change_password(fresh_server):
    server = fresh_server(requirepass=PASSWORD)
    authed = server.wire()
    authed.ok("AUTH", PASSWORD)
    authed.ok("CONFIG", "SET", "requirepass", "other")
    assert authed("PING") == "PONG"
    wire = server.wire()
    assert wire.error("AUTH", PASSWORD) == WRONGPASS
    wire.ok("AUTH", "other")
    authed.ok("CONFIG", "SET", "requirepass", "")
    assert server.wire()("PING") == "PONG"


@pytest.mark.goal("Without a password AUTH explains that none is set, but the user default needs none")
def test_no_password_set(fresh_server):
    wire = fresh_server().wire()
    assert wire.error("AUTH", "any") == (
        "ERR AUTH <password> called without any password configured for the default user. "
        "Are you sure your configuration is correct?")
    wire.ok("AUTH", "default", "anything")
    assert wire.error("AUTH", "nobody", "x") == WRONGPASS


@pytest.mark.goal("Passwords do not show up in MONITOR, SLOWLOG or the log")
def test_password_is_not_shown(authed, connect, server):
    authed.ok("CONFIG", "SET", "slowlog-log-slower-than", "0")
    authed.ok("CONFIG", "SET", "requirepass", "hunter2")
    authed.ok("CONFIG", "SET", "requirepass", PASSWORD)
    connect().ok("AUTH", PASSWORD)
    shown = repr(authed("SLOWLOG", "GET", 20))
    assert "hunter2" not in shown and PASSWORD not in shown
    assert "hunter2" not in server.log_text() and PASSWORD not in server.log_text()


def line_of_user(password):
    return f"user default on #{hashlib.sha256(password.encode()).hexdigest()} ~* &* +@all\n"


@pytest.mark.parametrize("below", ["", f'requirepass "{PASSWORD}"\n', 'requirepass "of old"\n'],
                         ids=["alone", "agrees", "differs"])
@pytest.mark.goal("The line that CONFIG REWRITE of Redis leaves of the default user lets in with the password of its digest, and "
                  "wins over requirepass")
def test_line_of_user(fresh_server, below):
    wire = fresh_server(conf=line_of_user(PASSWORD) + below).wire()
    assert wire.error("PING") == NOAUTH
    assert wire.error("AUTH", "of old") == WRONGPASS
    wire.ok("AUTH", PASSWORD)
    assert wire("PING") == "PONG"


@pytest.mark.goal("A line of the default user with nopass lets in everybody")
def test_line_of_user_without_password(fresh_server):
    assert fresh_server(conf="user default on nopass sanitize-payload ~* &* +@all\nrequirepass secret\n").wire()("PING") == "PONG"


@pytest.mark.goal("CONFIG REWRITE keeps the line of the default user in step with the password, so that a restart knows it")
def test_line_of_user_is_rewritten(fresh_server):
    server = fresh_server(conf=line_of_user("of old"))
    wire = server.wire()
    wire.ok("AUTH", "of old")
    wire.ok("CONFIG", "REWRITE")
    server.restart()
    wire = server.wire()
    wire.ok("AUTH", "of old")
    wire.ok("CONFIG", "SET", "requirepass", PASSWORD)
    wire.ok("CONFIG", "REWRITE")
    server.restart()
    wire = server.wire()
    assert wire.error("AUTH", "of old") == WRONGPASS
    wire.ok("AUTH", PASSWORD)
