"""Real sentinels and servers in one quorum, ours and redis's in any mix: they find each other, agree, fail over."""

import signal

import pytest

from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)

OURS, MIXED, FEW = ["ours"] * 3, ["ours", "redis", "ours"], ["redis", "ours", "redis"]
MIXES = {"ours": (OURS, OURS), "ours watch redis": (["redis"] * 3, OURS),
         "most ours": (FEW, MIXED), "most redis": (MIXED, FEW)}
mixes = pytest.mark.parametrize("mix", list(MIXES))


def of(mix):
    return {"servers": MIXES[mix][0], "sentinels": MIXES[mix][1]}


@mixes
@pytest.mark.goal("Killed, the master is replaced: one new master, all sentinels agree, the other replica follows, and the old "
                  "master when it is back")
def test_kill(group, mix):
    quorum = group(**of(mix))
    old, events = quorum.servers[0], quorum.events()
    with old.wire() as wire:
        wire.ok("SET", "before", "kept")
        assert wire("WAIT", 2, 5000) == 2
    old.kill()
    for each in events:
        each.wait("+switch-master", f"m {HOST} {quorum.port(old)} {HOST} ")
    new = quorum.settled()
    assert new is not old
    with new.wire() as wire:
        assert wire("GET", "before") == b"kept"
        wire.ok("SET", "after", "kept")
    old.start()
    assert quorum.settled() is new
    with old.wire() as wire:
        wait_until(lambda: wire("GET", "after") == b"kept", 5, "the data of the new master")
    elected = [name for name, each in zip(quorum.sentinels, events) if "+elected-leader" in each.types()]
    assert len(elected) == 1, "one leader an epoch"


@pytest.mark.parametrize("leader", ["ours", "redis"])
@pytest.mark.goal("As leader and as follower: who is the first to know gets the votes of all others, and leads")
def test_leader(group, leader):
    quorum = group(servers=["ours", "redis", "ours"], sentinels=[leader, "ours", "redis"])
    first, *others = quorum.sentinels
    for other in others:
        other.set("m", quorum=5)  # so these never begin one
    first.set("m", quorum=1)
    events = quorum.events()
    quorum.servers[0].kill()
    epoch = events[0].wait("+new-epoch").text
    for each in events:
        assert each.wait("+vote-for-leader").text == f"{first.id} {epoch}"
    events[0].wait("+elected-leader")
    ids = {one.id for one in quorum.sentinels}
    for other, each in zip(others, events[1:]):
        assert each.wait("+config-update-from").text.split()[1] in ids - {other.id}, "who has it already tells it, too"
    new = quorum.settled()
    assert {one.master()["config-epoch"] for one in quorum.sentinels} == {epoch}
    assert {one.config("config-epoch")[0] for one in quorum.sentinels} == {f"m {epoch}"} and new.alive()


@pytest.mark.goal("All sentinels know the same: each other, the replicas, the master")
def test_same_view(group):
    quorum = group(**of("most ours"))
    ids = {one.id for one in quorum.sentinels}
    for one in quorum.sentinels:
        assert {other["runid"] for other in one.others().values()} == ids - {one.id}
        assert set(one.replicas()) == {quorum.port(server) for server in quorum.servers[1:]}
        assert one.ask("CKQUORUM", "m") == "OK 3 usable Sentinels. Quorum and failover authorization can be reached"
        assert one.master()["runid"] == dict(line.split(":", 1) for line in quorum.servers[0].wire()(
            "INFO", "server").decode().split("\r\n") if ":" in line)["run_id"]


@pytest.mark.parametrize("mix", ["ours", "most redis"])
@pytest.mark.goal("A master that hangs is replaced; when it goes on it is made a replica")
def test_hang(group, mix):
    quorum = group(**of(mix))
    old = quorum.servers[0]
    old.signal(signal.SIGSTOP)
    new = quorum.agreed(instead_of=old)
    old.signal(signal.SIGCONT)
    assert quorum.settled() is new and quorum.role(old) == "slave"


@pytest.mark.goal("Two failovers in a row, each with its own epoch; the last server left is the master")
def test_twice(group):
    quorum = group(**of("most ours"))
    first = quorum.servers[0]
    first.kill()
    second = quorum.settled()
    epochs = [int(quorum.sentinels[0].master()["config-epoch"])]
    [third] = [server for server in quorum.servers if server not in (first, second)]
    for one in quorum.sentinels:
        wait_until(lambda: one.replicas()[quorum.port(third)]["master-link-status"] == "ok"
                   and one.master()["flags"] == "master", 10, "the links")
    second.kill()
    assert quorum.agreed(instead_of=second) is third
    epochs.append(int(quorum.sentinels[0].master()["config-epoch"]))
    assert epochs[1] > epochs[0]
    first.start()
    second.start()
    assert quorum.settled() is third


@pytest.mark.goal("Failover by hand on any sentinel moves the master for all of them")
def test_by_hand(group):
    quorum = group(**of("most redis"))
    [ours] = [one for one in quorum.sentinels if one.name == "sentinel 2"]
    events = quorum.events()
    assert ours.ask("FAILOVER", "m") == "OK"
    for each in events:
        each.wait("+switch-master")
    assert quorum.settled() is not quorum.servers[0]


@pytest.mark.goal("A failover goes on by passwords: of the servers, and of the sentinels")
def test_passwords(group):
    options = {"requirepass": "sesame", "masterauth": "sesame"}
    quorum = group(servers=["ours", "redis"], sentinels=["ours", "redis"], server_options=options, sentinel_password="open",
                   auth_pass="sesame")
    quorum.sentinels[0].set("m", quorum=1)
    quorum.servers[0].kill()
    assert quorum.settled() is quorum.servers[1]
