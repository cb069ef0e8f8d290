"""Many submissions: each folder is built and graded by itself, in a sandbox, and becomes a line of CSV.

What a submission may be, first match:
    an executable file `run` or `strata-server`     taken as the server
    an executable file `build` or `build.sh`        run first; it leaves `run` or `strata-server`, or a binary in build/
    a CMakeLists.txt                                built with CMake: the target strata-stageN, where there is one

A submission that cannot be built or started gets 0 points and a note; it never ends the grading of the others.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Sequence

from harness.strata_harness.timing import scaled

from . import grading
from .processes import nothing_left_behind
from .reports import markdown
from .sandbox import Limits, Sandbox, sandbox
from .score import StageScore, shown
from .stage_config import ROOT, StageConfig

_SERVER_NAMES = ("run", "strata-server")
_BUILD_NAMES = ("build", "build.sh")
_NOTE = 300


@dataclass
class Submission:
    name: str
    scores: list[StageScore] = field(default_factory=list)
    note: str = ""


class BuildFailed(Exception):
    """The text is the end of what the build said."""


def grade_all(folder: Path, stages: Sequence[StageConfig], options: grading.Options, limits: Limits, jobs: int,
              say: Callable[[str], None], feedback: Path | None = None) -> list[Submission]:
    """Every sub-folder in the order of names, one after the other; with `feedback`, a Markdown report of each goes
    there."""
    done = []
    for source in sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")):
        submission = grade_one(source, stages, options, limits, jobs, hide=[folder])
        done.append(submission)
        if feedback is not None:
            feedback.mkdir(parents=True, exist_ok=True)
            (feedback / f"{source.name}.md").write_text(markdown.render(submission.scores), encoding="utf-8")
        earned = shown(sum(score.earned for score in submission.scores))
        say(f"{source.name}: {earned} {short(submission.note)}".rstrip())
    return done


def grade_one(source: Path, stages: Sequence[StageConfig], options: grading.Options, limits: Limits, jobs: int,
              hide: Sequence[Path] = ()) -> Submission:
    """Builds and grades the submission in `source`; it sees neither the folders to hide nor this repository."""
    submission = Submission(source.resolve().name)
    inside = [entry for entry in source.iterdir() if not entry.name.startswith((".", "__MACOSX"))]
    if len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink():
        source = inside[0]  # an archive that holds a folder
    with nothing_left_behind(), sandbox([*hide, source, ROOT], limits) as box, \
            box.memory_guard as memory, box.disk_guard as disk:
        try:
            box.take(source)
            for stage in stages:
                _grade(submission, box, stage, options, jobs)
        except (OSError, shutil.Error) as error:
            submission.note = f"the submission cannot be copied: {error}"
    for guard, limit, what in ((memory, limits.resident, "memory"), (disk, limits.disk, "disk")):
        if guard.exceeded:
            submission.note = f"used more than {limit >> 20} MB of {what} and was stopped. {submission.note}"
    for stage in stages[len(submission.scores):]:
        submission.scores.append(grading.not_graded(stage, submission.name, options, submission.note))
    return submission


def _grade(submission: Submission, box: Sandbox, stage: StageConfig, options: grading.Options, jobs: int) -> None:
    try:
        server = _built(box, stage, jobs)
        score = grading.grade(stage, box.command_line([str(server)]), options, server_given=False, user=box.user)
        score.problem = score.problem.replace(box.command_line([]) + " ", "").replace(f"{box.work}/", "./")
        score.server = submission.name
    except BuildFailed as error:
        score = grading.not_graded(stage, submission.name, options, str(error).replace(f"{box.work}/", "./"))
    submission.note = score.problem or submission.note
    submission.scores.append(score)


def table(submissions: Sequence[Submission], stages: Sequence[StageConfig]) -> str:
    """CSV: name, total, possible, a column for each task, notes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tasks = [task.id for stage in stages for task in stage.tasks]
    possible = shown(sum(stage.points for stage in stages))
    writer.writerow(["name", "total", "possible", *tasks, "notes"])
    for submission in submissions:
        earned = {task.task.id: shown(task.earned) for score in submission.scores for task in score.tasks}
        total = shown(sum(score.earned for score in submission.scores))
        writer.writerow([_cell(submission.name), total, possible, *(earned.get(task, "0.0") for task in tasks),
                         _cell(short(submission.note))])
    return out.getvalue()


def _cell(text: str) -> str:
    """A spreadsheet runs what starts like a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def short(note: str) -> str:
    lines = " | ".join(line.strip() for line in note.splitlines() if line.strip())
    return lines if len(lines) <= _NOTE else lines[:_NOTE] + " ..."


def _built(box: Sandbox, stage: StageConfig, jobs: int) -> Path:
    """The submission's server. Raises BuildFailed."""
    ready = _executable(box.work, _SERVER_NAMES)
    if ready:
        return ready
    script = _executable(box.work, _BUILD_NAMES)
    if script:
        _step(box, [str(script)])
    elif (box.work / "CMakeLists.txt").is_file():
        if not (box.work / "build" / "grade").exists():
            _step(box, ["cmake", "-S", ".", "-B", "build/grade", "-DCMAKE_BUILD_TYPE=Release"])
        targets = ["--target", stage.target] if list(box.work.glob(f"stages/{stage.number:02}_*")) else []
        _step(box, ["cmake", "--build", "build/grade", "-j", str(jobs), *targets])
    else:
        raise BuildFailed("no server found: neither an executable `run` or `strata-server`, nor a `build` script, nor "
                          "a CMakeLists.txt")
    server = _executable(box.work, _SERVER_NAMES)
    if server is None and not (box.work / "build").is_symlink():
        server = _find_binary(box.work / "build", stage)
    if server is None:
        raise BuildFailed(f"the build made no {stage.target}, strata-server or run")
    return server


def _step(box: Sandbox, words: Sequence[str]) -> None:
    code, output = box.run(words, scaled(box.limits.build))
    if code != 0:
        how = f"took longer than {scaled(box.limits.build):.0f} s" if code is None else f"failed with code {code}"
        errors = [line for line in output.splitlines() if "error" in line.lower()] or output.splitlines()[-3:]
        raise BuildFailed(f"the build {how}: " + "\n".join(errors[:3]))


def _executable(folder: Path, names: Sequence[str]) -> Path | None:
    for name in names:
        if _is_program(folder / name, folder):
            return folder / name
    return None


def _find_binary(folder: Path, stage: StageConfig) -> Path | None:
    for name in (stage.target, *reversed(_SERVER_NAMES)):
        for path in sorted(folder.rglob(name)):
            if _is_program(path, folder):
                return path
    return None


def _is_program(path: Path, folder: Path) -> bool:
    """An executable file that lies in `folder`: a link out of it leads to what is not the submission's."""
    return path.is_file() and os.access(path, os.X_OK) and path.resolve().is_relative_to(folder.resolve())
