"""ROLE and INFO replication, line by line: operators, clients and sentinels read them."""

import pytest

from strata_harness.fake_master import ID
from strata_harness.replicas import link_up, replication
from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes", "repl_ping_replica_period": 3600}


def lines(wire):
    return wire("INFO", "replication").decode().split("\r\n")


@pytest.mark.goal("INFO replication of a master that never had a replica, line by line")
def test_lonely_master(fresh_server):
    wire = fresh_server().wire()
    told = lines(wire)
    assert told[:4] == ["# Replication", "role:master", "connected_slaves:0", "master_failover_state:no-failover"]
    assert told[4].startswith("master_replid:") and len(told[4]) == 14 + 40
    assert told[5:] == ["master_replid2:" + "0" * 40, "master_repl_offset:0", "second_repl_offset:-1",
                        "repl_backlog_active:0", "repl_backlog_size:1048576", "repl_backlog_first_byte_offset:0",
                        "repl_backlog_histlen:0", ""]
    assert wire("ROLE") == [b"master", 0, []]


@pytest.mark.goal("INFO replication of a master with a replica, line by line")
def test_master(wire, fake_replica):
    replica = fake_replica()
    replica.ok("REPLCONF", "ip-address", "10.9.8.7")
    replica.sync(port=7777)
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the replica to be online")
    wire.ok("SET", "k", "v")
    replica.expect(encode("SELECT", 0) + encode("SET", "k", "v"))
    at = replica.offset + 50
    replica.ack(at)
    wait_until(lambda: f",offset={at},lag=0" in replication(wire)["slave0"], 5, "the ACK to be noted")
    told = lines(wire)
    assert told[:5] == ["# Replication", "role:master", "connected_slaves:1",
                        f"slave0:ip=10.9.8.7,port=7777,state=online,offset={at},lag=0",
                        "master_failover_state:no-failover"]
    assert [line.partition(":")[0] for line in told[5:]] == [
        "master_replid", "master_replid2", "master_repl_offset", "second_repl_offset", "repl_backlog_active",
        "repl_backlog_size", "repl_backlog_first_byte_offset", "repl_backlog_histlen", ""]
    assert replication(wire)["master_repl_offset"] == str(at)
    assert wire("ROLE") == [b"master", at, [[b"10.9.8.7", b"7777", b"%d" % at]]]


@pytest.mark.goal("The lag is the seconds since the last ACK")
def test_lag(wire, fake_replica):
    replica = fake_replica()
    replica.sync()
    wait_until(lambda: "lag=2" in replication(wire)["slave0"], 8, "the lag to grow")
    replica.ack(replica.offset)
    wait_until(lambda: "lag=0" in replication(wire)["slave0"], 5, "the lag to shrink")


@pytest.mark.goal("A replica that waits for its image is counted, shown as such, and not yet part of ROLE")
def test_waiting(wire, fake_replica):
    wire.ok("CONFIG", "SET", "repl-diskless-sync-delay", 3600)
    replica = fake_replica()
    replica.introduce(capabilities=("eof", "psync2"))
    replica.ask()
    told = wait_until(lambda: replication(wire).get("slave0"), 5, "the replica")
    assert told == "ip=127.0.0.1,port=7777,state=wait_bgsave,offset=0,lag=0"
    assert replication(wire)["connected_slaves"] == "1" and wire("ROLE")[2] == []


@pytest.mark.goal("INFO replication of a replica, line by line, from its first attempt to the stream")
def test_replica(fresh_server, fake_master):
    master, server = fake_master(), fresh_server(repl_ping_replica_period=3600)
    wire = server.wire()
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    link = master.accept()
    head = ["# Replication", "role:slave", "master_host:127.0.0.1", f"master_port:{master.port}"]
    tail = ["slave_priority:100", "slave_read_only:1", "replica_announced:1", "connected_slaves:0",
            "master_failover_state:no-failover"]
    told = lines(wire)
    down = told.pop(9)
    assert told[:14] == [*head, "master_link_status:down", "master_last_io_seconds_ago:-1", "master_sync_in_progress:0",
                         "slave_read_repl_offset:0", "slave_repl_offset:0", *tail]
    assert down.startswith("master_link_down_since_seconds:")
    link.greet()
    link.send(b"+FULLRESYNC %s 1000\r\n$500\r\n" % ID.encode())
    wait_until(lambda: replication(wire).get("master_sync_total_bytes") == "500", 5, "the header")
    link.send(b"REDIS0010")
    told = wait_until(lambda: (now := replication(wire))["master_sync_read_bytes"] != "0" and now, 5, "the first bytes")
    assert told["master_sync_in_progress"] == "1" and told["master_link_status"] == "down"
    assert (told["master_sync_read_bytes"], told["master_sync_left_bytes"]) == ("9", "491")
    assert told["master_sync_perc"] == "1.80"
    link.close()
    master.accept_and_sync(offset=1000).send(encode("SELECT", 0))
    link_up(wire)
    wait_until(lambda: replication(wire)["slave_repl_offset"] == "1023", 5, "the stream")
    told = lines(wire)
    assert told[:9] == [*head, "master_link_status:up", told[5], "master_sync_in_progress:0", "slave_read_repl_offset:1023",
                        "slave_repl_offset:1023"]
    assert told[5] in ("master_last_io_seconds_ago:0", "master_last_io_seconds_ago:1") and told[9:14] == tail
    assert told[14:17] == [f"master_replid:{ID}", "master_replid2:" + "0" * 40, "master_repl_offset:1023"]
    assert wire("ROLE") == [b"slave", b"127.0.0.1", master.port, b"connected", 1023]


@pytest.mark.goal("What an operator sets for sentinels is told: priority, and whether to be announced at all")
def test_for_sentinels(fresh_server, fake_master):
    server = fresh_server(replica_priority=7, replica_announced="no", replica_read_only="no",
                          replicaof=["127.0.0.1", fake_master().port])
    told = replication(server.wire())
    assert (told["slave_priority"], told["replica_announced"], told["slave_read_only"]) == ("7", "0", "0")


@pytest.mark.goal("How long a link has been down is told in seconds from the moment it was lost")
def test_down_since(fresh_server, fake_master):
    master, server = fake_master(), fresh_server(repl_ping_replica_period=3600)
    wire = server.wire()
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    master.accept_and_sync(offset=10)
    link_up(wire)
    assert "master_link_down_since_seconds" not in replication(wire)
    master.links[-1].close()
    wait_until(lambda: replication(wire).get("master_link_down_since_seconds") == "1", 5, "a second without a link")
    told = replication(wire)
    assert told["master_link_status"] == "down" and told["master_last_io_seconds_ago"] == "-1"
    assert told["slave_repl_offset"] == "10", "what it has does not go with the link"


@pytest.mark.goal("Statistics of replication: what CONFIG RESETSTAT sets back to nought")
def test_statistics(wire, fake_replica):
    fake_replica().sync()
    assert b"sync_full:1\r\nsync_partial_ok:0\r\nsync_partial_err:0\r\n" in wire("INFO", "stats")
    wire.ok("CONFIG", "RESETSTAT")
    assert b"sync_full:0\r\nsync_partial_ok:0\r\nsync_partial_err:0\r\n" in wire("INFO", "stats")
