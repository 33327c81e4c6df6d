"""A fast part of the dialect matrix; `make validate` runs all of it."""

from __future__ import annotations

from annotate.reference.genome import Genome
from tests.makers.dialect_matrix import DIALECTS, Spoilt, cells, lawful, state


def test_every_dialect_of_some_fusions_is_lawful(genome: Genome) -> None:
    """Every 18th fusion of the table in every dialect, as it is and spoilt."""
    tried = 0
    seen: set[tuple[str, Spoilt]] = set()
    for cell in cells(genome, every=18):
        found = state(cell)
        assert found in lawful(cell), (cell.fusion, cell.dialect, cell.spoilt, found)
        seen.add((cell.dialect, cell.spoilt))
        tried += 1
    assert tried > 400
    assert {dialect for dialect, _ in seen} == set(DIALECTS)
    assert {spoilt for _, spoilt in seen} == set(Spoilt)
