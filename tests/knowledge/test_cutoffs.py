"""Cut-offs of code and rows of the thresholds are one set, in the same units; an id stands in one place of code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import annotate
from annotate.knowledge import cutoffs
from annotate.knowledge.atoms import used_thresholds
from annotate.knowledge.check import check
from annotate.knowledge.kinds import Whole
from annotate.knowledge.specs.thresholds import ThresholdRow, kind_of, read_by_code
from annotate.knowledge.tables import Knowledge

PACKAGE = Path(annotate.__file__).parent
HEADER = "id\tvalue\tunit\tmeaning\tsource\tmark\tdate\treviewer"
NAMED = {name: found for name, found in vars(cutoffs).items() if isinstance(found, cutoffs.Cutoff)}
MEANT_BY_THEIR_NAME = ("junctions.five_window.", "junctions.three_window.")  # the window of a gene
DECLARE = {"knowledge/cutoffs.py", "knowledge/specs/thresholds.py"}


@pytest.fixture(scope="module")
def rows() -> dict[str, ThresholdRow]:
    return {row.id: row for row in Knowledge.load().rows(ThresholdRow)}


@pytest.mark.parametrize("name", NAMED)
def test_a_cut_off_is_a_row_of_the_table(name: str, rows: dict[str, ThresholdRow]) -> None:
    cutoff = NAMED[name]
    assert name == cutoff.id.upper().replace(".", "_")
    assert cutoff.unit == rows[cutoff.id].unit
    assert (cutoff.read is int) == isinstance(kind_of(cutoff.id, cutoff.unit), Whole)


def test_every_row_is_read(rows: dict[str, ThresholdRow]) -> None:
    """By code, by a condition or another row that names it, or as the window of a gene."""
    read = {*read_by_code(), *used_thresholds(Knowledge.load())}
    assert [id for id in rows if id not in read and not id.startswith(MEANT_BY_THEIR_NAME)] == []


def test_every_cut_off_is_used_and_its_id_stands_nowhere_else() -> None:
    used: set[str] = set()
    repeated = []
    for path in PACKAGE.rglob("*.py"):
        place = str(path.relative_to(PACKAGE))
        if place in DECLARE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                used.add(node.attr)
            elif isinstance(node, ast.Constant) and node.value in read_by_code():
                repeated.append(f"{place}:{node.lineno}: {node.value}")
    assert sorted(set(NAMED) - used) == []
    assert repeated == []


def _other_units() -> Iterator[tuple[str, str]]:
    yield "iamp21.gain", "reads"
    yield "junctions.min_reads", "bp"
    yield "genes.min_purity", "%"


@pytest.mark.parametrize(("id", "unit"), _other_units())
def test_another_unit_is_refused(id: str, unit: str, rows: dict[str, ThresholdRow], tmp_path: Path) -> None:
    (tmp_path / "thresholds").mkdir()
    row = f"{id}\t{rows[id].value:g}\t{unit}\tours\tlab\tE\t2026-11-24\t"
    (tmp_path / "thresholds" / "own.tsv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    found = check(Knowledge.load().folder, tmp_path)
    assert ("unit", 2) in {(problem.column, problem.row) for problem in found}
    assert any(f"expected {rows[id].unit!r}" in problem.message for problem in found)
