"""The stress command tells the truth: it passes on a good server and fails when an expectation is not met."""

from __future__ import annotations

import os
import pathlib
import random
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from harness.strata_harness import log_crash  # noqa: E402  (found through the line above)
from harness.strata_harness.server import Server  # noqa: E402
from harness.stress import snapshot_crash  # noqa: E402


def run(*arguments: str, scale: str = "1") -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "harness.stress", *arguments], cwd=ROOT, capture_output=True,
                          text=True, timeout=120,
                          env={**os.environ, "TIMEOUT_SCALE": scale})


def test_a_good_server_passes():
    done = run("query_buffer", "--server", "redis-server")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("query_buffer: passed")


def test_wrong_replies_of_busy_clients_are_seen():
    done = run("busy_clients", "--server", "redis-server --rename-command EXISTS nope", "--clients", "20", "--seconds",
               "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "expected b" in done.stdout and "unknown command" in done.stdout


def test_memory_that_does_not_return_is_seen():
    done = run("query_buffer", "--server", "redis-server", "--memory-slack-mb", "-5", scale="0.2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  memory returns at the end" in done.stdout


def test_a_server_that_does_not_start_fails_the_run():
    done = run("idle_clients", "--server", "false", "--clients", "1")
    assert done.returncode == 1 and "did not start" in done.stdout


def test_whole_snapshots_are_left_by_a_good_server():
    done = run("snapshot_crash", "--server", "redis-server", "--rounds", "10")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 kills" in done.stdout


def test_a_server_that_starts_with_other_data_than_its_snapshot_is_seen():
    done = run("snapshot_crash", "--server", "redis-server --appendonly yes", "--rounds", "10")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  round 1: " in done.stdout and "the server starts with generation" in done.stdout


@pytest.mark.parametrize("damage, seen", [
    (("SETRANGE", "string:7", 0, "0000000009"), "several generations"),
    (("HSET", "hash", 5, "0000000009"), "several generations"),
    (("ZINCRBY", "zset", 1, 5), "several generations"),
    (("LPOP", "list"), "list has 299 elements"),
    (("DEL", "string:7"), "string:7 holds None"),
    (("APPEND", "string:7", "x"), "string:7 holds"),
    (("SET", "other", "x"), "keys instead of"),
])
def test_data_of_no_single_moment_is_seen(damage, seen):
    with Server("redis-server").start() as server:
        wire = server.wire()
        snapshot_crash.write(wire, 8)
        assert snapshot_crash.generation_of(wire) == 8
        wire(*damage)
        with pytest.raises(AssertionError, match=seen):
            snapshot_crash.generation_of(wire)


def test_a_log_that_keeps_everything_passes():
    done = run("aof_crash", "--server", "redis-server", "--rounds", "8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 kills" in done.stdout


class ForgetfulServer(Server):
    """Its log lacks its second half at each start: more than what a client may not have heard of yet."""

    def start(self, wait: bool = True) -> Server:
        for path in self.dir.glob("appendonlydir/*.incr.aof"):
            os.truncate(path, path.stat().st_size // 2)
        return super().start(wait)


@pytest.fixture
def log_crashes():
    made = []

    def make(kind):
        made.extend([kind("redis-server", log_crash.SERVER_OPTIONS), Server("redis-server", log_crash.MIRROR_OPTIONS)])
        return log_crash.LogCrashes(*[server.start() for server in made], random.Random(1), key_delay_us=0)

    yield make
    for server in made:
        server.close()


def test_acknowledged_writes_that_are_gone_are_seen(log_crashes):
    with pytest.raises(AssertionError, match="at least .* had to be"):
        log_crashes(ForgetfulServer).crash("write")


def test_other_data_than_that_of_the_writes_is_seen(log_crashes):
    crashes = log_crashes(Server)
    crashes.server.wire().ok("SET", "never written", "of nobody")
    with pytest.raises(AssertionError, match="the data is not that of these operations"):
        crashes.crash("rewrite")


@pytest.mark.limit(120)
def test_a_good_server_survives_a_power_loss():
    done = run("power_loss", "--server", "redis-server", "--rounds", "3", "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("after each power loss what was promised") == 2


@pytest.mark.limit(120)
def test_replies_before_the_sync_are_seen():
    done = run("power_loss", "--server", "redis-server --no-appendfsync-on-rewrite yes", "--rounds", "1", "--seconds",
               "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "was acknowledged before it was synced" in done.stdout
