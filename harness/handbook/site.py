"""Where the handbook's pages are and what they are called: docs/mkdocs.LANGUAGE.yml lists them, this reads the list.

The files are read as lines, not as YAML: these checks run where no YAML parser is installed, and a line of the list has
one shape, `- Title: page.md`.
"""

from __future__ import annotations

import re
from pathlib import Path

LANGUAGES = ("en", "zh")
FIRST = LANGUAGES[0]  # the language that is written first; the other one is compared with it
_PAGE = re.compile(r"^ *- .+: ([\w-]+\.md)$", re.MULTILINE)


def settings(root: Path, language: str) -> Path:
    return root / "docs" / f"mkdocs.{language}.yml"


def folder(root: Path, language: str) -> Path:
    return root / "docs" / language


def output(root: Path) -> Path:
    """The folder of the built site: a folder for each language in it."""
    return root / "build" / "handbook"


def listed(root: Path, language: str) -> list[str]:
    """The names of a language's pages in the order in which they are read."""
    return _PAGE.findall(settings(root, language).read_text(encoding="utf-8"))


def written(root: Path, language: str) -> list[str]:
    """The names of the pages that there are."""
    return sorted(page.name for page in folder(root, language).glob("*.md"))
