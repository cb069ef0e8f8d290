"""Fixtures of the tests of strata-backup: a place with a dump, servers of the test's own."""

import shutil
from pathlib import Path

import pytest

from backup_place import KEYS, Place
from strata_harness.server import Server


def pytest_collection_modifyitems(items) -> None:
    """A test here starts many processes and waits for the disk: a busy machine takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.limit(90))


@pytest.fixture(scope="session")
def good_dump(tmp_path_factory):
    """A dump of KEYS keys in several types and databases, none of which expires."""
    with Server("redis-server") as server:
        wire = server.start().wire()
        for number in range(KEYS - 4):
            wire.ok("SET", f"key:{number}", "value" * number)
        wire("RPUSH", "list", *range(500))
        wire("HSET", "hash", "field", "value")
        wire("SADD", "set", 1, 2, 3)
        wire.ok("SELECT", 3)
        wire("ZADD", "sorted", 1, "one")
        wire.ok("SAVE")
        return Path(shutil.copy(server.dir / "dump.rdb", tmp_path_factory.mktemp("dump")))


@pytest.fixture
def place(tmp_path, good_dump):
    made = Place(tmp_path)
    shutil.copy(good_dump, made.dump)
    return made


@pytest.fixture
def start_server():
    """Starts a redis-server; over `folder`, when given."""
    started = []

    def start(folder: Path = None, **options) -> Server:
        started.append(Server("redis-server", {**options, **({"dir": str(folder)} if folder else {})}))
        return started[-1].start()

    yield start
    for server in started:
        server.close()
