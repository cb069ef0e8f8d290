"""What a reader sees: one block per kind of difference, and the count by command at the end."""

from __future__ import annotations

from .engine import Difference, Engine

MOST = 1500  # bytes of a reply that are printed; the window starts shortly before the first differing byte


def print_difference(difference: Difference, options, resp3: bool):
    last = difference.history[-1]
    print(f"\n=== difference in {last.name}: seed {options.seed}, episode {difference.episode}, "
          f"command {difference.index}, RESP{3 if resp3 else 2}")
    families = f" --families {options.families}" if options.families else ""
    print(f"    again: --seed {options.seed} --episode {difference.episode}{families}")
    if not difference.came_back:
        print("    (did not come back on replay: time, or state that outlives an episode)")
    lines = [line for item in difference.history for line in item.show()]
    if not difference.shrunk and len(lines) > 12:
        print(f"    ... {len(lines) - 12} commands before")
        lines = lines[-12:]
    for line in lines:
        print(f"    > {line}")
    a, b = difference.a, difference.b
    if isinstance(a, list) and isinstance(b, list):
        a, b = _lines_apart(a, b)
    else:
        a, b = _window(a, b)
    print(f"    a: {a}")
    print(f"    b: {b}", flush=True)


def _lines_apart(a: list, b: list):
    """Of two transcripts only the lines that differ."""
    rows_a, rows_b = [], []
    for i in range(max(len(a), len(b))):
        x, y = (rows[i] if i < len(rows) else b"<nothing>" for rows in (a, b))
        if x != y:
            if not isinstance(x, bytes) or not isinstance(y, bytes):
                x, y = repr(x), repr(y)
            else:
                x, y = _window(x, y)
            rows_a.append(f"[{i}] {x}")
            rows_b.append(f"[{i}] {y}")
    return "\n       ".join(rows_a[:6]), "\n       ".join(rows_b[:6])


def _window(a, b):
    if not isinstance(a, bytes) or not isinstance(b, bytes):
        return repr(a)[:MOST], repr(b)[:MOST]
    start = 0
    if max(len(a), len(b)) > MOST:
        same = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        start = max(0, same - 200)
    prefix = f"(from byte {start}) " if start else ""
    ends = [f" ... {len(reply)} bytes" if len(reply) > MOST else "" for reply in (a, b)]
    return tuple(prefix + repr(reply[start:start + MOST])[1:] + end for reply, end in zip((a, b), ends))


def summary(engine: Engine, seconds: float) -> int:
    """Prints the totals; the exit code."""
    print("\ncommands per family: " + ", ".join(f"{name} {count:,}" for name, count in engine.ran.items()))
    for server in (engine.a, engine.b):
        if server.process.failure():  # also a sanitizer's report that did not end it
            server.deaths.append(server.process.failure())
        for death in server.deaths[:2]:
            print(f"\nserver {server.name} ({' '.join(server.process.command)}) failed: {death}")
    differences = sum(engine.counts.values())
    deaths = len(engine.a.deaths) + len(engine.b.deaths)
    print(f"{engine.total:,} commands in {seconds:.1f} s, seed {engine.seed}: "
          f"{differences} differences, {deaths} server failures")
    for name, count in engine.counts.most_common():
        print(f"  {count:6}  {name}")
    return 1 if differences or deaths else 0
