"""Where you stand: which tasks pass, from a run of the grader, and where unwritten ones are.

  ./strata status                 the newest stage
  ./strata status 1 --list        without a run: the tasks, their files, what is unwritten
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from harness.cli.support import repo
from harness.cli.support.steps import Stop, say
from harness.grader import stage_config

_TODO = re.compile(r'^(?![ \t]*//)[^\n]*\bSTRATA_TODO\("([\d.]+)"\)', re.MULTILINE)


def add_arguments(parser) -> None:
    parser.add_argument("stage", type=int, nargs="?", help="a stage's number (default: the newest)")
    parser.add_argument("--list", action="store_true", help="do not run the grader")
    parser.add_argument("--server", metavar="CMD", help="the server's command (default: the stage's own, built first)")


def run(args) -> int:
    try:
        stage = stage_config.load_stage(args.stage) if args.stage else _newest()
    except stage_config.StageConfigError as error:
        raise Stop(str(error)) from None
    places = unwritten(repo.ROOT)
    graded = {} if args.list else _grade(stage, args.server)
    say(f"stage {stage.number}: {stage.title}\n")
    for task in stage.tasks:
        say(_line(stage, task, graded.get(task.id), places.pop(task.id, [])))
    for task_id, left in sorted(places.items()):
        say(f"  also unwritten: task {task_id} in {', '.join(left)}")
    if not graded:
        return 0
    earned = sum(row["earned"] for row in graded.values())
    say(f"\n  {earned:.1f} of {stage.points:g} points")
    following = next((task for task in stage.tasks if not graded[task.id]["full"]), None)
    if following is not None:
        say(f"  next: task {following.id}, ./strata grade {stage.number} -k {following.id} shows its failures, "
            f"./strata hint {following.id} helps")
    return 0 if following is None else 1


def unwritten(root: Path) -> dict:
    """For each task with a STRATA_TODO in the sources, where: "path:line"."""
    places = {}
    for folder in ("common", "stages"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                text = file.read_text(errors="replace")
                for todo in _TODO.finditer(text):
                    line = text.count("\n", 0, todo.start(1)) + 1
                    places.setdefault(todo.group(1), []).append(f"{file.relative_to(root)}:{line}")
    return places


def _newest():
    stages = stage_config.load_all()
    if not stages:
        raise Stop("no stage has a stage.toml")
    return stages[-1]


def _line(stage, task, row, places) -> str:
    if row is None:
        state = "unwritten" if places else "written"
    else:
        state = "passes" if row["full"] else f"{row['passed']}/{row['tests']} tests"
    lines = {}
    for place in places:
        file, _, line = place.rpartition(":")
        lines.setdefault(file, []).append(line)
    where = "\n        ".join(f"{file}:{','.join(numbers)}" for file, numbers in lines.items())
    where = where or repo.shown(stage.folder / task.file)
    points = f"{task.points:g}" if row is None else f"{row['earned']:.1f}/{task.points:g}"
    return f"  {task.id:<5} {state:<14} {points:>9} points  {task.title}\n        {where}"


def _grade(stage, server) -> dict:
    """The rows of the grader's report, by task id."""
    command = [sys.executable, str(repo.ROOT / "strata"), "grade", str(stage.number), "--report", "json"]
    if server:
        command += ["--server", server]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        report = json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise Stop("the grader could not run; ./strata grade says why") from None
    scored = report["stages"][0]
    if scored["problem"]:
        say(scored["problem"] + "\n")
    return {row["id"]: row for row in scored["tasks"]}
