"""Cells that fusion tables share: rows of this sample, strands, counts, words of truth."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.base.errors import InputError
from annotate.model.junctions import Side
from annotate.read.common.delimited import delimited_rows
from annotate.read.common.own_rows import OTHER_SAMPLE, own_rows
from annotate.read.common.text import MISSING, Row
from annotate.read.fusions.source import KIND, Source

_FALSE_WORDS = frozenset(
    {"no", "false", "0", "out-of-frame", "outframe", "frameshift", "frame-shift", "out_of_frame", "stop-codon"}
)
_TRUE_WORDS = frozenset({"yes", "true", "1", "in-frame", "inframe", "in_frame", "inframe-shift"})


def rows(source: Source, *needed: str) -> Iterator[Row]:
    """This sample's rows of a table, whatever separates its cells; a repeated header is no row.

    Errors: InputError for a row that ends before the last of the columns needed, or for a table of several samples of
    which none can be told to be this one.
    """
    own = own_rows(source.path, source.sample, KIND, source.tally)
    for row in delimited_rows(source.path):
        if own is None or own.has(row):
            yield whole(row, *needed)
        else:
            source.tally.drop(OTHER_SAMPLE)


def whole(row: Row, *needed: str) -> Row:
    """The row itself. Errors: InputError where it ends before one of these columns (a truncated file)."""
    missing = [column for column in needed if column not in row.cells]
    if missing:
        raise InputError(
            "row ends too early",
            path=row.path,
            line=row.line,
            column=missing[0],
            found=f"{len(row.cells)} columns",
            expected="as many as the header",
            fix="copy the file again, or complete the row",
        )
    return row


def cell(row: Row, *columns: str) -> str:
    """The first of these columns that is there, '' when none is or its value is missing."""
    cells = row.cells
    for column in columns:
        value = cells.get(column)
        if value is not None:
            return "" if value in MISSING else value
    return ""


def count(row: Row, *columns: str) -> int | None:
    """A number of reads, None where the column or its value is missing. Errors: InputError for no number."""
    text = cell(row, *columns)
    if not text or text.isdecimal():
        return int(text) if text and len(text) < 10 else None
    number = row.integer(*columns)
    if number is not None and number < 0:
        raise InputError(
            "a number of reads cannot be negative",
            path=row.path,
            line=row.line,
            column=columns[0],
            found=number,
            expected="0 or more",
        )
    return number


def truth(text: str) -> bool | None:
    """`in-frame`, `yes`, `TRUE`… -> True; their opposites -> False; anything else -> None."""
    word = text.strip().lower()
    return True if word in _TRUE_WORDS else False if word in _FALSE_WORDS else None


def five_side(strand: str) -> Side | None:
    """The side that a 5' breakpoint keeps when the fusion transcript runs along this strand."""
    return {"+": "L", "-": "R"}.get(strand.strip())  # type: ignore[return-value]


def three_side(strand: str) -> Side | None:
    """The side that a 3' breakpoint keeps when the fusion transcript runs along this strand."""
    return {"+": "R", "-": "L"}.get(strand.strip())  # type: ignore[return-value]


def strand_of(place: str) -> str:
    """The strand of `chr22:23632600:+`; '' when there is none."""
    parts = place.split(":")
    return parts[2] if len(parts) > 2 else ""
