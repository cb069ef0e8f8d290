"""The translated drawings: ours are current, and a table that does not fit its drawings is found."""
import pytest

from harness.cli.support.repo import ROOT
from harness.handbook import drawings

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="A child">
  <style>text { fill: red }</style>
  <text x="1">child</text><text x="2">GET a</text><text x="3">a &lt; b,
    always</text>
</svg>
"""
TABLES = {"shared.toml": 'code = ["fork"]\n[words]\n"child" = "子进程"\n', "a.toml": '"A child" = "一个子进程"\n"a < b, always" = "总有 a < b"\n',
          "b.toml": '"child" = "孩子"\n'}


@pytest.fixture
def figures(tmp_path):
    """docs/figures of a repository with two drawings, one of which has a word of its own for what both have."""
    figures = tmp_path / "docs" / "figures"
    (figures / "zh").mkdir(parents=True)
    (figures / "a.svg").write_text(DRAWING)
    (figures / "b.svg").write_text("<svg>\n<text>child</text><text>fork</text></svg>\n")
    (figures / "measured.svg").write_text("<svg>\n<!-- by matplotlib --><text>pause of the fork</text></svg>\n")
    for name, text in TABLES.items():
        (figures / "zh" / name).write_text(text, encoding="utf-8")
    return figures


def test_our_drawings_are_translated_and_current():
    assert drawings.problems(ROOT) == []
    assert drawings.outdated(ROOT) == [], "run ./strata docs --update"


def test_words_are_replaced_and_nothing_else(figures):
    root = figures.parents[1]
    assert drawings.update(root) == [figures / "zh" / "a.svg", figures / "zh" / "b.svg"]
    text = (figures / "zh" / "a.svg").read_text(encoding="utf-8")
    assert 'xml:lang="zh-CN"' in text and 'aria-label="一个子进程"' in text and "text { fill: red }" in text
    assert '<text x="1">子进程</text><text x="2">GET a</text><text x="3">总有 a &lt; b</text>' in text
    assert "<text>孩子</text><text>fork</text>" in (figures / "zh" / "b.svg").read_text(encoding="utf-8")
    assert drawings.outdated(root) == [] and drawings.update(root) == []


def test_a_drawing_that_changes_or_goes_is_out_of_date(figures):
    root = figures.parents[1]
    drawings.update(root)
    (figures / "a.svg").write_text(DRAWING.replace('x="1"', 'x="9"'))
    (figures / "zh" / "c.svg").write_text("<svg/>")
    assert drawings.outdated(root) == drawings.update(root) == [figures / "zh" / "a.svg", figures / "zh" / "c.svg"]
    assert not (figures / "zh" / "c.svg").exists()


@pytest.mark.parametrize("file, old, new, problem", [
    ("a.svg", "child</text>", "parent</text>", 'docs/figures/a.svg: "parent" is not in zh/a.toml'),
    ("a.svg", "always", "never", 'docs/figures/zh/a.toml: no drawing uses "a < b, always"'),
    ("b.svg", "fork", "exit", 'docs/figures/zh/shared.toml: no drawing uses "fork"'),
    ("b.svg", "child", "fork", 'docs/figures/zh/b.toml: no drawing uses "child"'),
])
def test_drawings_and_tables_that_part_are_found(figures, file, old, new, problem):
    (figures / file).write_text((figures / file).read_text().replace(old, new))
    assert problem in drawings.problems(figures.parents[1])
    with pytest.raises(drawings.DrawingError):
        drawings.update(figures.parents[1])


@pytest.mark.parametrize("text", ["child", "A child", "SET, then wait", "(once)", "`quorum` of 3", "copy-on-write", "the server\u2019s"])
def test_words(text):
    assert drawings.has_words(text)


@pytest.mark.parametrize("text", ["SET a 1", "0 s", "dump.rdb", "select_slave", "a=1", "-LOADING, INFO", "RdbReader", "temp-4711.rdb",
                                  "in_progress:0", "2\u2074\u2078 \u2212 1"])
def test_code(text):
    assert not drawings.has_words(text)
