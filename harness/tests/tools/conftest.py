"""Fixtures of the tests of the tools."""

import random
from pathlib import Path

import pytest

from strata_harness.sample import fill
from strata_harness.server import Server

pytest.register_assert_rewrite("two_tools")


@pytest.fixture(scope="session")
def dump() -> bytes:
    """An RDB file of redis-server's with keys of every type, in every encoding."""
    with Server("redis-server") as server:
        wire = server.start().wire()
        fill(wire, random.Random(7), count=4)
        wire.ok("SAVE")
        return Path(server.dir / "dump.rdb").read_bytes()
