"""The registry: one package per stage, in it one file per family, each with a FAMILY.

A later stage adds its package; nothing here is touched. A family makes either one item (Cmd or Script) or a list of
items that belong together.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Callable

from ..gen import Gen


@dataclass(frozen=True)
class Family:
    name: str
    stage: int
    weight: int  # share among the chosen families
    make: Callable[[Gen], object]
    opening: Callable[[Gen], list] | None = None  # items that an episode begins with


def load(stage: int) -> dict[str, Family]:
    """The families up to a stage. Call facts.use(stage) first: families are made from the facts."""
    families = []
    for package in sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg):
        if int(package.removeprefix("stage")) > stage:
            break
        modules = import_module(f"{__name__}.{package}").MODULES
        families += [import_module(f"{__name__}.{package}.{module}").FAMILY for module in modules]
    return {family.name: family for family in families}


def mix(*choices):
    """make() for a family: picks one of (weight, function) pairs."""
    weights = [weight for weight, _ in choices]
    functions = [function for _, function in choices]

    def make(g: Gen):
        return g.random.choices(functions, weights)[0](g)

    return make
