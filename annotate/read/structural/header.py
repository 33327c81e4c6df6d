"""The header of a structural VCF: its lines, its columns, and the assembly that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.read.structural.callers import HEADER_LINES
from annotate.reference.genome import Genome

_CONTIG = re.compile(r"^##contig=<(?:.*,)?ID=([^,>]+)(?:.*?,length=(\d+))?", re.IGNORECASE)
_REF37 = re.compile(r"hg19|grch37|b37|hs37|g1k_v37", re.IGNORECASE)
_REF38 = re.compile(r"hg38|grch38|hs38", re.IGNORECASE)


@frozen
class Header:
    """`lines` without those of contigs; `names` of the sample columns."""

    lines: tuple[str, ...]
    names: tuple[str, ...]


def read_header(text: Iterator[tuple[int, str]], path: Path, genome: Genome) -> Header:
    """The header, up to and with the column line. Errors: InputError for none, a damaged one, another assembly."""
    lines: list[str] = []
    contigs: dict[str, int | None] = {}
    for number, line in text:
        if line.startswith("##"):
            contig = _CONTIG.match(line)
            if contig:
                contigs[contig[1]] = int(contig[2]) if contig[2] else None
            elif len(lines) < HEADER_LINES:
                lines.append(line)
            continue
        if not line.strip():
            continue
        columns = line.split("\t")
        if columns[:5] != ["#CHROM", "POS", "ID", "REF", "ALT"] or len(columns) < 8:
            raise InputError(
                "header line is missing or damaged",
                path=path,
                line=number,
                found=line[:80],
                expected="#CHROM POS ID REF ALT QUAL FILTER INFO, tab-separated",
            )
        _check_assembly(contigs, lines, path, genome)
        return Header(tuple(lines), tuple(name.strip() for name in columns[9:]))
    raise InputError("the line #CHROM is missing", path=path, expected="a VCF header")


def _check_assembly(contigs: Mapping[str, int | None], header: Sequence[str], path: Path, genome: Genome) -> None:
    genome.check_contigs(contigs, str(path))
    if any(length for length in contigs.values()):
        return
    for line in header:
        if not line.startswith(("##reference=", "##assembly=")):
            continue
        named = {"GRCh37"} if _REF37.search(line) else {"GRCh38"} if _REF38.search(line) else set()
        if named and genome.assembly not in named:
            raise InputError(
                "the file names another assembly",
                path=path,
                found=line[:150],
                expected=genome.assembly,
                fix="correct `assembly` in the sample sheet or give the file of that assembly",
            )
