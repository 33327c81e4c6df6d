"""What lies over a stretch of one contig, by binary search: bands, genes, places of breakpoints."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")


class Overlaps(Generic[T]):
    """Items of one contig by start; the running maximum of ends bounds the scan to the left."""

    def __init__(self, rows: Iterable[tuple[int, int, T]]) -> None:
        """Rows are first and last base of an item, both 1-based and included, and the item."""
        placed = sorted(rows, key=itemgetter(0, 1))
        self.items: Sequence[T] = [item for _, _, item in placed]
        self._starts = [start for start, _, _ in placed]
        self._ends = [end for _, end, _ in placed]
        self._reach = list(accumulate(self._ends, max))

    def overlapping(self, start: int, end: int) -> list[T]:
        """Items that share a base with `start` to `end`, both included, in the order of their starts."""
        near = range(bisect_left(self._reach, start), bisect_right(self._starts, end))
        return [self.items[index] for index in near if self._ends[index] >= start]
