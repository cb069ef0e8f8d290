"""Hashes: every command in both encodings and both protocols, the borders between the encodings, chance."""

from collections import Counter

import pytest

from strata_harness.resp import encode
from strata_harness.wait import wait_until

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_INTEGER = "ERR value is not an integer or out of range"


@pytest.fixture(params=["listpack", "hashtable"])
def encoding(request, wire):
    """Runs a test with each encoding: hashes are made in the one that it names."""
    if request.param == "hashtable":
        wire.ok("CONFIG", "SET", "hash-max-listpack-entries", 0)
    return request.param.encode()


def encoding_of(wire, key="h"):
    return wire("OBJECT", "ENCODING", key)


def fill(wire, count, key="h"):
    """A hash of `count` fields f0 .. with the values v0 .., returned as a dict."""
    pairs = {b"f%d" % number: b"v%d" % number for number in range(count)}
    items = list(pairs.items())
    for start in range(0, count, 500):
        wire("HSET", key, *[word for pair in items[start:start + 500] for word in pair])
    return pairs


def pairs_of(flat):
    assert len(flat) == 2 * len(dict(zip(flat[::2], flat[1::2]))), "a field came twice"
    return dict(zip(flat[::2], flat[1::2]))


def scan_all(wire, *options, key="h", between=lambda: None):
    cursor, found = b"0", []
    for _ in range(100000):
        cursor, flat = wire("HSCAN", key, cursor, *options)
        found += zip(flat[::2], flat[1::2])
        if cursor == b"0":
            return found
        between()
    raise AssertionError("HSCAN does not come to an end")


# --- setting and reading ---


@pytest.mark.goal("HSET counts new fields only, and the last of a field's values stays")
def test_hset(wire, encoding):
    assert wire("HSET", "h", "a", "1", "b", "2") == 2
    assert wire("HSET", "h", "b", "3", "c", "4", "c", "5") == 1
    assert encoding_of(wire) == encoding
    assert [wire("HGET", "h", field) for field in "abcd"] == [b"1", b"3", b"5", None]


@pytest.mark.goal("A random history of HSET, HDEL, HSETNX and reads leaves what a dictionary would hold")
def test_history(wire, rng, encoding):
    model = {}
    commands, expected = [], []
    for _ in range(3000):
        field = b"%d" % rng.randrange(80) if rng.random() < 0.5 else b"field:%d" % rng.randrange(80)
        kind = rng.randrange(5)
        if kind == 0:
            commands.append(("HDEL", "h", field))
            expected.append(1 if model.pop(field, None) is not None else 0)
        elif kind == 1:
            commands.append(("HGET", "h", field))
            expected.append(model.get(field))
        elif kind == 2:
            commands.append(("HSETNX", "h", field, "nx"))
            expected.append(0 if field in model else 1)
            model.setdefault(field, b"nx")
        else:
            value = rng.choice([b"%d" % rng.randrange(-10**6, 10**18), rng.randbytes(rng.randrange(60))])
            commands.append(("HSET", "h", field, value))
            expected.append(0 if field in model else 1)
            model[field] = value
    wire.send(b"".join(encode(*command) for command in commands))
    assert wire.read_many(len(commands)) == expected
    assert pairs_of(wire("HGETALL", "h")) == model
    assert wire("HLEN", "h") == len(model)


@pytest.mark.goal("HSET without a value for every field is refused, whatever the key holds")
def test_hset_arity(wire):
    wire.ok("SET", "s", "text")
    for command in ("HSET", "HMSET"):
        wrong = f"ERR wrong number of arguments for '{command.lower()}' command"
        for words in (["h", "a"], ["h", "a", "1", "b"], ["s", "a", "1", "b"]):
            assert wire.error(command, *words) == wrong
    assert wire("EXISTS", "h") == 0


@pytest.mark.goal("HMSET answers OK and sets like HSET")
def test_hmset(wire, encoding):
    wire.ok("HMSET", "h", "a", "1", "b", "2")
    assert wire("HMGET", "h", "b", "nope", "a", "b") == [b"2", None, b"1", b"2"]
    assert wire("HMGET", "missing", "a", "b") == [None, None]


@pytest.mark.goal("HSETNX sets only fields that are not there")
def test_hsetnx(wire, encoding):
    assert [wire("HSETNX", "h", "a", "1"), wire("HSETNX", "h", "a", "2"), wire("HGET", "h", "a")] == [1, 0, b"1"]


@pytest.mark.parametrize("size", [0, 1, 20, 63, 64, 65, 192, 193, 255, 256, 4095, 4096, 32767, 32768, 200000])
@pytest.mark.goal("Fields and values around every size boundary come back byte for byte, also replaced by each other")
def test_sizes(wire, rng, size):
    first, second = rng.randbytes(size), rng.randbytes(size)
    assert wire("HSET", "h", first, second) == 1
    assert wire("HGET", "h", first) == second
    assert wire("HSTRLEN", "h", first) == size
    assert wire("HSET", "h", first, b"short") == 0 and wire("HGET", "h", first) == b"short"
    assert wire("HSET", "h", first, second[::-1]) == 0 and wire("HGETALL", "h") == [first, second[::-1]]
    assert wire("HDEL", "h", first) == 1 and wire("EXISTS", "h") == 0


@pytest.mark.parametrize("size", [61, 62, 63, 64, 124, 125, 126, 127, 4095, 4096, 16377, 16378, 16379])
@pytest.mark.goal("A small hash is walked from its end, too, over elements around every boundary of their sizes")
def test_backwards(wire, rng, size):
    wire.ok("CONFIG", "SET", "hash-max-listpack-value", 20000)
    pairs = {rng.randbytes(size): rng.randbytes(size) for _ in range(2)}
    assert wire("HSET", "h", *(word for pair in pairs.items() for word in pair)) == 2
    assert encoding_of(wire) == b"listpack"
    for _ in range(40):
        wire.send_command("HRANDFIELD", "h")
    assert set(wire.read_many(40)) == set(pairs)


@pytest.mark.parametrize("text", ["0", "-1", "127", "128", "-4096", "4095", "65536", "8388608", "-2147483649",
                                  "9223372036854775807", "-9223372036854775808", "9223372036854775808", "007", "+5",
                                  "-0", "1.5", " 1", "1 ", "0x10", "1e3"])
@pytest.mark.goal("Fields and values that look like numbers come back as they were spelled")
def test_numbers(wire, encoding, text):
    assert wire("HSET", "h", text, text, "other", "x") == 2
    assert pairs_of(wire("HGETALL", "h")) == {text.encode(): text.encode(), b"other": b"x"}
    assert wire("HEXISTS", "h", text) == 1 and wire("HSTRLEN", "h", text) == len(text)
    assert wire("HDEL", "h", text) == 1 and wire("HKEYS", "h") == [b"other"]


@pytest.mark.goal("The empty string is a field and a value like any other")
def test_empty_strings(wire, encoding):
    assert wire("HSET", "h", "", "", "a", "") == 2
    assert wire("HGET", "h", "") == b"" and wire("HEXISTS", "h", "") == 1 and wire("HSTRLEN", "h", "") == 0
    assert wire("HDEL", "h", "") == 1 and wire("HGETALL", "h") == [b"a", b""]


@pytest.mark.goal("A field that equals another field's value is not found")
def test_values_are_not_fields(wire, encoding):
    wire("HSET", "h", "a", "b", "c", "a")
    assert wire("HGET", "h", "b") is None
    assert wire("HDEL", "h", "b") == 0
    assert wire("HSET", "h", "b", "c") == 1
    assert pairs_of(wire("HGETALL", "h")) == {b"a": b"b", b"c": b"a", b"b": b"c"}


@pytest.mark.goal("HKEYS, HVALS and HGETALL tell the same hash; HLEN and HEXISTS agree with them")
def test_whole(wire, encoding):
    expected = fill(wire, 30)
    assert pairs_of(wire("HGETALL", "h")) == expected
    assert dict(zip(wire("HKEYS", "h"), wire("HVALS", "h"))) == expected
    assert wire("HLEN", "h") == 30
    assert [wire("HEXISTS", "h", field) for field in ("f0", "f29", "f30")] == [1, 1, 0]


@pytest.mark.goal("Of a key that is not there, every reader answers an empty hash, and none creates it")
def test_missing(wire):
    for command in ("HGETALL", "HKEYS", "HVALS"):
        assert wire(command, "none") == []
    assert [wire("HLEN", "none"), wire("HEXISTS", "none", "f"), wire("HSTRLEN", "none", "f")] == [0, 0, 0]
    assert [wire("HGET", "none", "f"), wire("HDEL", "none", "f")] == [None, 0]
    assert wire("EXISTS", "none") == 0


@pytest.mark.goal("A listpack keeps the order in which fields were first set")
def test_order(wire):
    wire("HSET", "h", "z", "1", "a", "2", "5", "3")
    wire("HSET", "h", "a", "9", "b", "4")
    assert wire("HGETALL", "h") == [b"z", b"1", b"a", b"9", b"5", b"3", b"b", b"4"]
    wire("HDEL", "h", "a")
    wire("HSET", "h", "a", "last")
    assert wire("HKEYS", "h") == [b"z", b"5", b"b", b"a"]


@pytest.mark.goal("HDEL counts the fields that were there, each once, and removes a key without fields")
def test_hdel(wire, encoding):
    fill(wire, 5)
    assert wire("HDEL", "h", "f0", "nope", "f0", "f1") == 2
    assert wire("HDEL", "h", "f2", "f3", "f4", "f4") == 3
    assert wire("EXISTS", "h") == 0 and wire("TYPE", "h") == "none"
    assert wire("HSET", "h", "new", "1") == 1


@pytest.mark.goal("A large hash empties and fills again without losing a field")
def test_large(wire):
    expected = fill(wire, 20000)
    assert encoding_of(wire) == b"hashtable" and wire("HLEN", "h") == 20000
    assert pairs_of(wire("HGETALL", "h")) == expected
    for start in range(0, 20000, 1000):
        names = [b"f%d" % number for number in range(start, start + 1000) if number % 20]
        assert wire("HDEL", "h", *names) == len(names)
    assert pairs_of(wire("HGETALL", "h")) == {b"f%d" % number: b"v%d" % number for number in range(0, 20000, 20)}


# --- protocol ---


@pytest.mark.goal("HGETALL answers a map in RESP3 and a flat array in RESP2, also when empty")
def test_hgetall_bytes(wire, wire3):
    wire("HSET", "h", "a", "1", "b", "two")
    ask = encode("HGETALL", "h") + encode("HGETALL", "none")
    wire.exchange(ask, b"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\ntwo\r\n*0\r\n")
    wire3.exchange(ask, b"%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\ntwo\r\n%0\r\n")


@pytest.mark.goal("HKEYS and HVALS are arrays and nulls are null in both protocols")
def test_readers_bytes(wire, wire3):
    wire("HSET", "h", "a", "12")
    ask = b"".join(encode(*words) for words in (("HKEYS", "h"), ("HVALS", "h"), ("HMGET", "h", "a", "x"),
                                                ("HGET", "none", "x"), ("HRANDFIELD", "none")))
    answer = b"*1\r\n$1\r\na\r\n*1\r\n$2\r\n12\r\n*2\r\n$2\r\n12\r\n%s%s%s"
    wire.exchange(ask, answer % (b"$-1\r\n", b"$-1\r\n", b"$-1\r\n"))
    wire3.exchange(ask, answer % (b"_\r\n", b"_\r\n", b"_\r\n"))


@pytest.mark.goal("HRANDFIELD WITHVALUES nests its pairs in RESP3 only")
def test_hrandfield_bytes(wire, wire3):
    wire("HSET", "h", "a", "1")
    ask = encode("HRANDFIELD", "h", "-2", "WITHVALUES") + encode("HRANDFIELD", "h", "2", "withvalues")
    wire.exchange(ask, b"*4\r\n" + b"$1\r\na\r\n$1\r\n1\r\n" * 2 + b"*2\r\n$1\r\na\r\n$1\r\n1\r\n")
    wire3.exchange(ask, b"*2\r\n" + b"*2\r\n$1\r\na\r\n$1\r\n1\r\n" * 2 + b"*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n")


@pytest.mark.parametrize("command", [
    ["HSET", "f", "v"], ["HSETNX", "f", "v"], ["HMSET", "f", "v"], ["HGET", "f"], ["HMGET", "f"], ["HGETALL"],
    ["HDEL", "f"], ["HLEN"], ["HSTRLEN", "f"], ["HEXISTS", "f"], ["HKEYS"], ["HVALS"], ["HINCRBY", "f", "1"],
    ["HINCRBYFLOAT", "f", "1"], ["HRANDFIELD"], ["HRANDFIELD", "1"], ["HSCAN", "0"],
], ids=lambda words: words[0])
@pytest.mark.goal("Every hash command refuses a key of another type and leaves it alone")
def test_wrong_type(wire, command):
    wire.ok("SET", "s", "text")
    assert wire.error(command[0], "s", *command[1:]) == WRONG_TYPE
    assert wire("GET", "s") == b"text"
    assert wire("DEL", "s") == 1 and wire("HSET", "s", "f", "v") == 1, "the name is free for a hash"


@pytest.mark.goal("String commands refuse a hash; SET replaces it")
def test_other_direction(wire, encoding):
    fill(wire, 3)
    for words in (["GET", "h"], ["APPEND", "h", "x"], ["INCR", "h"], ["STRLEN", "h"]):
        assert wire.error(*words) == WRONG_TYPE
    assert wire("TYPE", "h") == "hash"
    wire.ok("SET", "h", "text")
    assert wire("GET", "h") == b"text"


# --- encodings ---


@pytest.mark.parametrize("limit, alias", [(512, None), (3, "hash-max-listpack-entries"),
                                          (10, "hash-max-ziplist-entries")])
@pytest.mark.goal("One field more than hash-max-listpack-entries makes a hashtable, and there is no way back")
def test_entries_limit(wire, limit, alias):
    if alias:
        wire.ok("CONFIG", "SET", alias, limit)
    expected = fill(wire, limit)
    assert encoding_of(wire) == b"listpack"
    wire("HSET", "h", "f0", "v0")
    assert encoding_of(wire) == b"listpack"
    wire("HSET", "h", "more", "1")
    assert encoding_of(wire) == b"hashtable"
    assert pairs_of(wire("HGETALL", "h")) == expected | {b"more": b"1"}
    wire("HDEL", "h", *list(expected))
    assert encoding_of(wire) == b"hashtable" and wire("HGETALL", "h") == [b"more", b"1"]


@pytest.mark.parametrize("field, value, expected", [
    ("f" * 64, "v" * 64, b"listpack"), ("f" * 65, "v", b"hashtable"), ("f", "v" * 65, b"hashtable")])
@pytest.mark.goal("A field or value longer than hash-max-listpack-value makes a hashtable")
def test_value_limit(wire, field, value, expected):
    wire("HSET", "h", "a", "1", field, value, "z", "2")
    assert encoding_of(wire) == expected
    assert pairs_of(wire("HGETALL", "h")) == {b"a": b"1", field.encode(): value.encode(), b"z": b"2"}


@pytest.mark.goal("The options have their defaults and answer to their old names")
def test_options(wire):
    for name, value in (("entries", b"512"), ("value", b"64")):
        assert wire("CONFIG", "GET", f"hash-max-listpack-{name}") == [b"hash-max-listpack-" + name.encode(), value]
        wire.ok("CONFIG", "SET", f"hash-max-ziplist-{name}", 7)
        assert wire("CONFIG", "GET", f"hash-max-listpack-{name}")[1] == b"7"
    assert "argument must be between 0 and" in wire.error("CONFIG", "SET", "hash-max-listpack-entries", -1)
    assert "argument must be a memory value" in wire.error("CONFIG", "SET", "hash-max-listpack-value", -1)
    fill(wire, 8)
    assert encoding_of(wire) == b"hashtable"


@pytest.mark.goal("A lowered limit takes effect when a hash is written, not before")
def test_lowered_limit(wire):
    expected = fill(wire, 10)
    wire.ok("CONFIG", "SET", "hash-max-listpack-entries", 5)
    assert encoding_of(wire) == b"listpack"
    assert wire("HSET", "h", "f0", "v0") == 0
    assert encoding_of(wire) == b"hashtable"
    assert pairs_of(wire("HGETALL", "h")) == expected


@pytest.mark.goal("A counter that grows too long for a listpack moves to a hashtable; HSETNX that does nothing does not")
def test_conversion_by_others(wire):
    wire.ok("CONFIG", "SET", "hash-max-listpack-value", 2)
    wire("HSET", "h", "n", "98")
    assert wire("HINCRBY", "h", "n", 1) == 99 and encoding_of(wire) == b"listpack"
    assert wire("HSETNX", "h", "n", "a long value") == 0 and encoding_of(wire) == b"listpack"
    assert wire("HINCRBY", "h", "n", 1) == 100 and encoding_of(wire) == b"hashtable"
    assert wire("HINCRBYFLOAT", "f", "n", "0.125") == b"0.125" and encoding_of(wire, "f") == b"hashtable"


@pytest.mark.goal("COPY, RENAME and DEL treat a hash as one value, TTL included")
def test_as_a_value(wire, encoding):
    expected = fill(wire, 20)
    wire("EXPIRE", "h", 100)
    assert wire("COPY", "h", "copy") == 1
    wire("HSET", "copy", "f0", "changed")
    assert wire("HGET", "h", "f0") == b"v0"
    wire.ok("RENAME", "h", "moved")
    assert pairs_of(wire("HGETALL", "moved")) == expected and wire("TTL", "moved") > 90
    assert encoding_of(wire, "moved") == encoding_of(wire, "copy") == encoding
    wire("HSET", "moved", "more", "1")
    assert wire("TTL", "moved") > 90
    assert wire("DEL", "moved", "copy") == 2 and wire("HGETALL", "copy") == []


@pytest.mark.goal("MEMORY USAGE of a hash grows with what it holds, as an estimate and exactly")
def test_memory_usage(wire):
    sizes = []
    for count in (1, 100, 5000):
        wire("DEL", "h")
        fill(wire, count)
        sizes.append(wire("MEMORY", "USAGE", "h", "SAMPLES", 0))
        assert sizes[-1] > count * 10
        assert wire("MEMORY", "USAGE", "h") == pytest.approx(sizes[-1], rel=0.3)
    assert sizes == sorted(sizes)


@pytest.mark.goal("A large hash is gone at once with UNLINK and FLUSHALL ASYNC, and its memory comes back")
def test_unlink(wire):
    def used():
        return int(dict(line.split(b":", 1) for line in wire("INFO", "memory").split(b"\r\n") if b":" in line)
                   [b"used_memory"])

    before = used()
    for how in (("UNLINK", "h"), ("FLUSHALL", "ASYNC")):
        fill(wire, 20000)
        assert used() > before + 500000
        wire(*how)
        assert wire("EXISTS", "h") == 0
        wait_until(lambda: used() < before + 400000, 10, "the memory of the hash to be free")


# --- counters ---


@pytest.mark.goal("HINCRBY counts up and down from nothing, and a field stays a number")
def test_hincrby(wire, encoding):
    assert wire("HINCRBY", "h", "n", 5) == 5
    assert wire("HINCRBY", "h", "n", -7) == -2
    assert wire("HGET", "h", "n") == b"-2"
    assert wire("HINCRBY", "h", "n", "9223372036854775807") == 9223372036854775805
    assert wire("HGETALL", "h") == [b"n", b"9223372036854775805"]


@pytest.mark.goal("HINCRBY past 64 bits, of what is no number, or by what is none, is refused and changes nothing")
def test_hincrby_errors(wire, encoding):
    wire("HSET", "h", "max", "9223372036854775807", "min", "-9223372036854775808", "text", "abc", "spaced", " 5",
         "real", "1.0")
    for field, by in (("max", 1), ("min", -1)):
        assert wire.error("HINCRBY", "h", field, by) == "ERR increment or decrement would overflow"
    for field in ("text", "spaced", "real"):
        assert wire.error("HINCRBY", "h", field, 1) == "ERR hash value is not an integer"
    for by in ("x", "1.5", "", "9223372036854775808", "+1"):
        assert wire.error("HINCRBY", "none", "f", by) == NOT_INTEGER
    assert wire("EXISTS", "none") == 0
    assert wire("HMGET", "h", "max", "min", "text") == [b"9223372036854775807", b"-9223372036854775808", b"abc"]


@pytest.mark.parametrize("start, by, result", [
    (None, "10.5", "10.5"), ("10.50", "0.1", "10.6"), ("5.0e3", "2.0e2", "5200"), ("3", "1.1", "4.1"),
    ("1", "-1", "0"), ("-0.5", "0.25", "-0.25"), ("1.123456789012345678", "0", "1.12345678901234568"),
    ("1e17", "1", "100000000000000001"), ("0", "-0.00000000000000001", "-0.00000000000000001"),
])
@pytest.mark.goal("HINCRBYFLOAT answers and stores the sum without needless digits")
def test_hincrbyfloat(wire, encoding, start, by, result):
    if start is not None:
        wire("HSET", "h", "n", start)
    assert wire("HINCRBYFLOAT", "h", "n", by) == result.encode()
    assert wire("HGET", "h", "n") == result.encode()


@pytest.mark.goal("HINCRBYFLOAT of or by what is no finite number is refused and changes nothing")
def test_hincrbyfloat_errors(wire, encoding):
    wire("HSET", "h", "text", "abc", "spaced", " 5", "inf", "inf", "nan", "nan")
    for by in ("x", "", " 1", "1 ", "nan"):
        assert wire.error("HINCRBYFLOAT", "none", "f", by) == "ERR value is not a valid float"
    for by in ("inf", "-inf"):
        assert wire.error("HINCRBYFLOAT", "none", "f", by) == "ERR value is NaN or Infinity"
    for field in ("text", "spaced", "nan"):
        assert wire.error("HINCRBYFLOAT", "h", field, 1) == "ERR hash value is not a float"
    assert wire.error("HINCRBYFLOAT", "h", "inf", 1) == "ERR increment would produce NaN or Infinity"
    assert wire("EXISTS", "none") == 0 and wire("HGET", "h", "inf") == b"inf"


# --- chance ---


@pytest.mark.goal("HRANDFIELD without a count answers one field of the hash")
def test_hrandfield_one(wire, encoding):
    expected = fill(wire, 10)
    wire.send(encode("HRANDFIELD", "h") * 300)
    assert set(wire.read_many(300)) == set(expected)


@pytest.mark.parametrize("size", [1, 20, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 40, 99, 100, 1000])
@pytest.mark.goal("HRANDFIELD with a positive count answers that many different fields with their own values")
def test_hrandfield_distinct(wire, encoding, size, count):
    expected = fill(wire, size)
    flat = wire("HRANDFIELD", "h", count, "WITHVALUES")
    drawn = pairs_of(flat)
    assert len(drawn) == min(count, size)
    assert drawn.items() <= expected.items()
    fields = wire("HRANDFIELD", "h", count)
    assert len(set(fields)) == len(fields) == min(count, size)


@pytest.mark.parametrize("count", [-1, -5, -1000])
@pytest.mark.goal("HRANDFIELD with a negative count answers exactly that many, repetitions allowed")
def test_hrandfield_repeats(wire, encoding, count):
    expected = fill(wire, 4)
    fields = wire("HRANDFIELD", "h", count)
    assert len(fields) == -count and set(fields) <= set(expected)
    flat = wire("HRANDFIELD", "h", count, "WITHVALUES")
    assert len(flat) == -2 * count and set(zip(flat[::2], flat[1::2])) <= set(expected.items())


@pytest.mark.parametrize("count", [3, 15, -10])
@pytest.mark.goal("HRANDFIELD draws every field about as often as any other")
def test_hrandfield_fair(wire, encoding, count):
    expected = fill(wire, 20)
    rounds = 6000 // abs(count)
    wire.send(encode("HRANDFIELD", "h", count) * rounds)
    drawn = Counter(field for reply in wire.read_many(rounds) for field in reply)
    assert set(drawn) == set(expected)
    assert min(drawn.values()) > 150 and max(drawn.values()) < 500, "300 draws of each field were expected"


@pytest.mark.goal("HRANDFIELD refuses bad counts and words with Redis's errors")
def test_hrandfield_errors(wire):
    wire("HSET", "h", "a", "1")
    assert wire.error("HRANDFIELD", "h", "x") == NOT_INTEGER
    assert wire.error("HRANDFIELD", "h", "1", "VALUES") == "ERR syntax error"
    assert wire.error("HRANDFIELD", "h", "1", "WITHVALUES", "x") == "ERR syntax error"
    assert wire.error("HRANDFIELD", "h", "-9223372036854775808") == \
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
    for count in ("4611686018427387904", "-4611686018427387904"):
        assert wire.error("HRANDFIELD", "h", count, "WITHVALUES") == "ERR value is out of range"
    assert wire("HRANDFIELD", "h", "9223372036854775807") == [b"a"]
    assert wire("HRANDFIELD", "none", "3") == wire("HRANDFIELD", "none", "-3", "WITHVALUES") == []


# --- scans ---


@pytest.mark.parametrize("count", [1, 10, 1000, 1000000])
@pytest.mark.goal("A full HSCAN returns every field with its value, whatever COUNT")
def test_hscan(wire, encoding, count):
    expected = fill(wire, 400)
    found = scan_all(wire, "COUNT", count)
    assert dict(found) == expected
    assert set(found) == set(expected.items())


@pytest.mark.goal("HSCAN of a listpack is one step, whatever cursor and COUNT")
def test_hscan_listpack(wire):
    fill(wire, 100)
    for cursor in ("0", "7", "18446744073709551615"):
        after, flat = wire("HSCAN", "h", cursor, "COUNT", 1)
        assert after == b"0" and len(flat) == 200


@pytest.mark.goal("HSCAN MATCH returns what matches, numbers included, and sees the whole hash all the same")
def test_hscan_match(wire, encoding):
    wire("HSET", "h", *[word for number in range(300) for word in (number, "v")], "x12", "y")
    found = {field for field, _ in scan_all(wire, "MATCH", "*12*", "COUNT", 20)}
    assert found == {field for field in [b"%d" % number for number in range(300)] + [b"x12"] if b"12" in field}
    assert scan_all(wire, "MATCH", "nothing*") == []


@pytest.mark.goal("Fields that are present throughout an HSCAN are returned while others come and go")
def test_hscan_during_changes(wire):
    stable = fill(wire, 600)
    serial = iter(range(10**6))
    batches = iter(range(60))

    def change():
        if next(batches, None) is not None:
            wire("HSET", "h", *[word for _ in range(100) for word in (b"extra:%d" % next(serial), b"x")])
        else:
            wire("HDEL", "h", *[b"extra:%d" % number for number in range(6000)])

    assert set(stable) <= {field for field, _ in scan_all(wire, "COUNT", 30, between=change)}


@pytest.mark.goal("HSCAN refuses bad cursors and options; of a key that is not there it tells the end")
def test_hscan_errors(wire):
    wire("HSET", "h", "a", "1")
    assert wire.error("HSCAN", "h", "x") == wire.error("HSCAN", "none", "x") == "ERR invalid cursor"
    assert wire.error("HSCAN", "h", "0", "COUNT", "0") == "ERR syntax error"
    assert wire.error("HSCAN", "h", "0", "COUNT", "many") == NOT_INTEGER
    assert wire.error("HSCAN", "h", "0", "TYPE", "hash") == "ERR syntax error"
    assert wire.error("HSCAN", "h", "0", "MATCH") == "ERR syntax error"
    assert wire("HSCAN", "none", "5") == [b"0", []]


# --- what a command does besides ---


@pytest.mark.goal("Writes count as changes, one for each field; those that change nothing do not")
def test_dirty(wire):
    def changes():
        return int(wire("INFO", "persistence").split(b"rdb_changes_since_last_save:")[1].split(b"\r\n")[0])

    for words, by in ((["HSET", "h", "a", 1, "b", 2, "a", 3], 3), (["HSETNX", "h", "a", 1], 0),
                      (["HSETNX", "h", "c", 1], 1), (["HINCRBY", "h", "a", 1], 1), (["HDEL", "h", "x"], 0),
                      (["HINCRBYFLOAT", "h", "a", 1], 1), (["HDEL", "h", "a", "b", "x"], 2), (["HGETALL", "h"], 0),
                      (["HDEL", "h", "c"], 1)):
        before = changes()
        wire(*words)
        assert changes() - before == by, words


@pytest.mark.parametrize("limit", [64, 1 << 20])
@pytest.mark.goal("A big value that the same HSET overwrites is still what SLOWLOG tells of the command")
def test_slowlog_of_big_values(wire, limit):
    wire.ok("CONFIG", "SET", "hash-max-listpack-value", limit, "slowlog-log-slower-than", 0)
    assert wire("HSET", "h", "f", "a" * 100_000, "f", "b" * 100_000, "g", "c" * 100_000) == 2
    arguments = next(entry[3] for entry in wire("SLOWLOG", "GET") if entry[3][0] == b"HSET")
    for at, letter in ((3, b"a"), (5, b"b"), (7, b"c")):
        assert arguments[at] == letter * 128 + b"... (99872 more bytes)"
    assert wire("HMGET", "h", "f", "g") == [b"b" * 100_000, b"c" * 100_000]


@pytest.mark.goal("Keyspace notifications name what happened to the hash, and the end of an emptied one")
def test_events(wire, connect):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "Khg")
    listener = connect()
    listener("SUBSCRIBE", "__keyspace@0__:h")
    for words in (["HSET", "h", "a", 1, "b", 2], ["HMSET", "h", "a", 1], ["HSETNX", "h", "c", 1],
                  ["HSETNX", "h", "c", 2], ["HINCRBY", "h", "a", 1], ["HINCRBYFLOAT", "h", "a", 1],
                  ["HDEL", "h", "x"], ["HDEL", "h", "a", "b"], ["HDEL", "h", "c"]):
        wire(*words)
    expected = ["hset", "hset", "hset", "hincrby", "hincrbyfloat", "hdel", "hdel", "del"]
    assert [message[2].decode() for message in listener.read_many(len(expected))] == expected
