"""Checks that doing a stage's tasks in order earns exactly their points.

A learner who has done the tasks 1 to K passes every test of these and no test of a later one: a test belongs to the last
task that it needs. So the starter is filled with the reference's bodies of K tasks and graded, for each K.

Run as `python3 -m harness.starter.prefix [N [K ...]]`, by default for every stage N and every K. Each K takes as long as
the grader does, so this is for the night; `--own` runs the tests of task K alone, which is where most mistakes show. Exit
code 1 when a K earns anything else; what is said then is which tests should belong to another task.
"""

from __future__ import annotations

import argparse
import json
import re
import sys

from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Steps, Stop, say
from harness.grader import stage_config
from harness.grader.events import PASSED
from harness.grader.score import shown
from harness.starter import project, scratch
from harness.starter.graded import failing, grade


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m harness.starter.prefix", allow_abbrev=False)
    parser.add_argument("stage", type=int, nargs="?", metavar="N", help="this stage only (default: every stage)")
    parser.add_argument("counts", type=int, nargs="*", metavar="K", help="with the first K tasks done (default: every K)")
    parser.add_argument("--own", action="store_true", help="of each K only the tests of task N.K")
    args = parser.parse_args(words)
    steps = Steps()
    for stage in stage_config.load_all(ROOT):
        if args.stage in (None, stage.number):
            for count in args.counts or range(1, len(stage.tasks) + 1):
                steps.call(f"stage {stage.number}, tasks up to {stage.number}.{count}",
                           lambda stage=stage, count=count: check(stage, count, args.own))
    return steps.summary()


def check(stage, count: int, own: bool) -> None:
    """Raises Stop naming the tests that pass before their task is done, or fail although it is. `own`: of those of the last."""
    tasks = stage.tasks[:count]
    done = frozenset(task.id for task in tasks)
    starter = project.compose(ROOT, stage.number, done=done)
    server = scratch.build(starter, scratch.place(f"prefix-{stage.number}"), [stage.target]) / stage.target
    say(f"with the tasks up to {tasks[-1].id} done:")
    scored = grade(stage, server, *(["-k", tasks[-1].id] if own else []))
    deserved = sum(task.points for task in (tasks[-1:] if own else tasks))
    say(f"{shown(scored['earned'])} points earned, {shown(deserved)} deserved")
    tests = scored["tests"]
    scored["tests"] = failing(stage, server, [test for test in tests if test["task"] in done])
    scored["tests"] += [test for test in tests if test["task"] not in done]
    if wrong := misplaced(scored, done):
        raise Stop(f"{len(wrong)} tests belong elsewhere:\n" + "\n".join(wrong))


def misplaced(scored: dict, done: frozenset[str]) -> list[str]:
    """A line for each test whose outcome is not what its task promises. `scored`: the stage's part of the report."""
    lines = []
    for test in scored["tests"]:
        passed = test["outcome"] == PASSED
        if passed and test["task"] not in done:
            lines.append(f"{test['id']}: passes, although task {test['task']} is not done")
        elif not passed and test["task"] in done:
            lines.append(f"{test['id']}: fails, although task {test['task']} is done; {_reason(test['failure'])}")
    return lines


def _reason(failure: dict) -> str:
    """The tasks that the server answered are missing, else what the failure is. Its log names tasks of other tests, too."""
    answers = {name: value for name, value in failure.items() if name != "logs"}
    needed = set(re.findall(r"TODO (\d+\.\d+)", json.dumps(answers)))
    return f"it came to task {', '.join(sorted(needed))}" if needed else failure["headline"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
