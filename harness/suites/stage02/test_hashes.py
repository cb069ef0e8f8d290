"""Hashes: setting and reading in both encodings and both protocols, and what a command does besides."""

import pytest

from strata_harness.hashes import encoding, encoding_of, fill, pairs_of
from strata_harness.resp import encode

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


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
