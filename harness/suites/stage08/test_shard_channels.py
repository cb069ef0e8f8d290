"""Pub/sub in a cluster: channels of all nodes, and shard channels, which live where their slot does."""

import pytest

from strata_harness.cluster import FRIEND, ME, OTHER, SLOTS, Member, Scene, absent, key_in, state_is, with_conf
from strata_harness.cluster_bus import PUBLISH, PUBLISH_SHARD
from strata_harness.resp import Push, RespError

pytestmark = pytest.mark.limit(30)
MINE, ALSO_MINE, THEIRS = 100, 101, 9000
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, 16000)), epoch=2),
               absent(OTHER, slots=set(range(16000, SLOTS)), epoch=3)])
A, B, ELSE, FOREIGN = key_in(MINE, "a"), key_in(MINE, "b"), key_in(ALSO_MINE), key_in(THEIRS)
CROSS = RespError("CROSSSLOT Keys in request don't hash to the same slot")
MOVED = RespError(f"MOVED {THEIRS} 127.0.0.1:1")


def words(*items):
    return [item.encode() if isinstance(item, str) else item for item in items]


@pytest.mark.goal("SSUBSCRIBE, SPUBLISH, smessage, SUNSUBSCRIBE: as channels go, with an s in front")
def test_messages(wire, connect):
    listener = connect()
    listener.exchange(f"SSUBSCRIBE {A} {B}\r\n".encode(), b"".join(
        b"*3\r\n$10\r\nssubscribe\r\n$%d\r\n%s\r\n:%d\r\n" % (len(name), name.encode(), i)
        for i, name in ((1, A), (2, B))))
    assert wire("SPUBLISH", A, "hello") == 1 and wire("SPUBLISH", ELSE, "nobody") == 0
    assert listener.read() == words("smessage", A, "hello")
    assert wire("PUBLISH", A, "not for shard channels") == 0
    assert listener("SUNSUBSCRIBE", A) == words("sunsubscribe", A, 1)
    assert wire("SPUBLISH", A, "late") == 0
    assert listener("SUNSUBSCRIBE") == words("sunsubscribe", B, 0)
    assert listener("SUNSUBSCRIBE") == [b"sunsubscribe", None, 0]
    assert listener("PING") == "PONG"


@pytest.mark.goal("A RESP3 client gets pushes, and may go on with other commands")
def test_pushes(wire, wire3):
    wire3.send_command("SSUBSCRIBE", A)
    assert wire3.read() == Push(words("ssubscribe", A, 1))
    wire3.ok("SET", key_in(MINE, "k"), "v")
    assert wire("SPUBLISH", A, "m") == 1
    message = wire3.read()
    assert isinstance(message, Push) and message == words("smessage", A, "m")


@pytest.mark.goal("A RESP2 client that listens may only listen")
def test_subscribed_mode(connect):
    listener = connect()
    listener("SSUBSCRIBE", A)
    allowed = "(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
    assert listener.error("GET", A) == f"ERR Can't execute 'get': only {allowed} are allowed in this context"
    assert listener("PING") == [b"pong", b""]
    assert listener("SUBSCRIBE", "c") == words("subscribe", "c", 1), "each kind has its own count"
    assert listener("SUNSUBSCRIBE", A) == words("sunsubscribe", A, 0)


@pytest.mark.goal("Shard channels belong to slots: another node's are MOVED, two slots at once refused")
def test_slots(wire, connect):
    assert wire("SSUBSCRIBE", FOREIGN) == MOVED and wire("SPUBLISH", FOREIGN, "m") == MOVED
    assert wire("SSUBSCRIBE", A, ELSE) == CROSS and wire("SSUBSCRIBE", A, FOREIGN) == CROSS
    assert wire("PING") == "PONG", "and nothing has been subscribed"
    listener = connect()
    assert listener("SSUBSCRIBE", A) == words("ssubscribe", A, 1)
    assert listener("SSUBSCRIBE", ELSE) == words("ssubscribe", ELSE, 2), "one after the other they may differ"


@pytest.mark.goal("PUBSUB SHARDCHANNELS and SHARDNUMSUB tell of shard channels alone")
def test_pubsub(wire, connect):
    first, second, plain = connect(), connect(), connect()
    first("SSUBSCRIBE", A), first("SSUBSCRIBE", ELSE), second("SSUBSCRIBE", A), plain("SUBSCRIBE", A)
    assert sorted(wire("PUBSUB", "SHARDCHANNELS")) == sorted(words(A, ELSE))
    assert wire("PUBSUB", "SHARDCHANNELS", "a*") == words(A)
    assert wire("PUBSUB", "SHARDNUMSUB") == []
    assert wire("PUBSUB", "SHARDNUMSUB", A, ELSE, FOREIGN) == words(A, 2, ELSE, 1, FOREIGN, 0)
    assert wire("PUBSUB", "CHANNELS") == words(A) and wire("PUBSUB", "NUMSUB", A) == words(A, 1)
    first.close(), second.close()
    listed = wire("CLIENT", "LIST", "TYPE", "pubsub")
    assert b" sub=1 " in listed


@pytest.mark.goal("CLIENT LIST counts shard channels in a column of their own")
def test_client_list(wire, connect):
    listener = connect(3)
    listener.send_command("SSUBSCRIBE", A, B)
    listener.read_many(2)
    assert b" ssub=2 " in listener("CLIENT", "INFO") and b" sub=0 " in listener("CLIENT", "INFO")


@pytest.mark.goal("When a slot goes to another node the listeners of its channels are told, and of no others")
def test_slot_lost(wire, connect):
    listener = connect()
    listener("SSUBSCRIBE", A), listener("SSUBSCRIBE", ELSE)
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    assert wire("SPUBLISH", A, "still here") == 1 and listener.read() == words("smessage", A, "still here")
    wire.ok("CLUSTER", "SETSLOT", MINE, "NODE", FRIEND)
    assert listener.read() == words("sunsubscribe", A, 1)
    assert wire("PUBSUB", "SHARDCHANNELS") == words(ELSE)
    wire.ok("CLUSTER", "DELSLOTS", ALSO_MINE)
    assert listener.read() == words("sunsubscribe", ELSE, 0)


@pytest.mark.goal("In MULTI: SPUBLISH works for one slot; the slots of all commands have to be one")
def test_transaction(wire, connect):
    listener = connect()
    listener("SSUBSCRIBE", A)
    wire.ok("MULTI")
    wire("SET", key_in(MINE, "k"), "v"), wire("SPUBLISH", A, "m")
    assert wire("EXEC") == ["OK", 1] and listener.read() == words("smessage", A, "m")
    wire.ok("MULTI")
    wire("SET", key_in(MINE, "k"), "v"), wire("SPUBLISH", ELSE, "m")
    assert wire("EXEC") == CROSS


@pytest.mark.goal("Outside of a cluster shard channels are just channels: two slots at once are nothing special")
def test_without_cluster(fresh_server, wire):
    assert wire("SSUBSCRIBE", A, ELSE) == CROSS
    server = fresh_server()
    listener, other = server.wire(), server.wire()
    listener.send_command("SSUBSCRIBE", A, ELSE)
    assert listener.read_many(2) == [words("ssubscribe", A, 1), words("ssubscribe", ELSE, 2)]
    assert other("SPUBLISH", ELSE, "m") == 1 and listener.read() == words("smessage", ELSE, "m")


# -- over the bus ------------------------------------------------------------------------------------------------------


@pytest.fixture
def shard(fresh_server, stand_in):
    """A master whose replica and whose neighbour are stand-ins."""
    replica, neighbour = stand_in(master=ME), stand_in(slots={THEIRS}, config_epoch=4)
    scene = Scene([Member(ME, slots=set(range(SLOTS)) - {THEIRS}, epoch=1), replica.member(), neighbour.member()])
    server = with_conf(fresh_server, scene)
    for one in (replica, neighbour):
        one.tell(server)
    return server, server.wire(), replica, neighbour


@pytest.mark.goal("PUBLISH goes to every node, SPUBLISH to those of the shard; the bytes are the message's own")
def test_sent(shard):
    server, wire, replica, neighbour = shard
    binary = bytes(range(256)) * 5
    assert wire("PUBLISH", "channel", binary) == 0
    for one in (replica, neighbour):
        packet = one.wait(PUBLISH)
        assert (packet.channel, packet.message, packet.sender) == (b"channel", binary, ME)
    state_is(wire, "ok")
    assert wire("SPUBLISH", A, "") == 0
    packet = replica.wait(PUBLISH_SHARD)
    assert (packet.channel, packet.message) == (A.encode(), b"")
    assert neighbour.hears_nothing(server, PUBLISH_SHARD)


@pytest.mark.goal("What comes over the bus is delivered to subscribers here, patterns too, and not passed on")
def test_received(shard):
    server, wire, replica, neighbour = shard
    plain, pattern, sharded = server.wire(), server.wire(), server.wire(3)
    plain("SUBSCRIBE", "channel"), pattern("PSUBSCRIBE", "ch*")
    neighbour.send(server, PUBLISH, channel=b"channel", message=b"m\0\r\n")
    assert plain.read() == [b"message", b"channel", b"m\0\r\n"]
    assert pattern.read() == [b"pmessage", b"ch*", b"channel", b"m\0\r\n"]
    assert replica.hears_nothing(server, PUBLISH)
    state_is(wire, "ok")
    sharded.send_command("SSUBSCRIBE", A)
    sharded.read()
    replica.send(server, PUBLISH_SHARD, channel=A.encode(), message=b"m")
    assert sharded.read() == words("smessage", A, "m")
