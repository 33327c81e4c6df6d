"""Control-FREEC: _ratio.txt (windows), _CNVs (altered segments, no header), a merged segmentation, _info.txt.

FREEC writes a purity of 1 when it was not asked to adjust for normal cells; that is not taken as a measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.middle import median
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, lines, table
from annotate.read.copy_number.cells import (
    Names,
    checked_ploidy,
    fraction,
    log2_of,
    merge_bins,
    of_sample,
    optional,
    optional_count,
    rows,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

CNV_COLUMNS = ("chrom", "start", "end", "copies", "status", "genotype", "uncertainty", "kind", "percent")
STATUS = frozenset({"gain", "loss", "normal", "neutral"})
Window = tuple[Row, str, int, tuple[float | None, ...]]


def _is_ratio(head: Head) -> bool:
    return head.has("Chromosome", "Start", "Ratio", "MedianRatio", "CopyNumber")


def _is_segmentation(head: Head) -> bool:
    return head.has("Chromosome", "Start", "End", "MedianRatio", "CopyNumber") and not head.has("Ratio")


def _is_cnvs(head: Head) -> bool:
    cells = head.first if head.columns[:1] == ("chr",) else head.columns
    return 5 <= len(cells) <= 11 and cells[4] in STATUS and cells[1].isdigit() and cells[2].isdigit()


def _is_info(head: Head) -> bool:
    return bool(head.lines) and head.lines[0].startswith("Program_Version\t")


def read_ratio(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Windows of equal median ratio and copies as segments; windows without a ratio are dropped."""
    out = Collector(path, genome, tally)
    width: list[int] = []
    for row, chrom, start, end, values, bins in merge_bins(_windows(path, tally, width)):
        ratio, copies, minor = values
        out.row(row, chrom, start, end, log2=log2_of(ratio), total=copies, minor=minor, markers=bins, counted=True)
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=width[0] if width else None)


def _windows(
    path: Path, tally: Tally, width: list[int]
) -> Iterator[tuple[Row, str, int, int, tuple[float | None, ...]]]:
    """Windows with a ratio. A window ends where the next begins; the last of a chromosome has the usual width."""
    usual = _usual_width(path)
    if usual:
        width.append(usual)
    held: Window | None = None
    for row in rows(path):
        chrom, start = row.text("Chromosome"), row.integer("Start")
        ratio = row.number("MedianRatio")
        if start is None:
            raise InputError("window has no start", path=path, line=row.line, column="Start")
        if held is not None:
            follows = held[1] == chrom and start > held[2]
            yield held[0], held[1], held[2], start - 1 if follows else held[2] + (usual or 1) - 1, held[3]
            held = None
        if ratio is None or ratio < 0:
            tally.drop("no ratio")
            continue
        tally.use()
        minor = _minor(row.text("Genotype")) if row.has("Genotype") else None
        held = (row, chrom, start, (ratio, row.number("CopyNumber"), minor))
    if held is not None:
        yield held[0], held[1], held[2], held[2] + (usual or 1) - 1, held[3]


def _usual_width(path: Path) -> int | None:
    steps: list[int] = []
    previous: tuple[str, int] | None = None
    for row in rows(path):
        here = (row.text("Chromosome"), row.integer("Start") or 0)
        if previous and previous[0] == here[0] and here[1] > previous[1]:
            steps.append(here[1] - previous[1])
        if len(steps) >= 2000:
            break
        previous = here
    return round(median(steps)) if steps else None


def read_segmentation(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Windows that were merged to segments, of one sample."""
    out = Collector(path, genome, tally)
    several = "Sample" in next(rows(path), Row(path, 0, {})).cells
    for row in of_sample(path, "Sample", names, tally) if several else rows(path):
        ratio = row.number("MedianRatio")
        if ratio is None or ratio < 0:
            tally.drop("no ratio")
            continue
        out.row(
            row,
            row.text("Chromosome"),
            row.number("Start"),
            row.number("End"),
            log2=log2_of(ratio),
            total=row.number("CopyNumber"),
            markers=optional_count(row, "BinCount") if row.has("BinCount") else None,
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def read_cnvs(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Altered segments with copies and genotype. What is not listed is unknown, not normal."""
    out = Collector(path, genome, tally)
    for row in _cnv_rows(path):
        genotype = row.cells.get("genotype", "")
        out.row(
            row,
            row.text("chrom"),
            row.number("start"),
            row.number("end"),
            zero_based=True,
            total=row.number("copies"),
            minor=_minor(genotype) if set(genotype) <= set("AB-") else None,
        )
    return SegmentTable(out.finish(), "", integer=True, altered_only=True)


def _cnv_rows(path: Path) -> Iterator[Row]:
    named = False
    for number, line in lines(path):
        if not line.strip():
            continue
        cells = [cell.strip().strip('"') for cell in line.split("\t")]
        if not named and cells[0] in ("chr", "Chromosome"):
            named = True
            continue
        if len(cells) < 5:
            raise InputError("wrong number of columns", path=path, line=number, found=len(cells), expected="5 or more")
        yield Row(path, number, dict(zip(CNV_COLUMNS, cells, strict=False)))


def _minor(genotype: str) -> float | None:
    """AAB -> 1; '-' is unknown."""
    if not genotype or set(genotype) - set("AB"):
        return None
    return float(min(genotype.count("A"), genotype.count("B")))


def read_info(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Ploidy, and purity where FREEC adjusted for normal cells."""
    purity = ploidy = None
    for row in table(path, columns=("name", "value", "more", "more2")):
        tally.use()
        name = row.text("name")
        if name == "Sample_Purity":
            purity = fraction(optional(row, "value"), "purity", path, row.line)
        elif name == "Output_Ploidy":
            ploidy = checked_ploidy(optional(row, "value"), path, row.line)
    if purity == 1:
        tally.warn("FREEC states a purity of 1, as it does without adjustment for normal cells: not used")
        purity = None
    return SegmentTable((), "", purity=purity, ploidy=ploidy)


register(
    Format("copy_number", "freec.ratio", "Control-FREEC", "_ratio.txt: windows with copies", _is_ratio, read_ratio)
)
register(
    Format(
        "copy_number",
        "freec.segmentation",
        "Control-FREEC",
        "windows merged to segments (MedianRatio, CopyNumber, Sample)",
        _is_segmentation,
        read_segmentation,
        tested_on="real file",
    )
)
register(Format("copy_number", "freec.cnvs", "Control-FREEC", "_CNVs: altered segments only", _is_cnvs, read_cnvs))
register(
    Format("copy_number", "freec.info", "Control-FREEC", "_info.txt: purity, ploidy (second file)", _is_info, read_info)
)
