"""Epochs, roles and members, as one node is told of them: BUMPEPOCH, RESET, FORGET, REPLICATE, MEET and others."""

import re

import pytest

from strata_harness.cluster import (FRIEND, ME, OPTIONS, OTHER, SLOTS, THIRD, Member, Scene, absent, cluster_info,
                                    key_in, members, my_id, myself, with_conf)
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(30)
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1),
               absent(FRIEND, slots=set(range(8000, SLOTS)), epoch=2), absent(OTHER, epoch=3),
               absent(THIRD, master=FRIEND)], current_epoch=7)


def epochs(wire):
    info = cluster_info(wire)
    return int(info["cluster_current_epoch"]), int(info["cluster_my_epoch"])


@pytest.fixture
def node(fresh_server):
    """A node of its own, without slots, that knows nobody."""
    return fresh_server(**OPTIONS).wire()


@pytest.fixture
def member(fresh_server):
    """A node of its own, without slots, in a cluster of nodes that are not there."""
    scene = Scene([Member(ME, epoch=1), absent(FRIEND, slots=set(range(SLOTS)), epoch=2), absent(OTHER, epoch=3),
                   absent(THIRD, master=FRIEND)])
    return with_conf(fresh_server, scene).wire()


# -- epochs ------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("BUMPEPOCH makes the node's epoch the greatest of all; if it is that already it stays")
def test_bump(wire, node):
    assert node("CLUSTER", "BUMPEPOCH") == "BUMPED 1" and epochs(node) == (1, 1)
    assert node("CLUSTER", "BUMPEPOCH") == "STILL 1" and epochs(node) == (1, 1)
    before = epochs(wire)
    assert before[0] == 7
    assert wire("CLUSTER", "BUMPEPOCH") == "BUMPED 8" and epochs(wire) == (8, 8)
    assert wire("CLUSTER", "BUMPEPOCH") == "STILL 8"


@pytest.mark.goal("SET-CONFIG-EPOCH works once, on a node that knows nobody, and raises the current epoch")
def test_set_config_epoch(node, member):
    node.ok("CLUSTER", "SET-CONFIG-EPOCH", 0)
    node.ok("CLUSTER", "SET-CONFIG-EPOCH", 5)
    assert epochs(node) == (5, 5)
    assert node.error("CLUSTER", "SET-CONFIG-EPOCH", 6) == "ERR Node config epoch is already non-zero"
    assert member.error("CLUSTER", "SET-CONFIG-EPOCH", 6) == (
        "ERR The user can assign a config epoch only when the node does not know any other node.")
    assert epochs(member) == (3, 1)


# -- RESET -------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("RESET forgets slots, open slots and all other nodes; SOFT keeps id and epochs")
def test_reset_soft(member):
    member.ok("CLUSTER", "SETSLOT", 1, "IMPORTING", FRIEND)
    for words in (["RESET"], ["RESET", "soft"]):
        member.ok("CLUSTER", *words)
        assert my_id(member) == ME and len(members(member)) == 1
        assert myself(member).open_slots == [] and member("CLUSTER", "SLOTS") == []
        assert epochs(member) == (3, 1)


@pytest.mark.goal("RESET HARD is a new birth: another id, all epochs 0")
def test_reset_hard(member):
    member.ok("CLUSTER", "RESET", "HARD")
    assert re.fullmatch("[0-9a-f]{40}", my_id(member)) and my_id(member) != ME
    assert len(members(member)) == 1 and epochs(member) == (0, 0)
    member.ok("CLUSTER", "SET-CONFIG-EPOCH", 1)


@pytest.mark.goal("RESET is refused to a master with keys")
def test_reset_refused(wire):
    wire.ok("SET", key_in(1), "v")
    for words in (["RESET"], ["RESET", "HARD"]):
        assert wire.error("CLUSTER", *words) == "ERR CLUSTER RESET can't be called with master nodes containing keys"
    assert SCENE.holds(wire) and wire("GET", key_in(1)) == b"v"


@pytest.mark.goal("RESET makes a replica a master again, without data")
def test_reset_replica(member):
    member.ok("CLUSTER", "REPLICATE", FRIEND)
    member.ok("CLUSTER", "RESET", "SOFT")
    assert "master" in myself(member).flags and member("ROLE")[0] == b"master" and member("DBSIZE") == 0


# -- other nodes -------------------------------------------------------------------------------------------------------


@pytest.mark.goal("REPLICATE makes an empty master a replica; one with slots is refused, and so are some targets")
def test_replicate(member, wire):
    assert member.error("CLUSTER", "REPLICATE", ME) == "ERR Can't replicate myself"
    assert member.error("CLUSTER", "REPLICATE", THIRD) == "ERR I can only replicate a master, not a replica."
    member.ok("CLUSTER", "REPLICATE", FRIEND)
    assert myself(member).master == FRIEND and myself(member).flags == {"myself", "slave"}
    assert member("ROLE")[:3] == [b"slave", b"127.0.0.1", 1]
    assert {line.split()[0] for line in member("CLUSTER", "REPLICAS", FRIEND)} == {ME.encode(), THIRD.encode()}
    assert member.error("SET", key_in(1), "v") == "MOVED 1 127.0.0.1:1"
    member.ok("CLUSTER", "REPLICATE", OTHER)
    assert myself(member).master == OTHER
    assert wire.error("CLUSTER", "REPLICATE", FRIEND) == (
        "ERR To set a master the node must be empty and without assigned slots.")


@pytest.mark.goal("FORGET removes a node with all that it had; its replicas have no master then")
def test_forget(member):
    assert member.error("CLUSTER", "FORGET", ME) == "ERR I tried hard but I can't forget myself..."
    member.ok("CLUSTER", "SETSLOT", 5, "IMPORTING", FRIEND)
    member.ok("CLUSTER", "FORGET", FRIEND)
    assert set(members(member)) == {ME, OTHER, THIRD}
    assert members(member)[THIRD].master == "-" and "slave" in members(member)[THIRD].flags
    assert cluster_info(member)["cluster_slots_assigned"] == "0" and myself(member).open_slots == []
    assert member.error("CLUSTER", "FORGET", FRIEND) == f"ERR Unknown node {FRIEND}"


@pytest.mark.goal("A replica cannot forget its master, but other nodes")
def test_forget_master(member):
    member.ok("CLUSTER", "REPLICATE", FRIEND)
    assert member.error("CLUSTER", "FORGET", FRIEND) == "ERR Can't forget my master!"
    member.ok("CLUSTER", "FORGET", OTHER)
    assert set(members(member)) == {ME, FRIEND, THIRD}


@pytest.mark.goal("COUNT-FAILURE-REPORTS of a node that nobody has complained about is 0")
def test_failure_reports(member):
    assert member("CLUSTER", "COUNT-FAILURE-REPORTS", FRIEND) == 0
    assert member("CLUSTER", "COUNT-FAILURE-REPORTS", ME) == 0


@pytest.mark.goal("MEET: a node in handshake under a made-up id; if it does not answer in time it is dropped again")
def test_meet_nobody(node):
    for _ in range(3):
        node.ok("CLUSTER", "MEET", "127.0.0.1", 1, 11)
    [other] = [one for one in members(node).values() if "myself" not in one.flags]
    assert re.fullmatch("[0-9a-f]{40}", other.id) and "handshake" in other.flags
    assert (other.host, other.port, other.cport) == ("127.0.0.1", 1, 11)
    node.ok("CLUSTER", "MEET", "127.0.0.1", 2, 12)
    assert len(members(node)) == 3
    wait_until(lambda: len(members(node)) == 1, 5, "the handshakes to be given up")


@pytest.mark.goal("MEET without a bus port takes the port plus 10000, and IPv6 is understood")
def test_meet_addresses(node):
    node.ok("CLUSTER", "MEET", "127.0.0.1", 5)
    node.ok("CLUSTER", "MEET", "::1", 6, 16)
    found = {(one.host, one.port, one.cport) for one in members(node).values() if "myself" not in one.flags}
    assert found == {("127.0.0.1", 5, 10005), ("::1", 6, 16)}


@pytest.mark.goal("An imported slot given to the node with SETSLOT NODE bumps the epoch only if it is not the greatest")
def test_import_bumps_once(wire):
    for slot in (9000, 9001):
        wire.ok("CLUSTER", "SETSLOT", slot, "IMPORTING", FRIEND)
        wire.ok("CLUSTER", "SETSLOT", slot, "NODE", ME)
    current, mine = epochs(wire)
    assert current == mine, "after the first import the epoch was the greatest already"
    before = (current, mine)
    wire.ok("CLUSTER", "SETSLOT", 9002, "IMPORTING", FRIEND)
    wire.ok("CLUSTER", "SETSLOT", 9002, "NODE", ME)
    assert epochs(wire) == before


@pytest.mark.goal("Who gives its last slot away becomes the new owner's replica, if cluster-allow-replica-migration")
def test_last_slot(fresh_server):
    scene = Scene([Member(ME, slots={1}, epoch=1), absent(FRIEND, slots=set(range(SLOTS)) - {1}, epoch=2)])
    for allowed, role in (("yes", "slave"), ("no", "master")):
        wire = with_conf(fresh_server, scene, cluster_allow_replica_migration=allowed).wire()
        wire.ok("CLUSTER", "SETSLOT", 1, "NODE", FRIEND)
        assert myself(wire).flags == {"myself", role} and myself(wire).slots == set()
        assert myself(wire).master == (FRIEND if allowed == "yes" else "-")
