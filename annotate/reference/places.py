"""Places of a junction's ends: genes, windows and regions of interest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from operator import itemgetter

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.rearrangements import FusionRow, GeneSpanRow
from annotate.knowledge.specs.thresholds import ThresholdRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend
from annotate.reference.features import Gene
from annotate.reference.genome import Genome
from annotate.reference.intervals import Overlaps

ANY = ("various", "any", "*")


@frozen
class Known:
    """A row of the fusion table: what may be joined to what, and how far from the genes."""

    five: str
    three: str
    orientation_matters: bool
    upstream: int  # bases 5' of `three` in which a breakpoint still joins it
    around: int  # bases around both genes where an enhancer acts at a distance; 0 where orientation matters


@frozen
class Candidate:
    """A gene or locus that a breakend may belong to. `distance` is 0 within it."""

    name: str
    gene: Gene | None  # None for an IG or TR locus
    context: str  # gene, upstream, downstream, ig_tr
    distance: int = 0


Item = tuple[int, int, int, Gene | str]  # start, end, kind (0 locus, 1 gene, 2 window), what: a name, or the gene
Numbered = tuple[int, Item]


@frozen
class Stretches:
    """One contig cut where a gene, region, locus or window begins or ends; what lies over each stretch."""

    genome: Genome
    starts: Sequence[int]
    items: Overlaps[Numbered]
    asked: dict[int, tuple[tuple[Candidate, ...], tuple[Gene, ...]]] = field(default_factory=dict)

    def at(self, index: int) -> tuple[tuple[Candidate, ...], tuple[Gene, ...]]:
        """What holds a stretch, and the genes whose window reaches it: worked out for stretches that are asked for."""
        found = self.asked.get(index)
        if found is None:
            pos = self.starts[index]
            over = sorted(self.items.overlapping(pos, pos), key=itemgetter(0))
            found = self.asked[index] = _over([item for _, item in over], self.genome)
        return found


@frozen(slots=False)
class Places:
    """Genes, loci and regions of one assembly as breakpoints see them."""

    genome: Genome
    known: Mapping[tuple[str, str], Known]
    any_partner: frozenset[str]  # 5' genes known to fuse with many
    families: tuple[str, ...]  # 3' names that stand for a cluster of genes (HOXA)
    near: Mapping[str, tuple[tuple[int, int, Gene], ...]]  # by contig: windows around known 3' genes and enhancers
    interest: Mapping[str, tuple[tuple[int, int], ...]]  # by contig: merged intervals
    regions: Mapping[str, tuple[tuple[int, int, Gene], ...]]
    spans: Mapping[str, Gene]  # genes whose annotated span is longer than the gene that breaks
    around: Mapping[str, int]  # genes that an enhancer activates: bases around each within which it acts
    stretches: dict[str, Stretches] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Places:
        """Where genes and regions of junctions lie; made once a genome and knowledge."""
        return _places(genome, knowledge)

    def of_interest(self, left: Breakend, right: Breakend | None) -> bool:
        """Do both ends lie where a known fusion or lesion has its breakpoints?"""
        return right is not None and all(self._interesting(end) for end in (left, right))

    def _interesting(self, end: Breakend) -> bool:
        chrom, pos = to_x(self.genome, end.chrom, end.pos)
        intervals = self.interest.get(chrom, ())
        index = bisect_right(intervals, (pos, 1 << 60)) - 1
        return index >= 0 and intervals[index][1] >= pos

    def candidates(self, end: Breakend) -> tuple[Candidate, ...]:
        """Every gene or locus that a breakend at this place may belong to, the nearest first."""
        chrom, pos = to_x(self.genome, end.chrom, end.pos)
        if chrom not in self.stretches:
            self.stretches[chrom] = _stretches(self, chrom)
        stretches = self.stretches[chrom]
        index = bisect_right(stretches.starts, pos) - 1
        if index < 0:
            return ()
        within, beside = stretches.at(index)
        return within + tuple(_beside(gene, pos) for gene in beside) if beside else within

    def pair(self, five: str, three: str) -> Known | None:
        """The table's row for five::three, also through a cluster's name (HOXA) or 'various'."""
        found = self.known.get((five, three))
        if found is not None:
            return found
        if three.startswith(self.families):
            for family in self.families:
                if three.startswith(family) and (five, family) in self.known:
                    return self.known[five, family]
        return self.known.get((five, ANY[0])) if five in self.any_partner else None


# ---------------------------------------------------------------- tables


@lru_cache(maxsize=8)
def _places(genome: Genome, knowledge: Knowledge) -> Places:
    known = {(row.five, row.three): row for row in _known(genome, knowledge)}
    spans = _spans(genome, knowledge)
    regions = _region_genes(genome)
    return Places(
        genome=genome,
        known=known,
        any_partner=frozenset(five for five, three in known if three == ANY[0]),
        families=tuple(sorted({three for _, three in known if genome.gene(three) is None and three != ANY[0]})),
        near=_windows(genome, known.values(), spans),
        interest=_interest(genome, known.values(), spans),
        regions=regions,
        spans=spans,
        around={
            gene.name: row.around for row in known.values() if row.around for gene in _genes_named(genome, row.three)
        },
    )


def _known(genome: Genome, knowledge: Knowledge) -> Iterator[Known]:
    upstream = knowledge.value(cutoffs.JUNCTIONS_UPSTREAM_WINDOW)
    enhancer = knowledge.value(cutoffs.JUNCTIONS_ENHANCER_WINDOW)
    own_three, own_five = _own_windows(knowledge, "three"), _own_windows(knowledge, "five")
    for row in knowledge.rows(FusionRow):
        five, three = _symbol(genome, row.five_prime), _symbol(genome, row.three_prime)
        matters = row.orientation_matters
        reach = own_three.get(three) or own_five.get(five) or upstream
        around = 0 if matters else own_three.get(three, enhancer)
        yield Known(five, three, matters, reach, around)


def _own_windows(knowledge: Knowledge, part: str) -> Mapping[str, int]:
    """Windows of single genes: thresholds `junctions.three_window.CRLF2` and the like."""
    prefix = f"junctions.{part}_window."
    rows = (row for row in knowledge.rows(ThresholdRow) if row.id.startswith(prefix))
    return {row.id.removeprefix(prefix): int(row.value) for row in rows}


def _symbol(genome: Genome, name: str) -> str:
    return ANY[0] if name.lower() in ANY else genome.symbol(name)


def _spans(genome: Genome, knowledge: Knowledge) -> Mapping[str, Gene]:
    """Genes by the span in which a breakpoint belongs to them, where the annotation's span is longer.

    Ensembl counts read-through transcripts as part of a gene: RUNX1 reaches 955 kb beyond its first promoter, and
    FIP1L1 in GRCh37 reaches into PDGFRA. Panel genes are cut to their transcript and `junctions.beyond_transcript` on
    each side; others are in the table `gene_spans`.
    """
    beyond = knowledge.value(cutoffs.JUNCTIONS_BEYOND_TRANSCRIPT)
    found = {}
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        if transcript is None:
            continue
        start = max(gene.start, min(exon.start for exon in transcript.exons) - beyond)
        end = min(gene.end, max(exon.end for exon in transcript.exons) + beyond)
        if (start, end) != (gene.start, gene.end) and start < end:
            found[gene.name] = replace(gene, start=start, end=end)
    for row in knowledge.rows(GeneSpanRow):
        own = genome.gene(row.gene)
        if own is not None and row.assembly == genome.assembly:
            found[own.name] = replace(own, start=row.start, end=row.end)
    return found


def _windows(
    genome: Genome, known: Iterable[Known], spans: Mapping[str, Gene]
) -> Mapping[str, tuple[tuple[int, int, Gene], ...]]:
    """By contig: the widest window of each gene in which a breakend outside it may still belong to it."""
    reach: dict[str, tuple[int, int]] = {}
    for row in known:
        for gene in _genes_named(genome, row.three):
            up, down = reach.get(gene.name, (0, 0))
            reach[gene.name] = (max(up, row.upstream, row.around), max(down, row.around))
        if row.around:
            for gene in _genes_named(genome, row.five):
                up, down = reach.get(gene.name, (0, 0))
                reach[gene.name] = (max(up, row.around), max(down, row.around))
    found: dict[str, list[tuple[int, int, Gene]]] = {}
    for name, (up, down) in reach.items():
        own = spans.get(name) or genome.gene(name)
        if own is not None:
            before, after = (up, down) if own.strand == "+" else (down, up)
            found.setdefault(own.chrom, []).append((own.start - before, own.end + after, own))
    return {chrom: tuple(sorted(windows, key=lambda w: w[:2])) for chrom, windows in found.items()}


def _genes_named(genome: Genome, name: str) -> Sequence[Gene]:
    own = genome.gene(name)
    if own is not None:
        return (own,)
    return [gene for gene in genome.panel_genes() if name != ANY[0] and gene.name.startswith(name)]


def _region_genes(genome: Genome) -> Mapping[str, tuple[tuple[int, int, Gene], ...]]:
    """Breakpoint regions with their gene: some reach beyond the gene's transcript (ABL1 exon 1b)."""
    found: dict[str, list[tuple[int, int, Gene]]] = {}
    for region in genome.regions():
        gene = genome.gene(region.gene)
        if gene is not None and gene.chrom == region.chrom:
            found.setdefault(region.chrom, []).append((region.start, region.end, gene))
    return {chrom: tuple(regions) for chrom, regions in found.items()}


def _interest(
    genome: Genome, known: Iterable[Known], spans: Mapping[str, Gene]
) -> Mapping[str, tuple[tuple[int, int], ...]]:
    intervals: list[tuple[str, int, int]] = [(r.chrom, r.start, r.end) for r in genome.regions()]
    intervals += [(locus.chrom, locus.start, locus.end) for locus in genome.loci()]
    for row in known:
        for name, reach in ((row.five, 0), (row.three, row.upstream)):
            for gene in (spans.get(own.name, own) for own in _genes_named(genome, name)):
                before, after = (reach, 0) if gene.strand == "+" else (0, reach)
                intervals.append((gene.chrom, gene.start - before, gene.end + after))
    merged: dict[str, list[tuple[int, int]]] = {}
    for chrom, start, end in sorted(intervals):
        own = merged.setdefault(chrom, [])
        if own and start <= own[-1][1] + 1:
            own[-1] = (own[-1][0], max(end, own[-1][1]))
        else:
            own.append((start, end))
    return {chrom: tuple(own) for chrom, own in merged.items()}


def _stretches(places: Places, chrom: str) -> Stretches:
    """What lies where on a contig. Within a locus its own segments (IGHV3-23…) are not named besides it."""
    genome = places.genome
    items: list[Item] = []
    items += [(locus.start, locus.end, 0, locus.name) for locus in genome.loci() if locus.chrom == chrom]
    for start, end, symbol in genome.gene_spans(chrom):
        breaks = places.spans.get(symbol)
        items.append((start, end, 1, symbol) if breaks is None else (breaks.start, breaks.end, 1, breaks))
    items += [(start, end, 1, gene) for start, end, gene in places.regions.get(chrom, ())]
    items += [(start, end, 2, gene) for start, end, gene in places.near.get(chrom, ())]
    starts = {1, *(start for start, _, _, _ in items), *(end + 1 for _, end, _, _ in items)}
    return Stretches(
        genome, sorted(starts), Overlaps((item[0], item[1], (number, item)) for number, item in enumerate(items))
    )


def _over(items: Sequence[Item], genome: Genome) -> tuple[tuple[Candidate, ...], tuple[Gene, ...]]:
    loci = [what for _, _, kind, what in items if kind == 0 and isinstance(what, str)]
    segments = tuple(part for locus in loci for part in locus.split("/"))
    over = [genome.gene(what) if isinstance(what, str) else what for _, _, kind, what in items if kind == 1]
    genes = {gene.name: gene for gene in over if gene is not None}
    named = [Candidate(locus.partition("/")[0], None, "ig_tr") for locus in loci]
    named += [Candidate(n, genes[n], "gene") for n in sorted(genes) if not (segments and n.startswith(segments))]
    windows = {gene.name: gene for _, _, kind, gene in items if kind == 2 and isinstance(gene, Gene)}
    return tuple(named), tuple(windows[n] for n in sorted(windows) if n not in genes)


def _beside(gene: Gene, pos: int) -> Candidate:
    left = pos < gene.start
    distance = gene.start - pos if left else pos - gene.end
    upstream = left == (gene.strand == "+")
    return Candidate(gene.name, gene, "upstream" if upstream else "downstream", distance)


def to_x(genome: Genome, chrom: str, pos: int) -> tuple[str, int]:
    """A place in a pseudoautosomal region of Y as its alias on X; any other place unchanged."""
    if chrom != "Y":
        return chrom, pos
    for x, y in par_pairs(genome):
        if y.start <= pos <= y.end:
            return x.chrom, x.start + pos - y.start
    return chrom, pos


def par_pairs(genome: Genome) -> list[tuple[Interval, Interval]]:
    """The pseudoautosomal regions: each on X, and its alias on Y."""
    found: dict[str, dict[str, Interval]] = {}
    for region in genome.par:
        found.setdefault(region.name, {})[region.chrom] = Interval(region.chrom, region.start, region.end)
    return [(ends["X"], ends["Y"]) for ends in found.values() if {"X", "Y"} <= ends.keys()]
