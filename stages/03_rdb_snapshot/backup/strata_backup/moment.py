"""Points and spans of time. All in UTC: a name must not occur twice, or be missing, when the clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_STAMP = "%Y%m%dT%H%M%SZ"
_ACCEPTED = (_STAMP, "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
_DAY = "%Y-%m-%d"


def present() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


def of_unix(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), timezone.utc)


def stamp(moment: datetime) -> str:
    """As in names of files: 20261122T101500Z."""
    return moment.strftime(_STAMP)


def shown(moment: datetime) -> str:
    """As for people: 2026-11-22T10:15:00Z."""
    return moment.strftime(_ACCEPTED[1])


def parse(text: str) -> datetime:
    """Any of the forms above, in UTC; a day alone means its last second. Raises ValueError."""
    for form in _ACCEPTED:
        try:
            return datetime.strptime(text, form).replace(tzinfo=timezone.utc)
        except ValueError:
            pass
    try:
        day = datetime.strptime(text, _DAY).replace(tzinfo=timezone.utc)
    except ValueError:
        raise ValueError(f"'{text}' is no time: 2026-11-22, '2026-11-22 10:15', 20261122T101500Z (UTC)") from None
    return day + timedelta(days=1, seconds=-1)


def shown_span(span: timedelta) -> str:
    """The two largest units: 3d 4h, 4h 5m, 5m 6s."""
    seconds = int(span.total_seconds())
    if seconds < 0:
        return "in the future"
    units = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    first = next((index for index, (count, _) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count}{unit}" for count, unit in units[first:first + 2])
