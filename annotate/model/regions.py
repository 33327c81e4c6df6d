"""What a panel or an exome covers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path

from annotate.base.frozen import frozen


@frozen
class Regions:
    """What a panel or an exome covers: merged intervals by contig, 1-based inclusive."""

    intervals: Mapping[str, tuple[tuple[int, int], ...]]
    path: Path | None = None

    @staticmethod
    def of(intervals: Sequence[tuple[str, int, int]], path: Path | None = None) -> Regions:
        """Regions from intervals (1-based, both ends included); overlapping and touching ones are merged."""
        by_contig: dict[str, list[tuple[int, int]]] = {}
        for chrom, start, end in sorted(intervals):
            merged = by_contig.setdefault(chrom, [])
            if merged and start <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return Regions({chrom: tuple(parts) for chrom, parts in by_contig.items()}, path)

    def covered(self, chrom: str, start: int, end: int) -> float:
        """Share of start … end that lies in the regions, 0 … 1."""
        parts = self.intervals.get(chrom, ())
        first = max(bisect_right(parts, (start, start)) - 1, 0)
        inside = 0
        for low, high in parts[first:]:
            if low > end:
                break
            inside += max(0, min(high, end) - max(low, start) + 1)
        return inside / (end - start + 1)

    def contains(self, chrom: str, pos: int) -> bool:
        """Does the position lie in a region?"""
        return self.covered(chrom, pos, pos) > 0
