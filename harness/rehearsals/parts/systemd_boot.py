"""The operator's guide on the fresh machine: installed as it says, and its unit started by a systemd that is process 1 there.

The guide's own lines are typed. systemd gets a control group of the host, which is gone when it is.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from harness.rehearsals.parts import guide
from harness.rehearsals.parts.fresh_root import Installation
from harness.strata_harness.wait import wait_until

UNIT = "strata-server"
CLI = "redis-cli -a CHANGE-ME --no-auth-warning"
SPACES = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]


def _control_groups() -> Path:
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return Path(next(mount[1] for mount in mounts if mount[2] == "cgroup2"))


class Booted:
    """`with`: systemd runs the machine; type() is a root shell in it."""

    def __init__(self, machine: Installation):
        self._machine = machine
        self._group = _control_groups() / f"strata-rehearsal-{os.getpid()}"

    def __enter__(self) -> "Booted":
        self._group.mkdir()
        init = self._machine.init(["/usr/bin/env", "container=docker", "/lib/systemd/systemd"])
        self._process = subprocess.Popen(["sh", "-c", 'echo $$ > "$0"/cgroup.procs; exec "$@"', str(self._group), *init],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.ExitStack() as undo:
            undo.callback(self.__exit__)
            wait_until(lambda: self.type("systemctl is-system-running")[1].strip() in ("running", "degraded"), 60, "systemd")
            undo.pop_all()
        return self

    def _first(self) -> str:
        """Process 1 of the machine, as the host counts."""
        with contextlib.suppress(OSError, IndexError):
            return (self._group / "init.scope/cgroup.procs").read_text().split()[0]
        return ""

    def type(self, line: str) -> tuple:
        first = self._first()
        if not first:
            return 1, "not booted"
        done = subprocess.run(["nsenter", "--target", first, *SPACES, "sh", "-c", line], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        return done.returncode, done.stdout

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # unshare: process 1 goes with it, and with that all others
        self._process.wait()
        wait_until(self._group_is_gone, 10, "the processes of the machine to end")

    def _group_is_gone(self) -> bool:
        for folder, _, _ in os.walk(self._group, topdown=False):
            os.rmdir(folder)  # busy until the last process is buried
        return True


def rehearse(report, machine: Installation, clone: str) -> None:
    def expect(run, line: str, says: str = "") -> str:
        code, output = run(line)
        good = code == 0 and says in output
        what = f"{line!r}" + (f" says {says!r}" if says else "")
        report.expect(good, what if good else f"{what}, not {code}:\n{output[-2000:]}")
        return output

    *install, start = guide.commands(guide.section("operations.md", "install"))
    for line in install:
        expect(lambda line: machine.run(["sh", "-c", f"cd {clone}; {line}"]), line)
    expect(lambda line: machine.run(["sh", "-c", line]), f"systemd-analyze verify /etc/systemd/system/{UNIT}.service")

    with Booted(machine) as booted:
        started_and_killed(report, booted, lambda line, says="": expect(booted.type, line, says), start)


def started_and_killed(report, booted: Booted, expect, start: str) -> None:
    expect(start)
    expect(f"systemctl is-active {UNIT}", "active")
    expect(f"{CLI} SET greeting hello", "OK")
    expect("stat -c %U:%a /var/lib/strata", "strata:750")
    before = booted.type(f"systemctl show -P MainPID {UNIT}")[1]
    expect(f"systemctl kill --kill-whom=main --signal=KILL {UNIT}")
    wait_until(lambda: booted.type(f"systemctl show -P MainPID {UNIT}")[1] not in (before, "0\n")
               and booted.type(f"systemctl is-active {UNIT}")[0] == 0, 90, "a start after the crash, RestartSec later")
    expect(f"{CLI} GET greeting", "hello")
    expect(f"systemctl restart {UNIT} && {CLI} GET greeting", "hello")
    expect(f"systemctl stop {UNIT} && systemctl show -P Result {UNIT}", "success")
    report.note("systemd, as process 1, started the unit, started it again after a crash, and stopped it")
