"""A cluster of many nodes on one machine: how fast they agree, and what they say to each other while nothing happens.

    join     every node is told of by MEET at one of them, until all know all, and all slots
    roles    half of them become replicas, until all know that
    quiet    CPU time and bytes on the bus of each node a second (TCP's own account of both ends: ss)
    kill     a master dies, until all others know its replica as the owner of its slots

Makes are measured one after the other: their nodes would share the cores.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from client import BenchError
from members import CLUSTER, info, nodes, shares
from servers import Server

NODE_TIMEOUT = 5000  # ms
KILLS = 3


@dataclass
class Scale:
    """Of one make; seconds, except where it is said."""

    nodes: int
    join: float = 0
    roles: float = 0
    cpu_us: float = 0  # of each node, a second
    bus_bytes: float = 0  # sent by each node, a second
    resident: float = 0  # bytes of each node
    failed: list[float] = field(default_factory=list)  # until all had marked the node as failed
    replaced: list[float] = field(default_factory=list)  # until all knew the new owner


def measure(label: str, command: str, pairs: int, quiet: float, progress) -> Scale:
    result = Scale(2 * pairs)
    with contextlib.ExitStack() as stack:
        progress(f"starting {2 * pairs} nodes")
        options = {**CLUSTER, "cluster-node-timeout": NODE_TIMEOUT}
        servers = [stack.enter_context(Server(label, command, options=options)) for _ in range(2 * pairs)]
        masters, replicas = servers[:pairs], servers[pairs:]
        _join(result, masters, servers)
        progress(f"joined in {result.join:.1f} s")
        _roles(result, masters, replicas, servers)
        progress(f"roles in {result.roles:.1f} s")
        _quiet(result, servers, quiet)
        progress(f"{result.cpu_us:.0f} us and {result.bus_bytes:.0f} bytes of a node a second")
        for number in range(KILLS):
            _kill(result, masters[number], replicas[number], servers)
            progress(f"replaced in {result.replaced[-1]:.1f} s")
    return result


def _all(servers: list[Server], condition: Callable[[Server], bool], what: str, begin: float) -> float:
    """Seconds since `begin` until the condition held at each of them. Who has fulfilled it is not asked again."""
    open_ones = list(servers)
    while open_ones := [server for server in open_ones if not condition(server)]:
        if time.perf_counter() - begin > 120:
            raise BenchError(f"{what} has taken more than two minutes")
        time.sleep(0.05)
    return time.perf_counter() - begin


def _join(result: Scale, masters: list[Server], servers: list[Server]) -> None:
    for number, (server, part) in enumerate(zip(masters, shares(len(masters)))):
        with server.connect() as connection:
            connection.must("CLUSTER", "ADDSLOTSRANGE", min(part), max(part))
            connection.must("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    begin = time.perf_counter()
    with servers[0].connect() as connection:
        for server in servers[1:]:
            connection.must("CLUSTER", "MEET", "127.0.0.1", server.port)

    def joined(server: Server) -> bool:
        state = info(server)
        return state["cluster_known_nodes"] == str(len(servers)) and state["cluster_state"] == "ok" and \
            all("handshake" not in each.flags for each in nodes(server))

    result.join = _all(servers, joined, "to join", begin)


def _roles(result: Scale, masters: list[Server], replicas: list[Server], servers: list[Server]) -> None:
    ids = {}
    for server in servers:
        with server.connect() as connection:
            ids[server.port] = connection.bulk("CLUSTER", "MYID").decode()
    begin = time.perf_counter()
    for master, replica in zip(masters, replicas):
        with replica.connect() as connection:
            connection.must("CLUSTER", "REPLICATE", ids[master.port])
    wanted = {ids[replica.port]: ids[master.port] for master, replica in zip(masters, replicas)}
    result.roles = _all(servers, lambda server: {each.id: each.master for each in nodes(server)
                                                 if each.master != "-"} == wanted, "to take their roles", begin)
    _all(replicas, lambda server: _linked(server), "to replicate", begin)


def _linked(server: Server) -> bool:
    with server.connect() as connection:
        return b"master_link_status:up" in connection.bulk("INFO", "replication")


def _quiet(result: Scale, servers: list[Server], seconds: float) -> None:
    ports = {server.port + 10_000 for server in servers}
    time.sleep(NODE_TIMEOUT / 1000)
    bytes_before, cpu_before, begin = _sent(ports), [server.cpu_ns() for server in servers], time.perf_counter()
    time.sleep(seconds)
    spent = sum(server.cpu_ns() - before for server, before in zip(servers, cpu_before))
    elapsed = time.perf_counter() - begin
    result.bus_bytes = (_sent(ports) - bytes_before) / elapsed / len(servers)
    result.cpu_us = spent / 1000 / elapsed / len(servers)
    result.resident = sum(server.rss() for server in servers) / len(servers)


def _sent(ports: set[int]) -> int:
    """Bytes that were sent so far over all connections to or from these ports, at both ends."""
    run = subprocess.run(["ss", "-tinH", "state", "established"], capture_output=True, text=True, check=True)
    total, counts = 0, False
    for line in run.stdout.splitlines():
        if not line[:1].isspace():
            local, peer = line.split()[2:4]
            counts = not ports.isdisjoint({int(local.rpartition(":")[2]), int(peer.rpartition(":")[2])})
        elif counts:
            total += sum(int(word[11:]) for word in line.split() if word.startswith("bytes_sent:"))
    return total


def _kill(result: Scale, master: Server, replica: Server, servers: list[Server]) -> None:
    begin = time.perf_counter()
    master.kill()
    others = [server for server in servers if server.alive()]

    def flags(server: Server) -> set[str]:
        return next(each.flags for each in nodes(server) if each.port == master.port)

    def replaced(server: Server) -> bool:
        return any(each.port == replica.port and each.slots for each in nodes(server))

    result.failed.append(_all(others, lambda server: "fail" in flags(server), "to notice", begin))
    result.replaced.append(_all(others, replaced, "to agree on the new master", begin))
