"""Snapshots of a running server: its child, its progress, its file; and servers that start from a given file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable

from .rdb_file import RdbFile, read_rdb
from .resp import encode
from .server import Server
from .wait import wait_until
from .wire import Wire

FOREVER_US = 60_000_000
"""As rdb-key-save-delay or key-load-delay: longer than any test."""


def persistence(wire: Wire) -> dict[str, str]:
    """INFO persistence. Values are texts."""
    text = wire("INFO", "persistence").decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def children(server: Server) -> list[int]:
    """Processes whose parent is the server, as `pgrep -P` finds them; zombies do not count."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, parent = Path(f"/proc/{entry}/stat").read_text().rpartition(") ")[2].split()[:2]
        except OSError:
            continue  # gone meanwhile
        if int(parent) == server.pid and state != "Z":
            found.append(int(entry))
    return found


def temporary_files(server: Server) -> list[str]:
    return [path.name for path in server.dir.glob("temp*")]


def dump_path(server: Server) -> Path:
    return server.dir / "dump.rdb"


def dump_file(server: Server) -> RdbFile:
    """The server's snapshot, read by our own reader."""
    return read_rdb(dump_path(server).read_bytes())


def background_save(wire: Wire) -> None:
    """BGSAVE, from its start to its good end."""
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok"


def wait_saved(wire: Wire, seconds: float = 10) -> None:
    """Until no background save is under way."""
    wait_until(lambda: persistence(wire)["rdb_bgsave_in_progress"] == "0", seconds, "the background save to end")


def endless_save(server: Server, wire: Wire) -> int:
    """Starts a background save that does not end by itself, and returns its child. There must be a key."""
    assert wire("DBSIZE") > 0, "an empty dataset is saved at once"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGSAVE") == "Background saving started"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    [child] = wait_until(lambda: children(server), 5, "a child of the server")
    wait_until(lambda: temporary_files(server), 5, "the child's temporary file")
    return child


def with_dump(fresh_server: Callable[..., Server], data: bytes, start: bool = True, **options: Any) -> Server:
    """A server whose directory holds this snapshot before it starts."""
    server = fresh_server(start=False, **options)
    dump_path(server).write_bytes(data)
    return server.start() if start else server


def reborn(server: Server) -> Wire:
    """SAVE, the hardest end there is, and a new start: what the client sees now comes from the file alone."""
    server.wire().ok("SAVE")
    server.kill()
    server.start()
    return server.wire()


def contents(wire: Wire) -> dict[bytes, Any]:
    """Every key of the selected database with its value: bytes, list, set, dict of fields, or dict of scores."""
    readers = {"string": ["GET"], "list": ["LRANGE", 0, -1], "set": ["SMEMBERS"], "hash": ["HGETALL"],
               "zset": ["ZRANGE", 0, -1, "WITHSCORES"]}
    keys = wire("KEYS", "*")
    types = _pipeline(wire, [("TYPE", key) for key in keys])
    values = _pipeline(wire, [(readers[kind][0], key, *readers[kind][1:]) for key, kind in zip(keys, types)])
    shapes = {"set": set, "hash": _pairs, "zset": _pairs}
    return {key: shapes.get(kind, lambda value: value)(value) for key, kind, value in zip(keys, types, values)}


def encodings(wire: Wire) -> dict[bytes, bytes]:
    """OBJECT ENCODING of every key of the selected database."""
    keys = wire("KEYS", "*")
    return dict(zip(keys, _pipeline(wire, [("OBJECT", "ENCODING", key) for key in keys])))


def _pipeline(wire: Wire, commands: list[tuple[Any, ...]]) -> list[Any]:
    """The replies to commands that are sent a hundred at a time."""
    replies: list[Any] = []
    for start in range(0, len(commands), 100):
        part = commands[start:start + 100]
        wire.send(b"".join(encode(*command) for command in part))
        replies += wire.read_many(len(part))
    return replies


def _pairs(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2]))


def refuse(server: Server) -> str:
    """Starts a server that must not accept its snapshot: it has to end by itself, with an error. Returns its log."""
    before = len(server.log_text())
    server.start(wait=False)
    server.stopping = True
    wait_until(lambda: not server.alive() or server.answers(), 10, "the server to refuse its snapshot")
    log = server.log_text()[before:]
    assert not server.alive(), f"the server serves files that it should have refused to load\n{log[-2000:]}"
    assert server.returncode != 0, f"the server refused its snapshot, but ended as if all were well\n{log[-2000:]}"
    return log
