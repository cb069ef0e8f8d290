"""Writes a starter: a complete project with stages 1 to N, in which the tasks of stage N are to be done.

Left out: what later stages own, and what teaches nothing or gives solutions away (the tool that makes starters, the
tests of the harness, mutants). The output depends on the sources alone, byte for byte: from a git checkout its tracked
and new files are taken, from a plain folder all of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from harness.starter import stub

_TEMPLATE = "harness/starter/LEARNER.md"
_SOURCES = (".h", ".cpp")
# Never part of a project, wherever they lie.
_LITTER = {".git", ".venv", "build", "__pycache__", ".pytest_cache", ".cache", ".hypothesis", "compile_commands.json"}
# The reference's own affairs.
_LEFT_OUT = (
    ".ci", ".github", "README.md", "CONTRIBUTING.md",
    "harness/starter", "harness/mutants", "harness/tests", "harness/handbook", "harness/rehearsals",
    "harness/cli/docs.py", "harness/cli/start.py", "harness/cli/check_stages.py", "harness/cli/mutants.py",
    "harness/cli/rehearse.py",
)
# "04_aof", "stage04", "04-aof.md": things of stage 4.
_OF_STAGE = re.compile(r"(?:stage)?(\d\d)(?:[_.-].*)?")


class ProjectError(ValueError):
    """The starter cannot be made; the text says why."""


@dataclass
class Starter:
    """What `compose` found. `files` maps a path in the starter to its bytes and whether it is executable."""

    stage: int
    files: dict[str, tuple[bytes, bool]] = field(default_factory=dict)
    bodies: list[tuple[str, stub.TaskBody]] = field(default_factory=list)  # (path, what was taken out)

    @property
    def tasks(self) -> list[str]:
        return sorted({body.task for _, body in self.bodies}, key=lambda task: int(task.partition(".")[2]))


def without_later_stages(root: Path, stage: int) -> Starter:
    """The project as it is, without what later stages own; nothing is taken out."""
    whole = Starter(stage)
    for path in project_files(root):
        if up_to_stage(path, stage):
            _add(whole, root, path, None, checked=False)
    return whole


def compose(root: Path, stage: int, base: Path | None = None, done: frozenset[str] = frozenset()) -> Starter:
    """The starter of a stage, in memory. The folders of earlier stages come from `base` when it is given; the tasks
    of `done` keep their bodies."""
    starter = Starter(stage)
    folder = _stage_folder(root, stage)
    for path in project_files(root):
        if _is_left_out(path) or not up_to_stage(path, stage):
            continue
        from_base = base is not None and _is_earlier_stage(path, stage)
        if not from_base:
            _add(starter, root, path, done if path.startswith(f"stages/{folder}/") else None)
    if base is not None:
        _add_base(starter, base, stage)
    readme = (root / _TEMPLATE).read_text(encoding="utf-8")
    starter.files["README.md"] = (_filled_in(readme, stage, folder).encode(), False)
    if not starter.bodies and not done:
        raise ProjectError(f"stage {stage} has no tasks: no '// [task {stage}.1] ...' in stages/{folder}")
    return starter


def write(starter: Starter, into: Path, force: bool = False) -> None:
    """Writes the starter into an empty or new folder; with `force` into any, over files of the same names."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())) and not force:
        raise ProjectError(f"{into} exists and is not empty; --force writes over the files in it")
    for path, (content, executable) in sorted(starter.files.items()):
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.is_dir():
            raise ProjectError(f"{target} is in the way: a link or a folder")
        if not target.is_file() or target.read_bytes() != content:  # an unchanged file need not be built anew
            target.write_bytes(content)
        target.chmod(0o755 if executable else 0o644)


def replace(starter: Starter, into: Path, keep: tuple[str, ...] = ("build",)) -> None:
    """As write(), and removes every file that the starter does not have, except below the folders of `keep`."""
    write(starter, into, force=True)
    for path in walk(into):
        if path not in starter.files and path.split("/")[0] not in keep:
            (into / path).unlink()
    for folder, _, _ in os.walk(into, topdown=False):
        relative = Path(folder).relative_to(into)
        if relative.parts and relative.parts[0] not in keep and not any(Path(folder).iterdir()):
            shutil.rmtree(folder)


def project_files(root: Path) -> list[str]:
    """The project's files as relative paths with '/', sorted."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists():
        answer = subprocess.run(listing, capture_output=True)
        if answer.returncode == 0:
            names = answer.stdout.decode().split("\0")
            return sorted(name for name in names if name and (root / name).is_file() and not _is_litter(name))
    return walk(root)


def walk(root: Path) -> list[str]:
    """The files below a plain folder, litter left out."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _LITTER]
        relative = Path(folder).relative_to(root)
        found += [(relative / name).as_posix() for name in files]
    return sorted(name for name in found if not _is_litter(name))


def _is_litter(path: str) -> bool:
    return any(part in _LITTER for part in path.split("/")) or path.endswith((".pyc", ".orig", ".rej", "~"))


def up_to_stage(path: str, stage: int) -> bool:
    """Whether a file of the project belongs to no stage later than this one."""
    numbers = [int(found.group(1)) for part in PurePosixPath(path).parts if (found := _OF_STAGE.fullmatch(part))]
    return all(number <= stage for number in numbers)


def _is_left_out(path: str) -> bool:
    return any(path == left_out or path.startswith(left_out + "/") for left_out in _LEFT_OUT)


def _is_earlier_stage(path: str, stage: int) -> bool:
    found = re.match(r"stages/(\d\d)_[^/]+/", path)
    return found is not None and int(found.group(1)) < stage


def _stage_folder(root: Path, stage: int) -> str:
    folders = sorted(path.name for path in (root / "stages").glob(f"{stage:02}_*") if path.is_dir())
    if not folders:
        raise ProjectError(f"there is no stages/{stage:02}_* in {root}")
    return folders[0]


def _add(starter: Starter, root: Path, path: str, done: frozenset[str] | None, checked: bool = True) -> None:
    """Adds one file; `done` is None where no task is to be taken out, and where finding one is an error."""
    source = root / path
    if source.is_symlink():
        raise ProjectError(f"{path} is a symbolic link, which a starter cannot hold")
    content = source.read_bytes()
    if checked and path.endswith(_SOURCES):
        content = _without_bodies(starter, path, content.decode(), done).encode()
    starter.files[path] = (content, os.access(source, os.X_OK))


def _without_bodies(starter: Starter, path: str, text: str, done: frozenset[str] | None) -> str:
    try:
        bodies = stub.find_tasks(text)
        if done is None:
            wrong = [body for body in bodies if body.task.partition(".")[0] == str(starter.stage)]
        else:
            wrong = [body for body in bodies if body.task.partition(".")[0] != str(starter.stage)]
        if wrong:
            raise ProjectError(f"{path}:{wrong[0].line}: task {wrong[0].task} is not in its stage's folder")
        if done is None:
            return text
        taken = [body for body in bodies if body.task not in done]
        starter.bodies += [(path, body) for body in taken]
        return stub.stubbed(text, {body.task for body in taken})
    except stub.StubError as error:
        raise ProjectError(f"{path}: {error}") from None


def _add_base(starter: Starter, base: Path, stage: int) -> None:
    """Takes the folders of the stages before `stage` from a learner's own project."""
    for number in range(1, stage):
        folders = sorted(path for path in (base / "stages").glob(f"{number:02}_*") if path.is_dir())
        if not folders:
            raise ProjectError(f"{base} has no stages/{number:02}_*, which stage {stage} builds on")
        for path in walk(folders[0]):
            source = folders[0] / path
            starter.files[f"stages/{folders[0].name}/{path}"] = (source.read_bytes(), os.access(source, os.X_OK))


def _filled_in(template: str, stage: int, folder: str) -> str:
    return template.replace("{stage}", str(stage)).replace("{folder}", f"stages/{folder}")
