"""A cluster under writes, of ours and redis-server's nodes in turn, with a fault each round: no write is lost beyond the rules.

Three masters, two replicas each, and one of these at random, to one of the masters:

    kill         -9; a replica takes over, the dead one starts again without data
    hang         stopped until a replica has taken over, then it goes on where it stood
    partition    cut off from all other nodes and from its replicas, though clients still reach it, until one has taken over
    by hand      CLUSTER FAILOVER at a replica
    old file     fails over by hand, is killed, and comes back with the nodes.conf from before
    reshard      redis-cli gives some of its slots to another

A write that was acknowledged may be lost if its master failed less than LAG later, before its replicas had it; or if the
master did not know yet that it was alone. Nothing else may: afterwards each lost write is held against these rules. No write
may come twice, and after each round all nodes agree, every slot has one owner and replicas are in step.
"""

from __future__ import annotations

import collections
import random
import subprocess
import time
from dataclasses import dataclass

from ..strata_harness.cluster import SLOTS, conf_path
from ..strata_harness.cluster_history import Ack, History
from ..strata_harness.cluster_nodes import Cluster, Node
from ..strata_harness.cluster_partition import BusNetwork
from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from ..strata_harness.wait import wait_until
from .support import Report

MASTERS, REPLICAS = 3, 2
KEYS = 60
LAG = 1.0  # seconds within which a replica has what its master has acknowledged
TIMEOUT = 1.0  # the node timeout


@dataclass
class Excuse:
    """Writes that this master acknowledged in this time may be lost."""

    port: int
    begin: float
    end: float

    def covers(self, ack: Ack) -> bool:
        return ack.port == self.port and self.begin <= ack.at <= self.end


class Faults:
    """Each method is one kind of fault, over when it returns; what it may cost is added to `excuses`."""

    def __init__(self, cluster: Cluster, network: BusNetwork, rng: random.Random) -> None:
        self.cluster, self.network, self.rng = cluster, network, rng
        self.excuses: list[Excuse] = []

    def pick(self) -> tuple[Node, Node]:
        """A master that serves slots, and one of its replicas."""
        master = self.rng.choice([node for node in self.cluster.nodes if node.me().slots])
        return master, self.rng.choice(self.cluster.replicas_of(master))

    def kill(self) -> None:
        master, _ = self.pick()
        self._excuse(master, 0)
        slots = master.me().slots
        master.server.kill()
        self._taken_over(slots, master)
        master.server.start()

    def hang(self) -> None:
        master, _ = self.pick()
        slots = master.me().slots
        self._excuse(master, 0)
        master.hang()
        self._taken_over(slots, master)
        # What was sent to it meanwhile it answers before it hears any news.
        self.excuses.append(Excuse(master.server.port, time.monotonic(), time.monotonic() + LAG))
        master.go_on()

    def partition(self) -> None:
        master, _ = self.pick()
        slots = master.me().slots
        me = master.id
        self.network.cut([me], [node.id for node in self.cluster.nodes if node is not master])
        # Replication does not go over the bus. Who is connected stays so: the writers; replicas are put out, and kept out.
        master.wire.ok("CONFIG", "SET", "requirepass", "nobody knows")
        master.wire("CLIENT", "KILL", "TYPE", "replica")
        self._excuse(master, 2 * TIMEOUT)
        self._taken_over(slots, master)
        master.wire.ok("CONFIG", "SET", "requirepass", "")
        self.network.heal()

    def by_hand(self) -> None:
        master, replica = self.pick()
        slots = master.me().slots
        replica.wire.ok("CLUSTER", "FAILOVER")
        self._taken_over(slots, master)

    def old_file(self) -> None:
        master, replica = self.pick()
        slots = master.me().slots
        old = conf_path(master.server).read_bytes()
        replica.wire.ok("CLUSTER", "FAILOVER")
        self._taken_over(slots, master)
        wait_until(lambda: not master.is_master(), 20, "the old master to be a replica")
        master.server.kill()
        conf_path(master.server).write_bytes(old)
        master.server.start()

    def reshard(self) -> None:
        source, _ = self.pick()
        target = self.rng.choice([node for node in self.cluster.nodes if node.me().slots and node is not source])
        words = ["--cluster-from", source.id, "--cluster-to", target.id, "--cluster-slots",
                 str(min(60, len(source.me().slots) - 1)), "--cluster-yes"]
        done = subprocess.run(["redis-cli", "--cluster", "reshard", f"127.0.0.1:{source.server.port}", *words],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=scaled(60))
        assert done.returncode == 0, done.stdout[-500:] + done.stderr

    def _excuse(self, master: Node, longer: float) -> None:
        self.excuses.append(Excuse(master.server.port, time.monotonic() - LAG, time.monotonic() + scaled(longer)))

    def _taken_over(self, slots: set[int], old: Node) -> None:
        def done() -> bool:
            return any(slots <= node.me().slots for node in self.cluster.alive if node is not old and not _stopped(node))
        wait_until(done, 30, "a replica to take over")


def _stopped(node: Node) -> bool:
    with open(f"/proc/{node.server.pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


KINDS = {"kill": Faults.kill, "hang": Faults.hang, "partition": Faults.partition, "by hand": Faults.by_hand,
         "old file": Faults.old_file, "reshard": Faults.reshard}


def run(options, report: Report) -> None:
    rounds = options.rounds or 30
    rng = random.Random(options.seed)
    commands = [options.server] + ([options.reference] if options.reference else [])
    made: list[Server] = []

    def maker(command: str):
        def make(start: bool = True, **its_options) -> Server:
            made.append(Server(command, its_options))
            return made[-1]
        return make

    try:
        if options.name == "all" and not _has_clusters(maker(options.server)()):
            report.note("this server knows nothing of clusters")
            return
        with BusNetwork() as network:
            cluster = Cluster([maker(command) for command in commands], MASTERS, REPLICAS,
                              cluster_node_timeout=int(scaled(1000 * TIMEOUT)))
            for i, node in enumerate(cluster.nodes):
                node.server.options["cluster_announce_bus_port"] = network.proxy(cluster.id_of(i), node.server.port + 10000)
            cluster.start()
            _rounds(cluster, Faults(cluster, network, rng), rounds, report)
            for node in cluster.nodes:
                report.server_is_well(node.server)
    finally:
        for server in made:
            server.close()


def _has_clusters(server: Server) -> bool:
    return server.start().wire()("COMMAND", "INFO", "CLUSTER") != [None]


def _rounds(cluster: Cluster, faults: Faults, rounds: int, report: Report) -> None:
    costs: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0])  # by kind: rounds, acknowledged, lost
    history = History([node.server.port for node in cluster.nodes], [f"key:{i}" for i in range(KEYS)])
    kinds = list(KINDS)
    with history:
        for number in range(rounds):
            kind = kinds[number % len(kinds)] if number < len(kinds) else faults.rng.choice(kinds)
            before = history.acknowledged, len(history.lost)
            KINDS[kind](faults)
            cluster.settled(60)
            goal = history.acknowledged + 2 * KEYS
            wait_until(lambda: history.acknowledged >= goal, 30, "writes after the fault")
            cost = costs[kind]
            cost[0] += 1
            cost[1] += history.acknowledged - before[0]
            cost[2] += len(history.lost) - before[1]
    cluster.settled(60)
    for key in history.keys():
        history.note(key, int(cluster("GET", key) or 0), 0, final=True)
    for kind, (count, acknowledged, lost) in sorted(costs.items()):
        report.note(f"{kind:10} {count:3} rounds, {acknowledged:6} writes acknowledged, {lost:3} of them lost")
    report.note(f"{history.refused} writes were refused, {history.unanswered} never answered")
    unexcused = [ack for ack in history.lost if not any(excuse.covers(ack) for excuse in faults.excuses)]
    report.expect(costs["partition"][2] > 0 or not costs["partition"][0],
                  "a master that is cut off loses what it acknowledged: the check sees losses")
    report.expect(not unexcused, f"all {len(history.lost)} lost of {history.acknowledged} acknowledged writes are such as the "
                  f"rules allow" + "".join(f"; not {ack}" for ack in unexcused[:5]))
    report.expect(not history.doubled, f"no write came twice {history.doubled[:5] or ''}")
    report.expect(sum(len(node.me().slots) for node in cluster.nodes) == SLOTS, "every slot has one owner")
