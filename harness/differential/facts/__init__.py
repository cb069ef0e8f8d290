"""What is known of Redis 7.0.15, up to the stage under test: replies that list commands are compared on these only.

Each stage has its file (stageNN.py) with any of the names below, and use() puts together those up to a stage. What is
filled in here is changed in place, so `from . import facts` sees it.

    COMMANDS            name -> arity (negative: at least)
    SUBCOMMANDS         "container|name" -> arity
    LATER_SUBCOMMANDS   known of Redis, but of a later stage than the newest here
    NOT_FOR_JUNK        commands that must not get random arguments: they block, keep state, answer by chance
    MAY_WAIT            commands that may wait for a key
    ANY_ORDER           replies with elements in the order of a hash table
    ANY_ORDER_PAIRS     the same with pairs
    CURSORS             replies with a cursor, which differs; whole walks compare: see the families
    NOT_COUNTED         commands that are called as often as cursors and waiting want
    BY_CHANCE           replies whose elements are chosen by chance: their shape compares
    OPTIONS             options that a family may change -> what they are put back to
    READERS             type -> the command that reads a whole value, with the key in place of None
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

COMMANDS: dict[bytes, int] = {}
SUBCOMMANDS: dict[bytes, int] = {}
LATER_SUBCOMMANDS: set[bytes] = set()
NOT_FOR_JUNK: set[bytes] = set()
MAY_WAIT: set[bytes] = set()
ANY_ORDER: set[bytes] = set()
ANY_ORDER_PAIRS: set[bytes] = set()
CURSORS: set[bytes] = set()
NOT_COUNTED: set[bytes] = set()
BY_CHANCE: set[bytes] = set()
OPTIONS: dict[bytes, bytes] = {}
READERS: dict[bytes, tuple] = {}
CONTAINERS: list[bytes] = []

_NAMES = ("COMMANDS", "SUBCOMMANDS", "LATER_SUBCOMMANDS", "NOT_FOR_JUNK", "MAY_WAIT", "ANY_ORDER", "ANY_ORDER_PAIRS",
          "CURSORS", "NOT_COUNTED", "BY_CHANCE", "OPTIONS", "READERS")
_STAGES = {int(found.name.removeprefix("stage")): import_module(f"{__name__}.{found.name}")
           for found in pkgutil.iter_modules(__path__)}


def stage_of(names: set[bytes]) -> int:
    """The stage that a server with these commands is meant to be: the highest of which it has any."""
    return max((number for number, stage in _STAGES.items() if names & stage.COMMANDS.keys()), default=1)


def use(stage: int) -> None:
    for name in _NAMES:
        whole = globals()[name]
        whole.clear()
        for number in sorted(_STAGES):
            if number <= stage:
                whole.update(getattr(_STAGES[number], name, ()))
    CONTAINERS[:] = sorted({name.partition(b"|")[0] for name in SUBCOMMANDS})


use(max(_STAGES))
