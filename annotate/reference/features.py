"""Genes, exons, transcripts, bands, regions: the rows of a reference pack."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import field
from itertools import accumulate

from annotate.base.frozen import frozen
from annotate.model.junctions import Side


@frozen
class Gene:
    """A gene, from 1, both ends inclusive. `panel`: its transcript and sequence are in the pack."""

    name: str
    chrom: str
    start: int
    end: int
    strand: str  # + or -
    gene_id: str = ""
    panel: bool = False

    @property
    def five_prime_side(self) -> Side:
        """The side of a position inside the gene on which its 5' part lies."""
        return "L" if self.strand == "+" else "R"

    @property
    def three_prime_side(self) -> Side:
        """The side of a breakend on the gene that keeps its 3' part: R on the plus strand."""
        return "R" if self.strand == "+" else "L"


@frozen
class Exon:
    """One exon with its coding part (None where it has none); `phase` as in GFF3."""

    rank: int  # in transcription order, from 1
    start: int
    end: int
    cds_start: int | None
    cds_end: int | None
    phase: int | None = None

    @property
    def coding_length(self) -> int:
        """Coding bases of the exon."""
        return 0 if self.cds_start is None or self.cds_end is None else self.cds_end - self.cds_start + 1


@frozen
class Transcript:
    """One transcript of a panel gene: MANE Select where there is one."""

    gene: str
    transcript: str
    refseq: str
    chrom: str
    strand: str
    exons: tuple[Exon, ...]  # in transcription order
    coding_length: int
    protein_length: int
    sequence_status: str  # complete, complete but for the stop codon, partial, none
    _blocks: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)  # coding, as the exons
    _before: tuple[int, ...] = field(init=False, repr=False, compare=False)  # coding bases before each, then all

    def __post_init__(self) -> None:
        coding = [(e.cds_start, e.cds_end) for e in self.exons if e.cds_start is not None and e.cds_end is not None]
        object.__setattr__(self, "_blocks", tuple(coding))
        object.__setattr__(self, "_before", tuple(accumulate((end - start + 1 for start, end in coding), initial=0)))

    def cds_position(self, pos: int) -> int | None:
        """1-based position in the coding sequence of a genomic position; None outside of it."""
        for before, (start, end) in zip(self._before, self._blocks, strict=False):
            if start <= pos <= end:
                return before + (pos - start if self.strand == "+" else end - pos) + 1
        return None

    def codon_at(self, pos: int) -> int | None:
        """Number of the codon over a position, from 1; None outside the coding sequence."""
        position = self.cds_position(pos)
        return None if position is None else (position - 1) // 3 + 1

    def exon_at(self, pos: int) -> int | None:
        """Number of the exon over a position, from 1; None in an intron or outside."""
        return next((exon.rank for exon in self.exons if exon.start <= pos <= exon.end), None)

    def intron_at(self, pos: int) -> int | None:
        """Intron n lies between exons n and n + 1."""
        for one, two in zip(self.exons, self.exons[1:], strict=False):
            low, high = (one.end, two.start) if self.strand == "+" else (two.end, one.start)
            if low < pos < high:
                return one.rank
        return None

    def exons_kept(self, pos: int, side: Side) -> tuple[int, ...]:
        """Ranks of exons that lie wholly or partly on the kept side of a breakend at `pos` (which is kept)."""
        if side == "L":
            return tuple(sorted(exon.rank for exon in self.exons if exon.start <= pos))
        return tuple(sorted(exon.rank for exon in self.exons if exon.end >= pos))

    def coding_bases_kept(self, pos: int, side: Side) -> int:
        """Coding bases on the kept side of a breakend at `pos` (which is kept)."""
        kept = 0
        for exon in self.exons:
            if exon.cds_start is None or exon.cds_end is None:
                continue
            low, high = (
                (exon.cds_start, min(exon.cds_end, pos)) if side == "L" else (max(exon.cds_start, pos), exon.cds_end)
            )
            kept += max(0, high - low + 1)
        return kept

    def protein_to_genomic(self, codon: int) -> tuple[int, int, int]:
        """Genomic positions of a codon's three bases, in transcription order. IndexError beyond the protein."""
        wanted = range(3 * codon - 2, 3 * codon + 1)
        found = [self._genomic(position) for position in wanted]
        return (found[0], found[1], found[2])

    def _genomic(self, position: int) -> int:
        index = bisect_left(self._before, position) - 1
        if index < 0 or index >= len(self._blocks):
            raise IndexError(f"{self.gene} has no coding base {position}")
        start, end = self._blocks[index]
        offset = position - self._before[index] - 1
        return start + offset if self.strand == "+" else end - offset


@frozen
class Band:
    """A cytogenetic band of UCSC, from 1, both ends inclusive; `name` without the chromosome: `q22.1`."""

    chrom: str
    start: int
    end: int
    name: str
    stain: str


@frozen
class Arm:
    """An arm (`p`, `q`) of a chromosome, from 1, both ends inclusive."""

    chrom: str
    arm: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """Length in base pairs."""
        return self.end - self.start + 1


@frozen
class Region:
    """A breakpoint region of a lesion (`sv_regions.tsv`)."""

    name: str
    lesion: str
    gene: str
    chrom: str
    start: int
    end: int
    strand: str
    note: str


@frozen
class Mask:
    """A place where the assembly itself misleads (a false duplication), and why."""

    name: str
    chrom: str
    start: int
    end: int
    reason: str


@frozen
class Locus:
    """An immunoglobulin or T-cell receptor locus."""

    name: str
    chrom: str
    start: int
    end: int


def gene_of_row(cells: Sequence[str]) -> Gene:
    """A gene from the cells of the pack's table."""
    name, chrom, start, end, strand, gene_id, panel = cells
    return Gene(name, chrom, int(start), int(end), strand, gene_id, panel == "1")


def whole_number(cell: str) -> int | None:
    """The number in a cell; None for an empty one."""
    return int(cell) if cell else None
