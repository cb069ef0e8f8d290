"""Shrinks the history that leads to a difference: replay a shorter one on fresh keyspaces, keep it if it still differs.

First guess: only the commands that share an argument with the last one (usually right, and one replay).  Then classic
delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): drop ever smaller
chunks while the difference stays.  Bounded in time, so the result is short but not always minimal.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Callable

from .items import Script


def shrink(history: list, differs: Callable[[list], bool], seconds: float = 10.0) -> list | None:
    """history[-1] is the item whose reply differs.  None: the difference did not come back on replay."""
    deadline = time.monotonic() + seconds
    if not differs(history):
        return None
    last = history[-1]
    for guess in ([last], _related(history, closure=False), _related(history, closure=True)):
        if len(guess) < len(history) and differs(guess):
            history = guess
            break
    head = _drop_chunks(history[:-1], lambda kept: differs(kept + [last]), deadline)
    if isinstance(last, Script) and len(last.steps) > 1:
        steps = _drop_chunks(last.steps, lambda kept: differs(head + [replace(last, steps=kept)]), deadline)
        last = replace(last, steps=steps)
    return head + [last]


def _related(history: list, closure: bool) -> list:
    names = set(history[-1].touched())
    kept = [history[-1]]
    for item in reversed(history[:-1]):
        touched = item.touched()
        if touched & names:
            kept.append(item)
            if closure:
                names |= touched
    return kept[::-1]


def _drop_chunks(items: list, still_differs: Callable[[list], bool], deadline: float) -> list:
    size = max(1, len(items) // 2)
    while items:
        start, dropped = 0, False
        while start < len(items):
            if time.monotonic() > deadline:
                return items
            shorter = items[:start] + items[start + size:]
            if still_differs(shorter):
                items, dropped = shorter, True
            else:
                start += size
        if size == 1 and not dropped:
            break
        size = max(1, size // 2)
    return items
