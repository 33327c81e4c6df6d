"""The genotype of one allele and its phase, as a sample column states them."""

from __future__ import annotations

import re
from collections.abc import Mapping

Cells = Mapping[str, str]


def genotype(cells: Cells, index: int) -> tuple[str | None, str | None, bool | None]:
    """(genotype of this allele alone, phase set, is the allele in the genotype).

    The allele is 1, every other alternative allele 0, as `bcftools norm -m-` writes it. A GATK call whose phase stands
    in PGT and PID is given as phased.

    >>> genotype({"GT": "1|2", "PS": "77"}, 2)
    ('0|1', '77', True)
    """
    text, phase_set = cells.get("GT"), cells.get("PS")
    if text in (None, "", "."):
        return None, None, None
    if "|" not in (text or "") and "|" in cells.get("PGT", "") and index == 1:
        text, phase_set = cells["PGT"], cells.get("PID")
    parts = re.split(r"([/|])", text or "")
    alleles = parts[::2]
    own = "".join(_own(part, index) if at % 2 == 0 else part for at, part in enumerate(parts))
    called = True if str(index) in alleles else None if "." in alleles else False
    phased = "|" in own and phase_set not in (None, "", ".")
    return own, phase_set if phased else None, called


def _own(part: str, index: int) -> str:
    return "1" if part == str(index) else "0" if part.isdigit() else "."
