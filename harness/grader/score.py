"""From results to points.

A task's points are split evenly over its tests, and each passed test earns its share: 10 points and 4 tests are 2.5
points a test. Sums are exact fractions; only what is shown is rounded, and always down, so that nothing but a full
score looks like one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Sequence

from .events import PASSED, TestResult
from .stage_config import StageConfig, Task


def shown(points: Fraction | float) -> str:
    """With one decimal, rounded down."""
    return f"{math.floor(Fraction(points) * 10) / 10:.1f}"


@dataclass
class TaskScore:
    task: Task
    share: Fraction  # what one test is worth
    results: list[TestResult] = field(default_factory=list)

    @property
    def passed(self) -> int:
        return sum(result.outcome == PASSED for result in self.results)

    @property
    def earned(self) -> Fraction:
        return self.share * self.passed

    @property
    def possible(self) -> Fraction:
        return self.share * len(self.results)

    @property
    def full(self) -> bool:
        return self.passed == len(self.results)

    @property
    def failures(self) -> list[TestResult]:
        return [result for result in self.results if result.outcome != PASSED]


@dataclass
class StageScore:
    """One graded stage. `problem` says why nothing was run, if so. With a selection of tests only those count."""

    stage: StageConfig
    server: str
    seed: int
    tasks: list[TaskScore]
    server_given: bool = True  # False for the stage's own binary
    problem: str = ""
    selection: str = ""
    seconds: float = 0.0
    repeat: int = 1

    @property
    def earned(self) -> Fraction:
        return sum((task.earned for task in self.tasks), Fraction())

    @property
    def possible(self) -> Fraction:
        return sum((task.possible for task in self.tasks), Fraction())

    @property
    def full(self) -> bool:
        return bool(self.tasks) and not self.problem and all(task.full for task in self.tasks)

    @property
    def results(self) -> list[TestResult]:
        return [result for task in self.tasks for result in task.results]


def score(stage: StageConfig, owner: dict[str, Task], results: Sequence[TestResult], **facts: object) -> StageScore:
    """`owner` maps every test of the suite to its task, so that a share does not depend on which tests were run."""
    count: dict[str, int] = {}
    for task in owner.values():
        count[task.id] = count.get(task.id, 0) + 1
    tasks = {task.id: TaskScore(task, Fraction(task.points) / count[task.id])
             for task in stage.tasks if task.id in count}
    for result in results:
        tasks[owner[result.id].id].results.append(result)
    return StageScore(stage=stage, tasks=[task for task in tasks.values() if task.results], **facts)  # type: ignore


def merge(rounds: Sequence[Sequence[TestResult]]) -> list[TestResult]:
    """Several runs of the same tests as one: passed is what passed each time; the first failure is kept."""
    merged = []
    for same in zip(*rounds):
        total = next((result for result in same if result.outcome != PASSED), same[0])
        total.seconds = sum(result.seconds for result in same)
        total.runs = len(same)
        total.passes = sum(result.outcome == PASSED for result in same)
        merged.append(total)
    return merged
