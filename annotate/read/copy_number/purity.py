"""A one-row table of `purity` and `ploidy`, as Battenberg and scripts around FACETS write it."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.copy_number.cells import Names, checked_ploidy, fraction, rows
from annotate.reference.genome import Genome

PLACES = frozenset({"chrom", "chromosome", "chr", "start", "loc.start", "startpos"})


def _is_purity(head: Head) -> bool:
    lower = {name.lower() for name in head.columns}
    return {"purity", "ploidy"} <= lower and not lower & PLACES and "diploidProportion" not in head.columns


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Purity and ploidy of one sample. Raises InputError where there are several rows."""
    found = None
    for row in rows(path):
        if found is not None:
            raise InputError("purity table has several rows", path=path, line=row.line, expected="one row")
        tally.use()
        found = SegmentTable(
            (),
            "",
            purity=fraction(row.number("purity", "Purity", "PURITY"), "purity", path, row.line),
            ploidy=checked_ploidy(row.number("ploidy", "Ploidy", "PLOIDY"), path, row.line),
        )
    if found is None:
        raise InputError("purity table has no row", path=path, expected="one row of values")
    return found


register(
    Format(
        "copy_number",
        "purity.table",
        "FACETS, Battenberg",
        "one row of purity and ploidy (second file)",
        _is_purity,
        read,
    )
)
