"""A service as systemd runs it, from its unit file in a machine; systemd itself needs a machine that it has booted.

What is done of a unit: ExecStart, User, Group, UMask, LimitNOFILE, EnvironmentFile, TimeoutStopSec, StateDirectory, RuntimeDirectory;
Type=notify (start() returns when the service has said READY=1, and no sooner) and oneshot (when it has ended well); and
ProtectSystem=strict: to the service everything is read-only but those folders and ReadWritePaths. That is what turns a mistake in a
unit into an error.
"""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path

from harness.strata_harness.timing import scaled

from .machines import OWN, Machine, datagram_socket, die_with_parent

_START_LIMIT = 60.0  # s; a unit may allow more


class Unit:
    """The lines of a unit file: unit["User"], and unit.all("ReadWritePaths") for what may stand there more than once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z]\w*=", line)]

    def all(self, *names: str) -> list[str]:
        return [word for name, value in self._lines if name in names for word in value.split()]

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in reversed(self._lines) if key == name), default)


class Service:
    """`systemctl start NAME` in a machine, and what follows."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine, self.name = machine, name
        self.journal = machine.at(f"/var/log/{name}.journal")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def unit(self) -> Unit:
        paths = [self.machine.at(f"/etc/systemd/system/{self.name}.service"), Path(f"/lib/systemd/system/{self.name}.service")]
        return Unit(next(path for path in paths if path.exists()).read_text())

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> "Service":
        """Raises AssertionError with the end of the journal when it does not get ready."""
        assert not self.alive(), f"{self.name} runs already"
        unit = self.unit
        name = f"/run/systemd/notify-{self.name}"
        self.machine.at(name).parent.mkdir(exist_ok=True)
        with datagram_socket(self.machine.at(name)) as notified, open(self.journal, "ab") as journal:
            self._process = subprocess.Popen(
                self.machine.argv("unshare", "--mount", "--propagation", "private", "sh", "-ec", self._script(unit)),
                stdin=subprocess.DEVNULL, stdout=journal, stderr=journal, start_new_session=True, preexec_fn=die_with_parent,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NOTIFY_SOCKET": name})
            if unit.get("Type") == "notify":
                self._wait_ready(notified)
            elif unit.get("Type") == "oneshot":
                code = self._process.wait(scaled(_START_LIMIT))
                assert code == 0, f"{self.name} of {self.machine.name} failed with {code}: {self.tail()}"
        return self

    def stop(self) -> float:
        """SIGTERM, and all the time that the unit gives. Returns how many seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        limit = float(self.unit.get("TimeoutStopSec", "90")) or 90.0
        try:
            code = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"{self.name} of {self.machine.name} was still there {limit:.0f} s after SIGTERM") from None
        assert code == 0, f"{self.name} of {self.machine.name} ended with {code} at SIGTERM: {self.tail()}"
        return time.monotonic() - began

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> "Service":
        self.stop()
        return self.start()

    def tail(self, lines: int = 8) -> str:
        return "\n    ".join(self.journal.read_text(errors="replace").splitlines()[-lines:])

    def _wait_ready(self, notified: socket.socket) -> None:
        assert self._process is not None
        notified.settimeout(0.1)
        waited = 0.0
        while True:
            try:
                if b"READY=1" in notified.recv(4096):
                    return
            except socket.timeout:
                waited += 0.1
            assert self.alive(), f"{self.name} of {self.machine.name} ended with {self._process.returncode}: {self.tail()}"
            if waited > scaled(_START_LIMIT):
                self.kill()
                raise AssertionError(f"{self.name} of {self.machine.name} has not said that it is ready: {self.tail()}")

    def _script(self, unit: Unit) -> str:
        user = unit.get("User", "root")
        group = unit.get("Group", user)
        made = [(f"/var/lib/{name}", unit.get("StateDirectoryMode", "0755")) for name in unit.all("StateDirectory")]
        made += [(f"/run/{name}", unit.get("RuntimeDirectoryMode", "0755")) for name in unit.all("RuntimeDirectory")]
        steps = [f"mkdir -p {path}; chown {user}:{group} {path}; chmod {mode} {path}" for path, mode in made]
        if unit.get("ProtectSystem") == "strict":
            writable = [path for path, _ in made] + unit.all("ReadWritePaths", "ReadWriteDirectories")
            for path in writable:
                must_exist, path = not path.startswith("-"), path.lstrip("-")
                steps.append(f"if [ -e {path} ]; then mount --bind {path} {path}; {'else exit 226;' if must_exist else ''} fi")
            steps += [f"mount -o remount,bind,ro /{own}" for own in OWN if own != "run"]
        files = unit.get("LimitNOFILE", "1024")
        steps += [f"set -a; . {path}; set +a" for path in unit.all("EnvironmentFile")]
        steps += [f"umask {unit.get('UMask', '0022')}", f"ulimit -n {files} 2>&- || ulimit -n $(ulimit -Hn)", "cd /"]
        program = shlex.join(["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--no-new-privs", "--pdeathsig=KILL",
                              "--", *shlex.split(unit.get("ExecStart"))])
        return "\n".join([*steps, f"exec {program}"])
