"""A teacher's term: hands out a starter, grades twenty-odd submissions with one command, checks that the machine is as before.

What is typed stands in docs/en/teachers.md, on stage 1, whose suite is the shortest.

  handing out   ./strata start, twice the same; --base
  grading       one ./strata grade 1 --submissions: a right score for each, and no harm (parts/class_room.py, parts/host.py)
  hidden seeds  another seed is another set of tests, which the reference and redis-server pass
  variants      a subset of tasks; a mutant to explain
  Gradescope    the archive, unpacked as Gradescope does: a solution, the starter, a hidden seed
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from harness.cli.support import builder, repo
from harness.cli.support.repo import ROOT
from harness.grader import stage_config
from harness.rehearsals.parts import host
from harness.rehearsals.parts.class_room import BOMB, DAEMON_SECONDS, TARGET, ClassRoom
from harness.starter import project

SEED = "81927"
PARTS = ("handing-out", "grading", "hidden-seeds", "variants", "gradescope")
MEMORY, DISK, BUILD, RUN = 700, 1024, 60, 300  # MB, MB, s, s: the limits of the class
HEARD = "test_get_set or test_value_sizes or test_append_many or test_ranges"
PROCESSES = 512  # of a submission; the limit of the sandbox
MB = 1 << 20


def add_arguments(parser) -> None:
    parser.add_argument("--server", type=Path, help="a finished server of stage 1 (default: builds build/release)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts of the term")
    parser.add_argument("--whole", action="store_true", help="starter and solution are submitted as sources, too, and built")


def rehearse(report, folder: Path, options) -> None:
    if not options.server:
        builder.build("release", TARGET)
    server = (options.server or repo.build_folder("release") / TARGET).resolve()
    parts = dict(zip(PARTS, (hand_out, grade, hidden_seeds, variants, gradescope)))
    for name in options.only:
        report.note(f"---- {name}")
        parts[name](report, folder / name, server, options.whole)


def types(*words: str, env: dict | None = None, seconds: float = 3600) -> tuple[int, str]:
    """./strata and these words: the exit code and all that was printed."""
    answer = subprocess.run(["./strata", *map(str, words)], cwd=ROOT, env={**os.environ, **(env or {})}, text=True,
                            errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=seconds)
    return answer.returncode, answer.stdout


def hand_out(report, folder: Path, server: Path, whole: bool) -> None:
    folder.mkdir()
    made = [folder / "once", folder / "again"]
    codes = [types("start", "1", "--into", str(into))[0] for into in made]
    same = [{path: (into / path).read_bytes() for path in project.walk(into)} for into in made]
    report.expect(codes == [0, 0] and same[0] == same[1], f"./strata start 1: {len(same[0])} files, the same twice")
    code, said = types("start", "2", "--into", str(folder / "second"), "--base", str(made[0]))
    report.expect(code == 0 and "leaves tasks unwritten" in said, "./strata start 2 --base: an unfinished base is told")
    mine = folder / "second" / "stages" / "01_resp_server" / "resp" / "request_parser.cpp"
    report.expect("STRATA_TODO" in mine.read_text(), "the earlier stage is the learner's own")


def grade(report, folder: Path, server: Path, whole: bool) -> None:
    folder.mkdir()
    scores, feedback = folder / "scores.csv", folder / "reports"
    room = ClassRoom(folder / "submissions", server, [scores, feedback / "x"], whole)
    report.note(f"{len(room.expected)} submissions")
    before = host.fingerprint(room.folder), host.repository(), host.left_behind([])
    free = shutil.disk_usage(folder).free
    limits = ["--memory", MEMORY, "--disk", DISK, "--build-limit", 900 if whole else BUILD, "--time-limit", RUN]
    begin = time.monotonic()
    with host.Watch(folder) as watch:
        code, said = types("grade", "1", "--submissions", room.folder, "--out", scores, "--feedback", feedback, *limits)
    took = time.monotonic() - begin
    report.expect(code == 0, f"./strata grade 1 --submissions: all graded in {took:.0f} s")
    report.note(said.splitlines()[0])
    with open(scores, newline="", encoding="utf-8") as text:
        rows = {row["name"]: row for row in csv.DictReader(text)}
    report.expect(list(rows) == sorted(room.expected), "a line for each, in the order of names")
    tasks = {task.id: task.points for task in stage_config.load_stage(1).tasks}
    for name, expected in room.expected.items():
        judge(report, name, rows.get(name, {}), expected, tasks)
    written = {path.stem for path in feedback.iterdir()}
    report.expect(written == set(room.expected), "a report for each in reports/")

    report.expect(host.fingerprint(room.folder) == before[0], "no submission was changed")
    report.expect(host.repository() == before[1], "the repository was not changed")
    created = [str(path) for path in room.targets() if path.exists() and path != scores]
    report.expect(not created, f"nothing was written elsewhere {created or ''}")
    left = [path for path in host.left_behind(["strata-left-behind", "pwned"]) if path not in before[2]]
    report.expect(not left, f"nothing is left in /tmp, /var/tmp, /dev/shm {left or ''}")
    report.expect(not host.strangers() and not host.marked(DAEMON_SECONDS), "no process is left")
    report.expect(0 < watch.processes <= PROCESSES + 8, f"at most {watch.processes} processes of submissions (a bomb of {BOMB})")
    used = (free - watch.disk_free) // MB
    report.expect(used < DISK + 1024, f"at most {used} MB of disk were used, {(free - shutil.disk_usage(folder).free) // MB} after it")
    report.expect(watch.memory_free > 512 * MB, f"at least {watch.memory_free // MB} MB of memory were free")
    report.expect(took < len(rows) * (RUN + BUILD), "it ended in time")


def judge(report, name: str, row: dict, expected, tasks: dict) -> None:
    """One line of the CSV."""
    total, notes = float(row.get("total") or -1), row.get("notes", "-")
    right = expected.least <= total <= expected.most
    right &= expected.note in notes if expected.note else notes == ""
    right &= not expected.loses or float(row[expected.loses]) < tasks[expected.loses]
    right &= all(float(row[task]) == tasks[task] for task in expected.keeps)
    why = f" ({expected.why})" if expected.why else ""
    report.expect(right, f"{name}: {total:g}, expected {expected.bounds}{why}"
                         f"{f', {expected.loses} not full' if expected.loses else ''}{f'; {notes[:160]}' if notes else ''}")


def hidden_seeds(report, folder: Path, server: Path, whole: bool) -> None:
    """A server that has learned by heart what the tests of seed 0 are answered passes those, and not those of another seed."""
    for command in (server, "redis-server"):
        code, said = types("grade", "1", "--server", command, "--seed", SEED)
        report.expect(code == 0, f"seed {SEED} on {Path(command).name}: full score {'' if code == 0 else said[-600:]}")
    folder.mkdir()
    heard = []
    for seed in ("0", "0", SEED):
        log = folder / f"heard-{len(heard)}"
        log.touch()
        listener = f"{sys.executable} {ROOT / 'harness' / 'rehearsals' / 'parts' / 'listener.py'} --heard {log}"
        types("grade", "1", "--server", listener, "--seed", seed, "-k", HEARD, "-j", "1")
        heard.append(set(log.read_text().splitlines()))
    report.expect(heard[0] and heard[0] == heard[1], f"the tests of one seed send the same twice ({len(heard[0])} requests)")
    other = heard[2] - heard[0]
    report.expect(len(other) > len(heard[2]) // 10, f"another seed sends {len(other)} other requests of {len(heard[2])}")


def variants(report, folder: Path, server: Path, whole: bool) -> None:
    folder.mkdir()
    paper = folder / "some.json"
    code, _ = types("grade", "1", "--server", server, "-k", "1.6", "--report", "json", "--out", paper)
    some = json.loads(paper.read_text())["stages"][0]
    wanted = stage_config.load_stage(1).tasks[5]
    report.expect(code == 0 and some["possible"] == wanted.points, f"-k 1.6: {some['earned']:g} of {wanted.points:g} points")
    code, _ = types("grade", "1", "--server", server, "-k", "1.6 or 1.7", "--report", "json", "--out", paper)
    some = json.loads(paper.read_text())["stages"][0] if code in (0, 1) else {"possible": -1, "earned": -1}
    both = wanted.points + stage_config.load_stage(1).tasks[6].points
    report.expect(code == 0 and some["possible"] == both, f"-k '1.6 or 1.7': {some['earned']:g} of {both:g} points")
    patch = (ROOT / "harness" / "mutants" / "01" / "incr-wraps.patch").read_text().splitlines(keepends=True)
    (folder / "explain.patch").write_text("".join(patch[3:]))
    applied = subprocess.run(["git", "apply", "--check", str(folder / "explain.patch")], cwd=ROOT)
    told = any(line.startswith(("Title:", "Task:", "Expect:")) for line in patch[3:])
    report.expect(applied.returncode == 0 and not told, "a mutant without its three header lines: fits, and says nothing")


def gradescope(report, folder: Path, server: Path, whole: bool) -> None:
    folder.mkdir()
    archive = folder / "stage1.zip"
    code, said = types("grade", "1", "--make-autograder", archive)
    report.expect(code == 0 and archive.is_file(), "./strata grade 1 --make-autograder")
    root = folder / "autograder"
    with zipfile.ZipFile(archive) as files:
        files.extractall(root / "source")
    tools = folder / "tools"  # setup.sh is for an image of its own: here it must not install anything
    tools.mkdir()
    (tools / "apt-get").write_text(f'#!/bin/sh\necho "$@" >>{folder}/apt\n')
    (tools / "apt-get").chmod(0o755)
    env = {**os.environ, "AUTOGRADER_ROOT": str(root), "PATH": f"{tools}:/usr/bin:/bin"}
    setup = subprocess.run(["sh", root / "source" / "setup.sh"], env=env, capture_output=True, text=True)
    asked = (folder / "apt").read_text().splitlines() if (folder / "apt").exists() else []
    report.expect(setup.returncode == 0 and asked[:1] == ["update"], f"setup.sh: {len(asked)} calls of apt-get {setup.stderr[-300:]}")

    def submitted(program: Path | None) -> dict:
        for old in ("submission", "results"):
            shutil.rmtree(root / old, ignore_errors=True)
        (root / "submission").mkdir()
        if program:
            shutil.copy2(program, root / "submission" / "strata-server")
        subprocess.run(["sh", root / "source" / "run_autograder"], env=env, capture_output=True, timeout=1200)
        return json.loads((root / "results" / "results.json").read_text())

    def points(results: dict) -> float:
        return results["score"] if "score" in results else sum(test["score"] for test in results["tests"])

    solution = submitted(server)
    report.expect(points(solution) == 100, f"a solution: {points(solution):g} points")
    report.expect(len(solution["tests"]) == len(stage_config.load_stage(1).tasks), "a line for each task")
    report.expect(points(submitted(None)) == 0, "an empty upload: 0 points")
    script = root / "source" / "run_autograder"
    script.write_text(script.read_text().replace("--report gradescope", f"--seed {SEED} --report gradescope"))
    report.expect(f"--seed {SEED}" in script.read_text() and points(submitted(server)) == 100, f"with --seed {SEED}: 100 points")
