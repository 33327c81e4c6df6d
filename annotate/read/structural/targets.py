"""Where a structural variant can touch a lesion: breaking genes for remarks, stretches of the genome for the sieve."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Side
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from annotate.reference.places import Places, to_x

COUNTED_WHOLE = ("21",)  # chromosomes of which every long junction counts: the pattern of iAMP21
EXON_MARGIN = 50
Stretch = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Merged:
    """Disjoint stretches of one contig."""

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def meets(self, start: int, end: int) -> bool:
        """Does start … end share a base with any of them?"""
        index = bisect_right(self.starts, end) - 1
        return index >= 0 and self.ends[index] >= start


@dataclass(frozen=True, slots=True)
class Breaking:
    """A gene whose break can make a rearrangement: which of its parts a fusion keeps, and where it breaks."""

    gene: Gene
    sides: frozenset[Side]
    windows: tuple[tuple[int, int], ...]  # none: anywhere in the gene


@dataclass(frozen=True)
class Targets:
    """One assembly's places. `wide`: genes, regions and loci of the lesions; `exons`: those of the panel."""

    genome: Genome
    wide: Mapping[str, Merged]
    exons: Mapping[str, Merged]
    breaking: Mapping[str, tuple[Breaking, ...]]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Targets:
        return _targets(genome, knowledge)

    def touched(self, chrom: str, start: int, end: int, *, local: bool) -> bool:
        """Can a variant over start … end concern a lesion? A `local` one (short, within a gene) only at an exon."""
        places = (self.exons if local else self.wide).get(chrom)
        return places is not None and places.meets(start, end)

    def broken(self, end: Breakend) -> list[tuple[Gene, bool]]:
        """Genes that break at this end, each with whether the break is one that a fusion of it needs."""
        chrom, pos = to_x(self.genome, end.chrom, end.pos)
        found = []
        for own in self.breaking.get(chrom, ()):
            if not own.gene.start <= pos <= own.gene.end and not _in(own.windows, pos):
                continue
            fits = end.keeps in own.sides and (not own.windows or _in(own.windows, pos))
            found.append((own.gene, fits))
        return found


def _in(windows: Iterable[tuple[int, int]], pos: int) -> bool:
    return any(start <= pos <= end for start, end in windows)


@lru_cache(maxsize=8)
def _targets(genome: Genome, knowledge: Knowledge) -> Targets:
    places = Places.of(genome, knowledge)
    wide: list[Stretch] = [(chrom, start, end) for chrom, spans in places.interest.items() for start, end in spans]
    for gene in genome.panel_genes():
        own = places.spans.get(gene.name, gene)
        wide.append((own.chrom, own.start, own.end))
    wide += [(name, 1, genome.contig_lengths[name]) for name in COUNTED_WHOLE]
    exons = [
        (transcript.chrom, exon.start - EXON_MARGIN, exon.end + EXON_MARGIN)
        for gene in genome.panel_genes()
        if (transcript := genome.transcript(gene.name)) is not None
        for exon in transcript.exons
    ]
    return Targets(genome, _merged(wide), _merged(exons), _breaking(genome, knowledge, places))


def _merged(stretches: Iterable[Stretch]) -> Mapping[str, Merged]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    for chrom, start, end in sorted(stretches):
        starts, ends = found.setdefault(chrom, ([], []))
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return {chrom: Merged(starts, ends) for chrom, (starts, ends) in found.items()}


def _breaking(genome: Genome, knowledge: Knowledge, places: Places) -> Mapping[str, tuple[Breaking, ...]]:
    """Genes that the rules of rearrangements name by themselves: with any partner, or by a window of breakpoints."""
    sides: dict[str, set[Side]] = {}
    windows: dict[str, list[tuple[int, int]]] = {}
    for row in knowledge.rows(FusionRuleRow):
        if row.kind == "mimic":
            continue
        fives, threes = set(row.five_any), set(row.three_any)
        regions = [genome.region(name) for name in row.windows]
        partners = {name: side for pair in _pairs(row.id, knowledge) for name, side in zip(pair, (0, 1), strict=True)}
        for name in {*fives, *threes, *(region.gene for region in regions)}:
            gene = genome.gene(name)
            if gene is None:
                continue
            five = name in fives or partners.get(gene.name) == 0
            three = name in threes or partners.get(gene.name) == 1
            kept = sides.setdefault(gene.name, set())
            kept |= ({gene.five_prime_side} if five else set()) | ({gene.three_prime_side} if three else set())
        for region in regions:
            windows.setdefault(region.gene, []).append((region.start, region.end))
    found: dict[str, list[Breaking]] = {}
    for name, kept in sorted(sides.items()):
        own = genome.gene(name)
        assert own is not None
        gene = places.spans.get(name, own)
        found.setdefault(gene.chrom, []).append(Breaking(gene, frozenset(kept), tuple(windows.get(name, ()))))
    return {chrom: tuple(genes) for chrom, genes in found.items()}


def _pairs(rule: str, knowledge: Knowledge) -> list[tuple[str, str]]:
    """The pairs of a rule: those that it names, and the rows of its groups."""
    row = next(row for row in knowledge.rows(FusionRuleRow) if row.id == rule)
    groups = set(row.groups)
    listed = [(own.five_prime, own.three_prime) for own in knowledge.rows(FusionRow) if own.group in groups]
    return [*listed, *row.pairs]
