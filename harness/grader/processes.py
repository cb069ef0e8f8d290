"""Nothing is left behind: processes that were started in between and still live at the end are found and killed.

A server may double-fork, change its session and its directory; it still descends from us. As a "subreaper" this process
inherits its orphaned descendants (instead of pid 1), so that walking down the tree of parents finds every one of them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import contextmanager
from typing import Iterator

_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """For preexec_fn: the kernel kills this process when its parent dies, however that happens."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def descendants(root: int) -> list[int]:
    """Every living process below `root`, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as stat:
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:
            continue  # gone meanwhile
        children.setdefault(int(fields[1]), []).append(int(entry))
    found: list[int] = []
    level = children.get(root, [])
    while level:
        found += level
        level = [pid for parent in level for pid in children.get(parent, [])]
    return found


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """On leaving, whatever was started inside and still lives is killed and reaped."""
    before = set(descendants(os.getpid()))
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        deadline = time.monotonic() + 5
        while (left := [pid for pid in descendants(os.getpid()) if pid not in before]) and time.monotonic() < deadline:
            kill_all(left)  # again and again: one that forks while it is being killed leaves a child
            for pid in left:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass  # not ours yet: its parent has to die first
            time.sleep(0.005)
