"""A value of 512 MB goes in and out, grows no further, and its memory comes back.

    SET (512 MiB, the default proto-max-bulk-len)  ->  STRLEN, GETRANGE, GET (every byte checked)  ->  one byte more:
    refused in all ways (APPEND, SETRANGE, a longer bulk)  ->  DEL  ->  memory returns

The peak of resident memory is bounded, too: a server may need the value twice (the value and a reply), not more.
"""

from __future__ import annotations

import random
import socket

from ..strata_harness.resp import RespError
from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from .support import MB, Pinger, Report, memory_returns, peak, reset_peak, resident

SIZE = 512 * MB
TOO_LONG = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"


def send_value(sock: socket.socket, chunk: bytes):
    sock.sendall(b"*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$%d\r\n" % SIZE)
    for _ in range(SIZE // len(chunk)):
        sock.sendall(chunk)
    sock.sendall(b"\r\n")


def receive_value(sock: socket.socket, chunk: bytes) -> str:
    """Reads the reply to GET; "" when it is the value, else what is wrong with it."""
    head = b"$%d\r\n" % SIZE
    left, at = len(head) + SIZE + 2, -len(head)
    expected = head
    while left:
        got = sock.recv(min(left, 1 << 20))
        if not got:
            return f"the server closed the connection {left} bytes before the end"
        while got:
            if not expected:
                offset = at % len(chunk)
                expected = chunk[offset:] if at < SIZE else b"\r\n"
            part = expected[:len(got)]
            if got[:len(part)] != part:
                return f"the reply differs near byte {at}"
            expected, got = expected[len(part):], got[len(part):]
            left -= len(part)
            at += len(part)
    return ""


def run(options, report: Report):
    server = Server(options.server)
    try:
        server.start()
        client = server.wire(name="big", timeout=60.0)
        client.socket.settimeout(scaled(60))
        before = resident(server)
        slack = int(options.memory_slack_mb * MB)
        chunk = random.Random(options.seed).randbytes(MB)

        pinger = Pinger(server)
        send_value(client.socket, chunk)
        reply = client.read()
        report.expect(reply == "OK", f"SET of {SIZE:,} bytes answers {reply!r}")
        pinger.stop(report, "while it comes in", median=0.1, worst=5.0)
        report.note(f"resident: {resident(server) / MB:.0f} MB, peak {peak(server) / MB:.0f} MB")
        report.expect(peak(server) <= before + 2 * SIZE + slack, "the value is not held more than twice on its way in")
        report.expect(client("STRLEN", "big") == SIZE, "STRLEN tells its length")
        report.expect(client("GETRANGE", "big", -10, -1) == chunk[-10:], "GETRANGE reads its end")

        reset_peak(server)
        pinger = Pinger(server)
        client.send(b"*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n")
        wrong = receive_value(client.socket, chunk)
        report.expect(not wrong, f"GET gives it back, byte for byte {wrong}")
        pinger.stop(report, "while it goes out", median=0.1, worst=5.0)
        report.note(f"resident: {resident(server) / MB:.0f} MB, peak {peak(server) / MB:.0f} MB")
        report.expect(peak(server) <= before + 3 * SIZE + slack, "sending it takes no more than two copies on top")

        refused(server, client, report)
        report.expect(client("STRLEN", "big") == SIZE, "it is as long as before")
        report.expect(client("DEL", "big") == 1, "DEL removes it")
        client.close()
        memory_returns(report, server, before + slack, "after DEL")
        report.server_is_well(server)
    finally:
        server.close()


def refused(server: Server, client, report: Report):
    """Every way to make it longer is an error, and those that the protocol forbids end the connection."""
    for args in (("APPEND", "big", "x"), ("SETRANGE", "big", SIZE, "x"), ("SETRANGE", "big", SIZE - 1, "xy"),
                 ("SETRANGE", "other", 1 << 40, "x"), ("SETRANGE", "other", (1 << 63) - 1, "x")):
        reply = client(*args)
        report.expect(isinstance(reply, RespError) and reply.text == TOO_LONG,
                      f"{' '.join(map(str, args))} answers {reply!r}")
    last = client("SETRANGE", "big", SIZE - 1, client("GETRANGE", "big", SIZE - 1, SIZE - 1))
    report.expect(last == SIZE, f"SETRANGE of the last byte is allowed: {last!r}")
    for length in (SIZE + 1, 1 << 40, (1 << 63) - 1):
        wire = server.wire(name="too long")
        wire.send(b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$%d\r\n" % length)
        got = wire.read_until_closed(10.0)
        report.expect(got == b"-ERR Protocol error: invalid bulk length\r\n",
                      f"a bulk of {length:,} bytes is refused: {got!r}")
        wire.close()
