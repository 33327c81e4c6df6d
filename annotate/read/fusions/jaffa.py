"""JAFFA and JAFFAL: `jaffa_results.csv`, comma-separated. `spanning reads` cross the junction."""

from __future__ import annotations

from annotate.read.common.text import Head
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, three_side, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import Source

NAME = "jaffa.csv"
_COLUMNS = ("fusion genes", "chrom1", "base1", "chrom2", "base2")


def _recognise(head: Head) -> bool:
    return head.has(*_COLUMNS)


def read(source: Source) -> FusionFile:
    """Fusions of a JAFFA table (`jaffa_results.csv`)."""
    reading = Reading(source, "JAFFA", NAME)
    for row in rows(source, *_COLUMNS):
        five, three = split_name(cell(row, "fusion genes"), source.genome) or (cell(row, "fusion genes"), "")
        word = cell(row, "classification")
        reading.add(
            five,
            three,
            record=f"line {row.line}",
            five_place=(cell(row, "chrom1"), cell(row, "base1")),
            three_place=(cell(row, "chrom2"), cell(row, "base2")),
            five_keeps=five_side(cell(row, "strand1")),
            three_keeps=three_side(cell(row, "strand2")),
            split=count(row, "spanning reads"),
            spanning=None if cell(row, "spanning pairs") in ("", "-") else count(row, "spanning pairs"),
            in_frame=truth(cell(row, "inframe")),
            confidence=word,
            flags={"read_through"} if "readthrough" in word.replace("-", "").lower() else (),
        )
    return reading.done()


register_format(NAME, "JAFFA", "jaffa_results.csv", _recognise, read)
