"""The history of writes to a cluster that suffers: what was acknowledged, by whom, when; what was lost, what came twice.

Each writer increments keys of its own in turn, with at most one request under way. So the answers of a key tell all:

    answers 7 8 9 and then 9 again    the write that was answered with 9 was lost
    answers 7 8 and then 10           one write that was never answered has happened after all
    ... though none was unanswered    a write was done twice

Errors are answers as well: such a write has not happened. Who gets no answer within a second cannot know.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Sequence

from .cluster import slot_of
from .resp import RespError
from .wait import let_pass
from .wire import Wire, WireError

PATIENCE = 1.0  # seconds for an answer
PAUSE = 0.002  # between two writes of a writer
REDIRECTIONS = 8


@dataclass
class Ack:
    """An answered write. `at` is of time.monotonic()."""

    key: str
    answer: int
    at: float
    port: int


class History:
    """Used with `with`: writers run until its end. `lost` and `doubled` grow as they are found out."""

    def __init__(self, ports: Sequence[int], keys: Sequence[str], threads: int = 3) -> None:
        self.acknowledged = 0
        self.refused = 0
        self.unanswered = 0
        self.lost: list[Ack] = []
        self.doubled: list[str] = []
        self.problem = ""
        self._ports = list(ports)
        self._acks: dict[str, list[Ack]] = {key: [] for key in keys}
        self._unknown: dict[str, int] = defaultdict(int)  # writes that may still turn out to have happened
        self._lock = threading.Lock()
        self._stopping = False
        self._threads = [threading.Thread(target=self._run, args=(list(keys)[i::threads],), daemon=True)
                         for i in range(threads)]

    def __enter__(self) -> "History":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join(30)
        assert not self.problem, self.problem

    def keys(self) -> list[str]:
        return list(self._acks)

    def unanswered_write(self, key: str) -> None:
        """It may have happened."""
        with self._lock:
            self._unknown[key] += 1
            self.unanswered += 1

    def note(self, key: str, answer: int, port: int, final: bool = False) -> None:
        """A key's answer; or, when nobody writes any more, its value."""
        with self._lock:
            acks = self._acks[key]
            known = acks[-1].answer if acks else 0
            expected = known if final else known + 1
            if answer < expected:
                first_lost = answer + 1 if final else answer
                self.lost += [ack for ack in acks if ack.answer >= first_lost]
                acks[:] = [ack for ack in acks if ack.answer < first_lost]
            elif answer > expected:
                self._unknown[key] -= answer - expected
                if self._unknown[key] < 0:
                    self.doubled.append(f"{key}: {answer} after {known}, and nothing was unanswered")
            if not final:
                acks.append(Ack(key, answer, time.monotonic(), port))
                self.acknowledged += 1

    # -- the writers -------------------------------------------------------------------------------------------------

    def _run(self, keys: list[str]) -> None:
        wires: dict[int, Wire] = {}
        owners: dict[int, int] = {}
        try:
            while not self._stopping:
                for key in keys:
                    self._write(key, wires, owners)
                    let_pass(time.monotonic() + PAUSE)
        except Exception as error:  # a mistake of ours; told at the end
            self.problem = f"{type(error).__name__}: {error}"
        finally:
            for wire in wires.values():
                wire.close()

    def _write(self, key: str, wires: dict[int, Wire], owners: dict[int, int]) -> None:
        slot = slot_of(key)
        port = owners.get(slot) or random.choice(self._ports)
        asking = False
        for _ in range(REDIRECTIONS):
            reply = self._ask(port, key, asking, wires)
            if isinstance(reply, int):
                self.note(key, reply, port)
                return
            if reply is None or reply.code not in ("MOVED", "ASK"):
                owners.pop(slot, None)
                break
            asking = reply.code == "ASK"
            port = int(reply.text.rsplit(":", 1)[1])
            if not asking:
                owners[slot] = port
        with self._lock:
            self.refused += 1

    def _ask(self, port: int, key: str, asking: bool, wires: dict[int, Wire]) -> Any:
        """The answer; None when there was no connection, or no answer."""
        try:
            if port not in wires:
                wires[port] = Wire(("127.0.0.1", port), timeout=PATIENCE, name=f"writer to {port}")
        except OSError:
            return None
        try:
            if asking:
                wires[port]("ASKING")
            return wires[port]("INCR", key)
        except (WireError, OSError):
            wires.pop(port).close()
            self.unanswered_write(key)
            return None
