"""Genes that the other sections of a karyotype count as lost: FISH; nomenclature of arrays, optical maps, sequencing.

nuc ish(CDKN2Ax0)[120/200], (TP53x1,D17Z1x2)[180/200]; arr[GRCh38] 9p21.3(21900000_22100000)x0.
FISH counts signals of a probe that is much larger than a gene: it proves a loss, not its reach, and it does not
exclude a small one. Nomenclature lists what is abnormal: it excludes nothing either.
"""

from __future__ import annotations

from collections.abc import Iterator

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.deletions.karyotype_losses import band_place
from annotate.knowledge import cutoffs
from annotate.model.evidence import Evidence
from annotate.model.karyotype import FishProbe, MeasuredSegment
from annotate.reference.features import Gene
from annotate.reference.genome import Genome

ONE = {"p16": "CDKN2A", "p15": "CDKN2B", "p53": "TP53"}  # protein names that laboratories write for the probes
FISH = "FISH"
ENDS = frozenset({"con", "sep"})  # the two ends of a gene together or apart: no count of the gene


@frozen
class FishLoss:
    """Fewer than two signals or copies.

    `certain`: in enough cells for a clone, and the number of cells is written; of nomenclature: the gene lies in the
    region, and the region is of the sample's assembly.
    """

    gene: str
    signals: int
    cells: int | None
    scored: int | None
    certain: bool
    raw: str
    method: str = FISH
    fraction: float | None = None

    @property
    def text(self) -> str:
        """The loss in words: signals, gene and share of cells."""
        if self.method != FISH:
            number = f"{self.signals} {'copy' if self.signals == 1 else 'copies'}"
            return f"{self.method} nomenclature: {number} of {self.gene} ({self.raw})"
        cells = "cells not stated" if not self.scored else f"in {self.cells} of {self.scored} cells"
        if self.fraction is not None:
            cells = f"in {self.fraction:.0%} of cells"
        return f"FISH: {self.signals} signal{'' if self.signals == 1 else 's'} of {self.gene} {cells}"


def fish_losses(case: Case, gene: str) -> tuple[FishLoss, ...]:
    """Losses of a gene by FISH or nomenclature, the certain ones first, then the one in most cells."""
    found = [*_signals(case, gene), *_regions(case, gene)]
    return tuple(sorted(found, key=lambda f: (not f.certain, -(f.cells or 0), f.signals)))


def _signals(case: Case, gene: str) -> Iterator[FishLoss]:
    least = case.knowledge.value(cutoffs.GENES_MIN_FISH_SHARE)
    for probe in case.karyotype.fish if case.karyotype is not None else ():
        names = {ONE.get(name.lower(), case.genome.symbol(name)) for name in probe.gene.split(";")}
        if gene not in names or len(names) > 1 or probe.signals_high is None or probe.signals_high > 1:
            continue
        if probe.pattern in ENDS:
            continue
        share = probe.fraction
        if share is None and probe.cells is not None and probe.scored:
            share = probe.cells / probe.scored
        certain = share is not None and share >= least and not probe.end  # one end of a gene is not the gene
        yield FishLoss(gene, probe.signals_high, probe.cells, probe.scored, certain, probe.raw, fraction=probe.fraction)


def fish_intact(case: Case, gene: str) -> FishProbe | None:
    """FISH that shows two signals of a gene in nearly all of enough nuclei: no loss that is larger than the probe."""
    enough = case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_MIN_CELLS)
    background = case.knowledge.value(cutoffs.GENES_MIN_FISH_SHARE)
    for probe in case.karyotype.fish if case.karyotype is not None else ():
        whole = case.genome.symbol(ONE.get(probe.gene.lower(), probe.gene)) == gene and not probe.end
        two = probe.signals_low is not None and probe.signals_low >= 2 and probe.pattern not in ENDS
        clear = probe.share is None or probe.share > 1 - background
        if whole and two and clear and not probe.metaphase and (probe.scored or 0) >= enough:
            return probe
    return None


def _regions(case: Case, gene: str) -> Iterator[FishLoss]:
    place = case.genome.gene(gene)
    least = case.knowledge.value(cutoffs.GENES_MIN_FISH_SHARE)
    for segment in case.karyotype.segments if case.karyotype is not None and place is not None else ():
        if segment.high is None or segment.high > 1 or segment.constitutional or segment.chrom in ("X", "Y"):
            continue
        assert place is not None
        holds = _holds(segment, place, case.genome)
        if holds is None:
            continue
        certain = holds and (segment.fraction is None or segment.fraction >= least)
        yield FishLoss(gene, segment.high, None, None, certain, segment.raw, segment.method, segment.fraction)


def _holds(segment: MeasuredSegment, gene: Gene, genome: Genome) -> bool | None:
    """True: the gene lies in the region; False: at its edge, or positions of another assembly; None: outside."""
    if segment.chrom != gene.chrom:
        return None
    if segment.start is not None and segment.end is not None and segment.assembly == genome.assembly:
        if segment.end < gene.start or segment.start > gene.end:
            return None
        return segment.start <= gene.start and gene.end <= segment.end
    if not segment.bands:
        return None if segment.start is not None else True
    if segment.bands[0] in ("p", "q"):
        return True if segment.bands[0] == genome.arm(gene.chrom, gene.start) else None
    return _between_bands(segment.bands, gene, genome)


def _between_bands(bands: tuple[str, ...], gene: Gene, genome: Genome) -> bool | None:
    places = sorted(place for band in (bands[0], bands[-1]) if (place := band_place(band, gene.chrom, genome)))
    if len(places) < 2:
        return False
    if places[0][1] < gene.start and gene.end < places[1][0]:
        return True
    return False if places[0][0] <= gene.end and gene.start <= places[1][1] else None


def fish_evidence(loss: FishLoss) -> Evidence:
    """The loss as evidence: signals, and the cells with them of those scored."""
    return Evidence(
        kind="karyotype",
        summary=loss.text,
        file="sample sheet",
        record=loss.raw,
        rule="signals of an interphase FISH probe" if loss.method == FISH else f"region of {loss.method} nomenclature",
        values={"signals": loss.signals, "cells": loss.cells, "scored": loss.scored},
    )
