"""A fresh Debian (or Ubuntu) in a folder, and commands run in it as in a machine of their own.

Each command gets new mount and process namespaces, and on request a network with nothing but a loopback interface (enter.py).
What it mounts or leaves running is gone when it ends, and a rehearsal that is killed takes everything with it: on the host
the installation is only files below one folder. Root's rights are needed.
"""

import os
import subprocess
import sys
from pathlib import Path

from harness.rehearsals.parts import enter

ENTER = Path(enter.__file__).resolve()
NAMESPACES = ["unshare", "--mount", "--propagation", "private", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
HOSTS = f"127.0.0.1 localhost\n127.0.1.1 {enter.HOSTNAME}\n::1 localhost ip6-localhost ip6-loopback\n"
SCRIPTS = Path("/usr/share/debootstrap/scripts")


def host_mirror(suite: str) -> str:
    """Where this host's apt gets that release from, or ""."""
    told = subprocess.run(["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"],
                          capture_output=True, text=True).stdout
    return next((line.split()[1] for line in told.splitlines() if line.split()[0] == suite), "")


class Installation:
    def __init__(self, folder: Path, log):
        self.folder, self._log = folder, log

    def bootstrap(self, suite: str, mirror: str, keyring: str, components: str) -> bool:
        """The smallest set of packages, and then as bare as a container's image: apt has not looked at its mirror yet."""
        options = ["--variant=minbase", f"--components={components}", *([f"--keyring={keyring}"] if keyring else [])]
        script = [] if (SCRIPTS / suite).exists() else [str(SCRIPTS / "gutsy")]  # Ubuntu's, newer than this debootstrap
        if self._pass_on([*NAMESPACES, "debootstrap", *options, suite, str(self.folder), mirror, *script]) != 0:
            return False
        self.run(["sh", "-c", "apt-get clean; rm -rf /var/lib/apt/lists/*"])
        # Which an installer writes, and whatever runs containers.
        (self.folder / "etc/hostname").write_text(f"{enter.HOSTNAME}\n")
        (self.folder / "etc/hosts").write_text(HOSTS)
        self._let_apt_through()
        return True

    def _let_apt_through(self) -> None:
        """How this host reaches a mirror (proxy, certificates, clocks to trust) is no property of a fresh machine."""
        dump = subprocess.run(["apt-config", "dump", "--format", '%f "%v";%n'], capture_output=True, text=True).stdout
        wanted = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
        lines = [line for line in dump.splitlines() if line.startswith(wanted) and not line.endswith(' "";')]
        for scheme in ("http", "https"):
            if proxy := os.environ.get(f"{scheme}_proxy"):
                lines.append(f'Acquire::{scheme}::Proxy "{proxy}";')
        (self.folder / "etc/apt/apt.conf.d/90host").write_text("\n".join([*lines, ""]))

    def run(self, command: list, alone: bool = False) -> tuple:
        """(exit code, what it printed), which goes to the log as well. `alone`: in a network of its own."""
        self._log.write(f"\n$ {' '.join(command)}\n")
        self._log.flush()
        start = self._log.tell()
        code = self._pass_on(self._inside(command, alone))
        with open(self._log.name, errors="replace") as log:
            log.seek(start)
            return code, log.read()

    def _inside(self, command: list, alone: bool) -> list:
        return self._entered(["--net"] if alone else [], ["--loopback"] if alone else [], command)

    def init(self, command: list) -> list:
        """What starts `command` as process 1 of the machine, in the control group of its caller and alone."""
        return self._entered(["--net", "--cgroup"], ["--loopback", "--init"], command)

    def _entered(self, namespaces: list, options: list, command: list) -> list:
        return [*NAMESPACES, *namespaces, sys.executable, str(ENTER), str(self.folder), *options, "--", *command]

    def _pass_on(self, command: list) -> int:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT).returncode
        self._log.seek(0, os.SEEK_END)
        return code
