"""The connections of a sentinel: what is said on them first, passwords, renamed commands, PING, and what ends a dead link."""

import pytest

from strata_harness.resp import RespError
from strata_harness.wait import wait_until


def first_words(fake, channel):
    """What came first on the connections to a fake, in order; channel is cmd or pubsub."""
    return [command.text for command in list(fake.commands) if command.client.endswith(channel)]


@pytest.mark.goal("To a master and a replica two connections, each with a name; the one subscribes the hello channel, the other "
                  "begins with PING and INFO")
def test_two_connections(watched, sentinel):
    short = sentinel.id[:8]
    for fake in (watched.master, *watched.replicas):
        fake.wait("SUBSCRIBE", "__sentinel__:hello")
        assert fake.clients() == [f"sentinel-{short}-cmd", f"sentinel-{short}-pubsub"]
        assert first_words(fake, "cmd")[:2] == ["PING", "INFO"]
        assert first_words(fake, "pubsub") == ["SUBSCRIBE __sentinel__:hello"]


@pytest.mark.goal("To another sentinel one connection: PING and hellos, and no INFO")
def test_one_connection(watched, sentinel, net):
    other = net.sentinel().join(watched.master)
    other.wait("PUBLISH", count=2)
    assert other.clients() == [f"sentinel-{sentinel.id[:8]}-cmd"]
    assert {command.words[0].upper() for command in other.commands} == {b"CLIENT", b"PING", b"PUBLISH"}


@pytest.mark.goal("A connection that breaks is opened again, and only that one")
def test_reconnect(watched, sentinel):
    master = watched.master
    master.wait("SUBSCRIBE")
    master.cut()
    master.wait("SUBSCRIBE", count=2)
    wait_until(lambda: len(master.clients()) == 2, 5, "both connections")
    assert "s_down" not in sentinel.master()["flags"]


@pytest.mark.goal("A master that is not there yet is tried again and again, once a ping period, and found when it comes")
def test_late_master(sentinel, net, events):
    master = net.redis()
    master.die()
    sentinel.monitor("m", master.port)
    events.wait("+sdown")
    master.open()
    events.wait("-sdown")
    assert sentinel.master()["runid"] == master.run_id


# -- passwords, renamed commands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["", "watcher"])
@pytest.mark.goal("auth-pass, with auth-user, is said first on every connection to the master and to its replicas")
def test_auth(sentinel, net, user):
    secret = {"password": b"sesame", "user": user.encode() or b"default"}
    master = net.redis(**secret)
    replica = net.redis(master=master, **secret)
    sentinel.monitor("m", master.port)
    wait_until(lambda: master.came("PING"), 5, "a PING, which is refused")
    more = {"auth_user": user} if user else {}
    sentinel.set("m", auth_pass="sesame", **more)
    sentinel.wait_complete(replicas=1, others=0)
    expected = f"AUTH {user} sesame" if user else "AUTH sesame"
    for fake in (master, replica):
        fake.wait("SUBSCRIBE")
        assert fake.came("AUTH")[-1].text == expected and len(fake.came("AUTH")) >= 2


@pytest.mark.goal("NOAUTH is no sign of life: a master whose password is not known is down")
def test_no_auth(sentinel, net, events):
    master = net.redis(password=b"sesame")
    sentinel.monitor("m", master.port)
    assert events.wait("+sdown").text == f"master m 127.0.0.1 {master.port}"
    sentinel.set("m", auth_pass="sesame")
    events.wait("-sdown")


@pytest.mark.goal("To other sentinels: sentinel-pass and sentinel-user, if set")
def test_sentinel_pass(fresh_sentinel, net):
    master = net.redis()
    sentinel = fresh_sentinel("sentinel sentinel-pass open", "sentinel sentinel-user ali",
                              f"sentinel monitor m 127.0.0.1 {master.port} 2")
    wait_until(lambda: master.came("SUBSCRIBE"), 5, "the subscription")
    other = net.sentinel(password=b"open", user=b"ali").join(master)
    assert other.came("AUTH")[0].text == "AUTH ali open"
    other.wait("PUBLISH")
    count = len(other.came("AUTH"))
    assert sentinel.ask("CONFIG", "SET", "sentinel-user", "") == "OK"
    assert other.wait("AUTH", count=count + 1).text == "AUTH open"


@pytest.mark.goal("A sentinel with requirepass wants it from clients, and says it itself to other sentinels")
def test_requirepass(fresh_sentinel, net):
    master = net.redis()
    sentinel = fresh_sentinel("requirepass common", f"sentinel monitor m 127.0.0.1 {master.port} 2", password="common")
    stranger = sentinel.wire()
    for words in (("PING",), ("SENTINEL", "MASTERS"), ("INFO",), ("PUBLISH", "__sentinel__:hello", "x")):
        assert stranger.error(*words) == "NOAUTH Authentication required."
    assert stranger.error("AUTH", "wrong").startswith("WRONGPASS")
    wait_until(lambda: master.came("SUBSCRIBE"), 5, "the subscription")
    other = net.sentinel(password=b"common").join(master)
    assert other.came("AUTH")[0].text == "AUTH common"


@pytest.mark.goal("rename-command: what a server calls otherwise is called so there, and only there")
def test_renamed(fresh_sentinel, net):
    names = {b"INFO": b"TELL", b"PUBLISH": b"SAY", b"PING": b"ALIVE", b"CLIENT": b"GUEST"}
    master = net.redis(renamed=names)
    replica = net.redis(master=master, renamed=names)
    lines = [f"sentinel rename-command m {name.decode()} {other.decode()}" for name, other in names.items()]
    sentinel = fresh_sentinel(f"sentinel monitor m 127.0.0.1 {master.port} 1", *lines)
    sentinel.wait_complete(replicas=1, others=0)
    for fake in (master, replica):
        for word in ("SAY", "TELL", "ALIVE"):
            fake.wait(word)
        assert not [command for command in fake.commands if command.words[0] in names]


# -- PING --------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("PING is sent once a ping period, or more often if the time to be down is shorter")
def test_ping_period(watched, sentinel):
    sentinel.ask("DEBUG", "ping-period", 1000)
    sentinel.set("m", down_after_milliseconds=5000)

    def rate():
        first = watched.master.wait("PING", count=len(watched.master.came("PING")) + 1).at
        return watched.master.wait("PING", count=len(watched.master.came("PING")) + 2).at - first
    assert 1.4 < rate() < 4.0
    sentinel.set("m", down_after_milliseconds=300)
    assert rate() < 1.2


@pytest.mark.parametrize("reply", ["PONG", RespError("LOADING the data"), RespError("MASTERDOWN no link"), b"+PONG or so\r\n"],
                         ids=["PONG", "LOADING", "MASTERDOWN", "PONG-and-more"])
@pytest.mark.goal("PONG, LOADING and MASTERDOWN are signs of life")
def test_alive(watched, sentinel, reply, events):
    watched.master.ping = reply
    watched.replicas[0].die()
    events.wait("+sdown", f"slave 127.0.0.1:{watched.replicas[0].port}")
    count = len(watched.master.came("PING"))
    watched.master.wait("PING", count=count + 3)
    assert sentinel.master()["flags"] == "master"


@pytest.mark.parametrize("reply", [RespError("ERR no"), RespError("MISCONF disk"), "OK", b"$4\r\nPONG\r\n", b":1\r\n", None],
                         ids=["ERR", "MISCONF", "OK", "a-bulk", "an-integer", "silence"])
@pytest.mark.goal("Any other reply to PING is none: the instance goes down although it talks")
def test_not_alive(watched, sentinel, reply, events):
    watched.master.ping = reply
    assert events.wait("+sdown").text == f"master m 127.0.0.1 {watched.master.port}"
    watched.master.ping = "PONG"
    watched.master.cut()
    events.wait("-sdown")


@pytest.mark.goal("A busy script is killed once; it is a sign of trouble all the same")
def test_script_kill(watched, sentinel, events):
    one = watched.replicas[0]
    one.ping = RespError("BUSY Redis is busy running a script.")
    events.wait("+sdown", f"slave 127.0.0.1:{one.port}")
    one.wait("SCRIPT", "KILL")
    count = len(one.came("PING"))
    one.wait("PING", count=count + 3)
    assert len(one.came("SCRIPT", "KILL")) == 1
    assert "script_kill_sent" in sentinel.replicas()[one.port]["flags"]
    one.ping = "PONG"
    events.wait("-sdown", f"slave 127.0.0.1:{one.port}")
    wait_until(lambda: sentinel.replicas()[one.port]["flags"] == "slave", 5, "the flag to go")


@pytest.mark.goal("A link on which nothing is answered is closed and opened anew, when it is old enough")
def test_dead_link(watched, sentinel, events):
    sentinel.ask("DEBUG", "min-link-reconnect-period", 500)
    sentinel.set("m", failover_timeout=60000, quorum=5)
    watched.master.hang()
    events.wait("+sdown")
    wait_until(lambda: watched.master.accepted > 2, 5, "a new connection")
    watched.master.go_on()
    events.wait("-sdown")


@pytest.mark.goal("A hello channel that is silent for three publish periods is subscribed anew")
def test_silent_channel(watched, sentinel):
    master = watched.master
    master.wait("SUBSCRIBE")
    sentinel.ask("DEBUG", "min-link-reconnect-period", 300)
    master.deaf = True
    master.wait("SUBSCRIBE", count=2)
    assert "s_down" not in sentinel.master()["flags"]
