"""Builds a project in a folder that is kept: what did not change since the last time is not compiled again."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from harness.cli.support import builder
from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, passed_on, say, verdict
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


def rebuild(into: Path, targets: list[str], jobs: int) -> Path:
    """Builds again, silently, after sources in `into` were changed; returns the build folder. Raises Stop with what the
    compiler said."""
    folder = into / "build"
    command = ["cmake", "--build", str(folder), "-j", str(jobs), "--target", *targets]
    answer = subprocess.run(command, env={**os.environ, **_env(into)}, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")
    if answer.returncode != 0:
        lines = answer.stdout.splitlines()
        raise Stop("\n".join([line for line in lines if "error" in line.lower()][:5] or lines[-5:]))
    return folder


def digest(project: Starter) -> str:
    """Differs for projects that differ in a byte of a file."""
    whole = hashlib.sha256()
    for path, (content, executable) in sorted(project.files.items()):
        whole.update(f"{path}\0{len(content)}\0{executable}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def was_proved(into: Path, state: str) -> bool:
    """Whether a check has noted that it passed in this state. If not, a proof for another state is forgotten."""
    if _stamp(into).is_file() and _stamp(into).read_text() == state:
        say("proved before; no file has changed since")
        return True
    _stamp(into).unlink(missing_ok=True)
    return False


def note_proof(into: Path, state: str) -> None:
    _stamp(into).write_text(state)


def _stamp(into: Path) -> Path:
    return into / "build" / "proved"


def _run(command: list[str], root: Path) -> None:
    code, output = passed_on(command, _env(root))
    if code != 0:
        raise Stop(f"failed in {root}: {verdict(output)}")


def _env(root: Path) -> dict[str, str]:
    """ccache then sees the same command for the same file in every copy of the project."""
    return {"CCACHE_BASEDIR": str(root), "CCACHE_NOHASHDIR": "1"}
