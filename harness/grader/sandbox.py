"""Limits and isolation for the programs of one submission: what this machine can enforce, and the commands to do so."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Sequence

from . import jail
from .guards import DiskUse, Guard, resident_bytes
from .processes import die_with_parent, kill_all

GIB = 1 << 30
FIRST_USER = 64100  # above Debian's users, below nobody
USERS = 1000
_OUTPUT_KEPT = 64 << 10


@dataclass(frozen=True)
class Limits:
    """Of each process, except `resident`, `processes` and `disk`, which count all of the submission's user."""

    cpu: int = 600  # seconds
    resident: int = 2 * GIB  # bytes of real memory; watched by a Guard
    memory: int = 64 * GIB  # bytes of address space
    file: int = GIB
    disk: int = 8 * GIB  # bytes of all its files; watched by a Guard
    build: float = 900.0  # seconds for a step of the build
    processes: int = 512
    files: int = 16384

    def table(self) -> dict[str, int]:
        return {"cpu": self.cpu, "memory": self.memory, "file": self.file, "processes": self.processes,
                "files": self.files}


@dataclass
class Sandbox:
    """A folder and a user for one submission. `work` holds its copy; `home` is its HOME and its temporary folder."""

    place: Path
    user: int | None
    mounts: bool
    hide: list[Path]
    limits: Limits = field(default_factory=Limits)

    @property
    def memory_guard(self) -> Guard:
        """Ends what uses too much memory, while it is entered."""
        return Guard(self.user, self.limits.resident, resident_bytes)

    @property
    def disk_guard(self) -> Guard:
        """The same for the disk."""
        return Guard(self.user, self.limits.disk, DiskUse(self.place))

    @property
    def work(self) -> Path:
        return self.place / "work"

    @property
    def home(self) -> Path:
        return self.place / "home"

    def command(self, words: Sequence[str]) -> list[str]:
        """The command that runs `words` inside."""
        return [sys.executable, str(Path(jail.__file__).resolve()), str(self._spec()), *words]

    def command_line(self, words: Sequence[str]) -> str:
        return shlex.join(self.command(words))

    def _spec(self) -> Path:
        path = self.place / "spec.json"
        if not path.exists():
            path.write_text(json.dumps({
                "user": self.user, "mounts": self.mounts, "hide": [str(folder) for folder in self.hide],
                "home": str(self.home), "limits": self.limits.table()}))
            path.chmod(0o600)
        return path

    def take(self, source: Path) -> None:
        """Copies a submission in, without what was built or versioned elsewhere. Links stay links."""
        def ignored(folder: str, names: list[str]) -> list[str]:
            return [name for name in names if name in ("build", ".git", "__pycache__") and Path(folder, name).is_dir()]

        shutil.copytree(source, self.work, symlinks=True, ignore=ignored)
        if self.user is not None:
            for folder, _, files in os.walk(self.work):
                for name in [".", *files]:
                    os.chown(os.path.join(folder, name), self.user, self.user, follow_symlinks=False)
            os.chmod(self.work, 0o700)

    def run(self, words: Sequence[str], seconds: float) -> tuple[int | None, str]:
        """Runs to the end in `work`; the exit code (None: out of time) and the end of the output."""
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(self.command(words), cwd=self.work, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out, start_new_session=True, preexec_fn=die_with_parent)
            try:
                code: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass
                process.wait()
                self.kill_all()
            size = out.seek(0, os.SEEK_END)
            out.seek(max(0, size - _OUTPUT_KEPT))
            return code, out.read().decode(errors="replace")

    def kill_all(self) -> None:
        """Ends every process of the submission's user. Without such a user the caller looks for descendants."""
        if self.user is None:
            return
        for _ in range(100):
            left = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _owner(entry) == self.user]
            if not left:
                return
            kill_all(left)


def _owner(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/status") as status:
            lines = dict(line.split(":", 1) for line in status)
    except OSError:
        return None
    return None if lines["State"].strip().startswith("Z") else int(lines["Uid"].split()[0])


@contextmanager
def sandbox(hide: Sequence[Path], limits: Limits = Limits()) -> Iterator[Sandbox]:
    """A fresh one with the best protection there is. Everything in it is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="submission-", dir="/tmp" if os.access("/tmp", os.W_OK) else None)).resolve()
    root = os.geteuid() == 0
    box = Sandbox(place, _free_user() if root else None, root and _can_mount(),
                  [path.resolve() for path in [*hide, *_ready_made()] if not place.is_relative_to(path.resolve())], limits)
    try:
        place.chmod(0o711)
        box.home.mkdir()
        if box.user is not None:
            os.chown(box.home, box.user, box.user)
        yield box
    finally:
        box.kill_all()
        shutil.rmtree(place, ignore_errors=True)
        if box.user is not None:
            _sweep(box.user)


def _sweep(user: int) -> None:
    """Takes away what this user left where everybody may write."""
    for shared in filter(os.path.isdir, jail.FOR_EVERYBODY):
        for entry in list(os.scandir(shared)):
            if entry.stat(follow_symlinks=False).st_uid != user:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


def _ready_made() -> list[Path]:
    """Programs of this machine that would be graded as well as any solution."""
    names = ("redis-server", "redis-sentinel", "redis-check-rdb", "redis-check-aof", "valkey-server", "keydb-server")
    found = {shutil.which(name) for name in names} - {None}
    return [Path(path) for path in {os.path.realpath(path) for path in found}]


def _free_user() -> int:
    """A user id that no process has now."""
    taken = {_owner(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    start = os.getpid() % USERS
    return next(FIRST_USER + (start + step) % USERS for step in range(USERS)
                if FIRST_USER + (start + step) % USERS not in taken)


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder, "spec.json")
        spec.write_text(json.dumps({"user": None, "mounts": True, "hide": [folder], "home": "/", "limits": {}}))
        command = [sys.executable, jail.__file__, str(spec), "true"]
        return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def enforcement() -> str:
    """One sentence for the teacher on what this machine enforces and what it does not."""
    limits = "limits on CPU time, memory, disk and wall-clock time"
    if os.geteuid() != 0:
        return f"{limits}. Not as root: submissions run as you, and can read what you can, other submissions included."
    if not _can_mount():
        return (f"{limits}; a user of its own for each submission. Mount namespaces are not allowed here: a submission "
                "can read every folder that is readable for all users.")
    return (f"{limits}; a user of its own for each submission, which sees neither the other submissions nor this "
            "repository nor an installed redis-server.")
