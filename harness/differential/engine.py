"""Runs items on both servers, compares, and goes on after a difference.

The run is a sequence of episodes.  An episode starts from a known state (no keys, default options, fresh
connection state), runs a few hundred items and ends with a dump of the whole keyspace; its random choices depend on
(seed, episode number) alone, so any episode can be run by itself.

    stream:  Cmd Cmd Cmd ... Cmd | Script | Cmd Cmd ... | dump
             `- one pipeline -'           `- pipeline -'

After a difference both servers are put back into the known state and the episode goes on behind the item that
differed, so that one difference cannot cause others.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass

from . import facts, resp
from .gen import Gen
from .items import Cmd, Script
from .keyspace import Dump, dump
from .session import CLOSED, SILENT, Server, pump
from .shrink import shrink

NO_REPLY = b"<no reply>"  # every Cmd has one; if both servers owe it, the family is wrong
MOST_DEATHS = 100  # a run ends early when a server keeps dying
PIPELINE = 150
EPISODE = 400  # items


def reset_commands(resp3: bool) -> list[tuple[bytes, ...]]:
    commands = [(b"RESET",), (b"HELLO", b"3" if resp3 else b"2"), (b"FLUSHALL",)]
    commands += [(b"CONFIG", b"SET", name, value) for name, value in facts.OPTIONS.items()]
    return commands + [(b"SLOWLOG", b"RESET"), (b"LATENCY", b"RESET"), (b"CONFIG", b"RESETSTAT")]


@dataclass
class Difference:
    episode: int
    index: int  # of the item within the whole run
    history: list  # the last item's reply differs; shrunk where shrinking was done
    a: object
    b: object
    shrunk: bool = False
    came_back: bool = True


class Engine:
    def __init__(self, a: Server, b: Server, families, seed: str, resp_mode: str, show: int = 2,
                 shrink_seconds: float = 10.0):
        self.a, self.b, self.families, self.seed, self.resp_mode = a, b, families, seed, resp_mode
        self.show, self.shrink_seconds = show, shrink_seconds
        self.ran = Counter()  # family -> commands
        self.total = 0
        self.counts = Counter()  # command -> differences
        self.signatures = Counter()
        self.on_difference = lambda difference: None
        self.resp3 = False

    # --- episodes ----------------------------------------------------------------------------------------------

    def items(self, episode: int) -> list:
        self.resp3 = {"2": False, "3": True, "both": episode % 2 == 1}[self.resp_mode]
        g = Gen(f"{self.seed}/{episode}", self.resp3)
        names = list(self.families)
        weights = [self.families[name].weight for name in names]
        items = [item for family in self.families.values() if family.opening for item in family.opening(g)]
        while len(items) < EPISODE:
            name = g.random.choices(names, weights)[0]
            made = self.families[name].make(g)
            made = made if isinstance(made, list) else [made]
            self.ran[name] += sum(item.cost for item in made)
            items += made
        items.append(Dump("dump of the keyspace", dump, list(range(16))))
        return items

    def run(self, commands: int, first_episode: int = 0, progress=sys.stderr):
        episode, began, shown = first_episode, time.monotonic(), 0.0
        while self.total < commands and len(self.a.deaths) + len(self.b.deaths) < MOST_DEATHS:
            self.run_episode(episode)
            episode += 1
            elapsed = time.monotonic() - began
            if elapsed - shown > 5 and progress:
                shown = elapsed
                print(f"  {self.total:,} commands, {self.total / elapsed:,.0f}/s, "
                      f"{sum(self.counts.values())} differences", file=progress, flush=True)

    def run_episode(self, episode: int):
        items = self.items(episode)
        self.reset()
        history, position = [], 0
        while position < len(items):
            batch = next_batch(items, position)
            bad = self.first_difference(batch)
            if bad is None:
                history += batch
                position += len(batch)
                self.total += sum(item.cost for item in batch)
                continue
            index, reply_a, reply_b = bad
            if len(batch) > 1 and {reply_a, reply_b} & {CLOSED, SILENT}:
                index, reply_a, reply_b = self.one_by_one(history, batch) or bad
            done = batch[:index + 1]
            self.record(Difference(episode, self.total + index, history + done, reply_a, reply_b))
            self.total += sum(item.cost for item in done)
            self.reset()
            history, position = [], position + index + 1

    def one_by_one(self, history: list, batch: list):
        """A server that dies or hangs in the middle of a pipeline loses earlier replies, too: find the one it was."""
        self.reset()
        if self.replay(history) is None:
            for index, item in enumerate(batch):
                bad = self.first_difference([item])
                if bad is not None:
                    return index, bad[1], bad[2]
        return None

    def first_difference(self, batch: list):
        replies_a, replies_b = self.execute(batch)
        for index, item in enumerate(batch):
            a = replies_a[index] if index < len(replies_a) else NO_REPLY
            b = replies_b[index] if index < len(replies_b) else NO_REPLY
            if not item.compare(a, b) or a == NO_REPLY:
                return index, a, b
        if len(replies_a) != len(replies_b):
            return len(batch) - 1, replies_a[len(batch) - 1:], replies_b[len(batch) - 1:]
        return None

    # --- both servers ------------------------------------------------------------------------------------------

    def execute(self, batch: list):
        """The replies of both servers: a list of frames for a pipeline, one list of frames for a Script."""
        servers = (self.a, self.b)
        if isinstance(batch[0], Script):
            out = []
            for server in servers:
                server.fresh_main()
                try:
                    out.append([batch[0].run(server, batch[0].steps)])
                except (OSError, resp.BadFrame, ValueError, IndexError, TypeError) as error:
                    out.append([[f"{type(error).__name__}: {error}".encode()]])
                server.drop_extra()
            return out
        data = b"".join(resp.encode(item.args) for item in batch)
        conns = [server.fresh_main() for server in servers]
        for conn in conns:
            conn.start(data)
        pump(conns)
        return [self._settle(server) for server in servers]

    @staticmethod
    def _settle(server: Server) -> list[bytes]:
        frames = server.main.frames()
        if server.main.open and not server.main.buf.endswith(server.main._tail):
            server.main.close()  # it fell silent; do not mistake late replies for the next ones
        return frames

    def reset(self):
        for server in (self.a, self.b):
            server.drop_extra()
            conn = server.fresh_main()
            conn.batch(reset_commands(self.resp3))

    # --- differences -------------------------------------------------------------------------------------------

    def record(self, difference: Difference):
        last = difference.history[-1]
        self.counts[last.name] += 1
        signature = (last.name, outline(difference.a), outline(difference.b))
        self.signatures[signature] += 1
        if self.signatures[signature] > self.show or self.counts[last.name] > 5 * self.show:
            return

        found = {}

        def differs(history: list) -> bool:
            self.reset()
            replies = self.replay(history)
            if replies is None:
                return False
            found["replies"] = replies
            found["history"] = history
            return True

        if self.shrink_seconds > 0:
            short = shrink(difference.history, differs, self.shrink_seconds)
            difference.came_back = short is not None
            if short is not None:
                difference.history, difference.shrunk = short, True
                if found["history"] == short:
                    difference.a, difference.b = found["replies"]
        self.on_difference(difference)

    def replay(self, history: list):
        """Runs history from the known state; the two replies to its last item if they differ."""
        position = 0
        while position < len(history):
            batch = next_batch(history, position)
            bad = self.first_difference(batch)
            if bad is not None:
                return bad[1:] if position + bad[0] == len(history) - 1 else None
            position += len(batch)
        return None


def next_batch(items: list, position: int) -> list:
    """The next pipeline, or the next Script alone."""
    if isinstance(items[position], Script):
        return [items[position]]
    end = position
    while end < len(items) and end - position < PIPELINE and isinstance(items[end], Cmd):
        end += 1
    return items[position:end]


def outline(reply) -> bytes:
    """A reply without numbers and values: to print each kind of difference only a few times."""
    if isinstance(reply, list):
        return b"list" if not reply else outline(reply[-1])
    if isinstance(reply, tuple):
        return b"entry"
    head = reply.partition(b"\r\n")[0][:30]
    return bytes(c for c in head if not 48 <= c <= 57)
