"""The CLUSTER command from outside: what it is without a cluster, how many words it takes, what it says to nonsense."""

import pytest

from strata_harness.cluster import ME, knows_slots
from strata_harness.resp import RespError

DISABLED = RespError("ERR This instance has cluster support disabled")
EXACT = {"bumpepoch": 0, "count-failure-reports": 1, "countkeysinslot": 1, "flushslots": 0, "forget": 1,
         "getkeysinslot": 2, "help": 0, "info": 0, "keyslot": 1, "links": 0, "myid": 0, "nodes": 0, "replicas": 1,
         "replicate": 1, "saveconfig": 0, "set-config-epoch": 1, "shards": 0, "slaves": 1, "slots": 0}
AT_LEAST = {"addslots": 1, "delslots": 1, "addslotsrange": 2, "delslotsrange": 2, "meet": 2, "setslot": 2}
AT_MOST = {"failover": 1, "meet": 3, "reset": 1}


@pytest.mark.goal("Without cluster-enabled CLUSTER, ASKING, READONLY and READWRITE say so")
def test_disabled(fresh_server):
    wire = fresh_server().wire()
    for words in (["CLUSTER", "INFO"], ["CLUSTER", "NODES"], ["CLUSTER", "HELP"], ["CLUSTER", "KEYSLOT", "k"],
                  ["CLUSTER", "RESET"], ["ASKING"], ["READONLY"], ["READWRITE"]):
        assert (words, wire(*words)) == (words, DISABLED)
    assert b"cluster_enabled:0" in wire("INFO", "cluster")
    assert b"redis_mode:standalone" in wire("INFO", "server")
    wire.ok("SELECT", 3)
    knows_slots(fresh_server(cluster_enabled="yes").wire())


@pytest.mark.goal("A subcommand with too few or too many words is refused by its full name")
def test_arity(wire):
    for name, count in {**EXACT, **AT_LEAST}.items():
        wrong = RespError(f"ERR wrong number of arguments for 'cluster|{name}' command")
        if count:
            assert (name, wire("CLUSTER", name, *["x"] * (count - 1))) == (name, wrong)
        if name in EXACT:
            assert (name, wire("CLUSTER", name.upper(), *["x"] * (count + 1))) == (name, wrong)


@pytest.mark.goal("Where some words are optional, too many are refused under the name as it was typed")
def test_too_many(wire):
    for name, count in AT_MOST.items():
        for typed in (name, name.upper()):
            assert wire("CLUSTER", typed, *["x"] * (count + 1)) == RespError(
                f"ERR unknown subcommand or wrong number of arguments for '{typed}'. Try CLUSTER HELP.")


@pytest.mark.goal("CLUSTER alone and an unknown subcommand are refused")
def test_unknown(wire):
    assert wire.error("CLUSTER") == "ERR wrong number of arguments for 'cluster' command"
    assert wire.error("CLUSTER", "Nonsense") == "ERR unknown subcommand 'Nonsense'. Try CLUSTER HELP."
    assert wire.error("CLUSTER", "nodes2", "x") == "ERR unknown subcommand 'nodes2'. Try CLUSTER HELP."


@pytest.mark.parametrize("words, error", [
    (["COUNT-FAILURE-REPORTS", "x"], "ERR Unknown node x"), (["FORGET", "x"], "ERR Unknown node x"),
    (["REPLICAS", "x"], "ERR Unknown node x"), (["SLAVES", "x"], "ERR Unknown node x"),
    (["REPLICATE", "x"], "ERR Unknown node x"),
    (["REPLICATE", ME], f"ERR Unknown node {ME}"),
    (["FORGET", "A" * 40], f"ERR Unknown node {'A' * 40}"),
    (["COUNTKEYSINSLOT", "16384"], "ERR Invalid slot"), (["COUNTKEYSINSLOT", "-1"], "ERR Invalid slot"),
    (["COUNTKEYSINSLOT", "x"], "ERR value is not an integer or out of range"),
    (["GETKEYSINSLOT", "0", "-1"], "ERR Invalid slot or number of keys"),
    (["GETKEYSINSLOT", "16384", "1"], "ERR Invalid slot or number of keys"),
    (["GETKEYSINSLOT", "0", "x"], "ERR value is not an integer or out of range"),
    (["MEET", "127.0.0.1", "x"], "ERR Invalid TCP base port specified: x"),
    (["MEET", "127.0.0.1", "7000", "x"], "ERR Invalid TCP bus port specified: x"),
    (["MEET", "127.0.0.1", "60000"], "ERR Invalid node address specified: 127.0.0.1:60000"),
    (["MEET", "127.0.0.1", "0"], "ERR Invalid node address specified: 127.0.0.1:0"),
    (["MEET", "127.0.0.1", "-5"], "ERR Invalid node address specified: 127.0.0.1:-5"),
    (["MEET", "127.0.0.1", "7000", "70000"], "ERR Invalid node address specified: 127.0.0.1:7000"),
    (["MEET", "localhost", "7000"], "ERR Invalid node address specified: localhost:7000"),
    (["FAILOVER"], "ERR You should send CLUSTER FAILOVER to a replica"),
    (["FAILOVER", "FORCE"], "ERR You should send CLUSTER FAILOVER to a replica"),
    (["FAILOVER", "soon"], "ERR syntax error"), (["RESET", "medium"], "ERR syntax error"),
    (["SET-CONFIG-EPOCH", "-1"], "ERR Invalid config epoch specified: -1"),
    (["SET-CONFIG-EPOCH", "x"], "ERR value is not an integer or out of range")],
    ids=lambda value: " ".join(word[:12] for word in value) if isinstance(value, list) else "")
@pytest.mark.goal("Arguments that make no sense are refused in Redis's words")
def test_refused(wire, words, error):
    assert wire("CLUSTER", *words) == RespError(error)
    assert wire("CLUSTER", "NODES").count(b"\n") == 1


@pytest.mark.goal("HELP lists every subcommand")
def test_help(wire):
    lines = wire("CLUSTER", "HELP")
    assert lines[0] == "CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"
    text = "\n".join(lines)
    for name in {**EXACT, **AT_LEAST, **AT_MOST}:
        assert name == "slaves" or name.upper() in text
    assert wire("CLUSTER", "HELP")[-2:] == ["HELP", "    Prints this help."]


@pytest.mark.goal("ASKING, READONLY and READWRITE answer +OK and take no argument")
def test_client_flags(wire):
    for name in ("ASKING", "READONLY", "READWRITE"):
        wire.exchange(name.encode() + b"\r\n", b"+OK\r\n")
        assert wire.error(name, "x") == f"ERR wrong number of arguments for '{name.lower()}' command"


@pytest.mark.goal("In a cluster there is one database, and replication is not set by hand")
def test_restrictions(wire, server):
    wire.ok("SELECT", 0)
    for words, error in [
            (["SELECT", 1], "ERR SELECT is not allowed in cluster mode"),
            (["SELECT", 15], "ERR SELECT is not allowed in cluster mode"),
            (["SWAPDB", 0, 1], "ERR SWAPDB is not allowed in cluster mode"),
            (["REPLICAOF", "NO", "ONE"], "ERR REPLICAOF not allowed in cluster mode."),
            (["SLAVEOF", "127.0.0.1", 1], "ERR REPLICAOF not allowed in cluster mode."),
            (["FAILOVER"], "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.")]:
        assert (words, wire(*words)) == (words, RespError(error))
    for name in ("cluster-enabled", "cluster-port", "cluster-config-file"):
        assert "can't set immutable config" in wire.error("CONFIG", "SET", name, "1")


@pytest.mark.goal("INFO and HELLO say that this is a node of a cluster")
def test_mode(wire, connect):
    assert b"cluster_enabled:1" in wire("INFO", "cluster")
    assert b"redis_mode:cluster" in wire("INFO", "server")
    hello = connect(2, "hello")("HELLO", "3")
    assert hello[b"mode"] == b"cluster" and hello[b"role"] == b"master"


@pytest.mark.goal("`replicaof` in the configuration of a cluster node keeps it from starting")
def test_replicaof_refused(fresh_server):
    server = fresh_server(start=False, cluster_enabled="yes", replicaof=["127.0.0.1", 1])
    server.start(wait=False)
    assert server.wait_exit() == 1
    assert "replicaof directive not allowed in cluster mode" in server.log_text()
    del server.options["replicaof"]
    knows_slots(server.start().wire())


@pytest.mark.goal("A client port that leaves no room for the bus port is refused")
def test_no_bus_port(fresh_server):
    server = fresh_server(start=False, cluster_enabled="yes", port=60000)
    server.start(wait=False)
    assert server.wait_exit() == 1
    del server.options["port"]
    knows_slots(server.start().wire())
