"""What all reports say in the same words: one failure as plain text, and the commands that lead on from it."""

from __future__ import annotations

import re
import shlex
from typing import Any

from ..events import TestResult
from ..score import StageScore
from ..stage_config import HINT_LEVELS, Task

_LOG_LINES = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without characters that a terminal would obey or XML refuses: a log may hold anything."""
    return _CONTROL.sub("\ufffd", text)


def grade_line(score: StageScore, result: TestResult) -> str:
    """A shell line that grades this test alone, on the same server with the same seed."""
    words = ["./strata", "grade", str(score.stage.number), "-k", result.id]
    if score.server_given:
        words += ["--server", score.server]
    if score.seed:
        words += ["--seed", str(score.seed)]
    return shlex.join(words)


def hint_line(task: Task) -> str:
    return f"./strata hint {task.id} --level 1   (up to {HINT_LEVELS})"


def repeats(result: TestResult) -> str:
    return f"passed {result.passes} of {result.runs} runs" if result.runs > 1 else ""


def failure_lines(score: StageScore, task: Task, result: TestResult, brief: bool = False) -> list[str]:
    """A labelled paragraph for each thing that is known, ready to be indented. `brief` leaves out transcript and log."""
    failure = result.failure
    paragraphs: list[tuple[str, str]] = [("goal", result.goal), ("runs", repeats(result)),
                                         ("problem", failure["headline"])]
    if failure.get("expected") or failure.get("got"):
        paragraphs += [("expected", failure["expected"]), ("got", failure["got"])]
    paragraphs.append(("notes", "\n".join(failure.get("notes", []))))
    if failure.get("where"):
        paragraphs.append(("test", f"{failure['where']}: {failure['code']}"))
    paragraphs.append(("steps", "\n".join(failure.get("steps", []))))
    if not brief:
        paragraphs.append(("bytes", failure.get("transcript", "")))
        paragraphs.append(("end", _end(failure)))
        for name, tail in failure.get("logs", []):
            paragraphs.append((f"log of {name}" if name != "server" else "log", "\n".join(tail.splitlines()[-_LOG_LINES:])))
    paragraphs += [("task", f"{task.id} {task.title} ({score.stage.folder.name}/{task.file})"),
                   ("hint", hint_line(task)), ("again", grade_line(score, result))]
    lines: list[str] = []
    for label, text in paragraphs:
        if not text:
            continue
        first, *rest = clean(text).splitlines() or [""]
        lines.append(f"{label:<9} {first}")
        lines += [f"{'':<9} {line}" for line in rest]
    return lines


def _end(failure: dict[str, Any]) -> str:
    lines = failure.get("ended", "").splitlines()
    return "\n".join(lines[:40])


def headline(result: TestResult) -> str:
    return clean(result.failure["headline"])
