"""Does a suite catch a mutant? The tests of the mutant's task first, then the rest of its stage, up to the first failure.

    CAUGHT      a test of the stage failed, and passes on the unchanged server
    SURVIVED    every test passed: the suite lacks one
    BROKEN      the patch does not fit, the mutant does not compile, or it was caught by what proves nothing
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Iterable, Sequence

from harness.cli.support.steps import Stop
from harness.grader.events import PASSED, TestResult
from harness.grader.run import RunOptions, collect, run_suite
from harness.grader.stage_config import StageConfig, Task, assign
from harness.mutants.patches import Mutant, PatchError
from harness.mutants.workplace import Workplace

CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"


@dataclass(frozen=True)
class Suite:
    """A stage with its tests, collected once."""

    stage: StageConfig
    tests: tuple[TestResult, ...]
    owner: dict[str, Task]


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    state: str
    seconds: float = 0.0
    test: str = ""  # the one that caught it
    task: str = ""  # whose test that is
    message: str = ""  # what the test says, or why the mutant is broken


@dataclass(frozen=True)
class Options:
    python: str  # an interpreter with pytest
    build_jobs: int = 1
    test_jobs: int = 1
    earlier: bool = False  # the suites of earlier stages must pass on the mutant


def suite_of(stage: StageConfig, python: str) -> Suite:
    """Raises SuiteError or StageConfigError."""
    tests = collect(stage, python)
    return Suite(stage, tuple(tests), assign(stage, [test.id for test in tests]))


def run(mutant: Mutant, suites: dict[int, Suite], workplace: Workplace, options: Options) -> Verdict:
    begin = time.monotonic()
    suite = suites[mutant.stage]
    try:
        server = workplace.build(mutant, suite.stage.target, options.build_jobs)
        verdict = _judge(mutant, suite, server, options)
        if options.earlier:
            for number in range(1, mutant.stage):
                if failed := _first_failure(suites[number], suites[number].tests, server, options):
                    message = f"a test of stage {number} fails, too: {failed.id}"
                    verdict = replace(verdict, state=BROKEN, message=message)
    except (PatchError, Stop) as error:
        verdict = Verdict(mutant, BROKEN, message=str(error))
    return replace(verdict, seconds=time.monotonic() - begin)


def doubted(verdicts: Iterable[Verdict], suite: Suite, server: Path, options: Options) -> list[Verdict]:
    """The verdicts on mutants of a stage, corrected: a test that fails on the unchanged server, too, caught nothing."""
    verdicts = list(verdicts)
    names = {verdict.test for verdict in verdicts if verdict.state == CAUGHT}
    used = [test for test in suite.tests if test.id in names]
    results = run_suite(suite.stage, used, RunOptions(options.python, str(server))) if used else []
    guilty = {result.id for result in results if result.outcome != PASSED}
    why = "the test fails on the unchanged server, too"
    return [replace(verdict, state=BROKEN, message=why) if verdict.test in guilty else verdict for verdict in verdicts]


def _judge(mutant: Mutant, suite: Suite, server: Path, options: Options) -> Verdict:
    own = [test for test in suite.tests if suite.owner[test.id].id == mutant.task]
    others = [test for test in suite.tests if suite.owner[test.id].id != mutant.task]
    for tests in (own, others):
        if failed := _first_failure(suite, tests, server, options):
            return Verdict(mutant, CAUGHT, test=failed.id, task=suite.owner[failed.id].id,
                           message=_message(failed.failure))
    return Verdict(mutant, SURVIVED)


def _message(failure: dict) -> str:
    """What a learner would read first."""
    lines = [failure["headline"]]
    if failure.get("expected") or failure.get("got"):
        lines.append(f"expected {failure['expected']}, got {failure['got']}")
    return "\n".join([*lines, *failure.get("notes", [])][:2])


class _Failed(Exception):
    def __init__(self, result: TestResult) -> None:
        super().__init__(result.id)
        self.result = result


def _first_failure(suite: Suite, tests: Sequence[TestResult], server: Path, options: Options) -> TestResult | None:
    def stop_at_failure(result: TestResult) -> None:
        if result.outcome != PASSED:
            raise _Failed(result)

    run_options = RunOptions(options.python, str(server), jobs=options.test_jobs, on_result=stop_at_failure)
    try:
        results = run_suite(suite.stage, tests, run_options)
    except _Failed as failed:
        return failed.result
    return next((result for result in results if result.outcome != PASSED), None)
