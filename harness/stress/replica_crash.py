"""A master, a replica and a replica of that one, killed and cut off at random moments under writes: in the end all hold the same.

    write     every write command at random, on one connection, all the while
    fault     the link is cut, or cut after so many bytes, or nothing passes it for a while; a server is killed (-9), or the
              child that makes an image is; often a second fault comes before the first one is over
    heal      who was killed starts again from the files it has: a log of the master's, a snapshot of a replica's or nothing
    end       writes stop; offsets, ids and digests of the three are equal

A cut link costs no full resync where the backlog has what was missed, and the backlog is large here: rounds in which only
links broke must not add to sync_full.
"""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import threading
import time

from ..strata_harness.fault_proxy import FaultProxy
from ..strata_harness.random_writes import RandomWrites
from ..strata_harness.replicas import link_up, replication, same_in_the_end, stats
from ..strata_harness.server import Server
from ..strata_harness.snapshots import children
from ..strata_harness.wait import let_pass
from .support import Report

OPTIONS = {"enable_debug_command": "yes", "repl_diskless_sync_delay": 0, "repl_backlog_size": "256mb",
           "repl_timeout": 3, "repl_ping_replica_period": 1, "client_output_buffer_limit": "replica 0 0 0"}
MASTER_OPTIONS = {**OPTIONS, "appendonly": "yes", "appendfsync": "no"}  # what was written survives a kill -9
LINK_FAULTS = ["cut", "cut in the image", "partition"]
SERVER_FAULTS = ["kill master", "kill middle", "kill last", "kill child"]
LONGEST = 0.8  # seconds until a fault, and until the next one
DISKLESS = ["disabled", "on-empty-db", "swapdb"]


def run(options, report: Report):
    rounds = options.rounds or 60
    rng = random.Random(options.seed)
    servers = [Server(options.server, chosen) for chosen in (MASTER_OPTIONS, OPTIONS, OPTIONS)]
    try:
        servers[0].start()
        if options.name == "all" and servers[0].wire()("COMMAND", "INFO", "REPLICAOF") == [None]:
            report.note("this server has no replication")
            return
        with contextlib.closing(FaultProxy(servers[0].port)) as first, \
                contextlib.closing(FaultProxy(servers[1].port)) as second:
            wrong = _rounds(_Chain(servers, [first, second], rng), rounds, report)
        report.expect(not wrong, wrong or "after each fault the three hold the same")
        for server in servers:
            report.server_is_well(server)
    finally:
        for server in servers:
            server.close()


def _rounds(chain: "_Chain", rounds: int, report: Report) -> str:
    for number in range(1, rounds + 1):
        try:
            chain.round()
        except AssertionError as error:
            return f"round {number}, {', '.join(chain.faults)}: {error}"
        if number % 20 == 0:
            report.note(f"{number} rounds, {chain.written} commands: "
                        + ", ".join(f"{fault} {count}" for fault, count in sorted(chain.count.items())))
    return ""


class _Writer(threading.Thread):
    """Writes until it is told to stop or the server is gone."""

    def __init__(self, server: Server, seed: float) -> None:
        super().__init__(daemon=True)
        self._wire = server.wire(name="writer")
        self._stream = RandomWrites(random.Random(seed))
        self._stop_it = threading.Event()
        self.written = 0
        self.start()

    def run(self) -> None:
        with contextlib.suppress(AssertionError, OSError):
            while not self._stop_it.is_set():
                self._stream.send(self._wire, 50)
                self.written += 50

    def finish(self) -> int:
        self._stop_it.set()
        self.join()
        self._wire.close()
        return self.written


class _Chain:
    """Master, middle and last, a proxy before each of the two."""

    def __init__(self, servers: list[Server], links: list[FaultProxy], rng: random.Random) -> None:
        self.servers, self.links, self._rng = servers, links, rng
        self.count: collections.Counter[str] = collections.Counter()
        self.faults: list[str] = []
        self.written = 0
        for server, link in zip(servers[1:], links):
            server.options["replicaof"] = ["127.0.0.1", link.port]
            server.start()
        self._settle()

    def round(self) -> None:
        """One or two faults under writes, then the end. AssertionError when the servers differ, or did too much."""
        full = [stats(server.wire())[0] for server in self.servers[:2]]
        links_only = self._rng.random() < 0.4
        self._change_settings()
        writer = _Writer(self.servers[0], self._rng.random())
        self.faults = []
        for _ in range(self._rng.choice((1, 1, 2))):
            let_pass(time.monotonic() + self._rng.uniform(0, LONGEST))
            self._fault(self._rng.choice(LINK_FAULTS if links_only else LINK_FAULTS + SERVER_FAULTS))
        let_pass(time.monotonic() + self._rng.uniform(0, LONGEST))
        for link in self.links:
            link.heal()
        for server in self.servers:
            if not server.alive():
                server.start()
        self.written += writer.finish()
        self._settle()
        if links_only:
            assert [stats(server.wire())[0] for server in self.servers[:2]] == full, \
                "links broke, the backlogs had all that was missed, and yet there was a full resync"

    def _change_settings(self) -> None:
        self.servers[0].wire().ok("CONFIG", "SET", "repl-diskless-sync", self._rng.choice(("yes", "no")),
                                  "rdb-key-save-delay", self._rng.choice((0, 0, 3000)))
        for server in self.servers[1:]:
            wire = server.wire()
            wire.ok("CONFIG", "SET", "repl-diskless-load", self._rng.choice(DISKLESS))
            if self._rng.random() < 0.3:
                wire("SAVE")

    def _fault(self, name: str) -> None:
        self.faults.append(name)
        self.count[name] += 1
        link = self._rng.choice(self.links)
        if name == "cut":
            link.cut()
        elif name == "cut in the image":
            link.cut_after(self._rng.randrange(20_000))
            link.cut()
        elif name == "partition":
            link.hold()
        elif name == "kill child":
            for pid in [pid for server in self.servers[:2] if server.alive() for pid in children(server)]:
                with contextlib.suppress(ProcessLookupError):  # it may just have ended
                    os.kill(pid, signal.SIGKILL)
        else:
            self.servers[("kill master", "kill middle", "kill last").index(name)].kill()

    def _settle(self) -> None:
        wires = [server.wire() for server in self.servers]
        for wire in reversed(wires[1:]):
            link_up(wire, 30)
        same_in_the_end(*wires)
        ids = {replication(wire)["master_replid"] for wire in wires}
        assert len(ids) == 1, f"the data is the same, but its history has several names: {ids}"
        for server in self.servers:
            for wire in server.wires:
                wire.close()
            server.wires.clear()
