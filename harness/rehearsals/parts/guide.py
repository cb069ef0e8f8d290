"""What the handbook tells a reader to type, and the words that it promises: taken from its pages, so that a rehearsal and the
page cannot drift apart."""

from __future__ import annotations

import re

from harness.cli.support.repo import ROOT


def page(name: str) -> str:
    return (ROOT / "docs" / "en" / name).read_text(encoding="utf-8")


def section(name: str, anchor: str) -> str:
    """A section with its subsections: section("operations.md", "install")."""
    text = page(name)
    prose = re.sub(r"(?ms)^```.*?^```$", lambda block: re.sub(r"[^\n]", " ", block[0]), text)  # a # there begins no heading
    headings = [(match.start(), len(match[1]), match[3] or _slug(match[2]))
                for match in re.finditer(r"(?m)^(#+) (.*?)(?: \{#([\w-]+)\})?$", prose)]
    index = next((i for i, (_, _, name_) in enumerate(headings) if name_ == anchor), None)
    assert index is not None, f"docs/en/{name} has no section #{anchor}"
    start, depth, _ = headings[index]
    end = next((at for at, level, _ in headings[index + 1:] if level <= depth), len(text))
    return text[start:end]


def commands(text: str, number: int = 0) -> list[str]:
    """The lines of the n-th block of shell commands, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > number, f"there is no block {number} of commands"
    return [line for line in (re.sub(r"(^|\s+)# .*", "", line).rstrip() for line in blocks[number].splitlines()) if line]


def rows(text: str, number: int = 0) -> list[list[str]]:
    """The n-th table, without its head."""
    tables = re.findall(r"(?m)(?:^\|.*\n)+", text + "\n")
    lines = tables[number].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def _slug(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")
