"""The drawings of the handbook in Chinese. A drawing is written once, in English; its translation is made of it and of a table:

  docs/figures/NAME.svg        the drawing
  docs/figures/zh/NAME.toml    its words: "text" = "translation"
  docs/figures/zh/shared.toml  [words] of several drawings; code: texts that stay as they are although they look like words
  docs/figures/zh/NAME.svg     made: the drawing with other words

The tables cannot drift away from the drawings. These are problems: a text that has words in it, but no row and is not listed as
code; a row that no drawing uses. A text without words (a command, a number, a sign) is code by its looks. Figures of
measurements are left alone: a program draws them.
"""

from __future__ import annotations

import html
import re
import tomllib
from pathlib import Path

LANGUAGE = "zh"
_SHARED = "shared"
_STYLE = re.compile(r"(<style>.*?</style>)", re.DOTALL)
_TEXT = re.compile(r'(?<=aria-label=")[^"]+|(?<=>)[^<]*[^<\s][^<]*(?=<)')
_BREAK = re.compile(r"[\s,:;?!/()`]+|\.(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][a-z]+(?:[-'’][a-z]+)*")


class DrawingError(ValueError):
    """The tables do not fit the drawings; a line for each problem."""


def update(root: Path) -> list[Path]:
    """Makes the translated drawings anew; those that changed or went."""
    made, found = _make(root)
    if found:
        raise DrawingError("\n".join(found))
    changed = _different(root, made)
    for path in changed:
        if path in made:
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
    return changed


def outdated(root: Path) -> list[Path]:
    """Translated drawings that are not what their source and the tables say."""
    return _different(root, _make(root)[0])


def problems(root: Path) -> list[str]:
    """Where the tables do not fit the drawings."""
    return _make(root)[1]


def has_words(text: str) -> bool:
    """Whether a text looks like prose; numbers, commands in capitals, names with dots or underscores do not."""
    return any(_WORD.fullmatch(word) for word in _BREAK.split(text))


def _figures(root: Path) -> Path:
    return root / "docs" / "figures"


def _different(root: Path, made: dict[Path, str]) -> list[Path]:
    there = {path: path.read_text(encoding="utf-8") for path in (_figures(root) / LANGUAGE).glob("*.svg")}
    return sorted(path for path in there.keys() | made.keys() if there.get(path) != made.get(path))


def _make(root: Path) -> tuple[dict[Path, str], list[str]]:
    """What the translated drawings hold, by their paths; and the problems."""
    words = _Words(_figures(root) / LANGUAGE)
    made = {}
    for path in sorted(_figures(root).glob("*.svg")):
        drawing = path.read_text(encoding="utf-8")
        if "matplotlib" not in drawing:
            made[_figures(root) / LANGUAGE / path.name] = _translated(drawing, path.stem, words)
    return made, words.missing + words.unused()


def _translated(drawing: str, name: str, words: _Words) -> str:
    def other(found: re.Match) -> str:
        return html.escape(words.of(name, " ".join(html.unescape(found[0]).split())))

    parts = _STYLE.split(drawing)
    parts[::2] = [_TEXT.sub(other, part) for part in parts[::2]]  # the others are styles
    head, _, rest = "".join(parts).partition("\n")
    # By its language a browser chooses the shapes of the characters, and a style may tell one drawing from the other.
    head = head.replace("<svg ", f'<svg xml:lang="{LANGUAGE}-CN" ', 1)
    return f"{head}\n  <!-- made of ../{name}.svg, {name}.toml and {_SHARED}.toml -->\n{rest}"


class _Words:
    """The tables of a folder; knows which rows were used and what was asked for in vain."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._rows: dict[tuple[str, str], str] = {}  # by the table's name and the text
        for path in sorted(folder.glob("*.toml")):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            rows = {text: text for text in table["code"]} | table["words"] if path.stem == _SHARED else table
            self._rows |= {(path.stem, text): words for text, words in rows.items()}
        self._used: set[tuple[str, str]] = set()
        self.missing: list[str] = []

    def of(self, drawing: str, text: str) -> str:
        for row in ((drawing, text), (_SHARED, text)):
            if row in self._rows:
                self._used.add(row)
                return self._rows[row]
        if has_words(text):
            self.missing.append(f'docs/figures/{drawing}.svg: "{text}" is not in {self._folder.name}/{drawing}.toml')
        return text

    def unused(self) -> list[str]:
        return [f'docs/figures/{self._folder.name}/{name}.toml: no drawing uses "{text}"'
                for name, text in self._rows if (name, text) not in self._used]
