"""A data folder, a backup folder, and the programs of strata-backup, called as an operator calls them."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

from harness.cli.support.repo import ROOT
from strata_harness.server import Server
from strata_harness.timing import scaled

BACKUP = ROOT / "stages" / "03_rdb_snapshot" / "backup"
sys.path.insert(0, str(BACKUP))  # for the tests of single modules

KEYS = 50
NOON = "2026-11-22T12:00:00Z"


class Place:
    """A data folder, a backup folder, and the programs that work on them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.copies = root / "copies"
        self.data.mkdir()
        self.dump = self.data / "dump.rdb"
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("STRATA_BACKUP_") and name != "REDISCLI_AUTH"}
        self.environment["STRATA_BACKUP_CHECK_TOOL"] = "redis-check-rdb"
        self.environment["STRATA_BACKUP_SERVER_BINARY"] = "redis-server"

    def command(self, program: str, *words) -> list:
        return [sys.executable, str(BACKUP / program), *map(str, words)]

    def call(self, program: str, *words, code=0, **more) -> subprocess.CompletedProcess:
        """Runs a program to its end, which must be `code`."""
        answer = subprocess.run(self.command(program, *words), env=self.environment, cwd=self.root, text=True,
                                capture_output=True, timeout=scaled(60), **more)
        assert answer.returncode == code, f"{words} ended with {answer.returncode}:\n{answer.stdout}{answer.stderr}"
        return answer

    def run(self, *words, code=0, now=NOON, **more):
        """A backup of the data folder, unless `words` name another source."""
        source = [] if "--server" in words or "--unixsocket" in words or "--dir" in words else ["--dir", self.data]
        return self.call("strata-backup", "run", *source, "--to", self.copies, "--now", now, *words, code=code, **more)

    def restore(self, *words, code=0):
        return self.call("strata-backup", "restore", "--from", self.copies, "--dir", self.data, *words, code=code)

    def drill(self, *words, code=0):
        return self.call("restore-drill", "--from", self.copies, *words, code=code)

    def listed(self, *words) -> list:
        return json.loads(self.call("strata-backup", "list", "--json", "--from", self.copies, *words).stdout)

    def names(self, folder: Path = None) -> list:
        """Everything in the backup folder but the lock."""
        return sorted(set(os.listdir(folder or self.copies)) - {".lock"})

    def script(self, name: str, text: str) -> Path:
        """A program of the test's own."""
        path = self.root / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path


def count_keys(server: Server) -> int:
    """In all databases."""
    lines = server.wire()("INFO", "keyspace").decode().split("\r\n")
    return sum(int(line.split("keys=")[1].split(",")[0]) for line in lines if "keys=" in line)
