"""Hit ratio of each eviction policy on a Zipf trace: how much of a working set a cache of so many bytes holds.

    GET key --- hit: nothing more
            '-- miss: SET key (with an expiry where the policy is a volatile one)

Both servers get the same trace and the same maxmemory, a small part of what all keys would take. The first part of the
trace fills the cache, the rest is counted. Beside them stands exact LRU, simulated with as many keys as each server was
left with: what the difference of a server to *its* line loses is the price of sampling, what lies between the two
lines is gained by smaller keys.

Requests are sent in batches (GETs first, then the SETs of what was missed), as a client with a pipeline would, and are
spread over `seconds`: the servers tell the time of the last use in seconds, so a trace that is replayed within one
second shows LRU nothing at all.
"""

from __future__ import annotations

import itertools
import random
import socket
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from client import BenchError, encode
from servers import Server

POLICIES = ["allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random",
            "volatile-ttl"]
EXPONENT = 0.99
BATCH = 200
VALUE = b"v" * 16
HIT = b"$16\r\n" + VALUE + b"\r\n"
MISS = b"$-1\r\n"
WARM_UP = 0.5  # of the trace
SEED = 1


@dataclass
class Trace:
    """Which key each request asks for, by number; number 0 is the most popular one."""

    keys: int
    requests: list[int]

    @property
    def counted_from(self) -> int:
        return int(len(self.requests) * WARM_UP)


@dataclass
class HitRatio:
    trace: Trace
    limit: str
    hits: dict[str, dict[str, float]] = field(default_factory=dict)  # policy -> contender -> hits per request
    held: dict[str, dict[str, int]] = field(default_factory=dict)  # the same: keys at the end
    exact: dict[str, float] = field(default_factory=dict)  # contender -> exact LRU with as many keys


def zipf(keys: int, count: int) -> Trace:
    weights = itertools.accumulate(1 / rank ** EXPONENT for rank in range(1, keys + 1))
    return Trace(keys, random.Random(SEED).choices(range(keys), cum_weights=list(weights), k=count))


def measure(commands: dict[str, str], *, keys: int, requests: int, limit: str, seconds: float, policies: list[str],
            progress) -> HitRatio:
    result = HitRatio(zipf(keys, requests), limit)
    for policy in policies:
        progress(policy)
        for label, command in commands.items():
            with Server(label, f"{command} --maxmemory {limit} --maxmemory-policy {policy}") as server:
                hits, held = _replay(server, result.trace, policy.startswith("volatile"), seconds)
            result.hits.setdefault(policy, {})[label] = hits
            result.held.setdefault(policy, {})[label] = held
    for label in commands:
        result.exact[label] = exact_lru(result.trace, result.held[policies[0]][label])
    return result


def exact_lru(trace: Trace, capacity: int) -> float:
    """Hits per counted request of an LRU cache of `capacity` keys."""
    cache: OrderedDict[int, None] = OrderedDict()
    hits = 0
    for at, key in enumerate(trace.requests):
        if key in cache:
            cache.move_to_end(key)
            hits += at >= trace.counted_from
        else:
            cache[key] = None
            if len(cache) > capacity:
                cache.popitem(last=False)
    return hits / (len(trace.requests) - trace.counted_from)


def _replay(server: Server, trace: Trace, with_expiry: bool, seconds: float) -> tuple[float, int]:
    chance = random.Random(SEED)
    counted = hits = 0
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        for at in range(0, len(trace.requests), BATCH):
            names = [b"key:%012d" % key for key in trace.requests[at:at + BATCH]]
            connection.sendall(b"".join(b"*2\r\n$3\r\nGET\r\n$16\r\n%s\r\n" % name for name in names))
            missed = [name for name in names if not _hit(answers, server)]
            if at >= trace.counted_from:
                counted += len(names)
                hits += len(names) - len(missed)
            missed = list(dict.fromkeys(missed))
            if with_expiry:
                sets = [encode("SET", name, VALUE, "EX", chance.randrange(10_000, 100_000)) for name in missed]
            else:
                sets = [encode("SET", name, VALUE) for name in missed]
            connection.sendall(b"".join(sets))
            for _ in missed:
                if answers.readline() != b"+OK\r\n":
                    raise BenchError(f"{server.label} refused a SET although keys may be evicted")
            ahead = start + seconds * at / len(trace.requests) - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
    with server.connect() as connection:
        held = int(connection.must("DBSIZE")[1:])
    return hits / counted, held


def _hit(answers, server: Server) -> bool:
    line = answers.readline()
    if line == MISS:
        return False
    if line + answers.read(len(HIT) - len(line)) != HIT:
        raise BenchError(f"{server.label} answered a GET with {line!r}")
    return True
