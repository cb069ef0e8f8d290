"""What a sentinel shows of the instances that it watches: the fields of each kind, and INFO."""

import pytest

from strata_harness.wait import wait_until

COMMON = ["name", "ip", "port", "runid", "flags", "link-pending-commands", "link-refcount", "last-ping-sent",
          "last-ok-ping-reply", "last-ping-reply", "down-after-milliseconds"]
DATA = ["info-refresh", "role-reported", "role-reported-time"]
OF_MASTER = ["config-epoch", "num-slaves", "num-other-sentinels", "quorum", "failover-timeout", "parallel-syncs"]
OF_REPLICA = ["master-link-down-time", "master-link-status", "master-host", "master-port", "slave-priority",
              "slave-repl-offset", "replica-announced"]
OF_SENTINEL = ["last-hello-message", "voted-leader", "voted-leader-epoch"]


@pytest.mark.goal("A master's fields, in their order")
def test_master(watched, sentinel):
    told = sentinel.master()
    assert list(told) == COMMON + DATA + OF_MASTER
    assert (told["name"], told["ip"], told["port"]) == ("m", "127.0.0.1", str(watched.master.port))
    assert (told["runid"], told["flags"], told["role-reported"]) == (watched.master.run_id, "master", "master")
    assert (told["num-slaves"], told["num-other-sentinels"], told["quorum"], told["link-refcount"]) == ("2", "0", "1", "1")


@pytest.mark.goal("A replica's fields, in their order, as its INFO has them")
def test_replica(watched, sentinel):
    one = watched.replicas[0]
    one.priority, one.offset = 7, 4321
    wait_until(lambda: sentinel.replicas()[one.port]["slave-priority"] == "7", 5, "the new priority")
    told = sentinel.replicas()[one.port]
    assert list(told) == COMMON + DATA + OF_REPLICA
    assert told["name"] == f"127.0.0.1:{one.port}" and told["flags"] == "slave" and told["runid"] == one.run_id
    assert (told["role-reported"], told["master-host"], told["master-port"]) == (
        "slave", "127.0.0.1", str(watched.master.port))
    assert (told["master-link-status"], told["master-link-down-time"], told["slave-repl-offset"]) == ("ok", "0", "4321")


@pytest.mark.goal("A replica whose link to the master is down is shown so, with the time in milliseconds")
def test_replica_link_down(watched, sentinel):
    one = watched.replicas[0]
    one.link_up, one.link_down_seconds = False, 3
    wait_until(lambda: sentinel.replicas()[one.port]["master-link-status"] == "err", 5, "the link to be seen down")
    assert sentinel.replicas()[one.port]["master-link-down-time"] == "3000"


@pytest.mark.goal("A replica that asks not to be announced is in no list, and comes back to it")
def test_unannounced(watched, sentinel):
    one = watched.replicas[0]
    one.announced = 0
    wait_until(lambda: list(sentinel.replicas()) == [watched.replicas[1].port], 5, "the replica to be hidden")
    assert sentinel.master()["num-slaves"] == "2"
    one.announced = 1
    wait_until(lambda: len(sentinel.replicas()) == 2, 5, "the replica to be shown")
    assert sentinel.replicas()[one.port]["replica-announced"] == "1"


@pytest.mark.goal("Another sentinel's fields, in their order; its name is its id")
def test_sentinel(watched, sentinel, net):
    other = net.sentinel().join(watched.master)
    told = sentinel.others()[other.port]
    assert list(told) == COMMON + OF_SENTINEL
    assert told["name"] == told["runid"] == other.run_id and told["flags"] == "sentinel"
    assert (told["voted-leader"], told["voted-leader-epoch"]) == ("?", "0")
    assert int(told["last-hello-message"]) < 5000


@pytest.mark.goal("In RESP3 an instance is a map of bulk strings")
def test_resp3(watched, sentinel):
    wire = sentinel.wire(3)
    told = wire("SENTINEL", "MASTER", "m")
    assert isinstance(told, dict) and told[b"port"] == str(watched.master.port).encode()
    assert [name.decode() for name in told] == COMMON + DATA + OF_MASTER
    [one, _] = wire("SENTINEL", "REPLICAS", "m")
    assert isinstance(one, dict) and one[b"flags"] == b"slave"
    [only] = wire("SENTINEL", "MASTERS")
    assert only[b"name"] == b"m"


@pytest.mark.goal("A master that was never reached: no run id, disconnected, times since it is watched")
def test_never_reached(sentinel):
    sentinel.monitor("m", 1)
    wait_until(lambda: sentinel.master()["flags"] == "master,disconnected", 5, "the first attempt to fail")
    told = sentinel.master()
    assert told["runid"] == "" and told["info-refresh"] == "0"
    assert int(told["last-ping-sent"]) < 5000


@pytest.mark.goal("A master that is down: for how long, subjectively and objectively, in this order of fields")
def test_down_times(sentinel, net, events):
    master = net.redis()
    sentinel.monitor("m", master.port)
    master.wait("INFO")
    master.die()
    events.wait("+odown")
    told = sentinel.master()
    names = list(told)
    assert names.index("last-ping-reply") + 1 == names.index("s-down-time") == names.index("o-down-time") - 1
    assert names.index("o-down-time") + 1 == names.index("down-after-milliseconds")
    assert int(told["o-down-time"]) <= int(told["s-down-time"]) < 5000
    assert told["flags"].startswith("s_down,o_down,master,disconnected")


@pytest.mark.goal("Script and reboot options are fields of a master only where they are set")
def test_optional_fields(fresh_sentinel):
    sentinel = fresh_sentinel("sentinel monitor m 127.0.0.1 1 1", "sentinel notification-script m /bin/true",
                              "sentinel client-reconfig-script m /bin/false")
    told = sentinel.master()
    assert list(told)[-2:] == ["notification-script", "client-reconfig-script"]
    assert (told["notification-script"], told["client-reconfig-script"]) == ("/bin/true", "/bin/false")


# -- INFO --------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("INFO has the sections of a sentinel, and its own with a line for each master")
def test_info(watched, sentinel, net):
    text = sentinel.admin("INFO").decode()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Server", "# Clients", "# Stats", "# CPU", "# Sentinel"]
    assert "redis_mode:sentinel" in text.splitlines()
    net.sentinel().join(watched.master)
    assert sentinel.info() == {
        "sentinel_masters": "1", "sentinel_tilt": "0", "sentinel_tilt_since_seconds": "-1", "sentinel_running_scripts": "0",
        "sentinel_scripts_queue_length": "0", "sentinel_simulate_failure_flags": "0",
        "master0": f"name=m,status=ok,address=127.0.0.1:{watched.master.port},slaves=2,sentinels=2"}


@pytest.mark.goal("INFO of a section that a sentinel does not have is empty; keyspace and replication are none of its")
def test_info_sections(sentinel):
    for section in ("nosuch", "keyspace", "replication", "persistence"):
        assert sentinel.admin("INFO", section) == b""
    assert sentinel.admin("INFO", "server").startswith(b"# Server\r\n")


@pytest.mark.goal("INFO tells of a master whether it is ok, sdown or odown")
def test_info_status(sentinel, net, events):
    master = net.redis()
    sentinel.monitor("m", master.port, quorum=2)
    master.wait("INFO")
    assert ",status=ok," in sentinel.info()["master0"]
    master.die()
    events.wait("+sdown")
    assert ",status=sdown," in sentinel.info()["master0"]
    sentinel.set("m", quorum=1)
    events.wait("+odown")
    assert ",status=odown," in sentinel.info()["master0"]
