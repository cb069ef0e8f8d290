"""The distributed lock as its users write it: on one server, with a fencing number, and on most of several servers.

    take      SET name token NX PX term            only if nobody has it, for a while, under a word nobody else knows
    release   a script: DEL, if the token is mine
    prolong   a script: PEXPIRE, if the token is mine
    fenced    a script: take it and count: whoever comes later has a larger number
    store     a script: write, unless somebody with a larger number has written
"""

from __future__ import annotations

import time
import uuid
from typing import Callable, Sequence

from .server import Server
from .wire import Wire

IF_MINE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call({}) else return 0 end"
RELEASE = IF_MINE.format("'DEL', KEYS[1]")
PROLONG = IF_MINE.format("'PEXPIRE', KEYS[1], ARGV[2]")
TAKE_FENCED = """\
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) else return 0 end"""
STORE_FENCED = """\
if tonumber(ARGV[2]) < tonumber(redis.call('HGET', KEYS[1], 'fence') or 0) then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'fence', ARGV[2])
return 1"""


def take(wire: Wire, token: str, ms: int, name: str = "lock") -> bool:
    return wire("SET", name, token, "NX", "PX", ms) == "OK"


def release(wire: Wire, token: str, name: str = "lock") -> bool:
    return wire("EVAL", RELEASE, 1, name, token) == 1


def prolong(wire: Wire, token: str, ms: int, name: str = "lock") -> bool:
    return wire("EVAL", PROLONG, 1, name, token, ms) == 1


def take_fenced(wire: Wire, token: str, ms: int, name: str = "lock") -> int:
    """The number of this holder, or 0 when somebody else has the lock. Of two holders the later has the larger one."""
    return wire("EVAL", TAKE_FENCED, 2, name, f"{name}:fence", token, ms)


def store_fenced(wire: Wire, value: str, fence: int, name: str = "protected") -> bool:
    """Writes the protected thing, which remembers the largest number and refuses smaller ones."""
    return wire("EVAL", STORE_FENCED, 1, name, value, fence) == 1


class Redlock:
    """Holds a name on most of the servers, or on none of them.

    `clock` is the holder's watch, in seconds: by it alone the holder knows how long it may rely on the lock, which is the
    term without the time that taking it took and without what the servers' clocks may be faster than the watch.
    """

    DRIFT = 0.01

    def __init__(self, servers: Sequence[Server], ms: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.servers, self.ms, self.clock, self.token = servers, ms, clock, uuid.uuid4().hex
        self.majority = len(servers) // 2 + 1
        self._until = 0.0

    def _count(self, ask: Callable[[Wire, str], bool]) -> int:
        def answered(server: Server) -> bool:
            try:
                return ask(server.wire(), self.token)
            except (OSError, AssertionError, EOFError):
                return False  # a server that is down has no say
        return sum(answered(server) for server in self.servers)

    def take(self) -> bool:
        allowance_ms = self.ms * self.DRIFT + 2
        self._until = self.clock() + (self.ms - allowance_ms) / 1000
        if self._count(lambda wire, token: take(wire, token, self.ms)) >= self.majority and self.believes():
            return True
        self.give_back()
        return False

    def believes(self) -> bool:
        """Does the holder's watch say that the lock is its own still?"""
        return self.clock() < self._until

    def give_back(self) -> int:
        """On how many servers it was held."""
        self._until = 0.0
        return self._count(release)
