"""The mutants as they are kept: each fits the sources, says what it is about, and belongs to a task of its stage."""

import pytest

from harness.cli import mutants as command
from harness.cli.support.repo import ROOT
from harness.grader import stage_config
from harness.mutants import patches

AT_LEAST = 12

MUTANTS = [mutant for number in patches.stages() for mutant in patches.of_stage(number)]

SOURCE = "\n\none\ntwo\nfour\n\n"
PATCH = """\
Title: Two is three
Task: 1.1
Expect: Somebody miscounts.

--- a/stages/01_first/a.cpp
+++ b/stages/01_first/a.cpp
@@ -3,3 +3,3 @@
 one
-two
+three
 four
"""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.stage}-{mutant.name}")
def test_every_mutant_fits(mutant):
    patches.apply(mutant, ROOT, only_check=True)
    stage = stage_config.load_stage(mutant.stage)
    assert mutant.task in {task.id for task in stage.tasks}
    assert mutant.files and all(path.startswith(f"stages/{stage.label}/") for path in mutant.files)


@pytest.mark.parametrize("number", patches.stages())
def test_a_stage_has_mutants_of_every_task(number):
    mutants = patches.of_stage(number)
    assert len(mutants) >= AT_LEAST
    assert {mutant.task for mutant in mutants} == {task.id for task in stage_config.load_stage(number).tasks}


@pytest.fixture
def place(tmp_path):
    """A project with one source file, and room for patches beside it."""
    source = tmp_path / "project/stages/01_first/a.cpp"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    (tmp_path / "01").mkdir()
    return tmp_path


def _mutant(place, text=PATCH, name="miscounts"):
    path = place / "01" / f"{name}.patch"
    path.write_text(text)
    return patches.load(path)


def test_load_and_apply(place):
    mutant = _mutant(place)
    assert (mutant.stage, mutant.name, mutant.title, mutant.task) == (1, "miscounts", "Two is three", "1.1")
    assert mutant.expect == "Somebody miscounts." and mutant.files == ["stages/01_first/a.cpp"]
    source = place / "project/stages/01_first/a.cpp"
    patches.apply(mutant, place / "project", only_check=True)
    assert source.read_text() == SOURCE
    patches.apply(mutant, place / "project")
    assert source.read_text() == SOURCE.replace("two", "three")
    with pytest.raises(patches.PatchError, match="miscounts.patch does not fit"):
        patches.apply(mutant, place / "project")


def test_shifted_lines_do_not_matter(place):
    source = place / "project/stages/01_first/a.cpp"
    source.write_text("zero\n" * 50 + SOURCE)
    patches.apply(_mutant(place), place / "project")
    assert source.read_text().endswith(SOURCE.replace("two", "three"))


@pytest.mark.parametrize("wrong, complaint", [
    (PATCH.replace("Task: 1.1\n", ""), "no line Task"),
    (PATCH.replace("Task:", "Tusk:"), "not a header line.*Tusk"),
    (PATCH.replace("Task: 1.1", "Task: 1.1\nTask: 1.2"), "there twice.*1.2"),
])
def test_bad_headers(place, wrong, complaint):
    with pytest.raises(patches.PatchError, match=complaint):
        _mutant(place, wrong)


def test_in_the_order_of_their_tasks(place):
    for name, task in (("z", "1.2"), ("a", "1.10"), ("b", "1.2")):
        _mutant(place, PATCH.replace("Task: 1.1", f"Task: {task}"), name)
    assert [mutant.name for mutant in patches.of_stage(1, place)] == ["b", "z", "a"]
    assert patches.stages(place) == [1]


def test_a_sample_is_reproducible_and_rotates():
    first = command.sample(MUTANTS, 3, "c0ffee")
    assert first == command.sample(MUTANTS, 3, "c0ffee") and len(first) == 3
    assert len({tuple(mutant.name for mutant in command.sample(MUTANTS, 3, str(seed))) for seed in range(20)}) > 10
    assert command.sample(MUTANTS[:2], 3, "c0ffee") == MUTANTS[:2]
