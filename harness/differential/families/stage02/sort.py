"""SORT: numbers, words, weights and values taken from other keys, results stored.

Where elements compare equal their order is not defined, and neither is that of the members of a hash table: such
replies compare as multisets and are not cut by LIMIT.
"""

from __future__ import annotations

from ... import rules
from ...gen import Gen
from ...items import Cmd
from .. import Family, mix
from .pool import any_key, cmd, key, looking

WORDS = [b"a", b"b", b"aa", b"B", b"10", b"9", b"-1", b"1.5", b"z", b"_", b"A1", b"\xff", b"1e2"]
NUMBERS = [b"3", b"1", b"2", b"10", b"-5", b"1.5", b"-0.5", b"1e2", b"100", b"0x1", b"+7", b"007", b"inf", b"3.0"]
BY = [b"w_*", b"h_*->w", b"w_*->", b"nokey_*", b"h_*->nofield", b"*", b"w_*x", b"*_w", b"h_*->a->b"]
GET = [b"#", b"w_*", b"h_*->w", b"*", b"h_*->w", b"nothing", b"h_*->", b"->*", b"w_*->w", b"*->w"]

# redis-server takes a number that an earlier command found out of range for one of SORT's own, until a command reads a
# double.
FORGET_ERRNO = cmd(b"ZUNION", b"1", b"nokey", b"WEIGHTS", b"1")


def content(g: Gen) -> list[bytes]:
    """Elements that differ as numbers and as words."""
    numeric = g.chance(0.6)
    found = g.random.sample(NUMBERS[:13] if numeric else WORDS, g.int(1, 8))
    return found + ([b"word"] if numeric and g.chance(0.05) else [])


def collection(g: Gen) -> list:
    """A list, set or sorted set of its own, and weights for its elements in strings and hashes."""
    found = content(g)
    name, kind = b"sortme", g.pick(["list", "list", "set", "zset"])
    fill = {"list": (b"RPUSH", name, *found), "set": (b"SADD", name, *found),
            "zset": (b"ZADD", name, *[word for at, each in enumerate(found) for word in (b"%d" % at, each)])}[kind]
    weights = list(range(len(found)))
    g.random.shuffle(weights)
    made = [cmd(b"DEL", name), Cmd(fill), FORGET_ERRNO]
    for each, weight in zip(found, weights):
        if g.chance(0.85):
            made.append(cmd(b"SET", b"w_" + each, b"%d" % weight))
        if g.chance(0.7):
            made.append(cmd(b"HSET", b"h_" + each, b"w", b"%d" % -weight))
    return made


def options(g: Gen, ordered: bool) -> list[bytes]:
    parts = []
    if g.chance(0.5):
        parts.append([g.case(b"BY"), g.pick(BY) if g.chance(0.8) else b"nosort"])
    parts += [[g.case(b"GET"), g.pick(GET)] for _ in range(g.pick([0, 0, 0, 1, 2]))]
    if ordered and g.chance(0.35):
        parts.append([g.case(b"LIMIT"), b"%d" % g.int(-1, 4), b"%d" % g.pick([-1, 0, 1, 2, 10])])
    if g.chance(0.4):
        parts.append([g.case(g.pick([b"ASC", b"DESC"]))])
    if g.chance(0.4):
        parts.append([g.case(b"ALPHA")])
    g.random.shuffle(parts)
    if g.chance(0.03):  # at the end, where no other word becomes its argument
        parts.append(g.pick([[b"BY"], [b"GET"], [b"LIMIT", b"1"], [b"LIMIT", b"a", b"b"], [b"BOGUS"], [b"STORE"]]))
    return [word for part in parts for word in part]


def defined(words: list[bytes]) -> bool:
    """Whether the options leave no doubt about the order of different elements of a list."""
    lower = [word.lower() for word in words]
    return not (b"by" in lower and b"alpha" in lower)


def sort(g: Gen):
    made = collection(g)
    ordered = made[1].args[0] != b"SADD"
    words = options(g, ordered)
    exact = defined(words) and (ordered or b"nosort" not in words and b"nothing" not in words)
    if not exact:
        words = without_limit(words)
    rule = None if exact else rules.canonical(rules.multiset)
    if exact and g.chance(0.35):
        target = key(g, "list")
        return [*made, Cmd((g.case(b"SORT"), b"sortme", *words, g.case(b"STORE"), target)),
                cmd(b"LRANGE", target, b"0", b"-1"), cmd(b"OBJECT", b"ENCODING", target)]
    store = [g.case(b"STORE"), b"l0"] if g.chance(0.02) else []
    name = b"SORT_RO" if g.chance(0.35) or store else b"SORT"
    return [*made, Cmd((g.case(name), b"sortme", *words, *store), rule)]


def without_limit(words: list[bytes]) -> list[bytes]:
    lower = [word.lower() for word in words]
    if b"limit" not in lower:
        return words
    at = lower.index(b"limit")
    return words[:at] + words[at + 3:]


def sort_anything(g: Gen):
    """Whatever is there: mostly an error, since an element is no number."""
    words = g.pick([[], [b"ALPHA"], [b"DESC"], [b"BY", b"nosort"], [b"GET", b"#", b"GET", b"w_*"]])
    return [FORGET_ERRNO,
            Cmd((g.pick([b"SORT", b"SORT_RO"]), any_key(g), *words), rules.canonical(rules.multiset))]


FAMILY = Family("sort", 2, 5, looking(mix((10, sort), (3, sort_anything))))
