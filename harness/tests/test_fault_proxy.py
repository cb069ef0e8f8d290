"""The proxy between two ends: it passes on what it should, when it should, and breaks off where it should."""

import socket
import threading
import time

import pytest

from strata_harness.fault_proxy import FaultProxy
from strata_harness.ports import claim_port
from strata_harness.wait import wait_until


@pytest.fixture
def echo():
    """A server that sends back what it gets; its port."""
    claim = claim_port()
    listener = socket.create_server(("127.0.0.1", claim.number))

    def serve(connection):
        with connection:
            while data := _received(connection):
                connection.sendall(data)

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield claim.number
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    claim.release()


def _received(connection):
    try:
        return connection.recv(1 << 16)
    except OSError:
        return b""


@pytest.fixture
def proxy(echo):
    proxy = FaultProxy(echo)
    yield proxy
    proxy.close()


def connect(proxy):
    made = socket.create_connection(("127.0.0.1", proxy.port))
    made.settimeout(5)
    return made


def exactly(connection, count):
    data = b""
    while len(data) < count and (piece := _received(connection)):
        data += piece
    return data


def test_passes_on(proxy):
    with connect(proxy) as one, connect(proxy) as two:
        data = bytes(range(256)) * 20_000
        threading.Thread(target=one.sendall, args=(data,), daemon=True).start()
        assert exactly(one, len(data)) == data
        two.sendall(b"short")
        assert exactly(two, 5) == b"short"
        wait_until(lambda: proxy.passed == len(data) + 5, 5, "what has been passed on to be counted")
        assert proxy.connections == 2


def test_cut(proxy):
    with connect(proxy) as one:
        one.sendall(b"a")
        assert exactly(one, 1) == b"a"
        proxy.cut()
        assert exactly(one, 1) == b""
    with connect(proxy) as again:
        again.sendall(b"b")
        assert exactly(again, 1) == b"b"


def test_refuse(proxy):
    proxy.refuse()
    with connect(proxy) as one:
        assert exactly(one, 1) == b""
    proxy.allow()
    with connect(proxy) as again:
        again.sendall(b"b")
        assert exactly(again, 1) == b"b"


def test_hold(proxy):
    with connect(proxy) as one:
        one.sendall(b"a")
        assert exactly(one, 1) == b"a"
        proxy.hold()
        one.sendall(b"b")
        one.settimeout(0.1)
        with pytest.raises(socket.timeout):
            one.recv(1)
        one.settimeout(5)
        proxy.release()
        assert exactly(one, 1) == b"b"


def test_delay(proxy):
    with connect(proxy) as one:
        proxy.delay(0.2)
        began = time.monotonic()
        one.sendall(b"abc")
        assert exactly(one, 3) == b"abc" and time.monotonic() - began >= 0.4, "there and back"


def test_throttle(proxy):
    with connect(proxy) as one:
        proxy.throttle(100_000)
        began = time.monotonic()
        one.sendall(b"x" * 50_000)
        assert exactly(one, 50_000) == b"x" * 50_000 and 0.3 < time.monotonic() - began < 5


def test_cut_after(proxy):
    proxy.cut_after(1000)
    with connect(proxy) as one:
        one.sendall(b"x" * 3000)
        assert exactly(one, 3000) == b"x" * 1000
    with connect(proxy) as again:
        again.sendall(b"x" * 3000)
        assert exactly(again, 3000) == b"x" * 3000, "only the next connection is meant"


def test_ends_with_the_target(proxy):
    with connect(proxy) as one:
        one.shutdown(socket.SHUT_WR)
        assert exactly(one, 1) == b""
    wait_until(lambda: proxy.connections == 1, 5, "the connection to be counted")
