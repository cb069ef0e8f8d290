"""Chooses the Python that runs the suites and benches.

`python3` on PATH may come from pyenv, conda or a virtual environment that cannot see Debian's packages, so the choice
is by what an interpreter can import: the one running now, then Debian's, then a virtual environment of our own.
"""
import functools
import subprocess
import sys
from pathlib import Path

from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, heading

FOR_TESTS = ("pytest", "xdist", "redis")
_VENV = ROOT / "build" / "venv"
_FROM_PIP = {"xdist": "pytest-xdist"}


@functools.lru_cache(maxsize=None)
def _can_import(python: str, modules: tuple) -> bool:
    command = [python, "-c", f"import {', '.join(modules)}"]
    return Path(python).exists() and subprocess.run(command, capture_output=True).returncode == 0


def find(modules: tuple = FOR_TESTS):
    """The first interpreter that can import all the modules, or None."""
    candidates = [sys.executable, "/usr/bin/python3", str(_VENV / "bin" / "python")]
    return next((python for python in candidates if _can_import(python, modules)), None)


def find_or_make(modules: tuple = FOR_TESTS) -> str:
    """As find(); when there is none, makes build/venv with what is missing, or raises Stop."""
    found = find(modules)
    if found:
        return found
    heading(f"no Python here can import {', '.join(modules)}: making build/venv")
    base = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    names = [_FROM_PIP.get(module, module) for module in modules]
    for command in (
        [base, "-m", "venv", "--system-site-packages", str(_VENV)],
        [str(_VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", *names],
    ):
        if subprocess.run(command).returncode != 0:
            raise Stop(f"cannot make build/venv (it takes python3-venv and a network); failed: {' '.join(command)}")
    _can_import.cache_clear()
    found = find(modules)
    if not found:
        raise Stop(f"build/venv still cannot import {', '.join(modules)}; delete it and try again")
    return found
