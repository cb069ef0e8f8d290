"""Another master: histories that go on under a new id, chains, and the way back."""

import pytest

from strata_harness.fake_master import ID
from strata_harness.fake_replica import FakeReplica
from strata_harness.replicas import OPTIONS, follow, in_step, link_up, offset, replication, stats, synced
from strata_harness.resp import encode
from strata_harness.wait import wait_until

START = 1000
STREAM = encode("SELECT", 0) + encode("SET", "k", "v")


@pytest.fixture
def heir(fresh_server, fake_master):
    """A replica that has just been promoted, at a known point of a known history."""
    server, master = fresh_server(**OPTIONS, repl_ping_replica_period=3600), fake_master()
    wire = server.wire()
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    master.accept_and_sync(offset=START).send(STREAM)
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the stream")
    wire.ok("REPLICAOF", "NO", "ONE")
    return server, wire


@pytest.mark.goal("Promotion: a new id, the old one is the second and good for all that was before")
def test_ids(heir):
    _, wire = heir
    told = replication(wire)
    assert told["role"] == "master" and told["master_replid"] != ID
    assert (told["master_replid2"], told["second_repl_offset"]) == (ID, str(START + len(STREAM) + 1))
    assert told["master_repl_offset"] == str(START + len(STREAM))


@pytest.mark.parametrize("back", [0, 10, len(STREAM)])
@pytest.mark.goal("Who followed the old master gets the rest, old bytes and new ones; the new ones begin with SELECT")
def test_continues(heir, back):
    server, wire = heir
    wire.ok("SET", "new", "era")
    replica = FakeReplica(server)
    replica.introduce()
    replica.ask(ID, START + len(STREAM) + 1 - back)
    assert replica.continues() == replication(wire)["master_replid"]
    replica.expect(STREAM[len(STREAM) - back:] + encode("SELECT", 0) + encode("SET", "new", "era"))


@pytest.mark.goal("Who is a byte further in the old history than the new master was has something else: everything anew")
def test_went_further(heir):
    server, wire = heir
    wire.ok("SET", "new", "era")
    replica = FakeReplica(server)
    replica.introduce()
    replica.ask(ID, START + len(STREAM) + 2)
    replica.resync()
    assert stats(wire) == (1, 0, 1)


@pytest.mark.goal("The old master comes back as a replica: without a write of its own by a partial resync")
def test_way_back(fresh_server):
    one, two = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, other = one.wire(), two.wire()
    synced(other, one)
    wire.ok("SET", "k", "v")
    in_step(wire, other)
    for old, new, server in ((wire, other, two), (other, wire, one)):
        new.ok("REPLICAOF", "NO", "ONE")
        new.ok("SET", "master", server.port)
        follow(old, server)
        in_step(new, old)
        assert stats(new)[1] >= 1
    assert stats(other)[0] == 0 and stats(wire)[0] == 1


@pytest.mark.goal("A write that the old master took after the promotion is lost when it comes back, by a full resync")
def test_lost_write(fresh_server):
    one, two = fresh_server(**OPTIONS), fresh_server(**OPTIONS)
    wire, other = one.wire(), two.wire()
    synced(other, one)
    in_step(wire, other)
    other.ok("REPLICAOF", "NO", "ONE")
    wire.ok("SET", "lost", "write")
    other.ok("SET", "kept", "write")
    follow(wire, two)
    in_step(other, wire)
    assert wire("GET", "lost") is None and stats(other)[0] == 1


@pytest.fixture
def chain(fresh_server, fake_master):
    """The end of a chain of bytes: fake master -> server -> fake replica."""
    server, master = fresh_server(**OPTIONS), fake_master()
    wire = server.wire()
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    link = master.accept_and_sync(offset=START)
    link_up(wire)
    end = FakeReplica(server)
    end.sync()
    assert (end.id, end.offset) == (ID, START)
    return wire, master, link, end


@pytest.mark.goal("The one in the middle passes every byte on as it came: odd letters, empty lines, GETACK, and adds none")
def test_verbatim(chain):
    wire, _, link, end = chain
    stream = encode("sElEcT", "0") + encode("sEt", "k", "v") + b"\n" + encode("REPLCONF", "GETACK", "*") + encode("ping")
    stream += encode("MULTI") + encode("SET", "a", 1) + encode("EXEC") + encode("NONSENSE", "x")
    link.send(stream)
    end.expect(stream)
    assert offset(wire) == START + len(stream)


@pytest.mark.goal("A middle has nothing to say: it adds no PING of its own to what its replicas get, or offsets would part")
def test_middle_is_quiet(chain):
    wire, _, link, end = chain
    wire.ok("CONFIG", "SET", "repl-ping-replica-period", 1)
    link.await_ack(START)
    for _ in range(3):
        link.expect_command("REPLCONF", "ACK", str(START), timeout=3)  # one a second
    link.send(STREAM)
    end.expect(STREAM)
    assert offset(wire) == START + len(STREAM)


@pytest.mark.goal("The one in the middle comes back with the same history: its own replicas notice nothing")
def test_middle_continues(chain):
    wire, master, link, end = chain
    link.send(STREAM)
    end.expect(STREAM)
    link.close()
    again = master.accept()
    again.greet()
    again.continue_with(ID, encode("SET", "more", "v"))
    end.expect(encode("SET", "more", "v"))
    assert replication(wire)["connected_slaves"] == "1"


@pytest.mark.goal("Another id, a new image, a promotion: the replicas of the one in the middle have to ask anew")
@pytest.mark.parametrize("change", ["id", "image", "promotion"])
def test_middle_changes(chain, change):
    wire, master, link, end = chain
    link.send(STREAM)
    end.expect(STREAM)
    if change == "promotion":
        wire.ok("REPLICAOF", "NO", "ONE")
    else:
        link.close()
        again = master.accept()
        again.greet()
        if change == "id":
            again.continue_with("f" * 40)
        else:
            again.full_resync(offset=5000)
    end.is_dropped()


@pytest.mark.goal("After a change of id the replicas of the one in the middle continue: they lack nothing")
def test_middle_renamed(chain, fresh_server):
    wire, master, link, _ = chain
    link.send(STREAM)
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the stream")
    link.close()
    again = master.accept()
    again.greet()
    again.continue_with("f" * 40)
    wait_until(lambda: replication(wire)["master_replid"] == "f" * 40, 5, "the new id")
    assert replication(wire)["second_repl_offset"] == str(START + len(STREAM) + 1)


@pytest.mark.goal("A chain of four, ours and redis-server's in turns: all hold the same under the same id")
def test_long_chain(fresh_server, reference, rng):
    servers = [fresh_server(**OPTIONS), reference(**OPTIONS), fresh_server(**OPTIONS), reference(**OPTIONS)]
    wires = [server.wire() for server in servers]
    for above, wire in zip(servers, wires[1:]):
        synced(wire, above)
    for i in range(200):
        wires[0].ok("SET", f"k{i % 30}", rng.randbytes(rng.randrange(2000)))
    for wire in wires[1:]:
        in_step(wires[0], wire)
    assert len({replication(wire)["master_replid"] for wire in wires}) == 1


@pytest.mark.goal("The middle of a chain becomes its head: the end goes on with it by a partial resync")
def test_new_head(fresh_server, reference):
    first, middle, last = fresh_server(**OPTIONS), fresh_server(**OPTIONS), reference(**OPTIONS)
    head, between, end = first.wire(), middle.wire(), last.wire()
    synced(between, first)
    synced(end, middle)
    head.ok("SET", "k", "v")
    in_step(head, between)
    in_step(between, end)
    between.ok("REPLICAOF", "NO", "ONE")
    between.ok("SET", "new", "era")
    in_step(between, end)
    assert stats(between)[:2] == (1, 1)
    follow(head, middle)
    in_step(between, head)
    assert stats(between)[:2] == (1, 2)


@pytest.mark.goal("A replica is given another master of the same history: it goes on where it was")
def test_other_master(fresh_server):
    one, two, three = (fresh_server(**OPTIONS) for _ in range(3))
    wire, middle, other = one.wire(), two.wire(), three.wire()
    synced(middle, one)
    synced(other, one)
    wire.ok("SET", "k", "v")
    in_step(wire, other)
    in_step(wire, middle)
    follow(other, two)
    in_step(middle, other)
    assert stats(middle)[:2] == (0, 1)
