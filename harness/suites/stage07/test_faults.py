"""Faults of the network and of sentinels: minorities, partitions, leaders that die, and what is left when all is healed."""

import pytest

from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(45)
MIXED = {"servers": ["ours", "redis", "ours"], "sentinels": ["ours", "redis", "ours"]}


# -- sentinels die -----------------------------------------------------------------------------------------------------


@pytest.mark.goal("A minority of sentinels never fails over; with one more it is the majority, and does")
def test_minority(group):
    quorum = group(quorum=1, failover_timeout=800, **MIXED)
    alone, *others = quorum.sentinels
    events = alone.events()
    for other in others:
        other.kill()
    for _ in others:
        events.wait("+sdown", "sentinel ")
    quorum.servers[0].kill()
    for _ in range(2):
        events.wait("+try-failover")
        events.wait("-failover-abort-not-elected")
    assert not {"+elected-leader", "+switch-master"} & set(events.types())
    assert [quorum.role(server) for server in quorum.servers[1:]] == ["slave", "slave"]
    others[0].start()
    events.wait("+switch-master", timeout=15)
    assert quorum.settled() in quorum.servers[1:]


@pytest.mark.goal("One of three sentinels dead: the other two are enough; back again, it learns of the new master")
def test_one_dead(group):
    quorum = group(**MIXED)
    dead = quorum.sentinels[2]
    dead.kill()
    quorum.servers[0].kill()
    new = quorum.settled()
    dead.start()
    events = dead.events()
    wait_until(lambda: dead.master_port() == quorum.port(new), 10, "the returned sentinel to learn of the new master")
    assert quorum.settled() is new and "+try-failover" not in events.types()


@pytest.mark.parametrize("moment", ["crash-after-election", "crash-after-promotion"])
@pytest.mark.goal("The leader crashes in the middle: another sentinel brings it to an end, and there is one master")
def test_leader_crashes(group, moment):
    quorum = group(failover_timeout=1200, **MIXED)
    leader, *others = quorum.sentinels
    for other in others:
        other.set("m", quorum=5)
    leader.set("m", quorum=1)
    assert leader.ask("SIMULATE-FAILURE", moment) == "OK"
    quorum.servers[0].kill()
    assert leader.wait_exit(10) == 99
    for other in others:
        other.set("m", quorum=2)
    new = quorum.settled(timeout=20)
    leader.start()
    assert quorum.settled() is new
    epochs = {one.master()["config-epoch"] for one in quorum.sentinels}
    assert len(epochs) == 1 and int(epochs.pop()) >= (2 if moment == "crash-after-election" else 1)


# -- the network parts -------------------------------------------------------------------------------------------------


@pytest.mark.goal("A master that one sentinel cannot see is down for that one alone: nothing happens, and all is well when it is "
                  "healed")
def test_one_cannot_see(group):
    quorum = group(apart=True, **MIXED)
    blind = quorum.sentinels[0]
    events = quorum.events()
    quorum.part_pair(blind, quorum.servers[0])
    events[0].wait("+sdown", f"master m {HOST} ")
    wait_until(lambda: int(blind.master()["s-down-time"]) > 1500, 5, "some time to pass")
    assert not {"+odown", "+try-failover"} & set(events[0].types())
    assert all(one.master()["flags"] == "master" for one in quorum.sentinels[1:])
    quorum.heal()
    events[0].wait("-sdown", f"master m {HOST} ")
    assert quorum.settled() is quorum.servers[0]


@pytest.mark.goal("The master is cut off with one sentinel: the others elect a new one; healed, there is one master, and all agree")
def test_master_in_minority(group):
    quorum = group(apart=True, failover_timeout=2000, **MIXED)
    old, lonely = quorum.servers[0], quorum.sentinels[0]
    majority = quorum.sentinels[1:]
    quorum.part([old, lonely])
    new = quorum.agreed(majority, instead_of=old)
    assert lonely.master_port() == quorum.port(old)
    assert quorum.role(old) == "master", "nobody can tell it"
    quorum.heal()
    assert quorum.settled() is new and quorum.role(old) == "slave"
    assert {one.master()["config-epoch"] for one in quorum.sentinels} == {majority[0].master()["config-epoch"]}


@pytest.mark.goal("A sentinel that is alone sees everything down, and does nothing; healed, it agrees with the others")
def test_lonely_sentinel(group):
    quorum = group(apart=True, failover_timeout=800, quorum=1, **MIXED)
    lonely = quorum.sentinels[0]
    events = quorum.events()
    quorum.part([lonely])
    events[0].wait("-failover-abort-not-elected", timeout=12)
    assert [one.master_port() for one in quorum.sentinels] == [quorum.port(quorum.servers[0])] * 3
    for other in quorum.sentinels[1:]:
        other.set("m", quorum=2)
    lonely.set("m", quorum=2)
    quorum.heal()
    assert quorum.settled() is quorum.servers[0]
    assert "+switch-master" not in events[1].types() + events[2].types()


@pytest.mark.goal("Writes that a replica has confirmed survive; a master in the minority takes none with min-replicas-to-write")
def test_confirmed_writes(group):
    quorum = group(apart=True, failover_timeout=2000, server_options={"min_replicas_to_write": 1, "min_replicas_max_lag": 1},
                   **MIXED)
    old = quorum.servers[0]
    wire = old.wire()

    def write(number):
        """Confirmed by a replica?"""
        return wire("SET", f"k{number}", number) == "OK" and wire("WAIT", 1, 300) >= 1
    confirmed = [number for number in range(300) if write(number)]
    assert len(confirmed) > 200
    quorum.part([old])
    refused = wait_until(lambda: [wire("SET", "late", "x")] != ["OK"] and wire("SET", "late", "x"), 8, "writes to be refused")
    assert refused.text == "NOREPLICAS Not enough good replicas to write."
    new = quorum.agreed(instead_of=old)
    quorum.heal()
    assert quorum.settled() is new
    for server in quorum.servers:
        with server.wire() as reader:
            wait_until(lambda: [number for number in confirmed if reader("GET", f"k{number}") is None] == [], 5,
                       "what was confirmed to be everywhere")
