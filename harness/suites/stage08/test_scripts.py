"""Scripts in a cluster: the keys they name decide where they run; keys they do not name must be here, too."""

import pytest

from strata_harness.cluster import FRIEND, ME, SLOTS, Member, Scene, absent, key_in, state_is
from strata_harness.resp import RespError

MINE, ALSO_MINE, THEIRS = 100, 101, 9000
SCENE = Scene([Member(ME, slots=set(range(8000)), epoch=1), absent(FRIEND, slots=set(range(8000, SLOTS)), epoch=2)])
mine, also_mine, theirs = key_in(MINE), key_in(ALSO_MINE), key_in(THEIRS)
GET = "return redis.call('get', KEYS[1])"
NOT_HERE = "ERR Script attempted to access a non local key in a cluster node"


@pytest.mark.goal("The keys that a script names are redirected as any command's")
def test_named_keys(wire):
    wire.ok("SET", mine, "v")
    assert wire("EVAL", GET, 1, mine) == b"v"
    assert wire("EVAL", GET, 1, theirs) == RespError(f"MOVED {THEIRS} 127.0.0.1:1")
    assert wire("EVAL", "return 1", 2, mine, also_mine).code == "CROSSSLOT"
    sha = wire("SCRIPT", "LOAD", GET)
    assert wire("EVALSHA", sha, 1, mine) == b"v"
    assert wire("EVALSHA", sha, 1, theirs) == RespError(f"MOVED {THEIRS} 127.0.0.1:1")
    assert wire("EVAL", "return 1", 0) == 1, "without keys it runs anywhere"


@pytest.mark.goal("A key that a script uses without naming it must be the node's own")
def test_unnamed_keys(wire):
    assert wire.error("EVAL", f"return redis.call('get', '{theirs}')", 0).startswith(NOT_HERE)
    assert wire.error("EVAL", f"return redis.pcall('set', '{theirs}', 'v')", 0) == NOT_HERE
    wire("EVAL", f"redis.call('set', '{mine}', 'a') redis.call('set', '{also_mine}', 'b')", 0)
    assert (wire("GET", mine), wire("GET", also_mine)) == (b"a", b"b"), "two own slots are no problem to an old script"


@pytest.mark.goal("A script with a shebang keeps to one slot, unless it says otherwise")
def test_flags(wire):
    body = f"redis.call('set', '{mine}', 'a') redis.call('set', '{also_mine}', 'b') return 1"
    assert wire.error("EVAL", "#!lua\n" + body, 0).startswith(
        "ERR Script attempted to access keys that do not hash to the same slot")
    assert wire("EXISTS", also_mine) == 0
    assert wire("EVAL", "#!lua flags=allow-cross-slot-keys\n" + body, 0) == 1
    assert wire.error("EVAL", "#!lua flags=no-cluster\nreturn 1", 0) == (
        "ERR Can not run script on cluster, 'no-cluster' flag is set.")


@pytest.mark.goal("A script's key of a migrating slot that is not here: ASK when named")
def test_migrating(wire):
    wire.ok("CLUSTER", "SETSLOT", MINE, "MIGRATING", FRIEND)
    assert wire("EVAL", GET, 1, mine) == RespError(f"ASK {MINE} 127.0.0.1:1")
    wire.ok("CLUSTER", "SETSLOT", MINE, "STABLE")
    assert wire("EVAL", GET, 1, mine) is None


@pytest.mark.goal("While the cluster is down a script with keys is refused, and one without gets no keys")
def test_down(wire):
    wire.ok("CLUSTER", "DELSLOTS", 200)
    state_is(wire, "fail")
    assert wire("EVAL", GET, 1, mine) == RespError("CLUSTERDOWN The cluster is down")
    assert wire("EVAL", "return 1", 0) == 1
    assert wire.error("EVAL", f"return redis.call('get', '{mine}')", 0).startswith(
        "ERR Script attempted to execute a command while the cluster is down")
    wire.ok("CLUSTER", "ADDSLOTS", 200)
    state_is(wire, "ok")


@pytest.mark.goal("CLUSTER RESET is no command for scripts, KEYSLOT is one")
def test_cluster_commands(wire):
    assert wire.error("EVAL", "return redis.call('cluster', 'reset')", 0).startswith(
        "ERR This Redis command is not allowed from script")
    assert wire("EVAL", "return redis.call('cluster', 'keyslot', 'foo')", 0) == 12182
