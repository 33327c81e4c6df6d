"""Cells that files of tandem duplications share: fractions, ratios, lengths."""

from __future__ import annotations

import math
from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.read.common.text import Tally

KIND = "tandem_duplications"
Genes = frozenset[str]  # genes whose tandem duplications have a name: what a caller of the whole genome is read for
NO_DUPLICATION = "no duplication"
NO_LENGTH = "no length"


def share(value: float | None, what: str, path: Path, line: int | None, *, percent: bool = False) -> float | None:
    """A fraction from 0 to 1. `percent`: the caller writes 0 to 100. Errors: InputError for any other number."""
    top = 100.0 if percent else 1.0
    if value is None:
        return None
    if not 0 <= value <= top:
        raise InputError(f"{what} is out of range", path=path, line=line, found=value, expected=f"0 to {top:g}")
    return round(value / top, 6)


def ratio(value: float | None, path: Path, line: int | None) -> float | None:
    """Reads with by reads without; None for -1 and infinity, which callers write where no read is without."""
    if value is None or not math.isfinite(value) or value == -1:
        return None
    if value < 0:
        raise InputError("allele ratio is out of range", path=path, line=line, found=value, expected="0 or more")
    return value


def count(value: float | None, what: str, path: Path, line: int | None) -> int | None:
    """A number of reads. Errors: InputError for a negative one."""
    if value is None:
        return None
    if value < 0:
        raise InputError(f"{what} is no number of reads", path=path, line=line, found=value, expected="0 or more")
    return round(value)


def unmeasured(tally: Tally, gene: str, path: Path, record: str) -> None:
    """A duplication without a length is not used, and not silent either: it may be one that counts."""
    tally.drop(NO_LENGTH)
    tally.remarks.append(
        Remark(
            kind=KIND,
            file=str(path),
            record=record,
            code=RemarkCode.UNREADABLE_VALUE,
            reason="its length cannot be read",
            speaks=Speaks.FOR,
            genes=(gene,),
            would=f"a tandem duplication of {gene}",
        )
    )
