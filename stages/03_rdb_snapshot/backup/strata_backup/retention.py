"""Which copies have had their time. No files here: only times, so that years can be tried in a moment.

    kind     which                                        kept for
    daily    the first copy of a UTC day, and the         `daily`, or `hourly` if that is longer
             first good one should that be another
    hourly   the others                                   `hourly`

The newest copy and the newest good one stay, however old: when backups have stopped, what is left is all there is. A
copy that was found bad does not leave any earlier for it: the check tool may be what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, Sequence, TypeVar

DAILY = "daily"
HOURLY = "hourly"


class Dated(Protocol):
    """What a rule has to know of a copy."""

    @property
    def time(self) -> datetime: ...

    @property
    def good(self) -> bool: ...


AnyCopy = TypeVar("AnyCopy", bound=Dated)


@dataclass(frozen=True)
class Rules:
    hourly: timedelta
    daily: timedelta


def kinds(copies: Sequence[Dated]) -> list[str]:
    """The kind of each copy; they come sorted by time."""
    days: set[date] = set()
    good_days: set[date] = set()
    found = []
    for copy in copies:
        day = copy.time.date()
        first = day not in days or (copy.good and day not in good_days)
        found.append(DAILY if first else HOURLY)
        days.add(day)
        if copy.good:
            good_days.add(day)
    return found


def expired(copies: Sequence[AnyCopy], rules: Rules, now: datetime) -> list[AnyCopy]:
    """The copies to remove; they come sorted by time."""
    spared = list(copies[-1:]) + [copy for copy in copies if copy.good][-1:]
    limits = {DAILY: max(rules.daily, rules.hourly), HOURLY: rules.hourly}
    return [copy for copy, kind in zip(copies, kinds(copies))
            if now - copy.time > limits[kind] and copy not in spared]
