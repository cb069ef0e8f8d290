"""What one test used: its servers and connections, so that a failure can show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from .transcript import Transcript

if TYPE_CHECKING:
    from .server import Server


@dataclass
class TestContext:
    """Collected by the fixtures, read by the report."""

    __test__ = False  # pytest, this is not a test class

    seed: int
    servers: list[Server] = field(default_factory=list)
    transcripts: list[Transcript] = field(default_factory=list)


CONTEXT_KEY: pytest.StashKey[TestContext] = pytest.StashKey()


def context_of(item: pytest.Item) -> TestContext:
    """The context of a test, made at its first use."""
    if CONTEXT_KEY not in item.stash:
        item.stash[CONTEXT_KEY] = TestContext(seed=item.config.getoption("--seed"))
    return item.stash[CONTEXT_KEY]
