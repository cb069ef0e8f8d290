"""Random bytes and broken RESP over many connections: the server lives, still answers, and does not grow.

Four kinds of input take turns: noise; noise that begins like RESP; valid commands with a few bytes changed; malformed
requests from the differential run's collection, cut into pieces.  Connections stay open across several of them and are
dropped at random moments.  Meanwhile one more client checks that its own commands work.
"""

from __future__ import annotations

import random
import socket
import time

from ..differential.families import abuse
from ..differential.gen import Gen
from ..strata_harness.server import Server
from .support import MB, Pinger, Report, memory_returns, peak, resident

CONNECTIONS = 64


def noise(g: Gen) -> bytes:
    return g.bytes(g.pick([1, 10, 100, 1000, 10_000]))


def headed_noise(g: Gen) -> bytes:
    """What a parser believes at first: counts and lengths, then nothing that fits."""
    parts = [g.pick([b"*%d\r\n" % g.int(-2, 20), b"$%d\r\n" % g.int(-2, 2000), b"*3\r\n$3\r\nSET\r\n",
                     b"*%d\r\n" % g.int(0, 1 << 34), b"+OK\r\n", b"PING ",
                     b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % g.int(0, 100_000_000), b'"', b"'", b"\r\n",
                     noise(g)]) for _ in range(g.int(1, 8))]
    return b"".join(parts)


def broken(g: Gen) -> bytes:
    return b"".join(abuse.mutate(g, abuse.good(g)) for _ in range(g.int(1, 10)))


def malformed(g: Gen) -> bytes:
    return g.pick(abuse.MALFORMED)


class Attacker:
    """One slot: a connection that is opened again whenever the server or chance has closed it."""

    def __init__(self, server: Server, rng: random.Random):
        self._server, self._rng = server, rng
        self._sock: socket.socket | None = None
        self.opened = 0

    def throw(self, data: bytes):
        """Sends without waiting for anything; what does not fit into the socket's buffer is not sent."""
        try:
            if self._sock is None:
                self._sock = socket.create_connection((self._server.host, self._server.port), timeout=10)
                self._sock.setblocking(False)
                self.opened += 1
            self._sock.send(data)
            if self._rng.random() < 0.5 and self._sock.recv(1 << 16) == b"":
                self.close()
        except BlockingIOError:
            pass
        except ConnectionRefusedError:
            raise
        except OSError:
            self.close()
        if self._rng.random() < 0.02:
            self.close()

    def close(self):
        if self._sock is not None:
            self._sock.close()
            self._sock = None


def run(options, report: Report):
    seconds = options.seconds or 60.0
    server = Server(options.server)
    try:
        server.start()
        g = Gen(f"random_bytes/{options.seed}", False)
        attackers = [Attacker(server, g.random) for _ in range(CONNECTIONS)]
        probe = server.wire(name="probe", timeout=30.0)
        before = resident(server)
        pinger = Pinger(server)
        thrown, count, deadline, checks = 0, 0, time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            for _ in range(200):
                data = g.pick([noise, headed_noise, broken, malformed])(g)
                g.pick(attackers).throw(data)
                thrown, count = thrown + len(data), count + 1
            stamp = b"%d" % count
            right = probe("SET", "probe", stamp) == "OK" and probe("GET", "probe") == stamp
            assert right, "another client's own key is wrong"
            checks += 1
            if checks % 50 == 0:  # what the intact commands among them wrote
                probe("FLUSHALL")
        opened = sum(attacker.opened for attacker in attackers)
        report.note(f"seed {options.seed}: {count:,} inputs, {thrown / MB:.0f} MB, {opened:,} connections, "
                    f"{checks:,} checks between")
        pinger.stop(report, "meanwhile", median=0.05, worst=2.0)
        for attacker in attackers:
            attacker.close()
        probe("FLUSHALL")
        slack = int(options.memory_slack_mb * MB)
        report.note(f"resident: {before / MB:.1f} MB before, {resident(server) / MB:.1f} MB after, "
                    f"peak {peak(server) / MB:.1f} MB")
        report.expect(peak(server) <= before + 4 * slack,
                      f"the peak of memory stays within {4 * slack / MB:.0f} MB of the start")
        memory_returns(report, server, before + slack, "at the end")
        report.server_is_well(server)
    finally:
        server.close()
