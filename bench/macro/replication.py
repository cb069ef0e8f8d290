"""What replicas cost, and what they cost their master.

    CPU       SETs at -P 16 to a master with 0, 1 and 3 replicas: CPU time of the master for each, and of one replica
    memory    resident bytes of a master with 5 replicas while so many SETs a second come in
    lag       from a SET's sending to the event of it that a client of the replica hears, under the same load
    image     from REPLICAOF to the link that is up, with so many mixed keys

The servers of a pair, or of a whole family, are of one make; makes take turns.
"""

from __future__ import annotations

import contextlib
import random
import socket
import time
from dataclasses import dataclass, field

import cpu
import mixed_keys
from client import BenchError, encode
from followers import OPTIONS, follow, in_step, replicas_of, told
from latency import Latency
from servers import PATIENCE, Server
from steady_load import Load, loading

REPLICAS = [0, 1, 3]
CLIENTS = 50
ROW = cpu.Row(next(test for test in cpu.TESTS if test.name == "SET"), 16, 100_000)
MANY = 5  # replicas whose memory is measured
RATE = 20_000  # SETs a second
VALUE_SIZE = 200
KEYS = 100_000
PROBE_PAUSE = 0.002


@dataclass
class Replication:
    """By contender, one item a round."""

    keys: int  # of an image
    master_ns: dict[int, dict[str, list[float]]] = field(default_factory=dict)  # by number of replicas; of each SET
    replica_ns: dict[str, list[float]] = field(default_factory=dict)  # of each SET
    memory: dict[str, list[float]] = field(default_factory=dict)  # bytes
    lag: Latency = field(default_factory=lambda: Latency(f"Replication lag under {RATE} SETs a second", KEYS))
    image: dict[str, list[float]] = field(default_factory=dict)  # seconds


def measure(commands: dict[str, str], keys: int, rounds: int, seconds: float, progress) -> Replication:
    """`seconds`: how long a turn lasts."""
    result = Replication(keys)
    for count in REPLICAS:
        _cpu(result, commands, count, rounds, seconds, progress)
    _under_load(result, commands, rounds, seconds, progress)
    _image(result, commands, rounds, progress)
    return result


def _turns(contenders: dict, rounds: int):
    for turn in range(rounds):
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            yield turn, label, server


def _cpu(result: Replication, commands: dict[str, str], count: int, rounds: int, seconds: float, progress) -> None:
    with contextlib.ExitStack() as stack:
        masters = {label: stack.enter_context(Server(label, command, options=OPTIONS))
                   for label, command in commands.items()}
        replicas = {label: stack.enter_context(replicas_of(master, commands[label], count))
                    for label, master in masters.items()}
        speed = min(cpu.benchmark(ROW, master, 100 * CLIENTS * ROW.depth, CLIENTS) for master in masters.values())
        unit = CLIENTS * ROW.depth
        operations = max(1, int(speed * seconds) // unit) * unit
        for turn, label, master in _turns(masters, rounds):
            progress(f"CPU with {count} replicas {turn + 1}/{rounds}")
            in_step(master, replicas[label])
            before = [server.cpu_ns() for server in (master, *replicas[label])]
            cpu.benchmark(ROW, master, operations, CLIENTS)
            in_step(master, replicas[label])
            spent = [server.cpu_ns() - was for server, was in zip((master, *replicas[label]), before)]
            result.master_ns.setdefault(count, {}).setdefault(label, []).append(spent[0] / operations)
            if count == 1:
                result.replica_ns.setdefault(label, []).append(spent[1] / operations)


def _any_key(rng: random.Random) -> int:
    return rng.randrange(KEYS)


def _under_load(result: Replication, commands: dict[str, str], rounds: int, seconds: float, progress) -> None:
    for turn, label, command in _turns(commands, rounds):
        progress(f"memory and lag {turn + 1}/{rounds}")
        with Server(label, command, options=OPTIONS) as master, \
                replicas_of(master, command, MANY, {"notify-keyspace-events": "K$"}) as replicas:
            with loading(master, Load(_any_key, VALUE_SIZE, RATE, 1.0, batch=10, seed=turn)) as running:
                running.run_for(seconds)
                lags = _lags(master, replicas[0], seconds)
                resident = master.rss()
                running.stop()
            in_step(master, replicas)
            result.lag.slices.setdefault(label, []).append(lags)
            result.memory.setdefault(label, []).append(resident)


def _lags(master: Server, replica: Server, seconds: float) -> list[int]:
    """Nanoseconds from a SET to its event at the replica, one SET at a time."""
    lags = []
    event = encode("message", "__keyspace@0__:probe", "set")
    with socket.create_connection(("127.0.0.1", replica.port), timeout=30) as hears, master.connect() as writes:
        hears.sendall(encode("SUBSCRIBE", "__keyspace@0__:probe"))
        _receive(hears, b":1\r\n")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.perf_counter_ns()
            writes.must("SET", "probe", begin)
            _receive(hears, event)
            lags.append(time.perf_counter_ns() - begin)
            time.sleep(PROBE_PAUSE)
    return lags


def _receive(connection: socket.socket, ending: bytes) -> None:
    data = b""
    while not data.endswith(ending):
        piece = connection.recv(4096)
        if not piece:
            raise BenchError("a replica closed the connection of a subscriber")
        data += piece


def _image(result: Replication, commands: dict[str, str], rounds: int, progress) -> None:
    with contextlib.ExitStack() as stack:
        masters = {label: stack.enter_context(Server(label, command, options=OPTIONS))
                   for label, command in commands.items()}
        progress(f"filling with {result.keys} keys")
        mixed_keys.fill(list(masters.values()), result.keys)
        for turn, label, master in _turns(masters, rounds):
            progress(f"image {turn + 1}/{rounds}")
            with Server(f"{label}, replica", commands[label], options=OPTIONS) as replica:
                begin = time.perf_counter()
                follow(replica, master)
                while told(replica)["master_link_status"] != "up":
                    if time.perf_counter() - begin > PATIENCE:
                        raise BenchError(f"no image after {PATIENCE} s")
                    time.sleep(0.005)
                result.image.setdefault(label, []).append(time.perf_counter() - begin)
