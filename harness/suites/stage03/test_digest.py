"""DEBUG DIGEST and DIGEST-VALUE: the same fingerprint wherever the same data is held, however it got there.

All digests below were taken from redis-server 7.0.15.
"""

import pytest

from strata_harness.wait import wait_until

SERVER_OPTIONS = {"enable-debug-command": "yes"}
NOTHING = "0" * 40
LONG = "a long text " * 30


def numbered(count):
    return [f"element {i}" for i in range(count)]


def fields(count):
    return [part for i in range(count) for part in (f"m{i}", i * i)]


def scores(count):
    return [part for i in range(count) for part in (i / 7, f"m{i}")]


# key: encoding, digest of the value, command, its arguments after the key.
DATA = {
    "number": (
        "int", "ecbe47b275692b7ba0a41173187b8aaae5ad14b2",
        "SET", "-123456789012"),
    "short": (
        "embstr", "8ace0d800eaa65a243f7c86e8bfcb3b76405bc3d",
        "SET", "some text"),
    "long": (
        "raw", "f5b6083c6e66a6411f79f7274323265d1aec372f",
        "SET", LONG),
    "empty": (
        "embstr", "8b3447c33a834b810e3e181b6fd6a2ee1020921c",
        "SET", ""),
    "bytes": (
        "embstr", "1caf116471e4c6373116ec93fed512e80257fbd7",
        "SET", bytes(range(20))),
    "list": (
        "quicklist", "d4b546f8f0b246978fc84176874ff7626480e48f",
        "RPUSH", "one", 2, -300, 4000000000, "007", "", LONG),
    "long list": (
        "quicklist", "63c18df1c6b633d7ac6e983213296cbe1d337e01",
        "RPUSH", *numbered(3000)),
    "numbers": (
        "intset", "8155f370aba7d9acfa7a0db06a2118bd5c311d49",
        "SADD", 5, -70000, 3, 1 << 40),
    "set": (
        "hashtable", "4059dc576ade4cdbaee65b3526e309cbb404f787",
        "SADD", "a", "b", "5", LONG),
    "small zset": (
        "listpack", "50e7bcb4e748787dbd77ce38d0cf576193bf1c48",
        "ZADD", 1, "one", 2.5, "two and a half", "inf", "most", "-inf", "least", 0.1, "7", "1e20", "much", -3, "less"),
    "zset": (
        "skiplist", "cb13159b5fa4216f2fde0c1d8f520aeab6bb6b8d",
        "ZADD", *scores(300), "inf", "most", 3, LONG, 0, "zero"),
    "small hash": (
        "listpack", "70f3fa7db57a7fa44eb9b67a167f860dbbdf3a6e",
        "HSET", "field", "value", "5", 17, "empty", ""),
    "hash": (
        "hashtable", "ca2e29dad5444e90bef2219b2f9649672c63442b",
        "HSET", *fields(700), "long", LONG),
}
EXPIRING = ("short", "list", "numbers", "hash")
DATABASES = (0, 1, 9)
# Of all data in each of the databases, where the keys of EXPIRING expire.
DATA_DIGEST = "e146eb24600655b37f70d42d5bf874798c5b44ae"


def load(wire, keys=DATA):
    for key in keys:
        _, _, command, *args = DATA[key]
        wire(command, key, *args)


def digest(wire):
    return wire("DEBUG", "DIGEST")


def value_digest(wire, key):
    [answer] = wire("DEBUG", "DIGEST-VALUE", key)
    return answer


@pytest.mark.parametrize("key", DATA)
@pytest.mark.goal("The digest of a value of each type and encoding is Redis's")
def test_values(wire, key):
    load(wire, [key])
    encoding, expected, *_ = DATA[key]
    assert wire("OBJECT", "ENCODING", key) == encoding.encode()
    assert value_digest(wire, key) == expected


@pytest.mark.goal("The digest of several databases with values of all kinds, some of which expire, is Redis's")
def test_data(wire):
    for db in DATABASES:
        wire.ok("SELECT", db)
        load(wire)
        for key in EXPIRING:
            assert wire("EXPIRE", key, 10000 + db) == 1
    assert digest(wire) == DATA_DIGEST


@pytest.mark.goal("The order in which keys, members and fields arrive leaves no trace")
def test_order(wire, rng):
    for db in rng.sample(DATABASES, len(DATABASES)):
        wire.ok("SELECT", db)
        for key in rng.sample(list(DATA), len(DATA)):
            _, _, command, *args = DATA[key]
            step = {"SADD": 1, "ZADD": 2, "HSET": 2}.get(command, len(args))
            groups = [args[i:i + step] for i in range(0, len(args), step)]
            rng.shuffle(groups)
            wire(command, key, *[part for group in groups for part in group])
            if key in EXPIRING:
                wire("PEXPIRE", key, rng.randrange(100_000, 10_000_000))
    assert digest(wire) == DATA_DIGEST


@pytest.mark.parametrize("option, key", [
    ("set-max-intset-entries", "numbers"), ("hash-max-listpack-entries", "small hash"),
    ("zset-max-listpack-entries", "small zset"), ("list-max-listpack-size", "long list"),
    ("list-compress-depth", "long list")])
@pytest.mark.goal("How a value is laid out in memory leaves no trace")
def test_encodings(wire, option, key):
    wire.ok("CONFIG", "SET", option, 1)
    load(wire, [key])
    if "list" not in key:
        assert wire("OBJECT", "ENCODING", key) != DATA[key][0].encode()
    assert value_digest(wire, key) == DATA[key][1]


@pytest.mark.goal("A key that expires differs from one that does not; when it expires does not matter")
def test_expiry(wire):
    load(wire, ["short"])
    lasting, alone = value_digest(wire, "short"), digest(wire)
    wire("EXPIRE", "short", 100)
    assert value_digest(wire, "short") == "6c4bf37fd2938ff682e12396ce967c2c7eabfdbe"
    assert digest(wire) != alone
    wire("EXPIRE", "short", 5000)
    assert value_digest(wire, "short") == "6c4bf37fd2938ff682e12396ce967c2c7eabfdbe"
    wire("PERSIST", "short")
    assert (value_digest(wire, "short"), digest(wire)) == (lasting, alone)


@pytest.mark.goal("A key that has expired counts until it is deleted")
def test_expired(wire):
    wire.ok("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    seconds, micros = map(int, wire("TIME"))
    deadline = seconds * 1000 + micros // 1000 + 100
    wire.ok("SET", "short", "some text", "PXAT", deadline)
    held = digest(wire)

    def passed():
        now, rest = map(int, wire("TIME"))
        return now * 1000 + rest // 1000 > deadline

    wait_until(passed, 5, "the key to expire")
    assert digest(wire) == held != NOTHING
    assert value_digest(wire, "short") == "6c4bf37fd2938ff682e12396ce967c2c7eabfdbe"
    assert wire("GET", "short") is None
    assert digest(wire) == value_digest(wire, "short") == NOTHING


@pytest.mark.goal("The number of a database counts, an empty one does not")
def test_databases(wire):
    load(wire, ["short"])
    first = digest(wire)
    assert wire("MOVE", "short", 1) == 1
    moved = digest(wire)
    assert moved not in (first, NOTHING)
    assert value_digest(wire, "short") == NOTHING, "it is not in this database"
    wire.ok("SWAPDB", 0, 1)
    assert digest(wire) == first
    wire("COPY", "short", "short", "DB", 7)
    assert digest(wire) not in (first, moved)
    wire.ok("SELECT", 7)
    assert wire("DEL", "short") == 1
    assert digest(wire) == first


@pytest.mark.parametrize("undo", [False, True])
@pytest.mark.goal("Every change shows, and what is undone shows no more")
def test_changes(wire, undo):
    load(wire)
    changes = [
        (["APPEND", "short", "!"], ["SET", "short", "some text"]),
        (["INCR", "number"], ["DECR", "number"]),
        (["LSET", "list", 3, "x"], ["LSET", "list", 3, "4000000000"]),
        (["RPOPLPUSH", "list", "list"], ["LMOVE", "list", "list", "LEFT", "RIGHT"]),
        (["SADD", "set", "c"], ["SREM", "set", "c"]),
        (["SREM", "numbers", "3"], ["SADD", "numbers", "3"]),
        (["ZINCRBY", "small zset", 2, "one"], ["ZINCRBY", "small zset", -2, "one"]),
        (["HSET", "hash", "m3", "8"], ["HSET", "hash", "m3", "9"]),
        (["HDEL", "small hash", "empty"], ["HSET", "small hash", "empty", ""]),
        (["RENAME", "bytes", "other"], ["RENAME", "other", "bytes"]),
        (["DEL", "empty"], ["SET", "empty", ""]),
    ]
    before = digest(wire)
    seen = {before}
    for change, back in changes:
        wire(*change)
        changed = digest(wire)
        assert changed not in seen, change
        seen.add(changed)
        if undo:
            wire(*back)
            assert digest(wire) == before, back


@pytest.mark.goal("What a field and its value are is not lost in their sum: swapped, they differ")
def test_pairs(wire):
    wire("HSET", "straight", "a", "1", "b", "2")
    wire("HSET", "crossed", "a", "2", "b", "1")
    wire("ZADD", "straight z", 1, "a", 2, "b")
    wire("ZADD", "crossed z", 2, "a", 1, "b")
    wire("SADD", "set", "a", "b", "1", "2")
    wire("RPUSH", "list", "a", "b")
    wire("RPUSH", "reversed", "b", "a")
    digests = wire("DEBUG", "DIGEST-VALUE", "straight", "crossed", "straight z", "crossed z", "set", "list", "reversed")
    assert len(set(digests)) == 7


@pytest.mark.goal("The name of a key is no part of its value's digest, but of that of all data")
def test_names(wire):
    load(wire, ["hash"])
    before = digest(wire)
    wire.ok("RENAME", "hash", "renamed")
    assert value_digest(wire, "renamed") == DATA["hash"][1]
    assert digest(wire) != before


@pytest.mark.goal("DIGEST-VALUE answers for each key in turn, with zeros for what is not there")
def test_several_keys(wire):
    load(wire, ["short", "set"])
    wire.exchange(b"debug digest-value short nowhere set short\r\n",
                  f"*4\r\n+{DATA['short'][1]}\r\n+{NOTHING}\r\n+{DATA['set'][1]}\r\n+{DATA['short'][1]}\r\n".encode())
    wire.exchange(b"DEBUG DIGEST-VALUE\r\n", b"*0\r\n")


@pytest.mark.goal("An empty server has a digest of zeros; DIGEST takes no arguments")
def test_empty(wire):
    wire.exchange(b"DEBUG DIGEST\r\n", f"+{NOTHING}\r\n".encode())
    load(wire)
    wire.ok("FLUSHALL")
    assert digest(wire) == NOTHING
    assert wire.error("DEBUG", "DIGEST", "short") == (
        "ERR unknown subcommand or wrong number of arguments for 'DIGEST'. Try DEBUG HELP.")


@pytest.mark.goal("To take a digest is not to use the keys: no hits, no misses")
def test_no_trace(wire):
    load(wire, ["short"])
    wire.ok("CONFIG", "RESETSTAT")
    assert value_digest(wire, "short") == DATA["short"][1]
    assert value_digest(wire, "nowhere") == NOTHING
    digest(wire)
    stats = wire("INFO", "stats").decode()
    assert "keyspace_hits:0\r\n" in stats
    assert "keyspace_misses:0\r\n" in stats
