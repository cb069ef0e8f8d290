"""A TCP proxy between a replica and its master, which breaks the link in every way that a network has.

    replica ---- upstream ----> proxy ----> master        what the replica says
            <--- downstream ---       <----               what the master sends

    cut()               both ends of all connections are closed, as by a reset in between
    refuse()            new connections are closed at once, until `allow`
    hold()              nothing is passed on, nothing is closed: a partition. `release` lets all of it through
    hold("127.0.0.2")   the same for connections from that address: a partition from one peer
    delay(seconds)      every byte arrives so much later; their order stays
    throttle(rate)      so many bytes a second downstream, 0 for no limit
    cut_after(bytes)    the next connection is cut when so many bytes have gone downstream
    passed              bytes that have gone downstream, of all connections
    connections         how many there have been

One thread moves the bytes; the methods may be called from another. Times are in seconds, not scaled.
"""

from __future__ import annotations

import collections
import contextlib
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field

from .ports import claim_port

_PIECE = 64 << 10
_MOST_WAITING = 1 << 20  # bytes taken from one end before the other has taken them
_TICK = 0.005


@dataclass
class _Way:
    """One direction of a connection: what was read and when it is due."""

    source: socket.socket
    target: socket.socket
    downstream: bool
    waiting: collections.deque[tuple[float, bytes]] = field(default_factory=collections.deque)
    ended: bool = False  # the source says no more
    allowance: float = 0.0  # bytes that throttle lets through now


@dataclass
class _Pair:
    ways: tuple[_Way, _Way]
    peer: str  # the address that it came from
    cut_after: int | None = None
    passed: int = 0


class FaultProxy:
    """Runs from its making to `close`."""

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._claim = claim_port()
        self._listener = socket.create_server(("127.0.0.1", self._claim.number))
        self._listener.setblocking(False)
        self._lock = threading.RLock()
        self._pairs: list[_Pair] = []
        self._refusing = self._holding = self._closing = False
        self._held: set[str] = set()  # peers
        self._delay, self._rate, self._cut_next = 0.0, 0, None
        self.passed = self.connections = 0
        self._last_look = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True, name="fault proxy")
        self._thread.start()

    @property
    def port(self) -> int:
        return self._claim.number

    # -- faults -----------------------------------------------------------------------------------------------------

    def cut(self) -> None:
        with self._lock:
            for pair in list(self._pairs):
                self._end(pair)

    def refuse(self) -> None:
        with self._lock:
            self._refusing = True

    def allow(self) -> None:
        with self._lock:
            self._refusing = False

    def hold(self, peer: str | None = None) -> None:
        with self._lock:
            if peer is None:
                self._holding = True
            else:
                self._held.add(peer)

    def release(self) -> None:
        with self._lock:
            self._holding = False
            self._held.clear()

    def delay(self, seconds: float) -> None:
        with self._lock:
            self._delay = seconds

    def throttle(self, bytes_per_second: int) -> None:
        with self._lock:
            self._rate = bytes_per_second

    def cut_after(self, count: int) -> None:
        with self._lock:
            self._cut_next = count

    def heal(self) -> None:
        """No fault any more. Connections that were cut stay so."""
        with self._lock:
            self._refusing = self._holding = False
            self._held.clear()
            self._delay, self._rate, self._cut_next = 0.0, 0, None

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self.cut()
        self._listener.close()
        self._claim.release()

    # -- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            with selectors.DefaultSelector() as selector:
                with self._lock:
                    self._watch(selector)
                ready = {key.fileobj for key, _ in selector.select(_TICK)}
            with self._lock:
                if self._listener in ready:
                    self._accept()
                self._share_out()
                for pair in list(self._pairs):
                    self._move(pair, ready)

    def _watch(self, selector: selectors.BaseSelector) -> None:
        selector.register(self._listener, selectors.EVENT_READ)
        for pair in self._pairs:
            for way in pair.ways:
                if self._passes(pair) and not way.ended and sum(len(data) for _, data in way.waiting) < _MOST_WAITING:
                    selector.register(way.source, selectors.EVENT_READ)

    def _passes(self, pair: _Pair) -> bool:
        return not self._holding and pair.peer not in self._held

    def _accept(self) -> None:
        near, (peer, _) = self._listener.accept()
        self.connections += 1
        if self._refusing:
            near.close()
            return
        try:
            far = socket.create_connection(self._target, timeout=1)
        except OSError:
            near.close()
            return
        for each in (near, far):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways = (_Way(near, far, downstream=False), _Way(far, near, downstream=True))
        self._pairs.append(_Pair(ways, peer, self._cut_next))
        self._cut_next = None

    def _share_out(self) -> None:
        """What a throttled direction may pass on by now; what is not used up does not gather beyond a tick or so."""
        now = time.monotonic()
        for pair in self._pairs:
            pair.ways[1].allowance = min(pair.ways[1].allowance + self._rate * (now - self._last_look),
                                         max(1.0, self._rate * 0.05))
        self._last_look = now

    def _move(self, pair: _Pair, ready: set[object]) -> None:
        for way in pair.ways:
            if way.source in ready and not self._read(way):
                way.ended = True
        if not self._passes(pair):
            return
        for way in pair.ways:
            if not self._write(pair, way) or (way.ended and not way.waiting):
                self._end(pair)
                return

    def _read(self, way: _Way) -> bool:
        try:
            data = way.source.recv(_PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if data:
            way.waiting.append((time.monotonic() + self._delay, data))
        return bool(data)

    def _write(self, pair: _Pair, way: _Way) -> bool:
        """Passes on what is due. False when the connection is to end."""
        while way.waiting and way.waiting[0][0] <= time.monotonic():
            due, data = way.waiting.popleft()
            most = len(data)
            if way.downstream and self._rate:
                most = min(most, int(way.allowance))
            if way.downstream and pair.cut_after is not None:
                most = min(most, pair.cut_after - pair.passed)
            try:
                sent = way.target.send(data[:most]) if most else 0
            except BlockingIOError:
                sent = 0
            except OSError:
                return False
            if way.downstream:
                pair.passed += sent
                self.passed += sent
                way.allowance -= sent
                if pair.passed == pair.cut_after:
                    return False
            if sent < len(data):
                way.waiting.appendleft((due, data[sent:]))
                return True
        return True

    def _end(self, pair: _Pair) -> None:
        if pair in self._pairs:
            self._pairs.remove(pair)
        for way in pair.ways:
            with contextlib.suppress(OSError):
                way.source.close()
