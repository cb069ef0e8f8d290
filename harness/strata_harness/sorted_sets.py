"""Sorted sets to test with, in both encodings."""

from __future__ import annotations

import math

import pytest


@pytest.fixture(params=["listpack", "skiplist"])
def encoding(request, wire):
    """Runs a test with each encoding: sorted sets are made in the one that it names."""
    if request.param == "skiplist":
        wire.ok("CONFIG", "SET", "zset-max-listpack-entries", 0)
    return request.param.encode()


def encoding_of(wire, key="z"):
    return wire("OBJECT", "ENCODING", key)


def fill(wire, scores, key="z"):
    """A sorted set from a dict of member to score."""
    words = [word for member, score in scores.items() for word in (score, member)]
    for start in range(0, len(words), 1000):
        wire("ZADD", key, *words[start:start + 1000])


def ordered(scores):
    return [member for _, member in sorted((score, member) for member, score in scores.items())]


def text(score):
    return (b"%.17g" % score) if math.isfinite(score) else (b"inf" if score > 0 else b"-inf")
