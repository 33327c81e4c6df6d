"""nanomonsv `*.nanomonsv.result.txt`: positions from 1, `Dir` + keeps the left, reads of tumour and control."""

from __future__ import annotations

from annotate.read.common.delimited import delimited_rows, tabled
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head
from annotate.read.structural.bedpe import BedpeReader
from annotate.read.structural.source import KIND, Source, StructuralFile

NAME = "nanomonsv.result"
_NEEDED = ("Chr_1", "Pos_1", "Dir_1", "Chr_2", "Pos_2", "Dir_2", "Supporting_Read_Num_Tumor")


def _recognise(head: Head) -> bool:
    return tabled(head).has(*_NEEDED)


def read(source: Source) -> StructuralFile:
    """Junctions of one result table of nanomonsv."""
    reader = BedpeReader(source, caller="nanomonsv", format=NAME)
    for row in delimited_rows(source.path):
        found = {
            "name": row.cells.get("SV_ID", ""),
            "filter": row.cells.get("Is_Filter", ""),
            "tumor_splits": row.cells.get("Supporting_Read_Num_Tumor", ""),
            "tumor_splits_ref": _others(
                row.cells.get("Checked_Read_Num_Tumor"), row.cells["Supporting_Read_Num_Tumor"]
            ),
            "normal_splits": row.cells.get("Supporting_Read_Num_Control", ""),
        }
        for end in ("1", "2"):
            found["chrom" + end] = row.cells.get("Chr_" + end, "")
            found["strand" + end] = row.cells.get("Dir_" + end, "")
            found["start" + end], found["end" + end] = interval(row.cells.get("Pos_" + end, ""))
        reader.add(row.line, found)
    return reader.done()


def interval(base: str) -> tuple[str, str]:
    """A base from 1 as an interval from 0; what is no number is left for the reader to refuse."""
    return (str(int(base) - 1), base) if base.isdecimal() and base != "0" else (base, base)


def _others(checked: str | None, supporting: str) -> str:
    """Reads that were checked and do not support it."""
    if checked is None or not checked.isdecimal() or not supporting.isdecimal():
        return ""
    return str(max(int(checked) - int(supporting), 0))


register(Format(KIND, NAME, "nanomonsv", "result.txt, with or without a control", _recognise, read, priority=10))
