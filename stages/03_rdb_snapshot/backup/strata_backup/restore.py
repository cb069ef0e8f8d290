"""The newest good copy comes back as a data folder's dump.

    copies from the newest on -> the first that passes its checks -> draft in the folder -> old data aside -> rename

Refused: a folder that a server works in (it would write its own data over the restored at its shutdown), and one that
holds data already, unless it is to be moved aside. An append-only file counts as data: a server that has one loads
that, and never looks at the dump.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Callable, NamedTuple, Optional

from . import files, moment
from .check import CheckTool, Contents
from .failure import BadCopy, Failure
from .files import Draft
from .store import Copy, Store

_APPEND_ONLY = "appendonlydir"
_SERVERS = ("redis-server", "strata-", "valkey-server")


class Restored(NamedTuple):
    copy: Copy
    contents: Contents
    dump: Path


def newest_good(store: Store, at: Optional[datetime], tool: CheckTool,
                say: Callable[[str], None]) -> tuple[Copy, Contents]:
    """The newest copy, not after `at`, that passes its checks now, whatever its manifest says."""
    candidates = [copy for copy in store.copies() if at is None or copy.time <= at]
    for copy in reversed(candidates):
        try:
            return copy, copy.inspect(tool)
        except BadCopy as bad:
            say(f"passed over: {bad}")
    when = f" up to {moment.shown(at)}" if at else ""
    raise Failure(f"{store.folder} holds no good copy{when} ({len(candidates)} looked at)")


def restore(store: Store, folder: Path, tool: CheckTool, now: datetime, say: Callable[[str], None],
            at: Optional[datetime] = None, name: str = "dump.rdb", force: bool = False) -> Restored:
    """Brings a copy into `folder`, which is made if need be. With `force`, data that is there is moved aside."""
    if servers := servers_in(folder):
        raise Failure(f"a server (pid {', '.join(map(str, servers))}) works in {folder}: stop it first, "
                      "or it writes over what is restored")
    present = [path for path in (folder / name, folder / _APPEND_ONLY) if path.exists()]
    if present and not force:
        raise Failure(f"{' and '.join(map(str, present))} exists: --force moves it aside")
    copy, contents = newest_good(store, at, tool, say)
    folder.mkdir(parents=True, exist_ok=True)
    with Draft(folder / name) as draft:
        copied = files.copy(copy.path, draft.path)
        _give_to_owner_of(folder, draft.path)
        for path in present:
            aside = path.with_name(f"{path.name}.before-restore-{moment.stamp(now)}")
            if aside.exists():
                raise Failure(f"{aside} exists already")
            os.rename(path, aside)
            say(f"moved {path} aside to {aside}")
        draft.commit()
    if any(path.name == _APPEND_ONLY for path in present):
        say("start the server with --appendonly no first: with an append-only file to make, it would not look at the dump")
    say(f"restored {copy.name} (age {moment.shown_span(now - copy.time)}) as {folder / name}: "
        f"{copied.size} bytes, {contents.keys} keys, checked by {tool.name}")
    return Restored(copy, contents, folder / name)


def servers_in(folder: Path) -> list[int]:
    """Servers that work in a folder: they change to the folder of their data. Sees what /proc shows to this user."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.path.samefile(process / "cwd", folder) and (process / "comm").read_text().startswith(_SERVERS):
                found.append(int(process.name))
        except OSError:
            continue  # gone, or somebody else's
    return sorted(found)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """Restored by root, the dump must still be the server's to read and to replace."""
    owner = folder.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)
