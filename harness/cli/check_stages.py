"""Check that a stage only adds: without the later stages' folders, the project builds and its unit tests pass.

Include lines must not point forward either. What was proved once is not run again until a file changes.
"""
import re
from pathlib import Path

from harness.cli.support import apt, failures, packages, repo
from harness.cli.support.steps import Steps, Stop, passed_on, verdict
from harness.starter import project, scratch

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<](?:stages/)?(\d\d)_[^">]*[">]', re.MULTILINE)


def add_arguments(parser) -> None:
    parser.add_argument("stages", type=int, nargs="*", metavar="K", help="stop after stage K only (default: every K)")


def run(args) -> int:
    apt.install_missing(packages.BUILD)
    steps = Steps()
    steps.call("include lines never point forward", lambda: check_includes(repo.ROOT))
    for number in args.stages or [stage.number for stage in repo.stages()]:
        steps.call(f"stages 1 to {number} alone", lambda number=number: _check(number))
    return steps.summary()


def check_includes(root: Path) -> None:
    """Raises Stop naming every include of a later stage, or of any stage in common/."""
    wrong = []
    for path in project.project_files(root):
        if not path.endswith((".h", ".cpp")) or not path.startswith(("common/", "stages/")):
            continue
        own = 0 if path.startswith("common/") else int(re.match(r"stages/(\d+)", path).group(1))
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for found in _INCLUDE.finditer(text):
            if int(found.group(1)) > own:
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{path}:{line}: {found.group().strip()}")
    if wrong:
        raise Stop("includes that point forward:\n" + "\n".join(wrong))


def _check(number: int) -> None:
    whole = project.without_later_stages(repo.ROOT, number)
    if not any(path.startswith(f"stages/{number:02}_") for path in whole.files):
        raise Stop(f"there is no stage {number}")
    whole.files = {path: file for path, file in whole.files.items() if not path.startswith(("harness/", "docs/"))}
    place = scratch.place(f"stages-1-to-{number}")
    state = scratch.digest(whole)
    if scratch.was_proved(place, state):
        return
    folder = scratch.build(whole, place, [])
    code, output = passed_on(["ctest", "--test-dir", str(folder), "-j", "2", "--output-on-failure", "--no-tests=error"])
    if code != 0:
        failed = ", ".join(failures.of_ctest(output)[:10]) or verdict(output)
        raise Stop(f"unit tests fail without the later stages: {failed}")
    scratch.note_proof(place, state)
