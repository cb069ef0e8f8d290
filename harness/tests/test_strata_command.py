"""The ./strata command itself: it finds its commands, keeps to the standard library, and its exit codes are true."""
import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "harness" / "cli"
sys.path.insert(0, str(ROOT))

from harness.cli import run as run_command  # noqa: E402
from harness.cli.support import packages, steps  # noqa: E402

COMMANDS = sorted(file.stem for file in CLI.glob("[a-z]*.py"))
SOURCES = [ROOT / "strata", *sorted(CLI.rglob("*.py"))]


def strata(*arguments, **options):
    command = [sys.executable, ROOT / "strata", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_overview_lists_every_command():
    overview = strata().stdout
    assert [name for name in COMMANDS if f"  {name.replace('_', '-')} " not in overview] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    answer = strata(name.replace("_", "-"), "--help")
    assert answer.returncode == 0
    assert "usage: ./strata" in answer.stdout


def test_unknown_command_and_option_are_errors():
    assert strata("no-such-command").returncode == 2
    assert strata("doctor", "--no-such-option").returncode == 2


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_only_the_standard_library_is_imported(source):
    """A fresh machine has nothing else, and ./strata is what installs the rest."""
    imported = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported - set(sys.stdlib_module_names) - {"harness"} == set()


def summary_of(*commands):
    listed = steps.Steps()
    for number, command in enumerate(commands):
        listed.command(f"step {number}", command)
    return listed.summary()


def test_one_failed_step_fails_the_whole_and_the_rest_still_runs(capfd):
    say = [sys.executable, "-c", "print('4 passed in 1s'); print()"]
    fail = [sys.executable, "-c", "print('1 failed, 3 passed'); raise SystemExit(3)"]
    assert summary_of(say) == 0
    assert summary_of(fail, say) == 1
    summary = capfd.readouterr().out.rpartition("summary")[2]
    assert "FAILED   step 0" in summary and "1 failed, 3 passed" in summary
    assert "passed   step 1" in summary and "4 passed in 1s" in summary


def test_a_command_that_cannot_start_is_a_failure():
    assert summary_of(["/nonexistent/program"]) == 1


def test_doctor_names_what_is_missing_and_the_command_that_gets_it(tmp_path):
    """With nothing on PATH and no package database, everything is missing."""
    answer = strata("doctor", env={**os.environ, "PATH": str(tmp_path)})
    assert answer.returncode == 1
    assert "MISSING  cmake" in answer.stdout
    assert "apt-get install -y --no-install-recommends g++ cmake" in answer.stdout


@pytest.mark.parametrize(
    "arguments, port",
    [
        ([], 6379),
        (["--port", "7000"], 7000),
        (["--port", "1", "--port", "7001"], 7001),
        (["--save", ""], 6379),
        (["my.conf"], 0),
        (["my.conf", "--port", "7002"], 7002),
        (["--port", "0"], 0),
        (["--port"], 6379),
    ],
)
def test_run_tells_the_port_the_server_will_take(arguments, port):
    assert run_command._port(arguments) == port


def test_container_holds_every_package():
    dockerfile = (ROOT / ".devcontainer" / "Dockerfile").read_text().split()
    assert [package.name for package in packages.PACKAGES if package.name not in dockerfile] == []
