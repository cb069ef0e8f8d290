"""The command line of strata-backup: run, list, verify, restore, prune."""

from __future__ import annotations

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Callable, Optional, Union

from . import check, moment, options, retention, store, take
from .failure import BadCopy, Failure, exit_code
from .restore import restore
from .server import Server
from .store import Copy, Store

_EXIT_CODES = "Exit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong command line, 3 another run is at work."


def main(words: list[str]) -> int:
    parser = _parser()
    args = options.parse(parser, words)
    if args.command == "run" and not (args.dir or args.server or args.unixsocket):
        parser.error("run needs a source: --dir, --server or --unixsocket")
    return exit_code(f"strata-backup {args.command}", lambda: args.work(args))


def run(args: argparse.Namespace) -> int:
    if not args.folder.is_dir():
        args.folder.mkdir(mode=0o700)
    if args.push_dir and args.push_dir.resolve() == args.folder.resolve():
        raise Failure("--push-dir is the backup folder itself")
    plan = take.Plan(Store(args.folder), check.find(args.check_tool), _rules(args), args.now, _saying(not args.quiet),
                     max_age=timedelta(hours=args.max_age) if args.max_age else None,
                     with_digest=not args.no_sha256, push_folder=args.push_dir, push_command=args.push_command,
                     time_limit=args.timeout)
    with plan.store.session():
        take.take(plan, _dump(args))
    return 0


def list_copies(args: argparse.Namespace) -> int:
    copies = Store(args.folder).copies()
    rows = [_row(copy, kind, args) for copy, kind in zip(copies, retention.kinds(copies))]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    marks = {True: "yes", False: "BAD", None: "never"}
    table = [["time", "size", "keys", "kind", "verified", "age"]]
    table += [[row["time"], str(row["size"]), "?" if row["keys"] is None else str(row["keys"]), row["kind"],
               marks[row["verified"]], moment.shown_span(timedelta(seconds=row["age_seconds"]))] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    return 0


def verify(args: argparse.Namespace) -> int:
    """Checks copies and notes in their manifests what came of it."""
    backups, tool, say = Store(args.folder), check.find(args.check_tool), _saying(not args.quiet)
    chosen = _chosen(backups.copies(), args.copies)
    bad = 0
    for copy in chosen:
        problem = ""
        try:
            copy.inspect(tool)
            say(f"good: {copy.name}")
        except FileNotFoundError:
            continue  # pruned meanwhile
        except BadCopy as found:
            problem = str(found)
            bad += 1
            print(f"BAD: {problem}", flush=True)
        copy.manifest["verified"] = store.verdict(tool, args.now, problem)
        backups.note(copy)
    if bad:
        raise Failure(f"{bad} of {len(chosen)} copies in {args.folder} are bad")
    return 0


def bring_back(args: argparse.Namespace) -> int:
    restore(Store(args.folder), args.dir, check.find(args.check_tool), args.now, _saying(True), args.at,
            args.dbfilename, args.force)
    return 0


def prune(args: argparse.Namespace) -> int:
    backups = Store(args.folder)
    backups.copies()  # says so when there is no such folder
    with backups.session():
        take.prune(backups, _rules(args), args.now, _saying(True), args.dry_run)
    return 0


def _parser() -> argparse.ArgumentParser:
    what = "Copies of a server's RDB snapshots: checked, kept by age, pushed, restored."
    parser = argparse.ArgumentParser(prog="strata-backup", description=what, epilog=_EXIT_CODES)
    commands = parser.add_subparsers(dest="command", required=True, metavar="run|list|verify|restore|prune")

    def command(name: str, work: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, epilog=_EXIT_CODES)
        made.set_defaults(work=work)
        options.add_folder(made)
        options.add_now(made)
        return made

    _add_run_options(command("run", run, "take a copy, check it, keep it, push it, and prune"))
    command("list", list_copies, "show the copies").add_argument("--json", action="store_true")

    made = command("verify", verify, "check copies again: size, SHA-256, structure, key count")
    made.add_argument("copies", nargs="*", metavar="COPY", help="names or times (default: all)")
    made.add_argument("-q", "--quiet", action="store_true", help="tell of bad copies only")
    options.add_check_tool(made)

    made = command("restore", bring_back, "bring the newest good copy back into the data folder of a stopped server")
    made.add_argument("--dir", type=Path, required=True, metavar="DATA_DIR", help="the data folder of the server")
    made.add_argument("--dbfilename", default="dump.rdb", metavar="NAME", help="as the server has it (dump.rdb)")
    made.add_argument("--force", action="store_true", help="move data that is there aside")
    options.add_at(made)
    options.add_check_tool(made)

    made = command("prune", prune, "remove the copies that have had their time, as every good run does")
    made.add_argument("--dry-run", action="store_true", help="only tell which")
    _add_rules(made)
    return parser


def _add_run_options(made: argparse.ArgumentParser) -> None:
    options.add(made, "--dir", type=Path, metavar="DATA_DIR", help="the folder that holds the dump")
    options.add(made, "--dbfilename", default="dump.rdb", metavar="NAME", help="the dump's name in it (dump.rdb)")
    options.add(made, "--server", type=_address, metavar="HOST:PORT",
                help="ask this server, on this machine, to save first; without --dir, also where its dump is")
    options.add(made, "--unixsocket", metavar="PATH", help="the same, through a unix socket")
    options.add(made, "--user", help="the server's user to log in as (default: its default user)")
    made.add_argument("--password", default=os.environ.get("REDISCLI_AUTH"),
                      help="better in the environment, where ps does not show it [$REDISCLI_AUTH]")
    options.add(made, "--timeout", type=float, default=3600, metavar="SECONDS",
                help="the longest wait for the server's save, and for the push command (default: 3600)")
    options.add(made, "--max-age", type=float, metavar="HOURS",
                help="fail when the dump is older: the server may have stopped saving (default: any age will do)")
    options.add(made, "--push-dir", type=Path, metavar="DIR", help="a second folder, which is pruned by the same rules")
    options.add(made, "--push-command", metavar="COMMAND", help="run for each copy; {file}, {name}, {time} and {files} "
                "(copy and sidecars) are filled in: 'rsync -a {files} host:/backups/'")
    options.add_check_tool(made)
    made.add_argument("--no-sha256", action="store_true", help="no .sha256 beside the copy")
    made.add_argument("-q", "--quiet", action="store_true", help="tell of failures only")
    _add_rules(made)


def _add_rules(made: argparse.ArgumentParser) -> None:
    options.add(made, "--keep-hourly", type=float, default=48, metavar="HOURS", help="every copy is kept so long (48)")
    options.add(made, "--keep-daily", type=float, default=30, metavar="DAYS", help="the first of each day (30)")


def _rules(args: argparse.Namespace) -> retention.Rules:
    return retention.Rules(timedelta(hours=args.keep_hourly), timedelta(days=args.keep_daily))


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not HOST:PORT")
    return host.strip("[]"), int(port)


def _dump(args: argparse.Namespace) -> Path:
    """The file to copy; it is new when a server was named."""
    named = args.dir / args.dbfilename if args.dir else None
    address: Optional[Union[str, tuple[str, int]]] = args.unixsocket or args.server
    if address is None:
        assert named is not None
        return named
    with Server(address) as server:
        if args.password:
            server.authenticate(args.user, args.password)
        return take.saved_dump(server, named, args.timeout)


def _row(copy: Copy, kind: str, args: argparse.Namespace) -> dict[str, object]:
    return {"name": copy.name, "time": moment.shown(copy.time), "size": copy.path.stat().st_size,
            "snapshot_time": copy.manifest.get("snapshot_time"), "keys": copy.manifest.get("keys"), "kind": kind,
            "verified": copy.verified, "age_seconds": int((args.now - copy.time).total_seconds())}


def _chosen(copies: list[Copy], wanted: list[str]) -> list[Copy]:
    """Raises Failure for a copy that is not there."""
    if not wanted:
        return copies
    known = {name: copy for copy in copies for name in (copy.name, str(copy.path), moment.stamp(copy.time))}
    if unknown := [name for name in wanted if name not in known]:
        raise Failure(f"no such copy: {', '.join(unknown)}")
    return [known[name] for name in wanted]


def _saying(aloud: bool) -> Callable[[str], None]:
    return (lambda line: print(line, flush=True)) if aloud else (lambda line: None)
