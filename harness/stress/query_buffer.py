"""client-query-buffer-limit and its relatives: a client that sends without end is cut off, early and alone.

    one bulk longer than the limit   closed, with what was read before it answered
    a line without an end            64 KB, "too big inline request"
    a header without an end          64 KB, "too big mbulk count string", "too big bulk count string"
    before AUTH                      10 arguments, bulks of 16 KB
    a value just below the limit     accepted
"""

from __future__ import annotations

import socket

from ..strata_harness.resp import encode
from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from ..strata_harness.wire import Wire
from .support import MB, Pinger, Report, memory_returns, peak, resident

LIMIT = 2 * MB
MOST = 64 * MB  # what a client tries to send


def pour(wire: Wire, head: bytes, chunk: bytes) -> tuple[int, bytes]:
    """Sends head and then chunks until the server closes or MOST is reached; how much went out, and what came back."""
    sent = 0
    wire.socket.settimeout(scaled(10))
    try:
        wire.socket.sendall(head)
        while sent < MOST:
            sent += wire.socket.send(chunk)
    except (ConnectionError, socket.timeout):
        pass
    try:
        return sent, wire.read_until_closed(10.0)
    except AssertionError:
        return sent, b"(the connection stays open)"


CASES = [
    ("one endless bulk", b"*2\r\n$3\r\nGET\r\n$100000000\r\n", b"x" * 65536, LIMIT, b""),
    ("a command, then an endless bulk", b"PING\r\n*2\r\n$3\r\nGET\r\n$100000000\r\n", b"x" * 65536, LIMIT,
     b"+PONG\r\n"),
    ("a line without an end", b"PING ", b"x" * 65536, 64 * 1024, b"-ERR Protocol error: too big inline request\r\n"),
    ("a count of arguments without an end", b"*1", b"1" * 65536, 64 * 1024,
     b"-ERR Protocol error: too big mbulk count string\r\n"),
    ("a length without an end", b"*1\r\n$1", b"1" * 65536, 64 * 1024,
     b"-ERR Protocol error: too big bulk count string\r\n"),
]


def run(options, report: Report):
    server = Server(options.server, {"client-query-buffer-limit": LIMIT})
    try:
        server.start()
        before = resident(server)
        probe = server.wire(name="probe")
        pinger = Pinger(server)
        for what, head, chunk, limit, answer in CASES:
            wire = server.wire(name=what)
            sent, got = pour(wire, head, chunk)
            wire.close()
            report.expect(got == answer and sent < MOST,
                          f"{what} is cut off at {limit:,} bytes or a little behind (sent {sent:,}): {got[:80]!r}")
        many = [server.wire(name=f"many {i}") for i in range(20)]
        ends = [pour(wire, CASES[0][1], CASES[0][2]) for wire in many]
        report.expect(all(got == b"" and sent < MOST for sent, got in ends),
                      "20 such clients one after the other are cut off as well")
        report.expect(peak(server) <= before + int(options.memory_slack_mb * MB),
                      f"peak of memory: {peak(server) / MB:.1f} MB, {before / MB:.1f} MB before")
        value = b"v" * (LIMIT - 1000)
        report.expect(probe("SET", "k", value) == "OK" and probe("GET", "k") == value,
                      f"a value of {len(value):,} bytes is accepted")
        batch = server.wire(name="batch", timeout=30.0)
        batch.send(encode("SET", "k", b"v" * 1000) * 8000)
        report.expect(batch.read_many(8000) == ["OK"] * 8000,
                      "a pipeline of 8 MB of small commands is no query buffer of 8 MB")
        before_auth(server, probe, report)
        pinger.stop(report, "meanwhile", median=0.05, worst=1.0)
        report.server_is_well(server)
        for wire in many:
            wire.close()
        memory_returns(report, server, before + int(options.memory_slack_mb * MB), "at the end")
    finally:
        server.close()


def before_auth(server: Server, probe: Wire, report: Report):
    probe.ok("CONFIG", "SET", "requirepass", "secret")
    for head, answer in ((b"*11\r\n", b"-ERR Protocol error: unauthenticated multibulk length\r\n"),
                         (b"*1\r\n$16385\r\n", b"-ERR Protocol error: unauthenticated bulk length\r\n")):
        wire = server.wire(name="stranger")
        wire.send(head)
        got = wire.read_until_closed(5.0)
        report.expect(got == answer, f"before AUTH {head!r} is refused: {got!r}")
        wire.close()
    probe.ok("CONFIG", "SET", "requirepass", "")
