"""A power loss at any moment: with always nothing acknowledged is lost, with everysec at most the last two seconds.

    clients   each writes `c:<client>:1`, `:2`, ... and waits for each reply; meanwhile the log is rewritten
    record    strace tells which bytes of which file were written and synced, when names changed, when replies left
    cut       at a random moment, or just when a reply leaves, a file is synced or renamed: files as the disk may have
              them then (strata_harness/lost_power.py); a server starts with them
    judge     of each client's keys the first n are there and no other, and n is not less than was promised

Besides, for every reply of the record: when was its command synced, and was that before it left (always), or no more
than two seconds after it (everysec)? The time that a sync itself takes is the disk's, and is allowed for.
"""

from __future__ import annotations

import collections
import random
import re
import shutil
import threading
import time
from dataclasses import dataclass
from os.path import basename

from ..strata_harness.aof_server import wait_rewritten
from ..strata_harness.lost_power import Disk, restore
from ..strata_harness.server import Server
from ..strata_harness.syscalls import SYNCS, Call, at, calls, progress_of, traced
from ..strata_harness.wait import wait_until
from .support import Report

CLIENTS = 8
REWRITES = 2
OLD_KEYS = 300  # whose rewrite takes a while, with KEY_DELAY_US for each
KEY_DELAY_US = 300
PAUSE = 0.004  # seconds between two writes of a client: the record stays short enough to be gone through for each cut
WHOLE = 1 << 26  # bytes shown of what is written
EVERYSEC = 2.0  # seconds that may be lost
_KEY = re.compile(rb"c:(\d+):(\d+)\r\n")


@dataclass
class Reply:
    """To the write `number` of a client; `place` and `time` as in the record."""

    number: int
    place: int
    time: float


class Life:
    """A traced server under writes, and its record after its end."""

    def __init__(self, command: str, policy: str, seconds: float) -> None:
        self.server = traced(Server(command, {"appendonly": "yes", "appendfsync": policy, "enable-debug-command": "yes",
                                              "rdb-key-save-delay": KEY_DELAY_US}), WHOLE)
        self.policy, self.sent = policy, [0] * CLIENTS
        self._stop = threading.Event()
        self._problems: list[str] = []
        try:
            self._run(seconds)
        except BaseException:
            self.server.close()
            raise
        self.places = sorted({call.begin for call in self.record})
        self._times = {call.begin: call.time for call in self.record}
        self.replies = self._replies()

    def _run(self, seconds: float) -> None:
        wire = self.server.start().wire()
        wire.ok("MSET", *(word for number in range(OLD_KEYS) for word in (f"old:{number}", number)))
        writers = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(CLIENTS)]
        for writer in writers:
            writer.start()
        for _ in range(REWRITES):
            time.sleep(seconds / (REWRITES + 1))  # not for a condition: a while of writing
            wire("BGREWRITEAOF")
            wait_rewritten(wire, 60)
        time.sleep(seconds / (REWRITES + 1))
        self._stop.set()
        for writer in writers:
            writer.join()
        assert not self._problems, self._problems[0]
        assert wire("PING", "the last reply") == b"the last reply"
        self.record = wait_until(self._whole_record, 30, "the record of the calls")
        self.server.kill()

    def _whole_record(self) -> list[Call] | None:
        record = calls(self.server)
        return record if any("the last reply" in call.arguments for call in record[-9:]) else None

    def _write(self, client: int) -> None:
        try:
            wire = self.server.wire(name=f"client {client}")
            assert wire("PING", f"client {client}") == b"client %d" % client
            while not self._stop.is_set():
                self.sent[client] += 1
                wire.ok("SET", f"c:{client}:{self.sent[client]}", self.sent[client])
                time.sleep(PAUSE)
        except (AssertionError, OSError) as error:
            self._problems.append(str(error))

    def _replies(self) -> list[list[Reply]]:
        found: list[list[Reply]] = [[] for _ in range(CLIENTS)]
        sockets: dict[str, int] = {}
        for call in self.record:
            if not call.is_reply:
                continue
            if match := re.search(r"client (\d+)", call.arguments):
                sockets[call.path] = int(match[1])
            elif call.path in sockets:
                mine = found[sockets[call.path]]
                for _ in range(call.arguments.count("+OK")):
                    mine.append(Reply(len(mine) + 1, call.begin, call.time))
        return found

    def time_of(self, place: int) -> float:
        return self._times[place]

    def longest_sync(self) -> float:
        """Seconds, at most: until the next call began."""
        later = {call.end: call for call in self.record if call.name in SYNCS}
        longest, places = 0.0, iter(self.places)
        place = next(places)
        for end in sorted(later):
            while place <= end:
                place = next(places, None)
                if place is None:
                    return longest
            longest = max(longest, self._times[place] - later[end].time)
        return longest


def too_late(life: Life, allowed: float) -> list[str]:
    """Over the whole record: every reply whose command was not on the disk in time."""
    disk = Disk(life.server.dir, life.record, life.places[-1] + 1)
    synced: dict[tuple[int, int], tuple[int, float]] = {}
    for change in disk.changes:
        if change.old is None and change.new is not None and change.new.endswith(".incr.aof"):
            steps = iter(progress_of(life.record, basename(change.new)))
            step = next(steps)
            for match in _KEY.finditer(change.file.data):
                while step and step.synced < match.end():
                    step = next(steps, None)
                if step:
                    synced[int(match[1]), int(match[2])] = (step.place, step.time)
    last = life.time_of(life.places[-1])
    wrong = []
    for client, replies in enumerate(life.replies):
        for reply in replies:
            place, moment = synced.get((client, reply.number), (None, last))
            if life.policy == "always" and (place is None or place >= reply.place):
                wrong.append(f"write {reply.number} of client {client} was acknowledged before it was synced")
            elif life.policy == "everysec" and moment - reply.time > allowed:
                wrong.append(f"write {reply.number} of client {client} was not synced for {moment - reply.time:.2f} s")
    return wrong


class Cuts:
    """Starts servers with what is left at moments of a life."""

    def __init__(self, life: Life, command: str, rng: random.Random, allowed: float) -> None:
        self._life, self._command, self._rng, self._allowed = life, command, rng, allowed
        first = min(reply.place for replies in life.replies for reply in replies)
        self._any = [place for place in life.places if place >= first]
        self._special = [call.begin for call in life.record if call.begin >= first and _of_interest(call)]
        self.outcomes: collections.Counter[str] = collections.Counter()

    def cut(self) -> None:
        """One power loss. AssertionError when something is missing, or a server does not start."""
        rng, life = self._rng, self._life
        place = rng.choice(rng.choice([self._any, self._special]))
        disk = Disk(life.server.dir, life.record, place)
        if rng.random() < 0.5:
            kind, files = "only what was synced", disk.least()
        else:
            earlier = Disk(life.server.dir, life.record, rng.choice([p for p in self._any if p <= place][-200:]))
            # With everysec a torn command may stand in a log that is not the last one, which no server loads.
            torn = rng.random() if life.policy == "always" else 0.0
            kind, files = "and some more", disk.orderly(earlier, torn)
        self.outcomes[kind] += 1
        with Server(self._command, {"appendonly": "yes"}, name="after the power loss") as server:
            restore(files, life.server.dir, server.dir)
            server.start()
            found = server.wire()("KEYS", "c:*")
        self._judge(place, kind, [key.decode() for key in found])

    def _judge(self, place: int, kind: str, keys: list[str]) -> None:
        life = self._life
        numbers: list[set[int]] = [set() for _ in range(CLIENTS)]
        for key in keys:
            _, client, number = key.split(":")
            numbers[int(client)].add(int(number))
        moment = f"power loss at place {place} of the record, {kind}"
        for client, there in enumerate(numbers):
            assert there == set(range(1, len(there) + 1)), f"{moment}: holes in what client {client} wrote"
            promised = [reply.number for reply in life.replies[client] if reply.place < place and (
                life.policy == "always" or life.time_of(place) - reply.time > self._allowed)]
            least = max(promised, default=0)
            assert len(there) >= least, f"{moment}: client {client} was promised {least} writes, {len(there)} are there"


def _of_interest(call: Call) -> bool:
    return call.is_reply or call.name in SYNCS or call.name.startswith(("rename", "unlink"))


def run(options, report: Report):
    if shutil.which("strace") is None:
        report.expect(False, "strace is there (Debian: apt-get install strace)")
        return
    with Server(options.server) as server:
        if options.name == "all" and server.start().wire()("COMMAND", "INFO", "BGREWRITEAOF") == [None]:
            report.note("this server has no append-only file")
            return
    for policy in ("always", "everysec"):
        _run(options, report, policy)


def _run(options, report: Report, policy: str) -> None:
    rounds = options.rounds or 50
    life = Life(options.server, policy, options.seconds or 6)
    try:
        longest = life.longest_sync()
        allowed = EVERYSEC + longest
        report.note(f"{policy}: {sum(life.sent)} writes, {len(life.record)} calls; the longest sync took "
                    f"{longest * 1e3:.0f} ms")
        wrong = too_late(life, allowed)
        report.expect(not wrong, f"{policy}: {len(wrong)} writes were synced too late: {wrong[0]}" if wrong else
                      f"{policy}: at every moment of the record, all that was promised is on the disk")
        cuts = Cuts(life, options.server, random.Random(options.seed), allowed)
        problem = ""
        for _ in range(rounds):
            try:
                cuts.cut()
            except AssertionError as error:
                problem = str(error)
                break
        told = ", ".join(f"{kind} {count}" for kind, count in sorted(cuts.outcomes.items()))
        report.expect(not problem, f"{policy}: {problem or f'after each power loss what was promised ({told})'}")
    finally:
        life.server.close()
