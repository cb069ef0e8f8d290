"""A folder of copies.

    dump-20261122T101500Z.rdb          the copy, named by the time of the backup
    dump-20261122T101500Z.rdb.json     manifest: where from, key counts, when it was checked and what came of it
    dump-20261122T101500Z.rdb.sha256   as sha256sum writes and checks it; without it, bit rot may go unseen
    .lock                              held while something writes here; the kernel drops it with its owner

A copy is there when its .rdb is. Sidecars are written before it and removed after it, so a copy never lacks them; what
an end at a bad moment leaves (drafts, sidecars alone) the next session sweeps out. Other files are left alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Iterator, Optional

from . import files, moment
from .check import CheckTool, Contents
from .failure import BadCopy, Busy, Failure
from .files import Draft

_NAME = re.compile(r"dump-(?P<time>\d{8}T\d{6}Z)\.rdb(?P<rest>(?:\.json|\.sha256)?(?:\.partial)?)")


@dataclass(frozen=True)
class Copy:
    path: Path
    time: datetime
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def verified(self) -> Optional[bool]:
        """What the last check said; None when there was none."""
        return self.manifest.get("verified", {}).get("ok")

    @property
    def good(self) -> bool:
        """Not known to be bad."""
        return self.verified is not False

    @property
    def files(self) -> list[Path]:
        """The copy and those sidecars that are there."""
        return [self.path] + [path for path in (_manifest_of(self.path), _digest_of(self.path)) if path.is_file()]

    def inspect(self, tool: CheckTool) -> Contents:
        """Size, digest, structure and key count. Raises BadCopy."""
        expected = self.manifest.get("size")
        size = self.path.stat().st_size
        if expected is not None and size != expected:
            raise BadCopy(f"{self.name} has {size} bytes, its manifest says {expected}")
        if _digest_of(self.path).is_file() and _read_digest(self.path) != files.sha256_of(self.path):
            raise BadCopy(f"{self.name} is no longer what was written: its SHA-256 differs")
        contents = tool.check(self.path)
        keys = self.manifest.get("keys")
        if None not in (keys, contents.keys) and keys != contents.keys:
            raise BadCopy(f"{self.name} has {contents.keys} keys, its manifest says {keys}")
        return contents


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copies(self) -> list[Copy]:
        """Sorted by time."""
        if not self.folder.is_dir():
            raise Failure(f"there is no backup folder {self.folder}")
        found = []
        for path in self.folder.iterdir():
            name = _NAME.fullmatch(path.name)
            if name and not name["rest"] and path.is_file():
                found.append(Copy(path, moment.parse(name["time"]), _read_manifest(path)))
        return sorted(found, key=lambda copy: copy.time)

    @contextmanager
    def session(self) -> Iterator[None]:
        """Alone in this folder until the block ends. Raises Busy at once when somebody else is."""
        with open(self.folder / ".lock", "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(f"another run is at work in {self.folder}") from None
            self._sweep()
            yield

    def draft(self, time: datetime) -> Draft:
        """For a new copy, inside a session."""
        target = self.folder / f"dump-{moment.stamp(time)}.rdb"
        if target.exists():
            raise Failure(f"{target} exists already")
        return Draft(target)

    def keep(self, draft: Draft, time: datetime, manifest: dict[str, Any], sha256: Optional[str]) -> Copy:
        """Turns a draft that is filled and found good into a copy."""
        if sha256 is not None:
            files.write(_digest_of(draft.target), f"{sha256}  {draft.target.name}\n")
        copy = Copy(draft.target, time, manifest)
        self.note(copy)
        draft.commit()
        return copy

    def note(self, copy: Copy) -> None:
        """Writes a copy's manifest."""
        files.write(_manifest_of(copy.path), json.dumps(copy.manifest, indent=2) + "\n")

    def remove(self, copy: Copy) -> None:
        for path in copy.files:  # the copy itself comes first
            path.unlink()
        files.sync_folder(self.folder)

    def _sweep(self) -> None:
        for path in self.folder.iterdir():
            name = _NAME.fullmatch(path.name)
            if name and name["rest"] and (path.suffix == files.PARTIAL or not path.with_suffix("").exists()):
                path.unlink()


def manifest(source: Path, copied: files.Copied, contents: Contents, tool: CheckTool, now: datetime) -> dict[str, Any]:
    return {"source": str(source), "snapshot_time": moment.shown(copied.modified), "size": copied.size,
            **asdict(contents), "verified": verdict(tool, now)}


def verdict(tool: CheckTool, now: datetime, problem: str = "") -> dict[str, Any]:
    """What a check has said, for the manifest."""
    return {"ok": not problem, "time": moment.shown(now), "by": tool.name, "problem": problem}


def recorded_digest(copy: Copy) -> Optional[str]:
    return _read_digest(copy.path) if _digest_of(copy.path).is_file() else None


def _manifest_of(dump: Path) -> Path:
    return dump.with_name(dump.name + ".json")


def _digest_of(dump: Path) -> Path:
    return dump.with_name(dump.name + ".sha256")


def _read_digest(dump: Path) -> str:
    return (_digest_of(dump).read_text(encoding="utf-8", errors="replace").split() or [""])[0]


def _read_manifest(dump: Path) -> dict[str, Any]:
    """Empty when there is none, or none that can be read: the copy itself is what counts."""
    try:
        found = json.loads(_manifest_of(dump).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
