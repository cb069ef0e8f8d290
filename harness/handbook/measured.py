"""What the differential runs have measured: how much was compared with redis-server, and how much of it differs.

A run takes a minute, so the numbers are taken when the pages are made, and read back from the page when they are checked.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_SUMMARY = re.compile(r"^([\d,]+) commands in .* (\d+) differences, (\d+) server failures", re.MULTILINE)
_TABLES = {
    "commands": ("command_table", re.compile(r"^(\d+) commands and subcommands compared, (\d+) differences", re.MULTILINE)),
    "options": ("config_table", re.compile(r"^(\d+) options on both sides, (\d+) differences", re.MULTILINE)),
}
_ROW = re.compile(r"^\| (?:`([\w-]+)`|([^|`]+)) \| (\d+) \| (\d+) \|$", re.MULTILINE)


@dataclass
class Measured:
    """(compared, different) for each table and for each family of commands, in order."""

    tables: dict[str, tuple[int, int]]
    families: dict[str, tuple[int, int]]
    SEED = 1
    COMMANDS = 5000  # of each family, about

    @classmethod
    def run(cls, server: Path) -> Measured:
        """Runs the comparisons against redis-server; about a minute."""
        tables = {}
        for name, (tool, shape) in _TABLES.items():
            counts = shape.search(_output(tool, "--a", str(server), "--b", "redis-server"))
            tables[name] = (int(counts[1]), int(counts[2]))
        families = {}
        for family in _families():
            total = _SUMMARY.search(_output("", "--b", str(server), "--families", family, "--commands", str(cls.COMMANDS),
                                            "--seed", str(cls.SEED), "--shrink-seconds", "0"))
            families[family] = (int(total[1].replace(",", "")), int(total[2]) + int(total[3]))
        return cls(tables, families)

    @classmethod
    def read(cls, page: Path) -> Measured:
        """What stands in the page: its rows of two numbers behind the heading of the tables."""
        text = page.read_text(encoding="utf-8") if page.is_file() else ""
        tables, families = [], {}
        for family, words, compared, different in _ROW.findall(text.partition("{#tables}")[2]):
            counts = (int(compared), int(different))
            if family:
                families[family] = counts
            else:
                tables.append(counts)
        return cls(dict(zip(_TABLES, tables)), {family: families.get(family, (0, 0)) for family in _families()})


def _families() -> list[str]:
    from harness.differential import facts, families
    newest = max(int(path.stem[len("stage"):]) for path in Path(facts.__file__).parent.glob("stage*.py"))
    facts.use(newest)
    return list(families.load(newest))


def _output(tool: str, *arguments: str) -> str:
    module = f"harness.differential.{tool}" if tool else "harness.differential"
    return subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True).stdout
