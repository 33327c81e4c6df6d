"""LINX `*.linx.fusion.tsv` (fusions told from DNA) and Isofox `*.isf.fusions.tsv` or `*.isf.pass_fusions.tsv` (RNA)."""

from __future__ import annotations

from pathlib import Path

from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.junctions import Side
from annotate.model.sample import InputFile
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import Reading, register_format
from annotate.read.fusions.cells import cell, count, rows, split_name, truth
from annotate.reference.genome import Genome

LINX, ISOFOX = "linx.fusion.tsv", "isofox.fusions.tsv"
_KEEPS: dict[str, Side] = {"1": "L", "-1": "R"}


def _is_linx(head: Head) -> bool:
    lower = {column.lower() for column in head.columns}
    return {"fiveprimebreakendid", "threeprimebreakendid", "name"} <= lower


def read_linx(path: Path, genome: Genome, knowledge: Knowledge) -> tuple[list[Fusion], InputFile]:
    """LINX names no place: its fusions are of two breakends of other files. The DNA junctions say more."""
    reading = Reading(path, genome, knowledge, "LINX", LINX)
    for row in rows(path):
        row = Row(row.path, row.line, {name[:1].lower() + name[1:]: text for name, text in row.cells.items()})
        names = split_name(cell(row, "name"), genome) or ("", "")
        phased = cell(row, "phased")
        flags = {"dna_derived"} | ({"exons_skipped"} if phased == "SKIPPED_EXONS" else set())
        reading.add(
            cell(row, "geneStart", "geneUp") or names[0],
            cell(row, "geneEnd", "geneDown") or names[1],
            record=f"line {row.line}",
            in_frame=True if phased == "SKIPPED_EXONS" else truth(phased),
            confidence=cell(row, "likelihood"),
            five_transcript=cell(row, "transcriptStart", "transcriptUp"),
            three_transcript=cell(row, "transcriptEnd", "transcriptDown"),
            flags=flags,
        )
    return reading.done()


def _is_isofox(head: Head) -> bool:
    return head.has("GeneNameUp", "GeneNameDown", "PosUp", "PosDown")


def read_isofox(path: Path, genome: Genome, knowledge: Knowledge) -> tuple[list[Fusion], InputFile]:
    """Orientation 1 keeps the left of a place, -1 the right. Realigned fragments cross the junction, as split ones."""
    reading = Reading(path, genome, knowledge, "Isofox", ISOFOX)
    for row in rows(path, "PosUp", "PosDown"):
        split = [n for n in (count(row, "SplitFrags"), count(row, "RealignedFrags")) if n is not None]
        word = cell(row, "Filter")
        reading.add(
            cell(row, "GeneNameUp"),
            cell(row, "GeneNameDown"),
            record=cell(row, "FusionId") or f"line {row.line}",
            five_place=(cell(row, "ChrUp"), cell(row, "PosUp")),
            three_place=(cell(row, "ChrDown"), cell(row, "PosDown")),
            five_keeps=_KEEPS.get(cell(row, "OrientUp")),
            three_keeps=_KEEPS.get(cell(row, "OrientDown")),
            split=sum(split) if split else None,
            spanning=count(row, "DiscordantFrags"),
            confidence=cell(row, "KnownFusionType"),
            flags={"filtered_by_caller"} if word not in ("", "PASS") or cell(row, "Valid") == "false" else (),
            filter=word,
        )
    return reading.done()


register_format(LINX, "LINX", "linx.fusion.tsv (from DNA)", _is_linx, read_linx, tested_on="real file")
register_format(ISOFOX, "Isofox", "isf.fusions.tsv, isf.pass_fusions.tsv", _is_isofox, read_isofox)
