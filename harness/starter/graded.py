"""Has ./strata grade judge a server, as a learner would, and reads its report."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.cli.support import interpreter
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, say
from harness.grader.events import PASSED
from harness.grader.stage_config import StageConfig

_REPEATED = 3  # failures at most


def grade(stage: StageConfig, server: Path, *words: str, time_scale: float = 1.0) -> dict:
    """The stage's part of the JSON report. `words` are further options; `time_scale` multiplies TIMEOUT_SCALE. Raises
    Stop when the grader itself could not run."""
    command = [interpreter.find_or_make(), str(ROOT / "strata"), "grade", str(stage.number), "--server", str(server),
               "--report", "json", *words]
    with stretched(time_scale) as scale:
        say(f"$ TIMEOUT_SCALE={scale:g} {' '.join(command[1:])}")
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        return json.loads(answer.stdout)["stages"][0]
    except json.JSONDecodeError:
        raise Stop(f"the grader could not run on stage {stage.number} (exit code {answer.returncode})") from None


def failing(stage: StageConfig, server: Path, tests: list[dict]) -> list[dict]:
    """Those of `tests` (of a report) that have failed; where they are few, once more by themselves. A test that depends on how busy
    the machine is tells nothing about a starter; `./strata test` names it where it runs the suites."""
    failed = [test for test in tests if test["outcome"] != PASSED]
    if len(failed) > _REPEATED:
        return failed
    return [test for test in failed if not grade(stage, server, "-k", test["id"])["full"]]


@contextmanager
def stretched(factor: float) -> Iterator[float]:
    """TIMEOUT_SCALE times `factor` meanwhile; gives the product."""
    before = os.environ.get("TIMEOUT_SCALE")
    scale = float(before or "1") * factor
    os.environ["TIMEOUT_SCALE"] = str(scale)
    try:
        yield scale
    finally:
        if before is None:
            del os.environ["TIMEOUT_SCALE"]
        else:
            os.environ["TIMEOUT_SCALE"] = before
