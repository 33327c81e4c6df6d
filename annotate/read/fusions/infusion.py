"""InFusion: `fusions.txt` and `fusions.detailed.txt`. Which gene is 5' and which side is kept, the regions tell.

`region1` is the stretch that the reads of the first end cover: a breakpoint at its right edge keeps the left.
"""

from __future__ import annotations

import re

from annotate.model.junctions import Side
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, rows
from annotate.read.fusions.order import five_first
from annotate.read.fusions.source import Source

NAME = "infusion.txt"
_NEEDED = ("ref1", "break_pos1", "region1", "ref2", "break_pos2", "region2", "genes_1", "genes_2")
_REGION = re.compile(r"\[(\d+),(\d+)\]")


def _recognise(head: Head) -> bool:
    return head.has(*_NEEDED)


def read(source: Source) -> FusionFile:
    """Fusions of one InFusion table."""
    reading = Reading(source, "InFusion", NAME)
    for row in rows(source, *_NEEDED):
        keeps = [_kept(row, n) for n in (1, 2)]
        genes = [cell(row, f"genes_{n}") for n in (1, 2)]
        order = five_first(reading.genome, (genes[0], keeps[0]), (genes[1], keeps[1]))
        five, three = (1, 0) if order is False else (0, 1)
        reading.add(
            genes[five],
            genes[three],
            record=cell(row, "id") or f"line {row.line}",
            five_place=_place(row, five + 1),
            three_place=_place(row, three + 1),
            five_keeps=keeps[five],
            three_keeps=keeps[three],
            split=count(row, "num_span"),
            spanning=count(row, "num_paired"),
            flags=set() if order is not None else {"orientation_unknown"},
        )
    return reading.done()


def _place(row: Row, which: int) -> tuple[str, str]:
    return cell(row, f"ref{which}"), cell(row, f"break_pos{which}")


def _kept(row: Row, which: int) -> Side | None:
    region = _REGION.fullmatch(cell(row, f"region{which}"))
    at = count(row, f"break_pos{which}")
    if region is None or at is None:
        return None
    return "L" if int(region[2]) - at < at - int(region[1]) else "R"


register_format(NAME, "InFusion", "fusions.txt, fusions.detailed.txt", _recognise, read, tested_on="real file")
