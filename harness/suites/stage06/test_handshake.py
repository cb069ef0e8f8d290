"""What a replica says to a master before it gets data, and what it makes of every answer."""

import pytest

from strata_harness.fake_master import ID, empty_image
from strata_harness.rdb_file import RdbWriter
from strata_harness.rdb_codes import string
from strata_harness.replicas import link_up, replication
from strata_harness.resp import encode
from strata_harness.wait import wait_until

OPTIONS = {"enable_debug_command": "yes", "repl_ping_replica_period": 1}
IMAGE = RdbWriter().select(0).key(0, "from", string("master")).end()
OTHER = "f" * 40


@pytest.fixture
def replica(fresh_server, fake_master):
    """A fresh server that was just told to follow a master of the test's own: (server, client, master)."""
    server, master = fresh_server(**OPTIONS), fake_master()
    wire = server.wire()
    wire.ok("SET", "own", "data")
    wire.ok("REPLICAOF", "127.0.0.1", master.port)
    return server, wire, master


@pytest.mark.goal("PING; when it was answered port and capabilities in one go; when these were answered PSYNC")
def test_order(replica):
    server, wire, master = replica
    link = master.accept()
    link.expect(encode("PING"))
    assert wire("ROLE")[3] == b"connecting" or wire("ROLE")[3] == b"handshake"
    link.send(b"+PONG\r\n")
    link.expect(encode("REPLCONF", "listening-port", server.port) + encode("REPLCONF", "capa", "eof", "capa", "psync2"))
    link.send(b"+OK\r\n+OK\r\n")
    words = link.command()
    assert words[0] == "PSYNC" and len(words) == 3
    assert wire("ROLE")[:4] == [b"slave", b"127.0.0.1", master.port, b"handshake"]


@pytest.mark.goal("A master that becomes a replica asks to go on from what it has: its own id, its next byte")
def test_former_master(replica):
    _, wire, master = replica
    assert master.accept().greet() == ["PSYNC", replication(wire)["master_replid"], "1"]


@pytest.mark.goal("A server that starts as a replica has nothing to go on from: PSYNC ? -1")
def test_configured(fresh_server, fake_master):
    master = fake_master()
    fresh_server(**OPTIONS, replicaof=["127.0.0.1", master.port])
    assert master.accept().greet() == ["PSYNC", "?", "-1"]


@pytest.mark.goal("What is to be announced is said: another port, another address, a password, a user")
@pytest.mark.parametrize("settings, said", [
    ({"replica_announce_port": 1234}, [["REPLCONF", "listening-port", "1234"]]),
    ({"replica_announce_ip": "10.1.1.1"}, [["REPLCONF", "listening-port", None], ["REPLCONF", "ip-address", "10.1.1.1"]]),
    ({"masterauth": "secret"}, [["AUTH", "secret"], ["REPLCONF", "listening-port", None]]),
    ({"masterauth": "secret", "masteruser": "bob"}, [["AUTH", "bob", "secret"], ["REPLCONF", "listening-port", None]]),
], ids=["port", "address", "password", "user"])
def test_announced(fresh_server, fake_master, settings, said):
    master = fake_master()
    server = fresh_server(**OPTIONS, **settings, replicaof=["127.0.0.1", master.port])
    link = master.accept()
    link.expect_command("PING")
    link.send(b"+PONG\r\n")
    for words in [*said, ["REPLCONF", "capa", "eof", "capa", "psync2"]]:
        link.expect_command(*(str(server.port) if word is None else word for word in words))


@pytest.mark.goal("A full resync: the image takes the place of the data, and the history is the master's")
@pytest.mark.parametrize("diskless", [False, True], ids=["file", "diskless"])
def test_full(replica, diskless):
    _, wire, master = replica
    link = master.accept()
    link.greet()
    link.send(b"\n")
    link.send(b"+FULLRESYNC %s 1000\r\n\n\n" % ID.encode())
    wait_until(lambda: wire("ROLE")[3] == b"sync", 5, "the replica to wait for the image")
    assert wire("GET", "own") == b"data"
    link.send_image(IMAGE, diskless)
    link_up(wire)
    assert wire("GET", "from") == b"master" and wire("GET", "own") is None
    told = replication(wire)
    assert (told["master_replid"], told["master_replid2"]) == (ID, "0" * 40)
    assert told["slave_repl_offset"] == told["master_repl_offset"] == "1000"
    link.await_ack(1000)


@pytest.mark.goal("A diskless image ends with its mark, wherever the pieces are cut; the ACK comes at once then")
@pytest.mark.parametrize("piece", [1, 7, 41])
def test_pieces(replica, piece):
    _, wire, master = replica
    link = master.accept()
    link.greet()
    data = b"+FULLRESYNC %s 1000\r\n$EOF:%s\r\n" % (ID.encode(), b"e" * 40) + IMAGE + b"e" * 40
    for start in range(0, len(data), piece):
        link.send(data[start:start + piece])
    link.await_ack(1000, 0.8)
    assert wire("GET", "from") == b"master"


ANSWERS = {
    "the PING wants a password": [b"-NOAUTH Authentication required.\r\n", b"+OK\r\n+OK\r\n"],
    "the PING is not allowed": [b"-NOPERM this user has no permissions to run the 'ping' command\r\n", b"+OK\r\n+OK\r\n"],
    "the port is not understood": [b"+PONG\r\n", b"-ERR what?\r\n+OK\r\n"],
    "the capabilities are not understood": [b"+PONG\r\n", b"+OK\r\n-ERR what?\r\n"],
    "line ends without a carriage return": [b"+PONG\n", b"+OK\n+OK\n"],
    "something else than PONG": [b"+I am here\r\n", b"+OK\r\n+OK\r\n"],
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.goal("A master that does not answer as expected, but lives, is asked for data all the same")
def test_tolerated(replica, name):
    _, wire, master = replica
    greeting, introduction = ANSWERS[name]
    link = master.accept()
    link.expect_command("PING")
    link.send(greeting)
    link.command(), link.command()
    link.send(introduction)
    assert link.command()[0] == "PSYNC"
    link.full_resync(IMAGE)
    link_up(wire)


REFUSED = {
    "loading": b"-LOADING Redis is loading the dataset in memory\r\n",
    "its own master is down": b"-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
    "too many clients": b"-ERR max number of clients reached\r\n",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.goal("A master that answers PING with anything that is no sign of a master is left, and tried again")
def test_ping_refused(replica, name):
    _, wire, master = replica
    link = master.accept()
    link.expect_command("PING")
    link.send(REFUSED[name])
    link.expect_closed()
    again = master.accept()
    again.greet()
    again.full_resync(IMAGE)
    link_up(wire)


@pytest.mark.goal("A wrong password: the link is closed and tried again, the log says why")
def test_wrong_password(fresh_server, fake_master):
    master = fake_master()
    server = fresh_server(**OPTIONS, masterauth="wrong", replicaof=["127.0.0.1", master.port])
    for _ in range(2):
        link = master.accept()
        link.expect_command("PING")
        link.send(b"-NOAUTH Authentication required.\r\n")
        link.expect_command("AUTH", "wrong")
        link.send(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n+OK\r\n+OK\r\n")
        link.read_until_closed()
    server.wait_log("Unable to AUTH to MASTER")


@pytest.mark.goal("A master that cannot serve now is asked again later, for the same")
@pytest.mark.parametrize("answer", [b"-NOMASTERLINK Can't SYNC while not connected with my master\r\n",
                                    b"-LOADING Redis is loading the dataset in memory\r\n"], ids=["no-link", "loading"])
def test_later(replica, answer):
    _, wire, master = replica
    link = master.accept()
    asked = link.greet()
    link.send(answer)
    link.expect_closed()
    again = master.accept()
    assert again.greet() == asked
    again.full_resync(IMAGE)
    link_up(wire)


@pytest.mark.goal("A master that knows no PSYNC is asked SYNC; its image and stream are taken, and nothing is acknowledged")
def test_old_master(replica):
    _, wire, master = replica
    link = master.accept()
    link.greet()
    link.send(b"-ERR unknown command 'PSYNC'\r\n")
    link.expect(b"SYNC\r\n")
    link.send_image(IMAGE)
    link_up(wire)
    link.send(encode("SET", "k", "v") + encode("REPLCONF", "GETACK", "*"))
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the stream")
    link.close()
    master.accept()
    said = b"".join(entry.head for entry in link.transcript.entries() if entry.direction == "<")
    assert b"ACK" not in said


@pytest.mark.goal("+CONTINUE with another id: the history goes on under it, and the old one is the second")
def test_continue_renamed(replica):
    _, wire, master = replica
    link = master.accept_and_sync(IMAGE, 1000)
    link_up(wire)
    link.close()
    link = master.accept()
    assert link.greet() == ["PSYNC", ID, "1001"]
    link.continue_with(OTHER, encode("SELECT", 0) + encode("SET", "k", "v"))
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the stream")
    told = replication(wire)
    assert (told["master_replid"], told["master_replid2"], told["second_repl_offset"]) == (OTHER, ID, "1001")
    assert told["master_repl_offset"] == str(1000 + 23 + 27)


@pytest.mark.goal("+CONTINUE without an id, as of old: the history goes on as it is called")
def test_continue_unnamed(replica):
    _, wire, master = replica
    master.accept_and_sync(IMAGE, 1000)
    link_up(wire)
    master.links[-1].close()
    link = master.accept()
    link.greet()
    link.send(b"+CONTINUE\r\n" + encode("SET", "k", "v"))
    wait_until(lambda: wire("GET", "k") == b"v", 5, "the stream")
    assert replication(wire)["master_replid"] == ID and replication(wire)["master_replid2"] == "0" * 40


IN_PLACE_OF_AN_IMAGE = {
    "an error": b"-ERR BGSAVE failed, replication can't continue\r\n",
    "a word": b"hello\r\n",
    "a command": encode("SET", "k", "v"),
    "the half of an image": b"$1000\r\n" + IMAGE[:30],
    "the half of a diskless image": b"$EOF:" + b"e" * 40 + b"\r\n" + IMAGE[:30],
}


@pytest.mark.parametrize("name", IN_PLACE_OF_AN_IMAGE)
@pytest.mark.goal("An image that does not come, or breaks off: the old data stays, and the replica asks again")
def test_no_image(replica, name):
    server, wire, master = replica
    link = master.accept()
    link.greet()
    link.send(b"+FULLRESYNC %s 1000\r\n" % ID.encode() + IN_PLACE_OF_AN_IMAGE[name])
    if "half" in name:
        wait_until(lambda: replication(wire)["master_sync_in_progress"] == "1", 5, "the transfer")
        link.close()
    again = master.accept()
    assert wire("GET", "own") == b"data"
    again.greet()
    wait_until(lambda: not list(server.dir.glob("temp-*.rdb")), 5, "the temporary file to be removed")
    again.full_resync(IMAGE, 2000)
    link_up(wire)
    assert wire("GET", "from") == b"master" and replication(wire)["master_repl_offset"] == "2000"


PHASES = ["connected", "greeted", "introduced", "asked", "promised", "header", "image", "whole"]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.goal("A link that is cut, whenever that is, is made anew; what was served stays until a whole image is there")
def test_cut(replica, phase):
    _, wire, master = replica
    link = master.accept()
    at = PHASES.index(phase)
    if at >= 1:
        link.expect_command("PING")
        link.send(b"+PONG\r\n")
    if at >= 2:
        link.command(), link.command()
        link.send(b"+OK\r\n+OK\r\n")
    if at >= 3:
        assert link.command()[0] == "PSYNC"
    if at >= 4:
        link.send(b"+FULLRESYNC %s 1000\r\n" % ID.encode())
    if at >= 5:
        link.send(b"$%d\r\n" % len(IMAGE))
    if at >= 6:
        link.send(IMAGE[:20])
    if at >= 7:
        link.send(IMAGE[20:])
        link_up(wire)
    link.close()
    again = master.accept()
    words = again.greet()
    assert wire("GET", "from" if phase == "whole" else "own") == (b"master" if phase == "whole" else b"data")
    assert (words[1:] == [ID, "1001"]) == (phase == "whole")
    again.full_resync(IMAGE, 3000)
    link_up(wire)
    assert wire("GET", "from") == b"master" and wire("GET", "own") is None


@pytest.mark.goal("A master that sends nothing for repl-timeout is given up; newlines while one waits are signs of life")
def test_slow_master(fresh_server, fake_master):
    master = fake_master()
    server = fresh_server(**OPTIONS, repl_timeout=2, replicaof=["127.0.0.1", master.port])
    wire = server.wire()
    link = master.accept()
    link.greet()
    for _ in range(3):
        link.send(b"\n")
        before = wire("TIME")[0]
        wait_until(lambda: wire("TIME")[0] != before, 5, "a second to pass")
    link.full_resync(IMAGE)
    link_up(wire)
    again = master.accept(10)  # the stream is silent: no PING comes
    assert again.greet()[1] == ID


@pytest.mark.goal("A replica of nobody: it tries once a second, and tells so")
def test_nobody(fresh_server, fake_master):
    master = fake_master()
    port = master.port
    master.close()
    server = fresh_server(**OPTIONS, replicaof=["127.0.0.1", port])
    wire = server.wire()
    told = replication(wire)
    assert told["role"] == "slave" and told["master_link_status"] == "down" and told["master_last_io_seconds_ago"] == "-1"
    wait_until(lambda: server.log_text().count("Connecting to MASTER") >= 2, 5, "a second attempt")


@pytest.mark.goal("An image that is damaged ends the replica: half of a dataset is worse than none")
def test_damaged(replica):
    server, _, master = replica
    link = master.accept()
    link.greet()
    server.stopping = True
    link.full_resync(IMAGE[:-1] + bytes([IMAGE[-1] ^ 1]), 1000)
    assert server.wait_exit() == 1


@pytest.mark.goal("An empty image is an image: nothing is left of the old data")
def test_empty(replica):
    _, wire, master = replica
    link = master.accept()
    link.greet()
    link.full_resync(empty_image(), 1)
    link_up(wire)
    assert wire("DBSIZE") == 0
