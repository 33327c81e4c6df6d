"""Fusion tables that differ in nothing but their columns: a declaration a caller, one engine for all.

A declaration names the columns that make the format known, those of the two genes with their places and sides, and
those of reads, frame and filter. What a caller does besides (reads counted by names, a class of its own) is a short
function of the declaration. The formats stand in `annotate.read.fusions.formats`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from annotate.base.frozen import frozen
from annotate.model.junctions import Side
from annotate.read.common.passing import filter_word
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, three_side, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.order import five_first
from annotate.read.fusions.source import Source

Names = tuple[str, ...]
SideOf = Callable[[str], Side | None]
COUNTS = re.compile(r"\d+(?:\.0*)?")


@frozen
class End:
    """Columns of one end; of several names the first that the file has is read.

    `place` holds a base where `chrom` is given, else `chrom:base` or `chrom:base:strand`; without `strand`, a strand
    in the place is taken.
    """

    gene: Names
    id: Names = ()
    chrom: Names = ()
    place: Names = ()
    strand: Names = ()


@frozen
class Declared:
    """One caller's table.

    `breakend_strands`: a strand is that of the breakend (`+` or 1 keeps the left at either end), not that along which
    the transcript runs. `ordered`: the first gene is the 5' one; else the order is told from the sides.
    """

    name: str
    caller: str
    description: str
    needed: Names
    five: End
    three: End
    pair: Names = ()
    split: Names = ()
    spanning: Names = ()
    frame: Names = ()
    confidence: Names = ()
    filter: Names = ()
    passing: frozenset[str] = frozenset({"", "PASS", "."})
    breakend_strands: bool = False
    ordered: bool = True
    record: Names = ()
    reads: Callable[[Row], tuple[int | None, int | None]] | None = None
    flags: Callable[[Row], set[str]] | None = None
    keep: Callable[[Row], bool] | None = None
    without: Names = ()  # columns whose presence makes it another caller's table
    priority: int = 10
    tested_on: str = "documentation"

    def recognises(self, head: Head) -> bool:
        """Does the table have the needed columns and none of those that tell another caller?"""
        return head.has(*self.needed) and not set(self.without) & set(head.columns)


def declare(table: Declared) -> None:
    """Register a format that is read by its declaration."""

    def read(source: Source) -> FusionFile:
        return _read(table, source)

    register_format(
        table.name,
        table.caller,
        table.description,
        table.recognises,
        read,
        priority=table.priority,
        tested_on=table.tested_on,
    )


def _read(table: Declared, source: Source) -> FusionFile:
    reading = Reading(source, table.caller, table.name)
    for row in rows(source, *table.needed):
        if table.keep is not None and not table.keep(row):
            reading.tally.drop("not of RNA")
            continue
        _row(table, reading, row)
    return reading.done()


@frozen
class _Seen:
    """One end of a row as the file writes it."""

    gene: str
    place: str | tuple[str, str] | None
    strand: str


def _row(table: Declared, reading: Reading, row: Row) -> None:
    five, three = _seen(table, reading, row, 0), _seen(table, reading, row, 1)
    sides: tuple[SideOf, SideOf] = (breakend_side, breakend_side) if table.breakend_strands else (five_side, three_side)
    keeps = sides[0](five.strand), sides[1](three.strand)
    flags = table.flags(row) if table.flags is not None else set()
    if not table.ordered:
        order = five_first(reading.genome, (five.gene, keeps[0]), (three.gene, keeps[1]))
        if order is None:
            flags.add("orientation_unknown")
        elif not order:
            five, three, keeps = three, five, keeps[::-1]
    split, spanning = (
        table.reads(row) if table.reads is not None else (_sum(row, table.split), _sum(row, table.spanning))
    )
    word = filter_word(cell(row, *table.filter)) if table.filter else ""
    reading.add(
        five.gene,
        three.gene,
        record=(cell(row, *table.record) if table.record else "") or f"line {row.line}",
        five_place=five.place,
        three_place=three.place,
        five_keeps=keeps[0],
        three_keeps=keeps[1],
        split=split,
        spanning=spanning,
        in_frame=truth(cell(row, *table.frame)) if table.frame else None,
        confidence=cell(row, *table.confidence) if table.confidence else None,
        flags=flags if word in table.passing else {*flags, "filtered_by_caller"},
        filter="" if word in table.passing else word,
    )


def _seen(table: Declared, reading: Reading, row: Row, which: int) -> _Seen:
    end = (table.five, table.three)[which]
    gene = cell(row, *end.gene) if end.gene else ""
    if not gene and table.pair:
        pair = split_name(cell(row, *table.pair), reading.genome)
        gene = pair[which] if pair else ""
    if not gene and end.id:
        gene = cell(row, *end.id)
    place: str | tuple[str, str] | None = cell(row, *end.place) if end.place else None
    strand = cell(row, *end.strand) if end.strand else ""
    if isinstance(place, str) and end.chrom:
        place = (cell(row, *end.chrom), place)
    elif isinstance(place, str) and not end.strand:
        parts = place.split(":")
        strand = parts[2] if len(parts) > 2 else ""
    return _Seen(gene, place, strand)


def breakend_side(strand: str) -> Side | None:
    """The side that a breakend keeps where `+` means that the sequence ends there, and `-` that it begins there."""
    return {"+": "L", "1": "L", "-": "R", "-1": "R"}.get(strand.strip())  # type: ignore[return-value]


def _sum(row: Row, columns: Names) -> int | None:
    """The columns' counts in one number; None where none of them holds any. `3;14` are two counts."""
    found = [number for column in columns if row.has(column) for number in _counts(row, column)]
    return sum(found) if found else None


def _counts(row: Row, column: str) -> list[int]:
    text = row.text(column)
    if ";" in text:
        return [int(float(part)) for part in text.split(";") if COUNTS.fullmatch(part)]
    number = count(row, column)
    return [] if number is None else [number]
