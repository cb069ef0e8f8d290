"""python -m harness.differential --a redis-server --b build/strata-stage1 --commands 100000 --seed 1"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
    __package__ = "harness.differential"

from harness.differential import facts, resp  # noqa: E402
from harness.differential import families as registry  # noqa: E402
from harness.differential.engine import Engine  # noqa: E402
from harness.differential.report import print_difference, summary  # noqa: E402
from harness.differential.session import Server  # noqa: E402
from harness.strata_harness.server import ServerError  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog="differential",
                                     description="Random commands to two servers, replies compared byte by byte.")
    parser.add_argument("--a", default="redis-server", help="command of the reference server (default: redis-server)")
    parser.add_argument("--b", required=True, help="command of the server under test")
    parser.add_argument("--commands", type=int, default=100_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--families", default="", help="comma separated; default: all of --stage")
    parser.add_argument("--stage", type=int, help="use the families up to this stage; default: b's, by its commands")
    parser.add_argument("--resp", choices=["2", "3", "both"], default="both")
    parser.add_argument("--episode", type=int, help="run this one episode only, to reproduce a difference")
    parser.add_argument("--show", type=int, default=2, help="print each kind of difference this often (default 2)")
    parser.add_argument("--shrink-seconds", type=float, default=10.0,
                        help="time to shrink one history; 0: do not shrink")
    parser.add_argument("--timeout", type=float, default=10.0,
                        help="seconds without a byte after which a reply counts as missing")
    return parser.parse_args()


def stage_of(server: Server) -> int:
    names = resp.parse(server.fresh_main().ask(b"COMMAND", b"LIST"))
    return facts.stage_of({name.value for name in names.value})


def chosen_families(options, stage: int) -> dict:
    facts.use(stage)
    known = registry.load(stage)
    if not options.families:
        return known
    names = [name for name in options.families.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"unknown family {', '.join(unknown)}; known: {', '.join(known)}")
    return {name: known[name] for name in names}


def main() -> int:
    options = arguments()
    began = time.monotonic()
    servers = []
    try:
        for name, command in (("a", options.a), ("b", options.b)):
            servers.append(Server(name, command, options.timeout))
        families = chosen_families(options, options.stage or stage_of(servers[1]))
        engine = Engine(*servers, families, options.seed, options.resp, options.show, options.shrink_seconds)
        engine.on_difference = lambda difference: print_difference(difference, options, engine.resp3)
        if options.episode is not None:
            engine.run_episode(options.episode)
        else:
            engine.run(options.commands)
        return summary(engine, time.monotonic() - began)
    except ServerError as error:
        print(f"a server does not start: {error}", file=sys.stderr)
        return 2
    finally:
        for server in servers:
            server.close()


if __name__ == "__main__":
    sys.exit(main())
