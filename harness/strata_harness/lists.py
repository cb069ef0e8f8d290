"""Lists to test with, cut into nodes in several ways."""

from __future__ import annotations

import pytest

# How a list is cut into nodes must never show in a reply.
SHAPES = {
    "one node": {},
    "small nodes": {"list-max-listpack-size": 3},
    "compressed": {"list-max-listpack-size": 3, "list-compress-depth": 1},
    "a node for each": {"list-max-listpack-size": 1, "list-compress-depth": 2},
}


@pytest.fixture(params=SHAPES, ids=lambda name: name.replace(" ", "-"))
def shape(request, wire):
    """Runs a test with lists cut into nodes in several ways."""
    for option, value in SHAPES[request.param].items():
        wire.ok("CONFIG", "SET", option, value)


def elements(wire, key="l"):
    return wire("LRANGE", key, 0, -1)


def fill(wire, count, key="l"):
    """A list of `count` elements e0 e1 ..., returned as a list."""
    items = [b"e%d" % number for number in range(count)]
    for start in range(0, count, 500):
        assert wire("RPUSH", key, *items[start:start + 500]) == min(start + 500, len(items))
    return items
