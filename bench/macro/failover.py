"""How long nobody can write when a master is killed, and what a sentinel costs while nothing happens.

    kill -9 of the master
      |  down-after          +sdown: each sentinel for itself
      |  a tick, a question  +odown, votes, +elected-leader: the quorum, then the majority
      |  at most a second    +promoted-slave: the next INFO of the chosen replica says that it is one
      v
    first accepted write     of a client that asks the sentinels in turn, every few ms, and writes where they send it

Two groups of a master, two replicas and three sentinels, one of each make, with the same settings, and redis's periods.
They take turns: one waits until it may fail over again (twice failover-timeout) while the other is measured. The times of
the events are those of the sentinels' own logs.

For the cost at rest both makes' sentinels watch the same hundred masters at the same time, and each other.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import time
from dataclasses import dataclass, field
from datetime import datetime

from client import BenchError, Connection
from followers import OPTIONS, in_step
from servers import PATIENCE, Server, cpu_ns
from strata_harness.sentinels import Sentinel  # found through servers.py

DOWN_AFTER, FAILOVER_TIMEOUT = 1000, 3000  # ms
SENTINELS, QUORUM, REPLICAS = 3, 2, 2
PROBE = 0.003  # seconds between two tries of the client
PHASES = ("+sdown", "+odown", "+elected-leader", "+promoted-slave")  # the first of each, over all sentinels
_HOST = "127.0.0.1"
_EVENT = re.compile(r"^\d+:X (\d+ \w+ \d+ [\d:.]+) [*#] ([+-][a-z-]+) (.*)$", re.MULTILINE)


@dataclass
class Event:
    seconds: float  # since the kill
    sentinel: int  # 1, 2, 3
    type: str
    text: str


@dataclass
class Failover:
    seconds: float  # from the kill to the first accepted write
    events: list[Event]

    def first(self, type: str) -> float:
        """When the first sentinel told of it; nan if none did."""
        return min((event.seconds for event in self.events if event.type == type), default=float("nan"))


@dataclass
class Failovers:
    """By contender."""

    runs: dict[str, list[Failover]] = field(default_factory=lambda: {"ours": [], "redis": []})
    watched: int = 0  # masters
    idle_ns: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "redis": []})  # CPU time a second, by window

    def typical(self, label: str) -> Failover:
        """The one in the middle."""
        runs = sorted(self.runs[label], key=lambda run: run.seconds)
        return runs[len(runs) // 2]


class Watcher(Sentinel):
    """A sentinel with redis's own periods."""

    def __init__(self, name: str, command: str, lines: list[str]) -> None:
        super().__init__(command, lines, name=name, fast=False)

    def cpu_ns(self) -> int:
        return cpu_ns(self.pid)


class Group:
    """Servers and sentinels of one make. A context manager."""

    def __init__(self, label: str, command: str) -> None:
        self._stack = contextlib.ExitStack()
        self._label = label
        self._may_fail_over = 0.0
        options = {**OPTIONS, "repl-ping-replica-period": 1}
        self._servers = [Server(f"{label}, server {number}", command, options=options) for number in range(1 + REPLICAS)]
        self.master = self._servers[0]
        lines = [f"sentinel monitor m {_HOST} {self.master.port} {QUORUM}",
                 f"sentinel down-after-milliseconds m {DOWN_AFTER}", f"sentinel failover-timeout m {FAILOVER_TIMEOUT}"]
        self.sentinels = [Watcher(f"{label}, sentinel {1 + number}", command, lines) for number in range(SENTINELS)]

    def __enter__(self) -> Group:
        with self._stack:
            for server in self._servers:
                if server is not self.master:
                    server.options["replicaof"] = [_HOST, self.master.port]
                self._stack.enter_context(server)
            for sentinel in self.sentinels:
                self._stack.enter_context(sentinel).start()
            self._complete()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fail_over(self) -> Failover:
        """Kills the master; when it is over everybody is there again, and in step."""
        self._wait_until_it_may()
        old, wall, start = self.master, time.time(), time.monotonic()
        old.kill()
        port = self._first_write(old.port, start + 30)
        seconds = time.monotonic() - start
        self._has_failed_over(port)
        old.options["replicaof"] = [_HOST, port]
        old.start()
        self._complete()
        return Failover(seconds, self._events_since(wall))

    def _has_failed_over(self, port: int) -> None:
        self.master = next(server for server in self._servers if server.port == port)
        # Whoever has voted waits twice the timeout, and up to a second more by chance.
        self._may_fail_over = time.monotonic() + 2 * FAILOVER_TIMEOUT / 1000 + 1
        _wait(lambda: self._masters() == {port}, "one master for all sentinels")

    def _wait_until_it_may(self) -> None:
        """On a busy machine a master may have looked down, and another may be in its place: then it is that one's turn."""
        while True:
            time.sleep(max(0.0, self._may_fail_over - time.monotonic()))
            if self._masters() == {self.master.port}:
                return
            _wait(lambda: len(self._masters()) == 1, "one master for all sentinels")
            self._has_failed_over(*self._masters())
            self._complete()

    def _masters(self) -> set[int]:
        return {sentinel.master_port() for sentinel in self.sentinels}

    def _first_write(self, old: int, deadline: float) -> int:
        for sentinel in itertools.cycle(self.sentinels):
            port = sentinel.master_port()
            if port != old and _writes(port):
                return port
            if time.monotonic() > deadline:
                raise BenchError(f"{self._label}: nobody takes writes; {sentinel.name} says\n{sentinel.log_tail(12)}")
            time.sleep(PROBE)

    def _complete(self) -> None:
        in_step(self.master, [server for server in self._servers if server is not self.master])
        for sentinel in self.sentinels:
            sentinel.wait_complete(replicas=REPLICAS, others=SENTINELS - 1, timeout=60)

    def _events_since(self, wall: float) -> list[Event]:
        found = [Event(_moment(when) - wall, 1 + number, type, text)
                 for number, sentinel in enumerate(self.sentinels)
                 for when, type, text in _EVENT.findall(sentinel.log_text())]
        return sorted((event for event in found if event.seconds >= 0), key=lambda event: event.seconds)


def _writes(port: int) -> bool:
    with contextlib.suppress(OSError, BenchError), Connection(port) as connection:
        return connection.command("SET", "k", "v") == b"+OK"
    return False


def _moment(text: str) -> float:
    return datetime.strptime(text, "%d %b %Y %H:%M:%S.%f").timestamp()


def _wait(condition, what: str) -> None:
    patience = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > patience:
            raise BenchError(f"waited {PATIENCE} s for {what}")
        time.sleep(0.05)


def measure(commands: dict[str, str], failovers: int, masters: int, windows: int, window: float, progress) -> Failovers:
    """`windows` times `window` seconds at rest, beneath `masters` masters."""
    result = Failovers(watched=masters)
    with contextlib.ExitStack() as stack:
        groups = {label: stack.enter_context(Group(label, command)) for label, command in commands.items()}
        for number in range(failovers):
            for label, group in groups.items():
                result.runs[label].append(group.fail_over())
            progress(f"failover {number + 1}/{failovers}: "
                     + " / ".join(f"{runs[-1].seconds:.2f} s" for runs in result.runs.values()))
    _measure_rest(result, commands, windows, window, progress)
    return result


def _measure_rest(result: Failovers, commands: dict[str, str], windows: int, window: float, progress) -> None:
    with contextlib.ExitStack() as stack:
        progress(f"{result.watched} masters")
        masters = [stack.enter_context(Server(f"master {number}", commands["redis"])) for number in range(result.watched)]
        lines = [f"sentinel monitor m{number} {_HOST} {master.port} {QUORUM}" for number, master in enumerate(masters)]
        watchers = {label: stack.enter_context(Watcher(label, command, lines)) for label, command in commands.items()}
        for watcher in watchers.values():
            watcher.start()
        for watcher in watchers.values():
            _wait(lambda: _all_met(watcher, result.watched), "the sentinels to know all masters, and each other")
        for number in range(windows):
            before = {label: watcher.cpu_ns() for label, watcher in watchers.items()}
            start = time.monotonic()
            time.sleep(window)
            for label, watcher in watchers.items():
                result.idle_ns[label].append((watcher.cpu_ns() - before[label]) / (time.monotonic() - start))
            progress(f"at rest, window {number + 1}/{windows}")


def _all_met(watcher: Watcher, masters: int) -> bool:
    told = [value for name, value in watcher.info().items() if re.fullmatch(r"master\d+", name)]
    return len(told) == masters and all("status=ok" in line and "sentinels=2" in line for line in told)
