"""The summary of ./strata test names what failed, whichever tool ran the tests."""

import sys

import pytest

from harness.cli.support import failures
from harness.cli.support.steps import Steps, verdict

pytestmark = pytest.mark.limit(60)  # each runs a pytest or a ctest of its own

SUITE = '''
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_number(number):
    assert number == -1, "none of them is\\nand this is the second line"

def test_good():
    pass

@pytest.fixture
def broken():
    raise ValueError("no such thing")

def test_without_fixture(broken):
    pass
'''


def summary_of(capfd, command, reader):
    """The lines of the summary after one step, and its exit code."""
    steps = Steps()
    steps.command("one step", command, {"COLUMNS": "200"}, reader)
    capfd.readouterr()
    code = steps.summary()
    return capfd.readouterr().out.splitlines()[2:], code


def pytest_on(tmp_path, number):
    (tmp_path / "test_it.py").write_text(SUITE.format(number=number))
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]


def test_pytest_names_and_reasons(tmp_path, capfd):
    lines, code = summary_of(capfd, pytest_on(tmp_path, 2), failures.of_pytest)
    assert code == 1
    assert lines[0].startswith("FAILED   one step") and "2 failed, 1 passed, 1 error" in lines[0]
    assert [line.split("/")[-1].strip() for line in lines[1:]] == [
        "test_it.py::test_number[0] - AssertionError: none of them is",
        "test_it.py::test_number[1] - AssertionError: none of them is",
        "test_it.py::test_without_fixture - ValueError: no such thing",
        "1 FAILED",
    ]


def test_ten_are_named(tmp_path, capfd):
    lines, _ = summary_of(capfd, pytest_on(tmp_path, 30), failures.of_pytest)
    assert [line.split("::")[-1].split(" ")[0] for line in lines[1:11]] == [f"test_number[{n}]" for n in range(10)]
    assert lines[11].strip() == "and 21 more"
    assert len(lines) == 13


def test_ctest_names(tmp_path, capfd):
    (tmp_path / "CTestTestfile.cmake").write_text(
        "add_test(Books.Open true)\n"
        "add_test(Books.Close false)\n"
        'add_test(Books.Shelve/3 sh -c "kill -ABRT $$")\n')
    command = ["ctest", "--test-dir", str(tmp_path), "--progress", "--output-on-failure"]
    lines, code = summary_of(capfd, command, failures.of_ctest)
    assert code == 1
    assert lines[1].strip() == "Books.Close (Failed)"
    assert lines[2].strip().startswith("Books.Shelve/3 (")
    assert lines[3] == "1 FAILED"


def test_ctest_that_lists_none():
    assert failures.of_ctest("1 - Books.Open (Failed)\n100% tests passed, 0 tests failed out of 1\n") == []


def test_steps_inside_a_step(capfd):
    program = ("from harness.cli.support.steps import Steps; import sys; steps = Steps();"
               "steps.command('a good one', ['true']); steps.command('a bad one', ['sh', '-c', 'echo 3 failed; false']);"
               "sys.exit(steps.summary())")
    lines, code = summary_of(capfd, [sys.executable, "-c", program], failures.of_steps)
    assert code == 1
    assert lines[1].strip().startswith("a bad one") and lines[1].endswith("3 failed")
    assert lines[2] == "1 FAILED"


def test_a_step_that_passed_names_none(capfd):
    lines, code = summary_of(capfd, ["echo", "FAILED by::design - 1 passed"], failures.of_pytest)
    assert code == 0
    assert lines[0].startswith("passed") and lines[1] == "1 passed"


def test_verdict_is_the_line_that_counts():
    assert verdict("== 2 failed, 1 passed ==\nbye\n\n") == "2 failed, 1 passed"
    assert verdict("nothing\nto count\n\n") == "to count"
    assert verdict("") == ""


FLAKY = '''
from pathlib import Path

def test_second_time(request):
    seen = Path(request.node.fspath).with_name("seen")
    first = not seen.exists()
    seen.touch()
    assert not first

def test_never():
    assert {never}
'''


@pytest.mark.parametrize("never, state, code", [("True", "unstable", 0), ("False", "FAILED", 1)])
def test_repeated(tmp_path, capfd, never, state, code):
    (tmp_path / "test_it.py").write_text(FLAKY.format(never=never))
    python = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    steps = Steps()
    assert steps.command("one step", [*python, str(tmp_path)], {"COLUMNS": "200"}, failures.of_pytest, again=lambda named: [
        *python, *(str(tmp_path / each.rpartition("/")[2]) for each in failures.node_ids(named))]) == (code == 0)
    capfd.readouterr()
    assert steps.summary() == code
    lines = capfd.readouterr().out.splitlines()[2:]
    assert lines[0].startswith(state) and any("test_second_time" in line for line in lines)
