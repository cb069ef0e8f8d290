"""The append-only file of a running server: what was appended, its rewrites; servers that start from given files.

Stage 4 writes its bases as commands, so every server here starts with `aof-use-rdb-preamble no`.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping

from .aof_files import Command, Part, commands_in, log, manifest, read_manifest
from .server import Server
from .snapshots import FOREVER_US, children, persistence
from .wait import wait_until
from .wire import Wire

OPTIONS = {"appendonly": "yes", "aof_use_rdb_preamble": "no", "enable_debug_command": "yes"}
DIR, NAME = "appendonlydir", "appendonly.aof"
MANIFEST = f"{NAME}.manifest"
STARTED = "Background append only file rewriting started"
SCHEDULED = "Background append only file rewriting scheduled"


# -- files -------------------------------------------------------------------------------------------------------------


def log_dir(server: Server) -> Path:
    return server.dir / DIR


def files(server: Server) -> list[str]:
    """What lies in the directory of the append-only file."""
    return sorted(os.listdir(log_dir(server)))


def parts(server: Server) -> list[Part]:
    """The entries of the manifest."""
    return read_manifest((log_dir(server) / MANIFEST).read_bytes())


def names(server: Server) -> list[str]:
    """The manifest in short: ["b1", "h1", "i2"]."""
    return [f"{part.type}{part.seq}" for part in parts(server)]


def current_log(server: Server) -> Path:
    """The incremental file that is being written: the last one of the manifest."""
    return log_dir(server) / parts(server)[-1].name


def base_file(server: Server) -> Path:
    return log_dir(server) / parts(server)[0].name


def with_log(fresh_server: Callable[..., Server], contents: Mapping[str | Part, bytes],
             entries: Iterable[Part] | bytes | None = None, start: bool = True, **options: Any) -> Server:
    """A server whose directory holds these files before it starts. The manifest names the parts among them, unless
    `entries` (parts or its very bytes) says something else."""
    server = fresh_server(start=False, **{**OPTIONS, **options})
    log_dir(server).mkdir()
    for name, data in contents.items():
        (log_dir(server) / (name.name if isinstance(name, Part) else name)).write_bytes(data)
    if entries is None:
        entries = [name for name in contents if isinstance(name, Part)]
    (log_dir(server) / MANIFEST).write_bytes(entries if isinstance(entries, bytes) else manifest(entries))
    return server.start() if start else server


# -- what is appended --------------------------------------------------------------------------------------------------


class Tail:
    """The end of the log that is being written: what was appended since the last look.

    Ask a server whose appendfsync is `no` or `always`: then the log holds a command before its reply leaves. Made by a
    command that is always appended, so that database 0 is selected in the log afterwards.
    """

    def __init__(self, server: Server, wire: Wire) -> None:
        wire.ok("FLUSHALL")
        self.path = current_log(server)
        self._seen = self.path.stat().st_size

    def bytes(self) -> bytes:
        """What is new, as it stands in the file."""
        with open(self.path, "rb") as file:
            file.seek(self._seen)
            data = file.read()
        self._seen += len(data)
        return data

    def commands(self) -> list[tuple[bytes, ...]]:
        return commands_in(self.bytes())

    def lines(self) -> list[str]:
        return [" ".join(map(text, words)) for words in self.commands()]


def text(word: bytes) -> str:
    """A word that can be read, in quotes when that needs escapes or the word has spaces."""
    plain = word.decode("ascii", "backslashreplace")
    return plain if plain.encode() == word and plain.isprintable() and plain and " " not in plain else repr(word)


def with_times(lines: list[str], expected: list[str], tolerance_ms: int = 8000) -> list[str]:
    """`lines` in which a time about N seconds from now is written @N where `expected` has @N."""
    now_ms = time.time() * 1000
    shown = []
    for line, pattern in zip(lines, [*expected, *[""] * len(lines)]):
        words, wanted = line.split(" "), pattern.split(" ")
        for at, (word, like) in enumerate(zip(words, wanted)):
            if re.fullmatch(r"@\d+", like) and word.isdigit() and \
                    abs(int(word) - now_ms - int(like[1:]) * 1000) < tolerance_ms:
                words[at] = like
        shown.append(" ".join(words))
    return shown


def run(wire: Wire, *commands: Command) -> list[Any]:
    """The replies of the commands, which are sent in one go."""
    wire.send(log(*commands))
    return wire.read_many(len(commands))


# -- rewrites ----------------------------------------------------------------------------------------------------------


def rewrite(wire: Wire) -> None:
    """BGREWRITEAOF, from its start to its good end."""
    assert wire("BGREWRITEAOF") == STARTED
    wait_rewritten(wire)
    assert persistence(wire)["aof_last_bgrewrite_status"] == "ok"


def wait_rewritten(wire: Wire, seconds: float = 10) -> None:
    """Until no rewrite is under way or waits for its turn."""
    def done() -> bool:
        told = persistence(wire)
        return told["aof_rewrite_in_progress"] == "0" and told["aof_rewrite_scheduled"] == "0"
    wait_until(done, seconds, "the rewrite to end")


def endless_rewrite(server: Server, wire: Wire) -> int:
    """Starts a rewrite that does not end by itself, and returns its child. There must be a key."""
    assert wire("DBSIZE") > 0, "an empty dataset is rewritten at once"
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", FOREVER_US)
    assert wire("BGREWRITEAOF") == STARTED
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    [child] = wait_until(lambda: children(server), 5, "a child of the server")
    wait_until(lambda: (server.dir / f"temp-rewriteaof-{child}.aof").exists(), 5, "the child's temporary file")
    return child


# -- lives -------------------------------------------------------------------------------------------------------------


def digest(wire: Wire) -> str:
    return str(wire("DEBUG", "DIGEST"))


def wait_written(wire: Wire) -> None:
    """Until nothing waits behind a sync any more, as it may under everysec: what does, dies with the server."""
    wait_until(lambda: persistence(wire).get("aof_buffer_length", "0") == "0", 5, "the log to be written")


def reborn(server: Server) -> Wire:
    """kill -9, when all is written, and a new start: what the client sees now comes from the files alone."""
    wait_written(server.wire())
    server.kill()
    return server.start().wire()
