"""What a rewritten base consists of: the fewest commands that make the data anew."""

import time

import pytest

from strata_harness.aof_files import commands_in
from strata_harness.aof_server import OPTIONS, base_file, digest, reborn, rewrite, run
from strata_harness.wait import wait_until

SERVER_OPTIONS = {**OPTIONS, "appendfsync": "no"}
BATCH = 64


def rewritten(server, wire):
    """The commands of the base after a rewrite."""
    rewrite(wire)
    return commands_in(base_file(server).read_bytes())


def words(*texts):
    return tuple(text.encode() for text in texts)


@pytest.mark.goal("Strings become SET, with their bytes as they are, numbers as text")
def test_strings(server, wire):
    values = {b"text": b"v", b"": b"", b"number": b"-12345", b"binary": bytes(range(256)), b"big": b"x" * 100_000}
    for key, value in values.items():
        wire.ok("SET", key, value)
    first, *rest = rewritten(server, wire)
    assert first == (b"SELECT", b"0")
    assert sorted(rest) == sorted((b"SET", key, value) for key, value in values.items())


@pytest.mark.parametrize("size", [1, BATCH - 1, BATCH, BATCH + 1, 300])
@pytest.mark.goal("A collection becomes commands of 64 elements each, the last one of the rest")
def test_batches(server, wire, size):
    elements = [f"e{i:03}" for i in range(size)]
    wire("RPUSH", "l", *elements)
    wire("SADD", "s", *elements)
    wire("HSET", "h", *[word for element in elements for word in (element, "v" + element)])
    wire("ZADD", "z", *[word for i, element in enumerate(elements) for word in (i, element)])
    found = rewritten(server, wire)[1:]
    expected = [BATCH] * (size // BATCH) + [size % BATCH] * (size % BATCH > 0)
    for name, key, width in ((b"RPUSH", b"l", 1), (b"SADD", b"s", 1), (b"HMSET", b"h", 2), (b"ZADD", b"z", 2)):
        mine = [command for command in found if command[1] == key]
        assert all(command[0] == name for command in mine)
        assert [(len(command) - 2) // width for command in mine] == expected
    assert len(found) == 4 * len(expected)
    ordered = [word.decode() for command in found if command[1] == b"l" for word in command[2:]]
    assert ordered == elements
    fields = dict(zip(*[iter([word.decode() for command in found if command[1] == b"h" for word in command[2:]])] * 2))
    assert fields == {element: "v" + element for element in elements}


@pytest.mark.parametrize("encoding", ["small", "large"])
@pytest.mark.goal("The commands do not depend on how a value is kept in memory")
def test_encodings(server, wire, encoding):
    for option in ("hash-max-listpack-entries", "zset-max-listpack-entries", "set-max-intset-entries"):
        wire.ok("CONFIG", "SET", option, 0 if encoding == "large" else 512)
    wire.ok("CONFIG", "SET", "list-max-listpack-size", 2 if encoding == "large" else 128)
    run(wire, "RPUSH l a 1 b", "SADD s 3 1 2", "HSET h f 1 g x", "ZADD z 1 a 2.5 b")
    found = {command[1]: command for command in rewritten(server, wire)[1:]}
    assert found[b"l"] == words("RPUSH", "l", "a", "1", "b")
    assert sorted(found[b"s"][2:]) == [b"1", b"2", b"3"]
    assert sorted(zip(found[b"h"][2::2], found[b"h"][3::2])) == [(b"f", b"1"), (b"g", b"x")]
    assert sorted(zip(found[b"z"][3::2], found[b"z"][2::2])) == [(b"a", b"1"), (b"b", b"2.5")]


@pytest.mark.parametrize("score, text", [
    ("1", "1"), ("-0", "-0"), ("0.1", "0.10000000000000001"), ("1e20", "1e+20"), ("inf", "inf"), ("-inf", "-inf"),
    ("3.5", "3.5"), ("1e-300", "1e-300"), ("123456789012345680", "1.2345678901234568e+17"),
    ("1e16", "10000000000000000"),
    ("4.9e-324", "4.9406564584124654e-324"), ("0.30000000000000004", "0.30000000000000004"), ("-17", "-17")])
@pytest.mark.goal("Scores are written with 17 digits, so that no bit of them is lost")
def test_scores(server, wire, score, text):
    wire.ok("CONFIG", "SET", "zset-max-listpack-entries", 0)
    wire("ZADD", "z", score, "m")
    assert rewritten(server, wire)[1:] == [words("ZADD", "z", text, "m")]


@pytest.mark.goal("A key's time follows the key as PEXPIREAT, in milliseconds of the epoch")
def test_expiry(server, wire):
    run(wire, "SET a 1 PXAT 4102444800123", "RPUSH l x", "PEXPIREAT l 4102444800456", "SET b 1")
    found = rewritten(server, wire)
    assert sorted(found) == sorted([words("SELECT", "0"), words("SET", "a", "1"), words("RPUSH", "l", "x"),
                                    words("PEXPIREAT", "a", "4102444800123"), words("SET", "b", "1"),
                                    words("PEXPIREAT", "l", "4102444800456")])
    for key in (b"a", b"l"):
        [at, later] = [i for i, command in enumerate(found) if command[1] == key]
        assert later == at + 1 and found[later][0] == b"PEXPIREAT"


@pytest.mark.goal("Each database with keys begins with its SELECT, in ascending order; empty ones are not named")
def test_databases(server, wire):
    for db in (9, 0, 15, 3):
        run(wire, f"SELECT {db}", f"SET k{db} v")
    run(wire, "SELECT 7", "SET gone v", "DEL gone")
    assert rewritten(server, wire) == [command for db in (0, 3, 9, 15)
                                       for command in (words("SELECT", str(db)), words("SET", f"k{db}", "v"))]


@pytest.mark.goal("What was overwritten, popped, expired or deleted leaves no trace in the base")
def test_history(server, wire):
    for i in range(100):
        run(wire, "INCR n", f"RPUSH l {i}", "LPOP l", f"SET k {i}", f"SET gone{i} v", f"DEL gone{i}", f"HSET h f {i}")
    found = rewritten(server, wire)[1:]
    assert sorted(found) == [words("HMSET", "h", "f", "99"), words("SET", "k", "99"), words("SET", "n", "100")]


@pytest.mark.limit(40)
@pytest.mark.goal("A base of random data of every type, loaded, gives the data bit for bit")
def test_random_data(fresh_server, rng):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    def word():
        return rng.choice([b"%d" % rng.randrange(-300, 300), rng.randbytes(rng.randrange(200)), b"%r" % rng.random()])
    for i in range(150):
        if i % 50 == 0:
            wire.ok("SELECT", i // 10)
        elements = [word() + b"%d" % j for j in range(rng.choice([1, 3, 64, 65, 200]))]
        scores = [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-30, 30) for _ in elements]
        numbers = {rng.randrange(-10 ** rng.randrange(1, 19), 10 ** 18) for _ in elements}
        run(wire, ("RPUSH", f"l{i}", *elements), ("SADD", f"s{i}", *elements), ("SADD", f"i{i}", *numbers),
            ("HSET", f"h{i}", *[part for element in elements for part in (element, word())]),
            ("ZADD", f"z{i}", *[part for pair in zip(scores, elements) for part in pair]),
            ("SET", f"k{i}", word(), "PX", rng.randrange(10 ** 7, 10 ** 12)))
    before = digest(wire)
    rewrite(wire)
    assert digest(reborn(server)) == before
    assert base_file(server).stat().st_size > 1_000_000


@pytest.mark.goal("Expired keys that are still in memory go into the base with their time, and are gone after a start")
def test_expired(fresh_server):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    end_ms = int(time.time() * 1000) + 5
    wire.ok("SET", "e", "v", "PXAT", end_ms)
    wire.ok("SET", "k", "v")
    wait_until(lambda: time.time() * 1000 > end_ms + 1, 5, "the key's time to be over")
    assert words("PEXPIREAT", "e", str(end_ms)) in rewritten(server, wire)
    wire = reborn(server)
    assert wire("GET", "e") is None and wire("GET", "k") == b"v"
