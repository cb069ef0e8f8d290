"""Resident bytes per key, or per element of a collection.

(RSS after - RSS before) / N in a fresh server for every case: what the operating system has really handed out,
fragmentation, table slack and all. Nothing is purged or compacted before the second reading.

The size of a hash table grows in steps, so the figure at one N alone flatters whoever has just filled his table; the
sweep reads it at several N of the same load and also draws the curve between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterator

from servers import Server

EXPIRE_SECONDS = b"864000"  # far enough that nothing expires while we look
SWEEP_POINTS = [1_000_000, 1_300_000, 1_700_000, 2_000_000]
SWEEP_STEP = 50_000


@dataclass(frozen=True)
class MemoryCase:
    """What to load. `commands(a, b)` yields the encoded commands that add the elements a <= i < b."""

    name: str
    title: str
    stage: int
    needs: str
    commands: Callable[[int, int], Iterator[bytes]]
    unit: str = "key"


def _strings(start: int, end: int) -> Iterator[bytes]:
    return (b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$16\r\nval:%012d\r\n" % (i, i) for i in range(start, end))


def _integers(start: int, end: int) -> Iterator[bytes]:
    # From a billion on: below 10000 redis-server shares the value objects, which would flatter it.
    return (b"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$10\r\n%d\r\n" % (i, 1_000_000_000 + i)
            for i in range(start, end))


def _with_ttl(start: int, end: int) -> Iterator[bytes]:
    tail = b"$2\r\nEX\r\n$%d\r\n%s\r\n" % (len(EXPIRE_SECONDS), EXPIRE_SECONDS)
    return (b"*5\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$16\r\nval:%012d\r\n%s" % (i, i, tail)
            for i in range(start, end))


def _large_set(start: int, end: int) -> Iterator[bytes]:
    return (b"*3\r\n$4\r\nSADD\r\n$1\r\ns\r\n$16\r\nmem:%012d\r\n" % i for i in range(start, end))


def _large_zset(start: int, end: int) -> Iterator[bytes]:
    return (b"*4\r\n$4\r\nZADD\r\n$1\r\nz\r\n$12\r\n%012d\r\n$16\r\nmem:%012d\r\n" % (i, i) for i in range(start, end))


def _small_hashes(start: int, end: int) -> Iterator[bytes]:
    # Ten fields to a hash: small enough for the listpack.
    return (b"*4\r\n$4\r\nHSET\r\n$16\r\nhash%012d\r\n$6\r\nfield%d\r\n$12\r\n%012d\r\n" % (i // 10, i % 10, i)
            for i in range(start, end))


def _list(start: int, end: int) -> Iterator[bytes]:
    return (b"*3\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n$16\r\nval:%012d\r\n" % i for i in range(start, end))


CASES: list[MemoryCase] = [
    MemoryCase("string", "16-byte key, 16-byte value", 1, "SET", _strings),
    MemoryCase("integer", "16-byte key, integer value", 1, "SET", _integers),
    MemoryCase("ttl", "16-byte key, 16-byte value, TTL", 1, "SET", _with_ttl),
    MemoryCase("large-set", "one set, 16-byte members", 2, "SADD", _large_set, "element"),
    MemoryCase("large-zset", "one sorted set, 16-byte members", 2, "ZADD", _large_zset, "element"),
    MemoryCase("small-hashes", "hashes of 10 fields", 2, "HSET", _small_hashes, "element"),
    MemoryCase("list", "one list, 16-byte elements", 2, "RPUSH", _list, "element"),
]


@dataclass
class Weight:
    """The outcome of a case: bytes per key by contender and N. `curve` holds the sweep's points in between, too."""

    case: MemoryCase
    points: dict[int, dict[str, float]] = field(default_factory=dict)  # N -> contender -> bytes
    curve: dict[str, list[tuple[int, float]]] = field(default_factory=dict)  # contender -> (N, bytes)

    def ratio(self, count: int) -> float:
        return self.points[count]["ours"] / self.points[count]["redis"]


def measure(case: MemoryCase, commands: dict[str, str], *, sizes: list[int], sweep: bool,
            window: float) -> Weight:
    """Loads the case into a fresh server of each contender; sizes ascending, `window` as in Server.settled_rss."""
    weight = Weight(case)
    for label, command in commands.items():
        with Server(label, command) as server:
            before = server.settled_rss(window)
            curve = weight.curve.setdefault(label, [])
            loaded = 0
            for size in sizes:
                while loaded < size:
                    step = min(SWEEP_STEP if sweep else size, size - loaded)
                    with server.connect() as connection:  # closed again, so that its buffers do not count
                        connection.load(case.commands(loaded, loaded + step))
                    loaded += step
                    curve.append((loaded, (server.rss() - before) / loaded))
                weight.points.setdefault(size, {})[label] = (server.settled_rss(window) - before) / size
    return weight
