"""Simulated karyotypes through callers' files, readers and rules: what must never be said is never said.

`scripts/validate_copy_number.py` prints the confusion tables of the whole table.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.state import State
from annotate.reference.genome import Genome
from tests.makers.karyotypes import AUTOSOMES, catalogue
from tests.makers.truth_table import (
    ALLELE_DIALECTS,
    NOISES,
    PURITIES,
    RATIO_DIALECTS,
    TOTAL_DIALECTS,
    Outcome,
    faults,
    outcome,
    runs,
)

KARYOTYPES = catalogue()


def run_all(dialect: str, folder: Path, genome: Genome, knowledge: Knowledge, every: int = 1) -> list[Outcome]:
    return [outcome(run, folder, genome, knowledge) for run in runs(KARYOTYPES[::every], (dialect,))]


def test_catalogue_is_what_it_says() -> None:
    assert len(KARYOTYPES) >= 60
    assert len({item.name for item in KARYOTYPES}) == len(KARYOTYPES)
    for item in KARYOTYPES:
        retained = sum(1 if item.states[c][1] == 0 else 2 for c in AUTOSOMES)
        number = int("".join(c for c in item.name.split()[1] if c.isdigit())) if item.hypodiploid else None
        if item.hypodiploid:
            assert item.count == (2 * number if item.doubled else number)
            assert retained <= 38
        elif item.kind == "hyperdiploid":
            assert 51 <= item.count <= 67
            assert retained >= 41


@pytest.mark.parametrize("dialect", ALLELE_DIALECTS)
def test_with_alleles_nothing_is_missed_and_nothing_mistaken(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path, dialect: str
) -> None:
    found = run_all(dialect, tmp_path, grch38, knowledge)
    assert len(found) == len(KARYOTYPES) * len(PURITIES) * len(NOISES)
    assert [text for item in found for text in faults(item)] == []
    for item in found:
        if item.hypodiploidy.state is State.DETECTED and item.run.noise < 0.05:
            check_words(item)
    pure = [item for item in found if item.run.purity >= 0.4]
    clear = Counter(item.hypodiploidy.state for item in pure if item.run.karyotype.hypodiploid)
    assert clear[State.DETECTED] >= 0.9 * clear.total()
    assert set(clear) <= {State.DETECTED, State.EQUIVOCAL}
    hyper = Counter(item.hypodiploidy.state for item in pure if item.run.karyotype.kind == "hyperdiploid")
    assert hyper[State.NOT_DETECTED] >= 0.9 * hyper.total()
    amplified = Counter(item.iamp21.state for item in pure if item.run.karyotype.kind == "iamp21")
    assert amplified[State.DETECTED] >= 0.9 * amplified.total()
    whole = Counter(item.iamp21.state for item in pure if item.run.karyotype.kind in ("polysomy_21", "down"))
    assert whole[State.NOT_DETECTED] >= 0.9 * whole.total()


@pytest.mark.parametrize("dialect", TOTAL_DIALECTS)
def test_totals_alone_decide_nothing_they_cannot(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path, dialect: str
) -> None:
    found = run_all(dialect, tmp_path, grch38, knowledge)
    assert [text for item in found for text in faults(item)] == []
    assert {item.hypodiploidy.state for item in found} == {State.EQUIVOCAL, State.NOT_ASSESSABLE}


@pytest.mark.parametrize("dialect", RATIO_DIALECTS)
def test_fitted_copies(grch38: Genome, knowledge: Knowledge, tmp_path: Path, dialect: str) -> None:
    """A third of the table; the script runs all of it."""
    found = run_all(dialect, tmp_path, grch38, knowledge, every=3)
    assert [text for item in found for text in faults(item)] == []
    good = [item for item in found if item.run.purity >= 0.7 and item.run.karyotype.hypodiploid]
    assert Counter(item.hypodiploidy.state for item in good)[State.DETECTED] >= 0.9 * len(good)


def check_words(item: Outcome) -> None:
    """Subtype, doubling and number of a clone that is called in a profile of little noise."""
    karyotype, call = item.run.karyotype, item.hypodiploidy
    assert call.subtype == karyotype.kind.removesuffix("_doubled"), item.run.label
    assert call.masked is karyotype.doubled, item.run.label
    assert call.modal_number == karyotype.count, item.run.label
