"""Chromosome Analysis Suite (Affymetrix arrays): the exported segment table of gains, losses and LOH.

Altered segments only. An LOH row that no gain or loss covers is loss of heterozygosity without a copy change.
"""

from __future__ import annotations

import re
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.intervals import Interval
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import OTHER_SAMPLE, Names, choose_sample, optional, optional_count, rows
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

LOCATION = re.compile(r"(?:chr)?([0-9XYM]+):([0-9,]+)-([0-9,]+)$", re.IGNORECASE)
LOCATION_COLUMNS = ("Full Location", "Full location")
NOMENCLATURE = "Microarray Nomenclature"  # OncoScan's tables state the place only there
WRITTEN = re.compile(r"arr(?:\[([^\]]+)\])?\s*([0-9]{1,2}|[XY])[pq][^(]*\(([0-9,]+)[_-]([0-9,]+)\)", re.IGNORECASE)
MOSAIC = "Mosaic"
ASSEMBLIES = {"grch37": "GRCh37", "hg19": "GRCh37", "grch38": "GRCh38", "hg38": "GRCh38"}
NORMAL = 2.0  # CN state of an autosome that is listed neither as gain nor as loss


def _is_chas(head: Head) -> bool:
    placed = any(head.has(name) for name in LOCATION_COLUMNS) or head.has("Chromosome", "Min", "Max")
    return head.has("CN State", "Type") and (placed or any(_is_nomenclature(name) for name in head.columns))


def _is_nomenclature(column: str) -> bool:
    """`Microarray Nomenclature (ISCN 2016)`, with the edition of the nomenclature in its name."""
    return column.startswith(NOMENCLATURE)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Gains and losses with their CN state, LOH with minor copies 0. Raises InputError for a damaged row."""
    held = list(rows(path))
    if held and held[0].has("File"):
        chosen = choose_sample(path, (row.cells.get("File", "") for row in held), names)
    else:
        chosen = None
    changes: list[tuple[Row, Interval]] = []
    losses: list[tuple[Row, Interval]] = []  # of heterozygosity
    for row in held:
        if chosen is not None and row.cells.get("File", "") != chosen:
            tally.drop(OTHER_SAMPLE)
            continue
        kind = row.text("Type")
        (losses if kind.upper() == "LOH" else changes).append((row, _place(row, genome)))
    out = Collector(path, genome, tally)
    for row, place in changes:
        state, mosaic = row.number("CN State"), MOSAIC in row.text("Type")
        if mosaic:
            tally.warn("mosaic states are means over all cells: copies of the changed cells are not stated there")
        covered = any(place.inside(other) for _, other in losses)
        total = None if mosaic else state
        minor = 0.0 if covered or (total is not None and total <= 1) else None
        _add(out, row, place, total, minor)
    for row, place in losses:
        if any(place.touches(other) for _, other in changes):
            tally.drop("LOH listed with its gain or loss")
        else:
            _add(out, row, place, NORMAL if place.chrom.isdigit() else None, 0.0)
    return SegmentTable(out.finish(), "", integer=True, altered_only=True)


def _add(out: Collector, row: Row, place: Interval, total: float | None, minor: float | None) -> None:
    ratio = ("Mean Log2 Ratio", "Log2 Ratio", "Median Log2 Ratio")
    out.row(
        row,
        place.chrom,
        place.start,
        place.end,
        total=total,
        minor=minor,
        log2=optional(row, *ratio) if row.has(*ratio) else None,
        markers=optional_count(row, "Marker Count"),
    )


def _place(row: Row, genome: Genome) -> Interval:
    if row.has(*LOCATION_COLUMNS):
        text = row.text(*LOCATION_COLUMNS)
        found = LOCATION.match(text)
        if not found:
            raise InputError(
                "location is not understood",
                path=row.path,
                line=row.line,
                column=LOCATION_COLUMNS[0],
                found=text,
                expected="chr1:1000-2000",
            )
        return Interval(found[1].upper(), int(found[2].replace(",", "") or 0), int(found[3].replace(",", "") or 0))
    column = next((name for name in row.cells if _is_nomenclature(name)), None)
    if column is not None and not row.has("Min", "Max"):
        return _written(row, column, genome)
    start, end = row.integer("Min"), row.integer("Max")
    if start is None or end is None:
        raise InputError("segment has no position", path=row.path, line=row.line, column="Min or Max")
    return Interval(row.text("Chromosome").removeprefix("chr"), start, end)


def _written(row: Row, column: str, genome: Genome) -> Interval:
    """The place in `arr[GRCh38] 9p21.3(21800001_22200000)x0`, whose assembly must be that of the sample."""
    found = WRITTEN.match(row.text(column))
    if not found:
        raise InputError(
            "array nomenclature is not understood",
            path=row.path,
            line=row.line,
            column=column,
            found=row.text(column),
            expected="arr[GRCh38] 9p21.3(21800001_22200000)x0",
        )
    assembly = ASSEMBLIES.get((found[1] or "").lower())
    if assembly is not None and assembly != genome.assembly:
        raise InputError(
            "file is of another assembly",
            path=row.path,
            line=row.line,
            column=column,
            found=found[1],
            expected=genome.assembly,
            fix="correct `assembly` in the sample sheet",
        )
    return Interval(found[2].upper(), int(found[3].replace(",", "")), int(found[4].replace(",", "")))


register(
    Format(
        "copy_number",
        "chas.segments",
        "Chromosome Analysis Suite",
        "exported segment table (CN State, Type, Full Location): altered segments only",
        _is_chas,
        read,
    )
)
