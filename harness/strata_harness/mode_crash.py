"""kill -9 while a server that is written to is moved from snapshots to a log and back, and from one format of base to the other.

    writer    numbered writes all the while, appendfsync always
    to a log  CONFIG SET appendonly yes, the rewrite's end, CONFIG REWRITE
    back      CLIENT PAUSE WRITE, SAVE, CONFIG SET appendonly no, CONFIG REWRITE, CLIENT UNPAUSE
    format    CONFIG SET aof-use-rdb-preamble, BGREWRITEAOF, perhaps the other one while the child writes
    kill -9   at a random moment of any of these, the child with it; now and then also at one of the next start
    start     by what the conf file says then: the first n operations must be there, and the mirror's digest

While the log is on, and the conf file says so, n is at least what was acknowledged; else what the snapshot holds.
"""

from __future__ import annotations

import os
import random
import signal
import threading

from .hybrid import FORMATS, use_format
from .log_crash import SERVER_OPTIONS, LogCrashes
from .numbered_writes import Writer
from .server import Server
from .snapshots import persistence
from .wait import wait_until
from .wire import Wire

CONF = "appendonly yes\n"
MODE_OPTIONS = {**SERVER_OPTIONS, "appendonly": None}  # the conf file says it, and CONFIG REWRITE changes that
_PAUSE_MS = 60_000


class ModeCrashes(LogCrashes):
    """As LogCrashes, with a server made with MODE_OPTIONS and CONF. `outcomes` counts the steps that kills have hit."""

    def __init__(self, server: Server, mirror: Server, rng: random.Random, key_delay_us: int) -> None:
        super().__init__(server, mirror, rng, key_delay_us)
        self._step = ""
        self._certain: int | None = None  # at least so much; None: what is acknowledged

    def crash_on_the_way(self) -> None:
        """One round. AssertionError when the server holds anything else than it must."""
        self._wire.ok("CONFIG", "SET", "rdb-key-save-delay", self._key_delay_us)
        on = self._wire("CONFIG", "GET", "appendonly")[1] == b"yes"
        self._certain = None if on else self.number
        self._step = "before the first step"
        writer = Writer(self.server, self.number)
        killer = threading.Timer(self.rng.uniform(0, 4 * self.length), os.kill, (self.server.pid, signal.SIGKILL))
        killer.start()
        try:
            while self.server.alive():
                on = self._move(on, writer)
        except (AssertionError, OSError):
            killer.join()
            self.server.wait_dying()
            if self.server.alive():
                raise
        finally:
            killer.cancel()
            self.server.kill()
            acknowledged = writer.finish()
        assert not writer.refusal, writer.refusal
        self.outcomes[self._step] += 1
        self._start_again()
        self._compare(self._step, acknowledged if self._certain is None else self._certain, writer)

    def _move(self, on: bool, writer: Writer) -> bool:
        """A few steps; returns whether the log is on afterwards."""
        wire = self.server.wire(name="mover")
        if not on:
            self._to_a_log(wire)
            return True
        if self.rng.random() < 0.5:
            self._change_format(wire)
            return True
        self._back(wire, writer)
        return False

    def _to_a_log(self, wire: Wire) -> None:
        self._step = "log on"
        use_format(wire, self.rng.choice(list(FORMATS)))
        wire.ok("CONFIG", "SET", "appendonly", "yes")
        self._step = "first base"
        self._rewritten(wire)
        assert persistence(wire)["aof_last_bgrewrite_status"] == "ok"
        self._step = "rewrite of the conf file"
        wire.ok("CONFIG", "REWRITE")
        self._certain = None

    def _change_format(self, wire: Wire) -> None:
        self._step = "change of format"
        for _ in range(2):  # the second time the child has begun with the other one
            use_format(wire, self.rng.choice(list(FORMATS)))
            if persistence(wire)["aof_rewrite_in_progress"] == "0":
                wire("BGREWRITEAOF")
        self._rewritten(wire)

    def _rewritten(self, wire: Wire) -> None:
        """Until no rewrite is under way, or the server is gone."""
        wait_until(lambda: not self.server.alive() or self._is_on(wire), 10, "the rewrite to end")

    def _back(self, wire: Wire, writer: Writer) -> None:
        self._step = "pause and save"
        wire.ok("CLIENT", "PAUSE", _PAUSE_MS, "WRITE")
        wire.ok("SAVE")
        self._step = "log off"
        held = writer.acknowledged
        wire.ok("CONFIG", "SET", "appendonly", "no")
        wire.ok("CONFIG", "REWRITE")
        self._certain = held
        self._step = "writes go on"
        wire.ok("CLIENT", "UNPAUSE")
