"""AnnotSV TSV: the caller's own VCF columns with annotation beside them. The records are read as the VCF they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from annotate.base.errors import InputError
from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head
from annotate.read.structural.source import KIND, Source, StructuralFile
from annotate.read.structural.vcf import VcfReader

NAME = "annotsv.tsv"
_COLUMNS = ("SV_chrom", "SV_start", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
_NEEDED = ("AnnotSV_ID", "SV_chrom", "SV_start", "SV_type", "Annotation_mode")


def _recognise(head: Head) -> bool:
    return tabled(head).has(*_NEEDED)


def read(source: Source) -> StructuralFile:
    """Junctions of one AnnotSV table; its rows of single genes (`split`) repeat the full ones."""
    return VcfReader(source).read(_vcf(source))


def _vcf(source: Source) -> Iterator[tuple[int, str]]:
    names: list[str] | None = None
    for row in delimited_rows(source.path):
        if names is None:
            names = _samples(source, row.cells)
            yield row.line, "\t".join(("#CHROM", "POS", *_COLUMNS[2:], *names))
        if row.cells.get("Annotation_mode") == "full":
            cells = [row.cells.get(column, ".") or "." for column in (*_COLUMNS, *names)]
            yield row.line, "\t".join(cells)
        else:
            source.tally.drop("row of one gene")
    if names is None:
        yield 1, "\t".join(("#CHROM", "POS", *_COLUMNS[2:8]))


def _samples(source: Source, cells: Mapping[str, str]) -> list[str]:
    """Sample columns: between FORMAT and `Annotation_mode`. Errors: InputError for a table of a BED, without ALT."""
    columns = list(cells)
    if not {"ALT", "INFO", "FORMAT"} <= set(columns):
        raise InputError(
            "the table has no VCF columns",
            path=source.path,
            found="AnnotSV's annotation of a BED",
            expected="ALT, INFO and FORMAT of the caller",
            fix="give the caller's VCF, or annotate the VCF (-SVinputInfo 1)",
        )
    return columns[columns.index("FORMAT") + 1 : columns.index("Annotation_mode")]


register(Format(KIND, NAME, "AnnotSV", "annotated TSV of a caller's VCF", _recognise, read, priority=20))
