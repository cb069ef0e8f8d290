"""Plant bugs that a learner could write, one at a time, and check that the suites catch them.

  ./strata mutants                          every mutant of every stage
  ./strata mutants 1 --only crlf-ends-bulk  one of them (repeatable)
  ./strata mutants --sample 3               three of each stage; others with every commit, or as --seed says

Each row says which test caught a mutant, and its message. The exit code is 0 only if all were caught.
"""
import argparse
import datetime
import random
import subprocess

from harness.cli.support import apt, builder, interpreter, packages
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, heading, say
from harness.grader import stage_config
from harness.grader.run import SuiteError
from harness.mutants import patches, table, team, trial
from harness.mutants.workplace import Workplace


def add_arguments(parser) -> None:
    parser.add_argument("stages", type=int, nargs="*", metavar="N", help="mutants of these stages (default: all)")
    parser.add_argument("--only", action="append", metavar="NAME", help="this mutant alone (repeatable)")
    parser.add_argument("--sample", type=_positive, metavar="K", help="K mutants of each stage, chosen at random")
    parser.add_argument("--seed", metavar="S", help="what the choice depends on (default: the commit, or the date)")
    parser.add_argument("-j", "--jobs", type=_positive, metavar="N", help="mutants at the same time (default: 2 at most)")
    parser.add_argument("--earlier", action="store_true", help="the suites of earlier stages must pass on each mutant")


def run(args) -> int:
    apt.install_missing(packages.BUILD, packages.TEST)
    try:
        return _run(args)
    except (stage_config.StageConfigError, patches.PatchError, SuiteError) as error:
        raise Stop(str(error)) from None


def _run(args) -> int:
    chosen = _chosen(args)
    cores = int(builder.jobs())
    workers = min(args.jobs or min(2, cores), len(chosen))
    # Few of the builds that run at the same time are long, so each may use every core.
    options = trial.Options(interpreter.find_or_make(), build_jobs=cores, test_jobs=max(1, cores // workers),
                            earlier=args.earlier)
    broken = sorted({mutant.stage for mutant in chosen})
    graded = range(1, broken[-1] + 1) if args.earlier else broken
    suites = {number: trial.suite_of(stage_config.load_stage(number), options.python) for number in graded}

    heading("building what is to be broken")
    targets = [suites[number].stage.target for number in broken]
    for number in range(workers):
        Workplace(number).prepare(targets)

    heading(f"{len(chosen)} mutants, {workers} at a time")
    verdicts = team.run(chosen, suites, options, workers, lambda verdict: say(table.line(verdict)))
    judged = []
    for number in broken:
        of_stage = [verdict for verdict in verdicts if verdict.mutant.stage == number]
        server = Workplace(0).unchanged(suites[number].stage.target)
        judged += trial.doubted(of_stage, suites[number], server, options)
    heading("verdicts")
    say(table.table(judged) + "\n\n" + table.kill_rate(judged))
    return 0 if all(verdict.state == trial.CAUGHT for verdict in judged) else 1


def _chosen(args) -> list:
    by_stage = {number: patches.of_stage(number) for number in args.stages or patches.stages()}
    if args.only:
        found = [mutant for mutants in by_stage.values() for mutant in mutants if mutant.name in args.only]
        if missing := set(args.only) - {mutant.name for mutant in found}:
            raise Stop(f"no such mutant: {', '.join(sorted(missing))}")
        return found
    if args.sample:
        seed = args.seed or _rotating_seed()
        say(f"a sample with --seed {seed}")
        by_stage = {number: sample(mutants, args.sample, seed) for number, mutants in by_stage.items()}
    chosen = [mutant for mutants in by_stage.values() for mutant in mutants]
    if not chosen:
        raise Stop("there are no mutants of such a stage")
    return chosen


def sample(mutants: list, size: int, seed: str) -> list:
    """`size` of them, or all, in their order; the same ones for the same seed."""
    picked = random.Random(seed).sample(mutants, min(size, len(mutants)))
    return [mutant for mutant in mutants if mutant in picked]


def _rotating_seed() -> str:
    """Another one for every commit, so that all mutants have their turn; where there is no repository, for every day."""
    answer = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    return answer.stdout.strip() or datetime.date.today().isoformat()


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
