"""Is there solution text in a starter? A search for the lines of the bodies that were taken out.

Lines are compared without spaces and comment marks, so that other indentation or a copy within a comment or a document
is found too. Two programs may share a line by nature (`client.reply.integer(0);`), so a line that stands as code in the
C++ sources of the starter is found only together with its neighbours: four lines of one body, one after the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.starter import cpp
from harness.starter.project import Starter

SHORTEST = 20  # characters; a line that is shorter says too little to be a solution
RUN = 4


@dataclass(frozen=True)
class Leak:
    task: str
    path: str  # in the starter
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: text of task {self.task}: {self.text}"


def find_leaks(starter: Starter) -> list[Leak]:
    """Every place of the starter that shows a removed body or the notes on it."""
    texts = {path: content.decode(errors="replace") for path, (content, _) in sorted(starter.files.items())}
    code: set[str] = set()
    for path, text in texts.items():
        if path.endswith((".h", ".cpp")):
            code.update(normal for _, normal in _lines(_without_comments(text)))
    single: dict[str, str] = {}
    runs: dict[tuple[str, ...], str] = {}
    for _, body in starter.bodies:
        lines = [normal for _, normal in _lines(body.notes + body.body)]
        for normal in lines:
            if len(normal) >= SHORTEST and normal not in code:
                single.setdefault(normal, body.task)
        for run in _runs(lines):
            runs.setdefault(run, body.task)
    leaks = []
    for path, text in texts.items():
        lines = list(_lines(text))
        normals = [normal for _, normal in lines]
        for at, (number, normal) in enumerate(lines):
            task = single.get(normal) or runs.get(tuple(normals[at:at + RUN]))
            if task:
                leaks.append(Leak(task, path, number, text.split("\n")[number - 1].strip()))
    return leaks


def _lines(text: str):
    """(number, line without spaces and comment marks) of every line that holds a word."""
    for number, line in enumerate(text.split("\n"), 1):
        normal = re.sub(r"\s|//", "", line)
        if re.search(r"\w", normal):
            yield number, normal


def _runs(lines: list[str]):
    for at in range(len(lines) - RUN + 1):
        run = tuple(lines[at:at + RUN])
        if sum(map(len, run)) >= RUN * SHORTEST:
            yield run


def _without_comments(text: str) -> str:
    """Source lines whose code is nothing but comment become empty; the others stay whole, strings included."""
    code = cpp.code_only(text)
    return "\n".join(line if blanked.strip() else "" for line, blanked in zip(text.split("\n"), code.split("\n")))
