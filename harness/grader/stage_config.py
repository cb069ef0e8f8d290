"""stage.toml: what the course tooling knows about a stage, parsed and checked.

    number = 1
    name = "resp_server"                      # the folder is stages/01_resp_server
    title = "A server that speaks RESP"
    time_limit_seconds = 90                   # what the suite may take on a good server, at TIMEOUT_SCALE=1
    chapter = "docs/en/01-resp-server.md"

    [[tasks]]
    id = "1.1"                                # "<stage>.<position>"
    title = "Parse requests"
    file = "resp/request_parser.cpp"          # below the stage's folder
    points = 10
    tests = ["test_wire.py::*split*", "test_resp3.py"]
    hints = ["a nudge", "the idea", "almost the code"]
    chapter = "parsing"                       # an anchor in the stage's chapter

A test pattern is `file`, `file::function` or `file::function[case]`; `*` and `?` are wildcards in the part behind `::`.
Every test of the suite belongs to exactly one task: of several patterns the most specific decides (a case before a
function before a wildcard before a file), and two tasks that claim a test equally are an error.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

ROOT = Path(__file__).resolve().parents[2]
HINT_LEVELS = 3


class StageConfigError(ValueError):
    """stage.toml, or its match with the suite, is wrong; the text says where and how, one problem a line."""


@dataclass(frozen=True)
class Task:
    """One thing for a learner to do. `points` are split evenly over its tests."""

    id: str
    title: str
    file: str
    points: float
    tests: tuple[str, ...]
    hints: tuple[str, ...]
    chapter: str

    def hint(self, level: int) -> str:
        """The hint of level 1 (a nudge) to 3 (almost the code)."""
        return self.hints[level - 1]


@dataclass(frozen=True)
class StageConfig:
    number: int
    name: str
    title: str
    time_limit_seconds: float
    chapter: str
    tasks: tuple[Task, ...]
    folder: Path

    @property
    def label(self) -> str:
        """As folders are called: 01_resp_server."""
        return f"{self.number:02}_{self.name}"

    @property
    def target(self) -> str:
        """The binary that this stage builds."""
        return f"strata-stage{self.number}"

    @property
    def suite(self) -> Path:
        """The folder of its black-box tests, in the repository that the stage belongs to."""
        return self.folder.parents[1] / "harness" / "suites" / f"stage{self.number:02}"

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    def task(self, task_id: str) -> Task:
        """Raises KeyError for an id that is not of this stage."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)


def load(folder: Path) -> StageConfig:
    """The stage in `folder`. Raises StageConfigError naming every problem of its stage.toml at once."""
    path = folder / "stage.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StageConfigError(f"{path}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise StageConfigError(f"{path}: {error}") from None
    reader = _Reader(path)
    config = _stage(reader, table, folder)
    if reader.problems:
        raise StageConfigError("\n".join(reader.problems))
    return config


def load_all(root: Path = ROOT) -> list[StageConfig]:
    """Every stage of the repository that has a stage.toml, in order."""
    folders = sorted(path.parent for path in (root / "stages").glob("[0-9][0-9]_*/stage.toml"))
    return [load(folder) for folder in folders]


def load_stage(number: int, root: Path = ROOT) -> StageConfig:
    """Raises StageConfigError when there is no such stage."""
    for folder in sorted((root / "stages").glob(f"{number:02}_*")):
        if (folder / "stage.toml").is_file():
            return load(folder)
    raise StageConfigError(f"there is no stages/{number:02}_*/stage.toml in {root}")


def find_task(task_id: str, root: Path = ROOT) -> tuple[StageConfig, Task]:
    """The task "N.M" and its stage. Raises StageConfigError, telling which ids there are."""
    number = re.fullmatch(r"(\d+)\.\d+", task_id)
    if number is None:
        raise StageConfigError(f"'{task_id}' is no task id; it should look like 1.2")
    stage = load_stage(int(number.group(1)), root)
    try:
        return stage, stage.task(task_id)
    except KeyError:
        known = ", ".join(task.id for task in stage.tasks)
        raise StageConfigError(f"stage {stage.number} has no task {task_id}; it has {known}") from None


# -- tests to tasks ---------------------------------------------------------------------------------------------------


def assign(stage: StageConfig, tests: Iterable[str]) -> dict[str, Task]:
    """Each test's task. `tests` are ids relative to the suite: "test_wire.py::test_quit[case]".

    Raises StageConfigError for tests without a task or with two, and for patterns that match nothing.
    """
    tests = list(tests)
    problems: list[str] = []
    assigned: dict[str, Task] = {}
    used: set[tuple[str, str]] = set()
    for test in tests:
        claims = [(rank, task) for task in stage.tasks for pattern in task.tests
                  if (rank := match_rank(pattern, test)) is not None]
        best = max((rank for rank, _ in claims), default=-1)
        owners = {task.id: task for rank, task in claims if rank == best}
        if len(owners) == 1:
            assigned[test] = next(iter(owners.values()))
        elif owners:
            problems.append(f"{test} is claimed equally by the tasks {', '.join(sorted(owners))}")
        else:
            problems.append(f"{test} belongs to no task")
    for task in stage.tasks:
        for pattern in task.tests:
            if not any(match_rank(pattern, test) is not None for test in tests):
                problems.append(f"task {task.id}: no test matches '{pattern}'")
        if task.tests and task not in assigned.values():
            problems.append(f"task {task.id}: more specific patterns of other tasks leave it no test")
    if problems:
        raise StageConfigError("\n".join(f"{stage.folder / 'stage.toml'}: {problem}" for problem in problems))
    return assigned


def match_rank(pattern: str, test: str) -> int | None:
    """How specifically a pattern names a test, 0 (its file) to 4 (this very case); None when it does not match."""
    file, _, wanted = pattern.partition("::")
    test_file, _, full_name = test.partition("::")
    if file != test_file:
        return None
    if not wanted:
        return 0
    by_case = "[" in wanted
    name = full_name if by_case else full_name.partition("[")[0]
    if not _matches(wanted, name):
        return None
    exact = not ("*" in wanted or "?" in wanted)
    return 1 + exact + 2 * by_case


def _matches(pattern: str, text: str) -> bool:
    """Like fnmatch, except that brackets stand for themselves: they enclose a test's case."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


# -- parsing ----------------------------------------------------------------------------------------------------------


class _Reader:
    """Takes typed values out of tables and collects what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def problem(self, where: str, text: str) -> None:
        self.problems.append(f"{self.path}: {where}{text}")

    def take(self, table: dict[str, Any], key: str, kind: type | tuple[type, ...], where: str, default: Any) -> Any:
        value = table.pop(key, None)
        if value is None:
            self.problem(where, f"'{key}' is missing")
        elif not isinstance(value, kind) or isinstance(value, bool):
            self.problem(where, f"'{key}' has the wrong type: {value!r}")
        elif isinstance(value, (int, float)) and value <= 0:
            self.problem(where, f"'{key}' must be positive, not {value}")
        elif value == "":
            self.problem(where, f"'{key}' is empty")
        else:
            return value
        return default

    def texts(self, table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        values = self.take(table, key, list, where, [])
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.problem(where, f"'{key}' must hold texts only")
            return ()
        return tuple(value.strip() for value in values)

    def nothing_else(self, table: dict[str, Any], where: str) -> None:
        for key in table:
            self.problem(where, f"'{key}' is not known here")


def _stage(reader: _Reader, table: dict[str, Any], folder: Path) -> StageConfig:
    rows = reader.take(table, "tasks", list, "", [])
    number = reader.take(table, "number", int, "", 0)
    stage = StageConfig(
        number=number, name=reader.take(table, "name", str, "", ""), title=reader.take(table, "title", str, "", ""),
        time_limit_seconds=float(reader.take(table, "time_limit_seconds", (int, float), "", 0)),
        chapter=reader.take(table, "chapter", str, "", ""),
        tasks=tuple(_task(reader, dict(row), number, place, folder) for place, row in enumerate(rows, 1)),
        folder=folder)
    reader.nothing_else(table, "")
    if stage.number and stage.name and stage.label != folder.name:
        reader.problem("", f"number and name say {stage.label}, the folder is {folder.name}")
    return stage


def _task(reader: _Reader, row: dict[str, Any], number: int, place: int, folder: Path) -> Task:
    task_id = reader.take(row, "id", str, f"task at position {place}: ", f"{number}.{place}")
    where = f"task {task_id}: "
    if task_id != f"{number}.{place}":
        reader.problem(where, f"the task at position {place} should have the id {number}.{place}")
    task = Task(
        id=task_id, title=reader.take(row, "title", str, where, ""), file=reader.take(row, "file", str, where, ""),
        points=float(reader.take(row, "points", (int, float), where, 0)), tests=reader.texts(row, "tests", where),
        hints=reader.texts(row, "hints", where), chapter=reader.take(row, "chapter", str, where, ""))
    reader.nothing_else(row, where)
    if not task.tests:
        reader.problem(where, "it has no tests")
    if len(task.hints) != HINT_LEVELS:
        reader.problem(where, f"it has {len(task.hints)} hints instead of {HINT_LEVELS}")
    if task.file and not (folder / task.file).is_file():
        reader.problem(where, f"there is no file {task.file}")
    return task
