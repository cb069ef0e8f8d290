"""kill -9 at any moment: what was acknowledged is there at the next start, in its order, without holes."""

import threading

import pytest

from strata_harness.aof_files import log
from strata_harness.aof_server import (MANIFEST, OPTIONS, STARTED, digest, endless_rewrite, files, parts, reborn,
                                       rewrite)
from strata_harness.resp import RespError
from strata_harness.snapshots import persistence
from strata_harness.wait import wait_until
from strata_harness.wire import WireClosed

CHUNK = 200
IN_PROGRESS = RespError("ERR Background append only file rewriting already in progress")


def write_until_killed(server, rng, first, rewrites):
    """Clients push ascending numbers onto lists of their own until the server is killed somewhere in the middle of it.

    Returns for each list how many pushes were sent and how many acknowledged.
    """
    clients = [server.wire(name=f"writer {i}") for i in range(3)]
    sent, acknowledged = list(first), list(first)
    killer = threading.Timer(rng.uniform(0.01, 0.15), server.kill)
    killer.start()
    try:
        while True:
            if rewrites and rng.random() < 0.2:
                clients[0].send_command("BGREWRITEAOF")
                assert clients[0].read() in (STARTED, IN_PROGRESS)
            for i, client in enumerate(clients):
                client.send(log(*[f"RPUSH list{i} {sent[i] + step}" for step in range(CHUNK)]))
                sent[i] += CHUNK
            for i, client in enumerate(clients):
                for _ in range(CHUNK):
                    assert client.read() == acknowledged[i] + 1
                    acknowledged[i] += 1
    except (WireClosed, OSError):
        for i, client in enumerate(clients):
            rest = b""
            try:
                rest = client.read_until_closed()
            except OSError:
                pass
            acknowledged[i] += rest.count(b"\r\n")
    finally:
        killer.join()
    return sent, acknowledged


@pytest.mark.parametrize("rewrites", [False, True], ids=["", "rewrites"])
@pytest.mark.parametrize("policy", ["always", "no"])
@pytest.mark.limit(60)
@pytest.mark.goal("kill -9 of the process loses nothing that was acknowledged, whatever was under way")
def test_kill(fresh_server, rng, policy, rewrites):
    server = fresh_server(**{**OPTIONS, "appendfsync": policy})
    counts = [0, 0, 0]
    for life in range(6):
        sent, acknowledged = write_until_killed(server, rng, counts, rewrites)
        wire = server.start().wire()
        for i in range(3):
            found = wire("LRANGE", f"list{i}", 0, -1)
            assert acknowledged[i] <= len(found) <= sent[i], f"list {i}, life {life}"
            assert found == [b"%d" % number for number in range(len(found))]
            counts[i] = len(found)
    assert sum(counts) > 0


@pytest.mark.limit(60)
@pytest.mark.goal("everysec: kill -9 loses at most what waited behind a sync; what is there has no holes")
def test_kill_everysec(fresh_server, rng):
    server = fresh_server(**{**OPTIONS, "appendfsync": "everysec"})
    counts = [0, 0, 0]
    for life in range(4):
        sent, _ = write_until_killed(server, rng, counts, True)
        wire = server.start().wire()
        for i in range(3):
            found = wire("LRANGE", f"list{i}", 0, -1)
            assert counts[i] <= len(found) <= sent[i]
            assert found == [b"%d" % number for number in range(len(found))]
            counts[i] = len(found)
        wait_until(lambda: persistence(wire)["aof_pending_bio_fsync"] == "0", 5, "no sync to be under way")
    assert sum(counts) > 0


@pytest.mark.goal("everysec: once nothing waits any more, kill -9 loses nothing")
def test_kill_everysec_quiet(fresh_server):
    server = fresh_server(**{**OPTIONS, "appendfsync": "everysec"})
    wire = server.wire()
    wire.send(log(*[f"RPUSH l {i}" for i in range(3000)]))
    assert wire.read_many(3000)[-1] == 3000
    assert reborn(server)("LLEN", "l") == 3000


@pytest.mark.limit(60)
@pytest.mark.goal("Transactions survive kill -9 whole or not at all")
def test_transactions(fresh_server, rng):
    server = fresh_server(**{**OPTIONS, "appendfsync": "no"})
    done = 0
    for life in range(4):
        wire = server.wire()
        killer = threading.Timer(rng.uniform(0.02, 0.1), server.kill)
        killer.start()
        try:
            while True:
                wire.send(log("MULTI", "INCR a", "INCR b", "RPUSH l x", "INCR c", "EXEC") * 20)
                for _ in range(20):
                    wire.read_many(5)
                    assert wire.read() == [done + 1] * 4
                    done += 1
        except (WireClosed, OSError):
            pass
        killer.join()
        wire = server.start().wire()
        found = [int(value or 0) for value in wire("MGET", "a", "b", "c")] + [wire("LLEN", "l")]
        assert len(set(found)) == 1 and done <= found[0], found
        done = found[0]


@pytest.mark.limit(60)
@pytest.mark.goal("kill -9 while the log is loaded, again and again, changes nothing in it")
def test_kill_while_loading(fresh_server, rng):
    server = fresh_server(**{**OPTIONS, "appendfsync": "no"})
    wire = server.wire()
    wire.send(log(*[f"RPUSH l{i % 50} {i}" for i in range(20_000)]))
    wire.read_many(20_000)
    rewrite(wire)
    wire.send(log(*[f"INCR n{i % 50}" for i in range(20_000)]))
    wire.read_many(20_000)
    before = digest(wire)
    server.kill()
    for _ in range(8):
        server.start(wait=False)
        stop = threading.Timer(rng.uniform(0.005, 0.06), server.kill)
        stop.start()
        stop.join()
    assert digest(server.start().wire()) == before


@pytest.mark.limit(60)
@pytest.mark.goal("kill -9 around the switch of a rewrite: every moment leaves a whole chain of files")
def test_kill_around_switch(fresh_server, rng):
    server = fresh_server(**{**OPTIONS, "appendfsync": "always"})
    wire = server.wire()
    wire.ok("SET", "k", "v")
    for life in range(10):
        wire("INCR", "lives")
        if life % 3 == 0:
            endless_rewrite(server, wire)
        else:
            wire("BGREWRITEAOF")
        stop = threading.Timer(rng.uniform(0, 0.02), server.kill)
        stop.start()
        stop.join()
        wire = server.start().wire()
        assert wire("GET", "lives") == b"%d" % (life + 1) and wire("GET", "k") == b"v"
    rewrite(wire)
    assert {part.name for part in parts(server)} | {MANIFEST} <= set(files(server)) and len(parts(server)) == 2
