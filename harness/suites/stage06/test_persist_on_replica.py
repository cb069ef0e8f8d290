"""Persistence on the replica alone: what a master that keeps nothing does to it when it starts again, and the way out.

    master     save "", appendonly no      keeps nothing: starts empty
    replica    appendonly yes              holds what its master holds, whatever its own log has
"""

import pytest

from strata_harness.aof_server import digest, reborn, wait_rewritten
from strata_harness.hybrid import base_image
from strata_harness.replicas import OPTIONS, follow, in_step, replication
from strata_harness.sample import fill
from strata_harness.wait import wait_until

LOGGED = {**OPTIONS, "appendonly": "yes", "appendfsync": "always"}


@pytest.fixture
def pair(fresh_server, rng):
    """A master that keeps nothing, its replica that keeps a log, in step, and the digest of their data."""
    master, replica = fresh_server(**OPTIONS), fresh_server(**LOGGED)
    wire = master.wire()
    fill(wire, rng, 10)
    follow(replica.wire(), master)
    in_step(wire, replica.wire())
    wait_rewritten(replica.wire())
    wire.ok("SET", "later", "1")
    in_step(wire, replica.wire())
    return master, replica, digest(wire)


@pytest.mark.goal("A master without persistence that starts again empties its replica, and the replica's log with it")
def test_empty_master(pair):
    master, replica, before = pair
    master.kill()
    wire = replica.wire()
    wait_until(lambda: replication(wire)["master_link_status"] == "down", 10, "the link to be down")
    assert digest(wire) == before, "the replica has it all, as long as there is no master"
    master.start()
    in_step(master.wire(), wire)
    assert wire("DBSIZE") == 0
    wait_rewritten(wire)
    assert base_image(replica).keys == []
    assert reborn(replica)("DBSIZE") == 0, "its log has been replaced along with its data"


@pytest.mark.goal("Promoted before the master is back, the replica has everything, and the master gets it from there")
def test_promoted_first(pair):
    master, replica, before = pair
    master.kill()
    wire = replica.wire()
    wire.ok("REPLICAOF", "NO", "ONE")
    wire.ok("SET", "after", "1")
    follow(master.start().wire(), replica)
    in_step(wire, master.wire())
    assert master.wire()("GET", "after") == b"1" and wire("DEL", "after") == 1
    in_step(wire, master.wire())
    assert digest(master.wire()) == before
