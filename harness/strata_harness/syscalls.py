"""What a server asks of the kernel, and when: strace records it, this reads the record; and faults put into its calls.

    1234 1795314110.123456 write(9</dir/appendonlydir/appendonly.aof.1.incr.aof>, "*3\r\n"..., 27) = 27
    1236 1795314110.234567 fdatasync(9</dir/...> <unfinished ...>            a thread; others go on meanwhile
    1234 1795314110.234890 write(8<socket:[4711]>, "+OK\r\n", 5) = 5
    1236 1795314110.345678 <... fdatasync resumed>) = 0

The tracer runs beside the server (-D), which so keeps its process id, its parent and its place in the harness.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence

from .server import Server

WRITES = ("write", "writev", "pwrite64", "sendto", "sendmsg")
SYNCS = ("fdatasync", "fsync")
_TRACED = (*WRITES, *SYNCS, "rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate", "openat")
_END = "--"  # of strace's own options
_LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)")
_WHOLE = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?).*")
_BEGUN = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?).*")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_DESCRIPTOR = re.compile(r"\d+<([^>]*)>")


@dataclass
class Call:
    """A system call. `begin` and `end` are places in the record: what ended at a smaller one was over before."""

    thread: int
    name: str
    arguments: str
    begin: int
    end: int
    time: float  # unix seconds, of its begin
    result: int

    @functools.cached_property
    def path(self) -> str:
        """Of a call on a descriptor: the file's path, or socket:[number]."""
        match = _DESCRIPTOR.match(self.arguments)
        return match[1] if match else ""

    @property
    def file(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @functools.cached_property
    def texts(self) -> list[bytes]:
        """What stands in quotes: paths, or what was written, as much of it as was recorded."""
        return [ast.literal_eval(f'b"{text}"') for text in _TEXT.findall(self.arguments)]

    @property
    def is_reply(self) -> bool:
        return self.name in WRITES and self.path.startswith("socket:") and self.result > 0


def traced(server: Server, shown: int = 64) -> Server:
    """A server, not yet started, whose calls are recorded, with so many bytes of what is written."""
    return _under_strace(server, "trace=" + ",".join(_TRACED), only=["-x", "-s", str(shown)])


def with_faults(server: Server, path: Path, *faults: str) -> Server:
    """A server, not yet started, in whose calls on the file `path`, and on no other, faults are put.

    Each as in strace's inject=. A count in it (when=) is of each thread's own calls.
    """
    return _under_strace(server, *[f"inject={fault}" for fault in faults], only=["-P", str(path)])


def with_refused_forks(server: Server, count: int) -> Server:
    """A server, not yet started, whose first `count` forks fail, as where there are too many processes.

    Threads are made by another call (clone3), which does not fail.
    """
    forks = "clone,fork,vfork"
    return _under_strace(server, f"trace={forks}", f"inject={forks}:error=EAGAIN:when=1..{count}")


def without_strace(server: Server) -> Server:
    """The same server for its next life."""
    server.command = server.command[server.command.index(_END) + 1:]
    return server


def _under_strace(server: Server, *expressions: str, only: Sequence[str] = ()) -> Server:
    options = [word for expression in expressions for word in ("-e", expression)]
    server.command = ["strace", "-D", "-f", "-ttt", "-y", "-o", str(_record(server)), *only, *options, _END,
                      *server.command]
    return server


def calls(server: Server) -> list[Call]:
    """Every call that has ended by now, by its end."""
    return list(read_record(_record(server).read_text(errors="replace")))


def _record(server: Server) -> Path:
    return server.dir / "system-calls"


def read_record(text: str) -> Iterator[Call]:
    """The calls of a record, whose last line may be half written."""
    begun: dict[int, tuple[int, float, str]] = {}
    for place, line in enumerate(text[:text.rfind("\n") + 1].splitlines()):
        match = _LINE.match(line)
        if not match:
            continue
        thread, time, rest = int(match[1]), float(match[2]), match[3]
        if whole := _WHOLE.fullmatch(rest):
            yield Call(thread, whole[1], whole[2], place, place, time, _number(whole[3]))
        elif half := _BEGUN.fullmatch(rest):
            begun[thread] = (place, time, half[2])
        elif (resumed := _RESUMED.fullmatch(rest)) and thread in begun:
            begin, time, arguments = begun.pop(thread)
            yield Call(thread, resumed[1], arguments + resumed[2], begin, place, time, _number(resumed[3]))


def _number(text: str) -> int:
    return -1 if text == "?" else int(text)


@dataclass(frozen=True)
class Progress:
    """From `place` in the record on, so many bytes of a file are written, so many of them surely on the disk."""

    place: int
    time: float
    written: int
    synced: int


def progress_of(record: list[Call], file: str) -> list[Progress]:
    """The history of a file that was new, by its name: a sync covers what was written before it began."""
    mine = [call for call in record if call.file == file and call.result >= 0]
    written_by = sorted((call.end, call.result) for call in mine if call.name in WRITES)
    steps = [Progress(-1, 0.0, 0, 0)]
    for call in sorted(mine, key=lambda call: call.end):
        written, synced = steps[-1].written, steps[-1].synced
        if call.name in WRITES:
            written += call.result
        elif call.name in SYNCS:
            synced = max(synced, sum(size for end, size in written_by if end < call.begin))
        steps.append(Progress(call.end, call.time, written, synced))
    return steps


def at(steps: list[Progress], place: int) -> Progress:
    """How far a file was when the call at `place` began."""
    return [step for step in steps if step.place < place][-1]
