"""Which node has a key? Three answers compared: the share of keys that move when a node joins or leaves, and the balance.

    modulo                hash(key) mod N
    ring                  the first node clockwise of hash(key); each node stands at one place, or at many (virtual nodes)
    slots                 hash(key) mod 16384 names a slot, a table says whose it is; a newcomer takes as many slots from
                          each of the others as evens things out

A simulation; no server is asked. `python3 bench/macro/placement.py --figures docs/figures` draws it.
"""

from __future__ import annotations

import argparse
import bisect
import hashlib
from collections import Counter
from pathlib import Path
from typing import Callable, Dict, List, Sequence

SLOTS = 16384
KEYS = 50_000
SIZES = (2, 3, 5, 10, 20, 50, 100)
Placement = Callable[[Sequence[str]], List[str]]


def number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


HASHES = [number(f"key:{i}") for i in range(KEYS)]


def modulo(nodes: Sequence[str]) -> List[str]:
    return [nodes[key % len(nodes)] for key in HASHES]


def ring(points_per_node: int) -> Placement:
    def place(nodes: Sequence[str]) -> List[str]:
        points = sorted((number(f"{node}#{i}"), node) for node in nodes for i in range(points_per_node))
        places = [point for point, _ in points]
        return [points[bisect.bisect(places, key) % len(points)][1] for key in HASHES]
    return place


def slots(nodes: Sequence[str]) -> List[str]:
    """As a cluster that began with one node and was evened out after each one that joined."""
    owner = [nodes[0]] * SLOTS
    for count in range(2, len(nodes) + 1):
        wanted = SLOTS // count
        held = Counter(owner)
        for slot in range(SLOTS):
            if held[nodes[count - 1]] >= wanted:
                break
            if held[owner[slot]] > wanted:
                held[owner[slot]] -= 1
                held[nodes[count - 1]] += 1
                owner[slot] = nodes[count - 1]
    return [owner[key % SLOTS] for key in HASHES]


WAYS: Dict[str, Placement] = {"modulo": modulo, "ring, 1 point a node": ring(1), "ring, 100 points a node": ring(100),
                              "16384 slots": slots}


def moved(way: Placement, size: int) -> float:
    """The share of keys that another node has when one joins `size` nodes. As many move when it leaves again."""
    names = [f"node {i}" for i in range(size + 1)]
    before, after = way(names[:-1]), way(names)
    return sum(one != other for one, other in zip(before, after)) / KEYS


def imbalance(way: Placement, size: int) -> float:
    """Keys of the fullest node in relation to the mean."""
    held = Counter(way([f"node {i}" for i in range(size)]))
    return max(held.values()) * size / KEYS


def draw(figures: Path) -> None:
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for name, way in WAYS.items():
        left.plot(SIZES, [100 * moved(way, size) for size in SIZES], marker="o", label=name)
        right.plot(SIZES, [imbalance(way, size) for size in SIZES], marker="o", label=name)
    left.plot(SIZES, [100 / (size + 1) for size in SIZES], "k:", label="as few as possible")
    left.set(title="keys that move when a node joins", xlabel="nodes before", ylabel="%", xscale="log", ylim=(0, 100))
    right.set(title="keys of the fullest node / mean", xlabel="nodes", xscale="log", ylim=(0, None))
    for axes in (left, right):
        axes.set_xticks(SIZES, [str(size) for size in SIZES])
        axes.grid(alpha=0.3)
    left.legend(fontsize=8)
    figure.tight_layout()
    for kind in ("svg", "png"):
        figure.savefig(figures / f"08-placement.{kind}", metadata={"Date": None} if kind == "svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, help="draw 08-placement.svg and .png here")
    options = parser.parse_args()
    print(f"{'':26}" + "".join(f"{size:>8}" for size in SIZES) + "  nodes")
    for name, way in WAYS.items():
        print(f"{name:26}" + "".join(f"{100 * moved(way, size):7.1f}%" for size in SIZES) + "  move when one joins")
        print(f"{'':26}" + "".join(f"{imbalance(way, size):8.2f}" for size in SIZES) + "  fullest / mean")
    if options.figures:
        draw(options.figures)


if __name__ == "__main__":
    main()
