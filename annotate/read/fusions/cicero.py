"""CICERO: `annotated.fusion.txt`, `annotated.all.txt`, `final_fusions.txt`.

`ortA` and `ortB` are the strands of the assembled contig at its two ends, A first: along `+` the contig keeps the
left of A and the right of B. `sv_ort` `>` says that the transcript runs from A to B, `<` from B to A.
"""

from __future__ import annotations

import re

from annotate.model.junctions import Side
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, three_side
from annotate.read.fusions.names import cell_genes
from annotate.read.fusions.source import Source
from annotate.reference.genome import Genome

NAME = "cicero.txt"
_COLUMNS = ("geneA", "geneB", "chrA", "chrB", "posA", "posB", "ortA", "ortB")


def _recognise(head: Head) -> bool:
    return head.has(*_COLUMNS)


def read(source: Source) -> FusionFile:
    """Fusions of a CICERO table (`annotated.fusion.txt`); positions are 1-based."""
    reading = Reading(source, "CICERO", NAME)
    for row in rows(source, *_COLUMNS):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    keeps = {"A": five_side(cell(row, "ortA")), "B": three_side(cell(row, "ortB"))}
    five, three, known = _order(reading.genome, row, keeps)
    flags = set() if known else {"orientation_unknown"}
    kind = cell(row, "type").lower()
    if "read" in kind and "through" in kind:
        flags.add("read_through")
    rating = cell(row, "rating")
    if rating.lower() == "bad":
        flags.add("filtered_by_caller")
    reading.add(
        cell(row, f"gene{five}"),
        cell(row, f"gene{three}"),
        record=f"line {row.line}",
        five_place=(cell(row, f"chr{five}"), cell(row, f"pos{five}")),
        three_place=(cell(row, f"chr{three}"), cell(row, f"pos{three}")),
        five_keeps=keeps[five],
        three_keeps=keeps[three],
        split=_sum(count(row, "readsA"), count(row, "readsB")),
        in_frame=_frame(cell(row, "frame")),
        confidence=rating,
        flags=flags,
    )


def _order(genome: Genome, row: Row, keeps: dict[str, Side | None]) -> tuple[str, str, bool]:
    """Which end is the 5' one: as the caller says, else by the sides that the contig keeps of the two genes."""
    stated = {">": ("A", "B"), "<": ("B", "A")}.get(cell(row, "sv_ort"))
    if stated:
        return *stated, True
    for five, three in (("A", "B"), ("B", "A")):
        names = [cell_genes(cell(row, f"gene{end}")) for end in (five, three)]
        genes = [genome.gene(found[0][0]) if found else None for found in names]
        if (
            genes[0] is not None
            and genes[1] is not None
            and keeps[five] == genes[0].five_prime_side
            and keeps[three] == genes[1].three_prime_side
        ):
            return five, three, True
    return "A", "B", False


def _sum(*counts: int | None) -> int | None:
    known = [n for n in counts if n is not None]
    return sum(known) if known else None


def _frame(text: str) -> bool | None:
    """One code a pair of transcripts: 1 in frame, 0 out of frame; 2 and 3 (coding part or 5' UTR alone) say neither."""
    codes = set(re.split(r"[,;]", text)) - {""}
    if "1" in codes:
        return True
    return False if codes == {"0"} else None


register_format(
    NAME,
    "CICERO",
    "annotated.fusion.txt, annotated.all.txt, final_fusions.txt",
    _recognise,
    read,
    tested_on="real file",
)
