"""Grade a stage, or all: run its tests against a server and count points.

  ./strata grade 1                                    the server built here
  ./strata grade 1 --server "path/to/server --flag"   any server that takes Redis's command line
  ./strata grade 1 -k 1.3                             the tests of one task; also: "1.3 or 1.4",
                                                      test_wire.py::test_quit, or an expression of pytest's -k
  ./strata grade 1 --report gradescope --out results.json
  ./strata grade 1 --also markdown=summary.md --also junit=grade.xml
  ./strata grade 1 --submission DIR                   build and grade one submission, in a sandbox
  ./strata grade 1 --submissions DIR --out scores.csv build and grade each folder in DIR
  ./strata grade 1 --make-autograder grader.zip       what Gradescope wants to be uploaded

The exit code is 0 only at full score, 1 below it, 2 when the suite itself cannot be run.
TIMEOUT_SCALE=5 in the environment stretches every time limit: for slow machines and sanitizer builds.
"""
import argparse
import os
import signal
import sys
from pathlib import Path

from harness.cli.support import apt, builder, interpreter, packages, repo
from harness.cli.support.steps import Stop
from harness.grader import autograder, grading, sandbox, stage_config, submissions
from harness.grader.reports import RENDERERS, terminal
from harness.grader.run import SuiteError

_MOST_JOBS = 4


def add_arguments(parser) -> None:
    parser.add_argument("stage", metavar="N|all", nargs="?", help="number of a stage, or all")
    parser.add_argument("--server", metavar="CMD", help="the server's command (default: the stage's own, built first)")
    parser.add_argument("--report", choices=sorted(RENDERERS), default="terminal")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write the report there (default: standard output)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="varies keys, values and schedules (0)")
    parser.add_argument("-j", "--jobs", type=_positive, metavar="N", help="tests that run at the same time")
    parser.add_argument("-k", dest="select", default="", metavar="EXPR", help="some tests only; points count for those")
    parser.add_argument("--sample", type=_positive, default=0, metavar="K",
                        help="K tests of each task only; others with another --seed")
    parser.add_argument("--repeat", type=_positive, default=1, metavar="N", help="a test passes if it does N times")
    parser.add_argument("--time-limit", type=_positive, metavar="SECONDS", help="of a whole run (10 times the stage's)")
    parser.add_argument("--details", type=int, default=terminal.IN_FULL, metavar="N",
                        help="failures of a task that are shown in full (%(default)s)")
    parser.add_argument("--also", action="append", default=[], type=_also, metavar="REPORT=FILE",
                        help="write another report of the same run, too")
    parser.add_argument("--submission", type=Path, metavar="DIR", help="build and grade what is in DIR, in a sandbox")
    parser.add_argument("--submissions", type=Path, metavar="DIR", help="the same for each folder in DIR; writes CSV")
    parser.add_argument("--feedback", type=Path, metavar="DIR", help="with --submissions: a Markdown report for each")
    parser.add_argument("--memory", type=_positive, default=2048, metavar="MB",
                        help="with --submission(s): memory of one (%(default)s)")
    parser.add_argument("--disk", type=_positive, default=8192, metavar="MB",
                        help="with --submission(s): disk space of one (%(default)s)")
    parser.add_argument("--build-limit", type=_positive, default=900, metavar="SECONDS",
                        help="with --submission(s): of a build (%(default)s)")
    parser.add_argument("--make-autograder", type=Path, metavar="ZIP", help="write a Gradescope autograder for stage N")


def run(args) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # clean up on the way out, as for Ctrl-C
    try:
        return _run(args)
    except (stage_config.StageConfigError, SuiteError) as error:
        print(f"strata grade: {error}", file=sys.stderr)
        return 2


def _run(args) -> int:
    stages = _stages(args.stage)
    if args.make_autograder:
        autograder.make(args.make_autograder, stages)
        say_error(f"{args.make_autograder} is ready for Gradescope's Configure Autograder; base image Ubuntu 24.04")
        return 0
    python = interpreter.find_or_make()
    options = grading.Options(python=python, seed=args.seed, jobs=args.jobs or _jobs(), select=args.select,
                              sample=args.sample, repeat=args.repeat, time_limit=args.time_limit)
    if args.submissions:
        return _grade_submissions(args, stages, options)
    scores = []
    if args.submission:
        _must_be_folder(args.submission)
        scores = submissions.grade_one(args.submission, stages, options, _limits(args), _jobs()).scores
    for stage in stages if not args.submission else []:
        command = args.server or _built(stage)
        show = _progress if sys.stderr.isatty() else None
        scores.append(grading.grade(stage, command, options, server_given=bool(args.server), on_result=show))
    _write(args, scores)
    return 0 if all(score.full for score in scores) else 1


def _grade_submissions(args, stages, options) -> int:
    """The exit code is 0 when there is a line for each submission, whatever its score."""
    _must_be_folder(args.submissions)
    say_error(f"enforced: {sandbox.enforcement()}")
    done = submissions.grade_all(args.submissions, stages, options, _limits(args), _jobs(), say_error, args.feedback)
    text = submissions.table(done, stages)
    if args.out is None:
        sys.stdout.write(text)
    else:
        args.out.write_text(text, encoding="utf-8")
    return 0


def _must_be_folder(path) -> None:
    if not path.is_dir():
        raise Stop(f"{path} is no folder")


def _limits(args) -> sandbox.Limits:
    return sandbox.Limits(resident=args.memory << 20, disk=args.disk << 20, build=args.build_limit)


def say_error(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stages(word):
    if word == "all":
        found = stage_config.load_all()
        if not found:
            raise Stop("no stage has a stage.toml yet")
        return found
    if word is None or not word.isdigit():
        raise Stop("which stage? ./strata grade N, or ./strata grade all")
    return [stage_config.load_stage(int(word))]


def _built(stage) -> str:
    """The stage's own binary, brought up to date."""
    apt.install_missing(packages.BUILD)
    stdout = os.dup(1)
    os.dup2(2, 1)  # standard output is the report's
    try:
        builder.build("release", stage.target)
    finally:
        sys.stdout.flush()
        os.dup2(stdout, 1)
        os.close(stdout)
    return str(repo.build_folder("release") / stage.target)


def _write(args, scores) -> None:
    for name, file in args.also:
        file.write_text(RENDERERS[name](scores), encoding="utf-8")
    if args.report == "terminal" and args.out is None:
        terminal.show(scores, args.details)
        return
    text = terminal.render(scores, args.details) if args.report == "terminal" else RENDERERS[args.report](scores)
    if args.out is None:
        sys.stdout.write(text)
    else:
        args.out.write_text(text, encoding="utf-8")


def _progress(done: int, total: int, failed: int) -> None:
    end = "\r" if done < total else "\r\033[K"
    print(f"\r{done} of {total} tests, {failed} not passed ", end=end, file=sys.stderr, flush=True)


def _jobs() -> int:
    return min(_MOST_JOBS, len(os.sched_getaffinity(0)))


def _also(text: str) -> tuple:
    name, equals, file = text.partition("=")
    if name not in RENDERERS or not file:
        raise argparse.ArgumentTypeError(f"should look like markdown=FILE; reports are {', '.join(sorted(RENDERERS))}")
    return name, Path(file)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
