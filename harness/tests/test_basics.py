"""Time limits, waiting, ports and transcripts."""

import socket
import time

import pytest

from strata_harness.ports import claim_port, is_free
from strata_harness.timing import scaled, timeout_scale
from strata_harness.transcript import Transcript
from strata_harness.wait import wait_until


def test_timeout_scale(monkeypatch):
    with monkeypatch.context() as environment:  # the harness around this test reads TIMEOUT_SCALE as well
        environment.setenv("TIMEOUT_SCALE", "2.5")
        assert scaled(2) == 5
        environment.delenv("TIMEOUT_SCALE")
        assert scaled(2) == 2
        for bad in ("0", "-1", "nan", "soon"):
            environment.setenv("TIMEOUT_SCALE", bad)
            with pytest.raises(ValueError):
                timeout_scale()


def test_wait_until_returns_the_value():
    values = iter([0, "", None, "there"])
    assert wait_until(lambda: next(values)) == "there"


def test_wait_until_tells_what_it_waited_for(monkeypatch):
    monkeypatch.setenv("TIMEOUT_SCALE", "1")
    begin = time.monotonic()
    with pytest.raises(AssertionError, match="waited 0.1 s for a miracle; the last value was 0"):
        wait_until(lambda: 0, 0.1, "a miracle")
    assert 0.1 <= time.monotonic() - begin < 5

    def refuse():
        raise ConnectionRefusedError("nobody there")

    with pytest.raises(AssertionError, match="the last attempt failed: nobody there"):
        wait_until(refuse, 0.05)


def test_wait_until_lets_mistakes_through():
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0)


def test_ports_are_claimed_once():
    ports = [claim_port() for _ in range(50)]
    numbers = [port.number for port in ports]
    assert len(set(numbers)) == 50
    assert all(12000 <= number < 21600 for number in numbers)
    for port in ports:
        port.release()


def test_is_free():
    port = claim_port()
    with socket.create_server(("127.0.0.1", port.number)):
        assert not is_free(port.number)
    assert is_free(port.number)
    port.release()


def test_transcript_joins_and_cuts():
    transcript = Transcript("a client")
    assert not transcript
    transcript.sent(b"PING\r\n")
    transcript.received(b"+PO")
    transcript.received(b"NG\r\n")
    transcript.sent(b"x" * 100000 + b"end")
    transcript.note("closed")
    assert transcript
    lines = transcript.render().splitlines()
    assert lines[:3] == ["[a client]", r"  > PING\r\n", r"  < +PONG\r\n"]
    assert lines[3].startswith("  > xxx") and lines[3].endswith("end  (100003 bytes)") and len(lines[3]) < 600
    assert lines[4] == "  # closed"


def test_transcript_keeps_the_last_entries():
    transcript = Transcript("busy")
    for number in range(1000):
        transcript.sent(b"ask %d" % number)
        transcript.received(b"answer %d" % number)
    lines = transcript.render().splitlines()
    assert lines[-1] == "  < answer 999" and "earlier entries" in lines[1] and len(lines) < 40
