"""`docs/knowledge.md` says what the tables say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _script():
    spec = importlib.util.spec_from_file_location("render_knowledge", ROOT / "scripts" / "render_knowledge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_up_to_date(knowledge):
    page = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
    assert page == _script().render(knowledge), "run: python scripts/render_knowledge.py"


def test_page_holds_every_row_that_a_clinician_reviews(knowledge):
    text = _script().render(knowledge)
    for table, column in (
        ("lesions", "id"),
        ("schemes_rules", "text"),
        ("schemes_flags", "text"),
        ("therapies", "setting"),
        ("therapies_contradictions", "text"),
        ("germline_prompts", "text"),
        ("pgx_recommendations", "text"),
        ("thresholds", "id"),
    ):
        for entry in knowledge.table(table):
            assert entry[column].replace("<", "&lt;") in text, entry.origin


def test_page_says_what_it_is():
    text = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
    assert "nothing here is a recommendation" in text
    assert "full risk arm: not given" in text
    assert "not available" in text
