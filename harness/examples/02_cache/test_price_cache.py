"""Which order of UPDATE and DEL leaves a stale copy behind, in how many cases, and for how long.

First every order in which one reader and one writer can go, counted; then readers and a writer that run at the same time,
with a watch.
"""

import threading
import time

import pytest

from price_cache import PriceCache, create, finish, interleavings
from strata_harness.wait import wait_until

OLD, NEW = 100, 120
READER_STEPS, WRITER_STEPS = 3, 2  # GET, SELECT, SET; UPDATE and DEL


@pytest.fixture
def shop(connect, tmp_path):
    create(tmp_path / "shop.db", {"tea": OLD})
    made = []

    def make(ttl_ms=60_000):
        made.append(PriceCache(tmp_path / "shop.db", connect(), ttl_ms))
        return made[-1]
    yield make
    for one in made:
        one.database.close()


# -- all that can happen -----------------------------------------------------------------------------------------------


def go(order, reader, writer):
    """Both operations, a step at a time; one that has ended early has no more steps."""
    operations = {"A": reader, "B": writer}
    for who in order:
        next(operations[who], None)
    for each in operations.values():
        finish(each)


def stale_endings(shop, read, write, cached):
    """The orders of the steps of a reader (A) and a writer (B) after which everybody reads the old price."""
    reading, writing = shop(), shop()
    found = []
    for order in interleavings(READER_STEPS, WRITER_STEPS):
        finish(writing.update_then_delete("tea", OLD))
        if cached:
            finish(reading.read("tea"))
        go(order, getattr(reading, read)("tea"), getattr(writing, write)("tea", NEW))
        assert reading.true_price("tea") == NEW
        if finish(reading.read("tea")) != NEW:
            found.append(order)
    return found


COUNTED = {
    ("read", "delete_then_update", False): ["AABAB", "AABBA", "ABAAB", "ABABA", "BAAAB", "BAABA"],
    ("read", "delete_then_update", True): ["BAAAB", "BAABA"],
    ("read", "update_then_delete", False): ["AABBA"],
    ("read", "update_then_delete", True): [],
    ("read_with_lease", "delete_then_update", False): ["BAAAB", "BAABA"],
    ("read_with_lease", "delete_then_update", True): ["BAAAB", "BAABA"],
    ("read_with_lease", "update_then_delete", False): [],
    ("read_with_lease", "update_then_delete", True): [],
}


@pytest.mark.parametrize("read, write, cached", COUNTED)
@pytest.mark.goal("Of the ten orders of a reader's and a writer's steps, those that leave a stale copy are known")
def test_every_order(shop, read, write, cached):
    assert len(list(interleavings(READER_STEPS, WRITER_STEPS))) == 10
    assert stale_endings(shop, read, write, cached) == COUNTED[read, write, cached]


# -- for how long ------------------------------------------------------------------------------------------------------


class Readers:
    """Customers who ask for the price without a pause. `answers`: (who, when it was asked for, the price)."""

    def __init__(self, shop, count, ttl_ms):
        self.answers = []
        self._open = True
        self._threads = [threading.Thread(target=self._read, args=(shop, ttl_ms)) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def _read(self, shop, ttl_ms):
        mine = shop(ttl_ms)
        while self._open:
            asked = time.monotonic()
            price = finish(mine.read("tea"))
            self.answers.append((threading.get_ident(), asked, price))

    def stop(self):
        self._open = False
        for thread in self._threads:
            thread.join()

    def at_work(self):
        return len({who for who, _, _ in list(self.answers)})

    def last_old(self):
        """When the last question was asked that was answered with the old price."""
        return max(asked for _, asked, price in self.answers if price == OLD)

    def saw(self, price, after):
        return any(seen == price for _, asked, seen in self.answers[-100:] if asked > after)


@pytest.fixture
def readers(shop):
    made = []

    def make(count, ttl_ms):
        made.append(Readers(shop, count, ttl_ms))
        return made[-1]
    yield make
    for each in made:
        each.stop()


@pytest.mark.goal("Delete, then update: readers in between bring the old price back, and all read it until it expires")
def test_stale_for_a_whole_term(shop, readers):
    ttl_ms = 400
    customers, writer = readers(3, ttl_ms), shop()
    steps = writer.delete_then_update("tea", NEW)
    next(steps)
    wait_until(lambda: writer.wire("EXISTS", "price:tea"), 5, "a reader to bring the old price back")
    left_ms = writer.wire("PTTL", "price:tea")
    finish(steps)
    committed = time.monotonic()
    wait_until(lambda: customers.saw(NEW, committed), 10, "the new price to be seen")
    customers.stop()
    stale_ms = (customers.last_old() - committed) * 1000
    print(f"stale for {stale_ms:.0f} ms after the write was done; the copy had {left_ms} ms to live")
    assert stale_ms > left_ms / 2, "the write was done, and customers were told the old price"


@pytest.mark.goal("Update, then delete: once the write is done nobody is told the old price")
def test_stale_for_a_moment(shop, readers):
    customers, writer = readers(3, 60_000), shop()
    wait_until(lambda: customers.at_work() == 3, 10, "all readers to have had an answer: from here on they find a copy")
    began = time.monotonic()
    finish(writer.update_then_delete("tea", NEW))
    done = time.monotonic()
    wait_until(lambda: customers.saw(NEW, done), 10, "the new price to be seen")
    customers.stop()
    print(f"the write took {(done - began) * 1000:.1f} ms; old prices for {(customers.last_old() - began) * 1000:.1f} ms")
    assert customers.last_old() < done
