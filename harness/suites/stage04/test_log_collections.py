"""What commands on lists, sets, sorted sets, hashes and the rest leave in the log, without chance and waiting."""

import pytest

from strata_harness.aof_server import OPTIONS, Tail, run
from strata_harness.wait import wait_until

SERVER_OPTIONS = {**OPTIONS, "appendfsync": "no"}


@pytest.fixture
def tail(server, wire):
    return Tail(server, wire)


def row(first, command, *expected):
    """The commands before, split at |; one command; what it appends. = stands for the command itself."""
    lines = [command if line == "=" else line for line in expected]
    return pytest.param(first.split("|") if first else [], command, lines, id=command)


def check(wire, tail, first, command, expected):
    run(wire, *first)
    tail.bytes()
    run(wire, command)
    assert tail.lines() == expected


LIST, ZSET = "RPUSH l a b c d", "ZADD z 1 a 2 b 3 c"


@pytest.mark.parametrize("first, command, expected", [
    row("", "LPUSH l a b", "="), row("", "LPUSHX l a"), row(LIST, "rpushx l e", "="), row(LIST, "LPOP l", "="),
    row(LIST, "RPOP l 2", "="), row("", "LPOP l"), row(LIST, "LPOP l 0"), row(LIST, "LINSERT l BEFORE b x", "="),
    row(LIST, "LINSERT l BEFORE nobody x"), row(LIST, "LSET l 0 x", "="), row(LIST, "LTRIM l 1 2", "="),
    row(LIST, "LREM l 0 b", "="), row(LIST, "LREM l 0 nobody"), row(LIST, "RPOPLPUSH l m", "="),
    row(LIST, "LMOVE l m left RIGHT", "="), row("", "LMOVE l m LEFT RIGHT"),
    row(LIST, "LMPOP 2 x l LEFT", "LPOP l 1"), row(LIST, "LMPOP 1 l RIGHT COUNT 3", "RPOP l 3"),
    row(LIST, "lmpop 1 l left count 10", "LPOP l 4"), row("", "LMPOP 1 l LEFT"),
    row(LIST, "BLPOP x l 0", "LPOP l"), row(LIST, "BRPOP l 0", "RPOP l"),
    row(LIST, "BRPOPLPUSH l m 0", "RPOPLPUSH l m"), row(LIST, "BLMOVE l m LEFT RIGHT 0", "LMOVE l m LEFT RIGHT"),
    row(LIST, "BLMPOP 0 2 x l RIGHT COUNT 2", "RPOP l 2"), row("RPUSH l 3 1 2", "SORT l STORE m", "="),
    row(LIST, "SORT l ALPHA"), row(LIST, "LRANGE l 0 -1"), row("SET m v", "SORT nokey STORE m", "="),
    row("", "SORT nokey STORE m")])
@pytest.mark.goal("Lists: what waits is appended as what does not, what pops from one of several as what it popped")
def test_lists(wire, tail, first, command, expected):
    check(wire, tail, first, command, expected)


@pytest.mark.parametrize("first, command, expected", [
    row("", "SADD s a b", "="), row("SADD s a", "SADD s a"), row("SADD s a b", "SREM s a nobody", "="),
    row("SADD s a", "SREM s nobody"), row("SADD s a", "SMOVE s t a", "="), row("SADD s a", "SMOVE s t b"),
    row("SADD s a", "SPOP s", "SREM s a"), row("", "SPOP s"), row("SADD s a b", "SPOP s 0"),
    row("SADD s a b", "SPOP s 2", "DEL s"), row("SADD s a b", "SPOP s 5", "DEL s"),
    row("SADD s a b|SADD t b", "SINTERSTORE u s t", "="), row("SADD s a", "SUNIONSTORE u s t", "="),
    row("SADD s a", "SDIFFSTORE u s t", "="), row("SADD u a", "SINTERSTORE u s t", "="), row("", "SINTERSTORE u s t"),
    row("SADD s a", "SRANDMEMBER s"),
    row("", "HSET h f v g w", "="), row("HSET h f v", "HSET h f v", "="), row("", "HMSET h f v", "="),
    row("", "HSETNX h f v", "="), row("HSET h f v", "HSETNX h f w"), row("HSET h f v", "HDEL h f g", "="),
    row("", "HDEL h f"), row("", "HINCRBY h n 5", "="), row("", "HINCRBYFLOAT h n 0.5", "HSET h n 0.5"),
    row("HSET h n 1", "HINCRBYFLOAT h n 1e2", "HSET h n 101"), row("HSET h f v", "HGETALL h")])
@pytest.mark.goal("Sets and hashes: a random member is appended by name, a float as its result")
def test_sets_and_hashes(wire, tail, first, command, expected):
    check(wire, tail, first, command, expected)


@pytest.mark.parametrize("first, command, expected", [
    row("", "ZADD z 1.5 a", "="), row("ZADD z 1 a", "ZADD z 1 a"), row("ZADD z 1 a", "zadd z gt 2 a", "="),
    row("ZADD z 1 a", "ZADD z NX 2 a"), row("ZADD z 1 a", "ZADD z XX CH INCR 2 a", "="),
    row(ZSET, "ZINCRBY z 2 a", "="), row(ZSET, "ZREM z a nobody", "="), row(ZSET, "ZREM z nobody"),
    row(ZSET, "ZPOPMIN z", "="), row(ZSET, "ZPOPMAX z 2", "="), row("", "ZPOPMIN z"),
    row(ZSET, "ZMPOP 2 x z MIN", "ZPOPMIN z 1"), row(ZSET, "zmpop 1 z max count 9", "ZPOPMAX z 3"),
    row(ZSET, "BZPOPMIN x z 0", "ZPOPMIN z"), row(ZSET, "BZPOPMAX z 0", "ZPOPMAX z"),
    row(ZSET, "BZMPOP 0 1 z MAX COUNT 2", "ZPOPMAX z 2"), row(ZSET, "ZREMRANGEBYRANK z 0 0", "="),
    row(ZSET, "ZREMRANGEBYSCORE z (1 +inf", "="), row(ZSET, "ZREMRANGEBYLEX z [x [y"),
    row(ZSET, "ZRANGESTORE y z 0 -1", "="), row(ZSET, "ZUNIONSTORE y 1 z WEIGHTS 2", "="),
    row(ZSET, "ZINTERSTORE y 2 z x", ), row(ZSET, "ZDIFFSTORE y 2 z x", "="), row(ZSET, "ZRANDMEMBER z"),
    row("", "GEOADD g 13.361389 38.115556 Palermo", "zadd g 3479099956230698 Palermo"),
    row("GEOADD g 13.361389 38.115556 Palermo", "GEOADD g XX CH 13.5 38 Palermo 15 37 nobody",
        "zadd g XX CH 3479097324432493 Palermo 3476504601741708 nobody"),
    row("GEOADD g 13.361389 38.115556 Palermo", "GEOSEARCHSTORE h g FROMMEMBER Palermo BYRADIUS 1 km", "="),
    row("GEOADD g 13.361389 38.115556 Palermo", "GEORADIUS g 13 38 200 km STORE h", "=")])
@pytest.mark.goal("Sorted sets: what waits is appended as what does not, positions on earth as scores")
def test_sorted_sets(wire, tail, first, command, expected):
    check(wire, tail, first, command, expected)


@pytest.mark.parametrize("first, command, expected", [
    row("SET a abc", "BITOP NOT b a", "="), row("", "BITOP NOT b a"), row("SET b x", "BITOP AND b a", "="),
    row("", "BITFIELD k SET u8 0 5 GET u8 0", "="), row("", "BITFIELD k INCRBY u8 0 0", "="),
    row("SET k x", "BITFIELD k GET u8 0"), row("SET k x", "BITFIELD_RO k GET u8 0"),
    row("", "PFADD p a b", "="), row("PFADD p a", "PFADD p a"), row("", "PFADD p", "="),
    row("PFADD p a", "PFMERGE q p", "="), row("PFADD p a", "PFCOUNT p", "="), row("PFADD p a|PFCOUNT p", "PFCOUNT p"),
    row("PFADD p a|PFADD q b", "PFCOUNT p q")])
@pytest.mark.goal("Bits and HyperLogLogs: verbatim if anything changed, and be it a cached count")
def test_bits(wire, tail, first, command, expected):
    check(wire, tail, first, command, expected)


@pytest.mark.goal("SPOP of some members is appended as one SREM each, in a transaction if there are several")
def test_spop_several(wire, tail):
    members = {f"m{i}" for i in range(10)}
    wire("SADD", "s", *members)
    tail.bytes()
    popped = {member.decode() for member in wire("SPOP", "s", 4)}
    first, *lines, last = tail.lines()
    assert (first, last) == ("MULTI", "EXEC") and len(lines) == 4
    assert set(lines) == {f"SREM s {member}" for member in popped}
    [last] = wire("SPOP", "s", 1)
    assert tail.lines() == [f"SREM s {last.decode()}"]
    assert wire("SCARD", "s") == 5


def waiting(connect, wire, *command):
    """A client that waits for a key."""
    client = connect()
    client.send_command(*command)
    wait_until(lambda: "blocked_clients:1\r\n" in wire("INFO", "clients").decode(), 5, "a client to wait")
    return client


@pytest.mark.parametrize("command, push, expected", [
    ("BLPOP q 0", "RPUSH q a b", ["RPUSH q a b", "LPOP q"]), ("BRPOP q 0", "RPUSH q a b", ["RPUSH q a b", "RPOP q"]),
    ("BLMPOP 0 1 q RIGHT COUNT 2", "RPUSH q a b c", ["RPUSH q a b c", "RPOP q 2"]),
    ("BZPOPMIN q 0", "ZADD q 1 a 2 b", ["ZADD q 1 a 2 b", "ZPOPMIN q"]),
    ("BZPOPMAX q 0", "ZADD q 1 a 2 b", ["ZADD q 1 a 2 b", "ZPOPMAX q"]),
    ("BZMPOP 0 1 q MIN COUNT 5", "ZADD q 1 a 2 b", ["ZADD q 1 a 2 b", "ZPOPMIN q 2"]),
    ("BRPOPLPUSH q d 0", "RPUSH q a b", ["RPUSH q a b", "RPOPLPUSH q d"]),
    ("BLMOVE q d LEFT RIGHT 0", "RPUSH q a b", ["RPUSH q a b", "LMOVE q d left right"])])
@pytest.mark.goal("A client that waited is served by a command of its own in the log, behind the one that served it")
def test_served(connect, wire, tail, command, push, expected):
    client = waiting(connect, wire, *command.split())
    assert isinstance(run(wire, push)[0], int)
    client.read()
    assert tail.lines() == expected


@pytest.mark.goal("A transaction that serves a waiting client is whole in the log before the client's own command")
def test_served_by_transaction(connect, wire, tail):
    client = waiting(connect, wire, "BLPOP", "q", 0)
    run(wire, "MULTI", "RPUSH q a", "RPUSH q b", "EXEC")
    assert client.read() == [b"q", b"a"]
    assert tail.lines() == ["MULTI", "RPUSH q a", "RPUSH q b", "EXEC", "LPOP q"]


@pytest.mark.goal("A client that waits in vain leaves no trace")
def test_timeout(connect, wire, tail):
    client = connect()
    client.exchange(b"BLPOP q 0.01\r\n", b"*-1\r\n")
    client.exchange(b"BZPOPMIN q 0.01\r\n", b"*-1\r\n")
    assert tail.lines() == []


@pytest.mark.parametrize("command, push, expected", [
    ("BLPOP q 0", "RPUSH q a", ["RPUSH q a", "LPOP q"]), ("BLMOVE q d LEFT RIGHT 0", "RPUSH q a",
                                                         ["RPUSH q a", "LMOVE q d left right"])])
@pytest.mark.goal("Replayed, the log of served clients gives the data as it was")
def test_served_replay(fresh_server, command, push, expected):
    server = fresh_server(**SERVER_OPTIONS)
    wire = server.wire()
    tail = Tail(server, wire)
    client = server.wire()
    client.send_command(*command.split())
    wait_until(lambda: "blocked_clients:1\r\n" in wire("INFO", "clients").decode(), 5, "a client to wait")
    run(wire, push)
    client.read()
    assert tail.lines() == expected
    wire.ok("SET", "after", "v")
    before = wire("DEBUG", "DIGEST")
    server.kill()
    assert server.start().wire()("DEBUG", "DIGEST") == before
