"""Files that are whole or not there.

    NAME.partial  --write, fsync-->  --checks-->  --rename, fsync of the folder-->  NAME

Whatever ends the work before the rename, NAME does not come to be. A draft that kill -9 leaves behind is known by its
ending.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from . import moment
from .failure import Failure

PARTIAL = ".partial"
_CHUNK = 1 << 20


class Draft:
    """A file on its way to its name: fill `path`, then `commit`; else it vanishes with the block."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(target.name + PARTIAL)

    def __enter__(self) -> "Draft":
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.path.unlink(missing_ok=True)

    def commit(self) -> None:
        os.rename(self.path, self.target)
        sync_folder(self.target.parent)


class Copied(NamedTuple):
    """What `copy` has read."""

    sha256: str
    size: int
    modified: datetime


def copy(source: Path, target: Path) -> Copied:
    """Copies into a new file, which is on disk when this returns.

    A server replaces its dump by a rename: the file opened here stays the one snapshot that it was. One that is written
    in place while it is read is refused.
    """
    digest = hashlib.sha256()
    try:
        with open(source, "rb") as reader, open(target, "xb", opener=_private) as writer:
            before = os.fstat(reader.fileno())
            while writer.tell() <= before.st_size and (chunk := reader.read(_CHUNK)):  # one that grows has no end
                writer.write(chunk)
                digest.update(chunk)
            writer.flush()
            os.fsync(writer.fileno())
            # Checks now read what the disk holds, and the copy takes no memory from the server's files.
            os.posix_fadvise(writer.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            after = os.fstat(reader.fileno())
    except OSError as error:
        raise Failure(f"cannot copy {source} to {target.parent}: {error.strerror}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Failure(f"{source} was written to while it was copied: a server replaces its dump, what does this?")
    return Copied(digest.hexdigest(), after.st_size, moment.of_unix(after.st_mtime))


def write(target: Path, text: str) -> None:
    """Writes a small file, or replaces it, in one step."""
    with Draft(target) as draft:
        try:
            with open(draft.path, "x", encoding="utf-8", opener=_private) as writer:
                writer.write(text)
                writer.flush()
                os.fsync(writer.fileno())
        except OSError as error:
            raise Failure(f"cannot write {target}: {error.strerror}") from None
        draft.commit()


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as reader:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Makes renames and removals in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    """A dump holds everybody's data: nobody else may read its copies."""
    return os.open(path, flags, 0o600)
