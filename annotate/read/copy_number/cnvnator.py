"""CNVnator: the calls that it prints, without a header. Altered segments only; read depth relative to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally, lines
from annotate.read.copy_number.cells import Names, log2_of
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

COLUMNS = ("type", "place", "size", "depth", "e1", "e2", "e3", "e4", "q0")
TYPES = frozenset({"deletion", "duplication"})
PLACE = re.compile(r"(\S+):(\d+)-(\d+)$")


def _is_calls(head: Head) -> bool:
    cells = head.lines[0].split("\t") if head.lines else []
    return len(cells) >= 4 and cells[0] in TYPES and PLACE.match(cells[1]) is not None


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """Deletions and duplications with log2 of their depth. Raises InputError for a line that is no call."""
    out = Collector(path, genome, tally)
    for row in _rows(path):
        place = PLACE.match(row.text("place"))
        if row.text("type") not in TYPES or place is None:
            raise InputError(
                "line is no call of CNVnator",
                path=path,
                line=row.line,
                found=" ".join(row.cells.values())[:80],
                expected="deletion or duplication, chr1:1001-5000, size, depth",
            )
        out.row(row, place[1], float(place[2]), float(place[3]), log2=log2_of(row.number("depth")))
    return SegmentTable(out.finish(), "", altered_only=True)


def _rows(path: Path) -> Iterator[Row]:
    for number, line in lines(path):
        if line.strip():
            yield Row(path, number, dict(zip(COLUMNS, line.split("\t"), strict=False)))


register(
    Format(
        "copy_number",
        "cnvnator.calls",
        "CNVnator",
        "printed calls (type, place, size, depth; no header): altered segments only",
        _is_calls,
        read,
    )
)
