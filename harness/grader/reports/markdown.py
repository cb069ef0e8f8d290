"""Markdown, for a pull request's comment or a job's summary: a table of tasks, and failures that unfold."""

from __future__ import annotations

import html
from typing import Sequence

from ..score import StageScore, TaskScore, shown
from .text import clean, failure_lines, headline

_IN_FULL = 20
"""Failures shown in full in all; job summaries and comments have a size limit."""


def render(scores: Sequence[StageScore]) -> str:
    left = _IN_FULL
    lines: list[str] = []
    for score in scores:
        lines += _table(score)
        failures = [(task, result) for task in score.tasks for result in task.failures]
        if score.problem:
            lines += ["Nothing was run:", "", *_fenced(clean(score.problem).splitlines()), ""]
            continue
        for task, result in failures[:left]:
            lines += ["<details>", f"<summary><b>{task.task.id}</b> {html.escape(clean(result.id))}: "
                      f"{html.escape(headline(result))}</summary>", "",
                      *_fenced(failure_lines(score, task.task, result)), "", "</details>", ""]
        if rest := failures[left:]:
            lines += ["| task | also not passed |", "|---|---|"]
            lines += [f"| {task.task.id} | {_cell(result.id)} |" for task, result in rest] + [""]
        left = max(0, left - len(failures))
    return "\n".join(lines)


def _table(score: StageScore) -> list[str]:
    only = f" (only `{_cell(score.selection)}`)" if score.selection else ""
    return [f"## Stage {score.stage.number}: {score.stage.title}", "",
            f"**{shown(score.earned)} of {shown(score.possible)} points**{only}", "",
            "| task | | points | tests |", "|---|---|---:|---:|", *(_row(task) for task in score.tasks), ""]


def _row(task: TaskScore) -> str:
    mark = "\u2705" if task.full else "\u274c"
    return (f"| {task.task.id} {_cell(task.task.title)} | {mark} | {shown(task.earned)} / {shown(task.possible)} "
            f"| {task.passed} / {len(task.results)} |")


def _cell(text: str) -> str:
    return clean(html.escape(text, quote=False)).replace("|", "\\|").replace("\n", " ")


def _fenced(lines: Sequence[str]) -> list[str]:
    """A fence longer than any row of backquotes in the text."""
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return [fence + "text", *lines, fence]
