"""Latency of one client while another one fills the keyspace, so that the hash table grows and rehashes all the time.

    loader (redis-benchmark -c 1 -P 16) ==SET key:<random> xxx==>  server  <--GET probe-- probe, one at a time

The probe times each GET from before the write to after the read; it pauses shortly between two, because a spinning
probe would take the loader's core from it on a small machine. Both servers stay up and are loaded in turns, a slice
of keys each, so that they pass the same table sizes under the same weather.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from client import BenchError, encode
from servers import Server

PERCENTILES = {"p50": 0.50, "p99": 0.99, "p99.9": 0.999}
SLICE = 250_000  # keys
BLOCKS = 5  # the run is cut into so many pieces to tell how far the ratio spreads
PAUSE = 0.0001
DEPTH = 16


@dataclass
class Latency:
    """Samples in nanoseconds by contender, one list per slice."""

    title: str  # of the group of lines
    keys: int
    slices: dict[str, list[list[int]]] = field(default_factory=dict)
    final_keys: dict[str, int] = field(default_factory=dict)

    def samples(self, label: str) -> list[int]:
        return sorted(sample for part in self.slices[label] for sample in part)

    def microseconds(self, label: str, quantile: float) -> float:
        return percentile(self.samples(label), quantile) / 1000

    def spread(self, quantile: float) -> list[float]:
        """The ratio in each block of consecutive slices."""
        count = len(self.slices["ours"])
        blocks = min(BLOCKS, count)
        ratios = []
        for block in range(blocks):
            span = slice(block * count // blocks, (block + 1) * count // blocks)
            value = {label: percentile(sorted(s for part in parts[span] for s in part), quantile)
                     for label, parts in self.slices.items()}
            ratios.append(value["ours"] / value["redis"])
        return ratios


def percentile(ordered: list[int], quantile: float) -> float:
    """Nearest rank."""
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * quantile))])


def measure(contenders: dict[str, Server], keys: int, progress, *,
            title: str = "Latency of GET while another client inserts", options: tuple[str, ...] = (),
            empty: bool = True) -> Latency:
    """`options` go behind each SET of the loader. `empty`: the servers are emptied first."""
    result = Latency(title, keys)
    for server in contenders.values():
        with server.connect() as connection:
            if empty:
                connection.must("FLUSHALL")
            connection.must("SET", "probe", "xxx")
    turns = max(1, keys // SLICE)
    for turn in range(turns):
        progress(turn, turns)
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            result.slices.setdefault(label, []).append(_slice(server, turn, min(keys, SLICE), options))
    for label, server in contenders.items():
        with server.connect() as connection:
            result.final_keys[label] = int(connection.must("DBSIZE")[1:])
    return result


def _slice(server: Server, turn: int, keys: int, options: tuple[str, ...]) -> list[int]:
    """Loads `keys` more random keys and probes until that is done.

    The keys (of 2 billion: hardly any twice) carry the slice's number, since redis-benchmark's random seed comes from
    the second and the process id, and so repeats itself. The loader is nice: its own latency is of no interest, and
    waiting behind it for a core would drown the server's.
    """
    load = ["nice", "-n", "19", "redis-benchmark", "-h", "127.0.0.1", "-p", str(server.port), "-c", "1",
            "-P", str(DEPTH), "-n", str(keys), "-r", "2000000000", "-q", "SET", f"{turn:04d}__rand_int__", "xxx", *options]
    with subprocess.Popen(load, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as loader:
        try:
            samples = probe(server, lambda: loader.poll() is None)
        finally:
            if loader.poll() is None:
                loader.kill()
    if loader.returncode != 0:
        server.check_alive()
        raise BenchError(f"the loader failed on {server.label}: status {loader.returncode}")
    return samples


def probe(server: Server, running: Callable[[], bool]) -> list[int]:
    """Times one GET after the other while `running()`, in nanoseconds. The key `probe` must hold xxx."""
    request = encode("GET", "probe")
    reply = b"$3\r\nxxx\r\n"
    samples: list[int] = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while running() or not samples:
            start = time.perf_counter_ns()
            connection.sendall(request)
            got = connection.recv(64)
            while len(got) < len(reply):
                more = connection.recv(64)
                if not more:
                    raise BenchError(f"{server.label} closed the probe's connection")
                got += more
            samples.append(time.perf_counter_ns() - start)
            if got != reply:
                raise BenchError(f"{server.label} answered the probe with {got!r}")
            time.sleep(PAUSE)
    return samples
