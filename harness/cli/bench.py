"""Compare the server with redis-server side by side, on this machine, in one interleaved run.

Options go to bench/macro/compare.py; ./strata bench -- --help lists them.
"""
import os

from harness.cli.support import apt, builder, interpreter, packages, repo
from harness.cli.support.steps import Stop, heading

PASS_THROUGH = True


def run(args) -> int:
    script = repo.ROOT / "bench" / "macro" / "compare.py"
    if not script.is_file():
        raise Stop(f"{repo.shown(script)} is not there yet")
    apt.install_missing(packages.BUILD, packages.TEST, packages.BENCH)
    python = interpreter.find_or_make(("redis",))
    if repo.stages():
        heading("building (release)")
        builder.build("release", "strata-server", *(["strata-cluster-simulation"] if "gossip" in args.rest else []))
    heading("comparing with redis-server")
    os.execv(python, [python, str(script), *args.rest])
