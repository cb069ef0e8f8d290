"""TILT: a sentinel that was not scheduled for a while, or whose clock jumped, does not trust itself for a time."""

import signal
import time

import pytest

from strata_harness.sentinels import HOST
from strata_harness.wait import let_pass, wait_until


@pytest.fixture
def tilted(sentinel, net):
    """freeze(seconds): SIGSTOP for so long; the trigger is 600 ms, tilt lasts 1500 ms."""
    sentinel.periods(tilt_trigger=600, tilt_period=1500)

    def freeze(seconds=0.9):
        sentinel.signal(signal.SIGSTOP)
        let_pass(time.monotonic() + seconds)
        sentinel.signal(signal.SIGCONT)
    yield freeze
    sentinel.signal(signal.SIGCONT)


@pytest.mark.goal("A gap between two ticks is TILT; it ends after tilt-period. Both are events, and INFO tells")
def test_enter_and_leave(watched, sentinel, tilted, events):
    tilted()
    entered = events.wait("+tilt")
    assert entered.text == "#tilt mode entered"
    told = sentinel.info()
    assert told["sentinel_tilt"] == "1" and told["sentinel_tilt_since_seconds"] in ("0", "1")
    left = events.wait("-tilt")
    assert left.text == "#tilt mode exited" and 1.0 < left.at - entered.at < 3.0
    told = sentinel.info()
    assert (told["sentinel_tilt"], told["sentinel_tilt_since_seconds"]) == ("0", "-1")


@pytest.mark.goal("A gap shorter than tilt-trigger is none")
def test_short_gap(watched, sentinel, tilted, events):
    sentinel.periods(tilt_trigger=5000)
    tilted(0.5)
    count = len(watched.master.came("PING"))
    watched.master.wait("PING", count=count + 2)
    assert "+tilt" not in events.types()
    sentinel.periods(tilt_trigger=300)
    tilted(0.5)
    events.wait("+tilt")


@pytest.mark.goal("In TILT nothing is judged down, and others are told that no master is; afterwards it is as before")
def test_no_judgement(watched, sentinel, tilted, events):
    tilted()
    entered = events.wait("+tilt").at
    watched.master.die()
    events.until("-tilt")
    down = events.wait("+sdown", "master")
    assert down.at - entered > 1.0
    assert not {"+sdown", "+odown", "+try-failover"} & {event.type for event in events.all() if event.at < down.at}


@pytest.mark.goal("In TILT a master that was down already is not said to be")
def test_asked_in_tilt(watched, sentinel, tilted, events):
    sentinel.set("m", quorum=2)
    watched.master.hang()
    events.wait("+sdown", "master")
    question = ("IS-MASTER-DOWN-BY-ADDR", HOST, watched.master.port, 0, "*")
    assert sentinel.ask(*question)[0] == 1
    tilted()
    events.wait("+tilt")
    assert sentinel.ask(*question)[0] == 0
    events.wait("-tilt")
    assert sentinel.ask(*question)[0] == 1


@pytest.mark.goal("In TILT PING, INFO and hellos go on, but no failover begins, nor a role is put right")
def test_goes_on(watched, sentinel, net, tilted, events):
    sentinel.periods(tilt_trigger=600, tilt_period=2500)
    tilted()
    events.wait("+tilt")
    stray = watched.replicas[0]
    stray.master = None
    for words in ("PING", "INFO", "PUBLISH"):
        stray.wait(words, count=len(stray.came(words)) + 3)
    other = net.sentinel().join(watched.master)
    assert other.port in sentinel.others()
    assert not {"-tilt", "+convert-to-slave"} & set(events.types())
    came = [event.type for event in events.until("+convert-to-slave", timeout=10)]
    assert "-tilt" in came


@pytest.mark.goal("Another gap begins TILT anew")
def test_again(watched, sentinel, tilted, events):
    tilted()
    first = events.wait("+tilt").at
    wait_until(lambda: int(sentinel.info()["sentinel_tilt_since_seconds"]) >= 0, 5, "tilt")
    tilted()
    events.wait("+tilt")
    assert events.wait("-tilt").at - first > 2.2, "1500 ms after the second gap of 900 ms"
