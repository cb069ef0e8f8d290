"""Masters with replicas of the same make: started, in step, released."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from client import BenchError
from servers import PATIENCE, Server
from snapshots import info

# Images leave at once, and links are not given up because the machine is busy.
OPTIONS = {"repl-diskless-sync-delay": 0, "repl-timeout": 600, "client-output-buffer-limit": ["replica", 0, 0, 0]}


def replicates(server: Server) -> bool:
    """Does it know of replication?"""
    with server.connect() as connection:
        return connection.knows("REPLICAOF")


def told(server: Server) -> dict[str, str]:
    """INFO replication."""
    with server.connect() as connection:
        return info(connection, "replication")


@contextlib.contextmanager
def replicas_of(master: Server, command: str, count: int, options: dict | None = None) -> Iterator[list[Server]]:
    """So many replicas, in step with their master; gone at the end."""
    with contextlib.ExitStack() as stack:
        replicas = [stack.enter_context(Server(f"{master.label}, replica {number + 1}", command,
                                               options={**OPTIONS, **(options or {})})) for number in range(count)]
        for replica in replicas:
            follow(replica, master)
        in_step(master, replicas)
        yield replicas


def follow(replica: Server, master: Server) -> None:
    with replica.connect() as connection:
        connection.must("REPLICAOF", "127.0.0.1", master.port)


def in_step(master: Server, replicas: list[Server]) -> None:
    """Until all of them have applied what the master has produced."""
    patience = time.monotonic() + PATIENCE
    for replica in replicas:
        while True:
            state = told(replica)
            if state["master_link_status"] == "up" and int(state["slave_repl_offset"]) >= \
                    int(told(master)["master_repl_offset"]):
                break
            if time.monotonic() > patience:
                raise BenchError(f"{replica.label} is not in step with its master after {PATIENCE} s")
            time.sleep(0.002)
