"""Bring the code excerpts in the handbook's pages up to date, or check that they are.

  ./strata docs --update    rewrite the excerpts in docs/ from the sources
  ./strata docs --check     exit code 1 when one is out of date or cannot be taken
"""
from harness.cli.support import repo
from harness.cli.support.steps import Stop, say
from harness.handbook import excerpts


def add_arguments(parser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--update", action="store_true")
    what.add_argument("--check", action="store_true")


def run(args) -> int:
    try:
        pages = excerpts.update(repo.ROOT) if args.update else excerpts.outdated(repo.ROOT)
    except excerpts.ExcerptError as error:
        raise Stop(str(error)) from None
    for page in pages:
        say(f"{repo.shown(page)}: {'updated' if args.update else 'out of date: ./strata docs --update'}")
    return 1 if args.check and pages else 0
