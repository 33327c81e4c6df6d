"""TITAN: the segment table (_segs.txt, .titan.ichor.seg.txt) and its parameters (.params.txt).

Copies are integer states of the clonal cluster that a segment belongs to; ichorCNA's corrected states go before
TITAN's own, which stop at a highest state.
"""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import (
    Names,
    fraction,
    log2_cell,
    of_sample,
    optional,
    optional_count,
    parameters,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

START, END = ("Start_Position(bp)", "Start", "Start_Position.bp."), ("End_Position(bp)", "End", "End_Position.bp.")
TOTAL = ("Corrected_Copy_Number", "Copy_Number")
MINOR = ("Corrected_MinorCN", "MinorCN")
PREVALENCE = ("Cellular_Prevalence", "Cellular_Frequency", "Clonal_Frequency")
NORMAL_CELLS, PLOIDY = "Normal contamination estimate", "Average tumour ploidy estimate"


def _is_segments(head: Head) -> bool:
    return head.has("Chromosome", "TITAN_call", "Copy_Number") and any(head.has(name) for name in START)


def _is_params(head: Head) -> bool:
    return any(line.startswith(NORMAL_CELLS) for line in head.lines)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Total and minor copies with their share of leukaemic cells. Raises InputError for a damaged table."""
    out = Collector(path, genome, tally)
    for row in of_sample(path, "Sample", names, tally):
        total, minor = optional(row, *TOTAL), _minor(row)
        normal = (total, minor) == (2.0, 1.0)
        out.row(
            row,
            row.text("Chromosome"),
            row.number(*START),
            row.number(*END),
            log2=log2_cell(row, "Median_logR") if row.has("Median_logR") else None,
            total=total,
            minor=minor,
            baf=optional(row, "Median_Ratio"),
            cellular_fraction=None if normal else _share(row),
            markers=optional_count(row, "Length(snp)", "Length.snp."),
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def _minor(row: Row) -> float | None:
    """Minor copies that belong to the total in use: TITAN's own beside a corrected total would not add up."""
    if row.has(TOTAL[0]) and not row.has(MINOR[0]):
        same = optional(row, TOTAL[0]) == optional(row, TOTAL[1])
        return optional(row, MINOR[1]) if same else None
    return optional(row, *MINOR)


def _share(row: Row) -> float | None:
    share = optional(row, *PREVALENCE)
    return fraction(share, "cellular prevalence", row.path, row.line) if share else None


def read_params(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Purity (what normal cells leave) and ploidy of the solution."""
    row = parameters(path, tally, ":")
    normal = optional(row, NORMAL_CELLS)
    purity = None if normal is None else max(1 - normal, 0.0)
    return stated_fit(purity, optional(row, PLOIDY), path, caller="TITAN").table(tally)


register(
    Format(
        "copy_number",
        "titan.segments",
        "TITAN",
        "segments with TITAN_call, Copy_Number and MinorCN; purity from .params.txt beside it",
        _is_segments,
        read,
        priority=1,
    )
)
register(
    Format("copy_number", "titan.params", "TITAN", ".params.txt: purity, ploidy (second file)", _is_params, read_params)
)
