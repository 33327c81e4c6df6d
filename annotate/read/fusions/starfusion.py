"""STAR-Fusion: full and abridged predictions, with or without the coding effect, and the older candidates.final.

Columns changed their names between versions. The left gene is the 5' gene. FusionInspector's table is the same.
"""

from __future__ import annotations

from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, strand_of, three_side, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import Source

NAME = "starfusion.tsv"
_NAME = ("FusionName", "fusion_name")
_HEALTHY = ("GTEx_recurrent", "BodyMap", "Babiceanu_Normal", "Greger_Normal", "HGNC_GENEFAM_NORMAL", "ConjoinG")
_ALIKE = ("DGD_PARALOGS", "BLASTMATCH", "HGNC_GENEFAM")


def _recognise(head: Head) -> bool:
    named = any(name in head.columns for name in _NAME) and head.has("LeftGene", "RightGene", "LeftBreakpoint")
    return named and "num_LR" not in head.columns


def read(source: Source) -> FusionFile:
    """Fusions of a STAR-Fusion table (`star-fusion.fusion_predictions.tsv`); positions are 1-based."""
    reading = Reading(source, "STAR-Fusion", NAME)
    for row in rows(source, "LeftBreakpoint", "RightBreakpoint"):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    left_gene, right_gene = (cell(row, column).partition("^")[0] for column in ("LeftGene", "RightGene"))
    if not (left_gene and right_gene):
        left_gene, right_gene = split_name(cell(row, *_NAME), reading.genome) or (left_gene, right_gene)
    left, right = cell(row, "LeftBreakpoint"), cell(row, "RightBreakpoint")
    reading.add(
        left_gene,
        right_gene,
        record=f"line {row.line}",
        five_place=left,
        three_place=right,
        five_keeps=five_side(strand_of(left)),
        three_keeps=three_side(strand_of(right)),
        split=_reads(row, "JunctionReadCount", "JunctionReads"),
        spanning=_reads(row, "SpanningFragCount", "SpanningFrags"),
        in_frame=truth(cell(row, "PROT_FUSION_TYPE")),
        confidence=_confidence(row),
        five_transcript=cell(row, "CDS_LEFT_ID"),
        three_transcript=cell(row, "CDS_RIGHT_ID"),
        flags=_flags(cell(row, "annots")),
    )


def _reads(row: Row, number: str, names: str) -> int | None:
    """A count; the column of read names (`JunctionReads` of newer tables) counts only where it holds a number."""
    if row.has(number):
        return count(row, number)
    text = cell(row, names)
    return int(text) if text.isdecimal() else None


def _confidence(row: Row) -> str:
    """The caller gives no word; its anchor support is the nearest to one."""
    anchor = cell(row, "LargeAnchorSupport")
    return {"YES_LDAS": "large anchors", "YES": "large anchors", "NO_LDAS": "no large anchors"}.get(anchor, "")


def _flags(annots: str) -> set[str]:
    flags = set()
    if any(word in annots for word in _HEALTHY):
        flags.add("blacklisted")
    if any(word in annots for word in _ALIKE):
        flags.add("duplicate_gene")
    if "NEIGHBORS" in annots:
        flags.add("read_through")
    return flags


register_format(
    NAME,
    "STAR-Fusion",
    "fusion_predictions (full, abridged, coding effect), candidates.final",
    _recognise,
    read,
    tested_on="real file",
)
