"""Say what is missing on this machine, and the command that gets it.

Exit code 1 if something is missing that building or testing needs.
"""
import re
import subprocess

from harness.cli.support import apt, interpreter, packages
from harness.cli.support.steps import say

_REQUIRED = (packages.BUILD, packages.TEST)
_OLDEST_CMAKE = (3, 25)
_OLDEST_GCC = (12,)


def run(_args) -> int:
    missing = packages.missing(packages.BUILD, packages.TEST, packages.BENCH, packages.CLIENTS,
                               packages.DOCS, packages.REHEARSE, packages.DEVELOP)
    for package in packages.PACKAGES:
        state = "ok" if package not in missing else "MISSING" if package.group in _REQUIRED else "absent"
        say(f"  {state:<8} {package.name:<22} {package.group:<8} {package.purpose}")

    too_old = [*_too_old("cmake", ["cmake", "--version"], _OLDEST_CMAKE), *_too_old_gcc()]
    python = interpreter.find()
    say(f"  {'ok' if python else 'MISSING':<8} {'Python for the suites':<22} {'test':<8} {python or ''}")

    required = [package for package in missing if package.group in _REQUIRED]
    optional = [package for package in missing if package.group not in _REQUIRED]
    if required:
        say(f"\nneeded (./strata test installs them):\n  {apt.command_for(required)}")
    elif not python:
        say("\nno single Python imports pytest, xdist and redis; ./strata test makes build/venv")
    if optional:
        say(f"\noptional, for benches, for clients of other languages, for the handbook and for working on Strata:\n  {apt.command_for(optional)}")
    for problem in too_old:
        say(f"\n{problem}")
    healthy = not required and not too_old and python is not None
    if healthy:
        say("\nnothing required is missing")
    return 0 if healthy else 1


def _too_old_gcc() -> list:
    # c++ may be clang, whose --version has another shape and another numbering: only g++ is judged.
    return _too_old("g++", ["g++", "-dumpfullversion"], _OLDEST_GCC)


def _too_old(name: str, command: list, oldest: tuple) -> list:
    try:
        answer = subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return []  # reported as missing already
    found = re.search(r"\d+(\.\d+)+", answer)
    version = tuple(int(part) for part in found.group().split(".")) if found else ()
    if version and version < oldest:
        return [f"{name} is {found.group()}, but {'.'.join(map(str, oldest))} or newer is needed"]
    return []
