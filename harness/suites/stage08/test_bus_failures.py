"""Who is down: one node's suspicion, the majority's word, and the way back. The other masters are stand-ins."""

import pytest

from strata_harness.cluster import (ME, NODE_TIMEOUT, SLOTS, Member, Scene, cluster_info, conf_members,
                                    key_in, members, myself, state_is, with_conf)
from strata_harness.cluster_bus import FAIL, FAILED, MASTER, PFAIL, PING, Gossip
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)


class Ring:
    """A node under test with the first slots, two stand-ins with the others, and a failed replica nobody has seen."""

    def __init__(self, fresh_server, stand_in, timeout=NODE_TIMEOUT, **options):
        self.first = stand_in(slots=set(range(5000, 10000)), config_epoch=2, current_epoch=3)
        self.second = stand_in(slots=set(range(10000, SLOTS)), config_epoch=3, current_epoch=3)
        self.server = with_conf(fresh_server, Scene([Member(ME, slots=set(range(5000)), epoch=1), self.first.member(),
                                                     self.second.member()]), cluster_node_timeout=timeout, **options)
        self.wire = self.server.wire()
        for one in (self.first, self.second):
            one.tell(self.server)
            wait_until(lambda: members(self.wire)[one.id].link == "connected", 5, "the links")

    def flags(self, one):
        return members(self.wire)[one.id].flags

    def suspects(self, one):
        wait_until(lambda: "fail?" in self.flags(one), 10, "the silent node to be suspected")

    def gossip(self, teller, about, flags):
        """`teller` says something of `about`."""
        teller.tell(self.server, gossip=[Gossip(about.id, about.port, about.cport, flags)])


@pytest.fixture
def ring(fresh_server, stand_in):
    return lambda **options: Ring(fresh_server, stand_in, **options)


@pytest.mark.goal("Who does not answer for the node timeout is suspected; the suspicion is gossiped, and is no verdict")
def test_suspicion(ring):
    those = ring()
    those.second.answers = False
    those.suspects(those.second)
    heard = those.first.wait(PING, lambda got: any(
        entry.id == those.second.id and entry.flags & PFAIL for entry in got.packet.gossip))
    assert not any(entry.flags & FAILED for entry in heard.gossip)
    assert those.flags(those.second) == {"master", "fail?"}
    assert cluster_info(those.wire)["cluster_slots_pfail"] == str(SLOTS - 10000)
    assert not those.first.received(FAIL)


@pytest.mark.goal("An answer ends the suspicion")
def test_suspicion_ends(ring):
    those = ring()
    those.second.answers = False
    those.suspects(those.second)
    those.second.answers = True
    wait_until(lambda: those.flags(those.second) == {"master"}, 10, "the suspicion to end")


@pytest.mark.goal("A majority of masters makes it a failure, which is broadcast at once and written")
def test_failure(ring):
    those = ring()
    state_is(those.wire, "ok")
    those.second.answers = False
    those.suspects(those.second)
    those.gossip(those.first, those.second, MASTER | PFAIL)
    assert those.flags(those.second) == {"master", "fail"}
    verdict = those.first.wait(FAIL)
    assert verdict.node == those.second.id and verdict.sender == ME
    assert "fail" in conf_members(those.server)[those.second.id].flags
    info = cluster_info(those.wire)
    assert info["cluster_slots_fail"] == str(SLOTS - 10000)
    assert info["cluster_state"] == "fail", "two of three are a majority, but not all slots are served"
    assert info["cluster_stats_messages_fail_sent"] == "2", "to every node that there is"
    shards = {shard[3][0][1]: shard[3][0][-1] for shard in those.wire("CLUSTER", "SHARDS")}
    assert shards[those.second.id.encode()] == b"fail" and shards[ME.encode()] == b"online"


@pytest.mark.goal("Of five masters three must have missed a node: two are no majority, whoever else has heard of it")
def test_majority(ring, stand_in):
    those = ring()
    more = [stand_in(slots={i}, config_epoch=10 + i, current_epoch=3).join(those.server) for i in (1, 2)]
    wait_until(lambda: cluster_info(those.wire)["cluster_size"] == "5", 5, "five masters to be counted")
    those.second.answers = False
    those.suspects(those.second)
    those.gossip(those.first, those.second, MASTER | PFAIL)
    assert those.flags(those.second) == {"master", "fail?"}
    those.gossip(more[0], those.second, MASTER | PFAIL)
    assert those.flags(those.second) == {"master", "fail"}


@pytest.mark.goal("Reports alone make no failure: the node itself must have missed the other one")
def test_own_view_needed(ring):
    those = ring(timeout=30000)
    those.gossip(those.first, those.second, MASTER | PFAIL)
    assert those.wire("CLUSTER", "COUNT-FAILURE-REPORTS", those.second.id) == 1
    assert those.flags(those.second) == {"master"} and not those.first.received(FAIL)


@pytest.mark.goal("A report is taken back by the one who made it, and gets old after two node timeouts")
def test_reports(ring):
    those = ring()

    def count():
        return those.wire("CLUSTER", "COUNT-FAILURE-REPORTS", those.second.id)
    assert count() == 0
    those.gossip(those.first, those.second, MASTER | FAILED)
    those.gossip(those.first, those.second, MASTER | PFAIL)
    assert count() == 1, "one reporter, one report"
    those.gossip(those.first, those.second, MASTER)
    assert count() == 0
    those.gossip(those.first, those.second, MASTER | PFAIL)
    assert count() == 1
    wait_until(lambda: count() == 0, 6 * NODE_TIMEOUT / 1000, "the report to be too old")


@pytest.mark.goal("A replica's word is no report; nor is a report about oneself")
def test_who_reports(ring, stand_in):
    those = ring()
    replica = stand_in(master=those.first.id, slots=set(those.first.slots), config_epoch=2).join(those.server)
    those.gossip(replica, those.second, MASTER | PFAIL)
    assert those.wire("CLUSTER", "COUNT-FAILURE-REPORTS", those.second.id) == 0
    those.first.tell(those.server, gossip=[Gossip(ME, those.server.port, those.server.port + 10000, MASTER | FAILED)])
    assert those.wire("CLUSTER", "COUNT-FAILURE-REPORTS", ME) == 0 and "fail" not in myself(those.wire).flags


@pytest.mark.goal("A FAIL message is believed at once; one about the receiver or an unknown node is not")
def test_told(ring):
    those = ring(timeout=30000)
    for node in (ME, "d" * 40, those.second.id):
        those.first.send(those.server, FAIL, node=node)
    wait_until(lambda: those.flags(those.second) == {"master", "fail"}, 5, "the failure to be known")
    assert "fail" not in myself(those.wire).flags and "d" * 40 not in members(those.wire)
    assert cluster_info(those.wire)["cluster_stats_messages_fail_received"] == "3"


@pytest.mark.goal("A failed master that answers again is well after two node timeouts, if nobody took its slots")
def test_master_returns(ring):
    those = ring()
    those.first.send(those.server, FAIL, node=those.second.id)
    wait_until(lambda: those.flags(those.second) == {"master", "fail"}, 5, "the failure to be known")
    seen = those.second.mark()
    those.second.wait(PING, since=seen)
    assert those.flags(those.second) == {"master", "fail"}, "an answer is not enough yet"
    wait_until(lambda: those.flags(those.second) == {"master"}, 10, "the failure to be forgiven")
    those.server.wait_log(f"Clear FAIL state for node {those.second.id}")


@pytest.mark.goal("A failed replica, or a master without slots, is well again with its first answer")
def test_replica_returns(ring, stand_in):
    those = ring(timeout=2000)
    slotless = stand_in(config_epoch=9).join(those.server)
    those.first.send(those.server, FAIL, node=slotless.id)
    wait_until(lambda: "fail" in those.flags(slotless), 5, "the failure to be known")
    wait_until(lambda: those.flags(slotless) == {"master"}, 3.5, "its next answer")


@pytest.mark.goal("In the minority a master stops serving, and starts again a while after the majority is back")
def test_minority(ring):
    those = ring()
    state_is(those.wire, "ok")
    those.wire.ok("SET", key_in(1), "v")
    those.first.answers = those.second.answers = False
    state_is(those.wire, "fail")
    assert those.wire.error("GET", key_in(1)) == "CLUSTERDOWN The cluster is down"
    assert those.flags(those.first) == {"master", "fail?"}, "alone it can judge nobody"
    those.first.answers = those.second.answers = True
    state_is(those.wire, "ok")
    assert those.wire("GET", key_in(1)) == b"v"


@pytest.mark.goal("A failed owner takes the whole cluster down, unless full coverage is not asked for")
def test_coverage(ring):
    those = ring(cluster_require_full_coverage="no")
    state_is(those.wire, "ok")
    those.first.send(those.server, FAIL, node=those.second.id)
    wait_until(lambda: "fail" in those.flags(those.second), 5, "the failure to be known")
    those.wire.ok("SET", key_in(1), "v")
    assert those.wire.error("GET", key_in(12000)) == f"MOVED 12000 127.0.0.1:{those.second.port}"


@pytest.mark.goal("Gossip of a known node introduces others, under the id that it tells; not without an address")
def test_introduction(ring, stand_in):
    those = ring(timeout=30000)
    newcomer, homeless = stand_in(), stand_in()
    those.first.tell(those.server, gossip=[Gossip(newcomer.id, newcomer.port, newcomer.cport, MASTER),
                                           Gossip(homeless.id, homeless.port, homeless.cport, MASTER | 64)])
    found = members(those.wire)
    assert (found[newcomer.id].port, found[newcomer.id].flags) == (newcomer.port, {"master"})
    assert homeless.id not in found
    newcomer.wait(PING)


@pytest.mark.goal("FORGET keeps gossip from bringing a node back, for a minute; a MEET brings it")
def test_forgotten(ring, stand_in):
    those = ring(timeout=30000)
    other = stand_in().join(those.server)
    those.wire.ok("CLUSTER", "FORGET", other.id)
    those.gossip(those.first, other, MASTER)
    assert other.id not in members(those.wire)
    other.join(those.server)
    assert other.id in members(those.wire)


@pytest.mark.goal("Another node at a known address: the old one is marked as having none")
def test_swapped(ring, stand_in):
    those = ring()
    old_id, those.second.id = those.second.id, "0" * 39 + "7"
    wait_until(lambda: "noaddr" in members(those.wire)[old_id].flags, 10, "the mark")
    assert members(those.wire)[old_id].host == "" and members(those.wire)[old_id].port == 0
