"""Copy-number VCF: DRAGEN and Canvas (somatic), cnv_facets, and `cnvkit.py export vcf`.

Copies are used where the caller modelled purity; else the depth ratio is. A record that is filtered is dropped:
its place is then unknown, not normal. POS is the base before a symbolic allele.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.filters import PASSING
from annotate.base.intervals import Interval
from annotate.model.copy_number import SegmentTable
from annotate.model.remark import RemarkCode
from annotate.read.common.passing import filter_word
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, Row, Tally, lines
from annotate.read.copy_number.cells import (
    NO_READS_LOG2,
    Names,
    choose_sample,
    log2_of,
    optional,
    optional_count,
)
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import StatedFit, stated_fit
from annotate.reference.genome import Genome

CONTIG = re.compile(r"##contig=<(.*)>")
USED = PASSING | {"neutral"}  # cnv_facets' word for an unaltered segment
FIXED = 9  # columns before the samples
USUAL = 2.0  # copies of an unaltered autosome


@dataclass(slots=True)
class _Meta:
    """What the header says."""

    values: dict[str, str] = field(default_factory=dict)
    contigs: dict[str, int | None] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)


def _source(head: Head, word: str) -> bool:
    vcf = bool(head.lines) and head.lines[0].startswith("##fileformat=VCF")
    return vcf and any(line.lower().startswith("##source=") and word in line.lower() for line in head.comments)


def _is_dragen(head: Head) -> bool:
    return _source(head, "dragen_cnv")


def _is_canvas(head: Head) -> bool:
    return _source(head, "canvas")


def _is_other(head: Head) -> bool:
    vcf = bool(head.lines) and head.lines[0].startswith("##fileformat=VCF")
    fields = ("##FORMAT=<ID=CN,", "##INFO=<ID=TCN_EM,", "##INFO=<ID=FOLD_CHANGE_LOG,")
    return vcf and any(line.startswith(fields) for line in head.comments)


def read_dragen(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """DRAGEN: CN and MCN where tumour purity was estimated, else the ratio SM."""
    meta = _header(path, genome)
    fit = _model(meta, path, "DRAGEN", tally)
    purity = fit.purity
    if purity is None:
        tally.warn("DRAGEN estimated no tumour purity: the depth ratio (SM) is used, CN is not")
    out = Collector(path, genome, tally)
    seen_reference = False
    for row in _records(path, meta, names, out):
        alt = row.cells["ALT"]
        seen_reference |= alt == "."
        modelled = purity is not None
        low = optional(row, "MAF")
        minor = optional(row, "MCN") if modelled else None
        out.row(
            row,
            row.cells["CHROM"],
            _start(row),
            _end(row),
            log2=log2_of(optional(row, "SM")),
            total=optional(row, "CN") if modelled else None,
            minor=minor,
            baf=None if low is None else 1 - low,
            markers=optional_count(row, "BC"),
        )
    return _table(out, seen_reference, fit, integer=purity is not None)


def read_canvas(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Canvas: CN and the major chromosome count MCC, with the header's purity and ploidy."""
    meta = _header(path, genome)
    fit = _model(meta, path, "Canvas", tally)
    if fit.purity is None:
        tally.warn("Canvas states no tumour purity: its copies are of the sample as a whole")
    out = Collector(path, genome, tally)
    seen_reference = False
    for row in _records(path, meta, names, out):
        seen_reference |= row.cells["ALT"] == "." or ":REF:" in row.cells["ID"]
        total, major = optional(row, "CN"), optional(row, "MCC")
        out.row(
            row,
            row.cells["CHROM"],
            _start(row),
            _end(row),
            total=total,
            minor=None if total is None or major is None else total - major,
            markers=optional_count(row, "BC"),
        )
    return _table(out, seen_reference, fit, integer=True)


def read_other(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """cnv_facets (TCN_EM, LCN_EM), CNVkit (FOLD_CHANGE_LOG), or FORMAT/CN of any caller."""
    meta = _header(path, genome)
    purity, ploidy = _stated(meta, ("purity",), path), _stated(meta, ("ploidy",), path)
    flags = meta.values.get("emflags", "")
    failed = f"emflags: {flags}" if flags not in MISSING else ""
    fit = _said(stated_fit(purity, ploidy, path, caller="FACETS", failed=failed), tally)
    out = Collector(path, genome, tally)
    facets = ratio_only = seen_reference = False
    for row in _records(path, meta, names, out):
        total = minor = log2 = None
        if row.has("TCN_EM"):
            facets = True
            total, minor = optional(row, "TCN_EM"), optional(row, "LCN_EM")
            log2 = optional(row, "CNLR_MEDIAN")
            seen_reference |= total == USUAL
        elif row.has("FOLD_CHANGE_LOG"):
            ratio_only, log2 = True, optional(row, "FOLD_CHANGE_LOG")
        else:
            total = optional(row, "CN")
            seen_reference |= row.cells["ALT"] == "." or total == USUAL
        out.row(
            row,
            row.cells["CHROM"],
            _start(row),
            _end(row),
            log2=log2 if log2 is None else max(log2, NO_READS_LOG2),
            total=total,
            minor=minor,
            markers=optional_count(row, "NUM_MARK", "PROBES"),
        )
    if not facets and not ratio_only and out.kept:
        tally.warn("copies are those of FORMAT/CN; whether they allow for normal cells is not known")
    return _table(out, seen_reference, fit, integer=facets or not ratio_only)


def _table(out: Collector, seen_reference: bool, fit: StatedFit, *, integer: bool) -> SegmentTable:
    segments = out.finish()
    altered = bool(segments) and not seen_reference
    return SegmentTable(
        segments, "", purity=fit.purity, ploidy=fit.ploidy, fit=fit.state, integer=integer, altered_only=altered
    )


def _model(meta: _Meta, path: Path, caller: str, tally: Tally) -> StatedFit:
    purity, ploidy = _stated(meta, ("EstimatedTumorPurity",), path), _stated(meta, ("OverallPloidy",), path)
    return _said(stated_fit(purity, ploidy, path, caller=caller), tally)


def _said(fit: StatedFit, tally: Tally) -> StatedFit:
    if fit.words:
        tally.warn(fit.words)
    return fit


def _stated(meta: _Meta, names: tuple[str, ...], path: Path) -> float | None:
    text = next((meta.values[name] for name in names if name in meta.values), "")
    if text in MISSING:
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{names[0]} is not a number", path=path, found=text, expected="a number") from None


def _header(path: Path, genome: Genome) -> _Meta:
    """The header; raises InputError for contigs of another assembly or a missing #CHROM line."""
    meta = _Meta()
    for _, line in lines(path):
        if line.startswith("#CHROM"):
            meta.samples = line.split("\t")[FIXED:]
            if meta.contigs:
                genome.check_contigs(meta.contigs, str(path))
            return meta
        contig = CONTIG.match(line)
        if contig:
            parts = dict(part.split("=", 1) for part in contig[1].split(",") if "=" in part)
            length = parts.get("length", "")
            if "ID" in parts:
                meta.contigs[parts["ID"]] = int(length) if length.isascii() and length.isdigit() else None
        elif line.startswith("##") and "=" in line:
            name, _, value = line[2:].partition("=")
            meta.values.setdefault(name, value.strip())
        elif not line.startswith("#"):
            break
    raise InputError("VCF has no #CHROM line", path=path, expected="a complete header", fix="write the file again")


def _records(path: Path, meta: _Meta, names: Names, out: Collector) -> Iterator[Row]:
    """Records that passed, with INFO and the sample's FORMAT values as cells."""
    column = None
    if meta.samples:
        column = FIXED + meta.samples.index(choose_sample(path, meta.samples, (*names, *_tumour(meta))))
    width = FIXED + len(meta.samples) if meta.samples else FIXED - 1
    for number, line in lines(path):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != width:
            raise InputError("wrong number of columns", path=path, line=number, found=len(cells), expected=str(width))
        values = dict(zip(("CHROM", "POS", "ID", "REF", "ALT"), cells, strict=False))
        for item in cells[7].split(";"):
            name, _, value = item.partition("=")
            values.setdefault(name, value)
        if column is not None:
            values.update(zip(cells[8].split(":"), cells[column].split(":"), strict=False))
        row = Row(path, number, values)
        if filter_word(cells[6]) in USED:
            yield row
        else:
            _filtered(out, row, cells[6][:40])


def _filtered(out: Collector, row: Row, words: str) -> None:
    """A record that its caller filtered: dropped, and remembered where it touches a gene of the panel."""
    out.tally.drop(f"filter {words}")
    chrom, start, end = out.chromosome(row.cells["CHROM"]), _start(row), _end(row)
    if chrom is not None and start is not None and end is not None:
        total, log2 = optional(row, "CN", "TCN_EM"), optional(row, "FOLD_CHANGE_LOG", "CNLR_MEDIAN")
        reason = f"filtered by its caller ({words})"
        out.remark(row, Interval(chrom, int(start), int(end)), reason, log2, total, code=RemarkCode.FILTERED)


def _tumour(meta: _Meta) -> tuple[str, ...]:
    """The tumour column of a file with a normal: as the header names it, or TUMOR."""
    return tuple(
        name for name in (meta.values.get("tumor_sample", ""), "TUMOR", "TUMOUR", "tumor") if name in meta.samples
    )


def _start(row: Row) -> float | None:
    position = row.number("POS")
    symbolic = row.cells["ALT"].startswith("<") or row.cells["ALT"] == "."
    return position if position is None or not symbolic else position + 1


def _end(row: Row) -> float | None:
    if row.has("END"):
        return row.number("END")
    length = optional(row, "SVLEN", "REFLEN")
    position = row.number("POS")
    return None if length is None or position is None else position + abs(length)


register(
    Format(
        "copy_number",
        "dragen.cnv",
        "DRAGEN",
        "somatic CNV VCF: CN and MCN with the header's purity",
        _is_dragen,
        read_dragen,
        priority=2,
    )
)
register(
    Format(
        "copy_number",
        "canvas.cnv",
        "Canvas",
        "somatic CNV VCF: CN and MCC with the header's purity",
        _is_canvas,
        read_canvas,
        priority=2,
    )
)
register(
    Format(
        "copy_number",
        "cnv.vcf",
        "cnv_facets, CNVkit, others",
        "copy-number VCF with TCN_EM, FOLD_CHANGE_LOG or FORMAT/CN",
        _is_other,
        read_other,
    )
)
