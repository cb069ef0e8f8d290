"""What a command leaves in the log: its own words where a replay does the same, others where it would not."""

import pytest

from strata_harness.aof_server import OPTIONS, Tail, run, with_times

SERVER_OPTIONS = {**OPTIONS, "appendfsync": "no"}
PAST = 1000000000


@pytest.fixture
def tail(server, wire):
    return Tail(server, wire)


def check(wire, tail, first, commands, expected):
    """`commands`, run after `first`, append `expected`. @N in it is the time N seconds from now."""
    run(wire, *first)
    tail.bytes()
    run(wire, *commands)
    assert with_times(tail.lines(), expected) == expected


def row(first, command, *expected):
    """The commands before, split at |; one command; what it appends. = stands for the command itself."""
    lines = [command if line == "=" else line for line in expected]
    return pytest.param(first.split("|") if first else [], command, lines, id=command)


@pytest.mark.parametrize("first, command, expected", [
    row("", "SET k v", "="), row("", "sEt k v", "="), row("SET k w", "SET k v KEEPTTL", "="),
    row("", "SET k v NX", "="), row("SET k w", "SET k v xx", "="), row("SET k w", "SET k v NX"),
    row("", "SET k v XX"), row("SET k w", "SET k v GET", "SET k v"), row("SET k w", "SET k v XX GET", "SET k v XX"),
    row("SET k w", "SET k v get KEEPTTL", "SET k v KEEPTTL"),
    row("", "SET k v EX 100", "SET k v PXAT @100"), row("", "set k v px 100000", "SET k v PXAT @100"),
    row("", "SET k v EXAT 4102444800", "SET k v PXAT 4102444800000"),
    row("", "SET k v PXAT 4102444800123", "SET k v PXAT 4102444800123"),
    row("SET k w", "SET k v XX EX 100", "SET k v PXAT @100"), row("", "SET k v EX 100 NX", "SET k v PXAT @100"),
    row("SET k w", "SET k v GET EX 100 XX", "SET k v PXAT @100"),
    row("", "SETEX k 100 v", "SET k v PXAT @100"), row("", "PSETEX k 100000 v", "SET k v PXAT @100"),
    row("", "SETNX k v", "="), row("SET k w", "SETNX k v"),
    row("SET k w", "GETSET k v", "SET k v"), row("", "GETSET k v", "SET k v"),
    row("SET k w", "GETDEL k", "DEL k"), row("", "GETDEL k"), row("SET k w", "GET k"),
    row("SET k w", "GETEX k"), row("SET k w", "GETEX k EX 100", "PEXPIREAT k @100"),
    row("SET k w", "GETEX k PX 100000", "PEXPIREAT k @100"),
    row("SET k w", "GETEX k EXAT 4102444800", "PEXPIREAT k 4102444800000"),
    row("SET k w", "GETEX k PXAT 4102444800123", "PEXPIREAT k 4102444800123"),
    row("SET k w", f"GETEX k EXAT {PAST}", "DEL k"), row("SET k w", f"GETEX k PXAT {PAST}", "DEL k"),
    row("SET k w EX 100", "GETEX k PERSIST", "PERSIST k"), row("SET k w", "GETEX k PERSIST"),
    row("", "INCR n", "="), row("SET n 5", "DECRBY n 0x10"), row("SET n 5", "INCRBY n 10", "="),
    row("SET n 5", "INCRBYFLOAT n 0.25", "SET n 5.25 KEEPTTL"), row("", "INCRBYFLOAT n 3.0e3", "SET n 3000 KEEPTTL"),
    row("", "APPEND k v", "="), row("", "SETRANGE k 2 v", "="), row("SET k w", "SETRANGE k 0 "),
    row("", "SETBIT k 7 1", "="), row("", "SETBIT k 7 0", "="), row("", "MSET a 1 b 2", "="),
    row("", "MSETNX a 1 b 2", "="), row("SET a 1", "MSETNX a 1 b 2")])
@pytest.mark.goal("Strings: relative times become absolute, reads and what changes nothing leave no trace")
def test_strings(wire, tail, first, command, expected):
    check(wire, tail, first, [tuple(command.split(" "))], expected)


@pytest.mark.parametrize("first, command, expected", [
    row("SET k v", "EXPIRE k 100", "PEXPIREAT k @100"), row("SET k v", "pexpire k 100000", "PEXPIREAT k @100"),
    row("SET k v", "EXPIREAT k 4102444800", "PEXPIREAT k 4102444800000"),
    row("SET k v", "PEXPIREAT k 4102444800123", "="), row("SET k v", "pexpireat k 4102444800123 nx", "="),
    row("SET k v", "EXPIRE k 100 NX", "PEXPIREAT k @100 NX"),
    row("SET k v EX 50", "EXPIRE k 100 XX", "PEXPIREAT k @100 XX"),
    row("SET k v EX 50", "EXPIRE k 100 GT", "PEXPIREAT k @100 GT"),
    row("SET k v", "PEXPIRE k 100000 LT", "PEXPIREAT k @100 LT"),
    row("SET k v EX 100", "EXPIRE k 50 GT"), row("", "EXPIRE k 100"),
    row("SET k v", "EXPIRE k 0", "DEL k"), row("SET k v", "EXPIRE k -1", "DEL k"),
    row("SET k v", f"EXPIREAT k {PAST}", "DEL k"), row("SET k v", f"PEXPIREAT k {PAST}", "DEL k"),
    row("SET k v EX 100", "PERSIST k", "="), row("SET k v", "PERSIST k"),
    row("SET a 1|SET b 2", "DEL a b nokey", "="), row("", "DEL nokey"), row("SET a 1", "UNLINK a nokey", "="),
    row("SET a 1", "RENAME a b", "="), row("SET a 1", "RENAMENX a b", "="), row("SET a 1|SET b 2", "RENAMENX a b"),
    row("SET a 1", "COPY a b", "="), row("SET a 1|SET b 2", "COPY a b"), row("SET a 1", "COPY a b DB 3 REPLACE", "="),
    row("SET a 1", "MOVE a 1", "="), row("", "MOVE a 1"), row("", "SWAPDB 0 1", "="), row("SET a 1", "TOUCH a"),
    row("", "FLUSHDB", "="), row("", "FLUSHALL", "="), row("SET a 1", "flushall async", "="),
    row("", "FLUSHDB SYNC", "="), row("", "PUBLISH channel message"), row("", "CONFIG SET maxmemory 500mb"),
    row("", "PING"), row("", "KEYS *"), row("", "SELECT 0")])
@pytest.mark.goal("Keys: times become absolute, times in the past a deletion; moving and flushing stay as they are")
def test_keys(wire, tail, first, command, expected):
    check(wire, tail, first, [command], expected)


@pytest.mark.goal("RESTORE with a relative time is appended with the absolute one; payload and options stay")
def test_restore(wire, tail):
    wire.ok("SET", "k", "v")
    payload = wire("DUMP", "k")
    tail.bytes()
    wire.ok("RESTORE", "a", 0, payload)
    wire.ok("RESTORE", "a", 0, payload, "REPLACE")
    wire.ok("RESTORE", "b", 100_000, payload, "REPLACE", "IDLETIME", 5)
    wire.ok("RESTORE", "c", 4102444800123, payload, "ABSTTL")
    commands = tail.commands()
    assert commands[0] == (b"RESTORE", b"a", b"0", payload)
    assert commands[1] == (b"RESTORE", b"a", b"0", payload, b"REPLACE")
    assert commands[3] == (b"RESTORE", b"c", b"4102444800123", payload, b"ABSTTL")
    name, key, time_ms, *rest = commands[2]
    assert [name, key, *rest] == [b"RESTORE", b"b", payload, b"REPLACE", b"IDLETIME", b"5", b"ABSTTL"]
    assert abs(int(time_ms) - int(wire("PEXPIRETIME", "b"))) == 0


@pytest.mark.parametrize("command, expected", [
    ("GETDEL k", "UNLINK k"), ("DEL k", "DEL k"), ("EXPIRE k 0", "UNLINK k"), (f"GETEX k EXAT {PAST}", "UNLINK k"),
    (f"PEXPIREAT k {PAST} NX", "UNLINK k"), ("SPOP s 5", "DEL s")])
@pytest.mark.goal("With lazy freeing what became a DEL is an UNLINK; a client's own DEL and an emptied set stay DEL")
def test_lazy(wire, tail, command, expected):
    for option in ("lazyfree-lazy-user-del", "lazyfree-lazy-expire", "lazyfree-lazy-server-del"):
        wire.ok("CONFIG", "SET", option, "yes")
    check(wire, tail, ["SET k v", "SADD s a"], [command], [expected])


@pytest.mark.goal("Binary keys and values of any size stand in the log as they were sent")
def test_bytes(wire, tail, rng):
    words = [b"", b"\r\n", b"*3\r\n$3\r\nSET\r\n", bytes(range(256)), rng.randbytes(1 << 20)]
    tail.bytes()
    for word in words:
        wire.ok("SET", word + b"key", word)
    assert tail.commands() == [(b"SET", word + b"key", word) for word in words]


@pytest.mark.goal("A command sent inline is appended in the form of all others; its words keep their case")
def test_inline(wire, tail):
    wire.exchange(b'set  Key "a\\r\\nb" \r\n', b"+OK\r\n")
    assert tail.bytes() == b"*3\r\n$3\r\nset\r\n$3\r\nKey\r\n$4\r\na\r\nb\r\n"


@pytest.mark.goal("A renamed command stands in the log under the name that was called")
def test_renamed(fresh_server):
    server = fresh_server(**{**SERVER_OPTIONS, "rename_command": ["SET", "PUT"]})
    wire = server.wire()
    tail = Tail(server, wire)
    wire.ok("PUT", "k", "v")
    wire("SETNX", "l", "v")
    assert tail.lines() == ["PUT k v", "SETNX l v"]
    server.kill()
    wire = server.start().wire()
    assert wire("GET", "k") == b"v"


@pytest.mark.goal("A command that fails leaves no trace")
def test_errors(wire, tail):
    run(wire, "SET k v", "RPUSH l a")
    tail.bytes()
    for command in ("LPUSH k a", "INCR k", "SET k", "NOCOMMAND x", "HSET l f v", "LSET l 5 x", "RENAME nokey b",
                    "EXPIRE k abc", "SETRANGE k -1 x", "SET k v EX 0", "MOVE k 99", "RESTORE k 0 x"):
        wire.error(*command.split())
    assert tail.lines() == []


@pytest.mark.goal("Commands of one pipeline stand in the log in their order, whole, once")
def test_pipeline(wire, tail, connect):
    other = connect()
    expected = []
    for i in range(300):
        wire.send_command("RPUSH", "l", i)
        expected.append(f"RPUSH l {i}")
    assert wire.read_many(300) == list(range(1, 301))
    other.ok("SET", "k", "v")
    assert tail.lines() == [*expected, "SET k v"]
