"""Reports: each turns scored stages into one text. `terminal` is the only one that may draw in colour."""

from __future__ import annotations

from typing import Callable, Sequence

from ..score import StageScore
from . import gradescope, json_report, junit, markdown, terminal

RENDERERS: dict[str, Callable[[Sequence[StageScore]], str]] = {
    "terminal": terminal.render,
    "json": json_report.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "gradescope": gradescope.render,
}
