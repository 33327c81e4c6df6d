"""ASCAT: segments (nMajor, nMinor), segments_raw, the summary of total and minor copies, and ascatNgs' csv.

Copies are integer states of the tumour; purity is in a second file (purityploidy.txt). Positions count from 1.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.model.sample import Sex
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, lines
from annotate.read.copy_number.cells import Names, of_sample, only_row, rows
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

CSV_COLUMNS = ("id", "chrom", "start", "end", "normal_total", "normal_minor", "tumour_total", "tumour_minor")


def _is_segments(head: Head) -> bool:
    return head.has("sample", "chr", "startpos", "endpos", "nMajor", "nMinor") and not head.has("nAraw")


def _is_cnvs(head: Head) -> bool:
    return head.has("chr", "startpos", "endpos", "nMajor", "nMinor") and not head.has("sample")


def _is_raw(head: Head) -> bool:
    return head.has("sample", "chr", "startpos", "endpos", "nMajor", "nMinor", "nAraw", "nBraw")


def _is_summary(head: Head) -> bool:
    return head.has("Sample", "Chromosome", "Start Position", "End Position", "Tumour TCN", "Tumour BCN")


def _is_purity(head: Head) -> bool:
    return head.has("AberrantCellFraction", "Ploidy")


def _is_csv(head: Head) -> bool:
    if not head.lines:
        return False
    cells = head.lines[0].split(",")
    return len(cells) == 8 and all(cell.strip().isdigit() for cell in (cells[0], *cells[2:]))


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Major and minor copies of one sample. Raises InputError that names the samples where there are several."""
    out = Collector(path, genome, tally)
    for row in of_sample(path, "sample", names, tally):
        major, minor = row.number("nMajor"), row.number("nMinor")
        _add(out, row, row.text("chr"), ("startpos", "endpos"), _sum(major, minor), minor)
    return SegmentTable(out.finish(), "", integer=True)


def read_cnvs(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """What is left of the segments without those of one copy of each parent: the table that nf-core/sarek writes."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        major, minor = row.number("nMajor"), row.number("nMinor")
        _add(out, row, row.text("chr"), ("startpos", "endpos"), _sum(major, minor), minor)
    return SegmentTable(out.finish(), "", integer=True, altered_only=True)


def read_summary(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Total and minor copies of one sample; the normal column tells the sex by the copies of X."""
    out = Collector(path, genome, tally)
    normal_x: set[float | None] = set()
    for row in of_sample(path, "Sample", names, tally):
        chrom = row.text("Chromosome")
        _add(out, row, chrom, ("Start Position", "End Position"), row.number("Tumour TCN"), row.number("Tumour BCN"))
        if out.chromosome(chrom) == "X" and row.has("Normal TCN"):
            normal_x.add(row.number("Normal TCN"))
    return SegmentTable(out.finish(), "", integer=True, sex=_sex(normal_x))


def read_csv(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """ascatNgs' copynumber.caveman.csv: eight cells without a header."""
    out = Collector(path, genome, tally)
    normal_x: set[float | None] = set()
    for number, line in lines(path):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(CSV_COLUMNS):
            raise InputError("wrong number of columns", path=path, line=number, found=len(cells), expected="8")
        row = Row(path, number, dict(zip(CSV_COLUMNS, cells, strict=True)))
        total, minor = row.number("tumour_total"), row.number("tumour_minor")
        _add(out, row, row.text("chrom"), ("start", "end"), total, minor)
        if out.chromosome(row.text("chrom")) == "X":
            normal_x.add(row.number("normal_total"))
    return SegmentTable(out.finish(), "", integer=True, sex=_sex(normal_x))


def read_purity(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """The share of aberrant cells and the ploidy."""
    row = only_row(path, "purity file")
    tally.use()
    purity, ploidy = row.number("AberrantCellFraction"), row.number("Ploidy")
    return stated_fit(purity, ploidy, path, row.line, caller="ASCAT").table(tally)


def _add(
    out: Collector, row: Row, chrom: str, place: tuple[str, str], total: float | None, minor: float | None
) -> None:
    out.row(row, chrom, row.number(place[0]), row.number(place[1]), total=total, minor=minor)


def _sum(major: float | None, minor: float | None) -> float | None:
    return None if major is None or minor is None else major + minor


def _sex(normal_x: set[float | None]) -> Sex | None:
    if normal_x == {1.0}:
        return "male"
    return "female" if normal_x == {2.0} else None


register(
    Format(
        "copy_number",
        "ascat.segments",
        "ASCAT",
        "segments with nMajor and nMinor; purity from purityploidy.txt",
        _is_segments,
        read,
    )
)
register(
    Format(
        "copy_number",
        "ascat.cnvs",
        "ASCAT",
        ".cnvs.txt of nf-core/sarek: altered segments only; purity from purityploidy.txt beside it",
        _is_cnvs,
        read_cnvs,
    )
)
register(Format("copy_number", "ascat.raw", "ASCAT", "segments_raw with nMajor and nMinor", _is_raw, read, priority=1))
register(
    Format(
        "copy_number",
        "ascat.summary",
        "ASCAT",
        "summary with Tumour TCN and BCN (COSMIC, SigProfiler)",
        _is_summary,
        read_summary,
        tested_on="real file",
    )
)
register(Format("copy_number", "ascat.csv", "ASCAT", "ascatNgs copynumber.caveman.csv (no header)", _is_csv, read_csv))
register(Format("copy_number", "ascat.purity", "ASCAT", "purityploidy.txt (second file)", _is_purity, read_purity))
