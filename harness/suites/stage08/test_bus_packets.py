"""The bus, byte by byte: what a node sends, what it does with packets that are wrong, and with strangers."""

import struct
import time

import pytest

from strata_harness.cluster import ME, NODE_TIMEOUT, Member, Scene, cluster_info, members, my_id, myself, with_conf
from strata_harness.cluster_bus import (AUTH_REQUEST, FAIL, HEADER, MASTER, MEET, MYSELF, PING, PONG, PUBLISH, SLAVE,
                                        UPDATE, Gossip, Packet, extension)
from strata_harness.cluster_stand_in import BusWire
from strata_harness.wait import wait_until

STRANGER = "e" * 40
SERVER_OPTIONS = {"cluster_node_timeout": 2000}


def stranger(kind=PING, **fields):
    """A packet of somebody whom the node does not know."""
    return Packet(kind, STRANGER, 1, 11, **fields)


# -- what it sends -----------------------------------------------------------------------------------------------------


def first_ping(fresh_server, of, other, *mine):
    """What a node that knows `other` from its nodes.conf asks it first; `mine` are its other members. And the node."""
    server = with_conf(fresh_server, Scene([*mine, Member(other.id, other.port, set(of), cport=other.cport, epoch=4)], 9))
    return other.wait(PING, lambda got: got.on_its_link), server


@pytest.mark.goal("A PING: the header says who is asking, its slots, its epoch, and how far the cluster's clock is")
def test_ping_of_a_master(fresh_server, stand_in):
    slots = {0, 7, 8, 9, 10, 5000, 16383}
    ping, server = first_ping(fresh_server, {1}, stand_in(), Member(ME, slots=slots, epoch=7))
    assert ping == Packet(PING, ME, server.port, server.port + 10000, 9, 7, slots=slots, state=1, flags=MASTER | MYSELF)


@pytest.mark.goal("A PING of a replica: its master's id, slots and epoch")
def test_ping_of_a_replica(fresh_server, stand_in):
    other = stand_in()
    ping, server = first_ping(fresh_server, {1, 16000}, other, Member(ME, master=other.id))
    assert ping == Packet(PING, ME, server.port, server.port + 10000, 9, 4, slots={1, 16000}, master=other.id, state=1,
                          flags=SLAVE | MYSELF)


@pytest.mark.goal("MEET: who is told to meet somebody sends a MEET first, with itself in every field")
def test_meet(wire, server, stand_in):
    wire.ok("CLUSTER", "ADDSLOTS", 0, 9, 10, 16383)
    other = stand_in()
    wire.ok("CLUSTER", "MEET", "127.0.0.1", other.port)
    meet = other.wait(MEET)
    assert meet == Packet(MEET, my_id(wire), server.port, server.port + 10000, slots={0, 9, 10, 16383}, state=1,
                          flags=MASTER | MYSELF)
    wait_until(lambda: other.id in members(wire), 5, "the answer to be understood")
    found = members(wire)[other.id]
    assert (found.host, found.port, found.cport, found.flags) == ("127.0.0.1", other.port, other.cport, {"master"})
    assert len(other.received(MEET)) == 1


@pytest.mark.goal("A MEET from a stranger: PONG on the same connection, then the node's own link with a PING")
def test_met(wire, server, stand_in):
    other = stand_in(slots={5}, config_epoch=3, current_epoch=4)
    other.send(server, MEET)
    answer = other.wait(PONG, lambda got: not got.on_its_link)
    assert answer.sender == my_id(wire)
    ping = other.wait(PING, lambda got: got.on_its_link)
    assert ping.sender == my_id(wire)
    other.tell(server)
    found = members(wire)[other.id]
    assert (found.slots, found.epoch, found.flags, found.link) == ({5}, 3, {"master"}, "connected")
    assert cluster_info(wire)["cluster_current_epoch"] == "4"


@pytest.mark.goal("Epochs, slots, offset, role: the header says what CLUSTER NODES says")
def test_header(wire, server, stand_in):
    other = stand_in().join(server)
    wire.ok("CLUSTER", "ADDSLOTSRANGE", 100, 4711)
    assert wire("CLUSTER", "BUMPEPOCH") == "BUMPED 1"
    pong = other.tell(server)
    assert (pong.slots, pong.config_epoch, pong.current_epoch) == (set(range(100, 4712)), 1, 1)
    assert pong.flags & (MASTER | MYSELF) == MASTER | MYSELF and pong.master == "" and pong.host == ""
    wire.ok("CLUSTER", "FLUSHSLOTS")
    wire.ok("CLUSTER", "REPLICATE", other.id)
    other.slots, other.config_epoch = {7, 8}, 9
    other.tell(server)
    pong = other.tell(server)
    assert (pong.master, pong.slots, pong.config_epoch) == (other.id, {7, 8}, 9), "a replica speaks for its master"
    assert pong.flags == 2 | MYSELF


@pytest.mark.goal("Announced address, ports and hostname travel in the header and in an extension")
def test_announced(wire, server, stand_in):
    other = stand_in().join(server)
    wire.ok("CONFIG", "SET", "cluster-announce-ip", "1.2.3.4", "cluster-announce-port", 77,
            "cluster-announce-bus-port", 88, "cluster-announce-hostname", "some.host-7")
    pong = wait_until(lambda: (heard := other.tell(server)).host and heard, 5, "the announced address")
    assert (pong.host, pong.port, pong.cport, pong.hostname) == ("1.2.3.4", 77, 88, "some.host-7")
    for name in ("1234567", "12345678", "a" * 255):
        wire.ok("CONFIG", "SET", "cluster-announce-hostname", name)
        assert other.tell(server).hostname == name
    wire.ok("CONFIG", "SET", "cluster-announce-hostname", "")
    assert other.tell(server).hostname is None


@pytest.mark.goal("Gossip tells of other nodes: id, address, flags and times, and not of the one that it is sent to")
def test_gossip_sent(wire, server, stand_in):
    first, second = stand_in(), stand_in()
    first.join(server), second.join(server)

    def told(listener, about):
        return [entry for entry in listener.tell(server).gossip if entry.id == about.id and entry.pong_received]
    [entry] = wait_until(lambda: told(first, second), 5, "gossip about the second node")
    assert (entry.host, entry.port, entry.cport) == ("127.0.0.1", second.port, second.cport)
    assert entry.flags & MASTER
    assert abs(entry.pong_received - time.time()) < 3600 and entry.pport == 0
    for got in first.received():
        assert my_id(wire) not in [entry.id for entry in got.packet.gossip], "nobody gossips about itself"


@pytest.mark.goal("A node pings at least every half node timeout, and its PINGs count in CLUSTER INFO")
def test_pings(wire, server, stand_in):
    other = stand_in().join(server)
    seen = len(other.received(PING))
    wait_until(lambda: len(other.received(PING)) >= seen + 3, 3 * NODE_TIMEOUT / 1000 * 2, "three more PINGs")
    info = cluster_info(wire)
    assert int(info["cluster_stats_messages_ping_sent"]) >= 3
    assert int(info["cluster_stats_messages_pong_received"]) >= 3
    assert info["cluster_stats_messages_meet_received"] >= "1"
    sums = {way: sum(int(value) for name, value in info.items()
                     if name.startswith("cluster_stats_messages_") and name.endswith(way) and name.count("_") == 4)
            for way in ("_sent", "_received")}
    assert sums["_sent"] == int(info["cluster_stats_messages_sent"])
    assert sums["_received"] == int(info["cluster_stats_messages_received"])


@pytest.mark.goal("LINKS shows both connections of each node, with direction, age and buffers")
def test_links(wire, wire3, server, stand_in):
    other = stand_in().join(server)
    links = wait_until(lambda: len(found := wire3("CLUSTER", "LINKS")) == 2 and found, 5, "two links")
    assert {link[b"direction"] for link in links} == {b"to", b"from"}
    for link in links:
        assert link[b"node"] == other.id.encode() and link[b"events"] in (b"r", b"rw")
        assert abs(link[b"create-time"] / 1000 - time.time()) < 3600
        assert link[b"send-buffer-used"] >= 0 and link[b"send-buffer-allocated"] >= link[b"send-buffer-used"]
    assert [len(link) for link in wire("CLUSTER", "LINKS")] == [12, 12]


# -- strangers ---------------------------------------------------------------------------------------------------------


@pytest.mark.goal("A PING from a stranger is answered, but makes no acquaintance")
def test_stranger(wire, server):
    with BusWire(server) as bus:
        for _ in range(2):
            bus.send(stranger(PING, slots={1}, current_epoch=99, config_epoch=99).bytes())
            answer = bus.read()
            assert answer.type == PONG and answer.sender == my_id(wire)
    assert len(members(wire)) == 1 and cluster_info(wire)["cluster_current_epoch"] == "0"


@pytest.mark.goal("Everything else from a stranger is dropped without an answer, and the connection stays")
def test_stranger_says_more(wire, server):
    me = my_id(wire)
    with BusWire(server) as bus:
        for packet in (stranger(FAIL, node=me), stranger(AUTH_REQUEST, current_epoch=9), stranger(PONG),
                       stranger(PUBLISH, channel=b"c", message=b"m"),
                       stranger(UPDATE, node=me, node_epoch=9, node_slots={1})):
            bus.send(packet.bytes())
        bus.send(stranger().bytes())
        assert bus.read().type == PONG, "the first answer is to the PING"
    assert "fail" not in myself(wire).flags and cluster_info(wire)["cluster_current_epoch"] == "0"


@pytest.mark.goal("Gossip of a stranger introduces nobody; a MEET's gossip neither")
def test_stranger_gossips(wire, server, stand_in):
    about = Gossip("d" * 40, 2, 12)
    with BusWire(server) as bus:
        bus.send(stranger(gossip=[about]).bytes())
        assert bus.read().type == PONG
    other = stand_in()
    other.send(server, MEET, gossip=[about])
    other.wait(PING)
    assert "d" * 40 not in members(wire)


# -- wrong packets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"PING\r\nPING\r\n",
                                  stranger().bytes(signature=0x52436D63), stranger().bytes(length=2255),
                                  stranger().bytes(length=0)],
                         ids=["HTTP", "a client", "signature", "length 2255", "length 0"])
@pytest.mark.goal("Bytes that are no packet close the connection; the log tells; the node goes on")
def test_no_packet(wire, server, data):
    with BusWire(server) as bus:
        bus.send(data)
        assert bus.closed()
    server.wait_log("Bad message length or signature received from Cluster bus.")
    assert wire("PING") == "PONG"


FULL = stranger(gossip=[Gossip("d" * 40, 2, 12)], hostname="host.example")


@pytest.mark.parametrize("data", [
    FULL.bytes(version=2), FULL.bytes(version=0), FULL.bytes(count=2), FULL.bytes(count=0), FULL.bytes(count=65535),
    stranger().bytes(payload=b"x"), stranger(FAIL).bytes(payload=b""), stranger(FAIL).bytes(payload=bytes(41)),
    stranger(UPDATE).bytes(payload=bytes(2095)), stranger(PUBLISH).bytes(payload=struct.pack(">II", 5, 5) + b"short"),
    stranger(PUBLISH).bytes(payload=struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF)),
    stranger(PUBLISH).bytes(payload=b"abc"),
    stranger(AUTH_REQUEST).bytes(payload=b"more"), stranger(11).bytes(), stranger(99).bytes(payload=b"x" * 5000),
    stranger(65535).bytes(),
    stranger(hostname="h").bytes(payload=extension("h")[:-1]),
    stranger(hostname="h").bytes(payload=struct.pack(">IHH", 15, 0, 0) + b"h\0\0\0\0\0\0"),
    stranger(hostname="h").bytes(payload=struct.pack(">IHH", 1024, 0, 0) + bytes(8)),
    stranger(hostname="h").bytes(payload=struct.pack(">IHH", 0, 0, 0) + bytes(8)),
    stranger(hostname="h").bytes(payload=struct.pack(">IHH", 16, 0, 0) + b"hhhhhhhh"),
    stranger(hostname="h").bytes(extensions=2)],
    ids=["version 2", "version 0", "too few entries", "too many bytes", "65535 entries", "a byte too many",
         "FAIL without id", "FAIL too long", "UPDATE too short", "PUBLISH too short", "PUBLISH without end",
         "PUBLISH of three bytes", "AUTH_REQUEST with a payload", "type 11", "type 99", "type 65535",
         "extension cut", "extension of 15 bytes", "extension too long", "extension of no length",
         "hostname without its end", "one extension of two"])
@pytest.mark.goal("A packet that is wrong inside is dropped; the connection stays and the next packet is understood")
def test_wrong_inside(wire, server, data):
    before = wire("CLUSTER", "NODES")
    with BusWire(server) as bus:
        bus.send(data + stranger().bytes())
        assert bus.read().type == PONG
        bus.send(stranger().bytes())
        assert bus.read().type == PONG
        assert len(bus.rest()) == 0, "the wrong packet was answered, too"
    assert wire("CLUSTER", "NODES").split()[0] == before.split()[0] and len(members(wire)) == 1


@pytest.mark.goal("Packets come in pieces and several at once, as TCP likes")
def test_pieces(server, wire, rng):
    data = stranger().bytes() * 5
    with BusWire(server) as bus:
        at = 0
        while at < len(data):
            step = rng.choice([1, 7, 8, 9, 500, 2256, 3000])
            bus.send(data[at:at + step])
            at += step
        assert [bus.read().type for _ in range(5)] == [PONG] * 5


@pytest.mark.goal("A connection that ends in the middle of a packet, or says nothing, hurts nobody")
def test_cut(server, wire):
    for size in (0, 1, 7, 8, 100, 2255):
        with BusWire(server) as bus:
            bus.send(stranger().bytes()[:size])
    with BusWire(server) as bus:
        bus.send(stranger().bytes(length=1 << 30)[:HEADER.size])
        assert wire("PING") == "PONG"
    with BusWire(server) as bus:
        bus.send(stranger().bytes())
        assert bus.read().type == PONG
    assert int([line for line in wire("INFO", "memory").decode().splitlines()
                if line.startswith("used_memory:")][0][12:]) < 300 << 20, "a length is no reason to allocate"


@pytest.mark.goal("Random bytes behind a good header, and random changes in good packets: the node survives them all")
def test_random(server, wire, rng, stand_in):
    friend = stand_in().join(server)
    for round_ in range(150):
        kind = rng.randrange(12)
        fields = dict(channel=b"c", message=b"m", node=my_id(wire), gossip=FULL.gossip if kind < 3 else [])
        sender = rng.choice([friend.id, STRANGER])
        data = bytearray(Packet(kind, sender, 1, 11, **fields).bytes())
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            if not 40 <= at < 80 and not 4 <= at < 8:
                data[at] = rng.randrange(256)
        if rng.random() < 0.3:
            data += rng.randbytes(rng.randrange(3000))
            data[4:8] = len(data).to_bytes(4, "big")
        with BusWire(server) as bus:
            bus.send(bytes(data))
    assert wire("PING") == "PONG"
