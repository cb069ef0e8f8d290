"""One command of any family, for the families that look at something else than its reply."""

from __future__ import annotations

from ... import facts, rules
from ...gen import Gen
from ...items import Cmd
from ..stage01 import strings
from . import bits, geo, hashes, hyperloglogs, lists, sets, sort, sorted_sets, typed_keys

SOURCES = [strings, lists, hashes, sets, sorted_sets, bits, hyperloglogs, geo, sort, typed_keys]


def command(g: Gen) -> tuple[bytes, ...]:
    """Any command whose reply does not depend on time or chance."""
    while True:
        made = g.pick(SOURCES).FAMILY.make(g)
        for item in made if isinstance(made, list) else [made]:
            if isinstance(item, Cmd) and item.rule is None and is_definite(item):
                return item.args


def is_definite(item: Cmd) -> bool:
    name = rules.name_of(item.args)
    return name not in facts.NOT_FOR_JUNK and (name not in rules.TABLE or name in rules.NORMAL_FORMS)
