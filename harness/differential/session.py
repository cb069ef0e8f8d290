"""One server under comparison: its process, its main connection and the extra connections of scripts.

Every exchange ends with `PING <marker>`.  Whatever state the connection is in (RESP2, RESP3, subscribed), the reply
to it ends with the marker as a bulk string, so "read until the buffer ends with the marker" is both the fastest and
the strictest way to collect replies: a missing or a superfluous reply cannot go unseen.
"""

from __future__ import annotations

import itertools
import select
import socket
import time

from ..strata_harness.server import Server as ServerProcess
from ..strata_harness.server import ServerError, exit_text
from ..strata_harness.timing import scaled
from . import resp

_marker = itertools.count(1)
CLOSED = b"<connection closed by server>"
SILENT = b"<no reply in time>"


class Conn:
    """A client connection.  After the server closed it, `open` is False and what came before is kept."""

    def __init__(self, port: int, timeout: float):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.timeout = timeout
        self.open = True
        self.buf = bytearray()
        self._out = memoryview(b"")
        self._tail = b""

    def start(self, data: bytes, marker: bool = True):
        """Queue data (and a marker); pump() moves the bytes."""
        self.buf = bytearray()
        self._tail = b""
        if marker:
            mark = b"=end-%08d=" % next(_marker)
            data += resp.encode((b"PING", mark))
            self._tail = b"$%d\r\n%s\r\n" % (len(mark), mark)
        self._out = memoryview(data)

    def _done(self) -> bool:
        return not self.open or (bool(self._tail) and not self._out and self.buf.endswith(self._tail))

    def _write(self):
        try:
            self._out = self._out[self.sock.send(self._out):]
        except BlockingIOError:
            pass
        except OSError:  # the server closed; read what it said before
            self._out = memoryview(b"")

    def _read(self):
        try:
            chunk = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if chunk:
            self.buf += chunk
        else:
            self.open = False
            self.sock.close()

    def frames(self) -> list[bytes]:
        """The replies of the finished exchange, the marker's own removed; a note at the end if it did not finish."""
        if self._tail and self.buf.endswith(self._tail):
            return resp.split(self.buf)[:-1]
        return resp.split(self.buf) + [SILENT if self.open else CLOSED]

    def ask(self, *args: bytes) -> bytes:
        """One command, its replies joined."""
        return b"".join(self.batch([args]))

    def batch(self, commands) -> list[bytes]:
        self.start(b"".join(map(resp.encode, commands)))
        pump([self])
        return self.frames()

    def send(self, args) -> None:
        """One command without a marker, whose reply may come late."""
        self.start(resp.encode(args), marker=False)
        while self.open and self._out:
            self._write()

    def one_frame(self) -> bytes:
        """The reply to send(), once it is there."""
        deadline = time.monotonic() + self.timeout
        poller = select.poll()
        while self.open and time.monotonic() < deadline and resp.frame_end(self.buf, 0) < 0:
            poller.register(self.sock, select.POLLIN)
            if poller.poll(100):
                self._read()
        return bytes(self.buf) if self.buf else SILENT if self.open else CLOSED

    def until(self, token: bytes) -> list[bytes]:
        """The frames received up to one that contains token (which another connection caused)."""
        deadline = time.monotonic() + self.timeout
        poller = select.poll()
        while self.open and time.monotonic() < deadline:
            at = self.buf.find(token)
            if at >= 0 and self.buf.find(b"\r\n", at) >= 0:
                return resp.split(self.buf)
            poller.register(self.sock, select.POLLIN)
            if poller.poll(100):
                self._read()
        return resp.split(self.buf) + [SILENT if self.open else CLOSED]

    def quiet(self, milliseconds: int) -> bool:
        """Does nothing arrive for this long?"""
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return not poller.poll(milliseconds)

    def raw(self, *pieces: bytes) -> bytes:
        """Send the pieces one by one, half-close, return every byte until the server closes its side too."""
        rest = list(pieces)
        self.start(rest.pop(0), marker=False)
        deadline = time.monotonic() + self.timeout
        poller = select.poll()
        while self.open and time.monotonic() < deadline:
            if self._out:
                self._write()
                if not self._out and rest:
                    self._out = memoryview(rest.pop(0))
                    continue
                if not self._out:
                    try:
                        self.sock.shutdown(socket.SHUT_WR)
                    except OSError:
                        pass
            poller.register(self.sock, select.POLLIN | (select.POLLOUT if self._out else 0))
            if poller.poll(100):
                self._read()
        return bytes(self.buf) + (SILENT if self.open else b"")

    def close(self):
        self.open = False
        self.sock.close()


def pump(conns: list[Conn]):
    """Move bytes on all connections until each has its marker, is closed, or nothing moves for the timeout."""
    for conn in conns:
        if conn.open:
            conn._write()
    for conn in conns:
        if conn._done():
            continue
        poller = select.poll()
        last = time.monotonic()
        while not conn._done():
            poller.register(conn.sock, select.POLLIN | (select.POLLOUT if conn._out else 0))
            before = len(conn.buf), len(conn._out)
            if poller.poll(200):
                if conn._out:
                    conn._write()
                conn._read()
            if (len(conn.buf), len(conn._out)) != before:
                last = time.monotonic()
            elif time.monotonic() - last > conn.timeout:
                break


class Server:
    """A server process of the harness, with the connections that the comparison needs; restarted when it died."""

    def __init__(self, name: str, command: str, timeout: float = 10.0):
        self.name, self.timeout = name, scaled(timeout)
        self.process = ServerProcess(command, {"enable-debug-command": "yes"}, name=f"server {name}")
        self.process.start()
        self.deaths: list[str] = []
        self.main: Conn | None = None
        self.extra: dict[str, Conn] = {}

    def ensure_alive(self):
        if not self.process.alive():
            self.deaths.append(f"{exit_text(self.process.returncode)}\n{self.process.log_tail()}")
            self.main, self.extra = None, {}
            self.process.start()

    def connect(self) -> Conn:
        """A new connection; a server that refuses is about to end, or is ended here, and starts again."""
        self.ensure_alive()
        try:
            return Conn(self.process.port, self.timeout)
        except OSError:
            try:
                self.process.wait_exit()
            except ServerError:
                self.process.kill()
            self.ensure_alive()
            return Conn(self.process.port, self.timeout)

    def fresh_main(self) -> Conn:
        """The main connection, reopened if it was lost."""
        self.ensure_alive()
        if self.main is None or not self.main.open:
            self.main = self.connect()
        return self.main

    def conn(self, name: str) -> Conn:
        """An extra connection by name, opened on first use and again after it was closed."""
        if name not in self.extra or not self.extra[name].open:
            self.extra[name] = self.connect()
        return self.extra[name]

    def drop_extra(self):
        """Closes the extra connections and waits until the server has forgotten them, so that it counts no ghosts."""
        for conn in self.extra.values():
            if conn.open:
                conn.raw(b"QUIT\r\n")
            conn.close()
        self.extra = {}

    def close(self):
        self.drop_extra()
        self.process.close()
