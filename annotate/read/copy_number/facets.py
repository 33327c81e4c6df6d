"""FACETS: the cncf table (tcn.em, lcn.em). Its .seg is an IGV SEG. 23 is X; lcn.em is NA without heterozygous sites."""

from __future__ import annotations

import math
from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, log2_cell, of_sample, optional, optional_count, rows, spacing
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

START, END = ("start", "loc.start"), ("end", "loc.end")


def _is_cncf(head: Head) -> bool:
    placed = any(head.has(name) for name in START) and any(head.has(name) for name in END)
    return head.has("chrom", "tcn.em", "lcn.em") and placed


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Integer total and minor copies of the EM fit, cnlr.median as log2 of the mixture.

    `cf.em` is a share of all cells, leukaemic or not, so it is kept as a share of the leukaemic cells only when
    the largest of them, FACETS' purity, is known from the table itself.
    """
    several = any(row.has("ID") for row in rows(path))
    held = list(of_sample(path, "ID", names, tally) if several else rows(path))
    purity = _purity(held)
    out = Collector(path, genome, tally)
    for row in held:
        total, minor = row.number("tcn.em"), row.number("lcn.em")
        cells = optional(row, "cf.em")
        normal = (total, minor) == (2.0, 1.0)
        out.row(
            row,
            row.text("chrom"),
            row.number(*START),
            row.number(*END),
            log2=log2_cell(row, "cnlr.median") if row.has("cnlr.median") else None,
            total=total,
            minor=minor,
            baf=_baf(optional(row, "mafR"), optional_count(row, "nhet")),
            cellular_fraction=min(cells / purity, 1.0) if cells and purity and not normal else None,
            markers=optional_count(row, "num.mark"),
        )
    segments = out.finish()
    if any(segment.minor is None for segment in segments):
        tally.warn("minor copies are missing (lcn.em NA) where too few sites are heterozygous")
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def _purity(held: list[Row]) -> float | None:
    """The largest cf.em of an altered segment: FACETS' purity is defined so."""
    shares = [
        cells
        for row in held
        if (row.number("tcn.em"), row.number("lcn.em")) != (2.0, 1.0) and (cells := optional(row, "cf.em")) is not None
    ]
    return max(shares, default=None)


def _baf(squared_log_odds: float | None, sites: int | None) -> float | None:
    """mafR is the squared log odds ratio of the alleles."""
    if squared_log_odds is None or not sites or squared_log_odds < 0:
        return None
    odds = math.exp(min(math.sqrt(squared_log_odds), 50.0))
    return odds / (1 + odds)


register(
    Format(
        "copy_number",
        "facets.cncf",
        "FACETS",
        "cncf table: tcn.em and lcn.em (lcn.em may be NA); purity from a purity table beside it",
        _is_cncf,
        read,
        priority=1,
    )
)
