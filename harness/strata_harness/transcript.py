"""What went over a connection, kept short enough to print.

A transcript records bytes in the order they were sent and received, joins neighbours of one direction, and cuts long
entries in the middle: the head tells which command it was and the tail how it ended.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count

_KEEP_ENTRIES = 200
_KEEP_BYTES = 400
_SHOW_ENTRIES = 24
_numbers = count()


@dataclass
class Entry:
    """Bytes that went one way (">" sent, "<" received), or an event ("#")."""

    number: int  # in the order of all connections
    direction: str
    head: bytes
    tail: bytes
    total: int
    decoded: bool  # not the bytes themselves, but what a client library made of them

    @property
    def cut(self) -> bool:
        return self.total > len(self.head)


class Transcript:
    """Bytes of one connection. `name` tells connections of one test apart.

    With `decoded`, what is received are values as a client library shows them, not bytes.
    """

    def __init__(self, name: str, decoded: bool = False) -> None:
        self.name = name
        self._decoded = decoded
        self._entries: deque[Entry] = deque(maxlen=_KEEP_ENTRIES)
        self._dropped = 0

    def sent(self, data: bytes) -> None:
        self._add(">", data)

    def received(self, data: bytes) -> None:
        self._add("<", data)

    def note(self, text: str) -> None:
        """An event without bytes, such as a close."""
        self._add("#", text.encode())

    def _add(self, direction: str, data: bytes) -> None:
        if self._entries and self._entries[-1].direction == direction and direction != "#":
            entry = self._entries[-1]
            if len(entry.head) < _KEEP_BYTES:
                entry.head += data[:_KEEP_BYTES - len(entry.head)]
            entry.tail = (entry.tail + data[-40:])[-40:]
            entry.total += len(data)
            return
        if len(self._entries) == _KEEP_ENTRIES:
            self._dropped += 1
        decoded = self._decoded and direction == "<"
        self._entries.append(Entry(next(_numbers), direction, bytes(data[:_KEEP_BYTES]), bytes(data[-40:]), len(data),
                                   decoded))

    def entries(self) -> list[Entry]:
        """What is kept, oldest first."""
        return list(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def render(self) -> str:
        """The last entries, one line for each direction change; `>` is what the test sent."""
        entries = list(self._entries)
        hidden = self._dropped + max(0, len(entries) - _SHOW_ENTRIES)
        lines = [f"[{self.name}]"]
        if hidden:
            lines.append(f"  ... {hidden} earlier entries")
        for entry in entries[-_SHOW_ENTRIES:]:
            if entry.direction == "#":
                lines.append(f"  # {entry.head.decode(errors='replace')}")
            elif entry.cut:
                lines.append(f"  {entry.direction} {_show(entry.head)} ... {_show(entry.tail)}  ({entry.total} bytes)")
            else:
                lines.append(f"  {entry.direction} {_show(entry.head)}")
        return "\n".join(lines)


def _show(data: bytes) -> str:
    """Bytes as a Python literal without its quotes: readable, and exact."""
    return repr(data)[2:-1]
