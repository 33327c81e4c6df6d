"""MAVIS `mavis_summary.tab`: rows of `protocol` transcriptome. Those of a genome are structural variants of DNA.

`gene1_direction` says which gene is 5'; `break1_orientation` L keeps the left. One row may hold several call methods,
with `;` between their counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from annotate.model.junctions import Side
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, rows
from annotate.read.fusions.order import five_first
from annotate.read.fusions.source import Source

NAME = "mavis.tab"
NEEDED = ("event_type", "gene1", "gene2", "break1_chromosome", "break1_position_start", "break1_orientation",
          "break2_chromosome", "break2_position_start", "break2_orientation", "protocol")  # fmt: skip
TRANSCRIPTOME = "transcriptome"
_SIDES: dict[str, Side] = {"L": "L", "R": "R"}


def is_mavis(head: Head) -> bool:
    """MAVIS's summary by its columns."""
    return head.has(*NEEDED)


def read(source: Source) -> FusionFile:
    """Fusions of one MAVIS summary: its rows of RNA."""
    reading = Reading(source, "MAVIS", NAME)
    for row in rows(source, *NEEDED):
        if cell(row, "protocol") != TRANSCRIPTOME:
            reading.tally.drop("not of RNA")
            continue
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    keeps = [_SIDES.get(cell(row, f"break{n}_orientation")) for n in (1, 2)]
    genes = [_gene(row, n) for n in (1, 2)]
    first = {"5": True, "3": False}.get(cell(row, "gene1_direction"))
    if first is None:
        first = five_first(reading.genome, (genes[0], keeps[0]), (genes[1], keeps[1]))
    five, three = (1, 0) if first is False else (0, 1)
    reading.add(
        genes[five],
        genes[three],
        record=cell(row, "tracking_id") or f"line {row.line}",
        five_place=_place(row, five + 1),
        three_place=_place(row, three + 1),
        five_keeps=keeps[five],
        three_keeps=keeps[three],
        split=number_in(row, ("break1_split_reads", "break2_split_reads", "spanning_reads")),
        spanning=number_in(row, ("flanking_pairs",)),
        flags=set() if first is not None else {"orientation_unknown"},
    )


def _gene(row: Row, which: int) -> str:
    """Its name, else its id; `None` is MAVIS's word for no gene."""
    found = cell(row, f"gene{which}_aliases"), cell(row, f"gene{which}")
    return next((name for name in found if name and name != "None"), "")


def _place(row: Row, which: int) -> tuple[str, str]:
    return cell(row, f"break{which}_chromosome"), cell(row, f"break{which}_position_start")


def number_in(row: Row, columns: Iterable[str]) -> int | None:
    """The counts of some columns in one number: `0;6` is six."""
    found = [int(text) for column in columns for text in re.findall(r"\d+", cell(row, column))]
    return sum(found) if found else None


register_format(NAME, "MAVIS", "mavis_summary.tab, rows of RNA", is_mavis, read, priority=20, tested_on="real file")
