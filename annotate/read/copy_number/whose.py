"""Whose segments a table holds: what its column of samples says, beside what its reader made of it.

Readers of formats that name samples take this sample's rows (`cells.of_sample`). Tables of other formats get such a
column when a laboratory joins them, and any table may be another child's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.base.errors import InputError
from annotate.read.common.identity import matching
from annotate.read.common.own_rows import sample_columns
from annotate.read.common.text import Tally, read_head
from annotate.read.copy_number.cells import OTHER_SAMPLE, Names, refuse_several, rows
from annotate.read.copy_number.mlpa_wide import NAME as COFFALYSER
from annotate.read.copy_number.mlpa_wide import sample_names

_IDS = ("ID", "GDC_Aliquot", "GDC_Aliquot_ID")  # name a sample or a segment: looked at only for one name in all rows
_VCF = "##fileformat=VCF"
_A_FILE_A_PAIR = frozenset({"clincnv.tsv"})  # its header states one pair; its published example names others in a row


def refuse_anothers(path: Path, format: str, names: Names, others: frozenset[str], tally: Tally) -> None:
    """Refuses a table whose reader left samples together, or whose one sample is another row's of the sheet.

    `names`: those of this sample; `others`: names that the sheet gives to one row. Errors: InputError.
    """
    head = read_head(path)
    if not head.lines or head.lines[0].startswith(_VCF) or format in _A_FILE_A_PAIR:
        return
    if format == COFFALYSER:
        _refuse_another(path, "a sample's column", sample_names(head.columns), names, others)
        return
    for column in (*sample_columns(head.columns), *(name for name in _IDS if name in head.columns)):
        found = list(dict.fromkeys(_names(path, column)))
        if len(found) > 1 and column not in _IDS and not tally.dropped.get(OTHER_SAMPLE):
            raise refuse_several(path, found)
        _refuse_another(path, column, found, names, others)


def _refuse_another(path: Path, column: str, found: list[str], names: Names, others: frozenset[str]) -> None:
    if len(found) == 1 and matching(found, names) is None and matching(found, others) is not None:
        raise InputError(
            "holds another sample of the sheet",
            path=path,
            column=column,
            found=found[0],
            expected=" or ".join(names),
            fix="give this sample's file, or write the name that the file uses into tumor_name",
        )


def _names(path: Path, column: str) -> Iterator[str]:
    return (name for row in rows(path) if (name := row.text(column)))
