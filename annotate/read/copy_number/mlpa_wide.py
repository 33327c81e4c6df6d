"""MLPA exports with one column a sample, as Coffalyser.Net writes them for MLPA and digitalMLPA.

One row a probe: its number, gene, exon, band and type, then the ratio of each sample. The columns are those of
published scripts that read such exports (`Probe number`, `Probe type`, `Mapview (hg38)`, `Normal copy number`:
https://github.com/moka-guys/dMLPA-reporting; `ProbeFunctions`: "Test probe", "Mutation detection probe").
Karyotyping probes of digitalMLPA stand for a chromosome arm; probes of reference loci, controls and mutations hold no
copies of a gene and are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, read_head
from annotate.read.copy_number.cells import Names, choose_sample, chromosome, rows
from annotate.read.copy_number.mlpa import EXON, GENE, PLACES, RATIO
from annotate.read.copy_number.probe_rows import ProbeRows
from annotate.reference.genome import Genome

NUMBER = ("Probe number", "Probe Number", "Probe ID", "Probe order", "MRC-Holland probe number")
TYPE = ("Probe type", "Probe Type", "Type", "ProbeFunctions", "Probe function", "Probe functions")
BAND = ("Chromosomal band", "Chromosomal position", "Band", "Location", "Chr", "Chromosome", "Mapview")
OTHER = (
    "Length",
    "Length (nt)",
    "Probe name",
    "Target",
    "Remark",
    "Normal copy number",
    "Mapview (hg38)",
    "Mapview (hg19)",
    "hg38 location",
    "hg19 location",
)
BESIDE = frozenset({*GENE, *EXON, *NUMBER, *TYPE, *BAND, *OTHER})
OF_ARMS = ("karyotyp", "aneuploid")
OF_MUTATIONS = ("mutation", "snp")
OF_NO_GENE = ("reference", "control", "ctrl", "digital", "quality")
NO_GENE, MUTATION, NO_BAND = (
    "probe of a reference locus or a control",
    "probe of a mutation, whose signal counts no copies",
    "karyotyping probe without a band",
)


def _is_wide(head: Head) -> bool:
    columns = set(head.columns)
    told = columns & set(GENE) and columns & {*NUMBER, *TYPE}
    return bool(told and not columns & {*RATIO, *PLACES} and sample_names(head.columns))


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Probes of genes and of arms with this sample's ratio. Errors: InputError for a ratio that cannot be one."""
    own = choose_sample(path, sample_names(read_head(path).columns), names)
    tally.note(f"ratios of the column {own}")
    found = ProbeRows(genome, tally)
    for row in rows(path):
        _take(row, own, genome, found)
    return found.table()


def sample_names(columns: Iterable[str]) -> list[str]:
    """The columns that are no description of a probe: one a sample."""
    return [name for name in columns if name and name not in BESIDE]


def _take(row: Row, own: str, genome: Genome, found: ProbeRows) -> None:
    """One row: a probe of a gene or of an arm, or why it is left out."""
    kind = row.text(*TYPE).lower() if row.has(*TYPE) else ""
    gene = row.text(*GENE).strip()
    band = row.text(*BAND) if row.has(*BAND) else ""
    of_arm = any(word in kind for word in OF_ARMS)
    if any(word in kind for word in OF_MUTATIONS):
        found.tally.drop(MUTATION)
    elif any(word in kind for word in OF_NO_GENE) or not (gene or of_arm):
        found.pass_over(row, gene, own, NO_GENE)
    elif of_arm:
        chrom, arm = _chrom(band, genome), _arm(band)
        found.add_arm(row, chrom, arm, own) if chrom and arm else found.tally.drop(NO_BAND)
    else:
        exon = row.text(*EXON) if row.has(*EXON) else ""
        found.add(row, gene, exon.lower().removeprefix("exon").strip(), own, chrom=_chrom(band, genome))


def _chrom(band: str, genome: Genome) -> str | None:
    """`21q22.12` or `chr21` is chromosome 21."""
    head = band.strip().lower().removeprefix("chr").partition("p")[0].partition("q")[0].strip()
    return chromosome(head.upper(), genome) if head else None


def _arm(band: str) -> str | None:
    """The arm of a band such as `7q21`."""
    found = re.match(r"(?:chr)?(?:\d{1,2}|[XY])\s*([pq])", band.strip(), re.IGNORECASE)
    return found[1].lower() if found else None


NAME = "mlpa.coffalyser"

register(
    Format(
        "copy_number",
        NAME,
        "Coffalyser.Net",
        "MLPA and digitalMLPA: one row a probe (number, gene, exon, type), one column of ratios a sample",
        _is_wide,
        read,
    )
)
