"""JAFFA and JAFFAL: `jaffa_results.csv`, comma-separated. `spanning reads` cross the junction."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.sample import InputFile
from annotate.read.common.text import Head, Row, lines
from annotate.read.fusions.builder import Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, split_name, three_side, truth, whole
from annotate.reference.genome import Genome

NAME = "jaffa.csv"
LONGEST = 1000  # characters of a cell of a damaged line
_COLUMNS = ("fusion genes", "chrom1", "base1", "chrom2", "base2")


def comma_table(path: Path) -> Iterator[Row]:
    """Rows of a comma-separated table with a header line."""
    names: list[str] | None = None
    for number, line in lines(path):
        if not line.strip() or (names is None and line.startswith("##")):
            continue
        cells = [text.strip() for text in _cells(line)]
        if names is None:
            names = [name.lstrip("#") for name in cells]
            continue
        if len(cells) > len(names) or len(cells) < 2:
            raise InputError(
                "wrong number of columns", path=path, line=number, found=len(cells), expected=str(len(names))
            )
        yield Row(path, number, dict(zip(names, cells, strict=False)))


def comma_columns(head: Head) -> tuple[str, ...]:
    """Columns of the first line that is no comment, read as comma-separated."""
    first = next((line for line in head.lines if line.strip() and not line.startswith("##")), "")
    if "\t" in first:
        return ()
    return tuple(name.strip().lstrip("#") for name in _cells(first))


def _recognise(head: Head) -> bool:
    return set(comma_columns(head)) >= set(_COLUMNS)


def read(path: Path, genome: Genome, knowledge: Knowledge) -> tuple[list[Fusion], InputFile]:
    reading = Reading(path, genome, knowledge, "JAFFA", NAME)
    for row in comma_table(path):
        whole(row, *_COLUMNS)
        five, three = split_name(cell(row, "fusion genes"), genome) or (cell(row, "fusion genes"), "")
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


def _cells(line: str) -> list[str]:
    """One line of CSV. A cell beyond the module's limit is cut: it is no name and no number."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [cell[:LONGEST] for cell in line.split(",")]
