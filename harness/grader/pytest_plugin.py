"""Loaded into pytest by the grader: takes the list of tests to run, writes what happens, event by event, to a file.

Each event is a line of JSON, written out before pytest goes on, so that nothing is lost when pytest itself dies.

    {"event": "collected", "tests": [{"id": "test_wire.py::test_quit", "goal": "..."}]}     only with --collect-only
    {"event": "broken", "where": "test_wire.py", "text": "SyntaxError ..."}                 a module that cannot be read
    {"event": "start", "id": ...}
    {"event": "phase", "id": ..., "when": "setup|call|teardown", "passed": true, "seconds": 0.1, "goal": "...",
     "failure": null or strata_harness.report.failure_record}
    {"event": "done", "id": ...}
    {"event": "end", "status": 0}

Under xdist the workers only choose the tests; the controller writes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TextIO

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("grader")
    group.addoption("--grade-events", help="file for the events")
    group.addoption("--grade-suite", help="folder that the ids of tests are relative to")
    group.addoption("--grade-tests", help="JSON file with the list of ids to run (default: all)")
    group.addoption("--grade-user", type=int, help="user id that the server runs as: tests' folders are given to it")


def pytest_configure(config: pytest.Config) -> None:
    chooser = _Chooser(config.getoption("--grade-suite"), config.getoption("--grade-tests"))
    config.pluginmanager.register(chooser, "grade-chooser")
    if not hasattr(config, "workerinput"):
        events = open(config.getoption("--grade-events"), "a", encoding="utf-8")
        config.pluginmanager.register(_Writer(events, chooser), "grade-writer")


@pytest.fixture
def tmp_path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """pytest's, given to the server's user where that is not ours."""
    user = request.config.getoption("--grade-user")
    if user is not None:
        for folder in (tmp_path.parent, tmp_path.parent.parent):
            folder.chmod(0o711)
        os.chown(tmp_path, user, user)
    return tmp_path


class _Chooser:
    def __init__(self, suite: str, tests_file: str | None) -> None:
        self._prefix = suite.rstrip("/") + "/"
        self._wanted = set(json.loads(Path(tests_file).read_text())) if tests_file else None

    def short(self, nodeid: str) -> str:
        """The id relative to the suite."""
        return nodeid[len(self._prefix):] if nodeid.startswith(self._prefix) else nodeid

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if self._wanted is not None:
            items[:] = [item for item in items if self.short(item.nodeid) in self._wanted]


class _Writer:
    def __init__(self, out: TextIO, chooser: _Chooser) -> None:
        self._out = out
        self._short = chooser.short

    def _write(self, event: str, **fields: Any) -> None:
        self._out.write(json.dumps({"event": event, **fields}) + "\n")
        self._out.flush()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.config.getoption("collectonly"):
            self._write("collected", tests=[{"id": self._short(item.nodeid), "goal": _goal(item)}
                                            for item in session.items])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._write("broken", where=self._short(report.nodeid), text=report.longreprtext[-4000:])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._write("start", id=self._short(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        failure = None
        if not report.passed:
            # A worker that died has no record to give; a skipped test was not passed either.
            failure = getattr(report, "strata_failure", None) or {
                "kind": "other", "headline": report.longreprtext.strip().splitlines()[-1:][0][:300]
                if report.longreprtext.strip() else f"the test was {report.outcome}", "phase": report.when}
        self._write("phase", id=self._short(report.nodeid), when=report.when, passed=report.passed,
                    seconds=report.duration, goal=dict(report.user_properties).get("goal", ""), failure=failure)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._write("done", id=self._short(nodeid))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._write("end", status=int(exitstatus))


def _goal(item: pytest.Item) -> str:
    marker = item.get_closest_marker("goal")
    return str(marker.args[0]) if marker and marker.args else ""
