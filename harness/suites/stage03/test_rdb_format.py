"""The file itself, byte by byte: read by a parser of our own that refuses what Redis 7.0 would not have written."""

import re
import shutil
import subprocess
import time

import pytest

from strata_harness.packed import listpack, natural
from strata_harness.rdb_codes import crc64, integer, lzf_expand, raw, string
from strata_harness.rdb_file import (AUX, EOF, EXPIRE_MS, HASH, HASH_LISTPACK, LIST_QUICKLIST_2, RESIZEDB, SELECTDB,
                                     SET, SET_INTSET, STRING, ZSET_2, ZSET_LISTPACK, RdbWriter, quicklist)
from strata_harness.snapshots import background_save, dump_file, dump_path
from strata_harness.timing import scaled

AUX_ORDER = [b"redis-ver", b"redis-bits", b"ctime", b"used-mem", b"aof-base"]


@pytest.fixture
def saver(fresh_server):
    server = fresh_server()
    return server, server.wire()


def saved(server):
    server.wire().ok("SAVE")
    return dump_file(server)


def body(server):
    """What stands between the AUX fields and the end, and the reader's view."""
    file = saved(server)
    data = dump_path(server).read_bytes()
    start = data.index(b"\xfa\x08aof-base") + 12
    return data[start:-9], file


def check_rdb(path):
    """redis-check-rdb of the server's package must find nothing wrong."""
    tool = shutil.which("redis-check-rdb")
    assert tool, "redis-check-rdb is missing: it comes with the package redis-server"
    run = subprocess.run([tool, str(path)], capture_output=True, text=True, timeout=scaled(30))
    assert run.returncode == 0 and "RDB looks OK" in run.stdout, run.stdout
    return {what: int(count) for count, what in re.findall(r"\[info\] (\d+) (.*)", run.stdout)}


@pytest.mark.goal("A file begins with REDIS0010 and five AUX fields in Redis's order, and ends with EOF and a checksum")
def test_frame(saver):
    server, wire = saver
    file = saved(server)
    assert [name for name, _ in file.aux] == AUX_ORDER
    values = dict(file.aux)
    assert values[b"redis-ver"] == b"7.0.15" and values[b"redis-bits"] == b"64" and values[b"aof-base"] == b"0"
    assert abs(int(values[b"ctime"]) - time.time()) < 60
    assert 0 < int(values[b"used-mem"]) < 1 << 30
    assert file.opcodes == [AUX] * 5 + [EOF], "an empty dataset mentions no database"
    assert file.size == dump_path(server).stat().st_size


@pytest.mark.goal("The last eight bytes are the CRC-64 of all before them")
def test_checksum(saver):
    server, wire = saver
    wire.ok("SET", "k", "v" * 500)
    file = saved(server)
    assert file.checksum == file.real_checksum != 0
    background_save(wire)
    assert dump_file(server).checksum == dump_file(server).real_checksum


@pytest.mark.goal("With rdbchecksum no the checksum is eight zero bytes")
def test_no_checksum(fresh_server):
    server = fresh_server(rdbchecksum="no")
    wire = server.wire()
    wire.ok("SET", "k", "v")
    assert wire.error("CONFIG", "SET", "rdbchecksum", "yes").endswith("can't set immutable config")
    assert saved(server).checksum == 0
    server.kill()
    server.options["rdbchecksum"] = "yes"
    assert server.start().wire()("GET", "k") == b"v"
    assert "RDB file was saved with checksum disabled: no check performed." in server.log_text()


@pytest.mark.goal("Each database that holds keys begins with its number, its keys and how many of them expire")
def test_databases(saver):
    server, wire = saver
    for db, keys, expiring in ((0, 3, 1), (7, 70, 70), (15, 1, 0)):
        wire.ok("SELECT", db)
        for i in range(keys):
            wire.ok("SET", f"k{i}", "v", *(("EX", 1000) if i < expiring else ()))
    file = saved(server)
    assert file.announced == {0: (3, 1), 7: (70, 70), 15: (1, 0)}
    assert list(file.announced) == [0, 7, 15]
    assert [key.db for key in file.keys] == [0] * 3 + [7] * 70 + [15]
    assert file.opcodes.count(SELECTDB) == file.opcodes.count(RESIZEDB) == 3


@pytest.mark.goal("A string key is type, key and value; an expiry stands before it in milliseconds")
def test_string_key(saver):
    server, wire = saver
    wire.ok("SET", "key", "value", "PXAT", 4102444800123)
    expected = RdbWriter().select(0, 1, 1).expire_ms(4102444800123).key(STRING, "key", raw("value")).data[9:]
    assert body(server)[0] == expected
    assert dump_file(server).opcodes[5:] == [SELECTDB, RESIZEDB, EXPIRE_MS, STRING, EOF]


@pytest.mark.parametrize("value, stored", [
    ("0", "c000"), ("-5", "c0fb"), ("127", "c07f"), ("-128", "c080"), ("128", "c18000"), ("1000", "c1e803"),
    ("-32769", "c2ff7fffff"), ("100000", "c2a0860100"), ("2147483647", "c2ffffff7f"), ("-2147483648", "c200000080"),
    ("2147483648", "0a32313437343833363438"), ("-2147483649", "0b2d32313437343833363439"), ("007", "03303037"),
    ("-0", "022d30"), ("", "00"), ("12345678901", "0b3132333435363738393031")])
@pytest.mark.goal("Numbers of up to 32 bits are written in one, two or four bytes, as values and as keys; no others")
def test_numbers(server, wire, value, stored):
    wire.ok("SET", value, value)
    assert wire("DUMP", value)[1:-10].hex() == stored, "the value, as DUMP has it"
    wire.ok("SAVE")
    data = dump_path(server).read_bytes()
    assert bytes.fromhex("fe00fb010000" + stored + stored + "ff") in data


@pytest.mark.parametrize("size, head", [(63, "3f"), (64, "4040"), (16383, "7fff"), (16384, "8000004000")])
@pytest.mark.goal("Lengths take one, two or five bytes, as few as do")
def test_lengths(server, wire, rng, size, head):
    value = rng.randbytes(size)
    wire.ok("SET", "k", value)
    stored = wire("DUMP", "k")[1:-10]
    assert stored[:-size].hex() == head and stored[-size:] == value


@pytest.mark.goal("Texts of more than twenty bytes are written compressed where that saves something, others are not")
def test_compression(saver, rng):
    server, wire = saver
    noise = rng.randbytes(500)
    texts = {"a20": b"a" * 20, "a21": b"a" * 21, "a1000": b"a" * 1000, "noise": noise, "words": b"the same words " * 20,
             "k" * 100: b"long key", "half": noise[:100] + b"x" * 100}
    for key, value in texts.items():
        wire.ok("SET", key, value)
    file = saved(server)
    forms = {value: file.text(value).form for value in texts.values()}
    assert forms == {value: "raw" if value in (b"a" * 20, noise, b"long key") else "lzf" for value in texts.values()}
    assert file.text(b"k" * 100).form == "lzf", "keys, too"
    assert file.text(b"a" * 1000).stored < 40 and file.text(b"a" * 21).stored <= 3 + 17
    wire.ok("CONFIG", "SET", "rdbcompression", "no")
    assert {text.form for text in saved(server).texts} <= {"raw", "integer"}


@pytest.mark.goal("Compressed text is an LZF stream that expands to the very value")
def test_lzf(server, wire, rng):
    far = b"0" * 9000 + rng.randbytes(30) + b"0" * 9000
    for value in (b"a" * 21, b"a" * 100, b"abc" * 5000, rng.randbytes(300) * 3, far):
        wire.ok("SET", "k", value)
        stored = wire("DUMP", "k")[1:-10]
        assert stored[:1] == b"\xc3"
        from_reader = saved(server).key("k").value
        assert from_reader == value
        if len(value) <= 100:
            assert lzf_expand(stored[3 if len(value) < 64 else 4:], len(value)) == value


@pytest.mark.parametrize("elements", [["a", "b"],
                                      [0, 127, 128, -1, 4095, -4096, 4096, 32768, 8388608, 1 << 31, -(1 << 63)],
                                      ["00", "x" * 20, "", "-0", "9223372036854775808"]],
                         ids=["two", "numbers", "texts"])
@pytest.mark.goal("A list is written as packed nodes, numbers inside as numbers of the least width")
def test_list(fresh_server, elements):
    server = fresh_server(rdbcompression="no")
    server.wire()("RPUSH", "l", *elements)
    value = quicklist(listpack(natural(elements)))
    assert body(server)[0] == RdbWriter().select(0, 1, 0).key(LIST_QUICKLIST_2, "l", value).data[9:]


@pytest.mark.goal("Small hashes and sorted sets are written as one listpack, large ones element by element")
def test_hash_and_zset(fresh_server):
    server = fresh_server(rdbcompression="no")
    wire = server.wire()
    wire("HSET", "h", "name", "bob", "age", 42)
    assert body(server)[0].endswith(bytes([HASH_LISTPACK]) + raw("h") + raw(listpack([b"name", b"bob", b"age", 42])))
    wire.ok("FLUSHALL")
    wire("ZADD", "z", 2.5, "b", 1, "a", "-inf", 7, 1e20, "c", 0.1, "d")
    flat = [7, b"-inf", b"d", b"0.10000000000000001", b"a", 1, b"b", b"2.5", b"c", b"1e+20"]
    assert body(server)[0].endswith(bytes([ZSET_LISTPACK]) + raw("z") + raw(listpack(flat)))
    wire.ok("CONFIG", "SET", "hash-max-listpack-entries", 0, "zset-max-listpack-entries", 0)
    wire("HSET", "big", "f", 1, "g", "text")
    wire("ZADD", "bigz", 1, "a", 2.5, "b", "inf", "c")
    file = saved(server)
    assert file.key("big").type == HASH and sorted(file.key("big").value) == [(b"f", b"1"), (b"g", b"text")]
    key = file.key("bigz")
    assert key.type == ZSET_2 and key.value == [(b"c", float("inf")), (b"b", 2.5), (b"a", 1.0)], "highest score first"


@pytest.mark.goal("Sets of integers are written as one ordered block, others member by member")
def test_sets(fresh_server):
    server = fresh_server(rdbcompression="no")
    wire = server.wire()
    wire("SADD", "s", 3, -1, 5)
    assert body(server)[0].endswith(bytes([SET_INTSET]) + raw("s") + raw(bytes.fromhex("0200000003000000ffff03000500")))
    wire("SADD", "s", "text", 1000)
    stored, file = body(server)
    assert file.key("s").type == SET and sorted(file.key("s").value) == [b"-1", b"1000", b"3", b"5", b"text"]
    assert integer(1000) in stored and string("text") in stored


def fill(wire, rng):
    """A bit of everything; returns the number of keys."""
    for i in range(40):
        wire("SET", f"string{i}", rng.choice([i, rng.randrange(1 << 60), "text", "z" * 400, rng.randbytes(90)]))
        wire("RPUSH", f"list{i}", *(rng.choice([j, "t" * j, rng.randbytes(9)]) for j in range(i + 1)))
        wire("SADD", f"intset{i}", *(rng.randrange(1 << i) for _ in range(i + 1)))
        wire("SADD", f"set{i}", *(f"member{j}" for j in range(i + 1)))
        wire("HSET", f"hash{i}", *(rng.choice(["f%d" % j, j]) for j in range(2 * i + 2)))
        wire("ZADD", f"zset{i}", *(word for j in range(i + 1) for word in (rng.uniform(-9, 9), f"member{j}")))
        wire("PEXPIRE", f"hash{i}", 10_000_000)
    assert wire("DBSIZE") == 240
    return 240


@pytest.mark.parametrize("options", [{}, {"rdbcompression": "no"}, {"rdbchecksum": "no"}, {
    "hash_max_listpack_entries": 3, "zset_max_listpack_entries": 3, "set_max_intset_entries": 3,
    "list_max_listpack_size": 3, "list_compress_depth": 1}],
    ids=["default", "uncompressed", "unchecked", "small limits"])
@pytest.mark.goal("redis-check-rdb finds nothing wrong with a file that holds every type, and counts its keys")
def test_check_rdb(fresh_server, rng, options):
    server = fresh_server(**options)
    keys = fill(server.wire(), rng)
    assert len(saved(server).keys) == keys
    assert check_rdb(dump_path(server)) == {"keys read": keys, "expires": 40, "already expired": 0}


@pytest.mark.goal("The same data gives the same keys and values from SAVE and from BGSAVE")
def test_save_and_bgsave(saver, rng):
    server, wire = saver
    fill(wire, rng)

    def essence(file):
        return sorted((key.name, key.type, sorted(key.value), key.expire_ms or 0) for key in file.keys)

    first = essence(saved(server))
    background_save(wire)
    assert essence(dump_file(server)) == first and len(first) == 240
    data = dump_path(server).read_bytes()
    assert crc64(data[:-8]).to_bytes(8, "little") == data[-8:]
