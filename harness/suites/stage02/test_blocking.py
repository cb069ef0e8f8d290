"""Commands that wait for a key: who is served, when, in which order."""

import pytest

from strata_harness.blocking import blocked, still_waits, waiting
from strata_harness.resp import NULL_ARRAY, RespError, encode
from strata_harness.wait import wait_until

WRONGTYPE = RespError("WRONGTYPE Operation against a key holding the wrong kind of value")


@pytest.mark.goal("A key that holds something is served at once, the first of several in the order of the command")
@pytest.mark.parametrize("command, reply", [
    ("BLPOP l 0", [b"l", b"a"]), ("BRPOP l 0", [b"l", b"c"]), ("BLPOP nokey l 0", [b"l", b"a"]),
    ("BLPOP l l2 0", [b"l", b"a"]), ("BLPOP l2 l 0", [b"l2", b"x"]), ("BZPOPMIN z 0", [b"z", b"m", b"1"]),
    ("BZPOPMAX nokey z 0", [b"z", b"n", b"2.5"]), ("BLMOVE l d LEFT RIGHT 0", b"a"), ("BRPOPLPUSH l d 0", b"c"),
    ("BLMPOP 0 2 nokey l LEFT", [b"l", [b"a"]]), ("BLMPOP 0 1 l RIGHT COUNT 2", [b"l", [b"c", b"b"]]),
    ("BZMPOP 0 2 nokey z MIN", [b"z", [[b"m", b"1"]]]), ("BZMPOP 0 1 z MAX COUNT 9", [b"z", [[b"n", b"2.5"], [b"m", b"1"]]]),
])
def test_at_once(wire, command, reply):
    wire("RPUSH", "l", "a", "b", "c")
    wire("RPUSH", "l2", "x")
    wire("ZADD", "z", "1", "m", "2.5", "n")
    assert wire(*command.split()) == reply


@pytest.mark.goal("A client waits until somebody brings what it asked for")
@pytest.mark.parametrize("command, bring, reply", [
    ("BLPOP q 0", "RPUSH q a b", [b"q", b"a"]), ("BRPOP q 0", "RPUSH q a b", [b"q", b"b"]),
    ("BLPOP p q 0", "LPUSH q a", [b"q", b"a"]), ("BLMOVE q d LEFT LEFT 0", "RPUSH q a", b"a"),
    ("BRPOPLPUSH q d 0", "RPUSH q a b", b"b"), ("BLMPOP 0 2 p q LEFT COUNT 2", "RPUSH q a b c", [b"q", [b"a", b"b"]]),
    ("BZPOPMIN q 0", "ZADD q 2 b 1 a", [b"q", b"a", b"1"]), ("BZPOPMAX p q 0", "ZADD q 2 b 1 a", [b"q", b"b", b"2"]),
    ("BZMPOP 0 2 p q MIN COUNT 5", "ZADD q 2 b 1 a", [b"q", [[b"a", b"1"], [b"b", b"2"]]]),
    ("BLPOP q 0", "SORT src STORE q", [b"q", b"1"]), ("BLPOP q 0", "RENAME src q", [b"q", b"2"]),
    ("BLPOP q 0", "COPY src q", [b"q", b"2"]), ("BLPOP q 0", "LMOVE src q LEFT LEFT", [b"q", b"2"]),
    ("BZPOPMIN q 0", "ZUNIONSTORE q 1 zsrc", [b"q", b"m", b"7"]),
    ("BZPOPMIN q 0", "ZRANGESTORE q zsrc 0 -1", [b"q", b"m", b"7"]),
    ("BZPOPMIN q 0", "GEOADD q 13.361389 38.115556 p", [b"q", b"p", b"3479099956230698"]),
    ("BZPOPMIN q 0", "ZINCRBY q 5 m", [b"q", b"m", b"5"]),
])
def test_served(wire, waiting, command, bring, reply):
    wire("RPUSH", "src", "2", "1")
    wire("ZADD", "zsrc", "7", "m")
    waiter = waiting(*command.split())
    assert not isinstance(wire(*bring.split()), RespError)
    assert waiter.read() == reply
    assert blocked(wire) == 0


@pytest.mark.goal("Scores come as doubles in RESP3, nulls as the one null")
def test_resp3(wire, waiting):
    waiter = waiting("BZPOPMIN", "z", "0", protocol=3)
    wire("ZADD", "z", "1.5", "m")
    waiter.expect(b"*3\r\n$1\r\nz\r\n$1\r\nm\r\n,1.5\r\n")
    waiter.exchange(encode("BLMOVE", "nokey", "d", "LEFT", "LEFT", "0.01"), b"_\r\n")
    waiter.exchange(encode("BLPOP", "nokey", "0.01"), b"_\r\n")


@pytest.mark.goal("Those who wait for one key are served in the order in which they came")
def test_fairness(wire, waiting):
    waiters = [waiting("BLPOP" if number % 2 else "BRPOP", "q", "0") for number in range(10)]
    wire("RPUSH", "q", "first")
    assert waiters[0].read() == [b"q", b"first"]
    wire("RPUSH", "q", *[str(number) for number in range(9)])
    left, right = iter(range(9)), iter(reversed(range(9)))
    for number, waiter in enumerate(waiters[1:], 1):
        assert waiter.read() == [b"q", b"%d" % next(left if number % 2 else right)]


@pytest.mark.goal("Whoever waits again goes to the end of the line")
def test_back_of_the_line(wire, waiting):
    one = waiting("BLPOP", "q", "0")
    two = waiting("BLPOP", "q", "0")
    wire("RPUSH", "q", "a")
    assert one.read() == [b"q", b"a"]
    one.send_command("BLPOP", "q", "0")
    wait_until(lambda: blocked(wire) == 2, 5, "both to wait")
    wire("RPUSH", "q", "b", "c")
    assert two.read() == [b"q", b"b"]
    assert one.read() == [b"q", b"c"]


@pytest.mark.goal("What is left over after everyone was served stays in the key")
def test_left_over(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    assert wire("RPUSH", "q", "a", "b", "c") == 3
    assert waiter.read() == [b"q", b"a"]
    assert wire("LRANGE", "q", "0", "-1") == [b"b", b"c"]


@pytest.mark.goal("The waiting client is served before the next command, even of the same pipeline")
def test_before_the_next_command(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    wire.send(encode("RPUSH", "q", "a") + encode("LLEN", "q") + encode("EXISTS", "q"))
    assert wire.read_many(3) == [1, 0, 0]
    assert waiter.read() == [b"q", b"a"]


@pytest.mark.goal("A client that waits for several keys is served once, from the key that was ready first")
def test_several_keys(wire, waiting):
    waiter = waiting("BLPOP", "q1", "q2", "q3", "0")
    wire.send(b"".join(encode(*command.split()) for command in
                       ("MULTI", "RPUSH q3 c", "RPUSH q2 b", "RPUSH q1 a", "EXEC")))
    wire.read_many(5)
    assert waiter.read() == [b"q3", b"c"]
    assert wire("LLEN", "q1") == 1 and wire("LLEN", "q2") == 1 and wire("LLEN", "q3") == 0
    wire("DEL", "q1", "q2")
    wire("RPUSH", "q2", "again")
    assert wire("LLEN", "q2") == 1, "it waits for none of them any more"


@pytest.mark.goal("The same key twice counts once")
def test_same_key_twice(wire, waiting):
    waiter = waiting("BLPOP", "q", "q", "0")
    wire("RPUSH", "q", "a", "b")
    assert waiter.read() == [b"q", b"a"]
    assert wire("LLEN", "q") == 1


@pytest.mark.goal("A served client may make another key ready: chains run through in one go")
def test_chain(wire, waiting):
    length = 8
    movers = [waiting("BLMOVE", f"q{number}", f"q{number + 1}", "LEFT", "RIGHT", "0") for number in range(length)]
    last = waiting("BLPOP", f"q{length}", "0")
    wire.send(encode("RPUSH", "q0", "token") + encode("EXISTS", *[f"q{number}" for number in range(length + 1)]))
    assert wire.read_many(2) == [1, 0]
    assert [mover.read() for mover in movers] == [b"token"] * length
    assert last.read() == [b"q8", b"token"]


@pytest.mark.goal("A list that is moved onto itself wakes its own mover once")
def test_rotate_self(wire, waiting):
    waiter = waiting("BRPOPLPUSH", "q", "q", "0")
    wire("RPUSH", "q", "a", "b")
    assert waiter.read() == b"b"
    assert wire("LRANGE", "q", "0", "-1") == [b"b", b"a"]


@pytest.mark.goal("A transaction wakes clients when it is over; what it takes away again wakes nobody")
def test_transactions_wake_at_the_end(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    for commands, wakes in ((["RPUSH q a", "DEL q"], False), (["RPUSH q a", "LPOP q"], False),
                            (["RPUSH q a", "DEL q", "SET q text", "DEL q"], False),
                            (["SET q text", "RPUSH p a", "SORT p BY nosort STORE q"], False),  # over a text: no new key
                            (["RPUSH q a", "LSET q 0 b", "DEL q", "RPUSH q c d"], True)):
        wire("MULTI")
        for command in commands:
            wire(*command.split())
        wire("EXEC")
        assert still_waits(waiter, wire) != wakes
    assert waiter.read() == [b"q", b"c"]


@pytest.mark.goal("Inside a transaction nothing waits: without an element the answer is null at once")
def test_inside_transaction(wire):
    wire("MULTI")
    for command in ("BLPOP no 0", "BRPOP no 0", "BLMPOP 0 1 no LEFT", "BZPOPMIN no 0", "BZMPOP 0 1 no MIN",
                    "BLMOVE no d LEFT LEFT 0", "BRPOPLPUSH no d 0"):
        assert wire(*command.split()) == "QUEUED"
    wire.exchange(encode("EXEC"), b"*7\r\n" + b"*-1\r\n" * 5 + b"$-1\r\n" * 2)
    wire("RPUSH", "q", "a")
    wire("MULTI")
    wire("BLPOP", "q", "0")
    assert wire("EXEC") == [[b"q", b"a"]]


@pytest.mark.goal("A key of another type is an error at once, and no answer while waiting")
@pytest.mark.parametrize("command", ["BLPOP k 0", "BRPOP no k 0", "BLMOVE k d LEFT LEFT 0", "BZPOPMAX k 0",
                                     "BLMPOP 0 1 k LEFT", "BZMPOP 0 2 no k MIN"])
def test_wrong_type(wire, waiting, command):
    wire("SET", "k", "text")
    assert wire(*command.split()) == WRONGTYPE
    wire("DEL", "k")
    waiter = waiting(*command.split())
    wire("SET", "k", "text")
    wire("DEL", "k")
    wire("SADD", "k", "member")
    assert still_waits(waiter, wire)


@pytest.mark.goal("Lists wake those who wait for lists, sorted sets the others, even in one line")
def test_mixed_types(wire, waiting):
    for_set = waiting("BZPOPMIN", "k", "0")
    for_list = waiting("BLPOP", "k", "0")
    wire("RPUSH", "k", "a")
    assert for_list.read() == [b"k", b"a"]
    assert still_waits(for_set, wire)
    wire("ZADD", "k", "1", "m")
    assert for_set.read() == [b"k", b"m", b"1"]


@pytest.mark.goal("A destination of another type is told when the element comes; the element stays")
def test_wrong_destination(wire, waiting):
    wire("SET", "d", "text")
    waiter = waiting("BLMOVE", "q", "d", "LEFT", "RIGHT", "0")
    wire("RPUSH", "q", "a")
    assert waiter.read() == WRONGTYPE
    assert wire("LRANGE", "q", "0", "-1") == [b"a"]
    assert blocked(wire) == 0


@pytest.mark.goal("Waiting clients are seen in CLIENT LIST and counted in INFO")
def test_seen(wire, waiting):
    assert blocked(wire) == 0
    waiter = waiting("BLPOP", "q", "0")
    line = wire("CLIENT", "LIST", "ID", str(waiter.number)).decode()
    assert " flags=b " in line and " cmd=blpop " in line
    wire("RPUSH", "q", "a")
    waiter.read()
    assert " flags=N " in wire("CLIENT", "LIST", "ID", str(waiter.number)).decode()


@pytest.mark.goal("Waiting is per database; MOVE and SWAPDB bring keys within reach")
def test_databases(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    wire("SELECT", "5")
    wire("RPUSH", "q", "moved")
    assert still_waits(waiter, wire)
    assert wire("MOVE", "q", "0") == 1
    assert waiter.read() == [b"q", b"moved"]
    waiter = waiting("BZPOPMIN", "q", "0")
    wire("ZADD", "q", "1", "swapped")
    assert wire("SWAPDB", "0", "5") == "OK"
    assert waiter.read() == [b"q", b"swapped", b"1"]


@pytest.mark.goal("FLUSHALL does not disturb those who wait")
def test_flush(wire, waiting):
    waiter = waiting("BLPOP", "q", "0")
    wire("FLUSHALL")
    assert still_waits(waiter, wire)
    wire("RPUSH", "q", "a")
    assert waiter.read() == [b"q", b"a"]


@pytest.mark.goal("A pause of writes holds blocking commands back; they wait for their key afterwards")
def test_pause(connect):
    wire, control = connect(), connect()
    control("CLIENT", "PAUSE", "10000", "WRITE")
    wire.send_command("BLPOP", "q", "0")
    wait_until(lambda: blocked(control) == 1, 5, "BLPOP to be held back")
    control("CLIENT", "UNPAUSE")
    wait_until(lambda: control("RPUSH", "q", "a") and control("LLEN", "q") == 0, 5, "BLPOP to take an element")
    assert wire.read() == [b"q", b"a"]


@pytest.mark.goal("A skipped reply stays skipped although it comes late")
def test_reply_skip(connect):
    wire, other = connect(), connect()
    wire.send(encode("CLIENT", "REPLY", "SKIP") + encode("BLPOP", "q", "0") + encode("PING"))
    wait_until(lambda: blocked(other) == 1, 5, "BLPOP to wait")
    other("RPUSH", "q", "a")
    assert wire.read() == "PONG"


@pytest.mark.goal("A served BLPOP tells the event of the pop, and of the deletion when it took the last one")
def test_events(connect, waiting):
    wire, ear = connect(), connect()
    wire("CONFIG", "SET", "notify-keyspace-events", "KA")
    ear.send_command("SUBSCRIBE", "__keyspace@0__:q")
    ear.read()
    waiter = waiting("BLPOP", "q", "0")
    wire("RPUSH", "q", "a")
    waiter.read()
    assert [message[2] for message in ear.read_many(3)] == [b"rpush", b"lpop", b"del"]


@pytest.mark.goal("A served pop changes the key for those who watch it")
def test_watch(wire, waiting, connect):
    watcher = connect()
    waiter = waiting("BLPOP", "q", "0")
    watcher("WATCH", "q")
    wire("RPUSH", "q", "a")
    waiter.read()
    watcher("MULTI")
    assert watcher("EXEC") == NULL_ARRAY


@pytest.mark.goal("A queue with many consumers and producers delivers every element once")
@pytest.mark.limit(40)
def test_queue(connect, rng):
    consumers = [connect() for _ in range(20)]
    producers = [connect() for _ in range(3)]
    for consumer in consumers:
        consumer.send(encode("BLPOP", "q1", "q2", "0") * 30)
    for number in range(600):
        producer = rng.choice(producers)
        producer.send(encode("RPUSH" if number % 3 else "LPUSH", f"q{rng.randint(1, 2)}", f"e{number}"))
    for producer in producers:
        producer.send(encode("ECHO", "done"))
        while producer.read() != b"done":
            pass
    got = sorted(element for consumer in consumers for _, element in consumer.read_many(30))
    assert got == sorted(b"e%d" % number for number in range(600))
