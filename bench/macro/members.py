"""Cluster nodes under measurement: servers of one make that know each other from their first moment, or not yet."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from client import BenchError
from followers import OPTIONS
from servers import ROOT, Server

sys.path.insert(0, str(ROOT / "harness"))

from strata_harness.cluster import SLOTS, Member, conf_path, conf_text, parse_member  # noqa: E402

CLUSTER = {**OPTIONS, "cluster-enabled": "yes"}
NEVER = 600_000  # a node timeout, ms: nobody is missed
NOWHERE = 1  # a port at which nobody listens


def clusters(server: Server) -> bool:
    """Does it know of clusters?"""
    with server.connect() as connection:
        return connection.knows("CLUSTER")


def id_of(index: int) -> str:
    return "%040x" % (index + 1)


def shares(count: int) -> list[set[int]]:
    """All slots, in as many equal parts."""
    return [set(range(SLOTS * i // count, SLOTS * (i + 1) // count)) for i in range(count)]


@contextlib.contextmanager
def formed(label: str, command: str, parts: list[set[int]], replicas: int = 0, absent: bool = False,
           timeout: int = NEVER) -> Iterator[list[Server]]:
    """A master for each of the parts, then as many replicas of each, all agreed. `absent`: only the first one is started."""
    servers = [Server(label, command, options={**CLUSTER, "cluster-node-timeout": timeout})
               for _ in range(1 if absent else len(parts) * (1 + replicas))]
    members = [Member(id_of(i), servers[i].port if i < len(servers) else NOWHERE, part, epoch=i + 1)
               for i, part in enumerate(parts)]
    members += [Member(id_of(i), servers[i].port, master=id_of(i % len(parts)))
                for i in range(len(parts), len(servers))]
    for server, member in zip(servers, members):
        conf_path(server).write_text(conf_text(members, member.id))
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        until(lambda: all(ready(server) for server in servers), 30, "a cluster to form")
        yield servers


def info(server: Server) -> dict[str, str]:
    """CLUSTER INFO."""
    with server.connect() as connection:
        return dict(line.split(":", 1) for line in connection.bulk("CLUSTER", "INFO").decode().splitlines() if ":" in line)


def nodes(server: Server) -> list[Member]:
    """CLUSTER NODES."""
    with server.connect() as connection:
        return [parse_member(line) for line in connection.bulk("CLUSTER", "NODES").decode().splitlines()]


def ready(server: Server) -> bool:
    """It serves, everybody is well in its eyes, and if it is a replica, it has its master's data."""
    with server.connect() as connection:
        text = connection.bulk("CLUSTER", "NODES")
        role = connection.bulk("INFO", "replication")
    return info(server)["cluster_state"] == "ok" and b"fail" not in text and b"handshake" not in text and (
        b"role:master" in role or b"master_link_status:up" in role)


def until(condition: Callable[[], Any], seconds: float, what: str, pause: float = 0.02) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise BenchError(f"waited {seconds} s for {what}")
        time.sleep(pause)
