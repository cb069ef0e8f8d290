"""Making starters: what is taken out, what is left out, and that nothing gives a solution away."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import check_stages
from harness.starter import check, prefix, project, solution, stub

ROOT = Path(__file__).resolve().parents[3]

SOURCE = '''\
// A counter.
#include "01_first/counter.h"

#include <algorithm>

#include "common/assert.h"
#include "common/zebra.h"

namespace strata {

// Never goes below zero.
// [task 1.1] Add to the counter.
// The trick is to saturate instead of wrapping.
int Counter::add(int by) {
  int secret_value = std::max(0, value_ + by);  // the whole solution
  return value_ = secret_value;
}

  // [task 1.2] Forget everything.
  void Counter::reset() { value_ = initial_value_of_counter(); }

int Counter::get() const { return value_; }

}  // namespace strata
'''

STUBBED = '''\
// A counter.
#include "01_first/counter.h"

#include <algorithm>

#include "common/assert.h"
#include "common/todo.h"
#include "common/zebra.h"

namespace strata {

// Never goes below zero.
// [task 1.1] Add to the counter.
int Counter::add(int by) {
  return STRATA_TODO("1.1");
}

  // [task 1.2] Forget everything.
  void Counter::reset() { STRATA_TODO("1.2"); }

int Counter::get() const { return value_; }

}  // namespace strata
'''


def test_stub():
    assert stub.stubbed(SOURCE, {"1.1", "1.2"}) == STUBBED


def test_stub_of_one_task_leaves_the_others():
    half = stub.stubbed(SOURCE, {"1.2"})
    assert "secret_value" in half and "The trick" in half and "initial_value_of_counter" not in half
    assert stub.stubbed(SOURCE, {"2.1"}) == SOURCE


def test_include_without_a_block_of_ours():
    text = '#include "01_first/a.h"\n\n#include <vector>\n\n// [task 1.1] Do it.\nvoid f() { g(); }\n'
    assert stub.stubbed(text, {"1.1"}).startswith(
        '#include "01_first/a.h"\n\n#include <vector>\n\n#include "common/todo.h"\n\n// [task')


def test_include_in_a_header():
    text = '#pragma once\n\n#include <vector>\n\n#include "01_first/a.h"\n#include "01_first/b.h"\n\n' \
           '// [task 1.1] Do it.\nvoid f() { g(); }\n'
    assert '#include "01_first/b.h"\n#include "common/todo.h"\n\n' in stub.stubbed(text, {"1.1"})


@pytest.mark.parametrize("text, complaint", [
    ("// [task 1.1] Do it.\nint f();\n", "line 1: task 1.1: line 2: a declaration"),
    ("// [task 1.1]\nvoid f() {}\n", "line 1: a marker looks like"),
    ("// [task one] Do it.\nvoid f() {}\n", "line 1: a marker looks like"),
    ("// [TASK 1.1] Do it.\nvoid f() {}\n", "line 1: a marker looks like"),
    ("// [task 1.1] Do it.\n\nint x;\nvoid f() {}\n", "a declaration"),
    ("void f() {\n  // [task 1.1] Do it.\n  auto g = [] {};\n}\n", "no function starts here"),
])
def test_markers_that_are_wrong(text, complaint):
    with pytest.raises(stub.StubError) as error:
        stub.find_tasks(text)
    assert complaint in str(error.value)


@pytest.fixture
def small(tmp_path):
    """A project of three stages, small enough to look through."""
    root = tmp_path / "project"
    files = {
        "strata": "#!/bin/sh\n", "README.md": "of the reference\n", "CMakeLists.txt": "# all\n",
        "harness/starter/LEARNER.md": "Stage {stage} in {folder}\n", "harness/starter/project.py": "",
        "harness/cli/start.py": "", "harness/cli/grade.py": "", "harness/tests/test_x.py": "", ".ci/run": "",
        "harness/mutants/01/wrap.patch": "- int secret_value = std::max(0, value_ + by);\n",
        "common/bytes.h": "#pragma once\n", "docs/en/01-first.md": "one\n", "docs/en/03-third.md": "three\n",
        "harness/suites/stage01/test_a.py": "a\n", "harness/suites/stage02/test_b.py": "b\n",
        "bench/micro/03_third_bench.cpp": "x\n", "build/junk.o": "x", "harness/cli/__pycache__/x.pyc": "x",
    }
    for number, name in ((1, "01_first"), (2, "02_second"), (3, "03_third")):
        source = SOURCE.replace("task 1.", f"task {number}.").replace("01_first", name)
        if number > 1:  # other stages solve other problems
            for word, other in (("secret", "hidden"), ("The trick", "Another trick"), ("initial_", "first_")):
                source = source.replace(word, other)
        files[f"stages/{name}/counter.cpp"] = source
        files[f"stages/{name}/stage.toml"] = f"number = {number}\n"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "strata").chmod(0o755)
    return root


def test_what_a_starter_holds(small):
    starter = project.compose(small, 2)
    assert sorted(starter.files) == [
        "CMakeLists.txt", "README.md", "common/bytes.h", "docs/en/01-first.md", "harness/cli/grade.py",
        "harness/suites/stage01/test_a.py", "harness/suites/stage02/test_b.py", "stages/01_first/counter.cpp",
        "stages/01_first/stage.toml", "stages/02_second/counter.cpp", "stages/02_second/stage.toml", "strata"]
    assert starter.files["README.md"][0] == b"Stage 2 in stages/02_second\n"
    assert b"secret_value" in starter.files["stages/01_first/counter.cpp"][0]
    assert b"hidden_value" not in starter.files["stages/02_second/counter.cpp"][0]
    assert starter.tasks == ["2.1", "2.2"]
    assert not solution.find_leaks(starter)


def test_done_tasks_keep_their_bodies(small):
    starter = project.compose(small, 1, done=frozenset({"1.1"}))
    assert b"secret_value" in starter.files["stages/01_first/counter.cpp"][0]
    assert starter.tasks == ["1.2"]


def test_same_bytes_from_a_checkout_and_from_a_folder(small, tmp_path):
    plain = project.compose(small, 2).files
    copy = tmp_path / "checkout"
    shutil.copytree(small, copy)
    (copy / ".gitignore").write_text("build/\n__pycache__/\n")
    (small / ".gitignore").write_text("build/\n__pycache__/\n")
    subprocess.run(["git", "init", "-q", str(copy)], check=True)
    subprocess.run(["git", "-C", str(copy), "add", "strata", "README.md", "common"], check=True)
    assert project.compose(copy, 2).files == {**plain, ".gitignore": (b"build/\n__pycache__/\n", False)}
    assert project.compose(copy, 2).files == project.compose(small, 2).files


def test_base_brings_the_learners_own_stages(small, tmp_path):
    own = tmp_path / "own"
    (own / "stages/01_first").mkdir(parents=True)
    (own / "stages/01_first/counter.cpp").write_text("// mine\n")
    (own / "stages/01_first/extra.cpp").write_text("// mine too\n")
    starter = project.compose(small, 2, base=own)
    stage1 = {path: content for path, (content, _) in starter.files.items() if path.startswith("stages/01")}
    assert stage1 == {"stages/01_first/counter.cpp": b"// mine\n", "stages/01_first/extra.cpp": b"// mine too\n"}
    with pytest.raises(project.ProjectError, match="has no stages/02_"):
        project.compose(small, 3, base=own)


def test_write(small, tmp_path):
    starter = project.compose(small, 1)
    into = tmp_path / "into"
    project.write(starter, into)
    assert project.walk(into) == sorted(starter.files)
    assert os.access(into / "strata", os.X_OK) and not os.access(into / "README.md", os.X_OK)
    with pytest.raises(project.ProjectError, match="not empty"):
        project.write(starter, into)
    (into / "README.md").write_text("changed")
    (into / "notes.txt").write_text("mine")
    project.write(starter, into, force=True)
    assert (into / "README.md").read_bytes() == starter.files["README.md"][0]
    assert (into / "notes.txt").read_text() == "mine"


def test_replace_removes_what_is_not_of_the_starter_and_spares_the_build(small, tmp_path):
    into = tmp_path / "into"
    project.write(project.compose(small, 3), into)
    (into / "build").mkdir()
    (into / "build/kept.o").write_text("x")
    unchanged = (into / "common/bytes.h").stat().st_mtime_ns
    project.replace(project.compose(small, 1), into)
    assert not (into / "stages/03_third").exists()
    assert (into / "build/kept.o").exists()
    assert (into / "common/bytes.h").stat().st_mtime_ns == unchanged


def test_a_marker_in_another_stages_folder_is_refused(small):
    (small / "stages/01_first/more.cpp").write_text('#include "a.h"\n// [task 2.1] Do it.\nvoid f() { g(); }\n')
    with pytest.raises(project.ProjectError, match="stages/01_first/more.cpp:2: task 2.1 is not in its stage's folder"):
        project.compose(small, 2)
    with pytest.raises(project.ProjectError, match="task 2.1 is not in its stage's folder"):
        project.compose(small, 1)


@pytest.mark.parametrize("path, text", [
    ("docs/notes.md", "It reads\n\n    int secret_value=std::max( 0, value_ + by );  // the whole solution\n"),
    ("common/bytes.h", "// The trick is to saturate instead of wrapping.\n"),
    ("common/bytes.h", "//   int secret_value = std::max(0, value_ + by);  // the whole solution\n"),
])
def test_leaks_are_found(small, path, text):
    (small / path).write_text(text)
    leaks = solution.find_leaks(project.compose(small, 1))
    assert [(leak.task, leak.path) for leak in leaks] == [("1.1", path)]


def test_a_copied_body_is_found_in_code_and_a_common_line_is_not(small):
    body = "  first_of_many_statements(alpha, beta);\n  second_of_many_statements(beta);\n" \
           "  third_of_many_statements(gamma);\n  fourth_of_many_statements(delta);\n"
    (small / "stages/01_first/a.cpp").write_text(f'#include "a.h"\n// [task 1.3] Do it.\nvoid f() {{\n{body}}}\n')
    (small / "common/b.cpp").write_text("void g() {\n  second_of_many_statements(beta);\n}\n")
    assert not solution.find_leaks(project.compose(small, 1))
    (small / "common/b.cpp").write_text(f"void g() {{\n{body}}}\n")
    assert [leak.line for leak in solution.find_leaks(project.compose(small, 1))] == [2]


def _scored(outcome="failed", earned=0.0, hint="./strata hint 1.1 --level 1", task="1.1", kind="difference", problem=""):
    return {"earned": earned, "tasks": [{"id": "1.1"}], "selection": "", "problem": problem,
            "tests": [{"id": "test_a.py::test_x", "task": task, "outcome": outcome,
                       "failure": {"hint": hint, "kind": kind, "headline": "Wrong.", "got": "-ERR TODO 1.2: ..."}}]}


def test_judging_a_graded_starter():
    check.judge(_scored())
    check.judge(_scored(kind="start", problem="It says nothing."))
    for wrong, complaint in (
            (_scored("passed", 1.0), "earns 1.0 points.*test_x"),
            (_scored(hint=""), "do not name their task"),
            (_scored(task="1.9"), "do not name their task"),
            ({**_scored(), "tests": []}, "no test was run")):
        with pytest.raises(check.Stop, match=complaint):
            check.judge(wrong)


def test_a_server_that_waits_for_a_task_to_start():
    scored = _scored(kind="start")
    assert check.kept_closed(_scored()) == check.kept_closed({**scored, "tests": []}) == []
    assert [test["id"] for test in check.kept_closed(scored)] == ["test_a.py::test_x"]
    scored["tests"][0]["failure"]["got"] = "bind: Address already in use"
    assert check.kept_closed(scored) == []
    with pytest.raises(check.Stop, match="not run on a server that works: .*test_x"):
        check.judge(scored)


def test_tests_that_belong_to_another_task():
    done = frozenset({"1.1"})
    assert prefix.misplaced(_scored("passed"), done) == prefix.misplaced(_scored(task="1.2"), done) == []
    assert prefix.misplaced(_scored(), done) == [
        "test_a.py::test_x: fails, although task 1.1 is done; it came to task 1.2"]
    assert prefix.misplaced(_scored("passed", task="1.2"), done) == [
        "test_a.py::test_x: passes, although task 1.2 is not done"]


@pytest.mark.limit(60)
def test_the_real_starters_hold_no_solution():
    folders = sorted((ROOT / "stages").glob("[0-9][0-9]_*/stage.toml"))
    assert folders
    for folder in folders:
        starter = project.compose(ROOT, int(folder.parent.name[:2]))
        assert [str(leak) for leak in solution.find_leaks(starter)] == []
        assert project.compose(ROOT, starter.stage).files == starter.files


@pytest.fixture
def learner(tmp_path):
    """The number of the newest stage with tasks, and a learner's project with every earlier stage done."""
    newest = max(int(folder.parent.name[:2]) for folder in (ROOT / "stages").glob("[0-9][0-9]_*/stage.toml"))
    project.write(project.without_later_stages(ROOT, newest - 1), tmp_path / "learner")
    return newest, tmp_path / "learner"


def test_a_finished_base_gives_what_the_reference_gives(learner):
    newest, base = learner
    assert project.compose(ROOT, newest, base=base).files == project.compose(ROOT, newest).files


def test_start_on_a_base_of_ones_own(learner, tmp_path):
    newest, base = learner
    first = next(base.glob("stages/01_*"))
    (first / "mine.h").write_text('// my own\ninline void f() { STRATA_TODO("1.7"); }\n')
    words = ["start", str(newest), "--base", "learner", "--into"]
    answer = _strata(tmp_path, ROOT / "strata", *words, "next")
    assert answer.returncode == 0 and f"learner leaves tasks unwritten that stage {newest} builds on: 1.7" in answer.stdout
    assert (tmp_path / "next/stages" / first.name / "mine.h").read_text().startswith("// my own")
    (first / "mine.h").unlink()
    answer = _strata(tmp_path, ROOT / "strata", *words, "other")
    assert answer.returncode == 0 and "unwritten" not in answer.stdout


def _strata(where, program, *words):
    return subprocess.run([sys.executable, str(program), *words], capture_output=True, text=True, cwd=where)


def test_start_command(tmp_path):
    answer = _strata(tmp_path, ROOT / "strata", "start", "1", "--into", "mine")
    assert answer.returncode == 0, answer.stderr
    assert "./strata grade 1" in (tmp_path / "mine/README.md").read_text()
    assert not (tmp_path / "mine/harness/starter").exists()
    answer = _strata(tmp_path, ROOT / "strata", "start", "1", "--into", "mine")
    assert answer.returncode == 1 and "not empty" in answer.stderr
    answer = _strata(tmp_path, ROOT / "strata", "start", "99", "--into", "other")
    assert answer.returncode == 1 and "there is no stages/99_" in answer.stderr


def test_commands_within_a_starter(tmp_path):
    project.write(project.compose(ROOT, 1), tmp_path)
    overview = _strata(tmp_path, "strata")
    assert overview.returncode == 0 and "  hint " in overview.stdout and "  start " not in overview.stdout
    left = _strata(tmp_path, "strata", "status", "1", "--list")
    assert left.returncode == 0 and "1.1   unwritten" in left.stdout
    hint = _strata(tmp_path, "strata", "hint", "1.1", "--level", "3")
    assert hint.returncode == 0 and "Hint 3 of 3" in hint.stdout
    assert "stage 1 has no task 1.99" in _strata(tmp_path, "strata", "hint", "1.99").stderr


def test_includes_that_point_forward(small):
    check_stages.check_includes(small)
    (small / "stages/02_second/a.h").write_text('#include "01_first/x.h"\n  #  include "03_third/y.h"  // why\n')
    (small / "common/b.h").write_text('#include <vector>\n#include "stages/01_first/x.h"\n')
    with pytest.raises(check_stages.Stop) as error:
        check_stages.check_includes(small)
    assert str(error.value).splitlines()[1:] == [
        'common/b.h:2: #include "stages/01_first/x.h"', 'stages/02_second/a.h:2: #  include "03_third/y.h"']
