"""Which replica becomes the master: who may, and who of those is best."""

import pytest

from strata_harness.resp import RespError
from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until

REFUSED = RespError("NOGOODSLAVE No suitable replica to promote")


@pytest.fixture
def group(sentinel, net):
    """make({"priority": 5}, ...) -> (master, replicas), with fields as given, known to the sentinel."""
    def make(*replicas):
        master = net.redis()
        made = [net.redis(master=master, **fields) for fields in replicas]
        sentinel.monitor("m", master.port)
        sentinel.wait_complete(replicas=len(made), others=0)
        for one in made:
            wait_until(lambda: sentinel.replicas()[one.port]["slave-repl-offset"] == str(one.offset), 5, "INFO")
        return master, made
    return make


def chosen(sentinel, events):
    """The port of the replica that a failover selects."""
    assert sentinel.ask("FAILOVER", "m") == "OK"
    return int(events.wait("+selected-slave").text.split()[3])


LOW, HIGH = "0" * 40, "f" * 40
ORDER = {
    "priority": [{"priority": 50, "offset": 1}, {"priority": 100, "offset": 9999}],
    "priority-before-id": [{"priority": 50, "run_id": HIGH}, {"priority": 51, "run_id": LOW}],
    "offset": [{"offset": 2001, "run_id": HIGH}, {"offset": 2000, "run_id": LOW}],
    "id": [{"run_id": "1" + LOW[1:]}, {"run_id": "a" + LOW[1:]}],
    "id-in-any-case": [{"run_id": "a" + LOW[1:]}, {"run_id": "B" + LOW[1:]}],
    "id-of-digits": [{"run_id": "9" * 40}, {"run_id": "a" * 40}],
}


@pytest.mark.parametrize("turned", [False, True], ids=["first", "last"])
@pytest.mark.parametrize("name", ORDER)
@pytest.mark.goal("Of those that may: the lowest priority, then the highest offset, then the smallest run id")
def test_order(sentinel, group, events, name, turned):
    fields = ORDER[name]
    _, made = group(*(reversed(fields) if turned else fields))
    best = made[-1] if turned else made[0]
    assert chosen(sentinel, events) == best.port


@pytest.mark.goal("A replica of priority 0 is never promoted")
def test_priority_zero(sentinel, group, events):
    _, [never, other] = group({"priority": 0, "offset": 9000}, {"priority": 200})
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("A replica that is down, or cannot be reached, is not promoted")
def test_down(sentinel, group, events):
    _, [dead, other] = group({"priority": 1}, {"priority": 200})
    dead.die()
    events.wait("+sdown", f"slave {HOST}:{dead.port}")
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("A replica whose link has just broken is not promoted, though it is not down yet")
def test_disconnected(sentinel, group, events):
    _, [gone, other] = group({"priority": 1}, {"priority": 200})
    sentinel.set("m", down_after_milliseconds=60000)
    gone.die()
    wait_until(lambda: "disconnected" in sentinel.replicas()[gone.port]["flags"], 5, "the link to be seen broken")
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("A replica that has not answered a PING for five ping periods is not promoted")
def test_silent(sentinel, group, events):
    _, [silent, other] = group({"priority": 1}, {"priority": 200})
    sentinel.set("m", down_after_milliseconds=60000)
    silent.ping = RespError("ERR not now")
    wait_until(lambda: int(sentinel.replicas()[silent.port]["last-ok-ping-reply"]) > 1300, 5, "five periods")
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("A replica whose INFO is too old is not promoted")
def test_old_info(sentinel, group, events):
    _, [old, other] = group({"priority": 1}, {"priority": 200})
    old.renamed = {b"INFO": b"HIDDEN"}
    wait_until(lambda: int(sentinel.replicas()[old.port]["info-refresh"]) > 650, 5, "three INFO periods")
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("A replica that was away from its master for more than ten times down-after has data that is too old")
def test_link_down_for_long(sentinel, group, events):
    _, [stale, other] = group({"priority": 1}, {"priority": 200})
    sentinel.set("m", down_after_milliseconds=400)
    stale.link_up, stale.link_down_seconds = False, 5
    wait_until(lambda: sentinel.replicas()[stale.port]["master-link-down-time"] == "5000", 5, "INFO")
    assert chosen(sentinel, events) == other.port


@pytest.mark.goal("One that was away for less is as good as any other")
def test_link_down_for_short(sentinel, group, events):
    _, [away, other] = group({"priority": 1}, {"priority": 200})
    away.link_up, away.link_down_seconds = False, 3
    wait_until(lambda: sentinel.replicas()[away.port]["master-link-down-time"] == "3000", 5, "INFO")
    assert chosen(sentinel, events) == away.port


@pytest.mark.goal("The time that the master itself is down is not held against a replica")
def test_link_down_with_master(sentinel, group, events):
    master, [one] = group({})
    sentinel.set("m", down_after_milliseconds=300, quorum=2)
    master.die()
    down = events.wait("+sdown", "master").at
    one.link_up, one.link_down_seconds = False, 3
    wait_until(lambda: sentinel.replicas()[one.port]["master-link-down-time"] == "3000", 5, "INFO")
    one.link_down_seconds = 4
    wait_until(lambda: int(sentinel.master()["s-down-time"]) > 1500, 8, "the master to be down for a while")
    wait_until(lambda: sentinel.replicas()[one.port]["master-link-down-time"] == "4000", 5, "INFO")
    assert chosen(sentinel, events) == one.port and down


@pytest.mark.goal("One that is not announced may be promoted all the same")
def test_unannounced(sentinel, group, events):
    master, [one] = group({})
    one.announced = 0
    wait_until(lambda: sentinel.ask("REPLICAS", "m") == [], 5, "it to be hidden")
    assert chosen(sentinel, events) == one.port


@pytest.mark.goal("When all are filtered out, none is promoted")
def test_nobody(sentinel, group):
    group({"priority": 0}, {"priority": 0})
    assert sentinel.ask("FAILOVER", "m") == REFUSED
