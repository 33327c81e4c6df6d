"""ABSOLUTE: the segment table (.segtab.txt) with the modal copies of each allele."""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, log2_of, of_sample, optional, optional_count, rows, spacing
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

SUBCLONAL = ("subclonal.a1", "subclonal.a2", "total_subclonal", "subclonal")


def _is_segtab(head: Head) -> bool:
    return head.has("Chromosome", "Start.bp", "End.bp") and (head.has("modal.a1", "modal.a2") or head.has("modal_cn"))


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Modal copies; where a segment is subclonal, the rescaled mean of the leukaemic cells stands instead.

    Raises InputError for a damaged table.
    """
    out = Collector(path, genome, tally)
    several = any("sample" in row.cells for row in rows(path))
    for row in of_sample(path, "sample", names, tally) if several else rows(path):
        alleles = [optional(row, name) for name in ("modal.a1", "modal.a2")]
        known = [value for value in alleles if value is not None]
        total = sum(known) if len(known) == 2 else optional(row, "modal_total_cn", "modal_cn")
        mean = optional(row, "rescaled_total_cn", "rescaled.cn")
        subclonal = mean is not None and any(optional(row, name) == 1 for name in SUBCLONAL)
        out.row(
            row,
            row.text("Chromosome"),
            row.number("Start.bp"),
            row.number("End.bp"),
            log2=log2_of(optional(row, "copy.ratio", "total_copy_ratio", "copy_ratio")),
            total=mean if subclonal else total,
            minor=min(known) if len(known) == 2 and not subclonal else None,
            markers=_probes(row),
        )
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def _probes(row: Row) -> int | None:
    return optional_count(row, "n_probes", "n.probes")


register(
    Format(
        "copy_number",
        "absolute.segtab",
        "ABSOLUTE",
        ".segtab.txt: modal copies of each allele; purity and ploidy from ABSOLUTE's table (second file)",
        _is_segtab,
        read,
    )
)
