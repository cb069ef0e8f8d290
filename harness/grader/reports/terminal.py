"""The report for people. Plain text; on a terminal with the rich package it gets colours and nothing else changes."""

from __future__ import annotations

import sys
from typing import Sequence

from ..events import TestResult
from ..score import StageScore, TaskScore, shown
from .text import clean, failure_lines, headline

IN_FULL = 2
"""Failures of one task that are shown in full; of the others only the headline."""
_BAR = 20


def render(scores: Sequence[StageScore], in_full: int = IN_FULL) -> str:
    return "\n".join(line for score in scores for line in _stage(score, in_full)) + "\n" + _grand_total(scores)


def show(scores: Sequence[StageScore], in_full: int = IN_FULL) -> None:
    """On standard output, in colour where that is possible."""
    text = render(scores, in_full)
    if sys.stdout.isatty():
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            pass
        else:
            console = Console(highlight=False, soft_wrap=True)
            for line in text.splitlines():
                console.print(Text(line, style=_style(line)))
            return
    print(text, end="", flush=True)


def _style(line: str) -> str:
    words = line.split()
    if line.startswith("Stage ") or line.startswith("== "):
        return "bold"
    if words[:1] == ["--"]:
        return "bold red"
    if "\u2588" in line or "\u2591" in line:
        return "green" if "\u2591" not in line else "yellow" if "\u2588" in line else "red"
    return {"problem": "red", "expected": "green", "got": "red", "goal": "bold", "hint": "cyan"}.get(
        words[0] if words and line.startswith("   ") else "", "")


def _stage(score: StageScore, in_full: int) -> list[str]:
    lines = [f"Stage {score.stage.number}: {score.stage.title}",
             f"server: {score.server}   seed: {score.seed}   {score.seconds:.1f} s"
             + (f"   {score.repeat} runs" if score.repeat > 1 else "")
             + (f"   only: {score.selection}" if score.selection else ""), ""]
    width = max([len(task.task.title) for task in score.tasks] + [5])
    lines += [_task_line(task, width) for task in score.tasks]
    total = f"  {'':<5}{'total':<{width}}  {'':<{_BAR}} {shown(score.earned):>6} / {shown(score.possible)}"
    lines += [total, ""]
    if score.problem:
        return lines + ["Nothing was run.", *(f"  {line}" for line in clean(score.problem).splitlines()), ""]
    failures = [(task, result) for task in score.tasks for result in task.failures]
    if failures:
        count = "1 test has" if len(failures) == 1 else f"{len(failures)} tests have"
        lines += [f"== {count} not passed", ""]
    for task in score.tasks:
        for place, result in enumerate(task.failures):
            lines += _in_full(score, task, result) if place < in_full else []
        if rest := task.failures[in_full:]:
            lines.append(f"-- {task.task.id} also:" if in_full else f"-- {task.task.id}:")
            lines += [f"   {clean(result.id)}\n      {headline(result)}" for result in rest]
            lines.append("")
    return lines


def _task_line(task: TaskScore, width: int) -> str:
    # A bar is full only for a full score, and not empty for any point at all.
    filled = int(_BAR * task.earned / task.possible) if task.possible else 0
    if task.passed and not filled:
        filled = 1
    bar = "\u2588" * filled + "\u2591" * (_BAR - filled)
    return (f"  {task.task.id:<5}{task.task.title:<{width}}  {bar} {shown(task.earned):>6} / {shown(task.possible):<6}"
            f" {task.passed} of {len(task.results)} tests")


def _in_full(score: StageScore, task: TaskScore, result: TestResult) -> list[str]:
    lines = failure_lines(score, task.task, result)
    return [f"-- {task.task.id} {clean(result.id)}", *(f"   {line}" for line in lines), ""]


def _grand_total(scores: Sequence[StageScore]) -> str:
    if len(scores) < 2:
        return ""
    earned, possible = sum(score.earned for score in scores), sum(score.possible for score in scores)
    return f"== all stages: {shown(earned)} / {shown(possible)}\n"
