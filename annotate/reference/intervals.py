"""Intervals of a contig by binary search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotate.reference.features import Band


class Intervals:
    """Bands of one contig. Overlap lookup by bisection; the running maximum of ends bounds the scan to the left."""

    def __init__(self, items: Sequence[Band]) -> None:
        self._items: list[Band] = sorted(items, key=lambda item: (item.start, item.end))
        self._starts: list[int] = [item.start for item in self._items]
        self._max_ends: list[int] = []
        for item in self._items:
            self._max_ends.append(max(item.end, self._max_ends[-1] if self._max_ends else 0))

    def overlapping(self, start: int, end: int) -> Iterator[Band]:
        """Items that share a base with `start` to `end`, both included, in the order of their starts."""
        first = bisect_left(self._max_ends, start)
        for item in self._items[first : bisect_right(self._starts, end)]:
            if item.end >= start:
                yield item


def by_contig(items: Iterable[Band]) -> Mapping[str, Intervals]:
    """Items by chromosome, ready to be asked for overlaps."""
    groups: dict[str, list[Band]] = {}
    for item in items:
        groups.setdefault(item.chrom, []).append(item)
    return {chrom: Intervals(group) for chrom, group in groups.items()}
