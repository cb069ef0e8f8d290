"""The command line of restore-drill."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from . import check, options
from .drill import drill
from .failure import FAILED, Failure, exit_code
from .store import Store

_SERVERS = ("strata-server", "redis-server")


def main(words: list[str]) -> int:
    args = options.parse(_parser(), words)
    return exit_code("restore-drill", lambda: _work(args))


def _work(args: argparse.Namespace) -> int:
    binary = args.server_binary or check.find_program(_SERVERS)
    if binary is None:
        raise Failure(f"no server found, neither {' nor '.join(_SERVERS)}: name one with --server-binary")
    say = (lambda line: None) if args.json else (lambda line: print(line, flush=True))
    tool = check.find(args.check_tool)
    report = drill(Store(args.folder), binary, tool, args.now, say, args.at, args.scratch, args.timeout)
    print(json.dumps(report.as_dict(), indent=2) if args.json else "\n".join(report.lines()))
    return 0 if report.passed else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="restore-drill", epilog="Exit codes: 0 passed, 1 failed, 2 wrong command line.",
        description="Restores the newest good copy into a folder of its own, has a throw-away server load it, counts "
                    "the keys. The live server is not involved.")
    options.add_folder(parser)
    options.add(parser, "--server-binary", metavar="PROGRAM",
                help="what loads it (default: strata-server beside this program or in PATH, or redis-server)")
    options.add(parser, "--scratch", type=Path, metavar="DIR", help="has room for one dump (default: $TMPDIR)")
    parser.add_argument("--timeout", type=float, default=3600, metavar="SECONDS", help="the longest load (3600)")
    parser.add_argument("--json", action="store_true")
    options.add_check_tool(parser)
    options.add_at(parser)
    options.add_now(parser)
    return parser
