"""Configuration: CONFIG GET/SET/REWRITE, the file's syntax, and the command line."""

import pytest

from strata_harness.ports import claim_port
from strata_harness.resp import encode
from strata_harness.wire import Wire


def get(wire, *patterns):
    flat = wire("CONFIG", "GET", *patterns)
    assert len(flat[::2]) == len(set(flat[::2])), "an option is listed twice"
    return {name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2])}


def failed_start(fresh_server, **arguments):
    """Starts a server that must refuse to start; returns what it printed."""
    server = fresh_server(start=False, **arguments)
    server.start(wait=False)
    assert server.wait_exit() == 1
    return server.log_text()


@pytest.mark.goal("CONFIG GET takes many patterns, in any case, and lists each option once")
def test_get_patterns(wire):
    assert get(wire, "maxmemory") == {"maxmemory": "0"}
    assert get(wire, "MAXMEM[a-z]ry", "maxmemory", "timeout") == {"maxmemory": "0", "timeout": "0"}
    assert set(get(wire, "slowlog-*")) == {"slowlog-log-slower-than", "slowlog-max-len"}
    assert get(wire, "no-such-option") == {}
    everything = get(wire, "*")
    assert {"port", "bind", "dir", "maxclients", "databases", "requirepass", "loglevel", "client-output-buffer-limit",
            "unixsocket",
            "tcp-backlog", "tcp-keepalive", "protected-mode", "proto-max-bulk-len",
            "client-query-buffer-limit"} <= set(everything)


@pytest.mark.goal("The defaults of the options are Redis's")
def test_defaults(wire):
    expected = {"databases": "16", "maxclients": "10000", "timeout": "0", "tcp-keepalive": "300",
                "tcp-backlog": "511", "hz": "10",
                "proto-max-bulk-len": "536870912", "client-query-buffer-limit": "1073741824", "protected-mode": "yes",
                "slowlog-log-slower-than": "10000", "slowlog-max-len": "128", "latency-monitor-threshold": "0",
                "maxmemory-policy": "noeviction", "loglevel": "notice", "enable-debug-command": "no",
                "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"}
    assert get(wire, *expected) == expected


@pytest.mark.goal("CONFIG SET sets many options at once, and CONFIG GET shows them in their canonical form")
def test_set_many(wire):
    wire.ok("CONFIG", "SET", "timeout", "100", "MAXMEMORY", "10mb", "slowlog-max-len", "5", "loglevel", "WARNING")
    assert get(wire, "timeout", "maxmemory", "slowlog-max-len", "loglevel") == {
        "timeout": "100", "maxmemory": "10485760", "slowlog-max-len": "5", "loglevel": "warning"}


@pytest.mark.parametrize("text, value", [("1", 1), ("1b", 1), ("1k", 1000), ("1kb", 1024), ("2M", 2000000),
                                         ("2mB", 2097152), ("1g", 10**9), ("1GB", 2**30)])
@pytest.mark.goal("Memory sizes know k, kb, m, mb, g and gb")
def test_memory_units(wire, text, value):
    wire.ok("CONFIG", "SET", "maxmemory", text)
    assert get(wire, "maxmemory") == {"maxmemory": str(value)}
    wire.ok("CONFIG", "SET", "maxmemory", "0")


@pytest.mark.goal("CONFIG SET is all or nothing")
def test_set_is_atomic(wire):
    for bad in (["hz", "abc"], ["nosuch", "1"], ["databases", "3"], ["timeout", "5"], ["loglevel", "x"]):
        assert wire.error("CONFIG", "SET", "timeout", "77", "maxmemory", "1mb", *bad)
        assert get(wire, "timeout", "maxmemory") == {"timeout": "0", "maxmemory": "0"}
    wire.ok("CONFIG", "SET", "timeout", "77", "maxmemory", "100mb")
    assert get(wire, "timeout", "maxmemory") == {"timeout": "77", "maxmemory": "104857600"}


FAILED = "ERR CONFIG SET failed (possibly related to argument '{}') - {}"


@pytest.mark.parametrize("name, value, reason", [
    ("maxmemory", "abc", "argument must be a memory value"),
    ("databases", "5", "can't set immutable config"),
    ("protected-mode", "maybe", "argument must be 'yes' or 'no'"),
    ("timeout", "-1", "argument must be between 0 and 2147483647 inclusive"),
    ("timeout", "99999999999", "argument must be between 0 and 2147483647 inclusive"),
    ("maxclients", "abc", "argument couldn't be parsed into an integer"),
    ("maxclients", "0", "argument must be between 1 and 4294967295 inclusive"),
    ("loglevel", "x", "argument(s) must be one of the following: debug, verbose, notice, warning"),
    ("client-output-buffer-limit", "foo 1 2 3", "Invalid client class specified in buffer limit configuration."),
    ("client-output-buffer-limit", "normal 1 2", "Wrong number of arguments in buffer limit configuration."),
])
@pytest.mark.goal("A value that an option cannot take is refused with the option's name and the reason")
def test_set_errors(wire, name, value, reason):
    assert wire.error("CONFIG", "SET", name, value) == FAILED.format(name, reason)


@pytest.mark.goal("A refused value is told with the option's own name, however it was spelled")
def test_set_error_names_option(wire):
    for spelled in ("maxclients", "MaxClients"):
        assert wire.error("CONFIG", "SET", spelled, "many").startswith(
            "ERR CONFIG SET failed (possibly related to argument 'maxclients') - ")


@pytest.mark.goal("CONFIG SET refuses unknown options, repeated ones and odd arguments")
def test_set_shape_errors(wire):
    assert wire.error("CONFIG", "SET", "nosuch", "1") == \
        "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"
    assert wire.error("CONFIG", "SET", "timeout", "1", "timeout", "2") == \
        FAILED.format("timeout", "duplicate parameter")
    assert wire.error("CONFIG", "SET", "timeout", "1", "hz") == "ERR syntax error"
    assert get(wire, "timeout") == {"timeout": "0"}


@pytest.mark.goal("The output buffer limits of one class can be set alone")
def test_output_buffer_limits(wire):
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 500kb 5 normal 2mb 0 0")
    assert get(wire, "client-output-buffer-limit") == {
        "client-output-buffer-limit": "normal 2097152 0 0 slave 268435456 67108864 60 pubsub 1048576 512000 5"}


@pytest.mark.goal("CONFIG RESETSTAT starts the counters again")
def test_resetstat(wire, r):
    for _ in range(5):
        wire("PING")
    wire.error("NOSUCH")
    wire.ok("CONFIG", "RESETSTAT")
    assert "cmdstat_ping" not in r.info("commandstats")
    assert r.info("errorstats") == {}
    assert r.info("stats")["total_commands_processed"] <= 4


@pytest.mark.goal("A file's words may be quoted and escaped, comments and blank lines are skipped")
def test_file_syntax(fresh_server):
    wire = fresh_server(conf=r'''
# a comment
   # an indented comment

maxclients 123
TimeOut   55
	slowlog-max-len	7
requirepass "pa\x20ss\"word\\"
unixsocketperm '700'
''').wire()
    wire.ok("AUTH", 'pa ss"word\\')
    assert get(wire, "maxclients", "timeout", "slowlog-max-len", "unixsocketperm") == {
        "maxclients": "123", "timeout": "55", "slowlog-max-len": "7", "unixsocketperm": "700"}


@pytest.mark.goal("A repeated option takes its last value, and the command line wins over the file")
def test_precedence(fresh_server):
    wire = fresh_server(conf="timeout 1\ntimeout 2\nmaxclients 50\n", maxclients=60).wire()
    assert get(wire, "timeout", "maxclients") == {"timeout": "2", "maxclients": "60"}


@pytest.mark.goal("include reads another file in place: what comes after it wins")
def test_include(fresh_server):
    server = fresh_server(conf="timeout 1\nmaxclients 10\ninclude one.conf\nmaxclients 30\n", start=False)
    (server.dir / "one.conf").write_text("timeout 2\nmaxclients 20\ninclude two.conf\n")
    (server.dir / "two.conf").write_text("slowlog-max-len 9\n")
    server.start()
    assert get(server.wire(), "timeout", "maxclients", "slowlog-max-len") == {
        "timeout": "2", "maxclients": "30", "slowlog-max-len": "9"}


@pytest.mark.goal("rename-command gives a command another name, or none")
def test_rename_command(fresh_server):
    wire = fresh_server(conf='rename-command FLUSHALL ""\nrename-command GET fetch\n').wire()
    wire.ok("SET", "k", "v")
    assert wire("FETCH", "k") == b"v"
    assert wire.error("GET", "k").startswith("ERR unknown command 'GET'")
    assert wire.error("FLUSHALL").startswith("ERR unknown command 'FLUSHALL'")
    assert wire.error("fetch") == "ERR wrong number of arguments for 'get' command"


@pytest.mark.goal("With - the configuration comes from stdin")
def test_stdin(fresh_server):
    server = fresh_server(leading=("-",), stdin="maxclients 77\ntimeout 3\n", timeout=4)
    assert get(server.wire(), "maxclients", "timeout") == {"maxclients": "77", "timeout": "4"}


@pytest.mark.goal("Options on the command line may have several values, and quotes in them are part of the value")
def test_command_line_values(fresh_server):
    wire = fresh_server(client_output_buffer_limit=["pubsub", "1mb", "2mb", "3"], requirepass="a b 'c'").wire()
    wire.ok("AUTH", "a b 'c'")
    assert "pubsub 1048576 2097152 3" in get(wire, "client-output-buffer-limit")["client-output-buffer-limit"]


@pytest.mark.parametrize("line, reason", [
    ("maxclients abc", "argument couldn't be parsed into an integer"),
    ("nosuch-option 5", "Bad directive or wrong number of arguments"),
    ("timeout 1 2", "wrong number of arguments"),
    ("timeout", "wrong number of arguments"),
    ("protected-mode perhaps", "argument must be 'yes' or 'no'"),
    ('requirepass "abc', "Unbalanced quotes in configuration line"),
    ("rename-command NOSUCH x", "No such command in rename-command"),
    ("rename-command GET SET", "Target command name already exists"),
])
@pytest.mark.goal("A bad line stops the start and is named with its number and the reason")
def test_bad_line(fresh_server, line, reason):
    printed = failed_start(fresh_server, conf=f"# first\ndatabases 4\n{line}\ntimeout 9\n")
    assert "FATAL CONFIG FILE ERROR" in printed
    assert "at line 3" in printed
    assert f">>> '{line}'" in printed
    assert reason in printed


@pytest.mark.goal("A bad option on the command line stops the start and is named")
def test_bad_command_line(fresh_server):
    printed = failed_start(fresh_server, no_such_option="5")
    assert ">>> 'no-such-option \"5\"'" in printed and "Bad directive or wrong number of arguments" in printed
    printed = failed_start(fresh_server, maxclients="many")
    assert "maxclients" in printed and "argument couldn't be parsed into an integer" in printed


@pytest.mark.goal("A file that cannot be opened stops the start with its name and the reason")
def test_missing_file(fresh_server):
    printed = failed_start(fresh_server, leading=("/no/such/file.conf",))
    assert "Fatal error, can't open config file '/no/such/file.conf': No such file or directory" in printed
    printed = failed_start(fresh_server, conf="include /no/such/include.conf\n")
    assert "can't open config file '/no/such/include.conf': No such file or directory" in printed


CONF = """# the head of the file stays

# about timeouts
timeout 10

# about memory
maxmemory 1mb
include extra.conf
slowlog-max-len 64
# the last comment
"""


@pytest.fixture
def rewritable(fresh_server):
    server = fresh_server(conf=CONF, start=False)
    (server.dir / "extra.conf").write_text("tcp-keepalive 60\n")
    return server.start()


@pytest.mark.goal("CONFIG REWRITE changes values where they stand and keeps comments, order and includes")
def test_rewrite_in_place(rewritable):
    wire = rewritable.wire()
    wire.ok("CONFIG", "SET", "timeout", "20", "maxmemory", "2mb")
    wire.ok("CONFIG", "REWRITE")
    lines = rewritable.conf_path.read_text().splitlines()
    expected = CONF.replace("timeout 10", "timeout 20").replace("maxmemory 1mb", "maxmemory 2mb").splitlines()
    assert lines[:len(expected)] == expected
    assert (rewritable.dir / "extra.conf").read_text() == "tcp-keepalive 60\n"


def written_lines(server):
    """The configuration file without its blank lines."""
    return [line for line in server.conf_path.read_text().splitlines() if line]


@pytest.mark.goal("CONFIG REWRITE adds what the file did not have below a line that says so, and once only")
def test_rewrite_adds(rewritable):
    wire = rewritable.wire()
    wire.ok("CONFIG", "SET", "latency-monitor-threshold", "33")
    wire.ok("CONFIG", "REWRITE")
    lines = written_lines(rewritable)
    assert lines.index("# Generated by CONFIG REWRITE") < lines.index("latency-monitor-threshold 33")
    wire.ok("CONFIG", "REWRITE")
    assert written_lines(rewritable) == lines


@pytest.mark.goal("A server that restarts on its rewritten file has the same configuration")
def test_rewrite_round_trip(rewritable):
    wire = rewritable.wire()
    wire.ok("CONFIG", "SET", "timeout", "0", "maxmemory", "3mb", "requirepass", 'quote " and \\ and \x01',
            "slowlog-max-len", "5",
            "client-output-buffer-limit", "pubsub 1mb 2mb 3", "maxmemory-policy", "allkeys-lru", "loglevel", "verbose")
    before = get(wire, "*")
    wire.ok("CONFIG", "REWRITE")
    rewritable.restart()
    wire = rewritable.wire()
    wire.ok("AUTH", 'quote " and \\ and \x01')
    assert get(wire, "*") == before


@pytest.mark.goal("CONFIG REWRITE without a file is refused")
def test_rewrite_without_file(wire):
    assert wire.error("CONFIG", "REWRITE") == "ERR The server is running without a config file"


@pytest.mark.goal("A new port takes effect at once: it serves clients, the old one serves those it has")
def test_port_can_change(fresh_server):
    server = fresh_server()
    old = server.wire()
    other = claim_port()
    try:
        old.ok("CONFIG", "SET", "port", other.number)
        with Wire(("127.0.0.1", other.number), name="new port") as wire:
            assert wire("PING") == "PONG"
        old.exchange(encode("PING"), b"+PONG\r\n")
        assert not server.answers()
    finally:
        other.release()
