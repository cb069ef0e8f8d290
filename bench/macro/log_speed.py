"""How long it takes to rewrite a log, and to load one, all of it in commands.

    fill      both servers with the same mixed keys
    replay    the log as clients wrote it; in turns: kill -9, start, until it answers
    rewrite   in turns: BGREWRITEAOF until it is done
    replay    what the rewrite left: one command for up to 64 elements
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

import mixed_keys
from logs import LOG_OPTIONS, log_bytes, rewrite
from servers import Server

WRITTEN, REWRITTEN = "replay, as written", "replay, rewritten"


@dataclass
class LogSpeed:
    """Seconds and bytes by contender, one item a round."""

    keys: int
    rewrite: dict[str, list[float]] = field(default_factory=dict)
    replay: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {WRITTEN: {}, REWRITTEN: {}})
    replay_cpu: dict[str, dict[str, list[float]]] = field(default_factory=lambda: {WRITTEN: {}, REWRITTEN: {}})
    bytes: dict[str, dict[str, int]] = field(default_factory=lambda: {WRITTEN: {}, REWRITTEN: {}})


def measure(commands: dict[str, str], keys: int, rounds: int, progress) -> LogSpeed:
    result = LogSpeed(keys)
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command, options=LOG_OPTIONS))
                      for label, command in commands.items()}
        progress(f"filling with {keys} keys")
        mixed_keys.fill(list(contenders.values()), keys)
        for name, step in ((WRITTEN, _replay), ("rewrite", _rewrite), (REWRITTEN, _replay)):
            for turn in range(rounds):
                progress(f"{name} {turn + 1}/{rounds}")
                order = list(contenders.items())
                for label, server in reversed(order) if turn % 2 else order:
                    step(result, name, label, server)
    return result


def _replay(result: LogSpeed, name: str, label: str, server: Server) -> None:
    result.bytes[name][label] = log_bytes(server)
    result.replay[name].setdefault(label, []).append(server.start_again())
    result.replay_cpu[name].setdefault(label, []).append(server.cpu_ns() / 1e9)


def _rewrite(result: LogSpeed, _: str, label: str, server: Server) -> None:
    with server.connect() as connection:
        result.rewrite.setdefault(label, []).append(rewrite(connection))
