"""Sets, hashes and sorted sets that go through a snapshot: each encoding, and what the loading server makes of it."""

import math

import pytest

from strata_harness.snapshots import contents, dump_file, encodings, reborn
from strata_harness.rdb_file import HASH, HASH_LISTPACK, SET, SET_INTSET, ZSET_2, ZSET_LISTPACK

LONG = "x" * 65  # above every limit of a listpack's element


def survives(server, type_of_file=None, encoding=None):
    """Ends the server and starts it again: the data and its encodings must be the same. Returns a new client."""
    wire = server.wire()
    values, shapes = contents(wire), encodings(wire)
    assert values
    if encoding is not None:
        assert set(shapes.values()) == {encoding}
    wire = reborn(server)
    assert contents(wire) == values and encodings(wire) == shapes
    if type_of_file is not None:
        assert {key.type for key in dump_file(server).keys} == {type_of_file}
    return wire


@pytest.mark.parametrize("width, numbers", [
    (2, [-32768, -1, 0, 1, 32767]), (4, [-32769, 5, 32768, (1 << 31) - 1, -(1 << 31)]),
    (8, [1 << 31, -(1 << 31) - 1, (1 << 63) - 1, -(1 << 63), 0]), (2, [7])], ids=["2", "4", "8", "one"])
@pytest.mark.goal("Sets of integers of every width come back as intsets")
def test_intsets(fresh_server, width, numbers):
    server = fresh_server()
    server.wire()("SADD", "s", *numbers)
    wire = survives(server, SET_INTSET, b"intset")
    assert dump_file(server).key("s").width == width
    assert wire("SISMEMBER", "s", numbers[0]) == 1 and wire("SADD", "s", numbers[-1]) == 0
    assert wire("SADD", "s", "text") == 1 and wire("SCARD", "s") == len(numbers) + 1


@pytest.mark.goal("Sets of texts, of many integers and of a mixture come back as tables")
def test_sets(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    wire("SADD", "texts", "a", "b", "", LONG, "0", "-5", "007", "a" * 1000)
    wire("SADD", "many", *range(513))
    wire("SADD", "binary", *(rng.randbytes(10) for _ in range(300)))
    wire("SADD", "large", *(f"member {i}" for i in range(20_000)))
    wire = survives(server, SET, b"hashtable")
    assert wire("SCARD", "large") == 20_000 and wire("SISMEMBER", "texts", "") == 1


@pytest.mark.goal("A set that is a table only by its history comes back as the intset that it could be")
def test_set_shrunk(fresh_server):
    server = fresh_server()
    wire = server.wire()
    wire("SADD", "s", 1, 2, 3, "text")
    wire("SREM", "s", "text")
    assert wire("OBJECT", "ENCODING", "s") == b"hashtable"
    wire = reborn(server)
    assert dump_file(server).key("s").type == SET
    assert wire("OBJECT", "ENCODING", "s") == b"intset" and set(wire("SMEMBERS", "s")) == {b"1", b"2", b"3"}


@pytest.mark.goal("Small hashes come back as listpacks, with their fields in order")
def test_hash_listpacks(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    wire("HSET", "one", "f", "v")
    wire("HSET", "numbers", *(word for n in (0, 127, 128, -4096, 1 << 20, -(1 << 40), 1 << 62) for word in (n, -n)))
    wire("HSET", "texts", "", "", "f", "x" * 64, "x" * 64, "f", "-0", "00", b"\0\xff", b"\r\n")
    wire("HSET", "full", *(word for i in range(512) for word in (f"field{i}", i)))
    wire("HSET", "binary", *(rng.randbytes(30) for _ in range(100)))
    order = wire("HKEYS", "full")
    wire = survives(server, HASH_LISTPACK, b"listpack")
    assert wire("HKEYS", "full") == order and wire("HGET", "numbers", 127) == b"-127"
    assert wire("HINCRBY", "numbers", 128, 1) == -127


@pytest.mark.goal("Hashes with many fields or a long value come back as tables")
def test_hash_tables(fresh_server):
    server = fresh_server()
    wire = server.wire()
    wire("HSET", "long value", "f", LONG)
    wire("HSET", "long field", LONG, "v", "number", "17")
    wire("HSET", "many", *(word for i in range(513) for word in (i, f"value {i}")))
    wire("HSET", "large", *(word for i in range(10_000) for word in (f"f{i}", "y" * (i % 80))))
    wire = survives(server, HASH, b"hashtable")
    assert wire("HGET", "long field", "number") == b"17" and wire("HLEN", "large") == 10_000


SCORES = ["-inf", "-1.7976931348623157e+308", "-1e+17", "-2.5", "-1", "-5e-324", "0", "5e-324", "0.1",
          "0.30000000000000004", "1", "3", "3.141592653589793", "1e15", "4503599627370497.5", "9007199254740993",
          "4611686018427387904", "9223372036854775807", "1e20", "1.7976931348623157e+308", "inf"]


@pytest.mark.parametrize("entries, type_of_file, encoding", [
    (128, ZSET_LISTPACK, b"listpack"), (0, ZSET_2, b"skiplist")], ids=["listpack", "skiplist"])
@pytest.mark.goal("Every score comes back exactly: infinities, the smallest and the largest, fractions, big integers")
def test_scores(fresh_server, entries, type_of_file, encoding):
    server = fresh_server(zset_max_listpack_entries=entries)
    wire = server.wire()
    wire("ZADD", "z", *(word for i, score in enumerate(SCORES) for word in (score, f"m{i:02}")))
    wire("ZADD", "negative zero", "-0.0", "m")
    told = wire("ZRANGE", "z", 0, -1, "WITHSCORES")
    wire = survives(server, type_of_file, encoding)
    assert wire("ZRANGE", "z", 0, -1, "WITHSCORES") == told
    assert sorted(dump_file(server).key("z").value) == [(b"m%02d" % i, float(score)) for i, score in enumerate(SCORES)]
    assert [float(score) for score in told[1::2]] == [float(score) for score in SCORES]
    assert wire("ZCOUNT", "z", "(0", "+inf") == 14
    written = dict(dump_file(server).key("negative zero").value)[b"m"]
    assert math.copysign(1, written) == (1 if encoding == b"listpack" else -1), "a listpack holds 0, a table -0"


@pytest.mark.goal("Small sorted sets come back as listpacks in the order of scores and members")
def test_zset_listpacks(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    wire("ZADD", "ties", *(word for member in ("b", "a", "ab", "", "B", "7", "-7") for word in (1, member)))
    wire("ZADD", "full", *(word for i in range(128) for word in (rng.uniform(-5, 5), f"member{i}")))
    wire("GEOADD", "geo", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania")
    orders = {key: wire("ZRANGE", key, 0, -1) for key in ("ties", "full", "geo")}
    wire = survives(server, ZSET_LISTPACK, b"listpack")
    assert {key: wire("ZRANGE", key, 0, -1) for key in orders} == orders
    assert wire("GEODIST", "geo", "Palermo", "Catania") == b"166274.1516"


@pytest.mark.goal("Large sorted sets come back as skip lists, with ranks, scores and ranges as before")
def test_skiplists(fresh_server, rng):
    server = fresh_server()
    wire = server.wire()
    wire("ZADD", "large", *(word for i in range(5000) for word in (rng.randrange(1000) / 8, f"member {i}")))
    wire("ZADD", "long member", 1, LONG, 2, "b")
    wire("ZADD", "many", *(word for i in range(129) for word in (i, i)))
    order = wire("ZRANGE", "large", 0, -1, "WITHSCORES")
    wire = survives(server, ZSET_2, b"skiplist")
    assert wire("ZRANGE", "large", 0, -1, "WITHSCORES") == order
    assert wire("ZRANK", "large", order[2468]) == 1234
    assert wire("ZREVRANGE", "large", 0, 9) == order[::2][:-11:-1]


@pytest.mark.parametrize("option, small, large, fill", [
    ("set-max-intset-entries", b"intset", b"hashtable", ["SADD", "k", 1, 2, 3, 4, 5]),
    ("hash-max-listpack-entries", b"listpack", b"hashtable", ["HSET", "k", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5]),
    ("zset-max-listpack-entries", b"listpack", b"skiplist", ["ZADD", "k", 1, "a", 2, "b", 3, "c", 4, "d", 5, "e"])])
@pytest.mark.goal("The loading server's limits decide what a value becomes, whatever it was when it was saved")
def test_limits_of_the_loader(fresh_server, option, small, large, fill):
    server = fresh_server()
    wire = server.wire()
    assert wire(*fill) == 5
    values = contents(wire)
    for limit, encoding in ((5, small), (4, large), (0, large), (512, small)):
        wire.ok("SAVE")
        server.kill()
        server.options[option] = limit
        wire = server.start().wire()
        assert contents(wire) == values
        assert wire("OBJECT", "ENCODING", "k") == encoding, f"with {option} {limit}"
