"""Ends a submission that uses too much real memory.

A limit on address space (RLIMIT_AS) cannot do this fairly: a good server may reserve ten gigabytes that it never
touches, as redis-server does for announced bulks. So the resident size is watched, and the address space bounded only
as a last resort.
"""

from __future__ import annotations

import os
import threading

from .processes import descendants, kill_all

_SECONDS = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


class MemoryGuard:
    """Watches the processes of a user (all together) or, without one, each descendant of this process by itself."""

    def __init__(self, user: int | None, limit: int) -> None:
        self.exceeded = False
        self._user = user
        self._limit = limit
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryGuard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SECONDS):
            sizes = self._sizes()
            if self._user is not None:
                guilty = list(sizes) if sum(sizes.values()) > self._limit else []
            else:
                guilty = [pid for pid, size in sizes.items() if size > self._limit]
            if guilty:
                self.exceeded = True
                kill_all(guilty)

    def _sizes(self) -> dict[int, int]:
        sizes = {}
        for pid in descendants(os.getpid()):
            try:
                if self._user is None or os.stat(f"/proc/{pid}").st_uid == self._user:
                    with open(f"/proc/{pid}/statm") as statm:
                        sizes[pid] = int(statm.read().split()[1]) * _PAGE
            except OSError:
                continue  # gone meanwhile
        return sizes
