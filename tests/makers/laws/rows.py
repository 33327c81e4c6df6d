"""Ways to spoil a table that are the same for every kind of input; each kind registers them with its own law."""

from __future__ import annotations

from tests.makers.laws.cell import Cell, Written


def row_twice(cell: Cell, written: Written) -> bool:
    """The truth's own rows stand in the table once more."""
    written.records += [[*cells] for cells in written.own]
    written.save()
    return True


def header_only(cell: Cell, written: Written) -> bool:
    """Nothing is left but the names of the columns."""
    written.records.clear()
    written.save()
    return True


def rows_reversed(cell: Cell, written: Written) -> bool:
    """The last row first."""
    written.records.reverse()
    written.save()
    return True
