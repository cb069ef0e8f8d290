"""Runs a program that nobody has read: with limits, and where the system allows it as a user who sees little.

    python3 jail.py SPEC.json PROGRAM ARGUMENT...

It sets everything up and then *becomes* the program: the process id, the exit code and the signals are the program's
own, as the tests of a server's life demand. (So there is no pid namespace: its first process would have to stay.)

    always                limits on CPU time, memory, file size, processes, open files; no core files; clean environment
    as root               an unprivileged user id that belongs to this submission alone; no way back to privileges
    as root, where mount  what is in "hide" (other submissions, the reference, redis-server) is covered by something
    namespaces are allowed empty; the folders in which everybody may write are small, empty ones of its own

The spec: {"user": uid or null, "hide": [path], "mounts": bool, "home": folder, "limits": {"cpu": seconds,
"memory": bytes, "file": bytes, "processes": n, "files": n}}. Exit code 125: the jail itself could not be set up.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import stat
import sys
from pathlib import Path
from typing import Any

FAILED = 125
WORKPLACES = ("grade-", "strata-harness-")  # how the temporary folders of run.py and of a Server begin
_CLONE_NEWNS, _CLONE_NEWIPC = 0x00020000, 0x08000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
FOR_EVERYBODY = ("/tmp", "/var/tmp", "/dev/shm")  # what a submission leaves there would stay
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _check(_libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()), f"mount on {target}")


def _separate() -> None:
    """From here on this process's mounts are its own."""
    _check(_libc.unshare(_CLONE_NEWNS | _CLONE_NEWIPC), "unshare")
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)


def _cover(paths: list[str]) -> None:
    """An empty read-only folder lies on each folder of these, a file that nobody can run on each file."""
    for path in sorted(paths, key=len, reverse=True):  # what lies inside another first
        if os.path.isdir(path):
            _mount("none", path, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4k,mode=000")
        else:
            _mount("/dev/null", path, "", _MS_BIND)


def _replace_shared(kept: list[str]) -> None:
    """Folders of our own lie on those that everybody may write in; of what was there, only the folders `kept` are seen."""
    for shared in filter(os.path.isdir, FOR_EVERYBODY):
        inside = sorted({path for path in kept if Path(path).is_relative_to(shared)})
        held = [(path, os.open(path, os.O_PATH)) for path in inside]
        _mount("none", shared, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=256m,mode=1777")
        for path, descriptor in held:
            os.makedirs(path, mode=0o711, exist_ok=True)
            _mount(f"/proc/self/fd/{descriptor}", path, "", _MS_BIND)
            os.close(descriptor)


def _workplaces(arguments: list[str]) -> list[str]:
    """The grader's temporary folders that the working directory and absolute arguments lie in."""
    found = []
    for path in [Path.cwd(), *map(Path, arguments)]:
        if path.is_absolute() and (names := [part for part in path.parts if part.startswith(WORKPLACES)]):
            found.append(str(Path(*path.parts[:path.parts.index(names[0]) + 1])))
    return found


def _give_folders(user: int, arguments: list[str]) -> None:
    """What the harness made for the server (its folder, the place of its socket) belongs to the server's user."""
    _give(Path.cwd(), user)
    for argument in arguments:
        path = Path(argument)
        if path.is_absolute() and path.parent.is_dir():
            _give(path.parent, user)


def _give(folder: Path, user: int) -> None:
    """Gives a folder of the workplace and root's plain files in it; opens the way to it, though not to its siblings.

    The workplace itself, which holds the grader's own files, is never given away.
    """
    names = [part.startswith(WORKPLACES) for part in folder.parts]
    if True not in names:
        return
    top = names.index(True) + 1
    if len(folder.parts) == top and not folder.name.startswith(WORKPLACES[1]):
        return
    for length in range(top, len(folder.parts)):
        above = Path(*folder.parts[:length])
        os.chmod(above, above.stat().st_mode | stat.S_IXOTH)
    os.chown(folder, user, user)
    for entry in os.scandir(folder):
        # A second link could be another name of a file elsewhere, made by the program itself in its last life.
        status = entry.stat(follow_symlinks=False)
        if status.st_uid == 0 and stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
            os.chown(entry.path, user, user, follow_symlinks=False)


def _limit(limits: dict[str, int]) -> None:
    names = {"cpu": resource.RLIMIT_CPU, "memory": resource.RLIMIT_AS, "file": resource.RLIMIT_FSIZE,
             "processes": resource.RLIMIT_NPROC, "files": resource.RLIMIT_NOFILE}
    for name, kind in names.items():
        if name in limits:
            hard = resource.getrlimit(kind)[1]
            value = limits[name] if hard == resource.RLIM_INFINITY or os.geteuid() == 0 else min(limits[name], hard)
            resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(spec_path: str, command: list[str]) -> None:
    try:
        spec: dict[str, Any] = json.loads(Path(spec_path).read_text())
        user = spec["user"]
        if user is not None:
            _give_folders(user, command)
        if spec["mounts"]:
            here = os.getcwd()
            _separate()
            _cover(spec["hide"])
            _replace_shared([str(Path(spec_path).parent), *filter(os.path.isdir, _workplaces(command))])
            os.chdir(here if os.path.isdir(here) else spec["home"])  # what everybody may write in may be hidden now
        _limit(spec["limits"])
        if user is not None:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # again: a change of user forgets it
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": spec["home"], "TMPDIR": spec["home"],
                       "LANG": "C.UTF-8", "USER": "submission", "LOGNAME": "submission"}
        os.execvpe(command[0], command, environment)
    except OSError as error:
        print(f"jail: {error}", file=sys.stderr, flush=True)
        os._exit(FAILED)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
