"""Machines on one cable: namespaces of this one, with an /etc, a /usr/local and a /var of their own (Linux, as root).

    rehearsal, 10.77.0.254 ---- bridge ---- 10.77.0.1  "n1": mounts, network and host name of its own
                                      '---- 10.77.0.2  "n2"

What is typed in a machine changes that machine alone; commands of root such as useradd are typed as they stand in the guides.
The rehearsal itself moves into namespaces, too: when it ends, however it ends, the kernel takes all of it away.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from harness.cli.support.repo import ROOT

_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000
_PR_SET_PDEATHSIG = 1
OWN = ("etc", "usr/local", "var/lib", "var/log", "var/backups", "run", "mnt")
_libc = ctypes.CDLL(None, use_errno=True)


def missing() -> str:
    """Why there can be no machines here; "" when there can."""
    tools = [tool for tool in ("ip", "unshare", "nsenter", "setpriv", "mount") if shutil.which(tool) is None]
    return "it has to run as root" if os.geteuid() != 0 else f"{', '.join(tools)}: not found" if tools else ""


def die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def leave_the_host() -> None:
    """Moves this process, which must have no other threads yet, to where mounts and interfaces are nobody else's."""
    if _libc.unshare(_CLONE_NEWNS | _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))
    for command in ("mount --make-rprivate /", "ip link set lo up", "ip link add cable type bridge",
                    "ip address add 10.77.0.254/24 dev cable", "ip link set cable up"):
        subprocess.run(command.split(), check=True)


class Machine:
    """`files` on the rehearsal's disk holds what is below the machine's own folders: m.at("/etc/passwd")."""

    def __init__(self, number: int, folder: Path) -> None:
        self.name, self.address = f"n{number}", f"10.77.0.{number}"
        self.files = folder / self.name
        for name in (*OWN, "usr/local/bin", "usr/local/lib"):
            (self.files / name).mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--archive", "/etc/.", self.files / "etc"], check=True)
        self._holder = subprocess.Popen(["unshare", "--mount", "--net", "--uts", "sh", "-c", "echo; exec sleep infinity"],
                                        stdout=subprocess.PIPE, preexec_fn=die_with_parent, start_new_session=True)
        assert self._holder.stdout is not None and self._holder.stdout.readline() == b"\n", "no namespaces"
        cable = f"cable{number}"
        for command in (f"ip link add {cable} type veth peer name eth0 netns {self._holder.pid}",
                        f"ip link set {cable} master cable up"):
            subprocess.run(command.split(), check=True)
        self.run("; ".join([f"hostname {self.name}", f"ip address add {self.address}/24 dev eth0", "ip link set eth0 up",
                            "ip link set lo up", *(f"mount --bind {self.files}/{name} /{name}" for name in OWN)]))

    def at(self, path: str) -> Path:
        """Where a file of the machine is to us. (What is mounted in the machine only is not there: use `run`.)"""
        return self.files / path.lstrip("/")

    def argv(self, *command: str) -> list[str]:
        """Runs the command in the machine, as the same process."""
        return ["nsenter", f"--target={self._holder.pid}", "--mount", "--net", "--uts", *command]

    def run(self, script: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """What somebody types there as root, in the repository; it ends at the first command that fails."""
        done = subprocess.run(self.argv("sh", "-ec", f"cd '{ROOT}'\n{script}"), capture_output=True, text=True,
                              env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
                                   "HOME": "/root", **environment})
        assert not check or done.returncode == 0, f"{self.name}: `{script}` ended with {done.returncode}: {done.stderr.strip()[-800:]}"
        return done

    def edit(self, path: str, **settings: str) -> None:
        """Settings of a configuration file: edit(path, bind="...", down__after="..." for down-after); replaces or appends."""
        file = self.at(path)
        lines = file.read_text().splitlines()
        for name, value in ((name.replace("__", "-"), value) for name, value in settings.items()):
            places = [index for index, line in enumerate(lines) if line.split(" ")[0] == name]
            if places:
                lines[places[0]] = f"{name} {value}"
            else:
                lines.append(f"{name} {value}")
        file.write_text("\n".join(lines) + "\n")


def datagram_socket(path: Path) -> socket.socket:
    """A socket of that name that everybody may write to; the path may be longer than the name of a socket."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    descriptor = os.open(path.parent, os.O_PATH)
    try:
        path.unlink(missing_ok=True)
        made.bind(f"/proc/self/fd/{descriptor}/{path.name}")
        path.chmod(0o777)
    finally:
        os.close(descriptor)
    return made
