"""stage.toml: what is refused, with what words, and which task a test belongs to."""

import pytest

from harness.grader import stage_config
from harness.grader.stage_config import StageConfigError, assign, load, match_rank

GOOD = '''
number = 1
name = "sample"
title = "A sample"
time_limit_seconds = 90
chapter = "docs/en/01-sample.md"
[[tasks]]
id = "1.1"
title = "First"
file = "first.cpp"
points = 10
tests = ["test_a.py"]
hints = ["one", "two", "three"]
chapter = "first"
[[tasks]]
id = "1.2"
title = "Second"
file = "first.cpp"
points = 5
tests = ["test_a.py::test_special", "test_b.py::*"]
hints = ["one", "two", "three"]
chapter = "second"
'''


@pytest.fixture
def write(tmp_path):
    folder = tmp_path / "stages" / "01_sample"
    folder.mkdir(parents=True)
    (folder / "first.cpp").touch()

    def write_text(text):
        (folder / "stage.toml").write_text(text)
        return folder
    return write_text


def test_good_file(write):
    stage = load(write(GOOD))
    assert (stage.number, stage.label, stage.target, stage.points) == (1, "01_sample", "strata-stage1", 15)
    assert stage.task("1.2").hint(3) == "three" and stage.suite.parts[-3:] == ("harness", "suites", "stage01")
    assert stage_config.load_all(stage.folder.parents[1]) == [stage]


@pytest.mark.parametrize("old, new, problem", [
    ('title = "First"\n', "", "task 1.1: 'title' is missing"),
    ("points = 10", "points = 0", "task 1.1: 'points' must be positive, not 0"),
    ("points = 10", 'points = "10"', "task 1.1: 'points' has the wrong type: '10'"),
    ("points = 10", "points = true", "task 1.1: 'points' has the wrong type: True"),
    ('id = "1.2"', 'id = "1.3"', "task 1.3: the task at position 2 should have the id 1.2"),
    ('"two", "three"]\nchapter = "first"', '"two"]\nchapter = "first"', "task 1.1: it has 2 hints instead of 3"),
    ("points = 5", "points = 5\npoint = 5", "task 1.2: 'point' is not known here"),
    ('name = "sample"', 'name = "other"', "number and name say 01_other, the folder is 01_sample"),
    ('file = "first.cpp"\npoints = 5', 'file = "gone.cpp"\npoints = 5', "task 1.2: there is no file gone.cpp"),
    ('tests = ["test_a.py"]', "tests = []", "task 1.1: it has no tests"),
    ('tests = ["test_a.py"]', "tests = [1]", "task 1.1: 'tests' must hold texts only"),
    ("number = 1", "number = ", "Invalid value"),
])
def test_problems_are_named(write, old, new, problem):
    assert old in GOOD
    with pytest.raises(StageConfigError) as caught:
        load(write(GOOD.replace(old, new, 1)))
    assert problem in str(caught.value) and "stage.toml" in str(caught.value)


def test_every_problem_is_told_at_once(write):
    with pytest.raises(StageConfigError) as caught:
        load(write(GOOD.replace("points = 10", "points = -1").replace('id = "1.2"', 'id = "x"')))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("pattern, test, rank", [
    ("test_a.py", "test_a.py::test_x[1]", 0),
    ("test_a.py", "test_b.py::test_x", None),
    ("test_a.py::test_*", "test_a.py::test_x[1]", 1),
    ("test_a.py::test_?", "test_a.py::test_x", 1),
    ("test_a.py::test_?", "test_a.py::test_xy", None),
    ("test_a.py::test_x", "test_a.py::test_x[any * case]", 2),
    ("test_a.py::test_x", "test_a.py::test_xy", None),
    ("test_a.py::test_x[SET*]", "test_a.py::test_x[SET k v]", 3),
    ("test_a.py::test_x[a]", "test_a.py::test_x[a]", 4),
    ("test_a.py::test_x[a]", "test_a.py::test_xa", None),
])
def test_match_rank(pattern, test, rank):
    assert match_rank(pattern, test) == rank


def test_the_most_specific_pattern_decides(write):
    stage = load(write(GOOD))
    tests = ["test_a.py::test_plain", "test_a.py::test_special[x]", "test_b.py::test_y"]
    assert [task.id for task in assign(stage, tests).values()] == ["1.1", "1.2", "1.2"]


@pytest.mark.parametrize("tests, problem", [
    (["test_a.py::test_x", "test_a.py::test_special", "test_b.py::test_y", "test_c.py::test_z"],
     "test_c.py::test_z belongs to no task"),
    (["test_a.py::test_x", "test_b.py::test_y"], "task 1.2: no test matches 'test_a.py::test_special'"),
    (["test_a.py::test_special", "test_b.py::test_y"], "task 1.1: more specific patterns of other tasks leave it no"),
])
def test_no_test_is_left_over(write, tests, problem):
    with pytest.raises(StageConfigError, match="stage.toml: .*") as caught:
        assign(load(write(GOOD)), tests)
    assert problem in str(caught.value)


def test_equal_claims_are_refused(write):
    text = GOOD.replace('"test_b.py::*"', '"test_b.py::*", "test_a.py"')
    with pytest.raises(StageConfigError, match="test_x is claimed equally by the tasks 1.1, 1.2"):
        assign(load(write(text)), ["test_a.py::test_x", "test_a.py::test_special", "test_b.py::test_y"])


@pytest.mark.parametrize("task_id, problem", [
    ("1.9", "stage 1 has no task 1.9; it has 1.1, 1.2"), ("one", "'one' is no task id"),
    ("7.1", "there is no stages/07_"),
])
def test_find_task(write, task_id, problem):
    root = write(GOOD).parents[1]
    assert stage_config.find_task("1.2", root)[1].title == "Second"
    with pytest.raises(StageConfigError, match=problem.replace("*", r"\*")):
        stage_config.find_task(task_id, root)
