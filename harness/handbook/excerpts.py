"""Code in the handbook's pages comes from the sources, tables from what prints them; neither is ever pasted.

A page says where an excerpt is; `update` fills in the lines between the two comments:

    <!-- excerpt: stages/01_resp_server/server/gates.h from "bool pass(" to ");" -->
    ```cpp
    bool pass(uint64_t bits, Client& client, const CommandSpec& spec, Args args) const;
    ```
    <!-- /excerpt -->

The excerpt is the lines from the first one that holds the first text to the next one that holds the second; without
`to`, that one line. A text that begins with ^ must stand at a line's start. Common indentation goes. The body of a task is
refused: the page is part of its starter.

What a script of the project prints as Markdown stands between two others; it is told the page's folder (en, zh):

    <!-- output: harness/suites/stage05/decision_table.py -->
    | options | files | ...
    <!-- /output -->
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

from harness.starter import stub

_EXCERPT = re.compile(
    r'(?P<head><!-- excerpt: (?P<path>\S+) from "(?P<first>[^"]+)"(?: to "(?P<last>[^"]+)")? -->\n)'
    r"(?P<body>.*?)(?P<tail><!-- /excerpt -->)",
    re.DOTALL,
)
_OUTPUT = re.compile(r"(?P<head><!-- output: (?P<path>\S+) -->\n)(?P<body>.*?)(?P<tail><!-- /output -->)", re.DOTALL)
DIRECTIVE = re.compile(r"<!-- (?P<kind>excerpt|output): (?P<what>.*?) -->")
_OPENING = re.compile(r"<!-- (?:excerpt|output):")
LANGUAGES = {".h": "cpp", ".cpp": "cpp", ".py": "python", ".toml": "toml", ".cmake": "cmake"}


class ExcerptError(ValueError):
    """An excerpt that cannot be taken; the text names page, source and reason."""


def pages(root: Path) -> list[Path]:
    """All pages of the handbook, sorted."""
    return sorted((root / "docs").rglob("*.md"))


def updated(root: Path, page: Path) -> str:
    """The page's text with every excerpt and output as the sources have it now."""
    text = page.read_text(encoding="utf-8")
    if len(_OPENING.findall(text)) != len(_EXCERPT.findall(text)) + len(_OUTPUT.findall(text)):
        raise ExcerptError(f"{page.name}: an excerpt's comment is malformed or not closed")
    text = _EXCERPT.sub(lambda found: _filled(root, page, found), text)
    return _OUTPUT.sub(lambda found: _printed(root, page, found), text)


def update(root: Path) -> list[Path]:
    """Brings all pages up to date; those that changed."""
    changed = []
    for page in pages(root):
        text = updated(root, page)
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            changed.append(page)
    return changed


def outdated(root: Path) -> list[Path]:
    """Pages whose excerpts are not what the sources say."""
    return [page for page in pages(root) if updated(root, page) != page.read_text(encoding="utf-8")]


def _filled(root: Path, page: Path, found: re.Match) -> str:
    source = root / found["path"]
    where = f"{page.name}: {found['path']}"
    if not source.is_file():
        raise ExcerptError(f"{where}: there is no such file")
    lines = source.read_text(encoding="utf-8").splitlines()
    begin = _line_with(lines, found["first"], 0, where)
    end = begin if found["last"] is None else _line_with(lines, found["last"], begin, where)
    _refuse_tasks(lines, begin, end, where)
    code = textwrap.dedent("\n".join(lines[begin : end + 1]))
    language = LANGUAGES.get(source.suffix, "")
    return f"{found['head']}```{language}\n{code}\n```\n{found['tail']}"


def _printed(root: Path, page: Path, found: re.Match) -> str:
    script = root / found["path"]
    done = subprocess.run([sys.executable, str(script), page.parent.name], capture_output=True, text=True)
    if done.returncode != 0:
        raise ExcerptError(f"{page.name}: {found['path']} fails: {done.stderr.strip().rpartition(chr(10))[2]}")
    return f"{found['head']}{done.stdout.strip()}\n{found['tail']}"


def _line_with(lines: list[str], text: str, begin: int, where: str) -> int:
    for number in range(begin, len(lines)):
        if lines[number].startswith(text[1:]) if text.startswith("^") else text in lines[number]:
            return number
    raise ExcerptError(f'{where}: no line with "{text}"' + (f" after line {begin + 1}" if begin else ""))


def _refuse_tasks(lines: list[str], begin: int, end: int, where: str) -> None:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for task in stub.find_tasks("\n".join(lines)):
        if task.open < starts[end + 1] and task.close > starts[begin] and "\n" in task.body:
            raise ExcerptError(f"{where}: the excerpt shows the solution of task {task.task}")
