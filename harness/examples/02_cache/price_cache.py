"""A cache beside a database: prices are in SQLite, and copies of them on a server, where they are read from.

    read      GET the copy; if it is not there: SELECT the price, SET the copy with a time to live
    write     UPDATE the price and DEL the copy: one of them comes first

The database is right by definition; a copy that differs is stale. Each operation is a generator that stops behind every
step that somebody else can come in between, so that whoever drives it decides who goes next; `finish` runs it to its end.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Generator, Iterator

from strata_harness.wire import Wire

Steps = Generator[str, None, Any]

FILL_IF_LEASED = """\
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1"""


def finish(steps: Steps) -> Any:
    """Runs an operation without stops; what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def create(path: Path, prices: dict[str, int]) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE prices (item TEXT PRIMARY KEY, price INTEGER NOT NULL)")
        database.executemany("INSERT INTO prices VALUES (?, ?)", prices.items())


class PriceCache:
    """One application's connections: to the database, which it opens, and to the server."""

    def __init__(self, database: Path, wire: Wire, ttl_ms: int) -> None:
        # Used by one thread, closed by another.
        self.database = sqlite3.connect(database, isolation_level=None, timeout=10, check_same_thread=False)
        self.wire, self.ttl_ms = wire, ttl_ms

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, item: str) -> Steps:
        copy = self.wire("GET", f"price:{item}")
        yield "looked for a copy"
        if copy is not None:
            return int(copy)
        price = self.true_price(item)
        yield "read the database"
        self.wire.ok("SET", f"price:{item}", price, "PX", self.ttl_ms)
        return price

    def read_with_lease(self, item: str) -> Steps:
        """Who misses leaves a mark of his own, and fills the cache only if it is still there: a write takes it away."""
        copy = self.wire("GET", f"price:{item}")
        if copy is not None:
            return int(copy)
        lease = self.wire("CLIENT", "ID")
        self.wire.ok("SET", f"lease:{item}", lease, "PX", self.ttl_ms)
        yield "looked for a copy"
        price = self.true_price(item)
        yield "read the database"
        self.wire("EVAL", FILL_IF_LEASED, 2, f"price:{item}", f"lease:{item}", price, lease, self.ttl_ms)
        return price

    def true_price(self, item: str) -> int:
        [price] = self.database.execute("SELECT price FROM prices WHERE item = ?", (item,)).fetchone()
        return price

    # -- writing ------------------------------------------------------------------------------------------------------

    def delete_then_update(self, item: str, price: int) -> Steps:
        self._forget(item)
        yield "deleted the copy"
        self._update(item, price)

    def update_then_delete(self, item: str, price: int) -> Steps:
        self._update(item, price)
        yield "updated the database"
        self._forget(item)

    def _update(self, item: str, price: int) -> None:
        self.database.execute("UPDATE prices SET price = ? WHERE item = ?", (price, item))

    def _forget(self, item: str) -> None:
        self.wire("DEL", f"price:{item}", f"lease:{item}")


def interleavings(first: int, second: int) -> Iterator[str]:
    """Every order in which `first` steps of A and `second` steps of B can follow one another: "AABAB", ..."""
    if first == 0 or second == 0:
        yield "A" * first + "B" * second
        return
    yield from ("A" + rest for rest in interleavings(first - 1, second))
    yield from ("B" + rest for rest in interleavings(first, second - 1))
