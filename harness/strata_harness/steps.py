"""Transcripts as steps: what a client asked and what it was answered, in commands instead of bytes."""

from __future__ import annotations

import re
from typing import Iterable

from .compare import short
from .resp import ProtocolViolation, decode_all
from .transcript import Entry, Transcript

_SHOW_STEPS = 12
_SHOW_COMMANDS = 8  # of one pipeline
_SHOW_BYTES = 70  # of one argument
_PLAIN = re.compile(rb"[!-&(-\[\]-~]+")  # printable, without blanks, quotes and backslashes


def quoted(argument: bytes) -> str:
    """An argument as redis-cli would take it, cut when it is long."""
    if _PLAIN.fullmatch(argument) and len(argument) <= _SHOW_BYTES:
        return argument.decode()
    shown = repr(argument[:_SHOW_BYTES])[2:-1].replace('"', '\\"')
    more = f"... ({len(argument)} bytes)" if len(argument) > _SHOW_BYTES else ""
    return f'"{shown}"{more}'


def command_text(arguments: list[bytes]) -> str:
    shown = " ".join(quoted(argument) for argument in arguments[:10])
    return shown + (f" ... ({len(arguments)} arguments)" if len(arguments) > 10 else "")


def commands_in(data: bytes) -> tuple[list[str], bytes]:
    """The complete commands at the start of `data`, as text, and the bytes behind them that are none."""
    commands: list[str] = []
    while data:
        end = data.find(b"\n")
        if end < 0:
            break
        if data[:1] == b"*":
            parsed = _multibulk(data)
            if parsed is None:
                break
            arguments, data = parsed
            commands.append(command_text(arguments) if arguments else "(an empty command)")
        elif data[:1].isalpha():
            commands.append(repr(data[:end].rstrip(b"\r"))[2:-1])
            data = data[end + 1:]
        else:
            break
    return commands, data


def _multibulk(data: bytes) -> tuple[list[bytes], bytes] | None:
    head, _, data = data.partition(b"\r\n")
    if not re.fullmatch(rb"\*\d{1,7}", head):
        return None
    arguments = []
    for _ in range(int(head[1:])):
        size, found, data = data.partition(b"\r\n")
        if not found or not re.fullmatch(rb"\$\d{1,9}", size):
            return None
        length = int(size[1:])
        if data[length:length + 2] != b"\r\n":
            return None
        arguments.append(data[:length])
        data = data[length + 2:]
    return arguments, data


def last_request(transcripts: Iterable[Transcript]) -> str:
    """What was sent last, on any connection: `GET k`, "a pipeline of 3 commands", ... or "" when nothing was."""
    last = _last_sent(transcripts)[0]
    if last is None:
        return ""
    commands, rest = commands_in(last.head)
    if last.cut and commands:
        return f"a pipeline of {last.total} bytes that starts with `{commands[0]}`"
    if len(commands) > 1:
        return f"a pipeline of {len(commands)} commands that ends with `{commands[-1]}`"
    if len(commands) == 1 and not rest:
        return f"`{commands[0]}`"
    if last.cut:
        return f"{last.total} bytes that start with `{_raw(last.head[:60])}`"
    return f"the bytes `{_raw(last.head)}`"


def last_is_answered(transcripts: Iterable[Transcript]) -> bool:
    """Whether the last request was a single command that got a reply: what is missing is something that follows from it."""
    last, behind = _last_sent(transcripts)
    return last is not None and len(commands_in(last.head)[0]) == 1 and any(entry.direction == "<" for entry in behind)


def _last_sent(transcripts: Iterable[Transcript]) -> tuple[Entry | None, list[Entry]]:
    """What was sent last, on any connection, and what is behind it in its transcript."""
    last, behind = None, []
    for transcript in transcripts:
        entries = transcript.entries()
        for at, entry in enumerate(entries):
            if entry.direction == ">" and (last is None or entry.number > last.number):
                last, behind = entry, entries[at + 1:]
    return last, behind


def steps(transcripts: Iterable[Transcript]) -> list[str]:
    """The last steps on all connections in the order in which they happened, one line each."""
    transcripts = list(transcripts)
    entries = [(entry, transcript.name) for transcript in transcripts for entry in transcript.entries()]
    entries.sort(key=lambda pair: pair[0].number)
    several = len({name for _, name in entries}) > 1
    lines = []
    for entry, name in entries[-2 * _SHOW_STEPS:]:
        who = f"[{name}] " if several else ""
        lines.append(who + {">": _sent, "<": _received, "#": _event}[entry.direction](entry))
    hidden = len(entries) - 2 * _SHOW_STEPS
    return ([f"... {hidden} earlier steps"] if hidden > 0 else []) + lines


def _sent(entry: Entry) -> str:
    commands, rest = commands_in(entry.head)
    shown = commands[:_SHOW_COMMANDS]
    if len(commands) > len(shown):
        shown.append(f"... {len(commands) - len(shown)} more commands")
    if entry.cut:
        shown.append(f"... ({entry.total} bytes)" if commands else f"{_raw(entry.head[:80])} ... ({entry.total} bytes)")
    elif rest:
        shown.append(f"the bytes {_raw(rest)}")
    return "send " + "; ".join(shown)


def _received(entry: Entry) -> str:
    if entry.decoded or entry.cut:
        text = _raw(entry.head) if not entry.decoded else entry.head.decode(errors="replace").strip()
        return "  get " + (text if len(text) <= 120 else f"{text[:120]} ... ({entry.total} bytes)")
    try:
        values = [short(value) for value in decode_all(entry.head)]
    except (ProtocolViolation, RecursionError):
        return f"  get the bytes {_raw(entry.head)}"
    text = "; ".join(values)
    return "  get " + (text if len(text) <= 160 else text[:160] + " ...")


def _event(entry: Entry) -> str:
    return f"  ({entry.head.decode(errors='replace')})"


def _raw(data: bytes) -> str:
    return repr(data)[2:-1]
