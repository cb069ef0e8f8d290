"""python -m harness.stress NAME --server build/release/strata-stage1 [--seconds N]; NAME `all` runs every one."""

from __future__ import annotations

import argparse
import importlib
import pathlib
import sys

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
    __package__ = "harness.stress"

from harness.stress.support import Report, raise_file_limit  # noqa: E402
from harness.strata_harness.server import ServerError  # noqa: E402

NAMES = ["idle_clients", "busy_clients", "big_value", "slow_reader", "query_buffer", "random_bytes", "snapshot_crash",
         "aof_crash", "mode_crash", "power_loss", "replica_crash", "cluster_faults"]


def run_one(name: str, options) -> int:
    module = importlib.import_module(f"harness.stress.{name}")
    report = Report(name)
    print(f"{name}: {module.__doc__.splitlines()[0]}", flush=True)
    try:
        module.run(options, report)
    except ServerError as error:
        report.expect(False, f"the server starts: {error}")
    except (AssertionError, OSError) as error:
        report.expect(False, f"{type(error).__name__}: {error}")
    return report.verdict()


def main() -> int:
    parser = argparse.ArgumentParser(prog="stress", description=__doc__)
    parser.add_argument("name", choices=NAMES + ["all"])
    parser.add_argument("--server", required=True, help="command of the server; takes redis-server's command line")
    parser.add_argument("--reference", default="redis-server",
                        help="what idle_clients compares memory with, and cluster_faults mixes with ('' for nothing)")
    parser.add_argument("--clients", type=int, help="idle_clients: 10000, busy_clients: 1000")
    parser.add_argument("--seconds", type=float, help="busy_clients: 15, random_bytes: 60, power_loss: 6")
    parser.add_argument("--rounds", type=int, help="snapshot_crash: 200, aof_crash: 300, mode_crash: 60, power_loss: 50, "
                        "replica_crash: 60, cluster_faults: 30")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory-slack-mb", type=float, default=64.0,
                        help="how far above its start the resident size may stay; a sanitizer build needs more (600)")
    options = parser.parse_args()
    raise_file_limit()
    return max([run_one(name, options) for name in (NAMES if options.name == "all" else [options.name])])


if __name__ == "__main__":
    sys.exit(main())
