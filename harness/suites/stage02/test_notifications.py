"""Keyspace notifications: which event a command tells, under which letters, and on which channels."""

import pytest

from strata_harness.resp import RespError
from strata_harness.wait import wait_until

OPTION = "notify-keyspace-events"


class Ear:
    """A subscriber to every keyspace channel; `events` is what came since the last call."""

    def __init__(self, wire, control):
        self.wire, self.control = wire, control
        wire.send_command("PSUBSCRIBE", "__key*", "end")
        wire.read_many(2)

    def messages(self):
        self.control("PUBLISH", "end", "")
        got = []
        while (message := self.wire.read())[2] != b"end":
            got.append((message[2].decode(), message[3].decode()))
        return got

    def events(self):
        """(event, key) from the __keyspace@ channels."""
        return [(event, channel.split(":", 1)[1]) for channel, event in self.messages()
                if channel.startswith("__keyspace@")]


@pytest.fixture
def listen(connect):
    """listen("KEA") turns the letters on and returns an Ear."""
    def start(letters):
        control = connect()
        assert control("CONFIG", "SET", OPTION, letters) == "OK"
        return Ear(connect(), control)
    return start


@pytest.mark.goal("Both channels carry the event, the key's own first; the database is part of the name")
def test_both_channels(wire, listen):
    ear = listen("KEA")
    wire("SET", "k", "v")
    wire("SELECT", "3")
    wire("SET", "other", "v")
    assert ear.messages() == [("__keyspace@0__:k", "set"), ("__keyevent@0__:set", "k"),
                              ("__keyspace@3__:other", "set"), ("__keyevent@3__:set", "other")]


@pytest.mark.goal("Without K or E, and without a class, nothing is published")
@pytest.mark.parametrize("letters", ["", "A", "KE", "Kl", "Ex"])
def test_silence(wire, listen, letters):
    ear = listen(letters)
    wire("SET", "k", "v")
    wire("DEL", "k")
    assert ear.messages() == []


@pytest.mark.goal("K alone and E alone each choose one channel")
@pytest.mark.parametrize("letters, channel", [("K$", "__keyspace@0__:k"), ("E$", "__keyevent@0__:set")])
def test_one_channel(wire, listen, letters, channel):
    ear = listen(letters)
    wire("SET", "k", "v")
    assert [got for got, _ in ear.messages()] == [channel]


@pytest.mark.goal("Each letter stands for its own class: the events of the others are not told")
@pytest.mark.parametrize("letter, events", [
    ("$", ["set", "incrby"]), ("g", ["expire", "del", "rename_from", "rename_to", "del"]), ("l", ["rpush", "lpop"]),
    ("h", ["hset", "hincrby", "hdel"]), ("s", ["sadd", "srem"]), ("z", ["zadd", "zrem"]),
])
def test_classes(wire, listen, letter, events):
    ear = listen("K" + letter)
    for command in ("SET k 1", "INCR k", "EXPIRE k 100", "RPUSH l a b", "LPOP l", "HSET h f 1", "HINCRBY h f 1", "HDEL h f",
                    "SADD s a b", "SREM s a", "ZADD z 1 a 2 b", "ZREM z a", "RENAME l list", "DEL list"):
        wire(*command.split())
    assert [event for event, _ in ear.events()] == events


@pytest.mark.goal("CONFIG GET spells the letters in one order, with A for all that it stands for")
@pytest.mark.parametrize("given, shown", [
    ("", ""), ("KEA", "AKE"), ("AKE", "AKE"), ("g$lshzxetd", "A"), ("nmEK", "nKEm"), ("zhsl$g", "g$lshz"),
    ("Elg", "glE"), ("KEAm", "AKEm"), ("dnt", "tdn"), ("Kxe", "xeK"), ("AA", "A"), ("KgKg", "gK"),
])
def test_spelling(wire, given, shown):
    assert wire("CONFIG", "SET", OPTION, given) == "OK"
    assert wire("CONFIG", "GET", OPTION) == [OPTION.encode(), shown.encode()]


@pytest.mark.goal("An unknown letter is refused and changes nothing")
@pytest.mark.parametrize("letters", ["KEAq", "a", "K E", "KEA,"])
def test_unknown_letter(wire, letters):
    wire("CONFIG", "SET", OPTION, "Kg")
    reply = wire("CONFIG", "SET", OPTION, letters)
    assert isinstance(reply, RespError)
    assert "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." in str(reply)
    assert wire("CONFIG", "GET", OPTION) == [OPTION.encode(), b"gK"]


@pytest.mark.goal("Every change of a string tells its event once")
@pytest.mark.parametrize("command, events", [
    ("SET s 1", ["set"]), ("SET s 1 EX 100", ["set", "expire"]), ("SET s 1 NX", []), ("SET s 1 XX GET", ["set"]),
    ("SETNX s 1", []), ("SETEX s 100 v", ["set", "expire"]), ("PSETEX s 100000 v", ["set", "expire"]),
    ("GETSET s 1", ["set"]), ("GETDEL s", ["del"]), ("GETEX s EX 100", ["expire"]), ("GETEX s PERSIST", []),
    ("GETEX s EXAT 1", ["del"]), ("GET s", []), ("INCR s", ["incrby"]), ("DECR s", ["incrby"]),
    ("INCRBY s 3", ["incrby"]), ("DECRBY s 3", ["incrby"]), ("INCRBYFLOAT s 1.5", ["incrbyfloat"]),
    ("APPEND s x", ["append"]), ("SETRANGE s 1 x", ["setrange"]), ("MSET s 1", ["set"]), ("MSETNX s 1", []),
])
def test_string_events(wire, listen, command, events):
    wire("SET", "s", "7")
    ear = listen("KEA")
    wire(*command.split())
    assert ear.events() == [(event, "s") for event in events]


@pytest.mark.goal("Every command on keys tells its event, under the key that it concerns")
@pytest.mark.parametrize("command, events", [
    ("DEL k nokey t", [("del", "k"), ("del", "t")]), ("UNLINK k", [("del", "k")]),
    ("EXPIRE k 100", [("expire", "k")]), ("EXPIRE k -1", [("del", "k")]), ("EXPIRE nokey 100", []),
    ("PEXPIRE k 100000", [("expire", "k")]), ("PEXPIREAT t 1", [("del", "t")]), ("PERSIST t", [("persist", "t")]),
    ("PERSIST k", []), ("RENAME k new", [("rename_from", "k"), ("rename_to", "new")]),
    ("RENAMENX k t", []), ("RENAME k t", [("rename_from", "k"), ("rename_to", "t")]), ("RENAME k k", []),
    ("COPY k new", [("copy_to", "new")]), ("MOVE k 5", [("move_from", "k"), ("move_to", "k")]),
    ("TOUCH k", []), ("EXISTS k", []), ("FLUSHDB", []), ("SWAPDB 0 1", []),
])
def test_key_events(wire, listen, command, events):
    wire("SET", "k", "v")
    wire("SET", "t", "v", "EX", "1000")
    ear = listen("KEA")
    wire(*command.split())
    assert ear.events() == events


@pytest.mark.goal("Every change of a collection tells its event; one that is emptied is also told as deleted")
@pytest.mark.parametrize("command, events", [
    ("RPUSH l c", ["rpush"]), ("LPUSH l c d", ["lpush"]), ("LPOP l", ["lpop"]), ("RPOP l 2", ["rpop", "del"]),
    ("LSET l 0 x", ["lset"]), ("LTRIM l 0 0", ["ltrim"]), ("LTRIM l 5 6", ["ltrim", "del"]), ("LREM l 0 a", ["lrem"]),
    ("LINSERT l BEFORE a x", ["linsert"]), ("LMOVE l l LEFT RIGHT", ["rpush", "lpop"]), ("LRANGE l 0 -1", []),
    ("HSET h f v", ["hset"]), ("HINCRBY h n 1", ["hincrby"]), ("HINCRBYFLOAT h n 1", ["hincrbyfloat"]),
    ("HDEL h f", ["hdel", "del"]), ("HDEL h nope", []), ("SADD s a", []), ("SADD s x", ["sadd"]),
    ("SREM s a", ["srem"]), ("SREM s a b", ["srem", "del"]), ("SPOP s", ["spop"]), ("SPOP s 2", ["spop", "del"]),
    ("SMOVE s s2 a", ["srem"]), ("ZADD z 1 a", []), ("ZADD z 5 a", ["zadd"]), ("ZADD z INCR 1 a", ["zincr"]),
    ("ZINCRBY z 1 a", ["zincr"]), ("ZREM z a", ["zrem"]), ("ZPOPMIN z", ["zpopmin"]), ("ZPOPMAX z 2", ["zpopmax", "del"]),
    ("ZREMRANGEBYRANK z 0 0", ["zremrangebyrank"]), ("ZREMRANGEBYSCORE z 1 1", ["zremrangebyscore"]),
    ("ZREMRANGEBYLEX z [a [b", ["zremrangebylex", "del"]),
])
def test_collection_events(wire, listen, command, events):
    wire("RPUSH", "l", "a", "b")
    wire("HSET", "h", "f", "v")
    wire("SADD", "s", "a", "b")
    wire("ZADD", "z", "1", "a", "2", "b")
    ear = listen("KEA")
    wire(*command.split())
    assert ear.events()[:len(events)] == [(event, command.split()[1]) for event in events]


@pytest.mark.goal("A STORE form tells its event under the destination, and a deletion when the result is empty")
@pytest.mark.parametrize("command, events", [
    ("SUNIONSTORE d s", [("sunionstore", "d")]), ("SINTERSTORE d s", [("sinterstore", "d")]),
    ("SDIFFSTORE d s", [("sdiffstore", "d")]), ("SDIFFSTORE s s s", [("del", "s")]),
    ("ZUNIONSTORE d 1 z", [("zunionstore", "d")]), ("ZRANGESTORE d z 0 -1", [("zrangestore", "d")]),
    ("ZINTERSTORE z 2 z nokey", [("del", "z")]), ("SORT l STORE d", [("sortstore", "d")]),
    ("LMOVE l d LEFT RIGHT", [("lpop", "l"), ("rpush", "d")]), ("SMOVE s d a", [("srem", "s"), ("sadd", "d")]),
])
def test_store_events(wire, listen, command, events):
    wire("RPUSH", "l", "2", "1")
    wire("SADD", "s", "a", "b")
    wire("ZADD", "z", "1", "a", "2", "b")
    ear = listen("KEA")
    wire(*command.split())
    assert sorted(ear.events()) == sorted(events)


@pytest.mark.goal("Class m tells of reads that find nothing; it is no part of A")
def test_misses(wire, listen):
    ear = listen("KEA")
    wire("GET", "nokey")
    assert ear.events() == []
    ear = listen("KEm")
    for command in ("GET nokey", "MGET nokey k2", "EXISTS nokey", "TTL nokey", "TYPE nokey"):
        wire(*command.split())
    wire("SET", "nokey", "v")
    wire("DEL", "absent")
    assert [key for _, key in ear.events()] == ["nokey", "nokey", "k2", "nokey", "nokey", "nokey"]


@pytest.mark.goal("Class n tells of each key that comes into being; it is no part of A")
def test_new_keys(wire, listen):
    ear = listen("Kn")
    wire("SET", "a", "1")
    wire("SET", "a", "2")
    wire("COPY", "a", "b")
    wire("RENAME", "b", "c")
    wire("LPUSH", "l", "x", "y")
    assert ear.events() == [("new", "a"), ("new", "b"), ("new", "c"), ("new", "l")]


@pytest.mark.goal("A key that expires is told as expired when it goes, whether it is looked for or not")
@pytest.mark.parametrize("looked_for", [True, False])
def test_expired(wire, listen, looked_for):
    ear = listen("Kx")
    wire("SET", "k", "v", "PX", "30")
    wait_until(lambda: wire("EXISTS" if looked_for else "DBSIZE", *(["k"] if looked_for else [])) == 0, 5,
               "the key to expire")
    assert ear.events() == [("expired", "k")]


@pytest.mark.goal("An evicted key is told as evicted")
def test_evicted(connect, fresh_server):
    server = fresh_server(**{"maxmemory-policy": "allkeys-random", "notify-keyspace-events": "Ee"})
    wire, listener = server.wire(), server.wire()
    listener.send_command("SUBSCRIBE", "__keyevent@0__:evicted")
    listener.read()
    wire("SET", "only", "x" * 100_000)
    used = int(wire("INFO", "memory").decode().split("used_memory:")[1].split("\r")[0])
    wire("CONFIG", "SET", "maxmemory", str(used - 50_000))
    wire("SET", "another", "y" * 10)
    assert listener.read() == [b"message", b"__keyevent@0__:evicted", b"only"]


@pytest.mark.goal("Names and keys are published byte for byte")
def test_binary_key(wire, listen):
    ear = listen("KE$")
    key = b"a\r\n \xc3\xa9:x"
    wire("SET", key, "v")
    assert ear.messages() == [("__keyspace@0__:" + key.decode(), "set"), ("__keyevent@0__:set", key.decode())]


@pytest.mark.goal("RESP3 subscribers get notifications as pushes, also of their own commands")
def test_resp3(wire3, listen):
    listen("E$")
    wire3.send_command("SUBSCRIBE", "__keyevent@0__:set")
    wire3.read()
    assert wire3("SET", "k", "v") == "OK"
    wait_until(lambda: wire3("PING") == "PONG" and wire3.pushes, 5, "the push")
    assert wire3.pushes == [[b"message", b"__keyevent@0__:set", b"k"]]


@pytest.mark.goal("The letters may stand in the configuration file and survive CONFIG REWRITE")
def test_rewrite(fresh_server):
    server = fresh_server(conf=f'{OPTION} "KEx"\n')
    wire = server.wire()
    assert wire("CONFIG", "GET", OPTION) == [OPTION.encode(), b"xKE"]
    wire("CONFIG", "SET", OPTION, "E$")
    assert wire("CONFIG", "REWRITE") == "OK"
    assert f'{OPTION} "$E"' in server.conf_path.read_text()
