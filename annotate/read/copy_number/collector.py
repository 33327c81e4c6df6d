"""What the copy-number readers share: names of chromosomes, checks of every segment, overlaps, the sample of a table.

A segment keeps what its caller states. `total` and `minor` are copies of the *leukaemic* cells; a caller that
rounds the mixture of leukaemic and normal cells states no such copies, and only its log2 is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.intervals import Interval
from annotate.model.copy_number import Segment
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.common.text import Row, Tally
from annotate.read.copy_number.cells import chromosome
from annotate.read.copy_number.overlaps import inside_contig, without_duplicates, without_overlaps
from annotate.reference.genome import Genome

MAX_RECORDS = 3_000_000  # bounds memory; a genome has about this many bins of 1 kb
MOST_SEGMENTS = 100_000  # ten times what the noisiest array is cut into; more is one row a bin of 30 kb or less
MOST_COPIES = 10_000  # more is a position or a count of reads in the wrong column
MOST_LOG2 = 60.0  # either way
MAX_REMARKS = 500  # a table with more of such rows is a table of bins: its holes are seen as holes
LOST_COPIES, LOST_LOG2 = 1.5, -0.25  # a row below would have said that something is lost


@lru_cache(maxsize=4)
def _panel(genome: Genome) -> tuple[Interval, ...]:
    return tuple(Interval(gene.chrom, gene.start, gene.end) for gene in genome.panel_genes())


def touches_panel(genome: Genome, place: Interval) -> bool:
    """Does this stretch touch a gene of the panel?"""
    return any(place.touches(gene) for gene in _panel(genome))


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
            self.remark(row, Interval(name, last, first), "end before start", log2, total)
            return None
        if log2 is not None and abs(log2) > MOST_LOG2:
            raise self.error(row, "not a log ratio", found=f"{log2:g}", expected=f"-{MOST_LOG2:g} to {MOST_LOG2:g}")
        total, minor = self.copies(row, total, minor)
        baf = self.mirrored(row, baf)
        if log2 is None and total is None and minor is None:
            self.drop("no copy-number value", counted)
            self.remark(row, Interval(name, first, last), "no copy-number value")
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
        self.keep(row, segment, counted)
        return segment

    def keep(self, row: Row, segment: Segment, counted: bool) -> None:
        """Take a segment. Errors: InputError where a file has so many that they are bins."""
        self.kept.append((segment, 0 if counted else 1))
        if len(self.kept) > MOST_SEGMENTS:
            raise self.error(
                row,
                "a table of bins or probes, not of segments",
                found=f"more than {MOST_SEGMENTS:,} stretches of their own values",
                expected="segments",
                fix="give the caller's segments (CNVkit .cns, GATK .modelFinal.seg, QDNAseq as segments)",
            )

    def interval(self, row: Row, start: float | None, end: float | None, zero_based: bool) -> tuple[int, int]:
        """First and last base, from 1. Errors: InputError for a missing or negative position."""
        if start is None or end is None:
            raise self.error(row, "segment has no position", column="start or end")
        if start < 0:
            raise self.error(row, "position is negative", column="start", found=int(start), expected="1 or more")
        return max(int(start) + (1 if zero_based else 0), 1), int(end)

    def drop(self, reason: str, counted: bool = False) -> None:
        """Count a record as left out, unless it is counted already."""
        if not counted:
            self.tally.drop(reason)

    def remark(
        self,
        row: Row,
        place: Interval,
        reason: str,
        log2: float | None = None,
        total: float | None = None,
        code: RemarkCode = RemarkCode.UNREADABLE_VALUE,
    ) -> None:
        """A row that is not used: whatever it would have said of the genes that it touches stays open."""
        if len(self.tally.remarks) >= MAX_REMARKS or not touches_panel(self.genome, place):
            return
        lost = (total is not None and total < LOST_COPIES) or (total is None and log2 is not None and log2 < LOST_LOG2)
        would = f"{total:g} copies" if total is not None else f"log2 {log2:.2f}" if log2 is not None else ""
        self.tally.remarks.append(
            Remark(
                kind="copy_number",
                file=str(self.path),
                record=str(row.line),
                code=code,
                reason=f"{place}: {reason}",
                speaks=Speaks.FOR if lost else Speaks.BLINDS,
                regions=(place,),
                would=would,
            )
        )

    def bound(self, line: int) -> None:
        """Count a record; raises `InputError` beyond the most that a file may have."""
        self.records += 1
        if self.records > MAX_RECORDS:
            raise InputError("more records than a genome has bins", path=self.path, line=line, found=self.records)

    def error(self, row: Row, what: str, **context: object) -> InputError:
        """A fault at the line of a row, for the caller to raise."""
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
        fitted = inside_contig(self.kept, self.path, self.genome, self.tally)
        single = without_duplicates(fitted, self.tally)
        return without_overlaps(single, self.path, self.tally)
