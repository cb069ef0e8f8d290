"""Wait for conditions. This is the only place of the harness that sleeps.

A sleep in a test is a guess: too short on a busy machine, wasted time on a fast one. A condition is neither.
"""

from __future__ import annotations

import time
from typing import Callable, TypeVar

from .timing import scaled

T = TypeVar("T")

_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.02


def wait_until(condition: Callable[[], T], timeout: float = 5.0, what: str = "the condition") -> T:
    """Calls `condition` until it returns something true, and returns that.

    `timeout` is in seconds before scaling. AssertionError and connection errors inside `condition` count as "not yet";
    the last of them is told when time runs out. Any other exception is a mistake in the test and passes through.
    """
    deadline = time.monotonic() + scaled(timeout)
    pause = _FIRST_PAUSE
    while True:
        try:
            value = condition()
            if value:
                return value
            last = f"the last value was {value!r}"
        except (AssertionError, OSError, EOFError) as error:
            last = f"the last attempt failed: {error}"
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {scaled(timeout):.1f} s for {what}; {last}")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def let_pass(moment: float) -> None:
    """Returns at that moment of time.monotonic(). For what is to happen at a random moment; never for a condition."""
    time.sleep(max(0.0, moment - time.monotonic()))
