"""Callers of small variants: how the header of each is recognised. Registers one format a caller."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head
from annotate.read.small_variants.callers import DIALECTS, KIND, PLAIN, Dialect, header_text

# ---------------------------------------------------------------- registration


def is_vcf(head: Head) -> bool:
    """Does the file begin as a VCF or BCF does, or have the column line of one?"""
    return bool(head.lines) and (
        head.lines[0].startswith(("##fileformat=VCF", "BCF\x02"))
        or any(line.startswith("#CHROM") and line.split()[:5] == CHROM for line in head.comments)
    )


CHROM = ["#CHROM", "POS", "ID", "REF", "ALT"]


def _recognises(dialect: Dialect) -> Callable[[Head], bool]:
    return lambda head: is_vcf(head) and dialect.recognises(header_text(head.comments))


def _read(path: Path, *arguments: Any, **named: Any) -> Any:
    from annotate.read.small_variants.reader import read_file

    return read_file(path, *arguments, **named)


for _dialect in (*DIALECTS, PLAIN):
    register(
        Format(
            kind=KIND,
            name=_dialect.name,
            caller=_dialect.caller,
            description=_dialect.description or f"small variants of {_dialect.caller}",
            recognise=is_vcf if _dialect is PLAIN else _recognises(_dialect),
            read=_read,
            priority=_dialect.priority,
            tested_on=_dialect.tested_on,
        )
    )
