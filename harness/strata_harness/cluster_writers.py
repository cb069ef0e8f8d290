"""Clients that write to a cluster while it changes, and afterwards know what must be there.

Each writer increments keys of its own in turn. An answer n means that the key has been incremented n times: a write
that was lost or done twice shows in the next answer at the latest.
"""

from __future__ import annotations

import threading
from typing import Any, Sequence

from .cluster import slot_of
from .cluster_nodes import Cluster
from .resp import RespError
from .server import Server
from .wait import wait_until
from .wire import Wire

PASSING = ("TRYAGAIN", "CLUSTERDOWN")


class Writers:
    """Used with `with`: at its end all have stopped, and a problem of theirs is raised."""

    def __init__(self, cluster: Cluster, keys: Sequence[str], threads: int = 2) -> None:
        self.cluster = cluster
        self.expected = {key: 0 for key in keys}
        self.redirections = 0
        self.writes = 0
        self.problem = ""
        self._stopping = False
        self._ports = {node.server.port: node.server for node in cluster.nodes}
        self._threads = [threading.Thread(target=self._run, args=(list(keys)[i::threads],), daemon=True)
                         for i in range(threads)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join(10)
        if kind is None:
            assert not any(thread.is_alive() for thread in self._threads), "a write was never answered"
            assert not self.problem, self.problem

    def wait(self, more: int, timeout: float = 15) -> None:
        """Until so many more writes are done."""
        goal = self.writes + more
        wait_until(lambda: self.writes >= goal or self.problem, timeout, f"{more} writes")
        assert not self.problem, self.problem

    def wrong(self) -> dict[str, tuple[int, bytes | None]]:
        """The keys whose value is not the number of acknowledged increments, with both."""
        found = {key: self.cluster("GET", key) for key in self.expected}
        return {key: (count, found[key]) for key, count in self.expected.items()
                if int(found[key] or 0) != count}

    def _run(self, keys: list[str]) -> None:
        client = _Client(self._ports, self.cluster.alive[0].server.port)
        try:
            while not self._stopping:
                for key in keys:
                    reply = client.increment(key)
                    self.expected[key] += 1
                    self.writes += 1
                    assert reply == self.expected[key], f"write {self.expected[key]} of {key} answered {reply!r}"
            self.redirections += client.redirections
        except (AssertionError, OSError) as error:
            self.problem = self.problem or str(error)
        finally:
            client.close()


class _Client:
    """Remembers who owns a slot, as MOVED tells it."""

    def __init__(self, servers: dict[int, Server], first: int) -> None:
        self.redirections = 0
        self._servers, self._first = servers, first
        self._wires: dict[int, Wire] = {}
        self._owners: dict[int, int] = {}

    def increment(self, key: str) -> Any:
        """The reply of the node that serves it in the end."""
        slot = slot_of(key)
        reply = self._at(self._owners.get(slot, self._first))("INCR", key)
        for _ in range(1000):
            if not isinstance(reply, RespError) or reply.code not in ("MOVED", "ASK", *PASSING):
                break
            port = self._owners.get(slot, self._first)
            if reply.code in ("MOVED", "ASK"):
                self.redirections += 1
                port = int(reply.text.rsplit(":", 1)[1])
            if reply.code == "MOVED":
                self._owners[slot] = port
            elif reply.code == "ASK":
                self._at(port).ok("ASKING")
            reply = self._at(port)("INCR", key)
        return reply

    def _at(self, port: int) -> Wire:
        if port not in self._wires:
            self._wires[port] = Wire(self._servers[port].address, name=f"writer to {port}")
        return self._wires[port]

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()
