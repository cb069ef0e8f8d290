"""Checks the starter of every stage N, or of those named:

    it builds with warnings as errors          (the unit tests too)
    it passes every stage before N             full score in the grader
    it scores 0 on stage N                     and every failure names its task
    it holds no text of its tasks' solutions

Run as `python3 -m harness.starter.check [N ...]`; `./strata test` does. Exit code 1 when a starter fails a check.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Steps, Stop, say
from harness.grader import stage_config
from harness.starter import project, scratch, solution


def main(words: list[str]) -> int:
    steps = Steps()
    stages = stage_config.load_all(ROOT)
    for stage in stages:
        if not words or str(stage.number) in words:
            steps.call(f"starter of stage {stage.number}", lambda stage=stage: check(stage, stages))
    return steps.summary()


def check(stage, stages) -> None:
    """Raises Stop at the first thing that is wrong with the starter of a stage."""
    try:
        starter = project.compose(ROOT, stage.number)
    except project.ProjectError as error:
        raise Stop(str(error)) from None
    check_tasks(stage, starter)
    if leaks := solution.find_leaks(starter):
        raise Stop("the starter shows solutions:\n" + "\n".join(map(str, leaks)))
    tests = f"strata_stage{stage.number}_tests"
    folder = scratch.build(starter, scratch.place(f"starter-{stage.number}"), [stage.target, tests])
    server = str(folder / stage.target)
    for earlier in stages:
        if earlier.number < stage.number:
            report = _grade(earlier, server)
            if not report["full"]:
                failed = [test["id"] for test in report["stages"][0]["tests"] if test["outcome"] != "passed"]
                raise Stop(f"the starter does not pass stage {earlier.number}: {', '.join(failed[:10])}")
    judge(_grade(stage, server)["stages"][0])
    if lucky := passing_tests(stage, server):
        raise Stop(f"{len(lucky)} tests pass on the starter by luck: {', '.join(lucky[:10])}")


def check_tasks(stage, starter) -> None:
    """Every task of stage.toml has a marker in its file, and every marker a task."""
    known, marked = {task.id for task in stage.tasks}, set(starter.tasks)
    if known != marked:
        raise Stop(f"tasks of stage.toml without a marker: {sorted(known - marked)}; "
                   f"markers without a task: {sorted(marked - known)}")
    for task in stage.tasks:
        files = {path for path, body in starter.bodies if body.task == task.id}
        if f"stages/{stage.label}/{task.file}" not in files:
            raise Stop(f"stage.toml says {task.file} for task {task.id}, which is marked in {', '.join(sorted(files))}")


def judge(scored: dict) -> None:
    """`scored`: the stage's part of the grader's report. Raises Stop if the starter earned anything."""
    lucky = [test["id"] for test in scored["tests"] if test["outcome"] == "passed"]
    if scored["earned"] != 0 or lucky:
        raise Stop(f"the starter earns {scored['earned']} points on its own stage: {', '.join(lucky[:10])}")
    if not scored["tests"]:
        raise Stop("no test was run")
    tasks = {task["id"] for task in scored["tasks"]}
    nameless = [test["id"] for test in scored["tests"]
                if test["task"] not in tasks or test["task"] not in (test["failure"] or {}).get("hint", "")]
    if nameless:
        raise Stop(f"failures that do not name their task: {', '.join(nameless[:10])}")
    say(f"{len(scored['tests'])} tests fail, each of them names its task")


def passing_tests(stage, server: str) -> list[str]:
    """The tests that pass when they are run one by one, although the grader would not begin on a server that
    cannot answer PING."""
    command = [sys.executable, "-m", "pytest", str(stage.suite), "-n", "2", "-q", "-rp", "--tb=no", f"--server={server}"]
    say(f"$ {' '.join(command)}")
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout.splitlines()
    if not any(" failed" in line or " error" in line for line in lines[-1:]):
        raise Stop(f"the suite of stage {stage.number} could not be run: {lines[-1:]}")
    return [line.split("/")[-1] for line in lines if line.startswith("PASSED ")]


def _grade(stage, server: str) -> dict:
    command = [sys.executable, str(ROOT / "strata"), "grade", str(stage.number), "--server", server, "--report", "json"]
    say(f"$ {' '.join(command[1:])}")
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ, cwd=ROOT)
    try:
        return json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise Stop(f"the grader could not run on stage {stage.number} (exit code {answer.returncode})") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
