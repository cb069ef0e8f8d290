"""Starting, watching and timing snapshots: what the benches around SAVE and BGSAVE share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from client import BenchError, Connection
from servers import PATIENCE, Server

SERVER_OPTIONS = {"loglevel": "notice", "enable-debug-command": "yes"}


def saves(server: Server) -> bool:
    """Does it know of snapshots?"""
    with server.connect() as connection:
        return connection.knows("LASTSAVE")


def info(connection: Connection, section: str) -> dict[str, str]:
    text = connection.bulk("INFO", section).decode(errors="replace")
    return dict(line.partition(":")[::2] for line in text.splitlines())


def file_of(server: Server) -> Path:
    return server.dir / "dump.rdb"


def save(connection: Connection) -> float:
    """Seconds that SAVE takes."""
    start = time.perf_counter()
    connection.must("SAVE")
    return time.perf_counter() - start


def background_save(connection: Connection, meanwhile: Callable[[], None] = lambda: None) -> tuple[int, int]:
    """One BGSAVE; `meanwhile` is called again and again until it has ended. Returns when it began and when its end was
    seen, by time.perf_counter_ns()."""
    begin = time.perf_counter_ns()
    connection.must("BGSAVE")
    status = background_save_ended(connection, meanwhile)
    if status != "ok":
        raise BenchError(f"BGSAVE failed: rdb_last_bgsave_status is {status}")
    return begin, time.perf_counter_ns()


def background_save_ended(connection: Connection, meanwhile: Callable[[], None] = lambda: None) -> str:
    """Waits for the end of a BGSAVE under way; its status."""
    patience = time.monotonic() + PATIENCE
    while True:
        meanwhile()
        told = info(connection, "persistence")
        if told["rdb_bgsave_in_progress"] == "0":
            return told["rdb_last_bgsave_status"]
        if time.monotonic() > patience:
            raise BenchError(f"BGSAVE has not ended after {PATIENCE} s")
        time.sleep(0.01)


def child_of(server: Server) -> int | None:
    """The process that writes the snapshot, while there is one."""
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/children") as file:
            for pid in file.read().split():
                return int(pid)
    return None
