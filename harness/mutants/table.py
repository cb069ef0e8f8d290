"""The verdicts as text.

    mutant               task  verdict      s  by the test
    crlf-ends-bulk       1.1   caught     4.2  test_wire.py::test_binary_arguments
                                               The reply is wrong. The last request was `GET k`.
                                               expected b'two\\r\\nlines', got b'two'
    scan-shows-expired   1.10  caught     5.0  test_expiry.py::test_mixture (of task 1.9)
                                               ...
"""

from __future__ import annotations

from typing import Sequence

from harness.mutants.trial import CAUGHT, SURVIVED, Verdict

_MESSAGE = 110  # characters


def line(verdict: Verdict, name_width: int = 0) -> str:
    mutant = verdict.mutant
    start = f"{mutant.name:<{name_width}}  {mutant.task:<5} {verdict.state:<9}{verdict.seconds:6.1f}  "
    foreign = "" if verdict.task == mutant.task else f" (of task {verdict.task})"
    if verdict.state == CAUGHT:
        return start + verdict.test + foreign
    return start + (mutant.title if verdict.state == SURVIVED else "")


def table(verdicts: Sequence[Verdict]) -> str:
    width = max(len(verdict.mutant.name) for verdict in verdicts)
    rows = [f"{'mutant':<{width}}  task  verdict       s  by the test"]
    for verdict in verdicts:
        rows.append(line(verdict, width))
        rows += [" " * (width + 25) + _cut(text) for text in verdict.message.splitlines()]
    return "\n".join(rows)


def kill_rate(verdicts: Sequence[Verdict]) -> str:
    caught = sum(verdict.state == CAUGHT for verdict in verdicts)
    return f"{caught} of {len(verdicts)} mutants caught: kill rate {100 * caught // len(verdicts)} %"


def _cut(text: str) -> str:
    return text if len(text) <= _MESSAGE else text[:_MESSAGE] + " ..."
