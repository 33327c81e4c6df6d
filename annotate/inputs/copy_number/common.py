"""What the copy-number readers share: names of chromosomes, checks of every segment, overlaps, the sample of a table.

A segment keeps what its caller states. `total` and `minor` are copies of the *leukaemic* cells; a caller that
rounds the mixture of leukaemic and normal cells states no such copies, and only its log2 is kept.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from statistics import median
from typing import Protocol

from annotate.errors import InputError
from annotate.genome import Genome
from annotate.inputs.text import MISSING, Head, Row, Tally, read_head, table
from annotate.model import Segment, SegmentTable, Sex

Place = tuple[int, int, int, tuple[float, ...]]  # what orders segments: chromosome, start, end, values
Names = tuple[str, ...]  # names that the sample may have in a table of several samples

NO_READS_LOG2 = -20.0  # callers write -Inf or about -20 where a segment has no reads at all
LAST_BIN = 1_000_000  # a last bin that is rounded up may end so far behind the end of its chromosome
MAX_RECORDS = 3_000_000  # bounds memory; a genome has about this many bins of 1 kb
GAP_BINS = 10  # bins without a value, in a row, that do not end a segment
MAX_CONTRADICTION = 0.05  # share of the length that may be set aside for contradicting segments
MOST_COPIES = 10_000  # more is a position or a count of reads in the wrong column
MOST_LOG2 = 60.0  # either way
MAX_STACK = 50  # segments that may lie over one another at one place
AUTOSOMES = frozenset(str(number) for number in range(1, 23))
CHROMOSOMES = (*map(str, range(1, 23)), "X", "Y")
RANK = {name: rank for rank, name in enumerate(CHROMOSOMES)}
NUMBERED_SEX = {"23": "X", "24": "Y"}  # plink and DNAcopy number the sex chromosomes
MALE, FEMALE = frozenset({"m", "male", "xy"}), frozenset({"f", "female", "xx"})


class Reader(Protocol):
    """A copy-number reader. `names` picks the sample where a table holds several."""

    def __call__(self, path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable: ...


@dataclass(slots=True)
class Collector:
    """Takes the segments of one file, checks each, and counts what becomes of them."""

    path: Path
    genome: Genome
    tally: Tally
    kept: list[tuple[Segment, int]] = field(default_factory=list)  # with its line
    records: int = 0
    contigs: dict[str, str | None] = field(default_factory=dict)

    def chromosome(self, name: str) -> str | None:
        """1 … 22, X, Y, or None for any other contig."""
        if name not in self.contigs:
            self.contigs[name] = chromosome(name, self.genome)
        return self.contigs[name]

    def row(
        self,
        row: Row,
        chrom: str,
        start: float | None,
        end: float | None,
        *,
        zero_based: bool = False,
        log2: float | None = None,
        total: float | None = None,
        minor: float | None = None,
        baf: float | None = None,
        cellular_fraction: float | None = None,
        second: tuple[float, float] | None = None,
        markers: int | None = None,
        counted: bool = False,
    ) -> Segment | None:
        """Keep one segment, or drop it with its reason. `counted`: its records were counted by the reader.

        `zero_based`: `start` counts from 0 (BED); a start of 0 is always taken so. `second` are total and minor
        copies of the cells outside `cellular_fraction`.
        """
        self.bound(row.line)
        name = self.chromosome(chrom)
        if name is None:
            self.drop("other contig", counted)
            return None
        first, last = self.interval(row, start, end, zero_based)
        if last < first:
            self.drop("end before start", counted)
            return None
        if log2 is not None and abs(log2) > MOST_LOG2:
            raise self.error(row, "not a log ratio", found=f"{log2:g}", expected=f"-{MOST_LOG2:g} to {MOST_LOG2:g}")
        total, minor = self.copies(row, total, minor)
        baf = self.mirrored(row, baf)
        if log2 is None and total is None and minor is None:
            self.drop("no copy-number value", counted)
            return None
        segment = Segment(
            name,
            first,
            last,
            log2=log2,
            total=total,
            minor=minor,
            baf=baf,
            cellular_fraction=cellular_fraction,
            second_total=second[0] if second else None,
            second_minor=second[1] if second else None,
            markers=markers,
            record=str(row.line),
        )
        self.kept.append((segment, 0 if counted else 1))
        return segment

    def interval(self, row: Row, start: float | None, end: float | None, zero_based: bool) -> tuple[int, int]:
        """First and last base, from 1. Errors: InputError for a missing or negative position."""
        if start is None or end is None:
            raise self.error(row, "segment has no position", column="start or end")
        if start < 0:
            raise self.error(row, "position is negative", column="start", found=int(start), expected="1 or more")
        return max(int(start) + (1 if zero_based else 0), 1), int(end)

    def drop(self, reason: str, counted: bool = False) -> None:
        if not counted:
            self.tally.drop(reason)

    def bound(self, line: int) -> None:
        self.records += 1
        if self.records > MAX_RECORDS:
            raise InputError("more records than a genome has bins", path=self.path, line=line, found=self.records)

    def error(self, row: Row, what: str, **context: object) -> InputError:
        return InputError(what, path=self.path, line=row.line, **context)  # type: ignore[arg-type]

    def copies(self, row: Row, total: float | None, minor: float | None) -> tuple[float | None, float | None]:
        """Total and minor copies, with small negative estimates at zero and the rarer allele as minor."""
        if max(total or 0.0, minor or 0.0) > MOST_COPIES:
            raise self.error(
                row,
                "copies that no cell has",
                found=f"{max(total or 0.0, minor or 0.0):g}",
                expected="0 to some hundreds",
            )
        if total is not None:
            if total < -0.5:
                return None, None  # -1 stands for "no value"
            total = max(total, 0.0)
        if minor is None:
            return total, None
        minor = max(minor, 0.0)
        if total is None:
            return None, minor
        if minor > total + 0.5:
            raise self.error(row, "minor copies exceed the total", found=f"{minor:g} of {total:g}")
        return total, min(minor, max(total - minor, 0.0))

    def mirrored(self, row: Row, baf: float | None) -> float | None:
        """The B-allele frequency as 0.5 … 1, whichever allele the caller followed."""
        if baf is None:
            return None
        if not -0.05 <= baf <= 1.05:
            raise self.error(row, "B-allele frequency is out of range", found=baf, expected="0 to 1")
        baf = min(max(baf, 0.0), 1.0)
        return max(baf, 1.0 - baf)

    def finish(self) -> tuple[Segment, ...]:
        """The segments in order, without duplicates and overlaps, all inside the assembly."""
        fitted = _inside(self.kept, self.path, self.genome, self.tally)
        single = _without_duplicates(fitted, self.tally)
        return _without_overlaps(single, self.path, self.tally)


def chromosome(name: str, genome: Genome) -> str | None:
    """1 … 22, X or Y for any spelling (chr1, 1, 01, 23, 24), None for any other contig."""
    found = genome.contig(name)
    if found is None:
        found = NUMBERED_SEX.get(name.lower().removeprefix("chr"))
    return found if found in CHROMOSOMES else None


def rows(path: Path, *, comment: str = "#") -> Iterator[Row]:
    """Rows of a table by its header; also of one that R wrote with row names and so a header one cell short."""
    head = read_head(path)
    if head.first and len(head.first) == len(head.columns) + 1:
        named = table(path, columns=("row name", *head.columns), comment=comment)
        next(named, None)
        return named
    return table(path, comment=comment)


def body_columns(head: Head) -> tuple[str, ...]:
    """The header cells: the first line with tabs, the leading # removed."""
    for line in head.lines:
        if "\t" in line and not line.startswith(("##", "@")):
            return tuple(cell.strip().strip('"') for cell in line.lstrip("#").split("\t"))
    return ()


def log2_of(ratio: float | None) -> float | None:
    """log2 of a linear ratio; no reads at all is -20, as callers write it."""
    if ratio is None or ratio < 0:
        return None
    return max(math.log2(ratio), NO_READS_LOG2) if ratio > 0 else NO_READS_LOG2


def log2_cell(row: Row, *columns: str) -> float | None:
    """A log2 cell; -Inf is a segment without reads, not a missing value."""
    if row.text(*columns).lower() in {"-inf", "-infinity"}:
        return NO_READS_LOG2
    return row.number(*columns)


def optional(row: Row, *columns: str) -> float | None:
    """A number in the first of these columns that exists; None where none does."""
    for column in columns:
        if column in row.cells:
            return row.number(column)
    return None


def optional_count(row: Row, *columns: str) -> int | None:
    """A whole number of 0 or more; None where the cell is missing."""
    value = optional(row, *columns)
    return int(value) if value is not None and value >= 0 else None


def sex_word(word: str | None) -> Sex | None:
    """The sex in a caller's words; None where it says nothing clear."""
    key = (word or "").strip().lower()
    if key in MALE:
        return "male"
    return "female" if key in FEMALE else None


def fraction(value: float | None, what: str, path: Path, line: int | None = None) -> float | None:
    """A share of cells, 0 < x <= 1."""
    if value is not None and not 0 < value <= 1:
        raise InputError(f"{what} is out of range", path=path, line=line, found=value, expected="above 0, at most 1")
    return value


def checked_ploidy(value: float | None, path: Path, line: int | None = None) -> float | None:
    """A mean copy number, above 0 and below 20. Errors: InputError."""
    if value is not None and not 0 < value < 20:
        raise InputError("ploidy is out of range", path=path, line=line, found=value, expected="above 0, below 20")
    return value


# ---------------------------------------------------------------- the sample of a table


def choose_sample(path: Path, found: Iterable[str], names: Names) -> str:
    """The one sample of a table, or the one that `names` picks. Raises InputError that names them all."""
    samples = list(dict.fromkeys(found))
    if len(samples) == 1:
        return samples[0]
    for name in names:
        if name in samples:
            return name
    for name in names:
        alike = [sample for sample in samples if sample.lower() == name.lower()]
        if len(alike) == 1:
            return alike[0]
    raise InputError(
        f"table holds {len(samples)} samples",
        path=path,
        found=", ".join(samples[:20]) + (" …" if len(samples) > 20 else ""),
        expected="one sample",
        fix="write one of these names as tumor_name in the sample sheet, or give a file of one sample",
    )


def of_sample(path: Path, column: str, names: Names, tally: Tally) -> Iterator[Row]:
    """Rows of the chosen sample; those of other samples are dropped and counted."""
    chosen = choose_sample(path, (row.cells.get(column, "") for row in rows(path)), names) if _has_rows(path) else ""
    for row in rows(path):
        if row.cells.get(column, "") == chosen:
            yield row
        else:
            tally.drop("other sample")


def _has_rows(path: Path) -> bool:
    return next(rows(path), None) is not None


# ---------------------------------------------------------------- bins to segments


def merge_bins(
    bins: Iterable[tuple[Row, str, int, int, tuple[float | None, ...]]],
) -> Iterator[tuple[Row, str, int, int, tuple[float | None, ...], int]]:
    """Neighbouring bins of equal values as one: (first row, chromosome, start, end, values, bins).

    A bin or two that are left out (no value) do not end a segment; a longer gap, another value or chromosome do.
    """
    held: tuple[Row, str, int, int, tuple[float | None, ...], int] | None = None
    for row, chrom, start, end, values in bins:
        near = held is not None and 0 <= start - held[3] <= GAP_BINS * (end - start + 1)
        if held and near and held[1] == chrom and held[4] == values:
            held = (held[0], chrom, held[2], max(end, held[3]), values, held[5] + 1)
            continue
        if held:
            yield held
        held = (row, chrom, start, end, values, 1)
    if held:
        yield held


def spacing(segments: Sequence[Segment]) -> int | None:
    """Typical distance of bins or probes in bases: the median over segments of length by markers."""
    known = [(segment.length / segment.markers, segment.markers) for segment in segments if segment.markers]
    large = [distance for distance, markers in known if markers >= 10]
    chosen = large or [distance for distance, _ in known]
    return round(median(chosen)) if chosen else None


# ---------------------------------------------------------------- assembly, duplicates, overlaps


@lru_cache(maxsize=4)
def _lengths(assembly: str) -> Mapping[str, int]:
    return Genome.load(assembly).contig_lengths


def _other(assembly: str) -> str:
    return "GRCh37" if assembly == "GRCh38" else "GRCh38"


def _inside(kept: Sequence[tuple[Segment, int]], path: Path, genome: Genome, tally: Tally) -> list[tuple[Segment, int]]:
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


def _without_duplicates(kept: Sequence[tuple[Segment, int]], tally: Tally) -> list[Segment]:
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


def _without_overlaps(segments: Sequence[Segment], path: Path, tally: Tally) -> tuple[Segment, ...]:
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


@dataclass(frozen=True, slots=True)
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


def present(text: str) -> bool:
    """Does the cell state something?"""
    return text not in MISSING
