"""The handbook's pages: excerpts are what the sources say, tasks have their anchors."""
import pytest

from harness.cli.support.repo import ROOT
from harness.grader import stage_config
from harness.handbook import excerpts, references, site

PAGES = excerpts.pages(ROOT)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_excerpts_are_current(page):
    assert excerpts.updated(ROOT, page) == page.read_text(encoding="utf-8"), "run ./strata docs --update"


@pytest.mark.parametrize("language", site.LANGUAGES)
@pytest.mark.parametrize("stage", stage_config.load_all(ROOT), ids=lambda stage: stage.label)
def test_every_task_has_its_place_in_the_chapter(stage, language):
    chapter = site.folder(ROOT, language) / (ROOT / stage.chapter).name
    anchors = references.anchors(chapter.read_text(encoding="utf-8"))
    assert [task.id for task in stage.tasks if task.chapter not in anchors] == []


def a_project(tmp_path, page: str, source: str):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text(page)
    (tmp_path / "code.h").write_text(source)
    return tmp_path


def test_an_excerpt_is_filled_in(tmp_path):
    root = a_project(tmp_path, 'a\n<!-- excerpt: code.h from "int f(" to "}" -->\nold\n<!-- /excerpt -->\nb\n',
                     "  int g();\n  int f() {\n    return 1;\n  }\n")
    assert excerpts.update(root) == [root / "docs" / "page.md"]
    text = (root / "docs" / "page.md").read_text()
    assert "```cpp\nint f() {\n  return 1;\n}\n```\n" in text and text.startswith("a\n") and text.endswith("b\n")
    assert excerpts.outdated(root) == []


def test_what_a_script_prints_is_filled_in(tmp_path):
    root = a_project(tmp_path, "a\n<!-- output: table.py -->\nold\n<!-- /output -->\nb\n", "")
    (root / "table.py").write_text("print('| x |\\n')")
    excerpts.update(root)
    assert (root / "docs/page.md").read_text() == "a\n<!-- output: table.py -->\n| x |\n<!-- /output -->\nb\n"
    assert excerpts.outdated(root) == []


@pytest.mark.parametrize("page, source, reason", [
    ("<!-- output: other.py -->\n<!-- /output -->", "x", "other.py fails"),
    ("<!-- output: other.py -->\n", "x", "malformed or not closed"),
    ('<!-- excerpt: other.h from "x" -->\n<!-- /excerpt -->', "x", "no such file"),
    ('<!-- excerpt: code.h from "y" -->\n<!-- /excerpt -->', "x", 'no line with "y"'),
    ('<!-- excerpt: code.h from "x" -->\n', "x", "malformed or not closed"),
    ('<!-- excerpt: code.h from "f()" to "}" -->\n<!-- /excerpt -->',
     "// [task 1.1] Do it.\nint f() {\n  return 1;\n}\n", "solution of task 1.1"),
])
def test_an_excerpt_that_cannot_be_taken(tmp_path, page, source, reason):
    root = a_project(tmp_path, page, source)
    with pytest.raises(excerpts.ExcerptError, match=reason):
        excerpts.update(root)
