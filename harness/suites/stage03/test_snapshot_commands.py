"""The commands and options of this stage, as COMMAND and CONFIG describe them."""

import pytest

from strata_harness.rdb_codes import raw
from strata_harness.rdb_file import STRING, payload
from strata_harness.snapshots import dump_path, wait_saved

KEY_0 = [b"type", b"range", b"spec", [b"lastkey", 0, b"keystep", 1, b"limit", 0]]
# name: arity, flags, categories, group, since
COMMANDS = {
    "save": (1, "admin noscript no_async_loading no_multi", "admin slow dangerous", "server", "1.0.0"),
    "bgsave": (-1, "admin noscript no_async_loading", "admin slow dangerous", "server", "1.0.0"),
    "lastsave": (1, "loading stale fast", "admin fast dangerous", "server", "1.0.0"),
    "dump": (2, "readonly", "keyspace read slow", "generic", "2.6.0"),
    "restore": (-4, "write denyoom", "keyspace write slow dangerous", "generic", "2.6.0"),
    "restore-asking": (-4, "write denyoom asking", "keyspace write slow dangerous", "server", "3.0.0"),
}
VALUE = payload(STRING, raw("value"))
USES = {"save": ["SAVE"], "bgsave": ["BGSAVE"], "lastsave": ["LASTSAVE"], "dump": ["DUMP", "k"],
        "restore": ["RESTORE", "k", 0, VALUE, "REPLACE"], "restore-asking": ["RESTORE-ASKING", "k", 0, VALUE, "REPLACE"]}
OPTIONS = {"dbfilename": "dump.rdb", "rdbcompression": "yes", "rdbchecksum": "yes", "rdb-save-incremental-fsync": "yes",
           "rdb-del-sync-files": "no", "stop-writes-on-bgsave-error": "yes", "sanitize-dump-payload": "no"}


def works(wire, name):
    """A command that is described is there, too."""
    wire.ok("SET", "k", "value")
    if name == "lastsave":
        wire.ok("SAVE")
    reply = wire(*USES[name])
    wait_saved(wire)
    return reply in ("OK", "Background saving started", VALUE) or isinstance(reply, int)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.goal("COMMAND INFO gives arity, flags, categories and keys of a command of snapshots")
def test_info(wire, name):
    arity, flags, categories, _, _ = COMMANDS[name]
    entry = wire("COMMAND", "INFO", name)[0]
    assert entry is not None, "there is no such command"
    assert entry[:2] == [name.encode(), arity]
    assert set(map(str, entry[2])) == set(flags.split())
    assert set(map(str, entry[6])) == {"@" + category for category in categories.split()}
    with_key = "keyspace" in categories
    assert entry[3:6] == ([1, 1, 1] if with_key else [0, 0, 0]) and len(entry[8]) == with_key
    assert works(wire, name)


@pytest.mark.goal("COMMAND GETKEYSANDFLAGS: DUMP reads its key, RESTORE overwrites it")
def test_keys(wire):
    assert wire("COMMAND", "GETKEYS", "RESTORE", "k", 0, "payload", "REPLACE") == [b"k"]
    assert wire("COMMAND", "GETKEYSANDFLAGS", "DUMP", "k") == [[b"k", ["RO", "access"]]]
    assert wire("COMMAND", "GETKEYSANDFLAGS", "RESTORE", "k", 0, "payload") == [[b"k", ["OW", "update"]]]
    assert works(wire, "dump") and works(wire, "restore")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.goal("COMMAND DOCS tells group, age and arguments")
def test_docs(wire, name):
    _, doc = wire("COMMAND", "DOCS", name)
    doc = dict(zip(doc[::2], doc[1::2]))
    assert doc[b"group"].decode() == COMMANDS[name][3] and doc[b"since"].decode() == COMMANDS[name][4]
    assert doc[b"summary"] and doc[b"complexity"]
    arguments = [dict(zip(one[::2], one[1::2]))[b"name"] for one in doc.get(b"arguments", [])]
    assert arguments == {"bgsave": [b"schedule"], "dump": [b"key"]}.get(
        name, [b"key", b"ttl", b"serialized-value", b"replace", b"absttl", b"seconds", b"frequency"]
        if name.startswith("restore") else [])
    assert works(wire, name)


@pytest.mark.goal("The options of snapshots have Redis's defaults, and their values survive CONFIG REWRITE")
def test_options(fresh_server):
    server = fresh_server(conf="# options\n", enable_protected_configs="yes")
    wire = server.wire()
    for name, value in OPTIONS.items():
        assert wire("CONFIG", "GET", name) == [name.encode(), value.encode()]
    wire.ok("CONFIG", "SET", "rdbcompression", "no", "dbfilename", "other.rdb", "save", "100 1 200 2")
    assert "must be 'yes' or 'no'" in wire.error("CONFIG", "SET", "rdbcompression", "maybe")
    wire.ok("CONFIG", "REWRITE")
    assert server.conf_path.read_text().count("save 100 1") == 1
    wire.ok("SET", "k", "x" * 100)
    server.stop()
    assert (server.dir / "other.rdb").stat().st_size > 100 and not dump_path(server).exists()
    server.options["save"] = None
    wire = server.start().wire()
    assert wire("GET", "k") == b"x" * 100 and wire("CONFIG", "GET", "save")[1] == b"100 1 200 2"
    assert wire("CONFIG", "GET", "rdbcompression")[1] == b"no"
