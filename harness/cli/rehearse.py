"""Do from beginning to end what the guides promise: a fresh machine, a learner's path, a teacher's grading, an operator's day.

Without a name it lists the rehearsals (harness/rehearsals/README.md).
"""
import subprocess

from harness.cli.support import apt, interpreter, packages, repo

PASS_THROUGH = True


def run(args) -> int:
    apt.install_missing(packages.BUILD, packages.TEST, packages.REHEARSE)
    return subprocess.run([interpreter.find_or_make(), "-m", "harness.rehearsals", *args.rest], cwd=repo.ROOT).returncode
