"""LCS: the longest common subsequence, its length, and where it lies."""

import pytest


@pytest.fixture
def pair(wire):
    wire.ok("MSET", "a", "ohmytext", "b", "mynewtext")
    return wire


def lcs_length(a, b):
    """Dynamic programming over the two strings, as in any textbook."""
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for index, y in enumerate(b, 1):
            previous, row[index] = row[index], previous + 1 if x == y else max(row[index], row[index - 1])
    return row[-1]


def is_subsequence(part, whole):
    rest = iter(whole)
    return all(byte in rest for byte in part)


@pytest.mark.goal("LCS gives the common subsequence, LEN its length")
def test_basic(pair):
    assert pair("LCS", "a", "b") == b"mytext"
    assert pair("LCS", "a", "b", "len") == 6
    assert pair("LCS", "a", "a") == b"ohmytext"


@pytest.mark.goal("IDX lists the matching ranges from the end, with MINMATCHLEN and WITHMATCHLEN")
def test_idx(pair):
    assert pair("LCS", "a", "b", "IDX") == [b"matches", [[[4, 7], [5, 8]], [[2, 3], [0, 1]]], b"len", 6]
    assert pair("LCS", "a", "b", "IDX", "MINMATCHLEN", 4) == [b"matches", [[[4, 7], [5, 8]]], b"len", 6]
    assert pair("LCS", "a", "b", "IDX", "WITHMATCHLEN", "MINMATCHLEN", 0) == [
        b"matches", [[[4, 7], [5, 8], 4], [[2, 3], [0, 1], 2]], b"len", 6]
    assert pair("LCS", "a", "b", "IDX", "MINMATCHLEN", 100) == [b"matches", [], b"len", 6]


@pytest.mark.goal("A missing key counts as the empty string")
def test_missing(pair):
    assert pair("LCS", "a", "nope") == b""
    assert pair("LCS", "nope", "nope2", "LEN") == 0
    assert pair("LCS", "nope", "b", "IDX") == [b"matches", [], b"len", 0]


@pytest.mark.goal("LCS and IDX exclude each other, bad options are syntax errors, bad numbers are named")
def test_errors(pair):
    both = "ERR If you want both the length and indexes, please just use IDX."
    assert pair.error("LCS", "a", "b", "LEN", "IDX") == both
    assert pair.error("LCS", "a", "b", "NOSUCH") == "ERR syntax error"
    assert pair.error("LCS", "a", "b", "IDX", "MINMATCHLEN") == "ERR syntax error"
    assert pair.error("LCS", "a", "b", "IDX", "MINMATCHLEN", "x") == "ERR value is not an integer or out of range"


@pytest.mark.goal("On random strings the result has the optimal length and is a subsequence of both")
def test_random(wire, rng):
    for _ in range(30):
        a, b = (bytes(rng.choices(b"abcd", k=rng.randrange(0, 60))) for _ in range(2))
        wire.ok("MSET", "a", a, "b", b)
        found = wire("LCS", "a", "b")
        assert is_subsequence(found, a) and is_subsequence(found, b)
        assert len(found) == lcs_length(a, b) == wire("LCS", "a", "b", "LEN")


@pytest.mark.goal("The ranges of IDX name equal bytes in both strings and add up to LEN")
def test_random_idx(wire, rng):
    for _ in range(20):
        a, b = (bytes(rng.choices(b"abc", k=rng.randrange(1, 50))) for _ in range(2))
        wire.ok("MSET", "a", a, "b", b)
        _, matches, _, total = wire("LCS", "a", "b", "IDX", "WITHMATCHLEN")
        for (a_first, a_last), (b_first, b_last), length in matches:
            assert a[a_first:a_last + 1] == b[b_first:b_last + 1]
            assert length == a_last - a_first + 1
        assert sum(length for _, _, length in matches) == total == lcs_length(a, b)


@pytest.mark.goal("LCS refuses strings whose table would need more memory than proto-max-bulk-len")
def test_lcs_memory(wire):
    wire.ok("CONFIG", "SET", "proto-max-bulk-len", "1mb")
    wire.ok("MSET", "a", "x" * 511, "b", "x" * 511)
    assert wire("LCS", "a", "b", "LEN") == 511  # 512 * 512 cells of 4 bytes
    wire("APPEND", "a", "x")
    assert wire.error("LCS", "a", "b", "LEN") == (
        "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
