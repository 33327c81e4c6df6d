"""Segments that overlap, told apart or refused."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path

from annotate.base.chromosomes import CHROMOSOMES
from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.copy_number import Segment
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome

Place = tuple[int, int, int, tuple[float, ...]]  # what orders segments: chromosome, start, end, values
LAST_BIN = 1_000_000  # a last bin that is rounded up may end so far behind the end of its chromosome
MAX_CONTRADICTION = 0.05  # share of the length that may be set aside for contradicting segments
MAX_STACK = 50  # segments that may lie over one another at one place
RANK = {name: rank for rank, name in enumerate(CHROMOSOMES)}


# ---------------------------------------------------------------- assembly, duplicates, overlaps


@lru_cache(maxsize=4)
def _lengths(assembly: str) -> Mapping[str, int]:
    return Genome.load(assembly).contig_lengths


def _other(assembly: str) -> str:
    return "GRCh37" if assembly == "GRCh38" else "GRCh38"


def inside_contig(
    kept: Sequence[tuple[Segment, int]], path: Path, genome: Genome, tally: Tally
) -> list[tuple[Segment, int]]:
    """Segments within the chromosomes; an end that only the other assembly can explain is an error."""
    ends: dict[str, int] = {}
    for segment, _ in kept:
        ends[segment.chrom] = max(ends.get(segment.chrom, 0), segment.end)
    over = {chrom: end for chrom, end in ends.items() if end > genome.contig_lengths[chrom]}
    if not over:
        return list(kept)
    _check_assembly(over, ends, path, genome)
    tally.warn(f"segments that end behind the end of {', '.join(sorted(over))} were cut there")
    cut = []
    for segment, counted in kept:
        length = genome.contig_lengths[segment.chrom]
        if segment.start > length:
            raise InputError(
                "segment lies behind the end of its chromosome",
                path=path,
                line=int(segment.record or 0) or None,
                found=f"{segment.chrom}:{segment.start}-{segment.end}",
                expected=f"at most {length} in {genome.assembly}",
                fix="check the assembly of the sample sheet",
            )
        cut.append((replace(segment, end=min(segment.end, length)), counted))
    return cut


def _check_assembly(over: Mapping[str, int], ends: Mapping[str, int], path: Path, genome: Genome) -> None:
    other = _other(genome.assembly)
    lengths = _lengths(other)
    chrom, end = next(iter(sorted(over.items())))
    found = f"{chrom} up to {end}"
    if all(end <= lengths[name] for name, end in ends.items()):
        raise InputError(
            f"positions are not those of {genome.assembly}",
            path=path,
            found=f"{found}, which fits {other}",
            expected=f"at most {genome.contig_lengths[chrom]} in {genome.assembly}",
            fix="correct `assembly` in the sample sheet, or give the file of the other assembly",
        )
    far = {name: end for name, end in over.items() if end > genome.contig_lengths[name] + LAST_BIN}
    if far:
        chrom, end = next(iter(sorted(far.items())))
        raise InputError(
            "position is behind the end of its chromosome",
            path=path,
            found=f"{chrom} up to {end}",
            expected=f"at most {genome.contig_lengths[chrom]} in {genome.assembly}",
            fix="check the assembly, and whether start and end are in bases",
        )


def _values(segment: Segment) -> tuple[float | None, ...]:
    return (
        segment.log2,
        segment.total,
        segment.minor,
        segment.baf,
        segment.cellular_fraction,
        segment.second_total,
        segment.second_minor,
    )


def _order(segment: Segment) -> Place:
    numbers = tuple(-math.inf if value is None else value for value in _values(segment))
    return (RANK[segment.chrom], segment.start, segment.end, numbers)


def without_duplicates(kept: Sequence[tuple[Segment, int]], tally: Tally) -> list[Segment]:
    """Segments in order; a row written twice counts once."""
    single: list[Segment] = []
    last = None
    for place, segment, count in sorted(((_order(segment), segment, count) for segment, count in kept), key=_first):
        if place == last:
            if count:
                tally.drop("duplicate row")
            continue
        last = place
        if count:
            tally.use()
        single.append(segment)
    return single


def _first(item: tuple[Place, Segment, int]) -> Place:
    return item[0]


def without_overlaps(segments: Sequence[Segment], path: Path, tally: Tally) -> tuple[Segment, ...]:
    """One segment at every place.

    A segment inside a larger one is the caller's finer statement and wins there. Where two segments overlap in
    part and disagree, that stretch is set aside: neither is believed. Equal neighbours that touch are left alone.
    """
    result: list[Segment] = []
    lost = nested = 0
    for group in _overlapping(segments):
        if len(group) == 1:
            result.append(group[0])
            continue
        pieces, unsure, inner = _pieces(group, path)
        result += pieces
        lost += unsure
        nested += inner
    length = sum(segment.length for segment in result)
    if lost > MAX_CONTRADICTION * (length + lost):
        raise InputError(
            "segments contradict one another",
            path=path,
            found=f"{lost:,} bases with two different states",
            expected="one state at a place",
            fix="give the segments of one sample and one run of the caller",
        )
    if lost:
        tally.warn(f"{lost:,} bases that segments with different copies share were set aside as unknown")
    if nested:
        tally.warn(f"{nested} segments lie inside larger ones; the smaller is used at its place")
    return tuple(result)


def _overlapping(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Runs of segments that overlap, directly or through others, by more than the one base of a shared edge."""
    group: list[Segment] = []
    reach = 0
    for segment in segments:
        if group and (segment.chrom != group[0].chrom or segment.start > reach):
            yield group
            group = []
        if group and segment.start == reach and segment.end > segment.start:
            segment = replace(segment, start=segment.start + 1)
            yield group
            group = []
        group.append(segment)
        reach = max(reach, segment.end) if len(group) > 1 else segment.end
    if group:
        yield group


def _pieces(group: Sequence[Segment], path: Path) -> tuple[list[Segment], int, int]:
    """(segments without overlap, bases set aside, segments that lie inside others) of one overlapping run."""
    owners: list[tuple[int, int, Segment]] = []
    active: list[tuple[int, Segment]] = []  # by end
    queue = list(reversed(group))
    lost = 0
    inner: set[str | None] = set()
    edges = sorted(set(chain.from_iterable((segment.start, segment.end + 1) for segment in group)))
    for low, high in pairwise(edges):
        while queue and queue[-1].start <= low:
            segment = queue.pop()
            heapq.heappush(active, (segment.end, _Ordered(segment)))  # type: ignore[misc]
        while active and active[0][0] < low:
            heapq.heappop(active)
        over = [item.segment for _, item in active]  # type: ignore[attr-defined]
        if len(over) > MAX_STACK:
            raise InputError(
                "too many segments lie over one another",
                path=path,
                found=f"{len(over)} at {over[0].chrom}:{low}",
                expected="one segment at a place",
                fix="give the segments of one sample and one run of the caller",
            )
        owner = _owner(over)
        if over and owner is None:
            lost += high - low
        if owner is not None:
            if len({_values(segment) for segment in over}) > 1:
                inner.add(owner.record)
            owners.append((low, high - 1, owner))
    return _joined(owners), lost, len(inner)


@frozen
class _Ordered:
    """A segment in a heap, ordered by its place and values so that the order of records plays no part."""

    segment: Segment

    def __lt__(self, other: _Ordered) -> bool:
        return _order(self.segment) < _order(other.segment)


def _owner(over: Sequence[Segment]) -> Segment | None:
    if not over:
        return None
    smallest = min(over, key=lambda segment: (segment.length, _order(segment)))
    alike = len({_values(segment) for segment in over}) == 1
    inside = all(
        other is smallest
        or (other.start <= smallest.start and smallest.end <= other.end and other.length > smallest.length)
        for other in over
    )
    return smallest if alike or inside else None


def _joined(owners: Sequence[tuple[int, int, Segment]]) -> list[Segment]:
    joined: list[tuple[int, int, Segment]] = []
    for low, high, owner in owners:
        if joined and joined[-1][1] + 1 == low and _values(joined[-1][2]) == _values(owner):
            joined[-1] = (joined[-1][0], high, joined[-1][2])
        else:
            joined.append((low, high, owner))
    return [replace(owner, start=low, end=high) for low, high, owner in joined]
