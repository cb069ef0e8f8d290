"""kill -9 while a log is written, rewritten, switched off and on, changed in its format, or loaded.

    writer    numbered writes all the while, appendfsync always
    phase     what goes on besides: nothing, a rewrite, a change of the base's format, off and on again, ...
    kill -9   the server and its child, at a random moment of it; now and then also at a random moment of the next start
    start     the first n operations must be there: n at least what was acknowledged, and the mirror's digest

Only who switched the log off may lose what came after that, until INFO tells that the log is on again.
"""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import time

from .aof_files import Part
from .aof_server import OPTIONS, parts, wait_rewritten
from .hybrid import FORMATS, use_format
from .numbered_writes import Mirror, Writer, digest, operations_held, send_operations
from .server import Server
from .snapshots import children, persistence
from .wait import let_pass
from .wire import Wire

PHASES = ["write", "rewrite", "change", "automatic", "switch", "child"]
FIRST_OPERATIONS = 1000  # so that most keys are there, and rewrites do not grow longer from round to round
PAST_THE_END = 1.6  # moments are spread over so many times the length of a rewrite
AUTOMATIC_S = 0.15  # the server looks so often whether the log has grown
SERVER_OPTIONS = {**OPTIONS, "appendfsync": "always", "auto_aof_rewrite_min_size": "1gb"}
MIRROR_OPTIONS = {"enable_debug_command": "yes"}
_KILLED_STARTS = 0.3  # of all rounds
_LOAD_DELAY_US = 30  # for each key or command, in starts that are to be killed


class LogCrashes:
    """A server that is killed again and again, and what it must hold then."""

    def __init__(self, server: Server, mirror: Server, rng: random.Random, key_delay_us: int) -> None:
        """`server` was made with SERVER_OPTIONS, `mirror` with MIRROR_OPTIONS; both run."""
        self.server, self.rng = server, rng
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.number = FIRST_OPERATIONS
        self.killed_starts = 0
        self._lengths: dict[int, float] = {}  # by delay
        self._mirror = Mirror(mirror)
        self._wire = server.wire(name="admin")
        self._wire.read_many(send_operations(self._wire, 1, FIRST_OPERATIONS))
        self.lengthen(key_delay_us)

    def lengthen(self, key_delay_us: int) -> None:
        """So long a rewrite pauses at each key from now on. Measures how long one takes under writes."""
        self._key_delay_us = key_delay_us
        if key_delay_us not in self._lengths:
            self._wire.ok("CONFIG", "SET", "rdb-key-save-delay", key_delay_us)
            self._lengths[key_delay_us] = self._undisturbed()

    @property
    def length(self) -> float:
        """Seconds that a rewrite takes."""
        return self._lengths[self._key_delay_us]

    def crash(self, phase: str) -> None:
        """One round. AssertionError when the server holds anything else than it must."""
        base = self._base()
        self._wire.ok("CONFIG", "SET", "rdb-key-save-delay", self._key_delay_us)
        writer = Writer(self.server, self.number)
        length = self.length + (AUTOMATIC_S if phase == "automatic" else 0)
        moment = time.monotonic() + self.rng.uniform(0, PAST_THE_END * length)
        certain = self._begin(phase, writer)
        let_pass(moment)
        if phase == "child":
            self._kill_child(writer)
        if certain is not None and self._is_on(self._wire):
            certain = None
        self.server.kill()
        acknowledged = writer.finish()
        assert not writer.refusal, writer.refusal
        self._start_again()
        self.outcomes[f"{phase}: {'new' if self._base() != base else 'previous'}"] += 1
        self._compare(phase, acknowledged if certain is None else certain, writer)

    def _compare(self, phase: str, certain: int, writer: Writer) -> None:
        found = operations_held(self._wire)
        story = f"{phase}: {found} operations are there; acknowledged {writer.acknowledged}, sent {writer.sent}"
        assert found >= certain, f"{story}; at least {certain} had to be"
        assert found <= writer.sent, f"{story}; what is there was never sent"
        assert digest(self._wire) == self._mirror.digest(found), f"{story}; the data is not that of these operations"
        self.number = found

    def _base(self) -> Part | None:
        return next((part for part in parts(self.server) if part.type == "b"), None)

    def _undisturbed(self) -> float:
        """Seconds that a rewrite under writes takes."""
        writer = Writer(self.server, self.number)
        began = time.monotonic()
        self._wire("BGREWRITEAOF")
        wait_rewritten(self._wire)
        seconds = time.monotonic() - began
        self.number = writer.finish()
        assert not writer.problem, writer.problem
        return seconds

    def _begin(self, phase: str, writer: Writer) -> int | None:
        """Starts what the phase is about. Returns the last operation that is certain to stay if the log is not whole
        again in time, or None for those that are acknowledged."""
        if phase == "change":
            use_format(self._wire, self.rng.choice(list(FORMATS)))
        if phase in ("rewrite", "change", "child"):
            self._wire("BGREWRITEAOF")
        if phase == "change" and self.rng.random() < 0.5:  # the child has begun with the other one
            use_format(self._wire, self.rng.choice(list(FORMATS)))
        if phase == "automatic":
            self._wire.ok("CONFIG", "SET", "auto-aof-rewrite-percentage", "1", "auto-aof-rewrite-min-size", "1")
        if phase != "switch":
            return None
        certain = writer.acknowledged
        self._wire.ok("CONFIG", "SET", "appendonly", "no")
        self._wire.ok("CONFIG", "SET", "appendonly", "yes")
        return certain

    def _is_on(self, wire: Wire) -> bool:
        told = persistence(wire)
        return told["aof_rewrite_in_progress"] == "0" == told["aof_rewrite_scheduled"]

    def _kill_child(self, writer: Writer) -> None:
        """The log must go on without it."""
        for pid in children(self.server):
            with contextlib.suppress(ProcessLookupError):  # it may just have ended
                os.kill(pid, signal.SIGKILL)
        wait_rewritten(self._wire)
        assert writer.is_alive(), f"after the death of the child writing ended: {writer.problem}"

    def _start_again(self) -> None:
        self.server.options["aof_use_rdb_preamble"] = self.rng.choice(list(FORMATS.values()))
        if self.rng.random() < _KILLED_STARTS:
            self.server.options["key_load_delay"] = _LOAD_DELAY_US
            self.server.start(wait=False)
            let_pass(time.monotonic() + self.rng.uniform(0.005, 0.1))
            assert self.server.alive(), f"the server did not start\n{self.server.log_tail()}"
            self.server.kill()
            del self.server.options["key_load_delay"]
            self.killed_starts += 1
        self.server.start()
        self._wire.close()
        self._wire = self.server.wire(name="admin")
