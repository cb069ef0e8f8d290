"""The differential run itself: silent on two equal servers, loud and to the point on two that differ."""

from __future__ import annotations

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "harness.differential", "--a", "redis-server", *arguments], cwd=ROOT,
                          capture_output=True,
                          text=True, timeout=120)


def test_two_equal_servers_give_the_same_replies():
    done = run("--b", "redis-server", "--commands", "8000", "--seed", "equal")
    assert done.returncode == 0, done.stdout
    assert "0 differences, 0 server failures" in done.stdout


def test_a_difference_is_counted_and_its_history_is_shrunk():
    done = run("--b", "redis-server --databases 4", "--commands", "4000", "--families", "keys", "--show", "100")
    assert done.returncode == 1, done.stdout
    blocks = [block for block in done.stdout.split("\n=== ")[1:] if block.startswith("difference in select")]
    assert blocks, done.stdout
    history = [line for line in blocks[0].splitlines() if line.startswith("    > ")]
    assert len(history) == 1 and "select" in history[0].lower()  # no other command is needed for it
    assert "a: '+OK" in blocks[0] and "b: '-ERR DB index is out of range" in blocks[0]


def test_a_difference_that_needs_a_history_keeps_it():
    done = run("--b", "redis-server --maxmemory-policy allkeys-lfu", "--commands", "4000", "--families", "keys,strings",
               "--show", "100")
    assert done.returncode == 1, done.stdout
    blocks = [block for block in done.stdout.split("\n=== ")[1:] if block.startswith("difference in object|freq")]
    histories = [[line for line in block.splitlines() if line.startswith("    > ")] for block in blocks]
    assert histories and all(2 <= len(history) <= 6 for history in histories)  # the key has to exist, and little else


def test_a_server_that_dies_is_told():
    """The run starts it again and goes on."""
    program = ROOT / "harness" / "differential" / "tests" / "dies_on_lcs.py"
    done = run("--b", f"{sys.executable} {program}", "--episode", "0", "--families", "strings", "--shrink-seconds", "0")
    assert done.returncode == 1, done.stdout
    assert "difference in lcs" in done.stdout and "failed: exited with code 7" in done.stdout
    assert "1 differences, 2 server failures" in done.stdout


def test_a_server_that_does_not_start_is_told():
    done = run("--b", "false", "--commands", "10")
    assert done.returncode == 2 and "does not start" in done.stderr
