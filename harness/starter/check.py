"""Checks the starter of every stage N, or of those named:

    it builds with warnings as errors          (the unit tests too)
    it passes every stage before N             full score in the grader
    it scores 0 on stage N                     and every failure names its task
    so does each test whose server did not     with that task done, the test still fails
      even start for want of a task
    its tasks can be done in their order       with those up to one of them done, that one's tests pass
    it holds no text of its tasks' solutions

Run as `python3 -m harness.starter.check [N ...]`; `./strata test` does. Of the tests it runs a sample of each task, those of
stage N with shorter time limits; `--all`, for the night, runs every test with its own limit. The sample, and the task to which
the others are done, depend on the starter; `prefix` is the check of all tasks. What was proved once is not run again until
a file changes. Exit code 1 when a starter fails a check.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from harness.cli.support import interpreter
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Steps, Stop, say
from harness.grader import stage_config
from harness.grader.events import PASSED, TestResult
from harness.grader.run import RunOptions, run_suite
from harness.starter import prefix, project, scratch, solution
from harness.starter.graded import failing, grade, stretched

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
        if stage.number in (args.stages or [stage.number]):
            steps.call(f"starter of stage {stage.number}", lambda stage=stage: check(stage, stages, args.all))
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
    seed = int(state[:8], 16)
    sample = [] if everything else ["--sample", str(SAMPLE), "--seed", str(seed)]
    for earlier in stages:
        if earlier.number < stage.number:
            passes_whole(earlier, server, grade(earlier, server, *sample))
    if everything:
        scored = grade(stage, server)
    else:
        scored = grade(stage, server, *sample, time_scale=HASTE)
    judge(scored)
    if scored["problem"]:
        if lucky := passing_tests(stage, server, scored):
            raise Stop(f"{len(lucky)} tests pass on the starter by luck: {', '.join(lucky[:10])}")
    elif closed := kept_closed(scored):
        check_opened(stage, closed, seed, 1.0 if everything else HASTE)
    prefix.check(stage, 1 + seed % len(stage.tasks), own=True)
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


def passes_whole(earlier, server: Path, scored: dict) -> None:
    """Raises Stop naming what a starter breaks of an earlier stage. `scored`: that stage's part of the grader's report."""
    failed = [test["id"] for test in failing(earlier, server, scored["tests"])]
    if failed or not scored["tests"]:
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
    unproved = [name for name, failure in failures.items() if _did_not_run(failure) and not _missing(failure)]
    if unproved and not scored["problem"]:
        raise Stop(f"tests that were not run on a server that works: {', '.join(unproved[:10])}")
    say(f"{scored['selection'] or f'all {len(failures)} tests'}: every one fails and names its task")


def kept_closed(scored: dict) -> list[dict]:
    """The tests whose server did not start, and whose log names the tasks that are missing. `scored`: as for `judge`."""
    return [test for test in scored["tests"] if _did_not_run(test["failure"]) and _missing(test["failure"])]


def _did_not_run(failure: dict) -> bool:
    return failure.get("kind") in ("start", "not run")


def _missing(failure: dict) -> set[str]:
    return set(re.findall(r"TODO (\d+\.\d+)", json.dumps(failure)))


def check_opened(stage, closed: list[dict], seed: int, time_scale: float) -> None:
    """Runs these tests again with the tasks done for want of which their servers did not start: a test that met no server
    proves nothing. Raises Stop naming those that pass although their own task is missing still."""
    done = frozenset().union(*(_missing(test["failure"]) for test in closed))
    later = [test["id"] for test in closed if test["task"] not in done]
    say(f"for want of task {', '.join(sorted(done))} the servers of {len(closed)} tests did not start; with that:")
    starter = project.compose(ROOT, stage.number, done=done)
    folder = scratch.build(starter, scratch.place(f"opened-{stage.number}"), [stage.target])
    results = _run(stage, later, folder / stage.target, seed, time_scale)
    if lucky := [result.id for result in results if result.outcome == PASSED]:
        raise Stop(f"{len(lucky)} tests pass without their task: {', '.join(lucky[:10])}")
    if unmet := [result.id for result in results if _did_not_run(result.failure)]:
        raise Stop(f"tests whose servers do not start even so: {', '.join(unmet[:10])}")
    say(f"all {len(later)} of later tasks fail on a server that starts")


def passing_tests(stage, server: Path, scored: dict) -> list[str]:
    """The tests of `scored` that pass, although the grader would not begin on a server that cannot answer PING."""
    say(f"the grader says: {scored['problem'].splitlines()[0]} Its {len(scored['tests'])} tests are run all the same.")
    results = _run(stage, [test["id"] for test in scored["tests"]], server, scored["seed"])
    return [result.id for result in results if result.outcome == PASSED]


def _run(stage, tests: list[str], server: Path, seed: int, time_scale: float = 1.0) -> list[TestResult]:
    """Without the grader's look at the server beforehand."""
    options = RunOptions(interpreter.find_or_make(), str(server), seed=seed, jobs=_JOBS)
    with stretched(time_scale):
        return run_suite(stage, list(map(TestResult, tests)), options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
