"""Which tests failed, read from the end of what a test runner printed: a summary that only counts them helps nobody
whose log was cut."""
import re

_PYTEST = re.compile(r"^(?:FAILED|ERROR) (.*::.*)$", re.MULTILINE)  # of its "short test summary info"
_CTEST = re.compile(r"^\s*\d+ - (.+ \(.+\))$", re.MULTILINE)  # below "The following tests FAILED:"
_SUMMARY = re.compile(r"^FAILED   (.+)$", re.MULTILINE)  # of a step that is a list of steps itself


def of_pytest(output: str) -> list:
    """Node ids, each with the first line of its failure. Lines are as wide as $COLUMNS lets pytest write them."""
    return _PYTEST.findall(output)


def node_ids(named: list) -> list:
    """Of what of_pytest gave, without the reasons."""
    return [failure.split(" - ")[0] for failure in named]


def of_ctest(output: str) -> list:
    """Names of tests, each with how it ended: `Suite.Test (Failed)`."""
    _, found, listed = output.rpartition("The following tests FAILED:")
    return _CTEST.findall(listed) if found else []


def of_steps(output: str) -> list:
    """The lines of a nested summary about steps that failed."""
    return [" ".join(line.split()) for line in _SUMMARY.findall(output)]
