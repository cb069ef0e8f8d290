"""Commands on keys whatever their value: DEL, EXISTS, TYPE, KEYS, RANDOMKEY, TOUCH, OBJECT."""

import fnmatch
import re

import pytest


@pytest.mark.parametrize("command", ["DEL", "UNLINK"])
@pytest.mark.goal("DEL and UNLINK delete many keys and count those that were there")
def test_delete(wire, command):
    wire.ok("MSET", "a", "1", "b", "2", "c", "3")
    assert wire(command, "a", "nope", "c", "a") == 2
    assert wire("KEYS", "*") == [b"b"]


@pytest.mark.goal("EXISTS and TOUCH count repeated keys each time")
def test_exists_touch(wire):
    wire.ok("MSET", "a", "1", "b", "2")
    assert wire("EXISTS", "a", "a", "nope", "b") == 3
    assert wire("TOUCH", "a", "a", "nope", "b") == 3


@pytest.mark.goal("TYPE is a simple string: string or none")
def test_type(wire):
    wire.ok("SET", "k", "v")
    wire.exchange(b"TYPE k\r\nTYPE nope\r\n", b"+string\r\n+none\r\n")


@pytest.mark.goal("DBSIZE follows every insertion and deletion")
def test_dbsize(wire, rng):
    present = set()
    for _ in range(500):
        key = f"k{rng.randrange(50)}"
        if rng.random() < 0.5:
            wire.ok("SET", key, "v")
            present.add(key)
        else:
            wire("DEL", key)
            present.discard(key)
        assert wire("DBSIZE") == len(present)


PATTERNS = ["*", "h?llo", "h*llo", "h[ae]llo", "h[^e]llo", "h[a-b]llo", "*llo*", "hello", "?????", "[h]*", "*[0-9]",
            "a*b*c", "h[z-a]llo"]
WORDS = ["hello", "hallo", "hbllo", "hllo", "heeeello", "hxllo", "yellow", "abc", "axxbyyc", "abcd", "a1", "hello2"]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.goal("KEYS matches globs: ? * [set] [^set] [a-z]")
def test_keys_patterns(wire, pattern):
    wire.ok("MSET", *[part for word in WORDS for part in (word, "v")])
    as_python = pattern.replace("[^", "[!").replace("[z-a]", "[a-z]")
    expected = {word.encode() for word in WORDS if fnmatch.fnmatchcase(word, as_python)}
    assert set(wire("KEYS", pattern)) == expected


@pytest.mark.parametrize("pattern, key, matches", [
    (r"a\*b", "a*b", True), (r"a\*b", "axb", False), (r"\[x\]", "[x]", True), (r"a\\b", r"a\b", True),
    ("[\\]]", "]", True),
    ("", "x", False), ("a", "A", False), ("[a-", "a", True), ("[abc", "b", True), ("\\", "\\", True),
    ("**a", "xxa", True),
    ("[^a]", "a", False), ("*?", "x", True), ("a[]b", "ab", False), ("[-a]", "-", True),
])
@pytest.mark.goal("Escapes and unfinished sets in a glob mean what they mean in Redis")
def test_glob_corner_cases(wire, pattern, key, matches):
    wire.ok("SET", key, "v")
    assert wire("KEYS", pattern) == ([key.encode()] if matches else [])


@pytest.mark.goal("A glob made to backtrack for ever is answered in good time")
def test_glob_is_not_exponential(wire):
    wire.ok("SET", "a" * 50, "v")
    assert wire("KEYS", "a*a*a*a*a*a*b") == []
    assert wire("KEYS", "a" + "*" * 1000 + "b") == []


@pytest.mark.goal("RANDOMKEY gives existing keys, all of them sooner or later, and null for an empty database")
def test_randomkey(wire):
    assert wire("RANDOMKEY") is None
    keys = {b"k%d" % number for number in range(10)}
    for key in keys:
        wire.ok("SET", key, "v")
    seen = {wire("RANDOMKEY") for _ in range(500)}
    assert seen == keys


@pytest.mark.goal("OBJECT tells encoding, reference count and idle time, and null for a missing key")
def test_object(wire):
    wire.ok("SET", "k", "value")
    assert wire("OBJECT", "ENCODING", "k") == b"embstr"
    assert wire("OBJECT", "REFCOUNT", "k") == 1
    assert 0 <= wire("OBJECT", "IDLETIME", "k") < 5
    for word in ("ENCODING", "REFCOUNT", "IDLETIME", "FREQ"):
        assert wire("OBJECT", word, "missing") is None
    assert wire.error("OBJECT", "FREQ", "k").startswith("ERR An LFU maxmemory policy is not selected")
    assert wire.error("OBJECT", "ENCODING") == "ERR wrong number of arguments for 'object|encoding' command"
    assert any(line.startswith("ENCODING") for line in wire("OBJECT", "HELP"))


@pytest.mark.goal("Under an LFU policy FREQ works and IDLETIME is refused")
def test_object_freq(wire):
    wire.ok("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
    wire.ok("SET", "k", "v")
    assert isinstance(wire("OBJECT", "FREQ", "k"), int)
    assert wire.error("OBJECT", "IDLETIME", "k").startswith("ERR An LFU maxmemory policy is selected")


@pytest.mark.goal("TIME gives seconds and microseconds of the wall clock")
def test_time(wire):
    import time
    before = time.time()
    seconds, micros = wire("TIME")
    assert re.fullmatch(rb"\d+", seconds) and 0 <= int(micros) < 10**6
    assert before - 1 <= int(seconds) + int(micros) / 1e6 <= time.time() + 1


@pytest.mark.goal("Thousands of keys of all lengths are kept apart")
def test_many_keys(wire, rng):
    keys = {rng.randbytes(rng.randrange(1, 60)) for _ in range(20000)}
    ordered = sorted(keys)
    for start in range(0, len(ordered), 1000):
        wire.ok("MSET", *[part for key in ordered[start:start + 1000] for part in (key, key[::-1])])
    assert wire("DBSIZE") == len(keys)
    sample = rng.sample(ordered, 2000)
    assert wire("MGET", *sample) == [key[::-1] for key in sample]
    for start in range(0, len(ordered), 1000):
        wire("DEL", *ordered[start:start + 1000])
    assert wire("DBSIZE") == 0
