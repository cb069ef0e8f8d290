"""Trials of mutants, on servers that are there already: each broken server stands for what a mutant was built into."""

import sys
from pathlib import Path

import pytest
from project import Project
from samples import server_command

from harness.cli.support.steps import Stop
from harness.grader import stage_config
from harness.mutants import table, trial
from harness.mutants.patches import Mutant

pytestmark = pytest.mark.limit(60)  # each runs pytest a few times
OPTIONS = trial.Options(sys.executable)


class Place:
    """Stands for a workplace: "builds" one of the servers of harness/broken_servers, or fails to."""

    def __init__(self, name):
        self.name = name

    def build(self, mutant, target, jobs):
        if self.name == "does not compile":
            raise Stop("first.cpp:1: error: expected ';'")
        return server_command(self.name)


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("project"))
    return trial.suite_of(stage_config.load_stage(1, project.root), sys.executable)


def judge(suite, server, task="1.2"):
    mutant = Mutant(1, "sample", "A sample", task, "A mistake.", Path("sample.patch"))
    return trial.run(mutant, {1: suite}, Place(server), OPTIONS)


def test_caught_by_its_own_task(suite):
    verdict = judge(suite, "wrong_type")
    assert (verdict.state, verdict.test, verdict.task) == (trial.CAUGHT, "test_sample.py::test_special", "1.1")
    verdict = judge(suite, "wrong_type", task="1.1")
    assert "The reply has the right value but the wrong type." in verdict.message and "expected" in verdict.message


def test_survived(suite):
    assert judge(suite, "mini").state == trial.SURVIVED


def test_does_not_compile(suite):
    verdict = judge(suite, "does not compile")
    assert (verdict.state, verdict.message) == (trial.BROKEN, "first.cpp:1: error: expected ';'")


def test_a_test_that_fails_anyway_catches_nothing(suite):
    caught = judge(suite, "wrong_type")
    good, bad = server_command("mini"), server_command("wrong_type")
    assert trial.doubted([caught], suite, good, OPTIONS) == [caught]
    assert [verdict.state for verdict in trial.doubted([caught], suite, bad, OPTIONS)] == [trial.BROKEN]


def test_a_mutant_that_breaks_an_earlier_stage(suite):
    mutant = Mutant(2, "sample", "A sample", "1.2", "A mistake.", Path("sample.patch"))
    suites = {1: suite, 2: suite}
    verdict = trial.run(mutant, suites, Place("wrong_type"), trial.Options(sys.executable, earlier=True))
    assert (verdict.state, verdict.test) == (trial.BROKEN, "test_sample.py::test_special")
    assert verdict.message == "a test of stage 1 fails, too: test_sample.py::test_special"
    verdict = trial.run(mutant, suites, Place("mini"), trial.Options(sys.executable, earlier=True))
    assert verdict.state == trial.SURVIVED


def test_table():
    mutant = Mutant(1, "sample", "A sample", "1.2", "A mistake.", Path("sample.patch"))
    verdicts = [trial.Verdict(mutant, trial.CAUGHT, 1.25, "test_a.py::test_x", "1.2", "No reply came."),
                trial.Verdict(mutant, trial.CAUGHT, 2, "test_a.py::test_y", "1.1", "The reply is wrong.\nexpected"),
                trial.Verdict(mutant, trial.SURVIVED, 30),
                trial.Verdict(mutant, trial.BROKEN, message="sample.patch does not fit")]
    assert [row.split() for row in table.table(verdicts).splitlines()] == [row.split() for row in """
        mutant task verdict s by the test
        sample 1.2 caught 1.2 test_a.py::test_x
        No reply came.
        sample 1.2 caught 2.0 test_a.py::test_y (of task 1.1)
        The reply is wrong.
        expected
        sample 1.2 SURVIVED 30.0 A sample
        sample 1.2 BROKEN 0.0
        sample.patch does not fit""".splitlines()[1:]]
    assert table.kill_rate(verdicts) == "2 of 4 mutants caught: kill rate 50 %"
