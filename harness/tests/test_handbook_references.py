"""The fast check of the handbook: the repository's own pages are right, and pages that are wrong are found."""
import pytest

from harness.cli.support.repo import ROOT
from harness.handbook import built, references

LIST = "INHERIT: mkdocs.yml\nnav:\n  - Start: index.md\n"
PAGE = "# Title {#title}\n\nSee [code](../../common/a.h), `common/a.h`, ![drawing](../figures/f.svg), [below](#part).\n\n## Part\n"


@pytest.fixture
def handbook(tmp_path):
    """A repository with a small handbook in two languages; write(path, text) changes a file of it."""

    def write(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    for path, text in {"docs/mkdocs.en.yml": LIST, "docs/mkdocs.zh.yml": LIST, "docs/en/index.md": PAGE,
                       "docs/zh/index.md": PAGE.replace("Part", "部分 {#part}"), "docs/figures/f.svg": "", "common/a.h": ""}.items():
        write(path, text)
    write.root = tmp_path
    return write


def test_our_pages_are_right():
    assert references.problems(ROOT) == []


def test_every_page_is_there_in_both_languages():
    assert references.untranslated(ROOT) == []


def test_a_right_handbook_has_no_problems(handbook):
    assert references.problems(handbook.root) == [] and references.untranslated(handbook.root) == []


@pytest.mark.parametrize("old, new, problem", [
    ("common/a.h)", "common/b.h)", "docs/zh/index.md: ../../common/b.h: there is no such file"),
    ("`common/a.h`", "`common/b.h`", "docs/zh/index.md: `common/b.h`: there is no such file"),
    ("f.svg", "g.svg", "docs/zh/index.md: ../figures/g.svg: there is no such file"),
    ("(#part)", "(#other)", "docs/zh/index.md: #other: there is no such anchor"),
    ("![drawing](../figures/f.svg)", "", "docs/zh/index.md: without image ../figures/f.svg, which is in docs/en"),
    ("`common/a.h`", "", "docs/zh/index.md: without path common/a.h, which is in docs/en"),
    ("{#part}", "{#part}\n\n```\nx\n```", "docs/zh/index.md: 1 blocks of code is not in docs/en"),
    ("{#part}", "{#part}\n\n## More {#more}", "docs/zh/index.md: heading #more is not in docs/en"),
])
def test_a_wrong_page_is_found(handbook, old, new, problem):
    page = handbook.root / "docs/zh/index.md"
    text = page.read_text(encoding="utf-8")
    assert old in text
    handbook("docs/zh/index.md", text.replace(old, new))
    assert problem in references.problems(handbook.root)


def test_a_drawing_is_shown_in_the_language_of_the_page(handbook):
    handbook("docs/figures/zh/f.svg", "")
    assert references.problems(handbook.root) == ["docs/zh/index.md: ../figures/f.svg: it is there in figures/zh, too"]
    page = handbook.root / "docs/zh/index.md"
    handbook("docs/zh/index.md", page.read_text(encoding="utf-8").replace("../figures/f.svg", "../figures/zh/f.svg"))
    assert references.problems(handbook.root) == []


def test_code_blocks_hold_no_references(handbook):
    for language in ("en", "zh"):
        text = (handbook.root / f"docs/{language}/index.md").read_text(encoding="utf-8")
        code = f"\n```\n[x](nowhere.md) `common/none.h`\n# Heading in {language}\n```\n`[y](nowhere.md)`\n"
        handbook(f"docs/{language}/index.md", text + code)
    assert references.problems(handbook.root) == []


def test_pages_that_are_not_listed_and_the_other_way_round(handbook):
    handbook("docs/en/extra.md", "# E\n")
    handbook("docs/mkdocs.zh.yml", LIST + "  - Glossary: glossary.md\n")
    found = references.problems(handbook.root)
    assert "docs/en/extra.md: not listed in docs/mkdocs.en.yml" in found
    assert "docs/mkdocs.zh.yml: glossary.md: there is no such page" in found


def test_a_page_that_is_not_translated(handbook):
    (handbook.root / "docs/zh/index.md").unlink()
    assert references.problems(handbook.root) == []
    assert references.untranslated(handbook.root) == ["index.md"]


@pytest.mark.parametrize("target, problem", [
    ("b.html", ""), ("b.html#there", ""), ("https://example.org/x", ""), ("#here", ""),
    ("c.html", "there is no such file"), ("b.html#gone", "there is no such anchor"),
])
def test_links_of_the_built_site(tmp_path, target, problem):
    (tmp_path / "a.html").write_text(f'<p id="here"><a href="{target}">x</a></p>')
    (tmp_path / "b.html").write_text('<p id="there"></p>')
    assert built.problems(tmp_path) == ([f"a.html: {target}: {problem}"] if problem else [])
