"""MLPA probe ratios (P335 and its like): one row a probe with gene, exon and ratio to reference samples."""

from __future__ import annotations

from pathlib import Path

from annotate.model.copy_number import SegmentTable
from annotate.read.common.own_rows import sample_columns
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, read_head
from annotate.read.copy_number.cells import Names, chromosome, of_sample, rows
from annotate.read.copy_number.probe_rows import ProbeRows
from annotate.reference.genome import Genome

GENE = ("gene", "Gene")
EXON = ("exon", "Exon")
GENE_EXON = ("gene-exon", "Gene-Exon", "Gene-exon", "probe", "Probe", "Probe name")
RATIO = ("ratio", "Ratio", "Final ratio", "Final Ratio", "Dosage quotient", "FR")
CHROM, POS = ("chrom", "Chromosome", "Chr"), ("pos", "Position", "Mapview", "hg38 location", "hg19 location")
PLACES = frozenset({"start", "Start", "loc.start", "START", "startpos"})


def _is_mlpa(head: Head) -> bool:
    columns = set(head.columns)
    named = columns & set(GENE) or columns & set(GENE_EXON)
    return bool(named and columns & set(RATIO)) and not columns & PLACES


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Probes with gene, exon and ratio (1 = two copies). Raises InputError for a ratio that cannot be one."""
    found = ProbeRows(genome, tally)
    column = next(iter(sample_columns(read_head(path).columns)), None)
    for row in rows(path) if column is None else of_sample(path, column, names, tally):
        gene, exon = _gene_and_exon(row)
        if not gene:
            tally.drop("probe without a gene")
            continue
        chrom = chromosome(row.text(*CHROM), genome) if row.has(*CHROM) and row.text(*CHROM) else None
        found.add(
            row, gene, exon, next((name for name in RATIO if row.has(name)), RATIO[0]), chrom=chrom, pos=_position(row)
        )
    return found.table()


def _gene_and_exon(row: Row) -> tuple[str, str]:
    """Gene and exon from their columns, or from one cell such as IKZF1-4 or `IKZF1 exon 4`."""
    if row.has(*GENE):
        return row.text(*GENE), row.text(*EXON) if row.has(*EXON) else ""
    words = row.text(*GENE_EXON).replace("-", " ").replace("_", " ").split()
    rest = [word for word in words[1:] if word.lower() not in ("exon", "ex")]
    return (words[0] if words else ""), " ".join(rest)


def _position(row: Row) -> int | None:
    if not row.has(*POS):
        return None
    text = row.text(*POS).rsplit(":", 1)[-1].split("-")[0].replace(",", "")
    return int(text) if text.isascii() and text.isdigit() else None


register(
    Format(
        "copy_number",
        "mlpa.ratios",
        "MLPA",
        "probe ratios (P335 and its like): gene, exon, ratio",
        _is_mlpa,
        read,
        priority=-1,
    )
)
