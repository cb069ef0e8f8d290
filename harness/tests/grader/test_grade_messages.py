"""What a learner reads when a test fails: the text for each way in which a server can be broken, compared as a whole.

When a text has changed for the better: UPDATE_SNAPSHOTS=1 python3 -m pytest harness/tests/grader, and read the diff.
"""

import sys
from pathlib import Path

import pytest
from samples import matches_file, normalised, results, server_command, stage, task

from harness.grader import preflight
from harness.grader.reports.text import failure_lines
from harness.grader.run import RunOptions, run_suite
from harness.grader.score import score

SNAPSHOTS = Path(__file__).with_name("snapshots")
PING = "test_wire.py::test_ping_echo"
PIPELINE = "test_wire.py::test_pipeline_with_errors"
ORDER = "test_wire.py::test_pipeline_order"
BYTES = "test_wire.py::test_byte_by_byte"
KEY = "test_strings.py::test_empty_key"
VALUES = "test_strings.py::test_get_set"
QUIT = "test_wire.py::test_quit"
EVERY = [PING, PIPELINE, ORDER, BYTES, KEY, VALUES, QUIT]

CASES = {  # server: (what it fails, what it must not fail for that)
    "closes_early": ([KEY, PIPELINE], [PING, QUIT]),
    "wrong_type": ([KEY, BYTES], [QUIT]),
    "missing_crlf": ([KEY, PING], [QUIT]),
    "bare_newline": ([KEY, PIPELINE], [PING, ORDER]),
    "hangs": ([KEY, PIPELINE], [PING, QUIT]),
    "floods": ([KEY], [PING, QUIT]),
    "crashes": ([KEY, PIPELINE], [PING, QUIT]),
    "sanitizer": ([KEY], [PING, QUIT]),
    "out_of_order": ([ORDER, PIPELINE], [KEY, BYTES]),
    "first_of_pipeline": ([PIPELINE], [KEY, BYTES]),
    "answers_twice": ([KEY], [PING, QUIT]),
    "not_written": ([KEY], [PING, QUIT]),
}
SILENT = ("hangs", "missing_crlf", "bare_newline", "first_of_pipeline")

pytestmark = pytest.mark.limit(60)  # each runs a pytest of its own


def run(name, tests):
    one = stage(task(1, ["test_wire.py", "test_strings.py"]))
    command = server_command(name)
    done = run_suite(one, results(*tests), RunOptions(sys.executable, command))
    return score(one, {result.id: one.tasks[0] for result in done}, done, server=command, seed=0)


def test_the_correct_server_passes():
    graded = run("mini", EVERY)
    assert graded.full, [result.failure for result in graded.results]


@pytest.mark.parametrize("name", CASES)
def test_message(name, monkeypatch, update_snapshots):
    monkeypatch.setenv("TIMEOUT_SCALE", "0.2" if name in SILENT else "1")  # they are waited for
    failing, passing = CASES[name]
    graded = run(name, failing + passing)
    assert {result.id for result in graded.results if result.outcome == "failed"} == set(failing)
    # What the order test receives depends on how its megabyte was cut into packets.
    text = "\n\n".join("\n".join([f"-- {result.id}", *failure_lines(graded, graded.tasks[0].task, result)])
                       for result in graded.results if result.outcome == "failed" and result.id != ORDER)
    matches_file(SNAPSHOTS / f"{name}.txt", normalised(text) + "\n", update_snapshots)


@pytest.mark.parametrize("name", ["never_listens", "exits_at_once", "missing", "unwritten"])
def test_message_of_a_server_that_does_not_start(name, monkeypatch, update_snapshots):
    monkeypatch.setenv("TIMEOUT_SCALE", "0.1")
    text = preflight.problem_of(server_command(name))
    matches_file(SNAPSHOTS / f"{name}.txt", normalised(text) + "\n", update_snapshots)


@pytest.mark.parametrize("command, problem", [
    ("", "command is empty"),
    ("'open quote", "cannot be read"),
    ("no-such-program-anywhere", "no program 'no-such-program-anywhere' on the PATH"),
    ("/no/such/server --flag", "There is no server at /no/such/server. Has it been built?"),
    ("/usr", "is a folder"),
    (__file__, "is not executable. Try: chmod +x"),
])
def test_commands_that_cannot_run(command, problem):
    assert problem in preflight.problem_of(command)


def test_a_script_without_interpreter(tmp_path):
    script = tmp_path / "server"
    script.write_bytes(b"\x7fnothing that runs")
    script.chmod(0o755)
    assert "The system cannot run" in preflight.problem_of(str(script))
