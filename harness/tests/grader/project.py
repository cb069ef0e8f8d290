"""A project of its own to grade in: the real harness, one small suite, no server to build."""

import json
import os
import shutil
import subprocess
import sys

from harness.grader.stage_config import ROOT

STAGE = '''
number = 1
name = "sample"
title = "A sample"
time_limit_seconds = 30
chapter = "docs/en/01-sample.md"
[[tasks]]
id = "1.1"
title = "Talk"
file = "first.cpp"
points = 10
tests = ["test_sample.py::*"]
hints = ["one", "two", "three"]
chapter = "talk"
[[tasks]]
id = "1.2"
title = "Keep"
file = "first.cpp"
points = 6
tests = ["test_sample.py::test_set", "test_sample.py::test_get"]
hints = ["one", "two", "three"]
chapter = "keep"
'''
SUITE = '''
import os
import signal
import threading

import pytest

SPECIAL = os.environ.get("SAMPLE_SPECIAL")


@pytest.mark.goal("PING is answered")
def test_ping(wire):
    assert wire("PING") == "PONG"


@pytest.mark.goal("ECHO is answered, and what a variable asks for happens")
@pytest.mark.limit(1000)
def test_special(wire):
    assert wire("ECHO", "x") == b"x"
    if SPECIAL == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if SPECIAL == "wait":
        threading.Event().wait()
    if SPECIAL == "skip":
        pytest.skip("no reason")


@pytest.mark.goal("SET is answered")
def test_set(wire):
    wire.ok("SET", "k", "v")


@pytest.mark.goal("GET is answered")
def test_get(wire, rng):
    wire.ok("SET", "k", rng.random())
    assert wire("GET", "k") is not None


@pytest.mark.goal("ECHO is answered again")
def test_zebra(wire):
    assert wire("ECHO", "z") == b"z"
'''


class Project:
    def __init__(self, root):
        self.root = root
        (root / "harness" / "suites" / "stage01").mkdir(parents=True)
        (root / "stages" / "01_sample").mkdir(parents=True)
        for name in ("cli", "grader", "strata_harness"):
            shutil.copytree(ROOT / "harness" / name, root / "harness" / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("strata", "pytest.ini", "harness/conftest.py"):
            shutil.copy(ROOT / name, root / name)
        (root / "harness" / "suites" / "stage01" / "test_sample.py").write_text(SUITE)
        (root / "stages" / "01_sample" / "stage.toml").write_text(STAGE)
        (root / "stages" / "01_sample" / "first.cpp").touch()

    def start(self, *words, **environment):
        return subprocess.Popen([sys.executable, "strata", "grade", *words], cwd=self.root, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})

    def grade(self, *words, **environment):
        """Exit code, standard output, standard error."""
        process = self.start(*words, **environment)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def report(self, *words, **environment):
        """Exit code and the JSON report's only stage."""
        code, out, err = self.grade("1", "--report", "json", *words, **environment)
        assert out, err
        return code, json.loads(out)["stages"][0]
