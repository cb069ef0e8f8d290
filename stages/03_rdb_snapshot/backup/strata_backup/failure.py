"""What ends a command early: an exception whose text is a sentence for the operator, and the exit code it leads to."""

from __future__ import annotations

import signal
import sys
from typing import Callable

FAILED = 1  # 2 is argparse's, for a wrong command line
BUSY = 3


class Failure(Exception):
    """The command cannot do what it was asked; nothing half done is left behind."""

    code = FAILED


class Busy(Failure):
    """Another run works on the same folder."""

    code = BUSY


class BadCopy(Failure):
    """A dump or a copy of one is not what it should be."""


def sentence(error: Exception) -> str:
    """What happened, for the operator."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def exit_code(program: str, command: Callable[[], int]) -> int:
    """Runs a whole command. SIGTERM unwinds the stack like any exception, so that drafts and servers are cleaned up."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return command()
    except Failure as failure:
        text, code = sentence(failure), failure.code
    except OSError as error:
        text, code = sentence(error), FAILED
    except KeyboardInterrupt:
        text, code = "interrupted", 128 + signal.SIGINT
    print(f"{program}: {text}", file=sys.stderr)
    return code
