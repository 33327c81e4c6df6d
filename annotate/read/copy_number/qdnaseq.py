"""QDNAseq exportBins: tsv and igv of segmented log2 ratios, one column a sample. Its seg export is an IGV SEG."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, read_head
from annotate.read.copy_number.cells import Names, body_columns, choose_sample, log2_cell, merge_bins, rows
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.igv_seg import refuse_unless_log
from annotate.reference.genome import Genome

PLACE = ("feature", "chromosome", "start", "end")
MOSTLY = 0.5  # more segments a bin than this is a table of bins, not of segments


def _is_export(head: Head) -> bool:
    columns = body_columns(head)
    return len(columns) >= 5 and set(columns[:4]) == set(PLACE)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Neighbouring bins of equal log2 as segments. Raises InputError for calls (-1, 0, 1), which are no ratios."""
    columns = body_columns(read_head(path))
    sample = choose_sample(path, columns[4:], names)
    out = Collector(path, genome, tally)
    width: list[int] = []
    for row, chrom, start, end, values, bins in merge_bins(_bins(path, sample, tally, width)):
        out.row(row, chrom, start, end, log2=values[0], markers=bins, counted=True)
    _refuse_calls(path, {segment.log2 for segment, _ in out.kept})
    refuse_unless_log(path, [segment.log2 for segment, _ in out.kept if segment.log2 is not None])
    segments = out.finish()
    if tally.used and len(segments) > MOSTLY * tally.used and tally.used > 100:
        tally.warn('almost every bin has a value of its own: export type="segments"')
    return SegmentTable(segments, "", resolution=width[0] if width else None)


def _bins(
    path: Path, sample: str, tally: Tally, width: list[int]
) -> Iterator[tuple[Row, str, int, int, tuple[float | None, ...]]]:
    for row in rows(path):
        ratio = log2_cell(row, sample)
        start, end = row.integer("start"), row.integer("end")
        if start is None or end is None:
            raise InputError("bin has no position", path=path, line=row.line)
        if ratio is None:
            tally.drop("no copy-number value")
            continue
        tally.use()
        if not width:
            width.append(max(end - start + 1, 1))
        yield row, row.text("chromosome"), start, end, (ratio,)


def _refuse_calls(path: Path, values: set[float | None]) -> None:
    whole = {value for value in values if value is not None and value == int(value)}
    if values and whole == values and len(values) > 1:
        raise InputError(
            "these are calls, not log ratios",
            path=path,
            found=", ".join(f"{value:g}" for value in sorted(whole)),
            expected="log2 ratios",
            fix='export with exportBins(type="segments")',
        )


register(
    Format(
        "copy_number",
        "qdnaseq.export",
        "QDNAseq",
        'exportBins(type="segments") as tsv or igv; its seg is an IGV SEG',
        _is_export,
        read,
    )
)
