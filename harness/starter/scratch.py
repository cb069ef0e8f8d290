"""Builds a project in a folder that is kept: what did not change since the last time is not compiled again."""

from __future__ import annotations

from pathlib import Path

from harness.cli.support import builder
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, passed_on
from harness.starter.project import Starter, replace

# Only whether it compiles and works matters here, not how fast: no optimisation, no debug information.
_OPTIONS = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DSTRATA_WERROR=ON",
            "--log-level=NOTICE")


def place(name: str) -> Path:
    """A folder for one kind of copy, below build/."""
    return ROOT / "build" / "check" / name


def build(project: Starter, into: Path, targets: list[str]) -> Path:
    """Makes `into` the project, builds the targets (none: all), returns the build folder. Raises Stop."""
    into.mkdir(parents=True, exist_ok=True)
    replace(project, into)
    folder = into / "build"
    _run(["cmake", "-S", str(into), "-B", str(folder), *_OPTIONS], into)
    chosen = ["--target", *targets] if targets else []
    _run(["cmake", "--build", str(folder), "-j", builder.jobs(), *chosen], into)
    return folder


def _run(command: list[str], root: Path) -> None:
    # ccache then sees the same command for the same file in every copy of the project.
    env = {"CCACHE_BASEDIR": str(root), "CCACHE_NOHASHDIR": "1"}
    code, last = passed_on(command, env)
    if code != 0:
        raise Stop(f"failed in {root}: {last}")
