"""Latency of one client while the server tidies up: a million keys expire together; keys are evicted all the time.

    expiry     keys with one and the same expiry are loaded, and the probe of latency.py starts shortly before it passes;
               it ends when all keys are gone
    eviction   memory is full from the start, the loader of latency.py goes on inserting, so that each SET evicts
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

from client import BenchError, encode
from latency import Latency, measure, probe
from servers import Server

LIMIT = "32mb"
AHEAD = 0.2  # seconds that the probe runs before the keys expire
PATIENCE = 120  # seconds until the keys must be gone
ROUNDS = 3
TASTE = 20  # this part of the keys is loaded for a try


@dataclass
class Expiry:
    """What happened after the keys' time had passed, one item a round and contender."""

    keys: int
    latency: Latency
    seconds: dict[str, list[float]] = field(default_factory=dict)  # until all were gone


def expires_by_itself(server: Server) -> bool:
    """Does a key go that nobody asks for?"""
    with server.connect() as connection:
        connection.must("SET", "expiring", "v", "PX", 1)
        return _until_keys(connection, 0, 3)


def refuses_beyond_maxmemory(server: Server) -> bool:
    with server.connect() as connection:
        connection.must("CONFIG", "SET", "maxmemory", 1)
        refused = connection.command("SET", "k", "v").startswith(b"-OOM")
        connection.must("CONFIG", "SET", "maxmemory", 0)
    return refused


def together(contenders: dict[str, Server], keys: int, progress, *, rounds: int = ROUNDS) -> Expiry:
    """`keys` keys expire at the same moment; servers take turns."""
    result = Expiry(keys, Latency(f"Latency of GET while {keys / 1e6:g}M keys expire together", keys))
    for turn in range(rounds):
        progress(turn, rounds)
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            samples, seconds = _expire_once(server, keys)
            result.latency.slices.setdefault(label, []).append(samples)
            result.seconds.setdefault(label, []).append(seconds)
    return result


def evicting(commands: dict[str, str], keys: int, progress) -> Latency:
    """`keys` keys are inserted into servers whose memory is full. The probe's key has no expiry and is never evicted."""
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(
            Server(label, f"{command} --maxmemory {LIMIT} --maxmemory-policy volatile-lru"))
            for label, command in commands.items()}
        for server in contenders.values():
            with server.connect() as connection:
                connection.load(encode("SET", f"first:{i:012d}", "xxx", "EX", 100_000) for i in range(700_000))
        return measure(contenders, keys, progress, title="Latency of GET while keys are evicted all the time",
                       options=("EX", "100000"), empty=False)


def _expire_once(server: Server, keys: int) -> tuple[list[int], float]:
    with server.connect() as connection:
        # How long loading will take is told by a part of it.
        started = time.time()
        connection.load(encode("SET", f"key:{i:012d}", "xxx", "EX", 1000) for i in range(keys // TASTE))
        estimate = (time.time() - started) * TASTE
        connection.must("FLUSHALL")
        connection.must("SET", "probe", "xxx")
        at = int(1000 * (time.time() + 1 + 1.5 * estimate))
        connection.load(encode("SET", f"key:{i:012d}", "xxx", "PXAT", at) for i in range(keys))
        start = at / 1000 - AHEAD - time.time()
        if start < 0:
            raise BenchError(f"the machine is too busy: {server.label} had not got its keys when they expired")
        time.sleep(start)
        asked = 0
        gone = 0.0

        def left() -> bool:
            nonlocal asked, gone
            asked += 1
            if asked % 50:
                return True
            now = time.time()
            if now > at / 1000 + PATIENCE:
                raise BenchError(f"{server.label} still has expired keys after {PATIENCE} s")
            if connection.must("DBSIZE") != b":1":
                return True
            gone = now
            return False

        samples = probe(server, left)
        return samples, max(gone - at / 1000, 0.001)


def _until_keys(connection, keys: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if connection.must("DBSIZE") == b":%d" % keys:
            return True
        time.sleep(0.02)
    return False
