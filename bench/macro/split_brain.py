"""A split brain, with and without min-replicas: how many acknowledged writes are lost.

    0 s   clients write to the master; its replica is in step
    1 s   a partition: the master with its clients on one side, the replica on the other
    2 s   the replica is promoted, other clients write to it; the old master does not know
    6 s   the partition ends, the old master becomes a replica: what it took alone is gone

With min-replicas-to-write 1 and min-replicas-max-lag 1 the old master refuses writes soon after the cut, so that what is
lost is what came before it noticed. The figure shows writes acknowledged by each side over time.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field

from followers import OPTIONS, follow, in_step
from servers import ROOT, Server

sys.path.insert(0, str(ROOT / "harness"))

from strata_harness.fault_proxy import FaultProxy  # noqa: E402  (found through the line above)

PARTITION, PROMOTION, HEALING, END = 1.0, 2.0, 6.0, 7.0  # seconds from the first write
RATE = 500  # writes a second to each side
SETTINGS = {"without min-replicas": {}, "min-replicas-to-write 1": {"min-replicas-to-write": 1, "min-replicas-max-lag": 1}}


@dataclass
class SplitBrain:
    """By setting. Times are seconds from the first write."""

    old: dict[str, list[float]] = field(default_factory=dict)  # acknowledged by the old master, at
    new: dict[str, list[float]] = field(default_factory=dict)  # by the promoted replica
    refused: dict[str, int] = field(default_factory=dict)  # by the old master, with NOREPLICAS
    lost: dict[str, int] = field(default_factory=dict)  # acknowledged, and not there in the end


def measure(command: str, progress) -> SplitBrain:
    result = SplitBrain()
    for name, options in SETTINGS.items():
        progress(name)
        _run(result, name, command, options)
    return result


class _Writer(threading.Thread):
    """Writes `RATE` keys a second until the time `end`, notes which were acknowledged and when."""

    def __init__(self, server: Server, prefix: str, start: float, end: float) -> None:
        super().__init__(daemon=True)
        self._connection, self._prefix, self._start_at, self._end = server.connect(), prefix, start, end
        self.acknowledged: dict[str, float] = {}
        self.refused = 0
        self.start()

    def run(self) -> None:
        number = 0
        with self._connection as connection:
            while (now := time.monotonic()) < self._end:
                key = f"{self._prefix}:{number}"
                reply = connection.command("SET", key, number)
                if reply == b"+OK":
                    self.acknowledged[key] = time.monotonic() - self._start_at
                else:
                    self.refused += reply.startswith(b"-NOREPLICAS")
                number += 1
                time.sleep(max(0.0, now + 1 / RATE - time.monotonic()))


def _run(result: SplitBrain, name: str, command: str, options: dict) -> None:
    with Server("old master", command, options={**OPTIONS, **options}) as old, \
            Server("new master", command, options=OPTIONS) as new:
        link = FaultProxy(old.port)
        try:
            with new.connect() as connection:
                connection.must("REPLICAOF", "127.0.0.1", link.port)
            in_step(old, [new])
            _wait_writable(old)
            start = time.monotonic()
            one = _Writer(old, "old", start, start + HEALING)
            _until(start + PARTITION)
            link.hold()
            _until(start + PROMOTION)
            with new.connect() as connection:
                connection.must("REPLICAOF", "NO", "ONE")
            two = _Writer(new, "new", start, start + END)
            _until(start + HEALING)
            one.join()
            follow(old, new)
            two.join()
            in_step(new, [old])
            result.old[name], result.new[name] = sorted(one.acknowledged.values()), sorted(two.acknowledged.values())
            result.refused[name] = one.refused
            with new.connect() as connection:
                result.lost[name] = sum(connection.command("EXISTS", key) == b":0" for key in one.acknowledged)
        finally:
            link.close()


def _wait_writable(server: Server) -> None:
    """A master with min-replicas takes writes once its replica has acknowledged something."""
    with server.connect() as connection:
        while connection.command("SET", "first", 1) != b"+OK":
            time.sleep(0.02)


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
