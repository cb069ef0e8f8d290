"""A learner's path through the stages: each begun from the reference, solved task by task, graded after each step.

What is typed is what a starter's README.md says, in the starter's own folder. The learner's solutions are the reference's bodies of
the tasks, which is all that a starter lacks.

  begin     ./strata start N --into DIR; the README's three commands, ./strata status N --list
  stuck     ./strata grade N -k N.1 fails, says what came instead and where a hint is; ./strata hint has three of them
  a task    with its body written that task passes, and the next one does not
  the end   with all bodies ./strata grade N is a full score; ./strata status says so, too
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

from harness.cli.support.repo import ROOT
from harness.grader import stage_config
from harness.starter import project
from harness.strata_harness.ports import claim_port

BUILD_SECONDS = 3600


def add_arguments(parser) -> None:
    parser.add_argument("--stages", type=int, nargs="+", metavar="N", help="these stages only (default: all)")
    parser.add_argument("--whole", action="store_true", help="at the end every test instead of a sample; unit tests, too")


def rehearse(report, folder: Path, options) -> None:
    for stage in stage_config.load_all(ROOT):
        if options.stages is None or stage.number in options.stages:
            report.note(f"---- stage {stage.number}: {stage.title}")
            learn(report, stage, Learner(folder / f"stage{stage.number}", stage), options.whole)


class Learner:
    """Somebody with a terminal in a starter's folder."""

    def __init__(self, folder: Path, stage) -> None:
        self.folder = folder
        self.stage = stage
        # Only so that builds of one file in several starters cost one: a learner has one starter.
        self.env = {**os.environ, "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}

    def types(self, *words: str, where: Path | None = None) -> tuple[int, str]:
        """./strata and these words: the exit code and everything that was printed."""
        answer = subprocess.run(["./strata", *words], cwd=where or self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                timeout=BUILD_SECONDS)
        return answer.returncode, answer.stdout

    def writes(self, *tasks: str) -> None:
        """The bodies of these tasks; the others are as the starter has them."""
        solved = project.compose(ROOT, self.stage.number, done=frozenset(tasks))
        solved.files = {path: file for path, file in solved.files.items() if path.startswith(f"stages/{self.stage.label}/")}
        project.write(solved, self.folder, force=True)

    def points(self, *selection: str) -> dict:
        """What `./strata grade N ...` counts, by task, and its exit code as "code"."""
        paper = self.folder / "build" / "points.json"
        paper.unlink(missing_ok=True)
        code, said = self.types("grade", str(self.stage.number), *selection, "--report", "json", "--out", str(paper))
        assert code in (0, 1) and paper.is_file(), f"./strata grade {self.stage.number} ended with {code}:\n{said[-2000:]}"
        scored = json.loads(paper.read_text())["stages"][0]
        lacking = [f"{test['id']}: {test['failure']['headline']}" for test in scored["tests"] if test["outcome"] != "passed"]
        return {"code": code, "full": scored["full"], "lacking": lacking, "earned": scored["earned"]}


def learn(report, stage, learner: Learner, whole: bool) -> None:
    number = str(stage.number)
    tasks = [task.id for task in stage.tasks]
    first, second = tasks[:2]
    code, said = learner.types("start", number, "--into", str(learner.folder), where=ROOT)
    report.expect(code == 0 and f"{len(tasks)} tasks of stage {number}" in said, f"./strata start {number}: {len(tasks)} tasks")
    readme = (learner.folder / "README.md").read_text()
    report.expect(not re.search(r"\{\w+\}", readme) and f"./strata grade {number}" in readme, "README.md is filled in")

    code, said = learner.types("status", number, "--list")
    open_tasks = re.findall(r"(?m)^  (\d+\.\d+) +unwritten", said)
    report.expect(code == 0 and open_tasks == tasks, f"./strata status {number} --list: every task is unwritten")
    unfound = [place for place in re.findall(r"(?m)^ {8}(\S+)$", said) if not stands_at(learner.folder, place)]
    report.expect(not unfound, f"each at the place that is named ({', '.join(unfound) or 'all found'})")

    the_server_runs(report, learner)
    code, said = learner.types("grade", number, "-k", first)
    report.expect(code == 1 and f"hint {first}" in said, f"./strata grade {number} -k {first}: fails and names its hint")
    hints = [learner.types("hint", first, "--level", str(level)) for level in (1, 2, 3)]
    report.expect(all(code == 0 for code, _ in hints) and len({said for _, said in hints}) == 3, "three hints that differ")

    learner.writes(first)
    passed = learner.points("-k", first)
    report.expect(passed["code"] == 0 and passed["full"], f"with {first} written its tests pass {passed['lacking'] or ''}")
    missed = learner.points("-k", second, "--sample", "3")
    report.expect(missed["code"] == 1 and missed["earned"] == 0, f"those of {second} do not")
    # (Of a server that cannot be graded at all, as one without its first task may be, no tests are listed.)
    _, said = learner.types("grade", number, "-k", second, "--sample", "3")
    again = re.findall(r"(?m)^ +again +\./strata (grade .*)$", said)
    report.expect(bool(again), "each failure has a line that runs it again")
    code, repeated = learner.types(*shlex.split(again[0])) if again else (0, "")
    report.expect(code == 1 and repeated.count(" again ") == 1, f"./strata {again[0] if again else ''}: one test, which fails again")
    learner.writes(first, second)
    passed = learner.points("-k", second)
    report.expect(passed["full"], f"with {second} written they do {passed['lacking'] or ''}")

    learner.writes(*tasks)
    passed = learner.points(*([] if whole else ["--sample", "5"]))
    report.expect(passed["code"] == 0 and passed["full"], f"all written: full score, {passed['earned']:g} points {passed['lacking'] or ''}")
    following = learner.folder.with_name(f"{learner.folder.name}-next")
    if stage.number < len(stage_config.load_all(ROOT)):
        code, said = learner.types("start", str(stage.number + 1), "--into", str(following), "--base", str(learner.folder), where=ROOT)
        report.expect(code == 0 and "unwritten" not in said, f"./strata start {stage.number + 1} --base goes on with what is written")
    if whole:
        code, said = learner.types("status", number)
        states = re.findall(r"(?m)^  \d+\.\d+ +(passes|\S+)", said)
        report.expect(code == 0 and set(states) == {"passes"}, f"./strata status {number}: every task passes")
        code, said = learner.types("test", "--only", "unit")
        report.expect(code == 0, f"./strata test --only unit passes {'' if code == 0 else said[-1500:]}")


def stands_at(root: Path, place: str) -> bool:
    """"file:12,34": is there a STRATA_TODO in each of these lines?"""
    file, _, numbers = place.partition(":")
    lines = (root / file).read_text().splitlines()
    return bool(numbers) and all("STRATA_TODO" in lines[int(number) - 1] for number in numbers.split(","))


def the_server_runs(report, learner: Learner) -> None:
    """./strata run: an unfinished server starts, says which task it lacks rather than dying, and ends when told to."""
    port = claim_port()
    server = subprocess.Popen(["./strata", "run", "--", "--port", str(port.number)], cwd=learner.folder, env=learner.env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        lines = []
        for line in server.stdout:
            lines.append(line)
            if "Ready to accept connections" in line:
                break
        report.expect("Ready to accept connections" in lines[-1], f"./strata run: it starts {lines[-3:]}")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        rest = server.communicate(timeout=30)[0]
    report.expect("bye bye" in rest, "and ends")
