"""The one factor on every time limit.

A slow machine, a sanitizer build or a debugger needs patience everywhere at once, so every limit in the
harness goes through `scaled` and `TIMEOUT_SCALE=5` in the environment stretches them all.
"""

from __future__ import annotations

import os


def timeout_scale() -> float:
    """The value of TIMEOUT_SCALE, 1.0 when unset. Raises ValueError for a value that is no positive number."""
    scale = float(os.environ.get("TIMEOUT_SCALE", "1"))
    if not scale > 0:
        raise ValueError(f"TIMEOUT_SCALE must be a positive number, got {scale}")
    return scale


def scaled(seconds: float) -> float:
    """`seconds` of a normal machine, stretched for this one."""
    return seconds * timeout_scale()
