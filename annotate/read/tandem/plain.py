"""The plain table of tandem duplications: `sample`, `gene`, `length`, `vaf`, one row a duplication."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.sample import Sample
from annotate.model.tandem import TandemDuplication
from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.own_rows import OTHER_SAMPLE, own_rows
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.tandem.cells import KIND, Genes, count, ratio, share
from annotate.reference.genome import Genome


def _recognise(head: Head) -> bool:
    columns = tabled(head)
    return columns.has("gene", "length", "vaf") and not columns.has("trailing")


def read(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """Duplications of this sample. Errors: InputError for a gene that the panel does not have."""
    own, found = own_rows(path, sample, KIND, tally), []
    for row in delimited_rows(path, whole=True):
        if own is not None and not own.has(row):
            tally.drop(OTHER_SAMPLE)
            continue
        tally.use()
        found.append(_duplication(row, genome))
    return found


def _duplication(row: Row, genome: Genome) -> TandemDuplication:
    path, line, gene = row.path, row.line, genome.symbol(row.text("gene"))
    if genome.gene(gene) is None:
        raise InputError("no gene of the panel", path=path, line=line, column="gene", found=gene or "nothing")
    return TandemDuplication(
        gene=gene,
        length=row.integer("length"),
        caller=row.text("caller") if row.has("caller") else "plain table",
        vaf=share(row.number("vaf"), "vaf", path, line),
        allelic_ratio=ratio(row.number("allelic_ratio"), path, line) if row.has("allelic_ratio") else None,
        reads=count(row.number("reads"), "reads", path, line) if row.has("reads") else None,
        depth=count(row.number("depth"), "depth", path, line) if row.has("depth") else None,
        filter=(row.text("filter") or None) if row.has("filter") else None,
        file=str(path),
        record=f"line {line}",
    )


register(
    Format(
        KIND,
        "tandem.table",
        "plain table",
        "gene, length, vaf (sample, allelic_ratio, reads, depth, filter, caller): any caller",
        _recognise,
        read,
        priority=-1,
    )
)
