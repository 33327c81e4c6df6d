"""How a table is written: what parts its cells, and whether its decimals have a comma.

Laboratories export the same table through spreadsheets and R: with commas or semicolons between cells, in quotes,
with decimal commas. What a cell means does not change with that, so it is told here, from the content, for all.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

from annotate.base.frozen import frozen

OTHERS = (";", ",")
LONGEST = 1000  # characters of a cell of a damaged line
MIN_CELLS = 3  # a line of fewer is a sentence, not a row
LOOKED_AT = 400  # rows from which the decimal sign is told
POINT = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")  # 21,800,001


@frozen
class Dialect:
    """What parts the cells of a table, and how its numbers are written."""

    delimiter: str = "\t"
    decimal_comma: bool = False

    def cells(self, line: str) -> list[str]:
        """The cells of a line, without quotes around them, with decimal points."""
        if self.delimiter == "\t":
            found = line.split("\t")
            if " " in line or '"' in line:
                found = [cell.strip().strip('"') for cell in found]
        else:
            found = [cell.strip() for cell in _quoted(line, self.delimiter)]
        return [with_point(cell) for cell in found] if self.decimal_comma else found


TABS = Dialect()


def _quoted(line: str, delimiter: str) -> list[str]:
    """Cells of a line with quotes. A cell beyond the module's limit is cut: it is no name and no number."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [cell.strip('"')[:LONGEST] for cell in line.split(delimiter)]


def with_point(cell: str) -> str:
    """`-0,38` as `-0.38`; any other cell as it is."""
    return cell.replace(",", ".") if COMMA.fullmatch(cell) else cell


def dialect_of(body: Sequence[str], *, decimals: bool = False) -> Dialect:
    """The dialect of a table by its first lines (header, then rows, without comments).

    Tabs in the header decide; else a semicolon or a comma that parts header and first row into as many cells.
    `decimals`: look for decimal commas too, which tables with lists in their cells must not be asked for.
    """
    if not body:
        return TABS
    delimiter = _delimiter(body)
    plain = Dialect(delimiter)
    if not decimals or delimiter == ",":
        return plain
    rows = (plain.cells(line) for line in body[1 : LOOKED_AT + 1])
    return Dialect(delimiter, _decimal_commas(cell for row in rows for cell in row))


def _delimiter(body: Sequence[str]) -> str:
    header = body[0]
    if "\t" in header:
        return "\t"
    for sign in OTHERS:
        width = len(Dialect(sign).cells(header))
        row = len(Dialect(sign).cells(body[1])) if len(body) > 1 else width
        if width >= MIN_CELLS and row - width in (0, 1):  # R writes one cell more where it adds row names
            return sign
    return "\t"


def _decimal_commas(cells: Iterable[str]) -> bool:
    """Is there a number with a comma that groups no thousands, and none with a decimal point?"""
    found = False
    for cell in cells:
        if POINT.fullmatch(cell):
            return False
        found = found or (COMMA.fullmatch(cell) is not None and GROUPED.fullmatch(cell) is None)
    return found
