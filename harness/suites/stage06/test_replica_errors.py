"""A replica that cannot do what its master did: the stream has an error, the disk fails. And what is left on the disk."""

import os

import pytest

from strata_harness.replicas import OPTIONS, follow, in_step, link_up, replication
from strata_harness.resp import encode
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(40)  # two servers
SELECT = encode("SELECT", 0)
WRONG = SELECT + encode("SET", "k", "v") + encode("LPUSH", "k", "a") + encode("SET", "after", "it")


def link_to(server, fake_master):
    master = fake_master()
    wire = server.wire(name="replica")
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    link = master.accept_and_sync(offset=0)
    link_up(wire)
    return wire, link


@pytest.mark.parametrize("options", [{}, {"propagation_error_behavior": "panic", "replica_read_only": "no"}],
                         ids=["ignored", "writable"])
@pytest.mark.goal("An error in the stream is logged and counted, and the stream goes on")
def test_error_ignored(fresh_server, fake_master, options):
    server = fresh_server(**OPTIONS, **options)
    wire, link = link_to(server, fake_master)
    link.send(WRONG)
    wait_until(lambda: wire("GET", "after") == b"it", 5, "the stream to be applied")
    assert replication(wire)["slave_repl_offset"] == str(len(WRONG))
    assert "== CRITICAL ==" in server.log_text() and "lpush" in server.log_text()
    assert b"unexpected_error_replies:1" in wire("INFO", "stats")


@pytest.mark.parametrize("behaviour", ["panic", "panic-on-replicas"])
@pytest.mark.goal("propagation-error-behavior panic: a replica does not go on with data that is not its master's")
def test_error_is_fatal(fresh_server, fake_master, behaviour):
    server = fresh_server(**OPTIONS, propagation_error_behavior=behaviour)
    _, link = link_to(server, fake_master)
    link.send(WRONG)
    server.wait_exit()
    assert "panicked sending an error to its master" in server.log_text()


def with_broken_disk(fresh_server, **options):
    """(master's client, replica's client, replica): in step, and the replica cannot save."""
    master, replica = fresh_server(**OPTIONS), fresh_server(**OPTIONS, save=["3600", "1"], **options)
    wire, other = master.wire(), replica.wire()
    follow(other, master)
    in_step(wire, other)
    other.ok("CONFIG", "SET", "rdb-key-save-delay", 0)
    file = replica.dir / "dump.rdb"
    file.unlink()
    file.mkdir()
    (file / "in the way").touch()
    other("BGSAVE")
    wait_until(lambda: b"rdb_last_bgsave_status:err" in other("INFO", "persistence"), 10, "the snapshot to fail")
    return wire, other, replica


@pytest.mark.goal("A replica that cannot save ends at its master's next write: it would lose it")
def test_disk_is_fatal(fresh_server):
    wire, _, replica = with_broken_disk(fresh_server)
    wire.ok("SET", "k", "v")
    replica.wait_exit(10)
    assert "Replica was unable to write command to disk" in replica.log_text()


@pytest.mark.goal("replica-ignore-disk-write-errors yes: it says so in the log, and goes on")
def test_disk_ignored(fresh_server):
    wire, other, replica = with_broken_disk(fresh_server, replica_ignore_disk_write_errors="yes")
    for i in range(10):
        wire.ok("SET", f"k{i}", "v")
    in_step(wire, other)
    assert replica.log_text().count("unable to write to disk") == 1


@pytest.mark.parametrize("wanted", ["yes", "no"])
@pytest.mark.goal("rdb-del-sync-files: where nothing is kept on the disk, no file of a sync stays there, on either end")
def test_sync_files(fresh_server, wanted):
    options = {**OPTIONS, "save": "", "repl_diskless_sync": "no", "rdb_del_sync_files": wanted}
    master, replica = fresh_server(**options), fresh_server(**options)
    wire, other = master.wire(), replica.wire()
    wire.ok("SET", "k", "v")
    follow(other, master)
    in_step(wire, other)
    files = [server.dir / "dump.rdb" for server in (master, replica)]
    if wanted == "yes":
        wait_until(lambda: not any(os.path.exists(file) for file in files), 10, "the files to go")
    else:
        assert all(file.exists() for file in files)


@pytest.mark.goal("rdb-del-sync-files leaves the file alone where snapshots are kept")
def test_kept(fresh_server):
    options = {**OPTIONS, "save": ["3600", "1"], "repl_diskless_sync": "no", "rdb_del_sync_files": "yes"}
    master, replica = fresh_server(**options), fresh_server(**options)
    wire, other = master.wire(), replica.wire()
    follow(other, master)
    in_step(wire, other)
    wire.ok("SET", "k", "v")
    in_step(wire, other)
    assert (master.dir / "dump.rdb").exists() and (replica.dir / "dump.rdb").exists()
