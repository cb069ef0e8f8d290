"""Data to save and to load: keys of every type, in every encoding."""

from __future__ import annotations

import random
from typing import Sequence

from .wire import Wire


def fill(wire: Wire, rng: random.Random, count: int = 60, databases: Sequence[int] = (0, 1, 15)) -> int:
    """Keys of every type, small and large, with and without a time to live, in some databases. Returns how many."""
    for db in databases:
        wire.ok("SELECT", db)
        for i in range(count):
            size = rng.choice((1, 2, 3, 5, 40, 200))
            words = [rng.choice((j, -j * 10 ** 9, f"word {j}", "x" * j, rng.randbytes(7))) for j in range(size)]
            scores = [rng.choice((j, rng.uniform(-1, 1), "-inf", "inf", 10 ** 17 + j)) for j in range(size)]
            text = rng.choice((i, -(1 << 62), "text", "y" * size * 30, rng.randbytes(50)))
            wire.send_command("SET", f"string{i}", text)
            wire.send_command("RPUSH", f"list{i}", *words)
            wire.send_command("SADD", f"set{i}", *words)
            wire.send_command("SADD", f"numbers{i}", *(rng.randrange(-1 << 40, 1 << 40) >> (i % 40) for _ in words))
            wire.send_command("HSET", f"hash{i}", *(one for j, word in enumerate(words) for one in (f"f{j}", word)))
            wire.send_command("ZADD", f"zset{i}", *(one for j in range(size) for one in (scores[j], f"m{j}")))
            wire.send_command("PEXPIREAT", f"hash{i}", 4102444800000 + i)
        assert all(isinstance(reply, int) or reply == "OK" for reply in wire.read_many(7 * count))
        assert wire("DBSIZE") == 6 * count
    wire.ok("SELECT", 0)
    return 6 * count * len(databases)
