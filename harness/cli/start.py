"""Write a starter: a project with stages 1 to N in which the tasks of stage N are yours to do.

  ./strata start 1 --into ~/strata-1
  ./strata start 4 --into ~/strata-4 --base ~/strata-3     on top of your own stages 1 to 3
"""
from pathlib import Path

from harness.cli.status import unwritten
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, say
from harness.starter import project


def add_arguments(parser) -> None:
    parser.add_argument("stage", type=int, help="the stage whose tasks are to be done")
    parser.add_argument("--into", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    parser.add_argument("--base", default="reference", metavar="reference|PATH",
                        help="where the earlier stages come from: the reference (default) or a project of yours")
    parser.add_argument("--force", action="store_true", help="write over files that are in DIR already")


def run(args) -> int:
    base = None if args.base == "reference" else Path(args.base)
    try:
        starter = project.compose(ROOT, args.stage, base)
        project.write(starter, args.into, args.force)
    except project.ProjectError as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise Stop(f"cannot write the starter: {error}") from None
    say(f"{args.into}: {len(starter.files)} files, {len(starter.tasks)} tasks of stage {args.stage}")
    earlier = [task for task in unwritten(args.into) if int(task.partition(".")[0]) < args.stage]
    if earlier:
        say(f"{args.base} leaves tasks unwritten that stage {args.stage} builds on: {', '.join(earlier)}")
    say(f"next:\n  cd {args.into}\n  ./strata grade {args.stage}      (README.md says the rest)")
    return 0
