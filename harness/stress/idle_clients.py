"""10,000 connections that do nothing: another client does not notice, and each costs little memory.

Three readings: connected only; after one PING each (so that buffers were needed once); after they left.
"""

from __future__ import annotations

import socket

from ..strata_harness.server import Server
from ..strata_harness.wait import wait_until
from .support import MB, Pinger, Report, info, resident


def connect_all(server: Server, count: int) -> list[socket.socket]:
    return [socket.create_connection((server.host, server.port), timeout=30) for _ in range(count)]


def ping_all(clients: list[socket.socket]) -> int:
    """One PING each, all sent before the first reply is read; how many answered."""
    for client in clients:
        client.sendall(b"PING\r\n")
    return sum(client.recv(100) == b"+PONG\r\n" for client in clients)


def measure(command: str, count: int, report: Report) -> tuple[float, float]:
    """Bytes per client, idle and after one PING."""
    server = Server(command, {"maxclients": count + 100}, name=command.split()[0].rsplit("/", 1)[-1])
    try:
        server.start()
        probe = server.wire(name="probe", timeout=30.0)
        before = resident(server)
        clients = connect_all(server, count)

        def connected() -> int:
            return int(info(probe, "clients")["connected_clients"])

        wait_until(lambda: connected() == count + 1, 30.0, f"{count + 1} connected clients")
        report.expect(connected() == count + 1, f"{server.name}: {connected():,} clients are connected")
        idle = (resident(server) - before) / count
        pinger = Pinger(server)
        answered = ping_all(clients)
        report.expect(answered == count, f"{server.name}: {answered:,} of them answer PING")
        used = (resident(server) - before) / count
        for _ in range(200):
            assert probe("PING") == "PONG"
        pinger.stop(report, f"beside {count:,} idle ones", median=0.02, worst=1.0)
        for client in clients:
            client.close()
        wait_until(lambda: connected() <= 2, 30.0, "the clients to be forgotten")
        report.note(f"{server.name}: {before / MB:.1f} MB before, {idle:,.0f} bytes per idle client, "
                    f"{used:,.0f} after one PING each, "
                    f"{resident(server) / MB:.1f} MB after they left")
        report.server_is_well(server)
        return idle, used
    finally:
        server.close()


def run(options, report: Report):
    count = options.clients or 10_000
    idle, used = measure(options.server, count, report)
    if options.reference:
        idle_reference, used_reference = measure(options.reference, count, report)
        report.note(f"ratio to {options.reference}: {idle / idle_reference:.2f} idle, "
                    f"{used / used_reference:.2f} after one PING each")
