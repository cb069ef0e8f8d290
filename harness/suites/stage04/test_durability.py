"""When a reply leaves and what is on the disk by then: the server's own system calls, in their order."""

import re

import pytest

from strata_harness.aof_files import incr, log, read_log
from strata_harness.aof_server import MANIFEST, OPTIONS, current_log, endless_rewrite, log_dir, reborn, rewrite
from strata_harness.snapshots import contents
from strata_harness.syscalls import SYNCS, WRITES, at, calls, progress_of, traced, without_strace
from strata_harness.wait import wait_until

LOG = incr(1).name


def start(fresh_server, policy, **options):
    server = traced(fresh_server(start=False, **{**OPTIONS, "appendfsync": policy, **options})).start()
    return server, server.wire()


def record(server, enough):
    """The record of system calls, once `enough` of it is there."""
    return wait_until(lambda: (found := calls(server)) and enough(found) and found, 5, "the record of the calls")


def acknowledged(found):
    """The replies +OK in their order."""
    return [call for call in found if call.is_reply for _ in range(call.arguments.count("+OK"))]


def sets(server, file=LOG):
    """Where each SET ends in the log."""
    return [entry.end for entry in read_log((log_dir(server) / file).read_bytes()) if entry.words[:1] == (b"SET",)]


def with_replies(server, count):
    return record(server, lambda found: len(acknowledged(found)) >= count)


@pytest.mark.goal("always: a command is written and synced before its reply leaves, every time")
def test_always(fresh_server):
    server, wire = start(fresh_server, "always")
    for i in range(40):
        wire.ok("SET", f"k{i}", i)
    found = with_replies(server, 40)
    steps = progress_of(found, LOG)
    for number, (reply, end) in enumerate(zip(acknowledged(found), sets(server), strict=True)):
        assert at(steps, reply.begin).synced >= end, f"reply {number} left before its command was on the disk"


@pytest.mark.goal("always: one sync serves all clients whose commands came in the same turn of the loop")
def test_group_commit(fresh_server):
    server, wire = start(fresh_server, "always")
    clients = [server.wire(name=f"client {i}") for i in range(20)]
    wire.send_command("DEBUG", "SLEEP", 0.3)
    for i, client in enumerate(clients):
        client.send_command("SET", f"k{i}", i)
    assert wire.read() == "OK" and [client.read() for client in clients] == ["OK"] * 20
    found = with_replies(server, 21)
    steps = progress_of(found, LOG)
    for reply, end in zip(acknowledged(found)[-20:], sets(server), strict=True):
        assert at(steps, reply.begin).synced >= end
    assert sum(call.name in SYNCS and call.file == LOG for call in found) <= 4


@pytest.mark.goal("always: a pipeline is written at once and synced once, and then answered")
def test_pipeline(fresh_server):
    server, wire = start(fresh_server, "always")
    wire.send(log(*[f"SET k{i} v" for i in range(200)]))
    assert wire.read_many(200) == ["OK"] * 200
    found = record(server, lambda found: any(call.is_reply and call.result >= 400 for call in found))
    steps = progress_of(found, LOG)
    first = next(call for call in found if call.is_reply and call.result >= 400)
    assert at(steps, first.begin).synced >= sets(server)[first.result // 5 - 1]
    assert sum(call.name in WRITES and call.file == LOG for call in found) <= 4


@pytest.mark.goal("always: a read waits for no sync, and a command that changed nothing causes none")
def test_reads(fresh_server):
    server, wire = start(fresh_server, "always")
    wire.ok("SET", "k", "v")
    before = sum(call.name in SYNCS for call in with_replies(server, 1))
    for _ in range(20):
        assert wire("GET", "k") == b"v" and wire("DEL", "nokey") == 0
    wire.ok("CONFIG", "SET", "maxclients", 100)
    assert sum(call.name in SYNCS for call in with_replies(server, 2)) == before


@pytest.mark.goal("everysec: another thread syncs, about once a second; nothing waits longer than two seconds for it")
def test_everysec(fresh_server):
    server, wire = start(fresh_server, "everysec")
    begin, number = int(wire("TIME")[0]), 0
    while int(wire("TIME")[0]) < begin + 4:
        wire.ok("SET", f"k{number}", "v")
        number += 1
    found = with_replies(server, number)
    steps = progress_of(found, LOG)
    syncs = [call for call in found if call.name in SYNCS and call.file == LOG]
    replies = acknowledged(found)
    assert 2 <= len(syncs) <= 6
    assert {call.thread for call in syncs}.isdisjoint({call.thread for call in replies})
    last = replies[-1].time
    on_disk = steps[-1].synced
    old_enough = [end for reply, end in zip(replies, sets(server)) if reply.time < last - 2.5]
    assert len(old_enough) > 10 and on_disk >= old_enough[-1]


@pytest.mark.goal("everysec: what was written last is synced, too, though nothing follows it")
def test_everysec_rest(fresh_server):
    server, wire = start(fresh_server, "everysec")
    wire.ok("SET", "a", "1")
    wire.ok("SET", "b", "2")
    record(server, lambda found: progress_of(found, LOG)[-1].synced == len(log("SELECT 0", "SET a 1", "SET b 2")))


@pytest.mark.goal("no: written before the reply leaves, and never synced while the server runs; a clean end syncs")
def test_no(fresh_server):
    server, wire = start(fresh_server, "no")
    for i in range(20):
        wire.ok("SET", f"k{i}", i)
    begin = int(wire("TIME")[0])
    wait_until(lambda: int(wire("TIME")[0]) > begin + 1, 5, "a second to pass")
    found = with_replies(server, 20)
    steps = progress_of(found, LOG)
    for reply, end in zip(acknowledged(found), sets(server), strict=True):
        assert at(steps, reply.begin).written >= end
    assert steps[-1].synced == 0
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    server.wait_exit()
    record(server, lambda found: progress_of(found, LOG)[-1].synced == sets(server)[-1])


@pytest.mark.parametrize("policy", ["always", "everysec"])
@pytest.mark.goal("A clean end syncs what is left before the server goes")
def test_clean_end(fresh_server, policy):
    server, wire = start(fresh_server, policy)
    wire.ok("SET", "a", "1")
    wire.send_command("SHUTDOWN")
    wire.expect_closed()
    server.wait_exit()
    steps = progress_of(record(server, lambda found: progress_of(found, LOG)[-1].written), LOG)
    assert steps[-1].synced == steps[-1].written == sets(server)[-1]


@pytest.mark.limit(40)
@pytest.mark.goal("Power loss with always: of the log only what was synced survives; nothing acknowledged is missing")
def test_power_loss(fresh_server, rng):
    server, wire = start(fresh_server, "always")
    for i in range(60):
        wire.ok("SET", f"k{i}", i)
    found = with_replies(server, 60)
    server.kill()
    steps = progress_of(found, LOG)
    whole = current_log(server).read_bytes()
    without_strace(server)
    for count in sorted(rng.sample(range(1, 60), 5)):
        last_reply = acknowledged(found)[count - 1]
        current_log(server).write_bytes(whole[:at(steps, last_reply.begin).synced])
        data = contents(server.start().wire())
        assert all(data.get(b"k%d" % i) == b"%d" % i for i in range(count)), f"after {count} replies"
        server.kill()


@pytest.mark.parametrize("setting, synced", [("yes", False), ("no", True)])
@pytest.mark.goal("no-appendfsync-on-rewrite: while a child works the log is written, and synced only if this says no")
def test_no_sync_during_rewrite(fresh_server, setting, synced):
    server, wire = start(fresh_server, "always", no_appendfsync_on_rewrite=setting)
    wire.ok("SET", "a", "1")
    endless_rewrite(server, wire)
    wire.ok("SET", "b", "2")
    found = record(server, lambda found: progress_of(found, incr(2).name)[-1].written)
    assert wire("PING") == "PONG"
    found = record(server, lambda found: any("PONG" in call.arguments for call in found[-3:]))
    steps = progress_of(found, incr(2).name)
    assert steps[-1].written == len(log("SELECT 0", "SET b 2"))
    assert (steps[-1].synced == steps[-1].written) == synced


def names_of(call):
    """The files of a rename, or of an open."""
    return [part.rpartition("/")[2] for part in re.findall(r'"([^"]*)"', call.arguments)]


@pytest.mark.goal("A manifest is written beside the old one, synced, renamed, and its directory synced, each time")
def test_manifest_switch(fresh_server):
    server, wire = start(fresh_server, "everysec")
    wire.ok("SET", "a", "1")
    rewrite(wire)
    found = record(server, lambda found: sum(names_of(call)[-1:] == [MANIFEST] for call in found
                                             if call.name.startswith("rename")) >= 4)
    for call in found:
        if call.name.startswith("rename") and names_of(call)[-1:] == [MANIFEST]:
            temporary = names_of(call)[0]
            before = [other for other in found if other.end < call.begin and other.file == temporary]
            assert before[-1].name in SYNCS, "the new manifest is on the disk before it takes its place"
            after = [other for other in found if other.begin > call.end and other.name in (*SYNCS, *WRITES)]
            assert after[0].name in SYNCS and after[0].path == str(log_dir(server))


@pytest.mark.goal("A new base is on the disk before it gets its name, and the old log is synced before it is forgotten")
def test_base_switch(fresh_server):
    server, wire = start(fresh_server, "no")
    wire.ok("SET", "a", "1")
    rewrite(wire)
    wire.ok("SET", "b", "1")
    def renamed(found):
        return [call for call in found if call.name.startswith("rename") and names_of(call)[-1:] == [
            "appendonly.aof.2.base.aof"]]
    found = record(server, lambda found: renamed(found) and progress_of(found, LOG)[-1].synced)
    [switch] = renamed(found)
    own = [call for call in found if call.end < switch.begin and re.fullmatch(r"temp-rewriteaof-\d+\.aof", call.file)]
    assert own[-1].name in SYNCS and any(call.name in WRITES for call in own)
    assert progress_of(found, LOG)[-1].synced == progress_of(found, LOG)[-1].written > 0
    assert reborn(server)("DBSIZE") == 2
