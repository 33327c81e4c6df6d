"""Where within its uncertainty a junction of an optical map joins two genes of a known fusion.

A map places a breakpoint by labels some kilobases apart. Where the label itself lies beside a gene, and a place within
the range makes a pair of the table in the right orientation, that place is taken and the junction says so by the
flag `place_within_range`. Nothing is moved for a pair that the table does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from annotate.breakpoints.breakends import name, precedes
from annotate.knowledge.specs.rearrangements import FusionRuleRow
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.name.partners.partners import pairs_of
from annotate.reference.genome import Genome
from annotate.reference.places import Places

OPTICAL = "optical_map"
Stretch = tuple[str, int, int]


def within_range(junctions: Junctions, genome: Genome, knowledge: Knowledge) -> Junctions:
    """The same junctions, those of optical maps at the place within their range that makes a known pair."""
    places = Places.of(genome, knowledge)
    windows = tuple(_windows(genome, knowledge))
    genes = tuple((gene.chrom, gene.start, gene.end) for gene in genome.panel_genes())
    return replace(
        junctions,
        junctions=tuple(
            _best(junction, places, windows, genes) if _movable(junction) else junction
            for junction in junctions.junctions
        ),
    )


def without_exons(junctions: Junctions) -> Junctions:
    """Labels do not tell which exons a junction of an optical map keeps, nor its frame."""
    return replace(junctions, junctions=tuple(_without_exons(junction) for junction in junctions.junctions))


def _without_exons(junction: Junction) -> Junction:
    if OPTICAL not in junction.flags or not junction.pairs:
        return junction
    pairs = tuple(replace(pair, five_exon=None, three_exon=None, frame="unknown") for pair in junction.pairs)
    return replace(junction, pairs=pairs, frame="unknown" if junction.frame is not None else None)


def _movable(junction: Junction) -> bool:
    return OPTICAL in junction.flags and junction.left_range != (0, 0) and "orientation_unknown" not in junction.flags


def _windows(genome: Genome, knowledge: Knowledge) -> Iterator[Stretch]:
    names = {name for rule in knowledge.rows(FusionRuleRow) for name in (*rule.regions, *rule.windows)}
    for name_ in sorted(names):
        region = genome.region(name_)
        yield region.chrom, region.start, region.end


def _best(junction: Junction, places: Places, windows: tuple[Stretch, ...], genes: tuple[Stretch, ...]) -> Junction:
    assert junction.right is not None
    ends = [
        _options(end, reach, windows, genes)
        for end, reach in ((junction.left, junction.left_range), (junction.right, junction.right_range))
    ]
    found = []
    for (left, left_in), (right, right_in) in product(*ends):
        if any(pair.known and pair.oriented for pair in pairs_of(places, *sorted_ends(left, right))):
            moved = abs(left.pos - junction.left.pos) + abs(right.pos - junction.right.pos)
            found.append((-(left_in + right_in), moved, left, right))
    if not found:
        return junction
    _, moved, left, right = min(found, key=lambda option: option[:2])
    if not moved:
        return junction
    flags = tuple(sorted({*junction.flags, "place_within_range"}))
    first, second = sorted_ends(left, right)
    return replace(junction, id=name(first, second), left=first, right=second, flags=flags)


def sorted_ends(left: Breakend, right: Breakend) -> tuple[Breakend, Breakend]:
    """Two ends in the order of a junction."""
    return (right, left) if precedes(right, left) else (left, right)


def _options(
    end: Breakend, reach: tuple[int, int], windows: tuple[Stretch, ...], genes: tuple[Stretch, ...]
) -> list[tuple[Breakend, int]]:
    """The label, and the nearest place of each window and gene within reach; 1 where it lies in a window."""
    low, high = end.pos + reach[0], end.pos + reach[1]
    found = {end.pos: int(any(c == end.chrom and s <= end.pos <= e for c, s, e in windows))}
    for stretches, counted in ((windows, 1), (genes, 0)):
        for chrom, start, stop in stretches:
            if chrom == end.chrom and start <= high and stop >= low:
                place = min(max(end.pos, start), stop)
                found[place] = max(found.get(place, 0), counted)
    return [(Breakend(end.chrom, pos, end.keeps), inside) for pos, inside in found.items()]
