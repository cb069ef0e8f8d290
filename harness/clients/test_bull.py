"""bull, a queue of jobs on 30 Lua scripts, blocking calls and published events, does its work on the server."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(150)
KITCHEN = Path(__file__).resolve().parent / "bull" / "kitchen.js"
SCENES = {
    "plates": "Orders added one by one and in bulk are cooked, each with its answer",
    "shared": "Three processes share the work: every order is cooked once",
    "order_of_service": "Priorities, last in first out, pause and resume",
    "burnt": "What fails is tried again after a while, then put aside with its reason, and may be retried by hand",
    "later": "Delayed orders come in time, and not before",
    "rush_hour": "A limit of orders per time holds",
    "every_day": "Orders that repeat themselves, a given number of times",
    "told": "Events reach those who listen in other processes",
    "stalled": "A cook that is killed loses its lock, and another one cooks the order",
    "tidy": "Orders are removed by pattern, by age, and altogether: nothing of the queue is left",
}


@pytest.fixture
def kitchen():
    assert os.environ.get("STRATA_BULL"), "run ./strata clients, which installs bull and says where it is"
    made = []

    def play(scene, server):
        made.append(subprocess.Popen(["node", str(KITCHEN), scene, str(server.port)], stdin=subprocess.PIPE,
                                     stdout=open(server.dir / "kitchen.out", "wb"), stderr=subprocess.STDOUT,
                                     start_new_session=True))
        return made[-1]
    yield play
    for process in made:
        try:
            os.killpg(process.pid, 9)  # cooks, too
        except ProcessLookupError:
            pass
        process.wait()


def told(server):
    return (server.dir / "kitchen.out").read_text()


def ended_well(process, server):
    assert process.wait(scaled(120)) == 0, told(server)[-3000:]


@pytest.mark.parametrize("scene", [pytest.param(scene, marks=pytest.mark.goal(goal)) for scene, goal in SCENES.items()])
def test_scene(server, kitchen, scene):
    ended_well(kitchen(scene, server), server)


@pytest.mark.goal("A server that is stopped and started again in the middle of the work loses no order: its log has them")
def test_restart(fresh_server, kitchen):
    server = fresh_server(appendonly="yes", appendfsync="always")
    process = kitchen("restart", server)
    line = wait_until(lambda: re.search(r'\{"restart".*\}\n', told(server)), 20, "the kitchen to be at work")
    assert 10 < json.loads(line.group())["restart"] < 100, "it is in the middle of the work"
    server.restart()
    process.stdin.write(b"go on\n")
    process.stdin.flush()
    ended_well(process, server)


@pytest.mark.goal("With a replica behind it: all that bull's scripts did is there, key for key")
def test_replica(fresh_server, kitchen):
    master, replica = (fresh_server(enable_debug_command="yes", repl_diskless_sync_delay=0) for _ in range(2))
    wire, other = master.wire(), replica.wire()
    other.ok("REPLICAOF", "127.0.0.1", master.port)
    wait_until(lambda: b"master_link_status:up" in other("INFO", "replication"), 10, "the link")
    for scene in ("plates", "burnt", "later"):
        ended_well(kitchen(scene, master), master)
    assert wire("DBSIZE") > 100
    wait_until(lambda: other("DEBUG", "DIGEST") == wire("DEBUG", "DIGEST"), 15, "master and replica to hold the same")
