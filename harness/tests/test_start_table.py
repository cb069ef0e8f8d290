"""The table of starts of stage 5: no row twice, and it can be printed; test_handbook.py compares it with the chapter's."""

import sys

import pytest

from harness.cli.support.repo import ROOT


@pytest.fixture
def table(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "harness/suites/stage05"))
    import decision_table
    yield decision_table
    del sys.modules["decision_table"]


def test_rows_are_distinct(table):
    keys = [(table.shown(row.options), row.files, row.manifest) for row in table.ROWS]
    assert len(keys) == len(set(keys)) and len(keys) >= 60


def test_it_can_be_printed(table):
    text = table.markdown()
    assert text.count("\n|") == len(table.ROWS) + 2 * len(table.TABLE)
    assert all(row.reason and "|" not in row.reason for row in table.ROWS), "a bar would begin a cell of its own"


def test_the_chapter_has_it(table):
    assert table.markdown().strip() in (ROOT / "docs/en/05-hybrid-persistence.md").read_text(encoding="utf-8")
