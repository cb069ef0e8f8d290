"""Builds the echo floor (bench/floor/echo.cpp) when it is older than its source."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

from client import BenchError
from servers import ROOT


def command() -> str:
    """The command line of the echo server, but for the options every contender gets."""
    source = ROOT / "bench" / "floor" / "echo.cpp"
    binary = ROOT / "build" / "bench-floor" / "echo"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
        if not compiler:
            raise BenchError("--floor needs a C++ compiler (set CXX, or apt-get install g++)")
        binary.parent.mkdir(parents=True, exist_ok=True)
        fresh = binary.with_suffix(f".{os.getpid()}")
        run = subprocess.run([compiler, "-std=c++20", "-O2", str(source), "-o", str(fresh)], capture_output=True,
                             text=True)
        if run.returncode != 0:
            raise BenchError(f"the echo floor does not compile:\n{run.stderr}")
        fresh.replace(binary)
    return shlex.join([str(binary)])
