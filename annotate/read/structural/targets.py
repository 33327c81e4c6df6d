"""Where a structural variant can touch a lesion: breaking genes for remarks, stretches of the genome for the sieve."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from annotate.base.intervals import Interval
from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow, RuleKind
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Side
from annotate.reference.defining import defining
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from annotate.reference.places import Places, to_x

COUNTED_WHOLE = ("21",)  # chromosomes of which every long junction counts: the pattern of iAMP21
EXON_MARGIN = 50
Place = tuple[str | None, int]


class Ends(Protocol):
    """A junction, or a draft of one."""

    @property
    def left(self) -> Breakend:
        """The first breakend."""

    @property
    def right(self) -> Breakend | None:
        """The second; None for a single breakend."""

    @property
    def is_local(self) -> bool:
        """Do both lie near each other on one chromosome?"""


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
    """A gene whose break can make a rearrangement: which of its parts a fusion keeps, and where it breaks.

    `around`: bases beside the gene in which a break brings an enhancer near; no side is the right one then.
    `many`: it rearranges with any partner, or its breakpoints have windows of their own.
    """

    gene: Gene
    sides: frozenset[Side]
    windows: tuple[tuple[int, int], ...]  # none: anywhere in the gene
    many: bool = True
    around: int = 0

    def holds(self, pos: int) -> bool:
        """Does a break at the position count for the gene?"""
        return self.gene.start - self.around <= pos <= self.gene.end + self.around or _in(self.windows, pos)


@dataclass(frozen=True)
class Targets:
    """One assembly's places.

    `wide`: genes, regions and loci of the lesions; `reach`: these and the windows in which an enhancer acts at a
    distance; `core`: genes that rearrange with any partner or have breakpoint regions; `exons`: those of the panel.
    """

    genome: Genome
    wide: Mapping[str, Merged]
    reach: Mapping[str, Merged]
    core: Mapping[str, Merged]
    exons: Mapping[str, Merged]
    breaking: Mapping[str, tuple[Breaking, ...]]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Targets:
        """Where junctions matter; made once a genome and knowledge."""
        return _targets(genome, knowledge)

    def joined(self, one: Place, other: Place) -> bool:
        """Can a junction of two places far apart concern a lesion, whatever sides it keeps?"""
        if _at(self.core, one) or _at(self.core, other):
            return True
        if _at(self.wide, one) and _at(self.reach, other):
            return True
        return _at(self.wide, other) and _at(self.reach, one)

    def concerns(self, one: Ends) -> bool:
        """Does a junction of a long file concern a lesion? Its sides are known here, so that more is asked.

        A deletion by what lies within it (a local one by its exons), a junction of chromosome 21 always, any other by
        its ends: both where known partners or enhancers reach, or one that breaks a gene as its fusions do.
        """
        left, right = one.left, one.right
        if right is None:
            return self._breaks(left)
        if left.chrom == right.chrom and (one.is_local or (left.keeps, right.keeps) == ("L", "R")):
            return self.touched(left.chrom, left.pos - 1, right.pos + 1, local=one.is_local)
        if left.chrom == right.chrom and left.chrom in COUNTED_WHOLE:
            return True
        ends = (left.chrom, left.pos), (right.chrom, right.pos)
        if any(_at(self.wide, a) and _at(self.reach, b) for a, b in (ends, ends[::-1])):
            return True
        return self._breaks(left) or self._breaks(right)

    def _breaks(self, end: Breakend) -> bool:
        return any(fits for _, fits in self.broken(end))

    def touched(self, chrom: str, start: int, end: int, *, local: bool) -> bool:
        """Can a variant over start … end concern a lesion? A `local` one (short, within a gene) only at an exon."""
        places = (self.exons if local else self.wide).get(chrom)
        return places is not None and places.meets(start, end)

    def broken(self, end: Breakend, *, many: bool = False) -> list[tuple[Gene, bool]]:
        """Genes that break at this end, each with whether the break is one that a fusion of it needs.

        `many`: only those that rearrange with many partners.
        """
        chrom, pos = to_x(self.genome, end.chrom, end.pos)
        found = []
        for own in self.breaking.get(chrom, ()):
            if not own.holds(pos):
                continue
            if many and not own.many:
                continue
            fits = end.keeps in own.sides and (not own.windows or _in(own.windows, pos))
            found.append((own.gene, fits))
        return found


def _at(places: Mapping[str, Merged], place: Place) -> bool:
    chrom, pos = place
    found = places.get(chrom) if chrom is not None else None
    return found is not None and found.meets(pos, pos)


def _in(windows: Iterable[tuple[int, int]], pos: int) -> bool:
    return any(start <= pos <= end for start, end in windows)


@lru_cache(maxsize=8)
def _targets(genome: Genome, knowledge: Knowledge) -> Targets:
    places = Places.of(genome, knowledge)
    wide = [Interval(chrom, start, end) for chrom, spans in places.interest.items() for start, end in spans]
    for gene in genome.panel_genes():
        own = places.spans.get(gene.name, gene)
        wide.append(Interval(own.chrom, own.start, own.end))
    wide += [Interval(name, 1, genome.contig_lengths[name]) for name in COUNTED_WHOLE]
    exons = [
        Interval(transcript.chrom, exon.start - EXON_MARGIN, exon.end + EXON_MARGIN)
        for gene in genome.panel_genes()
        if (transcript := genome.transcript(gene.name)) is not None
        for exon in transcript.exons
    ]
    promoters = list(_promoters(genome, knowledge))
    wide += promoters
    exons += promoters
    near = [Interval(chrom, start, end) for chrom, windows in places.near.items() for start, end, _ in windows]
    breaking = _breaking(genome, knowledge, places)
    owns = [own for genes in breaking.values() for own in genes if own.sides or own.windows]
    core = [Interval(own.gene.chrom, own.gene.start, own.gene.end) for own in owns]
    core += [Interval(region.chrom, region.start, region.end) for region in genome.regions()]
    core += [Interval(name, 1, genome.contig_lengths[name]) for name in COUNTED_WHOLE]
    return Targets(genome, _merged(wide), _merged([*wide, *near]), _merged(core), _merged(exons), breaking)


def _promoters(genome: Genome, knowledge: Knowledge) -> Iterator[Interval]:
    """Intervals whose deletion counts although no exon lies in them: thresholds `rearrangements.<gene>_upstream`."""
    prefix, suffix = "rearrangements.", "_upstream"
    for row in knowledge.rows(ThresholdRow):
        if not (row.id.startswith(prefix) and row.id.endswith(suffix)):
            continue
        gene = genome.gene(row.id.removeprefix(prefix).removesuffix(suffix).upper())
        if gene is None:
            continue
        upstream = int(row.value)
        inside = int(knowledge.threshold_named(row.id.removesuffix(suffix) + "_inside").value)
        if gene.strand == "+":
            yield Interval(gene.chrom, gene.start - upstream, gene.start + inside)
        else:
            yield Interval(gene.chrom, gene.end - inside, gene.end + upstream)


def _merged(stretches: Iterable[Interval]) -> Mapping[str, Merged]:
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
    """Genes that define a rearrangement (with any partner, by a window of breakpoints, as the side of few genes), and
    those that an enhancer activates at a distance."""
    sides: dict[str, set[Side]] = {}
    windows: dict[str, list[tuple[int, int]]] = {}
    many: set[str] = set()
    for rule in knowledge.rows(FusionRuleRow):
        if rule.kind is RuleKind.MIMIC:
            continue
        regions = [genome.region(name) for name in rule.windows]
        pairs = _pairs(rule, knowledge)
        fives = {*rule.five_any, *(five for five, _ in pairs)}
        threes = {*rule.three_any, *(three for _, three in pairs)}
        named = {*rule.five_any, *rule.three_any, *(region.gene for region in regions)}
        for name in defining(genome, named, pairs) - (places.around.keys() - named):
            gene = genome.gene(name)
            if gene is not None:
                many |= {gene.name} & named
                kept = sides.setdefault(gene.name, set())
                kept |= {gene.five_prime_side} if name in fives else set()
                kept |= {gene.three_prime_side} if name in threes else set()
        for region in regions:
            windows.setdefault(region.gene, []).append((region.start, region.end))
    for name in places.around:
        sides.setdefault(name, set())
    found: dict[str, list[Breaking]] = {}
    for name, kept in sorted(sides.items()):
        own = genome.gene(name)
        assert own is not None
        gene = places.spans.get(name, own)
        around = places.around.get(name, 0)
        span = tuple(windows.get(name, ()))
        found.setdefault(gene.chrom, []).append(Breaking(gene, frozenset(kept), span, name in many, around))
    return {chrom: tuple(genes) for chrom, genes in found.items()}


def _pairs(rule: FusionRuleRow, knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """The pairs of a rule: those that it names, and the rows of its groups."""
    listed = ((row.five_prime, row.three_prime) for row in knowledge.rows(FusionRow) if row.group in rule.groups)
    return (*rule.pairs, *listed)
