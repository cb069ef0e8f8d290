"""Subjectively and objectively down: when, by whose word, and back."""

import time

import pytest

from strata_harness.resp import RespError
from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until


def ask_whether_down(sentinel, port, epoch=0, run_id="*"):
    return sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, port, epoch, run_id)


# -- subjectively ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["die", "hang"])
@pytest.mark.goal("A master that is killed, or hangs, is +sdown after down-after-milliseconds, and -sdown when it is back")
def test_master(sentinel, net, events, fault):
    master = net.redis()
    sentinel.monitor("m", master.port, quorum=2, down_after_milliseconds=800)
    master.wait("INFO")
    start = time.monotonic()
    getattr(master, fault)()
    event = events.wait("+sdown")
    assert event.text == f"master m {HOST} {master.port}" and 0.5 < event.at - start < 2.0
    assert "s_down" in sentinel.master()["flags"] and "o_down" not in sentinel.master()["flags"]
    master.open() if fault == "die" else master.go_on()
    events.wait("-sdown", f"master m {HOST} {master.port}")
    assert sentinel.master()["flags"] == "master"


@pytest.mark.goal("A replica goes down, and comes back, by the same rules")
def test_replica(watched, sentinel, events):
    one = watched.replicas[0]
    one.hang()
    text = f"slave {HOST}:{one.port} {HOST} {one.port} @ m {HOST} {watched.master.port}"
    assert events.wait("+sdown").text == text
    assert "s_down" in sentinel.replicas()[one.port]["flags"]
    one.go_on()
    assert events.wait("-sdown").text == text


@pytest.mark.goal("Another sentinel goes down, and comes back, by the same rules; it stays known")
def test_sentinel(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    other.die()
    text = f"sentinel {other.run_id} {HOST} {other.port} @ m {HOST} {watched.master.port}"
    assert events.wait("+sdown").text == text
    assert set(sentinel.others()) == {other.port}
    other.open()
    assert events.wait("-sdown").text == text


@pytest.mark.goal("A master that says that it is a replica, for long enough, is down although it answers")
def test_wrong_role(sentinel, net, events):
    other, master = net.redis(), net.redis()
    sentinel.monitor("m", master.port, quorum=2)
    master.wait("INFO")
    master.master = other
    role = events.wait("-role-change")
    assert role.text == f"master m {HOST} {master.port} new reported role is slave"
    down = events.wait("+sdown")
    assert 0.6 < down.at - role.at < 2.5, "down-after and two INFO periods: 800 ms"
    master.master = None
    assert events.wait("+role-change").text.endswith("new reported role is master")
    events.wait("-sdown")


@pytest.mark.goal("A server that was started again is told by its run id: +reboot")
def test_reboot(watched, sentinel, events):
    watched.replicas[0].run_id = "0" * 40
    text = events.wait("+reboot").text
    assert text.startswith(f"slave {HOST}:{watched.replicas[0].port} ")
    watched.master.run_id = "1" * 40
    assert events.wait("+reboot").text == f"master m {HOST} {watched.master.port}"
    assert sentinel.master()["runid"] == "1" * 40


@pytest.mark.goal("master-reboot-down-after-period: a master that loads for long after its restart is down, although LOADING is a "
                  "sign of life")
def test_long_loading(watched, sentinel, events):
    sentinel.set("m", master_reboot_down_after_period=700, quorum=2)
    watched.master.ping = RespError("LOADING Redis is loading the dataset in memory")
    watched.master.run_id = "2" * 40
    rebooted = events.wait("+reboot").at
    assert 0.5 < events.wait("+sdown").at - rebooted < 2.0
    watched.master.ping = "PONG"
    events.wait("-sdown")


# -- objectively -------------------------------------------------------------------------------------------------------


@pytest.mark.goal("Objectively down by the quorum: this sentinel and those that say so; the event counts them")
def test_quorum(watched, sentinel, net, events):
    sentinel.set("m", quorum=3)
    yes, also, no = (net.sentinel().join(watched.master) for _ in range(3))
    yes.down = True
    watched.master.hang()
    events.wait("+sdown", "master")
    for other in (yes, also, no):
        other.wait("SENTINEL", count=2)
    assert "+odown" not in events.types() and "master_down" in sentinel.others()[yes.port]["flags"]
    also.down = True
    assert events.wait("+odown").text == f"master m {HOST} {watched.master.port} #quorum 3/3"
    assert "master_down" not in sentinel.others()[no.port]["flags"]
    also.down = False
    events.wait("-odown")
    watched.master.go_on()
    events.wait("-sdown")


@pytest.mark.goal("Others are asked only while the master is down for me; what for, in which words, how often")
def test_asking(watched, sentinel, net, events):
    sentinel.set("m", quorum=5)
    sentinel.ask("DEBUG", "ask-period", 500)
    other = net.sentinel().join(watched.master)
    other.wait("PUBLISH", count=2)
    assert other.came("SENTINEL") == []
    watched.master.hang()
    first = other.wait("SENTINEL")
    epoch = sentinel.config("current-epoch")[0]
    assert first.text.lower() == f"sentinel is-master-down-by-addr {HOST} {watched.master.port} {epoch} *"
    assert 0.5 < other.wait("SENTINEL", count=3).at - first.at < 2.0
    watched.master.go_on()
    events.wait("-sdown")
    asked, hellos = len(other.came("SENTINEL")), len(other.came("PUBLISH"))
    other.wait("PUBLISH", count=hellos + 5)
    assert len(other.came("SENTINEL")) == asked


@pytest.mark.goal("The word of a sentinel that says no more is forgotten after five ask periods")
def test_old_answers(watched, sentinel, net, events):
    sentinel.set("m", quorum=2)
    sentinel.set("m", failover_timeout=60000)
    other = net.sentinel(down=True).join(watched.master)
    watched.master.hang()
    events.wait("+odown")
    other.hang()
    hung = time.monotonic()
    assert events.wait("-odown").at - hung > 0.3
    assert "master_down" not in sentinel.others()[other.port]["flags"]
    other.go_on()


@pytest.mark.parametrize("answer", [b"$2\r\n1\n\r\n", RespError("ERR no"), [1, b"*"], [b"1", b"*", 0], [1, 1, 0]],
                         ids=["a-bulk", "an-error", "two-items", "text-for-a-number", "number-for-text"])
@pytest.mark.goal("An answer of another shape is no word at all")
def test_odd_answers(watched, sentinel, net, events, answer):
    sentinel.set("m", quorum=2)
    odd = net.sentinel(answer_to_ask=answer).join(watched.master)
    watched.master.hang()
    odd.wait("SENTINEL", count=3)
    assert "+odown" not in events.types() and "master_down" not in sentinel.others()[odd.port]["flags"]
    odd.answer_to_ask = [1, b"*", 0]
    events.wait("+odown")


@pytest.mark.goal("A replica and a sentinel are never objectively down")
def test_masters_only(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    watched.replicas[0].die()
    other.die()
    events.wait("+sdown")
    events.wait("+sdown")
    count = len(watched.master.came("PING"))
    watched.master.wait("PING", count=count + 2)
    assert "+odown" not in events.types()
    assert "o_down" not in sentinel.replicas()[watched.replicas[0].port]["flags"] + sentinel.others()[other.port]["flags"]


# -- asked by others ---------------------------------------------------------------------------------------------------


@pytest.mark.goal("Asked by another sentinel: 1 for a master that is down for me, by its address; 0 for any other")
def test_asked(watched, sentinel, events):
    port = watched.master.port
    sentinel.set("m", quorum=2)
    assert ask_whether_down(sentinel, port) == [0, b"*", 0]
    watched.master.hang()
    events.wait("+sdown")
    assert ask_whether_down(sentinel, port) == [1, b"*", 0]
    for other in (watched.replicas[0].port, 1):
        assert ask_whether_down(sentinel, other) == [0, b"*", 0]
    sentinel.wire().exchange(b"SENTINEL is-master-down-by-addr 127.0.0.1 %d 0 *\r\n" % port, b"*3\r\n:1\r\n$1\r\n*\r\n:0\r\n")


@pytest.mark.goal("A port or an epoch that is no number is an error")
def test_asked_wrongly(sentinel):
    sentinel.monitor("m", 1234)
    for words in ((HOST, "x", 0, "*"), (HOST, 1234, "x", "*")):
        assert sentinel.ask("IS-MASTER-DOWN-BY-ADDR", *words) == RespError("ERR value is not an integer or out of range")
