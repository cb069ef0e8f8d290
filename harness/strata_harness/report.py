"""What a failed test has to say: as data for the grader, and as the sections below a traceback of pytest."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any

import pytest

from .compare import Comparison
from .context import context_of
from .explain import explain
from .server import Server, ServerError, problem_line
from .steps import steps
from .transcript import Transcript
from .wire import WireClosed, WrongBytes

Section = tuple[str, str]
_SHOW_CONNECTIONS = 6


def goal_of(item: pytest.Item) -> str:
    """The sentence of @pytest.mark.goal, or "" for a test without one."""
    marker = item.get_closest_marker("goal")
    return str(marker.args[0]) if marker and marker.args else ""


def reproduce_line(item: pytest.Item) -> str:
    """A shell line that runs this test alone, against the same server and with the same seed."""
    config = item.config
    test = os.path.relpath(str(item.path), str(config.rootpath)) + "::" + item.nodeid.split("::", 1)[1]
    words = [sys.executable, "-m", "pytest", test, "--server", config.getoption("--server"),
             "--seed", str(config.getoption("--seed"))]
    return f"cd {shlex.quote(str(config.rootpath))} && " + " ".join(shlex.quote(word) for word in words)


def failure_record(item: pytest.Item, phase: str, excinfo: pytest.ExceptionInfo[BaseException],
                   comparison: Comparison | None) -> dict[str, Any]:
    """All that is known about a failure, of plain types only: it travels across xdist and into JSON.

    `phase` is setup, call or teardown.
    """
    context = context_of(item)
    wires = [wire.transcript for server in context.servers for wire in server.wires]
    transcripts: list[Transcript] = [one for one in wires + context.transcripts if one]
    error = excinfo.value
    if comparison is not None and comparison.text[:60] not in str(error):
        comparison = None  # it failed, but somebody caught it
    _let_it_die(error, context.servers)
    problems = [(server, problem) for server in context.servers if (problem := server.failure())]
    if isinstance(error, ServerError) and not problems and phase == "teardown":
        problem = problem_line(str(error))
    else:
        problem = problem_line(problems[0][1]) if problems else ""
    found = explain(error, transcripts, comparison, problem)
    where, code = _where(item, excinfo)
    if found.kind == "other" and found.headline.startswith("assert ") and code:
        found.notes = ([found.headline] if found.headline != "assert False" else []) + found.notes
        found.headline = f"This should hold, and does not: {code.removeprefix('assert ')}"
    return {
        "phase": phase, "kind": found.kind, "headline": found.headline, "expected": found.expected, "got": found.got,
        "notes": found.notes, "where": where, "code": code, "steps": steps(transcripts),
        "transcript": "\n".join(one.render() for one in transcripts[-_SHOW_CONNECTIONS:]),
        "ended": "\n".join(problem for _, problem in problems)
                 or (str(error) if isinstance(error, ServerError) else ""),
        "logs": [[server.name, tail] for server in context.servers if (tail := server.log_tail())],
        "reproduce": reproduce_line(item), "explanation": found.lines(),
    }


def _let_it_die(error: BaseException, servers: list[Server]) -> None:
    """When a connection broke, its server may be dying: the headline should say so, not that the connection broke."""
    closed = isinstance(error, (WireClosed, OSError)) or (isinstance(error, WrongBytes) and "closed" in error.ended) \
        or type(error).__name__ == "ConnectionError"
    if closed and all(server.alive() for server in servers):
        for server in servers:
            server.wait_dying()


def _where(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> tuple[str, str]:
    """The line of the test's own file that failed, and its text."""
    for entry in reversed(excinfo.traceback):
        if str(entry.path) == str(item.path):
            text = " ".join(str(entry.statement).split())
            return f"{item.path.name}:{entry.lineno + 1}", text if len(text) <= 200 else text[:200] + " ..."
    return "", ""


def failure_sections(record: dict[str, Any], goal: str) -> list[Section]:
    """Titles and texts, in the order in which a reader needs them."""
    sections: list[Section] = [("goal", goal)] if goal else []
    sections.append(("what went wrong", "\n".join(record["explanation"])))
    if record["steps"]:
        sections.append(("steps", "\n".join(record["steps"])))
    if record["transcript"]:
        sections.append(("RESP transcript (> sent, < received, # event)", record["transcript"]))
    if record["ended"]:
        sections.append(("how the server ended", record["ended"]))
    sections += [(f"{name}: log tail", tail) for name, tail in record["logs"]]
    sections.append(("reproduce", record["reproduce"]))
    return sections
