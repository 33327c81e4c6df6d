"""FusionMap: `FusionReport.txt`, which has one column of counts a sample: `SAMPLE.SeedCount`.

`FusionGene` names the 5' gene first (`FADS3->MTOR`); the two signs of `Strand` are those along which the transcript
runs at either end.
"""

from __future__ import annotations

from annotate.read.common.own_rows import own_name
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, three_side
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import KIND, Source

NAME = "fusionmap.txt"
_NEEDED = ("FusionID", "Chromosome1", "Position1", "Chromosome2", "Position2", "KnownGene1", "KnownGene2")
_COUNTS = (".SeedCount", ".RescuedCount")


def _recognise(head: Head) -> bool:
    return head.has(*_NEEDED)


def read(source: Source) -> FusionFile:
    """Fusions of one FusionMap report with support in this sample's columns."""
    reading = Reading(source, "FusionMap", NAME)
    own = ""
    for row in rows(source, *_NEEDED):
        own = own or _own(source, row)
        seeds, rescued = (count(row, own + suffix) for suffix in _COUNTS)
        if seeds == 0 and not rescued:
            reading.tally.drop("no read in this sample's column")
            continue
        _row(reading, row, seeds, rescued)
    return reading.done()


def _own(source: Source, row: Row) -> str:
    """The sample whose counts are read, as its columns name it."""
    names = tuple(name.removesuffix(_COUNTS[0]) for name in row.cells if name.endswith(_COUNTS[0]))
    return own_name(names, source.path, source.sample, KIND, source.tally) if names else ""


def _row(reading: Reading, row: Row, seeds: int | None, rescued: int | None) -> None:
    strands = (cell(row, "Strand") + "  ")[:2]
    genes = split_name(cell(row, "FusionGene"), reading.genome)
    named = [cell(row, "KnownGene1"), cell(row, "KnownGene2")]
    swapped = genes is not None and genes == (named[1], named[0]) and named[0] != named[1]
    five, three = (1, 0) if swapped else (0, 1)
    reading.add(
        named[five],
        named[three],
        record=cell(row, "FusionID"),
        five_place=(cell(row, f"Chromosome{five + 1}"), cell(row, f"Position{five + 1}")),
        three_place=(cell(row, f"Chromosome{three + 1}"), cell(row, f"Position{three + 1}")),
        five_keeps=five_side(strands[five]),
        three_keeps=three_side(strands[three]),
        split=None if seeds is None and rescued is None else (seeds or 0) + (rescued or 0),
        in_frame={"InFrame": True, "FrameShift": False}.get(cell(row, "FrameShiftClass")),
        filter=cell(row, "Filter"),
        flags={"filtered_by_caller"} if cell(row, "Filter") else set(),
    )


register_format(NAME, "FusionMap", "FusionReport.txt", _recognise, read, tested_on="real file")
