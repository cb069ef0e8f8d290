"""Numbered writes, which tell after a crash how much a server holds: the first n of them and nothing else, for some n.

    operation 7      MULTI, SET last 7, one or two commands made of the number, EXEC: all of it or nothing
    Writer           sends 1, 2, 3, ... and knows what was sent and what was acknowledged
    Mirror           a server without files that executes the first n: its digest is what the other one's must be
"""

from __future__ import annotations

import random
import threading
from typing import Iterator

from .resp import Arg, RespError, encode
from .server import Server
from .wire import Wire

LAST = "last"
KEYS = 40  # of each type in each database
DATABASES = 3
_FAR = 4102444800000  # a time to live that does not end
_CHUNK = 500
_LARGEST_BATCH = 9


def commands_of(number: int) -> list[tuple[Arg, ...]]:
    """The operation of that number; it takes the client from database 0 back to 0."""
    rng = random.Random(number)
    key, field = rng.randrange(KEYS), rng.randrange(20)
    text = f"{number}:" + "x" * rng.randrange(60)
    changes: list[tuple[Arg, ...]] = rng.choice([
        [], [("SET", f"s{key}", text)], [("SET", f"s{key}", text, "PXAT", _FAR + number)],
        [("APPEND", f"s{key}", text)], [("DEL", f"s{key}", f"l{key}")], [("RPUSH", f"l{key}", text, number)], [("LPOP", f"l{key}")],
        [("RPOPLPUSH", f"l{key}", f"l{(key + 1) % KEYS}")], [("HSET", f"h{key}", field, text)],
        [("HDEL", f"h{key}", field)], [("SADD", f"a{key}", number % 50, text)], [("SREM", f"a{key}", number % 50)],
        [("ZADD", f"z{key}", number, field)], [("ZPOPMIN", f"z{key}")], [("PEXPIREAT", f"h{key}", _FAR + field)],
        [("INCRBY", f"n{key}", number), ("RENAME", f"n{key}", f"n{(key + 1) % KEYS}")]])
    if not changes:
        return [("SET", LAST, number)]
    return [("MULTI",), ("SET", LAST, number), ("SELECT", rng.randrange(DATABASES)), *changes, ("SELECT", 0), ("EXEC",)]


def send_operations(wire: Wire, first: int, last: int) -> int:
    """Sends them at once. Returns how many replies there will be."""
    commands = [words for number in range(first, last + 1) for words in commands_of(number)]
    wire.send(b"".join(encode(*words) for words in commands))
    return len(commands)


def operations_held(wire: Wire) -> int:
    """The number of the last operation that the server holds."""
    return int(wire("GET", LAST) or 0)


def digest(wire: Wire) -> str:
    return str(wire("DEBUG", "DIGEST"))


class Writer(threading.Thread):
    """Writes operations from the one behind `number` on until the server is gone, or until it is told to finish."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__(daemon=True)
        self.sent = self.acknowledged = number
        self.problem = ""  # why it ended by itself
        self.refusal = ""  # the error that the server answered
        self._wire = server.wire(name="writer")
        self._stop_it = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            for size in self._batches():
                first, self.sent = self.sent + 1, self.sent + size
                for reply in self._wire.read_many(send_operations(self._wire, first, self.sent)):
                    if isinstance(reply, RespError):
                        self.problem = self.refusal = f"a write was refused: {reply.text}"
                        return
                self.acknowledged = self.sent
        except (AssertionError, OSError) as error:
            self.problem = str(error)

    def _batches(self) -> Iterator[int]:
        rng = random.Random(self.sent)
        while not self._stop_it.is_set():
            yield rng.randint(1, _LARGEST_BATCH)

    def finish(self) -> int:
        """Ends it and returns the number of the last acknowledged operation."""
        self._stop_it.set()
        self.join()
        self._wire.close()
        return self.acknowledged


class Mirror:
    """A server that has executed the first operations, and no more of them than it is asked for."""

    def __init__(self, server: Server) -> None:
        self._wire = server.wire(name="mirror")
        self._number = 0

    def digest(self, number: int) -> str:
        """The digest of the first `number` operations; it must not be less than at the call before."""
        assert number >= self._number, f"the mirror has executed {self._number} operations and takes none back"
        while self._number < number:
            first, self._number = self._number + 1, min(number, self._number + _CHUNK)
            self._wire.read_many(send_operations(self._wire, first, self._number))
        return digest(self._wire)
