"""Append-only files as bytes: logs of commands and the manifest that names them; a builder and a strict reader of each.

    log       *3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n     commands, as clients send them, one after the other
              #TS:1795314110\r\n                     annotations stand between commands

    manifest  file appendonly.aof.1.base.aof seq 1 type b     at most one base, then history (h), then
              file appendonly.aof.2.incr.aof seq 2 type i     the incremental files in ascending order

The readers take only what a server of this format writes; what it reads besides that is for the tests to build.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable, Union

from .resp import Arg, encode

Command = Union[str, tuple[Arg, ...]]
"""A command's words: in a tuple, or in a text that is split at spaces."""

_QUOTED = re.compile(rb'"((?:[^"\\]|\\x[0-9a-f]{2}|\\[nrtab\\"])*)"')
_ESCAPED = re.compile(rb'\\(x[0-9a-f]{2}|[nrtab\\"])')
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"\\": b"\\", b'"': b'"'}
_ENTRY = re.compile(rb"file (\S+|\".*\") seq ([1-9][0-9]*) type ([bhi])")


class AofError(AssertionError):
    """These bytes are not what a server would have written."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"at offset {offset}: {problem}")
        self.offset = offset


# -- logs --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One command or one annotation (`words` is empty then) of a log, and where it stands."""

    start: int
    end: int
    words: tuple[bytes, ...] = ()
    annotation: bytes = b""


def words_of(command: Command) -> tuple[Arg, ...]:
    return tuple(command.split()) if isinstance(command, str) else command


def log(*commands: Command) -> bytes:
    """The commands as they stand in a log. `log("SET a 1", ("SET", "b", "two words"))`"""
    return b"".join(encode(*words_of(command)) for command in commands)


def read_log(data: bytes) -> list[Entry]:
    """Everything in a log, which must be whole. Raises AofError."""
    entries: list[Entry] = []
    at = 0
    while at < len(data):
        entries.append(_read_annotation(data, at) if data[at:at + 1] == b"#" else _read_command(data, at))
        at = entries[-1].end
    return entries


def commands_in(data: bytes) -> list[tuple[bytes, ...]]:
    """The commands of a log without its annotations."""
    return [entry.words for entry in read_log(data) if entry.words]


def _read_annotation(data: bytes, start: int) -> Entry:
    end = data.find(b"\r\n", start)
    if end < 0:
        raise AofError(start, "an annotation without its end")
    return Entry(start, end + 2, annotation=data[start:end])


def _read_command(data: bytes, start: int) -> Entry:
    count, at = _read_number(data, start, b"*")
    if count == 0:
        raise AofError(start, "a command without words")
    words = []
    for _ in range(count):
        size, at = _read_number(data, at, b"$")
        if data[at + size:at + size + 2] != b"\r\n":
            raise AofError(at, f"a word of {size} bytes without CRLF behind it")
        words.append(data[at:at + size])
        at += size + 2
    return Entry(start, at, tuple(words))


def _read_number(data: bytes, start: int, mark: bytes) -> tuple[int, int]:
    end = data.find(b"\r\n", start)
    digits = data[start + 1:end]
    if end < 0 or data[start:start + 1] != mark or not re.fullmatch(rb"0|[1-9][0-9]*", digits):
        raise AofError(start, f"{data[start:start + 20]!r} instead of {mark.decode()} and a number")
    return int(digits), end + 2


# -- manifests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """An entry of a manifest. `type` is b, h or i."""

    name: str
    seq: int
    type: str


def base(seq: int, name: str = "appendonly.aof", suffix: str = "aof") -> Part:
    return Part(f"{name}.{seq}.base.{suffix}", seq, "b")


def incr(seq: int, name: str = "appendonly.aof") -> Part:
    return Part(f"{name}.{seq}.incr.aof", seq, "i")


def history(part: Part) -> Part:
    return Part(part.name, part.seq, "h")


def manifest(parts: Iterable[Part]) -> bytes:
    """A manifest of parts with plain names."""
    return b"".join(f"file {part.name} seq {part.seq} type {part.type}\n".encode() for part in parts)


def read_manifest(data: bytes) -> list[Part]:
    """The entries of a manifest as a server writes it. Raises AofError."""
    if not data.endswith(b"\n"):
        raise AofError(len(data), "a manifest ends with a line feed")
    parts: list[Part] = []
    at = 0
    for line in data.split(b"\n")[:-1]:
        match = _ENTRY.fullmatch(line)
        if not match:
            raise AofError(at, f"{line!r} is no entry")
        parts.append(Part(_plain(match[1], at), int(match[2]), match[3].decode()))
        at += len(line) + 1
    _check_order(parts)
    return parts


def _plain(name: bytes, at: int) -> str:
    """A file name without its quotes; it has them only if it needs them."""
    if not name.startswith(b'"'):
        return name.decode()
    quoted = _QUOTED.fullmatch(name)
    if not quoted:
        raise AofError(at, f"{name!r} is quoted wrongly")
    plain = _ESCAPED.sub(lambda match: bytes.fromhex(match[1][1:].decode()) if match[1][:1] == b"x"
                         else _ESCAPES[match[1]], quoted[1])
    if re.fullmatch(rb"[!#-&(-\[\]-~]+", plain):
        raise AofError(at, f"{name!r} needs no quotes")
    return plain.decode("utf-8", "surrogateescape")


def _check_order(parts: list[Part]) -> None:
    """Base, history, increments; the increments ascending."""
    if [part.type for part in parts] != sorted((part.type for part in parts), key="bhi".index):
        raise AofError(0, "the entries are not in the order base, history, incremental")
    if sum(part.type == "b" for part in parts) > 1:
        raise AofError(0, "two bases")
    numbers = [part.seq for part in parts if part.type == "i"]
    if numbers != sorted(set(numbers)):
        raise AofError(0, f"the numbers of the incremental files do not ascend: {numbers}")
