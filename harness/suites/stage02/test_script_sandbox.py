"""What a script can reach, and what it cannot change."""

import pytest

READ_ONLY = "Attempt to modify a readonly table"


def failure(wire, script):
    return wire.error("EVAL", script, 0).split(" script: ")[0]


@pytest.mark.parametrize("name", ["io", "os", "debug", "package", "require", "print", "dofile", "loadfile", "getfenv",
                                  "setfenv", "newproxy", "module", "undeclared"])
@pytest.mark.goal("A name that scripts do not have is an error, not nil")
def test_absent_names(wire, name):
    expected = f"ERR user_script:1: Script attempted to access nonexistent global variable '{name}'"
    assert failure(wire, f"return {name}") == expected


@pytest.mark.parametrize("statement", ["x = 1", "redis = 1", "redis.x = 1", "_G.x = 1", "string.rep = nil", "KEYS = 5",
                                       "math.pi = 3", "cjson.encode = nil", "function f() end",
                                       "getmetatable('').x = 1", "getmetatable(_G).__index = nil"])
@pytest.mark.goal("Globals and libraries are read-only")
def test_read_only(wire, statement):
    assert failure(wire, statement) == f"ERR user_script:1: {READ_ONLY}"


@pytest.mark.parametrize("call", ["rawset(_G, 'x', 1)", "rawset(redis, 'x', 1)", "setmetatable(_G, {})",
                                  "setmetatable(redis, {})", "table.insert(redis, 1)", "table.insert(_G, 1)"])
@pytest.mark.goal("Nor are they changed by functions that ask no metatable")
def test_read_only_to_raw_functions(wire, call):
    assert failure(wire, call) == f"ERR {READ_ONLY}"


@pytest.mark.goal("Read-only tables look like any other: they can be walked, measured and compared")
def test_read_only_tables_can_be_read(wire):
    script = """
      local names = {}
      for name, value in pairs(redis) do names[name] = type(value) end
      local count = 0
      for name in next, math do count = count + 1 end
      return {names.call, names.sha1hex, names.LOG_WARNING, rawget(redis, 'REDIS_VERSION'),
              tostring(getmetatable(redis)), tostring(rawequal(redis, _G.redis)), tostring(_G == _G._G),
              tostring(count > 25), tostring(rawget(_G, 'nope')), #redis}"""
    assert wire("EVAL", script, 0) == [b"function", b"function", b"number", b"7.0.15", b"nil", b"true", b"true",
                                       b"true", b"nil", 0]


@pytest.mark.goal("What one script does to KEYS, to its locals and its metatables the next one does not see")
def test_no_traces(wire):
    assert wire("EVAL", "KEYS[1] = 5 KEYS.x = 1 return KEYS[1]", 0) == 5
    assert wire("EVAL", "return {#KEYS, tostring(KEYS.x)}", 0) == [0, b"nil"]
    wire("EVAL", "local t = setmetatable({}, {__index = string}) return 1", 0)
    assert wire("EVAL", "return ('a'):rep(3)", 0) == b"aaa"


@pytest.mark.goal("load and loadstring take source, and refuse compiled code")
def test_loading_code(wire):
    assert wire("EVAL", "return loadstring('return 7')()", 0) == 7
    pieces = "local n = 0 return load(function() n = n + 1 return ({'return ', '4', '2'})[n] end)()"
    assert wire("EVAL", pieces, 0) == 42
    for code in ("loadstring(string.dump(function() end))",
                 "load(function() return string.dump(function() end) end)"):
        f, message = wire("EVAL", f"local f, m = {code} return {{tostring(f), m}}", 0)
        assert f == b"nil" and b"unexpected symbol near 'char(27)'" in message
    assert wire.error("EVAL", "\x1bLua", 0).startswith("ERR Error compiling script")
    assert failure(wire, "return loadstring('return y', 'chunky')()").endswith(
        "Script attempted to access nonexistent global variable 'y'")


@pytest.mark.goal("Random numbers come from the same generator everywhere: the same seed, the same numbers")
def test_random(wire):
    script = "math.randomseed(7) return {math.random(1000000), math.random(5, 9)}"
    assert wire("EVAL", script, 0) == [266445, 8]
    assert wire("EVAL", "math.randomseed(0) return tostring(math.random())", 0) == b"0.17082803611217"
    assert failure(wire, "return math.random(0)") == (
        "ERR user_script:1: bad argument #1 to 'random' (interval is empty)")


@pytest.mark.goal("A script that recurses or grows without end gets an error, and the server goes on")
def test_exhaustion(wire):
    assert failure(wire, "local function f() return f() + 1 end return f()") == "ERR user_script:1: stack overflow"
    assert failure(wire, "return select('#', unpack({}, 1, 1000000))") == (
        "ERR user_script:1: too many results to unpack")
    assert wire("PING") == "PONG"


@pytest.mark.goal("Coroutines work, commands inside of them too")
def test_coroutines(wire):
    script = """
      local step = coroutine.wrap(function()
        coroutine.yield(redis.call('INCR', 'n'))
        coroutine.yield(redis.call('INCR', 'n'))
      end)
      return {step(), step()}"""
    assert wire("EVAL", script, 0) == [1, 2]
