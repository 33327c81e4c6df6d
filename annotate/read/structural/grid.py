"""Stretches of the genome that a structural variant must touch to concern a lesion, looked up by position alone.

Every contig is cut where anything begins or ends; a stretch bears what holds over it as bits, so that an end of a
junction costs one bisection. Places of Y that pair with X bear what their partner on X bears.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotate.base.frozen import frozen
from annotate.base.intervals import Interval
from annotate.model.junctions import Side
from annotate.read.structural.drafts import LOCAL
from annotate.reference.genome import Genome
from annotate.reference.places import par_pairs

COUNTED_WHOLE = ("21",)  # chromosomes of which every long junction counts: the pattern of iAMP21

WIDE = 1  # a gene, region or locus of a lesion
REACH = 2  # the same, or a window in which an enhancer acts at a distance
BROKEN = 4  # a gene whose break makes a rearrangement, whatever side is kept
BREAKS: Mapping[Side | None, int] = {"L": 8, "R": 16, None: 24}  # by the side that such a break keeps; None: unknown

Place = tuple[str | None, int, Side | None]  # contig (None: no assembled chromosome), base, side that is kept


@frozen
class Merged:
    """Disjoint stretches of one contig."""

    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def meets(self, start: int, end: int) -> bool:
        """Does start … end share a base with any of them?"""
        index = bisect_right(self.starts, end) - 1
        return index >= 0 and self.ends[index] >= start


@frozen
class Marked:
    """One contig in stretches: where each begins, and its bits."""

    starts: Sequence[int] = (0,)
    bits: Sequence[int] = (0,)

    def at(self, pos: int) -> int:
        """The bits of a base."""
        return self.bits[bisect_right(self.starts, pos) - 1]


@frozen
class Stretches:
    """What a grid is made of: intervals of every bit, and exons (with promoters) of the panel."""

    marks: Mapping[int, Sequence[Interval]]
    exons: Sequence[Interval]


@frozen
class Grid:
    """One assembly's stretches. `slack`: bases by which they are longer at either end than what they are made of."""

    marks: Mapping[str, Marked]
    wide: Mapping[str, Merged]
    exons: Mapping[str, Merged]
    slack: int = 0

    @staticmethod
    def of(genome: Genome, stretches: Stretches, slack: int = 0) -> Grid:
        """With a `slack`, a grid for positions that are not exact."""
        marks = {bit: tuple(_wider(genome, found, slack)) for bit, found in stretches.marks.items()}
        return Grid(
            marks=_marked(marks),
            wide=merged(marks.get(WIDE, ())),
            exons=merged(_wider(genome, stretches.exons, slack)),
            slack=slack,
        )

    def at(self, chrom: str | None, pos: int) -> int:
        """The bits of a place; none on other contigs."""
        marked = self.marks.get(chrom) if chrom is not None else None
        return marked.at(pos) if marked is not None else 0

    def joined(self, one: Place, other: Place) -> bool:
        """Can a junction of two places concern a lesion? Where a side is not known, whatever it is.

        A deletion by what lies within it (a local one, as a local duplication, by its exons), a junction of
        chromosome 21 always, any other by its ends: both where known partners or enhancers reach, or one that breaks a
        gene as its fusions do.
        """
        chrom, pos, keeps = one
        far_chrom, far_pos, far_keeps = other
        if chrom == far_chrom and chrom is not None:
            if pos > far_pos:
                pos, keeps, far_pos, far_keeps = far_pos, far_keeps, pos, keeps
            known = keeps is not None and far_keeps is not None
            lengthwise = known and keeps != far_keeps
            if lengthwise and abs(far_pos - pos - LOCAL) < 2 * self.slack:
                return True
            local = lengthwise and far_pos - pos <= LOCAL
            if local or (keeps, far_keeps) == ("L", "R"):
                return self.touched(chrom, pos, far_pos, local=local)
            if chrom in COUNTED_WHOLE or (not known and self.touched(chrom, pos, far_pos, local=False)):
                return True
        first, second = self.at(chrom, pos), self.at(far_chrom, far_pos)
        if not (first or second):
            return False
        if (first & WIDE and second & REACH) or (second & WIDE and first & REACH):
            return True
        return bool(first & BREAKS[keeps] or second & BREAKS[far_keeps])

    def broken(self, chrom: str | None, pos: int) -> bool:
        """Does a break at the place, whatever it joins, leave a question about a lesion?"""
        return bool(self.at(chrom, pos) & BROKEN)

    def touched(self, chrom: str, start: int, end: int, *, local: bool) -> bool:
        """Can a variant over start … end concern a lesion? A `local` one (short, within a gene) only at an exon."""
        places = (self.exons if local else self.wide).get(chrom)
        return places is not None and places.meets(start - 1, end + 1)


def merged(stretches: Iterable[Interval]) -> Mapping[str, Merged]:
    """By contig: the same bases in disjoint stretches, in order."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for chrom, start, end in sorted(stretches):
        starts, ends = found.setdefault(chrom, ([], []))
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return {chrom: Merged(starts, ends) for chrom, (starts, ends) in found.items()}


def _wider(genome: Genome, stretches: Iterable[Interval], slack: int) -> Iterator[Interval]:
    """Each stretch with its slack, and its alias on Y where it lies in a pseudoautosomal region of X."""
    pairs = par_pairs(genome)
    for own in stretches:
        yield Interval(own.chrom, own.start - slack, own.end + slack)
        for x, y in pairs:
            if own.touches(x):
                start, end = max(own.start, x.start), min(own.end, x.end)
                yield Interval(y.chrom, start - x.start + y.start - slack, end - x.start + y.start + slack)


def _marked(marks: Mapping[int, Iterable[Interval]]) -> Mapping[str, Marked]:
    """Every contig cut where the bits change."""
    changes: dict[str, dict[int, int]] = {}
    for bit, stretches in marks.items():
        for chrom, own in merged(stretches).items():  # disjoint: a bit is set and taken away in turn
            found = changes.setdefault(chrom, {})
            for start, end in zip(own.starts, own.ends, strict=True):
                found[start] = found.get(start, 0) ^ bit
                found[end + 1] = found.get(end + 1, 0) ^ bit
    return {chrom: _cut(found) for chrom, found in changes.items()}


def _cut(changes: Mapping[int, int]) -> Marked:
    starts, bits, held = [-(1 << 60)], [0], 0
    for start in sorted(changes):
        held ^= changes[start]
        starts.append(start)
        bits.append(held)
    return Marked(starts, bits)
