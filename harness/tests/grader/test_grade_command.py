"""./strata grade from outside: exit codes, selections, crashes of every party, and that nothing is left behind."""

import os
import signal
from pathlib import Path

import pytest
from project import Project
from samples import server_command

from strata_harness.wait import wait_until

GOOD = server_command("mini")

pytestmark = pytest.mark.limit(60)  # each runs a whole grader


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


def outcomes(stage):
    return {test["id"].split("::")[1]: test["outcome"] for test in stage["tests"]}


def marked_processes(mark):
    """Living processes with this path in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(mark).encode() in (entry / "environ").read_bytes():  # a zombie has none left
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_full_score(project):
    code, out, _ = project.grade("1", "--server", GOOD, "-j", "2")
    assert code == 0
    assert "10.0 / 10.0" in out and "6.0 / 6.0" in out and "16.0 / 16.0" in out and "not passed" not in out


def test_a_crash_costs_its_test_only(project):
    code, stage = project.report("--server", server_command("crashes"))
    assert code == 1 and (stage["earned"], stage["possible"]) == (13, 16)
    assert outcomes(stage) == {"test_ping": "passed", "test_special": "passed", "test_zebra": "passed",
                               "test_set": "passed", "test_get": "failed"}
    (failure,) = [test["failure"] for test in stage["tests"] if test["failure"]]
    assert failure["kind"] == "crash" and "SIGSEGV" in failure["headline"]
    assert "about to follow a null pointer" in failure["logs"][0][1]
    assert failure["again"].startswith("./strata grade 1 -k test_sample.py::test_get --server")


@pytest.mark.parametrize("command, problem", [
    ("./nowhere", "There is no server at"), (server_command("exits_at_once"), "exited with code 3")])
def test_a_server_that_cannot_be_graded(project, command, problem):
    code, out, _ = project.grade("1", "--server", command)
    assert code == 1 and problem in out and "0.0 / 16.0" in out and "Nothing was run." in out


@pytest.mark.parametrize("select, tests", [
    ("1.2", {"test_set", "test_get"}), ("1.2 or 7.1", {"test_set", "test_get"}), ("test_sample.py::test_set", {"test_set"}),
    ("test_sample.py::test_*e*", {"test_special", "test_set", "test_get", "test_zebra"}),
    ("ping or zebra", {"test_ping", "test_zebra"}),
])
def test_selection(project, select, tests):
    code, stage = project.report("--server", GOOD, "-k", select)
    assert code == 0 and set(outcomes(stage)) == tests and stage["earned"] == stage["possible"] < 16


def test_a_sample_has_tests_of_each_task(project):
    picked = set()
    for seed in range(8):
        code, stage = project.report("--server", GOOD, "--sample", "1", "--seed", str(seed))
        assert code == 0 and [task["tests"] for task in stage["tasks"]] == [1, 1]
        assert stage["selection"] == "a sample of 2 of 5 tests"
        picked.update(outcomes(stage))
    assert len(picked) > 2
    _, stage = project.report("--server", GOOD, "--sample", "3", "-k", "1.2")
    assert set(outcomes(stage)) == {"test_set", "test_get"} and stage["selection"] == "1.2, a sample of 2 of 5 tests"


@pytest.mark.parametrize("words, problem", [
    (("1", "-k", "nothing_like_this"), "matches no test"), (("7",), "there is no stages/07_")])
def test_what_cannot_be_run(project, words, problem):
    code, out, err = project.grade(*words, "--server", GOOD)
    assert code == 2 and problem in err and not out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_test_process_dies(project, jobs):
    code, stage = project.report("--server", GOOD, "-j", jobs, SAMPLE_SPECIAL="kill")
    assert code == 1 and stage["earned"] == pytest.approx(16 - 10 / 3)
    assert [name for name, outcome in outcomes(stage).items() if outcome != "passed"] == ["test_special"]


def test_the_whole_run_has_a_time_limit(project):
    code, stage = project.report("--server", GOOD, "-j", "1", "--time-limit", "3", SAMPLE_SPECIAL="wait")
    assert code == 1 and outcomes(stage) == {"test_ping": "passed", "test_special": "failed", "test_set": "not run",
                                             "test_get": "not run", "test_zebra": "not run"}
    headlines = [test["failure"]["headline"] for test in stage["tests"] if test["failure"]]
    assert all("time limit" in headline for headline in headlines)


def test_a_skipped_test_earns_nothing(project):
    code, stage = project.report("--server", GOOD, SAMPLE_SPECIAL="skip")
    assert code == 1 and outcomes(stage)["test_special"] == "failed"


def test_repeat_and_out(project, tmp_path):
    out = tmp_path / "report.xml"
    code, text, _ = project.grade("1", "--server", GOOD, "--repeat", "2", "-k", "1.2",
                                  "--report", "junit", "--out", str(out))
    assert code == 0 and text == "" and 'earned" value="6.0"' in out.read_text()


def test_nothing_is_left_behind(project, tmp_path):
    mark = tmp_path / "mark"
    code, out, err = project.grade("1", "--server", server_command("leaves_children"), LEFT_BEHIND=str(mark))
    assert code == 0, out + err
    folders = mark.read_text().split()
    assert folders and not [folder for folder in folders if os.path.exists(folder)]
    assert not marked_processes(mark)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_behind_when_interrupted(project, tmp_path, number):
    mark = tmp_path / "mark"
    process = project.start("1", "--server", server_command("leaves_children"),
                            LEFT_BEHIND=str(mark), SAMPLE_SPECIAL="wait")
    wait_until(lambda: mark.exists() and len(mark.read_text().split()) >= 2, 20, "the suite's server to start")
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == {signal.SIGTERM: 143, signal.SIGINT: 130}[number]
    assert not marked_processes(mark)
    assert not [folder for folder in mark.read_text().split() if os.path.exists(folder)]
