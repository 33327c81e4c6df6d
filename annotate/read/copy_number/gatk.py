"""GATK: .called.seg (log2 and +, -, 0) and .modelFinal.seg (log2 and minor-allele fraction).

The call +, - or 0 is not a copy number and is not used. Positions count from 1.
"""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, table
from annotate.read.copy_number.cells import Names, log2_cell, optional_count, spacing
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome


def _is_called(head: Head) -> bool:
    return head.has("CONTIG", "START", "END", "MEAN_LOG2_COPY_RATIO")


def _is_model(head: Head) -> bool:
    return head.has("CONTIG", "START", "END", "LOG2_COPY_RATIO_POSTERIOR_50", "MINOR_ALLELE_FRACTION_POSTERIOR_50")


def read_called(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments with log2 of the mixture. Raises InputError for a damaged table or another assembly."""
    check_dictionary(path, genome)
    out = Collector(path, genome, tally)
    for row in table(path):
        out.row(
            row,
            row.text("CONTIG"),
            row.number("START"),
            row.number("END"),
            log2=log2_cell(row, "MEAN_LOG2_COPY_RATIO"),
            markers=optional_count(row, "NUM_POINTS_COPY_RATIO"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def read_model(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments with the posterior medians of log2 and of the minor-allele fraction, of the mixture."""
    check_dictionary(path, genome)
    out = Collector(path, genome, tally)
    for row in table(path):
        minor = row.number("MINOR_ALLELE_FRACTION_POSTERIOR_50")
        out.row(
            row,
            row.text("CONTIG"),
            row.number("START"),
            row.number("END"),
            log2=log2_cell(row, "LOG2_COPY_RATIO_POSTERIOR_50"),
            baf=None if minor is None else 1 - minor,
            markers=optional_count(row, "NUM_POINTS_COPY_RATIO"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def check_dictionary(path: Path, genome: Genome) -> None:
    """The @SQ lines against the assembly. Raises InputError where they contradict it."""
    from annotate.read.common.text import lines

    contigs: dict[str, int | None] = {}
    for _, line in lines(path):
        if not line.startswith("@"):
            break
        if line.startswith("@SQ"):
            tags = dict(cell.split(":", 1) for cell in line.split("\t")[1:] if ":" in cell)
            length = tags.get("LN", "")
            if "SN" in tags:
                contigs[tags["SN"]] = int(length) if length.isascii() and length.isdigit() else None
    if contigs:
        genome.check_contigs(contigs, str(path))


register(
    Format(
        "copy_number",
        "gatk.called",
        "GATK",
        "CallCopyRatioSegments (.called.seg): log2; its +/-/0 is no copy number",
        _is_called,
        read_called,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "gatk.modelfinal",
        "GATK",
        "ModelSegments (.modelFinal.seg): log2 and minor-allele fraction",
        _is_model,
        read_model,
        tested_on="real file",
    )
)
