"""Can this server be graded at all? Asked once before the suite: one clear sentence instead of hundreds of echoes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

from harness.strata_harness.server import Server, ServerError

_TODO = re.compile(r"TODO (\d+\.\d+)")


def absolute_command(command: str, base: Path) -> str:
    """The command with its program's path made absolute: servers run in folders of their own."""
    program, space, rest = command.strip().partition(" ")
    return str((base / program).absolute()) + space + rest if "/" in program else command.strip()


def problem_of(command: str) -> str:
    """Why the server cannot be graded, in words for its author; "" when it starts and answers PING."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        return f"The server's command cannot be read ({error}): {command}"
    if not words:
        return "The server's command is empty."
    program = words[0]
    if "/" in program:
        path = Path(program)
        if not path.exists():
            return f"There is no server at {program}. Has it been built?"
        if path.is_dir():
            return f"{program} is a folder, not a program."
        if not os.access(path, os.X_OK):
            return f"{program} is not executable. Try: chmod +x {program}"
    elif shutil.which(program) is None:
        return f"There is no program '{program}' on the PATH."
    try:
        with Server(command) as server:
            server.start()
    except OSError as error:
        return f"The system cannot run {program}: {error.strerror}. A script needs a first line like #!/bin/sh."
    except ServerError as error:
        first, _, log = str(error).partition("\n")
        todo = sorted(set(_TODO.findall(log)), key=lambda task: int(task.split(".")[1]))
        if todo:  # a starter whose first tasks are open cannot answer anything
            first += f".\nStill to be written, as its log says: task {', '.join(todo)}. "
            first += f"Begin with: ./strata hint {todo[0]} --level 1"
        shown = f"\nIts last log lines:\n{log}" if log.strip() else "\nIt printed nothing."
        started = f"{command} --port N --bind 127.0.0.1 --dir D --save ''"
        return f"The server cannot be graded: {first}.\nIt was started as: {started}{shown}"
    return ""
