"""Snapshots of millions of mixed keys: how long SAVE and loading take, and what clients feel of BGSAVE.

    fill     both servers with the same commands
    SAVE     in turns; the client's wall time, and the CPU time beside it, which neighbours and the disk disturb less
    BGSAVE   in turns, each under a steady load, whose latency counts from the command until the snapshot has ended
    load     in turns: kill -9, start again with the file it had written; the time that it logs

The latency of the slowest in a thousand contains the fork: whoever finishes the snapshot sooner has it in a larger
share of the samples, which is left as it is.
"""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass, field

import mixed_keys
from client import BenchError
from latency import Latency
from servers import Server
from snapshots import SERVER_OPTIONS, background_save, file_of, save
from steady_load import Load, loading

LOADED = re.compile(r"DB loaded from disk: ([0-9.]+) seconds")
RATE = 5000  # commands a second during BGSAVE
WRITES = 0.5


@dataclass
class Snapshot:
    """One item a round and contender."""

    keys: int
    latency: Latency
    save: dict[str, list[float]] = field(default_factory=dict)  # seconds
    save_cpu: dict[str, list[float]] = field(default_factory=dict)
    background: dict[str, list[float]] = field(default_factory=dict)
    load: dict[str, list[float]] = field(default_factory=dict)
    load_cpu: dict[str, list[float]] = field(default_factory=dict)  # of the whole start
    bytes: dict[str, int] = field(default_factory=dict)


def measure(commands: dict[str, str], keys: int, rounds: int, progress) -> Snapshot:
    result = Snapshot(keys, Latency(f"Latency under {RATE} commands a second, half of them SETs, during BGSAVE", keys))
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command, options=SERVER_OPTIONS))
                      for label, command in commands.items()}
        progress(f"filling with {keys} keys")
        mixed_keys.fill(list(contenders.values()), keys)
        for name, step in (("SAVE", _save), ("BGSAVE", _background_save), ("load", _load)):
            for turn in range(rounds):
                progress(f"{name} {turn + 1}/{rounds}")
                order = list(contenders.items())
                for label, server in reversed(order) if turn % 2 else order:
                    step(result, label, server)
    return result


def _save(result: Snapshot, label: str, server: Server) -> None:
    with server.connect() as connection:
        cpu = server.cpu_ns()
        result.save.setdefault(label, []).append(save(connection))
        result.save_cpu.setdefault(label, []).append((server.cpu_ns() - cpu) / 1e9)
    result.bytes[label] = file_of(server).stat().st_size


def _background_save(result: Snapshot, label: str, server: Server) -> None:
    load = Load(lambda rng: mixed_keys.string_key(rng, result.keys), value_size=16, rate=RATE, writes=WRITES)
    with server.connect() as connection, loading(server, load) as running:
        time.sleep(0.2)  # past the first commands
        begin, end = background_save(connection)
        samples = running.stop().between(begin, end)
    if not samples:
        raise BenchError("BGSAVE was over before the load noticed: take more --keys")
    result.latency.slices.setdefault(label, []).append(samples)
    result.background.setdefault(label, []).append((end - begin) / 1e9)


def _load(result: Snapshot, label: str, server: Server) -> None:
    server.start_again()
    result.load_cpu.setdefault(label, []).append(server.cpu_ns() / 1e9)
    told = LOADED.findall(server.log_text())
    if len(told) <= len(result.load.get(label, [])):
        raise BenchError(f"{label} does not log how long loading took:\n{server.log_tail(12)}")
    result.load.setdefault(label, []).append(max(float(told[-1]), 0.001))
