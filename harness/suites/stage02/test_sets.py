"""Sets: members that come and go, which encoding holds them, SMOVE, SSCAN, and what others hear of it."""

import pytest

WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
NOT_NUMBERS = ["01", "+1", "-0", " 1", "1 ", "1.0", "1e3", "", "9223372036854775808", "-9223372036854775809", "word"]


def members(wire, key):
    return sorted(wire("SMEMBERS", key))


def encoding(wire, key):
    return wire("OBJECT", "ENCODING", key)


def numbers(count, start=0):
    return [b"%d" % number for number in range(start, start + count)]


@pytest.mark.goal("SADD counts the members that were not there yet, each once")
def test_sadd_counts(wire):
    assert wire("SADD", "s", "a", "b", "a") == 2
    assert wire("SADD", "s", "b", "c") == 1
    assert wire("SADD", "s", "c") == 0
    assert members(wire, "s") == [b"a", b"b", b"c"]
    assert wire("SCARD", "s") == 3
    assert wire("TYPE", "s") == "set"


@pytest.mark.goal("SREM counts what it removed; the key goes with its last member")
def test_srem(wire):
    wire("SADD", "s", "a", "b", "c", "d")
    assert wire("SREM", "s", "a", "nothing", "c", "a") == 2
    assert wire("SREM", "none", "a") == 0
    assert members(wire, "s") == [b"b", b"d"]
    assert wire("SREM", "s", "b", "d", "b") == 2
    assert wire("EXISTS", "s") == 0


@pytest.mark.goal("SISMEMBER and SMISMEMBER know members of either encoding and of no set at all")
@pytest.mark.parametrize("there, missing", [("7", "8"), ("word", "ward"), ("7", "07"), ("7", "word"), ("", "x")])
def test_membership(wire, there, missing):
    wire("SADD", "s", there)
    assert wire("SISMEMBER", "s", there) == 1
    assert wire("SISMEMBER", "s", missing) == 0
    assert wire("SMISMEMBER", "s", missing, there, there) == [0, 1, 1]
    assert wire("SISMEMBER", "none", there) == 0
    assert wire("SMISMEMBER", "none", there, missing) == [0, 0]


@pytest.mark.goal("Members are bytes: zeros, line ends and all values of a byte come back as they were")
@pytest.mark.parametrize("length", [0, 1, 63, 64, 254, 255, 256, 4096, 100000])
def test_binary_members(wire, rng, length):
    one = bytes(rng.randrange(256) for _ in range(length)) if length < 5000 else b"\r\n\0x" * (length // 4)
    other = one + b"\0"
    assert wire("SADD", "s", one, other) == 2
    assert members(wire, "s") == sorted([one, other])
    assert wire("SREM", "s", one) == 1
    assert wire("SMISMEMBER", "s", one, other) == [0, 1]


@pytest.mark.goal("Whole numbers alone are an intset, answered in ascending order")
def test_intset_order(wire, rng):
    all_numbers = sorted({rng.randrange(-2**63, 2**63) >> rng.choice([0, 32, 48, 56]) for _ in range(300)})
    shuffled = list(all_numbers)
    rng.shuffle(shuffled)
    for number in shuffled:
        wire("SADD", "s", number)
    assert encoding(wire, "s") == b"intset"
    assert wire("SMEMBERS", "s") == [b"%d" % number for number in all_numbers]


@pytest.mark.goal("Only the canonical spelling of a number of 64 bits is a number")
@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_not_a_number(wire, text):
    wire("SADD", "s", "1")
    assert wire("SISMEMBER", "s", text) == 0
    assert wire("SREM", "s", text) == 0
    assert encoding(wire, "s") == b"intset"
    assert wire("SADD", "s", text) == 1
    assert encoding(wire, "s") == b"hashtable"
    assert members(wire, "s") == sorted([b"1", text.encode()])


@pytest.mark.goal("An intset widens at the limits of 16, 32 and 64 bits without losing a member")
@pytest.mark.parametrize("edge", [2**15, 2**31, 2**63])
@pytest.mark.parametrize("sign", [1, -1], ids=["upwards", "downwards"])
def test_intset_widths(wire, edge, sign):
    wanted = {0, 1, -1, edge - 1, -edge} | ({edge, -edge - 1} if edge < 2**63 else set())
    for number in sorted(wanted, key=lambda number: (max(number, ~number), -sign * number)):
        assert wire("SADD", "s", number) == 1
    assert encoding(wire, "s") == b"intset"
    assert wire("SMEMBERS", "s") == [b"%d" % number for number in sorted(wanted)]
    for number in wanted:
        assert wire("SREM", "s", number) == 1
    assert wire("EXISTS", "s") == 0


@pytest.mark.goal("set-max-intset-entries is the largest intset; a set that outgrew it does not go back")
@pytest.mark.parametrize("limit", [1, 5, 512])
def test_intset_limit(wire, limit):
    wire.ok("CONFIG", "SET", "set-max-intset-entries", limit)
    wire("SADD", "s", *numbers(limit))
    assert encoding(wire, "s") == b"intset"
    wire("SADD", "s", limit)
    assert encoding(wire, "s") == b"hashtable"
    assert members(wire, "s") == sorted(numbers(limit + 1))
    wire("SREM", "s", *numbers(limit))
    assert encoding(wire, "s") == b"hashtable"
    assert members(wire, "s") == [b"%d" % limit]


@pytest.mark.goal("set-max-intset-entries 0 makes every set a hash table; negative values are refused")
def test_intset_limit_zero(wire):
    wire.ok("CONFIG", "SET", "set-max-intset-entries", 0)
    wire("SADD", "s", 1)
    assert encoding(wire, "s") == b"hashtable"
    assert "argument must be between 0 and" in wire.error("CONFIG", "SET", "set-max-intset-entries", -1)


@pytest.mark.goal("SMOVE takes from one set and gives to the other, of whatever encodings")
@pytest.mark.parametrize("member, rest", [("1", "2"), ("1", "word"), ("word", "2")])
def test_smove(wire, member, rest):
    wire("SADD", "from", member, rest)
    wire("SADD", "to", "5")
    assert wire("SMOVE", "from", "to", "nothing") == 0
    assert wire("SMOVE", "from", "to", member) == 1
    assert members(wire, "from") == [rest.encode()]
    assert members(wire, "to") == sorted([b"5", member.encode()])
    assert wire("SMOVE", "from", "new", rest) == 1
    assert wire("EXISTS", "from") == 0
    assert members(wire, "new") == [rest.encode()]


@pytest.mark.goal("SMOVE to the same set, from a missing one and of a member that both have")
def test_smove_special(wire):
    wire("SADD", "s", "a", "b")
    wire("SADD", "t", "a")
    assert wire("SMOVE", "s", "s", "a") == 1
    assert wire("SMOVE", "s", "s", "x") == 0
    assert wire("SMOVE", "none", "s", "a") == 0
    assert wire("SMOVE", "s", "t", "a") == 1
    assert members(wire, "s") == [b"b"]
    assert members(wire, "t") == [b"a"]


@pytest.mark.goal("SMOVE keeps the time to live of both keys")
def test_smove_ttl(wire):
    wire("SADD", "s", "a", "b")
    wire("SADD", "t", "c")
    wire("EXPIRE", "s", 1000)
    wire("EXPIRE", "t", 2000)
    wire("SMOVE", "s", "t", "a")
    assert 900 < wire("TTL", "s") <= 1000 < wire("TTL", "t") <= 2000


@pytest.mark.goal("SMEMBERS is an array in RESP2 and a set in RESP3; SMISMEMBER stays an array")
def test_reply_types(connect):
    two, three = connect(), connect()
    three("HELLO", "3")
    two("SADD", "s", "1", "2")
    two.exchange(b"SMEMBERS s\r\n", b"*2\r\n$1\r\n1\r\n$1\r\n2\r\n")
    three.exchange(b"SMEMBERS s\r\n", b"~2\r\n$1\r\n1\r\n$1\r\n2\r\n")
    two.exchange(b"SMEMBERS none\r\n", b"*0\r\n")
    three.exchange(b"SMEMBERS none\r\n", b"~0\r\n")
    three.exchange(b"SMISMEMBER s 1 5\r\n", b"*2\r\n:1\r\n:0\r\n")
    three.exchange(b"SSCAN s 0\r\n", b"*2\r\n$1\r\n0\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n")


@pytest.mark.goal("Every command on sets refuses a key of another type and leaves it alone")
@pytest.mark.parametrize("words", ["SADD str a", "SREM str a", "SISMEMBER str a", "SMISMEMBER str a", "SCARD str",
                                   "SMEMBERS str", "SMOVE str s a", "SMOVE s str a", "SPOP str", "SPOP str 2",
                                   "SRANDMEMBER str", "SRANDMEMBER str 1", "SSCAN str 0", "SINTER s str",
                                   "SINTER none str", "SUNION str", "SDIFF none str", "SINTERCARD 2 none str",
                                   "SINTERSTORE d str s", "SUNIONSTORE d s str", "SDIFFSTORE d s str"])
def test_wrong_type(wire, words):
    wire.ok("SET", "str", "v")
    wire("SADD", "s", "a")
    assert wire.error(*words.split()) == WRONG_TYPE
    assert wire("GET", "str") == b"v"
    assert members(wire, "s") == [b"a"]
    assert wire("EXISTS", "d") == 0


@pytest.mark.goal("Commands of other types refuse a set")
def test_set_as_another_type(wire):
    wire("SADD", "s", "a")
    for words in ("GET s", "APPEND s x", "INCR s", "STRLEN s"):
        assert wire.error(*words.split()) == WRONG_TYPE
    wire.ok("SET", "s", "v")
    assert wire("TYPE", "s") == "string"


@pytest.mark.goal("A set moves, is copied and expires like any other value")
@pytest.mark.parametrize("first", [b"1", b"word"])
def test_generic_commands(wire, first):
    wire("SADD", "s", first, "2")
    wanted = sorted([first, b"2"])
    assert wire("COPY", "s", "copy") == 1
    wire("SREM", "s", "2")
    assert members(wire, "copy") == wanted
    assert encoding(wire, "copy") == encoding(wire, "s")
    wire.ok("RENAME", "copy", "renamed")
    assert wire("MOVE", "renamed", 1) == 1
    wire.ok("SELECT", 1)
    assert members(wire, "renamed") == wanted
    assert wire("PEXPIREAT", "renamed", 1) == 1
    assert wire("EXISTS", "renamed") == 0


@pytest.mark.goal("SSCAN of a table returns every member that stays, whatever COUNT and whatever comes and goes")
@pytest.mark.parametrize("count", [1, 10, 1000])
def test_sscan_complete(wire, rng, count):
    stable = {b"stable:%d" % number for number in range(500)}
    wire("SADD", "s", *stable)
    found, cursor, serial = set(), b"0", 0
    while True:
        cursor, part = wire("SSCAN", "s", cursor, "COUNT", count)
        found.update(part)
        if cursor == b"0":
            break
        if serial < 60:
            wire("SADD", "s", *[b"new:%d:%d" % (serial, number) for number in range(rng.randrange(1, 100))])
        elif serial < 120:
            wire("SREM", "s", *[b"new:%d:%d" % (serial - 60, number) for number in range(100)])
        serial += 1
    assert stable <= found
    assert all(member.startswith((b"stable:", b"new:")) for member in found)


@pytest.mark.goal("SSCAN of an intset gives everything at once; MATCH filters numbers by their text")
def test_sscan_intset(wire):
    wire("SADD", "s", *numbers(100))
    assert wire("SSCAN", "s", 0, "COUNT", 1) == [b"0", numbers(100)]
    assert wire("SSCAN", "s", 0, "MATCH", "9?") == [b"0", numbers(10, 90)]


@pytest.mark.goal("SSCAN's errors: a bad cursor always, bad options only where there is a set")
def test_sscan_errors(wire):
    wire("SADD", "s", "a")
    assert wire.error("SSCAN", "s", "x") == "ERR invalid cursor"
    assert wire.error("SSCAN", "none", "x") == "ERR invalid cursor"
    for words in (["FOO"], ["COUNT", "0"], ["COUNT"], ["TYPE", "set"]):
        assert wire.error("SSCAN", "s", 0, *words) == "ERR syntax error"
        assert wire("SSCAN", "none", 0, *words) == [b"0", []]
    assert wire.error("SSCAN", "s", 0, "COUNT", "x") == "ERR value is not an integer or out of range"


@pytest.mark.goal("A large set answers all its members and is emptied again")
@pytest.mark.limit(40)
def test_large_set(wire):
    wanted = {b"member:%d" % number for number in range(60000)}
    everything = list(wanted)
    for start in range(0, len(everything), 5000):
        assert wire("SADD", "s", *everything[start:start + 5000]) == 5000
    assert wire("SCARD", "s") == 60000
    assert set(wire("SMEMBERS", "s")) == wanted
    for start in range(0, len(everything), 5000):
        assert wire("SREM", "s", *everything[start:start + 5000]) == 5000
    assert wire("EXISTS", "s") == 0


@pytest.mark.goal("Keyspace notifications: each change is told once, then the end of an emptied key")
def test_events(connect):
    control, ear = connect(), connect()
    control.ok("CONFIG", "SET", "notify-keyspace-events", "KA")
    ear("PSUBSCRIBE", "__keyspace@0__:*")
    for words in ("SADD s a b c", "SADD s a", "SREM s a x", "SMOVE s t b", "SMOVE s t c", "SMOVE t t b", "SPOP t",
                  "SPOP t 5", "SADD p 1 2", "SUNIONSTORE q p", "SINTERSTORE q p none", "SDIFFSTORE q none"):
        control(*words.split())
    control("DEL", "p")
    wanted = ["s sadd", "s srem", "s srem", "t sadd", "s srem", "s del", "t sadd", "t spop", "t spop", "t del",
              "p sadd", "q sunionstore", "q del", "p del"]
    events = []
    while events[-1:] != wanted[-1:]:
        _, _, channel, event = ear.read()
        events.append(f"{channel.decode().split(':')[1]} {event.decode()}")
    assert events == wanted
