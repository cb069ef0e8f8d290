"""A load that does not wait for the server: so many GETs and SETs a second, come what may, from a process of its own.

    every so often   `batch` commands are sent on one connection, whether or not the replies to earlier ones have come
    a sample         from the sending of a batch until the last byte of its replies

A client that waits for a reply before it sends again goes quiet just when the server stalls, and so hardly notices:
here everything that was due during a stall is late and is counted as such.
"""

from __future__ import annotations

import array
import collections
import contextlib
import multiprocessing
import random
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from client import BenchError
from servers import Server

LINGER = 5.0  # seconds that replies may take at the end


@dataclass(frozen=True)
class Load:
    """What is sent. `key` picks the number of one of the keys `key:<12 digits>`, which hold `value_size` bytes."""

    key: Callable[[random.Random], int]
    value_size: int
    rate: int  # commands a second
    writes: float  # the share of SETs
    batch: int = 1
    seed: int = 1


@dataclass
class Samples:
    """When each batch was sent and how long it took; both in nanoseconds, the former by time.perf_counter_ns()."""

    sent: array.array
    took: array.array

    def between(self, start: int, end: int) -> list[int]:
        """How long those took that were sent in this span."""
        return [took for sent, took in zip(self.sent, self.took) if start <= sent <= end]


class Running:
    """A load under way; `stop` ends it and tells what it saw."""

    def __init__(self, server: Server, load: Load) -> None:
        fork = multiprocessing.get_context("fork")
        self._server = server
        self._pipe, theirs = fork.Pipe()
        self._process = fork.Process(target=_run, args=(server.port, load, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._receive()  # that it has begun

    def run_for(self, seconds: float) -> None:
        """Waits while the load goes on; no longer than it does."""
        if self._pipe.poll(seconds):
            self._receive()

    def stop(self) -> Samples:
        self._pipe.send("stop")
        return Samples(*self._receive())

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _receive(self):
        try:
            told = self._pipe.recv()
        except EOFError:
            told = "the load ended by itself"
        if isinstance(told, str):
            self._server.check_alive()
            raise BenchError(f"{self._server.label}: {told}")
        return told


@contextlib.contextmanager
def loading(server: Server, load: Load) -> Iterator[Running]:
    running = Running(server, load)
    try:
        yield running
    finally:
        running.close()


def _run(port: int, load: Load, pipe) -> None:
    """The life of the load's process. Sends True when under way, then the samples, or a text if something is wrong."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pipe.send(True)
            pipe.send(_drive(connection, load, pipe))
    except (OSError, BenchError) as error:
        pipe.send(str(error))


def _drive(connection: socket.socket, load: Load, pipe) -> tuple[array.array, array.array]:
    rng = random.Random(load.seed)
    sent, took = array.array("q"), array.array("q")
    open_batches: collections.deque[tuple[int, int]] = collections.deque()  # (sent at, bytes of replies up to its end)
    promised = received = 0
    interval = load.batch * 1_000_000_000 // load.rate
    due = time.perf_counter_ns()
    stop_by = 0
    while not stop_by or open_batches:
        now = time.perf_counter_ns()
        if stop_by and now > stop_by:
            raise BenchError(f"replies were missing {LINGER:g} s after the last command")
        if not stop_by and now >= due:
            commands, size = _batch(rng, load)
            promised += size
            open_batches.append((time.perf_counter_ns(), promised))
            connection.sendall(commands)
            due += interval
            continue  # a late load catches up before it listens again
        wait = 0.1 if stop_by else (due - now) / 1e9
        for ready in select.select([connection, pipe], [], [], wait)[0]:
            if ready is pipe:
                pipe.recv()
                stop_by = time.perf_counter_ns() + int(LINGER * 1e9)
                continue
            chunk = connection.recv(1 << 18)
            now = time.perf_counter_ns()
            if not chunk:
                raise BenchError("the server closed the connection of the load")
            if b"-" in chunk:
                raise BenchError(f"the load was answered with {chunk[:100]!r}")
            received += len(chunk)
            while open_batches and open_batches[0][1] <= received:
                at, _ = open_batches.popleft()
                sent.append(at)
                took.append(now - at)
    return sent, took


def _batch(rng: random.Random, load: Load) -> tuple[bytes, int]:
    """Encoded commands, and the size of the right replies."""
    parts, size = [], 0
    head = b"$%d\r\n" % load.value_size
    for _ in range(load.batch):
        key = load.key(rng)
        if rng.random() < load.writes:
            parts.append(b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n%s%0*d\r\n"
                         % (key, head, load.value_size, rng.getrandbits(40)))
            size += len(b"+OK\r\n")
        else:
            parts.append(b"*2\r\n$3\r\nGET\r\n$16\r\nkey:%012d\r\n" % key)
            size += len(head) + load.value_size + len(b"\r\n")
    return b"".join(parts), size
