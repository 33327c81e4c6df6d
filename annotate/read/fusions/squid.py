"""SQUID: `sv.txt` (and with genes by AnnotateSQUIDOutput.py), a BEDPE of segments joined in RNA.

`+` keeps the left: the breakpoint is the segment's end; `-` the right: its start. Without gene names the places name
the genes. It is called from RNA, whatever the form of the file.
"""

from __future__ import annotations

from annotate.model.junctions import Side
from annotate.read.common.rna_marks import is_squid
from annotate.read.common.text import Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, rows
from annotate.read.fusions.declared import breakend_side
from annotate.read.fusions.names import split_name, symbol
from annotate.read.fusions.order import five_first
from annotate.read.fusions.places import gene_at
from annotate.read.fusions.source import Source

NAME = "squid.txt"
_NEEDED = ("chrom1", "start1", "end1", "chrom2", "start2", "end2", "strand1", "strand2")
End = tuple[str, tuple[str, str], Side | None]  # gene, place, side kept


def read(source: Source) -> FusionFile:
    """Fusions of one SQUID file: pairs of segments in two genes."""
    reading = Reading(source, "SQUID", NAME)
    for row in rows(source, *_NEEDED):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    ends = [_end(reading, row, which) for which in ("1", "2")]
    order = five_first(reading.genome, (ends[0][0], ends[0][2]), (ends[1][0], ends[1][2]))
    named = split_name(cell(row, "FusedGenes"), reading.genome)
    if named is not None and order is None:
        order = None if named[0] not in (ends[0][0], ends[1][0]) else named[0] == ends[0][0]
    five, three = (ends[1], ends[0]) if order is False else (ends[0], ends[1])
    reading.add(
        five[0],
        three[0],
        record=f"line {row.line}",
        five_place=five[1],
        three_place=three[1],
        five_keeps=five[2],
        three_keeps=three[2],
        split=count(row, "score"),
        flags=set() if order is not None else {"orientation_unknown"},
    )


def _gene(reading: Reading, row: Row, contig: str, at: int | None) -> str:
    """The gene at a place; of an annotated file one of its two names, so that another assembly's places are noticed."""
    named = split_name(cell(row, "FusedGenes"), reading.genome)
    found = gene_at(reading.genome, contig, at, named or ())
    if named is None or found in (symbol(reading.genome, name) for name in named):
        return found
    chrom = reading.genome.contig(contig)
    genes = [gene for name in named if (gene := reading.genome.gene(symbol(reading.genome, name))) is not None]
    if len(genes) < len(named):
        return found  # a name that nobody knows may be of either end
    here = [gene for gene in genes if gene.chrom == chrom]
    return min(here, key=lambda gene: abs(gene.start - (at or 0))).name if here else found


def _end(reading: Reading, row: Row, which: str) -> End:
    keeps = breakend_side(cell(row, "strand" + which))
    start, end = count(row, "start" + which), count(row, "end" + which)
    at = end if keeps == "L" else None if start is None else start + 1
    contig = cell(row, "chrom" + which)
    return _gene(reading, row, contig, at), (contig, "" if at is None else str(at)), keeps


register_format(
    NAME, "SQUID", "sv.txt, with or without fused genes", is_squid, read, priority=20, tested_on="real file"
)
