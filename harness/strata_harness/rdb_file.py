"""RDB files and DUMP payloads: a builder that can also build wrong ones, and a strict reader.

    "REDIS" version | AUX ... | SELECTDB, RESIZEDB, keys | SELECTDB, ... | EOF | CRC-64

    data = RdbWriter().aux("redis-ver", "7.0.15").select(0).key(STRING, "k", string("v")).end()
    [key] = read_rdb(data).keys
    wire("RESTORE", "k", 0, payload(STRING, string("v")))

Values are given as bytes, made with `rdb_codes` and `packed`; what is read comes as Python values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

from .packed import PackedError, read_intset, read_listpack
from .rdb_codes import Cursor, RdbError, Text, crc64, length, raw, string

VERSION = 10

# Value types.
STRING, LIST, SET, ZSET, HASH, ZSET_2, MODULE, MODULE_2 = range(8)
HASH_ZIPMAP, LIST_ZIPLIST, SET_INTSET, ZSET_ZIPLIST, HASH_ZIPLIST, LIST_QUICKLIST, STREAM = range(9, 16)
HASH_LISTPACK, ZSET_LISTPACK, LIST_QUICKLIST_2, STREAM_2 = range(16, 20)

# Opcodes.
FUNCTION2, FUNCTION, MODULE_AUX, IDLE, FREQ, AUX, RESIZEDB, EXPIRE_MS, EXPIRE, SELECTDB, EOF = range(245, 256)

PLAIN, PACKED = 1, 2
"""Containers of a list's nodes."""


def payload(kind: int, value: bytes, version: int = VERSION, crc: int | None = None) -> bytes:
    """What DUMP answers and RESTORE takes, with the right checksum or the one given."""
    body = bytes([kind]) + value + struct.pack("<H", version)
    return body + struct.pack("<Q", crc64(body) if crc is None else crc)


def table(*items: bytes, count: int | None = None) -> bytes:
    """A length and so many items. `count` is what it claims to hold, when that is not the truth."""
    return length(len(items) if count is None else count) + b"".join(items)


def quicklist(*nodes: bytes) -> bytes:
    """A list of packed nodes."""
    return table(*(length(PACKED) + raw(node) for node in nodes))


class RdbWriter:
    """Builds a file piece by piece; each call adds one. Nothing is checked."""

    def __init__(self, version: int | str = VERSION, magic: str = "REDIS") -> None:
        digits = version if isinstance(version, str) else f"{version:04d}"
        self.version = version
        self.data = magic.encode() + digits.encode()

    def add(self, *pieces: bytes | int) -> "RdbWriter":
        """Opcodes as numbers, everything else as the bytes they are."""
        self.data += b"".join(bytes([piece]) if isinstance(piece, int) else piece for piece in pieces)
        return self

    def aux(self, name: str, value: bytes | str | int) -> "RdbWriter":
        return self.add(AUX, string(name), string(value))

    def select(self, db: int, keys: int | None = None, expires: int = 0) -> "RdbWriter":
        """With `keys`, the number of keys and of those that expire is announced."""
        self.add(SELECTDB, length(db))
        return self if keys is None else self.add(RESIZEDB, length(keys), length(expires))

    def expire_ms(self, unix_ms: int) -> "RdbWriter":
        return self.add(EXPIRE_MS, struct.pack("<q", unix_ms))

    def expire(self, unix_s: int) -> "RdbWriter":
        return self.add(EXPIRE, struct.pack("<i", unix_s))

    def idle(self, seconds: int) -> "RdbWriter":
        return self.add(IDLE, length(seconds))

    def freq(self, counter: int) -> "RdbWriter":
        return self.add(FREQ, counter)

    def key(self, kind: int, name: bytes | str | int, value: bytes) -> "RdbWriter":
        return self.add(kind, string(name), value)

    def end(self, crc: int | None = None) -> bytes:
        """The file: with EOF and, from version 5 on, the right checksum or the one given."""
        data = self.data + bytes([EOF])
        if isinstance(self.version, int) and self.version < 5:
            return data
        return data + struct.pack("<Q", crc64(data) if crc is None else crc)


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass
class Key:
    """A key as the file has it. `value`: bytes, a list of them, or pairs (field, value) or (member, score)."""

    db: int
    name: bytes
    type: int
    value: Any = None
    stored: bytes = b""  # the value's bytes, as they stand in the file
    expire_ms: int | None = None
    idle: int | None = None
    freq: int | None = None
    nodes: list[tuple[int, int]] = field(default_factory=list)  # of a list: container, elements
    width: int = 0  # of an intset


@dataclass
class RdbFile:
    version: int
    aux: list[tuple[bytes, bytes]] = field(default_factory=list)
    opcodes: list[int] = field(default_factory=list)  # in their order, value types among them
    announced: dict[int, tuple[int, int]] = field(default_factory=dict)  # by database: keys, keys that expire
    keys: list[Key] = field(default_factory=list)
    functions: list[bytes] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    checksum: int = 0
    real_checksum: int = 0
    size: int = 0  # bytes up to the end of the checksum

    def key(self, name: bytes | str) -> Key:
        wanted = name if isinstance(name, bytes) else name.encode()
        return next(key for key in self.keys if key.name == wanted)

    def text(self, data: bytes) -> Text:
        """How a string is written."""
        return next(text for text in self.texts if text.data == data)


def read_rdb(data: bytes) -> RdbFile:
    """Reads a file of version 10. Raises RdbError for anything that Redis 7.0 would not have written."""
    if data[:5] != b"REDIS" or data[5:9] != b"%04d" % VERSION:
        raise RdbError(0, f"wrong header {data[:9]!r}")
    cursor = Cursor(data, 9)
    file = RdbFile(version=VERSION, texts=cursor.texts)
    db = 0
    attributes: dict[str, int] = {}
    while True:
        start, opcode = cursor.at, cursor.byte()
        file.opcodes.append(opcode)
        if opcode == EOF:
            break
        if opcode == AUX:
            file.aux.append((cursor.text(), cursor.text()))
        elif opcode == FUNCTION2:
            file.functions.append(cursor.text())
        elif opcode == SELECTDB:
            db = cursor.length()
        elif opcode == RESIZEDB:
            file.announced[db] = (cursor.length(), cursor.length())
        elif opcode == EXPIRE_MS:
            attributes["expire_ms"] = int(cursor.number("<q"))
        elif opcode == IDLE:
            attributes["idle"] = cursor.length()
        elif opcode == FREQ:
            attributes["freq"] = cursor.byte()
        elif opcode in _READERS:
            key = Key(db, cursor.text(), opcode, **attributes)
            _read_value(cursor, key)
            file.keys.append(key)
            attributes = {}
        else:
            raise RdbError(start, f"opcode {opcode} is not one of Redis 7.0's")
    file.real_checksum = crc64(data[:cursor.at])
    file.checksum = int(cursor.number("<Q"))
    file.size = cursor.at
    return file


def read_payload(data: bytes) -> Key:
    """The value of a DUMP payload, as a key without a name. Raises RdbError."""
    if len(data) < 11 or data[-10:-8] != struct.pack("<H", VERSION) or data[-8:] != struct.pack("<Q", crc64(data[:-8])):
        raise RdbError(max(0, len(data) - 10), "wrong footer")
    cursor = Cursor(data[:-10], 1)
    key = Key(0, b"", data[0])
    if key.type not in _READERS:
        raise RdbError(0, f"no value has the type {key.type}")
    _read_value(cursor, key)
    if cursor.at != len(data) - 10:
        raise RdbError(cursor.at, "bytes between value and footer")
    return key


def _read_value(cursor: Cursor, key: Key) -> None:
    start = cursor.at
    try:
        key.value = _READERS[key.type](cursor, key)
    except PackedError as error:
        raise RdbError(start, f"key {key.name!r}: {error}") from None
    key.stored = cursor.data[start:cursor.at]


def _pairs(flat: list[bytes]) -> list[tuple[bytes, bytes]]:
    if len(flat) % 2:
        raise PackedError(f"{len(flat)} elements are no pairs")
    return list(zip(flat[::2], flat[1::2]))


def _read_nodes(cursor: Cursor, key: Key) -> list[bytes]:
    elements: list[bytes] = []
    for _ in range(cursor.length()):
        container, blob = cursor.length(), cursor.text()
        if container not in (PLAIN, PACKED):
            raise PackedError(f"no node is of kind {container}")
        node = [blob] if container == PLAIN else read_listpack(blob)
        key.nodes.append((container, len(node)))
        elements += node
    return elements


def _read_intset(cursor: Cursor, key: Key) -> list[bytes]:
    key.width, numbers = read_intset(cursor.text())
    return [str(number).encode() for number in numbers]


_READERS = {
    STRING: lambda cursor, key: cursor.text(),
    SET: lambda cursor, key: [cursor.text() for _ in range(cursor.length())],
    HASH: lambda cursor, key: [(cursor.text(), cursor.text()) for _ in range(cursor.length())],
    ZSET_2: lambda cursor, key: [(cursor.text(), cursor.number("<d")) for _ in range(cursor.length())],
    SET_INTSET: _read_intset,
    HASH_LISTPACK: lambda cursor, key: _pairs(read_listpack(cursor.text())),
    ZSET_LISTPACK: lambda cursor, key: [(member, float(score))
                                        for member, score in _pairs(read_listpack(cursor.text()))],
    LIST_QUICKLIST_2: _read_nodes,
}
