"""python -m harness.rehearsals NAME [--keep] [options]: one rehearsal, in a folder of its own below build/rehearsals/."""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from pathlib import Path

from harness.cli.support import repo
from harness.stress.support import Report

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    return sorted(file.stem for file in HERE.glob("[a-z]*.py"))


def summary(name: str) -> str:
    return importlib.import_module(f"harness.rehearsals.{name}").__doc__.splitlines()[0]


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in names():
        print("\n".join(["usage: ./strata rehearse NAME [options]", ""] + [f"  {name:<16}{summary(name)}" for name in names()]))
        return 0 if len(sys.argv) < 2 else 2
    name = sys.argv[1]
    module = importlib.import_module(f"harness.rehearsals.{name}")
    parser = argparse.ArgumentParser(prog=f"./strata rehearse {name}", description=module.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave what was made below build/rehearsals/")
    if hasattr(module, "add_arguments"):
        module.add_arguments(parser)
    options = parser.parse_args(sys.argv[2:])

    folder = repo.ROOT / "build" / "rehearsals" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = Report(name)
    try:
        module.rehearse(report, folder, options)
    except (AssertionError, OSError) as error:
        report.expect(False, f"{type(error).__name__}: {error}")
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return report.verdict()


if __name__ == "__main__":
    sys.exit(main())
