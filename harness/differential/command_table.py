"""python -m harness.differential.command_table --a build/strata-stage1 --b redis-server

Compares what two servers say of their own commands: COMMAND INFO and COMMAND DOCS, in RESP2 and RESP3, for every
command and subcommand that server a has. Types of replies, names, numbers, flags, categories, tips, key specs, the
argument trees, versions: all must be equal, in the same order. Only these may differ:

- the order of commands and of subcommands, which is that of a hash table;
- subcommands and commands that a does not have (yet);
- prose: summaries, the sentences of the history, notes of key specs, and of the complexity all but the O(...) terms.

Prints each difference as a path with both values; exit code 1 if there is any, 2 if a server does not start.
"""

from __future__ import annotations

import argparse
import re
import sys

from ..strata_harness.server import ServerError
from . import resp
from .session import Conn, Server

PROSE = {b"summary", b"notes"}
AGGREGATES = "*~>%"


def ask(conn: Conn, *words: str) -> resp.Node:
    return resp.parse(conn.ask(*(word.encode() for word in words)))


def pairs(node: resp.Node) -> list[tuple[bytes, resp.Node]]:
    """A map's entries, whichever protocol carried it."""
    return [(key.value, value) for key, value in zip(node.value[::2], node.value[1::2])]


def plain(node: resp.Node) -> object:
    """A reply with the types that carried it, so that a set for an array is a difference."""
    if node.kind in AGGREGATES:
        return [node.kind, *map(plain, node.value)]
    return node.kind + str(node.value if isinstance(node.value, int) else node.value.decode())


def described(node: resp.Node) -> dict[str, object]:
    """A map whose prose is reduced to the fact that there is some."""
    out: dict[str, object] = {"type": node.kind, "order": [key.decode() for key, _ in pairs(node)]}
    for key, value in pairs(node):
        if key in PROSE:
            out[key.decode()] = [value.kind, bool(value.value)]
        elif key == b"complexity":
            out["complexity"] = re.findall(r"O\([^)]*\)", value.value.decode())[:1]
        elif key == b"history":
            out["history"] = [value.kind, *([one.kind, plain(one.value[0])] for one in value.value)]
        elif key == b"subcommands":
            out["subcommands"] = [value.kind, {name.decode(): described(docs) for name, docs in pairs(value)}]
        else:
            out[key.decode()] = plain(value)
    return out


def info(node: resp.Node) -> dict[str, object]:
    """One entry of COMMAND INFO by the names of its fields."""
    fields = ("name", "arity", "flags", "first", "last", "step", "categories", "tips")
    out: dict[str, object] = {"type": node.kind, "fields": len(node.value)}
    out.update((name, plain(value)) for name, value in zip(fields, node.value))
    specs, subcommands = node.value[8], node.value[9]
    out["key_specs"] = [specs.kind, *map(described, specs.value)]
    out["subcommands"] = [subcommands.kind, {sub.value[0].value.decode(): info(sub) for sub in subcommands.value}]
    return out


def differences(a: object, b: object, path: str = "") -> list[str]:
    """Every place where b is not what a says. Subcommands that only b has do not count."""
    if isinstance(a, dict) and isinstance(b, dict):
        found = []
        for key in a:
            found += differences(a[key], b[key], f"{path}.{key}") if key in b else [f"{path}.{key}: only a has it"]
        if not path.endswith("subcommands[1]"):
            found += [f"{path}.{key}: only b has it" for key in b if key not in a]
        return found
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [line for at, (x, y) in enumerate(zip(a, b)) for line in differences(x, y, f"{path}[{at}]")]
    return [] if a == b else [f"{path}: a {a!r}, b {b!r}"]


def compare(a: Conn, b: Conn, protocol: str) -> tuple[int, list[str]]:
    """How many commands were compared, and what differs."""
    for conn in (a, b):
        ask(conn, "HELLO", protocol)
    names = sorted(name.value.decode() for name in ask(a, "COMMAND", "LIST").value)
    found = []
    for name in names:
        told = [ask(conn, "COMMAND", "INFO", name).value[0] for conn in (a, b)]
        if told[1].kind == "_":
            found.append(f"{name}: b does not have it")
            continue
        where = f"RESP{protocol} {name}"
        found += differences(*map(info, told), where + " INFO")
        docs = [dict(pairs(ask(conn, "COMMAND", "DOCS", name))) for conn in (a, b)]
        trees = ({key.decode(): described(value) for key, value in each.items()} for each in docs)
        found += differences(*trees, where + " DOCS")
    every = {name for entry in ask(a, "COMMAND").value for name in [entry.value[0].value.decode()]}
    if every != {name for name in names if "|" not in name}:
        found.append(f"RESP{protocol} COMMAND and COMMAND LIST of a name different commands")
    return len(names), found


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="command_table", description="Compares COMMAND INFO and COMMAND DOCS of two servers.")
    parser.add_argument("--a", required=True, help="command of the server whose commands are looked at")
    parser.add_argument("--b", default="redis-server", help="command of the reference (default: redis-server)")
    options = parser.parse_args()
    servers: list[Server] = []
    try:
        for name, command in (("a", options.a), ("b", options.b)):
            servers.append(Server(name, command))
        found: list[str] = []
        for protocol in ("2", "3"):
            count, more = compare(*(server.connect() for server in servers), protocol)
            found += more
        for line in found:
            print(line)
        print(f"{count} commands and subcommands compared, {len(found)} differences")
        return 1 if found else 0
    except ServerError as error:
        print(f"a server does not start: {error}", file=sys.stderr)
        return 2
    finally:
        for server in servers:
            server.close()


if __name__ == "__main__":
    sys.exit(main())
