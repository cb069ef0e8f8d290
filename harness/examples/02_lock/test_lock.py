"""What a lock with a term can promise when holders are paused and clocks are wrong, and what it cannot.

A holder that is stopped for real, with a database behind the lock; servers whose clocks are set forward, set back or run
too fast, one alone and five with Redlock.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from strata_harness.locks import Redlock, release, store_fenced, take, take_fenced
from strata_harness.timing import scaled
from strata_harness.wait import wait_until
from wrong_clock import WrongClocks

pytestmark = pytest.mark.limit(60)
TELLER = Path(__file__).with_name("teller.py")
REFUSED = 3
HOUR = 3600


# -- a holder is paused ------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(tmp_path):
    path = tmp_path / "bank.db"
    with sqlite3.connect(path) as bank:
        bank.execute("CREATE TABLE account (balance INTEGER, fence INTEGER)")
        bank.execute("INSERT INTO account VALUES (100, 0)")
    return path


@pytest.fixture
def teller(server, bank):
    made = []

    def make(*words):
        made.append(subprocess.Popen([sys.executable, str(TELLER), str(server.port), str(bank), *map(str, words)]))
        return made[-1]
    yield make
    for one in made:
        one.kill()
        one.wait()


def is_stopped(process):
    pid, status = os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG)
    return pid == process.pid and os.WIFSTOPPED(status)


@pytest.mark.parametrize("how, late, balance", [("plain", 0, 110), ("fenced", REFUSED, 120)])
@pytest.mark.goal("A holder that is stopped before it writes takes back what the next one wrote, unless writes are fenced")
def test_stopped_holder(teller, bank, how, late, balance):
    first = teller(10, how, 1000, "pause")
    wait_until(lambda: is_stopped(first), 10, "the first teller to stop, the lock in its hand")
    assert teller(20, how, 60_000).wait(scaled(20)) == 0, "the second gets the lock when it has run out, and pays in 20"
    first.send_signal(signal.SIGCONT)
    assert first.wait(scaled(20)) == late
    with sqlite3.connect(bank) as account:
        assert account.execute("SELECT balance FROM account").fetchone() == (balance,)


@pytest.mark.parametrize("how", ["plain", "fenced"])
@pytest.mark.goal("Holders that are not stopped lose nothing, fenced or not")
def test_many_holders(teller, bank, how):
    tellers = [teller(1, how, 60_000) for _ in range(5)]
    assert [one.wait(scaled(30)) for one in tellers] == [0] * 5
    with sqlite3.connect(bank) as account:
        assert account.execute("SELECT balance FROM account").fetchone() == (105,)


# -- clocks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clocks(tmp_path):
    return WrongClocks(tmp_path)


@pytest.fixture
def one(clocks, fresh_server):
    return clocks.put_on(fresh_server(start=False))


@pytest.fixture
def five(clocks, fresh_server):
    return [clocks.put_on(fresh_server(start=False)) for _ in range(5)]


@pytest.mark.goal("A server whose clock is set forward ends a lock early; the first holder is refused by its number")
def test_forward(clocks, one):
    ann, bob = one.wire(), one.wire()
    early = take_fenced(ann, "ann", 60_000)
    assert early and not take_fenced(bob, "bob", 60_000)
    clocks.jump(one, 61)
    later = take_fenced(bob, "bob", 60_000)
    assert later > early, "it is another's, a moment after it was promised for a minute"
    assert store_fenced(bob, "by bob", later) and not store_fenced(ann, "by ann", early)
    assert not release(ann, "ann")


@pytest.mark.goal("A server whose clock is set back keeps a lock beyond its term: nobody gets it twice, nobody gets it soon")
def test_back(clocks, one):
    ann, bob = one.wire(), one.wire()
    assert take(ann, "ann", 1000)
    clocks.jump(one, -HOUR)
    term_ends = time.monotonic() + 1
    wait_until(lambda: time.monotonic() > term_ends, 10, "the term to pass by true time")
    assert not take(bob, "bob", 1000) and bob("PTTL", "lock") > (HOUR - 60) * 1000
    assert release(ann, "ann"), "its holder can give it back at any time"
    assert take(bob, "bob", 1000)


@pytest.mark.goal("Redlock: two clocks of five may be set forward, as two servers may be down; with a third, two hold the lock")
def test_majority_of_clocks(clocks, five):
    ann, bob = Redlock(five, 60_000), Redlock(five, 60_000)
    assert ann.take()
    for server in five[:2]:
        clocks.jump(server, 61)
    assert not bob.take(), "three of five still know who has it"
    assert ann.believes()
    clocks.jump(five[2], 61)
    assert bob.take() and ann.believes(), "two at once, and neither did anything wrong"


@pytest.mark.parametrize("extra, believed", [(0.005, False), (200.0, True)])
@pytest.mark.goal("Redlock allows for clocks that are a little faster than the holder's watch, and not for more")
def test_fast_clocks(clocks, five, extra, believed):
    ann, bob = Redlock(five, 1000 if extra < 1 else 60_000), Redlock(five, 60_000)
    for server in five[:3]:
        clocks.run(server, extra)
    assert ann.take()
    wait_until(bob.take, 20, "three servers to let the lock go")
    assert ann.believes() == believed
