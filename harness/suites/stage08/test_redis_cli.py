"""redis-cli --cluster: what operators do with it works on our nodes, and on a mix with redis-server's."""

import re
import subprocess

import pytest

from strata_harness.cluster import SLOTS, cluster_info, key_in, members
from strata_harness.cluster_nodes import Cluster
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


def run(*words, fails=False):
    """redis-cli --cluster with these words, and yes to its questions; returns what it printed, without colours."""
    done = subprocess.run(["redis-cli", "--cluster", *map(str, words)], capture_output=True, text=True,
                          input="yes\n" * 9, timeout=scaled(50))
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert (done.returncode != 0) == fails, f"redis-cli --cluster {' '.join(map(str, words))}:\n{output[-2000:]}"
    return output


def address(node):
    return f"127.0.0.1:{node.server.port}"


def healthy(node):
    """`check` finds nothing wrong, once gossip has settled."""
    def checked():
        output = run("check", address(node))
        return "[OK] All nodes agree about slots configuration." in output and "[OK] All 16384 slots covered." in output
    wait_until(checked, 15, "check to find nothing wrong")


@BOTH
@pytest.mark.goal("create makes a cluster of six nodes: three masters with all slots, and a replica for each")
def test_create(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start_strangers()
    output = run("create", *map(address, cluster.nodes), "--cluster-replicas", 1, "--cluster-yes")
    assert "[OK] All nodes agree about slots configuration." in output and "[OK] All 16384 slots covered." in output
    cluster.settled()
    masters = [node for node in cluster.nodes if node.is_master()]
    assert [len(node.me().slots) for node in masters] == [5461, 5462, 5461]
    assert all(len(cluster.replicas_of(node)) == 1 for node in masters)
    assert cluster.lost(cluster.fill()) == []


@pytest.mark.goal("create refuses nodes with keys or that know others")
def test_create_refused(new_cluster):
    cluster = new_cluster(masters=3).start_strangers()
    cluster.meet()
    output = run("create", *map(address, cluster.nodes), "--cluster-yes", fails=True)
    assert "is not empty. Either the node already knows other nodes" in output


@BOTH
@pytest.mark.goal("info counts the keys, check finds nothing wrong, call runs a command on every node")
def test_info(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=2, replicas=1).start()
    cluster.fill(300)
    healthy(cluster[0])
    output = run("info", address(cluster[3]))
    assert "[OK] 300 keys in 2 masters." in output
    assert run("call", address(cluster[0]), "PING").count("PONG") == 4
    assert run("call", address(cluster[0]), "SET", "foo", "v").count("MOVED") == 3
    run("set-timeout", address(cluster[0]), 2000)
    assert {node.wire("CONFIG", "GET", "cluster-node-timeout")[1] for node in cluster.nodes} == {b"2000"}


@BOTH
@pytest.mark.goal("reshard moves slots with their keys")
def test_reshard(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3).start()
    written = cluster.fill(2000)
    run("reshard", address(cluster[0]), "--cluster-from", cluster[0].id, "--cluster-to", cluster[1].id,
        "--cluster-slots", 200, "--cluster-yes")
    cluster.settled()
    assert [len(node.me().slots) for node in cluster.nodes] == [5461 - 200, 5462 + 200, 5461]
    assert cluster.lost(written) == [] and sum(node.wire("DBSIZE") for node in cluster.nodes) == 2000
    healthy(cluster[2])


@BOTH
@pytest.mark.goal("add-node brings a master and a replica in; rebalance gives the new master its share")
def test_grow(new_cluster, fresh_server, mixed):
    cluster = new_cluster(mixed, masters=2).start()
    written = cluster.fill(500)
    newcomers = Cluster([fresh_server], masters=2).start_strangers()
    master, replica = newcomers.nodes
    run("add-node", address(master), address(cluster[0]))
    wait_until(lambda: all(master.id in members(node.wire) for node in cluster.nodes), 10, "the node to be known")
    healthy(cluster[0])
    run("add-node", address(replica), address(cluster[0]), "--cluster-slave", "--cluster-master-id", master.id)
    cluster.nodes += [master, replica]
    wait_until(lambda: replica.me().master == master.id, 10, "the replica to follow")
    cluster.settled()
    weight = 0.02  # of the others' shares: the fewer slots move, the sooner it is done
    run("rebalance", address(cluster[0]), "--cluster-use-empty-masters", "--cluster-weight", f"{master.id}={weight}")
    cluster.settled()
    assert abs(len(master.me().slots) - SLOTS * weight / (2 + weight)) < 4
    assert cluster.lost(written) == []


@BOTH
@pytest.mark.goal("del-node takes a node away that has no slots; one with slots is refused")
def test_shrink(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, slots=[set(range(8000)), set(range(8000, SLOTS)), set()]).start()
    leaving = cluster[2]
    left_id = leaving.id
    output = run("del-node", address(cluster[0]), cluster[1].id, fails=True)
    assert "is not empty" in output
    run("del-node", address(cluster[0]), left_id)
    assert cluster_info(leaving.wire)["cluster_known_nodes"] == "1"
    cluster.nodes.remove(leaving)
    cluster.settled()
    assert all(left_id not in members(node.wire) for node in cluster.nodes)


@BOTH
@pytest.mark.goal("fix finishes a migration that was broken off, with the keys that are still at the source")
def test_fix_open(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=2).start()
    source, target = cluster[0], cluster[1]
    for i in range(5):
        source.wire.ok("SET", key_in(100, i), "v")
    target.wire.ok("CLUSTER", "SETSLOT", 100, "IMPORTING", source.id)
    source.wire.ok("CLUSTER", "SETSLOT", 100, "MIGRATING", target.id)
    source.wire.ok("MIGRATE", "127.0.0.1", target.server.port, key_in(100, 0), 0, 1000)
    assert "in migrating state" in run("check", address(source), fails=True)
    run("fix", address(source))
    cluster.settled()
    assert all(node.me().open_slots == [] for node in cluster.nodes)
    assert all(cluster("GET", key_in(100, i)) == b"v" for i in range(5))
    healthy(target)


@BOTH
@pytest.mark.goal("fix gives uncovered slots an owner: the node that has their keys, or any")
def test_fix_uncovered(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=2).start()
    cluster[0].wire.ok("SET", key_in(100), "v")
    for node in cluster.nodes:
        node.wire.ok("CLUSTER", "DELSLOTS", 100, 101)
    assert "Not all 16384 slots are covered by nodes." in run("check", address(cluster[0]), fails=True)
    run("fix", address(cluster[1]))
    cluster.settled()
    assert cluster.owner_of(100) is cluster[0] and cluster("GET", key_in(100)) == b"v"
    healthy(cluster[0])


@pytest.mark.goal("import brings the keys of a server that is in no cluster")
def test_import(new_cluster, fresh_server):
    cluster = new_cluster(masters=2).start()
    source = fresh_server()
    wire = source.wire()
    for i in range(100):
        wire.ok("SET", f"key:{i}", f"value {i}")
    run("import", address(cluster[0]), "--cluster-from", f"127.0.0.1:{source.port}")
    assert wire("DBSIZE") == 0 and cluster.lost({f"key:{i}": f"value {i}" for i in range(100)}) == []
