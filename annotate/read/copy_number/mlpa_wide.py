"""MLPA exports with one column a sample, as Coffalyser.Net writes them for MLPA and digitalMLPA.

One row a probe: its number, gene, exon, band and type, then the ratio of each sample. Probes of reference loci and of
chromosomes (which digitalMLPA counts for aneuploidy) have no gene of interest: their ratios are relative to each other
and count no chromosomes, so they are left out and counted.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import Probe, SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, read_head
from annotate.read.copy_number.cells import Names, choose_sample, chromosome, rows
from annotate.read.copy_number.mlpa import EXON, GENE, HIGHEST, PLACES, RATIO
from annotate.reference.genome import Genome

NUMBER = ("Probe number", "Probe Number", "Probe ID", "Probe order", "MRC-Holland probe number")
TYPE = ("Probe type", "Probe Type", "Type")
BAND = ("Chromosomal band", "Chromosomal position", "Band", "Mapview", "Location", "Chr", "Chromosome")
OTHER = (
    "Length",
    "Length (nt)",
    "Probe name",
    "Target",
    "Remark",
    "Normal copy number",
    "hg38 location",
    "hg19 location",
)
BESIDE = frozenset({*GENE, *EXON, *NUMBER, *TYPE, *BAND, *OTHER})
OF_NO_GENE = ("reference", "karyotyp", "control", "aneuploid", "snp", "digital")


def _is_wide(head: Head) -> bool:
    columns = set(head.columns)
    told = columns & set(GENE) and columns & {*NUMBER, *TYPE}
    return bool(told and not columns & {*RATIO, *PLACES} and set(head.columns) - BESIDE)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Probes of genes with this sample's ratio. Errors: InputError for a ratio that cannot be one."""
    samples = [name for name in read_head(path).columns if name and name not in BESIDE]
    own = choose_sample(path, samples, names)
    tally.note(f"ratios of the column {own}")
    found = []
    for row in rows(path):
        kind = row.text(*TYPE).lower() if row.has(*TYPE) else ""
        gene = row.text(*GENE).strip()
        if any(word in kind for word in OF_NO_GENE) or not gene:
            tally.drop("probe of a reference locus or of a chromosome")
            continue
        ratio = row.number(own)
        if ratio is None:
            tally.drop("no ratio")
            continue
        _check(row, own, ratio)
        tally.use()
        band = row.text(*BAND) if row.has(*BAND) else ""
        exon = row.text(*EXON) if row.has(*EXON) else ""
        found.append(Probe(genome.symbol(gene), exon.lower().removeprefix("exon").strip(), ratio, _chrom(band, genome)))
    return SegmentTable((), "", probes=tuple(sorted(found, key=lambda probe: (probe.gene, probe.exon, probe.ratio))))


def _check(row: Row, column: str, ratio: float) -> None:
    if not 0 <= ratio <= HIGHEST:
        raise InputError(
            "not a probe ratio",
            path=row.path,
            line=row.line,
            column=column,
            found=ratio,
            expected="about 1 for two copies, 0.5 for one, 1.5 for three",
        )


def _chrom(band: str, genome: Genome) -> str | None:
    """`21q22.12` or `chr21` is chromosome 21."""
    head = band.strip().lower().removeprefix("chr").partition("p")[0].partition("q")[0].strip()
    return chromosome(head.upper(), genome) if head else None


register(
    Format(
        "copy_number",
        "mlpa.coffalyser",
        "Coffalyser.Net",
        "MLPA and digitalMLPA: one row a probe (number, gene, exon, type), one column of ratios a sample",
        _is_wide,
        read,
    )
)
