"""The pytest side: options, markers, a time limit for each test, and the report of a failure.

Rules that this file enforces:
- a test below a directory named `suites` states its goal: @pytest.mark.goal("one sentence");
- a phase of a test (set-up, call, tear-down) ends within its limit, 20 s or @pytest.mark.limit(seconds), scaled.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest

from .fixtures import (_shared_server, connect, fake_master, fake_replica, fresh_server, proxy, r,  # noqa: F401
                       reference, rng, server, wire, wire3)
from .compare import Comparison, compare, compare_in, compare_sets
from .report import failure_record, failure_sections, goal_of
from .resp import RespError
from .timing import scaled, timeout_scale

DEFAULT_LIMIT = 20.0
COMPARISON_KEY: pytest.StashKey[Comparison] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("strata")
    group.addoption("--server", default=os.environ.get("STRATA_SERVER", "build/release/strata-server"),
                    help="the server's command, which takes redis-server's command line "
                         "(default: $STRATA_SERVER or build/release/strata-server)")
    group.addoption("--seed", type=int, default=0, help="varies keys, values and schedules (default: 0)")


def pytest_configure(config: pytest.Config) -> None:
    try:
        timeout_scale()
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    config.addinivalue_line("markers", "goal(sentence): what the test proves, in one sentence")
    config.addinivalue_line("markers", f"limit(seconds): time limit of the test (default: {DEFAULT_LIMIT:.0f})")
    config.option.server = _absolute_program(config.getoption("--server"), Path(config.invocation_params.dir))


def _absolute_program(command: str, base: Path) -> str:
    """Servers run in a directory of their own, so a relative program path has to become absolute."""
    program, space, rest = command.partition(" ")
    if "/" in program:
        program = str((base / program).absolute())
    return program + space + rest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuses a suite's test without a goal, as an error of its module's collection."""
    if "suites" not in metafunc.definition.path.parts:
        return
    marker = metafunc.definition.get_closest_marker("goal")
    if marker is None or len(marker.args) != 1 or not str(marker.args[0]).strip():
        pytest.fail(f"{metafunc.definition.nodeid}: a test of a suite states its goal: "
                    f"@pytest.mark.goal(\"one sentence\")", pytrace=False)


@contextmanager
def _time_limit(item: pytest.Item, phase: str) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only
        return
    marker = item.get_closest_marker("limit")
    limit = scaled(float(marker.args[0]) if marker else DEFAULT_LIMIT)

    def give_up(*_: Any) -> None:
        pytest.fail(f"the test's {phase} took longer than its limit of {limit:.0f} s")

    previous = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _time_limit(item, "set-up"):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _time_limit(item, "run"):
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with _time_limit(item, "tear-down"):
        yield


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: Any, right: Any) -> list[str] | None:
    """Shows what a reply was and should have been, with RESP types; remembers it for the explanation."""
    kinds = (type(None), str, bytes, int, float, list, dict, RespError)
    if op == "==" and left == right:
        return None  # half of an `and` whose other half does not hold
    if op in ("==", "<=") and isinstance(left, set) and isinstance(right, set):
        found = compare_sets(left, right, op)
    elif op in ("==", "in") and isinstance(left, kinds) and isinstance(right, kinds):
        found = compare(left, right) if op == "==" else compare_in(left, right)
    else:
        return None
    config.stash[COMPARISON_KEY] = found
    return [found.text, found.headline, f"expected: {found.expected}", f"got:      {found.got}", *found.notes]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report: pytest.TestReport = outcome.get_result()
    comparison = item.config.stash.get(COMPARISON_KEY, None)
    if comparison is not None:
        del item.config.stash[COMPARISON_KEY]
    if call.when == "call" or report.failed:
        report.user_properties.append(("goal", goal_of(item)))  # travels to JUnit files and across xdist
    if report.failed and call.excinfo is not None:
        record = failure_record(item, call.when, call.excinfo, comparison)
        report.strata_failure = record  # type: ignore[attr-defined]  # travels with the report, across xdist, too
        report.sections += failure_sections(record, goal_of(item))
