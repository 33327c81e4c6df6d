"""PureCN: _loh.csv (segments with total C and minor M copies) and the fit's .csv (purity, ploidy, sex).

The fit's file has `Failed`: PureCN itself says there that purity and ploidy are not to be believed.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally
from annotate.read.copy_number.cells import (
    Names,
    log2_cell,
    of_sample,
    optional_count,
    sex_word,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome


def _is_loh(head: Head) -> bool:
    return head.has("Sampleid", "chr", "start", "end", "C", "M")


def _is_fit(head: Head) -> bool:
    return head.has("Sampleid", "Purity", "Ploidy", "Contamination")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Total and minor copies of one sample; a minor copy number that PureCN flags is left out."""
    out = Collector(path, genome, tally)
    for row in of_sample(path, "Sampleid", names, tally):
        flagged = row.has("M.flagged") and row.text("M.flagged").upper() == "TRUE"
        out.row(
            row,
            row.text("chr"),
            row.number("start"),
            row.number("end"),
            log2=log2_cell(row, "seg.mean") if row.has("seg.mean") else None,
            total=row.number("C"),
            minor=None if flagged else row.number("M"),
            markers=optional_count(row, "num.mark"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def read_fit(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Purity, ploidy and sex of one sample, and whether PureCN's fit failed."""
    found = list(of_sample(path, "Sampleid", names, tally))
    if len(found) != 1:
        raise InputError("table of the fit has not one row", path=path, found=len(found), expected="one row")
    (row,) = found
    tally.use()
    failed = row.has("Failed") and row.text("Failed").upper() == "TRUE"
    fit = stated_fit(
        row.number("Purity"),
        row.number("Ploidy"),
        path,
        row.line,
        caller="PureCN",
        failed="it says of its own fit that it failed" if failed else "",
    )
    return fit.table(tally, sex=sex_word(row.text("Sex")) if row.has("Sex") else None)


register(
    Format(
        "copy_number",
        "purecn.loh",
        "PureCN",
        "_loh.csv: segments with C and M; purity from the .csv of the fit beside it",
        _is_loh,
        read,
        priority=1,
    )
)
register(
    Format(
        "copy_number",
        "purecn.fit",
        "PureCN",
        ".csv of the fit: purity, ploidy, sex (second file)",
        _is_fit,
        read_fit,
        priority=1,
    )
)
