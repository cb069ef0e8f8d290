"""Options and fixtures of the grader's tests."""

import os

import pytest


@pytest.fixture
def update_snapshots():
    """UPDATE_SNAPSHOTS=1 stores what the tests see instead of comparing with it; then read the diff."""
    return bool(os.environ.get("UPDATE_SNAPSHOTS"))
