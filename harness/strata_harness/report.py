"""What a failed test shows below its traceback: goal, transcripts, the server's end and log, a line to reproduce."""

from __future__ import annotations

import os
import shlex
import sys

import pytest

from .context import context_of

Section = tuple[str, str]


def goal_of(item: pytest.Item) -> str:
    """The sentence of @pytest.mark.goal, or "" for a test without one."""
    marker = item.get_closest_marker("goal")
    return str(marker.args[0]) if marker and marker.args else ""


def reproduce_line(item: pytest.Item) -> str:
    """A shell line that runs this test alone, against the same server and with the same seed."""
    config = item.config
    test = os.path.relpath(str(item.path), str(config.rootpath)) + "::" + item.nodeid.split("::", 1)[1]
    words = [sys.executable, "-m", "pytest", test, "--server", config.getoption("--server"),
             "--seed", str(config.getoption("--seed"))]
    return f"cd {shlex.quote(str(config.rootpath))} && " + " ".join(shlex.quote(word) for word in words)


def failure_sections(item: pytest.Item) -> list[Section]:
    """Titles and texts, in the order in which a reader needs them."""
    context = context_of(item)
    sections: list[Section] = []
    if goal := goal_of(item):
        sections.append(("goal", goal))
    wires = [wire.transcript for server in context.servers for wire in server.wires]
    shown = [transcript for transcript in wires + context.transcripts if transcript]
    if shown:
        text = "\n".join(transcript.render() for transcript in shown[-6:])
        sections.append(("RESP transcript (> sent, < received, # event)", text))
    for server in context.servers:
        if problem := server.failure():
            sections.append((f"{server.name}: how it ended", problem))
        if tail := server.log_tail():
            sections.append((f"{server.name}: log tail", tail))
    sections.append(("reproduce", reproduce_line(item)))
    return sections
