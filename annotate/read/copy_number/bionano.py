"""Copy number of optical genome maps: Bionano's calls of segments and of whole chromosomes.

Fractional copies are means over all cells, so each becomes a log2 ratio; what is not listed is not known to be normal.
Calls in masked regions are left out as the software advises, each with a remark where a gene of the panel lies there.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.chromosomes import AUTOSOME_SET
from annotate.base.intervals import Interval
from annotate.model.copy_number import SegmentTable
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, log2_of, rows
from annotate.read.copy_number.collector import Collector, touches_panel
from annotate.reference.genome import Genome

MASKED = "in a masked region"
SEX = "sex chromosome, whose normal copies the file does not state"


def _is_cnv(head: Head) -> bool:
    return head.has("Chromosome", "Start", "End", "fractionalCopyNumber", "Type")


def _is_aneuploidy(head: Head) -> bool:
    return head.has("chr", "fractCN") and ("types" in head.columns or "type" in head.columns)


def read_cnv(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Called gains and losses by fractional copies."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        chrom = out.chromosome(row.text("Chromosome"))
        if "masked" in row.text("Type").lower():
            tally.drop(MASKED)
            _remark(row, chrom, genome, tally)
        elif chrom is not None and chrom not in AUTOSOME_SET:
            tally.drop(SEX)
        else:
            copies = row.number("fractionalCopyNumber")
            log2 = log2_of(copies / 2) if copies is not None else None
            out.row(row, row.text("Chromosome"), row.number("Start"), row.number("End"), log2=log2)
    return SegmentTable(out.finish(), "", altered_only=True)


def _remark(row: Row, chrom: str | None, genome: Genome, tally: Tally) -> None:
    start, end = row.number("Start"), row.number("End")
    if chrom is None or start is None or end is None or end < start:
        return
    place = Interval(chrom, int(start), int(end))
    if touches_panel(genome, place):
        tally.remarks.append(
            Remark(
                kind="copy_number",
                file=str(row.path),
                record=f"line {row.line}",
                code=RemarkCode.FILTERED,
                reason="called in a region that the software masks",
                speaks=Speaks.BLINDS,
                regions=(place,),
                would=row.text("Type"),
            )
        )


def read_aneuploidy(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Gained and lost chromosomes, each a segment of its whole length."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        chrom = out.chromosome(row.text("chr"))
        if chrom is not None and chrom not in AUTOSOME_SET:
            tally.drop(SEX)
            continue
        copies = row.number("fractCN")
        length = genome.contig_lengths.get(chrom or "", 0)
        out.row(row, row.text("chr"), 1, length or None, log2=log2_of(copies / 2) if copies is not None else None)
    return SegmentTable(out.finish(), "", altered_only=True)


for _name, _what, _fits, _read in (
    ("bionano.cnv", "copy-number calls (fractionalCopyNumber): altered segments only", _is_cnv, read_cnv),
    (
        "bionano.aneuploidy",
        "aneuploidy calls (chr, fractCN): altered chromosomes only",
        _is_aneuploidy,
        read_aneuploidy,
    ),
):
    register(Format("copy_number", _name, "Bionano", _what, _fits, _read, priority=5))
