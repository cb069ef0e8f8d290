"""Votes: one an epoch, first come first served, on the disk before it is given; and who has won."""

import pytest

from strata_harness.sentinels import HOST
from strata_harness.wait import wait_until

A, B = "a" * 40, "b" * 40


@pytest.fixture
def voter(fresh_sentinel, net):
    """(sentinel, ask): a sentinel whose epoch is 0, and its vote for a candidate in an epoch."""
    master = net.redis()
    sentinel = fresh_sentinel(f"sentinel monitor m {HOST} {master.port} 5")
    master.wait("INFO")

    def ask(epoch, candidate):
        return sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, master.port, epoch, candidate)[1:]
    return sentinel, ask


@pytest.mark.goal("The first who asks gets the vote of an epoch; whoever asks later is told for whom it was")
def test_first_come(voter):
    sentinel, ask = voter
    assert ask(1, A) == [A.encode(), 1]
    assert ask(1, B) == [A.encode(), 1] and ask(1, A) == [A.encode(), 1]
    assert ask(2, B) == [B.encode(), 2] and ask(2, A) == [B.encode(), 2]


@pytest.mark.goal("An epoch that has passed gets no new vote")
def test_old_epoch(voter):
    sentinel, ask = voter
    assert ask(7, A) == [A.encode(), 7]
    for epoch in (6, 1, 0):
        assert ask(epoch, B) == [A.encode(), 7]
    assert ask(8, B) == [B.encode(), 8]


@pytest.mark.goal("A vote is an event, and raises the epoch, which is one, too")
def test_events(voter):
    sentinel, ask = voter
    events = sentinel.events()
    ask(4, A)
    assert events.wait("+new-epoch").text == "4"
    assert events.wait("+vote-for-leader").text == f"{A} 4"
    ask(4, B)
    assert events.types() == ["+new-epoch", "+vote-for-leader"]


@pytest.mark.goal("A vote is in the config file when it is answered: after a crash no second one is given in that epoch")
def test_saved_first(voter, rng):
    sentinel, ask = voter
    for epoch in range(1, 6):
        assert ask(epoch, A) == [A.encode(), epoch]
        assert sentinel.config("leader-epoch") == [f"m {epoch}"] and sentinel.config("current-epoch") == [str(epoch)]
    sentinel.kill()
    sentinel.start()
    assert ask(5, B)[0] != B.encode()
    assert ask(6, B) == [B.encode(), 6]


@pytest.mark.goal("Votes are given a master each: the one for a master says nothing about another")
def test_each_master(fresh_sentinel):
    sentinel = fresh_sentinel(f"sentinel monitor m {HOST} 1 5", f"sentinel monitor n {HOST} 2 5")
    assert sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, 1, 3, A)[1:] == [A.encode(), 3]
    assert sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, 2, 3, B)[1:] == [B.encode(), 3]


@pytest.mark.goal("A question without a candidate is no election")
def test_no_candidate(voter):
    sentinel, ask = voter
    assert ask(9, "*") == [b"*", 0]
    assert sentinel.config("current-epoch") == ["0"]


@pytest.mark.goal("About a master that is not watched nothing is voted")
def test_unknown_master(voter):
    sentinel, _ = voter
    assert sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, 1, 9, A) == [0, b"*", 0]
    assert sentinel.config("current-epoch") == ["0"]


# -- candidates --------------------------------------------------------------------------------------------------------


def election(watched, sentinel, net, votes, quorum, dead=0):
    """A master that dies among fake sentinels that agree with that and vote so; the events."""
    events = sentinel.events()
    others = [net.sentinel(down=True, votes=vote).join(watched.master) for vote in votes]
    mute = [net.sentinel().join(watched.master) for _ in range(dead)]
    for one in mute:
        one.die()
    for _ in mute:
        events.wait("+sdown", "sentinel")
    sentinel.set("m", quorum=quorum, failover_timeout=1500)
    watched.master.hang()
    return events, others


@pytest.mark.goal("A candidate asks for votes with a new epoch and its own id, and is elected by a majority")
def test_elected(watched, sentinel, net):
    events, others = election(watched, sentinel, net, [True, True, False, False], quorum=2)
    epoch = int(events.wait("+new-epoch").text)
    assert events.wait("+try-failover").text == f"master m {HOST} {watched.master.port}"
    assert events.wait("+vote-for-leader").text == f"{sentinel.id} {epoch}"
    events.wait("+elected-leader")
    for other in others:
        asked = other.wait("SENTINEL", "is-master-down-by-addr", HOST, watched.master.port, epoch)
        assert asked.words[-1].decode() == sentinel.id
    assert sentinel.config("leader-epoch") == [f"m {epoch}"]


@pytest.mark.parametrize("votes, quorum, dead", [([True, False, False, False], 2, 0), ([True], 2, 3), ([True, True], 4, 0)],
                         ids=["no-majority", "the-dead-count-as-voters", "less-than-the-quorum"])
@pytest.mark.goal("Not elected without a majority of all known sentinels, dead ones too, or with fewer votes than the quorum: the "
                  "failover is given up")
def test_not_elected(watched, sentinel, net, votes, quorum, dead):
    if quorum == 4:
        votes = [True, True, False]
    events, others = election(watched, sentinel, net, votes, quorum, dead)
    start = events.wait("+try-failover").at
    aborted = events.wait("-failover-abort-not-elected")
    assert aborted.text == f"master m {HOST} {watched.master.port}" and 1.0 < aborted.at - start < 4.0
    assert "+elected-leader" not in events.types()
    assert not [fake for fake in watched.replicas if fake.came("MULTI")], "no replica may be promoted"
    assert "failover_in_progress" not in sentinel.master()["flags"]


@pytest.mark.goal("Votes of another epoch do not count")
def test_votes_of_old_epochs(watched, sentinel, net):
    events, others = election(watched, sentinel, net, [False, False], quorum=2)
    for other in others:
        other.answer_to_ask = [1, sentinel.id.encode(), 0]
    events.wait("-failover-abort-not-elected")
    assert "+elected-leader" not in events.types()


@pytest.mark.goal("It votes for the one who has most votes already, if it has not voted: so an election comes to an end")
def test_votes_with_the_most(watched, sentinel, net):
    epoch = int(sentinel.config("current-epoch")[0]) + 1
    sentinel.set("m", quorum=3, failover_timeout=1500)
    winner, other, last = (net.sentinel().join(watched.master) for _ in range(3))
    winner.answer_to_ask = other.answer_to_ask = [1, winner.run_id.encode(), epoch]
    events = sentinel.events()
    watched.master.hang()
    wait_until(lambda: sentinel.others()[other.port]["voted-leader"] == winner.run_id, 5, "the vote to be noted")
    wait_until(lambda: sentinel.others()[winner.port]["voted-leader"] == winner.run_id, 5, "the vote to be noted")
    assert sentinel.others()[other.port]["voted-leader-epoch"] == str(epoch)
    last.down = True
    assert events.wait("+vote-for-leader").text == f"{winner.run_id} {epoch}"
    events.wait("-failover-abort-not-elected")


@pytest.mark.goal("After a failed election it tries again when two failover timeouts have passed, with the next epoch")
def test_next_try(watched, sentinel, net):
    events, others = election(watched, sentinel, net, [False], quorum=2)
    sentinel.set("m", failover_timeout=700)
    epoch = int(events.wait("+new-epoch").text)
    first = events.wait("+try-failover").at
    events.wait("-failover-abort-not-elected")
    second = events.wait("+try-failover").at
    assert 1.3 < second - first < 4.0, "1400 ms, and up to a second by chance"
    others[0].votes = True
    events.wait("+elected-leader")
    assert int(sentinel.config("current-epoch")[0]) > epoch


@pytest.mark.goal("Who has voted for another waits for that one's failover: two failover timeouts before its own try")
def test_waits_for_the_other(watched, sentinel, net):
    other = net.sentinel().join(watched.master)
    sentinel.set("m", quorum=2, failover_timeout=700)
    epoch = int(sentinel.config("current-epoch")[0]) + 1
    events = sentinel.events()
    reply = sentinel.ask("IS-MASTER-DOWN-BY-ADDR", HOST, watched.master.port, epoch, other.run_id)
    assert reply[1:] == [other.run_id.encode(), epoch]
    voted = events.wait("+vote-for-leader").at
    other.down = True
    watched.master.hang()
    down = events.wait("+odown")
    tried = events.wait("+try-failover")
    assert tried.at - voted > 1.3 and down.at < tried.at
    sentinel.wait_log("Next failover delay: I will not start a failover before ")
