"""Tables name no assembly: the places of named genes tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.reference.features import Gene
from annotate.reference.genome import ASSEMBLIES, Genome


def check_assembly(fusions: Sequence[Fusion], genome: Genome, knowledge: Knowledge, path: Path) -> None:
    """Refuse a table whose breakpoints are those of another assembly.

    An error only where most places are outside their genes here and inside them in the other assembly.
    """
    window = knowledge.value(cutoffs.FUSIONS_NAMED_GENE_WINDOW)
    places = {
        (name, *place)
        for fusion in fusions
        for name, place in ((fusion.five, fusion.five_breakpoint), (fusion.three, fusion.three_breakpoint))
        if place is not None and "intergenic" not in fusion.flags
    }
    here = _inside(places, genome, window)
    if len(here) < 2 or sum(here.values()) * 2 >= len(here):
        return
    for assembly in ASSEMBLIES:
        if assembly == genome.assembly:
            continue
        there = _inside(set(here), Genome.load(assembly), window)
        if sum(there.values()) * 2 > len(there):
            raise InputError(
                "breakpoints are those of another assembly",
                path=path,
                found=f"{sum(there.values())} of {len(there)} in their genes in {assembly}, "
                f"{sum(here.values())} of {len(here)} in {genome.assembly}",
                expected=genome.assembly,
                fix="correct `assembly` in the sample sheet or give the table of that assembly",
            )


def _inside(places: Iterable[tuple[str, str, int]], genome: Genome, window: int) -> Mapping[tuple[str, str, int], bool]:
    found = {}
    for name, chrom, pos in places:
        gene: Gene | None = genome.gene(name)
        if gene is not None and not genome.in_par(chrom, pos):
            found[name, chrom, pos] = gene.chrom == chrom and gene.start - window <= pos <= gene.end + window
    return found
