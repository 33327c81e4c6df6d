"""EricScript: `*.results.total.tsv` and `*.results.filtered.tsv`. `spanningreads` cross the junction."""

from __future__ import annotations

from annotate.read.common.text import Head
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, three_side
from annotate.read.fusions.source import Source

NAME = "ericscript.tsv"


def _recognise(head: Head) -> bool:
    return head.has("GeneName1", "GeneName2", "Breakpoint1", "Breakpoint2", "crossingreads", "spanningreads")


def read(source: Source) -> FusionFile:
    """Fusions of an EricScript table (`results.total.tsv`); a breakpoint may be missing."""
    reading = Reading(source, "EricScript", NAME)
    for row in rows(source, "Breakpoint2", "spanningreads"):
        kind = cell(row, "fusiontype").lower()
        flags = {"read_through"} if "read-through" in kind or "readthrough" in kind else set()
        if cell(row, "Blacklist", "blacklist"):
            flags.add("blacklisted")
        reading.add(
            cell(row, "GeneName1"),
            cell(row, "GeneName2"),
            record=f"line {row.line}",
            five_place=(cell(row, "chr1"), cell(row, "Breakpoint1")),
            three_place=(cell(row, "chr2"), cell(row, "Breakpoint2")),
            five_keeps=five_side(cell(row, "strand1")),
            three_keeps=three_side(cell(row, "strand2")),
            split=count(row, "spanningreads"),
            spanning=count(row, "crossingreads"),
            confidence=cell(row, "EricScore"),
            flags=flags,
        )
    return reading.done()


register_format(NAME, "EricScript", "results.total.tsv, results.filtered.tsv", _recognise, read)
