"""The append-only log of a contender: switching it on, rewriting it, its size."""

from __future__ import annotations

import time
from pathlib import Path

from client import BenchError, Connection
from servers import PATIENCE, Server
from snapshots import info

# Rewrites come when the bench asks for them; the base consists of commands.
LOG_OPTIONS = {"appendonly": "yes", "auto-aof-rewrite-percentage": 0, "aof-use-rdb-preamble": "no"}


def logs(server: Server) -> bool:
    """Does it know of logs?"""
    with server.connect() as connection:
        return connection.knows("BGREWRITEAOF")


def rewrite(connection: Connection) -> float:
    """Seconds from BGREWRITEAOF until its end is seen in INFO."""
    start = time.perf_counter()
    connection.must("BGREWRITEAOF")
    while True:
        told = info(connection, "persistence")
        if told["aof_rewrite_in_progress"] == "0" and told["aof_rewrite_scheduled"] == "0":
            break
        if time.perf_counter() - start > PATIENCE:
            raise BenchError(f"BGREWRITEAOF has not ended after {PATIENCE} s")
        time.sleep(0.005)
    if told["aof_last_bgrewrite_status"] != "ok":
        raise BenchError("BGREWRITEAOF failed")
    return time.perf_counter() - start


def log_bytes(server: Server) -> int:
    """Of all files of the log, the manifest included."""
    return sum(path.stat().st_size for path in Path(server.dir, "appendonlydir").iterdir())
