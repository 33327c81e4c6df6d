"""Arriba: `fusions.tsv` and `fusions.discarded.tsv`, all versions.

gene1 is the 5' gene. `direction1` says on which side of the breakpoint the partner lies: `downstream` keeps the left.
A cell ``A(123),B(456)`` is a place between genes. A filter without a number in `filters` discarded the record.
"""

from __future__ import annotations

import re

from annotate.model.junctions import Side
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, rows, truth
from annotate.read.fusions.source import Source

NAME = "arriba.tsv"
_KEEPS: dict[str, Side] = {"downstream": "L", "upstream": "R"}
_BLACK = frozenset({"blacklist", "in_vitro", "hairpin", "pcr_fusions"})
_ALIKE = frozenset({"homologs", "multimappers", "mismappers"})


def _recognise(head: Head) -> bool:
    return head.has("gene1", "gene2", "breakpoint1", "breakpoint2") and (
        head.has("strand1(gene/fusion)") or head.has("split_reads1", "discordant_mates")
    )


def read(source: Source) -> FusionFile:
    """Fusions of an Arriba table (`fusions.tsv`); positions are 1-based."""
    reading = Reading(source, "Arriba", NAME)
    for row in rows(source, "breakpoint1", "breakpoint2"):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    split = [count(row, "split_reads1"), count(row, "split_reads2")]
    given = [n for n in split if n is not None]
    discarding = [word for word in re.split(r"[,;]", cell(row, "filters")) if word and "(" not in word and word != "."]
    reading.add(
        cell(row, "gene1"),
        cell(row, "gene2"),
        record=f"line {row.line}",
        five_place=cell(row, "breakpoint1"),
        three_place=cell(row, "breakpoint2"),
        five_keeps=_KEEPS.get(cell(row, "direction1")),
        three_keeps=_KEEPS.get(cell(row, "direction2")),
        split=sum(given) if given else None,
        spanning=count(row, "discordant_mates"),
        in_frame=truth(cell(row, "reading_frame")),
        confidence=cell(row, "confidence"),
        five_transcript=cell(row, "transcript_id1"),
        three_transcript=cell(row, "transcript_id2"),
        flags=_flags(row, discarding),
        filter=";".join(discarding),
    )


def _flags(row: Row, discarding: list[str]) -> set[str]:
    kind = cell(row, "type")
    flags = {"read_through"} if "read-through" in kind else set()
    strands = [cell(row, f"strand{n}(gene/fusion)") for n in (1, 2)]
    if any(strand.endswith("/.") for strand in strands):
        flags.add("orientation_unknown")
    if any(strand in ("+/-", "-/+") for strand in strands):
        flags.add("antisense")
    if discarding:
        flags.add("filtered_by_caller")
    if _BLACK & set(discarding):
        flags.add("blacklisted")
    if _ALIKE & set(discarding):
        flags.add("duplicate_gene")
    return flags


register_format(NAME, "Arriba", "fusions.tsv, fusions.discarded.tsv", _recognise, read, tested_on="real file")
