"""Masters die, hang, are replaced by hand, and come back; with live nodes, some of which may be redis-servers."""

import threading
import time

import pytest

from strata_harness.cluster import cluster_info, key_in, members, state_is
from strata_harness.resp import RespError
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(60)
BOTH = pytest.mark.parametrize("mixed", [False, True], ids=["ours", "mixed"])


def taken_over(cluster, replica, master_id, timeout=20):
    """Waits until the replica is master of what that master had, and everybody alive sees it so."""
    wait_until(replica.is_master, timeout, f"{replica.server.name} to take over")
    wait_until(cluster.agreed, timeout, "all to agree")
    assert all(member.slots == set() for member in members(replica.wire).values() if member.id == master_id)


@BOTH
@pytest.mark.goal("A master dies: its replica takes over with all data; the old one comes back as its replica")
def test_death(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start()
    written = cluster.fill()
    cluster.in_step()
    master, replica = cluster[0], cluster[3]
    master_id, slots = master.id, master.me().slots
    master.server.kill()
    taken_over(cluster, replica, master_id)
    assert replica.me().slots == slots and cluster.lost(written) == []
    assert replica.me().epoch == max(int(cluster_info(node.wire)["cluster_current_epoch"]) for node in cluster.alive)
    for node in cluster.alive:
        assert "fail" in members(node.wire)[master_id].flags
    written |= cluster.fill(800)
    master.server.start()
    wait_until(lambda: not master.is_master(), 10, "the old master to become a replica")
    assert master.me().master == replica.id
    cluster.settled()
    cluster.in_step()
    assert master.wire("DEBUG", "DIGEST") == replica.wire("DEBUG", "DIGEST")
    assert cluster.lost(written) == []


@pytest.mark.goal("A master that hung comes to itself too late: it gives way, and takes no write that would be lost")
def test_hang(new_cluster):
    cluster = new_cluster(masters=3, replicas=1).start()
    key = key_in(1)
    assert cluster("SET", key, "old") == "OK"
    cluster.in_step()
    master, replica = cluster[0], cluster[3]
    held = master.server.wire(name="held")
    master.hang()
    wait_until(replica.is_master, 15, "the replica to take over")
    replica.wire.ok("SET", key, "new")
    master.go_on()
    wait_until(lambda: not master.is_master(), 10, "the old master to give way")
    assert held.error("SET", key, "late") == f"MOVED 1 127.0.0.1:{replica.server.port}"
    cluster.settled()
    assert cluster("GET", key) == b"new"


class Counter(threading.Thread):
    """Increments a key as fast as it can, following redirections. `acknowledged` is the greatest answer it got."""

    def __init__(self, cluster, key):
        super().__init__(daemon=True)
        self.cluster, self.key = cluster, key
        self.acknowledged, self.moves, self.problem = 0, 0, ""
        self.stopping = False
        self.ports = {node.server.port: node.server for node in cluster.nodes}

    def run(self):
        wire = self.cluster.owner_of(self.key).server.wire(name="counter")
        while not self.stopping:
            reply = wire("INCR", self.key)
            if isinstance(reply, RespError) and reply.code == "MOVED":
                self.moves += 1
                wire = self.ports[int(reply.text.rsplit(":", 1)[1])].wire(name=f"counter {self.moves}")
            elif isinstance(reply, RespError):
                self.problem = reply.text
                return
            else:
                self.acknowledged = max(self.acknowledged, reply)

    def finish(self):
        self.stopping = True
        self.join(10)
        assert not self.is_alive() and not self.problem, self.problem or "a write was never answered"


@BOTH
@pytest.mark.goal("CLUSTER FAILOVER under writes: roles are swapped, no acknowledged write is lost, none is refused")
def test_by_hand(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=3, replicas=1).start()
    key = key_in(1)
    counter = Counter(cluster, key)
    counter.start()
    for old, new in ((cluster[0], cluster[3]), (cluster[3], cluster[0])):
        goal = counter.acknowledged + 100
        wait_until(lambda: counter.acknowledged >= goal, 10, "writes")
        cluster.in_step()
        old_id = old.id
        new.wire.ok("CLUSTER", "FAILOVER")
        taken_over(cluster, new, old_id, 10)
        new_id = new.id
        wait_until(lambda: all(members(node.wire)[old_id].master == new_id for node in cluster.nodes), 10,
                   "all to know the old master as a replica: before, it could not ask for the next change")
    goal = counter.acknowledged + 100
    wait_until(lambda: counter.acknowledged >= goal or not counter.is_alive(), 10, "writes")
    counter.finish()
    assert int(cluster("GET", key)) >= counter.acknowledged and counter.moves >= 2
    cluster.settled()


@pytest.mark.goal("FORCE works though the master hangs; TAKEOVER works though there is no majority")
def test_forced(new_cluster):
    cluster = new_cluster(masters=3, replicas=1, cluster_replica_no_failover="yes").start()
    written = cluster.fill(200)
    cluster.in_step()
    cluster[0].hang()
    cluster[3].wire.ok("CLUSTER", "FAILOVER", "FORCE")
    wait_until(cluster[3].is_master, 10, "the forced failover")
    assert cluster[3].me().slots == cluster.parts[0]
    cluster[0].server.kill()
    cluster[1].server.kill(), cluster[2].server.kill()
    state_is(cluster[4].wire, "fail", 15)
    for replica in (cluster[4], cluster[5]):
        replica.wire.ok("CLUSTER", "FAILOVER", "TAKEOVER")
        wait_until(replica.is_master, 5, "the takeover")
    cluster.settled()
    assert cluster.lost(written) == []
    assert len({node.me().epoch for node in cluster.alive}) == 3


@pytest.mark.goal("Without a majority of masters nobody is replaced, however dead it is")
def test_minority(new_cluster):
    cluster = new_cluster(masters=3, replicas=1).start()
    cluster[0].server.kill(), cluster[1].server.kill()
    state_is(cluster[2].wire, "fail", 15)
    for dead in ("1" * 40, "2" * 40):
        wait_until(lambda: "fail?" in members(cluster[2].wire)[dead].flags, 10, "the suspicion")
    assert not cluster[3].is_master() and not cluster[4].is_master()
    cluster[0].server.start(), cluster[1].server.start()
    cluster.settled()
    assert [node.is_master() for node in cluster.nodes] == [True] * 3 + [False] * 3


@BOTH
@pytest.mark.goal("A master that has lost its only replica gets one from a master that has two")
def test_replica_migration(new_cluster, mixed):
    cluster = new_cluster(mixed, masters=2, replicas=2, cluster_migration_barrier=1).start()
    both = {node.id for node in (cluster[3], cluster[5])}  # the second master's
    cluster[3].server.kill(), cluster[5].server.kill()
    wait_until(lambda: all("fail" in members(cluster[0].wire)[one].flags for one in both), 20, "the failures")
    begin = time.monotonic()
    wait_until(lambda: cluster.replicas_of(cluster[1]), 25, "a replica of the first master to migrate")
    assert time.monotonic() - begin > 3.5, "five seconds are to pass: one of the two might have come back"
    cluster.settled()
    assert len(cluster.replicas_of(cluster[0])) == len(cluster.replicas_of(cluster[1])) == 1
    assert cluster.replicas_of(cluster[1])[0].id == "3" * 40, "the smaller id of the two"


@pytest.mark.goal("A restarted node whose nodes.conf is old learns what happened meanwhile, and claims nothing")
def test_old_file(new_cluster):
    cluster = new_cluster(masters=3, replicas=1).start()
    conf = cluster[0].server.dir / "nodes.conf"
    old = conf.read_text()
    cluster[3].wire.ok("CLUSTER", "FAILOVER")
    taken_over(cluster, cluster[3], cluster[0].id)
    wait_until(lambda: not cluster[0].is_master(), 10, "the old master to become a replica")
    cluster[0].server.kill()
    conf.write_text(old)
    cluster[0].server.start()
    wait_until(lambda: not cluster[0].is_master(), 10, "the old master to see that it is none any more")
    cluster.settled()
    assert cluster[3].me().slots == cluster.parts[0]
