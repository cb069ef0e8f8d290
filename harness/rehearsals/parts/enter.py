"""Runs one command in another root as its init would: unshare ... python3 enter.py ROOT [--loopback] [--init] -- COMMAND...

The caller (fresh_root.py) has made the mount and process namespaces, so what is mounted here is seen by nobody else, and goes with
the last process. This program is process 1 of them: it mounts what a kernel and an init put into a machine, makes ROOT the
root, starts COMMAND, collects whatever the command leaves behind, and ends with the exit code of the command; the kernel then
ends the rest. With --init, COMMAND becomes process 1 itself and finds a tree of control groups.

    ROOT/proc   of the new process namespace; with --init its settings, which are the host's, are read-only
    ROOT/sys    read-only but for the control groups
    ROOT/dev    a tmpfs with six devices of the host, terminals of its own, /dev/shm
    ROOT/run    a tmpfs
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
MNT_DETACH = 2
HOSTNAME = "fresh"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def furnish(root: str, for_init: bool) -> None:
    mount("--bind", root, root)  # a root has to be a mount
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("-t", "sysfs", "-o", "ro", "sysfs", f"{root}/sys")
    if for_init:
        mount("--bind", f"{root}/proc/sys", f"{root}/proc/sys")  # systemd applies /usr/lib/sysctl.d
        mount("-o", "remount,bind,ro", f"{root}/proc/sys")
        mount("-t", "cgroup2", "cgroup2", f"{root}/sys/fs/cgroup")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", f"{root}/run")
    dev = f"{root}/dev"
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", dev)
    for name in DEVICES:
        open(f"{dev}/{name}", "w").close()
        mount("--bind", f"/dev/{name}", f"{dev}/{name}")
    for name, kind, options in (("pts", "devpts", "newinstance,ptmxmode=0666,mode=620"), ("shm", "tmpfs", "mode=1777")):
        os.mkdir(f"{dev}/{name}")
        mount("-t", kind, "-o", options, kind, f"{dev}/{name}")
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
        os.symlink(target, f"{dev}/{name}")


def raise_loopback() -> None:
    """A new network namespace has a loopback interface that is down; a bare machine may have no `ip` to change that."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def make_root(root: str) -> None:
    """Not chroot: in a chroot nobody may make a user namespace, and the host's files could still be reached."""
    libc = ctypes.CDLL(None, use_errno=True)
    subprocess.run(["pivot_root", ".", "mnt"], cwd=root, check=True)
    os.chdir("/root")
    if libc.umount2(b"/mnt", MNT_DETACH) != 0:
        raise OSError(ctypes.get_errno(), "umount /mnt")


def become(command: list) -> None:
    """Nothing but what a bare container has: no locale, no terminal."""
    os.execve("/usr/bin/env", ["env", *command], {"PATH": PATH, "HOME": "/root"})


def main() -> int:
    root, *options = sys.argv[1:sys.argv.index("--")]
    command = sys.argv[sys.argv.index("--") + 1:]
    furnish(root, "--init" in options)
    socket.sethostname(HOSTNAME)
    if "--loopback" in options:
        raise_loopback()
    make_root(root)
    if "--init" in options:
        become(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        become(command)
    while True:
        process, status = os.wait()
        if process == child:
            return os.waitstatus_to_exitcode(status) % 256


if __name__ == "__main__":
    sys.exit(main())
