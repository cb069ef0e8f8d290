"""What a family generates: a Cmd for the pipelined stream, or a Script that talks to one server at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from . import rules


@dataclass
class Cmd:
    """One command on the main connection, answered by exactly one frame."""

    args: tuple[bytes, ...]
    rule: rules.Rule | None = None  # None: the table in rules.py decides

    def compare(self, a: bytes, b: bytes) -> bool:
        if self.rule is rules.exact:
            return a == b
        return a == b or (self.rule or rules.rule_for(self.args))(a, b)

    @property
    def name(self) -> str:
        return rules.name_of(self.args).decode("latin-1")[:40]

    def show(self) -> list[str]:
        return [show_args(self.args)]

    def touched(self) -> set[bytes]:
        return set(self.args[1:])

    cost = 1


@dataclass
class Script:
    """Steps run against one server at a time by `run(server, steps)`, which returns the frames to compare.

    For everything that needs more than "one command, one reply": iterations whose cursors differ, several
    connections, replies that name the connection's id, connections that get closed.  `run` must put anything
    that may differ between two correct servers into a canonical form.  Steps can be dropped by the shrinker.
    """

    name: str
    run: Callable
    steps: list = field(default_factory=list)

    def compare(self, a: list, b: list) -> bool:
        return a == b

    def show(self) -> list[str]:
        lines = [f"script {self.name}:"]
        for step in self.steps:
            lines.append("    " + (show_step(step)))
        return lines

    def touched(self) -> set[bytes]:
        return set()

    @property
    def cost(self) -> int:
        return max(1, len(self.steps))


def show_arg(arg) -> str:
    if not isinstance(arg, (bytes, bytearray)):
        return str(arg)
    if arg and all(33 <= byte < 127 and byte not in b"\"'\\" for byte in arg) and len(arg) <= 200:
        return arg.decode()
    text = "".join(chr(c) if 32 <= c < 127 and c not in b'"\\' else f"\\x{c:02x}" for c in arg[:300])
    return f'"{text}"' + (f"...({len(arg)} bytes)" if len(arg) > 300 else "")


def show_args(args) -> str:
    return " ".join(map(show_arg, args))


def show_step(step) -> str:
    if isinstance(step, (tuple, list)):
        return "  ".join(show_args(part) if isinstance(part, (tuple, list)) else show_arg(part) for part in step)
    return show_arg(step)
