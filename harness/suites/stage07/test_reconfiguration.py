"""After the promotion: the other replicas, so many at a time, those that do not answer, and roles put right later."""

import time

import pytest

from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until


def failover(sentinel, net, count, **options):
    """A master with `count` replicas that do not do as they are told, but for the first, which is promoted:
    (master, new master, others, events)."""
    master = net.redis()
    new = net.redis(master=master, priority=1)
    others = [net.redis(master=master, obeys=False) for _ in range(count - 1)]
    sentinel.monitor("m", master.port, **options)
    sentinel.wait_complete(replicas=count, others=0)
    wait_until(lambda: sentinel.replicas()[new.port]["slave-priority"] == "1", 5, "the priority")
    events = sentinel.events()
    assert sentinel.ask("FAILOVER", "m") == "OK"
    return master, new, others, events


def told(fakes):
    return [fake for fake in fakes if fake.came("MULTI")]


@pytest.mark.parametrize("limit", [1, 2])
@pytest.mark.goal("Only parallel-syncs replicas at a time are told to follow; the next when one of them is done")
def test_parallel_syncs(sentinel, net, limit):
    _, new, others, events = failover(sentinel, net, 4, parallel_syncs=limit)
    for _ in range(limit):
        events.wait("+slave-reconf-sent")
    count = len(new.came("PING"))
    new.wait("PING", count=count + 3)
    assert len(told(others)) == limit
    while len(told(others)) < 3:
        before = told(others)
        [pending, *_] = [one for one in before if one.master_address != (HOST, new.port)]
        pending.master = new
        events.wait("+slave-reconf-done", f":{pending.port} ")
        wait_until(lambda: len(told(others)) == len(before) + 1, 5, "the next to be told")
    for one in others:
        one.master = new
    events.wait("+switch-master")


@pytest.mark.goal("A replica that follows, but whose link is not up yet, is in progress; with the link up it is done")
def test_in_progress(sentinel, net):
    _, new, [other], events = failover(sentinel, net, 2)
    events.wait("+slave-reconf-sent", f":{other.port} ")
    assert "reconf_sent" in sentinel.replicas()[other.port]["flags"]
    other.link_up, other.master = False, new
    events.wait("+slave-reconf-inprog", f":{other.port} ")
    assert "reconf_inprog" in sentinel.replicas()[other.port]["flags"]
    assert "+slave-reconf-done" not in events.types()
    other.link_up = True
    events.wait("+slave-reconf-done", f":{other.port} ")
    events.wait("+failover-end")


@pytest.mark.goal("A replica that does not change in slave-reconf-timeout is no longer waited for")
def test_reconf_timeout(sentinel, net):
    sentinel.ask("DEBUG", "slave-reconf-timeout", 700)
    _, new, others, events = failover(sentinel, net, 3, parallel_syncs=3)
    sent = [events.wait("+slave-reconf-sent").at for _ in others]
    timed_out = [events.wait("-slave-reconf-sent-timeout").at for _ in others]
    assert all(0.4 < after - before < 2.0 for before, after in zip(sent, timed_out))
    came = [event.type for event in events.until("+switch-master")]
    assert "+failover-end" in came and "+failover-end-for-timeout" not in came


@pytest.mark.goal("When the failover timeout is over it ends anyway, and those not yet told are told as well as can be")
def test_end_for_timeout(sentinel, net):
    _, new, others, events = failover(sentinel, net, 3, failover_timeout=1500)
    entered = events.wait("+failover-state-reconf-slaves").at
    ended = events.wait("+failover-end-for-timeout")
    assert 1.3 < ended.at - entered < 3.5 and ended.text.startswith("master m ")
    came = [event.type for event in events.until("+switch-master")]
    assert "+slave-reconf-sent-be" in came and "+failover-end" in came
    wait_until(lambda: len(told(others)) == 2, 5, "both to be told")


@pytest.mark.goal("A replica that is down does not hold up the end of a failover")
def test_dead_replica(sentinel, net):
    master = net.redis()
    new, dead = net.redis(master=master, priority=1), net.redis(master=master)
    sentinel.monitor("m", master.port, failover_timeout=60000)
    sentinel.wait_complete(replicas=2, others=0)
    events = sentinel.events()
    dead.die()
    events.wait("+sdown", f":{dead.port} ")
    assert sentinel.ask("FAILOVER", "m") == "OK"
    came = [event.type for event in events.until("+switch-master")]
    assert "+failover-end" in came and "+slave-reconf-sent" not in came
    assert set(sentinel.replicas()) == {master.port, dead.port} and sentinel.master_port() == new.port


# -- roles put right ---------------------------------------------------------------------------------------------------


@pytest.mark.goal("A replica that says that it is a master becomes a replica again, after it has said so for a while")
def test_convert(watched, sentinel, events):
    stray = watched.replicas[0]
    stray.master = None
    changed = events.wait("-role-change", f":{stray.port} ")
    converted = events.wait("+convert-to-slave", f":{stray.port} ")
    assert converted.at - changed.at > 0.4, "four publish periods: 800 ms"
    assert stray.transaction() == [f"SLAVEOF {HOST} {watched.master.port}", "CONFIG REWRITE", "CLIENT KILL TYPE normal",
                                   "CLIENT KILL TYPE pubsub"]
    assert events.wait("+role-change", f":{stray.port} ").text.endswith("new reported role is slave")


@pytest.mark.goal("The old master is made a replica of the new one when it comes back")
def test_old_master(watched, sentinel, events):
    old = watched.master
    old.die()
    switched = events.wait("+switch-master")
    new = int(switched.text.split()[-1])
    events.wait("+sdown", f"slave {HOST}:{old.port} ")
    old.open()
    events.wait("-sdown", f"slave {HOST}:{old.port} ")
    events.wait("+convert-to-slave", f"slave {HOST}:{old.port} {HOST} {old.port} @ m {HOST} {new}")
    wait_until(lambda: old.master_address == (HOST, new), 5, "the old master to follow the new one")
    wait_until(lambda: sentinel.replicas()[old.port]["flags"] == "slave", 5, "it to be an ordinary replica")


@pytest.mark.goal("A replica that follows somebody else is told to follow the master, when it has done so for failover-timeout")
def test_wrong_master(watched, sentinel, net, events):
    sentinel.set("m", failover_timeout=900)
    stray, stranger = watched.replicas[0], net.redis()
    stray.master = stranger
    wait_until(lambda: sentinel.replicas()[stray.port]["master-port"] == str(stranger.port), 5, "INFO")
    seen = time.monotonic()
    fixed = events.wait("+fix-slave-config")
    assert fixed.text == f"slave {HOST}:{stray.port} {HOST} {stray.port} @ m {HOST} {watched.master.port}"
    assert stray.transaction()[0] == f"SLAVEOF {HOST} {watched.master.port}"
    assert fixed.at - seen > 0.4, "900 ms, less the time that INFO may be old"
    wait_until(lambda: stray.master_address == (HOST, watched.master.port), 5, "it to follow the master")


@pytest.mark.goal("Roles are not put right while the master itself does not look sane")
def test_not_sane(watched, sentinel, events):
    sentinel.set("m", quorum=2)
    stray = watched.replicas[0]
    watched.master.hang()
    events.wait("+sdown", "master")
    stray.master = None
    events.wait("-role-change", f":{stray.port} ")
    count = len(stray.came("INFO"))
    stray.wait("INFO", count=count + 8)
    assert "+convert-to-slave" not in events.types()
    watched.master.go_on()
    events.wait("+convert-to-slave")
