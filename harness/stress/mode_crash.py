"""kill -9 while a server moves from snapshots to a log and back and changes the format of its base: nothing is lost.

Each round writes numbered operations, moves to and fro (see strata_harness/mode_crash.py) and kills the server at a random
moment of that. What the next start holds, by what its conf file says then, must be the first n of all operations: every
acknowledged one among them while the log is on, those of the snapshot while it is off; and its digest that of a mirror.
"""

from __future__ import annotations

import random

from ..strata_harness.log_crash import MIRROR_OPTIONS
from ..strata_harness.mode_crash import CONF, MODE_OPTIONS, ModeCrashes
from ..strata_harness.server import Server
from .support import Report

KEY_DELAYS_US = (0, 50, 200)
STEPS = ("first base", "change of format", "pause and save")  # the long ones


def run(options, report: Report):
    rounds = options.rounds or 60
    rng = random.Random(options.seed)
    server, mirror = Server(options.server, MODE_OPTIONS, conf=CONF), Server(options.server, MIRROR_OPTIONS)
    try:
        mirror.start()
        if options.name == "all" and mirror.wire()("COMMAND", "INFO", "BGREWRITEAOF") == [None]:
            report.note("this server has no append-only file")
            return
        crashes = ModeCrashes(server.start(), mirror, rng, KEY_DELAYS_US[0])
        for delay in KEY_DELAYS_US:  # now, while the log is on: later what is written for the measure might not last
            crashes.lengthen(delay)
        wrong = ""
        for number in range(1, rounds + 1):
            try:
                crashes.lengthen(rng.choice(KEY_DELAYS_US))
                crashes.crash_on_the_way()
            except AssertionError as error:
                wrong = f"round {number}: {error}"
                break
        report.note(f"{crashes.number} operations, {crashes.killed_starts} starts killed; "
                    + ", ".join(f"{step} {count}" for step, count in sorted(crashes.outcomes.items())))
        report.expect(not wrong, wrong or "after each kill all that had to be there, and nothing else")
        if rounds >= 60:
            for step in STEPS:
                report.expect(crashes.outcomes[step] > 0, f"kills hit this step: {step}")
        report.server_is_well(server)
        report.server_is_well(mirror)
    finally:
        server.close()
        mirror.close()
