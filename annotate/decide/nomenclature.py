"""How many chromosomes array, optical-map or sequencing nomenclature implies: arr(1-8,10)x1,(14,18,21,X)x2."""

from __future__ import annotations

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.frozen import frozen
from annotate.model.karyotype import Karyotype, MeasuredSegment
from annotate.reference.genome import Genome

ACROCENTRIC = frozenset({"13", "14", "15", "21", "22"})  # nothing is measured on their short arms
DIPLOID = 2


@frozen
class ListedCount:
    """Chromosomes from `low` to `high`; the two differ where it is open what an unlisted chromosome has."""

    low: int
    high: int
    method: str
    single: tuple[str, ...]  # autosomes with one copy
    copies: dict[str, int]  # of the listed chromosomes


def count_of_segments(karyotype: Karyotype, genome: Genome) -> ListedCount | None:
    """The count where whole autosomes are listed with other than two copies; None where there are none.

    ISCN lists what is abnormal: an unlisted autosome has two copies. Where some are listed with two beside others
    with one, two copies were the exception and the unlisted ones may have one.
    """
    listed = [s for s in karyotype.segments if is_whole(s, genome) and s.low == s.high and not s.constitutional]
    copies = {s.chrom: s.low for s in listed}
    if all(copies.get(chrom, DIPLOID) == DIPLOID for chrom in AUTOSOMES):
        return None
    single = tuple(chrom for chrom in AUTOSOMES if copies.get(chrom) == 1)
    unlisted = [chrom for chrom in AUTOSOMES if chrom not in copies]
    open_baseline = bool(single) and any(copies.get(chrom) == DIPLOID for chrom in AUTOSOMES)
    known = sum(copies.get(chrom, 0) for chrom in AUTOSOMES)
    sexes = copies.get("X", DIPLOID) + copies.get("Y", 0) if "X" in copies else DIPLOID
    return ListedCount(
        low=known + sexes + len(unlisted) * (1 if open_baseline else DIPLOID),
        high=known + sexes + len(unlisted) * DIPLOID,
        method=listed[0].method,
        single=single,
        copies=copies,
    )


def is_whole(segment: MeasuredSegment, genome: Genome) -> bool:
    """A chromosome from end to end: (7)x1, 7p22.3q36.3(…)x1; of an acrocentric one the long arm, 21q11.2q22.3."""
    if not segment.bands:
        return segment.start is None
    bands = genome.bands(segment.chrom)
    if not bands or len(segment.bands) < 2:
        return False
    first, last = segment.bands[0], segment.bands[-1]
    begins = first == "pter" or bands[0].name.startswith(first)
    begins = begins or (segment.chrom in ACROCENTRIC and first.startswith("q11"))
    return begins and (last == "qter" or bands[-1].name.startswith(last))
