"""A copy of the project that takes one mutant after the other.

The copy and its build folder stay below build/check/, so a mutant costs the files that it changes, and what was built
once comes out of ccache. It is built with the options of the starter checks, which share those objects.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from harness.cli.support.repo import ROOT
from harness.mutants import patches
from harness.starter import project, scratch

_NOT_BUILT = ("harness/", "docs/", "bench/")


class Workplace:
    """Number `number` of those that are used at the same time. Every change of the project's own sources is taken over
    when it is made, and a mutant that a run left behind when it was stopped is undone."""

    def __init__(self, number: int) -> None:
        self.folder = scratch.place(f"mutants-{number}")
        self._original = project.without_later_stages(ROOT, _ALL_STAGES)
        self._original.files = {path: file for path, file in self._original.files.items()
                                if not path.startswith(_NOT_BUILT)}

    def prepare(self, targets: list[str]) -> None:
        """Builds the unchanged servers, so that a mutant's build has little left to do, and keeps them. Raises Stop."""
        built = scratch.build(self._original, self.folder, targets)
        for target in targets:
            shutil.copy2(built / target, self.unchanged(target))

    def unchanged(self, target: str) -> Path:
        return self.folder / "build" / f"unchanged-{target}"

    def build(self, mutant: patches.Mutant, target: str, jobs: int) -> Path:
        """The mutant's server. Raises Stop when it does not compile, PatchError when the patch does not fit."""
        return self.build_changed(lambda: patches.apply(mutant, self.folder), target, jobs)

    def build_changed(self, change: Callable[[], None], target: str, jobs: int) -> Path:
        """The server after `change` was made to the sources in `folder`. Raises Stop when it does not compile."""
        project.replace(self._original, self.folder)
        change()
        return scratch.rebuild(self.folder, [target], jobs) / target


_ALL_STAGES = 99
