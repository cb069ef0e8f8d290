"""Free TCP ports that no two workers, and no two test runs on one machine, hand out at the same time.

        12000        12600        13200                 21600        22000 ........ 31600
          | worker 0   | worker 1   | ...  | worker 15    |            | cluster bus  |
                                                            (a cluster node also listens on its port + 10000)

All of it lies below the kernel's ephemeral range: no outgoing connection takes a port that we are about to use.
A port is claimed by binding an abstract unix socket named after it: the kernel keeps the name unique and drops it when
the owner dies, however it dies, so that there are no stale lock files. A trial bind then rules out foreign servers.
"""

from __future__ import annotations

import os
import random
import socket

_BASE = 12000
_PER_WORKER = 600
_WORKERS = 16


def _worker_index() -> int:
    """0 without pytest-xdist, N in its worker gwN."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(name[2:]) % _WORKERS


class Port:
    """A claimed port number. `release` gives it back; so does the end of this process."""

    def __init__(self, number: int, claim: socket.socket) -> None:
        self.number = number
        self._claim = claim

    def release(self) -> None:
        self._claim.close()


def _claim(number: int) -> Port | None:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0strata-harness-port-{number}")
    except OSError:
        claim.close()
        return None
    if not is_free(number):
        claim.close()
        return None
    return Port(number, claim)


def is_free(number: int) -> bool:
    """True when nothing listens on TCP port `number` of any local address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("0.0.0.0", number))
        except OSError:
            return False
    return True


def claim_port() -> Port:
    """A port of this worker's range, and of its cluster bus twin, that is free now."""
    first = _BASE + _worker_index() * _PER_WORKER
    start = random.SystemRandom().randrange(_PER_WORKER)
    for step in range(_PER_WORKER):
        number = first + (start + step) % _PER_WORKER
        port = _claim(number)
        if port is None:
            continue
        if is_free(number + 10000):
            return port
        port.release()
    raise RuntimeError(f"no free port in {first}..{first + _PER_WORKER - 1}")
