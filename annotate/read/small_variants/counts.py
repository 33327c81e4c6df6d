"""Reads of one allele, from the fields of any caller.

`depth` is the number of reads that the caller gave to one of the alleles (or, where only a depth and a fraction
are given, that depth), so that vaf = alt / depth. Reads that were looked at but told nothing do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Cells = Mapping[str, str]
BASES = "ACGT"


@dataclass(frozen=True, slots=True)
class Counts:
    """alt, depth: reads; vaf: fraction. None where the file does not say."""

    alt: int | None = None
    depth: int | None = None
    vaf: float | None = None

    @property
    def known(self) -> bool:
        return self.alt is not None or self.vaf is not None


@dataclass(frozen=True, slots=True)
class Allele:
    """One ALT of a record: its number from 1, how many there are, and the bases as written."""

    index: int
    alts: int
    ref: str
    alt: str


def _of(alt: float | None, depth: float | None) -> Counts | None:
    if alt is None or depth is None or depth < alt or alt < 0:
        return None
    return Counts(int(alt), int(depth), alt / depth if depth else None)


def numbers(cell: str | None) -> list[float | None]:
    """The numbers of a cell; `.` is None, `12.5%` a fraction, percent-encoded commas are commas.

    >>> numbers("10,."), numbers("5%25"), numbers(None)
    ([10.0, None], [0.05], [])
    """
    if cell in (None, "", "."):
        return []
    text = re.sub("%2C", ",", cell or "", flags=re.IGNORECASE).replace("%25", "%")
    return [_number(part) for part in text.split(",")]


def _number(part: str) -> float | None:
    share = part.endswith("%")
    try:
        value = float(part.rstrip("%"))
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return value / 100 if share else value


def _first(cells: Cells, key: str) -> float | None:
    found = numbers(cells.get(key))
    return found[0] if found else None


def _per_alt(cells: Cells, key: str, allele: Allele) -> float | None:
    """The value of this allele in a field with one value an alternative allele."""
    found = numbers(cells.get(key))
    return found[allele.index - 1] if len(found) == allele.alts else None


# ---------------------------------------------------------------- rules, in order of trust


def _strelka_snv(cells: Cells, allele: Allele) -> Counts | None:
    """Tier 1 of AU, CU, GU, TU: alt / (alt + ref), as Strelka's manual says."""
    if "AU" not in cells or allele.alt not in BASES or allele.ref not in BASES:
        return None
    alt, ref = _first(cells, f"{allele.alt}U"), _first(cells, f"{allele.ref}U")
    return None if alt is None or ref is None else _of(alt, alt + ref)


def _strelka_indel(cells: Cells, allele: Allele) -> Counts | None:
    alt, ref = _first(cells, "TIR"), _first(cells, "TAR")
    return None if alt is None or ref is None else _of(alt, alt + ref)


def _allelic_depths(cells: Cells, allele: Allele) -> Counts | None:
    """AD with one value an allele, the reference first (GATK, DRAGEN, VarDict, Octopus, DeepSomatic, bcftools…)."""
    for key in ("AD", "ADT", "AO_AD"):
        depths = numbers(cells.get(key))
        if len(depths) == allele.alts + 1 and depths[allele.index] is not None:
            return _of(depths[allele.index], sum(value or 0 for value in depths))
    return None


def _varscan(cells: Cells, allele: Allele) -> Counts | None:
    """AD holds the alternative reads alone, RD those of the reference."""
    alt, ref = _per_alt(cells, "AD", allele), _first(cells, "RD")
    return None if alt is None or ref is None else _of(alt, alt + ref)


def _freebayes(cells: Cells, allele: Allele) -> Counts | None:
    for ref_key, alt_key in (("RO", "AO"), ("FRO", "FAO")):
        ref, alts = _first(cells, ref_key), numbers(cells.get(alt_key))
        if ref is not None and len(alts) == allele.alts:
            return _of(alts[allele.index - 1], ref + sum(value or 0 for value in alts))
    return None


def _platypus(cells: Cells, allele: Allele) -> Counts | None:
    return _of(_per_alt(cells, "NV", allele), _per_alt(cells, "NR", allele))


def _ivar(cells: Cells, allele: Allele) -> Counts | None:
    alt, ref = _first(cells, "ALT_DP"), _first(cells, "REF_DP")
    return None if alt is None or ref is None else _of(alt, alt + ref)


def _caveman(cells: Cells, allele: Allele) -> Counts | None:
    """Reads by strand and base: FAZ, RAZ…"""
    if "FAZ" not in cells or allele.alt not in BASES:
        return None
    by_base = {base: (_first(cells, f"F{base}Z") or 0) + (_first(cells, f"R{base}Z") or 0) for base in BASES}
    return _of(by_base[allele.alt], sum(by_base.values()))


def _by_strand(cells: Cells, allele: Allele) -> Counts | None:
    """DP4: reference forward, reverse, alternative forward, reverse. Tells nothing where there are two ALTs."""
    four = [value or 0 for value in numbers(cells.get("DP4"))]
    if len(four) != 4 or allele.alts != 1:
        return None
    return _of(four[2] + four[3], sum(four))


def _alt_of_depth(cells: Cells, allele: Allele) -> Counts | None:
    """Alternative reads and a depth, without those of the reference (SvABA, VarDict's VD)."""
    for key in ("AD", "VD", "AO", "NV"):
        found = _of(_per_alt(cells, key, allele), _first(cells, "DP"))
        if found:
            return found
    return None


FRACTIONS = ("VAF", "AF", "FREQ", "FA", "MAP_VAF", "ALT_FREQ", "TVAF")


def _fraction(cells: Cells, allele: Allele) -> Counts | None:
    """A fraction with a depth; reads are then the nearest whole number."""
    depth = _first(cells, "DP") if "DP" in cells else _first(cells, "DPT")
    for key in FRACTIONS:
        vaf = _per_alt(cells, key, allele)
        if vaf is not None and 0 <= vaf <= 1:
            return Counts(None if depth is None else round(vaf * depth), None if depth is None else int(depth), vaf)
    return None


Rule = Callable[[Cells, Allele], Counts | None]
RULES: Sequence[Rule] = (
    _strelka_snv,
    _strelka_indel,
    _allelic_depths,
    _varscan,
    _freebayes,
    _platypus,
    _ivar,
    _caveman,
    _by_strand,
    _alt_of_depth,
    _fraction,
)


def sample_counts(cells: Cells, allele: Allele) -> Counts:
    """Reads of an allele in one sample column; only the depth where nothing else is given."""
    for rule in RULES:
        found = rule(cells, allele)
        if found is not None:
            return found
    return Counts(depth=sample_depth(cells))


def sample_depth(cells: Cells) -> int | None:
    """Reads over the place in one sample column: MIN_DP of a gVCF block, DP, or the sum of what is counted."""
    for key in ("MIN_DP", "DP", "DPT", "NR", "DPI"):
        depth = _first(cells, key)
        if depth is not None and depth >= 0:
            return int(depth)
    known = [value for value in numbers(cells.get("AD")) if value is not None]
    return int(sum(known)) if known else None


def paired_normal(cells: Cells) -> Counts:
    """Reads of the normal where one column holds both (ADT, DPT of the tumour; ADC, DPC of the control)."""
    depths = numbers(cells.get("ADC"))
    if len(depths) == 2 and None not in depths:
        return _of(depths[1], (depths[0] or 0) + (depths[1] or 0)) or Counts()
    depth = _first(cells, "DPC")
    return Counts(depth=None if depth is None else int(depth))


def info_counts(info: Cells, allele: Allele) -> Counts:
    """Reads that INFO states of the one sample of a file (LoFreq, PCGR, ICGC). A bare INFO/AF is no VAF.

    INFO/AF may be a population's or a cohort's frequency, so it counts only beside the read counts of LoFreq.
    """
    four = [value or 0 for value in numbers(info.get("DP4"))]
    if len(four) == 4 and allele.alts == 1:
        whole = _first(info, "DP") if "AF" in info else None
        return _of(four[2] + four[3], whole if whole and whole >= sum(four) else sum(four)) or Counts()
    for reads, depth in (("MC", "TC"), ("VD", "DP"), ("AO", "DP")):
        found = _of(_per_alt(info, reads, allele), _first(info, depth))
        if found:
            return found
    for share, depth in (("TVAF", "TDP"), ("VAF", "DP")):
        vaf, total = _per_alt(info, share, allele), _first(info, depth)
        if vaf is not None and 0 <= vaf <= 1:
            return Counts(None if total is None else round(vaf * total), None if total is None else int(total), vaf)
    return Counts()


# ---------------------------------------------------------------- genotypes


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
