"""The network falls apart and heals: one owner for each slot in the end, and no acknowledged write lost that counts."""

import pytest

from strata_harness.cluster import cluster_info, key_in, members, state_is
from strata_harness.cluster_partition import BusNetwork
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


@pytest.fixture
def divided(new_cluster):
    """A factory of clusters with a network that can be cut."""
    with BusNetwork() as network:
        def make(mixed=False, **options):
            cluster = new_cluster(mixed, **options)
            for i, node in enumerate(cluster.nodes):
                server = node.server
                server.options["cluster_announce_bus_port"] = network.proxy(cluster.id_of(i), server.port + 10000)
            return cluster.start(), network
        yield make


@BOTH
@pytest.mark.goal("A master cut off from the majority stops serving; its replica takes over; healed, all agree")
def test_minority_side(divided, mixed):
    cluster, network = divided(mixed, masters=3, replicas=1)
    key = key_in(1)
    assert cluster("SET", key, "before") == "OK"
    cluster.in_step()
    ids = [node.id for node in cluster.nodes]
    network.cut(ids[:1], ids[1:])
    state_is(cluster[0].wire, "fail", 15)
    assert cluster[0].wire.error("SET", key, "lost") == "CLUSTERDOWN The cluster is down"
    wait_until(cluster[3].is_master, 20, "the replica on the majority's side to take over")
    wait_until(lambda: cluster[3].wire("SET", key, "after") == "OK", 15, "writes there")
    assert cluster[0].is_master() and network.dropped > 0
    network.heal()
    wait_until(lambda: not cluster[0].is_master(), 20, "the old master to give way")
    cluster.settled()
    assert cluster("GET", key) == b"after" and cluster[3].me().slots == cluster.parts[0]


@pytest.mark.goal("A replica on the minority's side with its master does nothing; healed, nothing has changed")
def test_both_cut_off(divided):
    cluster, network = divided(masters=3, replicas=1)
    ids = [node.id for node in cluster.nodes]
    epoch = cluster_info(cluster[1].wire)["cluster_current_epoch"]
    network.cut([ids[0], ids[3]], [ids[1], ids[2], ids[4], ids[5]])
    state_is(cluster[0].wire, "fail", 15)
    wait_until(lambda: "fail" in members(cluster[1].wire)[ids[0]].flags, 15, "the majority to judge")
    state_is(cluster[1].wire, "fail", 15)
    assert not cluster[3].is_master()
    network.heal()
    cluster.settled()
    assert [node.is_master() for node in cluster.nodes] == [True] * 3 + [False] * 3
    assert cluster_info(cluster[1].wire)["cluster_current_epoch"] == epoch, "no election was won, and none was held"


@pytest.mark.goal("Two nodes that cannot reach each other, but everybody else, are no failure")
def test_one_link(divided):
    cluster, network = divided(masters=3)
    ids = [node.id for node in cluster.nodes]
    network.cut(ids[:1], ids[1:2])
    wait_until(lambda: "fail?" in members(cluster[0].wire)[ids[1]].flags, 15, "the suspicion")
    assert "fail" not in members(cluster[2].wire)[ids[1]].flags
    assert cluster("SET", key_in(1), "v") == "OK" and cluster("SET", key_in(9000), "v") == "OK"
    network.heal()
    cluster.settled()
