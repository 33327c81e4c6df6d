"""getITD: one row an insertion or tandem duplication of FLT3 exons 14 and 15 (`itds_collapsed-…_hc.tsv`).

Columns as its source writes them (https://github.com/tjblaette/getitd): `vaf` is in percent, `ar` is -1 where every
read has it, positions are those of its own amplicon's annotation and are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.model.sample import Sample
from annotate.model.tandem import TandemDuplication
from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.own_rows import OTHER_SAMPLE, own_rows
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.tandem.cells import KIND, Genes, count, ratio, share, unmeasured
from annotate.reference.genome import Genome

NAME, CALLER, GENE = "getitd.tsv", "getITD", "FLT3"


def _recognise(head: Head) -> bool:
    return tabled(head).has("length", "vaf", "ar", "coverage", "counts", "trailing")


def read(path: Path, sample: Sample, genome: Genome, tally: Tally, genes: Genes) -> list[TandemDuplication]:
    """Duplications of this sample. Errors: InputError for a number out of its range and for another child's rows."""
    return list(_found(path, sample, tally))


def _found(path: Path, sample: Sample, tally: Tally) -> Iterator[TandemDuplication]:
    own = own_rows(path, sample, KIND, tally)
    for row in delimited_rows(path, whole=True):
        if own is not None and not own.has(row):
            tally.drop(OTHER_SAMPLE)
        elif (length := row.integer("length")) is None:
            unmeasured(tally, GENE, path, f"line {row.line}")
        else:
            tally.use()
            yield _duplication(row, length)


def _duplication(row: Row, length: int) -> TandemDuplication:
    path, line = row.path, row.line
    return TandemDuplication(
        gene=GENE,
        length=length,
        caller=CALLER,
        vaf=share(row.number("vaf"), "vaf", path, line, percent=True),
        allelic_ratio=ratio(row.number("ar"), path, line),
        reads=count(row.number("counts"), "counts", path, line),
        depth=count(row.number("coverage"), "coverage", path, line),
        filter="PASS" if path.name.removesuffix(".gz").endswith("_hc.tsv") else None,
        file=str(path),
        record=f"line {line}",
    )


register(
    Format(KIND, NAME, CALLER, "insertions and tandem duplications of FLT3: length, vaf, ar, counts", _recognise, read)
)
