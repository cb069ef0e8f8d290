"""Where a client is sent: MOVED, ASK, TRYAGAIN, CROSSSLOT, CLUSTERDOWN, and which of them when several would do."""

import pytest

from strata_harness.cluster import FRIEND, ME, OTHER, SLOTS, Member, Scene, absent, key_in, state_is
from strata_harness.resp import RespError

MINE, ALSO_MINE, THEIRS, NOBODYS = 100, 101, 9000, 16383
SERVER_OPTIONS = {"cluster_require_full_coverage": "no"}
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, 16000)), epoch=2),
               absent(OTHER, slots=set(range(16000, SLOTS - 1)), epoch=3)])

MOVED = f"MOVED {THEIRS} 127.0.0.1:1"
ASK = f"ASK {MINE} 127.0.0.1:1"
CROSS = "CROSSSLOT Keys in request don't hash to the same slot"
UNSERVED = "CLUSTERDOWN Hash slot not served"
DOWN = "CLUSTERDOWN The cluster is down"
AGAIN = "TRYAGAIN Multiple keys request during rehashing of slot"

mine, mine2, other_mine = key_in(MINE, "a"), key_in(MINE, "b"), key_in(ALSO_MINE)
theirs, theirs2, nobodys = key_in(THEIRS, "a"), key_in(THEIRS, "b"), key_in(NOBODYS)


def migrate_from(wire):
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)


def import_to(wire):
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "IMPORTING", FRIEND)


# -- another node's slot -----------------------------------------------------------------------------------------------


@pytest.mark.goal("A key of another node's slot: MOVED with slot and address, for reads and for writes")
def test_moved(wire):
    wire.exchange(f"GET {theirs}\r\n".encode(), f"-{MOVED}\r\n".encode())
    assert wire.error("SET", theirs, "v") == MOVED
    assert wire.error("GET", key_in(16000)) == "MOVED 16000 127.0.0.1:2"
    wire.ok("SET", mine, "v")
    assert wire("GET", mine) == b"v"


@pytest.mark.parametrize("words", [
    ["DEL", theirs, theirs2], ["MSET", theirs, 1, theirs2, 2], ["OBJECT", "ENCODING", theirs],
    ["RENAME", theirs, theirs2],
    ["SUNIONSTORE", theirs, theirs2], ["BITOP", "NOT", theirs, theirs2], ["ZUNIONSTORE", theirs, 1, theirs2],
    ["ZINTER", 2, theirs, theirs2], ["SINTERCARD", 1, theirs], ["LMPOP", 1, theirs, "LEFT"],
    ["SORT", theirs, "STORE", theirs2],
    ["MEMORY", "USAGE", theirs], ["BLPOP", theirs, 0], ["COPY", theirs, theirs2], ["WATCH", theirs], ["EXISTS", theirs],
    ["TOUCH", theirs], ["GEORADIUS", theirs, 0, 0, 1, "m", "STORE", theirs2], ["RESTORE", theirs, 0, "x"],
    ["DUMP", theirs], ["PFMERGE", theirs, theirs2]],
    ids=lambda words: " ".join(words[:2]) if words[0] in ("OBJECT", "MEMORY") else words[0])
@pytest.mark.goal("The keys are found wherever the command has them")
def test_key_positions(wire, words):
    assert wire(*words) == RespError(MOVED)


@pytest.mark.goal("A command without keys is served by any node, in any state")
def test_no_keys(wire):
    assert wire("PING") == "PONG" and wire("DBSIZE") == 0 and wire("KEYS", "*") == [] and wire("TIME")
    assert wire("PUBLISH", "channel", "message") == 0 and wire("SCAN", 0) == [b"0", []]
    assert wire("CLIENT", "GETNAME") is None and wire("RANDOMKEY") is None
    assert wire("WAIT", 0, 10) == 0
    assert wire.error("GET") == "ERR wrong number of arguments for 'get' command", "the shape is looked at first"
    assert wire.error("NONSENSE", theirs).startswith("ERR unknown command 'NONSENSE'")


@pytest.mark.goal("Redirections in a pipeline stand in their places, and the connection goes on")
def test_pipeline(wire, rng):
    wire.ok("SET", mine, "v")
    words = [rng.choice([mine, theirs, nobodys]) for _ in range(300)]
    for key in words:
        wire.send_command("GET", key)
    answers = {mine: b"v", theirs: RespError(MOVED), nobodys: RespError(UNSERVED)}
    assert wire.read_many(300) == [answers[key] for key in words]


@pytest.mark.goal("Redirections count as rejected calls and as errors of their kind")
def test_statistics(wire):
    for _ in range(3):
        wire.error("GET", theirs)
    wire.error("MGET", mine, theirs)
    calls = b"cmdstat_get:calls=0,usec=0,usec_per_call=0.00,rejected_calls=3,failed_calls=0"
    assert calls in wire("INFO", "commandstats")
    stats = wire("INFO", "errorstats")
    assert b"errorstat_MOVED:count=3" in stats and b"errorstat_CROSSSLOT:count=1" in stats


# -- several keys ------------------------------------------------------------------------------------------------------


@pytest.mark.goal("Keys of one slot are served together, keys of two slots are refused even if both are the node's own")
def test_cross_slot(wire):
    wire.ok("MSET", mine, "1", mine2, "2")
    assert wire("MGET", mine, mine2, mine) == [b"1", b"2", b"1"]
    for words in (["MSET", mine, 1, other_mine, 2], ["MGET", mine, other_mine], ["DEL", mine, theirs],
                  ["RENAME", mine, other_mine], ["SDIFFSTORE", mine, mine2, other_mine],
                  ["ZUNIONSTORE", mine, 2, mine2, other_mine], ["BLPOP", mine, other_mine, 0],
                  ["SORT", mine, "STORE", other_mine], ["COPY", mine, theirs], ["WATCH", mine, other_mine]):
        assert (words, wire(*words)) == (words, RespError(CROSS))
    assert wire("MGET", mine, mine2) == [b"1", b"2"]


@pytest.mark.goal("CROSSSLOT comes before MOVED; an unowned first key before both, an unowned second one does not")
def test_order_of_keys(wire):
    assert wire.error("MGET", theirs, mine) == CROSS
    assert wire.error("MGET", theirs, key_in(9001)) == CROSS
    assert wire.error("MGET", nobodys, mine) == UNSERVED
    assert wire.error("MGET", mine, nobodys) == CROSS
    assert wire.error("MGET", theirs, theirs2) == MOVED


# -- a slot on its way -------------------------------------------------------------------------------------------------


@pytest.mark.goal("A migrating slot: keys that are still here are served, the others are ASKed for at the target")
def test_migrating(wire):
    wire.ok("SET", mine, "v")
    migrate_from(wire)
    assert wire("GET", mine) == b"v"
    wire.ok("SET", mine, "w")
    assert wire("DEL", mine) == 1
    wire.exchange(f"GET {mine}\r\n".encode(), f"-{ASK}\r\n".encode())
    assert wire.error("SET", mine, "v") == ASK
    assert wire("GET", other_mine) is None, "a slot beside it"


@pytest.mark.goal("Several keys of a migrating slot: all here: served; none: ASK; some: TRYAGAIN")
def test_migrating_several(wire):
    wire.ok("MSET", mine, "1", mine2, "2")
    migrate_from(wire)
    assert wire("MGET", mine, mine2) == [b"1", b"2"]
    wire("DEL", mine2)
    assert wire.error("MGET", mine, mine2) == AGAIN and wire.error("MSET", mine2, 1, mine, 1) == AGAIN
    wire("DEL", mine)
    assert wire.error("MGET", mine, mine2) == ASK
    assert wire.error("MGET", mine, mine) == ASK, "the same key twice"


@pytest.mark.goal("An expired key of a migrating slot is missing")
def test_migrating_expired(wire):
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    wire.ok("SET", mine, "v", "PX", 1)
    migrate_from(wire)
    while wire("PTTL", mine) not in (-2, RespError(ASK)):
        pass
    assert wire.error("GET", mine) == ASK
    wire("DEBUG", "SET-ACTIVE-EXPIRE", 1)


@pytest.mark.goal("An importing slot serves who has said ASKING, for one command; all others are MOVED")
def test_importing(wire, connect):
    import_to(wire)
    assert wire.error("SET", theirs, "v") == MOVED
    wire.ok("ASKING")
    wire.ok("SET", theirs, "v")
    assert wire.error("GET", theirs) == MOVED
    wire.ok("ASKING")
    assert wire("GET", theirs) == b"v"
    assert connect()("GET", theirs) == RespError(MOVED)


@pytest.mark.goal("ASKING is used up by the next command whatever it is, and is of no use for other slots")
def test_asking_once(wire):
    import_to(wire)
    for between in (["PING"], ["GET", mine], ["GET"], ["CLIENT", "ID"]):
        wire.ok("ASKING")
        wire(*between)
        assert (between, wire("GET", theirs)) == (between, RespError(MOVED))
    wire.ok("ASKING")
    assert wire.error("GET", key_in(9001)) == "MOVED 9001 127.0.0.1:1"
    wire.ok("ASKING")
    assert wire.error("GET", nobodys) == UNSERVED


@pytest.mark.goal("Several keys of an importing slot: all here: served; any missing: TRYAGAIN; one key may be missing")
def test_importing_several(wire):
    import_to(wire)
    wire.ok("ASKING")
    assert wire("GET", theirs) is None
    wire.ok("ASKING")
    assert wire.error("MSET", theirs, 1, theirs2, 2) == AGAIN
    for key in (theirs, theirs2):
        wire.ok("ASKING")
        wire.ok("SET", key, "v")
    wire.ok("ASKING")
    assert wire("MGET", theirs, theirs2) == [b"v", b"v"]


@pytest.mark.goal("MIGRATE is served on an open slot, whatever keys are here; without them it says so")
def test_migrate_command(wire):
    migrate_from(wire)
    assert wire("MIGRATE", "127.0.0.1", 1, mine, 0, 100) == "NOKEY"
    import_to(wire)
    assert wire("MIGRATE", "127.0.0.1", 1, theirs, 0, 100) == "NOKEY"
    wire.ok("CLUSTER", "SETSLOT", THEIRS, "STABLE")
    assert wire.error("MIGRATE", "127.0.0.1", 1, theirs, 0, 100) == MOVED


@pytest.mark.goal("RESTORE-ASKING carries its ASKING in itself")
def test_restore_asking(wire):
    wire.ok("SET", mine, "v")
    payload = wire("DUMP", mine)
    assert wire.error("RESTORE-ASKING", theirs, 0, payload) == MOVED
    import_to(wire)
    assert wire.error("RESTORE", theirs, 0, payload) == MOVED
    wire.ok("RESTORE-ASKING", theirs, 0, payload)
    wire.ok("ASKING")
    assert wire("GET", theirs) == b"v"
    assert wire.error("RESTORE-ASKING", theirs, 0, payload) == "BUSYKEY Target key name already exists."
    wire.ok("RESTORE-ASKING", theirs, 100000, payload, "REPLACE")
    wire.ok("ASKING")
    assert 0 < wire("PTTL", theirs) <= 100000


# -- a cluster that is down --------------------------------------------------------------------------------------------


@pytest.fixture
def down(wire):
    """The state is `fail`, since a slot has no owner and full coverage is wanted."""
    wire.ok("MSET", mine, "v", mine2, "v")
    wire.ok("CONFIG", "SET", "cluster-require-full-coverage", "yes")
    wire.ok("CLUSTER", "DELSLOTS", 200)  # anything that has the state looked at
    state_is(wire, "fail")
    yield wire
    wire.ok("CONFIG", "SET", "cluster-require-full-coverage", "no")
    wire.ok("CLUSTER", "ADDSLOTS", 200)
    state_is(wire, "ok")


@pytest.mark.goal("While the cluster is down no key is served nor MOVED; CROSSSLOT and unowned slots are told first")
def test_down(down):
    for words in (["GET", mine], ["SET", mine, "v"], ["GET", theirs], ["MGET", mine, mine2], ["WATCH", mine]):
        assert (words, down(*words)) == (words, RespError(DOWN))
    assert down.error("MGET", mine, other_mine) == CROSS
    assert down.error("GET", nobodys) == UNSERVED
    assert down("PING") == "PONG" and down("DBSIZE") == 2
    down.ok("ASKING")
    assert down.error("GET", mine) == DOWN


@pytest.mark.goal("cluster-allow-reads-when-down: reads go on, and are MOVED, too; writes are refused")
def test_reads_when_down(down):
    down.ok("CONFIG", "SET", "cluster-allow-reads-when-down", "yes")
    assert down("GET", mine) == b"v" and down.error("GET", theirs) == MOVED
    refused = "CLUSTERDOWN The cluster is down and only accepts read commands"
    assert down.error("SET", mine, "w") == refused and down.error("SET", theirs, "w") == refused
    assert down("GET", mine) == b"v"


@pytest.mark.goal("Shard channels go on while the cluster is down, unless cluster-allow-pubsubshard-when-down is off")
def test_channels_when_down(down):
    assert down("SPUBLISH", mine, "m") == 0
    assert down.error("SPUBLISH", theirs, "m") == MOVED
    down.ok("CONFIG", "SET", "cluster-allow-pubsubshard-when-down", "no")
    assert down.error("SPUBLISH", mine, "m") == DOWN and down.error("SSUBSCRIBE", mine) == DOWN
    assert down("PUBLISH", mine, "m") == 0


@pytest.mark.goal("While the cluster is down MULTI takes no keyed command, and EXEC then aborts")
def test_transaction_when_down(down):
    down.ok("MULTI")
    assert down.error("SET", mine, "w") == DOWN
    assert down.error("EXEC").startswith("EXECABORT")
    down.ok("MULTI")
    assert down("PING") == "QUEUED" and down("EXEC") == ["PONG"]
