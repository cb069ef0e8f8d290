"""SORT and SORT_RO: by numbers, by texts, by other keys; what they fetch and where they store it."""

import pytest

NO_NUMBER = "ERR One or more scores can't be converted into double"
WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


def as_bytes(*values):
    return [value if isinstance(value, bytes) else str(value).encode() for value in values]


@pytest.fixture
def weighed(wire):
    """A list of 1..4 whose weights turn it into 4 1 3 2, in strings and in hashes, and names for all but 4."""
    wire("RPUSH", "ids", 1, 2, 3, 4)
    wire.ok("MSET", "weight_1", 20, "weight_2", 40, "weight_3", 30, "weight_4", "-1.5")
    for number, weight in ((1, 20), (2, 40), (3, 30), (4, -1.5)):
        wire("HSET", f"user:{number}", "weight", weight, "name", f"n{number}")
    wire.ok("MSET", "name_1", "cherry", "name_2", "apple", "name_3", "banana")
    return wire


@pytest.mark.goal("Numbers of a list, a set and a sorted set come in ascending or descending order")
@pytest.mark.parametrize("kind", ["list", "intset", "hashtable", "zset"])
def test_numbers(wire, rng, kind):
    numbers = rng.sample(range(-1000, 1000), 100)
    if kind == "list":
        wire("RPUSH", "k", *numbers)
    elif kind == "zset":
        for number in numbers:
            wire("ZADD", "k", rng.randrange(10), number)
    else:
        wire("SADD", "k", *numbers, *(["word"] if kind == "hashtable" else []))
        wire("SREM", "k", "word")
    assert wire("SORT", "k") == as_bytes(*sorted(numbers))
    assert wire("SORT", "k", "DESC") == as_bytes(*sorted(numbers, reverse=True))
    assert wire("SORT_RO", "k", "desc", "asc") == as_bytes(*sorted(numbers))


@pytest.mark.goal("Without ALPHA elements are compared as floating point numbers of any spelling")
def test_doubles(wire):
    ordered = ["-inf", "-1e3", "-2", "-0.5", "0", "1e-3", "0x10", "1.6e1 ", "inf"]
    spelled = [text.strip() for text in ordered]
    wire("RPUSH", "k", *reversed(spelled))
    got = wire("SORT", "k")
    assert got == as_bytes("-inf", "-1e3", "-2", "-0.5", "0", "1e-3", "0x10", "1.6e1", "inf")


@pytest.mark.goal("Equal numbers come in the order of their bytes; duplicates of a list stay")
def test_equal_numbers(wire):
    wire("RPUSH", "k", "3.0", "3", "03", "1", "3", "1")
    assert wire("SORT", "k") == as_bytes("1", "1", "03", "3", "3", "3.0")
    assert wire("SORT", "k", "DESC") == as_bytes("3.0", "3", "3", "03", "1", "1")


@pytest.mark.goal("One element that is not a number spoils the whole sort, whatever LIMIT would leave")
@pytest.mark.parametrize("text", ["x", "1x", "1 ", "nan", "1e400", "--1"])
def test_not_a_number(wire, text):
    wire("RPUSH", "k", "1", text, "2")
    for options in ([], ["LIMIT", 0, 1], ["STORE", "d"]):
        assert wire.error("SORT", "k", *options) == NO_NUMBER
    assert wire("EXISTS", "d") == 0
    assert len(wire("SORT", "k", "ALPHA")) == 3


@pytest.mark.goal("ALPHA compares texts byte by byte in the C locale, non-ASCII bytes last")
def test_alpha(wire):
    words = ["b", "ab", "", "a", "Z", "é", "aé", "10", "9", "a b"]
    wire("RPUSH", "k", *words)
    ordered = sorted(word.encode() for word in words)
    assert wire("SORT", "k", "ALPHA") == ordered
    assert wire("SORT", "k", "ALPHA", "DESC") == ordered[::-1]


@pytest.mark.goal("Long texts that differ late, and texts that begin others, are put in order")
def test_alpha_long(wire, rng):
    words = [b"prefix" * rng.randrange(4) + bytes(rng.choice(b"ab") for _ in range(rng.randrange(30))) for _ in range(200)]
    wire("RPUSH", "k", *words)
    assert wire("SORT", "k", "ALPHA") == sorted(words)


@pytest.mark.goal("LIMIT takes a stretch of what is sorted; too large, negative and empty ones included")
@pytest.mark.parametrize("offset, count, wanted", [
    (0, 3, slice(0, 3)), (5, 10, slice(5, 15)), (95, 10, slice(95, 100)), (100, 1, slice(0)), (1000, 5, slice(0)),
    (3, 0, slice(0)), (10, -1, slice(10, 100)), (-4, 7, slice(0, 7)), (0, -3, slice(0, 100)), (99, 1, slice(99, 100)),
    (0, 2**63 - 1, slice(0, 100)), (2**63 - 1, 2**63 - 1, slice(0)), (-2**63, 2**63 - 1, slice(0, 100))])
def test_limit(wire, rng, offset, count, wanted):
    numbers = list(range(100))
    rng.shuffle(numbers)
    wire("RPUSH", "k", *numbers)
    assert wire("SORT", "k", "LIMIT", offset, count) == as_bytes(*range(100)[wanted])
    assert wire("SORT", "k", "DESC", "LIMIT", offset, count) == as_bytes(*range(99, -1, -1)[wanted])
    assert wire("SORT", "k", "BY", "none_*", "ALPHA", "LIMIT", 0, -1) == as_bytes(*numbers)


@pytest.mark.goal("BY a pattern sorts by the strings at the keys that it names, or by fields of hashes")
@pytest.mark.parametrize("pattern", ["weight_*", "user:*->weight"])
def test_by(weighed, pattern):
    assert weighed("SORT", "ids", "BY", pattern) == as_bytes(4, 1, 3, 2)
    assert weighed("SORT", "ids", "BY", pattern, "DESC") == as_bytes(2, 3, 1, 4)
    assert weighed("SORT", "ids", "BY", pattern, "LIMIT", 1, 2) == as_bytes(1, 3)


@pytest.mark.goal("A weight that is missing counts as 0 among numbers")
@pytest.mark.parametrize("pattern", ["weight_*", "user:*->weight"])
def test_by_missing(weighed, pattern):
    weighed("DEL", "weight_3", "user:3")
    assert weighed("SORT", "ids", "BY", pattern) == as_bytes(4, 3, 1, 2)


@pytest.mark.goal("A weight that is missing comes before every text")
def test_by_missing_text(weighed):
    assert weighed("SORT", "ids", "BY", "name_*", "ALPHA") == as_bytes(4, 2, 3, 1)
    assert weighed("SORT", "ids", "BY", "name_*", "ALPHA", "DESC") == as_bytes(1, 3, 2, 4)
    weighed.ok("SET", "name_1", "")
    assert weighed("SORT", "ids", "BY", "name_*", "ALPHA") == as_bytes(4, 1, 2, 3)
    assert weighed.error("SORT", "ids", "BY", "name_*") == NO_NUMBER


@pytest.mark.goal("Keys of other types weigh nothing and give nothing")
def test_by_other_types(weighed):
    weighed("RPUSH", "thing_1", "x")
    weighed("SADD", "thing_2", "x")
    weighed.ok("SET", "thing_3", "-7")
    assert weighed("SORT", "ids", "BY", "thing_*") == as_bytes(3, 1, 2, 4)
    assert weighed("SORT", "ids", "BY", "thing_*->f") == as_bytes(1, 2, 3, 4)
    assert weighed("SORT", "ids", "GET", "thing_*", "GET", "user:*") == [None, None] * 2 + [b"-7", None] + [None, None]


@pytest.mark.goal("Only the first '*' stands for the element; '->' without a field is part of the key")
def test_pattern_grammar(wire):
    wire("RPUSH", "k", 1, 2)
    wire.ok("MSET", "a_1_*", 9, "a_2_*", 8, "b_1->", "one", "b_2->", "two", "1", "plain")
    wire("HSET", "c_1->x", "f", "arrow")
    wire("HSET", "d_1", "f*", "star", "x->y", "arrows")
    assert wire("SORT", "k", "BY", "a_*_*") == as_bytes(2, 1)
    assert wire("SORT", "k", "GET", "b_*->") == as_bytes("one", "two")
    assert wire("SORT", "k", "GET", "*") == [b"plain", None]
    assert wire("SORT", "k", "LIMIT", 0, 1, "GET", "d_*->f*", "GET", "d_*->x->y") == as_bytes("star", "arrows")
    assert wire("SORT", "k", "LIMIT", 0, 1, "GET", "c_*->x->f") == [None]


@pytest.mark.goal("GET fetches in the order of the patterns; # is the element; what is missing is null")
@pytest.mark.parametrize("version", [2, 3])
def test_get(weighed, connect, version):
    weighed("HELLO", version)
    assert weighed("SORT", "ids", "BY", "weight_*", "GET", "name_*", "GET", "#", "GET", "user:*->name") == [
        None, b"4", b"n4", b"cherry", b"1", b"n1", b"banana", b"3", b"n3", b"apple", b"2", b"n2"]
    assert weighed("SORT", "ids", "GET", "nothing") == [None] * 4
    null = b"$-1\r\n" if version == 2 else b"_\r\n"
    weighed.exchange(b"SORT ids LIMIT 3 1 GET name_* GET #\r\n", b"*2\r\n" + null + b"$1\r\n4\r\n")


@pytest.mark.goal("BY a constant keeps the order of lists and sorted sets; DESC turns it around")
def test_nosort(wire):
    wire("RPUSH", "l", "c", "a", "b", "a")
    wire("ZADD", "z", 3, "a", 1, "b", 2, "c", 2, "d")
    for key, order in (("l", ["c", "a", "b", "a"]), ("z", ["b", "c", "d", "a"])):
        assert wire("SORT", key, "BY", "nosort") == as_bytes(*order)
        assert wire("SORT", key, "BY", "nosort", "DESC") == as_bytes(*order[::-1])
        assert wire("SORT", key, "BY", "nosort", "LIMIT", 1, 2) == as_bytes(*order[1:3])
        assert wire("SORT", key, "BY", "nosort", "DESC", "LIMIT", 1, 2) == as_bytes(*order[::-1][1:3])
        assert wire("SORT", key, "BY", "nosort", "LIMIT", 4, 2) == []
        assert wire("SORT", key, "BY", "nosort", "ALPHA", "LIMIT", -5, -1) == as_bytes(*order)


@pytest.mark.goal("BY a constant walks a large list and a large sorted set just the same")
def test_nosort_large(wire):
    wire("RPUSH", "l", *range(5000))
    for start in range(0, 5000, 500):
        wire("ZADD", "z", *[part for number in range(start, start + 500) for part in (number, f"m{number}")])
    assert wire("SORT", "l", "BY", "nosort", "LIMIT", 4000, 3) == as_bytes(4000, 4001, 4002)
    assert wire("SORT", "z", "BY", "nosort", "DESC", "LIMIT", 4000, 3) == as_bytes("m999", "m998", "m997")


@pytest.mark.goal("A set that is stored BY a constant is stored in the order of its texts")
def test_nosort_set_store(wire):
    wire("SADD", "s", "pear", "apple", "fig", "10", "9")
    assert sorted(wire("SORT", "s", "BY", "nosort")) == sorted(as_bytes("pear", "apple", "fig", "10", "9"))
    assert wire("SORT", "s", "BY", "nosort", "STORE", "d") == 5
    assert wire("LRANGE", "d", 0, -1) == as_bytes("10", "9", "apple", "fig", "pear")


@pytest.mark.goal("STORE makes a list of the results, missing ones being empty, and answers their number")
def test_store(weighed):
    weighed.ok("SET", "d", "old", "EX", 1000)
    assert weighed("SORT", "ids", "BY", "weight_*", "GET", "#", "GET", "name_*", "STORE", "d") == 8
    assert weighed("LRANGE", "d", 0, -1) == as_bytes(4, "", 1, "cherry", 3, "banana", 2, "apple")
    assert weighed("TYPE", "d") == "list"
    assert weighed("TTL", "d") == -1
    assert weighed("SORT", "ids", "DESC", "STORE", "ids") == 4
    assert weighed("LRANGE", "ids", 0, -1) == as_bytes(4, 3, 2, 1)


@pytest.mark.goal("STORE of nothing removes the key")
@pytest.mark.parametrize("source, options", [("none", []), ("ids", ["LIMIT", 10, 5]), ("ids", ["LIMIT", 0, 0])])
def test_store_nothing(weighed, source, options):
    weighed("RPUSH", "d", "old")
    assert weighed("SORT", source, *options, "STORE", "d") == 0
    assert weighed("EXISTS", "d") == 0
    assert weighed("SORT", source, *options, "STORE", "d") == 0


@pytest.mark.goal("SORT_RO knows everything but STORE")
def test_sort_ro(weighed):
    assert weighed("SORT_RO", "ids", "BY", "weight_*", "GET", "#", "LIMIT", 0, 2) == as_bytes(4, 1)
    assert weighed.error("SORT_RO", "ids", "STORE", "d") == "ERR syntax error"


@pytest.mark.goal("Wrong types and wrong options are refused; options are looked at first")
@pytest.mark.parametrize("words, text", [
    ("str", WRONG_TYPE), ("h", WRONG_TYPE), ("str ALPHA BY nosort", WRONG_TYPE), ("str FOO", "ERR syntax error"),
    ("ids BY", "ERR syntax error"), ("ids GET", "ERR syntax error"), ("ids STORE", "ERR syntax error"),
    ("ids LIMIT 1", "ERR syntax error"), ("ids LIMIT x 1", "ERR value is not an integer or out of range"),
    ("ids LIMIT 1 x", "ERR value is not an integer or out of range"),
    ("none LIMIT 1 1.5", "ERR value is not an integer or out of range")])
def test_errors(weighed, words, text):
    weighed.ok("SET", "str", "x")
    weighed("HSET", "h", "f", "v")
    assert weighed.error("SORT", *words.split()) == text


@pytest.mark.goal("A sorted set that was sorted is a skip list from then on, with the same members and scores")
@pytest.mark.parametrize("words", ["SORT z", "SORT_RO z LIMIT 0 1", "SORT z BY nosort"])
def test_sorted_set_encoding(wire, words):
    wire("ZADD", "z", 2, "7", 1, "9")
    assert wire("OBJECT", "ENCODING", "z") == b"listpack"
    wire(*words.split())
    assert wire("OBJECT", "ENCODING", "z") == b"skiplist"
    assert wire("ZRANGE", "z", 0, -1, "WITHSCORES") == as_bytes("9", "1", "7", "2")


@pytest.mark.goal("A missing key is an empty list")
def test_missing(wire):
    assert wire("SORT", "none") == []
    assert wire("SORT", "none", "BY", "w_*", "GET", "#", "ALPHA", "LIMIT", 1, 2) == []
    assert wire("SORT_RO", "none", "BY", "nosort") == []


@pytest.mark.goal("Weights that have expired are missing")
def test_expired_weights(weighed):
    weighed("PEXPIREAT", "weight_2", 1)
    weighed("PEXPIREAT", "user:2", 1)
    assert weighed("SORT", "ids", "BY", "weight_*") == as_bytes(4, 2, 1, 3)
    assert weighed("SORT", "ids", "BY", "user:*->weight", "GET", "name_*") == [None, b"apple", b"cherry", b"banana"]


@pytest.mark.goal("COMMAND GETKEYS finds the stored key wherever it stands, and takes no argument for an option")
@pytest.mark.parametrize("words, keys", [
    ("SORT a", "a"), ("SORT a STORE b", "a b"), ("SORT a STORE b STORE c", "a c"), ("SORT a BY STORE GET x", "a"),
    ("SORT a BY w_* STORE b GET STORE", "a b"), ("SORT a LIMIT STORE b", "a"), ("SORT a STORE", "a"),
    ("SORT_RO a GET STORE", "a")])
def test_getkeys(wire, words, keys):
    assert wire("COMMAND", "GETKEYS", *words.split()) == as_bytes(*keys.split())


@pytest.mark.goal("A large list is sorted by weights in other keys, with and without a limit")
@pytest.mark.limit(40)
def test_large(wire, rng):
    weights = {number: rng.randrange(10**6) for number in range(3000)}
    ids = list(weights)
    rng.shuffle(ids)
    wire("RPUSH", "ids", *ids)
    wire.ok("MSET", *[part for number, weight in weights.items() for part in (f"w_{number}", weight)])
    ordered = sorted(ids, key=lambda number: (weights[number], str(number)))
    assert wire("SORT", "ids", "BY", "w_*") == as_bytes(*ordered)
    assert wire("SORT", "ids", "BY", "w_*", "LIMIT", 1000, 50, "GET", "w_*") == as_bytes(
        *[weights[number] for number in ordered[1000:1050]])
    assert wire("SORT", "ids", "DESC", "LIMIT", 2990, 10) == as_bytes(*range(9, -1, -1))


@pytest.mark.goal("Elements of a compressed list are sorted as any others")
@pytest.mark.parametrize("options", [["ALPHA"], ["ALPHA", "DESC"], ["BY", "nosort"], ["BY", "nosort", "DESC"]])
def test_compressed_list(wire, options):
    wire.ok("CONFIG", "SET", "list-compress-depth", 1)
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 8)
    words = [b"%04d" % (number * 7919 % 1000) + b"x" * 100 for number in range(200)]
    wire("RPUSH", "l", *words)
    ordered = sorted(words) if options[0] == "ALPHA" else words
    assert wire("SORT", "l", *options) == (ordered[::-1] if "DESC" in options else ordered)
