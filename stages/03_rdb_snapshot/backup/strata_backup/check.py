"""Asks the check tool about a dump.

Any program will do that exits with 0 for a good file and prints, as redis-check-rdb does, how many keys it has read:

    [info] 4 keys read
    [info] 2 expires
    [info] 1 already expired
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .failure import BadCopy, Failure

_TOOLS = ("strata-check-rdb", "redis-check-rdb")
_LAST_LINES = 12


@dataclass(frozen=True)
class Contents:
    """What a dump holds; None where the tool did not say."""

    keys: Optional[int]
    expires: Optional[int]
    already_expired: Optional[int]


class CheckTool:
    def __init__(self, command: list[str]) -> None:
        self.command = command

    @property
    def name(self) -> str:
        return Path(self.command[0]).name

    def check(self, dump: Path) -> Contents:
        """Raises BadCopy with the end of the tool's report, or Failure when the tool itself cannot be run."""
        try:
            answer = subprocess.run([*self.command, str(dump)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True, errors="replace")
        except OSError as error:
            raise Failure(f"the check tool {self.command[0]} cannot be run: {error.strerror}") from None
        if answer.returncode != 0:
            report = "\n    ".join(answer.stdout.splitlines()[-_LAST_LINES:])
            raise BadCopy(f"{self.name} refuses {dump.name} (exit code {answer.returncode}):\n    {report}")
        return Contents(*(_number_before(what, answer.stdout) for what in ("keys read", "expires", "already expired")))


def find(given: Optional[str]) -> CheckTool:
    """The tool that was named, else ours beside this program or in PATH, else Redis's."""
    if given:
        command = shlex.split(given)
        program = shutil.which(command[0]) if command else None
        if program is None:
            raise Failure(f"there is no check tool '{given}'")
        return CheckTool([program, *command[1:]])
    program = find_program(_TOOLS)
    if program is None:
        raise Failure(f"no check tool found, neither {' nor '.join(_TOOLS)}: name one with --check-tool")
    return CheckTool([program])


def find_program(names: tuple[str, ...]) -> Optional[str]:
    """The first that is there, looking beside this program before PATH."""
    folders = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PATH", os.defpath)])
    return next((found for name in names if (found := shutil.which(name, path=folders))), None)


def _number_before(what: str, report: str) -> Optional[int]:
    found = re.search(rf"(\d+) {what}\b", report)
    return int(found.group(1)) if found else None
