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
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import MISSING, Head, Row, Tally, lines
from annotate.read.copy_number.cells import (
    NO_READS_LOG2,
    Names,
    checked_ploidy,
    choose_sample,
    fraction,
    log2_of,
    optional,
    optional_count,
)
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

CONTIG = re.compile(r"##contig=<(.*)>")
PASSING = frozenset({"PASS", ".", ""})
FIXED = 9  # columns before the samples
REFERENCE_SEEN = "this file holds altered segments only: other places are not known to be normal"


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
    purity, ploidy = _model(meta, path)
    if purity is None:
        tally.warn("DRAGEN estimated no tumour purity: the depth ratio (SM) is used, CN is not")
    out = Collector(path, genome, tally)
    seen_reference = False
    for row in _records(path, meta, names, tally):
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
    return _table(out, tally, seen_reference, purity, ploidy, integer=purity is not None)


def read_canvas(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Canvas: CN and the major chromosome count MCC, with the header's purity and ploidy."""
    meta = _header(path, genome)
    purity, ploidy = _model(meta, path)
    if purity is None:
        tally.warn("Canvas states no tumour purity: its copies are of the sample as a whole")
    out = Collector(path, genome, tally)
    seen_reference = False
    for row in _records(path, meta, names, tally):
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
    return _table(out, tally, seen_reference, purity, ploidy, integer=True)


def read_other(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """cnv_facets (TCN_EM, LCN_EM), CNVkit (FOLD_CHANGE_LOG), or FORMAT/CN of any caller."""
    meta = _header(path, genome)
    purity = fraction(_stated(meta, ("purity",), path), "purity", path)
    ploidy = checked_ploidy(_stated(meta, ("ploidy",), path), path)
    out = Collector(path, genome, tally)
    facets = ratio_only = seen_reference = False
    for row in _records(path, meta, names, tally):
        total = minor = log2 = None
        if row.has("TCN_EM"):
            facets = True
            total, minor = optional(row, "TCN_EM"), optional(row, "LCN_EM")
            log2 = optional(row, "CNLR_MEDIAN")
            seen_reference |= (total, minor) == (2.0, 1.0)
        elif row.has("FOLD_CHANGE_LOG"):
            ratio_only, log2 = True, optional(row, "FOLD_CHANGE_LOG")
        else:
            total = optional(row, "CN")
            seen_reference |= row.cells["ALT"] == "."
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
    return _table(out, tally, seen_reference, purity, ploidy, integer=facets or not ratio_only)


def _table(
    out: Collector, tally: Tally, seen_reference: bool, purity: float | None, ploidy: float | None, *, integer: bool
) -> SegmentTable:
    segments = out.finish()
    if segments and not seen_reference:
        tally.warn(REFERENCE_SEEN)
    return SegmentTable(segments, "", purity=purity, ploidy=ploidy, integer=integer)


def _model(meta: _Meta, path: Path) -> tuple[float | None, float | None]:
    purity = fraction(_stated(meta, ("EstimatedTumorPurity",), path), "EstimatedTumorPurity", path)
    return purity, checked_ploidy(_stated(meta, ("OverallPloidy",), path), path)


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


def _records(path: Path, meta: _Meta, names: Names, tally: Tally) -> Iterator[Row]:
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
        if cells[6] not in PASSING:
            tally.drop(f"filter {cells[6][:40]}")
            continue
        values = dict(zip(("CHROM", "POS", "ID", "REF", "ALT"), cells, strict=False))
        for item in cells[7].split(";"):
            name, _, value = item.partition("=")
            values.setdefault(name, value)
        if column is not None:
            values.update(zip(cells[8].split(":"), cells[column].split(":"), strict=False))
        yield Row(path, number, values)


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
