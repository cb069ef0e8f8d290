"""What a cluster costs its clients: redirections, keys on their way, and the time without a master.

    redirect   CPU time of a GET that is served by a node, and of one that is answered with MOVED
    migrate    keys of one slot go from one node to another, so many with each MIGRATE; wall time for each key
    failover   from the kill of a master to the first write that its replica takes; 3 masters with a replica each
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

from client import BenchError, Connection, encode
from members import SLOTS, formed, id_of, ready, shares, until
from servers import Server

from strata_harness.cluster import slot_of  # (members.py has made it known)

TAG = "{bench}"
SLOT = slot_of(TAG)
NODE_TIMEOUT = 1000  # ms, while failovers are timed
ALL = set(range(SLOTS))
CLIENTS, DEPTHS = 50, (1, 16)


@dataclass(frozen=True)
class Load:
    """What is moved."""

    name: str
    keys: int
    batch: int  # keys of one MIGRATE

    def command(self, number: int) -> bytes:
        key = f"{TAG}:{number:010d}"
        if self.name == "hashes of 20 fields":
            return encode("HSET", key, *(word for i in range(20) for word in (f"field:{i:02d}", f"value:{i:02d}")))
        return encode("SET", key, f"{number:016d}" * (1 if self.name == "strings of 16 bytes" else 64))

    def requests(self, port: int) -> list[bytes]:
        """The MIGRATEs that move all of it."""
        return [encode("MIGRATE", "127.0.0.1", port, "", 0, 60_000, "KEYS",
                       *(f"{TAG}:{i:010d}" for i in range(first, min(first + self.batch, self.keys))))
                for first in range(0, self.keys, self.batch)]


LOADS = [Load("strings of 16 bytes", 100_000, 100), Load("strings of 16 bytes", 30_000, 10),
         Load("strings of 1 KB", 30_000, 100), Load("hashes of 20 fields", 20_000, 100)]


@dataclass
class ClusterCosts:
    """By contender, one item a round or failover."""

    redirects: dict[tuple[str, int], dict[str, list[float]]] = field(default_factory=dict)  # ns; by name and depth
    migrate: dict[Load, dict[str, list[float]]] = field(default_factory=dict)  # seconds for each key
    failover: dict[str, list[float]] = field(default_factory=dict)  # seconds


def measure(commands: dict[str, str], rounds: int, seconds: float, failovers: int, progress) -> ClusterCosts:
    """`seconds`: how long a slice of redirections lasts."""
    result = ClusterCosts()
    for name, parts in (("GET served", [ALL]), ("GET redirected", [set(), ALL])):
        progress(name)
        _redirect(result, name, commands, parts, rounds, seconds)
    _migrate(result, commands, rounds, progress)
    _failover(result, commands, failovers, progress)
    return result


def _redirect(result: ClusterCosts, name: str, commands: dict[str, str], parts: list[set[int]], rounds: int,
              seconds: float) -> None:
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(formed(label, command, parts, absent=True))[0]
                      for label, command in commands.items()}
        crowds = {label: stack.enter_context(_Crowd(server)) for label, server in contenders.items()}
        for depth in DEPTHS:
            crowds["redis"].ask(depth, seconds / 4)  # warm-up
            for label, server in turns(contenders, rounds):
                before = server.cpu_ns()
                answers = crowds[label].ask(depth, seconds)
                result.redirects.setdefault((name, depth), {}).setdefault(label, []).append(
                    (server.cpu_ns() - before) / answers)


class _Crowd:
    """Clients that ask for a key, each with so many GETs at once. (redis-benchmark ends at the first redirection.)"""

    def __init__(self, server: Server) -> None:
        self._sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(CLIENTS)]
        self._sockets[0].sendall(encode("GET", "key"))
        self._reply_bytes = len(self._sockets[0].recv(1000))

    def __enter__(self) -> _Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.close()

    def ask(self, depth: int, seconds: float) -> int:
        """The number of answers."""
        request, answers, end = encode("GET", "key") * depth, 0, time.monotonic() + seconds
        while time.monotonic() < end:
            for one in self._sockets:
                one.sendall(request)
            for one in self._sockets:
                left = depth * self._reply_bytes
                while left > 0:
                    left -= len(one.recv(left))
            answers += depth * CLIENTS
        return answers


def turns(contenders: dict, rounds: int):
    """Label and contender; the order reverses each round."""
    for turn in range(rounds):
        order = list(contenders.items())
        yield from reversed(order) if turn % 2 else order


def _migrate(result: ClusterCosts, commands: dict[str, str], rounds: int, progress) -> None:
    with contextlib.ExitStack() as stack:
        pairs = {label: stack.enter_context(formed(label, command, [ALL, set()])) for label, command in commands.items()}
        for _, target in pairs.values():
            with target.connect() as connection:
                connection.must("CLUSTER", "SETSLOT", SLOT, "IMPORTING", id_of(0))
        for load in LOADS:
            progress(f"migrate {load.name}, {load.batch} a call")
            for label, (source, target) in turns(pairs, rounds):
                seconds = _move(load, source, target)
                result.migrate.setdefault(load, {}).setdefault(label, []).append(seconds / load.keys)


def _move(load: Load, source: Server, target: Server) -> float:
    with source.connect() as connection, target.connect() as other:
        connection.load(load.command(number) for number in range(load.keys))
        requests = load.requests(target.port)
        begin = time.perf_counter()
        for request in requests:
            connection.send(request)
            connection.skip_replies(1)
        seconds = time.perf_counter() - begin
        arrived = other.must("DBSIZE")
        if arrived != b":%d" % load.keys or connection.must("DBSIZE") != b":0":
            raise BenchError(f"{arrived.decode()} keys have arrived instead of {load.keys}")
        other.must("FLUSHALL", "SYNC")
    return seconds


# -- failovers ---------------------------------------------------------------------------------------------------------


def _failover(result: ClusterCosts, commands: dict[str, str], count: int, progress) -> None:
    """Both makes at the same time, in clusters of their own: they mostly wait."""
    problems: list[Exception] = []

    def run(label: str, command: str) -> None:
        try:
            with formed(label, command, shares(3), replicas=1, timeout=NODE_TIMEOUT) as servers:
                for number in range(count):
                    result.failover.setdefault(label, []).append(_one_failover(servers, number % 3))
                    if label == "ours":
                        progress(f"failover {number + 1}/{count}")
        except Exception as error:  # told by the main thread
            problems.append(error)

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in commands.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def _one_failover(servers: list[Server], shard: int) -> float:
    """Kills the shard's master; seconds until the other one takes a write. In the end the killed one is its replica."""
    pair = [servers[shard], servers[shard + 3]]
    master, replica = pair if _is_master(pair[0]) else pair[::-1]
    key = next(f"key:{i}" for i in range(100_000) if slot_of(f"key:{i}") in shares(3)[shard])
    with replica.connect() as connection:
        begin = time.perf_counter()
        master.kill()
        _until_written(connection, key)
        seconds = time.perf_counter() - begin
    master.start()
    until(lambda: all(ready(server) for server in servers), 60, "the killed node to be a replica", 0.05)
    return seconds


def _is_master(server: Server) -> bool:
    with server.connect() as connection:
        return b"role:master" in connection.bulk("INFO", "replication")


def _until_written(connection: Connection, key: str) -> None:
    end = time.perf_counter() + 60
    while connection.command("SET", key, "x") != b"+OK":
        if time.perf_counter() > end:
            raise BenchError("no replica has taken over within a minute")
        time.sleep(0.005)
