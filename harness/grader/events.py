"""Results of tests, gathered from the events that pytest_plugin writes, however their writer ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


@dataclass
class TestResult:
    """One test. Over several runs (--repeat) it counts as passed when it passed every time."""

    __test__ = False  # pytest, this is not a test class

    id: str
    goal: str = ""
    outcome: str = NOT_RUN
    seconds: float = 0.0
    failure: dict[str, Any] = field(default_factory=dict)
    runs: int = 0
    passes: int = 0

    def fail(self, kind: str, headline: str, outcome: str = FAILED, **more: Any) -> None:
        """Blames something that pytest could not report itself."""
        self.outcome = outcome
        self.failure = {"kind": kind, "headline": headline, **more}


class EventReader:
    """Reads the lines that have been completed since the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def new_events(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        with open(self._path, "rb") as file:
            file.seek(self._position)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # its writer is still at it, or died over it
                self._position += len(line)
                yield json.loads(line)


class Progress:
    """What the events so far amount to."""

    def __init__(self) -> None:
        self.results: dict[str, TestResult] = {}
        self.running: set[str] = set()
        self.broken: list[tuple[str, str]] = []
        self.collected: list[TestResult] | None = None
        self.ended = False

    def take(self, event: dict[str, Any]) -> TestResult | None:
        """Returns the test that has just come to its end, if one has."""
        kind = event["event"]
        if kind == "collected":
            self.collected = [TestResult(test["id"], test["goal"]) for test in event["tests"]]
        elif kind == "broken":
            self.broken.append((event["where"], event["text"]))
        elif kind == "start":
            self.running.add(event["id"])
        elif kind == "phase":
            self._phase(event)
        elif kind == "done":
            self.running.discard(event["id"])
            return self.results.get(event["id"])
        elif kind == "end":
            self.ended = True
        return None

    def _phase(self, event: dict[str, Any]) -> None:
        result = self.results.setdefault(event["id"], TestResult(event["id"]))
        result.goal = result.goal or event["goal"]
        result.seconds += event["seconds"]
        if event["passed"]:
            if event["when"] == "call" and result.outcome == NOT_RUN:
                result.outcome = PASSED
            return
        later = event["failure"]
        if result.outcome != FAILED:
            result.outcome, result.failure = FAILED, later
        elif later["kind"] == "crash" and result.failure["kind"] != "crash":
            # The first failure was the echo of a crash that was only noticed when the test had ended.
            keep = {key: result.failure.get(key) for key in ("where", "code", "steps", "transcript")}
            result.failure = {**later, **{key: value for key, value in keep.items() if value}}
