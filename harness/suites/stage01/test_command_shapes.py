"""COMMAND: its parts agree with one another, whatever commands the server has."""

from typing import Any

import pytest

TYPES = {b"string", b"integer", b"double", b"key", b"pattern", b"unix-time", b"pure-token", b"oneof", b"block"}
KEY_ACCESS = {"RO", "RW", "OW", "RM"}


@pytest.fixture
def table(wire3) -> dict[bytes, list[Any]]:
    """Full name -> COMMAND INFO entry, of subcommands too."""
    entries: dict[bytes, list[Any]] = {}
    for entry in wire3("COMMAND"):
        entries[entry[0]] = entry
        entries.update((sub[0], sub) for sub in entry[9])
    return entries


@pytest.fixture
def docs(wire3) -> dict[bytes, dict[bytes, Any]]:
    """Full name -> COMMAND DOCS entry, of subcommands too."""
    entries = dict(wire3("COMMAND", "DOCS"))
    for entry in list(entries.values()):
        entries.update(entry.get(b"subcommands", {}))
    return entries


@pytest.mark.goal("COMMAND, COMMAND LIST, COMMAND COUNT and COMMAND DOCS speak of the same commands")
def test_same_commands_everywhere(wire3, table, docs):
    names = wire3("COMMAND", "LIST")
    assert sorted(names) == sorted(table) == sorted(docs)
    assert wire3("COMMAND", "COUNT") == sum(b"|" not in name for name in names)


def sorted_subs(entry: list[Any]) -> list[Any]:
    """The entry with its subcommands by name: their order is a hash table's, and may change at any time."""
    return [*entry[:9], sorted(entry[9], key=lambda sub: sub[0])]


@pytest.mark.goal("A command asked for by name is described as in the list of all, in any case, subcommands too")
def test_one_by_one(wire3, table, docs):
    for name, entry in table.items():
        assert [sorted_subs(one) for one in wire3("COMMAND", "INFO", name.upper())] == [sorted_subs(entry)], name
        assert wire3("COMMAND", "DOCS", name.upper()) == {name: docs[name]}, name


@pytest.mark.goal("A subcommand is named after its container and nothing else has subcommands")
def test_subcommand_names(table):
    for name, entry in table.items():
        for sub in entry[9]:
            assert sub[0].startswith(name + b"|") and list(sub[9]) == []


@pytest.mark.goal("Every command has a summary, a version and a group; a deprecated one says since when")
def test_docs_are_complete(docs):
    for name, entry in docs.items():
        assert entry[b"summary"] and entry[b"group"], name
        assert entry[b"since"].count(b".") == 2, name
        assert ("deprecated" in entry.get(b"doc_flags", ())) == (b"deprecated_since" in entry), name
        assert all(version.count(b".") == 2 and change for version, change in entry.get(b"history", ())), name


def walk(arguments: list[dict[bytes, Any]]) -> list[dict[bytes, Any]]:
    return [node for argument in arguments for node in [argument, *walk(argument.get(b"arguments", []))]]


@pytest.mark.goal("Argument trees are well formed: known types, tokens where they belong, groups that hold something")
def test_argument_trees(table, docs):
    for name, entry in docs.items():
        for node in walk(entry.get(b"arguments", [])):
            assert node[b"name"] and node[b"type"] in TYPES, (name, node)
            assert (b"arguments" in node) == (node[b"type"] in (b"oneof", b"block")), (name, node)
            assert b"token" in node or node[b"type"] != b"pure-token", (name, node)
            assert set(node.get(b"flags", ())) <= {"optional", "multiple", "multiple_token"}, (name, node)
            if b"key_spec_index" in node:
                assert node[b"key_spec_index"] < len(table[name][8]), (name, node)


def smallest(arguments: list[dict[bytes, Any]]) -> int:
    """How many words the required arguments take at least."""
    total = 0
    for node in arguments:
        if "optional" in node.get(b"flags", ()):
            continue
        inner = node.get(b"arguments", [])
        if node[b"type"] == b"oneof":
            words = min(smallest([one]) for one in inner)
        else:
            words = smallest(inner) if node[b"type"] == b"block" else 1
        total += words + (b"token" in node and node[b"type"] != b"pure-token")
    return total


@pytest.mark.goal("The arity agrees with the documented arguments of string commands")
def test_arity_matches_the_arguments(table, docs):
    checked = 0
    for name, entry in docs.items():
        if entry[b"group"] != b"string":
            continue
        arguments = entry[b"arguments"]
        fixed = not any(node.get(b"flags") for node in walk(arguments))
        assert table[name][1] == (1 + smallest(arguments)) * (1 if fixed else -1), name
        checked += 1
    assert checked >= 20


@pytest.mark.goal("Key specs agree with the first key, last key and step, and say in which way keys are used")
def test_key_specs(table):
    for name, entry in table.items():
        for spec in entry[8]:
            assert len(KEY_ACCESS & set(spec[b"flags"])) <= 1, name
            assert spec[b"begin_search"][b"type"] in (b"index", b"keyword", b"unknown"), name
            assert spec[b"find_keys"][b"type"] in (b"range", b"keynum", b"unknown"), name
        if len(entry[8]) != 1 or spec[b"begin_search"][b"type"] != b"index" or spec[b"find_keys"][b"type"] != b"range":
            continue
        first = spec[b"begin_search"][b"spec"][b"index"]
        where = spec[b"find_keys"][b"spec"]
        last = where[b"lastkey"] if where[b"lastkey"] < 0 else first + where[b"lastkey"]
        assert entry[3:6] == [first, last, where[b"keystep"]], name


@pytest.mark.goal("Categories follow the flags: write, read, admin, pubsub, and either fast or slow")
def test_categories(table):
    for name, entry in table.items():
        flags, categories = set(entry[2]), set(entry[6])
        assert ("write" in flags) == ("@write" in categories), name
        assert ("@read" not in categories) or ("readonly" in flags), name
        assert ("admin" not in flags) or {"@admin", "@dangerous"} <= categories, name
        assert ("pubsub" in flags) == ("@pubsub" in categories), name
        assert ("fast" in flags) == ("@fast" in categories) != ("@slow" in categories), name


@pytest.mark.goal("COMMAND LIST FILTERBY ACLCAT lists exactly the commands that carry the category")
@pytest.mark.parametrize("category", [
    "keyspace", "read", "write", "string", "pubsub", "admin", "fast", "slow", "dangerous", "connection",
])
def test_list_by_category(wire3, table, category):
    listed = wire3("COMMAND", "LIST", "FILTERBY", "ACLCAT", category)
    assert sorted(listed) == sorted(name for name, entry in table.items() if "@" + category in entry[6])


@pytest.mark.goal("RESP2 carries the same as RESP3, with maps and sets flattened to arrays")
def test_both_protocols(wire, wire3):
    def flat(value: Any) -> Any:
        if isinstance(value, dict):
            return [flat(part) for pair in value.items() for part in pair]
        return [flat(part) for part in value] if isinstance(value, (list, set, tuple)) else value

    def ordered(value: Any) -> Any:
        return sorted((ordered(part) for part in value), key=repr) if isinstance(value, list) else value

    for name in (b"set", b"config", b"client|kill", b"getset", b"object|encoding"):
        for subcommand in ("INFO", "DOCS"):
            assert ordered(wire("COMMAND", subcommand, name)) == ordered(flat(wire3("COMMAND", subcommand, name))), name


@pytest.mark.parametrize("line, answer", [
    (["NOSUCH", "k"], "ERR Invalid command specified"),
    (["CONFIG", "NOSUCH", "k"], "ERR Invalid command specified"),
    (["OBJECT|ENCODING", "k"], "ERR Invalid command specified"),
    (["SUBSCRIBE", "a"], "ERR The command has no key arguments"),
    (["OBJECT", "HELP"], "ERR The command has no key arguments"),
    (["SET", "k"], "ERR Invalid number of arguments specified for command"),
    (["MEMORY", "USAGE"], "ERR Invalid number of arguments specified for command"),
    (["GET"], "ERR wrong number of arguments for 'command|{}' command"),
], ids=str)
@pytest.mark.parametrize("subcommand", ["getkeys", "getkeysandflags"])
@pytest.mark.goal("COMMAND GETKEYS and GETKEYSANDFLAGS say what is wrong with a line that has no keys to show")
def test_getkeys_errors(wire, subcommand, line, answer):
    assert wire.error("COMMAND", subcommand, *line) == answer.format(subcommand)


@pytest.mark.parametrize("line, keys", [
    ("GET k", {b"k": {"RO", "access"}}),
    ("SET k v", {b"k": {"OW", "update"}}),
    ("SET k v EX 10 get", {b"k": {"RW", "access", "update"}}),
    ("MSET a 1 b 2", {b"a": {"OW", "update"}, b"b": {"OW", "update"}}),
    ("RENAME a b", {b"a": {"RW", "access", "delete"}, b"b": {"OW", "update"}}),
    ("COPY a b", {b"a": {"RO", "access"}, b"b": {"OW", "update"}}),
    ("DEL a b", {b"a": {"RM", "delete"}, b"b": {"RM", "delete"}}),
    ("OBJECT ENCODING k", {b"k": {"RO"}}),
    ("APPEND k v", {b"k": {"RW", "insert"}}),
])
@pytest.mark.goal("COMMAND GETKEYSANDFLAGS says what a command line does with each of its keys")
def test_getkeysandflags(wire3, line, keys):
    answered = wire3("COMMAND", "GETKEYSANDFLAGS", *line.split())
    assert {key: set(flags) for key, flags in answered} == keys
