"""The plain table of docs/formats.md, for anything that no other reader knows.

`chrom start end` (from 1, inclusive) with `total` or `log2`; optional `minor`, `baf`, `cellular_fraction`,
`markers`. Comment lines `# purity=0.8`, `# ploidy=2.1`, `# sex=female`, `# assembly=GRCh38` before the header.
"""

from __future__ import annotations

import re
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Tally, lines
from annotate.read.copy_number.cells import (
    Names,
    body_columns,
    checked_ploidy,
    fraction,
    log2_cell,
    optional,
    optional_count,
    rows,
    sex_word,
    spacing,
)
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

STATEMENT = re.compile(r"#+\s*(purity|ploidy|sex|assembly)\s*[=:]\s*(\S+)\s*$", re.IGNORECASE)
KNOWN = ("chrom", "start", "end", "total", "minor", "log2", "baf", "cellular_fraction", "markers")


def _is_plain(head: Head) -> bool:
    columns = set(body_columns(head)) - {""}  # the name of the column of row names
    return {"chrom", "start", "end"} <= columns and bool(columns & {"total", "log2"}) and columns <= set(KNOWN)


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Segments as written. Raises InputError for a damaged table, a wrong assembly or a number out of range."""
    stated = _statements(path)
    assembly = stated.get("assembly")
    if assembly is not None and assembly != genome.assembly:
        raise InputError(
            "file is of another assembly",
            path=path,
            found=assembly,
            expected=genome.assembly,
            fix="correct `assembly` in the sample sheet or in the file",
        )
    out = Collector(path, genome, tally)
    for row in rows(path):
        out.row(
            row,
            row.text("chrom"),
            row.number("start"),
            row.number("end"),
            log2=log2_cell(row, "log2") if row.has("log2") else None,
            total=optional(row, "total"),
            minor=optional(row, "minor"),
            baf=optional(row, "baf"),
            cellular_fraction=fraction(optional(row, "cellular_fraction"), "share of cells", path, row.line),
            markers=optional_count(row, "markers"),
        )
    segments = out.finish()
    totals = [segment.total for segment in segments if segment.total is not None]
    return SegmentTable(
        segments,
        "",
        purity=fraction(_number(stated, "purity", path), "purity", path),
        ploidy=checked_ploidy(_number(stated, "ploidy", path), path),
        sex=sex_word(stated.get("sex")),
        integer=bool(totals) and all(value == int(value) for value in totals),
        resolution=spacing(segments),
    )


def _statements(path: Path) -> dict[str, str]:
    stated: dict[str, str] = {}
    for number, line in lines(path):
        if not line.startswith("#"):
            break
        found = STATEMENT.match(line)
        if found and stated.setdefault(found[1].lower(), found[2]) != found[2]:
            raise InputError("stated twice", path=path, line=number, found=line[:80], expected="one statement")
    return stated


def _number(stated: dict[str, str], name: str, path: Path) -> float | None:
    text = stated.get(name)
    try:
        return None if text is None else float(text)
    except ValueError:
        raise InputError(f"{name} is not a number", path=path, found=text, expected="a number") from None


register(
    Format(
        "copy_number",
        "plain.segments",
        "plain table",
        "chrom, start, end with total or log2; see docs/formats.md",
        _is_plain,
        read,
        priority=-1,
    )
)
