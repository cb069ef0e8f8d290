"""Who owns a slot, as one node is told: ADDSLOTS, DELSLOTS, their ranges, FLUSHSLOTS. All or nothing."""

import pytest

from strata_harness.cluster import SLOTS, cluster_info, myself, ranges, slot_words, state_is
from strata_harness.resp import RespError

def owned(wire):
    return myself(wire).slots


@pytest.mark.goal("ADDSLOTS gives slots to the node, DELSLOTS takes them away")
def test_add_delete(wire):
    wire.ok("CLUSTER", "ADDSLOTS", 0, 5, 4, 16383)
    assert owned(wire) == {0, 4, 5, 16383}
    assert cluster_info(wire)["cluster_slots_assigned"] == "4"
    wire.ok("CLUSTER", "DELSLOTS", 4, 0)
    assert owned(wire) == {5, 16383}
    assert cluster_info(wire)["cluster_slots_assigned"] == "2"


@pytest.mark.goal("ADDSLOTSRANGE and DELSLOTSRANGE take pairs of first and last slot, both included")
def test_ranges(wire):
    wire.ok("CLUSTER", "ADDSLOTSRANGE", 0, 99, 200, 200, 16000, 16383)
    assert owned(wire) == {*range(100), 200, *range(16000, 16384)}
    wire.ok("CLUSTER", "DELSLOTSRANGE", 10, 19, 200, 200)
    assert owned(wire) == {*range(10), *range(20, 100), *range(16000, 16384)}


@pytest.mark.goal("Slots are listed in ascending order, neighbours as one range")
def test_listing(wire, rng):
    slots = set(rng.sample(range(SLOTS), 200)) | {7, 8, 9}
    shuffled = list(slots)
    rng.shuffle(shuffled)
    wire.ok("CLUSTER", "ADDSLOTS", *shuffled)
    line = wire("CLUSTER", "NODES").decode().split()
    assert line[8:] == slot_words(slots)
    assert [tuple(entry[:2]) for entry in wire("CLUSTER", "SLOTS")] == ranges(slots)


@pytest.mark.parametrize("command, words, error", [
    ("ADDSLOTS", ["1", "2", "7"], "Slot 7 is already busy"), ("ADDSLOTS", ["1", "2", "1"],
                                                             "Slot 1 specified multiple times"),
    ("ADDSLOTS", ["1", "16384"], "Invalid or out of range slot"), ("ADDSLOTS", ["1", "-1"],
                                                                  "Invalid or out of range slot"),
    ("ADDSLOTS", ["1", "x"], "Invalid or out of range slot"), ("ADDSLOTS", ["7", "x"], "Invalid or out of range slot"),
    ("DELSLOTS", ["7", "1"], "Slot 1 is already unassigned"), ("DELSLOTS", ["7", "7"],
                                                              "Slot 7 specified multiple times"),
    ("DELSLOTS", ["7", "16384"], "Invalid or out of range slot"),
    ("ADDSLOTSRANGE", ["1", "9"], "Slot 7 is already busy"), ("ADDSLOTSRANGE", ["1", "3", "3", "4"],
                                                             "Slot 3 specified multiple times"),
    ("ADDSLOTSRANGE", ["3", "2"], "start slot number 3 is greater than end slot number 2"),
    ("ADDSLOTSRANGE", ["1", "16384"], "Invalid or out of range slot"),
    ("ADDSLOTSRANGE", ["1", "2", "a", "3"], "Invalid or out of range slot"),
    ("ADDSLOTSRANGE", ["1", "2", "3"], "wrong number of arguments for 'cluster|addslotsrange' command"),
    ("DELSLOTSRANGE", ["7", "8"], "Slot 8 is already unassigned"),
    ("DELSLOTSRANGE", ["7", "7", "6", "7"], "Slot 6 is already unassigned"),
    ("DELSLOTSRANGE", ["9", "7"], "start slot number 9 is greater than end slot number 7"),
    ("DELSLOTSRANGE", ["7"], "wrong number of arguments for 'cluster|delslotsrange' command"),
    ("DELSLOTSRANGE", ["7", "7", "8"], "wrong number of arguments for 'cluster|delslotsrange' command")],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value if value.isupper() else "")
@pytest.mark.goal("One bad slot among good ones: the error names it, and no slot is changed")
def test_all_or_nothing(wire, command, words, error):
    wire.ok("CLUSTER", "ADDSLOTS", 7)
    assert wire("CLUSTER", command, *words) == RespError(f"ERR {error}")
    assert owned(wire) == {7}


@pytest.mark.goal("FLUSHSLOTS gives all slots of the node back")
def test_flush(wire):
    wire.ok("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    wire.ok("CLUSTER", "FLUSHSLOTS")
    assert owned(wire) == set() and wire("CLUSTER", "SLOTS") == []
    wire.ok("CLUSTER", "FLUSHSLOTS")


@pytest.mark.limit(40)
@pytest.mark.goal("With all slots the state becomes ok; FLUSHSLOTS refuses while there are keys, DELSLOTS does not")
def test_state(wire):
    assert cluster_info(wire)["cluster_state"] == "fail"
    wire.ok("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    state_is(wire, "ok")
    wire.ok("SET", "k", "v")
    assert wire.error("CLUSTER", "FLUSHSLOTS") == "ERR DB must be empty to perform CLUSTER FLUSHSLOTS."
    assert len(owned(wire)) == SLOTS
    slot = wire("CLUSTER", "KEYSLOT", "k")
    wire.ok("CLUSTER", "DELSLOTS", slot)
    assert cluster_info(wire)["cluster_state"] == "fail"
    assert wire.error("GET", "k") == "CLUSTERDOWN Hash slot not served"
    wire.ok("CLUSTER", "ADDSLOTS", slot)
    state_is(wire, "ok")
    assert wire("GET", "k") == b"v", "the keys of a slot outlive its loss by DELSLOTS"
