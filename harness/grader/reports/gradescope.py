"""Gradescope's results.json: one entry for each task, whose output explains what its tests found.

Gradescope adds up the entries' scores; an entry for each test would be some hundreds a stage.
"""

from __future__ import annotations

import json
from typing import Any, Sequence

from ..score import StageScore, TaskScore
from .text import clean, failure_lines, headline

_IN_FULL = 3
_LONGEST = 20000  # characters of one entry's output


def render(scores: Sequence[StageScore]) -> str:
    return json.dumps({
        "output": "\n".join(clean(line) for score in scores for line in _heading(score)), "output_format": "text",
        "execution_time": round(sum(score.seconds for score in scores), 1),
        "visibility": "visible", "stdout_visibility": "hidden",
        "tests": [_entry(score, task) for score in scores for task in score.tasks],
    }, indent=1) + "\n"


def _heading(score: StageScore) -> list[str]:
    lines = [f"Stage {score.stage.number}: {score.stage.title}"]
    return lines + (["Nothing was run.", score.problem] if score.problem else [])


def _entry(score: StageScore, task: TaskScore) -> dict[str, Any]:
    return {
        "number": task.task.id, "name": task.task.title, "score": _number(float(task.earned), float(task.possible)),
        "max_score": round(float(task.possible), 4), "status": "passed" if task.full else "failed",
        "output": _output(score, task), "output_format": "text", "visibility": "visible"}


def _number(earned: float, possible: float) -> float:
    """Four decimals, rounded down, except that a full score is exactly the maximum."""
    return round(possible, 4) if earned == possible else int(earned * 10000) / 10000


def _output(score: StageScore, task: TaskScore) -> str:
    lines = [f"{task.passed} of {len(task.results)} tests passed."]
    if not score.problem:
        for result in task.failures[:_IN_FULL]:
            lines += ["", f"-- {clean(result.id)}", *(f"   {line}" for line in failure_lines(score, task.task, result))]
        if rest := task.failures[_IN_FULL:]:
            lines += ["", "also not passed:", *(f"   {clean(result.id)}: {headline(result)}" for result in rest)]
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "\n... (cut)"
