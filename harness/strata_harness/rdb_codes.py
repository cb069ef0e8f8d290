"""What an RDB file is spelled with: lengths, strings, LZF, doubles and the CRC-64. Writers here, a cursor for reading.

    length    00xxxxxx | 01xxxxxx xx | 80 u32 | 81 u64          big-endian
    string    length bytes | C0 i8 | C1 i16 | C2 i32 | C3 length length LZF
    checksum  CRC-64 "Jones", little-endian

The writers write what they are told, also what Redis would not. `Cursor` is strict: it takes each thing in the one
form that Redis 7.0's writer gives it, so that reading a server's file with it is a test of that server.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .packed import canonical_integer

_POLYNOMIAL = 0x95AC9329AC4BC9B5  # reflected
_COMPRESSION_MINIMUM = 20


def _crc_row(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_CRC_TABLE = [_crc_row(value) for value in range(256)]


def crc64(data: bytes, crc: int = 0) -> int:
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc


class RdbError(ValueError):
    """The bytes are no RDB, or not as Redis 7.0 writes it. `offset` is where."""

    def __init__(self, offset: int, text: str) -> None:
        super().__init__(f"at offset {offset}: {text}")
        self.offset = offset


# -- writing -----------------------------------------------------------------------------------------------------------


def length(number: int, form: int = 0) -> bytes:
    """In its shortest form, or in the one of `form` bytes (1, 2, 5 or 9)."""
    form = form or (1 if number < 64 else 2 if number < 16384 else 5 if number < 1 << 32 else 9)
    if form == 1:
        return bytes([number])
    if form == 2:
        return struct.pack(">H", 0x4000 | number)
    return b"\x80" + struct.pack(">I", number) if form == 5 else b"\x81" + struct.pack(">Q", number)


def raw(text: bytes | str) -> bytes:
    """A string byte by byte, whatever it spells."""
    data = text if isinstance(text, bytes) else text.encode()
    return length(len(data)) + data


def integer(number: int, width: int = 0) -> bytes:
    """A string in integer form, of the least or the given number of bytes (1, 2 or 4)."""
    width = width or next(w for w in (1, 2, 4) if -(1 << 8 * w - 1) <= number < 1 << 8 * w - 1)
    return bytes([{1: 0xC0, 2: 0xC1, 4: 0xC2}[width]]) + number.to_bytes(width, "little", signed=True)


def string(text: bytes | str | int) -> bytes:
    """As Redis writes it without compression."""
    data = text if isinstance(text, bytes) else str(text).encode()
    number = canonical_integer(data) if len(data) <= 11 else None
    return raw(data) if number is None or not -(1 << 31) <= number < 1 << 31 else integer(number)


def lzf(stream: bytes, size: int) -> bytes:
    """A string that is this LZF stream and `size` bytes when expanded, or so it says."""
    return b"\xc3" + length(len(stream)) + length(size) + stream


def lzf_literals(data: bytes) -> bytes:
    """An LZF stream that copies: valid, and longer than what it stands for."""
    return b"".join(bytes([len(data[at:at + 32]) - 1]) + data[at:at + 32] for at in range(0, len(data), 32))


def lzf_run(byte: bytes, count: int) -> bytes:
    """An LZF stream of `count` (10 to 265) equal bytes: one literal and a reference that overlaps itself."""
    return b"\0" + byte + bytes([0xE0, count - 1 - 9, 0])


def double(number: float) -> bytes:
    return struct.pack("<d", number)


def text_double(number: float | str) -> bytes:
    """A score of the oldest sorted sets: length and decimal text, or a code of its own."""
    special = {"nan": b"\xfd", "inf": b"\xfe", "-inf": b"\xff"}.get(str(number))
    if special:
        return special
    text = number if isinstance(number, str) else f"{number:.17g}"
    return bytes([len(text)]) + text.encode()


# -- reading -----------------------------------------------------------------------------------------------------------


def lzf_expand(stream: bytes, size: int) -> bytes:
    """Raises ValueError when the stream does not expand to exactly `size` bytes."""
    out, at = bytearray(), 0
    while at < len(stream):
        control, at = stream[at], at + 1
        if control < 32:
            literals = stream[at:at + control + 1]
            if len(literals) != control + 1:
                raise ValueError("LZF ends within a literal")
            out += literals
            at += control + 1
            continue
        count = control >> 5
        if count == 7:
            count, at = 7 + stream[at], at + 1
        distance, at = ((control & 31) << 8 | stream[at]) + 1, at + 1
        if distance > len(out):
            raise ValueError("LZF refers to what is before its start")
        for _ in range(count + 2):
            out.append(out[-distance])
    if len(out) != size:
        raise ValueError(f"LZF expands to {len(out)} bytes, not to {size}")
    return bytes(out)


@dataclass(frozen=True)
class Text:
    """A string of the file: what it says, and how it is written."""

    offset: int
    form: str  # "raw", "integer" or "lzf"
    data: bytes
    stored: int  # bytes in the file


class Cursor:
    """Reads a file from its start. Every string read is kept in `texts`."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.texts: list[Text] = []

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise RdbError(self.at, f"{count} bytes are announced, {len(self.data) - self.at} are left")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self, layout: str) -> int | float:
        """One value of a struct layout: "<q", "<d", ..."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def length(self) -> int:
        start, first = self.at, self.byte()
        if first < 0x40:
            return first
        if first < 0x80:
            value = (first & 63) << 8 | self.byte()
        elif first in (0x80, 0x81):
            value = int.from_bytes(self.take(4 if first == 0x80 else 8), "big")
        else:
            raise RdbError(start, f"no length starts with {first:#04x}")
        if self.data[start:self.at] != length(value):
            raise RdbError(start, f"the length {value} is not in its shortest form")
        return value

    def text(self) -> bytes:
        """A string, in the form that the format's writer must have chosen."""
        start = self.at
        form, data = self._any_text()
        if form != "lzf" and string(data) != self.data[start:self.at]:
            raise RdbError(start, f"{data[:40]!r} is not written as Redis writes it")
        self.texts.append(Text(start, form, data, self.at - start))
        return data

    def _any_text(self) -> tuple[str, bytes]:
        first = self.data[self.at] if self.at < len(self.data) else 0
        if first in (0xC0, 0xC1, 0xC2):
            self.at += 1
            return "integer", str(self.number({0xC0: "<b", 0xC1: "<h", 0xC2: "<i"}[first])).encode()
        if first != 0xC3:
            return "raw", self.take(self.length())
        start = self.at
        self.at += 1
        stored, size = self.length(), self.length()
        if size <= _COMPRESSION_MINIMUM or stored > size - 4:
            raise RdbError(start, f"{size} bytes are not worth compressing to {stored}")
        try:
            return "lzf", lzf_expand(self.take(stored), size)
        except (ValueError, IndexError) as error:
            raise RdbError(start, str(error)) from None
