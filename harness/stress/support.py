"""What every stress run needs: a server, its memory, latency as another client sees it, and a verdict that is kept.

A run prints what it saw as it goes and collects failed expectations in its Report; the exit code tells whether there
were any.  Memory is the resident size of the server process, which includes what its allocator keeps for later, so
"memory returns" asks for MEMORY PURGE first and waits.
"""

from __future__ import annotations

import pathlib
import resource
import statistics
import subprocess
import sys
import time

from ..strata_harness.server import Server
from ..strata_harness.timing import scaled
from ..strata_harness.wait import wait_until

MB = 1 << 20


class Report:
    """Expectations, printed as they are met or not."""

    def __init__(self, name: str):
        self.name = name
        self.failed: list[str] = []
        self._began = time.monotonic()

    def note(self, text: str):
        print(f"  {time.monotonic() - self._began:6.1f} s  {text}", flush=True)

    def expect(self, condition: bool, text: str):
        self.note(("ok    " if condition else "FAIL  ") + text)
        if not condition:
            self.failed.append(text)

    def server_is_well(self, server: Server):
        """It lives, answers, and no sanitizer complained."""
        self.expect(server.alive() and server.answers(scaled(5)), "the server lives and answers PING")
        trouble = server.failure()
        if trouble:
            self.expect(False, f"the server process: {trouble}\n{server.log_tail()}")

    def verdict(self) -> int:
        print(f"{self.name}: " + (f"FAILED, {len(self.failed)} expectations not met" if self.failed else "passed"),
              flush=True)
        for text in self.failed:
            print(f"  FAIL  {text.splitlines()[0]}")
        return 1 if self.failed else 0


def raise_file_limit() -> int:
    """As many descriptors as the kernel lets us have; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _status(server: Server, field: str) -> int:
    with open(f"/proc/{server.pid}/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    raise KeyError(field)


def resident(server: Server) -> int:
    """Resident bytes of the server process now."""
    return _status(server, "VmRSS")


def peak(server: Server) -> int:
    """The most resident bytes since the start or since reset_peak()."""
    return _status(server, "VmHWM")


def reset_peak(server: Server):
    with open(f"/proc/{server.pid}/clear_refs", "w") as file:
        file.write("5")


def memory_returns(report: Report, server: Server, bound: int, what: str, seconds: float = 15.0):
    """The resident size falls to the bound, given time and a MEMORY PURGE."""
    probe = server.wire(name="purge")

    def small_enough() -> bool:
        probe("MEMORY", "PURGE")
        return resident(server) <= bound

    try:
        wait_until(small_enough, seconds, "memory to return")
    except AssertionError:
        pass
    now = resident(server)
    report.expect(now <= bound, f"memory returns {what}: {now / MB:.1f} MB resident, "
                                f"at most {bound / MB:.1f} MB expected")
    probe.close()


def info(wire, section: str) -> dict[str, str]:
    text = wire("INFO", section)
    assert isinstance(text, bytes), f"INFO {section} answered {text!r}"
    return dict(line.split(":", 1) for line in text.decode().split("\r\n") if ":" in line)


class Pinger:
    """Another client in a process of its own, which only PINGs and writes down how long each took (see pinger.py)."""

    def __init__(self, server: Server):
        root = pathlib.Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen([sys.executable, "-m", "harness.stress.pinger", str(server.port)], cwd=root,
                                         stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline() == "started\n"

    def stop(self, report: Report, during: str, median: float, worst: float):
        """Ends it and expects its round trips within the bounds, in seconds of a normal machine."""
        out, _ = self._process.communicate("\n", timeout=scaled(60))
        seconds = [float(word) for word in out.split()]
        if self._process.returncode != 0 or not seconds:
            report.expect(False, f"PING of another client {during}: no PONG")
            return
        middle, longest = statistics.median(seconds), max(seconds)
        report.expect(middle <= scaled(median) and longest <= scaled(worst),
                      f"PING of another client {during}: median {middle * 1e3:.2f} ms, worst {longest * 1e3:.1f} ms "
                      f"of {len(seconds)}")
