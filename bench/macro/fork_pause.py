"""How long the server stands still for the fork of a snapshot, over the size of its data.

The kernel copies no data, but the page tables of the process, so the pause grows with the memory it has mapped: the
same data in fewer bytes is a shorter pause. It is read as the servers tell it (latest_fork_usec in INFO); the child is
killed right away.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass, field

from client import BenchError, Connection
from servers import Server
from snapshots import SERVER_OPTIONS, background_save_ended, child_of, info

VALUE_SIZE = 100
KEY_SIZE = 12
GB = 1_000_000_000
NEED = 6  # bytes of free memory for each byte of data, in both servers together


@dataclass
class ForkPause:
    """Milliseconds by size and contender, one item a fork; `resident` are bytes."""

    pauses: dict[float, dict[str, list[float]]] = field(default_factory=dict)  # GB of keys and values
    resident: dict[float, dict[str, int]] = field(default_factory=dict)
    skipped: list[float] = field(default_factory=list)  # for lack of memory


def measure(commands: dict[str, str], sizes: list[float], rounds: int, progress) -> ForkPause:
    result = ForkPause()
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command, options=SERVER_OPTIONS))
                      for label, command in commands.items()}
        connections = {label: stack.enter_context(server.connect()) for label, server in contenders.items()}
        filled = 0.0
        for size in sorted(sizes):
            if (size - filled) * GB * NEED > _available():
                result.skipped.append(size)
                continue
            progress(f"{size:g} GB")
            keys = int(size * GB / (KEY_SIZE + VALUE_SIZE))
            for connection in connections.values():
                # Keys that are there already are left alone.
                connection.must("DEBUG", "POPULATE", keys, "key", VALUE_SIZE)
            filled = size
            for turn in range(rounds):
                order = list(contenders.items())
                for label, server in reversed(order) if turn % 2 else order:
                    pause = _fork_once(server, connections[label])
                    result.pauses.setdefault(size, {}).setdefault(label, []).append(pause)
            result.resident[size] = {label: server.rss() for label, server in contenders.items()}
    if not result.pauses:
        raise BenchError("there is too little memory for any of the sizes")
    return result


def _fork_once(server: Server, connection: Connection) -> float:
    connection.must("BGSAVE")
    pause = int(info(connection, "stats")["latest_fork_usec"]) / 1000
    child = child_of(server)
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    background_save_ended(connection)
    return pause


def _available() -> int:
    with open("/proc/meminfo") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("MemAvailable:"))
