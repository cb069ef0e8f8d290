"""The side-by-side table: this project's server against redis-server, in one interleaved run.

`./strata bench [options]` calls this. Without options it measures CPU time per operation, resident bytes per key and
the latency of a reader during inserts, and prints each as a ratio ours/redis beside its budget (budgets.py). Any two
servers that take Redis's command line can be compared; redis-server against itself (--ours redis-server) shows how far
from 1.00 noise alone gets on the machine at hand.

The exit code is 0 whatever the ratios are, except with --check: then 1 when a budget is exceeded. 2: could not measure.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import signal
import sys
import time
from pathlib import Path

import budgets
import cluster_report
import copy_on_write
import cpu
import expiry
import failover
import floor
import fork_pause
import hit_ratio
import latency
import log_policies
import log_speed
import memory
import replication
import report
import restart
import snapshot
import split_brain
from client import BenchError
from followers import replicates
from logs import logs
from servers import Server, resolve
from snapshots import saves


def numbers(text: str) -> list[int]:
    """"1,16" -> [1, 16]"""
    values = [int(word) for word in text.split(",") if word]
    if any(value < 1 for value in values):
        raise ValueError(text)
    return values


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="strata bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--ours", default="build/release/strata-server", metavar="CMD", help="default: %(default)s")
    parser.add_argument("--theirs", default="redis-server", metavar="CMD", help="default: %(default)s")
    parser.add_argument("--only", help="one kind of measure (default: the first four)",
                        choices=["cpu", "memory", "latency", "expiry", "hit_ratio", "snapshot", "copy_on_write",
                                 "log", "restart", "replication", "split_brain", "failover", *cluster_report.KINDS])
    parser.add_argument("--quick", action="store_true", help="short slices, 3 rounds, no latency: for a first look")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a budget is exceeded")
    speed = parser.add_argument_group("CPU per operation")
    speed.add_argument("--tests", type=lambda text: text.upper().split(","), metavar="A,B",
                       help=f"of {','.join(test.name for test in cpu.TESTS)} (default: what our server has)")
    speed.add_argument("--pipelines", type=numbers, default=[1, 16], metavar="N,M", help="default: 1,16")
    speed.add_argument("--rounds", type=int, metavar="N", help="default: 5")
    speed.add_argument("--clients", type=int, default=50, metavar="N", help="default: %(default)s")
    speed.add_argument("--keyspace", metavar="N,M",
                       help="also every keyed test with -r N, -r M; 'none': single-key rows only (default: SET and GET "
                            "with -r 1000000)")
    speed.add_argument("--floor", action="store_true", help="also a bare epoll echo server, as information")
    size = parser.add_argument_group("memory")
    size.add_argument("--cases", type=lambda text: text.split(","), metavar="A,B",
                      help=f"of {','.join(case.name for case in memory.CASES)} (default: what our server has)")
    size.add_argument("--memory-sweep", action="store_true", help="at 1.0, 1.3, 1.7 and 2.0 million keys")
    tail = parser.add_argument_group("latency")
    tail.add_argument("--latency-keys", type=int, metavar="N", help="keys to insert (default: 10 million)")
    keep = parser.add_argument_group("expiry and eviction")
    keep.add_argument("--expiry-keys", type=int, default=1_000_000, metavar="N",
                      help="keys that expire together; twice as many are inserted while evicting (default: %(default)s)")
    keep.add_argument("--policies", type=lambda text: text.split(","), default=hit_ratio.POLICIES, metavar="A,B",
                      help="hit ratios of these (default: all)")
    keep.add_argument("--hit-keys", type=int, default=1_000_000, metavar="N", help="distinct keys (default: %(default)s)")
    keep.add_argument("--hit-requests", type=int, default=2_000_000, metavar="N", help="default: %(default)s")
    keep.add_argument("--hit-memory", default="12mb", metavar="SIZE", help="maxmemory (default: %(default)s)")
    keep.add_argument("--hit-seconds", type=float, default=30, metavar="S",
                      help="how long the trace takes at least, per policy and server (default: %(default)s)")
    disk = parser.add_argument_group("snapshots")
    disk.add_argument("--keys", type=int, metavar="N",
                      help="keys to save or log (default: 5 million mixed ones, 2 million of them with log, "
                           "1 million with restart and replication; "
                           "2 million strings with copy_on_write)")
    disk.add_argument("--fork-sizes", type=lambda text: [float(word) for word in text.split(",")], metavar="GB,GB",
                      default=[0.25, 0.5, 1, 2], help="data whose fork copy_on_write times (default: 0.25,0.5,1,2)")
    watch = parser.add_argument_group("failover")
    watch.add_argument("--failovers", type=int, default=30, metavar="N", help="of each make (default: %(default)s)")
    watch.add_argument("--masters", type=int, default=100, metavar="N", help="watched at rest (default: %(default)s)")
    parser.add_argument_group("clusters").add_argument("--nodes", type=int, default=60, metavar="N",
                                                       help="of cluster_scale, half of them masters (default: %(default)s)")
    output = parser.add_argument_group("output")
    output.add_argument("--json", type=Path, metavar="FILE", help="also write everything measured to FILE")
    output.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    output.add_argument("--figures", type=Path, metavar="DIR", help="also draw figures (SVG and PNG) into DIR")
    options = parser.parse_args(arguments)
    try:
        options.keyspaces = [] if options.keyspace in (None, "none") else numbers(options.keyspace)
    except ValueError:
        parser.error("--keyspace takes numbers or 'none'")
    if options.rounds is None:
        options.rounds = 3 if options.quick else 5
    if options.rounds < 1 or options.clients < 1:
        parser.error("--rounds and --clients start at 1")
    if options.latency_keys is None:
        options.latency_keys = 1_000_000 if options.quick else 10_000_000
    return options


def say(message: str) -> None:
    """Progress, apart from the table on stdout."""
    print(message, file=sys.stderr, flush=True)


def compare_cpu(options, commands: dict[str, str], notes: list[str]) -> list[report.Line]:
    lines = []
    rows = cpu.plan(options.tests, options.pipelines, options.keyspaces, options.keyspace is None)
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command)) for label, command in commands.items()}
        absent = sorted({name for server in contenders.values() for name in cpu.missing(rows, server)})
        if absent:
            notes.append(f"Left out, since one of the servers does not have the command: {' '.join(absent)}")
            rows = [row for row in rows if row.test.command not in absent]
        if options.floor:
            contenders["floor"] = stack.enter_context(Server("floor", floor.command(), resp=False))
            notes.append("floor: a bare epoll echo server's CPU time per operation, also over redis-server's")
        for index, row in enumerate(rows):
            cpu.measure(row, contenders, rounds=options.rounds, clients=options.clients,
                        seconds=0.25 if options.quick else 0.7)
            lines.append(report.cpu_line(row))
            say(f"[cpu {index + 1}/{len(rows)}] {row.name}: {lines[-1].ratio:.2f}")
    return lines


def compare_memory(options, commands: dict[str, str], notes: list[str]) -> tuple[list[report.Line], list]:
    known = [case.name for case in memory.CASES]
    for name in options.cases or []:
        if name not in known:
            raise BenchError(f"no memory case {name}; there are {', '.join(known)}")
    cases = [case for case in memory.CASES if not options.cases or case.name in options.cases]
    absent = set()
    for label, command in commands.items():
        with Server(label, command) as server, server.connect() as connection:
            absent |= {case.needs for case in cases if not connection.knows(case.needs)}
    if absent:
        notes.append(f"Memory cases left out for lack of: {' '.join(sorted(absent))}")
    cases = [case for case in cases if case.needs not in absent]
    sizes = memory.SWEEP_POINTS if options.memory_sweep else memory.SWEEP_POINTS[:1]
    weights = []
    for index, case in enumerate(cases):
        weights.append(memory.measure(case, commands, sizes=sizes, sweep=options.memory_sweep,
                                      window=0.5 if options.quick else 1.5))
        say(f"[memory {index + 1}/{len(cases)}] {case.title}: {weights[-1].ratio(sizes[0]):.2f}")
    return [line for weight in weights for line in report.memory_lines(weight)], weights


def compare_latency(options, commands: dict[str, str], notes: list[str]):
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command)) for label, command in commands.items()}
        result = latency.measure(contenders, options.latency_keys,
                                 lambda turn, turns: say(f"[latency] slice {turn + 1}/{turns}"))
    notes.append(f"keys at the end of the latency run: {result.final_keys['ours']} / {result.final_keys['redis']}")
    return report.latency_lines(result, budgets.REHASH_LATENCY), result


def compare_expiry(options, commands: dict[str, str], notes: list[str]):
    """Latency while keys expire, and while they are evicted; each where both servers can do it."""
    lines, tails = [], {}
    with contextlib.ExitStack() as stack:
        contenders = {label: stack.enter_context(Server(label, command)) for label, command in commands.items()}
        expires = all(expiry.expires_by_itself(server) for server in contenders.values())
        evicts = all(expiry.refuses_beyond_maxmemory(server) for server in contenders.values())
        if expires:
            result = expiry.together(contenders, options.expiry_keys,
                                     lambda turn, turns: say(f"[expiry] round {turn + 1}/{turns}"))
            lines += report.expiry_lines(result)
            tails["expiry"] = result.latency
        else:
            notes.append("No latency during expiry: one of the servers leaves expired keys until they are asked for")
    if evicts:
        tails["eviction"] = expiry.evicting(commands, 2 * options.expiry_keys,
                                            lambda turn, turns: say(f"[eviction] slice {turn + 1}/{turns}"))
        lines += report.latency_lines(tails["eviction"], budgets.EVICTION_LATENCY)
    else:
        notes.append("No latency during eviction: maxmemory has no effect on one of the servers")
    return lines, tails


def compare_hit_ratio(options, commands: dict[str, str], notes: list[str]):
    for label, command in commands.items():
        with Server(label, command) as server:
            if not expiry.refuses_beyond_maxmemory(server):
                notes.append(f"No hit ratios: maxmemory has no effect on {label}")
                return [], None
    result = hit_ratio.measure(commands, keys=options.hit_keys, requests=options.hit_requests, limit=options.hit_memory,
                               seconds=options.hit_seconds, policies=options.policies,
                               progress=lambda policy: say(f"[hit ratio] {policy}"))
    notes.append("exact LRU: " + ", ".join(f"{100 * (1 - value):.2f} % misses with as many keys as {label}"
                                           for label, value in result.exact.items()))
    return report.hit_ratio_lines(result), result


def compare_snapshot(options, commands: dict[str, str], notes: list[str]):
    if not _all(saves, commands, "snapshots", notes):
        return [], {}
    result = snapshot.measure(commands, options.keys or 5_000_000, options.rounds,
                              lambda step: say(f"[snapshot] {step}"))
    return report.snapshot_lines(result), {"snapshot": result.latency}


def compare_copy_on_write(options, commands: dict[str, str], notes: list[str]):
    if not _all(saves, commands, "snapshots", notes):
        return [], None, None
    pages = copy_on_write.measure(commands, options.keys or 2_000_000, options.rounds,
                                  lambda step: say(f"[copy on write] {step}"))
    pauses = fork_pause.measure(commands, options.fork_sizes, options.rounds, lambda step: say(f"[fork] {step}"))
    if pauses.skipped:
        notes.append(f"Sizes left out for lack of memory: {', '.join(f'{size:g} GB' for size in pauses.skipped)}")
    return report.copy_on_write_lines(pages) + report.fork_lines(pauses), pages, pauses


def compare_log(options, commands: dict[str, str], notes: list[str]):
    if not _all(logs, commands, "logs", notes):
        return [], None
    policies = log_policies.measure(commands, options.rounds, 0.4 if options.quick else 1.5,
                                    lambda step: say(f"[log] {step}"))
    speed = log_speed.measure(commands, options.keys or 2_000_000, options.rounds, lambda step: say(f"[log] {step}"))
    return report.policies_lines(policies) + report.log_speed_lines(speed), policies


def compare_restart(options, commands: dict[str, str], notes: list[str]):
    if not _all(logs, commands, "logs", notes):
        return [], None
    result = restart.measure(commands, options.keys or 1_000_000, options.rounds, lambda step: say(f"[restart] {step}"))
    return report.restart_lines(result), result


def compare_replication(options, commands: dict[str, str], notes: list[str]):
    if not _all(replicates, commands, "replication", notes):
        return [], None
    result = replication.measure(commands, options.keys or 1_000_000, options.rounds, 0.5 if options.quick else 2.0,
                                 lambda step: say(f"[replication] {step}"))
    return report.replication_lines(result), result


def compare_split_brain(commands: dict[str, str], notes: list[str]):
    if not _all(replicates, commands, "replication", notes):
        return [], None
    results = {label: split_brain.measure(command, lambda step, label=label: say(f"[split brain] {label}, {step}"))
               for label, command in commands.items()}
    return report.split_brain_lines(results), results["ours"]


def compare_failover(options, commands: dict[str, str], notes: list[str]):
    if not _all(replicates, commands, "failovers", notes):
        return [], None
    result = failover.measure(commands, options.failovers, options.masters, options.rounds, 4 if options.quick else 20,
                              lambda step: say(f"[failover] {step}"))
    return report.failover_lines(result), result


def _all(have, commands: dict[str, str], what: str, notes: list[str]) -> bool:
    """Does each of the servers have it? If not, there is a note."""
    for label, command in commands.items():
        with Server(label, command) as server:
            if not have(server):
                notes.append(f"Nothing about {what}: {label} has none")
                return False
    return True


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are taken along
    started = time.monotonic()
    try:
        commands = {"ours": resolve(options.ours), "redis": resolve(options.theirs)}
        resolve("redis-benchmark")
        versions = {}
        for label, command in commands.items():
            with Server(label, command) as server:
                versions[label] = server.version()
        header = [f"machine: {report.machine()}", f"ours:    {options.ours} ({versions['ours']})",
                  f"redis:   {options.theirs} ({versions['redis']})",
                  f"again:   {shlex.join(['./strata', 'bench', *arguments])}"]
        lines: list[report.Line] = []
        notes: list[str] = []
        weights, tails, hits, pages, pauses, policies, starts = [], {}, None, None, None, None, None
        copies, split, failovers, draw = None, None, None, None
        if options.only in (None, "cpu"):
            lines += compare_cpu(options, commands, notes)
        if options.only in (None, "memory"):
            added, weights = compare_memory(options, commands, notes)
            lines += added
        if options.only == "latency" or (options.only is None and not options.quick):
            added, tails["latency"] = compare_latency(options, commands, notes)
            lines += added
        if options.only == "expiry" or (options.only is None and not options.quick):
            added, more = compare_expiry(options, commands, notes)
            lines += added
            tails |= more
        if options.only == "hit_ratio":
            added, hits = compare_hit_ratio(options, commands, notes)
            lines += added
        if options.only == "snapshot":
            added, more = compare_snapshot(options, commands, notes)
            lines += added
            tails |= more
        if options.only == "copy_on_write":
            added, pages, pauses = compare_copy_on_write(options, commands, notes)
            lines += added
        if options.only == "log":
            added, policies = compare_log(options, commands, notes)
            lines += added
        if options.only == "restart":
            added, starts = compare_restart(options, commands, notes)
            lines += added
        if options.only == "replication":
            added, copies = compare_replication(options, commands, notes)
            lines += added
        if options.only == "split_brain":
            added, split = compare_split_brain(commands, notes)
            lines += added
        if options.only == "failover":
            added, failovers = compare_failover(options, commands, notes)
            lines += added
        if options.only in cluster_report.KINDS:
            added, draw = cluster_report.KINDS[options.only](options, commands, notes, say)
            lines += added
    except BenchError as error:
        say(f"bench: {error}")
        return 2
    except KeyboardInterrupt:
        return 130
    how = f"; CPU: {options.rounds} interleaved rounds, {options.clients} clients, median of the rounds' ratios"
    header.append(f"run:     {time.monotonic() - started:.0f} s" + (how if options.only in (None, "cpu") else ""))
    print((report.markdown if options.markdown else report.text)(header, lines, notes))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(report.as_json(header, lines, notes))
    if options.figures and (lines or draw):
        try:
            import figures
        except ImportError as error:
            say(f"bench: no figures without matplotlib ({error})")
            return 2
        name = f"ratios-{options.only}" if options.only else "00-ratios"
        drawn = figures.ratios(lines, options.figures, name) if lines else []
        drawn += figures.memory(weights, options.figures) if weights and options.memory_sweep else []
        for name, tail in tails.items():
            drawn += figures.latency(tail, options.figures, name)
        drawn += figures.hit_ratio(hits, options.figures) if hits else []
        drawn += figures.copy_on_write(pages, options.figures) if pages else []
        drawn += figures.fork_pause(pauses, options.figures) if pauses else []
        drawn += figures.policies(policies, options.figures) if policies else []
        drawn += figures.restart(starts, options.figures) if starts else []
        drawn += figures.replication(copies, options.figures) if copies else []
        drawn += figures.split_brain(split, options.figures) if split else []
        drawn += figures.failover(failovers, options.figures) if failovers else []
        drawn += draw(options.figures) if draw else []
        say("drawn: " + " ".join(str(path) for path in drawn))
    return 1 if options.check and any(line.verdict == "over" for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
