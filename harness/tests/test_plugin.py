"""The pytest side: goals are enforced, a bad server fails one test only, and failures explain themselves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.limit(60)  # each runs a pytest of its own
HARNESS = Path(__file__).resolve().parents[1]
FAKE = f"{sys.executable} {Path(__file__).with_name('fake_server.py')}"


@pytest.fixture
def run(tmp_path):
    """Runs pytest on a suite of the given text; returns its output. Its temporary directories must all be gone."""
    def run_suite(text, *words):
        suites = tmp_path / "suites"
        suites.mkdir()
        (tmp_path / "conftest.py").write_text('pytest_plugins = ["strata_harness.plugin"]\n')
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (suites / "test_it.py").write_text("import pytest\n" + text)
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        environment = {**os.environ, "PYTHONPATH": str(HARNESS), "TMPDIR": str(temporary)}
        environment.pop("PYTEST_XDIST_WORKER", None)
        done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--server", FAKE, "suites",
                               *words],
                              cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert not list(temporary.glob("strata-harness-*"))
        return done.stdout + done.stderr
    return run_suite


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_goal_is_demanded(run, words):
    output = run("def test_nameless():\n    pass\n", *words)
    assert "test_nameless: a test of a suite states its goal" in output
    assert " error" in output and "passed" not in output  # each worker of xdist counts its own


def test_empty_goal_is_no_goal(run):
    assert "1 error" in run('@pytest.mark.goal(" ")\ndef test_nameless():\n    pass\n')


DYING = '''
@pytest.mark.goal("the server lives")
def test_before(wire):
    assert wire("PING") == "PONG"

@pytest.mark.goal("dying is noticed")
def test_dies(wire):
    wire("DIE")

@pytest.mark.goal("dying after the last reply is noticed, too")
def test_dies_quietly(wire):
    wire.send_command("DIE")
    wire.expect_closed()

@pytest.mark.goal("the next test has a new server")
def test_after(wire):
    assert wire("ECHO", "x") == b"x"
'''


def test_dying_server_fails_its_test_only(run):
    output = run(DYING, "--seed", "7")
    assert "1 failed, 3 passed, 2 errors" in output
    assert "killed by SIGABRT" in output
    assert "dying is noticed" in output
    assert r"> *1\r\n$3\r\nDIE\r\n" in output
    assert "log tail" in output and "Ready to accept connections" in output
    assert "test_it.py::test_dies --server" in output and "--seed 7" in output


HANGING = '''
@pytest.mark.goal("a hanging server is given up")
@pytest.mark.limit(0.5)
def test_hangs(wire):
    wire.send_command("HANG")
    wire.read(timeout=60)

@pytest.mark.goal("the next test runs")
def test_after(wire):
    assert wire("PING") == "PONG"
'''


def test_hanging_server_fails_its_test_only(run):
    output = run(HANGING)
    assert "1 failed, 1 passed" in output
    assert "took longer than its limit" in output


def test_fresh_server_is_closed_and_checked(run):
    output = run('''
@pytest.mark.goal("sanitizer reports fail the test that caused them")
def test_report(fresh_server):
    assert fresh_server(mode="sanitizer").wire()("PING") == "PONG"
''')
    assert "1 passed, 1 error" in output and "heap-use-after-free" in output


def test_server_that_does_not_start_is_not_waited_for_twice(run):
    output = run('''
SERVER_OPTIONS = {"mode": "early"}

@pytest.mark.parametrize("number", range(3))
@pytest.mark.goal("never reached")
def test_it(wire, number):
    pass
''')
    assert "3 errors" in output and "asked to end early" in output


def test_seed_decides_the_random_data(run):
    output = run('''
import random

@pytest.mark.goal("same seed, same data")
def test_it(rng):
    name = "suites/test_it.py::test_it".split("/")[-1]
    assert rng.random() == random.Random(f"5:{name}").random()
''', "--seed", "5")
    assert "1 passed" in output


def test_sets_say_what_is_missing(run):
    output = run('''
@pytest.mark.goal("all keys come")
def test_all(wire):
    assert {wire("ECHO", "a"), b"c"} == {b"a", b"b"}

@pytest.mark.goal("some keys come")
def test_some(wire):
    assert {b"a", b"d"} <= {wire("ECHO", "a"), b"c"}
''')
    assert "2 failed" in output and output.count("The reply lacks something. The last request was `ECHO a`.") == 2
    assert "Missing: b'b'." in output and "Not expected: b'c'." in output and "Missing: b'd'." in output


def test_the_half_that_holds_is_not_blamed(run):
    output = run('''
@pytest.mark.goal("two things at once")
def test_both(wire):
    assert wire("ECHO", "a") == b"a" and wire("ECHO", "b") == b"c"

@pytest.mark.goal("two things at once, the second no comparison")
def test_second(wire):
    assert wire("ECHO", "a") == b"a" and not wire("ECHO", "b")
''')
    assert "2 failed" in output and output.count("The reply is wrong. The last request was `ECHO b`.") == 1
    assert "expected: b'c'" in output and "expected: b'a'" not in output
