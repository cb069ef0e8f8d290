"""Format the C++ sources with clang-format; --check only reports.

Releases of clang-format disagree in details: 14 (Debian 12's) decides, and is preferred where several are installed.
"""
import shutil
import subprocess

from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, say


def add_arguments(parser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if a file would change")
    parser.add_argument("files", nargs="*", help="files to format (default: all)")


def run(args) -> int:
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        raise Stop("clang-format is missing: ./strata doctor says how to get it")
    files = args.files or _sources()
    if not files:
        return 0
    mode = ["--dry-run", "--Werror"] if args.check else ["-i"]
    code = subprocess.run([tool, *mode, *files], cwd=None if args.files else ROOT).returncode
    say(f"{len(files)} files {'checked' if args.check else 'formatted'}")
    return 1 if code else 0


def _sources() -> list:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cpp"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True)
    if answer.returncode != 0:
        raise Stop(f"cannot list the sources: {answer.stderr.strip()}")
    return [name for name in answer.stdout.splitlines() if (ROOT / name).is_file()]
