"""Hashes to test with, in both encodings."""

from __future__ import annotations

import pytest



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
