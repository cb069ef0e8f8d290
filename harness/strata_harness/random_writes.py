"""Every write command, at random: what differential runs send, without what belongs to one connection.

    stream = RandomWrites(rng)
    stream.send(wire, 2000)          replies are read, and are anybody's: errors are a part of it

Keys are few, so that commands meet; values favour the borders of encodings. Expiries lie far away or long past, unless
`short_lived` adds some that come while one waits.

Left out is what redis-server itself replays otherwise: a BITFIELD that fails grows the value and is not passed on; a score
of -0 is 0 in one encoding and not in the other; SORT ... STORE of equal elements depends on what they were before; a PFADD
that finds a damaged value has added some.
"""

from __future__ import annotations

import importlib
import random
import re
import sys
from pathlib import Path
from typing import Any

from .resp import encode
from .wire import Wire

FAMILIES = ["strings", "keys", "lists", "hashes", "sets", "sorted_sets", "bits", "hyperloglogs", "geo", "sort",
            "typed_keys"]
_NOT_HERE = {b"CONFIG", b"DEBUG", b"MEMORY", b"KEYS", b"SCAN"}
_PIPELINE = 100


def _differential(module: str) -> Any:
    """The generator is a package beside this one."""
    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.append(root)
    return importlib.import_module(f"harness.differential.{module}")


def _is_replayed(words: tuple[bytes, ...]) -> bool:
    name, options = words[0].upper(), {word.upper() for word in words[1:]}
    if name in _NOT_HERE or b"-0" in options:
        return False
    sketch = re.fullmatch(rb"p\d", words[1]) if len(words) > 1 else None
    if sketch and name in (b"SET", b"APPEND", b"SETRANGE", b"SETBIT", b"BITFIELD"):
        return False
    return not (name == b"BITFIELD" and b"FAIL" in options) and not (name == b"SORT" and b"STORE" in options)


class RandomWrites:
    """Commands for one server; the same `rng` gives the same ones."""

    def __init__(self, rng: random.Random, short_lived: bool = True) -> None:
        _differential("facts").use(2)
        self._command = _differential("items").Cmd
        families = _differential("families").load(2)
        self._families = [families[name] for name in FAMILIES]
        self._gen = _differential("gen").Gen(str(rng.random()), False)
        self._rng, self._short_lived = rng, short_lived
        self.sent: set[bytes] = set()  # names of the commands

    def next(self) -> list[tuple[bytes, ...]]:
        """Some commands that belong together."""
        if self._short_lived and self._rng.random() < 0.02:
            return [(b"SET", b"short%d" % self._rng.randrange(50), b"lived", b"PX", b"%d" % self._rng.randint(1, 300))]
        [family] = self._rng.choices(self._families, [family.weight for family in self._families])
        made = family.make(self._gen)
        items = made if isinstance(made, list) else [made]
        return [item.args for item in items if isinstance(item, self._command) and _is_replayed(item.args)]

    def send(self, wire: Wire, count: int) -> None:
        """So many commands, some of them in transactions, in several databases."""
        left = count
        while left > 0:
            commands: list[tuple[bytes, ...]] = []
            while len(commands) < min(_PIPELINE, left):
                some = self.next()
                commands += [(b"MULTI",), *some, (b"EXEC",)] if some and self._rng.random() < 0.05 else some
            self.sent.update(command[0].upper() for command in commands)
            wire.send(b"".join(encode(*command) for command in commands))
            wire.read_many(len(commands), 10)
            left -= len(commands)
        wire.ok("SELECT", 0)
