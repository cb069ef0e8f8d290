"""A file checker of ours and the one that Debian's redis-tools brings, over the same files.

Where ours are found: $STRATA_TOOLS, else the folder of the release build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from harness.cli.support.repo import build_folder
from strata_harness.timing import scaled

FOLDER = Path(os.environ.get("STRATA_TOOLS", build_folder("release")))

# What two correct tools may say in words of their own: (what is said, what is compared).
OWN_WORDS = [
    (r"Unexpected EOF reading RDB file: \d+ bytes announced, \d+ left", "Unexpected EOF reading RDB file"),
    (r"Wrong RDB checksum expected: .*", "RDB CRC error"),
    (r"(?<!')\n\[additional info\] Reading type .*", ""),  # of no key: one that was there before
    (r"\[type\] .*\n", ""),
    (r"(Expected \\r\\n, got: (?:..)*?)00.*", r"\1"),  # what lies in memory behind the end
    (r"Usage: \S+ (\[--json\] )?", "Usage: "),
    (r"(not the last file\.\n)(If you insist|To cut there).*\n", r"\1"),
]


@dataclass
class Outcome:
    code: int
    text: str
    files: dict[str, bytes]  # by name, afterwards

    def __post_init__(self) -> None:
        self.words = self.text
        for said, compared in OWN_WORDS:
            self.words = re.sub(said, compared, self.words)


def run(tool: str, folder: Path, *words: object, stdin: str = "") -> Outcome:
    """The tool, started in `folder`; a signal is no outcome."""
    path = tool if tool.startswith("redis-") else FOLDER / tool
    done = subprocess.run([path, *map(str, words)], cwd=folder, input=stdin.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=scaled(20))
    assert done.returncode >= 0, f"{tool} was ended by signal {-done.returncode}: {done.stdout!r}"
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return Outcome(done.returncode, done.stdout.decode("latin-1"), files)


def both(name: str, files: Mapping[str, bytes], folder: Path, *words: object, stdin: str = "") -> tuple[Outcome, Outcome]:
    """strata-`name` and redis-`name`, each in a folder of its own that holds `files`."""
    outcomes = []
    for tool in (f"strata-{name}", f"redis-{name}"):
        place = folder / tool
        shutil.rmtree(place, ignore_errors=True)
        for file, data in files.items():
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (place / file).write_bytes(data)
        place.mkdir(exist_ok=True)
        outcomes.append(run(tool, place, *words, stdin=stdin))
    return outcomes[0], outcomes[1]


def same(name: str, files: Mapping[str, bytes], folder: Path, *words: object, stdin: str = "") -> Outcome:
    """Both, which must end alike, say the same and leave the same files behind. Returns what ours did."""
    ours, theirs = both(name, files, folder, *words, stdin=stdin)
    assert (ours.code, ours.words) == (theirs.code, theirs.words)
    assert ours.files == theirs.files, "the files differ afterwards"
    return ours
