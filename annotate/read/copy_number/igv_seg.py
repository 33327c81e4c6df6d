"""IGV SEG of any caller (DNAcopy, CNVkit export, FACETS .seg, GATK .cr.igv.seg, GDC): log2 of the mixture.

A table says log10 where its name, a comment or its column does; nothing in the numbers could. Values that cannot
be log ratios at all (linear ratios, copies, allele fractions) are refused.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.middle import median
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, read_head
from annotate.read.copy_number.cells import NO_READS_LOG2, Names, log2_cell, of_sample, optional_count, spacing
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

SAMPLE = ("ID", "Sample", "sample", "GDC_Aliquot_ID", "GDC_Aliquot", "SAMPLE_NAME", "Sample_ID")
CHROM = ("chrom", "Chromosome", "chromosome", "CHROMOSOME", "chr")
START = ("loc.start", "Start", "START", "start", "Start.Position", "Start_Position", "Start Position")
END = ("loc.end", "End", "STOP", "END", "end", "End.Position", "End_Position", "End Position")
MARKERS = (
    "num.mark",
    "Num_Probes",
    "DATAPOINTS",
    "num_probes",
    "num_mark",
    "num.mark.",
    "Num.markers",
    "Num_Markers",
    "Num Markers",
)
LOG2 = (
    "seg.mean",
    "Segment_Mean",
    "LOG2_RATIO_MEAN",
    "seg_mean",
    "segment_mean",
    "log2",
    "Seg.CN",
    "Seg_CN",
    "Seg.mean",
    "Seg_Mean",
)
LOG10 = ("seg.mean.log10", "Segment_Mean_log10", "LOG10_RATIO_MEAN", "log10")
LOG10_WORD = re.compile(r"(?<![a-z0-9])log_?10(?![0-9])", re.IGNORECASE)
TO_LOG2 = math.log2(10)
NEVER_LOG = 0.25  # a median this high with no value below zero is no log ratio


def _value_column(head: Head) -> str | None:
    return next((name for name in (*LOG2, *LOG10) if name in head.columns), None)


def _is_seg(head: Head) -> bool:
    columns = set(head.columns)
    named = all(columns & set(names) for names in (SAMPLE, CHROM, START, END))
    return named and _value_column(head) is not None


def _is_gatk(head: Head) -> bool:
    return _is_seg(head) and head.has("Sample", "Num_Probes", "Segment_Mean")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments of one sample. Raises InputError that names the samples where there are several."""
    head = read_head(path)
    value = _value_column(head) or LOG2[0]
    sample = next(name for name in SAMPLE if name in head.columns)
    scale = TO_LOG2 if is_log10(path, head, value) else 1.0
    if scale != 1.0:
        tally.warn("log ratios are to base 10, as the file says, and were converted to base 2")
    if path.name.removesuffix(".gz").endswith(".af.igv.seg"):
        raise _not_log(path, "allele fractions (.af.igv.seg)")
    out = Collector(path, genome, tally)
    for row in of_sample(path, sample, names, tally):
        ratio = log2_cell(row, value)
        out.row(
            row,
            row.text(*CHROM),
            row.number(*START),
            row.number(*END),
            log2=max(ratio * scale, NO_READS_LOG2) if ratio is not None else None,
            markers=optional_count(row, *MARKERS),
        )
    refuse_unless_log(path, [segment.log2 for segment, _ in out.kept if segment.log2 is not None])
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def is_log10(path: Path, head: Head, column: str) -> bool:
    """Does the column, a comment or the file's name say base 10?"""
    return column in LOG10 or any(LOG10_WORD.search(text) for text in (path.name, *head.comments))


def refuse_unless_log(path: Path, values: list[float]) -> None:
    """Raises InputError for numbers that no log ratio shows: none below zero and half of them well above it."""
    if len(values) >= 5 and min(values) >= 0 and median(values) > NEVER_LOG:
        raise _not_log(path, f"values from {min(values):g} to {max(values):g}, median {median(values):g}")


def _not_log(path: Path, found: str) -> InputError:
    return InputError(
        "these are no log ratios",
        path=path,
        found=found,
        expected="log2 of the copy ratio, about 0 where copies are usual",
        fix="export log2 ratios, or write copies as `total` in the plain table of docs/formats.md",
    )


register(
    Format(
        "copy_number",
        "igv.seg",
        "IGV SEG",
        "ID, chrom, loc.start, loc.end, num.mark, seg.mean: DNAcopy, CNVkit .seg, FACETS .seg, PureCN, GDC;"
        " log2, or log10 where the file says so",
        _is_seg,
        read,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "gatk.igv",
        "GATK",
        ".cr.igv.seg and .called.igv.seg (Sample … Num_Probes, Segment_Mean)",
        _is_gatk,
        read,
        priority=1,
        tested_on="real file",
    )
)
