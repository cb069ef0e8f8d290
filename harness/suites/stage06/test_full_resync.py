"""A replica without data: the answer to its PSYNC, the image in both framings, and where the stream begins."""

import pytest

from strata_harness.fake_replica import FakeReplica
from strata_harness.rdb_file import read_rdb
from strata_harness.replicas import offset, replication, stats
from strata_harness.resp import encode
from strata_harness.wait import wait_until

SERVER_OPTIONS = {"repl_diskless_sync_delay": 0, "enable_debug_command": "yes"}

@pytest.fixture
def on_disk(wire):
    wire.ok("CONFIG", "SET", "repl-diskless-sync", "no")


@pytest.mark.goal("PSYNC ? -1 is answered +FULLRESYNC with the master's id and its present offset")
def test_answer(fake_replica, wire):
    replica = fake_replica()
    replica.introduce()
    replica.ask()
    history, at = replica.resync()
    assert history == replication(wire)["master_replid"] and at == offset(wire)


@pytest.mark.goal("An image from a file: its length, its bytes, and right behind them the stream")
def test_disk_framing(fake_replica, wire, on_disk):
    wire.ok("SET", "k", "v")
    replica = fake_replica()
    image = read_rdb(replica.sync())
    assert replica.framing[1:].isdigit() and image.key("k").value == b"v"
    wire.ok("SET", "more", "v")
    replica.expect(encode("SELECT", 0) + encode("SET", "more", "v"))


@pytest.mark.goal("A diskless image: $EOF: and forty bytes, which come again at its end; nothing follows before the first ACK")
def test_diskless_framing(fake_replica, wire):
    wire.ok("SET", "k", "v")
    replica = fake_replica()
    replica.introduce(capabilities=("eof", "psync2"))
    replica.ask()
    replica.resync()
    assert read_rdb(replica.image()).key("k").value == b"v"
    assert replica.framing.startswith(b"$EOF:") and len(replica.mark) == 40
    wait_until(lambda: "state=online" in replication(wire)["slave0"], 5, "the end of the transfer")
    wire.ok("SET", "held", "back")
    wire.ok("SET", "still", "held")
    replica.socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        replica.socket.recv(1)
    replica.ack(replica.offset)
    replica.expect(encode("SELECT", 0) + encode("SET", "held", "back") + encode("SET", "still", "held"))


@pytest.mark.goal("Who does not take diskless images gets one from a file")
def test_no_capability(fake_replica, wire):
    replica = fake_replica()
    assert wire("CONFIG", "GET", "repl-diskless-sync")[1] == b"yes"
    replica.sync()
    assert replica.framing[1:].isdigit()


@pytest.mark.goal("The image says which point of which history it is, and the database that the stream has selected")
@pytest.mark.parametrize("diskless", ["yes", "no"])
def test_image_knows_its_history(fake_replica, wire, diskless):
    wire.ok("CONFIG", "SET", "repl-diskless-sync", diskless)
    first = fake_replica()
    first.sync()
    wire.ok("SELECT", 5)
    wire.ok("SET", "k", "v")
    second = fake_replica()
    aux = dict(read_rdb(second.sync(capabilities=("eof", "psync2"))).aux)
    assert aux[b"repl-id"] == second.id.encode() and aux[b"repl-offset"] == b"%d" % second.offset
    assert aux[b"repl-stream-db"].isdigit()


@pytest.mark.goal("What is written while the image is made is not in it; it comes behind it, and every byte of it counts")
def test_stream_behind_image(fake_replica, wire, on_disk):
    for i in range(100):
        wire.ok("SET", f"k{i}", "v")
    wire.ok("CONFIG", "SET", "rdb-key-save-delay", 2000)
    replica = fake_replica()
    replica.introduce()
    replica.ask()
    _, at = replica.resync()
    written = encode("SELECT", 0)
    for i in range(20):
        wire.ok("SET", f"during{i}", "image")
        written += encode("SET", f"during{i}", "image")
    image = read_rdb(replica.image(15))
    assert {key.name for key in image.keys} == {b"k%d" % i for i in range(100)}
    replica.expect(written)
    assert offset(wire) == at + len(written)


@pytest.mark.goal("A replica that waits for its image hears a newline every second, so that it knows its master lives")
def test_newlines(fake_replica, wire):
    wire.ok("CONFIG", "SET", "repl-diskless-sync-delay", 2)
    replica = fake_replica()
    replica.introduce(capabilities=("eof", "psync2"))
    replica.ask()
    replica.resync(8)
    assert 1 <= replica.newlines <= 4
    replica.image()


@pytest.mark.goal("SYNC of old: the image without a line before it, and the stream at once; its offset is nobody's business")
def test_sync_command(fake_replica, wire):
    wire.ok("SET", "k", "v")
    replica = fake_replica()
    replica.send(b"SYNC\r\n")
    assert read_rdb(replica.image()).key("k").value == b"v"
    assert replica.framing[1:].isdigit()
    wire.ok("SET", "more", "v")
    replica.expect(encode("SELECT", 0) + encode("SET", "more", "v"))


@pytest.mark.goal("Every full resync is counted, and one whose history is unknown as a partial one that was refused")
def test_counted(fake_replica, wire):
    fake_replica().sync()
    stranger = fake_replica()
    stranger.introduce()
    stranger.ask("a" * 40, 5)
    stranger.resync()
    assert stats(wire) == (2, 0, 1)


@pytest.mark.parametrize("words, error", [
    (["PSYNC"], "ERR wrong number of arguments for 'psync' command"),
    (["PSYNC", "?"], "ERR wrong number of arguments for 'psync' command"),
    (["PSYNC", "?", "soon"], "ERR value is not an integer or out of range"),
    (["PSYNC", "?", "-1", "FAILOVER"], "ERR PSYNC FAILOVER can't be sent to a master."),
    (["SYNC", "now"], "ERR wrong number of arguments for 'sync' command"),
], ids=["nothing", "no-offset", "offset", "failover", "sync"])
@pytest.mark.goal("A PSYNC that cannot be right gets an error, and no replica comes of it")
def test_wrong(wire, words, error):
    assert wire.error(*words) == error
    assert replication(wire)["connected_slaves"] == "0" and wire("PING") == "PONG"


@pytest.mark.goal("PSYNC behind another command, whose reply has not left: refused, or the stream would begin in a reply")
def test_pending_output(wire):
    wire.exchange(encode("PING") + encode("PSYNC", "?", -1),
                  b"+PONG\r\n-ERR SYNC and PSYNC are invalid with pending output\r\n")


@pytest.mark.goal("A second PSYNC of a replica is passed over")
def test_twice(fake_replica, wire):
    replica = fake_replica()
    replica.sync()
    replica.ask()
    wire.ok("SET", "k", "v")
    assert replica.commands(2) == ["SELECT 0", "SET k v"] and stats(wire)[0] == 1


@pytest.mark.goal("The first replica ever: a new id, and nothing counted yet of what was written before")
def test_first_replica(fresh_server):
    server = fresh_server(repl_diskless_sync_delay=0)
    wire = server.wire()
    wire.ok("SET", "before", "anybody")
    before = replication(wire)
    assert (before["master_repl_offset"], before["repl_backlog_active"]) == ("0", "0")
    replica = FakeReplica(server)
    replica.sync()
    after = replication(wire)
    assert replica.offset == 0 and replica.id == after["master_replid"] != before["master_replid"]
    assert after["repl_backlog_active"] == "1" and after["master_replid2"] == "0" * 40


@pytest.mark.goal("REPLCONF rdb-only: the image and no more; INFO then shows nobody, and what follows is closed")
def test_rdb_only(fake_replica, wire):
    wire.ok("SET", "k", "v")
    replica = fake_replica()
    replica.introduce(capabilities=())
    replica.ok("REPLCONF", "rdb-only", 1)
    replica.ask()
    replica.resync()
    assert read_rdb(replica.image()).key("k").value == b"v"
    replica.close()
    wait_until(lambda: replication(wire)["connected_slaves"] == "0", 5, "the end of the replica")


@pytest.mark.goal("REPLCONF rdb-filter-only with nothing: an image without keys; it needs the capability of diskless ones")
def test_filter(fake_replica, wire):
    wire.ok("SET", "k", "v")
    wire.ok("CONFIG", "SET", "repl-diskless-sync", "no")
    replica = fake_replica()
    replica.ok("REPLCONF", "rdb-filter-only", "")
    assert replica.error("PSYNC", "?", -1) == "ERR Filtered replica requires EOF capability"
    replica.introduce(capabilities=("eof", "psync2"))
    replica.ask()
    replica.resync()
    assert read_rdb(replica.image()).keys == [] and replica.framing.startswith(b"$EOF:")
