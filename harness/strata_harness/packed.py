"""Redis's packed containers as bytes, written and read independently of any server.

    listpack   u32 bytes | u16 count | entry ... | FF        entry: code, data, backlen
    ziplist    u32 bytes | u32 tail | u16 count | entry ... | FF   entry: length of the previous one, code, data
    intset     u32 width | u32 count | ascending integers
    zipmap     u8 pairs | (length key, length free value) ... | FF

Writers take `bytes` as text and `int` as an integer entry, as they are: what a real server would store as an
integer can be written as text. Readers are strict: they refuse what Redis 7.0's own writer would not have written.
"""

from __future__ import annotations

import struct
from typing import Iterable, Sequence, Union

Element = Union[bytes, int]

# Integers that have bytes of their own: the entry's first byte, and how many follow.
_LISTPACK_WIDTHS = ((0xF1, 2), (0xF2, 3), (0xF3, 4), (0xF4, 8))
_ZIPLIST_WIDTHS = ((0xFE, 1), (0xC0, 2), (0xF0, 3), (0xD0, 4), (0xE0, 8))


class PackedError(ValueError):
    """Bytes that are no such container, or not as Redis writes it."""


def canonical_integer(text: bytes) -> int | None:
    """The number that `text` spells in the one way Redis takes for a number, up to 64 bits; else None."""
    if not 0 < len(text) <= 20 or not (text.isdigit() or text[:1] == b"-" and text[1:].isdigit()):
        return None
    number = int(text)
    return number if str(number).encode() == text and _fits(number, 8) else None


def natural(elements: Iterable[Union[bytes, str, int]]) -> list[Element]:
    """Elements as a server stores them: canonical integers as integers, everything else as text."""
    texts = [one if isinstance(one, bytes) else str(one).encode() for one in elements]
    return [text if (number := canonical_integer(text)) is None else number for text in texts]


def _fits(number: int, width: int) -> bool:
    return -(1 << 8 * width - 1) <= number < 1 << 8 * width - 1


def _signed(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


# -- listpack ----------------------------------------------------------------------------------------------------------


def backlen(size: int) -> bytes:
    """How many bytes an entry of `size` bytes is announced with from behind."""
    for groups, limit in enumerate((127, 16382, 2097150, 268435454), 1):
        if size <= limit:
            break
    else:
        groups = 5
    digits = [size >> 7 * i & 127 for i in reversed(range(groups))]
    return bytes([digits[0]] + [digit | 128 for digit in digits[1:]])


def _listpack_code(element: Element) -> bytes:
    if isinstance(element, bytes):
        size = len(element)
        head = (bytes([0x80 | size]) if size < 64 else bytes([0xE0 | size >> 8, size & 255]) if size < 4096
                else b"\xf0" + struct.pack("<I", size))
        return head + element
    if 0 <= element <= 127:
        return bytes([element])
    if -4096 <= element <= 4095:
        return bytes([0xC0 | element >> 8 & 31, element & 255])
    code, width = next(pair for pair in _LISTPACK_WIDTHS if _fits(element, pair[1]))
    return bytes([code]) + element.to_bytes(width, "little", signed=True)


def listpack(elements: Sequence[Element]) -> bytes:
    body = b"".join(code + backlen(len(code)) for code in map(_listpack_code, elements))
    return struct.pack("<IH", len(body) + 7, min(len(elements), 65535)) + body + b"\xff"


def _read_listpack_entry(blob: bytes, at: int) -> tuple[Element, int]:
    """One entry and the size of its code."""
    first = blob[at]
    if first < 0x80:
        return first, 1
    if first < 0xC0:
        return blob[at + 1:at + 1 + (first & 63)], 1 + (first & 63)
    if first < 0xE0:
        number = (first & 31) << 8 | blob[at + 1]
        return number - (number >> 12 << 13), 2
    if first < 0xF0:
        size = (first & 15) << 8 | blob[at + 1]
        return blob[at + 2:at + 2 + size], 2 + size
    if first == 0xF0:
        size = struct.unpack_from("<I", blob, at + 1)[0]
        return blob[at + 5:at + 5 + size], 5 + size
    width = dict(_LISTPACK_WIDTHS).get(first)
    if width is None:
        raise PackedError(f"listpack: no entry starts with {first:#04x}")
    return _signed(blob[at + 1:at + 1 + width]), 1 + width


def read_listpack(blob: bytes) -> list[bytes]:
    """The elements as texts. Raises PackedError for what Redis would not have written."""
    if len(blob) < 7 or struct.unpack_from("<I", blob)[0] != len(blob) or blob[-1] != 0xFF:
        raise PackedError(f"listpack: wrong frame around {len(blob)} bytes")
    elements, at, end = [], 6, len(blob) - 1
    while at < end:
        element, size = _read_listpack_entry(blob, at)
        text = element if isinstance(element, bytes) else str(element).encode()
        if at + size > end or natural([text]) != [element] or _listpack_code(element) != blob[at:at + size]:
            raise PackedError(f"listpack: {text[:40]!r} is not in its shortest form")
        behind = backlen(size)
        if blob[at + size:at + size + len(behind)] != behind:
            raise PackedError(f"listpack: wrong backlen behind {text[:40]!r}")
        elements.append(text)
        at += size + len(behind)
    if at != end or struct.unpack_from("<H", blob, 4)[0] != min(len(elements), 65535):
        raise PackedError(f"listpack: {len(elements)} elements, another count is announced")
    return elements


# -- ziplist -----------------------------------------------------------------------------------------------------------


def _ziplist_code(element: Element) -> bytes:
    if isinstance(element, bytes):
        size = len(element)
        head = (bytes([size]) if size < 64 else bytes([0x40 | size >> 8, size & 255]) if size < 16384
                else b"\x80" + struct.pack(">I", size))
        return head + element
    if 0 <= element <= 12:
        return bytes([0xF1 + element])
    code, width = next(pair for pair in _ZIPLIST_WIDTHS if _fits(element, pair[1]))
    return bytes([code]) + element.to_bytes(width, "little", signed=True)


def ziplist(elements: Sequence[Element], wide_links: bool = False) -> bytes:
    """With `wide_links` each entry tells the size of the one before it in five bytes, needed or not."""
    body, previous, tail = b"", 0, 10
    for element in elements:
        link = b"\xfe" + struct.pack("<I", previous) if wide_links or previous >= 254 else bytes([previous])
        tail = 10 + len(body)
        entry = link + _ziplist_code(element)
        body += entry
        previous = len(entry)
    return struct.pack("<IIH", len(body) + 11, tail, min(len(elements), 65535)) + body + b"\xff"


# -- intset, zipmap ----------------------------------------------------------------------------------------------------


def intset(numbers: Sequence[int], width: int | None = None) -> bytes:
    """`width` of 2, 4 or 8 bytes; by default the one that the widest number needs. The order is the caller's."""
    width = width or next((w for w in (2, 4, 8) if all(_fits(number, w) for number in numbers)), 8)
    body = b"".join(number.to_bytes(width, "little", signed=True) for number in numbers)
    return struct.pack("<II", width, len(numbers)) + body


def read_intset(blob: bytes) -> tuple[int, list[int]]:
    """Width and members. Raises PackedError when they are not in strictly ascending order."""
    width, count = struct.unpack_from("<II", blob)
    if width not in (2, 4, 8) or len(blob) != 8 + width * count or count == 0:
        raise PackedError(f"intset: {count} numbers of {width} bytes in {len(blob)} bytes")
    numbers = [_signed(blob[at:at + width]) for at in range(8, len(blob), width)]
    if any(a >= b for a, b in zip(numbers, numbers[1:])):
        raise PackedError("intset: not in order")
    return width, numbers


def zipmap(pairs: Sequence[tuple[bytes, bytes]], free: int = 0) -> bytes:
    """`free` unused bytes stand behind each value."""
    def size(text: bytes) -> bytes:
        return bytes([len(text)]) if len(text) < 254 else b"\xfe" + struct.pack("<I", len(text))
    body = b"".join(size(key) + key + size(value) + bytes([free]) + value + b"\0" * free for key, value in pairs)
    return bytes([min(len(pairs), 254)]) + body + b"\xff"
