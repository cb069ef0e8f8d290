"""SPOP and SRANDMEMBER: what chance may choose, and what it may not."""

import pytest

MEMBERS = {"numbers": [b"%d" % number for number in range(30)], "words": [b"word%d" % number for number in range(30)]}


@pytest.fixture(params=["numbers", "words"])
def members(request, wire):
    wire("SADD", "s", *MEMBERS[request.param])
    return set(MEMBERS[request.param])


@pytest.mark.goal("SPOP takes out one member after the other until the key is gone")
def test_spop(wire, members):
    popped = [wire("SPOP", "s") for _ in range(30)]
    assert set(popped) == members and len(popped) == 30
    assert wire("EXISTS", "s") == 0
    assert wire("SPOP", "s") is None


@pytest.mark.goal("SPOP with a count takes out so many different members; the others stay")
@pytest.mark.parametrize("count", [1, 2, 15, 24, 25, 26, 29])
def test_spop_count(wire, members, count):
    popped = wire("SPOP", "s", count)
    assert len(popped) == count and len(set(popped)) == count
    assert set(wire("SMEMBERS", "s")) == members - set(popped)
    assert wire("SCARD", "s") == 30 - count


@pytest.mark.goal("SPOP of all members or more answers them all and removes the key")
@pytest.mark.parametrize("count", [30, 31, 2**63 - 1])
def test_spop_all(wire, members, count):
    popped = wire("SPOP", "s", count)
    assert len(popped) == 30 and set(popped) == members
    assert wire("EXISTS", "s") == 0


@pytest.mark.goal("SPOP with the count 0, or of no set, takes nothing")
def test_spop_nothing(wire, members):
    assert wire("SPOP", "s", 0) == []
    assert wire("SPOP", "none", 3) == []
    assert wire("SPOP", "none") is None
    assert wire("SCARD", "s") == 30


@pytest.mark.goal("SPOP's errors come before it looks for the key")
@pytest.mark.parametrize("count", ["-1", "x", "99999999999999999999"])
def test_spop_errors(wire, count):
    for key in ("s", "none"):
        assert wire.error("SPOP", key, count) == "ERR value is out of range, must be positive"
        assert wire.error("SPOP", key, "1", "2") == "ERR syntax error"


@pytest.mark.goal("SPOP keeps the time to live of what stays")
@pytest.mark.parametrize("count", [1, 15, 28])
def test_spop_ttl(wire, members, count):
    wire("EXPIRE", "s", 1000)
    wire("SPOP", "s", count)
    assert 900 < wire("TTL", "s") <= 1000


@pytest.mark.goal("SRANDMEMBER answers a member and leaves it in its place")
def test_srandmember(wire, members):
    seen = {wire("SRANDMEMBER", "s") for _ in range(600)}
    assert seen == members  # each one is missed with a probability of 1 in 10^9
    assert set(wire("SMEMBERS", "s")) == members
    assert wire("SRANDMEMBER", "none") is None


@pytest.mark.goal("A positive count asks for different members, at most all of them")
@pytest.mark.parametrize("count", [0, 1, 5, 10, 11, 25, 30, 31, 10**12])
def test_srandmember_distinct(wire, members, count):
    got = wire("SRANDMEMBER", "s", count)
    assert len(got) == min(count, 30) and len(set(got)) == len(got)
    assert set(got) <= members
    assert wire("SRANDMEMBER", "none", count) == []


@pytest.mark.goal("A negative count asks for so many draws, each from the whole set")
@pytest.mark.parametrize("count", [1, 30, 500])
def test_srandmember_repeated(wire, members, count):
    got = wire("SRANDMEMBER", "s", -count)
    assert len(got) == count and set(got) <= members
    if count == 500:
        assert len(set(got)) > 20  # all 30, but for a chance in a million


@pytest.mark.goal("A count that would answer more than client-output-buffer-limit allows costs the connection, not the memory")
def test_srandmember_output_limit(wire, connect):
    wire("SADD", "s", "x" * 1000)
    wire.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 1000000 0 0")
    greedy = connect()
    greedy.send_command("SRANDMEMBER", "s", -1_000_000)
    greedy.read_until_closed()
    assert wire("SCARD", "s") == 1


@pytest.mark.goal("Every member is drawn about as often as any other, in whatever way the draw is made")
@pytest.mark.parametrize("count", [-2000, 3, 20])
def test_fairness(wire, members, count):
    draws, drawn = 0, dict.fromkeys(members, 0)
    while draws < 6000:
        for member in wire("SRANDMEMBER", "s", count):
            drawn[member] += 1
            draws += 1
    expected = draws / 30
    # redis-server's draw from a table is fair only roughly.
    assert all(expected * 0.3 < times < expected * 3 for times in drawn.values()), drawn


@pytest.mark.goal("SRANDMEMBER's errors")
def test_srandmember_errors(wire, members):
    assert wire.error("SRANDMEMBER", "s", "x") == "ERR value is not an integer or out of range"
    assert wire.error("SRANDMEMBER", "s", "1", "2") == "ERR syntax error"
    assert wire.error("SRANDMEMBER", "s", -2**63) == (
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")


@pytest.mark.goal("In RESP3 SPOP with a count answers a set, SRANDMEMBER an array, and nothing is null")
def test_reply_types(wire3):
    wire3("SADD", "s", "1", "2")
    wire3.exchange(b"SRANDMEMBER s 5\r\n", b"*2\r\n$1\r\n1\r\n$1\r\n2\r\n")
    wire3.exchange(b"SRANDMEMBER none 5\r\n", b"*0\r\n")
    wire3.exchange(b"SPOP s 0\r\n", b"~0\r\n")
    wire3.exchange(b"SPOP s 5\r\n", b"~2\r\n$1\r\n1\r\n$1\r\n2\r\n")
    wire3.exchange(b"SPOP s 5\r\n", b"~0\r\n")
    wire3.exchange(b"SPOP s\r\n", b"_\r\n")
    wire3.exchange(b"SRANDMEMBER s\r\n", b"_\r\n")


@pytest.mark.goal("Of a large set too, few or nearly all members can be popped at once")
@pytest.mark.parametrize("count", [10, 9990])
def test_spop_large(wire, count):
    wanted = {b"member:%d" % number for number in range(10000)}
    wire("SADD", "s", *wanted)
    popped = wire("SPOP", "s", count)
    assert len(popped) == count and set(popped) <= wanted
    assert set(wire("SMEMBERS", "s")) == wanted - set(popped)


@pytest.mark.goal("When only numbers stay of nearly everything popped, they are an intset again")
def test_spop_encoding(wire):
    wire("SADD", "s", *range(600))  # too many for an intset
    assert wire("OBJECT", "ENCODING", "s") == b"hashtable"
    wire("SPOP", "s", 590)
    assert wire("OBJECT", "ENCODING", "s") == b"intset"
    assert wire("SCARD", "s") == 10
