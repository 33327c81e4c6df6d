"""Tables as people save them: tab, comma or semicolon, quoted or not, with R's row names in front.

A caller's table that went through a spreadsheet or through R keeps its columns and loses its form. The form is told
from the header line and the row below it, and the rows come out as those of the original.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.read.common.text import Head, Row, lines, read_head

LONGEST = 1000  # characters of a cell of a damaged line
SEPARATORS = ("\t", ",", ";")
_COMMENTS = ("##", "@")
Split = Callable[[str], list[str]]


@frozen
class Layout:
    """How a table is written. `line` is its header's number, from 1; `row_names`: R wrote names without a column."""

    separator: str
    columns: tuple[str, ...]
    line: int
    row_names: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names as the rows have them: an empty one for R's row names."""
        return ("", *self.columns) if self.row_names else self.columns


@lru_cache(maxsize=8)
def layout_of(head: Head) -> Layout | None:
    """The layout of a table; None where no line can be a header."""
    body = [(number, line) for number, line in enumerate(head.lines, start=1) if _is_body(line)]
    while body and body[0][1].startswith("#") and _separator(body[0][1]) is None:
        body = body[1:]  # a remark, no header
    if not body:
        return None
    number, header = body[0]
    separator = _separator(header) or "\t"
    columns = tuple(name.lstrip("#").strip().strip('"') for name in _splitter(separator)(header.strip("\r\n")))
    below = _splitter(separator)(body[1][1]) if len(body) > 1 else []
    return Layout(separator, columns, number, len(below) == len(columns) + 1)


@lru_cache(maxsize=8)
def tabled(head: Head) -> Head:
    """The same head with the columns and the first row that the layout gives, whatever separates them."""
    layout = layout_of(head)
    if layout is None:
        return head
    split = _splitter(layout.separator)
    first = next((split(line) for line in head.lines[layout.line :] if _is_body(line)), [])
    cells = first[1:] if layout.row_names else first
    return replace(head, columns=layout.columns, first=tuple(cell.strip().strip('"') for cell in cells))


def delimited_rows(path: Path, *, whole: bool = False) -> Iterator[Row]:
    """Rows of a table in any layout; a repeated header is no row. `whole`: each row must have every cell.

    Errors: InputError for a row that is wider than the header, that has a single cell, or that lacks a cell it needs.
    """
    layout = layout_of(read_head(path))
    if layout is None:
        return
    split, names = _splitter(layout.separator), layout.names
    again = list(layout.columns)
    for number, line in lines(path):
        if number <= layout.line or not line.strip() or line.startswith("##"):  # `@IGH` may begin a row
            continue
        cells = split(line)
        if line.startswith("#") and [cell.lstrip("#") for cell in cells] == again:
            continue
        if len(cells) > len(names) or len(cells) < (len(names) if whole else min(len(names), 2)):
            raise InputError(
                "wrong number of columns",
                path=path,
                line=number,
                found=len(cells),
                expected=str(len(names)),
                fix="copy the file again, if the row was cut" if len(cells) < len(names) else None,
            )
        if cells != again and not line.startswith("#"):
            yield Row(path, number, dict(zip(names, cells, strict=False)))


def _is_body(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(_COMMENTS)


def _separator(header: str) -> str | None:
    """Tab where there is one; else the one of comma and semicolon that cuts the header into more cells."""
    if "\t" in header:
        return "\t"
    counts = {mark: len(_quoted(header, mark)) for mark in SEPARATORS[1:]}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > 1 else None


def _splitter(separator: str) -> Split:
    def split(line: str) -> list[str]:
        if '"' in line:
            return [cell.strip() for cell in _quoted(line, separator)]
        cells = line.split(separator)
        return [cell.strip() for cell in cells] if " " in line else cells

    return split


def _quoted(line: str, separator: str) -> list[str]:
    """Cells of a line with quotes. A cell beyond the module's limit is cut: it is no name and no number."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return [cell.strip('"')[:LONGEST] for cell in line.split(separator)]


def first_values(rows: Iterator[Row], column: str, most: int) -> Sequence[str]:
    """Distinct values of a column, in order, up to `most` of them and one more."""
    found: dict[str, None] = {}
    for row in rows:
        found.setdefault(row.text(column))
        if len(found) > most:
            break
    return tuple(found)
