"""What a node tells of its cluster: NODES, SLOTS, SHARDS, REPLICAS, INFO, LINKS, MYID, in both protocols."""

import re
import time

import pytest

from strata_harness.cluster import (FRIEND, ME, OTHER, SLOTS, THIRD, Member, Scene, absent, cluster_info, members,
                                    my_id, myself)
from strata_harness.resp import Verbatim
from strata_harness.wait import wait_until

SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1),
               absent(FRIEND, slots={*range(8000, 16000), 16001}, epoch=2, hostname="host.example"),
               absent(OTHER, slots={16000, *range(16002, SLOTS)}, epoch=3), absent(THIRD, master=ME)], current_epoch=7)


def line_of(wire, node_id):
    lines = wire("CLUSTER", "NODES").decode().splitlines()
    return next(line for line in lines if line.startswith(node_id))


@pytest.mark.goal("NODES: one line for each node, each field in its place, line feeds and no carriage returns")
def test_nodes(wire, server):
    text = wire("CLUSTER", "NODES").decode()
    assert text.endswith("\n") and "\r" not in text and text.count("\n") == 4
    address = f"127.0.0.1:{server.port}@{server.port + 10000}"
    assert line_of(wire, ME) == f"{ME} {address} myself,master - 0 0 1 connected 0-7999"
    assert re.fullmatch(f"{FRIEND} 127\\.0\\.0\\.1:1@11,host\\.example master - [0-9]+ 0 2 (dis)?connected "
                        "8000-15999 16001", line_of(wire, FRIEND))
    assert re.fullmatch(f"{OTHER} 127\\.0\\.0\\.1:2@12 master - [0-9]+ 0 3 (dis)?connected 16000 16002-16383",
                        line_of(wire, OTHER))
    assert re.fullmatch(f"{THIRD} 127\\.0\\.0\\.1:3@13 slave {ME} [0-9]+ 0 1 (dis)?connected", line_of(wire, THIRD)), (
        "a replica shows the epoch of its master")


@pytest.mark.goal("Times in NODES are milliseconds of the clock: a ping that waits shows when it was sent")
def test_ping_time(wire):
    sent = wait_until(lambda: members(wire)[OTHER].ping, 5, "a ping to a node that is not there")
    assert abs(sent / 1000 - time.time()) < 3600


@pytest.mark.goal("In RESP3 NODES and INFO are verbatim text; in RESP2 they are bulk strings")
def test_verbatim(wire, wire3):
    for words in (["NODES"], ["INFO"]):
        plain, marked = wire("CLUSTER", *words), wire3("CLUSTER", *words)
        assert type(plain) is bytes and isinstance(marked, Verbatim) and marked.format == "txt"
        assert len(plain.splitlines()) == len(marked.splitlines())


@pytest.mark.goal("SLOTS: ranges in ascending order, each with its owner; a replica that has no data yet is not listed")
def test_slots(wire, server):
    mine = [b"127.0.0.1", server.port, ME.encode(), []]
    friend = [b"127.0.0.1", 1, FRIEND.encode(), [b"hostname", b"host.example"]]
    other = [b"127.0.0.1", 2, OTHER.encode(), []]
    assert wire("CLUSTER", "SLOTS") == [
        [0, 7999, mine], [8000, 15999, friend], [16000, 16000, other], [16001, 16001, friend],
        [16002, 16383, other]]


@pytest.mark.goal("SLOTS in RESP3 has maps where RESP2 has flat arrays")
def test_slots_resp3(wire3):
    entries = wire3("CLUSTER", "SLOTS")
    named = {b"hostname": b"host.example"}
    assert [entry[2][3] for entry in entries] == [{}, named, {}, named, {}]


@pytest.mark.goal("SHARDS: every master with its ranges, its replicas behind it, each with role, offset and health")
def test_shards(wire3, server):
    shards = {shard[b"nodes"][0][b"id"].decode(): shard for shard in wire3("CLUSTER", "SHARDS")}
    assert set(shards) == {ME, FRIEND, OTHER}
    assert shards[ME][b"slots"] == [0, 7999] and shards[FRIEND][b"slots"] == [8000, 15999, 16001, 16001]
    assert shards[OTHER][b"slots"] == [16000, 16000, 16002, 16383]
    assert shards[FRIEND][b"nodes"] == [
        {b"id": FRIEND.encode(), b"port": 1, b"ip": b"127.0.0.1", b"endpoint": b"127.0.0.1",
         b"hostname": b"host.example", b"role": b"master", b"replication-offset": 0, b"health": b"online"}]
    mine, replica = shards[ME][b"nodes"]
    assert mine[b"port"] == server.port and mine[b"role"] == b"master" and mine[b"health"] == b"online"
    assert replica == {b"id": THIRD.encode(), b"port": 3, b"ip": b"127.0.0.1", b"endpoint": b"127.0.0.1",
                       b"role": b"replica", b"replication-offset": 0, b"health": b"loading"}


@pytest.mark.goal("SHARDS in RESP2: the same, flat")
def test_shards_resp2(wire):
    shards = wire("CLUSTER", "SHARDS")
    shard = next(shard for shard in shards if shard[3][0][1] == FRIEND.encode())
    assert shard == [b"slots", [8000, 15999, 16001, 16001], b"nodes", [
        [b"id", FRIEND.encode(), b"port", 1, b"ip", b"127.0.0.1", b"endpoint", b"127.0.0.1", b"hostname",
         b"host.example", b"role", b"master", b"replication-offset", 0, b"health", b"online"]]]


@pytest.mark.goal("REPLICAS lists the lines of a master's replicas, without line feeds; SLAVES is the same")
def test_replicas(wire):
    assert wire("CLUSTER", "REPLICAS", FRIEND) == []
    for name in ("REPLICAS", "SLAVES"):
        lines = wire("CLUSTER", name, ME)
        assert lines == [line_of(wire, THIRD).encode()]
    assert wire.error("CLUSTER", "REPLICAS", THIRD) == "ERR The specified node is not a master"


@pytest.mark.goal("INFO counts slots, nodes, masters with slots, and epochs, in Redis's order")
def test_info(wire):
    info = cluster_info(wire)
    assert [name for name in info if "messages" not in name] == [
        "cluster_state", "cluster_slots_assigned", "cluster_slots_ok", "cluster_slots_pfail", "cluster_slots_fail",
        "cluster_known_nodes", "cluster_size", "cluster_current_epoch", "cluster_my_epoch",
        "total_cluster_links_buffer_limit_exceeded"]
    assert {name: info[name] for name in list(info)[:9]} == {
        "cluster_state": "ok", "cluster_slots_assigned": "16384", "cluster_slots_ok": "16384",
        "cluster_slots_pfail": "0", "cluster_slots_fail": "0", "cluster_known_nodes": "4", "cluster_size": "3",
        "cluster_current_epoch": "7", "cluster_my_epoch": "1"}
    assert "cluster_stats_messages_sent" in info and "cluster_stats_messages_received" in info


@pytest.mark.goal("MYID is the id of the own line; an only node without slots still tells everything")
def test_my_id(wire, fresh_server):
    assert my_id(wire) == ME == myself(wire).id
    other = fresh_server(cluster_enabled="yes").wire()
    assert re.fullmatch("[0-9a-f]{40}", my_id(other)) and my_id(other) == myself(other).id
    assert other("CLUSTER", "SLOTS") == [] and other("CLUSTER", "LINKS") == []
    line = other("CLUSTER", "NODES").decode()
    assert re.fullmatch(r"[0-9a-f]{40} :\d+@\d+ myself,master - 0 0 0 connected\n", line)
    assert cluster_info(other)["cluster_known_nodes"] == "1" and cluster_info(other)["cluster_size"] == "1"


@pytest.mark.goal("Two new nodes have different ids, and each keeps its own")
def test_ids_differ(fresh_server):
    servers = [fresh_server(cluster_enabled="yes") for _ in range(2)]
    ids = [my_id(server.wire()) for server in servers]
    assert ids[0] != ids[1] and [my_id(server.restart().wire()) for server in servers] == ids


@pytest.mark.goal("cluster-announce-ip, -port and -bus-port are what the node tells of itself at once")
def test_announce(wire):
    wire.ok("CONFIG", "SET", "cluster-announce-ip", "1.2.3.4", "cluster-announce-port", 77,
            "cluster-announce-bus-port", 88)
    wait_until(lambda: line_of(wire, ME).startswith(f"{ME} 1.2.3.4:77@88 "), 5, "the announced address")
    assert wire("CLUSTER", "SLOTS")[0][2][:2] == [b"1.2.3.4", 77]


@pytest.mark.goal("cluster-announce-hostname stands behind the address; without one there is no comma")
def test_hostname(wire):
    wire.ok("CONFIG", "SET", "cluster-announce-hostname", "my.host")
    assert re.match(f"{ME} 127.0.0.1:[0-9]+@[0-9]+,my.host myself", line_of(wire, ME))
    assert wire("CLUSTER", "SLOTS")[0][2][3] == [b"hostname", b"my.host"]
    wire.ok("CONFIG", "SET", "cluster-announce-hostname", "")
    assert "," not in line_of(wire, ME).split()[1]
    for name, why in [("a b", "Hostnames may only contain alphanumeric characters, hyphens or dots"),
                      ("a" * 256, "Hostnames must be less than 256 characters")]:
        assert wire.error("CONFIG", "SET", "cluster-announce-hostname", name).endswith(why)


@pytest.mark.parametrize("kind, friend, other, extra", [
    ("ip", b"127.0.0.1", b"127.0.0.1", [[b"hostname", b"host.example"], []]),
    ("hostname", b"host.example", b"?", [[b"ip", b"127.0.0.1"], [b"ip", b"127.0.0.1"]]),
    ("unknown-endpoint", None, None, [[b"ip", b"127.0.0.1", b"hostname", b"host.example"], [b"ip", b"127.0.0.1"]])],
    ids=["ip", "hostname", "unknown-endpoint"])
@pytest.mark.goal("cluster-preferred-endpoint-type decides what SLOTS and redirections name")
def test_endpoints(wire, kind, friend, other, extra):
    wire.ok("CONFIG", "SET", "cluster-preferred-endpoint-type", kind)
    entries = wire("CLUSTER", "SLOTS")
    assert entries[1][2] == [friend, 1, FRIEND.encode(), extra[0]]
    assert entries[2][2] == [other, 2, OTHER.encode(), extra[1]]
    assert wire.error("GET", "foo") == f"MOVED 12182 {(friend or b'').decode()}:1"
    endpoints = {node[1]: node[7] for shard in wire("CLUSTER", "SHARDS") for node in shard[3]}
    assert endpoints[FRIEND.encode()] == (friend or b"") and endpoints[OTHER.encode()] == (other or b"")
