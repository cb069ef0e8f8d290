"""A client that never reads is dropped at client-output-buffer-limit, and nobody else notices.

    normal, hard limit:  pipelined GETs of a 1 MB value, no reply read
    normal, soft limit:  stays above a smaller limit for longer than its seconds
    pubsub, hard limit:  a subscriber that does not read while others publish
    no limit (default):  the replies wait, and all of them arrive once the client reads
"""

from __future__ import annotations

import socket
import time

from ..strata_harness.resp import encode
from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from ..strata_harness.wait import wait_until
from ..strata_harness.wire import Wire
from .support import MB, Pinger, Report, memory_returns, peak, reset_peak, resident

VALUE = b"v" * MB


def client_names(probe: Wire) -> set[str]:
    lines = probe("CLIENT", "LIST").decode().splitlines()
    return {field[5:] for line in lines for field in line.split() if field.startswith("name=")}


def lazy(server: Server, name: str) -> Wire:
    """A connection with a small receive buffer, so that what it does not read stays with the server."""
    wire = server.wire(name=name, receive_buffer=4096)
    wire.ok("CLIENT", "SETNAME", name)
    return wire


def send_quietly(wire: Wire, data: bytes) -> bool:
    """Sends without ever reading; False when the server has dropped us."""
    try:
        wire.socket.settimeout(scaled(30))
        wire.socket.sendall(data)
        return True
    except (ConnectionError, socket.timeout):
        return False


def dropped(report: Report, probe: Wire, name: str, what: str, seconds: float = 20.0):
    began = time.monotonic()
    try:
        wait_until(lambda: name not in client_names(probe), seconds, f"{name} to be dropped")
    except AssertionError:
        pass
    report.expect(name not in client_names(probe), f"{what}: dropped after {time.monotonic() - began:.1f} s")


def expect_end(report: Report, wire: Wire, most: int):
    """The dropped client finds the end of its connection behind what was on the way already."""
    taken = len(wire.read_until_closed(30.0))
    report.expect(taken <= most, f"the dropped client finds {taken:,} bytes and the end of the connection")
    wire.close()


def hard_limit(server: Server, probe: Wire, report: Report):
    probe.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 64mb 0 0")
    reset_peak(server)
    before = resident(server)
    pinger = Pinger(server)
    reader = lazy(server, "never-reads")
    send_quietly(reader, encode("GET", "value") * 2000)
    dropped(report, probe, "never-reads", "2,000 replies of 1 MB against a hard limit of 64 MB")
    pinger.stop(report, "meanwhile", median=0.25, worst=2.0)
    grown = peak(server) - before
    report.expect(grown <= 64 * MB * 2, f"memory grew by {grown / MB:.0f} MB at most, the limit is 64 MB")
    expect_end(report, reader, 64 * MB)


def soft_limit(server: Server, probe: Wire, report: Report):
    probe.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 0 8mb 1")
    reader = lazy(server, "soft")
    send_quietly(reader, encode("GET", "value") * 32)
    report.expect("soft" in client_names(probe), "32 MB against a soft limit of 8 MB for 1 s: not dropped at once")

    def nudged() -> bool:
        send_quietly(reader, encode("PING"))  # the limit is looked at when a reply is added
        return "soft" not in client_names(probe)

    try:
        wait_until(nudged, 10.0, "the soft limit")
    except AssertionError:
        pass
    report.expect("soft" not in client_names(probe), "and dropped when its second is over")
    expect_end(report, reader, 32 * MB)


def pubsub_limit(server: Server, probe: Wire, report: Report):
    probe.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0 pubsub 16mb 0 0")
    reader = lazy(server, "subscriber")
    reader("SUBSCRIBE", "flood")
    pinger = Pinger(server)
    heard = 1
    for sent in range(1, 301):
        heard = probe("PUBLISH", "flood", VALUE)
        if heard == 0:
            break
    report.expect(heard == 0 and sent >= 16,
                  f"a subscriber that does not read is dropped at 16 MB: after {sent} messages of 1 MB")
    pinger.stop(report, "meanwhile", median=0.25, worst=2.0)
    expect_end(report, reader, 32 * MB)


def no_limit(server: Server, probe: Wire, report: Report):
    probe.ok("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0")
    reader = lazy(server, "late")
    count = 200
    pinger = Pinger(server)
    send_quietly(reader, encode("GET", "value") * count + encode("PING"))
    expected = (b"$%d\r\n%s\r\n" % (MB, VALUE)) * count + b"+PONG\r\n"
    reader.socket.settimeout(scaled(30))
    reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    got, right = 0, True
    while got < len(expected) and right:
        chunk = reader.socket.recv(1 << 20)
        right = bool(chunk) and expected[got:got + len(chunk)] == chunk
        got += len(chunk)
    report.expect(right, f"without a limit all {count} replies of 1 MB wait for a client that reads late: "
                         f"{got:,} of {len(expected):,} bytes right")
    pinger.stop(report, "meanwhile", median=0.25, worst=2.0)
    reader.close()


def run(options, report: Report):
    server = Server(options.server)
    try:
        server.start()
        probe = server.wire(name="probe", timeout=30.0)
        probe.ok("SET", "value", VALUE)
        before = resident(server)
        for part in (hard_limit, soft_limit, pubsub_limit, no_limit):
            part(server, probe, report)
        memory_returns(report, server, before + int(options.memory_slack_mb * MB), "after all of them left")
        report.server_is_well(server)
    finally:
        server.close()
