"""Clusters of live nodes: formed from nodes.conf files in one step, or by MEET; waited for until all agree.

    cluster = Cluster([fresh_server, reference], masters=3, replicas=1).start()
    cluster.settled()                 every node sees the same owners, everybody is well, replicas are in step
    cluster.owner_of("key").wire      a client of the node that has the key's slot

The nodes are made by the given factories in turns, so that a cluster may be of different servers. Node i has the id of
forty times the digit i, masters first; so it is known which of two ids is the smaller one.
"""

from __future__ import annotations

import signal
from typing import Any, Callable, Iterable, Sequence

from .cluster import OPTIONS, SLOTS, Member, cluster_info, conf_path, conf_text, members, my_id, slot_of
from .resp import Arg, RespError
from .server import Server
from .timing import scaled
from .wait import wait_until
from .wire import Wire

Make = Callable[..., Server]
DIGITS = "123456789abcde"


def share(masters: int) -> list[set[int]]:
    """All slots, in as many equal parts."""
    bounds = [round(i * SLOTS / masters) for i in range(masters + 1)]
    return [set(range(first, last)) for first, last in zip(bounds, bounds[1:])]


class Node:
    """One node of a cluster, and a client of it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._wire: Wire | None = None
        self._pid = 0

    @property
    def wire(self) -> Wire:
        """A client that lives as long as the process it is connected to."""
        if self._wire is None or self._pid != self.server.pid:
            self._wire = self.server.wire(name=f"at {self.server.name}")
            self._pid = self.server.pid
        return self._wire

    @property
    def id(self) -> str:
        return my_id(self.wire)

    @property
    def alive(self) -> bool:
        return self.server.alive()

    def me(self) -> Member:
        return next(member for member in members(self.wire).values() if "myself" in member.flags)

    def is_master(self) -> bool:
        return "master" in self.me().flags

    def hang(self) -> None:
        self.server.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.server.signal(signal.SIGCONT)


class Cluster:
    """Masters first, then the replicas: master i's are the nodes i + masters, i + 2 * masters, ..."""

    def __init__(self, makers: Sequence[Make], masters: int = 3, replicas: int = 0, slots: list[set[int]] | None = None,
                 **options: Any) -> None:
        self.masters = masters
        self.parts = slots or share(masters)
        timeout = int(scaled(1000))
        options = {**OPTIONS, "cluster_node_timeout": timeout, "repl_timeout": 10, **options}
        count = masters * (1 + replicas)
        self.nodes = [Node(makers[i % len(makers)](start=False, **options)) for i in range(count)]
        for i, node in enumerate(self.nodes):
            node.server.name = f"node {i}"

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]

    # -- forming -----------------------------------------------------------------------------------------------------

    def start(self) -> "Cluster":
        """Every node knows the others from its nodes.conf. Returns when all agree and serve."""
        lines = [self._member(i) for i in range(len(self.nodes))]
        for i, node in enumerate(self.nodes):
            conf_path(node.server).write_text(conf_text(lines, lines[i].id))
        for node in self.nodes:
            node.server.start()
        self.settled()
        return self

    def _member(self, index: int) -> Member:
        server = self.nodes[index].server
        bus = server.options.get("cluster_announce_bus_port", server.port + 10000)
        member = Member(self.id_of(index), server.port, cport=int(str(bus)))
        if index < self.masters:
            member.slots, member.epoch = self.parts[index], index + 1
        else:
            member.master = self.id_of(index % self.masters)
        return member

    def id_of(self, index: int) -> str:
        """The id that the node has, or will have, if it starts from its written file."""
        return DIGITS[index] * 40

    def start_strangers(self) -> "Cluster":
        """The nodes run, without slots, and do not know each other."""
        for node in self.nodes:
            node.server.start()
        return self

    def meet(self) -> None:
        """The first node meets all others; returns when everybody knows everybody."""
        for node in self.nodes[1:]:
            self[0].wire.ok("CLUSTER", "MEET", "127.0.0.1", node.server.port)
        ids = {node.id for node in self.nodes}
        for node in self.nodes:
            wait_until(lambda: set(members(node.wire)) == ids, 10, f"{node.server.name} to know all others")

    # -- looking -----------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> list[Node]:
        return [node for node in self.nodes if node.alive]

    def owners(self, node: Node) -> dict[int, str]:
        """The owner of each slot as that node sees it."""
        return {slot: member.id for member in members(node.wire).values() for slot in member.slots}

    def agreed(self) -> bool:
        """Do all that are alive see the same owners, and the state ok?"""
        views = [self.owners(node) for node in self.alive]
        return all(view == views[0] for view in views) and len(views[0]) == SLOTS and all(
            cluster_info(node.wire)["cluster_state"] == "ok" for node in self.alive)

    def settled(self, timeout: float = 20) -> None:
        """Waits until they agree, nobody that is alive is suspected, and every replica has its master's data."""
        wait_until(self.agreed, timeout, "all nodes to agree on the owners of the slots, and the state ok")
        wait_until(self.well, timeout, "all nodes to be well, with replicas in step")

    def well(self) -> bool:
        ids = {node.id for node in self.alive}
        for node in self.alive:
            seen = members(node.wire)
            for one in ids:
                assert one in seen, f"{node.server.name} does not know {one[:8]}"
                bad = {"fail", "fail?", "handshake"} & seen[one].flags
                assert not bad, f"{node.server.name} sees {one[:8]} as {bad}"
                assert seen[one].link == "connected", f"{node.server.name} has no link to {one[:8]}"
                assert seen[one].pong or "myself" in seen[one].flags, f"{node.server.name} has no PONG of {one[:8]}"
            role = node.wire("ROLE")
            assert role[0] == b"master" or role[3] == b"connected", f"{node.server.name} has the role {role}"
        return True

    def in_step(self, timeout: float = 10) -> None:
        """Waits until every replica has applied what its master has written."""
        by_port = {node.server.port: node for node in self.alive}
        for node in self.alive:
            role = node.wire("ROLE")
            if role[0] == b"slave" and role[2] in by_port:
                master = by_port[role[2]]
                wait_until(lambda: node.wire("ROLE")[4] >= master.wire("ROLE")[1], timeout,
                           f"{node.server.name} to catch up")

    # -- using -------------------------------------------------------------------------------------------------------

    def owner_of(self, key: str | bytes | int) -> Node:
        """The node that says it owns the key's slot; a number is a slot."""
        slot = key if isinstance(key, int) else slot_of(key)
        owners = [node for node in self.alive if slot in node.me().slots]
        assert len(owners) == 1, f"slot {slot} is claimed by {[node.server.name for node in owners]}"
        return owners[0]

    def replicas_of(self, node: Node) -> list[Node]:
        node_id = node.id
        return [one for one in self.alive if one.me().master == node_id]

    def __call__(self, *words: Arg, key: str | bytes | None = None) -> Any:
        """A command, at the owner of its first argument (or of `key`), following redirections as a client would."""
        target = self.owner_of(key or words[1])  # type: ignore[arg-type]
        reply = target.wire(*words)
        for _ in range(5):
            if not isinstance(reply, RespError) or reply.code not in ("MOVED", "ASK"):
                break
            port = int(reply.text.rsplit(":", 1)[1])
            node = next(node for node in self.nodes if node.server.port == port)
            if reply.code == "ASK":
                node.wire.ok("ASKING")
            reply = node.wire(*words)
        return reply

    def fill(self, count: int = 500) -> dict[str, str]:
        """Keys all over the slots."""
        written = {f"key:{i}": f"value {i}" for i in range(count)}
        where: dict[int, Node] = {slot: node for node in self.alive for slot in node.me().slots}
        for key, value in written.items():
            where[slot_of(key)].wire.send_command("SET", key, value)
        for key in written:
            assert (reply := where[slot_of(key)].wire.read()) == "OK", f"SET {key}: {reply!r}"
        return written

    def lost(self, written: dict[str, str]) -> list[str]:
        """The keys whose value is not where it should be."""
        where: dict[int, Node] = {slot: node for node in self.alive for slot in node.me().slots}
        for key in written:
            where[slot_of(key)].wire.send_command("GET", key)
        return [key for key, value in written.items() if where[slot_of(key)].wire.read() != value.encode()]


def everywhere(nodes: Iterable[Node], *words: Arg) -> None:
    """A command that must answer +OK, at each node."""
    for node in nodes:
        node.wire.ok(*words)
