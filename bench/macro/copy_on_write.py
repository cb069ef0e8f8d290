"""What a snapshot costs in memory: the pages that parent and child no longer share, under more and less writing.

    fork      both see the same pages, each is charged half of them
    a write   the parent gets a copy of that page; the old one is now the child's alone, unless it lets go of it
    the end   the child's pages are free again

The memory of a process is its proportional set size (Pss of /proc/PID/smaps_rollup): a page shared by two counts half
for each, so that parent plus child is what both take together. What that is above the parent's size just before the
fork is the price. Both servers hold the same keys and get the same load at the same pace, so one that has written its
snapshot sooner has had less time to copy pages: that belongs to the price, too.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

from client import encode, load_all
from servers import Server
from snapshots import SERVER_OPTIONS, background_save, child_of
from steady_load import Load, loading

VALUE_SIZE = 100
RATE = 40_000  # commands a second
BATCH = 40
WRITE_SHARES = [0.0, 0.1, 0.5, 1.0]
EVERY = 0.05  # seconds between two looks at memory


@dataclass(frozen=True)
class Look:
    """Bytes at one moment, `seconds` after the snapshot began."""

    seconds: float
    parent: int
    child: int


@dataclass
class Course:
    """One snapshot: the size before it, and what followed."""

    before: int
    looks: list[Look] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def extra(self) -> int:
        """The most bytes that parent and child ever took together above `before`; a byte at least, for ratios."""
        return max([1, *(look.parent + look.child - self.before for look in self.looks)])


@dataclass
class CopyOnWrite:
    keys: int
    # share of writes -> contender -> rounds
    courses: dict[float, dict[str, list[Course]]] = field(default_factory=dict)

    def typical(self, share: float, label: str) -> Course:
        """The round whose price is the median."""
        ordered = sorted(self.courses[share][label], key=lambda course: course.extra)
        return ordered[len(ordered) // 2]


def measure(commands: dict[str, str], keys: int, rounds: int, progress) -> CopyOnWrite:
    result = CopyOnWrite(keys)
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command, options=SERVER_OPTIONS))
                      for label, command in commands.items()}
        progress(f"filling with {keys} keys")
        with contextlib.ExitStack() as filling:
            load_all([filling.enter_context(server.connect()) for server in contenders.values()],
                     (encode("SET", f"key:{i:012d}", f"{i:0{VALUE_SIZE}d}") for i in range(keys)))
        for share in WRITE_SHARES:
            for turn in range(rounds):
                progress(f"{share:.0%} writes, {turn + 1}/{rounds}")
                order = list(contenders.items())
                load = Load(lambda rng: rng.randrange(keys), VALUE_SIZE, RATE, share, BATCH, seed=turn)
                for label, server in reversed(order) if turn % 2 else order:
                    course = _snapshot(server, load)
                    result.courses.setdefault(share, {}).setdefault(label, []).append(course)
    return result


def pss(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def _snapshot(server: Server, load: Load) -> Course:
    with server.connect() as connection, loading(server, load) as running:
        time.sleep(0.3)
        course = Course(pss(server.pid))
        begin = time.perf_counter()

        def look() -> None:
            child = child_of(server)
            if child is None:
                return
            # The child may end at any moment; half a look is none.
            with contextlib.suppress(OSError):
                parent_size, child_size = pss(server.pid), pss(child)
                if child_size:
                    course.looks.append(Look(time.perf_counter() - begin, parent_size, child_size))
            time.sleep(EVERY)

        start, end = background_save(connection, look)
        course.seconds = (end - start) / 1e9
        running.stop()  # which also tells whether all replies were right
    return course
