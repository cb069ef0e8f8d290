"""The registry: one file per family, each with a FAMILY.  A later stage adds its file and its name here.

A family makes either one item (Cmd or Script) or a list of items that belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Callable

from ..gen import Gen

MODULES = ["strings", "keys", "connection", "server", "introspection", "pubsub", "abuse"]


@dataclass(frozen=True)
class Family:
    name: str
    stage: int
    weight: int  # share among the chosen families
    make: Callable[[Gen], object]


def load() -> dict[str, Family]:
    families = [import_module(f"{__name__}.{module}").FAMILY for module in MODULES]
    return {family.name: family for family in families}


def mix(*choices):
    """make() for a family: picks one of (weight, function) pairs."""
    weights = [weight for weight, _ in choices]
    functions = [function for _, function in choices]

    def make(g: Gen):
        return g.random.choices(functions, weights)[0](g)

    return make
