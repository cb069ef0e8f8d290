"""Clients that wait for a key."""

from __future__ import annotations

import select

import pytest

from .wait import wait_until


@pytest.fixture
def waiting(connect):
    """waiting("BLPOP", "q", 0): a client that is known to wait in that command."""
    control = connect()

    def start(*command, protocol=2):
        before = blocked(control)
        wire = connect(protocol)
        wire.number = wire("CLIENT", "ID")
        wire.send_command(*command)
        wait_until(lambda: blocked(control) == before + 1 or answered(wire), 5, f"{command} to wait")
        assert not answered(wire), f"{command} was answered at once: {wire.read()!r}"
        return wire
    return start


def answered(wire):
    return bool(select.select([wire.socket], [], [], 0)[0])


def blocked(wire):
    return int(wire("INFO", "clients").decode().split("blocked_clients:")[1].split("\r")[0])


def still_waits(wire, control):
    """Nothing was answered to `wire`, although whatever was sent before has been dealt with."""
    line = control("CLIENT", "LIST", "ID", str(wire.number)).decode()
    return "b" in line.split("flags=")[1].split()[0]
