"""How two replies are compared: byte by byte, unless the table at the end says otherwise - and why.

A rule sees replies that are not identical and says whether both may still come from correct servers.  Every entry
loosens the comparison only as far as two redis-servers differ from each other.
"""

from __future__ import annotations

import re
from typing import Callable

from . import facts, resp

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
    """Same types and lengths all through."""
    if frame[:1] == b"-":
        return frame

    def walk(node):
        return (node.kind, [walk(item) for item in node.value]) if isinstance(node.value, list) else node.kind

    return walk(resp.parse(frame))


def _kind(frame: bytes):
    """Same outer type; errors identical."""
    return frame if frame[:1] == b"-" else resp.parse(frame).kind


def multiset(frame: bytes):
    """Same elements in any order."""
    node = resp.parse(frame)
    return (node.kind, sorted(map(repr, node.value))) if isinstance(node.value, list) else node


def pairs(frame: bytes):
    """A map, or a flat array of names and values, in any order."""
    node = resp.parse(frame)
    if not isinstance(node.value, list):
        return node
    items = node.value
    return node.kind, sorted(repr(items[i:i + 2]) for i in range(0, len(items), 2))


# --- Normal forms of replies that carry ids, times, memory or the order of a randomly seeded table ------------------

_CLIENT_KEEP = {b"name", b"flags", b"db", b"sub", b"psub", b"multi", b"cmd", b"user", b"redir", b"resp"}


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


_STAT = re.compile(rb"(usec|usec_per_call|p[0-9.]+)=[0-9.]+")


def _statistics(frame: bytes):
    """INFO keyspace, commandstats, errorstats, latencystats: the counts compare, the times do not.

    A walk makes as many calls as its cursors want, each with its marker (PING), and waiting asks until it is over: such
    commands are left out. So are the latencies of commands that may wait: Redis keeps none of a wait that timed out."""
    node = resp.parse(frame)
    if node.kind not in "$=":
        return node
    lines = []
    for line in node.value.split(b"\r\n"):
        if line.startswith(b"db"):
            line = line.rpartition(b",avg_ttl=")[0]
        field = line.partition(b":")[0]
        left_out = facts.NOT_COUNTED | facts.MAY_WAIT if field.startswith(b"latency") else facts.NOT_COUNTED
        if field.rpartition(b"_")[2] not in left_out:
            lines.append(_STAT.sub(rb"\1", line))
    return node.kind, sorted(lines)


def info_names(a: bytes, b: bytes) -> bool:
    """INFO in general: the second server may lack fields of later stages, but has none that Redis does not have,
    except under its own name."""
    if a[:1] != b[:1] or a[:1] not in b"$=":
        return a == b
    names_a, names_b = ({line.partition(b":")[0] for line in resp.parse(frame).value.split(b"\r\n")}
                        for frame in (a, b))
    waited = {b"latency_percentiles_usec_" + name for name in facts.MAY_WAIT}  # see _statistics
    return {name for name in names_b if not name.startswith(b"strata_")} <= names_a | waited


_DEBUG_OBJECT = re.compile(rb"at:0x[0-9a-f]+|serializedlength:\d+|lru:\d+|lru_seconds_idle:\d+")


def _debug_object(frame: bytes):
    """Of the serialized length only its presence: it is that of the compressed form, which comes with RDB files. The count of
    references as in _shared."""
    frame = frame.replace(b"refcount:2147483647 ", b"refcount:1 ")
    return _DEBUG_OBJECT.sub(lambda found: found.group().partition(b":")[0], frame)


def _shared(frame: bytes):
    """OBJECT REFCOUNT: whether a small integer is a shared one (the largest count) depends on how it came about: what
    COPY makes is not. Who keeps numbers in place shares none."""
    return b":1" if frame.strip() == b":2147483647" else frame.strip()


def _histogram(frame: bytes):
    """LATENCY HISTOGRAM: the buckets are times, only `calls` compares."""
    node = resp.parse(frame)
    if node.kind not in "*%":
        return node
    items = node.value
    rows = ((items[i].value, repr(items[i + 1].value[:2])) for i in range(0, len(items), 2))
    return node.kind, sorted(row for row in rows if row[0] not in facts.NOT_COUNTED | facts.MAY_WAIT)


# --- COMMAND: subcommands and whole lists are in table order, and a stage has only some of them ----------------------


def _known(name: bytes) -> bool:
    """A stage has its commands and all of their subcommands but the later ones; of other containers it has nothing."""
    return name.partition(b"|")[0] in facts.COMMANDS and name not in facts.LATER_SUBCOMMANDS


def _tree(node: resp.Node):
    if not isinstance(node.value, list):
        return tuple(node)
    items = node.value
    if len(items) == 10 and items[1].kind == ":" and items[9].kind == "*":  # COMMAND INFO, subcommands last
        return [_tree(item) for item in items[:9]] + [_entries(items[9])]
    return [node.kind] + [_under(items[i - 1].value if i else b"", item) for i, item in enumerate(items)]


def _under(name: bytes, node: resp.Node):
    """What compares of the value behind a name.  Prose is each project's own: that there is some, and its facts."""
    if name == b"subcommands" and isinstance(node.value, list):
        return _documented(node)
    if name in (b"summary", b"notes"):
        return node.kind, bool(node.value)
    if name == b"complexity" and node.kind in "$=+":
        return node.kind, re.findall(rb"O\([^)]*\)", node.value)[:1]
    if name == b"history" and isinstance(node.value, list):
        return node.kind, [(entry.kind, len(entry.value), tuple(entry.value[0])) for entry in node.value]
    return _tree(node)


def _entries(node: resp.Node):
    """A list of COMMAND INFO entries, sorted."""
    known = [item for item in node.value if item.kind == "_" or _known(item.value[0].value)]
    return node.kind, sorted(repr(_tree(item)) for item in known)


def _documented(node: resp.Node):
    """A map from names to documentation, sorted."""
    entries = zip(node.value[::2], node.value[1::2])
    return node.kind, sorted(repr((name.value, _tree(docs))) for name, docs in entries if _known(name.value))


def _command_info(frame: bytes):
    node = resp.parse(frame)
    return _entries(node) if isinstance(node.value, list) else node


def _command_docs(frame: bytes):
    node = resp.parse(frame)
    return _documented(node) if isinstance(node.value, list) else node


def _command_list(frame: bytes):
    node = resp.parse(frame)
    if not isinstance(node.value, list):
        return node
    return node.kind, sorted(item.value for item in node.value if _known(item.value))


def _help(frame: bytes):
    """HELP of a container: its frame. The usages and explanations between are each project's own words."""
    node = resp.parse(frame)
    if not isinstance(node.value, list):
        return node
    lines = [line.value for line in node.value]
    return node.kind, {line.kind for line in node.value}, lines[:1], lines[-2:]


# --- The table -------------------------------------------------------------------------------------------------------

NORMAL_FORMS: dict[bytes, Callable[[bytes], object]] = {
    b"time": _shape,
    b"randomkey": _kind,  # membership: see the script in families/stage01/keys.py
    b"hello": _hello,
    b"client|id": _kind,
    b"client|list": _client_lines,
    b"client|info": _client_lines,
    b"command": _command_info,
    b"command|count": _kind,  # depends on the stage
    b"command|list": _command_list,
    b"command|info": _command_info,
    b"command|docs": _command_docs,
    b"debug|object": _debug_object,
    b"latency|histogram": _histogram,
    b"latency|doctor": _kind,  # prose
    b"lolwut": _kind,  # art
    b"memory|usage": _kind,  # a smaller number is the point of the exercise
    b"memory|stats": _kind,
    b"memory|doctor": _kind,
    b"memory|malloc-stats": _kind,
}
NORMAL_FORMS |= {container + b"|help": _help for container in [*facts.CONTAINERS, b"debug"]}
NORMAL_FORMS |= {name: multiset for name in facts.ANY_ORDER}
NORMAL_FORMS |= {name: pairs for name in facts.ANY_ORDER_PAIRS}
NORMAL_FORMS |= {name: _shape for name in facts.BY_CHANCE}
NORMAL_FORMS |= {name: _kind for name in facts.CURSORS}

_SECONDS, _MILLISECONDS = within(5), within(5000)

TABLE: dict[bytes, Rule] = {
    b"ttl": _SECONDS,  # time passes between the two servers
    b"pttl": _MILLISECONDS,
    b"expiretime": _SECONDS,  # a relative TTL was added to each server's own clock
    b"pexpiretime": _MILLISECONDS,
    b"object|idletime": within(30),
    b"object|refcount": canonical(_shared),
    b"info": info_names,
} | {name: canonical(form) for name, form in NORMAL_FORMS.items()}

statistics = canonical(_statistics)
_WITH_SUBCOMMANDS = set(facts.CONTAINERS) | {b"debug"}


def name_of(args) -> bytes:
    """`command` or `command|subcommand`, in lower case."""
    if not args:
        return b""
    name = bytes(args[0]).lower()
    if len(args) > 1 and name in _WITH_SUBCOMMANDS:
        return name + b"|" + bytes(args[1]).lower()
    return name


def rule_for(args) -> Rule:
    return TABLE.get(name_of(args), exact)


def normal(args, frame: bytes) -> bytes:
    """For scripts, which compare transcripts: the frame, or what must be equal of it."""
    form = NORMAL_FORMS.get(name_of(args))
    if form is None:
        return frame
    try:
        return repr(form(frame)).encode()
    except (resp.BadFrame, ValueError, IndexError, KeyError, TypeError):
        return frame
