"""Which sample column of a VCF is the leukaemia, and which its normal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.model.sample import Sample
from annotate.read.common.column_hints import named_by_others, told_by_records
from annotate.read.common.header_names import NORMAL_NAMES, TUMOR_NAMES, roles_in_header


@frozen
class Columns:
    """Sample columns by their index among the sample columns (0 is the tenth column of the file).

    `tumor` is None for a file without sample columns, `normal` when no column is known to be a normal.
    `why` says how the choice was made, for the report.
    """

    tumor: int | None
    normal: int | None
    why: str
    tumor_name: str | None = None
    normal_name: str | None = None
    guessed: bool = False  # told from the records, not from any name: to be said aloud


def choose_columns(
    names: Sequence[str],
    header_lines: Iterable[str],
    sample: Sample,
    path: Path | str,
    kind: str = "small_variants",
) -> Columns:
    """The columns of the leukaemia and its normal in a file of `kind` (a column of the sample sheet).

    Order: the sheet's tumor_name/normal_name, the caller's header (``##tumor_sample``, ``##SAMPLE=<ID=TUMOR…>``),
    a single column, the names TUMOR/NORMAL, the sample id, what another file of the sample says, the records. A second
    column is a normal only where something says so: it may as well be another time point of the patient.

    Raises InputError when nothing decides, or when a name of the sheet is not in the file.
    """
    if not names:
        return Columns(None, None, "the file has no sample column")
    stated = sample.tumor_names(kind), sample.normal_names(kind)
    _refuse_doubles(names, (*stated[0], *stated[1]), path)
    normal = _column_of_sheet(names, stated[1], "normal_name", path)
    stated_tumor, stated_normal = roles_in_header(header_lines, names)
    if normal is None:
        by_part = _by_part(names)
        own = _by_word(names, NORMAL_NAMES)
        normal = stated_normal if stated_normal is not None else 1 - by_part if by_part is not None else own
    known = _tumor(names, sample, stated, stated_tumor, normal, path)
    tumor, why, guessed = (*known, False) if known is not None else _hinted(names, sample, path)
    if normal == tumor:
        if any(name in names for name in stated[1]):
            raise InputError("tumour and normal are the same column", path=path, found=names[tumor])
        normal = None
    return Columns(tumor, normal, why, names[tumor], None if normal is None else names[normal], guessed)


def _tumor(
    names: Sequence[str],
    sample: Sample,
    of_sheet: tuple[tuple[str, ...], tuple[str, ...]],
    of_header: int | None,
    normal: int | None,
    path: Path | str,
) -> tuple[int, str] | None:
    index = _column_of_sheet(names, of_sheet[0], "tumor_name", path)
    if index is not None:
        return index, "tumor_name of the sample sheet"
    if any(name in names for name in of_sheet[1]) and normal is not None and len(names) == 2:
        return 1 - normal, "the other column is normal_name of the sample sheet"
    if of_header is not None:
        return of_header, "the file's header"
    if len(names) == 1:
        return 0, "the only sample column"
    index = _by_word(names, TUMOR_NAMES)
    if index is not None:
        return index, f"the column is named {names[index]}"
    if sample.sample in names:
        return names.index(sample.sample), "the column is named as the sample"
    index = _by_part(names)
    return None if index is None else (index, f"the names of the columns: {', '.join(names)}")


def _hinted(names: Sequence[str], sample: Sample, path: Path | str) -> tuple[int, str, bool]:
    """What another file or the records tell, and whether it is a guess. Errors: InputError where they tell nothing."""
    named = named_by_others(names, sample, path)
    if named is not None:
        return *named, False
    told = told_by_records(names, path)
    if told is not None:
        return *told, True
    raise InputError(
        "cannot tell which sample column is the leukaemia",
        path=path,
        found=", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else ""),
        expected=f"a column named TUMOR or {sample.sample}",
        fix="write the column's name into tumor_name of the sample sheet",
    )


def _refuse_doubles(names: Sequence[str], wanted: Sequence[str], path: Path | str) -> None:
    doubled = sorted({name for name in names if names.count(name) > 1}) if len(names) < 1000 else []
    if doubled and (not wanted or any(name in doubled for name in wanted)):
        raise InputError(
            "two sample columns have the same name", path=path, found=doubled[0], fix="give each column its own name"
        )


def _column_of_sheet(names: Sequence[str], wanted: Sequence[str], column: str, path: Path | str) -> int | None:
    """The column that bears one of the names of the sheet."""
    held = [name for name in wanted if name in names]
    if not wanted or len(held) == 1:
        return names.index(held[0]) if held else None
    if held:
        raise InputError(
            f"{column} of the sample sheet names several columns of the file",
            path=path,
            column=column,
            found=", ".join(held),
            expected="one column a file",
            fix="write a name for each kind of file: small_variants=a;structural_variants=b",
        )
    if _by_word(names, TUMOR_NAMES) is not None and _by_word(names, NORMAL_NAMES) is not None:
        return None  # Strelka and others write TUMOR and NORMAL whatever the samples are called
    raise InputError(
        f"{column} of the sample sheet is not a column of the file",
        path=path,
        column=column,
        found=", ".join(wanted),
        expected="one of " + ", ".join(names[:8]),
        fix="write the name that the file uses; a name for each kind: small_variants=a;structural_variants=b",
    )


def _by_word(names: Sequence[str], words: frozenset[str]) -> int | None:
    fitting = [index for index, name in enumerate(names) if name.strip().lower() in words]
    return fitting[0] if len(fitting) == 1 else None


def _by_part(names: Sequence[str]) -> int | None:
    """Of two columns the one with the word tumor in its name, where the other has the word normal: P1_tumor, P1_normal.

    >>> _by_part(["P1_normal", "P1_tumor"]), _by_part(["P1_tumor", "P2_tumor"])
    (1, None)
    """
    parts = [set(re.split(r"[^a-z]+", name.lower())) for name in names]
    tumor = [bool(own & TUMOR_NAMES) for own in parts]
    normal = [bool(own & NORMAL_NAMES) for own in parts]
    if len(names) != 2 or sorted(tumor) != [False, True] or normal != [not one for one in tumor]:
        return None
    return tumor.index(True)
