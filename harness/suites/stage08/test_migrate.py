"""MIGRATE: keys go to another server in one step for everybody who looks; what it says to the target, and what it does
with the target's answers."""

import time

import pytest

from strata_harness.cluster import WHOLE, key_in
from strata_harness.migrate_target import MigrateTarget
from strata_harness.resp import RespError
from strata_harness.sample import fill
from strata_harness.wait import wait_until

pytestmark = pytest.mark.limit(30)
SCENE = WHOLE
A, B, C = (key_in(100, name) for name in "abc")


@pytest.fixture
def target():
    with MigrateTarget() as one:
        yield one


def migrate(wire, target, key, *more, db=0, timeout=2000):
    return wire("MIGRATE", "127.0.0.1", target.port, key, db, timeout, *more)


def restored(words):
    """RESTORE-ASKING's arguments, without the payload."""
    return [word for i, word in enumerate(words) if i != 3]


# -- what the target hears ---------------------------------------------------------------------------------------------


@pytest.mark.goal("A key goes as RESTORE-ASKING with its DUMP and time to live, after a SELECT; then it is gone here")
def test_stream(wire, target):
    wire.ok("SET", A, "value")
    wire("RPUSH", B, *range(500))
    dumps = {A: wire("DUMP", A), B: wire("DUMP", B)}
    wire("PEXPIRE", B, 100000)
    assert migrate(wire, target, A) == "OK" and wire("EXISTS", A) == 0
    assert migrate(wire, target, B) == "OK" and wire("DBSIZE") == 0
    [commands] = target.connections
    assert commands[:2] == [[b"SELECT", b"0"], [b"RESTORE-ASKING", A.encode(), b"0", dumps[A]]]
    name, key, ttl, payload = commands[2]
    assert (name, key, payload) == (b"RESTORE-ASKING", B.encode(), dumps[B]) and 90000 < int(ttl) <= 100000
    assert len(commands) == 3, "the second time the connection and its database are known"


@pytest.mark.goal("Outside of a cluster the key goes as RESTORE")
def test_without_cluster(fresh_server, target):
    wire = fresh_server().wire()
    wire.ok("SELECT", 3)
    wire.ok("SET", "k", "v")
    payload = wire("DUMP", "k")
    assert migrate(wire, target, "k", db=7) == "OK"
    assert target.commands == [[b"SELECT", b"7"], [b"RESTORE", b"k", b"0", payload]]
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("COPY keeps the key, REPLACE is passed on")
def test_options(wire, target):
    wire.ok("SET", A, "v")
    assert migrate(wire, target, A, "copy") == "OK" and wire("GET", A) == b"v"
    assert migrate(wire, target, A, "COPY", "Replace") == "OK" and wire("GET", A) == b"v"
    assert migrate(wire, target, A, "REPLACE") == "OK" and wire("EXISTS", A) == 0
    assert [words[4:] for words in target.commands[1:]] == [[], [b"REPLACE"], [b"REPLACE"]]


@pytest.mark.goal("KEYS moves several keys; those that are not there are left out; all go before an answer is awaited")
def test_keys(wire, target):
    wire.ok("MSET", A, "1", C, "3")
    assert migrate(wire, target, "", "REPLACE", "KEYS", A, B, C) == "OK"
    assert [restored(words) for words in target.commands[1:]] == [
        [b"RESTORE-ASKING", A.encode(), b"0", b"REPLACE"], [b"RESTORE-ASKING", C.encode(), b"0", b"REPLACE"]]
    assert wire("DBSIZE") == 0


@pytest.mark.parametrize("option, words", [(["AUTH", "pw"], [b"AUTH", b"pw"]),
                                           (["AUTH2", "user", "pw"], [b"AUTH", b"user", b"pw"])], ids=["AUTH", "AUTH2"])
@pytest.mark.goal("AUTH comes before everything, on each call")
def test_auth(wire, target, option, words):
    for _ in range(2):
        wire.ok("SET", A, "v")
        assert migrate(wire, target, A, *option) == "OK"
    names = [command[0] for command in target.commands]
    assert target.commands[0] == words and names == [b"AUTH", b"SELECT", b"RESTORE-ASKING", b"AUTH", b"RESTORE-ASKING"]


@pytest.mark.goal("Another database is selected, on the same connection")
def test_select(wire, target):
    for db in (0, 0, 5, 5, 0):
        wire.ok("SET", A, "v")
        assert migrate(wire, target, A, db=db) == "OK"
    selects = [words[1] for words in target.commands if words[0] == b"SELECT"]
    assert selects == [b"0", b"5", b"0"] and len(target.connections) == 1


@pytest.mark.goal("Connections to targets are kept, one for each address, and closed when unused for ten seconds")
def test_cache(fresh_server, target):
    wire = fresh_server().wire()

    def cached():
        return int(next(line for line in wire("INFO", "stats").decode().splitlines() if "migrate_cached" in line)[23:])
    with MigrateTarget() as second:
        for one in (target, second, target):
            wire.ok("SET", A, "v")
            assert migrate(wire, one, A) == "OK"
        assert cached() == 2 and len(target.connections) == len(second.connections) == 1
        begin = time.monotonic()
        wait_until(lambda: cached() == 0, 15, "the connections to be closed")
        assert time.monotonic() - begin > 8


# -- what the target answers -------------------------------------------------------------------------------------------


def erring(*keys):
    """A target that takes all keys but these."""
    def answer(words):
        if words[0] == b"RESTORE-ASKING" and words[1] in [key.encode() for key in keys]:
            return b"-BUSYKEY " + words[1] + b"\r\n"
        return b"+OK\r\n"
    return answer


@pytest.mark.goal("A key that the target refuses stays; the others are gone; the first error is told")
def test_refused(wire, target):
    target.answer = erring(A, C)
    wire.ok("MSET", A, "1", B, "2", C, "3")
    assert migrate(wire, target, "", "KEYS", A, B, C) == RespError(
        f"ERR Target instance replied with error: BUSYKEY {A}")
    assert wire("MGET", A, B, C) == [b"1", None, b"3"]
    target.answer = erring()
    assert migrate(wire, target, "", "KEYS", A, C) == "OK"
    assert len(target.connections) == 1, "an error of the target is no reason to hang up"


@pytest.mark.goal("SELECT and AUTH may be refused: nothing is lost, and SELECT is said again the next time")
def test_refused_preliminaries(wire, target):
    wire.ok("SET", A, "v")
    target.answer = lambda words: b"-ERR no such database\r\n" if words[0] == b"SELECT" else b"+OK\r\n"
    assert migrate(wire, target, A) == RespError("ERR Target instance replied with error: ERR no such database")
    target.answer = lambda words: b"-WRONGPASS no\r\n" if words[0] == b"AUTH" else b"+OK\r\n"
    assert migrate(wire, target, A, "AUTH", "pw") == RespError("ERR Target instance replied with error: WRONGPASS no")
    target.answer = erring()
    wire.ok("SET", A, "v")
    assert migrate(wire, target, A) == "OK" and wire("EXISTS", A) == 0
    assert [words[0] for words in target.commands].count(b"SELECT") >= 2


@pytest.mark.goal("A target that hangs up is tried once more, then it is an error, and the key stays")
def test_hangs_up(wire, target):
    wire.ok("SET", A, "v")
    assert migrate(wire, target, A, "COPY") == "OK"  # now this target's connection is kept, no other's of the same port
    target.answer = lambda words: None
    reply = migrate(wire, target, A)
    assert reply.text in [f"IOERR error or timeout {way} to target instance" for way in ("reading", "writing")]
    wait_until(lambda: len(target.connections) == 2, 5, "the second try")
    assert wire("GET", A) == b"v"


@pytest.mark.goal("A kept connection that the target has closed meanwhile is replaced without a word")
def test_stale_connection(wire, target):
    wire.ok("SET", A, "v")
    assert migrate(wire, target, A, "COPY") == "OK"
    first = True

    def answer(words):
        nonlocal first
        if first:
            first = False
            return None
        return b"+OK\r\n"
    target.answer = answer
    assert migrate(wire, target, A) == "OK" and wire("EXISTS", A) == 0
    assert len(target.connections) == 2


@pytest.mark.goal("A silent target is waited for as long as was said, and the key stays")
def test_silent(wire, target):
    wire.ok("SET", A, "v")
    target.answer = lambda words: b""
    begin = time.monotonic()
    assert migrate(wire, target, A, timeout=300).code == "IOERR"
    assert 0.25 < time.monotonic() - begin < 5
    assert wire("GET", A) == b"v" and len(target.connections) == 1, "no second try after a timeout"


@pytest.mark.goal("Nobody at the target's address: IOERR, and the key stays")
def test_nobody(wire):
    wire.ok("SET", A, "v")
    for host, port in (("127.0.0.1", 1), ("nonsense.invalid", 1)):
        assert wire("MIGRATE", host, port, A, 0, 500).code == "IOERR"
    assert wire("GET", A) == b"v"


@pytest.mark.goal("Keys that were acknowledged before the target broke off are gone, the others are not")
def test_broken_off(wire, target):
    wire.ok("MSET", A, "1", B, "2", C, "3")
    target.answer = lambda words: None if words[0] == b"RESTORE-ASKING" and words[1] == B.encode() else b"+OK\r\n"
    assert migrate(wire, target, "", "KEYS", A, B, C).code == "IOERR"
    assert wire("MGET", A, B, C) == [None, b"2", b"3"] and len(target.connections) == 1


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words, reply", [
    (["127.0.0.1", 1, A, 0, 100], "NOKEY"), (["127.0.0.1", 1, "", 0, 100, "KEYS", A, B], "NOKEY"),
    (["127.0.0.1", 1, A, 0, 100, "COPY", "REPLACE"], "NOKEY"),
    (["127.0.0.1", 1, A, "x", 100], RespError("ERR value is not an integer or out of range")),
    (["127.0.0.1", 1, A, 0, "x"], RespError("ERR value is not an integer or out of range")),
    (["127.0.0.1", 1, A, 0, 100, "nonsense"], RespError("ERR syntax error")),
    (["127.0.0.1", 1, A, 0, 100, "AUTH"], RespError("ERR syntax error")),
    (["127.0.0.1", 1, A, 0, 100, "AUTH2", "u"], RespError("ERR syntax error")),
    (["127.0.0.1", 1, A, 0, 100, "KEYS", A], RespError(
        "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string")),
    (["127.0.0.1", 1, A, 0], RespError("ERR wrong number of arguments for 'migrate' command"))],
    ids=["no key", "no keys", "no key to copy", "db", "timeout", "option", "AUTH alone", "AUTH2 of one",
         "KEYS and a key", "too few"])
@pytest.mark.goal("No key to move: +NOKEY without a connection; words that make no sense are refused")
def test_words(wire, words, reply):
    assert wire("MIGRATE", *words) == reply


@pytest.mark.goal("KEYS of two slots are refused")
def test_two_slots(wire):
    assert wire.error("MIGRATE", "127.0.0.1", 1, "", 0, 100, "KEYS", A, key_in(101)).startswith("CROSSSLOT")


# -- real targets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["to ours", "to redis", "from redis"])
@pytest.mark.goal("Keys of every type arrive as they were, with their times to live, from and to a redis-server")
def test_real(fresh_server, reference, rng, way):
    source = (reference if way == "from redis" else fresh_server)(enable_debug_command="yes")
    target = (reference if way == "to redis" else fresh_server)(enable_debug_command="yes")
    wire, other = source.wire(), target.wire()
    fill(wire, rng, 30, databases=[0])
    before, keys = wire("DEBUG", "DIGEST"), wire("KEYS", "*")
    expiry = {key: wire("PEXPIRETIME", key) for key in keys}
    wire.ok("MIGRATE", "127.0.0.1", target.port, "", 0, 10000, "KEYS", *keys)
    assert wire("DBSIZE") == 0 and other("DEBUG", "DIGEST") == before
    assert all(abs(other("PEXPIRETIME", key) - expiry[key]) < 2000 for key in keys)
    if way == "from redis":
        other.ok("MIGRATE", "127.0.0.1", source.port, "", 0, 10000, "KEYS", *keys)
        assert other("DBSIZE") == 0 and wire("DEBUG", "DIGEST") == before, "and back again"


@pytest.mark.goal("A password of the target's, right and wrong")
def test_real_auth(wire, fresh_server):
    other = fresh_server(requirepass="secret")
    wire.ok("SET", A, "v")
    assert wire.error("MIGRATE", "127.0.0.1", other.port, A, 0, 1000) == (
        "ERR Target instance replied with error: NOAUTH Authentication required.")
    assert wire.error("MIGRATE", "127.0.0.1", other.port, A, 0, 1000, "AUTH", "no").startswith(
        "ERR Target instance replied with error: WRONGPASS")
    wire.ok("MIGRATE", "127.0.0.1", other.port, A, 0, 1000, "AUTH2", "default", "secret")
    assert wire("EXISTS", A) == 0


@pytest.mark.goal("What was moved is deleted for watchers and listeners, too, and a copy is not")
def test_events(wire, connect, target):
    wire.ok("CONFIG", "SET", "notify-keyspace-events", "KEA")
    listener, watcher = connect(), connect()
    listener("SUBSCRIBE", "__keyevent@0__:del")
    wire.ok("SET", A, "v")
    watcher.ok("WATCH", A)
    assert migrate(wire, target, A, "COPY") == "OK"
    watcher.ok("MULTI")
    watcher("PING")
    assert watcher("EXEC") == ["PONG"]
    watcher.ok("WATCH", A)
    assert migrate(wire, target, A) == "OK"
    watcher.ok("MULTI")
    assert not watcher("EXEC") and listener.read() == [b"message", b"__keyevent@0__:del", A.encode()]
