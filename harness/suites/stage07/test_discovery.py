"""How a sentinel gets to know replicas and other sentinels: INFO and the hello channel."""

import pytest

from strata_harness.sentinel_fakes import random_id
from strata_harness.sentinels import as_text
from strata_harness.wait import wait_until


@pytest.mark.goal("Replicas come from the master's INFO, each with +slave, and are asked themselves")
def test_replicas(sentinel, net, events):
    master = net.redis()
    replicas = [net.redis(master=master) for _ in range(3)]
    sentinel.monitor("m", master.port)
    for _ in replicas:
        event = events.wait("+slave")
        assert event.text in {f"slave 127.0.0.1:{one.port} 127.0.0.1 {one.port} @ m 127.0.0.1 {master.port}" for one in replicas}
    for one in replicas:
        one.wait("INFO")
    late = net.redis(master=master)
    assert f":{late.port} " in events.wait("+slave").text


@pytest.mark.goal("Replicas in the form of old versions are understood, too")
def test_old_form(sentinel, net):
    master, replica = net.redis(), net.redis()
    master.more_info = [f"slave0:127.0.0.1,{replica.port},online"]
    replica.master = master
    master.hidden = [replica]
    sentinel.monitor("m", master.port)
    wait_until(lambda: list(sentinel.replicas()) == [replica.port], 5, "the replica")


@pytest.mark.goal("A replica that is no longer in INFO stays known: it may be the one that comes back")
def test_stays(watched, sentinel):
    one, other = watched.replicas
    watched.master.hidden = [one]
    count = len(watched.master.came("INFO"))
    watched.master.wait("INFO", count=count + 3)
    assert set(sentinel.replicas()) == {one.port, other.port}


@pytest.mark.goal("A sentinel says hello on the master and on each replica: where it is, its id, epoch and view of the master")
def test_own_hello(watched, sentinel):
    epoch = sentinel.config("current-epoch")[0]
    expected = f"127.0.0.1,{sentinel.port},{sentinel.id},{epoch},m,127.0.0.1,{watched.master.port},0"
    for fake in (watched.master, *watched.replicas):
        fake.wait("PUBLISH", "__sentinel__:hello", count=2)
        assert set(fake.hellos) == {expected}


@pytest.mark.goal("It says hello once a publish period, not more often")
def test_hello_period(watched, sentinel):
    sentinel.ask("DEBUG", "publish-period", 500)
    start = len(watched.master.hellos)
    first = watched.master.wait("PUBLISH", count=start + 2).at
    assert 1.0 < watched.master.wait("PUBLISH", count=start + 5).at - first < 2.6


@pytest.mark.goal("Another sentinel's hello makes it known: +sentinel, a connection, and hellos sent to it directly")
def test_other_sentinel(watched, sentinel, net, events):
    other = net.sentinel()
    watched.replicas[0].say_hello(other.hello(watched.master))
    assert events.wait("+sentinel").text == (f"sentinel {other.run_id} 127.0.0.1 {other.port} @ m 127.0.0.1 "
                                             f"{watched.master.port}")
    command = other.wait("PUBLISH")
    assert command.words[1] == b"__sentinel__:hello"
    assert command.words[2].decode().split(",")[:3] == ["127.0.0.1", str(sentinel.port), sentinel.id]
    assert command.client == f"sentinel-{sentinel.id[:8]}-cmd"
    watched.master.say_hello(other.hello(watched.master))
    assert events.types().count("+sentinel") == 1


@pytest.mark.goal("A hello may come directly, by PUBLISH")
def test_hello_by_publish(watched, sentinel, net, events):
    other = net.sentinel()
    assert sentinel.wire()("PUBLISH", "__sentinel__:hello", other.hello(watched.master)) == 1
    events.wait("+sentinel", other.run_id)


@pytest.mark.parametrize("change", ["too short", "too long", "another master", "own id"])
@pytest.mark.goal("A hello of not eight fields, of an unknown master, or of its own is ignored")
def test_ignored_hellos(watched, sentinel, net, events, change):
    good = net.sentinel()
    text = good.hello(watched.master)
    wrong = {"too short": text.rsplit(",", 1)[0], "too long": text + ",1",
             "another master": good.hello(watched.master, name="nosuch"),
             "own id": good.hello(watched.master, run_id=sentinel.id)}[change]
    watched.master.say_hello(wrong)
    second = net.sentinel().join(watched.master)
    assert set(sentinel.others()) == {second.port} and good.commands == []


@pytest.mark.goal("A higher epoch in a hello is taken over, saved, and told")
def test_epoch_by_hello(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    epoch = int(sentinel.config("current-epoch")[0]) + 5
    watched.master.say_hello(other.hello(watched.master, epoch=epoch))
    assert events.wait("+new-epoch").text == str(epoch)
    wait_until(lambda: sentinel.config("current-epoch") == [str(epoch)], 5, "the epoch in the file")
    watched.master.say_hello(other.hello(watched.master, epoch=epoch - 1))
    watched.master.hellos.clear()
    wait_until(lambda: watched.master.hellos, 5, "a hello")
    assert watched.master.hellos[0].split(",")[3] == str(epoch)


@pytest.mark.goal("A higher config epoch with another address: the master has moved, and everybody follows")
def test_config_by_hello(watched, sentinel, net, events):
    other, new = net.sentinel().join(watched.master), watched.replicas[0]
    old = watched.master.port
    watched.master.say_hello(other.hello(watched.master, config_epoch=3, epoch=3, moved_to=new))
    assert events.wait("+config-update-from").text == (
        f"sentinel {other.run_id} 127.0.0.1 {other.port} @ m 127.0.0.1 {old}")
    assert events.wait("+switch-master").text == f"m 127.0.0.1 {old} 127.0.0.1 {new.port}"
    assert sentinel.master_port() == new.port and sentinel.master()["config-epoch"] == "3"
    assert set(sentinel.replicas()) == {old, watched.replicas[1].port} and set(sentinel.others()) == {other.port}
    wait_until(lambda: sentinel.config("monitor") == [f"m 127.0.0.1 {new.port} 1"], 5, "the switch to be saved")


@pytest.mark.goal("A config epoch that is not higher changes nothing; a higher one with the same address only counts")
def test_config_epochs(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    watched.master.say_hello(other.hello(watched.master, config_epoch=4))
    wait_until(lambda: sentinel.master()["config-epoch"] == "4", 5, "the config epoch")
    for epoch in (3, 4):
        watched.master.say_hello(other.hello(watched.master, config_epoch=epoch, moved_to=watched.replicas[0]))
    net.sentinel().join(watched.master)
    assert "+switch-master" not in events.types() and sentinel.master_port() == watched.master.port


@pytest.mark.goal("A sentinel that has moved is known by its id: its address is switched, and it counts once")
def test_address_switch(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    moved = net.sentinel(run_id=other.run_id)
    watched.master.say_hello(moved.hello(watched.master))
    event = events.wait("+sentinel-address-switch")
    assert event.text == (f"master m 127.0.0.1 {watched.master.port} ip 127.0.0.1 port {moved.port} for {other.run_id}")
    moved.wait("PING")
    assert set(sentinel.others()) == {moved.port}


@pytest.mark.goal("A new id at a known address: the old sentinel is gone, the new one takes its place")
def test_new_id(watched, sentinel, net, events):
    other = net.sentinel().join(watched.master)
    old, other.run_id = other.run_id, random_id()
    watched.master.say_hello(other.hello(watched.master))
    assert old in events.wait("+sentinel-invalid-addr").text
    assert other.run_id in events.wait("+sentinel").text
    assert [as_text(one)["runid"] for one in sentinel.ask("SENTINELS", "m")] == [other.run_id], "it counts once"


@pytest.mark.goal("Sentinels that watch the same two masters share one connection")
def test_shared_link(sentinel, net):
    first, second = net.redis(), net.redis()
    sentinel.monitor("m", first.port)
    sentinel.monitor("n", second.port)
    other = net.sentinel().join(first)
    wait_until(lambda: second.came("SUBSCRIBE"), 5, "the subscription")
    def both():
        second.say_hello(other.hello(second, name="n"))
        return sentinel.others("n")
    wait_until(both, 5, "the sentinel to be known under both masters")
    assert sentinel.others("m")[other.port]["link-refcount"] == sentinel.others("n")[other.port]["link-refcount"] == "2"
    wait_until(lambda: {command.words[2].split(b",")[4] for command in other.came("PUBLISH")} == {b"m", b"n"}, 5,
               "hellos of both masters")
    assert other.clients() == [f"sentinel-{sentinel.id[:8]}-cmd"]


@pytest.mark.goal("An address that moved under one master is moved under all, which is told")
def test_address_update(sentinel, net, events):
    first, second = net.redis(), net.redis()
    sentinel.monitor("m", first.port)
    sentinel.monitor("n", second.port)
    other = net.sentinel().join(first)
    wait_until(lambda: (second.say_hello(other.hello(second, name="n")), sentinel.others("n"))[1], 5, "both")
    moved = net.sentinel(run_id=other.run_id)
    first.say_hello(moved.hello(first))
    assert events.wait("+sentinel-address-update").text.endswith(" 1 additional matching instances")
    assert set(sentinel.others("m")) == set(sentinel.others("n")) == {moved.port}


@pytest.mark.goal("announce-ip and announce-port are what a hello says instead of the own address")
def test_announce(fresh_sentinel, net):
    master = net.redis()
    sentinel = fresh_sentinel('sentinel announce-ip "127.0.0.9"', "sentinel announce-port 4567")
    sentinel.monitor("m", master.port)
    wait_until(lambda: master.hellos, 5, "a hello")
    assert master.hellos[-1].split(",")[:2] == ["127.0.0.9", "4567"]
    assert sentinel.ask("CONFIG", "SET", "announce-port", 0) == "OK"
    wait_until(lambda: master.hellos[-1].split(",")[:2] == ["127.0.0.9", str(sentinel.port)], 5, "the real port")
