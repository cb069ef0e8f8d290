"""Raw RESP: encode a command, cut a byte stream into reply frames, parse one frame when a rule has to look inside.

Replies are kept as raw bytes.  Cutting follows only the length prefixes, which is what makes comparing 100,000
replies cheap; parsing is left to the few commands whose replies may legitimately differ (see rules.py).

    type bytes        RESP2: + - : $ *        RESP3 adds: _ , # ( ! = % ~ > |
"""

from __future__ import annotations

_LINE = b"+-:_,#("
_BLOB = b"$=!"
_LIST = b"*~>"


class BadFrame(Exception):
    """The bytes are not RESP."""


def encode(args) -> bytes:
    parts = [b"*%d\r\n" % len(args)]
    for arg in args:
        parts.append(b"$%d\r\n" % len(arg))
        parts.append(arg)
        parts.append(b"\r\n")
    return b"".join(parts)


def frame_end(buf, pos: int) -> int:
    """Index just after the frame that starts at pos, or -1 while it is incomplete."""
    need = 1
    size = len(buf)
    while need:
        eol = buf.find(b"\r\n", pos)
        if eol < 0:
            return -1
        kind = buf[pos]
        if kind in _LINE:
            pos = eol + 2
        else:
            try:
                count = int(buf[pos + 1:eol])
            except ValueError:
                raise BadFrame(bytes(buf[pos:pos + 60])) from None
            pos = eol + 2
            if kind in _BLOB:
                if count >= 0:
                    pos += count + 2
                    if pos > size:
                        return -1
            elif kind in _LIST:
                need += max(count, 0)
            elif kind == 0x25:  # map
                need += 2 * count
            elif kind == 0x7C:  # attribute: pairs that precede the real reply
                need += 2 * count + 1
            else:
                raise BadFrame(bytes(buf[pos:pos + 60]))
        need -= 1
    return pos


def split(buf) -> list[bytes]:
    """All frames in buf; bytes that do not form a frame come back as one last odd element, never lost."""
    frames, pos = [], 0
    while pos < len(buf):
        try:
            end = frame_end(buf, pos)
        except BadFrame:
            end = -1
        if end < 0:
            frames.append(bytes(buf[pos:]))
            break
        frames.append(bytes(buf[pos:end]))
        pos = end
    return frames


class Node(tuple):
    """A parsed reply: (type byte, value).  Aggregates hold a list of Nodes, maps a flat list key, value, ..."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        return self[0]

    @property
    def value(self):
        return self[1]


def parse(frame: bytes) -> Node:
    node, end = _parse(frame, 0)
    if end != len(frame):
        raise BadFrame(frame[end:end + 60])
    return node


def _parse(buf: bytes, pos: int):
    eol = buf.find(b"\r\n", pos)
    if eol < 0:
        raise BadFrame(buf[pos:pos + 60])
    kind, head, pos = chr(buf[pos]), buf[pos + 1:eol], eol + 2
    if kind == ":":
        return Node((kind, int(head))), pos
    if kind in "+-_,#(":
        return Node((kind, head)), pos
    count = int(head)
    if kind in "$=!":
        if count < 0:
            return Node(("_", b"")), pos
        return Node((kind, buf[pos:pos + count])), pos + count + 2
    if count < 0:
        return Node(("_", b"")), pos
    items = []
    for _ in range(count * 2 if kind in "%|" else count):
        item, pos = _parse(buf, pos)
        items.append(item)
    if kind == "|":
        body, pos = _parse(buf, pos)
        return Node((kind, items + [body])), pos
    return Node((kind, items)), pos
