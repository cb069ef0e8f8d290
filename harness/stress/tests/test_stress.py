"""The stress command tells the truth: it passes on a good server and fails when an expectation is not met."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


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
