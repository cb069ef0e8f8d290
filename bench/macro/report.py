"""From measurements to lines, and from lines to text, Markdown or JSON. Nothing here measures anything."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, replace

import budgets
from copy_on_write import CopyOnWrite
from cpu import Row
from expiry import Expiry
from failover import DOWN_AFTER, PHASES, Failovers
from fork_pause import ForkPause
from hit_ratio import HitRatio
from latency import PERCENTILES, Latency, percentile
from log_policies import CLIENTS, Policies
from log_speed import LogSpeed
from memory import Weight
from replication import MANY, Replication
from restart import HYBRID, Restart
from snapshot import Snapshot
from split_brain import SplitBrain

HEAD = ["measure", "ours", "redis", "ratio", "min..max", "budget", "verdict", "remarks"]


@dataclass
class Line:
    """One line of the printed table. `ratio` is ours/redis: below 1 we are cheaper."""

    group: str
    measure: str
    ours: float
    redis: float
    unit: str
    ratio: float
    low: float
    high: float
    budget: float | None
    remarks: str = ""
    data: dict | None = None  # for --json: the raw figures

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return "-"
        # Judged as printed, with two digits: 0.804 beside a budget of 0.80 must not read "0.80, over".
        return "ok" if round(self.ratio, 2) <= self.budget else "over"

    def cells(self) -> list[str]:
        digits = 0 if self.ours >= 1000 else 1 if self.ours >= 10 else 2
        spread = "" if self.low == self.high else f"{self.low:.2f}..{self.high:.2f}"
        return [self.measure, f"{self.ours:.{digits}f} {self.unit}", f"{self.redis:.{digits}f} {self.unit}",
                f"{self.ratio:.2f}", spread, "-" if self.budget is None else f"{self.budget:.2f}", self.verdict,
                self.remarks]


def cpu_line(row: Row) -> Line:
    ratios = row.ratios()
    remarks = f"{row.ops('ours') / 1000:.0f}k / {row.ops('redis') / 1000:.0f}k ops/s"
    if "floor" in row.ns_per_op:
        remarks += f", floor {statistics.median(row.ratios('floor')):.2f}"
    data = {"operations": row.operations, "ns_per_op": row.ns_per_op, "ops_per_second": row.ops_per_second}
    return Line("CPU time per operation", row.name, row.ns("ours") / 1000, row.ns("redis") / 1000, "us",
                statistics.median(ratios), min(ratios), max(ratios), budgets.cpu(row.test.name, row.depth), remarks,
                data)


def memory_lines(weight: Weight) -> list[Line]:
    lines = []
    for count, value in weight.points.items():
        ratio = weight.ratio(count)
        lines.append(Line("Resident bytes per key or element", f"{weight.case.title}, {count / 1e6:.1f}M",
                          value["ours"], value["redis"], "B", ratio, ratio, ratio,
                          budgets.MEMORY.get(weight.case.name), f"per {weight.case.unit}",
                          {"case": weight.case.name, "count": count, "curve": weight.curve}))
    return lines


def latency_lines(latency: Latency, limits: dict[str, float],
                  percentiles: dict[str, float] = PERCENTILES) -> list[Line]:
    lines = []
    for name, quantile in percentiles.items():
        ours, redis = latency.microseconds("ours", quantile), latency.microseconds("redis", quantile)
        spread = latency.spread(quantile)
        lines.append(Line(latency.title, f"{name}, {_count(latency.keys)} keys", ours,
                          redis, "us", ours / redis, min(spread), max(spread), limits.get(name),
                          f"{len(latency.samples('ours'))} / {len(latency.samples('redis'))} samples"))
    return lines


def _count(number: int) -> str:
    return f"{number / 1e6:g}M" if number >= 100_000 else f"{number}"


def rounds_line(group: str, measure: str, values: dict[str, list[float]], unit: str, budget: float | None = None,
                remarks: str = "") -> Line:
    """Of something measured once a round: the medians, their ratio, and how far the rounds' ratios spread."""
    ours, redis = (statistics.median(values[label]) for label in ("ours", "redis"))
    ratios = [a / b for a, b in zip(values["ours"], values["redis"])]
    return Line(group, measure, ours, redis, unit, ours / redis, min(ratios), max(ratios), budget, remarks,
                {"rounds": values})


def expiry_lines(expiry: Expiry) -> list[Line]:
    gone = rounds_line(expiry.latency.title, "until all are gone", expiry.seconds, "s", budgets.EXPIRY_TIME)
    return [gone, *latency_lines(expiry.latency, budgets.EXPIRY_LATENCY)]


def snapshot_lines(snapshot: Snapshot) -> list[Line]:
    group = f"Snapshots of {snapshot.keys / 1e6:g}M mixed keys"
    size = {label: [count / 1e6] for label, count in snapshot.bytes.items()}
    return [rounds_line(group, "SAVE", snapshot.save, "s", budgets.SAVE_TIME),
            rounds_line(group, "SAVE, CPU time", snapshot.save_cpu, "s"),
            rounds_line(group, "BGSAVE under load", snapshot.background, "s"),
            rounds_line(group, "load", snapshot.load, "s", budgets.LOAD_TIME),
            rounds_line(group, "start with load, CPU time", snapshot.load_cpu, "s"),
            rounds_line(group, "file", size, "MB"),
            *latency_lines(snapshot.latency, budgets.SNAPSHOT_LATENCY, {**PERCENTILES, "max": 1.0})]


def copy_on_write_lines(result: CopyOnWrite) -> list[Line]:
    lines = []
    for share, courses in result.courses.items():
        extra = {label: [course.extra / 1e6 for course in rounds] for label, rounds in courses.items()}
        typical = [result.typical(share, label) for label in ("ours", "redis")]
        remarks = (" / ".join(f"{course.extra / course.before:.0%}" for course in typical) + " of its size, "
                   + " / ".join(f"{course.seconds:.1f}" for course in typical) + " s")
        line = rounds_line(f"Extra memory during BGSAVE of {result.keys / 1e6:g}M keys", f"{share:.0%} writes", extra,
                           "MB", remarks=remarks)
        line.data = {label: [asdict(course) for course in rounds] for label, rounds in courses.items()}
        lines.append(line)
    return lines


def fork_lines(result: ForkPause) -> list[Line]:
    lines = []
    for size, pauses in result.pauses.items():
        resident = " / ".join(f"{result.resident[size][label] / 1e9:.2f}" for label in ("ours", "redis"))
        lines.append(rounds_line("Fork of a snapshot", f"{size:g} GB of data", pauses, "ms",
                                 remarks=f"{resident} GB resident"))
    return lines


def hit_ratio_lines(result: HitRatio) -> list[Line]:
    """Misses, not hits: less is better here too."""
    lines = []
    for policy, hits in result.hits.items():
        ours, redis = 1 - hits["ours"], 1 - hits["redis"]
        held = result.held[policy]
        lines.append(Line(f"Misses on a Zipf trace of {result.trace.keys / 1e6:g}M keys, maxmemory {result.limit}", policy,
                          100 * ours, 100 * redis, "%", ours / redis, ours / redis, ours / redis, budgets.MISSES,
                          f"{held['ours'] / 1000:.0f}k / {held['redis'] / 1000:.0f}k keys",
                          {"hits": hits, "held": held, "exact_lru": result.exact}))
    return lines


def policies_lines(result: Policies) -> list[Line]:
    lines = [replace(cpu_line(row), group="CPU time per operation, appendfsync everysec", budget=budgets.LOG_CPU)
             for row in result.cpu_rows]
    for policy, times in result.microseconds.items():
        speed = " / ".join(f"{1000 / statistics.median(times[label]):.1f}k" for label in ("ours", "redis"))
        limit = budgets.ALWAYS_TIME if policy == "always" else None
        lines.append(rounds_line(f"Time between two of the SETs of {CLIENTS} clients", f"appendfsync {policy}", times,
                                 "us", limit, f"{speed} ops/s"))
    for latency in result.latency.values():
        lines += latency_lines(latency, {})
    return lines


def log_speed_lines(result: LogSpeed) -> list[Line]:
    group = f"Logs of {result.keys / 1e6:g}M mixed keys"
    lines = [rounds_line(group, "rewrite", result.rewrite, "s", budgets.REWRITE_TIME)]
    for name, times in result.replay.items():
        size = " / ".join(f"{result.bytes[name][label] / 1e6:.0f}" for label in ("ours", "redis"))
        lines.append(rounds_line(group, name, times, "s", budgets.REPLAY_TIME, f"{size} MB"))
        lines.append(rounds_line(group, f"{name}, CPU time", result.replay_cpu[name], "s"))
    return lines


def restart_lines(result: Restart) -> list[Line]:
    lines = []
    for setup, seconds in result.seconds.items():
        size = " / ".join(f"{result.bytes[setup][label] / 1e6:.1f}" for label in ("ours", "redis"))
        tail = f", {_count(setup.tail)} commands since" if setup.tail else ""
        limit = budgets.HYBRID_START_TIME if setup.kind == HYBRID else None
        lines.append(rounds_line("Start until PING is answered", f"{setup.kind}, {_count(setup.keys)} keys{tail}",
                                 seconds, "s", limit, f"{size} MB"))
    return lines


def replication_lines(result: Replication) -> list[Line]:
    group = "Replication, SET -r 100000 -P 16"
    lines = []
    for count, spent in result.master_ns.items():
        us = {label: [ns / 1000 for ns in rounds] for label, rounds in spent.items()}
        lines.append(rounds_line(group, f"master, {count} replica{'' if count == 1 else 's'}, CPU time", us, "us",
                                 budgets.REPLICATED_CPU if count else None))
    us = {label: [ns / 1000 for ns in rounds] for label, rounds in result.replica_ns.items()}
    lines.append(rounds_line(group, "replica, CPU time", us, "us", budgets.REPLICATED_CPU))
    megabytes = {label: [size / 1e6 for size in rounds] for label, rounds in result.memory.items()}
    lines.append(rounds_line("Replication under load", f"master with {MANY} replicas, resident", megabytes, "MB",
                             budgets.REPLICAS_MEMORY))
    lines += latency_lines(result.lag, budgets.REPLICATION_LAG)
    lines.append(rounds_line(f"Image of {result.keys / 1e6:g}M mixed keys", "REPLICAOF until the link is up",
                             result.image, "s", budgets.IMAGE_TIME))
    return lines


def split_brain_lines(results: dict[str, SplitBrain]) -> list[Line]:
    lines = []
    for name in results["ours"].lost:
        lost = {label: result.lost[name] for label, result in results.items()}
        refused = " / ".join(str(result.refused[name]) for result in results.values())
        ratio = lost["ours"] / max(1, lost["redis"])
        lines.append(Line("Acknowledged writes that a split brain loses", name, lost["ours"], lost["redis"], "", ratio,
                          ratio, ratio, None, f"{refused} refused"))
    return lines


def failover_lines(result: Failovers) -> list[Line]:
    group = f"kill -9 of a master until a write is accepted, down-after {DOWN_AFTER} ms, {len(result.runs['ours'])} failovers"
    times = {label: [run.seconds * 1000 for run in runs] for label, runs in result.runs.items()}
    lines = []
    for name, quantile in (("p50", 0.50), ("p95", 0.95), ("max", 1.0)):
        ours, redis = (percentile(sorted(times[label]), quantile) for label in ("ours", "redis"))
        lines.append(Line(group, name, ours, redis, "ms", ours / redis, ours / redis, ours / redis,
                          budgets.FAILOVER_TIME.get(name), data={"milliseconds": times}))
    for type in PHASES:
        firsts = {label: [run.first(type) * 1000 for run in runs] for label, runs in result.runs.items()}
        lines.append(rounds_line(group, f"until the first {type}, median", firsts, "ms"))
    idle = {label: [ns / 1e6 for ns in windows] for label, windows in result.idle_ns.items()}
    lines.append(rounds_line("A sentinel at rest", f"CPU time a second, {result.watched} masters", idle, "ms",
                             budgets.IDLE_SENTINEL))
    return lines


def machine() -> str:
    model = platform.machine()
    with open("/proc/cpuinfo") as file:
        for entry in file:
            if entry.startswith("model name"):
                model = entry.partition(":")[2].strip()
                break
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, load {load:.1f} at the start"


def text(header: list[str], lines: list[Line], notes: list[str]) -> str:
    rows = [line.cells() for line in lines]
    widths = [max([len(title), *(len(row[i]) for row in rows)]) for i, title in enumerate(HEAD)]

    def row_text(cells: list[str]) -> str:
        padded = [cell.ljust(width) if i in (0, len(HEAD) - 1) else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(cells, widths))]
        return "  ".join(padded).rstrip()

    out = [*header, ""]
    group = None
    for line, row in zip(lines, rows):
        if line.group != group:
            out += [""] if group else []
            out += [line.group, row_text(HEAD), "-" * len(row_text(HEAD).ljust(sum(widths) + 2 * len(widths) - 2))]
            group = line.group
        out.append(row_text(row))
    return "\n".join(out + ["", *notes, summary(lines)])


def markdown(header: list[str], lines: list[Line], notes: list[str]) -> str:
    out = [f"- {entry}" for entry in header]
    group = None
    for line in lines:
        if line.group != group:
            rule = "|---|" + "---:|" * (len(HEAD) - 2) + "---|"
            out += ["", f"**{line.group}**", "", f"| {' | '.join(HEAD)} |", rule]
            group = line.group
        cells = line.cells()
        if line.verdict == "over":
            cells[HEAD.index("verdict")] = "**over**"
        out.append(f"| {' | '.join(cells)} |")
    return "\n".join(out + ["", *(f"{note}  " for note in notes), summary(lines)])


def summary(lines: list[Line]) -> str:
    judged = [line for line in lines if line.budget is not None]
    over = [line for line in judged if line.verdict == "over"]
    if not judged:
        return "Nothing here has a budget."
    if not over:
        return "The budget is met." if len(judged) == 1 else f"All {len(judged)} budgets are met."
    names = "; ".join(line.measure for line in over[:6]) + ("; ..." if len(over) > 6 else "")
    return f"{len(over)} of {len(judged)} budgets exceeded: {names}"


def as_json(header: list[str], lines: list[Line], notes: list[str]) -> str:
    return json.dumps({"header": header, "notes": notes,
                       "lines": [{**asdict(line), "verdict": line.verdict} for line in lines]}, indent=2) + "\n"
