"""Long steps that show what they do: headings with elapsed time, output passed on as it comes, a closing summary."""
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field

from harness.cli.support.repo import ROOT

PASSED, UNSTABLE, FAILED, SKIPPED = "passed", "unstable", "FAILED", "skipped"
_STARTED = time.monotonic()
_TAIL = 65536  # bytes of a step's output that are kept for the summary
_SHOW_FAILURES = 10
_LONGEST_FAILURE = 200
_REPEATED = 5  # failures up to here may be the machine's; more are the code's


class Stop(Exception):
    """Ends ./strata with exit code 1 and this message: what is wrong and what the user can do about it."""


def say(text: str) -> None:
    print(text, flush=True)


def heading(title: str) -> None:
    """A line that stands out, with the time since ./strata was started."""
    minutes, seconds = divmod(int(time.monotonic() - _STARTED), 60)
    text = f"=== [{minutes:02}:{seconds:02}] {title}"
    say(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}")


def passed_on(command: list, env: dict = None) -> tuple:
    """Runs a command, passing its output on byte by byte as it comes. Returns (exit code, the end of that output)."""
    full_env = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
    say(f"$ {shlex.join(str(part) for part in command)}")
    try:
        child = subprocess.Popen(
            [str(part) for part in command], cwd=ROOT, env=full_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        say(f"cannot start it: {error}")
        return 127, str(error)
    tail = b""
    while chunk := os.read(child.stdout.fileno(), 65536):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        tail = (tail + chunk)[-_TAIL:]
    return child.wait(), tail.decode(errors="replace")


def verdict(output: str) -> str:
    """The last line that counts what passed or failed, else the last line."""
    lines = [line.strip(" =\r") for line in output.splitlines()]
    counts = [line for line in lines if "passed" in line or "failed" in line]
    return (counts or [line for line in lines if line] or [""])[-1]


@dataclass
class _Result:
    title: str
    state: str
    seconds: float
    note: str
    failures: list = field(default_factory=list)


class Steps:
    """A list of steps of which each runs whatever happened to the ones before; the summary tells the truth."""

    def __init__(self) -> None:
        self._results = []

    def command(self, title: str, command: list, env: dict = None, failures=None, again=None) -> bool:
        """`failures` reads the tests that failed from the output (support/failures.py); the summary names them.

        `again` makes a command of a few failures. When that passes, the step is unstable: no failure, but the summary names
        the tests, which depend on how busy the machine is and should not.
        """
        heading(title)
        begin = time.monotonic()
        code, output = passed_on(command, env)
        state = PASSED if code == 0 else FAILED
        named = failures(output) if failures and state == FAILED else []
        if again and 0 < len(named) <= _REPEATED:
            heading(f"{title}: {len(named)} failed, once more by themselves")
            if passed_on(again(named), env)[0] == 0:
                state = UNSTABLE
        return self._record(title, state, time.monotonic() - begin, verdict(output), named)

    def call(self, title: str, function) -> bool:
        """A step that is a function; it fails by raising Stop."""
        heading(title)
        begin = time.monotonic()
        try:
            function()
        except Stop as stop:
            say(str(stop))
            return self._record(title, FAILED, time.monotonic() - begin, str(stop).splitlines()[0])
        return self._record(title, PASSED, time.monotonic() - begin, "")

    def skip(self, title: str, why: str) -> None:
        heading(f"{title}: skipped, {why}")
        self._record(title, SKIPPED, 0.0, why)

    def _record(self, title: str, state: str, seconds: float, note: str, failures: list = ()) -> bool:
        self._results.append(_Result(title, state, seconds, note, list(failures)))
        return state in (PASSED, UNSTABLE)

    def summary(self) -> int:
        """Prints one line a step, and the tests that failed in it; returns the exit code: 1 if any step failed."""
        heading("summary")
        width = max((len(result.title) for result in self._results), default=0)
        for result in self._results:
            say(f"{result.state:<8} {result.title:<{width}} {result.seconds:7.1f} s  {result.note}")
            for failure in result.failures[:_SHOW_FAILURES]:
                say(f"           {failure[:_LONGEST_FAILURE]}")
            if (more := len(result.failures) - _SHOW_FAILURES) > 0:
                say(f"           and {more} more")
        count = {state: sum(result.state == state for result in self._results) for state in (PASSED, UNSTABLE, FAILED, SKIPPED)}
        failed = count[FAILED]
        say(", ".join(f"{number} {state}" for state, number in count.items() if number))
        return 1 if failed else 0
