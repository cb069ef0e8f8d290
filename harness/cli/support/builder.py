"""Configures and builds with the CMake presets."""
import os
import shlex
import subprocess

from harness.cli.support.repo import ROOT
from harness.cli.support.steps import Stop, say

PRESETS = ("release", "debug", "asan", "tsan", "fuzz")


def jobs() -> str:
    """STRATA_JOBS, or the processors this process may use."""
    return os.environ.get("STRATA_JOBS") or str(len(os.sched_getaffinity(0)))


def build(preset: str, *targets: str) -> None:
    """Brings the targets (default: everything) up to date; raises Stop when that fails.

    It always configures, which takes a second: libraries installed since the last time are found then.
    """
    configure = ["cmake", "--preset", preset, "--log-level=NOTICE"]
    build_them = ["cmake", "--build", "--preset", preset, "-j", jobs()]
    if targets:
        build_them += ["--target", *targets]
    for command in (configure, build_them):
        say(f"$ {shlex.join(command)}")
        # Not piped: on a terminal ninja keeps its progress on one line.
        env = {"NINJA_STATUS": "[%f/%t %es] ", **os.environ}
        try:
            code = subprocess.run(command, cwd=ROOT, env=env).returncode
        except FileNotFoundError:
            raise Stop("cmake is missing: ./strata doctor says how to get it") from None
        if code != 0:
            raise Stop(f"failed: {shlex.join(command)}")
