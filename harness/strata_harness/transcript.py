"""What went over a connection, kept short enough to print.

A transcript records bytes in the order they were sent and received, joins neighbours of one direction, and cuts long
entries in the middle: the head tells which command it was and the tail how it ended.
"""

from __future__ import annotations

from collections import deque

_KEEP_ENTRIES = 200
_KEEP_BYTES = 400
_SHOW_ENTRIES = 24


class Transcript:
    """Bytes of one connection. `name` tells connections of one test apart."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: deque[list] = deque(maxlen=_KEEP_ENTRIES)  # [direction, head, tail, total length]
        self._dropped = 0

    def sent(self, data: bytes) -> None:
        self._add(">", data)

    def received(self, data: bytes) -> None:
        self._add("<", data)

    def note(self, text: str) -> None:
        """An event without bytes, such as a close."""
        self._add("#", text.encode())

    def _add(self, direction: str, data: bytes) -> None:
        if self._entries and self._entries[-1][0] == direction and direction != "#":
            entry = self._entries[-1]
            if len(entry[1]) < _KEEP_BYTES:
                entry[1] += data[:_KEEP_BYTES - len(entry[1])]
            entry[2] = (entry[2] + data[-40:])[-40:]
            entry[3] += len(data)
            return
        if len(self._entries) == _KEEP_ENTRIES:
            self._dropped += 1
        self._entries.append([direction, bytes(data[:_KEEP_BYTES]), bytes(data[-40:]), len(data)])

    def __bool__(self) -> bool:
        return bool(self._entries)

    def render(self) -> str:
        """The last entries, one line for each direction change; `>` is what the test sent."""
        entries = list(self._entries)
        hidden = self._dropped + max(0, len(entries) - _SHOW_ENTRIES)
        lines = [f"[{self.name}]"]
        if hidden:
            lines.append(f"  ... {hidden} earlier entries")
        for direction, head, tail, total in entries[-_SHOW_ENTRIES:]:
            if direction == "#":
                lines.append(f"  # {head.decode()}")
            elif total <= _KEEP_BYTES:
                lines.append(f"  {direction} {_show(head)}")
            else:
                lines.append(f"  {direction} {_show(head)} ... {_show(tail)}  ({total} bytes)")
        return "\n".join(lines)


def _show(data: bytes) -> str:
    """Bytes as a Python literal without its quotes: readable, and exact."""
    return repr(data)[2:-1]
