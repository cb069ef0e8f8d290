"""Points, and the five reports of one made-up score, compared with stored texts."""

import json
import xml.etree.ElementTree as xml
from fractions import Fraction
from pathlib import Path

import pytest
from samples import matches_file, stage, task

from harness.grader.events import NOT_RUN, PASSED, Progress, TestResult
from harness.grader.reports import RENDERERS
from harness.grader.reports.text import clean
from harness.grader.score import merge, score, shown

GOLDEN = Path(__file__).with_name("golden")
SUFFIX = {"terminal": "txt", "json": "json", "junit": "xml", "markdown": "md", "gradescope": "json"}


def passed(test_id):
    return TestResult(test_id, f"goal of {test_id}", PASSED, 0.25, runs=1, passes=1)


def failed(test_id, **failure):
    return TestResult(test_id, f"goal of {test_id}", "failed", 1.5, runs=1, failure={
        "phase": "call", "kind": "difference", "headline": "The reply is wrong.", "expected": "", "got": "",
        "notes": [], "where": "test_a.py:7", "code": "assert wire('GET', 'k') == b'v'",
        "steps": ["send GET k", "  get b'w'"],
        "transcript": "[wire]\n  > GET k\\r\\n\n  < $1\\r\\nw\\r\\n", "ended": "", "logs": [["server", "Ready"]],
        "reproduce": "pytest ...", "explanation": [], **failure})


@pytest.fixture
def sample():
    one, two, three = task(1), task(2, ["test_b.py"], points=5.0), task(3, ["test_c.py"], points=7.0)
    results = [
        passed("test_a.py::test_1"), passed("test_a.py::test_2"),
        failed("test_a.py::test_3[<&'`|\x00]", expected="b'v'", got="b'w'", notes=["One.", "Two."]),
        passed("test_b.py::test_1"),
        failed("test_c.py::test_1", kind="crash", headline="The server did not survive this test: killed by SIGSEGV.",
               ended="server (pid 7) killed by SIGSEGV", logs=[["server", "Ready\n\x1b[31mred ]]> </testcase> ```\n"]]),
        failed("test_c.py::test_2"), failed("test_c.py::test_3"),
        TestResult("test_c.py::test_4", "goal", NOT_RUN, failure={"kind": "not run", "headline": "Not reached."}),
    ]
    owner = {result.id: {"a": one, "b": two, "c": three}[result.id[5]] for result in results}
    return score(stage(one, two, three), owner, results, server="./my server", seed=3, seconds=12.34)


@pytest.mark.parametrize("report", RENDERERS)
def test_golden(report, sample, update_snapshots):
    text = RENDERERS[report]([sample])
    matches_file(GOLDEN / f"{report}.{SUFFIX[report]}", text, update_snapshots)


def test_json_adds_up(sample):
    report = json.loads(RENDERERS["json"]([sample, sample]))
    assert report["earned"] == pytest.approx(2 * (10 * 2 / 3 + 5)) and report["possible"] == 44 and not report["full"]
    (one, _) = report["stages"]
    assert sum(test["earned"] for test in one["tests"]) == pytest.approx(one["earned"])
    assert {test["outcome"] for test in one["tests"]} == {"passed", "failed", "not run"}


def test_junit_is_xml_and_counts(sample):
    suite = xml.fromstring(RENDERERS["junit"]([sample])).find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("8", "4", "1")


def test_gradescope_keeps_its_limits(sample):
    sample.tasks[2].results[0].failure["ended"] = "x" * 10**6
    report = json.loads(RENDERERS["gradescope"]([sample]))
    assert [test["score"] <= test["max_score"] for test in report["tests"]] == [True] * 3
    assert report["tests"][1]["score"] == report["tests"][1]["max_score"] == 5
    assert max(len(test["output"]) for test in report["tests"]) < 21000


@pytest.mark.parametrize("report", RENDERERS)
def test_a_server_that_could_not_be_graded(report, sample):
    sample.problem = "There is no server at /x."
    text = RENDERERS[report]([sample])
    assert "There is no server at /x." in text or report == "junit"
    assert not sample.full


@pytest.mark.parametrize("points, text", [
    (Fraction(10), "10.0"), (Fraction(1999, 200), "9.9"), (Fraction(1, 100), "0.0"), (0, "0.0"),
    (Fraction(1, 3), "0.3")])
def test_points_are_rounded_down(points, text):
    assert shown(points) == text


def test_a_share_does_not_depend_on_the_selection():
    one = task(1, points=10)
    owner = {f"test_a.py::test_{number}": one for number in range(4)}
    part = score(stage(one), owner, [passed("test_a.py::test_0")], server="s", seed=0)
    assert (part.earned, part.possible, part.full) == (Fraction(5, 2), Fraction(5, 2), True)


def test_thirds_add_up_exactly():
    one = task(1, points=10)
    tests = [passed(f"test_a.py::test_{number}") for number in range(3)]
    whole = score(stage(one), {test.id: one for test in tests}, tests, server="s", seed=0)
    assert whole.earned == whole.possible == 10 and whole.full


def test_nothing_is_no_full_score():
    assert not score(stage(task(1)), {}, [], server="s", seed=0).full


def test_repeated_runs_pass_only_together():
    merged = merge([[passed("a"), passed("b")], [passed("a"), failed("b")], [passed("a"), passed("b")]])
    assert [(one.outcome, one.passes, one.runs) for one in merged] == [("passed", 3, 3), ("failed", 2, 3)]
    assert merged[1].failure["headline"] == "The reply is wrong."


def phase(when, ok, **failure):
    return {"event": "phase", "id": "t", "when": when, "passed": ok, "seconds": 0.1, "goal": "g",
            "failure": None if ok else {"kind": "other", "headline": when, **failure}}


@pytest.mark.parametrize("phases, outcome, headline", [
    ([phase("setup", True), phase("call", True), phase("teardown", True)], "passed", None),
    ([phase("setup", False), phase("teardown", True)], "failed", "setup"),
    ([phase("setup", True), phase("call", False), phase("teardown", True)], "failed", "call"),
    ([phase("setup", True), phase("call", True), phase("teardown", False)], "failed", "teardown"),
    ([phase("setup", True), phase("call", False), phase("teardown", False, kind="crash")], "failed", "teardown"),
    ([phase("setup", True), phase("call", False, kind="crash"), phase("teardown", False, kind="crash")], "failed",
     "call"),
    ([phase("setup", True), phase("teardown", True)], "not run", None),
])
def test_phases_become_an_outcome(phases, outcome, headline):
    progress = Progress()
    for event in [{"event": "start", "id": "t"}, *phases]:
        progress.take(event)
    result = progress.take({"event": "done", "id": "t"})
    assert (result.outcome, result.failure.get("headline")) == (outcome, headline)


def test_control_characters_are_shown_as_such():
    assert clean("a\x1b[1mb\x00\tc\n") == "a\ufffd[1mb\ufffd\tc\n"
