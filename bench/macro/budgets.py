"""The budgets: how much of redis-server's cost a measure may cost here. The one place that holds these numbers.

A budget is a ratio ours/redis taken in one interleaved run. CPU budgets go by redis-benchmark test name and pipeline
depth and hold for every keyspace variant of the test; a depth without a line has no budget and is shown as information.
"""

from __future__ import annotations

ANY = "*"

# (tests, pipeline depth) -> ratio. First match wins.
CPU: list[tuple[tuple[str, ...], int, float]] = [
    ((ANY,), 1, 0.80),
    (("SET", "GET", "INCR"), 16, 0.45),
    (("SADD", "HSET"), 16, 0.55),
    (("PING_INLINE", "PING_MBULK", "LPUSH", "RPUSH", "LPOP", "RPOP", "SPOP", "ZPOPMIN"), 16, 0.75),
    (("ZADD", "MSET", "LRANGE_100"), 16, 0.50),
]

# Resident bytes per key (strings) or per element (collections), by MemoryCase name.
MEMORY: dict[str, float] = {
    "string": 0.45,
    "integer": 0.40,
    "ttl": 0.40,
    "large-set": 0.50,
    "large-zset": 0.55,
    "small-hashes": 1.00,
    "list": 1.00,
}

# By percentile; the others are information.
REHASH_LATENCY: dict[str, float] = {"p99.9": 1.00}

# While a million keys expire together, and while every write evicts a key.
EXPIRY_TIME = 1.00
EXPIRY_LATENCY: dict[str, float] = {"p99": 1.00, "p99.9": 1.00}
EVICTION_LATENCY: dict[str, float] = {"p99": 1.00, "p99.9": 1.00}

# Wall time of SAVE, and of loading at the start; latency of clients during BGSAVE.
SAVE_TIME = 0.60
LOAD_TIME = 0.50
SNAPSHOT_LATENCY: dict[str, float] = {"p99.9": 1.00}

# With every write logged: CPU time of SET at -P 16 under everysec; time between two SETs of 50 clients under always.
LOG_CPU = 0.60
ALWAYS_TIME = 1.00

# Wall time of a rewrite and of a start, both with a log of commands; of a start whose base is a snapshot.
REWRITE_TIME = 0.60
REPLAY_TIME = 0.50
HYBRID_START_TIME = 0.50

# CPU time of a SET that goes to replicas, on the master and on a replica; memory of a master with five of them;
# replication lag; time from REPLICAOF to the link that is up.
REPLICATED_CPU = 0.70
REPLICAS_MEMORY = 1.00
REPLICATION_LAG: dict[str, float] = {"p99": 1.00}
IMAGE_TIME = 0.70

# From kill -9 of the master to the first accepted write, by percentile; CPU time of a sentinel at rest.
FAILOVER_TIME: dict[str, float] = {"p50": 1.00, "p95": 1.00}
IDLE_SENTINEL = 1.00

# CPU time of an answer MOVED at -P 16; wall time of a key's MIGRATE. A cluster's failovers have
# the budget of sentinels'.
REDIRECTED_CPU = 0.75
MIGRATE_TIME = 0.67

# Requests that miss in a cache of the same maxmemory, for each eviction policy.
MISSES = 1.00


def cpu(test: str, depth: int) -> float | None:
    for tests, at, limit in CPU:
        if at == depth and (test in tests or ANY in tests):
            return limit
    return None
