"""Ends at bad moments: whatever is killed when, the next start finds one whole snapshot, the old or the new one."""

import contextlib
import os
import signal

import pytest

from strata_harness.server import processes_in
from strata_harness.snapshots import children, contents, dump_path, persistence, temporary_files, wait_saved
from strata_harness.wait import wait_until

KEYS = 50


def write(wire, generation):
    """All keys get the same value in one step, so that a snapshot with two values is not of one moment."""
    wire.ok("MSET", *(word for i in range(KEYS) for word in (f"k{i}", generation)))
    wire("RPUSH", "generations", generation)


def generation_of(wire):
    """The generation that the server holds. All keys must be of the same."""
    held = contents(wire)
    generations = held.pop(b"generations")
    assert len(held) == KEYS and len(set(held.values())) == 1, "the snapshot is of more than one moment"
    assert generations == [b"%d" % i for i in range(len(generations))]
    assert abs(int(held[b"k0"]) + 1 - len(generations)) <= 1
    return len(generations) - 1


@pytest.mark.limit(60)
@pytest.mark.parametrize("victim", ["server and child", "server", "child"])
@pytest.mark.goal("kill -9 at any moment of a save under writes leaves exactly one of the two snapshots, whole")
def test_kill_at_random(fresh_server, rng, victim):
    server = fresh_server()
    wire = server.wire()
    write(wire, 0)
    wire.ok("SAVE")
    saved, now = 0, 0
    for _ in range(6):
        wire.ok("CONFIG", "SET", "rdb-key-save-delay", rng.choice((0, 100, 1000)))
        assert wire("BGSAVE") == "Background saving started"
        begun = now
        for _ in range(rng.choice((0, 1, 3, 10, 40))):
            now += 1
            write(wire, now)
        found = children(server)
        if victim != "server":
            for child in found:
                with contextlib.suppress(ProcessLookupError):  # it may just have ended by itself
                    os.kill(child, signal.SIGKILL)
        if victim == "child":
            wait_saved(wire)
        if victim == "server":
            server.signal(signal.SIGKILL)
            wait_until(lambda: not server.alive(), 5, "the server to die")
            wait_until(lambda: not processes_in(server.dir), 5, "the orphan to end")
        server.kill()
        wire = server.start().wire()
        now = generation_of(wire)
        assert now in (saved, begun), f"there were snapshots of generations {saved} and {begun}"
        saved = now


@pytest.mark.goal("A temporary file that a crash left behind hinders no later save, and is never taken for a snapshot")
def test_leftovers(fresh_server):
    server = fresh_server()
    for name in ("temp-1.rdb", "temp-99999.rdb", f"temp-{os.getpid()}.rdb"):
        (server.dir / name).write_bytes(b"REDIS0010 half a file")
    wire = server.wire()
    write(wire, 0)
    wire.ok("SAVE")
    assert wire("BGSAVE") == "Background saving started"
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok"
    server.kill()
    assert generation_of(server.start().wire()) == 0


@pytest.mark.goal("The child goes on while its parent is stopped, and the parent learns of the result afterwards")
def test_stopped_parent(fresh_server):
    server = fresh_server()
    wire = server.wire()
    write(wire, 0)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 20_000)  # about a second in all
    assert wire("BGSAVE") == "Background saving started"
    server.signal(signal.SIGSTOP)
    assert not dump_path(server).exists()
    wait_until(dump_path(server).exists, 5, "the child to finish")
    server.signal(signal.SIGCONT)
    wait_saved(wire)
    assert persistence(wire)["rdb_last_bgsave_status"] == "ok" and temporary_files(server) == []
    server.kill()
    assert generation_of(server.start().wire()) == 0


@pytest.mark.goal("A crash of the server while it saves in the foreground leaves the old file")
def test_crash_in_save(fresh_server):
    server = fresh_server()
    wire = server.wire()
    write(wire, 0)
    wire.ok("SAVE")
    write(wire, 1)
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 100_000)
    wire.send_command("SAVE")
    wait_until(lambda: temporary_files(server) == [f"temp-{server.pid}.rdb"], 5, "the file of the save")
    server.kill()
    assert generation_of(server.start().wire()) == 0
