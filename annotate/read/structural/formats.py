"""Registers one format a caller of structural variants, all read by the one VCF reader."""

from __future__ import annotations

from collections.abc import Callable

from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head
from annotate.read.structural.callers import DIALECTS, PLAIN, Dialect
from annotate.read.structural.lines import vcf_lines
from annotate.read.structural.source import Source, StructuralFile
from annotate.read.structural.vcf import VcfReader


def read_vcf(source: Source) -> StructuralFile:
    """Junctions of one VCF and what became of its records."""
    return VcfReader(source).read(vcf_lines(source.path))


def is_vcf(head: Head) -> bool:
    """A VCF or BCF by its first line, or by its column line where that is missing."""
    return bool(head.lines) and (
        head.lines[0].startswith(("##fileformat=VCF", "BCF\x02"))
        or any(line.startswith("#CHROM\tPOS\tID\tREF\tALT") for line in head.comments)
    )


def _recognises(dialect: Dialect) -> Callable[[Head], bool]:
    def recognise(head: Head) -> bool:
        records = [line for line in head.lines[-60:] if not line.startswith("#")]
        return is_vcf(head) and dialect.recognises(head.comments, records)

    return recognise


def _register(dialect: Dialect) -> None:
    register(
        Format(
            kind="structural_variants",
            name=dialect.name,
            caller=dialect.caller,
            description=dialect.description or f"structural variants of {dialect.caller}",
            recognise=is_vcf if dialect is PLAIN else _recognises(dialect),
            read=read_vcf,
            priority=dialect.priority,
            tested_on=dialect.tested_on,
        )
    )


for _dialect in (*DIALECTS, PLAIN):
    _register(_dialect)
