"""A one-row table of `purity` and `ploidy`, as ABSOLUTE, Battenberg and scripts around FACETS write it."""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, only_row
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

EMFLAGS = ("emflags", "em_flags", "emflag")
CALL_STATUS, CALLED = "call.status", "called"
PLACES = frozenset({"chrom", "chromosome", "chr", "start", "loc.start", "startpos"})


def _is_purity(head: Head) -> bool:
    lower = {name.lower() for name in head.columns}
    return {"purity", "ploidy"} <= lower and not lower & PLACES and "diploidProportion" not in head.columns


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Purity and ploidy of one sample. Raises InputError where there are several rows."""
    row = only_row(path, "purity table")
    tally.use()
    purity, ploidy = row.number("purity", "Purity", "PURITY"), row.number("ploidy", "Ploidy", "PLOIDY")
    return stated_fit(purity, ploidy, path, row.line, caller="the caller", failed=_failed(row)).table(tally)


def _failed(row: Row) -> str:
    """The caller's own word for a fit that it does not believe: FACETS' emflags, ABSOLUTE's call status."""
    for column in EMFLAGS:
        if row.has(column) and (flags := row.text(column)):
            return f"{column}: {flags}"
    status = row.text(CALL_STATUS).lower() if row.has(CALL_STATUS) else CALLED
    return "" if status in (CALLED, "") else f"{CALL_STATUS}: {status}"


register(
    Format(
        "copy_number",
        "purity.table",
        "FACETS, Battenberg, ABSOLUTE",
        "one row of purity and ploidy (second file)",
        _is_purity,
        read,
    )
)
