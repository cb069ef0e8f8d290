"""Clients who write all day through Sentinel, as a redis-py program does, and remember what was acknowledged.

Each writer sets a key of its own for every number, w3:17 = 17, one after the other, and tries again until it is told OK. So at any
moment, and at the end of the day, every acknowledged key must be there: one that is not was lost, and it is known when it had been
acknowledged.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable

import redis
from redis.sentinel import Sentinel

_PAUSE = 0.01  # s between two writes
_RETRY = 0.02  # s before one is tried again
_BATCH = 2000


@dataclass
class Window:
    """What clients saw in a part of the day."""

    writes: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    longest_gap: float = 0.0  # s between two acknowledgements of the writer who waited longest
    lost: int = 0
    last_lost: float = 0.0  # s after the beginning of the window that the last of them was acknowledged

    def __str__(self) -> str:
        errors = ", ".join(f"{count} {name}" for name, count in self.errors.most_common()) or "no errors"
        return f"{self.writes} writes, {errors}, longest wait {self.longest_gap:.2f} s, {self.lost} acknowledged writes lost"


class Writer(threading.Thread):
    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name=name)
        self.acknowledged: list[float] = []  # time.monotonic() by number
        self.errors: list[tuple[float, str]] = []
        self.lost: set[int] = set()  # known to be lost, and counted
        self._connect = connect
        self._end = threading.Event()

    def run(self) -> None:
        client = self._connect()
        while not self._end.wait(_PAUSE):
            number = len(self.acknowledged)
            try:
                client.set(f"{self.name}:{number}", number)
            except (redis.RedisError, OSError) as error:
                self.errors.append((time.monotonic(), _named(error)))
                self._end.wait(_RETRY)
            else:
                self.acknowledged.append(time.monotonic())

    def finish(self) -> None:
        self._end.set()
        self.join()


class Traffic:
    def __init__(self, connect: Callable[[], Any], writers: int = 3, prefix: str = "w") -> None:
        self._writers = [Writer(f"{prefix}{number}", connect) for number in range(writers)]
        for writer in self._writers:
            writer.start()

    @property
    def acknowledged(self) -> int:
        return sum(len(writer.acknowledged) for writer in self._writers)

    def marks(self) -> dict[str, int]:
        """How much of each writer is acknowledged now."""
        return {writer.name: len(writer.acknowledged) for writer in self._writers}

    def kept(self, marks: dict[str, int]) -> int:
        """How many keys a server should have that has everything up to those marks."""
        return sum(marks[writer.name] - sum(number < marks[writer.name] for number in writer.lost) for writer in self._writers)

    def moving(self, seconds: float = 30.0) -> None:
        """Returns when every writer has been told OK again, from now on."""
        marks, deadline = self.marks(), time.monotonic() + seconds
        while any(len(writer.acknowledged) < marks[writer.name] + 20 for writer in self._writers):
            assert time.monotonic() < deadline, f"no writes for {seconds:.0f} s: {[w.errors[-1:] for w in self._writers]}"
            time.sleep(0.05)

    def missing(self, client: Any, until: dict[str, int] | None = None) -> dict[str, list[int]]:
        """Numbers that were acknowledged by now (or by those marks), are not known to be lost, and that the server does not have."""
        found = {}
        for writer in self._writers:
            total = (until or self.marks())[writer.name]
            gone: list[int] = []
            for first in range(0, total, _BATCH):
                numbers = range(first, min(total, first + _BATCH))
                values = client.mget([f"{writer.name}:{number}" for number in numbers])
                gone += [number for number, value in zip(numbers, values) if value != str(number).encode()]
            found[writer.name] = [number for number in gone if number not in writer.lost]
        return found

    def window(self, began: float, client: Any) -> Window:
        """From that moment until now. What is lost is asked of the server, and counted once in the day."""
        seen = Window()
        missing = self.missing(client)
        for writer in self._writers:
            moments = [began, *(moment for moment in writer.acknowledged if moment >= began)]
            seen.writes += len(moments) - 1
            seen.longest_gap = max([seen.longest_gap, *(b - a for a, b in zip(moments, moments[1:]))])
            seen.errors.update(name for moment, name in writer.errors if moment >= began)
            fresh = set(missing[writer.name])
            writer.lost |= fresh
            seen.lost += len(fresh)
            seen.last_lost = max([seen.last_lost, *(writer.acknowledged[number] - began for number in fresh)])
        return seen

    def finish(self) -> None:
        for writer in self._writers:
            writer.finish()


def through_sentinel(addresses: list[str], name: str, password: str) -> Callable[[], Any]:
    """What a program does at its start."""
    def connect() -> Any:
        sentinel = Sentinel([(address, 26379) for address in addresses], socket_timeout=0.5)
        return sentinel.master_for(name, password=password, socket_timeout=3.0)
    return connect


def _named(error: Exception) -> str:
    """An error by its first word, if a server has answered it, else by its class."""
    word = str(error).split(" ")[0]
    return word if isinstance(error, redis.ResponseError) and word.isupper() else type(error).__name__
