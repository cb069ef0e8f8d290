"""Servers under measurement: the harness's process control, plus scales for CPU time and memory.

Every contender is started alike (no snapshots, no append-only file, log level warning, a port and a temporary
folder of its own), so that a difference in the figures is a difference between the servers. A contender's command may
carry options of its own ("redis-server --io-threads 2").
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "harness"))

from strata_harness import server as process  # noqa: E402  (found through the line above)

from client import BenchError, Connection  # noqa: E402

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
PATIENCE = 600  # seconds that a start, a snapshot or a rewrite may take


def resolve(command: str) -> str:
    """The command with its program made absolute, since a server runs in a folder of its own.

    A program with a slash is looked up from the current folder, then from the repository; else on PATH.
    """
    words = shlex.split(command)
    if not words:
        raise BenchError("an empty server command")
    if "/" in words[0]:
        for base in (Path.cwd(), ROOT):
            if (base / words[0]).is_file():
                # Not resolved: the name may be a link that tells the program what to be.
                return shlex.join([str((base / words[0]).absolute()), *words[1:]])
        raise BenchError(f"{words[0]} does not exist: build it first, or name another one with --ours")
    found = shutil.which(words[0])
    if not found:
        raise BenchError(f"{words[0]} is not on PATH (Debian: apt-get install redis-server)")
    return shlex.join([found, *words[1:]])


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of a process so far, in nanoseconds.

    From the scheduler's own account: utime and stime of /proc/PID/stat advance in ticks of 10 ms, which is 1 to 2
    per cent of a measured slice. Kernels without schedstat fall back to the ticks.
    """
    total = 0
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        if total:
            return total
    except OSError:
        pass
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()  # the name in parentheses may hold spaces
    return (int(fields[11]) + int(fields[12])) * TICK_NS


class Server(process.Server):
    """One running contender. A context manager: entering starts it, leaving kills it and removes its folder."""

    def __init__(self, label: str, command: str, *, resp: bool = True, options: process.Options | None = None) -> None:
        super().__init__(command, {"appendonly": "no", "loglevel": "warning", **(options or {})}, name=label)
        self.label = label
        self.resp = resp  # False: answers everything with PONG (the echo floor)

    def __enter__(self) -> Server:
        try:
            self.start()
        except process.ServerError as error:
            self.close()
            raise BenchError(f"{shlex.join(self.command)}: {error}") from None
        return self

    def start_again(self) -> float:
        """kill -9, then seconds from the new start until it answers PING: what an operator waits for."""
        self.kill()
        start = time.perf_counter()
        self.start(wait=False)
        while not self.answers():
            self.check_alive()
            if time.perf_counter() - start > PATIENCE:
                raise BenchError(f"{self.label} does not answer {PATIENCE} s after its start")
            time.sleep(0.005)
        return time.perf_counter() - start

    def connect(self) -> Connection:
        self.check_alive()
        return Connection(self.port)

    def check_alive(self) -> None:
        failure = self.failure()
        if failure:
            raise BenchError(f"{failure}\n{self.log_tail(12)}")

    def cpu_ns(self) -> int:
        """CPU time of all threads so far, in nanoseconds."""
        self.check_alive()
        return cpu_ns(self.pid)

    def rss(self) -> int:
        """Resident bytes, right now."""
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * PAGE

    def settled_rss(self, window: float, limit: float = 20.0) -> int:
        """Resident bytes once they have stayed within 64 KiB for `window` seconds (give up waiting after `limit`)."""
        start = since = time.monotonic()
        value = self.rss()
        while time.monotonic() - since < window and time.monotonic() - start < limit:
            time.sleep(0.05)
            self.check_alive()
            now = self.rss()
            if abs(now - value) > 64 * 1024:
                value, since = now, time.monotonic()
        return self.rss()

    def version(self) -> str:
        """What `INFO server` says: name and version."""
        with self.connect() as connection:
            info = connection.bulk("INFO", "server")
        fields = dict(line.partition(":")[::2] for line in info.decode(errors="replace").splitlines())
        own = [f"{key[:-8]} {value}" for key, value in fields.items() if key.endswith("_version")]
        return ", ".join(own) or "unknown version"
