"""CNVkit: .cns, .segmetrics.cns and .call.cns. Starts count from 0; log2 is of the mixture unless `call --purity`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.base.chromosomes import AUTOSOME_SET
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, log2_cell, optional, optional_count, rows, spacing
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

FAR_FROM_WHOLE = 0.3  # copies; a clonal call of a pure profile lies nearer to its integer
ALLOWED_FAR = 0.02  # share of the autosomal length that may lie farther
CALL_PLOIDIES = (2, 3, 4, 1, 5, 6)  # `call --ploidy`; 2 is the default


def _is_cns(head: Head) -> bool:
    return head.has("chromosome", "start", "end", "gene", "log2", "probes")


def _is_call(head: Head) -> bool:
    return _is_cns(head) and head.has("cn")


def _is_segmetrics(head: Head) -> bool:
    return _is_cns(head) and head.has("ci_lo") and not head.has("cn")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments with log2, and BAF where `--vcf` was given. Raises InputError for a damaged table."""
    out = Collector(path, genome, tally)
    for row in rows(path):
        _add(out, row, copies=False)
    segments = out.finish()
    return SegmentTable(segments, "", resolution=spacing(segments))


def read_call(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments with cn, cn1 and cn2 where these are states of the leukaemic cells.

    `cnvkit call` rounds by fixed log2 thresholds unless it was told `-m clonal` and the purity; those numbers are
    not copies of the leukaemic cells, so only log2 and BAF are kept, and the table says so.
    """
    held = list(rows(path))
    integer = _calls_are_tumour_states(held, genome)
    if held and not integer:
        tally.warn(
            "column cn was rounded without regard to purity (log2 does not lie near whole copies):"
            " log2 is used, cn is not"
        )
    out = Collector(path, genome, tally)
    for row in held:
        _add(out, row, copies=integer)
    segments = out.finish()
    return SegmentTable(segments, "", integer=integer, resolution=spacing(segments))


def _add(out: Collector, row: Row, *, copies: bool) -> None:
    minor = None
    if copies and row.has("cn1", "cn2"):
        alleles = [value for value in (optional(row, "cn1"), optional(row, "cn2")) if value is not None]
        minor = min(alleles) if len(alleles) == 2 else None
    out.row(
        row,
        row.text("chromosome"),
        row.number("start"),
        row.number("end"),
        zero_based=True,
        log2=log2_cell(row, "log2"),
        total=row.number("cn") if copies else None,
        minor=minor,
        baf=optional(row, "baf"),
        markers=optional_count(row, "probes"),
    )


def _calls_are_tumour_states(held: Sequence[Row], genome: Genome) -> bool:
    """Do ploidy x 2^log2 lie near the called copies? They do for a clonal call of a purity-corrected profile."""
    known = []
    for row in held:
        log2, copies = row.number("log2"), row.number("cn")
        start, end = row.number("start"), row.number("end")
        chrom = genome.contig(row.text("chromosome"))
        if None not in (log2, copies, start, end) and chrom in AUTOSOME_SET:
            known.append((min(float(log2 or 0), 20.0), float(copies or 0), float(end or 0) - float(start or 0)))
    length = sum(size for _, _, size in known)
    if length <= 0:
        return False
    return any(
        sum(size for log2, copies, size in known if abs(ploidy * 2**log2 - copies) > FAR_FROM_WHOLE) / length
        <= ALLOWED_FAR
        for ploidy in CALL_PLOIDIES
    )


register(
    Format(
        "copy_number",
        "cnvkit.cns",
        "CNVkit",
        "segments of `cnvkit segment` (.cns): log2 of the mixture",
        _is_cns,
        read,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "cnvkit.segmetrics",
        "CNVkit",
        "segments with statistics (.segmetrics.cns)",
        _is_segmetrics,
        read,
        priority=1,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "cnvkit.call",
        "CNVkit",
        "called segments (.call.cns): copies where called by purity, else log2",
        _is_call,
        read_call,
        priority=2,
        tested_on="real file",
    )
)
