"""Which genes a junction joins: 5' and 3' partner by orientation, exons kept, reading frame.

A gene's 5' part lies to the left of a place inside it on the plus strand, to the right on the minus strand. A
junction makes `A::B` when it keeps the 5' part of A and the 3' part of B; the other way round it is the reciprocal.
Strands of reads play no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from annotate.base.frozen import frozen
from annotate.base.garbage import uncollected
from annotate.breakpoints.breakends import join
from annotate.breakpoints.chains import Hop, walks
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, GenePair, Junction, Junctions
from annotate.reference.features import Transcript
from annotate.reference.genome import Genome
from annotate.reference.places import Candidate, Known, Places, to_x

Frame = Literal["in_frame", "out_of_frame", "unknown"]


# ---------------------------------------------------------------- the public function


def place(junctions: Junctions, genome: Genome, knowledge: Knowledge) -> Junctions:
    """The same junctions with their gene pairs, the best oriented pair as `genes`, and its frame.

    Chains of junctions that lie close together are followed: a known pair that only the chain joins is added to
    the junction at its 5' end, with the junctions it passes in `via`.
    """
    places = Places.of(genome, knowledge)
    least = knowledge.value(cutoffs.JUNCTIONS_MIN_READS)
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
            pairs += [_unoriented(pair, places) for pair in made] if "orientation_unknown" in flags else made
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


def _unoriented(pair: GenePair, places: Places) -> GenePair:
    """A pair of a junction whose sides are not known; where an enhancer acts at a distance they are not asked."""
    known = places.pair(pair.five, pair.three)
    if known is not None and not known.orientation_matters:
        return pair
    return replace(pair, oriented=False, reciprocal=False, frame="unknown")


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


@frozen
class End:
    """A breakend seen as the end of one gene."""

    of: Candidate
    at: Breakend

    @property
    def keeps_five_prime(self) -> bool:
        """Does the derivative keep the 5' part of the gene at this end?"""
        return self.of.gene is not None and self.at.keeps == self.of.gene.five_prime_side

    @property
    def keeps_three_prime(self) -> bool:
        """Does the derivative keep the 3' part of the gene at this end?"""
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
        five_exon=_last_kept(places, five, three),
        three_exon=_first_kept(places, three, five),
        frame=frame,
        five_context=five.of.context,
        three_context=three.of.context,
        known=known is not None,
    )


# ---------------------------------------------------------------- exons and frame


def _transcript(places: Places, end: End, beside: End) -> Transcript | None:
    """The transcript of the gene at an end. Outside the panel it matters beside a gene of the panel alone."""
    if end.of.gene is None:
        return None
    if end.of.gene.panel or beside.of.gene is None or not beside.of.gene.panel:
        return places.genome.transcript(end.of.name)
    return places.genome.coding_transcript(end.of.name)


def _base(places: Places, end: End) -> int:
    return to_x(places.genome, end.at.chrom, end.at.pos)[1]


def _last_kept(places: Places, five: End, three: End) -> int | None:
    """The last exon of the kept 5' part."""
    transcript = _transcript(places, five, three)
    if transcript is None or not five.keeps_five_prime:
        return None
    kept = transcript.exons_kept(_base(places, five), five.at.keeps)
    return max(kept) if kept else None


def _first_kept(places: Places, three: End, five: End) -> int | None:
    """The first exon of the kept 3' part that can be spliced to.

    Exon 1 has no acceptor site: with a breakpoint before or in exon 1's intron the product begins with exon 2
    (BCR::ABL1 with a2, whatever first exon ABL1's transcript has). With the breakpoint upstream of the gene it is
    kept whole.
    """
    transcript = _transcript(places, three, five)
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
    a, b = _transcript(places, five, three), _transcript(places, three, five)
    if a is None or b is None or a.coding_length % 3 or b.coding_length % 3:
        return "unknown"  # a model that does not end on a codon lacks exons (CRLF2 in GRCh37)
    a_pos, b_pos = _base(places, five), _base(places, three)
    a_exon, b_exon = a.exon_at(a_pos), b.exon_at(b_pos)
    if (a_exon is None) != (b_exon is None):
        return "unknown"
    if a_exon is None:
        before = a.coding_bases_kept(a_pos, five.at.keeps)
        first = _first_kept(places, three, five)
        skipped = sum(exon.coding_length for exon in b.exons if first is not None and exon.rank < first)
        if _last_kept(places, five, three) == len(a.exons):
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
    distance, longest = (
        knowledge.value(cutoffs.JUNCTIONS_CHAIN_DISTANCE),
        knowledge.value(cutoffs.JUNCTIONS_CHAIN_LENGTH),
    )
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
