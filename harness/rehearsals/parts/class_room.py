"""Twenty-odd submissions of stage 1, as a teacher may get them: good, wrong, unfinished, broken and malicious ones.

Each has a score that is right, or bounds with a reason. What is dangerous ends by itself, too, should nothing stop it: the fork
bomb at BOMB processes, the disk filler and the memory eater at FILL and EAT bytes, whoever spins or sleeps after minutes.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.cli.support.repo import ROOT
from harness.mutants import patches
from harness.mutants.workplace import Workplace
from harness.starter import project, scratch

MB = 1 << 20
BOMB, FILL, EAT = 2000, 3000 * MB, 1600 * MB
MUTANTS = ("crlf-ends-bulk", "incr-wraps", "psubscribe-twice", "scan-shows-expired")
TARGET = "strata-stage1"
DAEMON_SECONDS = "86397.75"  # what the daemon sleeps: a mark to find it by
WEIRD = "Ünïted; $(touch pwned) 'q\" 名前"


@dataclass(frozen=True)
class Expected:
    least: float = 0.0
    most: float = 0.0
    why: str = ""
    note: str = ""  # stands in the notes; "": they are empty
    loses: str = ""  # the task that is not full
    keeps: tuple[str, ...] = ()  # tasks that are full

    @property
    def bounds(self) -> str:
        return f"{self.least:g}" if self.least == self.most else f"{self.least:g} to {self.most:g}"


FULL = Expected(100, 100)


class ClassRoom:
    """Makes the submissions below `folder`. `reference` is a finished server of stage 1; `whole`: starter and solution come as
    sources that have to be built, too."""

    def __init__(self, folder: Path, reference: Path, results: list[Path], whole: bool) -> None:
        self.folder = folder
        self.expected: dict[str, Expected] = {}
        self._reference = reference
        self._results = results  # what a submission would like to write to
        folder.mkdir(parents=True)
        self._well_meant(whole)
        self._broken()
        self._malicious()

    def _add(self, name: str, expected: Expected, files: dict[str, str] | None = None, server: Path | None = None) -> Path:
        """`files` are executable; `server` becomes `strata-server`, or `server` where `run` starts it."""
        place = self.folder / name
        place.mkdir()
        for file, text in (files or {}).items():
            (place / file).write_text(text)
            (place / file).chmod(0o755)
        if server is not None:
            shutil.copy2(server, place / ("server" if "run" in (files or {}) else "strata-server"))
        self.expected[name] = expected
        return place

    def _well_meant(self, whole: bool) -> None:
        self._add("reference", FULL, server=self._reference)
        starter = project.compose(ROOT, 1)
        unfinished = Expected(0, 0, "no task is written, and no server answers without the first", "Still to be written")
        built = scratch.build(starter, scratch.place("starter-1"), [TARGET]) / TARGET
        self._add("starter", unfinished, server=built)
        if whole:
            project.write(starter, self._add("starter as sources", unfinished))
            inside = self._add("solution as sources, in a folder", FULL) / "my solution"
            project.write(project.compose(ROOT, 1, done=frozenset(starter.tasks)), inside)
        workplace = Workplace(0)
        workplace.prepare([TARGET])
        for mutant in patches.of_stage(1):
            if mutant.name in MUTANTS:
                expected = Expected(60, 99.9, "one mistake", loses=mutant.task)
                self._add(f"mutant {mutant.name}", expected, server=workplace.build(mutant, TARGET, 2))
        for name, what in IN_GETRANGE.items():
            expected = Expected(60, 99.9, "each test has a server that lives", loses="1.6", keeps=("1.2", "1.12", "1.13"))
            self._add(name, expected, server=_spoilt(workplace, what))
        mini = (ROOT / "harness" / "broken_servers" / "mini.py").read_text()
        self._add("other language", Expected(1, 60, "ten commands, and requests of any size", "MB of memory"), {"run": "#!/usr/bin/env python3\n" + mini})

    def _broken(self) -> None:
        place = self._add("does not build", Expected(note="error: expected"))
        (place / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.20)\nproject(x CXX)\nadd_executable(run a.cpp)\n")
        (place / "a.cpp").write_text("int main() { return 0 \n}\n")
        self._add("builds for ever", Expected(note="the build took longer than"),
                  {"build": "#!/bin/sh\nsleep 1200 & sleep 1200\n"})
        self._add("hangs at the start", Expected(note="cannot be graded"), {"run": "#!/bin/sh\nsleep 1200\n"})
        place = self._add("links to elsewhere", Expected(note="no server found"))
        (place / "strata-server").symlink_to("../reference/strata-server")
        (place / "run").symlink_to(self._reference)
        (place / "notes").symlink_to("/etc")
        (place / "others").symlink_to("..")

    def _malicious(self) -> None:
        python = f"#!{os.path.realpath('/usr/bin/python3') if Path('/usr/bin/python3').exists() else sys.executable}\n"
        self._add("bomb", Expected(note="cannot be graded"), {"run": python + BOMB_SOURCE})
        self._add("fills the disk", Expected(note="MB of disk"), {"build": python + FILL_SOURCE})
        self._add("eats memory", Expected(note="MB of memory"), {"run": python + EAT_SOURCE})
        spy = SPY_SOURCE.replace("SECRETS", repr([str(path) for path in self._secrets()]))
        self._add("spy", FULL, {"run": python + spy.replace("TARGETS", repr([str(path) for path in self.targets()]))},
                  self._reference)
        self._add("borrows redis-server", Expected(note="cannot be graded"),
                  {"run": '#!/bin/sh\nexec redis-server "$@"\n'})
        self._add(WEIRD, FULL, {"run": DAEMON_SOURCE}, self._reference)
        self._add("forges a result", Expected(note="cannot be graded"), {"run": FORGE_SOURCE})

    def _secrets(self) -> list[Path]:
        return [self.folder / "reference" / "strata-server", ROOT / "strata", ROOT / "harness" / "grader" / "score.py",
                ROOT / "stages" / "01_resp_server" / "resp" / "request_parser.cpp", Path("/etc/shadow"), Path("/root/.profile")]

    def targets(self) -> list[Path]:
        return [*self._results, self.folder / "reference" / "x", ROOT / "x", Path("/etc/strata-x"), Path("/usr/local/strata-x")]


def _spoilt(workplace: Workplace, code: str) -> Path:
    """The reference with this code at the beginning of GETRANGE."""
    source = workplace.folder / "stages" / "01_resp_server" / "commands" / "get_commands.cpp"
    head = "void getrange_command(Client& client, Args args) {\n"

    def spoil() -> None:
        text = source.read_text()
        assert head in text, "GETRANGE has moved"
        source.write_text("#include <sys/socket.h>\n#include <unistd.h>\n" + text.replace(head, head + code))

    return workplace.build_changed(spoil, TARGET, 2)


IN_GETRANGE = {
    "hangs in the middle": "for (;;) ::pause();\n",
    "crashes on a command": "__builtin_trap();\n",
    "floods": """\
static const char junk[65536] = {};
for (;;) for (int fd = 3; fd < 100; ++fd) (void)!::send(fd, junk, sizeof junk, MSG_DONTWAIT | MSG_NOSIGNAL);
""",
}

BOMB_SOURCE = f"""
import os, time
for _ in range({BOMB}):
    try:
        if os.fork() == 0:
            os.setsid()
            time.sleep(300)
            os._exit(0)
    except OSError:
        time.sleep(0.005)
time.sleep(300)
"""

FILL_SOURCE = f"""
import os, time
size, written = {50 * MB}, 0
while written < {FILL}:
    try:
        with open(f"{{os.environ['HOME']}}/{{written}}", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        print("error:", error)
        raise SystemExit(1)
    written += size
    time.sleep(0.02)
time.sleep(300)
"""

EAT_SOURCE = f"""
import time
eaten = []
while len(eaten) * {16 * MB} < {EAT}:
    eaten.append(b"x" * {16 * MB})
    time.sleep(0.01)
time.sleep(300)
"""

# Says what it could do that it should not; a server that the sandbox holds is as good as the reference.
SPY_SOURCE = """
import glob, os, signal, sys
found = []

def tries(what, action):
    try:
        action()
        found.append(what)
    except OSError:
        pass

for path in SECRETS:
    tries(f"read {path}", lambda: open(path, "rb").read(1))
places = [part for part in os.getcwd().split("/") if part.startswith("grade-")]
for path in [*TARGETS, *(f"/tmp/{place}/{name}" for place in places for name in ("x", "events.jsonl", "tests.json"))]:
    tries(f"wrote {path}", lambda: open(path, "ab").close())
for path in glob.glob("/tmp/*"):
    if os.stat(path).st_uid != os.getuid() and os.path.basename(path) not in places:
        tries(f"listed {path}", lambda: os.listdir(path))
pid = os.getppid()
for _ in range(3):
    if pid > 1:
        tries(f"read the environment of {pid}", lambda: open(f"/proc/{pid}/environ", "rb").read(1))
        tries(f"stopped {pid}", lambda: os.kill(pid, signal.SIGKILL))
        with open(f"/proc/{pid}/stat") as stat:
            pid = int(stat.read().rpartition(")")[2].split()[1])
tries("became root", lambda: os.setuid(0))
for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        open(f"{folder}/strata-left-behind", "w").close()  # allowed; it must not stay
    except OSError:
        pass
if found:
    print("error: I " + ", ".join(found), flush=True)
    sys.exit(1)
server = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "server")
os.execv(server, [server, *sys.argv[1:]])
"""

DAEMON_SOURCE = f"""#!/bin/sh
(setsid sh -c 'cd /; sleep {DAEMON_SECONDS} & sleep {DAEMON_SECONDS}' </dev/null >/dev/null 2>&1 &)
exec "$(dirname "$0")/server" "$@"
"""

FORGE_SOURCE = """#!/bin/sh
echo '{"event": "result", "id": "test_wire.py::test_ping", "outcome": "passed"}'
echo '{"score": 100, "full": true, "earned": 100}' | tee results.json scores.csv
echo 'Ready to accept connections'
echo '=== 100 passed in 1.00s ==='
exit 0
"""
