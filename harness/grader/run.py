"""Runs a suite against a server: pytest as a child that is watched, started again when it dies, and cleaned up after.

    grader
      |-- reads -- events.jsonl   <- written by pytest_plugin
      `-- pytest (own session)    killed when nothing happens for too long, or when the whole run takes too long
            `-- workers (xdist)
                  `-- servers     in folders below one temporary folder of the run

Every test that was asked for has a result in the end: one that pytest died over has failed, one that was never reached
is "not run" and says why; neither is passed over in silence.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Sequence

from harness.strata_harness.timing import scaled

from .events import NOT_RUN, EventReader, Progress, TestResult
from .processes import die_with_parent, nothing_left_behind
from .stage_config import StageConfig

PATIENCE = 10
"""The whole run may take this many times the stage's limit: with a bad server many a single test waits out its own."""
STALL_SECONDS = 150.0
"""No test is silent for longer, set-up and tear-down included: if nothing happens, pytest itself hangs."""
_RESTARTS = 5
_COLLECT_SECONDS = 60.0


class SuiteError(Exception):
    """The suite itself cannot be run, whatever the server: the text says why."""


@dataclass(frozen=True)
class RunOptions:
    python: str  # an interpreter with pytest, xdist (for jobs > 1) and redis-py
    server: str
    seed: int = 0
    jobs: int = 1
    time_limit: float | None = None  # seconds before scaling; default: PATIENCE times the stage's
    on_result: Callable[[TestResult], None] = lambda result: None
    user: int | None = None  # whom the server runs as, if not as us


def collect(stage: StageConfig, python: str, keyword: str = "") -> list[TestResult]:
    """The suite's tests, not run yet. `keyword` is an expression of pytest's -k. Raises SuiteError."""
    if not stage.suite.is_dir():
        raise SuiteError(f"there is no suite {stage.suite}")
    with _workplace() as place:
        words = ["--collect-only", "-q"] + (["-k", keyword] if keyword else [])
        process, _ = _start(stage, python, place, words)
        try:
            process.wait(scaled(_COLLECT_SECONDS))
        except subprocess.TimeoutExpired:
            raise SuiteError(f"pytest did not list the tests of {stage.suite.name} in time") from None
        finally:
            _end(process)
        progress = Progress()
        for event in EventReader(place / "events.jsonl").new_events():
            progress.take(event)
        if progress.broken:
            raise SuiteError("\n".join(f"{where} cannot be read:\n{text}" for where, text in progress.broken))
        if progress.collected is None:
            raise SuiteError(f"pytest failed:\n{_tail(place / 'pytest.out')}")
        return progress.collected


def run_suite(stage: StageConfig, tests: Sequence[TestResult], options: RunOptions) -> list[TestResult]:
    """A result for each of `tests`, in their order. Raises SuiteError when pytest cannot run at all."""
    limit = scaled(options.time_limit or PATIENCE * stage.time_limit_seconds)
    deadline = time.monotonic() + limit
    results: dict[str, TestResult] = {}
    goals = {test.id: test.goal for test in tests}
    for _ in range(_RESTARTS + 1):
        left = [test.id for test in tests if test.id not in results]
        if not left:
            break
        with _workplace() as place, nothing_left_behind():
            verdict = _run_once(stage, left, options, place, deadline, results)
        if verdict == "deadline":
            break
    final = []
    for test in tests:
        result = results.get(test.id)
        if result is None:
            result = TestResult(test.id)
            why = f"the whole run reached its time limit of {limit:.0f} s" if time.monotonic() >= deadline \
                else f"pytest itself ended {_RESTARTS + 1} times"
            result.fail("not run", f"This test was not reached: {why}.", NOT_RUN)
        result.goal = result.goal or goals[test.id]
        final.append(result)
    return final


def _run_once(stage: StageConfig, tests: list[str], options: RunOptions, place: Path, deadline: float,
              results: dict[str, TestResult]) -> str:
    """One pytest over `tests`; adds to `results`. Returns "ended", "died", "stalled" or "deadline"."""
    (place / "tests.json").write_text(json.dumps(tests))
    words = ["--grade-tests", str(place / "tests.json"), "--server", options.server, "--seed", str(options.seed)]
    if options.jobs > 1:
        words += ["-p", "xdist.plugin", "-n", str(options.jobs), "--max-worker-restart", "1000"]
    if options.user is not None:
        words += ["--grade-user", str(options.user)]
    process, events = _start(stage, options.python, place, words)
    progress = Progress()
    reader = EventReader(events)
    last_event = time.monotonic()

    def read() -> None:
        nonlocal last_event
        for event in reader.new_events():
            last_event = time.monotonic()
            finished = progress.take(event)
            if finished is not None:
                finished.runs, finished.passes = 1, int(finished.outcome == "passed")
                results[finished.id] = finished
                options.on_result(finished)

    verdict = "ended"
    try:
        while process.poll() is None:
            read()
            if time.monotonic() >= deadline:
                verdict = "deadline"
                break
            if time.monotonic() - last_event > scaled(STALL_SECONDS):
                verdict = "stalled"
                break
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
    finally:
        _end(process)
    read()
    if verdict == "ended" and not progress.ended:
        verdict = "died"
    if progress.ended and not progress.results:
        raise SuiteError(f"pytest ran nothing:\n{_tail(place / 'pytest.out')}")
    if verdict == "died" and not progress.running and not progress.results:
        raise SuiteError(f"pytest did not come to its first test:\n{_tail(place / 'pytest.out')}")
    for test_id in progress.running:
        result = progress.results.get(test_id) or TestResult(test_id)
        result.runs = 1
        if verdict == "deadline":
            result.fail("hang", "The time limit of the whole run was reached while this test was running.")
        elif verdict == "stalled":
            result.fail("hang", f"Nothing happened for {scaled(STALL_SECONDS):.0f} s while this test was running.")
        else:
            result.fail("other", "The test process itself died while this test was running: "
                        f"{_how_it_ended(process.returncode)}.", notes=_tail(place / "pytest.out", 8).splitlines())
        results[test_id] = result
        options.on_result(result)
    return verdict


def _how_it_ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder for one pytest: its events, its output, and everything temporary that it and its servers make."""
    # Short, since the path of a unix socket has room for some 100 bytes, and CLIENT INFO shows but 60 of them.
    short = "/tmp" if os.access("/tmp", os.W_OK) else None
    place = Path(tempfile.mkdtemp(prefix="grade-", dir=short))
    try:
        place.chmod(0o711)  # a server that runs as another user finds its folder in here, and nothing else
        (place / "t").mkdir(mode=0o711)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _start(stage: StageConfig, python: str, place: Path, words: Sequence[str]) -> tuple[subprocess.Popen, Path]:
    root = stage.folder.parents[1]
    suite = stage.suite.relative_to(root).as_posix()
    events = place / "events.jsonl"
    command = [python, "-m", "pytest", suite, "-q", "--tb=no", "--no-header", "--basetemp", str(place / "p"),
               "-p", "harness.grader.pytest_plugin", "--grade-events", str(events), "--grade-suite", suite, *words]
    environment = {**os.environ, "TMPDIR": str(place / "t"),
                   "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # what else is installed must not change a grade
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    with open(place / "pytest.out", "ab") as out:
        process = subprocess.Popen(command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   start_new_session=True, preexec_fn=die_with_parent)
    return process, events


def _end(process: subprocess.Popen) -> None:
    """Kills pytest with its workers; their servers die with them."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _tail(path: Path, lines: int = 30) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
