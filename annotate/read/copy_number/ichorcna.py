"""ichorCNA: .seg.txt and .seg (segments), .cna.seg (bins), .params.txt (tumour ploidy)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import (
    Names,
    log2_cell,
    of_sample,
    optional,
    optional_count,
    parameters,
    rows,
    sex_word,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

COPIES = ("Corrected_Copy_Number", "copy.number")
ID, CHROM = ("ID", "sample"), ("chrom", "chr")
LOG2 = ("seg.median.logR", "median")


def _is_seg(head: Head) -> bool:
    named = any(head.has(name) for name in ID) and any(head.has(name) for name in CHROM)
    return named and head.has("start", "end", "copy.number") and any(head.has(name) for name in LOG2)


def _is_bins(head: Head) -> bool:
    return head.has("chr", "start", "end") and any(name.endswith(".Corrected_Copy_Number") for name in head.columns)


def _is_params(head: Head) -> bool:
    return any(line.startswith("Tumor Fraction:\t") for line in head.lines)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Integer copies and log2 of one sample; there are no alleles."""
    first = next(rows(path), None)
    if first is None:
        return SegmentTable((), "")
    column = next((name for name in ID if name in first.cells), ID[0])
    first.text(column)  # a row that is cut short has none: InputError
    out = Collector(path, genome, tally)
    for row in of_sample(path, column, names, tally):
        out.row(
            row,
            row.text(*CHROM),
            row.number("start"),
            row.number("end"),
            log2=log2_cell(row, *LOG2),
            total=row.number(*COPIES),
            markers=optional_count(row, "num.mark", "bins"),
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def read_bins(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Bins of one sample; neighbours of equal copies are joined with the mean of their log2."""
    out = Collector(path, genome, tally)
    for members in _runs(rows(path), tally):
        first, last = members[0], members[-1]
        prefix = next(name for name in first.cells if name.endswith(".Corrected_Copy_Number")).rsplit(".", 1)[0]
        ratios = [value for row in members if (value := row.number(f"{prefix}.logR")) is not None]
        out.row(
            first,
            first.text("chr"),
            first.number("start"),
            last.number("end"),
            log2=sum(ratios) / len(ratios) if ratios else None,
            total=first.number(f"{prefix}.Corrected_Copy_Number"),
            markers=len(members),
            counted=True,
        )
    segments = out.finish()
    return SegmentTable(segments, "", integer=True, resolution=spacing(segments))


def _runs(found: Iterator[Row], tally: Tally) -> Iterator[list[Row]]:
    run: list[Row] = []
    for row in found:
        name = next(name for name in row.cells if name.endswith(".Corrected_Copy_Number"))
        if not row.text(name):
            tally.drop("no copy-number value")
            continue
        tally.use()
        if run and (run[-1].text("chr"), run[-1].text(name)) != (row.text("chr"), row.text(name)):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def read_params(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Tumour fraction and ploidy of the best solution."""
    row = parameters(path, tally, ":\t")
    fit = stated_fit(optional(row, "Tumor Fraction"), optional(row, "Ploidy"), path, caller="ichorCNA")
    return fit.table(tally, sex=sex_word(row.cells.get("Gender")))


register(
    Format(
        "copy_number",
        "ichorcna.seg",
        "ichorCNA",
        ".seg.txt or .seg: copies and log2; tumour fraction from .params.txt beside it",
        _is_seg,
        read,
        priority=1,
    )
)
register(Format("copy_number", "ichorcna.bins", "ichorCNA", ".cna.seg: bins", _is_bins, read_bins))
register(
    Format(
        "copy_number",
        "ichorcna.params",
        "ichorCNA",
        ".params.txt: tumour ploidy (second file)",
        _is_params,
        read_params,
        priority=1,
    )
)
