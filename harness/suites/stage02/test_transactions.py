"""MULTI, EXEC, DISCARD: queueing, refusals, what one transaction is to everybody else."""

import threading

import pytest

from strata_harness.resp import Push, RespError, encode
from strata_harness.wait import wait_until

ABORTED = "EXECABORT Transaction discarded because of previous errors."


def queue(wire, *commands):
    assert wire("MULTI") == "OK"
    for command in commands:
        assert wire(*command.split()) == "QUEUED"


def client_line(wire, number):
    """The fields of the client with this id as CLIENT LIST shows them."""
    line = wire("CLIENT", "LIST", "ID", str(number)).decode().strip()
    return dict(field.split("=", 1) for field in line.split(" "))


@pytest.mark.goal("EXEC answers one array with the reply of each queued command, in their order")
def test_exec(wire):
    wire.exchange(encode("MULTI"), b"+OK\r\n")
    wire.exchange(encode("SET", "a", "1"), b"+QUEUED\r\n")
    wire.exchange(encode("INCR", "a"), b"+QUEUED\r\n")
    wire.exchange(encode("GET", "nokey"), b"+QUEUED\r\n")
    wire.exchange(encode("EXEC"), b"*3\r\n+OK\r\n:2\r\n$-1\r\n")
    wire.exchange(encode("EXEC"), b"-ERR EXEC without MULTI\r\n")


@pytest.mark.goal("An empty transaction answers an empty array")
def test_empty(wire):
    wire.exchange(encode("MULTI") + encode("EXEC"), b"+OK\r\n*0\r\n")


@pytest.mark.goal("A whole transaction may come in one packet, or byte by byte")
@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_pipelined(wire, piece):
    data = b"".join(encode(*command) for command in
                    (["MULTI"], ["SET", "k", "v" * 50], ["STRLEN", "k"], ["EXEC"], ["PING"]))
    for at in range(0, len(data), piece):
        wire.send(data[at:at + piece])
    assert wire.read_many(5) == ["OK", "QUEUED", "QUEUED", ["OK", 50], "PONG"]


@pytest.mark.goal("Queued commands have no effect before EXEC, and none at all after DISCARD")
def test_discard(connect):
    wire, other = connect(), connect()
    queue(wire, "SET k v")
    assert other("GET", "k") is None
    assert wire("DISCARD") == "OK"
    assert other("GET", "k") is None
    assert wire("DISCARD") == RespError("ERR DISCARD without MULTI")
    assert wire("GET", "k") is None, "after DISCARD commands run at once again"


@pytest.mark.goal("MULTI inside MULTI and WATCH inside MULTI are errors that do not spoil the transaction")
def test_nested(wire):
    queue(wire, "SET k v")
    assert wire("MULTI") == RespError("ERR MULTI calls can not be nested")
    assert wire("WATCH", "k") == RespError("ERR WATCH inside MULTI is not allowed")
    assert wire("EXEC") == ["OK"]


@pytest.mark.goal("A command that is refused while queueing makes EXEC refuse, and nothing of it runs")
@pytest.mark.parametrize("refused, error", [
    (["NOSUCHCOMMAND"], "ERR unknown command"), (["GET"], "ERR wrong number of arguments for 'get' command"),
    (["CONFIG", "NOSUCH"], "ERR unknown subcommand"), (["DISCARD", "x"], "ERR wrong number of arguments"),
    (["SHUTDOWN"], "ERR Command not allowed inside a transaction"),
])
def test_refused_while_queueing(wire, refused, error):
    queue(wire, "SET k v")
    assert wire(*refused).text.startswith(error)
    assert wire("SET", "j", "w") == "QUEUED", "queueing goes on"
    assert wire("EXEC") == RespError(ABORTED)
    assert wire("EXISTS", "k", "j") == 0
    assert wire("PING") == "PONG", "the transaction is over"


@pytest.mark.goal("DISCARD makes good for refused commands; the next transaction starts afresh")
def test_discard_after_refusal(wire):
    queue(wire, "SET k v")
    wire("GET")
    assert wire("DISCARD") == "OK"
    queue(wire, "SET k w")
    assert wire("EXEC") == ["OK"]


@pytest.mark.goal("EXEC with arguments is refused under its own name and ends the transaction")
def test_exec_with_arguments(wire):
    queue(wire, "SET k v")
    assert wire("EXEC", "now") == RespError(
        "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command")
    assert wire("EXEC") == RespError("ERR EXEC without MULTI")
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("An error while running is a reply like any other: the commands around it take effect")
def test_error_while_running(wire):
    queue(wire, "SET k text", "INCR k", "LPUSH k x", "SET j v")
    replies = wire("EXEC")
    assert replies[0] == "OK" and replies[3] == "OK"
    assert replies[1] == RespError("ERR value is not an integer or out of range")
    assert replies[2].text.startswith("WRONGTYPE")
    assert wire("GET", "j") == b"v"


@pytest.mark.goal("Nobody's commands come between those of a transaction")
@pytest.mark.limit(40)
def test_atomic(connect):
    rounds = 200
    watcher = connect()
    writers = [connect() for _ in range(3)]
    seen = []

    def write(wire):
        script = b"".join(encode(*command.split()) for command in
                          ("MULTI", "INCR a", "INCR b", "INCR a", "INCR b", "EXEC"))
        for _ in range(rounds):
            wire.send(script)
            wire.read_many(6)

    threads = [threading.Thread(target=write, args=(wire,)) for wire in writers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append(watcher("MGET", "a", "b"))
    for thread in threads:
        thread.join()
    assert all(a == b and int(a or 0) % 2 == 0 for a, b in seen), "a transaction was seen half done"
    assert watcher("MGET", "a", "b") == [b"%d" % (6 * rounds)] * 2


@pytest.mark.goal("Time stands still in a transaction: a key does not expire between two of its commands")
def test_time_stands_still(fresh_server):
    wire = fresh_server(enable_debug_command="yes").wire()
    queue(wire, "SET k v PX 50", "DEBUG SLEEP 0.15", "GET k", "EXISTS k")
    assert wire("EXEC") == ["OK", "OK", b"v", 1]
    assert wire("GET", "k") is None


@pytest.mark.goal("SELECT in a transaction takes effect for its later commands and stays")
def test_select(wire):
    queue(wire, "SET k zero", "SELECT 3", "SET k three")
    assert wire("EXEC") == ["OK", "OK", "OK"]
    assert wire("GET", "k") == b"three"
    assert wire("SELECT", "0") == "OK"
    assert wire("GET", "k") == b"zero"


@pytest.mark.goal("Arguments are kept byte for byte, however long and many")
def test_arguments(wire, rng):
    values = [rng.randbytes(size) for size in (0, 1, 100, 70_000, 1_000_000)]
    assert wire("MULTI") == "OK"
    for number, value in enumerate(values):
        assert wire("SET", f"k{number}", value) == "QUEUED"
    many = [word for number in range(1000) for word in (f"m{number}", str(number))]
    assert wire("MSET", *many) == "QUEUED"
    assert wire("EXEC") == ["OK"] * 6
    assert [wire("GET", f"k{number}") for number in range(5)] == values
    assert wire("GET", "m999") == b"999"


@pytest.mark.goal("A thousand commands fit into one transaction")
def test_many_commands(wire):
    wire.send(encode("MULTI") + encode("INCR", "n") * 1000 + encode("EXEC"))
    assert wire.read() == "OK"
    assert wire.read_many(1000) == ["QUEUED"] * 1000
    assert wire.read() == list(range(1, 1001))


@pytest.mark.goal("RESET and a lost connection drop the transaction")
def test_reset_and_disconnect(connect):
    wire, other = connect(), connect()
    queue(wire, "SET k v")
    assert wire("RESET") == "RESET"
    assert wire("EXEC") == RespError("ERR EXEC without MULTI")
    queue(other, "SET k v")
    other.close()
    wait_until(lambda: len(wire("CLIENT", "LIST").splitlines()) == 1, 5, "the other connection to be gone")
    assert wire("EXISTS", "k") == 0


@pytest.mark.goal("QUIT is not queued")
def test_quit(wire):
    queue(wire, "SET k v")
    wire.exchange(encode("QUIT"), b"+OK\r\n")
    assert wire.read_until_closed() == b""


@pytest.mark.goal("CLIENT LIST shows who is in a transaction and how much is queued")
def test_client_list(connect):
    wire, other = connect(), connect()
    number = wire("CLIENT", "ID")
    assert client_line(other, number)["multi"] == "-1"
    queue(wire, "SET k " + "v" * 1000, "GET k")
    line = client_line(other, number)
    assert "x" in line["flags"] and line["multi"] == "2"
    assert int(line["multi-mem"]) > 1000
    wire("EXEC")
    line = client_line(other, number)
    assert "x" not in line["flags"] and line["multi"] == "-1" and line["multi-mem"] == "0"


@pytest.mark.goal("Queued commands are counted when they run, under their own names")
def test_statistics(wire):
    queue(wire, "SET k v", "INCR k")
    before = wire("INFO", "commandstats")
    assert before == "QUEUED"
    wire("EXEC")
    stats = wire("INFO", "commandstats").decode()
    for name, calls, failed in (("set", 1, 0), ("incr", 1, 1), ("exec", 1, 0), ("multi", 1, 0)):
        line = next(line for line in stats.splitlines() if line.startswith(f"cmdstat_{name}:"))
        assert f"calls={calls}," in line and f"failed_calls={failed}" in line, line


@pytest.mark.goal("Subscribing and publishing inside a transaction work; RESP2 confirmations stand in EXEC's array")
def test_pubsub_inside(connect):
    wire, listener = connect(), connect()
    listener("SUBSCRIBE", "news")
    queue(wire, "PUBLISH news one", "SUBSCRIBE own", "PUBLISH news two")
    assert wire("EXEC") == [1, [b"subscribe", b"own", 1], 1]
    assert [message[2] for message in listener.read_many(2)] == [b"one", b"two"]
    assert wire("GET", "k").text.startswith("ERR Can't execute 'get'"), "the client is a subscriber now"


@pytest.mark.goal("HELLO inside a transaction changes the protocol from there on")
def test_hello_inside(wire):
    queue(wire, "GET nokey", "HELLO 3", "GET nokey")
    wire.send_command("EXEC")
    wire.expect(b"*3\r\n$-1\r\n%7\r\n")


@pytest.mark.goal("A failed EXEC answers null in the form of the client's protocol")
def test_null_by_protocol(connect):
    for protocol, null in ((2, b"*-1\r\n"), (3, b"_\r\n")):
        wire, other = connect(protocol), connect()
        wire("WATCH", "k")
        other("APPEND", "k", "x")
        queue(wire, "GET k")
        wire.exchange(encode("EXEC"), null)


@pytest.mark.goal("CLIENT REPLY SKIP silences one command, be it MULTI, a queued one or EXEC")
def test_reply_skip(wire):
    wire.send(encode("CLIENT", "REPLY", "SKIP") + encode("MULTI") + encode("SET", "k", "v") + encode("EXEC"))
    assert wire.read_many(2) == ["QUEUED", ["OK"]]
    wire.send(encode("MULTI") + encode("APPEND", "k", "w") + encode("GET", "k") +
              encode("CLIENT", "REPLY", "SKIP"))
    assert wire.read_many(4) == ["OK", "QUEUED", "QUEUED", "QUEUED"]
    assert wire("DISCARD") == "OK"
    wire.send(encode("MULTI") + encode("APPEND", "k", "w") + encode("DISCARD") + encode("CLIENT", "REPLY", "SKIP") +
              encode("EXEC") + encode("GET", "k"))
    assert wire.read_many(4) == ["OK", "QUEUED", "OK", b"v"]


@pytest.mark.goal("A pause of writes holds EXEC back when the transaction writes, and only then")
def test_pause(connect):
    reader, writer, control = connect(), connect(), connect()
    queue(reader, "GET k")
    queue(writer, "SET k v")
    assert control("CLIENT", "PAUSE", "10000", "WRITE") == "OK"
    assert reader("EXEC") == [None]
    writer.send_command("EXEC")
    wait_until(lambda: b"blocked_clients:1" in control("INFO", "clients"), 5, "EXEC to be held back")
    assert control("EXISTS", "k") == 0
    assert control("CLIENT", "UNPAUSE") == "OK"
    assert writer.read() == ["OK"]


@pytest.mark.goal("Out of memory, nothing more is queued, and EXEC refuses what would need more")
def test_out_of_memory(connect):
    wire, control = connect(), connect()
    queue(wire, "SET k v")
    control("CONFIG", "SET", "maxmemory", "1")
    assert wire("EXEC") == RespError("EXECABORT Transaction discarded because of: "
                                     "OOM command not allowed when used memory > 'maxmemory'.")
    assert wire("MULTI") == "OK"
    assert wire("GET", "k").text.startswith("OOM ")
    assert wire("EXEC") == RespError(ABORTED)
    control("CONFIG", "SET", "maxmemory", "0")
    queue(wire, "GET k")
    control("CONFIG", "SET", "maxmemory", "1")
    assert wire("EXEC") == [None], "reading needs no memory"


@pytest.mark.goal("MONITOR shows the commands of a transaction as they run, before their EXEC")
def test_monitor(connect):
    wire, monitor = connect(), connect()
    assert monitor("MONITOR") == "OK"
    queue(wire, "SET k v", "GET k")
    wire("EXEC")
    lines = [monitor.read() for _ in range(4)]
    assert [line.split('"')[1].upper() for line in lines] == ["MULTI", "SET", "GET", "EXEC"]


@pytest.mark.goal("RESP3 pushes are not counted among the replies of a transaction")
def test_push_inside(wire3):
    wire3.send_command("SUBSCRIBE", "news")
    wire3.read()
    queue(wire3, "SET k v", "GET k")
    assert wire3("EXEC") == ["OK", b"v"]
    queue(wire3, "SUBSCRIBE more")
    wire3.send_command("EXEC")
    reply = wire3.read()
    assert len(reply) == 1 and isinstance(reply[0], Push)
