"""How long a start takes, and how large its files are, by what the server has to load:

    RDB        a snapshot; what was written after it would be missing
    AOF        a base of commands, and the commands since the last rewrite
    hybrid     a base that is an image, and the same commands behind it

    over keys  no command since the last rewrite
    over tail  so many SETs since the last rewrite, of keys that were there before

The time is from the start of the process until PING is answered, after kill -9; the servers take turns.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field

import mixed_keys
from client import load_all
from logs import LOG_OPTIONS, log_bytes, rewrite
from servers import Server
from snapshots import file_of, save

RDB, AOF, HYBRID = "RDB", "AOF", "hybrid"
PREAMBLE = {AOF: "no", HYBRID: "yes"}
KEY_SHARES = [0.25, 0.5, 1.0]  # of the keys asked for
TAIL_SHARES = [0.0, 0.5, 1.0, 2.0]


@dataclass(frozen=True)
class Setup:
    kind: str
    keys: int
    tail: int  # commands since the last rewrite


@dataclass
class Restart:
    """By set-up and contender, one item a round."""

    seconds: dict[Setup, dict[str, list[float]]] = field(default_factory=dict)
    bytes: dict[Setup, dict[str, int]] = field(default_factory=dict)

    def over_keys(self, kind: str) -> list[Setup]:
        return [setup for setup in self.seconds if setup.kind == kind and setup.tail == 0]

    def over_tail(self, kind: str) -> list[Setup]:
        """With the most keys."""
        most = max(setup.keys for setup in self.seconds)
        return [setup for setup in self.seconds if setup.kind == kind and setup.keys == most]


def measure(commands: dict[str, str], keys: int, rounds: int, progress) -> Restart:
    result = Restart()
    for share in KEY_SHARES:
        count = int(keys * share)
        with contextlib.ExitStack() as stack:
            contenders = {label: stack.enter_context(Server(label, command, options=LOG_OPTIONS))
                          for label, command in commands.items()}
            progress(f"filling with {count} keys")
            mixed_keys.fill(list(contenders.values()), count)
            for kind in (AOF, HYBRID):
                _rewrite(kind, contenders)
                written = 0
                for tail in [int(count * more) for more in (TAIL_SHARES if share == 1.0 else [0.0])]:
                    _write(contenders, count, tail - written)
                    written = tail
                    _measure(result, Setup(kind, count, tail), contenders, rounds, progress)
            for server in contenders.values():
                with server.connect() as connection:
                    save(connection)
                server.options["appendonly"] = "no"
            _measure(result, Setup(RDB, count, 0), contenders, rounds, progress)
    return result


def _rewrite(kind: str, contenders: dict[str, Server]) -> None:
    for server in contenders.values():
        server.options["aof-use-rdb-preamble"] = PREAMBLE[kind]
        with server.connect() as connection:
            connection.must("CONFIG", "SET", "aof-use-rdb-preamble", PREAMBLE[kind])
            rewrite(connection)


def _write(contenders: dict[str, Server], keys: int, count: int) -> None:
    rng = random.Random(count)
    with contextlib.ExitStack() as stack:
        load_all([stack.enter_context(server.connect()) for server in contenders.values()],
                 (mixed_keys.SET % mixed_keys.string_key(rng, keys) + b"$16\r\nw%015d\r\n" % number
                  for number in range(count)))


def _measure(result: Restart, setup: Setup, contenders: dict[str, Server], rounds: int, progress) -> None:
    for turn in range(rounds):
        progress(f"{setup.kind}, {setup.keys} keys, {setup.tail} commands, {turn + 1}/{rounds}")
        order = list(contenders.items())
        for label, server in reversed(order) if turn % 2 else order:
            result.seconds.setdefault(setup, {}).setdefault(label, []).append(server.start_again())
    result.bytes[setup] = {label: file_of(server).stat().st_size if setup.kind == RDB else log_bytes(server)
                           for label, server in contenders.items()}
