"""RDB files: what the builder makes and the reader takes, against bytes that redis-server 7.0.15 wrote."""

import pytest

from strata_harness.packed import (PackedError, backlen, canonical_integer, intset, listpack, natural, read_intset,
                                   read_listpack, ziplist, zipmap)
from strata_harness.rdb_codes import (Cursor, RdbError, crc64, double, integer, length, lzf, lzf_expand, lzf_literals,
                                      lzf_run, raw, string, text_double)
from strata_harness.rdb_file import (HASH_ZIPMAP, LIST_QUICKLIST, LIST_QUICKLIST_2, LIST_ZIPLIST, STRING, ZSET,
                                     ZSET_ZIPLIST, RdbWriter, payload, quicklist, read_payload, read_rdb, table)

# An empty dataset, as redis-server saved it.
EMPTY_FILE = bytes.fromhex(
    "524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c040fa056374696d65c25157026bfa08"
    "757365642d6d656dc2a0540e00fa08616f662d62617365c000ff54b508b15c924cde")
# The listpack of six similar texts, and what redis-server compressed it to.
COMPRESSED = bytes.fromhex("096100000006008d616263e0000201300ee0040e0031e0050e0032e0050e0033e0050e0034e0050e02350eff")


def test_checksum():
    assert crc64(b"123456789") == 0xE9C6D914C4B8D9CA
    assert crc64(b"6789", crc64(b"12345")) == crc64(b"123456789")


@pytest.mark.parametrize("number, data", [(5, "05"), (63, "3f"), (64, "4040"), (70, "4046"), (16383, "7fff"),
                                          (16384, "8000004000"), (20000, "8000004e20"),
                                          (1795315375550, "81000001a201229dbe")])
def test_length(number, data):
    assert length(number).hex() == data
    assert Cursor(bytes.fromhex(data)).length() == number


@pytest.mark.parametrize("data", ["4005", "8000000005", "820000000000", "c0", "81ffffff"])
def test_lengths_that_redis_does_not_write(data):
    with pytest.raises(RdbError):
        Cursor(bytes.fromhex(data)).length()
    assert length(5, form=5) == bytes.fromhex("8000000005") and length(5, form=2) == bytes.fromhex("4005")


@pytest.mark.parametrize("text, data", [
    ("hello", "0568656c6c6f"), ("-5", "c0fb"), ("1000", "c1e803"), ("100000", "c2a0860100"),
    ("-2147483648", "c200000080"), ("2147483648", "0a32313437343833363438"), ("007", "03303037"), ("-0", "022d30"),
    ("+1", "022b31"), ("", "00")])
def test_string(text, data):
    assert string(text).hex() == data
    assert Cursor(bytes.fromhex(data)).text() == text.encode()


@pytest.mark.parametrize("data", [raw("5"), integer(5, 2), integer(5, 4), lzf(lzf_run(b"a", 20), 20), b"\xc4\x00",
                                  b"\x05ab", lzf(lzf_run(b"a", 30), 31), lzf(lzf_literals(b"a" * 40), 40), b""])
def test_strings_that_redis_does_not_write(data):
    with pytest.raises(RdbError):
        Cursor(data).text()


def test_lzf():
    assert lzf_expand(bytes.fromhex("016161e057000161" "61"), 100) == b"a" * 100
    assert lzf_expand(lzf_run(b"z", 265), 265) == b"z" * 265
    assert lzf_expand(lzf_literals(bytes(range(70))), 70) == bytes(range(70))
    assert read_listpack(lzf_expand(COMPRESSED, 97)) == [b"abc" * 4 + b"%d" % i for i in range(6)]
    for stream in (b"\x05ab", b"\x20\x00", b"\x00a\x20\x05"):
        with pytest.raises(ValueError):
            lzf_expand(stream, 3)


def test_doubles():
    assert double(2.5).hex() == "0000000000000440"
    assert [text_double(one).hex() for one in (1.5, 17, float("inf"), "-inf", "nan")] == [
        "03312e35", "023137", "fe", "ff", "fd"]


# Every entry of a listpack, as captured.
LISTPACK_ENTRIES = [
    ("a", "816102"), ("0", "0001"), ("127", "7f01"), ("128", "c08002"), ("-1", "dfff02"), ("4095", "cfff02"),
    ("-4096", "d00002"), ("4096", "f1001003"), ("-32768", "f1008003"), ("32768", "f200800004"),
    ("-8388608", "f200008004"), ("8388608", "f30000800005"), ("2147483648", "f4000000800000000009"),
    ("-9223372036854775808", "f4000000000000008009"), ("00", "82303003"),
    ("9223372036854775808", "933932323333373230333638353437373538303814")]


def test_listpack():
    texts = [text.encode() for text, _ in LISTPACK_ENTRIES]
    body = bytes.fromhex("".join(entry for _, entry in LISTPACK_ENTRIES))
    blob = (len(body) + 7).to_bytes(4, "little") + len(texts).to_bytes(2, "little") + body + b"\xff"
    assert listpack(natural(texts)) == blob and read_listpack(blob) == texts
    long = [b"x" * size for size in (63, 64, 4095, 4096, 16400)]
    assert read_listpack(listpack(long)) == long
    assert [backlen(size).hex() for size in (127, 128, 16382, 16383, 4101)] == ["7f", "0180", "7ffe", "00ffff", "2085"]
    assert listpack([]).hex() == "070000000000ff"


def test_listpacks_that_redis_does_not_write():
    good = listpack([b"ab", 5])
    for wrong in (good[:-1], good[:-1] + b"\0", good[:4] + b"\3" + good[5:], good.replace(b"ab\3", b"ab\4"),
                  listpack([b"5"]), good.replace(b"\5\1", b"\xf9\1")):
        with pytest.raises((PackedError, IndexError)):
            read_listpack(wrong)


def test_canonical_integers():
    assert [canonical_integer(text) for text in (b"0", b"-1", b"9223372036854775807")] == [0, -1, (1 << 63) - 1]
    for text in (b"", b"-", b"-0", b"01", b"+1", b"1 ", b"9223372036854775808", b"\xd9\xa1"):
        assert canonical_integer(text) is None


def test_intset():
    assert intset([-1, 3, 5]).hex() == "0200000003000000ffff03000500"
    assert read_intset(intset([5, 5000000000])) == (8, [5, 5000000000])
    for wrong in (intset([]), intset([2, 1]), intset([1, 1]), intset([1])[:-1], b"\3\0\0\0\1\0\0\0abc"):
        with pytest.raises(PackedError):
            read_intset(wrong)


def test_old_values():
    numbers = [b"2", 5, -1, 1000, 70000, 100000000, 3000000000, b"hi", b"y" * 300, b"end"]
    blob = ziplist(numbers)
    assert blob[:16].hex() == "680100005e0100000a00000132" "03f602"
    assert payload(LIST_ZIPLIST, raw(blob))[-8:].hex() == "46e9284dcd1d1b68"
    assert payload(ZSET_ZIPLIST, raw(ziplist([b"a", 1, b"b", b"2.5"])))[-8:].hex() == "5c571d9d946faeb7"
    assert len(ziplist([b"a", b"b"], wide_links=True)) == len(ziplist([b"a", b"b"])) + 8
    two = zipmap([(b"foo", b"bar")])[1:-1] + zipmap([(b"hello", b"world")], free=2)[1:-1]
    assert payload(HASH_ZIPMAP, raw(b"\2" + two + b"\xff"))[-8:].hex() == "f627fb313a4dcda3"
    old = payload(LIST_QUICKLIST, table(raw(ziplist([b"a", 1])), raw(ziplist([b"b"]))))
    assert old[-8:].hex() == "6363d9409dc823d4"
    scores = table(*(raw(m) + text_double(s) for m, s in (("a", 1.5), ("b", "inf"), ("c", "-inf"), ("d", 17))))
    assert payload(ZSET, scores)[-8:].hex() == "0ddfeb51fbf6c7f5"


def test_payloads():
    assert payload(STRING, string("hello")).hex() == "000568656c6c6f0a006372df766534200a"
    assert payload(STRING, string(42)).hex() == "00c02a0a0081fb5cfa86634f50"
    two = payload(LIST_QUICKLIST_2, quicklist(listpack([b"a", b"b"])))
    assert two.hex() == "1201020d0d000000020081610281" "6202ff0a0068eb0a891341bbb1"
    key = read_payload(two)
    assert (key.type, key.value, key.nodes) == (LIST_QUICKLIST_2, [b"a", b"b"], [(2, 2)])
    for wrong in (two[:-1], two[1:], payload(STRING, string("x"), version=9), payload(STRING, b"\1ab"),
                  payload(8, b"\0")):
        with pytest.raises(RdbError):
            read_payload(wrong)


def test_an_empty_file_of_redis():
    file = read_rdb(EMPTY_FILE + b"garbage")
    assert file.aux == [(b"redis-ver", b"7.0.15"), (b"redis-bits", b"64"), (b"ctime", b"1795315537"),
                        (b"used-mem", b"939168"), (b"aof-base", b"0")]
    assert file.keys == [] and file.size == len(EMPTY_FILE) and file.checksum == file.real_checksum
    writer = RdbWriter()
    for name, value in file.aux:
        writer.aux(name.decode(), value)
    assert writer.end() == EMPTY_FILE


def test_what_is_built_is_read():
    writer = RdbWriter().aux("x", 1).select(3, 2, 1).expire_ms(4102444800123).idle(7).key(STRING, 123, string("v"))
    file = read_rdb(writer.freq(9).key(STRING, "k", lzf(lzf_run(b"a", 30), 30)).select(70).end())
    first, second = file.keys
    assert (first.db, first.name, first.value, first.expire_ms, first.idle, first.freq) == (
        3, b"123", b"v", 4102444800123, 7, None)
    assert (second.db, second.value, second.expire_ms, second.freq) == (3, b"a" * 30, None, 9)
    assert file.announced == {3: (2, 1)} and file.text(b"a" * 30).form == "lzf" and file.text(b"123").form == "integer"
    assert file.key("k") is second
    assert RdbWriter(version=4).end() == b"REDIS0004\xff" and RdbWriter(version="10x").end(0)[-8:] == bytes(8)


@pytest.mark.parametrize("data", [b"", b"REDIS0009\xff" + bytes(8), b"REDIX0010\xff" + bytes(8), RdbWriter().end()[:-1],
                                  RdbWriter().key(1, "l", table(raw("a"))).end(), RdbWriter().add(200).end()])
def test_files_that_redis_does_not_write(data):
    with pytest.raises(RdbError):
        read_rdb(data)
