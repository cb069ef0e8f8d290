"""The files and the other server: redis-check-aof accepts them, redis-server goes on with ours and we with its."""

import pytest

from strata_harness.aof_server import digest, reborn, rewrite
from strata_harness.hybrid import FORMATS, HYBRID, base_format, carry, check, hybrid, use_format
from strata_harness.sample import fill

BOTH = pytest.mark.parametrize("form", list(FORMATS))


@BOTH
@pytest.mark.goal("redis-check-aof accepts the files, before and after writes, a rewrite and a change of format")
def test_checked(fresh_server, rng, form):
    server = hybrid(fresh_server, form)
    wire = server.wire()
    title = {"image": "Start to check BASE AOF (RDB format)", "commands": "Start to check BASE AOF (RESP format)"}
    assert form == "commands" or title[form] in check(server)
    fill(wire, rng, 20)
    assert "All AOF files and manifest are valid" in check(server)
    rewrite(wire)
    assert title[form] in check(server)
    wire.ok("SET", "k", "v")
    other = "commands" if form == "image" else "image"
    use_format(wire, other)
    rewrite(wire)
    assert title[other] in check(server)


def travel(source, target, rng, form):
    """Data of every type with its log, killed, then started elsewhere: the same digest, and it goes on there. At last
    it comes back as an image."""
    wire = source.start().wire()
    fill(wire, rng, 20)
    rewrite(wire)
    fill(wire, rng, 20)
    wire.ok("SET", "more", "1")
    assert base_format(source) == form
    before = digest(wire)
    carry(source, target)
    other = target.start().wire()
    assert digest(other) == before != "0" * 40
    other.ok("SET", "more", "2")
    rewrite(other)
    after = digest(other)
    other = reborn(target)
    assert digest(other) == after != before
    use_format(other, "image")
    rewrite(other)
    assert base_format(target) == "image"
    carry(target, source)
    assert digest(source.start().wire()) == after


@BOTH
@pytest.mark.goal("redis-server starts from this server's files, goes on with them and holds the same data")
def test_to_redis(fresh_server, reference, rng, form):
    options = {**HYBRID, "aof_use_rdb_preamble": FORMATS[form]}
    travel(fresh_server(start=False, **options), reference(start=False, **options), rng, form)


@BOTH
@pytest.mark.goal("This server starts from redis-server's files, goes on with them and holds the same data")
def test_from_redis(fresh_server, reference, rng, form):
    options = {**HYBRID, "aof_use_rdb_preamble": FORMATS[form]}
    travel(reference(start=False, **options), fresh_server(start=False, **options), rng, form)


@pytest.mark.goal("A log goes to and fro between the two servers, changing its format each time, and loses nothing")
def test_to_and_fro(fresh_server, reference, rng):
    servers = [fresh_server(start=False, **HYBRID), reference(start=False, **HYBRID)]
    wire = servers[0].start().wire()
    fill(wire, rng, 10)
    for turn in range(4):
        use_format(wire, ["image", "commands"][turn // 2])
        wire("RPUSH", "turns", turn)
        rewrite(wire)
        wire("RPUSH", "turns", "log")
        before = digest(wire)
        here, there = servers[turn % 2], servers[1 - turn % 2]
        carry(here, there)
        wire = there.start().wire()
        assert digest(wire) == before
    assert wire("LRANGE", "turns", 0, -1) == [word for turn in range(4) for word in (b"%d" % turn, b"log")]
