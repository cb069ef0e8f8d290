"""One backup from start to end.

    ask the server to save -> copy the dump -> check the copy -> keep it -> push it -> prune
                                                    |                         |
                                              bad: not kept           failed: kept, nothing is pruned

Only a success prunes: when the source has gone bad, the good copies of the days before are what will be needed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Callable, Optional

from . import files, moment, retention, store
from .check import CheckTool
from .failure import BadCopy, Failure, sentence
from .server import Server
from .store import Copy, Store


@dataclass(frozen=True)
class Plan:
    """What `take` needs to know. `say` is told what was done, a line at a time."""

    store: Store
    tool: CheckTool
    rules: retention.Rules
    now: datetime
    say: Callable[[str], None]
    max_age: Optional[timedelta] = None  # of the dump
    with_digest: bool = True
    push_folder: Optional[Path] = None
    push_command: Optional[str] = None
    time_limit: float = 3600  # seconds, for the push command


def saved_dump(server: Server, named: Optional[Path], limit: float) -> Path:
    """Has the server write a new dump, and returns where it is; `named`, if given, must be the file that changes."""
    dump = named or server.dump_file()
    before = _identity(dump)
    server.save(limit)
    if _identity(dump) == before:
        raise Failure(f"{server.name} has saved, but {dump} is not new: is that this server's folder, on this machine?")
    return dump


def take(plan: Plan, dump: Path) -> Copy:
    """Copies, checks, keeps, pushes, prunes. Raises Failure where it stops; inside a session of the store."""
    copy = _keep_copy(plan, dump)
    failures = []
    for push in (_push_to_folder, _push_by_command):
        try:
            push(plan, copy)
        except (Failure, OSError) as failure:
            failures.append(sentence(failure))
    if failures:
        raise Failure(f"{copy.name} is kept, but was not pushed, and nothing was pruned: {'; '.join(failures)}")
    prune(plan.store, plan.rules, plan.now, plan.say)
    return copy


def prune(where: Store, rules: retention.Rules, now: datetime, say: Callable[[str], None],
          dry_run: bool = False) -> None:
    for copy in retention.expired(where.copies(), rules, now):
        if not dry_run:
            where.remove(copy)
        say(f"{'would remove' if dry_run else 'removed'} {copy.path} (age {moment.shown_span(now - copy.time)})")


def _keep_copy(plan: Plan, dump: Path) -> Copy:
    with plan.store.draft(plan.now) as draft:
        copied = files.copy(dump, draft.path)
        age = plan.now - copied.modified
        if plan.max_age is not None and age > plan.max_age:
            raise Failure(f"{dump} is {moment.shown_span(age)} old, its copy is not kept: does the server still save?")
        try:
            contents = plan.tool.check(draft.path)
        except BadCopy as bad:
            raise BadCopy(f"{dump} is bad, its copy is not kept: {bad}") from None
        manifest = store.manifest(dump, copied, contents, plan.tool, plan.now)
        copy = plan.store.keep(draft, plan.now, manifest, copied.sha256 if plan.with_digest else None)
    plan.say(f"kept {copy.path}: {copied.size} bytes, {contents.keys} keys, "
             f"the snapshot of {moment.shown(copied.modified)}, checked by {plan.tool.name}")
    return copy


def _push_to_folder(plan: Plan, copy: Copy) -> None:
    """The second folder is a store of its own, pruned by the same rules. It must be there: a missing one is most often
    a disk that is not mounted, and a new folder in its place would fill the wrong disk."""
    if plan.push_folder is None:
        return
    if not plan.push_folder.is_dir():
        raise Failure(f"there is no folder {plan.push_folder}: is its disk mounted?")
    other = Store(plan.push_folder)
    with other.session(), other.draft(copy.time) as draft:
        copied = files.copy(copy.path, draft.path)
        digest = store.recorded_digest(copy)
        if digest not in (None, copied.sha256):
            raise Failure(f"{copy.path} changed since it was written: its SHA-256 differs")
        pushed = other.keep(draft, copy.time, copy.manifest, digest)
        plan.say(f"pushed {pushed.path}")
        prune(other, plan.rules, plan.now, plan.say)


def _push_by_command(plan: Plan, copy: Copy) -> None:
    if not plan.push_command:
        return
    words = push_words(plan.push_command, copy)
    try:
        code = subprocess.run(words, stdin=subprocess.DEVNULL, timeout=plan.time_limit).returncode
    except subprocess.TimeoutExpired:
        raise Failure(f"the push command '{words[0]}' did not end in {plan.time_limit:.0f} s") from None
    except OSError as error:
        raise Failure(f"the push command '{words[0]}' cannot be run: {error.strerror}") from None
    if code != 0:
        raise Failure(f"the push command failed with exit code {code}: {shlex.join(words)}")
    plan.say(f"pushed by {shlex.join(words)}")


def push_words(command: str, copy: Copy) -> list[str]:
    """The command's words, placeholders filled in. No shell takes part; {files} becomes a word for each file."""
    values = {"{file}": str(copy.path), "{name}": copy.name, "{time}": moment.stamp(copy.time)}
    words = []
    for word in shlex.split(command):
        if word == "{files}":
            words += [str(path) for path in copy.files]
            continue
        for placeholder, value in values.items():
            word = word.replace(placeholder, value)
        words.append(word)
    return words


def _identity(path: Path) -> Optional[tuple[int, int, int]]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
