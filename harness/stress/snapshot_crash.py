"""kill -9 at random moments of BGSAVE under write load: what is left is one whole snapshot, the new or the old one.

    write     generation 7: one transaction gives every key, field, element and score the number 7
    BGSAVE    on the same connection, so that this snapshot holds generation 7 and nothing else
    write     generations 8, 9, ... all the while
    kill -9   the server and the child, the server alone, or the child (and the server once it has seen that)
    start     every value must tell one and the same generation: 7 if dump.rdb was replaced, else that of before

Whether dump.rdb was replaced is told by its inode, so there is no round with two right answers. redis-check-rdb,
where it is installed, must accept the file, too.
"""

from __future__ import annotations

import collections
import os
import random
import shutil
import signal
import subprocess
import threading
import time

from ..strata_harness.resp import encode
from ..strata_harness.server import Server, processes_in
from ..strata_harness.snapshots import children, dump_path, persistence, temporary_files, wait_saved
from ..strata_harness.wait import wait_until
from ..strata_harness.wire import Wire
from .support import Report

STRINGS = 5000
ELEMENTS = 300  # of each collection
VICTIMS = ["both", "server", "child"]
PAST_THE_END = 1.3  # moments are spread over so many times the length of a snapshot
_MARK = b"##########"  # where the generation goes; as long as that

_KEYS = [b"string:%d" % i for i in range(STRINGS)]


def _transaction() -> bytes:
    strings = [word for i, key in enumerate(_KEYS) for word in (key, _MARK + b":%d:" % i + b"x" * (i % 80))]
    names = [b"%d" % i for i in range(ELEMENTS)]
    return b"".join(encode(*words) for words in (
        ("MULTI",), ("MSET", *strings), ("DEL", "list", "set"),
        ("RPUSH", "list", *(_MARK for _ in names)),
        ("SADD", "set", *(_MARK + b":" + name for name in names)),
        ("HSET", "hash", *(word for name in names for word in (name, _MARK))),
        ("ZADD", "zset", *(word for name in names for word in (_MARK, name))), ("EXEC",)))


_TEMPLATE = _transaction()
_REPLIES = _TEMPLATE.count(b"*")  # an array each


def write(wire: Wire, generation: int) -> None:
    """Gives everything this generation, at once."""
    wire.send(_TEMPLATE.replace(_MARK, b"%010d" % generation))
    outcome = wire.read_many(_REPLIES)[-1]
    assert isinstance(outcome, list) and len(outcome) == _REPLIES - 2, f"EXEC answered {outcome!r}"


def generation_of(wire: Wire) -> int:
    """The one generation that all data tells of. AssertionError when there is anything else, or not all of it."""
    strings = wire("MGET", *_KEYS)
    for i, value in enumerate(strings):
        tail = b":%d:" % i + b"x" * (i % 80)
        assert value is not None and value[10:] == tail, f"string:{i} holds {value!r}"
    told = {value[:10] for value in strings}
    hashed, scored = wire("HGETALL", "hash"), wire("ZRANGE", "zset", 0, -1, "WITHSCORES")
    parts = {"list": wire("LRANGE", "list", 0, -1), "hash": hashed[1::2],
             "zset": [b"%010d" % int(score) for score in scored[1::2]],
             "set": [member[:10] for member in wire("SMEMBERS", "set")]}
    for name, values in parts.items():
        assert len(values) == ELEMENTS, f"{name} has {len(values)} elements instead of {ELEMENTS}"
        told |= set(values)
    assert wire("DBSIZE") == STRINGS + len(parts), f"there are {wire('DBSIZE')} keys instead of {STRINGS + len(parts)}"
    assert len(told) == 1, f"several generations stand side by side: {sorted(told)}"
    return int(told.pop())


class Writer(threading.Thread):
    """Writes one generation after the other until the server is gone, or until it is told to stop."""

    def __init__(self, wire: Wire, generation: int) -> None:
        super().__init__(daemon=True)
        self._wire = wire
        self._stop_it = threading.Event()
        self.generation = generation
        self.problem = ""

    def run(self) -> None:
        try:
            while not self._stop_it.is_set():
                self.generation += 1
                write(self._wire, self.generation)
        except (AssertionError, OSError) as error:
            self.problem = str(error)

    def finish(self) -> int:
        """The last generation that was sent."""
        self._stop_it.set()
        self.join()
        return self.generation


class Crashes:
    """A server that is killed again and again, and what its file must hold."""

    def __init__(self, server: Server, rng: random.Random) -> None:
        self.server, self._rng = server, rng
        self._wire = server.wire()
        self.generation = 1
        write(self._wire, self.generation)
        self._wire.ok("SAVE")
        self.kept = self.generation  # the snapshot on disk
        self.length = max(self._one_undisturbed() for _ in range(3))
        self.outcomes: collections.Counter[str] = collections.Counter()

    def _begin(self) -> tuple[float, int, Writer]:
        """Starts a snapshot under load: when, the file it is to replace, and who goes on writing."""
        self.generation += 1
        write(self._wire, self.generation)
        file = os.stat(dump_path(self.server)).st_ino
        reply = self._wire("BGSAVE")
        assert reply == "Background saving started", f"BGSAVE answered {reply!r}"
        writer = Writer(self._wire, self.generation)
        writer.start()
        return time.monotonic(), file, writer

    def _replaced(self, file: int) -> bool:
        return os.stat(dump_path(self.server)).st_ino != file

    def _one_undisturbed(self) -> float:
        """Seconds until the new file is in its place."""
        saved = self.generation + 1
        began, file, writer = self._begin()
        wait_until(lambda: self._replaced(file), 60, "the snapshot to be written")
        seconds = time.monotonic() - began
        self.generation, self.kept = writer.finish(), saved
        assert not writer.problem, writer.problem
        wait_saved(self._wire, 60)
        return seconds

    def crash(self) -> None:
        """One round. AssertionError when the file is not what it must be."""
        saved = self.generation + 1
        began, file, writer = self._begin()
        victim = self._rng.choice(VICTIMS)
        moment = began + self._rng.uniform(0, PAST_THE_END * self.length)
        child = children(self.server) if victim == "child" else []
        time.sleep(max(0.0, moment - time.monotonic()))  # not for a condition: any moment will do
        if victim == "child":
            self._kill_child(child, file, writer)
        elif victim == "server":
            self.server.stopping = True
            self.server.signal(signal.SIGKILL)
            self.server.wait_exit()
            wait_until(lambda: not processes_in(self.server.dir), 60, "the child to end, which has lost its parent")
        self.server.kill()
        self.generation = writer.finish()
        if self._replaced(file):
            self.kept = saved
        self.outcomes[f"{victim}: {'new' if self._replaced(file) else 'previous'}"] += 1
        self._file_is_whole()
        for name in temporary_files(self.server):
            (self.server.dir / name).unlink()
        self.server.start()
        self._wire.close()
        self._wire = self.server.wire()
        found = generation_of(self._wire)
        assert found == self.kept, (f"{victim} killed: the server starts with generation {found}, but its file is that "
                                    f"of {self.kept}; {saved} was being saved, {self.generation} written last")

    def _kill_child(self, child: list[int], file: int, writer: Writer) -> None:
        """The server must get over it, and tell the truth."""
        for pid in child:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it was done
        with self.server.wire(name="watch") as watch:
            wait_saved(watch, 60)
            status = persistence(watch)["rdb_last_bgsave_status"]
        assert writer.is_alive(), f"after the death of the child writing ended: {writer.problem}"
        assert status == "err" or self._replaced(file), "the snapshot is said to be good, but dump.rdb is the old one"
        assert not temporary_files(self.server), f"left behind: {temporary_files(self.server)}"

    def _file_is_whole(self) -> None:
        checker = shutil.which("redis-check-rdb")
        if checker is not None:
            done = subprocess.run([checker, str(dump_path(self.server))], capture_output=True, text=True)
            assert done.returncode == 0, f"redis-check-rdb refuses the file:\n{done.stdout}"


def run(options, report: Report):
    rounds = options.rounds or 200
    server = Server(options.server)
    try:
        server.start()
        if options.name == "all" and server.wire()("COMMAND", "INFO", "BGSAVE") == [None]:
            report.note("this server has no snapshots")
            return
        crashes = Crashes(server, random.Random(options.seed))
        report.note(f"a snapshot under load takes {crashes.length * 1e3:.0f} ms; {rounds} kills")
        wrong = ""
        for number in range(1, rounds + 1):
            try:
                crashes.crash()
            except AssertionError as error:
                wrong = f"round {number}: {error}"
                break  # what the next rounds would say of such a file means nothing
            if number % 20 == 0:
                report.note(f"{number} kills")
        report.note(", ".join(f"{outcome} {count}" for outcome, count in sorted(crashes.outcomes.items())))
        report.expect(not wrong, wrong or "after each kill one whole snapshot, the new or the previous one")
        if rounds >= 50:
            kinds = {outcome.split()[1] for outcome in crashes.outcomes}
            report.expect(kinds == {"new", "previous"}, "kills came before and after the new file was in its place")
        report.server_is_well(server)
    finally:
        server.close()
