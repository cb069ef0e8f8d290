"""Clusters in the side-by-side table: what is measured (cluster.py, cluster_scale.py, gossip.py), as lines and as figures.

KINDS holds, for each word that --only takes, a function that measures and returns lines and, or None, how to draw it.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import budgets
import cluster
import cluster_scale
import figures
import gossip
from latency import percentile
from members import clusters
from report import Line, rounds_line
from servers import Server

Draw = Callable[[Path], "list[Path]"]


def _all_cluster(commands: dict[str, str], notes: list[str]) -> bool:
    with contextlib.ExitStack() as stack:
        absent = [label for label, command in commands.items() if not clusters(stack.enter_context(Server(label, command)))]
    notes += [f"Nothing about clusters: {label} has none" for label in absent]
    return not absent


# -- clients of a cluster ----------------------------------------------------------------------------------------------


def costs(options, commands: dict[str, str], notes: list[str], say) -> tuple[list[Line], Draw | None]:
    if not _all_cluster(commands, notes):
        return [], None
    result = cluster.measure(commands, options.rounds, 0.25 if options.quick else 0.7, options.failovers,
                             lambda step: say(f"[cluster] {step}"))
    return cost_lines(result), lambda folder: draw_failovers(result, folder)


def cost_lines(result: cluster.ClusterCosts) -> list[Line]:
    lines = []
    for (name, depth), spent in result.redirects.items():
        us = {label: [ns / 1000 for ns in rounds] for label, rounds in spent.items()}
        limit = budgets.REDIRECTED_CPU if depth > 1 and "redirected" in name else None
        lines.append(rounds_line("CPU time per operation of a cluster node", f"{name} -P {depth}", us, "us", limit))
    for load, seconds in result.migrate.items():
        us = {label: [value * 1e6 for value in rounds] for label, rounds in seconds.items()}
        speed = " / ".join(f"{1e-3 / statistics.median(seconds[label]):.0f}k" for label in ("ours", "redis"))
        lines.append(rounds_line("MIGRATE, time for each key", f"{load.name}, {load.batch} a call", us, "us",
                                 budgets.MIGRATE_TIME, f"{speed} keys/s"))
    for name, quantile in (("p50", 0.50), ("p95", 0.95), ("max", 1.0)):
        ours, redis = (percentile(sorted(result.failover[label]), quantile) for label in ("ours", "redis"))
        lines.append(Line(f"From the death of a master to a write at its replica, {len(result.failover['ours'])} failovers", name,
                          ours, redis, "s", ours / redis, ours / redis, ours / redis, budgets.FAILOVER_TIME.get(name),
                          data={"seconds": result.failover}))
    return lines


def draw_failovers(result: cluster.ClusterCosts, folder: Path) -> list[Path]:
    """Failovers by the time that they took, in ascending order."""
    figure, axes = figures.pyplot().subplots(figsize=(6, 3.6))
    for label, color, name in (("ours", figures.OURS, "strata"), ("redis", figures.REDIS, "redis-server")):
        times = sorted(result.failover[label])
        axes.step(times, [100 * (i + 1) / len(times) for i in range(len(times))], where="post", color=color, label=name)
    axes.axvline(cluster.NODE_TIMEOUT / 1000, color=figures.BUDGET, lw=0.8, ls="--", label="cluster-node-timeout")
    axes.set(xlabel="seconds from the death of a master to a write at its replica", ylabel="% of failovers", xlim=(0, None))
    axes.legend(frameon=False, fontsize=8)
    return figures.save(figure, folder, "08-failovers")


# -- many nodes --------------------------------------------------------------------------------------------------------


def scale(options, commands: dict[str, str], notes: list[str], say) -> tuple[list[Line], Draw | None]:
    if not _all_cluster(commands, notes):
        return [], None
    results = {label: cluster_scale.measure(label, command, options.nodes // 2, 5 if options.quick else 20,
                                            lambda step, label=label: say(f"[{options.nodes} nodes] {label}, {step}"))
               for label, command in commands.items()}
    return scale_lines(results), None


def scale_lines(results: dict[str, cluster_scale.Scale]) -> list[Line]:
    ours, redis = results["ours"], results["redis"]

    def line(measure: str, unit: str, value: Callable[[cluster_scale.Scale], float]) -> Line:
        ratio = value(ours) / value(redis)
        return Line(f"A cluster of {ours.nodes} nodes", measure, value(ours), value(redis), unit, ratio, ratio, ratio, None,
                    data={label: asdict(result) for label, result in results.items()})

    return [line("from MEET until all know all", "s", lambda result: result.join),
            line("until all know who is whose replica", "s", lambda result: result.roles),
            line("CPU time of a node a second", "us", lambda result: result.cpu_us),
            line("bytes that a node sends a second", "kB", lambda result: result.bus_bytes / 1000),
            line("resident, each node", "MB", lambda result: result.resident / 1e6),
            line("a master dies, until all have noticed", "s", lambda result: statistics.median(result.failed)),
            line("a master dies, until all know the new one", "s", lambda result: statistics.median(result.replaced))]


# -- the simulation ----------------------------------------------------------------------------------------------------


def simulated(options, commands: dict[str, str], notes: list[str], say) -> tuple[list[Line], Draw | None]:
    courses = gossip.measure(commands["ours"], 200 if options.quick else 1000, lambda step: say(f"[gossip] {step}"))
    if not courses:
        notes.append(f"No gossip: {gossip.PROGRAM} is not beside our server")
        return [], None
    for timeout, sizes in courses.items():
        notes += [f"node timeout {timeout / 1000:g} s, {each.nodes} nodes: {each.packets:.1f} packets, {each.bytes / 1000:.1f} kB "
                  f"from each a second; a dead master is known after {each.detected:.1f} s, replaced after "
                  f"{each.promoted:.1f} s" for each in sizes]
    return [], lambda folder: draw_gossip(courses, folder)


def draw_gossip(courses: dict[int, list[gossip.Course]], folder: Path) -> list[Path]:
    """What gossip costs, and how fast a failure is known, over the number of nodes."""
    figure, (left, right) = figures.pyplot().subplots(1, 2, figsize=(10, 3.8))
    for (timeout, sizes), color in zip(courses.items(), (figures.REDIS, figures.OURS)):
        counts = [each.nodes for each in sizes]
        name = f"node timeout {timeout // 1000} s"
        left.plot(counts, [each.bytes / 1000 for each in sizes], marker="o", color=color, label=name)
        right.plot(counts, [each.detected for each in sizes], marker="o", color=color, label=f"{name}: all know of it")
        right.plot(counts, [each.promoted for each in sizes], ls="--", color=color, label=f"{name}: replaced")
    left.set(xscale="log", yscale="log", xlabel="nodes", ylabel="kB that each node sends a second")
    right.set(xscale="log", xlabel="nodes", ylabel="seconds since a master died", ylim=(0, None))
    for axes in (left, right):
        axes.set_xticks(counts, [str(count) for count in counts])  # of the last timeout, which has the most
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    return figures.save(figure, folder, "08-gossip")


KINDS = {"cluster": costs, "cluster_scale": scale, "gossip": simulated}
