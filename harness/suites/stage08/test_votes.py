"""A master is asked for its vote: one for each epoch, only for a replica of a failed master that is up to date."""

import pytest

from strata_harness.cluster import (FRIEND, ME, OTHER, SLOTS, THIRD, Member, Scene, absent, cluster_info,
                                    conf_variables, with_conf)
from strata_harness.cluster_bus import AUTH_ACK, AUTH_REQUEST, FORCE_ACK
from strata_harness.syscalls import SYNCS, calls, traced
from strata_harness.wait import wait_until

MINE, FAILED, ALSO_FAILED, HEALTHY = set(range(1000)), set(range(1000, 2000)), {2000}, set(range(2001, SLOTS))


def scene(own=MINE):
    """The voter, two failed masters, and a healthy one."""
    return Scene([Member(ME, slots=own, epoch=3), absent(FRIEND, slots=FAILED, epoch=5, flags={"fail"}),
                  absent(THIRD, slots=ALSO_FAILED, epoch=6, flags={"fail"}), absent(OTHER, slots=HEALTHY, epoch=4)],
                 current_epoch=7)


@pytest.fixture
def voter(fresh_server):
    return with_conf(fresh_server, scene())


@pytest.fixture
def replica(voter, stand_in):
    """Of the failed master, up to date."""
    return candidate(voter, stand_in)


def candidate(voter, stand_in, master=FRIEND, slots=FAILED, epoch=5):
    return stand_in(master=master, slots=slots, config_epoch=epoch, current_epoch=7).join(voter)


def ask(replica, voter, epoch=8, **fields):
    """Asks for a vote, and returns it if it is given."""
    before = replica.mark()
    replica.send(voter, AUTH_REQUEST, current_epoch=epoch, **fields)
    replica.tell(voter)
    given = replica.received(AUTH_ACK, since=before)
    return given[0] if given else None


@pytest.mark.goal("A vote: to a replica of a failed master, in its epoch, on the voter's own link; kept on the disk")
def test_granted(voter, replica):
    vote = ask(replica, voter)
    assert vote and vote.on_its_link
    packet = vote.packet
    assert (packet.sender, packet.current_epoch, packet.config_epoch, packet.slots) == (ME, 8, 3, MINE)
    assert packet.message_flags == 0 and len(vote.data) == 2256
    assert conf_variables(voter) == {"currentEpoch": 8, "lastVoteEpoch": 8}
    voter.wait_log(f"Failover auth granted to {replica.id} for epoch 8")
    assert cluster_info(voter.wire())["cluster_stats_messages_auth-ack_sent"] == "1"


def denied(voter, replica, reason, **fields):
    assert ask(replica, voter, **fields) is None
    voter.wait_log(f"Failover auth denied to {replica.id}")
    assert reason in voter.wait_log(reason)


@pytest.mark.goal("No vote for an epoch that is over")
def test_old_epoch(voter, replica):
    denied(voter, replica, "reqEpoch (6) < curEpoch(7)", epoch=6)


@pytest.mark.goal("One vote in an epoch, also after a restart")
def test_once(voter, replica, stand_in):
    other = candidate(voter, stand_in, THIRD, ALSO_FAILED, 6)
    assert ask(replica, voter)
    denied(voter, other, "already voted for epoch 8")
    other.close()
    voter.restart()
    third = candidate(voter, stand_in, THIRD, ALSO_FAILED, 6)
    assert ask(third, voter) is None
    assert ask(third, voter, epoch=9)


@pytest.mark.goal("The same master's replicas get the next vote two node timeouts later, others at once")
def test_same_master(voter, replica, stand_in):
    assert ask(replica, voter, epoch=8)
    denied(voter, replica, "can't vote about this master before", epoch=9)
    other = candidate(voter, stand_in, THIRD, ALSO_FAILED, 6)
    assert ask(other, voter, epoch=10)


@pytest.mark.goal("After two node timeouts the next vote about that master is given")
def test_same_master_later(fresh_server, stand_in):
    voter = with_conf(fresh_server, scene(), cluster_node_timeout=500)
    replica = candidate(voter, stand_in)
    assert ask(replica, voter, epoch=20)
    epochs = iter(range(21, 10**6))
    assert wait_until(lambda: ask(replica, voter, epoch=next(epochs)), 5, "a second vote")


@pytest.mark.goal("No vote while the replica's master is up, unless the failover is wanted by hand")
def test_master_up(voter, stand_in):
    replica = candidate(voter, stand_in, OTHER, HEALTHY, 4)
    denied(voter, replica, "its master is up")
    assert ask(replica, voter, epoch=9, message_flags=FORCE_ACK)


@pytest.mark.goal("No vote for a master, nor for a replica whose master nobody knows")
def test_not_a_replica(voter, stand_in):
    master = stand_in(current_epoch=7).join(voter)
    denied(voter, master, "it is a master node")
    lost = stand_in(current_epoch=7, master="d" * 40).join(voter)
    denied(voter, lost, "I don't know its master")


@pytest.mark.goal("No vote for a replica whose claim is older than what the voter knows of any of the slots")
def test_stale_claim(voter, replica, stand_in):
    denied(voter, replica, "slot 1000 epoch (5) > reqEpoch (4)", config_epoch=4)
    assert ask(replica, voter, epoch=9, slots={*FAILED, 2000}) is None, "one slot of a newer owner is enough"
    assert ask(replica, voter, epoch=10)


@pytest.mark.goal("A master without slots has no vote, nor has a replica, nor gets a stranger one")
def test_no_right(fresh_server, stand_in):
    voter = with_conf(fresh_server, scene(own=set()))
    replica = candidate(voter, stand_in)
    assert ask(replica, voter) is None
    voter.wire().ok("CLUSTER", "REPLICATE", OTHER)
    assert ask(replica, voter, epoch=9) is None


@pytest.mark.goal("The vote's header is the request's epoch even if the request raised it by far")
def test_jump(voter, replica):
    vote = ask(replica, voter, epoch=1 << 40)
    assert vote.packet.current_epoch == 1 << 40 and conf_variables(voter)["lastVoteEpoch"] == 1 << 40


@pytest.mark.goal("The vote is on the disk before it leaves: a power loss cannot make a second one of it")
def test_synced(fresh_server, stand_in):
    voter = with_conf(lambda **options: traced(fresh_server(**options)), scene(), start=False).start()
    replica = candidate(voter, stand_in)
    assert ask(replica, voter)

    def votes():
        return [call for call in calls(voter) if call.is_reply and call.texts and call.texts[0][12:14] == b"\0\6"]
    [vote] = wait_until(votes, 10, "the vote in the record of the calls")
    asked = max(call.end for call in calls(voter) if call.is_reply and call.end < vote.begin)
    found = [call for call in calls(voter) if asked < call.begin and call.end < vote.begin and "nodes" in call.file]
    assert any(call.name in SYNCS for call in found), "nodes.conf was not synced before the vote left"
