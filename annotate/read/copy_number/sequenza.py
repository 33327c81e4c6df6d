"""Sequenza: _segments.txt with CNt, A, B; _confints_CP.txt and _alternative_solutions.txt with cellularity."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import (
    Names,
    log2_of,
    optional,
    optional_count,
    rows,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome


def _is_segments(head: Head) -> bool:
    return head.has("chromosome", "start.pos", "end.pos", "Bf", "depth.ratio", "CNt", "A", "B")


def _is_confints(head: Head) -> bool:
    return head.has("cellularity", "ploidy.estimate")


def _is_solutions(head: Head) -> bool:
    return head.has("cellularity", "ploidy", "SLPP")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Integer total and minor copies (B) with the depth ratio. Raises InputError for a damaged table."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        alleles = [value for value in (row.number("A"), row.number("B")) if value is not None]
        low = row.number("Bf")
        out.row(
            row,
            row.text("chromosome"),
            row.number("start.pos"),
            row.number("end.pos"),
            log2=log2_of(row.number("depth.ratio")),
            total=row.number("CNt"),
            minor=min(alleles) if len(alleles) == 2 else None,
            baf=None if low is None else 1 - low,
            markers=optional_count(row, "N.ratio"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def read_confints(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Three rows: lower limit, estimate, upper limit of cellularity and ploidy; fewer where nothing was estimated."""
    held = list(rows(path))
    for _ in held:
        tally.use()
    if len(held) != 3:
        if any(optional(row, "cellularity") is not None for row in held):
            raise InputError("confidence table has not three rows", path=path, found=len(held), expected="3")
        return stated_fit(None, None, path, caller="Sequenza", failed="no estimate of the cellularity").table(tally)
    low, best, high = held
    quality = {
        "Sequenza cellularity": f"{low.text('cellularity')} to {high.text('cellularity')}",
        "Sequenza ploidy": f"{low.text('ploidy.estimate')} to {high.text('ploidy.estimate')}",
    }
    return replace(_fit(best, optional(best, "ploidy.estimate"), tally), quality=quality)


def read_solutions(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Solutions, best first; the first is used and the others are said."""
    held = list(rows(path))
    for _ in held:
        tally.use()
    if not held:
        return stated_fit(None, None, path, caller="Sequenza", failed="its table of solutions is empty").table(tally)
    if len(held) > 1:
        others = "; ".join(f"{optional(r, 'cellularity')}, {optional(r, 'ploidy')}" for r in held[1:4])
        tally.warn(f"Sequenza gives {len(held) - 1} other solutions (cellularity, ploidy): {others}")
    return _fit(held[0], optional(held[0], "ploidy"), tally)


def _fit(row: Row, ploidy: float | None, tally: Tally) -> SegmentTable:
    cellularity = row.number("cellularity")
    failed = "the cellularity is not stated" if cellularity is None else ""
    return stated_fit(cellularity, ploidy, row.path, row.line, caller="Sequenza", failed=failed).table(tally)


register(
    Format(
        "copy_number",
        "sequenza.segments",
        "Sequenza",
        "_segments.txt: CNt, A, B; purity from _confints_CP.txt beside it",
        _is_segments,
        read,
    )
)
register(
    Format(
        "copy_number",
        "sequenza.confints",
        "Sequenza",
        "_confints_CP.txt: cellularity and ploidy (second file)",
        _is_confints,
        read_confints,
    )
)
register(
    Format(
        "copy_number",
        "sequenza.solutions",
        "Sequenza",
        "_alternative_solutions.txt (second file)",
        _is_solutions,
        read_solutions,
    )
)
