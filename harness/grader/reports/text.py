"""What all reports say in the same words: one failure as plain text, and the commands that lead on from it."""

from __future__ import annotations

import re
import shlex
from typing import Any

from ..events import TestResult
from ..score import StageScore
from ..stage_config import HINT_LEVELS, Task

_LOG_LINES = 8
_LOG_LINES_OF_A_DIFFERENCE = 3  # the log seldom tells why a reply is wrong
_STEPS = 12
_BYTES_LINES = 12
_WIDTH = 240
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


def failure_lines(score: StageScore, task: Task, result: TestResult) -> list[str]:
    """A labelled paragraph for each thing that is known, ready to be indented."""
    failure = result.failure
    paragraphs: list[tuple[str, str]] = [("goal", result.goal), ("runs", repeats(result)),
                                         ("problem", failure["headline"])]
    if failure.get("expected") or failure.get("got"):
        paragraphs += [("expected", failure["expected"]), ("got", failure["got"])]
    paragraphs.append(("notes", "\n".join(failure.get("notes", []))))
    if failure.get("where"):
        paragraphs.append(("test", f"{failure['where']}: {failure['code']}"))
    paragraphs.append(("steps", "\n".join(failure.get("steps", [])[-_STEPS:])))
    paragraphs.append(("bytes", _shortened(failure.get("transcript", ""))))
    paragraphs.append(("end", _end(failure)))
    count = _LOG_LINES_OF_A_DIFFERENCE if failure["kind"] == "difference" else _LOG_LINES
    for name, tail in failure.get("logs", []):
        lines = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]} ..." for line in tail.splitlines()[-count:]]
        if lines and lines[-1] not in failure.get("ended", ""):  # a sanitizer's report is shown already
            paragraphs.append((f"log of {name}" if name != "server" else "log", "\n".join(lines)))
    paragraphs += [("task", f"{task.id} {task.title} ({score.stage.folder.name}/{task.file})"),
                   ("hint", hint_line(task)), ("again", grade_line(score, result))]
    shown: list[str] = []
    for label, text in paragraphs:
        if not text:
            continue
        first, *rest = clean(text).splitlines() or [""]
        shown.append(f"{label:<9} {first}")
        shown += [f"{'':<9} {line}" for line in rest]
    return shown


def _shortened(transcript: str) -> str:
    """The end of a transcript; the JSON report has all of it."""
    lines = transcript.splitlines()[-_BYTES_LINES:]
    return "\n".join(line if len(line) <= _WIDTH else f"{line[:_WIDTH]} ..." for line in lines)


def _end(failure: dict[str, Any]) -> str:
    lines = failure.get("ended", "").splitlines()
    return "\n".join(lines[:40])


def headline(result: TestResult) -> str:
    return clean(result.failure["headline"])
