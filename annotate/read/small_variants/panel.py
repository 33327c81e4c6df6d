"""Where small variants are looked for: exons of panel genes with their splice sites, hotspots, named variants.

Introns are left out because nothing can be said of them from the coding sequence of the pack, and a whole-genome
file has twenty times more records there than in exons. A file that brings its own annotation is asked about
whole genes, because it may know exons of other transcripts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property, lru_cache
from typing import Any

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.rearrangements import RegulatoryRegionRow
from annotate.knowledge.tables import Knowledge
from annotate.reference.genome import Genome
from annotate.reference.hotspots import hotspot_codons, named_places, rules

Place = tuple[str, int]
BEYOND = 1 << 62
SPLICE_SITE = 2
GAP = 1_000_000  # bases between contigs on the line of all contigs, so that no interval reaches into the next one


@frozen(slots=False)
class Line:
    """All contigs of an assembly end to end: a place is one number, so that many are tested at once."""

    starts: Mapping[str, int]
    lengths: Mapping[str, int]

    @staticmethod
    @lru_cache(maxsize=4)
    def of(genome: Genome) -> Line:
        """The contigs of a genome one after another on one line, with gaps between."""
        at, starts = 0, {}
        for name, length in genome.contig_lengths.items():
            starts[name] = at
            at += length + GAP
        return Line(starts, genome.contig_lengths)


@frozen(slots=False)
class Regions:
    """Disjoint intervals of an assembly, in order."""

    intervals: tuple[Interval, ...]
    line: Line
    _lows: list[int] = field(default_factory=list, repr=False)
    _highs: list[int] = field(default_factory=list, repr=False)

    @staticmethod
    def of(intervals: Iterable[Interval], genome: Genome) -> Regions:
        """Merged intervals in the order of the line, for a binary search."""
        line = Line.of(genome)
        merged = tuple(merge(intervals, 0))
        ordered = sorted(merged, key=lambda part: line.starts[part[0]] + part[1])
        lows = [line.starts[chrom] + start for chrom, start, _ in ordered]
        highs = [line.starts[chrom] + end for chrom, _, end in ordered]
        return Regions(tuple(ordered), line, lows, highs)

    def overlap(self, chrom: str, start: int, end: int) -> bool:
        """Does start … end touch an interval?"""
        base = self.line.starts[chrom]
        found = bisect_right(self._lows, base + end) - 1
        return found >= 0 and self._highs[found] >= base + start

    def on(self, chrom: str) -> tuple[list[int], list[int]]:
        """Starts and ends on one contig, each with an entry beyond any place at the end."""
        return self._by_contig.get(chrom, ([BEYOND], [BEYOND]))

    @cached_property
    def _by_contig(self) -> Mapping[str, tuple[list[int], list[int]]]:
        found: dict[str, tuple[list[int], list[int]]] = {}
        for chrom, start, end in self.intervals:
            lows, highs = found.setdefault(chrom, ([], []))
            lows.append(start)
            highs.append(end)
        return {chrom: ([*lows, BEYOND], [*highs, BEYOND]) for chrom, (lows, highs) in found.items()}

    def arrays(self) -> tuple[Any, Any]:
        """Starts and ends on the line of all contigs, as numpy arrays."""
        import numpy as np

        return np.array(self._lows, dtype=np.int64), np.array(self._highs, dtype=np.int64)


def merge(intervals: Iterable[Interval], gap: int) -> Iterator[Interval]:
    """Intervals that touch, or lie within `gap` bases of each other, as one."""
    current: Interval | None = None
    for chrom, start, end in sorted(intervals):
        if current is not None and chrom == current.chrom and start <= current.end + gap + 1:
            current = Interval(chrom, current.start, max(end, current.end))
            continue
        if current is not None:
            yield current
        current = Interval(chrom, start, end)
    if current is not None:
        yield current


@lru_cache(maxsize=8)
def exon_regions(genome: Genome, knowledge: Knowledge) -> Regions:
    """Exons of panel genes with their padding, hotspots, named variants and regulatory regions.

    A gene without exons: its whole span.
    """
    padding = knowledge.value(cutoffs.SMALL_VARIANTS_EXON_PADDING)
    found: list[Interval] = [Interval(chrom, pos, pos) for chrom, pos in depth_places(genome, knowledge)]
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        exons = [(e.start, e.end) for e in transcript.exons] if transcript else [(gene.start, gene.end)]
        found += [Interval(gene.chrom, max(1, start - padding), end + padding) for start, end in exons]
    found += _regulatory(genome, knowledge)
    return Regions.of([*found, *_on_y(found, genome)], genome)


def coding_genes(genome: Genome, chrom: str, start: int, end: int) -> tuple[str, ...]:
    """Panel genes whose coding sequence, with its splice sites, lies between start and end at least in part."""
    found = []
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name) if gene.chrom == chrom else None
        coding = [exon for exon in transcript.exons if exon.cds_start is not None] if transcript else []
        if any(exon.start - SPLICE_SITE <= end and exon.end + SPLICE_SITE >= start for exon in coding):
            found.append(gene.name)
    return tuple(found)


def _regulatory(genome: Genome, knowledge: Knowledge) -> Iterator[Interval]:
    """Places outside genes where a small change matters: the enhancer of TAL1. The base before an insertion counts."""
    for row in knowledge.rows(RegulatoryRegionRow):
        chrom, start, end = row.place(genome.assembly)
        yield Interval(chrom, start - 1, end)


@lru_cache(maxsize=8)
def gene_regions(genome: Genome, knowledge: Knowledge) -> Regions:
    """Whole panel genes, and everything of `exon_regions`."""
    genes = [Interval(gene.chrom, gene.start, gene.end) for gene in genome.panel_genes()]
    return Regions.of([*exon_regions(genome, knowledge).intervals, *genes, *_on_y(genes, genome)], genome)


def _on_y(intervals: Iterable[Interval], genome: Genome) -> list[Interval]:
    """The copies on Y of intervals in the pseudoautosomal regions: the pack places their genes on X."""
    found = []
    for shift, start, end in _par_shifts(genome):
        for chrom, low, high in intervals:
            if chrom == "X" and start <= low - shift and high - shift <= end:
                found.append(Interval("Y", low - shift, high - shift))
    return found


@lru_cache(maxsize=4)
def _par_shifts(genome: Genome) -> tuple[tuple[int, int, int], ...]:
    """(X minus Y, start on Y, end on Y) of each pseudoautosomal region."""
    on_x = {region.name: region for region in genome.par if region.chrom == "X"}
    return tuple(
        (on_x[region.name].start - region.start, region.start, region.end)
        for region in genome.par
        if region.chrom == "Y" and region.name in on_x
    )


def from_y(chrom: str, pos: int, genome: Genome) -> int | None:
    """The place on X of a place in a pseudoautosomal region of Y; None anywhere else."""
    if chrom != "Y":
        return None
    return next((pos + shift for shift, start, end in _par_shifts(genome) if start <= pos <= end), None)


@lru_cache(maxsize=8)
def depth_places(genome: Genome, knowledge: Knowledge) -> frozenset[Place]:
    """Places whose depth a lesion rule may ask for: hotspot codons, named variants, codons of the rules."""
    places = {(spot.chrom, pos) for spot in hotspot_codons(genome, knowledge) for pos in spot.positions}
    places.update((chrom, pos) for chrom, pos, _, _ in named_places(genome, knowledge))
    for row in rules(knowledge):
        transcript = genome.transcript(row.gene)
        if transcript is None or not row.codons:
            continue
        for codon in (codon for span in row.codons for codon in span):
            if codon <= transcript.coding_length // 3:
                places.update((transcript.chrom, pos) for pos in transcript.protein_to_genomic(codon))
    return frozenset(places)


@lru_cache(maxsize=8)
def places_by_contig(genome: Genome, knowledge: Knowledge) -> Mapping[str, tuple[int, ...]]:
    """`depth_places`, sorted, by contig."""
    found: dict[str, list[int]] = {}
    for chrom, pos in sorted(depth_places(genome, knowledge)):
        found.setdefault(chrom, []).append(pos)
    return {chrom: tuple(positions) for chrom, positions in found.items()}
