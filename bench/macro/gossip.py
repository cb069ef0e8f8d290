"""Gossip over the number of nodes, simulated: the members are those of the server, network and clock are not.

For each size: packets and bytes that a node sends a second while nothing happens, and after the death of a master the time
until every node has marked it as failed and until its replica has taken its slots.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from client import BenchError

SIZES = {5000: (6, 20, 60, 100, 200), 15000: (6, 20, 60, 100, 200, 500, 1000)}  # nodes, by cluster-node-timeout in ms
QUIET = 10  # seconds over which traffic is counted
PROGRAM = "strata-cluster-simulation"


@dataclass
class Course:
    nodes: int
    packets: float  # of a node, a second
    bytes: float
    detected: float  # seconds
    promoted: float


def measure(server_command: str, most: int, progress) -> dict[int, list[Course]]:
    """By node timeout, up to `most` nodes. The program stands beside our server's; without it there is nothing."""
    program = Path(shlex.split(server_command)[0]).parent / PROGRAM
    if not program.is_file():
        return {}
    courses: dict[int, list[Course]] = {}
    for timeout, sizes in SIZES.items():
        for size in [size for size in sizes if size <= most]:
            run = subprocess.run([program, "--nodes", str(size), "--timeout", str(timeout), "--seconds", str(QUIET)],
                                 capture_output=True, text=True)
            told = dict(word.split("=") for word in run.stdout.split())
            if run.returncode != 0:
                raise BenchError(f"{PROGRAM} of {size} nodes: {run.stdout}{run.stderr}")
            courses.setdefault(timeout, []).append(
                Course(size, float(told["packets_per_node_s"]), float(told["bytes_per_node_s"]),
                       int(told["detected_ms"]) / 1000, int(told["promoted_ms"]) / 1000))
            progress(run.stdout.strip())
    return courses
