"""How two replies are compared: byte by byte, unless the table at the end says otherwise - and why.

A rule sees replies that are not identical and says whether both may still come from correct servers.  Every entry
loosens the comparison only as far as two redis-servers differ from each other.
"""

from __future__ import annotations

import re
from typing import Callable

from . import resp

Rule = Callable[[bytes, bytes], bool]


def exact(a: bytes, b: bytes) -> bool:
    return a == b


def within(tolerance: int) -> Rule:
    """Non-negative integers may be apart by the tolerance; -1, -2 and errors must be equal."""

    def rule(a: bytes, b: bytes) -> bool:
        if a[:1] != b":" or b[:1] != b":":
            return a == b
        x, y = int(a[1:]), int(b[1:])
        return x >= 0 and y >= 0 and abs(x - y) <= tolerance

    return rule


def canonical(normalise: Callable[[bytes], object]) -> Rule:
    """Equal after normalise() took out what may differ.  A reply normalise() cannot read must be identical."""

    def rule(a: bytes, b: bytes) -> bool:
        try:
            return normalise(a) == normalise(b)
        except (resp.BadFrame, ValueError, IndexError, KeyError, TypeError):
            return a == b

    return rule


def _shape(frame: bytes):
    if frame[:1] == b"-":
        return frame

    def walk(node):
        return (node.kind, [walk(item) for item in node.value]) if isinstance(node.value, list) else node.kind

    return walk(resp.parse(frame))


def _kind(frame: bytes):
    return frame if frame[:1] == b"-" else resp.parse(frame).kind


def _multiset(frame: bytes):
    node = resp.parse(frame)
    return (node.kind, sorted(map(repr, node.value))) if isinstance(node.value, list) else node


def _pairs(frame: bytes):
    """A map, or a flat array of names and values, in any order."""
    node = resp.parse(frame)
    if not isinstance(node.value, list):
        return node
    items = node.value
    return node.kind, sorted(repr(items[i:i + 2]) for i in range(0, len(items), 2))


shape = canonical(_shape)  # same types and lengths all through
kind = canonical(_kind)  # same outer type; errors identical
multiset = canonical(_multiset)  # same elements in any order
pairs = canonical(_pairs)


# --- Replies of the server family ------------------------------------------------------------------------------

_CLIENT_KEEP = {b"name", b"db", b"sub", b"psub", b"multi", b"cmd", b"user", b"redir", b"resp"}


def client_line(line: bytes):
    """A line of CLIENT LIST: every field name in order, and the values that do not depend on time, memory or ids."""
    fields = [field.partition(b"=") for field in line.split(b" ")]
    return [(name, value if name in _CLIENT_KEEP else b"*") for name, _, value in fields]


def _client_lines(frame: bytes):
    node = resp.parse(frame)
    if node.kind not in "$=":
        return node
    return node.kind, sorted(map(client_line, node.value.split(b"\n")))


def _hello(frame: bytes):
    node = resp.parse(frame)
    if node.kind not in "*%":
        return node
    items = list(node.value)
    for i in range(0, len(items), 2):
        if items[i].value == b"id":
            items[i + 1] = items[i + 1].kind
    return node.kind, items


_STAT = re.compile(rb"(usec|usec_per_call)=[0-9.]+")
_UNSTEADY = (b"cmdstat_scan:", b"cmdstat_client|id:")


def info_text(text: bytes):
    """INFO reduced to what two servers share: statistics without times, the keyspace without avg_ttl."""
    lines = []
    for line in text.split(b"\r\n"):
        if line.startswith(_UNSTEADY):
            continue
        if line.startswith(b"cmdstat_"):
            line = _STAT.sub(rb"\1", line)
        elif line.startswith(b"db"):
            line = line.rpartition(b",avg_ttl=")[0]
        lines.append(line)
    return sorted(lines)


def _info(frame: bytes):
    node = resp.parse(frame)
    return (node.kind, info_text(node.value)) if node.kind in "$=" else node


_DEBUG_OBJECT = re.compile(rb"at:0x[0-9a-f]+|lru:\d+|lru_seconds_idle:\d+")


def _debug_object(frame: bytes):
    return _DEBUG_OBJECT.sub(lambda found: found.group().partition(b":")[0], frame)


def _histogram(frame: bytes):
    """LATENCY HISTOGRAM: commands in order of a randomly seeded table; the buckets are times, only `calls` compares."""
    node = resp.parse(frame)
    if node.kind not in "*%":
        return node
    items = node.value
    return node.kind, sorted((items[i].value, repr(items[i + 1].value[:2])) for i in range(0, len(items), 2))


def tree(node: resp.Node):
    """A reply of COMMAND with `subcommands`, which come in order of a randomly seeded table, sorted."""
    if not isinstance(node.value, list):
        return tuple(node)
    items = node.value
    if len(items) == 10 and items[9].kind == "*" and items[1].kind == ":":  # COMMAND INFO: the tenth element
        return node.kind, [tree(item) for item in items[:9]] + [sorted(repr(tree(item)) for item in items[9].value)]
    out = []
    for i, item in enumerate(items):
        if i and items[i - 1].value == b"subcommands" and isinstance(item.value, list):
            out.append(sorted(repr((item.value[j].value, tree(item.value[j + 1])))
                              for j in range(0, len(item.value), 2)))
        else:
            out.append(tree(item))
    return node.kind, out


command_tree = canonical(lambda frame: tree(resp.parse(frame)))

# --- The table ---------------------------------------------------------------------------------------------------

_SECONDS, _MILLISECONDS = within(5), within(5000)

TABLE: dict[bytes, Rule] = {
    b"ttl": _SECONDS,  # time passes between the two servers
    b"pttl": _MILLISECONDS,
    b"expiretime": _SECONDS,  # a relative TTL was added to each server's own clock
    b"pexpiretime": _MILLISECONDS,
    b"object|idletime": within(30),
    b"time": shape,
    b"keys": multiset,  # order of the table
    b"randomkey": kind,  # membership: see the script in families/keys.py
    b"scan": kind,  # cursors differ; full iterations: families/keys.py
    b"hello": canonical(_hello),  # id
    b"client|id": kind,
    b"client|list": canonical(_client_lines),
    b"client|info": canonical(_client_lines),
    b"command|count": kind,  # depends on the stage
    b"command|list": kind,
    b"command|info": command_tree,
    b"command|docs": command_tree,
    b"config|get": pairs,
    b"debug|object": canonical(_debug_object),
    b"info": canonical(_info),
    b"latency|histogram": canonical(_histogram),
    b"lolwut": kind,  # art
    b"memory|usage": kind,  # a smaller number is the point of the exercise
    b"memory|stats": kind,
    b"memory|doctor": kind,
    b"memory|malloc-stats": kind,
    b"pubsub|channels": multiset,
}

_CONTAINERS = {name.partition(b"|")[0] for name in TABLE if b"|" in name}


def name_of(args) -> bytes:
    """`command` or `command|subcommand`, in lower case."""
    if not args:
        return b""
    name = bytes(args[0]).lower()
    if len(args) > 1 and name in _CONTAINERS | {b"slowlog", b"config", b"object", b"pubsub", b"acl"}:
        return name + b"|" + bytes(args[1]).lower()
    return name


def rule_for(args) -> Rule:
    return TABLE.get(name_of(args), exact)
