"""Strangers become a cluster: MEET, gossip, distinct epochs; how it is left again. Any node may be a redis-server."""

import pytest

from strata_harness.cluster import cluster_info, members
from strata_harness.cluster_nodes import everywhere
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


@BOTH
@pytest.mark.goal("One MEET for each: gossip introduces them all to each other; slots, replicas and epochs follow")
def test_from_strangers(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start_strangers()
    for node, part in zip(cluster.nodes, cluster.parts):
        node.wire.ok("CLUSTER", "ADDSLOTSRANGE", min(part), max(part))
    cluster.meet()
    for i in range(3):
        cluster[3 + i].wire.ok("CLUSTER", "REPLICATE", cluster[i].id)
    cluster.settled()
    written = cluster.fill()
    assert cluster.lost(written) == []
    epochs = [cluster[i].me().epoch for i in range(3)]
    wait_until(lambda: len({cluster[i].me().epoch for i in range(3)}) == 3, 10, f"distinct epochs, not {epochs}")
    cluster.in_step()
    for master, replica in zip(cluster.nodes[:3], cluster.nodes[3:]):
        assert master.wire("DEBUG", "DIGEST") == replica.wire("DEBUG", "DIGEST") != "0" * 40
        assert replica.me().master == master.id


@BOTH
@pytest.mark.goal("A chain of MEETs is as good as any: each is told of one other only")
def test_chain(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=4).start_strangers()
    for left, right in zip(cluster.nodes, cluster.nodes[1:]):
        left.wire.ok("CLUSTER", "MEET", "127.0.0.1", right.server.port)
    ids = {node.id for node in cluster.nodes}
    for node in cluster.nodes:
        wait_until(lambda: set(members(node.wire)) == ids, 15, f"{node.server.name} to know all others")


@pytest.mark.goal("Who has been met knows who met it, though it was told nothing")
def test_mutual(new_cluster):
    cluster = new_cluster(masters=2).start_strangers()
    cluster.meet()
    for node in cluster.nodes:
        assert cluster_info(node.wire)["cluster_known_nodes"] == "2"
        others = [member for member in members(node.wire).values() if "myself" not in member.flags]
        assert others[0].host == "127.0.0.1" and others[0].flags == {"master"}
    host = cluster[1].me().host
    assert host == "127.0.0.1", "its own address it learns from the MEET"


@BOTH
@pytest.mark.goal("A node that all forget, and that is reset, is alone again, and may come back by MEET")
def test_leaving(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3).start_strangers()
    cluster.meet()
    leaving = cluster[2]
    left_id = leaving.id
    everywhere(cluster.nodes[:2], "CLUSTER", "FORGET", left_id)
    leaving.wire.ok("CLUSTER", "RESET", "HARD")
    assert cluster_info(leaving.wire)["cluster_known_nodes"] == "1"
    for node in cluster.nodes[:2]:
        assert left_id not in members(node.wire)
    cluster[0].wire.ok("CLUSTER", "MEET", "127.0.0.1", leaving.server.port)
    wait_until(lambda: leaving.id in members(cluster[0].wire), 10, "it to be back")
    wait_until(lambda: leaving.id in members(cluster[1].wire), 10, "gossip to bring it, under its new id")


@pytest.mark.goal("A cluster that starts again from its files is the same: nobody has to be met")
def test_restart(new_cluster):
    cluster = new_cluster(masters=2, replicas=1).start()
    before = {node.id: (node.me().slots, node.me().master) for node in cluster.nodes}
    for node in cluster.nodes:
        node.server.kill()
    for node in cluster.nodes:
        node.server.start()
    cluster.settled()
    assert {node.id: (node.me().slots, node.me().master) for node in cluster.nodes} == before
