"""One noun for a stretch of a contig: first and last base, both counted from 1."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A stretch of a contig, 1-based and inclusive.

    >>> Interval("9", 10, 20).length, Interval("9", 10, 20).shared(Interval("9", 18, 40))
    (11, 3)
    """

    chrom: str
    start: int
    end: int

    @property
    def length(self) -> int:
        """Bases."""
        return self.end - self.start + 1

    def shared(self, other: Interval) -> int:
        """Bases that both hold; 0 on different contigs."""
        if self.chrom != other.chrom:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start) + 1)

    def touches(self, other: Interval) -> bool:
        """Do both hold a base?"""
        return self.chrom == other.chrom and self.start <= other.end and other.start <= self.end

    def inside(self, other: Interval) -> bool:
        """Does the other hold all of this one?"""
        return self.shared(other) == self.length

    def widened(self, margin: int) -> Interval:
        """With so many bases more at either end."""
        return Interval(self.chrom, max(self.start - margin, 1), self.end + margin)

    def __str__(self) -> str:
        """`9:21,900,000–22,100,000`."""
        return f"{self.chrom}:{self.start:,}–{self.end:,}"
