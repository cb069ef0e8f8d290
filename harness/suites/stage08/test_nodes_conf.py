"""nodes.conf: what a node knows outlives it, however it ends; a file that makes no sense keeps it from starting."""

import re

import pytest

from strata_harness.cluster import (FRIEND, ME, OPTIONS, OTHER, SLOTS, THIRD, Member, Scene, absent, cluster_info,
                                    conf_lines, conf_members, conf_path, conf_text, key_in, members, my_id, myself,
                                    state_is, with_conf)
from strata_harness.rdb_codes import string
from strata_harness.rdb_file import STRING, RdbWriter
from strata_harness.snapshots import dump_path, endless_save, refuse
from strata_harness.syscalls import SYNCS, calls, traced
from strata_harness.wait import wait_until

MINE, THEIRS = 100, 9000
FULL = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, 16000)), epoch=2,
                                                                   hostname="host.example"),
              absent(OTHER, slots=set(range(16000, SLOTS)), epoch=5), absent(THIRD, master=FRIEND)], current_epoch=7)
MYSELF = f"{ME} 127.0.0.1:1@11 myself,master - 0 0 1 connected 0-5\n"
VARS = "vars currentEpoch 3 lastVoteEpoch 2\n"
CORRUPT = "Unrecoverable error: corrupted cluster config file."


# -- written -----------------------------------------------------------------------------------------------------------


@pytest.mark.goal("The first start makes a node, and its file, at once")
def test_first_start(fresh_server):
    server = fresh_server(**OPTIONS)
    node_id = my_id(server.wire())
    lines = conf_lines(server)
    assert len(lines) == 2 and re.fullmatch(f"{node_id} :\\d+@\\d+ myself,master - 0 0 0 connected ?", lines[0])
    assert lines[1] == "vars currentEpoch 0 lastVoteEpoch 0"
    assert my_id(server.restart().wire()) == node_id


@pytest.mark.goal("An empty file is as none")
def test_empty_file(fresh_server):
    server = with_conf(fresh_server, "")
    assert re.fullmatch("[0-9a-f]{40}", my_id(server.wire())) and len(conf_lines(server)) == 2


@pytest.mark.goal("cluster-config-file names the file, in the working directory")
def test_name(fresh_server):
    server = fresh_server(**OPTIONS, cluster_config_file="node-7.conf")
    assert not conf_path(server).exists()
    assert my_id(server.wire()) in (server.dir / "node-7.conf").read_text()


@pytest.mark.goal("What a command changes stands in the file when its reply comes: kill -9 forgets nothing")
def test_every_change(fresh_server):
    server = with_conf(fresh_server, FULL)
    wire = server.wire()
    steps = [
        (["DELSLOTS", 16383, 5], lambda: 5 not in myself(wire).slots),
        (["ADDSLOTS", 5], lambda: 5 in myself(wire).slots),
        (["SETSLOT", MINE, "MIGRATING", FRIEND], lambda: myself(wire).open_slots == [f"[{MINE}->-{FRIEND}]"]),
        (["SETSLOT", THEIRS, "IMPORTING", FRIEND], lambda: f"[{THEIRS}-<-{FRIEND}]" in myself(wire).open_slots),
        (["SETSLOT", MINE, "STABLE"], lambda: myself(wire).open_slots == [f"[{THEIRS}-<-{FRIEND}]"]),
        (["SETSLOT", MINE, "NODE", OTHER], lambda: MINE in members(wire)[OTHER].slots),
        (["SETSLOT", THEIRS, "NODE", ME], lambda: THEIRS in myself(wire).slots and myself(wire).epoch == 8),
        (["FORGET", THIRD], lambda: set(members(wire)) == {ME, FRIEND, OTHER}),
        (["BUMPEPOCH"], lambda: myself(wire).epoch == 8 == int(cluster_info(wire)["cluster_current_epoch"])),
        (["FLUSHSLOTS"], lambda: myself(wire).slots == set()),
        (["REPLICATE", FRIEND], lambda: (myself(wire).master, "slave" in myself(wire).flags) == (FRIEND, True)),
        (["RESET"], lambda: len(members(wire)) == 1 and "master" in myself(wire).flags)]
    for words, holds in steps:
        assert isinstance(wire("CLUSTER", *words), str), words
        server.kill()
        wire = server.start().wire()
        assert my_id(wire) == ME and holds(), words


@pytest.mark.goal("The file is the text of CLUSTER NODES, and a line of the variables")
def test_text(fresh_server):
    server = with_conf(fresh_server, FULL)
    wire = server.wire()
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    wire.ok("CLUSTER", "SAVECONFIG")

    def timeless(text):
        return sorted([*line.split()[:4], *line.split()[6:7], *line.split()[8:]] for line in text.splitlines() if line)
    *lines, variables = conf_lines(server)
    assert timeless("\n".join(lines)) == timeless(wire("CLUSTER", "NODES").decode())
    assert variables == "vars currentEpoch 7 lastVoteEpoch 0"
    assert conf_path(server).read_bytes().endswith(b"\n")


@pytest.mark.goal("A file that becomes shorter holds nothing of the longer one")
def test_shorter(fresh_server):
    server = with_conf(fresh_server, FULL)
    wire = server.wire()
    for other in (THIRD, FRIEND, OTHER):
        wire.ok("CLUSTER", "FORGET", other)
        assert set(conf_members(server)) == set(members(wire))
    assert len(conf_lines(server)) == 2
    server.kill()
    assert set(members(server.start().wire())) == {ME}


@pytest.mark.goal("A node in handshake is not written")
def test_no_handshake(fresh_server):
    server = fresh_server(**OPTIONS)
    wire = server.wire()
    wire.ok("CLUSTER", "MEET", "127.0.0.1", 1, 11)
    assert len(members(wire)) == 2
    wire.ok("CLUSTER", "SAVECONFIG")
    assert len(conf_lines(server)) == 2


@pytest.mark.goal("An epoch is on the disk, by a sync of the file, before anybody is told of it")
def test_synced_before_reply(fresh_server):
    server = traced(fresh_server(start=False, **OPTIONS)).start()
    wire = server.wire()
    assert wire("CLUSTER", "BUMPEPOCH") == "BUMPED 1"
    wire.ok("CLUSTER", "SAVECONFIG")

    def record():
        found = calls(server)
        return found if sum("+OK" in call.arguments for call in found if call.is_reply) else None
    found = wait_until(record, 10, "the record of the calls")
    reply = next(call for call in found if call.is_reply and "BUMPED" in call.arguments)
    written = [call for call in found if "nodes" in call.file and b"currentEpoch 1" in b"".join(call.texts)] or [
        call for call in found if "nodes" in call.file and call.name.startswith(("write", "pwrite"))]
    synced = [call for call in found if "nodes" in call.file and call.name in SYNCS and call.begin > written[0].end]
    assert any(call.end < reply.begin for call in synced), "the reply to BUMPEPOCH left before nodes.conf was synced"
    saved = next(call for call in found if call.is_reply and "+OK" in call.arguments)
    assert any(reply.end < call.end < saved.begin for call in synced), "SAVECONFIG syncs"


# -- read --------------------------------------------------------------------------------------------------------------


@pytest.mark.goal("A restarted node is who it was: id, epochs, slots, other nodes, their names and addresses")
def test_restored(fresh_server):
    server = with_conf(fresh_server, FULL)
    wire = server.wire()
    found = members(wire)
    for member in FULL.members:
        told = found[member.id]
        assert (told.slots, told.master, told.hostname) == (member.slots, member.master, member.hostname)
        assert told.port == (member.port or server.port)
    assert {key: found[key].epoch for key in (ME, FRIEND, OTHER, THIRD)} == {ME: 1, FRIEND: 2, OTHER: 5, THIRD: 2}
    assert cluster_info(wire)["cluster_current_epoch"] == "7"
    state_is(wire, "ok")
    assert wire.error("GET", key_in(THEIRS)) == f"MOVED {THEIRS} 127.0.0.1:1"


@pytest.mark.goal("A replica is a replica again, and its state is ok at once")
def test_replica_restored(fresh_server):
    scene = Scene([Member(ME, master=FRIEND), absent(FRIEND, slots=set(range(SLOTS)), epoch=4)])
    wire = with_conf(fresh_server, scene).wire()
    assert myself(wire).master == FRIEND and "slave" in myself(wire).flags
    assert wire("ROLE")[:3] == [b"slave", b"127.0.0.1", 1]
    state_is(wire, "ok", 1)
    assert cluster_info(wire)["cluster_my_epoch"] == "4"


@pytest.mark.goal("A master serves keys two seconds after its start at the earliest: others may know better")
def test_late_start(fresh_server):
    wire = with_conf(fresh_server, FULL).wire()
    assert wire.error("GET", key_in(MINE)) == "CLUSTERDOWN The cluster is down"
    state_is(wire, "ok")
    assert wire("GET", key_in(MINE)) is None


@pytest.mark.parametrize("text, check", [
    (MYSELF, lambda wire: cluster_info(wire)["cluster_current_epoch"] == "1"),
    (MYSELF + VARS.strip(), lambda wire: cluster_info(wire)["cluster_current_epoch"] == "3"),
    ("\n\n" + VARS + "\n\n" + MYSELF + "\n\n", lambda wire: cluster_info(wire)["cluster_current_epoch"] == "3"),
    (MYSELF + "vars currentEpoch 3 color 4\n", lambda wire: cluster_info(wire)["cluster_current_epoch"] == "3"),
    (MYSELF + f"{FRIEND} 127.0.0.1:2 master - 0 0 9 connected\n" + VARS,
     lambda wire: (members(wire)[FRIEND].cport, cluster_info(wire)["cluster_current_epoch"]) == (10002, "9")),
    (MYSELF + f"{FRIEND} ::1:2@12 master - 0 0 1 connected\n" + VARS,
     lambda wire: (members(wire)[FRIEND].host, members(wire)[FRIEND].port) == ("::1", 2)),
    (MYSELF + f"{FRIEND} 127.0.0.1:2@12 master,fail - 5 6 7 connected 9\n" + VARS,
     lambda wire: members(wire)[FRIEND].flags == {"master", "fail"} and members(wire)[FRIEND].slots == {9}),
    (MYSELF.replace("127.0.0.1:1@11", '"127.0.0.1:1@11"') + VARS, lambda wire: len(myself(wire).slots) == 6),
    (f"{ME} 127.0.0.1:1@11 myself,slave {FRIEND} 0 0 1 connected\n" + VARS,
     lambda wire: members(wire)[FRIEND].flags == {"noflags"} and myself(wire).master == FRIEND),
    (MYSELF.strip() + f" [3->-{FRIEND}]\n" + VARS, lambda wire: myself(wire).open_slots == [f"[3->-{FRIEND}]"]),
    (MYSELF + f"{FRIEND} :0@0 master,noaddr - 0 0 0 disconnected\n" + VARS,
     lambda wire: "noaddr" in members(wire)[FRIEND].flags and members(wire)[FRIEND].host == "")],
    ids=["no variables", "no line feed at the end", "empty lines, variables first", "unknown variable", "no bus port",
         "IPv6", "failed", "quotes", "unknown master", "unknown target", "no address"])
@pytest.mark.goal("Everything that a nodes.conf may hold is understood")
def test_readable(fresh_server, text, check):
    wire = with_conf(fresh_server, text).wire()
    assert my_id(wire) == ME
    assert check(wire), wire("CLUSTER", "NODES")


@pytest.mark.parametrize("text", [
    "\n", VARS, MYSELF[:60], MYSELF + "vars currentEpoch", MYSELF + "vars currentEpoch 3 lastVoteEpoch\n",
    f"{ME} 127.0.0.1:1@11 myself,master - 0 0 1\n" + VARS, MYSELF.replace("myself,", "") + VARS,
    MYSELF + MYSELF.replace(ME, FRIEND) + VARS, MYSELF.replace("master", "master,nonsense") + VARS,
    MYSELF.replace("0-5", "0-16384") + VARS, MYSELF.replace("0-5", "16384") + VARS,
    MYSELF.replace(ME, "abc") + VARS, MYSELF.replace(ME, "A" * 40) + VARS, MYSELF.replace(":1@11", "") + VARS,
    MYSELF.replace("0-5", "0-5 [3->-short]") + VARS, MYSELF.replace("0-5", f"[99999->-{FRIEND}]") + VARS,
    MYSELF.replace("0-5", "[3]") + VARS, MYSELF.replace("master -", "slave xyz") + VARS,
    MYSELF.replace("127", '"127') + VARS, "\0" * 200],
    ids=["only a line feed", "no node", "torn in the first line", "torn in the variables", "odd variables",
         "seven words", "nobody is myself", "two are myself", "unknown flag", "range too long", "slot 16384",
         "short id", "id in capitals", "no port", "short id of a target", "open slot 99999", "open slot without target",
         "short id of a master", "open quote", "zeros"])
@pytest.mark.goal("A nodes.conf that makes no sense keeps the node from starting, and stays as it is")
def test_corrupt(fresh_server, text):
    server = with_conf(fresh_server, text, start=False)
    log = refuse(server)
    assert CORRUPT in log or "REDIS BUG REPORT" in log
    assert conf_path(server).read_text() == text
    conf_path(server).write_text(MYSELF + VARS)
    assert my_id(server.start().wire()) == ME, "with a good one it starts"


@pytest.mark.goal("Torn at any place by a power loss, the file is refused or read as something that was true")
def test_torn(fresh_server, rng):
    text = conf_text(FULL.members, ME, 7)
    for cut in rng.sample(range(1, len(text)), 6):
        server = with_conf(fresh_server, text[:cut], start=False)
        server.start(wait=False)
        wait_until(lambda: not server.alive() or server.answers(), 10, "the node to start or to refuse")
        server.stopping = True
        if server.alive():
            found = members(server.wire())
            assert my_id(server.wire()) == ME and set(found) <= {member.id for member in FULL.members}, f"cut at {cut}"
        else:
            assert server.returncode == 1 and CORRUPT in server.log_text(), f"cut at {cut}"
        server.kill()


# -- one file, one node ------------------------------------------------------------------------------------------------


@pytest.mark.goal("Two nodes cannot share a file: the second one ends; after the first one's death it may have it")
def test_locked(fresh_server):
    first = fresh_server(**OPTIONS)
    second = fresh_server(start=False, **OPTIONS, cluster_config_file=str(conf_path(first)))
    assert "is already used by a different Redis Cluster node" in refuse(second)
    assert second.returncode == 1
    node_id = my_id(first.wire())
    first.kill()
    assert my_id(second.start().wire()) == node_id


@pytest.mark.goal("A child of a killed node does not hold the lock: the node can start again at once")
def test_lock_not_inherited(fresh_server):
    server = fresh_server(**OPTIONS, cluster_require_full_coverage="no")
    wire = server.wire()
    wire.ok("CLUSTER", "ADDSLOTS", MINE)
    state_is(wire, "ok")
    wire.ok("SET", key_in(MINE), "v")
    endless_save(server, wire)
    server.stopping = True
    server.process.kill()
    server.process.wait()
    server.start()
    assert server.answers()


# -- data that is there already ----------------------------------------------------------------------------------------


def snapshot(*keys, db=0):
    writer = RdbWriter().select(db)
    for key in keys:
        writer.key(STRING, key, string("v"))
    return writer.end()


@pytest.mark.goal("Keys of slots that nobody has: the node takes them; of another node's slots: they are importing")
def test_keys_at_start(fresh_server):
    scene = Scene([Member(ME, slots={1}), absent(FRIEND, slots={THEIRS}, epoch=1)])
    server = with_conf(fresh_server, scene, start=False)
    dump_path(server).write_bytes(snapshot(key_in(1), key_in(MINE), key_in(THEIRS)))
    wire = server.start().wire()
    assert myself(wire).slots == {1, MINE} and myself(wire).open_slots == [f"[{THEIRS}-<-{FRIEND}]"]
    assert conf_members(server)[ME].slots == {1, MINE}
    assert f"I have keys for unassigned slot {MINE}" in server.log_text()
    assert f"I have keys for slot {THEIRS}, but the slot is assigned to another node" in server.log_text()
    assert wire("DBSIZE") == 3


@pytest.mark.goal("A replica keeps whatever keys it starts with: its master's data comes anyway")
def test_keys_at_start_of_replica(fresh_server):
    scene = Scene([Member(ME, master=FRIEND), absent(FRIEND, slots={THEIRS}, epoch=1)])
    server = with_conf(fresh_server, scene, start=False)
    dump_path(server).write_bytes(snapshot(key_in(MINE), key_in(THEIRS)))
    wire = server.start().wire()
    assert myself(wire).slots == set() and myself(wire).open_slots == [] and wire("DBSIZE") == 2


@pytest.mark.goal("A snapshot with keys in another database than 0 keeps a node from starting")
def test_second_database(fresh_server):
    server = fresh_server(start=False, **OPTIONS)
    dump_path(server).write_bytes(snapshot(key_in(MINE), db=1))
    refuse(server)
    dump_path(server).write_bytes(snapshot(key_in(MINE)))
    wire = server.start().wire()
    assert wire("CLUSTER", "COUNTKEYSINSLOT", MINE) == 1 and myself(wire).slots == {MINE}
