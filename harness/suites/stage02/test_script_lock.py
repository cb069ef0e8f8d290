"""The distributed lock: taken with SET NX PX and a token, given back and prolonged by scripts that compare the token.

One server first, by hand and with redis-py's Lock; then Redlock, which takes the lock on a majority of five servers, with
a server killed and started again without its data; and who is paused, or has a slow watch, and what protects from him.
"""

import time

import pytest

from strata_harness.locks import Redlock, prolong, release, store_fenced, take, take_fenced
from strata_harness.wait import wait_until


@pytest.mark.goal("A lock is held by one, and given back by its holder only")
def test_one_holder(connect):
    ann, bob = connect(), connect()
    assert take(ann, "ann", 60_000) and not take(bob, "bob", 60_000)
    assert not release(bob, "bob"), "whoever does not hold it cannot give it back"
    assert release(ann, "ann") and not release(ann, "ann")
    assert take(bob, "bob", 60_000)


@pytest.mark.goal("A holder who was away too long finds that the lock is another's, and does not take it from him")
def test_paused_holder(connect):
    ann, bob = connect(), connect()
    assert take(ann, "ann", 30)
    wait_until(lambda: take(bob, "bob", 60_000), 5, "the lock to run out")
    assert not prolong(ann, "ann", 60_000) and not release(ann, "ann")
    assert bob("GET", "lock") == b"bob" and release(bob, "bob")


@pytest.mark.goal("A holder who prolongs the lock in time keeps it beyond its first term")
def test_prolonged(connect):
    ann, bob = connect(), connect()
    assert take(ann, "ann", 1000)
    start = ann("TIME")

    def past_first_term():
        assert prolong(ann, "ann", 1000), "it was prolonged in time"
        assert not take(bob, "bob", 1000)
        now = ann("TIME")
        return (int(now[0]) - int(start[0])) * 1000 + (int(now[1]) - int(start[1])) // 1000 > 1500

    wait_until(past_first_term, 20, "a term and a half to pass")
    assert release(ann, "ann")


@pytest.mark.goal("redis-py's Lock takes, prolongs and gives back, with scripts of its own")
def test_redis_py(r):
    from redis.exceptions import LockError

    lock, other = r.lock("name", timeout=60), r.lock("name", timeout=60, blocking_timeout=0.05)
    assert lock.acquire() and lock.owned() and not other.acquire()
    assert lock.extend(60) and 60_000 < r.pttl("name") <= 120_000
    assert lock.reacquire() and r.pttl("name") <= 60_000
    r.script_flush()  # the client sends them again
    lock.release()
    with pytest.raises(LockError):
        lock.release()
    assert other.acquire()
    r.set("name", "somebody else")
    with pytest.raises(LockError):
        other.release()
    assert r.get("name") in ("somebody else", b"somebody else")


@pytest.mark.goal("A holder who was paused between looking and writing is refused by his fencing number, not by the lock")
def test_fencing(connect):
    ann, bob = connect(), connect()
    early = take_fenced(ann, "ann", 30)
    assert early and store_fenced(ann, "by ann", early)
    later = wait_until(lambda: take_fenced(bob, "bob", 60_000), 5, "the lock to run out while the first holder is away")
    assert later > early, "each holder's number is larger than all before it"
    assert store_fenced(bob, "by bob", later)
    assert not store_fenced(ann, "by ann, late", early)
    assert store_fenced(bob, "by bob again", later)
    assert bob("HGET", "protected", "value") == b"by bob again"


@pytest.mark.goal("The numbers go on after the lock was given back, and somebody who does not get it uses none up")
def test_fencing_numbers(connect):
    ann, bob = connect(), connect()
    first = take_fenced(ann, "ann", 60_000)
    assert take_fenced(bob, "bob", 60_000) == 0 and release(ann, "ann")
    assert take_fenced(bob, "bob", 60_000) == first + 1


@pytest.fixture
def five(fresh_server):
    return [fresh_server() for _ in range(5)]


@pytest.mark.limit(60)
@pytest.mark.goal("Redlock: who has most of five servers has the lock, even while two of them are down")
def test_majority(five):
    ann, bob = Redlock(five, 60_000), Redlock(five, 60_000)
    assert ann.take() and not bob.take()
    assert ann.give_back() == 5
    five[0].kill()
    five[1].kill()
    assert bob.take() and not ann.take()
    assert bob.give_back() == 3
    five[2].kill()
    assert not ann.take(), "two of five are no majority"


@pytest.mark.limit(60)
@pytest.mark.goal("A server that comes back at once without its data lets a second client take a lock that is held")
def test_restarted_at_once(five):
    ann, bob = Redlock(five, 60_000), Redlock(five, 60_000)
    five[0].kill()
    five[1].kill()
    assert ann.take(), "on the servers 2, 3 and 4"
    five[2].kill()
    for server in five[:3]:
        server.start()
    assert bob.take(), "on 0, 1 and 2, which has forgotten"
    assert five[3].wire()("GET", "lock").decode() == ann.token, "and the first one believes to hold it, too"
    assert bob.give_back() == 3 and ann.give_back() == 2, "each gives back what is his"


@pytest.mark.limit(60)
@pytest.mark.goal("A server that comes back later than the longest term of any lock lets nobody take a held one")
def test_restarted_after_the_longest_term(five):
    term = 1000
    ann, bob = Redlock(five, term), Redlock(five, term)
    five[0].kill()
    five[1].kill()
    assert ann.take()
    five[2].kill()
    assert not bob.take(), "those that are left are no majority"
    wire = five[3].wire()
    wait_until(lambda: wire("EXISTS", "lock") == 0, 10, "the longest term to pass")
    for server in five[:3]:
        server.start()
    assert bob.take(), "nobody holds it any more"
    assert ann.give_back() == 0 and bob.give_back() >= 3, "the first one's token is nowhere left"


@pytest.mark.limit(60)
@pytest.mark.parametrize("watch", ["right", "slow"])
@pytest.mark.goal("Who has the right time stops in time; a slow watch lets two believe that they hold the lock")
def test_watches(five, watch):
    began = time.monotonic()
    slow = {"right": 1.0, "slow": 0.01}[watch]
    ann, bob = Redlock(five, 1000, lambda: began + slow * (time.monotonic() - began)), Redlock(five, 60_000)
    assert ann.take() and ann.believes()
    wait_until(bob.take, 10, "the servers to let the lock go")
    assert bob.believes() and ann.believes() == (watch == "slow")
    assert bob.give_back() >= 3 and ann.give_back() == 0
