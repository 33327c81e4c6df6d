"""Short lists of called deletions and duplications: ExomeDepth (.csv) and GenomeStudio's CNV region report.

Altered segments only: what is not listed is unknown, not normal.
"""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.copy_number.cells import Names, log2_of, of_sample, optional_count, rows
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

VALUE = ("CNV Value", "Value")
START, END = ("Start", "Start Position"), ("End", "End Position")
CHROM = ("Chromosome", "Chr")


def _is_exomedepth(head: Head) -> bool:
    return head.has("start.p", "end.p", "type", "start", "end", "chromosome", "reads.ratio")


def _is_genomestudio(head: Head) -> bool:
    return head.has("CNV Value", "CNV Confidence") and any(head.has(name) for name in CHROM)


def read_exomedepth(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Calls with log2 of observed to expected reads of the sample as a whole."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        out.row(
            row,
            row.text("chromosome"),
            row.number("start"),
            row.number("end"),
            log2=log2_of(row.number("reads.ratio")),
            markers=optional_count(row, "nexons"),
        )
    return SegmentTable(out.finish(), "", altered_only=True)


def read_genomestudio(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Calls with whole copies of one sample, as cnvPartition gives them."""
    out = Collector(path, genome, tally)
    several = any(row.has("Sample ID") for row in rows(path))
    for row in of_sample(path, "Sample ID", names, tally) if several else rows(path):
        total = row.number(*VALUE)
        out.row(
            row,
            row.text(*CHROM),
            row.number(*START),
            row.number(*END),
            total=total,
            minor=0.0 if total is not None and total <= 1 else None,
        )
    return SegmentTable(out.finish(), "", integer=True, altered_only=True)


register(
    Format(
        "copy_number",
        "exomedepth.calls",
        "ExomeDepth",
        "called exons (.csv with reads.ratio): altered segments only",
        _is_exomedepth,
        read_exomedepth,
    )
)
register(
    Format(
        "copy_number",
        "genomestudio.cnv",
        "GenomeStudio",
        "CNV region report (CNV Value): altered segments only",
        _is_genomestudio,
        read_genomestudio,
    )
)
