"""Breakends and the junctions that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from annotate.base.frozen import frozen
from annotate.model.remark import Remark
from annotate.model.sample import InputFile

Side = Literal["L", "R"]


# ---------------------------------------------------------------- junctions


@frozen
class Breakend:
    """One side of a junction: the base at `pos` is the last one kept, on the left or the right of it."""

    chrom: str
    pos: int
    keeps: Side


@frozen
class GenePair:
    """What a junction makes of two genes: `five`::`three`, with the exons each side keeps."""

    five: str
    three: str
    oriented: bool  # 5' part of `five` joined to 3' part of `three`
    reciprocal: bool = False  # 5' part of `three` joined to 3' part of `five`
    five_exon: int | None = None  # last exon of `five` that is kept
    three_exon: int | None = None  # first exon of `three` that is kept
    frame: Literal["in_frame", "out_of_frame", "unknown"] = "unknown"
    five_context: str = "gene"  # gene, upstream, downstream, ig_tr
    three_context: str = "gene"
    known: bool = False  # five::three is a row of the knowledge table of fusions
    via: tuple[str, ...] = ()  # ids of the junctions of a chain that joins the two, in order from `five`


@frozen
class Junction:
    """Two breakends joined in the leukaemia. `left` is the one with the lower (chromosome, position)."""

    id: str
    left: Breakend
    right: Breakend | None  # None: single breakend, the partner is unknown
    svtype: str = "BND"
    genes: str | None = None  # the best oriented pair, 'A::B'
    pairs: tuple[GenePair, ...] = ()
    frame: str | None = None
    split_reads: int | None = None
    paired_reads: int | None = None
    support: int | None = None  # reads in all where the caller gives only one number
    vaf: float | None = None
    depth: int | None = None
    inserted_sequence: str = ""
    homology: str = ""
    left_range: tuple[int, int] = (0, 0)  # confidence interval around pos (CIPOS)
    right_range: tuple[int, int] = (0, 0)
    precise: bool = True
    filter: str | None = None
    callers: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def reads(self) -> int | None:
        """Split reads and pairs together, else the support that the caller gives as one number."""
        known = [n for n in (self.split_reads, self.paired_reads) if n is not None]
        return sum(known) if known else self.support


@frozen(slots=False)
class Junctions:
    """Everything the structural-variant inputs say."""

    junctions: tuple[Junction, ...]
    inputs: tuple[InputFile, ...]
    callers: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()  # ids of junctions that follow one another within a short distance
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion

    @cached_property
    def paired(self) -> tuple[Junction, ...]:
        """Junctions with a gene at both ends."""
        return tuple(junction for junction in self.junctions if junction.pairs)

    @cached_property
    def deletions(self) -> Mapping[str, Sequence[Junction]]:
        """Junctions of one contig that keep what lies left of the one end and right of the other, by contig."""
        found: dict[str, list[Junction]] = {}
        for junction in self.junctions:
            left, right = junction.left, junction.right
            if right is not None and left.chrom == right.chrom and (left.keeps, right.keeps) == ("L", "R"):
                found.setdefault(left.chrom, []).append(junction)
        return found

    @cached_property
    def links(self) -> Mapping[str, Junction]:
        """Junctions that a chain to a gene pair passes, by id."""
        passed = {id for junction in self.paired for pair in junction.pairs for id in pair.via}
        return {junction.id: junction for junction in self.junctions if junction.id in passed} if passed else {}

    @cached_property
    def explained(self) -> frozenset[str]:
        """Ids of junctions that a chain passes which makes a product of a pair."""
        chained = (pair for junction in self.paired for pair in junction.pairs if pair.oriented)
        return frozenset(id for pair in chained for id in pair.via)
