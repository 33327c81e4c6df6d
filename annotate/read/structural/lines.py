"""Lines of a structural VCF or BCF."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.read.common.text import lines

# ---------------------------------------------------------------- text or BCF


def vcf_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number, line) of a VCF, plain or compressed, or of a BCF."""
    return _bcf_lines(path) if is_bcf(path) else lines(path)


def is_bcf(path: Path) -> bool:
    """Is the file a BCF, by its first bytes?"""
    try:
        with open(path, "rb") as raw:
            magic = raw.read(5)
        if magic[:2] == b"\x1f\x8b":
            with gzip.open(path) as text:
                magic = text.read(5)
    except (OSError, EOFError, zlib.error):
        return False  # `lines` says what is wrong with it
    return magic.startswith(b"BCF")


def _bcf_lines(path: Path) -> Iterator[tuple[int, str]]:
    import pysam

    try:
        with pysam.VariantFile(str(path)) as bcf:
            number = 0
            for line in str(bcf.header).splitlines():
                number += 1
                yield number, line
            for record in bcf:
                number += 1
                yield number, str(record).rstrip("\n")
    except (OSError, ValueError) as error:
        raise InputError(f"BCF cannot be read ({error})", path=path, fix="copy the file again") from error
