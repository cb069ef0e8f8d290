"""Several workplaces at work at the same time, each in a process of its own: what a trial started is found by its
process as a descendant, and killed with all the others.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Callable, Sequence

from harness.grader.processes import die_with_parent
from harness.mutants import trial
from harness.mutants.patches import Mutant
from harness.mutants.workplace import Workplace


def run(mutants: Sequence[Mutant], suites: dict[int, trial.Suite], options: trial.Options, workers: int,
        on_verdict: Callable[[trial.Verdict], None]) -> list[trial.Verdict]:
    """Verdicts in the order of `mutants`. The workplaces 0 to workers - 1 are prepared. Raises SuiteError."""
    context = multiprocessing.get_context("fork")
    numbers = context.SimpleQueue()
    for number in range(workers):
        numbers.put(number)
    with ProcessPoolExecutor(workers, context, _begin, (numbers,)) as pool:
        futures = [pool.submit(_run, mutant, suites, options) for mutant in mutants]
        try:
            for future in as_completed(futures):
                on_verdict(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]


_workplace: Workplace


def _begin(numbers) -> None:
    global _workplace
    die_with_parent()
    _workplace = Workplace(numbers.get())


def _run(mutant: Mutant, suites: dict[int, trial.Suite], options: trial.Options) -> trial.Verdict:
    return trial.run(mutant, suites, _workplace, options)
