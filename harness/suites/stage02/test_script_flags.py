"""#!lua flags=...: what a script says of itself, and what that changes when memory is short."""

import pytest

OOM = "OOM command not allowed when used memory > 'maxmemory'."


@pytest.mark.parametrize("line, error", [
    ("#!lua\nreturn 2", None), ("#!lua flags=no-writes\nreturn 2", None), ("#!lua flags=\nreturn 2", None),
    ("#!lua flags=no-writes,allow-stale,allow-oom,no-cluster,allow-cross-slot-keys\nreturn 2", None),
    ("#!lua  flags='no-writes' \nreturn 2", None), ("#!lua", "ERR Invalid script shebang"),
    ("#!lua flags=nope\nreturn 2", "ERR Unexpected flag in script shebang: nope"),
    ("#!lua flags=no-writes,\nreturn 2", "ERR Unexpected flag in script shebang: "),
    ("#!lua name=foo\nreturn 2", "ERR Unknown lua shebang option: name=foo"),
    ("#!python\nreturn 2", "ERR Unexpected engine in script shebang: #!python"),
])
@pytest.mark.goal("The first line of a script may name the engine and flags, and nothing else")
def test_first_line(wire, line, error):
    if error is None:
        assert wire("EVAL", line, 0) == 2
        assert wire("SCRIPT", "LOAD", line)
    else:
        assert wire.error("EVAL", line, 0) == error
        assert wire.error("SCRIPT", "LOAD", line) == error


@pytest.mark.goal("A script that says it does not write may not, and only such a one is run by EVAL_RO")
def test_no_writes(wire):
    script = "#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')"
    assert wire.error("EVAL", script, 0).startswith("ERR Write commands are not allowed from read-only scripts. script: ")
    assert wire.error("EVAL_RO", "#!lua\nreturn 1", 0) == (
        "ERR Can not execute a script with write flag using *_ro command.")
    assert wire("EVAL_RO", "#!lua flags=no-writes\nreturn 1", 0) == 1
    assert wire("EXISTS", "k") == 0


@pytest.fixture
def full(wire):
    """A server that has no room left."""
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "maxmemory", "1")
    yield wire
    wire.ok("CONFIG", "SET", "maxmemory", "0")


@pytest.mark.parametrize("script, answer", [
    ("return redis.call('GET', 'k')", b"v"),
    ("return redis.pcall('SET', 'x', 'y')", OOM),
    ("redis.call('PING') return redis.pcall('SET', 'x', 'y')", OOM),
    ("redis.call('DEL', 'nokey') return redis.call('SET', 'x', 'y')", "OK"),
    ("#!lua\nreturn 1", OOM),
    ("#!lua flags=no-writes\nreturn 1", 1),
    ("#!lua flags=allow-oom\nreturn redis.call('SET', 'x', 'y')", "OK"),
])
@pytest.mark.goal("Without room a script may read; it may not write, unless it has begun to or says that it must")
def test_no_room(full, script, answer):
    if answer == OOM:
        assert full.error("EVAL", script, 0) == OOM
    else:
        assert full("EVAL", script, 0) == answer


@pytest.mark.goal("A script that would be refused is not even queued")
def test_no_room_in_transaction(full):
    full.ok("MULTI")
    assert full.error("EVAL", "#!lua\nreturn 1", 0) == OOM
    assert full.error("EXEC") == "EXECABORT Transaction discarded because of previous errors."


@pytest.mark.goal("A function is refused in the same way, by its flags")
def test_no_room_for_functions(wire):
    wire("FUNCTION", "LOAD", "REPLACE", """#!lua name=rooms
      redis.register_function('plain', function() return 1 end)
      redis.register_function{function_name='reads', callback=function() return 1 end, flags={'no-writes'}}
      redis.register_function{function_name='must', callback=function() return redis.call('SET', 'x', 'y') end,
                              flags={'allow-oom'}}""")
    wire.ok("CONFIG", "SET", "maxmemory", "1")
    assert wire.error("FCALL", "plain", 0) == OOM
    assert wire("FCALL", "reads", 0) == 1
    assert wire("FCALL", "must", 0) == "OK"
    wire.ok("CONFIG", "SET", "maxmemory", "0")
    wire.ok("FUNCTION", "FLUSH")
