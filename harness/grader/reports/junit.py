"""JUnit XML, for continuous integration: a suite for each stage, a class for each task."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from typing import Sequence

from ..events import FAILED, PASSED
from ..score import StageScore, shown
from .text import clean, failure_lines, headline


def render(scores: Sequence[StageScore]) -> str:
    root = xml.Element("testsuites", name="strata")
    for score in scores:
        suite = xml.SubElement(root, "testsuite", name=score.stage.label, tests=str(len(score.results)),
                               failures=str(sum(result.outcome == FAILED for result in score.results)),
                               errors=str(sum(result.outcome not in (PASSED, FAILED) for result in score.results)),
                               time=f"{score.seconds:.3f}")
        properties = xml.SubElement(suite, "properties")
        for name, value in (("server", score.server), ("seed", str(score.seed)), ("earned", shown(score.earned)),
                            ("possible", shown(score.possible))):
            xml.SubElement(properties, "property", name=name, value=clean(value))
        for task in score.tasks:
            for result in task.results:
                case = xml.SubElement(suite, "testcase", classname=f"{task.task.id} {task.task.title}",
                                      name=clean(result.id), time=f"{result.seconds:.3f}")
                if result.outcome != PASSED:
                    # What was not run is an error, not "skipped": a build that skips everything would be green.
                    tag = "failure" if result.outcome == FAILED else "error"
                    element = xml.SubElement(case, tag, message=headline(result))
                    element.text = "\n".join(failure_lines(score, task.task, result))
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
