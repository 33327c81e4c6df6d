"""Where a structural variant can touch a lesion: breaking genes for remarks, stretches of the genome for long files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.knowledge.specs.rearrangements import FusionRow, FusionRuleRow, RuleKind
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Side
from annotate.read.structural.drafts import Draft
from annotate.read.structural.grid import BREAKS, BROKEN, COUNTED_WHOLE, REACH, WIDE, Grid, Stretches
from annotate.reference.defining import defining
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from annotate.reference.places import Places, to_x

EXON_MARGIN = 50
SLACK = 2


@frozen
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


@frozen(slots=False)
class Targets:
    """One assembly's places: genes that break, and the stretches of the genome that concern a lesion."""

    genome: Genome
    breaking: Mapping[str, tuple[Breaking, ...]]
    stretches: Stretches

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Targets:
        """Where junctions matter; made once a genome and knowledge."""
        return _targets(genome, knowledge)

    @cached_property
    def grid(self) -> Grid:
        """The stretches as they are."""
        return Grid.of(self.genome, self.stretches)

    @cached_property
    def rough(self) -> Grid:
        """The stretches for positions as records write them, which a reader moves by a base or two."""
        return Grid.of(self.genome, self.stretches, slack=SLACK)

    def concerns(self, one: Draft) -> bool:
        """Does a junction of a long file concern a lesion? See `Grid.joined`; of a single breakend its gene decides."""
        left, right = one.left, one.right
        if right is None:
            return self.grid.broken(left.chrom, left.pos)
        if "orientation_unknown" in one.flags:
            return self.grid.joined((left.chrom, left.pos, None), (right.chrom, right.pos, None))
        return self.grid.joined((left.chrom, left.pos, left.keeps), (right.chrom, right.pos, right.keeps))

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
    exons += _promoters(genome, knowledge)
    wide += exons
    near = [Interval(chrom, start, end) for chrom, windows in places.near.items() for start, end, _ in windows]
    breaking = _breaking(genome, knowledge, places)
    marks = {WIDE: wide, REACH: [*wide, *near], **_breaks(breaking)}
    return Targets(genome, breaking, Stretches(marks, exons))


def _breaks(breaking: Mapping[str, tuple[Breaking, ...]]) -> Mapping[int, list[Interval]]:
    """Where genes break, and where a break that keeps a side is one that a fusion needs, by bit."""
    found: dict[int, list[Interval]] = {BROKEN: [], BREAKS["L"]: [], BREAKS["R"]: []}
    for own in (own for genes in breaking.values() for own in genes):
        windows = [Interval(own.gene.chrom, start, end) for start, end in own.windows]
        whole = Interval(own.gene.chrom, own.gene.start - own.around, own.gene.end + own.around)
        found[BROKEN] += [whole, *windows]
        for side in own.sides:
            found[BREAKS[side]] += windows or [whole]
    return found


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
