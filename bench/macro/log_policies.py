"""What logging every write costs, by policy of appendfsync: CPU time, throughput and latency of SET.

    CPU          as in cpu.py, with everysec; the thread that syncs is counted, too
    throughput   redis-benchmark, 50 clients, each waiting for its reply before it sends again
    latency      of a client that sends 5000 SETs a second whether or not replies have come: with always each of them
                 waits for the disk, and with everysec none should

The servers take turns. Before each turn the log is rewritten to a few bytes and the old one is gone, so that nobody
pays for what another has left to be written to the disk.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field

import cpu
from latency import Latency
from logs import LOG_OPTIONS, rewrite
from servers import Server
from steady_load import Load, loading

POLICIES = ["always", "everysec", "no"]
CLIENTS = 50
KEYS = 1000
RATE = 5000  # SETs a second
VALUE_SIZE = 100
SET = next(test for test in cpu.TESTS if test.name == "SET")


@dataclass
class Policies:
    """By policy and contender, one item a round."""

    cpu_rows: list[cpu.Row] = field(default_factory=list)
    microseconds: dict[str, dict[str, list[float]]] = field(default_factory=dict)  # for each SET of CLIENTS together
    latency: dict[str, Latency] = field(default_factory=dict)


def measure(commands: dict[str, str], rounds: int, seconds: float, progress) -> Policies:
    """`seconds`: how long a turn lasts."""
    result = Policies(cpu_rows=[cpu.Row(SET, 16, 0), cpu.Row(SET, 16, 1_000_000)])
    with contextlib.ExitStack() as stack:
        options = {**LOG_OPTIONS, "appendfsync": "everysec"}
        contenders = {label: stack.enter_context(Server(label, command, options=options))
                      for label, command in commands.items()}
        for row in result.cpu_rows:
            progress(f"CPU of {row.name}, everysec")
            cpu.measure(row, contenders, rounds=rounds, clients=CLIENTS, seconds=seconds)
        for policy in POLICIES:
            _by_policy(result, policy, contenders, rounds, seconds, progress)
    return result


def _by_policy(result: Policies, policy: str, contenders: dict[str, Server], rounds: int, seconds: float,
               progress) -> None:
    result.latency[policy] = Latency(f"Latency of {RATE} SETs a second, appendfsync {policy}", KEYS)
    row = cpu.Row(SET, 1, KEYS)
    operations = {}
    for label, server in contenders.items():
        _prepare(server, policy)
        speed = cpu.benchmark(row, server, 20 * CLIENTS, CLIENTS)
        # The first few operations tell little, but enough for a second trial.
        speed = cpu.benchmark(row, server, max(20 * CLIENTS, int(speed * seconds / 4)), CLIENTS)
        operations[label] = max(20 * CLIENTS, int(speed * seconds) // CLIENTS * CLIENTS)
    for turn in range(rounds):
        progress(f"{policy} {turn + 1}/{rounds}")
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            _prepare(server, policy)
            speed = cpu.benchmark(row, server, operations[label], CLIENTS)
            result.microseconds.setdefault(policy, {}).setdefault(label, []).append(1e6 / speed)
            _prepare(server, policy)
            result.latency[policy].slices.setdefault(label, []).append(_latency(server, seconds, turn))


def _prepare(server: Server, policy: str) -> None:
    with server.connect() as connection:
        connection.must("CONFIG", "SET", "appendfsync", policy)
        connection.must("FLUSHALL", "SYNC")
        rewrite(connection)


def _latency(server: Server, seconds: float, seed: int) -> list[int]:
    def any_key(rng: random.Random) -> int:
        return rng.randrange(KEYS)

    with loading(server, Load(any_key, VALUE_SIZE, RATE, 1.0, seed=seed)) as running:
        running.run_for(seconds)
        return list(running.stop().took)
