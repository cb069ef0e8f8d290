"""Libraries of functions: FUNCTION and FCALL."""

import pytest

BAD_NAME = ("ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one "
            "character long")
REGISTERING = "ERR Error registering functions: "


@pytest.fixture(autouse=True)
def no_functions(wire):
    wire.ok("FUNCTION", "FLUSH")
    yield
    wire.ok("FUNCTION", "FLUSH")


def library(name, *functions):
    return f"#!lua name={name}\n" + "\n".join(functions)


def simple(name, body="return 1"):
    return f"redis.register_function('{name}', function(keys, args) {body} end)"


def listed(wire, *arguments):
    """FUNCTION LIST as {library: {...}}, functions as {name: {...}}."""
    libraries = {}
    for entry in wire("FUNCTION", "LIST", *arguments):
        fields = dict(zip(entry[::2], entry[1::2]))
        functions = [dict(zip(f[::2], f[1::2])) for f in fields[b"functions"]]
        fields[b"functions"] = {f[b"name"]: f for f in functions}
        libraries[fields.pop(b"library_name")] = fields
    return libraries


@pytest.mark.goal("A library's functions are called by name, in any case of letters, with keys and arguments")
def test_call(wire):
    code = library("mylib", simple("f", "return {keys[1], args[1], #keys, #args}"))
    assert wire("FUNCTION", "LOAD", code) == b"mylib"
    assert wire("FCALL", "f", 1, "k", "a", "b") == [b"k", b"a", 1, 2]
    assert wire("FCALL", "F", 0) == []
    assert wire.error("FCALL", "nope", 0) == "ERR Function not found"
    assert wire.error("FCALL", "f", "x") == "ERR Bad number of keys provided"
    assert wire.error("FCALL", "f", -1) == "ERR Number of keys can't be negative"
    assert wire.error("FCALL", "f", 2, "a") == "ERR Number of keys can't be greater than number of args"


@pytest.mark.parametrize("code, error", [
    ("return 1", "ERR Missing library metadata"), ("#!lua name=a return 1", "ERR Invalid library metadata"),
    ("#!lua\n", "ERR Library name was not given"), ("#!lua name=\n", BAD_NAME), ("#!lua name=a-b\n", BAD_NAME),
    ("#!lua name=a name=b\n", "ERR Invalid metadata value, name argument was given multiple times"),
    ("#!lua name=a x=b\n", "ERR Invalid metadata value given: x=b"), ("#!js name=a\n", "ERR Engine 'js' not found"),
    ("#!lua name=a\nreturn 1", "ERR No functions registered"),
    ("#!lua name=a\nreturn +", "ERR Error compiling function: user_function:2: unexpected symbol near '+'"),
])
@pytest.mark.goal("Code that is no library is refused, and told why")
def test_not_a_library(wire, code, error):
    assert wire.error("FUNCTION", "LOAD", code) == error
    assert wire("FUNCTION", "LIST") == []


@pytest.mark.parametrize("call, error", [
    ("()", "ERR wrong number of arguments to redis.register_function"),
    ("('a', function() end, 'x')", "ERR wrong number of arguments to redis.register_function"),
    ("('a')", "ERR calling redis.register_function with a single argument is only applicable to Lua table "
              "(representing named arguments)."),
    ("('a', 1)", "ERR second argument to redis.register_function must be a function"),
    ("('a b', function() end)", BAD_NAME),
    ("{}", "ERR redis.register_function must get a function name argument"),
    ("{function_name='a'}", "ERR redis.register_function must get a callback argument"),
    ("{function_name='a', callback='b'}",
     "ERR callback argument given to redis.register_function must be a function"),
    ("{function_name='a', callback=function() end, flags='x'}",
     "ERR flags argument to redis.register_function must be a table representing function flags"),
    ("{function_name='a', callback=function() end, flags={'x'}}", "ERR unknown flag given"),
    ("{function_name='a', callback=function() end, nope=1}",
     "ERR unknown argument given to redis.register_function"),
    ("('a', function() end) redis.register_function('A', function() end)",
     "ERR Function already exists in the library"),
])
@pytest.mark.goal("register_function refuses what does not describe a function")
def test_registering(wire, call, error):
    code = f"#!lua name=l\nredis.register_function{call}"
    if "'A'" in call:
        code = code.replace("'A'", "'a'")
    assert wire.error("FUNCTION", "LOAD", code) == REGISTERING + error


@pytest.mark.parametrize("statement, error", [
    ("redis.call('PING')", "Script attempted to access nonexistent global variable 'call'"),
    ("return math", "Script attempted to access nonexistent global variable 'math'"),
    ("return x", "Script attempted to access nonexistent global variable 'x'"),
    ("x = 1", "Attempt to modify a readonly table"), ("redis.x = 1", "Attempt to modify a readonly table"),
])
@pytest.mark.goal("While a library is loaded its code can register functions, and do nothing to the data")
def test_loading_world(wire, statement, error):
    assert wire.error("FUNCTION", "LOAD", f"#!lua name=l\n{statement}") == f"{REGISTERING}ERR user_function:2: {error}"


@pytest.mark.goal("Names are unique: of libraries, and of functions among all libraries; REPLACE replaces a library")
def test_replace(wire):
    wire("FUNCTION", "LOAD", library("one", simple("f", "return 'old'"), simple("gone")))
    assert wire.error("FUNCTION", "LOAD", library("one", simple("g"))) == "ERR Library 'one' already exists"
    assert wire.error("FUNCTION", "LOAD", library("one", "return +")) == "ERR Library 'one' already exists"
    assert wire.error("FUNCTION", "LOAD", library("two", simple("f"))) == "ERR Function f already exists"
    assert wire("FUNCTION", "LOAD", "REPLACE", library("one", simple("f", "return 'new'"))) == b"one"
    assert wire("FCALL", "f", 0) == b"new"
    assert wire.error("FCALL", "gone", 0) == "ERR Function not found"
    assert wire.error("FUNCTION", "LOAD", "replace", library("one", "return +")).startswith("ERR Error compiling")
    assert wire("FCALL", "f", 0) == b"new", "a library that cannot be loaded replaces nothing"
    wire("FUNCTION", "LOAD", library("two", simple("taken", "return 'two'")))
    assert wire.error("FUNCTION", "LOAD", "REPLACE", library("one", simple("f"), simple("taken"))) == (
        "ERR Function taken already exists")
    assert (wire("FCALL", "f", 0), wire("FCALL", "taken", 0)) == (b"new", b"two"), "nor one whose functions another has"


@pytest.mark.goal("FUNCTION LIST tells of libraries, functions, descriptions, flags and, if asked, the code")
def test_list(wire):
    code = library("first", "redis.register_function{function_name='f', callback=function() end, "
                            "flags={'no-writes', 'allow-stale'}, description='about f'}")
    wire("FUNCTION", "LOAD", code)
    wire("FUNCTION", "LOAD", library("second", simple("g"), simple("h")))
    both = listed(wire)
    assert set(both) == {b"first", b"second"} and both[b"first"][b"engine"] == b"LUA"
    assert both[b"first"][b"functions"][b"f"] == {b"name": b"f", b"description": b"about f",
                                                  b"flags": ["no-writes", "allow-stale"]}
    assert set(both[b"second"][b"functions"]) == {b"g", b"h"}
    assert both[b"second"][b"functions"][b"g"][b"description"] is None
    assert b"library_code" not in both[b"first"]
    only = listed(wire, "LIBRARYNAME", "f*", "WITHCODE")
    assert set(only) == {b"first"} and only[b"first"][b"library_code"].decode() == code
    assert wire.error("FUNCTION", "LIST", "LIBRARYNAME") == "ERR library name argument was not given"
    assert wire.error("FUNCTION", "LIST", "nope") == "ERR Unknown argument nope"


@pytest.mark.goal("FUNCTION DELETE and FUNCTION FLUSH take functions away; FUNCTION STATS counts what there is")
def test_delete(wire):
    def counts():
        stats = wire("FUNCTION", "STATS")
        assert stats[:2] == [b"running_script", None]
        return stats[3][1]

    wire("FUNCTION", "LOAD", library("one", simple("f"), simple("g")))
    wire("FUNCTION", "LOAD", library("two", simple("h")))
    assert counts() == [b"libraries_count", 2, b"functions_count", 3]
    wire.ok("FUNCTION", "DELETE", "one")
    assert wire.error("FUNCTION", "DELETE", "one") == "ERR Library not found"
    assert wire.error("FCALL", "f", 0) == "ERR Function not found" and wire("FCALL", "h", 0) == 1
    assert counts() == [b"libraries_count", 1, b"functions_count", 1]
    assert wire.error("FUNCTION", "FLUSH", "now") == "ERR FUNCTION FLUSH only supports SYNC|ASYNC option"
    wire.ok("FUNCTION", "FLUSH", "ASYNC")
    assert counts() == [b"libraries_count", 0, b"functions_count", 0]


@pytest.mark.goal("Functions survive FLUSHALL and SCRIPT FLUSH: they are data of their own kind")
def test_flushall(wire):
    wire("FUNCTION", "LOAD", library("one", simple("f")))
    wire.ok("FLUSHALL")
    wire.ok("SCRIPT", "FLUSH")
    assert wire("FCALL", "f", 0) == 1


@pytest.mark.goal("FCALL_RO calls only functions that say they do not write, and those may not")
def test_read_only(wire):
    wire("FUNCTION", "LOAD", library(
        "one", simple("w", "return redis.call('SET', keys[1], 'v')"),
        "redis.register_function{function_name='r', flags={'no-writes'}, callback=function(keys)",
        "  return redis.call('GET', keys[1]) end}",
        "redis.register_function{function_name='liar', flags={'no-writes'}, callback=function(keys)",
        "  return redis.call('SET', keys[1], 'liar') end}"))
    assert wire("FCALL", "w", 1, "k") == "OK"
    assert wire("FCALL_RO", "r", 1, "k") == b"v" and wire("FCALL", "r", 1, "k") == b"v"
    assert wire.error("FCALL_RO", "w", 1, "k") == "ERR Can not execute a script with write flag using *_ro command."
    assert wire.error("FCALL", "liar", 1, "k") == (
        "ERR Write commands are not allowed from read-only scripts. script: liar, on @user_function:6.")
    assert wire("GET", "k") == b"v"


@pytest.mark.goal("A called function sees what scripts see, but KEYS, ARGV and register_function")
def test_world_of_functions(wire):
    wire("FUNCTION", "LOAD", library(
        "one", simple("libraries", "return {type(cjson.encode), type(redis.call), type(math.floor)}"),
        simple("keys_global", "return KEYS"), simple("assigns", "y = 1"), simple("raises", "error('e5')"),
        simple("again", "return redis.register_function('z', function() end)")))
    assert wire("FCALL", "libraries", 0) == [b"function"] * 3
    assert wire.error("FCALL", "keys_global", 0) == (
        "ERR user_function:3: Script attempted to access nonexistent global variable 'KEYS' script: keys_global, on "
        "@user_function:3.")
    assert wire.error("FCALL", "assigns", 0) == (
        "ERR user_function:4: Attempt to modify a readonly table script: assigns, on @user_function:4.")
    assert wire.error("FCALL", "raises", 0) == "ERR user_function:5: e5 script: raises, on @user_function:5."
    assert wire.error("FCALL", "again", 0).startswith(
        "ERR user_function:6: attempt to call field 'register_function' (a nil value)")


@pytest.mark.goal("A local of the library is shared by its functions and lives as long as the library")
def test_locals(wire):
    wire("FUNCTION", "LOAD", library("one", "local n = 0", simple("up", "n = n + 1 return n")))
    assert [wire("FCALL", "up", 0) for _ in range(3)] == [1, 2, 3]
