"""A fast part of the corruption matrix; `make validate` runs all of it."""

from __future__ import annotations

import pytest

from annotate.reference.genome import Genome
from tests.makers.laws.cell import CORRUPTIONS, Cell, Lawful
from tests.makers.laws.matrix import MODULES, Part, corruptions, judge, parts, some_results

SEED = 4
COUNT = 2  # cells of each corruption


@pytest.mark.parametrize("part", parts(), ids=lambda part: f"{part.assembly} {part.kind}")
def test_every_corruption_of_some_lesions_is_lawful(part: Part) -> None:
    found = list(some_results(part, SEED, COUNT))
    assert not [result.words for result in found if result.unlawful]
    tried = {result.cell.corruption.name for result in found}
    assert len(tried) >= 0.8 * len(corruptions(part.kind)), "most corruptions can be made of some cell"


def test_the_matrix_is_wide() -> None:
    assert len({name for _, name in CORRUPTIONS}) >= 30
    assert {kind for kind, _ in CORRUPTIONS} == set(MODULES)
    for kind in MODULES:
        assert {one.lawful for one in corruptions(kind)} >= {Lawful.PROVEN, Lawful.SAME, Lawful.OPEN}


DEEPER = (  # corruption and dialects: kinds that hid behind a negative or a doubt once
    ("structural_variants", "PASS in lower case", ("manta", "bedpe", "delly", "svim")),
    ("structural_variants", "single breakend of the first side", ("gridss", "svaba")),
    ("structural_variants", "single breakend of the second side", ("gridss", "esvee")),
    ("structural_variants", "place of the mate unreadable", ("gridss", "pbsv")),
    ("structural_variants", "end before start", ("manta", "jasmine")),
    ("structural_variants", "reads 0", ("survivor",)),
    ("fusions", "ids for symbols", ("infusion", "defuse", "squid")),
    ("fusions", "a name that nobody knows", ("squid",)),
    ("mlpa", "value NA", ("columns", "one cell", "coffalyser")),
    ("mlpa", "filtered", ("coffalyser",)),
    ("mlpa", "a name that nobody knows", ("columns", "coffalyser")),
    ("bench_results", "negative with abnormal cells", ("tab",)),
    ("bench_results", "column of the sample is not there", ("tab", "comma")),
)


@pytest.mark.parametrize(("kind", "name", "dialects"), DEEPER)
def test_a_corruption_of_many_lesions_is_lawful(
    genome: Genome, kind: str, name: str, dialects: tuple[str, ...]
) -> None:
    """Every fifth truth of the kind, whatever its lesion, in the dialects that this was seen in."""
    truths = list(MODULES[kind].truths(genome))
    truths = truths[:: 5 if len(truths) > 30 else 1]
    cells = [Cell(truth, dialect, CORRUPTIONS[kind, name]) for truth in truths for dialect in dialects]
    found = [result for cell in cells if (result := judge(cell)) is not None]
    assert found
    assert not [result.words for result in found if result.unlawful]
