"""Which genes a junction joins: 5' and 3' partner by orientation, exons kept, reading frame.

A gene's 5' part lies to the left of a place inside it on the plus strand, to the right on the minus strand. A
junction makes `A::B` when it keeps the 5' part of A and the 3' part of B; the other way round it is the reciprocal.
Strands of reads play no part.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from annotate.genome import Gene, Genome, Transcript
from annotate.junctions import Hop, join, uncollected, walks
from annotate.knowledge import Knowledge
from annotate.model import Breakend, GenePair, Junction, Junctions, Side

Frame = Literal["in_frame", "out_of_frame", "unknown"]
ANY = ("various", "any", "*")


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the fusion table: what may be joined to what, and how far from the genes."""

    five: str
    three: str
    orientation_matters: bool
    upstream: int  # bases 5' of `three` in which a breakpoint still joins it
    around: int  # bases around both genes where an enhancer acts at a distance; 0 where orientation matters


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gene or locus that a breakend may belong to. `distance` is 0 within it."""

    name: str
    gene: Gene | None  # None for an IG or TR locus
    context: str  # gene, upstream, downstream, ig_tr
    distance: int = 0


Item = tuple[int, int, int, Gene | str]  # start, end, kind (0 locus, 1 gene, 2 window), what


@dataclass(frozen=True, slots=True)
class Stretches:
    """One contig cut where a gene, region, locus or window begins or ends; what lies over each stretch."""

    starts: Sequence[int]
    items: Sequence[Item]
    over: Sequence[tuple[int, ...]]  # items over each stretch, by number
    asked: dict[int, tuple[tuple[Candidate, ...], tuple[Gene, ...]]] = field(default_factory=dict)

    def at(self, index: int) -> tuple[tuple[Candidate, ...], tuple[Gene, ...]]:
        """What holds a stretch, and the genes whose window reaches it: worked out for stretches that are asked for."""
        found = self.asked.get(index)
        if found is None:
            found = self.asked[index] = _over([self.items[number] for number in self.over[index]])
        return found


@dataclass(frozen=True)
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
    stretches: dict[str, Stretches] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Places:
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


# ---------------------------------------------------------------- the public function


def place(junctions: Junctions, genome: Genome, knowledge: Knowledge) -> Junctions:
    """The same junctions with their gene pairs, the best oriented pair as `genes`, and its frame.

    Chains of junctions that lie close together are followed: a known pair that only the chain joins is added to
    the junction at its 5' end, with the junctions it passes in `via`.
    """
    places = Places.of(genome, knowledge)
    least = int(knowledge.value("junctions.min_reads"))
    with uncollected():
        chained = _chained(junctions, places, knowledge)
        placed = tuple(_placed(one, places, chained.get(one.id, ()), least) for one in junctions.junctions)
    return replace(junctions, junctions=placed)


def _placed(junction: Junction, places: Places, chained: Sequence[GenePair], least: int) -> Junction:
    flags = set(junction.flags)
    pairs = list(chained)
    if junction.right is not None:
        left, right = places.candidates(junction.left), places.candidates(junction.right)
        if left and right:
            if left[0].context == right[0].context == "ig_tr":
                flags.add("ig_tr_rearrangement")
            made = _pairs(places, junction, left, right)
            pairs += (
                [replace(pair, oriented=False, reciprocal=False, frame="unknown") for pair in made]
                if ("orientation_unknown" in flags)
                else made
            )
    reads = junction.reads
    if reads is not None and reads < least:
        flags.add("low_support")
    if chained:
        flags.add("chained")
    if not pairs and len(flags) == len(junction.flags):
        return junction
    pairs.sort(key=lambda pair: _rank(pair, places))
    best = next((pair for pair in pairs if pair.oriented and pair.five != pair.three), None)
    return replace(
        junction,
        pairs=tuple(pairs),
        genes=f"{best.five}::{best.three}" if best is not None else None,
        frame=best.frame if best is not None else None,
        flags=tuple(sorted(flags)),
    )


def _rank(pair: GenePair, places: Places) -> tuple[object, ...]:
    panel = sum(_panel(places, name) for name in (pair.five, pair.three))
    context = (pair.five_context == "gene") + (pair.three_context == "gene")
    frame = {"in_frame": 0, "unknown": 1, "out_of_frame": 2}[pair.frame]
    return (
        not (pair.known and pair.oriented),
        not pair.known,
        not pair.oriented,
        bool(pair.via),
        -panel,
        -context,
        frame,
        pair.five,
        pair.three,
    )


def _panel(places: Places, name: str) -> bool:
    gene = places.genome.gene(name)
    return gene is not None and gene.panel


# ---------------------------------------------------------------- pairs of two breakends


def pairs_of(places: Places, left: Breakend, right: Breakend) -> list[GenePair]:
    """Every pair that a junction of these two breakends makes, in both directions."""
    return _pairs(places, join(left, right), places.candidates(left), places.candidates(right))


def _pairs(places: Places, junction: Junction, left: Sequence[Candidate], right: Sequence[Candidate]) -> list[GenePair]:
    if junction.right is None:
        return []
    found: list[GenePair] = []
    lefts, rights = [End(c, junction.left) for c in left], [End(c, junction.right) for c in right]
    for a in lefts:
        for b in rights:
            found += _pair(places, a, b, junction)
    return found


@dataclass(frozen=True, slots=True)
class End:
    """A breakend seen as the end of one gene."""

    of: Candidate
    at: Breakend

    @property
    def keeps_five_prime(self) -> bool:
        return self.of.gene is not None and self.at.keeps == self.of.gene.five_prime_side

    @property
    def keeps_three_prime(self) -> bool:
        return self.of.gene is not None and self.at.keeps == self.of.gene.three_prime_side


def _pair(places: Places, a: End, b: End, junction: Junction) -> Iterator[GenePair]:
    if a.of.gene is None and b.of.gene is None:
        return
    if a.of.name == b.of.name:
        five, three = (a, b) if a.keeps_five_prime else (b, a)
        yield _made(places, five, three, five.keeps_five_prime and three.keeps_three_prime, False, junction, None)
        return
    for five, three in ((a, b), (b, a)):
        if three.of.gene is None:
            continue  # an IG or TR locus activates; it is never the 3' partner
        known = places.pair(five.of.name, three.of.name)
        if not _within_reach(five, three, known):
            continue
        free = five.of.gene is None or (known is not None and not known.orientation_matters)
        oriented = free or (five.keeps_five_prime and three.keeps_three_prime)
        reciprocal = not free and five.keeps_three_prime and three.keeps_five_prime
        yield _made(places, five, three, oriented, reciprocal, junction, known)


def _within_reach(five: End, three: End, known: Known | None) -> bool:
    """A breakend outside a gene belongs to it only within the window of a known pair."""
    if five.of.distance == 0 and three.of.distance == 0:
        return True
    if known is None:
        return False
    five_reach = known.around
    three_reach = max(known.around, known.upstream if three.of.context == "upstream" else 0)
    return five.of.distance <= five_reach and three.of.distance <= three_reach


def _made(
    places: Places,
    five: End,
    three: End,
    oriented: bool,
    reciprocal: bool,
    junction: Junction,
    known: Known | None,
) -> GenePair:
    frame: Frame = "unknown"
    if oriented and junction.precise and five.of.context == "gene" and three.of.context == "gene":
        frame = _frame(places, five, three, len(junction.inserted_sequence))
    return GenePair(
        five=five.of.name,
        three=three.of.name,
        oriented=oriented,
        reciprocal=reciprocal,
        five_exon=_last_kept(places, five),
        three_exon=_first_kept(places, three),
        frame=frame,
        five_context=five.of.context,
        three_context=three.of.context,
        known=known is not None,
    )


# ---------------------------------------------------------------- exons and frame


def _transcript(places: Places, end: End) -> Transcript | None:
    return places.genome.transcript(end.of.name) if end.of.gene is not None else None


def _base(places: Places, end: End) -> int:
    return to_x(places.genome, end.at.chrom, end.at.pos)[1]


def _last_kept(places: Places, five: End) -> int | None:
    """The last exon of the kept 5' part."""
    transcript = _transcript(places, five)
    if transcript is None or not five.keeps_five_prime:
        return None
    kept = transcript.exons_kept(_base(places, five), five.at.keeps)
    return max(kept) if kept else None


def _first_kept(places: Places, three: End) -> int | None:
    """The first exon of the kept 3' part that can be spliced to.

    Exon 1 has no acceptor site: with a breakpoint before or in exon 1's intron the product begins with exon 2
    (BCR::ABL1 with a2, whatever first exon ABL1's transcript has). With the breakpoint upstream of the gene it is
    kept whole.
    """
    transcript = _transcript(places, three)
    if transcript is None or not three.keeps_three_prime:
        return None
    kept = transcript.exons_kept(_base(places, three), three.at.keeps)
    if not kept:
        return None
    first = min(kept)
    return 2 if first == 1 and three.of.context == "gene" and len(transcript.exons) > 1 else first


def _frame(places: Places, five: End, three: End, inserted: int) -> Frame:
    """By coding bases: of the 5' part up to the junction and of the 3' gene before it, equal modulo 3.

    Known for two introns (spliced) and for two exons (read through, with the inserted bases); otherwise which exon
    is skipped cannot be told from DNA. Unknown too where either coding part is missing or its model incomplete.
    """
    a, b = _transcript(places, five), _transcript(places, three)
    if a is None or b is None or a.coding_length % 3 or b.coding_length % 3:
        return "unknown"  # a model that does not end on a codon lacks exons (CRLF2 in GRCh37)
    a_pos, b_pos = _base(places, five), _base(places, three)
    a_exon, b_exon = a.exon_at(a_pos), b.exon_at(b_pos)
    if (a_exon is None) != (b_exon is None):
        return "unknown"
    if a_exon is None:
        before = a.coding_bases_kept(a_pos, five.at.keeps)
        first = _first_kept(places, three)
        skipped = sum(exon.coding_length for exon in b.exons if first is not None and exon.rank < first)
        if _last_kept(places, five) == len(a.exons):
            return "unknown"
    else:
        before = a.coding_bases_kept(a_pos, five.at.keeps) + inserted
        skipped = b.coding_length - b.coding_bases_kept(b_pos, three.at.keeps)
    if before == 0 or skipped == 0 or skipped >= b.coding_length or before - inserted >= a.coding_length:
        return "unknown"
    return "in_frame" if before % 3 == skipped % 3 else "out_of_frame"


# ---------------------------------------------------------------- chains


def _chained(junctions: Junctions, places: Places, knowledge: Knowledge) -> Mapping[str, list[GenePair]]:
    """Known pairs that only a chain of junctions makes, by the junction at the 5' end."""
    if not junctions.chains:
        return {}
    members = {id for chain in junctions.chains for id in chain}
    chosen = [junction for junction in junctions.junctions if junction.id in members]
    distance, longest = int(knowledge.value("junctions.chain_distance")), int(knowledge.value("junctions.chain_length"))
    found: dict[str, list[GenePair]] = {}
    for walk in walks(chosen, distance, longest):
        for pair, way in _walk_pairs(places, walk):
            found.setdefault(way[0].junction.id, []).append(
                replace(pair, via=tuple(hop.junction.id for hop in way), frame=pair.frame)
            )
    return {id: list(dict.fromkeys(pairs)) for id, pairs in found.items()}


def _walk_pairs(places: Places, walk: tuple[Hop, ...]) -> Iterator[tuple[GenePair, tuple[Hop, ...]]]:
    start, end = walk[0].enters, walk[-1].leaves
    back = tuple(Hop(hop.junction, hop.leaves, hop.enters) for hop in reversed(walk))
    for pair in pairs_of(places, start, end):
        if not pair.oriented or not pair.known or pair.five == pair.three:
            continue
        starts_at_five = any(candidate.name == pair.five for candidate in places.candidates(start))
        yield pair, walk if starts_at_five else back


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
    )


def _known(genome: Genome, knowledge: Knowledge) -> Iterator[Known]:
    upstream = int(knowledge.value("junctions.upstream_window"))
    enhancer = int(knowledge.value("junctions.enhancer_window"))
    own_three, own_five = _own_windows(knowledge, "three"), _own_windows(knowledge, "five")
    for row in knowledge.table("fusions"):
        five, three = (_symbol(genome, row[column]) for column in ("five_prime", "three_prime"))
        matters = row["orientation_matters"] != "no"
        reach = own_three.get(three) or own_five.get(five) or upstream
        around = 0 if matters else own_three.get(three, enhancer)
        yield Known(five, three, matters, reach, around)


def _own_windows(knowledge: Knowledge, part: str) -> Mapping[str, int]:
    """Windows of single genes: thresholds `junctions.three_window.CRLF2` and the like."""
    prefix = f"junctions.{part}_window."
    ids = [row["id"] for row in knowledge.table("thresholds") if row["id"].startswith(prefix)]
    return {id.removeprefix(prefix): int(knowledge.value(id)) for id in ids}


def _symbol(genome: Genome, name: str) -> str:
    return ANY[0] if name.lower() in ANY else genome.symbol(name)


def _spans(genome: Genome, knowledge: Knowledge) -> Mapping[str, Gene]:
    """Genes by the span in which a breakpoint belongs to them, where the annotation's span is longer.

    Ensembl counts read-through transcripts as part of a gene: RUNX1 reaches 955 kb beyond its first promoter, and
    FIP1L1 in GRCh37 reaches into PDGFRA. Panel genes are cut to their transcript and `junctions.beyond_transcript` on
    each side; others are in the table `gene_spans`.
    """
    beyond = int(knowledge.value("junctions.beyond_transcript"))
    found = {}
    for gene in genome.panel_genes():
        transcript = genome.transcript(gene.name)
        if transcript is None:
            continue
        start = max(gene.start, min(exon.start for exon in transcript.exons) - beyond)
        end = min(gene.end, max(exon.end for exon in transcript.exons) + beyond)
        if (start, end) != (gene.start, gene.end) and start < end:
            found[gene.name] = replace(gene, start=start, end=end)
    for row in knowledge.table("gene_spans"):
        own = genome.gene(row["gene"])
        if own is not None and row["assembly"] == genome.assembly:
            found[own.name] = replace(own, start=int(row["start"]), end=int(row["end"]))
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
    annotated = genome.genes_between(chrom, 1, genome.contig_lengths.get(chrom, 0))
    items += [(g.start, g.end, 1, g) for g in (places.spans.get(own.name, own) for own in annotated)]
    items += [(start, end, 1, gene) for start, end, gene in places.regions.get(chrom, ())]
    items += [(start, end, 2, gene) for start, end, gene in places.near.get(chrom, ())]
    changes: dict[int, list[tuple[bool, int]]] = {1: []}
    for number, (start, end, _, _) in enumerate(items):
        changes.setdefault(start, []).append((True, number))
        changes.setdefault(end + 1, []).append((False, number))
    over: set[int] = set()
    starts, held = sorted(changes), []
    for start in starts:
        for begins, number in changes[start]:
            (over.add if begins else over.discard)(number)
        held.append(tuple(sorted(over)))
    return Stretches(starts, items, held)


def _over(items: Sequence[Item]) -> tuple[tuple[Candidate, ...], tuple[Gene, ...]]:
    loci = [item[3] for item in items if isinstance(item[3], str)]
    segments = tuple(part for locus in loci for part in locus.split("/"))
    genes = {gene.name: gene for _, _, kind, gene in items if kind == 1 and isinstance(gene, Gene)}
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
    pairs: dict[str, dict[str, tuple[int, int]]] = {}
    for region in genome.par:
        pairs.setdefault(region.name, {})[region.chrom] = (region.start, region.end)
    for ends in pairs.values():
        if "X" in ends and "Y" in ends and ends["Y"][0] <= pos <= ends["Y"][1]:
            return "X", ends["X"][0] + pos - ends["Y"][0]
    return chrom, pos


def kept_side(gene: Gene, part: Literal["five", "three"]) -> Side:
    """The side that a breakend inside a gene must keep to keep its 5' or 3' part."""
    return gene.five_prime_side if part == "five" else gene.three_prime_side
