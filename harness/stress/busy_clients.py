"""1,000 clients pipelining mixed commands at once; every reply is compared with what a small model says it must be."""

from __future__ import annotations

import random
import select
import socket
import time

from ..strata_harness.resp import encode
from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from .support import Pinger, Report

PIPELINE = 20


class Client:
    """A connection with keys of its own and a model of them.  Sends a batch, then waits for exactly its replies."""

    def __init__(self, server: Server, number: int, rng: random.Random):
        self.sock = socket.create_connection((server.host, server.port), timeout=scaled(30))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number, self._rng = number, rng
        self._keys = [b"client:%d:%d" % (number, i) for i in range(5)]
        self._model: dict[bytes, bytes] = {}
        self._expected = b""
        self._got = bytearray()

    def send(self):
        commands, replies = zip(*(self._command() for _ in range(PIPELINE)))
        self._expected, self._got = b"".join(replies), bytearray()
        self.sock.sendall(b"".join(commands))

    def receive(self) -> str | None:
        """Takes what came: None while replies are missing, "" when all were right, else what was wrong."""
        chunk = self.sock.recv(1 << 16)
        if not chunk:
            return f"client {self.number}: the server closed the connection"
        self._got += chunk
        if not self._expected.startswith(self._got):
            at = next((i for i, (x, y) in enumerate(zip(self._got, self._expected)) if x != y), len(self._expected))
            window = slice(max(0, at - 40), at + 60)
            return (f"client {self.number}: at byte {at} of its replies expected {self._expected[window]!r}, "
                    f"got {bytes(self._got[window])!r}")
        return "" if len(self._got) == len(self._expected) else None

    def _command(self) -> tuple[bytes, bytes]:
        """A command and its reply, with the model moved on."""
        rng, model = self._rng, self._model
        key = rng.choice(self._keys)
        value = model.get(key)
        which = rng.randrange(9)
        if which == 0:
            number = rng.random() < 0.5
            model[key] = b"%d" % rng.randrange(1 << 40) if number else rng.randbytes(rng.choice([1, 16, 100, 2000]))
            return encode("SET", key, model[key]), b"+OK\r\n"
        if which == 1:
            return encode("GET", key), _bulk(value)
        if which == 2:
            try:
                number = int(value or b"0")
                if value is not None and b"%d" % number != value:
                    raise ValueError
            except ValueError:
                return encode("INCR", key), b"-ERR value is not an integer or out of range\r\n"
            model[key] = b"%d" % (number + 1)
            return encode("INCR", key), b":%d\r\n" % (number + 1)
        if which == 3:
            if value is not None and len(value) > 10_000:
                return encode("STRLEN", key), b":%d\r\n" % len(value)
            model[key] = (value or b"") + b"tail"
            return encode("APPEND", key, b"tail"), b":%d\r\n" % len(model[key])
        if which == 4:
            return encode("DEL", key), b":%d\r\n" % (model.pop(key, None) is not None)
        if which == 5:
            return encode("EXISTS", key, key), b":%d\r\n" % (2 * (value is not None))
        if which == 6:
            return encode("MGET", *self._keys), b"*5\r\n" + b"".join(_bulk(model.get(one)) for one in self._keys)
        if which == 7:
            return encode("ECHO", key), _bulk(key)
        return encode("GET"), b"-ERR wrong number of arguments for 'get' command\r\n"


def _bulk(value: bytes | None) -> bytes:
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


def run(options, report: Report):
    count, seconds = options.clients or 1_000, options.seconds or 15.0
    server = Server(options.server, {"maxclients": count + 100})
    try:
        server.start()
        rng = random.Random(options.seed)
        clients = {}
        poller = select.epoll()
        for number in range(count):
            client = Client(server, number, rng)
            clients[client.sock.fileno()] = client
            poller.register(client.sock, select.EPOLLIN)
        pinger = Pinger(server)
        report.note(f"{count:,} clients, {PIPELINE} commands each at a time")
        wrong, batches = converse(clients, poller, seconds)
        for text in wrong[:5]:
            report.note(text)
        rate = batches * PIPELINE / seconds
        report.expect(not wrong, f"every reply of {batches * PIPELINE:,} was right "
                                 f"({rate:,.0f} commands/s, this client being the bottleneck)")
        report.expect(batches >= 2 * count, f"every client got its turns: {batches:,} batches")
        pinger.stop(report, f"beside {count:,} busy ones", median=0.1, worst=3.0)
        report.server_is_well(server)
        poller.close()
        for client in clients.values():
            client.sock.close()
    finally:
        server.close()


def converse(clients: dict[int, Client], poller, seconds: float) -> tuple[list[str], int]:
    """All clients at once until the time is over; what was wrong, and how many batches were answered."""
    wrong: list[str] = []
    batches, waiting = 0, set(clients)
    began = last = time.monotonic()
    for client in clients.values():
        client.send()
    while waiting:
        events = poller.poll(1.0)
        now = time.monotonic()
        if events:
            last = now
        elif now - last > scaled(20):
            wrong.append(f"{len(waiting)} clients wait for replies that do not come")
            break
        for number, _ in events:
            problem = clients[number].receive()
            if problem is None:
                continue
            if problem:
                wrong.append(problem)
                poller.unregister(number)
            else:
                batches += 1
            if problem or now - began > seconds:
                waiting.discard(number)
            else:
                clients[number].send()
    return wrong, batches
