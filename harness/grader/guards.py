"""Ends a submission that uses too much of what the kernel does not limit for a user as a whole: real memory, disk.

A limit on address space (RLIMIT_AS) cannot do this fairly: a good server may reserve ten gigabytes that it never
touches, as redis-server does for announced bulks. Nor can one on a file's size: there may be many files. So both are
watched, and those limits only bound what happens between two looks.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Callable

from .processes import descendants, kill_all

_SECONDS = 0.1
_PAUSES = 20  # a look that takes long is followed by a pause of this many times as long
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 512  # what st_blocks counts


class Guard:
    """Watches the processes of a user (all together) or, without one, each descendant of this process by itself.

    `measure(pids)` tells for each process what it uses in bytes; what belongs to nobody in particular is the use of 0.
    """

    def __init__(self, user: int | None, limit: int, measure: Callable[[list[int]], dict[int, int]]) -> None:
        self.exceeded = False
        self._user = user
        self._limit = limit
        self._measure = measure
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Guard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = _SECONDS
        while not self._stop.wait(pause):
            begin = time.monotonic()
            pids = self._watched()
            used = self._measure(pids)
            if self._user is not None or 0 in used:
                guilty = pids if sum(used.values()) > self._limit else []
            else:
                guilty = [pid for pid, size in used.items() if size > self._limit]
            if guilty:
                self.exceeded = True
                kill_all(guilty)
            pause = max(_SECONDS, _PAUSES * (time.monotonic() - begin))

    def _watched(self) -> list[int]:
        return [pid for pid in descendants(os.getpid()) if self._user is None or _owner(pid) == self._user]


def resident_bytes(pids: list[int]) -> dict[int, int]:
    sizes = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as statm:
                sizes[pid] = int(statm.read().split()[1]) * _PAGE
        except OSError:
            continue  # gone meanwhile
    return sizes


class DiskUse:
    """The bytes of the files in a sandbox, in the folders where its processes are, and of those that are open without a name."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __call__(self, pids: list[int]) -> dict[int, int]:
        nameless: dict[tuple[int, int], int] = {}
        folders = {str(self._place)}
        for pid in pids:
            try:
                folders.add(os.readlink(f"/proc/{pid}/cwd"))
                for entry in os.scandir(f"/proc/{pid}/fd"):
                    status = entry.stat()
                    if status.st_nlink == 0:
                        nameless[status.st_dev, status.st_ino] = status.st_blocks * _BLOCK
            except OSError:
                continue
        outermost = [folder for folder in folders if not any(folder.startswith(f"{other}/") for other in folders)]
        return {0: sum(nameless.values()) + sum(_size(folder) for folder in outermost if folder.startswith("/tmp/"))}


def _size(folder: str) -> int:
    """Bytes on disk below a folder; links are not followed."""
    size = 0
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(above, name)).st_blocks * _BLOCK
            except OSError:
                continue
    return size


def _owner(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None
