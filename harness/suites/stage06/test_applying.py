"""What a replica does with the stream: each command applied and counted when it is whole, none answered."""

import pytest

from strata_harness.fake_master import ID
from strata_harness.rdb_codes import string
from strata_harness.rdb_file import RdbWriter
from strata_harness.replicas import link_up, replication
from strata_harness.resp import encode
from strata_harness.wait import wait_until

OPTIONS = {"enable_debug_command": "yes"}
SELECT = encode("SELECT", 0)
GETACK = encode("REPLCONF", "GETACK", "*")
START = 1000


@pytest.fixture
def replica(fresh_server):
    return fresh_server(**OPTIONS).wire(name="replica")


@pytest.fixture
def master(replica, fake_master):
    master = fake_master()
    replica.ok("REPLICAOF", "127.0.0.1", master.port)
    return master


@pytest.fixture
def link(replica, master):
    """The master's end of a link that is up."""
    link = master.accept_and_sync(offset=START)
    link_up(replica)
    return link


def applied(replica, count):
    """Until the replica has applied so many bytes."""
    wait_until(lambda: replication(replica)["slave_repl_offset"] == str(START + count), 5, f"{count} bytes to be applied")


@pytest.mark.goal("Every command of the stream is applied, in the database that the stream has selected")
def test_applied(replica, link):
    stream = SELECT + encode("SET", "a", 1) + encode("SELECT", 3) + encode("RPUSH", "l", "x", "y") + encode("set", "b", 2)
    link.send(stream)
    applied(replica, len(stream))
    assert replica("GET", "a") == b"1" and replica("DBSIZE") == 1
    replica.ok("SELECT", 3)
    assert replica("LRANGE", "l", 0, -1) == [b"x", b"y"] and replica("GET", "b") == b"2"


@pytest.mark.goal("A command counts when it is whole, however the bytes come")
def test_pieces(replica, link):
    stream = SELECT + encode("SET", "k", "v" * 100)
    for i in range(len(stream)):
        link.send(stream[i:i + 1])
    applied(replica, len(stream))
    link.send(encode("SET", "half", "v" * 100)[:50])
    wait_until(lambda: replication(replica)["slave_read_repl_offset"] == str(START + len(stream) + 50), 5, "half a command")
    assert replication(replica)["slave_repl_offset"] == str(START + len(stream)) and replica("EXISTS", "half") == 0


@pytest.mark.goal("A value of a megabyte, and a thousand commands at once")
def test_large(replica, link):
    stream = SELECT + encode("SET", "big", "x" * 1_000_000) + b"".join(encode("SET", f"k{i}", i) for i in range(1000))
    link.send(stream)
    applied(replica, len(stream))
    assert replica("STRLEN", "big") == 1_000_000 and replica("DBSIZE") == 1001


@pytest.mark.goal("The replica acknowledges what it has applied: every second, and at once when it is asked")
def test_acks(replica, link):
    link.await_ack(START)
    stream = SELECT + encode("SET", "k", "v")
    link.send(stream + GETACK)
    link.await_ack(START + len(stream), 3)
    link.await_ack(START + len(stream) + len(GETACK), 5)
    link.await_ack(START + len(stream) + len(GETACK), 5)


@pytest.mark.goal("Nothing in the stream is answered: neither PING nor reads, errors, PUBLISH")
def test_no_replies(replica, link):
    stream = encode("ping") + encode("GET", "k") + encode("NONSENSE") + encode("PUBLISH", "c", "w") + encode("LPUSH")
    link.send(SELECT + stream + GETACK)
    link.await_ack(START + len(SELECT + stream), 5)  # it reads nothing but ACKs
    applied(replica, len(SELECT + stream + GETACK))


@pytest.mark.goal("A transaction is applied at its EXEC, as a whole; before that nothing of it counts")
def test_transaction(replica, link):
    begin = SELECT + encode("MULTI") + encode("SET", "a", 1) + encode("SET", "b", 2)
    link.send(begin)
    wait_until(lambda: replication(replica)["slave_read_repl_offset"] == str(START + len(begin)), 5, "it to be read")
    assert replication(replica)["slave_repl_offset"] == str(START + len(SELECT)) and replica("DBSIZE") == 0
    link.send(encode("EXEC"))
    applied(replica, len(begin) + len(encode("EXEC")))
    assert replica("MGET", "a", "b") == [b"1", b"2"]


@pytest.mark.goal("A link cut in the middle of a command or transaction: what was not applied is asked for again")
@pytest.mark.parametrize("tail", [encode("SET", "k", "v")[:-4], encode("MULTI") + encode("SET", "k", "v")],
                         ids=["command", "transaction"])
def test_cut_in_the_middle(replica, master, link, tail):
    stream = SELECT + encode("SET", "a", 1)
    link.send(stream + tail)
    wait_until(lambda: replication(replica)["slave_read_repl_offset"] == str(START + len(stream + tail)), 5, "the tail")
    link.close()
    again = master.accept()
    assert again.greet() == ["PSYNC", ID, str(START + len(stream) + 1)]
    again.continue_with(ID, encode("SET", "k", "once"))
    wait_until(lambda: replica("GET", "k") == b"once", 5, "the rest")


@pytest.mark.goal("After +CONTINUE the stream goes on in the database that it had selected")
def test_database_stays(replica, master, link):
    stream = encode("SELECT", 4) + encode("SET", "a", 1)
    link.send(stream)
    applied(replica, len(stream))
    link.close()
    again = master.accept()
    again.greet()
    again.continue_with(ID, encode("SET", "b", 2))
    replica.ok("SELECT", 4)
    wait_until(lambda: replica("GET", "b") == b"2", 5, "the rest")


@pytest.mark.goal("The image says which database the stream has selected, for a chain may begin in the middle")
def test_database_of_image(replica, master):
    image = RdbWriter().aux("repl-stream-db", 6).aux("repl-id", ID).aux("repl-offset", START).select(0)
    master.accept_and_sync(image.key(0, "k", string("v")).end(), START).send(encode("SET", "b", 2))
    replica.ok("SELECT", 6)
    wait_until(lambda: replica("GET", "b") == b"2", 5, "the stream")


@pytest.mark.goal("An empty line in the stream is passed over, and counts")
def test_empty_line(replica, link):
    stream = SELECT + b"\n" + encode("SET", "k", "v")
    link.send(stream)
    applied(replica, len(stream))
    assert replica("GET", "k") == b"v"


@pytest.mark.goal("A stream that is none: the link is closed, and the history with it")
@pytest.mark.parametrize("junk", [b"PING\r\n", b"*1\r\n!4\r\nPING\r\n", b"*abc\r\n", b"*1\r\n$-5\r\n"],
                         ids=["inline", "no bulk", "no number", "negative"])
def test_junk(replica, master, link, junk):
    link.send(SELECT + junk)
    again = master.accept()
    assert again.greet()[1:] == ["?", "-1"]


@pytest.mark.goal("Writes of the master are applied on a replica that is read only, and beyond its maxmemory")
def test_master_may(replica, link):
    replica.ok("CONFIG", "SET", "maxmemory", 1)
    stream = SELECT + encode("SET", "k", "v")
    link.send(stream)
    applied(replica, len(stream))
    assert replica("GET", "k") == b"v" and replica.error("SET", "k", "w").split()[0] in ("OOM", "READONLY")


@pytest.mark.goal("A key whose time is up is deleted by the master's DEL, not before: what changes it meanwhile finds it there")
def test_expired_for_the_master(replica, link):
    stream = SELECT + encode("SET", "k", 5, "PXAT", 1) + encode("INCR", "k")
    link.send(stream)
    applied(replica, len(stream))
    assert replica("GET", "k") is None and replica("DBSIZE") == 1
    replica.ok("REPLICAOF", "NO", "ONE")
    assert replica("GET", "k") is None
    wait_until(lambda: replica("DBSIZE") == 0, 5, "a master's way with keys whose time is up")


@pytest.mark.goal("The master's offset is the replica's, byte for byte, and so is the backlog, for replicas of its own")
def test_backlog(replica, link):
    stream = SELECT + encode("SET", "k", "v")
    link.send(stream)
    applied(replica, len(stream))
    told = replication(replica)
    assert told["master_repl_offset"] == str(START + len(stream))
    assert told["repl_backlog_active"] == "1" and told["repl_backlog_first_byte_offset"] == str(START + 1)
    assert told["repl_backlog_histlen"] == str(len(stream))


@pytest.mark.goal("Clients of a replica hear what the stream does: keyspace events, PUBLISH, blocked reads, WATCH")
def test_clients_notice(replica, link, fresh_server):
    replica.ok("CONFIG", "SET", "notify-keyspace-events", "KEA")
    replica("SUBSCRIBE", "__keyspace@0__:k", "news")
    replica.read()
    link.send(SELECT + encode("SET", "k", "v") + encode("PUBLISH", "news", "today"))
    assert replica.read() == [b"message", b"__keyspace@0__:k", b"set"]
    assert replica.read() == [b"message", b"news", b"today"]
