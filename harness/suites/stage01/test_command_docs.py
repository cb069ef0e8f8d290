"""COMMAND: the table of commands as clients and redis-cli's help read it."""

import pytest

# name: arity, flags, first key, last key, step
TABLE = {
    "get": (2, "readonly fast", 1, 1, 1), "set": (-3, "write denyoom", 1, 1, 1),
    "mset": (-3, "write denyoom", 1, -1, 2),
    "mget": (-2, "readonly fast", 1, -1, 1), "del": (-2, "write", 1, -1, 1), "unlink": (-2, "write fast", 1, -1, 1),
    "exists": (-2, "readonly fast", 1, -1, 1), "incr": (2, "write denyoom fast", 1, 1, 1),
    "append": (3, "write denyoom fast", 1, 1, 1),
    "incrbyfloat": (3, "write denyoom fast", 1, 1, 1), "getex": (-2, "write fast", 1, 1, 1),
    "getdel": (2, "write fast", 1, 1, 1),
    "setrange": (4, "write denyoom", 1, 1, 1), "lcs": (-3, "readonly", 1, 2, 1), "expire": (-3, "write fast", 1, 1, 1),
    "ttl": (2, "readonly fast", 1, 1, 1), "persist": (2, "write fast", 1, 1, 1), "rename": (3, "write", 1, 2, 1),
    "copy": (-3, "write denyoom", 1, 2, 1), "move": (3, "write fast", 1, 1, 1), "scan": (-2, "readonly", 0, 0, 0),
    "keys": (2, "readonly", 0, 0, 0),
    "randomkey": (1, "readonly", 0, 0, 0), "type": (2, "readonly fast", 1, 1, 1), "ping": (-1, "fast", 0, 0, 0),
    "echo": (2, "loading stale fast", 0, 0, 0),
    "auth": (-2, "noscript loading stale fast no_auth allow_busy", 0, 0, 0),
    "select": (2, "loading stale fast", 0, 0, 0),
    "hello": (-1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0),
    "quit": (-1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0),
    "reset": (1, "noscript loading stale fast no_auth allow_busy", 0, 0, 0), "flushall": (-1, "write", 0, 0, 0),
    "publish": (3, "pubsub loading stale fast", 0, 0, 0), "subscribe": (-2, "pubsub noscript loading stale", 0, 0, 0),
    "info": (-1, "loading stale", 0, 0, 0), "config": (-2, "", 0, 0, 0), "client": (-2, "", 0, 0, 0),
    "dbsize": (1, "readonly fast", 0, 0, 0),
    "shutdown": (-1, "admin noscript loading stale no_multi allow_busy", 0, 0, 0),
    "monitor": (1, "admin noscript loading stale", 0, 0, 0),
    "debug": (-2, "admin noscript loading stale", 0, 0, 0), "swapdb": (3, "write fast", 0, 0, 0),
    "config|set": (-4, "admin noscript loading stale", 0, 0, 0), "client|id": (2, "noscript loading stale", 0, 0, 0),
    "object|encoding": (3, "readonly", 2, 2, 1), "memory|usage": (-3, "readonly", 2, 2, 1),
}
GROUPS = {"get": "string", "set": "string", "lcs": "string", "del": "generic", "scan": "generic", "expire": "generic",
          "ping": "connection",
          "select": "connection", "publish": "pubsub", "info": "server", "config|get": "server",
          "client|kill": "connection"}
SINCE = {"get": "1.0.0", "getex": "6.2.0", "lcs": "7.0.0", "copy": "6.2.0", "unlink": "4.0.0", "hello": "6.0.0",
         "expiretime": "7.0.0"}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.goal("COMMAND INFO gives arity, flags and key positions of a command")
def test_info(wire, name):
    entry = wire("COMMAND", "INFO", name)[0]
    arity, flags, first, last, step = TABLE[name]
    assert entry[0] == name.encode() and len(entry) == 10
    assert (entry[1], entry[3], entry[4], entry[5]) == (arity, first, last, step)
    ignored = {"noasync", "allow-busy", "movablekeys"}
    assert set(map(str, entry[2])) - ignored == set(flags.split())


@pytest.mark.goal("COMMAND INFO takes many names, gives a null for unknown ones, and all commands without names")
def test_info_many(wire):
    entries = wire("COMMAND", "INFO", "get", "nosuch", "SET")
    assert [entry and entry[0] for entry in entries] == [b"get", None, b"set"]
    assert len(wire("COMMAND", "INFO")) == len(wire("COMMAND")) == wire("COMMAND", "COUNT")


@pytest.mark.goal("ACL categories, key specifications and subcommands are part of COMMAND INFO")
def test_info_details(wire):
    entry = wire("COMMAND", "INFO", "get")[0]
    assert set(entry[6]) == {"@read", "@string", "@fast"}
    spec = dict(zip(entry[8][0][::2], entry[8][0][1::2]))
    assert set(spec[b"flags"]) == {"RO", "access"}
    assert spec[b"begin_search"] == [b"type", b"index", b"spec", [b"index", 1]]
    assert spec[b"find_keys"] == [b"type", b"range", b"spec", [b"lastkey", 0, b"keystep", 1, b"limit", 0]]
    subcommands = {sub[0] for sub in wire("COMMAND", "INFO", "config")[0][9]}
    assert subcommands == {b"config|get", b"config|set", b"config|rewrite", b"config|resetstat", b"config|help"}


@pytest.mark.goal("COMMAND LIST names every command and subcommand, and filters by pattern, category and module")
def test_list(wire):
    names = wire("COMMAND", "LIST")
    assert {b"get", b"set", b"client", b"publish", b"scan"} <= set(names)
    assert len(names) == len(set(names))
    assert sum(b"|" not in name for name in names) == wire("COMMAND", "COUNT")
    with_subcommands = set(wire("COMMAND", "LIST", "FILTERBY", "PATTERN", "config*"))
    assert with_subcommands == {b"config", b"config|get", b"config|set", b"config|rewrite", b"config|resetstat",
                                b"config|help"}
    assert {b"get", b"set", b"lcs"} <= set(wire("COMMAND", "LIST", "FILTERBY", "ACLCAT", "string"))
    assert b"del" not in wire("COMMAND", "LIST", "FILTERBY", "ACLCAT", "string")
    assert wire("COMMAND", "LIST", "FILTERBY", "MODULE", "nosuch") == []
    assert wire("COMMAND", "LIST", "FILTERBY", "ACLCAT", "nosuch") == []
    assert wire.error("COMMAND", "LIST", "FILTERBY", "NOSUCH", "x") == "ERR syntax error"
    assert wire.error("COMMAND", "LIST", "x") == "ERR syntax error"


@pytest.mark.goal("COMMAND DOCS gives what redis-cli's help needs: summary, since, group, complexity, arguments")
def test_docs(wire3):
    docs = wire3("COMMAND", "DOCS", *GROUPS, *SINCE)
    for name, group in GROUPS.items():
        entry = docs[name.encode()]
        assert entry[b"group"] == group.encode()
        assert entry[b"summary"] and entry[b"complexity"] and entry[b"since"]
    for name, since in SINCE.items():
        assert docs[name.encode()][b"since"] == since.encode()
    assert docs[b"get"][b"arguments"] == [{b"name": b"key", b"type": b"key", b"key_spec_index": 0}]


@pytest.mark.goal("COMMAND DOCS leaves unknown commands out and holds every command when none is named")
def test_docs_all(wire, wire3):
    assert wire("COMMAND", "DOCS", "nosuch") == []
    assert set(wire3("COMMAND", "DOCS")) == {name for name in wire("COMMAND", "LIST") if b"|" not in name}


@pytest.mark.parametrize("command, keys", [
    (["GET", "a"], ["a"]), (["MSET", "a", "1", "b", "2"], ["a", "b"]), (["DEL", "a", "b", "c"], ["a", "b", "c"]),
    (["COPY", "a", "b", "DB", "3"], ["a", "b"]), (["OBJECT", "ENCODING", "a"], ["a"]),
    (["MEMORY", "USAGE", "a"], ["a"]), (["LCS", "a", "b"], ["a", "b"]),
], ids=lambda words: " ".join(words))
@pytest.mark.goal("COMMAND GETKEYS finds the keys among the arguments")
def test_getkeys(wire, command, keys):
    assert wire("COMMAND", "GETKEYS", *command) == [key.encode() for key in keys]


@pytest.mark.goal("COMMAND GETKEYS's errors are exact")
def test_getkeys_errors(wire):
    assert wire.error("COMMAND", "GETKEYS", "nosuch", "x") == "ERR Invalid command specified"
    assert wire.error("COMMAND", "GETKEYS", "PING", "x") == "ERR The command has no key arguments"
    assert wire.error("COMMAND", "GETKEYS", "SET", "a") == "ERR Invalid number of arguments specified for command"
    assert wire.error("COMMAND", "GETKEYS", "GET") == "ERR wrong number of arguments for 'command|getkeys' command"


@pytest.mark.parametrize("command, expected", [
    (["GET", "a"], {"a": "RO access"}), (["SET", "a", "1"], {"a": "OW update"}),
    (["SET", "a", "1", "GET"], {"a": "RW access update"}),
    (["DEL", "a"], {"a": "RM delete"}), (["INCR", "a"], {"a": "RW access update"}),
    (["COPY", "a", "b"], {"a": "RO access", "b": "OW update"}),
    (["RENAME", "a", "b"], {"a": "RW access delete", "b": "OW update"}), (["EXPIRE", "a", "1"], {"a": "RW update"}),
    (["TTL", "a"], {"a": "RO access"}),
], ids=lambda value: " ".join(value))
@pytest.mark.goal("COMMAND GETKEYSANDFLAGS tells how each key is used")
def test_getkeysandflags(wire, command, expected):
    found = {key.decode(): set(map(str, flags)) for key, flags in wire("COMMAND", "GETKEYSANDFLAGS", *command)}
    assert found == {key: set(flags.split()) for key, flags in expected.items()}
