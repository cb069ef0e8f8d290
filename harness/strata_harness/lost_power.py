"""What a power loss leaves of a server's files, from the record of its system calls (syscalls.py).

    written and synced    is there
    written               is lost, or a part of it is there
    a name                created, given to another file, removed: these changes reach the disk in their order, and
                          those before the sync of a directory are there

Least of all survives where all is lost that may be lost. Else, an orderly disk has written everything up to some
earlier moment. A sync counts once it has returned, and covers what had been written when it began. Files only grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from os.path import basename, dirname, join
from pathlib import Path
from typing import Iterable, Iterator, Optional, Sequence

from .syscalls import SYNCS, WRITES, Call

_NOT_DATA = ("server.log", "system-calls")


@dataclass
class File:
    """What was written to it, in one piece after the other."""

    data: bytearray = field(default_factory=bytearray)
    synced: int = 0


@dataclass(frozen=True)
class Change:
    """Of names: a file is created (no old name), renamed, or removed (no new name)."""

    old: Optional[str]
    new: Optional[str]
    file: File


class Disk:
    """A server's directory at a moment: before the call at `place` of the record began. It was empty when it began."""

    def __init__(self, root: Path, record: Sequence[Call], place: int) -> None:
        self.root = str(root)
        self.names: dict[str, File] = {}
        self.changes: list[Change] = []
        self.safe_changes = 0
        self._begun: dict[int, tuple[Optional[File], int]] = {}  # by the call's beginning: its file, how far it was
        for at, is_end, call in _moments(record):
            if at >= place:
                break
            if is_end:
                self._ended(call)
            else:
                self._begin(call)

    def _path(self, name: bytes) -> str:
        return join(self.root, name.decode())  # the server works in its directory

    def _begin(self, call: Call) -> None:
        file = self.names.get(call.path) if call.name in (*WRITES, *SYNCS, "ftruncate") else None
        self._begun[call.begin] = (file, len(file.data) if file else len(self.changes))

    def _ended(self, call: Call) -> None:
        file, size = self._begun.pop(call.begin)
        if call.result < 0:
            return
        if call.name in WRITES and file:
            file.data += b"".join(call.texts)[:call.result]
        elif call.name in SYNCS and file:
            file.synced = max(file.synced, size)
        elif call.name in SYNCS and self.root in (call.path, dirname(call.path)):
            self.safe_changes = max(self.safe_changes, size)
        elif call.name == "openat" and "O_CREAT" in call.arguments:
            path = self._path(call.texts[0])
            if path.startswith(self.root + "/") and basename(path) not in _NOT_DATA and (
                    path not in self.names or "O_TRUNC" in call.arguments):
                self._change(Change(None, path, File()))
        elif call.name.startswith("rename"):
            old, new = map(self._path, call.texts)
            if old in self.names:
                self._change(Change(old, new, self.names[old]))
        elif call.name.startswith("unlink"):
            path = self._path(call.texts[0])
            if path in self.names:
                self._change(Change(path, None, self.names[path]))

    def _change(self, change: Change) -> None:
        self.changes.append(change)
        _apply(change, self.names)

    def least(self) -> dict[str, bytes]:
        """What is left if all is lost that was not synced."""
        names = _named(self.changes[:self.safe_changes])
        return {path: bytes(file.data[:file.synced]) for path, file in names.items()}

    def orderly(self, earlier: Disk, torn: float = 0.0) -> dict[str, bytes]:
        """What is left if everything had reached the disk by an earlier moment, and besides only what was synced. A
        share `torn` of what was written to a file since may have come, too."""
        count = max(self.safe_changes, len(earlier.changes))
        # The files of both are different objects, but were created in the same order.
        came = [len(change.file.data) for change in earlier.changes if change.old is None]
        created = [change.file for change in self.changes if change.old is None]
        sizes = {}
        for number, file in enumerate(created):
            size = came[number] if number < len(came) else 0
            sizes[id(file)] = max(file.synced, size + int((len(file.data) - size) * torn))
        return {path: bytes(file.data[:sizes[id(file)]]) for path, file in _named(self.changes[:count]).items()}


def restore(files: dict[str, bytes], source: Path, target: Path) -> None:
    """Puts what was left of the directory `source` into the empty directory `target`."""
    for path, data in files.items():
        place = target / Path(path).relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _moments(record: Iterable[Call]) -> Iterator[tuple[int, bool, Call]]:
    """Every beginning and every end, in the record's order."""
    calls = list(record)
    moments = [(call.begin, False, call) for call in calls] + [(call.end, True, call) for call in calls]
    return iter(sorted(moments, key=lambda moment: moment[:2]))


def _apply(change: Change, names: dict[str, File]) -> None:
    if change.old is not None:
        names.pop(change.old, None)
    if change.new is not None:
        names[change.new] = change.file


def _named(changes: Iterable[Change]) -> dict[str, File]:
    names: dict[str, File] = {}
    for change in changes:
        _apply(change, names)
    return names
