"""The failover, step by step, among stand-ins: events, what the replicas are told, timeouts, and giving up."""

import pytest

from strata_harness.resp import RespError
from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until

STEPS = ["+new-epoch", "+try-failover", "+vote-for-leader", "+elected-leader", "+failover-state-select-slave",
         "+selected-slave", "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion", "-role-change",
         "+promoted-slave", "+failover-state-reconf-slaves", "+slave-reconf-sent", "+slave-reconf-inprog",
         "+slave-reconf-done", "+failover-end", "+switch-master"]


@pytest.fixture
def favourite(watched, sentinel):
    """`watched`, where the first replica is the one to be chosen: .new, .other."""
    watched.new, watched.other = watched.replicas
    watched.new.priority = 10
    wait_until(lambda: sentinel.replicas()[watched.new.port]["slave-priority"] == "10", 5, "the priority")
    return watched


@pytest.mark.goal("A failover from the master's end to the new one: every event, in its order")
def test_events(favourite, sentinel, events):
    favourite.master.die()
    came = events.until("+switch-master")
    wanted = [event.type for event in came if event.type in STEPS]
    assert wanted == STEPS
    text = {event.type: event.text for event in came}
    master = f"master m {HOST} {favourite.master.port}"
    new = f"slave {HOST}:{favourite.new.port} {HOST} {favourite.new.port} @ m {HOST} {favourite.master.port}"
    other = f"slave {HOST}:{favourite.other.port} {HOST} {favourite.other.port} @ m {HOST} {favourite.master.port}"
    epoch = text["+new-epoch"]
    for kind in ("+sdown", "+try-failover", "+elected-leader", "+failover-state-select-slave",
                 "+failover-state-reconf-slaves", "+failover-end"):
        assert text[kind] == master
    assert text["+odown"] == f"{master} #quorum 1/1" and text["+vote-for-leader"] == f"{sentinel.id} {epoch}"
    for kind in ("+selected-slave", "+failover-state-send-slaveof-noone", "+failover-state-wait-promotion", "+promoted-slave"):
        assert text[kind] == new
    assert text["-role-change"] == f"{new} new reported role is master"
    for kind in ("+slave-reconf-sent", "+slave-reconf-inprog", "+slave-reconf-done"):
        assert text[kind] == other
    assert text["+switch-master"] == f"m {HOST} {favourite.master.port} {HOST} {favourite.new.port}"


@pytest.mark.goal("After the switch: the new master's address, the old one and the others as its replicas, told by +slave")
def test_after(favourite, sentinel, events):
    old, new, other = favourite.master, favourite.new, favourite.other
    old.die()
    events.wait("+switch-master")
    texts = {events.wait("+slave").text for _ in range(2)}
    assert texts == {f"slave {HOST}:{one.port} {HOST} {one.port} @ m {HOST} {new.port}" for one in (old, other)}
    assert sentinel.master_port() == new.port
    told = sentinel.master()
    assert told["flags"].split(",")[0] == "master" and told["config-epoch"] == sentinel.config("current-epoch")[0]
    assert set(sentinel.replicas()) == {old.port, other.port}
    assert other.master_address == (HOST, new.port)
    events.wait("+sdown", f"slave {HOST}:{old.port}")
    assert "+slave" not in [event.type for event in events.all() if f":{new.port} " in event.text]


@pytest.mark.goal("The chosen replica is told in one transaction: SLAVEOF NO ONE, save that, and drop all clients")
def test_transaction_of_new(favourite, sentinel, events):
    favourite.master.die()
    events.wait("+promoted-slave")
    assert favourite.new.transaction() == ["SLAVEOF NO ONE", "CONFIG REWRITE", "CLIENT KILL TYPE normal",
                                           "CLIENT KILL TYPE pubsub"]


@pytest.mark.goal("The other replicas are told to follow the new master, in a transaction of the same shape")
def test_transaction_of_others(favourite, sentinel, events):
    favourite.master.die()
    events.wait("+slave-reconf-sent")
    favourite.other.wait("EXEC")
    assert favourite.other.transaction() == [f"SLAVEOF {HOST} {favourite.new.port}", "CONFIG REWRITE",
                                             "CLIENT KILL TYPE normal", "CLIENT KILL TYPE pubsub"]


@pytest.mark.goal("The new configuration is told with the hello messages as soon as the replica is promoted")
def test_hellos(favourite, sentinel, events):
    sentinel.ask("DEBUG", "publish-period", 5000)
    favourite.master.die()
    promoted = events.wait("+promoted-slave").at
    epoch = sentinel.config("current-epoch")[0]
    text = f"{HOST},{sentinel.port},{sentinel.id},{epoch},m,{HOST},{favourite.new.port},{epoch}"
    for one in (favourite.new, favourite.other):
        wait_until(lambda: text in one.hellos, 5, "the hello")
        first = next(command for command in one.came("PUBLISH") if command.words[2].decode() == text)
        assert first.at - promoted < 2.0, "without waiting for the publish period"


@pytest.mark.goal("While the failover goes on the replicas' INFO is asked for every second, whatever the period is")
def test_info_in_failover(favourite, sentinel, events):
    sentinel.ask("DEBUG", "info-period", 10000)
    favourite.master.die()
    events.wait("+switch-master", timeout=12)


@pytest.mark.goal("SENTINEL MASTER shows the state of the failover, and the flag")
def test_state_shown(favourite, sentinel, events):
    favourite.new.obeys = False
    favourite.master.die()
    events.wait("+failover-state-wait-promotion")
    told = sentinel.master()
    assert told["failover-state"] == "wait_promotion" and "failover_in_progress" in told["flags"].split(",")
    assert list(told).index("failover-state") == list(told).index("link-refcount") + 1
    assert "promoted" in sentinel.replicas()[favourite.new.port]["flags"]
    assert sentinel.master_port() == favourite.master.port, "it is the master until the replica says that it is"
    favourite.new.master = None
    events.wait("+failover-end")
    assert "failover-state" not in sentinel.master()


@pytest.mark.goal("From promotion on the new address is given to clients, while replicas are still being told")
def test_address_early(favourite, sentinel, events):
    favourite.other.obeys = False
    favourite.master.die()
    events.wait("+failover-state-reconf-slaves")
    assert sentinel.master_port() == favourite.new.port
    assert sentinel.master()["port"] == str(favourite.master.port)
    assert f"address={HOST}:{favourite.master.port}," in sentinel.info()["master0"]


@pytest.mark.goal("Below the quorum nothing is failed over, however long the master is down")
def test_no_quorum(favourite, sentinel, net, events):
    sentinel.set("m", quorum=2, failover_timeout=300)
    other = net.sentinel(votes=True).join(favourite.master)
    favourite.master.die()
    events.wait("+sdown")
    other.wait("SENTINEL", count=8)
    assert not {"+odown", "+try-failover"} & set(events.types())


@pytest.mark.goal("Two failovers in a row: the next may begin at once, and its epoch is the next")
def test_two(favourite, sentinel, events):
    first, second, third = favourite.master, favourite.new, favourite.other
    first.die()
    epoch = int(events.wait("+new-epoch").text)
    events.wait("+switch-master", f" {second.port}")
    sentinel.wait_flag("disconnected", there=False)
    wait_until(lambda: "disconnected" not in sentinel.replicas()[third.port]["flags"]
               and sentinel.replicas()[third.port]["info-refresh"] != "0", 5, "the links")
    second.die()
    assert int(events.wait("+new-epoch").text) == epoch + 1
    events.wait("+switch-master", f"m {HOST} {second.port} {HOST} {third.port}")
    assert sentinel.master()["config-epoch"] == str(epoch + 1)


# -- timeouts ----------------------------------------------------------------------------------------------------------


@pytest.mark.goal("A replica that is not promoted in time: the failover is given up, and tried again later")
def test_promotion_timeout(favourite, sentinel, events):
    sentinel.set("m", failover_timeout=1200)
    favourite.new.obeys = False
    favourite.master.die()
    sent = events.wait("+failover-state-wait-promotion").at
    aborted = events.wait("-failover-abort-slave-timeout")
    assert 1.0 < aborted.at - sent < 3.0 and aborted.text == f"master m {HOST} {favourite.master.port}"
    assert "promoted" not in sentinel.replicas()[favourite.new.port]["flags"]
    assert "failover_in_progress" not in sentinel.master()["flags"] and favourite.other.came("MULTI") == []
    favourite.new.obeys = True
    again = events.wait("+try-failover").at
    assert again - sent > 1.0
    events.wait("+switch-master")


@pytest.mark.goal("Without a replica that could be promoted the failover is given up at once")
def test_no_replica(sentinel, net, events):
    master = net.redis()
    sentinel.monitor("m", master.port)
    master.wait("INFO")
    master.die()
    assert events.wait("-failover-abort-no-good-slave").text == f"master m {HOST} {master.port}"
    assert "o_down" in sentinel.master()["flags"] and "failover-state" not in sentinel.master()


@pytest.mark.goal("A chosen replica whose link breaks is waited for until the timeout")
def test_link_of_chosen(favourite, sentinel, events):
    sentinel.set("m", failover_timeout=1200, down_after_milliseconds=300)
    favourite.new.obeys = False
    favourite.master.die()
    events.wait("+selected-slave")
    favourite.new.die()
    events.wait("-failover-abort-slave-timeout")


@pytest.mark.goal("A failover goes on although its master comes back: what was decided holds, and it becomes a replica")
def test_master_returns(favourite, sentinel, events):
    favourite.new.obeys = False
    favourite.master.die()
    events.wait("+failover-state-wait-promotion")
    favourite.master.open()
    events.wait("-odown")
    favourite.new.master = None
    events.wait("+switch-master")
    assert sentinel.master_port() == favourite.new.port


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.mark.goal("SENTINEL FAILOVER promotes a replica of a healthy master without asking anybody")
def test_by_hand(favourite, sentinel, net, events):
    others = [net.sentinel().join(favourite.master) for _ in range(2)]
    sentinel.set("m", quorum=3)
    assert sentinel.ask("FAILOVER", "m") == "OK"
    assert sentinel.ask("FAILOVER", "m") == RespError("INPROG Failover already in progress")
    came = [event.type for event in events.until("+switch-master")]
    assert [one for one in came if one in STEPS] == STEPS and "+sdown" not in came
    assert all(one.came("SENTINEL") == [] for one in others)


@pytest.mark.goal("While it goes on a failover by hand is marked as forced")
def test_forced_flag(favourite, sentinel, events):
    favourite.new.obeys = False
    sentinel.ask("FAILOVER", "m")
    events.wait("+failover-state-wait-promotion")
    assert sentinel.master()["flags"] == "master,failover_in_progress,force_failover"


@pytest.mark.goal("SENTINEL FAILOVER without a replica that will do is refused")
def test_by_hand_nobody(sentinel, net):
    master = net.redis()
    sentinel.monitor("m", master.port)
    refused = RespError("NOGOODSLAVE No suitable replica to promote")
    assert sentinel.ask("FAILOVER", "m") == refused
    replica = net.redis(master=master, priority=0)
    sentinel.wait_complete(replicas=1, others=0)
    wait_until(lambda: sentinel.replicas()[replica.port]["slave-priority"] == "0", 5, "the priority")
    assert sentinel.ask("FAILOVER", "m") == refused


@pytest.mark.goal("RESET ends a failover that is going on")
def test_reset_in_failover(favourite, sentinel, events):
    favourite.new.obeys = False
    favourite.master.die()
    events.wait("+failover-state-wait-promotion")
    sentinel.ask("RESET", "m")
    assert "failover-state" not in sentinel.master() and sentinel.ask("REPLICAS", "m") == []


@pytest.mark.parametrize("moment, before", [("crash-after-election", "+elected-leader"), ("crash-after-promotion", "+promoted-slave")])
@pytest.mark.goal("SIMULATE-FAILURE lets a sentinel crash at its moment, with code 99")
def test_simulated_crash(fresh_sentinel, net, moment, before):
    master = net.redis()
    net.redis(master=master)
    sentinel = fresh_sentinel(f"sentinel monitor m {HOST} {master.port} 1")
    sentinel.wait_complete(replicas=1, others=0)
    assert sentinel.ask("SIMULATE-FAILURE", moment) == "OK"
    sentinel.ask("FAILOVER", "m")
    assert sentinel.wait_exit(8) == 99
    sentinel.wait_log(f" {before} ")
