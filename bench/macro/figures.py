"""Figures of a run, each as SVG and PNG: ratios against budgets, bytes per key over N, latency by percentile, hit
ratios, memory during a snapshot, the pause of its fork, the policies of a log, starts, replicas, a split brain, a failover."""

from __future__ import annotations

import statistics
from pathlib import Path

from copy_on_write import RATE, CopyOnWrite
from failover import DOWN_AFTER, Failovers
from fork_pause import ForkPause
from hit_ratio import EXPONENT, HitRatio
from latency import PERCENTILES, Latency, percentile
from log_policies import CLIENTS, RATE as SET_RATE, Policies
from memory import Weight
from replication import Replication
from report import Line
from restart import AOF, HYBRID, RDB, Restart
from split_brain import HEALING, PARTITION, PROMOTION, SplitBrain

OURS, REDIS, BUDGET = "#1b7f79", "#b5443b", "#333333"
SENTINELS = ("#1b7f79", "#7a4fa3", "#b5743b")


def pyplot():
    import matplotlib  # here, since only --figures needs it
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "strata"  # else the ids in the file change from run to run
    from matplotlib import pyplot
    return pyplot


def save(figure, folder: Path, name: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    figure.savefig(paths[0], metadata={"Date": None})
    figure.savefig(paths[1], dpi=150)
    pyplot().close(figure)
    return paths


def ratios(lines: list[Line], folder: Path, name: str) -> list[Path]:
    """A bar per measure: our cost over redis-server's, its spread, and a mark at the budget."""
    figure, axes = pyplot().subplots(figsize=(8, 1.2 + 0.28 * len(lines)))
    places = range(len(lines))
    colors = [REDIS if line.verdict == "over" else OURS for line in lines]
    spread = [[line.ratio - line.low for line in lines], [line.high - line.ratio for line in lines]]
    spread = [[max(0.0, value) for value in side] for side in spread]
    axes.barh(places, [line.ratio for line in lines], xerr=spread, color=colors, error_kw={"lw": 0.8, "ecolor": "#888"})
    judged = [(place, line.budget) for place, line in zip(places, lines) if line.budget is not None]
    axes.plot([limit for _, limit in judged], [place for place, _ in judged], "|", color=BUDGET, ms=13, mew=2,
              label="budget")
    axes.axvline(1.0, color="#888", lw=0.8, ls="--", label="redis-server")
    axes.set_yticks(list(places), [line.measure for line in lines], fontsize=8)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel("ours / redis-server (less is better)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=8)
    return save(figure, folder, name)


def memory(weights: list[Weight], folder: Path) -> list[Path]:
    """Bytes per key over the number of keys: the steps are the hash table growing."""
    columns = min(3, len(weights))
    rows = -(-len(weights) // columns)
    figure, grid = pyplot().subplots(rows, columns, figsize=(3.6 * columns, 3.0 * rows), squeeze=False)
    panels = list(grid.flat)
    for axes in panels[len(weights):]:
        axes.remove()
    for axes, weight in zip(panels, weights):
        for label, color in (("ours", OURS), ("redis", REDIS)):
            points = weight.curve[label]
            axes.plot([count / 1e6 for count, _ in points], [value for _, value in points], color=color, label=label)
        axes.set_title(weight.case.title, fontsize=9)
        axes.set_xlabel(f"{weight.case.unit}s, millions")
        axes.set_ylim(0, 1.1 * max(value for points in weight.curve.values() for _, value in points))
    panels[0].set_ylabel("resident bytes each")
    panels[0].legend(frameon=False)
    return save(figure, folder, "00-memory")


def latency(result: Latency, folder: Path, name: str = "latency") -> list[Path]:
    """The tail: latency over the share of requests that took longer."""
    figure, axes = pyplot().subplots(figsize=(7, 3.6))
    for label, color in (("ours", OURS), ("redis", REDIS)):
        samples = result.samples(label)
        shares = [10 ** (-step / 20) for step in range(0, 81) if 10 ** (-step / 20) * len(samples) >= 5]
        axes.plot(shares, [percentile(samples, 1 - share) / 1000 for share in shares], color=color, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.invert_xaxis()
    axes.set_xticks([1, 0.1, 0.01, 0.001, 0.0001], ["p0", "p90", "p99", "p99.9", "p99.99"])
    axes.set_ylabel("latency, us")
    axes.set_title(f"{result.title} ({result.keys / 1e6:g}M keys)", fontsize=9)
    axes.legend(frameon=False)
    return save(figure, folder, name)


def hit_ratio(result: HitRatio, folder: Path) -> list[Path]:
    """A pair of bars per policy, and a line for exact LRU with as many keys as each server holds."""
    figure, axes = pyplot().subplots(figsize=(8, 3.8))
    places = range(len(result.hits))
    for label, color, shift in (("ours", OURS, -0.2), ("redis", REDIS, 0.2)):
        axes.bar([place + shift for place in places], [100 * hits[label] for hits in result.hits.values()], 0.38,
                 color=color, label=label)
        axes.axhline(100 * result.exact[label], color=color, lw=1, ls="--", label=f"exact LRU, the keys of {label}")
    axes.set_xticks(list(places), list(result.hits), rotation=20, fontsize=8)
    lowest = min([*result.exact.values(), *(value for hits in result.hits.values() for value in hits.values())])
    axes.set_ylim(max(0, 100 * lowest - 10), 100)
    axes.set_ylabel("hits, % of requests")
    axes.set_title(f"Zipf({EXPONENT}) over {result.trace.keys / 1e6:g}M keys, maxmemory {result.limit}", fontsize=9)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    return save(figure, folder, "02-hit-ratio")


def copy_on_write(result: CopyOnWrite, folder: Path) -> list[Path]:
    """Memory of parent and child, one upon the other, from the fork to the end: a row per server, a column per load."""
    columns = len(result.courses)
    figure, grid = pyplot().subplots(2, columns, figsize=(2.8 * columns, 5.2), sharex=True, sharey=True, squeeze=False)
    for row, label, name, color in ((0, "ours", "ours", OURS), (1, "redis", "redis-server", REDIS)):
        for axes, share in zip(grid[row], result.courses):
            course = result.typical(share, label)
            times = [0.0, *(look.seconds for look in course.looks)]
            # At the fork each is charged half of every page.
            parent = [course.before / 2e6, *(look.parent / 1e6 for look in course.looks)]
            child = [course.before / 2e6, *(look.child / 1e6 for look in course.looks)]
            axes.stackplot(times, parent, child, colors=[color, color], alpha=0.85, labels=["parent", "child"])
            axes.collections[1].set_alpha(0.4)
            axes.axhline(course.before / 1e6, color=BUDGET, lw=0.8, ls="--", label="before the fork")
            axes.set_title(f"{name}, {share:.0%} writes: +{course.extra / 1e6:.0f} MB", fontsize=8)
        grid[row][0].set_ylabel("memory (PSS), MB")
        grid[row][0].legend(frameon=False, fontsize=7, loc="upper right")
    for axes in grid[1]:
        axes.set_xlabel("seconds since BGSAVE")
    figure.suptitle(f"BGSAVE of {result.keys / 1e6:g}M keys under {RATE // 1000}k commands a second", fontsize=10)
    return save(figure, folder, "03-copy-on-write")


def fork_pause(result: ForkPause, folder: Path) -> list[Path]:
    """The pause over the size of the data: the median of the forks, and from the shortest to the longest."""
    figure, axes = pyplot().subplots(figsize=(6, 3.6))
    sizes = list(result.pauses)
    for label, color in (("ours", OURS), ("redis", REDIS)):
        pauses = [result.pauses[size][label] for size in sizes]
        middle = [statistics.median(one) for one in pauses]
        reach = [[m - min(one) for m, one in zip(middle, pauses)], [max(one) - m for m, one in zip(middle, pauses)]]
        axes.errorbar(sizes, middle, yerr=reach, color=color, marker="o", ms=4, capsize=3, lw=1.2, elinewidth=0.8,
                      label=label)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("keys and values, GB")
    axes.set_ylabel("pause of the fork, ms")
    axes.legend(frameon=False)
    return save(figure, folder, "03-fork-pause")


def policies(result: Policies, folder: Path) -> list[Path]:
    """Throughput on the left, latency on the right: a pair of bars per policy, and per policy and percentile."""
    figure, (speed, delay) = pyplot().subplots(1, 2, figsize=(9, 3.6), width_ratios=[1, 2])
    names = list(result.latency)
    places = [(policy, percent) for policy in names for percent in PERCENTILES]
    for label, color, shift in (("ours", OURS, -0.2), ("redis", REDIS, 0.2)):
        speeds = [1000 / statistics.median(result.microseconds[policy][label]) for policy in names]
        speed.bar([place + shift for place in range(len(names))], speeds, 0.38, color=color, label=label)
        delays = [result.latency[policy].microseconds(label, PERCENTILES[percent]) / 1000 for policy, percent in places]
        delay.bar([place + shift for place in range(len(places))], delays, 0.38, color=color, label=label)
    speed.set_xticks(range(len(names)), names, fontsize=8)
    speed.set_ylabel("SETs a second, thousands")
    speed.set_title(f"{CLIENTS} clients, one SET at a time", fontsize=9)
    speed.legend(frameon=False, fontsize=8)
    delay.set_yscale("log")
    delay.set_xticks(range(len(places)), [f"{percent}\n{policy}" if percent == "p99" else percent for policy, percent
                                          in places], fontsize=8)
    delay.set_ylabel("latency, ms")
    delay.set_title(f"{SET_RATE} SETs a second", fontsize=9)
    return save(figure, folder, "04-cost-of-policies")


def restart(result: Restart, folder: Path) -> list[Path]:
    """Time of a start above, size of its files below; over the keys on the left, over the commands since the last
    rewrite on the right, where a snapshot is a level line."""
    figure, grid = pyplot().subplots(2, 2, figsize=(9, 6), sharex="col", sharey="row")
    for label, name, color in (("ours", "ours", OURS), ("redis", "redis-server", REDIS)):
        for kind, style in ((RDB, ":"), (AOF, "--"), (HYBRID, "-")):
            for column, setups, count in ((0, result.over_keys(kind), "keys"), (1, result.over_tail(kind), "tail")):
                places = [getattr(setup, count) / 1e6 for setup in setups]
                rows = [[statistics.median(result.seconds[setup][label]) for setup in setups],
                        [result.bytes[setup][label] / 1e6 for setup in setups]]
                if kind == RDB and column == 1:  # it knows of no tail
                    places = [0.0, max(setup.tail for setup in result.over_tail(AOF)) / 1e6]
                    rows = [2 * values for values in rows]
                for axes, values in zip(grid[:, column], rows):
                    axes.plot(places, values, color=color, ls=style, marker="o", ms=3, lw=1.2, label=f"{name}, {kind}")
    for axes in grid.flat:
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
    grid[0][0].set_ylabel("start until PING is answered, s")
    grid[1][0].set_ylabel("size of the files, MB")
    grid[1][0].set_xlabel("keys, millions; nothing written since the rewrite")
    grid[1][1].set_xlabel("SETs since the rewrite, millions")
    grid[0][0].legend(frameon=False, fontsize=7)
    figure.suptitle(f"Starts with mixed keys; on the right {max(setup.keys for setup in result.seconds) / 1e6:g}M of them",
                    fontsize=10)
    return save(figure, folder, "05-restart")


def replication(result: Replication, folder: Path) -> list[Path]:
    """CPU time of a SET on the master over its replicas, and the lag by percentile."""
    figure, (speed, delay) = pyplot().subplots(1, 2, figsize=(9, 3.6))
    for label, color in (("ours", OURS), ("redis", REDIS)):
        counts = list(result.master_ns)
        values = [statistics.median(result.master_ns[count][label]) / 1000 for count in counts]
        speed.plot(counts, values, color=color, marker="o", ms=4, label=label)
        samples = result.lag.samples(label)
        shares = [step / 200 for step in range(201)]
        delay.plot([percentile(samples, share) / 1e6 for share in shares], [100 * share for share in shares], color=color)
    speed.set_xticks(counts)
    speed.set_ylim(bottom=0)
    speed.set_xlabel("replicas")
    speed.set_ylabel("CPU time of the master for a SET, us")
    speed.legend(frameon=False)
    delay.set_xscale("log")
    delay.set_xlabel("replication lag, ms")
    delay.set_ylabel("% of writes")
    return save(figure, folder, "06-replicas")


def split_brain(result: SplitBrain, folder: Path) -> list[Path]:
    """What each side has acknowledged over time; the area that is lost."""
    figure, grid = pyplot().subplots(1, len(result.lost), figsize=(4.8 * len(result.lost), 3.8), sharey=True)
    for axes, name in zip(grid, result.lost):
        for times, color, side in ((result.old[name], REDIS, "old master"), (result.new[name], OURS, "new master")):
            axes.plot(times, range(1, len(times) + 1), color=color, label=side)
        axes.axvspan(PARTITION, HEALING, color="#eeeeee", zorder=0)
        axes.axvline(PROMOTION, color=BUDGET, lw=0.8, ls="--")
        axes.text(PROMOTION, 0, " promotion", fontsize=7)
        axes.set_title(f"{name}: {result.lost[name]} acknowledged writes lost", fontsize=9)
        axes.set_xlabel("seconds; grey: the partition")
    grid[0].set_ylabel("writes acknowledged")
    grid[0].legend(frameon=False, fontsize=8)
    return save(figure, folder, "06-split-brain")


def failover(result: Failovers, folder: Path) -> list[Path]:
    """One failover, event by event, as the three sentinels tell of it; beside it how long all of them took."""
    figure, (course, spread) = pyplot().subplots(1, 2, figsize=(11, 5.6), width_ratios=[2.6, 1])
    run = result.typical("ours")
    events = [event for event in run.events if event.type not in ("+slave", "+new-epoch") and event.seconds < run.seconds + 2]
    for place, event in enumerate(events):
        color = SENTINELS[event.sentinel - 1]
        course.plot(event.seconds, place, "o", color=color, ms=5)
        course.text(event.seconds + 0.03, place, f"{event.type} ({event.sentinel})", color=color, va="center", fontsize=7)
    course.axvspan(0, run.seconds, color="#eeeeee", zorder=0)
    course.axvline(run.seconds, color=BUDGET, lw=0.8, ls="--")
    course.text(run.seconds, -1.2, f" first accepted write: {run.seconds:.2f} s", fontsize=8)
    course.set_ylim(len(events), -2)
    course.set_xlim(0, events[-1].seconds + 0.6)
    course.set_yticks([])
    course.set_xlabel("seconds since the master was killed; grey: nobody takes writes")
    course.set_title("one failover, by the events of sentinels 1, 2 and 3", fontsize=9)
    for label, name, color in (("ours", "ours", OURS), ("redis", "redis-server", REDIS)):
        times = sorted(run.seconds for run in result.runs[label])
        spread.plot(times, [100 * (rank + 1) / len(times) for rank in range(len(times))], color=color, marker=".", label=name)
    spread.axvline(DOWN_AFTER / 1000, color=BUDGET, lw=0.8, ls=":", label="down-after")
    spread.set_xlim(left=0)
    spread.set_xlabel("seconds until a write is accepted")
    spread.set_ylabel("% of failovers")
    spread.legend(frameon=False, fontsize=8, loc="upper left")
    return save(figure, folder, "07-failover")
