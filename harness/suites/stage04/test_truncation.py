"""Logs that end in the middle: the last one is cut at its last whole command, and nothing before it is lost."""

import pytest

from strata_harness.aof_files import base, commands_in, incr, log
from strata_harness.aof_server import OPTIONS, current_log, log_dir, reborn, with_log
from strata_harness.snapshots import contents, refuse

BEFORE, TRANSACTION = ("SELECT 0", "SET a 1"), ("MULTI", "SET b 2", "RPUSH l x y", "EXEC")
WHOLE = log(*BEFORE, *TRANSACTION, "INCR a", "DEL b")
STATES = [{}, {}, {b"a": b"1"}, {b"a": b"1"}, {b"a": b"1"}, {b"a": b"1"}, {b"a": b"1", b"b": b"2", b"l": [b"x", b"y"]},
          {b"a": b"2", b"b": b"2", b"l": [b"x", b"y"]}, {b"a": b"2", b"l": [b"x", b"y"]}]


def boundaries():
    """Where the whole log's commands end."""
    ends = [0]
    for command in (*BEFORE, *TRANSACTION, "INCR a", "DEL b"):
        ends.append(ends[-1] + len(log(command)))
    return ends


def with_last(fresh_server, data, start=True, **options):
    return with_log(fresh_server, {base(1): log("SET base 1"), incr(1): data}, start=start, **options)


@pytest.mark.parametrize("part", range(6))
@pytest.mark.limit(60)
@pytest.mark.goal("Cut anywhere, the last log loads up to its last whole command, and the file is cut there, too")
def test_every_byte(fresh_server, part):
    ends = boundaries()
    server = with_last(fresh_server, WHOLE, start=False)
    for size in range(part, len(WHOLE), 6):
        path = log_dir(server) / incr(1).name
        path.write_bytes(WHOLE[:size])
        complete = max(i for i, end in enumerate(ends) if end <= size)
        wire = server.start().wire()
        assert contents(wire) == {b"base": b"1", **STATES[complete]}, f"cut to {size} bytes"
        left = path.read_bytes()
        # Redis 7.0.15 cuts an open transaction at its MULTI only if no command is cut in half behind it.
        allowed = {ends[complete]} if complete not in (3, 4, 5) else {ends[2], ends[complete]}
        assert len(left) in allowed and WHOLE.startswith(left), f"cut to {size} bytes"
        server.kill()


@pytest.mark.parametrize("tail", [b"*", b"*3", b"*3\r\n", b"*3\r\n$", b"*3\r\n$3\r\nSE", b"*3\r\n$3\r\nSET\r\n$1\r\nq",
                                  b"*2\r\n$3\r\nGET\r\n$1000000\r\nabc", log("SET x 1")[:-2], log("SET x 1")[:-1]],
                         ids=lambda tail: repr(tail)[2:-1])
@pytest.mark.goal("After the cut the log goes on where it was cut: what is written then is there at the next start")
def test_goes_on(fresh_server, tail):
    server = with_last(fresh_server, log("SELECT 0", "SET a 1") + tail, appendfsync="always")
    wire = server.wire()
    assert current_log(server).read_bytes() == log("SELECT 0", "SET a 1")
    assert "Truncating" in server.log_text() or "truncat" in server.log_text()
    wire.ok("SET", "c", "3")
    assert current_log(server).read_bytes() == log("SELECT 0", "SET a 1", "SELECT 0", "SET c 3")
    assert contents(reborn(server)) == {b"base": b"1", b"a": b"1", b"c": b"3"}


@pytest.mark.parametrize("inside", [[], ["SET b 2"], ["SET b 2", "SELECT 1", "SET c 3"]], ids=len)
@pytest.mark.goal("A transaction without its EXEC never happened: the file is cut before its MULTI")
def test_open_transaction(fresh_server, inside):
    server = with_last(fresh_server, log("SET a 1", "MULTI", *inside), appendfsync="always")
    assert contents(server.wire()) == {b"base": b"1", b"a": b"1"}
    assert current_log(server).read_bytes() == log("SET a 1")
    server.wire().ok("SET", "later", "1")
    assert contents(reborn(server)) == {b"base": b"1", b"a": b"1", b"later": b"1"}


@pytest.mark.goal("A transaction that was whole stays whole when the one behind it was cut")
def test_second_transaction(fresh_server):
    whole = log("MULTI", "SET a 1", "SET b 2", "EXEC")
    server = with_last(fresh_server, whole + log("MULTI", "SET a 3"))
    assert contents(server.wire()) == {b"base": b"1", b"a": b"1", b"b": b"2"}
    assert current_log(server).read_bytes() == whole


@pytest.mark.goal("A base that is the only file is cut like any last file")
def test_cut_base(fresh_server):
    server = with_log(fresh_server, {base(1): log("SET a 1") + b"*3\r\n$3"})
    assert contents(server.wire()) == {b"a": b"1"}
    assert (log_dir(server) / base(1).name).read_bytes() == log("SET a 1")


@pytest.mark.parametrize("cut", [base(1), incr(1)], ids=lambda part: part.name)
@pytest.mark.parametrize("tail", [b"*3\r\n$3\r\nSE", log("MULTI", "SET b 2")], ids=["half a command", "open MULTI"])
@pytest.mark.goal("A file that is cut and not the last keeps the server from starting: what follows it would not fit")
def test_not_the_last(fresh_server, cut, tail):
    files = {base(1): log("SET a 1"), incr(1): log("SET b 1"), incr(2): log("SET c 1")}
    files[cut] += tail
    server = with_log(fresh_server, files, start=False)
    assert "the truncated file is not the last file" in refuse(server)
    assert (log_dir(server) / incr(2).name).read_bytes() == log("SET c 1")
    assert (log_dir(server) / cut.name).read_bytes().startswith(files[cut][:-len(tail)])
    (log_dir(server) / cut.name).write_bytes(files[cut][:-len(tail)])
    assert contents(server.start().wire()) == {b"a": b"1", b"b": b"1", b"c": b"1"}


@pytest.mark.parametrize("tail", [b"*3\r\n$3\r\nSE", log("MULTI", "SET b 2")], ids=["half a command", "open MULTI"])
@pytest.mark.goal("With aof-load-truncated no a cut log keeps the server from starting and stays as it is")
def test_load_truncated_no(fresh_server, tail):
    data = log("SET a 1") + tail
    server = with_last(fresh_server, data, start=False, aof_load_truncated="no")
    assert "Unexpected end of file reading the append only file" in refuse(server)
    assert (log_dir(server) / incr(1).name).read_bytes() == data
    server.options["aof_load_truncated"] = "yes"
    assert contents(server.start().wire()) == {b"base": b"1", b"a": b"1"}


@pytest.mark.parametrize("tail", [b"garbage", bytes(1), bytes(4096), b"\n", b"$3\r\nSET\r\n", b"SET b 2\r\n",
                                  b"\xff\xff",
                                  b"*x\r\n", b"*0\r\n", b"*-1\r\n", b"*2\r\n:3\r\nGET\r\n", b"*1\r\n*1\r\n", b"+OK\r\n",
                                  b"\n" + log("SET b 2")], ids=lambda tail: repr(tail[:9])[2:-1])
@pytest.mark.parametrize("truncated", ["yes", "no"])
@pytest.mark.goal("What is no command, and be it zeros, is no cut: it keeps the server from starting, in any case")
def test_garbage(fresh_server, tail, truncated):
    data = log("SET a 1") + tail
    server = with_last(fresh_server, data, start=False, aof_load_truncated=truncated)
    assert "Bad file format reading the append only file" in refuse(server)
    assert (log_dir(server) / incr(1).name).read_bytes() == data
    (log_dir(server) / incr(1).name).write_bytes(log("SET a 1"))
    assert contents(server.start().wire()) == {b"base": b"1", b"a": b"1"}


@pytest.mark.parametrize("place", [base(1), incr(1), incr(2)], ids=lambda part: part.name)
@pytest.mark.parametrize("command", ["NOSUCHCOMMAND a b", "SETT a 1"])
@pytest.mark.goal("A command that nobody knows keeps the server from starting; the log names it")
def test_unknown_command(fresh_server, place, command):
    files = {base(1): log("SET a 1"), incr(1): log("SET b 1"), incr(2): log("SET c 1")}
    server = with_log(fresh_server, {**files, place: files[place] + log(command)}, start=False)
    assert f"Unknown command '{command.split()[0]}' reading the append only file" in refuse(server)
    (log_dir(server) / place.name).write_bytes(files[place])
    assert contents(server.start().wire()) == {b"a": b"1", b"b": b"1", b"c": b"1"}


@pytest.mark.goal("A file of commands that begins like a snapshot and is none keeps the server from starting")
def test_false_snapshot(fresh_server):
    server = with_log(fresh_server, {base(1): b"REDIS0010" + log("SET a 1"), incr(1): b""}, start=False)
    refuse(server)
    (log_dir(server) / base(1).name).write_bytes(log("SET a 1"))
    assert contents(server.start().wire()) == {b"a": b"1"}


@pytest.mark.goal("Recovery drill: after a FLUSHALL by mistake it is cut off the log by hand, and all data is back")
@pytest.mark.parametrize("command", ["FLUSHALL", "flushdb async"])
def test_flushall_drill(fresh_server, command):
    server = fresh_server(**OPTIONS, appendfsync="always")
    wire = server.wire()
    for i in range(100):
        wire("RPUSH", f"l{i % 7}", i)
    precious = contents(wire)
    wire.ok(*command.split())
    assert wire("DBSIZE") == 0
    wire.send_command("SHUTDOWN", "NOSAVE")
    wire.expect_closed()
    server.wait_exit()
    path = current_log(server)
    data = path.read_bytes()
    assert commands_in(data)[-1] == tuple(word.encode() for word in command.split())
    path.write_bytes(data[:data.rindex(b"*")])
    wire = server.start().wire()
    assert contents(wire) == precious
    wire.ok("SET", "after", "v")
    assert contents(reborn(server)) == {**precious, b"after": b"v"}
