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

from annotate.base.errors import InputError
from annotate.model.copy_number import ArmProbe, Probe, SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, read_head
from annotate.read.copy_number.cells import Names, choose_sample, chromosome, rows
from annotate.read.copy_number.mlpa import EXON, GENE, HIGHEST, PLACES, RATIO
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
    found: list[Probe] = []
    arms: list[ArmProbe] = []
    for row in rows(path):
        probe = _probe(row, own, genome)
        if isinstance(probe, str):
            tally.drop(probe)
            continue
        tally.use()
        if isinstance(probe, ArmProbe):
            arms.append(probe)
        else:
            found.append(probe)
    genes = tuple(sorted(found, key=lambda probe: (probe.gene, probe.exon, probe.ratio)))
    return SegmentTable((), "", probes=genes, arm_probes=tuple(arms))


def sample_names(columns: Iterable[str]) -> list[str]:
    """The columns that are no description of a probe: one a sample."""
    return [name for name in columns if name and name not in BESIDE]


def _probe(row: Row, own: str, genome: Genome) -> Probe | ArmProbe | str:
    """The probe of a row; else why it is left out."""
    kind = row.text(*TYPE).lower() if row.has(*TYPE) else ""
    gene = row.text(*GENE).strip()
    of_arm = any(word in kind for word in OF_ARMS)
    if any(word in kind for word in OF_MUTATIONS):
        return MUTATION
    if any(word in kind for word in OF_NO_GENE) or not (gene or of_arm):
        return NO_GENE
    ratio = row.number(own)
    if ratio is None:
        return "no ratio"
    _check(row, own, ratio)
    band = row.text(*BAND) if row.has(*BAND) else ""
    if of_arm:
        chrom, arm = _chrom(band, genome), _arm(band)
        return ArmProbe(chrom, arm, ratio) if chrom and arm else NO_BAND
    exon = row.text(*EXON) if row.has(*EXON) else ""
    return Probe(genome.symbol(gene), exon.lower().removeprefix("exon").strip(), ratio, _chrom(band, genome))


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
