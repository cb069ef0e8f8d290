"""Logs that travel: redis-server loads what the server under test wrote, and the other way round."""

import shutil

import pytest

from strata_harness.aof_server import OPTIONS, digest, log_dir, rewrite, run

LOGGED = {**OPTIONS, "appendfsync": "always"}


def fill(wire, rng):
    """Data of every type, and a log with commands of many kinds behind a rewritten base."""
    for half in range(2):
        for db in (0, 3):
            wire.ok("SELECT", db)
            for i in range(15):
                words = [b"%d" % rng.randrange(1000) + rng.randbytes(3) for _ in range(rng.randrange(1, 90))]
                scored = [part for word in words for part in (rng.uniform(-9, 9), word)]
                run(wire, ("RPUSH", f"l{i}", *words), ("SADD", f"s{i}", *words), ("HSET", f"h{i}", *words, *words),
                    ("ZADD", f"z{i}", *scored), f"SET k{i} {i} EX 100000", f"INCRBYFLOAT k{i} 0.1", f"SPOP s{i} 2",
                    f"LPOP l{i}", f"GEOADD g {i} {i} m{i}", "MULTI", f"INCR n{i}", f"ZPOPMIN z{i}", "EXEC",
                    f"PFADD p{i % 3} {i}")
        if half == 0:
            rewrite(wire)


@pytest.mark.parametrize("direction", ["from redis-server", "to redis-server"])
@pytest.mark.goal("A directory of base, log and manifest moves between redis-server and this server without loss")
def test_travel(fresh_server, reference, rng, direction):
    pair = [fresh_server(start=False, **LOGGED), reference(start=False, **LOGGED)]
    writer, reader = pair if direction == "to redis-server" else pair[::-1]
    wire = writer.start().wire()
    fill(wire, rng)
    before = digest(wire)
    writer.kill()
    shutil.copytree(log_dir(writer), log_dir(reader))
    wire = reader.start().wire()
    assert digest(wire) == before
    rewrite(wire)
    wire.ok("SET", "back", "v")
    after = digest(wire)
    reader.kill()
    shutil.rmtree(log_dir(writer))
    shutil.copytree(log_dir(reader), log_dir(writer))
    assert digest(writer.start().wire()) == after
