"""What the grader's tests share: a stage that does not depend on the course's own, and servers to grade on it."""

import re
import shlex
import sys
from pathlib import Path

from harness.grader.events import TestResult
from harness.grader.stage_config import ROOT, StageConfig, Task

SERVERS = ROOT / "harness" / "broken_servers"


def server_command(name):
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(SERVERS / (name + '.py')))}"


def task(number, tests=("test_a.py",), points=10.0):
    return Task(id=f"1.{number}", title=f"Task {number}", file="a.cpp", points=points, tests=tuple(tests),
                hints=("one", "two", "three"), chapter="x")


def stage(*tasks, root=ROOT):
    """A stage of this repository's suites, without a stage.toml."""
    return StageConfig(number=1, name="resp_server", title="A sample", time_limit_seconds=60, chapter="docs/en/01.md",
                       tasks=tuple(tasks), folder=root / "stages" / "01_resp_server")


def results(*ids):
    return [TestResult(test_id, goal=f"goal of {test_id}") for test_id in ids]


def normalised(text):
    """Without what differs between two runs on two machines."""
    for pattern, replacement in [
        (re.escape(server_command("")[:-3]), "SERVERS/"), (re.escape(str(ROOT)), "ROOT"),
        (re.escape(sys.executable), "PYTHON"), (r"/tmp/[\w./-]+", "TMP"),
        (r"\bport \d+", "port PORT"), (r"\bpid \d+", "pid PID"), (r"\b\d+\.\d+ s\b", "T s"),
        (r"(test_\w+\.py):\d+", r"\1:LINE"), ("connection reset by the server", "closed by the server"),
        (r"\(\d{6,} bytes\)", "(MANY bytes)"), (r"a{40,}", "aaa..."),
    ]:
        text = re.sub(pattern, replacement, text)
    return text


def matches_file(path: Path, text: str, update: bool) -> None:
    """Compares with a stored text; UPDATE_SNAPSHOTS=1 in the environment stores it."""
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    stored = path.read_text(encoding="utf-8")
    assert text == stored, f"{path.name} differs: UPDATE_SNAPSHOTS=1 stores the new text; then read the diff"
