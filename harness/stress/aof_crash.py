"""kill -9 while an append-only file is written, rewritten, switched and loaded: nothing acknowledged is lost.

Each round picks a phase (see strata_harness/log_crash.py), how long the rewrite lasts, and the format of the base, then
kills the server at a random moment of it; about every third start is killed as well, while it loads. What the next
start holds must be the first n of all operations, every acknowledged one among them, and its digest that of a mirror.
"""

from __future__ import annotations

import random

from ..strata_harness.log_crash import MIRROR_OPTIONS, PHASES, SERVER_OPTIONS, LogCrashes
from ..strata_harness.server import Server
from .support import Report

KEY_DELAYS_US = (0, 50, 200)  # short rewrites, and some in which more is written


def run(options, report: Report):
    rounds = options.rounds or 300
    rng = random.Random(options.seed)
    server, mirror = Server(options.server, SERVER_OPTIONS), Server(options.server, MIRROR_OPTIONS)
    try:
        mirror.start()
        if options.name == "all" and mirror.wire()("COMMAND", "INFO", "BGREWRITEAOF") == [None]:
            report.note("this server has no append-only file")
            return
        crashes = LogCrashes(server.start(), mirror, rng, KEY_DELAYS_US[0])
        report.note(f"a rewrite under writes takes {crashes.length * 1e3:.0f} ms; {rounds} kills")
        wrong = _kill(crashes, rng, rounds, report)
        report.note(f"{crashes.number} operations, {crashes.killed_starts} starts killed; "
                    + ", ".join(f"{outcome} {count}" for outcome, count in sorted(crashes.outcomes.items())))
        report.expect(not wrong, wrong or "after each kill all that was acknowledged, and nothing else")
        if rounds >= 100:
            for phase in ("rewrite", "change", "automatic", "switch"):
                kinds = {kind for kind in ("new", "previous") if crashes.outcomes[f"{phase}: {kind}"]}
                report.expect(len(kinds) == 2, f"kills came before and after the new base was in its place: {phase}")
        report.server_is_well(server)
        report.server_is_well(mirror)
    finally:
        server.close()
        mirror.close()


def _kill(crashes: LogCrashes, rng: random.Random, rounds: int, report: Report) -> str:
    """All rounds, or those up to the first that goes wrong, and what did."""
    for number in range(1, rounds + 1):
        try:
            crashes.lengthen(rng.choice(KEY_DELAYS_US))
            crashes.crash(rng.choice(PHASES))
        except AssertionError as error:
            return f"round {number}: {error}"  # what the next rounds would say of such files means nothing
        if number % 50 == 0:
            report.note(f"{number} kills")
    return ""
