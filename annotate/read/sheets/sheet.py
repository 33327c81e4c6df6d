"""Rows of a sheet by column name, each cell in the words of its schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from annotate.base.frozen import frozen
from annotate.base.schemas import schema
from annotate.read.sheets.faults import Faults
from annotate.read.sheets.table import Line, Table, read_table
from annotate.read.sheets.values import Doubt, canonical, expected, is_missing

OF_A_FILE = re.compile(r"[ _-](files?|paths?|vcfs?|tables?)$")  # "SNV file", "cnv_path"
TEXT_LIMIT = 60  # characters of a cell that a note repeats


@frozen
class Entry:
    """One row: its line, its cells that are not empty, and what was taken otherwise than written."""

    line: int
    cells: Mapping[str, str]
    notes: tuple[str, ...] = ()


@frozen
class Sheet:
    """A sheet as it is meant. `notes` speak of the file, those of an entry of its row."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


@cache
def rules_of(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """Rule by column of a sheet (`samples`, `patients`), references resolved."""
    loaded = schema(kind)
    shared = loaded.get("$defs", {})
    return {
        column: {**shared.get(str(rule.get("$ref", "")).rpartition("/")[2], {}), **rule}
        for column, rule in loaded["properties"].items()
    }


def read_sheet(path: Path, kind: str, faults: Faults) -> Sheet:
    """Every row whose cells are told apart; what is wrong is added to `faults`.

    Errors: InputError for a file that is no sheet at all.
    """
    table = read_table(path, frozenset(rules_of(kind)))
    columns, notes = _columns(table, kind, faults)
    if not any(columns):
        return Sheet((), (*table.notes, *notes))
    entries = [_entry(line, columns, kind, faults) for line in table.rows if _fits(line, columns, faults)]
    return Sheet(tuple(entry for entry in entries if entry.cells), (*table.notes, *notes))


# ---------------------------------------------------------------- the header


def _columns(table: Table, kind: str, faults: Faults) -> tuple[list[str | None], list[str]]:
    """The column of every cell; None where its name is not known."""
    required = schema(kind)["required"]
    names = [_column(name, kind) for name in table.header.cells]
    if not any(names):
        faults.add(
            "the sheet has no header",
            line=table.header.number,
            found=", ".join(table.header.cells),
            expected="the column names " + ", ".join(required) + " …",
            fix="put the column names into the first line",
        )
        return [None] * len(names), []
    seen: list[str | None] = []
    for number, (written, name) in enumerate(zip(table.header.cells, names, strict=True), start=1):
        if name is None:
            _unknown(written, number, table.header, kind, faults)
        elif name in seen:
            faults.add(
                "column appears twice", line=table.header.number, column=name, fix="remove or rename one of them"
            )
            name = None
        seen.append(name)
    for column in required:
        if column not in seen:
            found = ", ".join(table.header.cells)
            faults.add("column is missing", line=table.header.number, column=column, found=found, fix="add it")
    pairs = [(w, n) for w, n in zip(table.header.cells, seen, strict=True) if n is not None and w != n]
    return seen, [f"column {written!r} was read as {name}" for written, name in pairs]


def _column(written: str, kind: str) -> str | None:
    """The column that a header cell names: its own name in any case, or another that the schema lists."""
    rules = rules_of(kind)
    plain = written.strip().lower()
    if plain in rules:
        return plain
    for name in (plain, OF_A_FILE.sub("", plain)):
        named = [c for c, rule in rules.items() if "x-header" in rule and re.fullmatch(rule["x-header"], name)]
        if len(named) == 1:
            return named[0]
    return None


def _unknown(written: str, number: int, header: Line, kind: str, faults: Faults) -> None:
    known = list(rules_of(kind))
    if not written:
        faults.add("a column has no name", line=header.number, found=f"column {number}", fix="name it, or remove it")
        return
    near = difflib.get_close_matches(written.lower(), known, n=1)
    faults.add(
        "unknown column",
        line=header.number,
        column=written,
        expected="one of " + ", ".join(known),
        fix=f"did you mean {near[0]!r}?" if near else "rename or remove it",
    )


# ---------------------------------------------------------------- the rows


def _fits(line: Line, columns: Sequence[str | None], faults: Faults) -> bool:
    if len(line.cells) == len(columns):
        return True
    faults.add(
        "wrong number of cells",
        line=line.number,
        found=len(line.cells),
        expected=f"{len(columns)} tab-separated cells, as in the header",
        fix="one separator between cells; an empty cell for a missing value; quotes around one that holds a separator",
    )
    return False


def _entry(line: Line, columns: Sequence[str | None], kind: str, faults: Faults) -> Entry:
    rules = rules_of(kind)
    cells: dict[str, str] = {}
    notes: list[str] = []
    for column, cell in zip(columns, line.cells, strict=True):
        if column is None or not cell or is_missing(cell, rules[column]):
            continue
        try:
            value = canonical(cell, rules[column])
        except Doubt as doubt:
            faults.add(
                doubt.what,
                line=line.number,
                column=column,
                found=cell,
                expected=doubt.expected,
                fix=_fix(doubt, column),
            )
            value = ""
        if value and value != cell and not _same_number(value, cell):
            notes.append(f"{column}: {cell[:TEXT_LIMIT]!r} was read as {value}")
        cells[column] = value
    for column in schema(kind)["required"]:
        if column in columns and column not in cells:
            faults.add(
                "value is missing", line=line.number, column=column, expected=expected(rules[column]), fix="fill it in"
            )
    return Entry(line.number, cells, tuple(notes))


def _fix(doubt: Doubt, column: str) -> str:
    return doubt.fix or f"mend the cell; config/README.md describes {column}"


def _same_number(value: str, cell: str) -> bool:
    try:
        return float(value) == float(cell)
    except ValueError:
        return False
