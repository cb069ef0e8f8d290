"""Names instead of addresses: resolve-hostnames and announce-hostnames."""

import pytest

from strata_harness.resp import RespError
from strata_harness.sentinels import LOCALHOST
from strata_harness.wait import wait_until


@pytest.mark.goal("Without resolve-hostnames a name is no address; with it a name is resolved, and shown as an address")
def test_resolve(fresh_sentinel, net):
    sentinel, master = fresh_sentinel(), net.redis(host=LOCALHOST)
    words = ("MONITOR", "m", "localhost", master.port, 1)
    assert sentinel.ask(*words) == RespError("ERR Invalid IP address or hostname specified")
    assert sentinel.ask("CONFIG", "SET", "resolve-hostnames", "yes") == "OK"
    assert sentinel.ask(*words) == "OK"
    assert sentinel.master()["ip"] == LOCALHOST and sentinel.config("monitor") == [f"m {LOCALHOST} {master.port} 1"]
    wait_until(lambda: sentinel.master()["flags"] == "master", 5, "a link")


@pytest.fixture
def named(fresh_sentinel, net):
    """(sentinel, master): with announce-hostnames, and a master that is called localhost."""
    master = net.redis(host=LOCALHOST)
    sentinel = fresh_sentinel("sentinel resolve-hostnames yes", "sentinel announce-hostnames yes",
                              f"sentinel monitor m localhost {master.port} 1")
    master.wait("INFO")
    return sentinel, master


@pytest.mark.goal("With announce-hostnames the name stands in replies, in hellos and in the file")
def test_announce(named):
    sentinel, master = named
    assert sentinel.master()["ip"] == "localhost"
    assert sentinel.ask("GET-MASTER-ADDR-BY-NAME", "m") == [b"localhost", str(master.port).encode()]
    assert sentinel.config("monitor") == [f"m localhost {master.port} 1"]
    master.wait("PUBLISH")
    assert f",m,localhost,{master.port},0" in master.hellos[-1]


@pytest.mark.goal("With announce-hostnames the name stands in events, too")
def test_announce_events(named):
    sentinel, master = named
    sentinel.set("m", down_after_milliseconds=400)
    events = sentinel.events()
    master.die()
    assert events.wait("+sdown").text == f"master m localhost {master.port}"


@pytest.mark.goal("A hello that names the master by its name, or by its address, is about the same master")
def test_same_master(named, net):
    sentinel, master = named
    other = net.sentinel()
    wait_until(lambda: master.came("SUBSCRIBE"), 5, "the subscription")
    events = sentinel.events()
    text = other.hello(master, config_epoch=2)
    master.say_hello(text)
    wait_until(lambda: sentinel.master()["config-epoch"] == "2", 5, "the config epoch")
    master.say_hello(other.hello(master, config_epoch=3).replace(f",m,{LOCALHOST},", ",m,localhost,"))
    wait_until(lambda: sentinel.master()["config-epoch"] == "3", 5, "the config epoch")
    assert "+switch-master" not in events.types()


@pytest.mark.goal("A name that cannot be resolved yet is kept in the file, and tried again")
def test_unresolved(fresh_sentinel):
    sentinel = fresh_sentinel("sentinel resolve-hostnames yes", "sentinel announce-hostnames yes",
                              "sentinel monitor m nosuch.invalid 1234 1")
    assert sentinel.config("monitor") == ["m nosuch.invalid 1234 1"]
    assert "disconnected" in sentinel.master()["flags"]
    sentinel.ask("FLUSHCONFIG")
    assert sentinel.config("monitor") == ["m nosuch.invalid 1234 1"]
