"""Servers under measurement: start, talk to, weigh and stop them.

Every contender is started alike (no snapshots, no append-only file, log level warning, a free port, a
temporary folder of its own), so that a difference in the figures is a difference between the servers. The command
may carry options of its own ("redis-server --io-threads 2"); ours follow and win where both name the same one.

The grader harness has a richer server control; this one stays apart because a bench must not add work of its own to
the process it measures (no log tailing, no transcript) and because it also runs things that are no server of the
RESP family at all (the echo floor).
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# Below Linux's ephemeral range (so no outgoing connection sits on the port) and below 55000 (a cluster bus adds 10000).
PORTS = range(20000, 32000)
START_SECONDS = 20.0
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class ServerError(Exception):
    """A contender did not start, died or answered with an error; the text says which and why."""


def free_port() -> int:
    """A port nobody listens on at this moment. Start-up retries when somebody else was faster."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerError("no free port found")


def resolve(command: str, root: Path) -> list[str]:
    """Splits a command line and makes its program absolute, since the server runs in a folder of its own.

    A program with a slash is looked up from the current folder, then from the repository; else on PATH.
    """
    words = shlex.split(command)
    if not words:
        raise ServerError("an empty server command")
    if "/" in words[0]:
        for base in (Path.cwd(), root):
            if (base / words[0]).is_file():
                return [str((base / words[0]).resolve()), *words[1:]]
        raise ServerError(f"{words[0]} does not exist: build it first, or name another one with --ours")
    found = shutil.which(words[0])
    if not found:
        raise ServerError(f"{words[0]} is not on PATH (Debian: apt-get install redis-server)")
    return [found, *words[1:]]


class Server:
    """One running contender. A context manager: leaving it kills the process group and removes the folder."""

    def __init__(self, label: str, command: list[str], *, resp: bool = True) -> None:
        self.label = label
        self.command = command
        self.resp = resp  # False: takes only a port and answers no command (the echo floor)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.folder = ""

    def __enter__(self) -> Server:
        self.folder = tempfile.mkdtemp(prefix=f"strata-bench-{self.label}-")
        try:
            for attempt in range(3):
                if self._start():
                    return self
            raise ServerError(f"{self.label} ({shlex.join(self.command)}) did not start:\n{self.log_tail()}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)  # nothing is persisted: no reason to ask politely
            except ProcessLookupError:
                pass
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> bool:
        self.port = free_port()
        options = [str(self.port)]
        if self.resp:
            options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                       "--loglevel", "warning", "--dir", self.folder]
        with open(self._log_path(), "wb") as log:
            self.process = subprocess.Popen([*self.command, *options], cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with Connection(self.port) as connection:
                    if connection.command("PING") == b"+PONG":
                        return self.process.poll() is None  # else the answer came from a stranger on this port
            except OSError:
                pass
            time.sleep(0.02)
        return False

    def _log_path(self) -> str:
        return os.path.join(self.folder, "server.log")

    def log_tail(self) -> str:
        try:
            lines = Path(self._log_path()).read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    | {line}" for line in lines[-12:])

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def check_alive(self) -> None:
        assert self.process is not None
        if self.process.poll() is not None:
            raise ServerError(f"{self.label} ended with status {self.process.returncode}:\n{self.log_tail()}")

    def connect(self) -> Connection:
        self.check_alive()
        return Connection(self.port)

    def cpu_ns(self) -> int:
        """CPU time of all threads so far, in nanoseconds.

        From the scheduler's own account: utime and stime of /proc/PID/stat advance in ticks of 10 ms, which is 1 to 2
        per cent of a measured slice. Kernels without schedstat fall back to the ticks.
        """
        self.check_alive()
        total = 0
        try:
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as file:
                    total += int(file.read().split()[0])
            if total:
                return total
        except OSError:
            pass
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()  # the name in parentheses may hold spaces
        return (int(fields[11]) + int(fields[12])) * TICK_NS

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


class Connection:
    """A blocking RESP connection, just enough for set-up work: line and bulk replies, and bulk loading."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def command(self, *words: object) -> bytes:
        """The first line of the reply, with its type byte and without the line end; errors come back as such."""
        self._socket.sendall(encode(*words))
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise ServerError(f"the connection broke while waiting for the reply to {words[0]}")
        return line[:-2]

    def bulk(self, *words: object) -> bytes:
        """The bytes of a bulk reply (empty for any other reply)."""
        head = self.command(*words)
        if not head.startswith(b"$") or head == b"$-1":
            return b""
        return self._file.read(int(head[1:]) + 2)[:-2]

    def must(self, *words: object) -> bytes:
        reply = self.command(*words)
        if reply.startswith(b"-"):
            raise ServerError(f"{' '.join(map(str, words))[:60]} was answered with {reply.decode(errors='replace')}")
        return reply

    def knows(self, name: str) -> bool:
        """Does the server have this command? Asked without arguments: any error but 'unknown' means yes."""
        return b"unknown command" not in self.command(name)

    def load(self, commands, batch: int = 500) -> None:
        """Sends already encoded commands, `batch` to a write. Each must have a one-line reply that is no error."""
        pending: list[bytes] = []
        for command in commands:
            pending.append(command)
            if len(pending) == batch:
                self._flush(pending)
        self._flush(pending)

    def _flush(self, pending: list[bytes]) -> None:
        self._socket.sendall(b"".join(pending))
        for _ in pending:
            line = self._file.readline()
            if not line or line.startswith(b"-"):
                raise ServerError(f"loading was answered with {line!r}")
        pending.clear()


def encode(*words: object) -> bytes:
    """A command as a RESP array of bulks."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        raw = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)
