"""MAVIS `mavis_summary.tab`: rows of `protocol` genome. Those of a transcriptome are RNA and belong to the fusions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.own_rows import OTHER_SAMPLE, own_rows
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head
from annotate.read.structural.bedpe import BedpeReader
from annotate.read.structural.nanomonsv import interval
from annotate.read.structural.source import KIND, Source, StructuralFile

NAME = "mavis.genome"
_NEEDED = ("event_type", "break1_chromosome", "break1_position_start", "break1_orientation", "break2_chromosome",
           "break2_position_start", "break2_orientation", "protocol")  # fmt: skip
_STRANDS: Mapping[str, str] = {"L": "+", "R": "-"}
_SPLIT = ("break1_split_reads", "break2_split_reads", "spanning_reads")


def _recognise(head: Head) -> bool:
    return tabled(head).has(*_NEEDED)


def read(source: Source) -> StructuralFile:
    """Junctions of DNA of one MAVIS summary."""
    own = own_rows(source.path, source.sample, KIND, source.tally)
    reader = BedpeReader(source, caller="MAVIS", format=NAME)
    for row in delimited_rows(source.path):
        if own is not None and not own.has(row):
            source.tally.drop(OTHER_SAMPLE)
        elif row.text("protocol") != "genome":
            source.tally.drop("of_rna")
        else:
            reader.add(row.line, _row(row.cells))
    return reader.done()


def _row(cells: Mapping[str, str]) -> Mapping[str, str]:
    found = {
        "name": cells.get("tracking_id", ""),
        "type": "INS" if cells.get("event_type") == "insertion" else "",
        "tumor_splits": _sum(cells, _SPLIT),
        "tumor_pairs": _sum(cells, ("flanking_pairs",)),
    }
    for end in ("1", "2"):
        found["chrom" + end] = cells.get(f"break{end}_chromosome", "")
        found["strand" + end] = _STRANDS.get(cells.get(f"break{end}_orientation", ""), "")
        found["start" + end], found["end" + end] = interval(cells.get(f"break{end}_position_start", ""))
    return found


def _sum(cells: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """Counts of some columns together; `0;6` are the counts of two call methods."""
    return str(sum(int(number) for column in columns for number in re.findall(r"\d+", cells.get(column, ""))))


register(
    Format(
        KIND, NAME, "MAVIS", "mavis_summary.tab, rows of a genome", _recognise, read, priority=20, tested_on="real file"
    )
)
