"""LINX `*.linx.fusion.tsv`: fusions told from DNA.

What LINX reports passed its rules of phase, distance and traversal; what it does not report stands in the table with
its reasons (`UNPHASED_5P_UTR`, `INVALID_TRAVERSAL`, `PRE_GENE_DISTANCE`…) and proves nothing. Newer tables place both
ends (`chr22:23184300:1`, 1 keeps the left), older ones name no place: there the DNA junctions say more.
"""

from __future__ import annotations

from annotate.model.junctions import Side
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, rows, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import Source

LINX = "linx.fusion.tsv"
_KEEPS: dict[str, Side] = {"1": "L", "-1": "R"}


def _is_linx(head: Head) -> bool:
    lower = {column.lower() for column in head.columns}
    return {"fiveprimebreakendid", "threeprimebreakendid", "name"} <= lower


def read_linx(source: Source) -> FusionFile:
    """Fusions of one LINX table, old or new, columns in either case."""
    reading = Reading(source, "LINX", LINX)
    for row in rows(source):
        _row(reading, Row(row.path, row.line, {name[:1].lower() + name[1:]: text for name, text in row.cells.items()}))
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    names = split_name(cell(row, "name"), reading.genome) or ("", "")
    five, three = cell(row, "fivePrimeCoords"), cell(row, "threePrimeCoords")
    phased = cell(row, "phased")
    reading.add(
        cell(row, "geneStart", "geneUp") or names[0],
        cell(row, "geneEnd", "geneDown") or names[1],
        record=f"line {row.line}",
        five_place=five,
        three_place=three,
        five_keeps=_KEEPS.get(five.rpartition(":")[2]),
        three_keeps=_KEEPS.get(three.rpartition(":")[2]),
        in_frame=True if phased == "SKIPPED_EXONS" else truth(phased),
        confidence=cell(row, "likelihood"),
        five_transcript=cell(row, "transcriptStart", "geneTranscriptStart", "transcriptUp"),
        three_transcript=cell(row, "transcriptEnd", "geneTranscriptEnd", "transcriptDown"),
        flags=_flags(row, phased),
        filter="" if cell(row, "reportableReasons") in ("OK", "") else cell(row, "reportableReasons"),
    )


def _flags(row: Row, phased: str) -> set[str]:
    flags = {"dna_derived"}
    if phased == "SKIPPED_EXONS":
        flags.add("exons_skipped")
    if cell(row, "reported").lower() == "false":
        flags.add("not_reported")
    return flags


register_format(LINX, "LINX", "linx.fusion.tsv (from DNA)", _is_linx, read_linx, tested_on="real file")
