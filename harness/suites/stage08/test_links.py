"""The connections of the bus as an administrator handles them: counted, limited, cut, made deaf to some packets."""

import socket

import pytest

from strata_harness.cluster import ME, OTHER, SLOTS, Member, Scene, absent, cluster_info, with_conf
from strata_harness.cluster_bus import MEET, PING, PONG
from strata_harness.cluster_stand_in import HOST
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)
MB = 1 << 20


def links(wire3):
    """By direction, the moment at which the connection was made."""
    return {link[b"direction"].decode(): link[b"create-time"] for link in wire3("CLUSTER", "LINKS")}


@pytest.fixture
def linked(stand_in, server, wire3):
    other = stand_in().join(server)
    return other, wait_until(lambda: len(found := links(wire3)) == 2 and found, 5, "two links")


def reconnected(wire3, before):
    """Waits for a new connection to the node: its own is opened again within a tenth of a second."""
    wait_until(lambda: links(wire3).get("to", before["to"]) != before["to"], 5, "another link to the node")


@pytest.mark.goal("DEBUG CLUSTERLINK KILL TO closes the node's own link, which is opened again; the other one stays")
def test_kill_to(linked, wire, wire3):
    other, before = linked
    wire.ok("DEBUG", "CLUSTERLINK", "KILL", "TO", other.id)
    assert links(wire3).get("to") != before["to"]
    reconnected(wire3, before)
    assert links(wire3)["from"] == before["from"]


@pytest.mark.goal("DEBUG CLUSTERLINK KILL FROM closes what the other node has opened; the node's own link stays")
def test_kill_from(linked, wire, wire3):
    other, before = linked
    wire.ok("debug", "clusterlink", "kill", "from", other.id)
    assert links(wire3) == {"to": before["to"]}


@pytest.mark.goal("DEBUG CLUSTERLINK KILL ALL closes both, and the two nodes are together again soon")
def test_kill_all(linked, wire, wire3, server):
    other, before = linked
    wire.ok("DEBUG", "CLUSTERLINK", "KILL", "all", other.id)
    assert "from" not in links(wire3)
    reconnected(wire3, before)
    wait_until(lambda: not other.has_link(server), 5, "the stand-in to notice")
    other.tell(server)
    wait_until(lambda: links(wire3).get("from", before["from"]) != before["from"], 5, "another link from the node")


@pytest.mark.goal("DEBUG CLUSTERLINK refuses what it does not know, and a server that is no node refuses it altogether")
def test_kill_errors(linked, wire, fresh_server):
    other, _ = linked
    assert wire.error("DEBUG", "CLUSTERLINK", "KILL", "to", "x" * 40) == "ERR Unknown node " + "x" * 40
    wrong = "ERR unknown subcommand or wrong number of arguments for 'clusterlink'. Try DEBUG HELP."
    for words in (["CUT", "to", other.id], ["KILL", "to"], ["KILL"]):
        assert wire.error("DEBUG", "clusterlink", *words) == wrong
    single = fresh_server(enable_debug_command="yes").wire()
    assert single.error("DEBUG", "CLUSTERLINK", "KILL", "to", other.id) == \
        "ERR Debug option only available for cluster mode enabled setup!"
    assert single.error("DEBUG", "clusterlink", "CUT", "to", other.id) == wrong
    # The last word on this connection: Redis puts an OK behind the error.
    assert wire.error("DEBUG", "CLUSTERLINK", "KILL", "aside", other.id) == "ERR Unknown direction aside"


@pytest.mark.goal("DEBUG DROP-CLUSTER-PACKET-FILTER makes a node deaf to one type of packet, until -1 ends it")
def test_packet_filter(linked, wire, server):
    other, _ = linked
    wire.ok("DEBUG", "DROP-CLUSTER-PACKET-FILTER", PING)
    before = other.mark()
    other.send(server, PING, current_epoch=70)
    other.send(server, MEET)
    other.wait(PONG, lambda got: not got.on_its_link, since=before)
    assert len([got for got in other.received(PONG, before) if not got.on_its_link]) == 1, "the MEET was answered, alone"
    assert cluster_info(wire)["cluster_current_epoch"] == "0"
    wire.ok("DEBUG", "DROP-CLUSTER-PACKET-FILTER", -1)
    other.tell(server, current_epoch=70)
    assert cluster_info(wire)["cluster_current_epoch"] == "70"
    assert wire.error("DEBUG", "DROP-CLUSTER-PACKET-FILTER", "ping") == "ERR value is not an integer or out of range"


def exceeded(wire):
    return int(cluster_info(wire)["total_cluster_links_buffer_limit_exceeded"])


@pytest.mark.goal("A link whose node does not read is closed beyond cluster-link-sendbuf-limit, and opened again")
def test_send_buffer_limit(fresh_server):
    with socket.create_server((HOST, 0)) as deaf:
        scene = Scene([Member(ME, slots=set(range(SLOTS))), Member(OTHER, 1, cport=deaf.getsockname()[1])])
        wire = with_conf(fresh_server, scene, cluster_link_sendbuf_limit="2mb").wire()
        deaf.settimeout(10)
        first, _ = deaf.accept()
        with first:
            wait_until(lambda: wire("PUBLISH", "channel", "x" * MB) == 0 and exceeded(wire), 20, "the limit to be noticed")
            again, _ = deaf.accept()
            again.close()


@pytest.mark.goal("Without cluster-link-sendbuf-limit a link keeps all that its node has not read, and tells how much")
def test_no_send_buffer_limit(fresh_server):
    with socket.create_server((HOST, 0)) as deaf:
        scene = Scene([Member(ME, slots=set(range(SLOTS))), Member(OTHER, 1, cport=deaf.getsockname()[1])])
        server = with_conf(fresh_server, scene)
        wire, wire3 = server.wire(), server.wire(protocol=3)
        wait_until(lambda: links(wire3), 5, "the link")
        def unsent():
            return wire3("CLUSTER", "LINKS")[0][b"send-buffer-used"]
        wait_until(lambda: wire("PUBLISH", "channel", "x" * MB) == 0 and unsent() > 8 * MB, 20, "eight megabytes unread")
        before = links(wire3)
        wire.ok("CONFIG", "SET", "cluster-link-sendbuf-limit", "1mb")
        wait_until(lambda: exceeded(wire), 5, "the new limit to be noticed")
        assert links(wire3).get("to") != before["to"]


@pytest.mark.goal("maxclients counts two connections for every other node, and the refusal says so")
def test_maxclients(fresh_server):
    scene = Scene([Member(ME, slots=set(range(SLOTS))), absent(OTHER), Member("b" * 40, 3, cport=13)])
    server = with_conf(fresh_server, scene, maxclients=7)
    wires = [server.wire() for _ in range(3)]
    for wire in wires:
        assert wire("PING") == "PONG"
    server.wire().expect_closed(after=b"-ERR max number of clients + cluster connections reached\r\n")
    assert b"\r\ncluster_connections:4\r\n" in wires[0]("INFO", "clients")
    wires.pop().close()
    wait_until(lambda: server.wire()("PING") == "PONG", 5, "the free place to be given away")
