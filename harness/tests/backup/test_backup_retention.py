"""Which copies stay, over simulated weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from strata_backup import moment, retention

START = datetime(2026, 2, 20, 0, 7, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = retention.Rules(hourly=48 * HOUR, daily=30 * DAY)


@dataclass(frozen=True)
class Sample:
    time: datetime
    good: bool = True


def simulate(hours: int, backed_up=lambda hour: True, good=lambda hour: True):
    """What is left after so many hourly runs, each of which prunes."""
    kept = []
    for hour in range(hours):
        if backed_up(hour):
            now = START + hour * HOUR
            kept.append(Sample(now, good(hour)))
            gone = retention.expired(kept, RULES, now)
            kept = [copy for copy in kept if copy not in gone]
    return kept


def test_two_months_of_hourly_runs():
    hours = 60 * 24
    last = START + (hours - 1) * HOUR
    kept = [copy.time for copy in simulate(hours)]
    hourly = [last - age * HOUR for age in range(49)]
    daily = [START + day * DAY for day in range(60) if last - (START + day * DAY) <= RULES.daily]
    assert kept == sorted(set(hourly + daily))
    assert len(daily) == 30


def test_a_day_that_began_without_a_backup_keeps_the_first_it_has():
    kept = simulate(5 * 24, backed_up=lambda hour: not 24 <= hour < 33)
    assert [copy.time for copy in kept if copy.time.date() == (START + DAY).date()] == [START + 33 * HOUR]


def test_a_bad_copy_neither_leaves_early_nor_stands_for_its_day():
    kept = simulate(5 * 24, good=lambda hour: hour not in (24, 25))
    second_day = [copy for copy in kept if copy.time.date() == (START + DAY).date()]
    assert second_day == [Sample(START + 24 * HOUR, False), Sample(START + 26 * HOUR, True)]


def test_the_last_copies_stay_however_old():
    copies = [Sample(START), Sample(START + HOUR), Sample(START + 2 * HOUR, False)]
    assert retention.expired(copies, RULES, START + 400 * DAY) == copies[:1]
    assert retention.expired([], RULES, START) == []


def test_a_clock_set_back_removes_nothing():
    assert retention.expired([Sample(START), Sample(START + HOUR)], RULES, START - 90 * DAY) == []


def test_limits_are_inclusive():
    copies = [Sample(START), Sample(START + HOUR), Sample(START + 2 * HOUR)]
    assert retention.expired(copies, RULES, START + 49 * HOUR) == []
    assert retention.expired(copies, RULES, START + 49 * HOUR + timedelta(seconds=1)) == copies[1:2]
    assert retention.expired(copies, RULES, START + RULES.daily + timedelta(seconds=1)) == copies[:2]


def test_runs_prune_by_age(place):
    times = ["2026-11-01T00:07:00Z", "2026-11-01T01:07:00Z", "2026-11-02T00:07:00Z", "2026-11-03T01:08:00Z"]
    for time in times[:3]:
        place.run(now=time)
    assert [(row["time"], row["kind"]) for row in place.listed()] == list(zip(times, ["daily", "hourly", "daily"]))
    answer = place.run(now=times[3])
    assert "removed" in answer.stdout and "20261101T010700Z" in answer.stdout
    assert [row["time"] for row in place.listed()] == [times[0], times[2], times[3]]
    assert len(place.names()) == 9, "a removed copy's sidecars go with it"
    place.run("--keep-daily", 1, now="2026-11-04T03:00:00Z")
    assert [row["time"] for row in place.listed()] == [times[3], "2026-11-04T03:00:00Z"]


def test_a_dry_run_only_tells(place):
    for hour in range(3):
        place.run(now=f"2026-11-01T0{hour}:00:00Z")
    before = place.names()
    later = ["--from", place.copies, "--now", "2026-11-04"]
    told = place.call("strata-backup", "prune", "--dry-run", *later)
    assert told.stdout.count("would remove") == 1 and "20261101T010000Z" in told.stdout
    assert place.names() == before
    place.call("strata-backup", "prune", *later)
    assert [row["time"][11:13] for row in place.listed()] == ["00", "02"]


def test_pruning_leaves_other_files_alone(place):
    place.run(now="2026-01-01T00:00:00Z")
    place.run(now="2026-01-01T01:00:00Z")
    others = ["dump.rdb", "dump-old.rdb", "dump-20250101T000000Z.rdb.bak", "notes.json", "x.partial"]
    for name in others:
        (place.copies / name).write_text("mine")
    place.run(now=moment.shown(START + 300 * DAY))
    assert len(place.listed()) == 1
    assert all((place.copies / name).read_text() == "mine" for name in others)
