"""A mutant as it is kept: a file NN/name.patch that opens with what it is about.

    Title: A line end inside a bulk ends it
    Task: 1.1
    Expect: The announced length is not trusted: the parser looks for the bulk's end, which fails for binary values.

    --- a/stages/01_resp_server/resp/request_parser.cpp
    +++ b/stages/01_resp_server/resp/request_parser.cpp
    @@ -168,4 +168,6 @@
    ...

The title says what the broken server does, the task is the one whose tests should notice, and the expectation is the
learner's mistake in a sentence.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
_HEADER = re.compile(r"(Title|Task|Expect): (.+)")
_FILE = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


class PatchError(ValueError):
    """A patch file is wrong, or does not fit the sources; the text says which and why."""


@dataclass(frozen=True)
class Mutant:
    stage: int
    name: str  # the file's, without .patch
    title: str
    task: str
    expect: str
    path: Path

    @property
    def files(self) -> list[str]:
        """What it changes, as paths in the project."""
        return _FILE.findall(self.path.read_text(encoding="utf-8"))


def load(path: Path) -> Mutant:
    """Raises PatchError when a header line is missing, unknown or there twice."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("---"):
            break
        header = _HEADER.fullmatch(line)
        if header is None or header.group(1) in found:
            raise PatchError(f"{path.name}: not a header line, or there twice: {line}")
        found[header.group(1)] = header.group(2)
    missing = {"Title", "Task", "Expect"} - found.keys()
    if missing:
        raise PatchError(f"{path.name}: no line {', '.join(sorted(missing))}")
    return Mutant(int(path.parent.name), path.stem, found["Title"], found["Task"], found["Expect"], path)


def stages(folder: Path = HERE) -> list[int]:
    """The numbers of the stages that have mutants."""
    return sorted(int(path.name) for path in folder.glob("[0-9][0-9]"))


def of_stage(number: int, folder: Path = HERE) -> list[Mutant]:
    """In the order of their tasks."""
    mutants = [load(path) for path in (folder / f"{number:02}").glob("*.patch")]
    return sorted(mutants, key=lambda mutant: ([int(part) for part in mutant.task.split(".")], mutant.name))


def apply(mutant: Mutant, root: Path, only_check: bool = False) -> None:
    """Changes the project in `root`; shifted lines are fine, changed context is not. Raises PatchError."""
    command = ["git", "apply", *(["--check"] if only_check else []), str(mutant.path)]
    # Where `root` lies inside a repository, git would look for the files there.
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.resolve().parent)}
    answer = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    if answer.returncode != 0:
        raise PatchError(f"{mutant.path.name} does not fit the sources:\n{answer.stderr.strip()}")
