"""The restore drill: the newest good copy is restored into a folder of its own, a throw-away server loads it, the keys
are counted. A backup that was never restored is a hope.

    check tool says:  K keys, e1 of them expired        before the server starts
    server says:      N keys                            loads what has not expired, and expires more while it runs
    check tool says:  K keys, e2 of them expired        after the server was asked
    passed when       K is what the manifest recorded, and K - e2 <= N <= K - e1

The server listens on a unix socket in a folder of its own and on no port: no client meets it by mistake, and it cannot
be mistaken for the live one, which the drill knows nothing of.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Optional

from .check import CheckTool, Contents
from .failure import Failure
from .restore import restore
from .server import Server
from .store import Store

_PAUSE = 0.02  # seconds between two questions
_STOP_LIMIT = 10  # seconds
_LAST_LINES = 12


@dataclass(frozen=True)
class Report:
    copy: str
    keys_recorded: Optional[int]  # at the time of the backup; None for a copy without manifest
    keys_in_copy: int
    keys_found: int
    keys_least: int  # without those that expired during the drill
    keys_most: int
    restore_seconds: float
    load_seconds: float

    @property
    def passed(self) -> bool:
        return self.keys_least <= self.keys_found <= self.keys_most

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}

    def lines(self) -> list[str]:
        expired = self.keys_in_copy - self.keys_most
        recorded = "no count recorded" if self.keys_recorded is None else f"{self.keys_recorded} recorded at the backup"
        return [f"copy      {self.copy}",
                f"restored  in {self.restore_seconds:.2f} s, loaded in {self.load_seconds:.2f} s",
                f"expected  {self.keys_most} keys ({recorded}, {self.keys_in_copy} in the copy, {expired} expired)",
                f"found     {self.keys_found} keys",
                "drill passed" if self.passed else "DRILL FAILED: keys are missing or there are too many"]


class ThrowAwayServer:
    """A server over `folder`, which neither saves nor listens on a port; gone with the block."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="drill-")  # not in `folder`: a socket's path must be short
        self._socket = str(Path(self._own.name) / "socket")
        self._log = Path(self._own.name) / "log"
        self._command = [binary, "--port", "0", "--unixsocket", self._socket, "--dir", str(folder),
                         "--dbfilename", "dump.rdb", "--save", "", "--appendonly", "no", "--daemonize", "no"]

    def __enter__(self) -> "ThrowAwayServer":
        with open(self._log, "wb") as log:
            try:
                self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                 start_new_session=True)
            except OSError as error:
                self._own.cleanup()
                raise Failure(f"the server {self._command[0]} cannot be run: {error.strerror}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._own.cleanup()

    def wait_loaded(self, limit: float) -> None:
        """Until it answers PING: while it loads, it refuses."""
        deadline = time.monotonic() + limit
        while not self._answers():
            if self._process.poll() is not None:
                raise Failure(f"the server ended with exit code {self._process.returncode} instead of loading the "
                              f"copy:\n    {self._log_tail()}")
            if time.monotonic() > deadline:
                raise Failure(f"the server did not load the copy in {limit:.0f} s:\n    {self._log_tail()}")
            time.sleep(_PAUSE)

    def count_keys(self) -> int:
        """Of all databases."""
        with Server(self._socket) as connection:
            databases = connection.info("keyspace").values()  # keys=4,expires=2,avg_ttl=0
        return sum(int(line.partition("keys=")[2].partition(",")[0]) for line in databases)

    def _answers(self) -> bool:
        if not Path(self._socket).exists():
            return False
        try:
            with Server(self._socket) as connection:
                return connection.ask("PING") == "PONG"
        except Failure:
            return False  # still loading, or not listening yet, or gone: the process tells which

    def _log_tail(self) -> str:
        return "\n    ".join(self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:])


def drill(store: Store, binary: str, tool: CheckTool, now: datetime, say: Callable[[str], None],
          at: Optional[datetime] = None, scratch: Optional[Path] = None, limit: float = 3600) -> Report:
    """`scratch` is where the throw-away folder is made; it needs room for one dump. `limit` is for loading, in s."""
    with tempfile.TemporaryDirectory(prefix="restore-drill-", dir=scratch) as name:
        folder = Path(name).resolve()
        started = time.monotonic()
        restored = restore(store, folder, tool, now, say, at)
        before = _counted(tool, restored.contents)
        restored_at = time.monotonic()
        with ThrowAwayServer(binary, folder) as server:
            server.wait_loaded(limit)
            loaded_at = time.monotonic()
            found = server.count_keys()
        after = _counted(tool, tool.check(restored.dump))
    return Report(restored.copy.name, restored.copy.manifest.get("keys"), before[0], found, after[0] - after[1],
                  before[0] - before[1], restored_at - started, loaded_at - restored_at)


def _counted(tool: CheckTool, contents: Contents) -> tuple[int, int]:
    """Keys, and how many of them have expired by now."""
    if contents.keys is None:
        raise Failure(f"{tool.name} does not tell how many keys a dump holds: use another --check-tool")
    return contents.keys, contents.already_expired or 0
