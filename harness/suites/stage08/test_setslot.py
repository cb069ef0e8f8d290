"""SETSLOT: a slot opened for migration on both sides, closed, or given away."""

import pytest

from strata_harness.cluster import FRIEND, ME, OTHER, SLOTS, THIRD, Member, Scene, absent, cluster_info, \
    key_in, members, myself

MINE, THEIRS = 100, 9000  # slots
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, SLOTS)), epoch=2),
               absent(OTHER, epoch=3), absent(THIRD, master=FRIEND)])


def open_slots(wire):
    return myself(wire).open_slots


@pytest.mark.goal("MIGRATING and IMPORTING mark a slot, which the node's own line shows; STABLE unmarks it")
def test_marks(wire):
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "importing", FRIEND)
    assert open_slots(wire) == [f"[{MINE}->-{FRIEND}]", f"[{THEIRS}-<-{FRIEND}]"]
    assert MINE in myself(wire).slots and THEIRS not in myself(wire).slots
    assert members(wire)[FRIEND].open_slots == []
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", OTHER)
    assert open_slots(wire)[0] == f"[{MINE}->-{OTHER}]"
    wire.ok("CLUSTER", "SETSLOT", MINE, "Stable")
    assert open_slots(wire) == [f"[{THEIRS}-<-{FRIEND}]"]
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "stable")
    assert open_slots(wire) == []


@pytest.mark.parametrize("words, error", [
    ([MINE, "IMPORTING", FRIEND], f"I'm already the owner of hash slot {MINE}"),
    ([THEIRS, "MIGRATING", FRIEND], f"I'm not the owner of hash slot {THEIRS}"),
    ([MINE, "MIGRATING", "c" * 40], f"I don't know about node {'c' * 40}"),
    ([MINE, "MIGRATING", "short"], "I don't know about node short"),
    ([THEIRS, "IMPORTING", "c" * 40], f"I don't know about node {'c' * 40}"),
    ([MINE, "NODE", "c" * 40], f"Unknown node {'c' * 40}"),
    ([MINE, "MIGRATING", THIRD], "Target node is not a master"),
    ([THEIRS, "IMPORTING", THIRD], "Target node is not a master"),
    ([MINE, "NODE", THIRD], "Target node is not a master"),
    ([MINE, "SOMETHING", FRIEND], "Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"),
    ([MINE, "MIGRATING"], "Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"),
    ([MINE, "STABLE", FRIEND], "Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"),
    ([MINE, "NODE", FRIEND, "more"], "Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP"),
    ([SLOTS, "STABLE"], "Invalid or out of range slot"), (["x", "STABLE"], "Invalid or out of range slot"),
    ([MINE], "wrong number of arguments for 'cluster|setslot' command")],
    ids=["own slot imported", "foreign slot migrated", "unknown target", "no id", "unknown source", "unknown owner",
         "to a replica", "from a replica", "owned by a replica", "unknown action", "no target", "too many for STABLE",
         "too many for NODE", "slot 16384", "no number", "no action"])
@pytest.mark.goal("A SETSLOT that makes no sense is refused, and nothing is marked")
def test_refused(wire, words, error):
    assert wire.error("CLUSTER", "SETSLOT", *words) == f"ERR {error}"
    assert open_slots(wire) == [] and SCENE.holds(wire)


@pytest.mark.goal("SETSLOT NODE gives a slot away, which ends its migration; not while keys of it are left")
def test_give_away(wire):
    key = key_in(MINE)
    wire.ok("SET", key, "v")
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    assert wire.error("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND) == (
        f"ERR Can't assign hashslot {MINE} to a different node while I still hold keys for this hash slot.")
    assert MINE in myself(wire).slots and open_slots(wire) == [f"[{MINE}->-{FRIEND}]"]
    assert wire("DEL", key) == 1
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND)
    assert MINE in members(wire)[FRIEND].slots and MINE not in myself(wire).slots and open_slots(wire) == []
    assert wire.error("GET", key) == f"MOVED {MINE} 127.0.0.1:1"


@pytest.mark.goal("SETSLOT NODE of an imported slot to the node itself: it owns it, under a new, greatest epoch")
def test_take(wire):
    before = int(cluster_info(wire)["cluster_current_epoch"])
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "IMPORTING", FRIEND)
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "NODE", ME)
    assert THEIRS in myself(wire).slots and open_slots(wire) == []
    info = cluster_info(wire)
    assert int(info["cluster_my_epoch"]) == int(info["cluster_current_epoch"]) == before + 1
    wire.ok("SET", key_in(THEIRS), "v")


@pytest.mark.goal("SETSLOT NODE of a slot that was not imported changes the owner, but no epoch")
def test_take_without_import(wire):
    before = cluster_info(wire)
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "NODE", ME)
    assert THEIRS in myself(wire).slots
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "NODE", OTHER)
    assert THEIRS in members(wire)[OTHER].slots
    after = cluster_info(wire)
    assert all(after[name] == before[name] for name in ("cluster_current_epoch", "cluster_my_epoch"))


@pytest.mark.goal("SETSLOT NODE with the owner that there is keeps everything, keys of the slot included")
def test_same_owner(wire):
    key = key_in(MINE)
    wire.ok("SET", key, "v")
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", ME)
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "NODE", FRIEND)
    assert SCENE.holds(wire) and wire("GET", key) == b"v"


@pytest.mark.goal("ADDSLOTS of an importing slot ends the import; DELSLOTS takes a slot from whoever has it")
def test_other_ways(wire):
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "IMPORTING", FRIEND)
    wire.ok("CLUSTER", "DELSLOTS", THEIRS)
    assert THEIRS not in members(wire)[FRIEND].slots
    wire.ok("CLUSTER", "ADDSLOTS", THEIRS)
    assert THEIRS in myself(wire).slots and open_slots(wire) == []
