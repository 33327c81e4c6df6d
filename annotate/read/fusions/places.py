"""The gene that an RNA breakpoint lies in, where the caller names none or names it in a way that is not known."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.read.fusions.names import NO_PARTNER, symbol
from annotate.reference.genome import Genome


def gene_at(genome: Genome, contig: str, at: int | None, preferred: Sequence[str] = ()) -> str:
    """The gene or receptor locus at a place: one of `preferred` if it lies there, a panel gene before another.

    `intergenic` where there is none, or where the place is not on an assembled chromosome.
    """
    chrom = genome.contig(contig)
    if chrom is None or at is None:
        return NO_PARTNER
    wanted = {symbol(genome, name) for name in preferred}
    genes = sorted(genome.genes_at(chrom, at), key=lambda gene: (gene.name not in wanted, not gene.panel, gene.name))
    if genes and (genes[0].name in wanted or genes[0].panel):
        return genes[0].name
    locus = genome.locus_at(chrom, at)
    if locus is not None:
        return locus.partition("/")[0]
    return genes[0].name if genes else NO_PARTNER
