"""What submissions must not do to the machine they are graded on: looked at before, during and after."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import threading
from pathlib import Path

from harness.cli.support.repo import ROOT
from harness.grader.jail import FOR_EVERYBODY
from harness.grader.sandbox import FIRST_USER, USERS

_SECONDS = 0.25


def strangers() -> list[int]:
    """The processes of the users that submissions run as."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if FIRST_USER <= os.stat(f"/proc/{entry}").st_uid < FIRST_USER + USERS:
                found.append(int(entry))
        except OSError:
            continue
    return found


def marked(mark: str) -> list[int]:
    """The processes with this word on their command line."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if mark.encode() in Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0"):
                found.append(int(entry))
        except OSError:
            continue
    return found


def left_behind(names: list[str]) -> list[str]:
    """Files of submissions' users where everybody may write, and whatever has one of these names."""
    found = []
    for shared in filter(os.path.isdir, FOR_EVERYBODY):
        for entry in os.scandir(shared):
            owner = entry.stat(follow_symlinks=False).st_uid
            if FIRST_USER <= owner < FIRST_USER + USERS or entry.name in names:
                found.append(entry.path)
    return found


def fingerprint(folder: Path) -> str:
    """Differs when a file, a link or a mode below the folder does."""
    whole = hashlib.sha256()
    for above, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*files, *folders]):
            path = Path(above, name)
            status = path.lstat()
            whole.update(f"{path}\0{status.st_mode}\0{status.st_uid}\0".encode(errors="surrogateescape"))
            if path.is_symlink():
                whole.update(os.readlink(path).encode())
            elif path.is_file():
                whole.update(path.read_bytes())
    return whole.hexdigest()


def repository() -> str:
    """What git says about the repository's files."""
    return subprocess.run(["git", "-C", str(ROOT), "status", "--porcelain"], capture_output=True, text=True).stdout


class Watch:
    """While entered: the most processes of submissions' users, the least free disk and memory."""

    def __init__(self, disk: Path) -> None:
        self._disk = disk
        self.processes = 0
        self.disk_free = shutil.disk_usage(disk).free
        self.memory_free = _memory_free()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SECONDS):
            self.processes = max(self.processes, len(strangers()))
            self.disk_free = min(self.disk_free, shutil.disk_usage(self._disk).free)
            self.memory_free = min(self.memory_free, _memory_free())


def _memory_free() -> int:
    with open("/proc/meminfo") as meminfo:
        return next(int(line.split()[1]) << 10 for line in meminfo if line.startswith("MemAvailable:"))
