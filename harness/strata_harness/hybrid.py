"""Logs whose base is an image: options, images made by hand, what a base is, and its journey to another server.

    image       REDIS0010 ... aof-base 1 ... checksum     aof-use-rdb-preamble yes
    commands    *2 SELECT 0 *3 SET ...                    aof-use-rdb-preamble no
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .aof_server import DIR, MANIFEST, NAME, OPTIONS, base_file, digest, log_dir, reborn, rewrite, wait_rewritten
from .rdb_codes import string
from .rdb_file import STRING, RdbFile, RdbWriter, read_rdb
from .server import Server
from .wait import wait_until
from .wire import Wire

FORMATS = {"image": "yes", "commands": "no"}
"""What a base may be, and the value of aof-use-rdb-preamble that makes it so."""

SUFFIXES = {"image": "rdb", "commands": "aof"}
HYBRID = {**OPTIONS, "aof_use_rdb_preamble": "yes", "appendfsync": "no"}
"""The log holds a command before its reply leaves, so that kill -9 loses nothing; a test need not wait for the disk."""


def hybrid(fresh_server, form: str = "image", **options) -> Server:
    """A server (of the fixture fresh_server) that logs, with bases of that format."""
    return fresh_server(**{**HYBRID, "aof_use_rdb_preamble": FORMATS[form], **options})


def image(*names: str, version: int = 10, origin: str = "aof-base", expire_ms: int | None = None) -> bytes:
    """An image of strings in database 0; each key's value is its name. `origin` is the AUX field that tells of the log:
    aof-base today, aof-preamble before Redis 7."""
    writer = RdbWriter(version).aux("redis-ver", "7.0.15").aux(origin, 1)
    if names:
        writer.select(0, len(names), 0 if expire_ms is None else len(names))
    for name in names:
        if expire_ms is not None:
            writer.expire_ms(expire_ms)
        writer.key(STRING, name, string(name))
    return writer.end()


def format_of(data: bytes) -> str:
    """What a base is: its first bytes tell."""
    return "image" if data.startswith(b"REDIS") else "commands"


def base_format(server: Server) -> str:
    """The format of the server's base, by its content; its name must tell the same."""
    path = base_file(server)
    told = format_of(path.read_bytes())
    assert path.name.endswith(f".base.{SUFFIXES[told]}"), f"{path.name} holds {told}"
    return told


def base_image(server: Server) -> RdbFile:
    """The server's base, read by our own reader; nothing may follow the image."""
    data = base_file(server).read_bytes()
    file = read_rdb(data)
    assert file.size == len(data), f"{len(data) - file.size} bytes behind the image"
    return file


def use_format(wire: Wire, name: str) -> None:
    """What the next rewrite is to write."""
    wire.ok("CONFIG", "SET", "aof-use-rdb-preamble", FORMATS[name])


def goes_on_as_image(server: Server) -> None:
    """Whatever a server came from, the way on to an image is open: the next rewrite makes one of its data, and a start
    with the log on has all of that again."""
    wire = server.wire()
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    wait_rewritten(wire)
    use_format(wire, "image")
    rewrite(wire)
    before = _settled(wire)
    newest = max(server.dir.rglob("*.base.*"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    assert format_of(newest.read_bytes()) == "image", f"{newest.name} is no image"
    server.options["appendonly"] = "yes"
    assert _settled(reborn(server)) == before, "the image does not hold what the server had"


def _settled(wire: Wire) -> str:
    """The digest, once no key of database 0 is left that has expired: KEYS passes over these, DBSIZE does not."""
    wait_until(lambda: wire("DBSIZE") == len(wire("KEYS", "*")), 5, "expired keys to be removed")
    return digest(wire)


def old_file(server: Server) -> Path:
    """Where Redis 4 to 6 had their one file."""
    return server.dir / NAME


def carry(source: Server, target: Server) -> None:
    """Kills the source and puts its log into the directory of the target, which does not run."""
    source.kill()
    shutil.rmtree(target.dir / DIR, ignore_errors=True)
    shutil.copytree(source.dir / DIR, target.dir / DIR)


def check(server: Server) -> str:
    """What redis-check-aof says of the server's log, which it must accept."""
    done = subprocess.run(["redis-check-aof", str(log_dir(server) / MANIFEST)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
