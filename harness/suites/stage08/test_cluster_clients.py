"""redis-py's RedisCluster as programs use it: it finds its way, also while the cluster grows, shrinks, fails over."""

import subprocess
import threading

import pytest
from redis.cluster import RedisCluster
from redis.exceptions import (ClusterDownError, ConnectionError as LostConnection, RedisClusterException, RedisError,
                              TimeoutError as TooLate)

from strata_harness.cluster import SLOTS, members
from strata_harness.cluster_nodes import Cluster
from strata_harness.timing import scaled
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(90)
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


def client_of(node, **options):
    return RedisCluster(host="127.0.0.1", port=node.server.port, decode_responses=True, socket_timeout=scaled(5),
                        **options)


@BOTH
@pytest.mark.goal("RedisCluster reads, writes and pipelines all over the slots, and reads from replicas")
def test_everyday(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start()
    client = client_of(cluster[4])
    for i in range(200):
        assert client.set(f"key:{i}", i)
    assert client.mget_nonatomic([f"key:{i}" for i in range(200)]) == [str(i) for i in range(200)]
    pipeline = client.pipeline()
    for i in range(200):
        pipeline.incr(f"key:{i}")
    assert pipeline.execute() == [i + 1 for i in range(200)]
    client.mset({"{tag}a": 1, "{tag}b": 2})
    assert client.sunion("{tag}x", "{tag}y") == set() and client.delete("{tag}a", "{tag}b") == 2
    assert client.dbsize(target_nodes=RedisCluster.PRIMARIES) == 200
    cluster.in_step()
    reader = client_of(cluster[0], read_from_replicas=True)
    assert [reader.get(f"key:{i}") for i in range(200)] == [str(i + 1) for i in range(200)]
    assert client.cluster_info()["cluster_state"] == "ok" and client.cluster_keyslot("foo") == 12182
    client.close(), reader.close()


class Load(threading.Thread):
    """Counts keys up by redis-py and reads each back. Errors other than `tolerated` are a problem."""

    def __init__(self, node, number, tolerated=()):
        super().__init__(daemon=True)
        self.node = node
        self.client = client_of(node)
        self.keys = [f"load:{number}:{i}" for i in range(40)]
        self.acknowledged = dict.fromkeys(self.keys, 0)
        self.attempts = dict.fromkeys(self.keys, 0)
        self.tolerated = tolerated
        self.rounds, self.problem, self.stopping = 0, "", False

    def run(self):
        while not self.stopping and not self.problem:
            for key in self.keys:
                try:
                    self.client = self.client or client_of(self.node)
                    self.attempts[key] += 1
                    answer = self.client.incr(key)
                    read = int(self.client.get(key))
                    if answer < self.acknowledged[key] + 1 or read != answer:
                        self.problem = f"{key}: {self.acknowledged[key]} before, INCR said {answer}, GET {read}"
                    self.acknowledged[key] = answer
                except self.tolerated:
                    self.client = None  # redis-py 4.3 does not always recover from the death of a node
                except (RedisError, ValueError, TypeError) as error:
                    self.problem = f"{key}: {type(error).__name__}: {error}"
            self.rounds += 1

    def more(self, rounds):
        goal = self.rounds + rounds
        wait_until(lambda: self.rounds >= goal or self.problem, 30, "clients to go on")
        assert not self.problem, self.problem

    def finish(self):
        self.stopping = True
        self.join(scaled(20))
        assert not self.problem, self.problem


def cli(*words):
    done = subprocess.run(["redis-cli", "--cluster", *map(str, words)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=scaled(60))
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]


def address(node):
    return f"127.0.0.1:{node.server.port}"


@BOTH
@pytest.mark.goal("A node joins, gets slots, gives them back and leaves, under load: no key is lost or doubled")
def test_grow_and_shrink(new_cluster, fresh_server, mixed):
    cluster = new_cluster(mixed, masters=2).start()
    [newcomer] = Cluster([fresh_server], masters=1).start_strangers().nodes
    loads = [Load(cluster[i], i) for i in range(2)]
    for load in loads:
        load.start()
        load.more(1)
    cli("add-node", address(newcomer), address(cluster[0]))
    wait_until(lambda: all(newcomer.id in members(node.wire) for node in cluster.nodes), 10, "the node to be known")
    cluster.nodes.append(newcomer)
    first, second = cluster[0], cluster[1]
    for source, target in [(first, newcomer), (second, newcomer), (newcomer, first), (newcomer, second)]:
        wait_until(cluster.agreed, 15, "all to agree")
        cli("reshard", address(cluster[0]), "--cluster-from", source.id, "--cluster-to", target.id,
            "--cluster-slots", 100, "--cluster-yes")
        for load in loads:
            load.more(1)
    newcomer_id = newcomer.id
    wait_until(lambda: not any(members(node.wire)[newcomer_id].slots for node in cluster.nodes), 15, "an empty node")
    cli("del-node", address(cluster[0]), newcomer_id)
    cluster.nodes.remove(newcomer)
    for load in loads:
        load.more(1)
        load.finish()
    cluster.settled()
    assert sum(len(node.me().slots) for node in cluster.nodes) == SLOTS
    assert sum(node.wire("DBSIZE") for node in cluster.nodes) == 80 and newcomer.wire("DBSIZE") == 0
    for load in loads:
        assert load.attempts == load.acknowledged
        assert {key: int(cluster("GET", key)) for key in load.keys} == load.acknowledged


@BOTH
@pytest.mark.goal("A master dies under load: clients find the replica; nothing that was acknowledged is lost")
def test_failover(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start()
    load = Load(cluster[1], 0, (LostConnection, TooLate, ClusterDownError, RedisClusterException))
    load.start()
    load.more(2)
    cluster[0].server.kill()
    wait_until(cluster[3].is_master, 20, "the replica to take over")
    wait_until(cluster.agreed, 20, "all to agree")
    goal = {key: count for key, count in load.acknowledged.items()}
    wait_until(lambda: all(load.acknowledged[key] > goal[key] for key in load.keys) or load.problem, 20, "writes")
    load.finish()
    for key in load.keys:
        assert load.acknowledged[key] <= int(cluster("GET", key)) <= load.attempts[key]
