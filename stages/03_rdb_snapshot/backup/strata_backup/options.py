"""Options of both command lines.

Each may also come from the environment, so that cron, systemd and a shell can share one file of settings: --push-dir
from STRATA_BACKUP_PUSH_DIR, and so on.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from . import moment


def add(parser: argparse._ActionsContainer, *names: str, help: str, default: Any = None, **more: Any) -> None:
    """An option that the environment can give; its last name is the one that the variable is named after."""
    variable = "STRATA_BACKUP_" + names[-1].lstrip("-").replace("-", "_").upper()
    parser.add_argument(*names, default=os.environ.get(variable) or default, help=f"{help} [${variable}]", **more)


def add_folder(parser: argparse.ArgumentParser) -> None:
    add(parser, "--from", "--to", dest="folder", type=Path, metavar="BACKUP_DIR", help="the folder of the copies")


def add_check_tool(parser: argparse.ArgumentParser) -> None:
    add(parser, "--check-tool", metavar="COMMAND",
        help="says if a dump is good (default: strata-check-rdb beside this program or in PATH, or redis-check-rdb)")


def add_at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", type=_time, metavar="TIME", help="the newest good copy up to then, UTC, such as "
                        "2026-11-22, '2026-11-22 10:15' or the time in a copy's name (default: the newest)")


def add_now(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--now", type=_time, default=moment.present(), metavar="TIME", help="pretend that it is then")


def parse(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """A command without a folder is refused here: a required option could not come from the environment."""
    args = parser.parse_args(words)
    if args.folder is None:
        parser.error("name the folder of the copies: --to or --from BACKUP_DIR, or $STRATA_BACKUP_TO")
    return args


def _time(text: str) -> Any:
    try:
        return moment.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
