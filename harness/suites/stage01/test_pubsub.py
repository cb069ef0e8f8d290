"""Publish and subscribe: channels, patterns, order, the subscriber mode of RESP2, and PUBSUB."""

import pytest

from strata_harness.resp import Push, encode
from strata_harness.wait import wait_until

RESTRICTED = ("ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
              "are allowed in this context")


def subscribe(wire, *channels, command="SUBSCRIBE"):
    wire.send_command(command, *channels)
    for count, channel in enumerate(channels, 1):
        assert wire.read() == [command.lower().encode(), channel.encode(), count]


@pytest.mark.goal("A message reaches every subscriber of its channel, and PUBLISH counts them")
def test_publish(connect):
    publisher, one, two = connect(), connect(), connect()
    assert publisher("PUBLISH", "news", "nobody") == 0
    subscribe(one, "news")
    subscribe(two, "news", "other")
    assert publisher("PUBLISH", "news", "binary\r\n\0") == 2
    assert publisher("PUBLISH", "other", "") == 1
    one.expect(b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$9\r\nbinary\r\n\0\r\n")
    assert two.read() == [b"message", b"news", b"binary\r\n\0"]
    assert two.read() == [b"message", b"other", b""]


@pytest.mark.goal("Subscribing twice counts once, unsubscribing without names leaves every channel")
def test_counting(wire):
    wire.exchange(encode("SUBSCRIBE", "a", "a", "b"),
                  b"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n" * 2 + b"*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n")
    wire.exchange(encode("UNSUBSCRIBE", "nope"), b"*3\r\n$11\r\nunsubscribe\r\n$4\r\nnope\r\n:2\r\n")
    wire.send_command("UNSUBSCRIBE")
    replies = wire.read_many(2)
    assert {reply[1] for reply in replies} == {b"a", b"b"}
    assert [reply[2] for reply in replies] == [1, 0]
    wire.exchange(encode("UNSUBSCRIBE") + encode("PUNSUBSCRIBE"),
                  b"*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n*3\r\n$12\r\npunsubscribe\r\n$-1\r\n:0\r\n")


@pytest.mark.goal("Pattern subscribers get pmessage with their pattern; one client may get a message several times")
def test_patterns(connect):
    publisher, wire = connect(), connect()
    subscribe(wire, "n?ws.*", "*", command="PSUBSCRIBE")
    wire.send_command("SUBSCRIBE", "news.art")
    assert wire.read() == [b"subscribe", b"news.art", 3]
    assert publisher("PUBLISH", "news.art", "m") == 3
    assert wire.read() == [b"message", b"news.art", b"m"]
    got = wire.read_many(2)
    assert [message[:1] + message[2:] for message in got] == [[b"pmessage", b"news.art", b"m"]] * 2
    assert {message[1] for message in got} == {b"n?ws.*", b"*"}
    assert publisher("PUBLISH", "nws.art", "m") == 1


@pytest.mark.goal("Patterns are the globs of KEYS, escapes and sets included")
@pytest.mark.parametrize("pattern, channel, matches", [
    ("h[ae]llo", "hallo", 1), ("h[^e]llo", "hello", 0), (r"a\*", "a*", 1), (r"a\*", "ab", 0), ("", "x", 0),
    ("H*", "hello", 0),
])
def test_pattern_globs(connect, pattern, channel, matches):
    publisher, wire = connect(), connect()
    subscribe(wire, pattern, command="PSUBSCRIBE")
    assert publisher("PUBLISH", channel, "m") == matches


@pytest.mark.goal("Messages of one publisher arrive in the order in which they were sent")
def test_order(connect, rng):
    publisher, wire = connect(), connect()
    subscribe(wire, "a", "b")
    sent = [(rng.choice(["a", "b"]), number) for number in range(2000)]
    publisher.send(b"".join(encode("PUBLISH", channel, number) for channel, number in sent))
    assert publisher.read_many(2000) == [1] * 2000
    got = wire.read_many(2000)
    assert [(channel.decode(), int(message)) for _, channel, message in got] == sent


@pytest.mark.goal("A RESP2 subscriber may only subscribe, unsubscribe, PING, QUIT and RESET")
def test_resp2_restrictions(wire):
    subscribe(wire, "a")
    for command in (["GET", "x"], ["PUBLISH", "a", "m"], ["client", "id"], ["SELECT", "1"], ["HELLO", "3"]):
        name = command[0].lower() + ("|id" if command[0] == "client" else "")
        assert wire.error(*command) == RESTRICTED.format(name)
    wire.exchange(encode("PING"), b"*2\r\n$4\r\npong\r\n$0\r\n\r\n")
    wire.exchange(encode("PING", "hi"), b"*2\r\n$4\r\npong\r\n$2\r\nhi\r\n")
    wire.send_command("UNSUBSCRIBE", "a")
    assert wire.read() == [b"unsubscribe", b"a", 0]
    wire.exchange(encode("PING"), b"+PONG\r\n")


@pytest.mark.goal("RESET leaves all channels and the subscriber mode, QUIT the server")
def test_reset_and_quit(connect):
    wire, other = connect(), connect()
    subscribe(wire, "a", "b")
    wire.exchange(encode("RESET"), b"+RESET\r\n")
    assert other("PUBSUB", "CHANNELS") == []
    wire.exchange(encode("ECHO", "free"), b"$4\r\nfree\r\n")
    subscribe(wire, "a")
    wire.send_command("QUIT")
    wire.expect_closed(after=b"+OK\r\n")


@pytest.mark.goal("In RESP3 everything that a subscription sends is a push, and commands go on working")
def test_resp3(wire, wire3):
    wire3.exchange(encode("SUBSCRIBE", "a"), b">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
    wire3.exchange(encode("PSUBSCRIBE", "b*"), b">3\r\n$10\r\npsubscribe\r\n$2\r\nb*\r\n:2\r\n")
    wire3.exchange(encode("SET", "k", "v") + encode("PING"), b"+OK\r\n+PONG\r\n")
    wire("PUBLISH", "bb", "m")
    wire3.expect(b">4\r\n$8\r\npmessage\r\n$2\r\nb*\r\n$2\r\nbb\r\n$1\r\nm\r\n")
    wire3.exchange(encode("UNSUBSCRIBE", "nope"), b">3\r\n$11\r\nunsubscribe\r\n$4\r\nnope\r\n:2\r\n")


@pytest.mark.goal("A RESP3 client that publishes to itself gets both its message and its reply")
def test_publish_to_self(wire3):
    wire3.send_command("SUBSCRIBE", "self")
    wire3.read()
    wire3.send_command("PUBLISH", "self", "m")
    replies = wire3.read_many(2)
    assert Push([b"message", b"self", b"m"]) in replies and 1 in replies


@pytest.mark.goal("PUBSUB lists channels, counts subscribers by channel, and counts distinct patterns")
def test_introspection(connect):
    wire, one, two, three = (connect() for _ in range(4))
    subscribe(one, "a1", "b1")
    subscribe(two, "a1")
    subscribe(three, "p*", "q*", command="PSUBSCRIBE")
    three.send_command("PSUBSCRIBE", "p*")
    assert three.read()[2] == 2
    assert sorted(wire("PUBSUB", "CHANNELS")) == [b"a1", b"b1"]
    assert wire("PUBSUB", "channels", "a*") == [b"a1"]
    assert wire("PUBSUB", "NUMSUB") == []
    assert wire("PUBSUB", "NUMSUB", "b1", "nope", "a1") == [b"b1", 1, b"nope", 0, b"a1", 2]
    assert wire("PUBSUB", "NUMPAT") == 2
    assert wire.error("PUBSUB", "NOSUCH") == "ERR unknown subcommand 'NOSUCH'. Try PUBSUB HELP."
    assert wire.error("PUBSUB", "NUMPAT", "x") == "ERR wrong number of arguments for 'pubsub|numpat' command"


@pytest.mark.goal("A subscriber that disconnects leaves no trace")
def test_disconnect(connect, r):
    wire, gone = connect(), connect()
    subscribe(gone, "a")
    gone.send_command("PSUBSCRIBE", "a*")
    gone.read()
    assert wire("PUBLISH", "a", "m") == 2
    gone.close()
    wait_until(lambda: wire("PUBSUB", "CHANNELS") == [] and wire("PUBSUB", "NUMPAT") == 0, 5, "the subscriptions to go")
    assert wire("PUBLISH", "a", "m") == 0
    info = r.info("stats")
    assert (info["pubsub_channels"], info["pubsub_patterns"]) == (0, 0)


@pytest.mark.goal("CLIENT LIST shows a subscriber's counts and flag")
def test_client_list(connect):
    wire, subscriber = connect(), connect()
    ident = subscriber("CLIENT", "ID")
    subscribe(subscriber, "a", "b")
    subscriber.send_command("PSUBSCRIBE", "c*")
    subscriber.read()
    line = wire("CLIENT", "LIST", "ID", ident).decode()
    assert " flags=P " in line and " sub=2 " in line and " psub=1 " in line


@pytest.mark.goal("Channels have nothing to do with the selected database")
def test_no_databases(connect):
    publisher, wire = connect(), connect()
    publisher.ok("SELECT", 5)
    subscribe(wire, "a")
    assert publisher("PUBLISH", "a", "m") == 1


@pytest.mark.goal("A message fans out to hundreds of subscribers")
def test_fan_out(connect):
    publisher = connect()
    subscribers = [connect() for _ in range(200)]
    for wire in subscribers:
        subscribe(wire, "all")
    for number in range(5):
        assert publisher("PUBLISH", "all", number) == 200
    for wire in subscribers:
        assert [message[2] for message in wire.read_many(5)] == [b"0", b"1", b"2", b"3", b"4"]
