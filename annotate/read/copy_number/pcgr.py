"""PCGR's copy-number input: Chromosome, Start, End, nMajor, nMinor. Integer copies; positions count from 1."""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.copy_number.cells import Names, rows
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome


def _is_pcgr(head: Head) -> bool:
    return head.has("Chromosome", "Start", "End", "nMajor", "nMinor")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Major and minor copies. The table states no purity. Raises InputError for a damaged table."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        major, minor = row.number("nMajor"), row.number("nMinor")
        total = None if major is None or minor is None else major + minor
        out.row(row, row.text("Chromosome"), row.number("Start"), row.number("End"), total=total, minor=minor)
    return SegmentTable(out.finish(), "", integer=True)


register(
    Format(
        "copy_number",
        "pcgr.cna",
        "PCGR",
        "Chromosome, Start, End, nMajor, nMinor",
        _is_pcgr,
        read,
        tested_on="real file",
    )
)
