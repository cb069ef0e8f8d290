"""A replica of a failed master asks for votes: when, with which words, and what it does with the answers."""

import time

import pytest

from strata_harness.cluster import (FRIEND, ME, SLOTS, Member, Scene, absent, cluster_info, conf_variables, key_in,
                                    members, myself, state_is, with_conf)
from strata_harness.cluster_bus import (AUTH_ACK, AUTH_REQUEST, FAIL, FORCE_ACK, MASTER, MFSTART, MYSELF,
                                        NOFAILOVER, PAUSED, PING, PONG, SLAVE)
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)
LOST = set(range(5000))


class Electorate:
    """A replica under test, its master, which may be absent, and two other masters, which are stand-ins."""

    def __init__(self, fresh_server, stand_in, master=False, failed=True, **options):
        self.voters = [stand_in(config_epoch=2, current_epoch=7, slots=set(range(5000, 10000))),
                       stand_in(config_epoch=3, current_epoch=7, slots=set(range(10000, SLOTS)))]
        self.master = stand_in(slots=LOST, config_epoch=5, current_epoch=7) if master else None
        line = self.master.member() if self.master else absent(FRIEND, slots=LOST, epoch=5)
        line.flags = {"fail"} if failed else set()
        self.master_id = line.id
        members_ = [Member(ME, master=line.id), line, *[voter.member() for voter in self.voters]]
        self.server = with_conf(fresh_server, Scene(members_, 7), start=False,
                                **{"cluster_replica_validity_factor": 0, **options})

    def start(self):
        self.server.start()
        self.wire = self.server.wire()
        return self

    def request(self, voter=0, since=0, timeout=5):
        return self.voters[voter].wait(AUTH_REQUEST, timeout=timeout, since=since)

    def vote(self, *voters, epoch):
        for voter in voters:
            self.voters[voter].current_epoch = epoch
            self.voters[voter].send(self.server, AUTH_ACK)

    def is_master(self):
        return "master" in myself(self.wire).flags


@pytest.fixture
def electorate(fresh_server, stand_in):
    return lambda **options: Electorate(fresh_server, stand_in, **options)


@pytest.mark.goal("The request: a new epoch, the failed master's slots and epoch, sent to all; on the disk before")
def test_request(electorate):
    those = electorate().start()
    for number in range(2):
        packet = those.request(number)
        assert (packet.current_epoch, packet.config_epoch, packet.slots, packet.master) == (8, 5, LOST, FRIEND)
        assert (packet.flags, packet.message_flags) == (SLAVE | MYSELF, 0)
    assert conf_variables(those.server)["currentEpoch"] == 8
    those.server.wait_log("Start of election delayed for")
    those.server.wait_log("Starting a failover election for epoch 8.")
    assert not those.is_master()


@pytest.mark.goal("The first request comes half a second to a second after the failure is known, not at once")
def test_delay(electorate):
    those = electorate()
    begin = time.monotonic()
    those.start().request()
    assert 0.4 < time.monotonic() - begin


@pytest.mark.goal("With the votes of a majority it takes over: role, slots, the election's epoch; all are told at once")
def test_won(electorate):
    those = electorate().start()
    those.request(), those.request(1)
    before = those.voters[0].mark()
    those.vote(0, epoch=8)
    those.voters[0].tell(those.server)
    assert not those.is_master(), "one of three is no majority"
    those.vote(1, epoch=8)
    wait_until(those.is_master, 5, "the replica to become master")
    assert myself(those.wire).slots == LOST and myself(those.wire).epoch == 8
    assert members(those.wire)[FRIEND].slots == set()
    pong = those.voters[0].wait(PONG, lambda got: got.on_its_link and got.packet.flags & MASTER, since=before)
    assert (pong.slots, pong.config_epoch, pong.master) == (LOST, 8, "")
    assert those.wire("ROLE")[0] == b"master"
    state_is(those.wire, "ok")
    those.wire.ok("SET", key_in(1), "v")


@pytest.mark.goal("Votes for an older epoch, of masters without slots and of replicas do not count")
def test_wrong_votes(electorate, stand_in):
    those = electorate().start()
    slotless = stand_in(current_epoch=7).join(those.server)
    those.request()
    those.vote(0, epoch=8)
    slotless.current_epoch = 8
    slotless.send(those.server, AUTH_ACK)
    slotless.send(those.server, AUTH_ACK)
    those.voters[1].send(those.server, AUTH_ACK, current_epoch=7)
    slotless.tell(those.server)
    those.voters[1].tell(those.server)
    assert not those.is_master()
    those.vote(1, epoch=8)
    wait_until(those.is_master, 5, "the replica to become master")


@pytest.mark.goal("Without a majority another election follows, in a new epoch; votes of the first one do not count")
def test_expired(electorate):
    those = electorate(cluster_node_timeout=500).start()
    first = those.request()
    before, begin = those.voters[0].mark(), time.monotonic()
    those.vote(0, epoch=first.current_epoch)
    second = those.request(since=before, timeout=10)
    assert time.monotonic() - begin > 3.5, "four seconds is the least pause between two elections"
    assert second.current_epoch == first.current_epoch + 1
    those.vote(1, epoch=first.current_epoch)
    those.voters[1].tell(those.server)
    assert not those.is_master()
    those.vote(0, 1, epoch=second.current_epoch)
    wait_until(those.is_master, 5, "the replica to become master")


@pytest.mark.goal("A replica whose data is too old does not ask; with validity factor 0 none is too old")
def test_data_age(electorate):
    those = electorate(cluster_replica_validity_factor=1, cluster_node_timeout=1000).start()
    wait_until(lambda: len(those.voters[0].received(PING)) >= 5, 10, "some time to pass")
    assert those.voters[0].hears_nothing(those.server, AUTH_REQUEST)
    those.wire.ok("CONFIG", "SET", "cluster-replica-validity-factor", 0)
    those.request()


@pytest.mark.goal("cluster-replica-no-failover: no election, and the others are told so by a flag; by hand it works")
def test_no_failover(electorate):
    those = electorate(cluster_replica_no_failover="yes").start()
    assert those.voters[0].tell(those.server).flags == SLAVE | MYSELF | NOFAILOVER
    assert "nofailover" in myself(those.wire).flags
    assert those.voters[0].hears_nothing(those.server, AUTH_REQUEST)
    those.wire.ok("CLUSTER", "FAILOVER", "FORCE")
    assert those.request().message_flags == FORCE_ACK


@pytest.mark.goal("A replica waits a second longer for each replica of its master that has more data")
def test_rank(electorate, stand_in):
    those = electorate()
    others = [stand_in(master=those.master_id, slots=LOST, config_epoch=5, offset=100 + i, current_epoch=7)
              for i in (0, 1)]
    path = those.server.dir / "nodes.conf"
    path.write_text("".join(other.member().line() for other in others) + path.read_text().replace(",fail ", " "))
    those.start()
    for other in others:
        other.tell(those.server)
    those.voters[0].send(those.server, FAIL, node=those.master_id)
    line = those.server.wait_log("Start of election delayed for")
    assert "rank #2" in line
    delay = int(line.split("delayed for ")[1].split()[0])
    assert 2500 <= delay <= 3000


# -- by hand -----------------------------------------------------------------------------------------------------------


@pytest.mark.goal("CLUSTER FAILOVER: the master is to stop writes; once its offset is reached the voters are asked")
def test_by_hand(electorate):
    those = electorate(master=True, failed=False).start()
    wait_until(lambda: members(those.wire)[those.master_id].link == "connected", 5, "the link to the master")
    those.master.tell(those.server)
    those.wire.ok("CLUSTER", "FAILOVER")
    asked = those.master.wait(MFSTART)
    assert (asked.master, asked.flags, asked.slots) == (those.master_id, SLAVE | MYSELF, LOST)
    assert those.voters[0].hears_nothing(those.server, AUTH_REQUEST), "the master has not said where it stopped"
    those.master.send(those.server, PING, message_flags=PAUSED, offset=0)
    assert those.request().message_flags == FORCE_ACK
    assert those.request().current_epoch == 8
    those.vote(0, 1, epoch=8)
    wait_until(those.is_master, 5, "the replica to become master")
    assert myself(those.wire).slots == LOST and myself(those.wire).epoch == 8


@pytest.mark.goal("CLUSTER FAILOVER waits for the data: while the master is ahead nobody is asked, and it times out")
def test_by_hand_behind(electorate):
    those = electorate(master=True, failed=False).start()
    those.master.tell(those.server)
    those.wire.ok("CLUSTER", "FAILOVER")
    those.master.wait(MFSTART)
    those.master.send(those.server, PING, message_flags=PAUSED, offset=1000)
    those.server.wait_log("Manual failover timed out.", 10)
    assert those.voters[0].hears_nothing(those.server, AUTH_REQUEST) and not those.is_master()


@pytest.mark.goal("CLUSTER FAILOVER FORCE: the voters are asked at once, the master is not asked anything")
def test_force(electorate):
    those = electorate(master=True, failed=False).start()
    those.master.tell(those.server)
    those.wire.ok("CLUSTER", "FAILOVER", "force")
    packet = those.request()
    assert (packet.message_flags, packet.current_epoch, packet.slots) == (FORCE_ACK, 8, LOST)
    assert those.master.hears_nothing(those.server, MFSTART)
    those.vote(0, 1, epoch=8)
    wait_until(those.is_master, 5, "the replica to become master")


@pytest.mark.goal("CLUSTER FAILOVER TAKEOVER: nobody is asked; it takes the slots with an epoch of its own")
def test_takeover(electorate):
    those = electorate(master=True, failed=False).start()
    those.master.tell(those.server)
    before = those.voters[0].mark()
    those.wire.ok("CLUSTER", "FAILOVER", "TAKEOVER")
    wait_until(those.is_master, 5, "the replica to become master")
    assert (myself(those.wire).slots, myself(those.wire).epoch) == (LOST, 8)
    assert cluster_info(those.wire)["cluster_current_epoch"] == "8"
    those.voters[0].wait(PONG, lambda got: got.on_its_link and got.packet.slots == LOST, since=before)
    assert those.voters[0].hears_nothing(those.server, AUTH_REQUEST)


@pytest.mark.goal("FAILOVER without a master that is known, or with one that failed, is refused in its default form")
def test_refused(electorate):
    those = electorate().start()
    assert those.wire.error("CLUSTER", "FAILOVER") == (
        "ERR Master is down or failed, please use CLUSTER FAILOVER FORCE")


# -- the master's side -------------------------------------------------------------------------------------------------


@pytest.fixture
def paused(fresh_server, stand_in):
    """A master whose replica, a stand-in, has asked for a manual failover."""
    replica = stand_in(master=ME, slots=LOST, config_epoch=5, current_epoch=7)
    server = with_conf(fresh_server, Scene([Member(ME, slots=LOST, epoch=5), replica.member()], 7),
                       cluster_require_full_coverage="no")
    wire = server.wire()
    state_is(wire, "ok")
    replica.tell(server)
    replica.send(server, MFSTART)
    server.wait_log(f"Manual failover requested by replica {replica.id}.")
    return server, wire, replica


@pytest.mark.goal("Asked by its replica, a master holds writes back, and tells its offset again and again; reads go on")
def test_master_pauses(paused):
    server, wire, replica = paused

    def told():
        return [got.packet for got in replica.received(PING) if got.packet.message_flags & PAUSED]
    wait_until(lambda: len(told()) >= 3, 3, "several PINGs with the flag")
    assert len({packet.offset for packet in told()}) == 1
    writer = server.wire()
    writer.send_command("SET", key_in(1), "v")
    assert wire("GET", key_in(1)) is None
    replica.master, replica.config_epoch, replica.current_epoch = "", 8, 8
    replica.tell(server)
    assert writer.error("PING").startswith("MOVED 1 "), "what was held back goes to the new master"
    assert myself(wire).master == replica.id


@pytest.mark.goal("A manual failover that comes to nothing ends after five seconds; the writes that waited are done")
def test_master_gives_up(paused):
    server, wire, _ = paused
    begin = time.monotonic()
    wire.send_command("SET", key_in(1), "v")
    assert wire.read_reply(timeout=12) == "OK"
    assert time.monotonic() - begin > 3.5
    server.wait_log("Manual failover timed out.")


@pytest.mark.goal("Who is no replica of a master cannot make it pause")
def test_stranger_cannot_pause(fresh_server, stand_in):
    server = with_conf(fresh_server, Scene([Member(ME, slots=LOST, epoch=5)]), cluster_require_full_coverage="no")
    wire = server.wire()
    state_is(wire, "ok")
    other = stand_in().join(server)
    other.send(server, MFSTART)
    other.tell(server)
    wire.ok("SET", key_in(1), "v")
    assert "Manual failover requested" not in server.log_text()
