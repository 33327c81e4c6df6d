"""ClinCNV somatic: the table of calls and its .seg. Starts count from 0; altered segments only.

`tumor_clonality` is the share of all cells that carry the change, leukaemic or not.
"""

from __future__ import annotations

import re
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.model.sample import Sex
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, read_head
from annotate.read.copy_number.cells import (
    Names,
    body_columns,
    checked_ploidy,
    log2_of,
    of_sample,
    optional,
    optional_count,
    rows,
    sex_word,
)
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

HEADER = re.compile(r"##(gender of sample|ploidy|GENOME_BUILD)[:=]\s*(\S+)")
BUILDS = {"GRCh37": "GRCh37", "hg19": "GRCh37", "GRCh38": "GRCh38", "hg38": "GRCh38"}


def _is_table(head: Head) -> bool:
    return {"tumor_CN_change", "tumor_clonality", "CN_change", "start", "end"} <= set(body_columns(head))


def _is_seg(head: Head) -> bool:
    return {"ID", "chr", "start", "end", "loglik", "value"} <= set(body_columns(head))


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Calls with copies and alleles of the changed cells. Raises InputError for another genome build."""
    sex, ploidy = _header(path, genome)
    held = list(rows(path))
    shares = [share for row in held if (share := row.number("tumor_clonality")) is not None]
    highest = max(shares, default=None)
    if highest is not None and not 0 < highest <= 1:
        raise InputError("clonality is out of range", path=path, column="tumor_clonality", found=highest)
    if highest is not None:
        tally.warn(f"ClinCNV states no purity; the highest clonality of a change is {highest:g} of all cells")
    out = Collector(path, genome, tally)
    for row in held:
        minor = optional(row, "minor_CN_allele")
        share = row.number("tumor_clonality")
        out.row(
            row,
            row.text("chr", "#chr"),
            row.number("start"),
            row.number("end"),
            zero_based=True,
            log2=_log2(row.number("CN_change"), sex, out.chromosome(row.text("chr", "#chr"))),
            total=row.number("tumor_CN_change"),
            minor=minor,
            cellular_fraction=share / highest if share and highest else None,
            markers=optional_count(row, "number_of_regions"),
        )
    return SegmentTable(out.finish(), "", ploidy=ploidy, sex=sex, integer=True, altered_only=True)


def read_seg(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Mean copies of the sample at altered segments, as log2 of their ratio to two."""
    out = Collector(path, genome, tally)
    for row in of_sample(path, "ID", names, tally):
        chrom = row.text("chr")
        out.row(
            row,
            chrom,
            row.number("start"),
            row.number("end"),
            zero_based=True,
            log2=_log2(row.number("value"), None, out.chromosome(chrom)),
        )
    return SegmentTable(out.finish(), "", altered_only=True)


def _log2(copies: float | None, sex: Sex | None, chrom: str | None) -> float | None:
    """log2 of mean copies to the normal number; None on X and Y, where that depends on a sex not stated."""
    if copies is None:
        return None
    if chrom in ("X", "Y"):
        return None if sex != "female" or chrom == "Y" else log2_of(copies / 2)
    return log2_of(copies / 2)


def _header(path: Path, genome: Genome) -> tuple[Sex | None, float | None]:
    sex: Sex | None = None
    ploidy = None
    for number, line in enumerate(read_head(path).lines, start=1):
        found = HEADER.match(line)
        if not found:
            continue
        name, value = found.groups()
        if name == "GENOME_BUILD" and BUILDS.get(value, genome.assembly) != genome.assembly:
            raise InputError(
                "file is of another assembly",
                path=path,
                line=number,
                found=value,
                expected=genome.assembly,
                fix="correct `assembly` in the sample sheet, or give the file of the other assembly",
            )
        if name == "gender of sample":
            sex = sex_word(value)
        if name == "ploidy":
            try:
                ploidy = checked_ploidy(float(value), path, number)
            except ValueError:
                raise InputError("ploidy is not a number", path=path, line=number, found=value) from None
    return sex, ploidy


register(
    Format(
        "copy_number",
        "clincnv.tsv",
        "ClinCNV",
        "somatic calls (_clincnv.tsv): altered segments only",
        _is_table,
        read,
        priority=1,
        tested_on="real file",
    )
)
register(
    Format(
        "copy_number",
        "clincnv.seg",
        "ClinCNV",
        "_cnvs.seg: altered segments only",
        _is_seg,
        read_seg,
        priority=1,
        tested_on="real file",
    )
)
