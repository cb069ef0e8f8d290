"""The report for programs. Its fields are described in harness/grader/README.md; they are added to, never changed."""

from __future__ import annotations

import json
from typing import Any, Sequence

from ..events import PASSED, TestResult
from ..score import StageScore, TaskScore
from .text import grade_line, hint_line

SCHEMA = "strata-grade/1"


def render(scores: Sequence[StageScore]) -> str:
    earned, possible = sum(score.earned for score in scores), sum(score.possible for score in scores)
    return json.dumps({
        "schema": SCHEMA, "earned": float(earned), "possible": float(possible),
        "full": bool(scores) and all(score.full for score in scores), "stages": [_stage(score) for score in scores],
    }, indent=1) + "\n"


def _stage(score: StageScore) -> dict[str, Any]:
    return {
        "number": score.stage.number, "name": score.stage.name, "title": score.stage.title, "server": score.server,
        "seed": score.seed, "selection": score.selection, "repeat": score.repeat, "problem": score.problem,
        "seconds": round(score.seconds, 3), "earned": float(score.earned), "possible": float(score.possible),
        "full": score.full, "tasks": [_task(task) for task in score.tasks],
        "tests": [_test(score, task, result) for task in score.tasks for result in task.results],
    }


def _task(task: TaskScore) -> dict[str, Any]:
    return {"id": task.task.id, "title": task.task.title, "file": task.task.file, "earned": float(task.earned),
            "possible": float(task.possible), "passed": task.passed, "tests": len(task.results), "full": task.full}


def _test(score: StageScore, task: TaskScore, result: TestResult) -> dict[str, Any]:
    passed = result.outcome == PASSED
    test: dict[str, Any] = {
        "id": result.id, "task": task.task.id, "goal": result.goal, "outcome": result.outcome,
        "earned": float(task.share) if passed else 0.0, "possible": float(task.share),
        "seconds": round(result.seconds, 3), "runs": result.runs, "passes": result.passes, "failure": None}
    if not passed:
        test["failure"] = {**result.failure, "hint": hint_line(task.task), "again": grade_line(score, result)}
    return test
