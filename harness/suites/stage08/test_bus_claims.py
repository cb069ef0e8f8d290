"""Who owns a slot, when two say so: claims in packets, epochs, UPDATE, collisions. The other node is a stand-in."""

import pytest

from strata_harness.cluster import (FRIEND, ME, Member, Scene, absent, cluster_info, conf_members,
                                    conf_variables, key_in, members, my_id, myself, with_conf)
from strata_harness.cluster_bus import PONG, UPDATE
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(30)
MINE, FREE = 100, 16383
SERVER_OPTIONS = {"cluster_require_full_coverage": "no", "cluster_allow_replica_migration": "no"}
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=3),
               absent(FRIEND, slots=set(range(8000, 16000)), epoch=5)], current_epoch=5)


@pytest.fixture
def other(server, wire, stand_in):
    """A master without slots whom the node knows; forgotten in the end."""
    other = stand_in(current_epoch=5, config_epoch=1).join(server)
    yield other
    wire("CLUSTER", "FORGET", other.id)


def claims(other, server, slots, epoch):
    """The stand-in says in a PING that it owns the slots."""
    other.slots, other.config_epoch = slots, epoch
    other.tell(server)


def owner(wire, slot):
    return next((node.id for node in members(wire).values() if slot in node.slots), None)


@pytest.mark.goal("An unassigned slot belongs to the first who claims it, whatever the epoch; nodes.conf knows, too")
def test_free_slot(wire, server, other):
    claims(other, server, {FREE}, 0)
    assert owner(wire, FREE) == other.id
    assert wire.error("GET", key_in(FREE)) == f"MOVED {FREE} 127.0.0.1:{other.port}"
    assert conf_members(server)[other.id].slots == {FREE}


@pytest.mark.parametrize("epoch, wins", [(2, False), (3, False), (4, True)], ids=["lower", "equal", "greater"])
@pytest.mark.goal("An owned slot goes to another only if its epoch is strictly greater")
def test_epochs(wire, server, other, epoch, wins):
    wire.ok("SET", key_in(MINE), "v")
    claims(other, server, {MINE}, epoch)
    assert owner(wire, MINE) == (other.id if wins else ME)
    assert len(myself(wire).slots) == (7999 if wins else 8000)
    assert wire("CLUSTER", "COUNTKEYSINSLOT", MINE) == (0 if wins else 1), "keys of a lost slot are dropped"


@pytest.mark.goal("A claim takes slots from third nodes by the same rule")
def test_third_node(wire, server, other):
    claims(other, server, {9000}, 4)
    assert owner(wire, 9000) == FRIEND
    claims(other, server, {9000}, 6)
    assert owner(wire, 9000) == other.id and members(wire)[other.id].epoch == 6


@pytest.mark.goal("Who claims with an old epoch gets an UPDATE about the real owner")
def test_update_sent(wire, server, other):
    before = other.mark()
    claims(other, server, {MINE, FREE}, 2)
    update = other.wait(UPDATE, since=before)
    assert (update.sender, update.node, update.node_epoch, update.node_slots) == (ME, ME, 3, set(range(8000)))
    before = other.mark()
    claims(other, server, {9000, FREE}, 2)
    update = other.wait(UPDATE, since=before)
    assert (update.sender, update.node, update.node_epoch) == (ME, FRIEND, 5)
    assert update.node_slots == set(range(8000, 16000))
    assert owner(wire, FREE) == other.id


@pytest.mark.goal("No UPDATE to who claims with a greater epoch, or only what it owns")
def test_no_update(wire, server, other):
    before = other.mark()
    claims(other, server, {MINE, FREE}, 6)
    claims(other, server, {MINE, FREE}, 6)
    assert other.hears_nothing(server, UPDATE, since=before)


@pytest.mark.goal("A slot that is being imported is left alone until it is closed by hand")
def test_importing(wire, server, other):
    wire.ok("CLUSTER", "SETSLOT", 9000, "IMPORTING", FRIEND)
    claims(other, server, {9000}, 9)
    assert owner(wire, 9000) == FRIEND
    wire.ok("CLUSTER", "SETSLOT", 9000, "STABLE")
    other.tell(server)
    assert owner(wire, 9000) == other.id


@pytest.mark.goal("A slot that its owner no longer claims stays its, until anybody else claims it, with any epoch")
def test_stopped_claiming(wire, server, other, stand_in):
    claims(other, server, {FREE}, 9)
    claims(other, server, set(), 9)
    assert owner(wire, FREE) == other.id, "clients still get a MOVED"
    third = stand_in(current_epoch=5, config_epoch=2).join(server)
    claims(third, server, {FREE}, 2)
    assert owner(wire, FREE) == third.id
    wire.ok("CLUSTER", "FORGET", third.id)


@pytest.mark.goal("The greatest current epoch of all is everybody's; a node's own epoch stays")
def test_current_epoch(wire, server, other):
    other.tell(server, current_epoch=42)
    info = cluster_info(wire)
    assert (info["cluster_current_epoch"], info["cluster_my_epoch"]) == ("42", "3")
    other.tell(server, current_epoch=41)
    assert cluster_info(wire)["cluster_current_epoch"] == "42"
    assert other.tell(server).current_epoch == 42
    assert wire("CLUSTER", "BUMPEPOCH") == "BUMPED 43"
    assert conf_variables(server)["currentEpoch"] == 43


@pytest.mark.goal("Two masters with one epoch: the one with the smaller id takes a new one")
def test_collision(wire, server, stand_in):
    small = stand_in(current_epoch=50).join(server)
    mine = myself(wire).epoch
    small.tell(server, config_epoch=mine)
    assert myself(wire).epoch == mine, "the other one is to change"
    great = stand_in("f" * 39 + "0", current_epoch=50).join(server)
    mine, current = myself(wire).epoch, int(cluster_info(wire)["cluster_current_epoch"])
    great.tell(server, config_epoch=mine)
    assert myself(wire).epoch == current + 1 == int(cluster_info(wire)["cluster_current_epoch"])
    assert conf_members(server)[ME].epoch == current + 1
    for one in (small, great):
        wire.ok("CLUSTER", "FORGET", one.id)


@pytest.mark.goal("UPDATE: a node that comes back with an old epoch learns who has its slots now")
def test_update_received(wire, server, other):
    other.send(server, UPDATE, node=FRIEND, node_epoch=7, node_slots={MINE, MINE + 1})
    wait_until(lambda: owner(wire, MINE) == FRIEND, 5, "the update to be applied")
    assert members(wire)[FRIEND].epoch == 7 and len(myself(wire).slots) == 7998
    assert {8000, 15999} <= members(wire)[FRIEND].slots, "slots it no longer claims stay its for now"


@pytest.mark.goal("An UPDATE that is not newer than what is known, or of an unknown node, changes nothing")
def test_update_ignored(wire, server, other):
    before = {node.id: node.slots for node in members(wire).values()}
    for node, epoch in ((FRIEND, members(wire)[FRIEND].epoch), (FRIEND, 1), ("d" * 40, 99), (other.id, 1)):
        other.send(server, UPDATE, node=node, node_epoch=epoch, node_slots={MINE})
    other.tell(server)
    assert {node.id: node.slots for node in members(wire).values()} == before


@pytest.mark.goal("A master that turns replica loses all its slots; a replica that says it is master is one")
def test_roles(wire, server, other):
    claims(other, server, {FREE}, 6)
    other.slots, other.master = set(), FRIEND
    other.tell(server)
    found = members(wire)[other.id]
    assert (found.flags, found.master, found.slots) == ({"slave"}, FRIEND, set())
    assert owner(wire, FREE) is None
    assert other.id.encode() in wire("CLUSTER", "REPLICAS", FRIEND)[0]
    other.master = ME
    other.tell(server)
    assert members(wire)[other.id].master == ME
    other.master = ""
    other.tell(server)
    assert (members(wire)[other.id].flags, members(wire)[other.id].master) == ({"master"}, "-")


@pytest.mark.goal("Address and hostname of a node follow what it says")
def test_address_changes(wire, server, other):
    other.hostname = "first.name"
    other.tell(server)
    assert members(wire)[other.id].hostname == "first.name"
    other.hostname = None
    other.tell(server)
    assert members(wire)[other.id].hostname == ""
    other.tell(server, port=other.port + 1)
    assert members(wire)[other.id].port == other.port + 1
    other.tell(server)
    assert members(wire)[other.id].port == other.port
    assert owner(wire, MINE) == ME and "myself" in members(wire)[my_id(wire)].flags


@pytest.mark.goal("SETSLOT NODE of an imported slot is announced to all at once, not with the next PING")
def test_announced(wire, server, other):
    claims(other, server, {FREE}, 6)
    wire.ok("CLUSTER", "SETSLOT", FREE, "IMPORTING", other.id)
    before = other.mark()
    wire.ok("CLUSTER", "SETSLOT", FREE, "NODE", ME)
    pong = other.wait(PONG, lambda got: got.on_its_link and FREE in got.packet.slots, 2, before)
    assert pong.config_epoch == pong.current_epoch == myself(wire).epoch


@pytest.mark.goal("Who loses its last slot to a claim becomes the claimer's replica")
def test_demoted(fresh_server, stand_in):
    server = with_conf(fresh_server, Scene([Member(ME, slots={1, 2}, epoch=3)]))
    wire = server.wire()
    winner = stand_in(current_epoch=9).join(server)
    claims(winner, server, {1}, 9)
    assert myself(wire).flags == {"myself", "master"} and myself(wire).slots == {2}
    claims(winner, server, {1, 2, 3}, 9)
    assert myself(wire).flags == {"myself", "slave"} and myself(wire).master == winner.id
    assert conf_members(server)[ME].master == winner.id
    server.wait_log(f"Configuration change detected. Reconfiguring myself as a replica of {winner.id}")
