"""Exons of a gene as copy number sees them: which count, which were seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from annotate.reference.features import Exon, Gene
from annotate.reference.genome import Genome


@lru_cache(maxsize=1024)
def counted_exons(gene: Gene, genome: Genome) -> tuple[Exon, ...]:
    """Exons with coding bases; the whole gene as one exon 0 where no transcript is known."""
    transcript = genome.transcript(gene.name)
    if transcript is None:
        return (Exon(0, gene.start, gene.end, None, None),)
    coding = tuple(exon for exon in transcript.exons if exon.cds_start is not None)
    return coding or transcript.exons


def uncovered_exons(exons: Sequence[Exon], seen: Sequence[tuple[int, int]]) -> list[int]:
    """Ranks of the exons of which no base was seen."""
    first, last = min(exons[0].start, exons[-1].start), max(exons[0].end, exons[-1].end)
    if any(start <= first and last <= end for start, end in seen):
        return []
    return [exon.rank for exon in exons if not any(start <= exon.end and end >= exon.start for start, end in seen)]
