"""Checks the starter of every stage N, or of those named:

    it builds with warnings as errors          (the unit tests too)
    it passes every stage before N             full score in the grader
    it scores 0 on stage N                     and every failure names its task
    it holds no text of its tasks' solutions

Run as `python3 -m harness.starter.check [N ...]`; `./strata test` does. Of the tests it runs a sample of each task, whose
choice depends on the starter, those of stage N with shorter time limits; `--all`, for the night, runs every test with its own
limit. Drafts (cli/support/kits.py) are checked when they are named.
What was proved once is not run again until a file changes. Exit code 1 when a starter fails a check.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.cli.support import interpreter, kits
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Steps, Stop, say
from harness.grader import stage_config
from harness.grader.events import PASSED, TestResult
from harness.grader.run import RunOptions, run_suite
from harness.starter import project, scratch, solution
from harness.starter.graded import grade

SAMPLE = 12  # tests of each task
HASTE = 0.4  # of each time limit: what a test of an unwritten task waits for does not come
_JOBS = 2


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m harness.starter.check", allow_abbrev=False)
    parser.add_argument("stages", type=int, nargs="*", metavar="N", help="check these starters (default: all)")
    parser.add_argument("--all", action="store_true", help="every test instead of a sample")
    args = parser.parse_args(words)
    steps = Steps()
    stages = stage_config.load_all(ROOT)
    for stage in stages:
        title = f"starter of stage {stage.number}"
        if stage.number in args.stages or not args.stages and stage.number not in kits.DRAFTS:
            steps.call(title, lambda stage=stage: check(stage, stages, args.all))
        elif not args.stages:
            steps.skip(title, "its kit is a draft")
    return steps.summary()


def check(stage, stages, everything: bool) -> None:
    """Raises Stop at the first thing that is wrong with the starter of a stage."""
    try:
        starter = project.compose(ROOT, stage.number)
    except project.ProjectError as error:
        raise Stop(str(error)) from None
    check_tasks(stage, starter)
    if leaks := solution.find_leaks(starter):
        raise Stop("the starter shows solutions:\n" + "\n".join(map(str, leaks)))
    place = scratch.place(f"starter-{stage.number}")
    state = scratch.digest(starter)
    proof = f"{state} every test" if everything else state
    if scratch.was_proved(place, proof):
        return
    folder = scratch.build(starter, place, [stage.target, f"strata_stage{stage.number}_tests"])
    server = folder / stage.target
    sample = [] if everything else ["--sample", str(SAMPLE), "--seed", str(int(state[:8], 16))]
    for earlier in stages:
        if earlier.number < stage.number:
            passes_whole(earlier, grade(earlier, server, *sample))
    if everything:
        scored = grade(stage, server)
    else:
        scored = grade(stage, server, *sample, time_scale=HASTE)
    judge(scored)
    if scored["problem"] and (lucky := passing_tests(stage, server, scored)):
        raise Stop(f"{len(lucky)} tests pass on the starter by luck: {', '.join(lucky[:10])}")
    scratch.note_proof(place, proof)


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


def passes_whole(earlier, scored: dict) -> None:
    """Raises Stop naming what a starter breaks of an earlier stage. `scored`: that stage's part of the grader's report."""
    if not scored["full"]:
        failed = [test["id"] for test in scored["tests"] if test["outcome"] != PASSED]
        raise Stop(f"the starter does not pass stage {earlier.number}: {', '.join(failed[:10])}")
    say(f"all {len(scored['tests'])} tests of stage {earlier.number} pass")


def judge(scored: dict) -> None:
    """`scored`: the stage's part of the grader's report. Raises Stop if the starter earned anything."""
    lucky = [test["id"] for test in scored["tests"] if test["outcome"] == PASSED]
    if scored["earned"] != 0 or lucky:
        raise Stop(f"the starter earns {scored['earned']} points on its own stage: {', '.join(lucky[:10])}")
    if not scored["tests"]:
        raise Stop("no test was run")
    failures = {test["id"]: test["failure"] or {} for test in scored["tests"]}
    tasks = {task["id"] for task in scored["tasks"]}
    nameless = [test["id"] for test in scored["tests"]
                if test["task"] not in tasks or test["task"] not in failures[test["id"]].get("hint", "")]
    if nameless:
        raise Stop(f"failures that do not name their task: {', '.join(nameless[:10])}")
    unproved = [name for name, failure in failures.items() if failure.get("kind") in ("start", "not run")]
    if unproved and not scored["problem"]:
        raise Stop(f"tests that were not run on a server that works: {', '.join(unproved[:10])}")
    say(f"{scored['selection'] or f'all {len(failures)} tests'}: every one fails and names its task")


def passing_tests(stage, server: Path, scored: dict) -> list[str]:
    """The tests of `scored` that pass, although the grader would not begin on a server that cannot answer PING."""
    say(f"the grader says: {scored['problem'].splitlines()[0]} Its {len(scored['tests'])} tests are run all the same.")
    options = RunOptions(interpreter.find_or_make(), str(server), seed=scored["seed"], jobs=_JOBS)
    results = run_suite(stage, [TestResult(test["id"], test["goal"]) for test in scored["tests"]], options)
    return [result.id for result in results if result.outcome == PASSED]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
