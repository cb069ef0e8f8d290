"""Replies that chance or a hash table decides: walks with a cursor, elements chosen by chance."""

from __future__ import annotations

from ... import resp, rules
from ...gen import Gen
from ...items import Cmd, Script
from .pool import junk_option

# How each type tells all of its elements, and whether they come in pairs.
ALL = {b"HRANDFIELD": (b"HKEYS", b"HGETALL"), b"SRANDMEMBER": (b"SMEMBERS", None),
       b"ZRANDMEMBER": (b"ZRANGE", b"ZRANGE"), b"SPOP": (b"SMEMBERS", None)}
WIDTH = {b"HSCAN": 2, b"ZSCAN": 2, b"SSCAN": 1}


def _walk(server, steps) -> list[bytes]:
    """The walk driven to its end. A listpack or an intset comes at once and in order."""
    out = []
    for name, key, *options in steps:
        cursor, seen, calls = b"0", [], 0
        while calls < 10_000:
            reply = server.main.ask(name, key, cursor, *options)
            calls += 1
            if not reply.startswith(b"*2"):
                out.append(reply)
                break
            cursor_node, found = resp.parse(reply).value
            cursor = cursor_node.value
            values = [(node.kind, node.value) for node in found.value]
            width = WIDTH[name]
            seen += [tuple(values[at:at + width]) for at in range(0, len(values), width)]
            if cursor == b"0":
                break
        else:
            out.append(b"the walk does not end")
        compact = b"listpack" in (encoding := server.main.ask(b"OBJECT", b"ENCODING", key)) or b"intset" in encoding
        out.append(repr((seen, calls) if compact else sorted(set(seen))).encode())
    return out


def walk(g: Gen, name: bytes, key: bytes):
    if g.chance(0.2):  # one call: errors and odd cursors
        return Cmd((g.case(name), key, g.pick([b"0", b"abc", b"-1", b"", b" 0", b"18446744073709551616", b"1.5"]),
                    *g.pick([[b"COUNT", b"0"], [b"COUNT", b"-5"], [b"COUNT", b"abc"], [b"COUNT"], [b"MATCH"],
                             [b"bogus", b"1"], [b"TYPE", b"x"], [b"COUNT", b"9223372036854775808"],
                             [b"MATCH", b"*", b"COUNT"], []])))
    options = []
    if g.chance(0.5):
        options += [g.case(b"MATCH"), g.pick([g.pattern, lambda: g.pick([b"m:1*", b"a*", b"[0-9]*", b"-*", b"*:*"])])()]
    if g.chance(0.5):
        options += [g.case(b"COUNT"), b"%d" % g.pick([1, 2, 3, 10, 100, 2147483647])]
    return Script(name.decode().lower(), _walk, [(name, key, *options)])


def _by_chance(server, steps) -> list[bytes]:
    """How many there are; that each is an element with its value; that a positive count repeats none."""
    out = []
    for name, key, *rest in steps:
        keys_of, pairs_of = ALL[name]
        paired = len(rest) > 1
        whole = [name for name in (pairs_of if paired else keys_of, key)]
        if name == b"ZRANDMEMBER":
            whole += [b"0", b"-1"] + ([b"WITHSCORES"] if paired else [])
        everything = server.main.ask(*whole)
        reply = server.main.ask(name, key, *rest)
        if reply[:1] not in b"*~$" or everything[:1] not in b"*~%":
            out.append(reply)
            continue
        known, chosen = _units(resp.parse(everything), paired), _units(resp.parse(reply), paired)
        strangers = [unit for unit in chosen if unit not in known]
        count = rest[0] if rest else b"1"
        repeats = len(chosen) - len(set(chosen)) if not count.startswith(b"-") else 0
        out.append(b"%s%d, strangers %d, repeats %d" % (reply[:1], len(chosen), len(strangers), repeats))
        if name == b"SPOP":
            out.append(server.main.ask(b"SCARD", key))
            server.main.ask(b"DEL", key)  # which ones were taken was chance: start anew
    return out


def _units(node: resp.Node, paired: bool) -> list:
    """The elements of a reply; pairs as pairs, whether they come nested or flat."""
    if not isinstance(node.value, list):
        return [node.value] if node.kind != "_" else []
    items = node.value
    if not paired:
        return [item.value for item in items]
    if items and isinstance(items[0].value, list):
        return [(item.value[0].value, item.value[1].value) for item in items]
    return [(items[at].value, items[at + 1].value) for at in range(0, len(items), 2)]


def by_chance(g: Gen, name: bytes, key: bytes, pairs: bytes | None = None):
    if g.chance(0.15):
        return Cmd((g.case(name), key, *g.pick([[b"abc"], [b""], [b"-9223372036854775808"], [b"9223372036854775807"],
                                                [b"0"], [b"1", b"BOGUS"], [b"2", b"WITHVALUES"], [b"2", b"WITHSCORES"],
                                                [b"-4611686018427387905", b"WITHVALUES"],
                                                [b"-4611686018427387904", b"WITHSCORES"], [b"1", b"2", b"3"]])))
    rest = []
    if g.chance(0.8):
        rest.append(b"%d" % g.pick([0, 1, 2, 3, 5, 10, 100, 1000, -1, -2, -5, -20, -300]))
        if pairs and g.chance(0.5):
            rest.append(g.case(pairs))
    return Script(name.decode().lower(), _by_chance, [(name, key, *rest)])


def popped(g: Gen, key: bytes):
    """SPOP. All of a set is no matter of chance; part of it is, and the set is dropped afterwards."""
    if g.chance(0.15):
        count = g.pick([b"-1", b"abc", b"", b"0", b"100000", b"9223372036854775807"])
        return Cmd((g.case(b"SPOP"), key, count, *junk_option(g)), rules.canonical(rules.multiset))
    if g.chance(0.3):
        return Script("spop", _by_chance, [(b"SPOP", key)])
    return Script("spop", _by_chance, [(b"SPOP", key, b"%d" % g.pick([1, 2, 3, 10, 100]))])
