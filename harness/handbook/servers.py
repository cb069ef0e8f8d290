"""What the servers of all stages, and redis-server, say of themselves: commands, options, fields of INFO.

Each server is started, asked and stopped; nothing is taken from a list kept by hand. Two things no server says, so they come from
the sources: at which stage an option begins to act (an earlier one accepts it without effect), and the sentence that
describes it.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from harness.strata_harness.server import Server
from harness.strata_harness.wait import wait_until
from harness.strata_harness.wire import Wire

STAGES = range(1, 9)
SENTINEL = 7  # the stage of the commands that only a sentinel has
REDIS = "redis-server"
OF_THE_RUN = {"port", "dir"}  # what starting them here sets
_ORDER = re.compile(r"O\((?:[^()]|\([^()]*\))*\)")  # the rest of a complexity is prose
_WITH_LOG, _REPLICATED = {"appendonly": "yes"}, 6


@dataclass(frozen=True)
class Command:
    arity: int
    flags: tuple[str, ...]
    group: str
    complexity: str


@dataclass
class Facts:
    """What one server says. Fields of INFO by section, in its order; numbers in their names are <n>."""

    commands: dict[str, Command] = field(default_factory=dict)
    sentinel_commands: dict[str, Command] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)  # option -> immutable, protected
    info: dict[str, list[str]] = field(default_factory=dict)


def ask(command: str, stage: int) -> Facts:
    """Everything one server tells; `stage` says what it is expected to be able to do."""
    facts = Facts()
    with _running(command, {"save": None, "bind": None}) as wire:
        facts.commands = _commands(wire, "")
        facts.options = _pairs(wire("CONFIG", "GET", "*"))
        facts.fixed = {name: why for name in facts.options if (why := _why_fixed(wire, name, facts.options[name]))}
        wire("SET", "a", "1", "EX", "1000")
        wire("NO-SUCH-COMMAND")
        _merge(facts.info, wire)
    if stage >= 4:
        with _running(command, _WITH_LOG) as wire:
            _merge(facts.info, wire)
    if stage >= _REPLICATED:
        _as_replica(command, facts.info)
    if stage >= SENTINEL:
        with _running(command, {}, ["--sentinel"], conf="sentinel monitor m 127.0.0.1 7000 2\n") as wire:
            facts.sentinel_commands = _commands(wire, "sentinel")
            _merge(facts.info, wire, "sentinel")
    return facts


def acting_since(root: Path, names: list[str]) -> dict[str, tuple[int, str]]:
    """(stage, description) of each option that some stage declares with an effect."""
    texts = {}
    for folder in sorted((root / "stages").glob("[0-9][0-9]_*")):
        sources = (path for path in sorted(folder.rglob("*.cpp")) + sorted(folder.rglob("*.h"))
                   if not path.name.startswith("inert_") and not {"tests", "fuzz"} & set(path.parts))
        texts[int(folder.name[:2])] = _COMMENT.sub("", "\n".join(path.read_text(encoding="utf-8") for path in sources))
    found = {}
    for name in names:
        for stage, text in texts.items():
            if declared := re.search(_DECLARATION.format(re.escape(name)), text):
                found[name] = (stage, _description(text[declared.end():]))
                break
    return found


# A call that declares an option and has its name as the first text, or one that names it as another's other name.
_DECLARATION = r'\b(?:%s)(?:<\w+>)?\(\s*(?:\w+, )?"{0}",|(?:\.alias = |\baliased\()"{0}"' % "|".join((
    "flag", "integer", "octal", "memory", "memory_or_percent", "text", "custom", "choice", "Option", "name_option",
    "declare_signal_shutdown"))
_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


def _description(rest: str) -> str:
    """The last text of the call with a blank in it."""
    call = rest.partition(";\n")[0]
    texts = [text for text in re.findall(r'"((?:[^"\\]|\\.)*)"', call) if " " in text and "{" not in text]
    return texts[0] if texts else ""


@contextmanager
def _running(command: str, options: dict, leading=(), conf=None) -> Iterator[Wire]:
    with Server(command, options, conf=conf, leading=leading) as server:
        server.start()
        with Wire(server.address) as wire:
            yield wire


def _as_replica(command: str, info: dict) -> None:
    """Fields that only a replica, and a master that has one, show."""
    with Server(command, {"repl-diskless-sync-delay": 0}) as master, Server(command) as replica:
        master.start()
        replica.start()
        with Wire(master.address) as above, Wire(replica.address) as below:
            below("REPLICAOF", "127.0.0.1", str(master.port))
            wait_until(lambda: b"state=online" in above("INFO", "replication"), 20, "the replica to be online")
            wait_until(lambda: b"master_link_status:up" in below("INFO", "replication"), 20, "the link to be up")
            _merge(info, above)
            _merge(info, below)


def _commands(wire: Wire, only: str) -> dict[str, Command]:
    names = sorted(_text(name) for name in wire("COMMAND", "LIST"))
    found = {}
    for name in names:
        if only and name.partition("|")[0] != only:
            continue
        told = wire("COMMAND", "INFO", name)[0]
        docs = _pairs(wire("COMMAND", "DOCS", name)[1])
        found[name] = Command(told[1], tuple(sorted(_text(flag) for flag in told[2])), docs.get("group", ""),
                              ", ".join(_ORDER.findall(docs.get("complexity", ""))))
    return found


def _merge(info: dict[str, list[str]], wire: Wire, section: str = "everything") -> None:
    """Adds the fields of INFO that were not seen before."""
    fields: list[str] = []
    for line in wire("INFO", section).decode().splitlines():
        if line.startswith("# "):
            fields = info.setdefault(line[2:], [])
        elif ":" in line and (name := _generic(line.partition(":")[0])) not in fields:
            fields.append(name)


def _generic(name: str) -> str:
    name = re.sub(r"^(cmdstat|errorstat|latency_percentiles_usec)_.*", r"\1_<name>", name)
    return re.sub(r"^(db|slave|master)\d+$", r"\1<n>", name)


def _why_fixed(wire: Wire, name: str, value: str) -> str:
    reply = str(getattr(wire("CONFIG", "SET", name, value), "text", ""))
    return next((why for why in ("immutable", "protected") if f"can't set {why} config" in reply), "")


def _pairs(reply) -> dict[str, str]:
    flat = [item for pair in reply.items() for item in pair] if isinstance(reply, dict) else reply
    return {_text(name): _text(value) for name, value in zip(flat[::2], flat[1::2])}


def _text(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
