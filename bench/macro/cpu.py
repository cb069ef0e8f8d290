"""Server CPU time per operation under redis-benchmark.

Throughput on a shared machine also measures the client and the neighbours; the CPU time the server's threads used,
divided by the operations, does not. What still disturbs it (caches, clock frequency, how many clients are ready per
epoll_wait) drifts over seconds, so the contenders take turns in slices of under a second, the order is reversed every
round (A B, B A, ...), each round gives one ratio, and the median over the rounds is the result.

    round 1   |--ours--|-redis--|      ratio 1
    round 2   |-redis--|--ours--|      ratio 2      median -> the figure, min..max -> how much to trust it
    round 3   |--ours--|-redis--|      ratio 3
"""

from __future__ import annotations

import csv
import hashlib
import io
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Callable

from client import BenchError, Connection, encode
from servers import Server

Setup = Callable[[Connection, int], None]
PROLONG_LOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end"


def _fill(*words: object) -> Setup:
    """As many calls of a command as the slice will make; {} in a word becomes the running number."""
    def run(connection: Connection, operations: int) -> None:
        texts = [str(word) for word in words]
        connection.load(encode(*(text.replace("{}", f"{i:012d}") for text in texts)) for i in range(operations))
    return run


def _fill_fixed(count: int, *words: object) -> Setup:
    fill = _fill(*words)
    return lambda connection, _: fill(connection, count)


def _take_lock(connection: Connection, _: int) -> None:
    connection.must("SET", "lock", "token")
    connection.must("SCRIPT", "LOAD", PROLONG_LOCK)


@dataclass(frozen=True)
class Test:
    """A redis-benchmark test. `setup` runs unmeasured: before every slice when `refill`, else once per row."""

    name: str  # redis-benchmark's own
    stage: int
    keyed: bool = True  # has a random-key variant (-r)
    setup: Setup | None = None
    refill: bool = False
    custom: tuple[str, ...] = ()  # the command line, for tests which redis-benchmark mixes with their own set-up

    @property
    def command(self) -> str:
        return self.name.partition("_")[0]


# Tests that pop find as many elements as they will ask for; left alone they would measure the empty reply.
TESTS: list[Test] = [
    Test("PING_INLINE", 1, keyed=False),
    Test("PING_MBULK", 1, keyed=False),
    Test("SET", 1),
    Test("GET", 1, setup=_fill_fixed(1, "SET", "key:__rand_int__", "xxx")),
    Test("INCR", 1),
    Test("MSET", 1),
    Test("LPUSH", 2, keyed=False, setup=lambda *_: None, refill=True),
    Test("RPUSH", 2, keyed=False, setup=lambda *_: None, refill=True),
    Test("LPOP", 2, keyed=False, setup=_fill("RPUSH", "mylist", "xxx"), refill=True),
    Test("RPOP", 2, keyed=False, setup=_fill("RPUSH", "mylist", "xxx"), refill=True),
    Test("SADD", 2),
    Test("HSET", 2),
    Test("SPOP", 2, keyed=False, setup=_fill("SADD", "myset", "element:{}"), refill=True),
    Test("ZADD", 2),
    Test("ZPOPMIN", 2, keyed=False, setup=_fill("ZADD", "myzset", "{}", "element:{}"), refill=True),
    Test("LRANGE_100", 2, keyed=False, setup=_fill_fixed(100_000, "LPUSH", "mylist", "xxx"),
         custom=("LRANGE", "mylist", "0", "99")),
    Test("EVAL_GET", 2, keyed=False, setup=_fill_fixed(1, "SET", "k", "xxx"),
         custom=("EVAL", "return redis.call('GET', KEYS[1])", "1", "k")),
    Test("EVALSHA_PROLONG", 2, keyed=False, setup=_take_lock,
         custom=("EVALSHA", hashlib.sha1(PROLONG_LOCK.encode()).hexdigest(), "1", "lock", "token", "60000")),
]
DEFAULT_KEYSPACE = {"SET": [1_000_000], "GET": [1_000_000]}
PRELOADED = ("SET", "GET")  # with -r: all keys exist before, so that SET overwrites and GET hits


@dataclass
class Row:
    """One line of the table: a test at a pipeline depth, with its keyspace (0: redis-benchmark's single key)."""

    test: Test
    depth: int
    keyspace: int
    operations: int = 0  # per slice
    ns_per_op: dict[str, list[float]] = field(default_factory=dict)  # by contender, one per round
    ops_per_second: dict[str, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        keys = f" -r {self.keyspace}" if self.keyspace else ""
        return f"{self.test.name}{keys} -P {self.depth}"

    def ratios(self, contender: str = "ours") -> list[float]:
        return [a / b for a, b in zip(self.ns_per_op[contender], self.ns_per_op["redis"])]

    def ns(self, contender: str) -> float:
        return statistics.median(self.ns_per_op[contender])

    def ops(self, contender: str) -> float:
        return statistics.median(self.ops_per_second[contender])


def plan(names: list[str] | None, depths: list[int], keyspaces: list[int], defaults: bool) -> list[Row]:
    """The rows to measure: single-key ones of all tests first, then the random-key variants."""
    known = {test.name: test for test in TESTS}
    for name in names or []:
        if name not in known:
            raise BenchError(f"no test {name}; there are {', '.join(known)}")
    chosen = [known[name] for name in names] if names else TESTS
    rows = [Row(test, depth, 0) for test in chosen for depth in depths]
    for test in chosen:
        wanted = set(keyspaces if test.keyed else []) | set(DEFAULT_KEYSPACE.get(test.name, []) if defaults else [])
        rows += [Row(test, depth, keyspace) for keyspace in sorted(wanted) for depth in depths]
    return rows


def missing(rows: list[Row], server: Server) -> list[str]:
    """Commands that the rows need and the server does not have (yet)."""
    with server.connect() as connection:
        return [name for name in dict.fromkeys(row.test.command for row in rows) if not connection.knows(name)]


def measure(row: Row, contenders: dict[str, Server], *, rounds: int, clients: int, seconds: float) -> None:
    """Fills in the row. `contenders` holds "ours", "redis" and perhaps "floor"; a slice lasts about `seconds`."""
    for server in contenders.values():
        _prepare(row, server, 0)
    operations = _calibrate(row, contenders, clients, seconds)
    row.operations = operations
    for turn in range(rounds):
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            if row.test.refill:
                _prepare(row, server, operations)
            before = server.cpu_ns()
            ops = benchmark(row, server, operations, clients)
            spent = server.cpu_ns() - before
            row.ns_per_op.setdefault(label, []).append(spent / operations)
            row.ops_per_second.setdefault(label, []).append(ops)


def _prepare(row: Row, server: Server, operations: int) -> None:
    if not server.resp:
        return
    with server.connect() as connection:
        connection.must("FLUSHALL", "SYNC")  # not in the background: that would be charged to the next slice
        if row.keyspace and row.test.name in PRELOADED:
            _fill_fixed(row.keyspace, "SET", "key:{}", "xxx")(connection, 0)
        elif row.test.setup is not None:
            row.test.setup(connection, operations)


def _calibrate(row: Row, contenders: dict[str, Server], clients: int, seconds: float) -> int:
    """Operations that take redis `seconds`; a multiple of every batch size, so that exactly these are sent.

    Runs on every contender, which also is everybody's warm-up.
    """
    unit = clients * row.depth
    trial = max(1, 10_000 * min(row.depth, 4) // unit) * unit
    rates = {label: benchmark(row, server, trial, clients) for label, server in contenders.items()}
    wanted = int(rates["redis"] * seconds)
    return min(max(wanted // unit, 1) * unit, 4_000_000 // unit * unit)


def benchmark(row: Row, server: Server, operations: int, clients: int) -> float:
    """One redis-benchmark run; returns its operations per second."""
    command = ["redis-benchmark", "-h", "127.0.0.1", "-p", str(server.port), "-c", str(clients), "-n", str(operations),
               "-P", str(row.depth), "--csv"]
    if row.keyspace:
        command += ["-r", str(row.keyspace)]
    command += row.test.custom or ["-t", row.test.name.lower()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = [line for line in run.stdout.splitlines() if line.startswith('"')]
    if run.returncode != 0 or len(lines) != 2:
        server.check_alive()
        raise BenchError(f"{' '.join(command)} failed on {server.label}: {(run.stderr or run.stdout).strip()[-300:]}")
    return float(next(csv.DictReader(io.StringIO("\n".join(lines))))["rps"])
