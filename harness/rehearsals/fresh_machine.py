"""A fresh Debian 12 in which only what the README says is typed, as root or as somebody with sudo.

debootstrap makes the machine below build/rehearsals/; its commands run in namespaces of their own (parts/fresh_root.py), so
that nothing is left on the host. What is typed is read from README.md. The first of its two commands is typed twice: with the
host's network, for the packages, while port 6379 is taken, which it has to say once it has built; then in a network
without the world, where it has to serve. The log stays in build/rehearsals/fresh_machine.log.

It takes root, a gigabyte and a half, and the time of a first build (ten minutes or more) and of a whole ./strata test (over an hour):
  ./strata rehearse fresh_machine --command "./strata test --only unit"      instead of the second command
  ./strata rehearse fresh_machine --user --systemd
  ./strata rehearse fresh_machine --suite noble --mirror http://archive.ubuntu.com/ubuntu --components main,universe --keyring FILE
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
from pathlib import Path

from harness.cli.support import repo
from harness.rehearsals.parts import guide, systemd_boot
from harness.rehearsals.parts.fresh_root import Installation, host_mirror

USER = "learner"
SERVE = """
{run} > /tmp/run.log 2>&1 & server=$!
until redis-cli PING 2> /dev/null; do kill -0 $server || {{ cat /tmp/run.log; exit 9; }}; sleep 0.2; done
redis-cli SET greeting hello && redis-cli GET greeting && redis-cli DBSIZE
kill -TERM $server; wait $server; echo "stopped: $?"; cat /tmp/run.log
"""


def add_arguments(parser) -> None:
    parser.add_argument("--suite", default="bookworm", help="the release to install (bookworm)")
    parser.add_argument("--mirror", default="", help="where from (where this host's apt gets that release, else deb.debian.org)")
    parser.add_argument("--components", default="main", help="of the mirror (main)")
    parser.add_argument("--keyring", default="", help="that has signed the release, where debootstrap does not know it")
    parser.add_argument("--user", action="store_true", help="type it as somebody with sudo instead of root")
    parser.add_argument("--command", action="append", default=[], help="instead of the README's second (repeatable)")
    parser.add_argument("--systemd", action="store_true", help="then install as the operator's guide says, and start the unit")


def readme() -> tuple:
    """(what a bare container needs first, the two commands)"""
    text = (repo.ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"a bare container first needs\s+`([^`]+)`", text)[1]
    return first, guide.commands(text[text.index("## Two commands"):])


class Typist:
    """Types lines into a shell of the machine, in the clone once there is one."""

    def __init__(self, machine: Installation, as_user: bool):
        self._machine, self._as_user, self._folder = machine, as_user, "."

    def type(self, line: str, alone: bool = False) -> tuple:
        line = f"cd {self._folder}; {line}"
        return self._machine.run(["su", "-", USER, "-c", line] if self._as_user else ["sh", "-c", line], alone)

    def move_to(self, folder: str) -> None:
        self._folder = folder


@contextlib.contextmanager
def taken(port: int):
    """Somebody listens on the host's port: whoever has it already, or we."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            listener.listen()
        yield


def tail(output: str, lines: int = 25) -> str:
    return "\n".join(output.splitlines()[-lines:])


def rehearse(report, folder: Path, options) -> None:
    with open(folder.parent / "fresh_machine.log", "w") as log:
        machine = Installation(folder / "root", log)
        if prepare(report, machine, options):
            typed_by(report, machine, options)
    report.note(f"the log: {repo.shown(folder.parent / 'fresh_machine.log')}")


def prepare(report, machine: Installation, options) -> bool:
    mirror = options.mirror or host_mirror(options.suite) or "http://deb.debian.org/debian"
    made = machine.bootstrap(options.suite, mirror, options.keyring, options.components)
    report.expect(made, f"debootstrap installs {options.suite} from {mirror}")
    if not made:
        return False
    bundle = machine.folder / "srv/strata.bundle"
    subprocess.run(["git", "-C", str(repo.ROOT), "bundle", "create", "--quiet", str(bundle), "HEAD"], check=True)
    if options.systemd:  # before all else: a machine has it, a container has not
        report.expect(machine.run(["sh", "-c", "apt-get update && apt-get install -y --no-install-recommends systemd"])[0] == 0,
                      "it has systemd")
    if options.user:
        code, output = machine.run(["sh", "-ec", f"apt-get update; apt-get install -y sudo; useradd -m -s /bin/bash {USER}; "
                                                 f"echo '{USER} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{USER}"])
        report.expect(code == 0, "somebody with sudo lives there" + ("" if code == 0 else "\n" + tail(output)))
    return True


def typed_by(report, machine: Installation, options) -> None:
    first, (run, test) = readme()
    shell = Typist(machine, options.user)

    def expect(line: str, code: int = 0, says: str = "", alone: bool = False) -> str:
        ended, output = shell.type(line, alone)
        good = ended == code and says in output
        what = f"{line.strip().splitlines()[0]!r} ends with {code}" + (f" and says {says!r}" if says else "")
        report.expect(good, what if good else f"{what}, not {ended}:\n{tail(output)}")
        return output

    expect(first.replace("apt-get", "sudo apt-get") if options.user else first)
    expect("git clone --quiet /srv/strata.bundle strata")
    shell.move_to("strata")
    expect("./strata doctor", 1, "apt-get install -y --no-install-recommends g++")
    with taken(6379):
        expect(run, 1, "port 6379 is in use")
    served = expect(SERVE.format(run=run), 0, "stopped: 0", alone=True)
    report.expect("PONG\nOK\nhello\n1\n" in served, "redis-cli, typed in another terminal, sets and gets")
    lines = options.command or [test]
    for line in lines:
        expect(line)
    if any(line.startswith(test) for line in lines):
        expect("./strata doctor", 0, "nothing required is missing")
    expect("git status --porcelain | (! grep .)")
    expect("test ! -e /usr/sbin/policy-rc.d")
    if options.systemd:
        systemd_boot.rehearse(report, machine, f"/home/{USER}/strata" if options.user else "/root/strata")
