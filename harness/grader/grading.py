"""Grades one server on one stage: which tests, can the server be graded, run them, score them."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Callable, Sequence

from .events import NOT_RUN, PASSED, TestResult
from .preflight import absolute_command, problem_of
from .processes import nothing_left_behind
from .run import RunOptions, SuiteError, collect, run_suite
from .score import StageScore, merge, score
from .stage_config import StageConfig, Task, assign, match_rank

_TASK_IDS = re.compile(r"\d+\.\d+(?: or \d+\.\d+)*")


@dataclass(frozen=True)
class Options:
    python: str
    seed: int = 0
    jobs: int = 1
    select: str = ""
    sample: int = 0  # this many tests of each task, chosen by the seed; 0: all
    repeat: int = 1
    time_limit: float | None = None  # seconds


def grade(stage: StageConfig, command: str, options: Options, server_given: bool = True,
          on_result: Callable[[int, int, int], None] | None = None, user: int | None = None) -> StageScore:
    """`on_result(done, total, failed)` is called after each test; `user` is whom the server runs as.

    Raises StageConfigError and SuiteError for what is wrong on our side; what is wrong with the server becomes part of
    the score.
    """
    command = absolute_command(command, Path.cwd())
    tests = collect(stage, options.python)
    owner = assign(stage, [test.id for test in tests])
    chosen = _select(stage, options, tests, owner)
    facts = {"server": command, "server_given": server_given, "seed": options.seed, "repeat": options.repeat,
             "selection": _selection(options, chosen, owner)}
    begin = time.monotonic()
    with nothing_left_behind():
        problem = problem_of(command)
    if problem:
        return _without_points(stage, owner, chosen, problem, facts)

    total = len(chosen) * options.repeat
    counts = {"done": 0, "failed": 0}

    def count(result: TestResult) -> None:
        counts["done"] += 1
        counts["failed"] += result.outcome != PASSED
        if on_result:
            on_result(counts["done"], total, counts["failed"])

    run_options = RunOptions(options.python, command, options.seed, options.jobs, options.time_limit, count, user)
    rounds = [run_suite(stage, chosen, run_options) for _ in range(options.repeat)]
    return score(stage, owner, merge(rounds), seconds=time.monotonic() - begin, **facts)


def not_graded(stage: StageConfig, server: str, options: Options, problem: str) -> StageScore:
    """The score of a server that there is not, because of `problem`."""
    tests = collect(stage, options.python)
    owner = assign(stage, [test.id for test in tests])
    chosen = _select(stage, options, tests, owner)
    return _without_points(stage, owner, chosen, problem,
                           {"server": server, "server_given": False, "seed": options.seed,
                            "selection": _selection(options, chosen, owner)})


def _without_points(stage: StageConfig, owner: dict[str, Task], tests: Sequence[TestResult], problem: str,
                    facts: dict[str, object]) -> StageScore:
    for test in tests:
        test.fail("start", problem.splitlines()[0], NOT_RUN)
    return score(stage, owner, tests, problem=problem, **facts)


def _select(stage: StageConfig, options: Options, tests: Sequence[TestResult],
            owner: dict[str, Task]) -> list[TestResult]:
    """By task ids ("3.1 or 3.2"), by test id or pattern, or by an expression of pytest's -k; then a sample of those."""
    select = options.select
    if not select:
        chosen = list(tests)
    elif _TASK_IDS.fullmatch(select):
        chosen = [test for test in tests if owner[test.id].id in select.split(" or ")]
    elif "::" in select:
        chosen = [test for test in tests if test.id == select]
        chosen = chosen or [test for test in tests if match_rank(select, test.id) is not None]
    else:
        names = {test.id for test in collect(stage, options.python, select)}
        chosen = [test for test in tests if test.id in names]
    if not chosen:
        raise SuiteError(f"-k {select} matches no test of stage {stage.number}")
    return _sample(chosen, owner, options) if options.sample else chosen


def _sample(tests: Sequence[TestResult], owner: dict[str, Task], options: Options) -> list[TestResult]:
    """Of each task the same tests for the same seed, in their order. Cases of one function come last: they are alike."""
    chance = random.Random(options.seed)
    by_task: dict[str, list[str]] = {}
    for test in tests:
        by_task.setdefault(owner[test.id].id, []).append(test.id)
    picked: set[str] = set()
    for names in by_task.values():
        seen: Counter[str] = Counter()
        turns = []
        for name in chance.sample(names, len(names)):
            function = name.partition("[")[0]
            turns.append((seen[function], name))
            seen[function] += 1
        turns.sort(key=itemgetter(0))
        picked.update(name for _, name in turns[:options.sample])
    return [test for test in tests if test.id in picked]


def _selection(options: Options, chosen: Sequence[TestResult], owner: dict[str, Task]) -> str:
    """What was asked for, in words; empty for all tests."""
    if not options.sample:
        return options.select
    sample = f"a sample of {len(chosen)} of {len(owner)} tests"
    return f"{options.select}, {sample}" if options.select else sample
