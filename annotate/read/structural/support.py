"""How many reads support a junction, in each caller's own fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

Fields = Mapping[str, str]


class Support(NamedTuple):
    """Reads of one sample for a junction. `total` where a caller gives one number of fragments or reads."""

    split: int | None = None
    paired: int | None = None
    total: int | None = None
    vaf: float | None = None
    depth: int | None = None

    @property
    def reads(self) -> int | None:
        """Split reads and pairs together, else the total that the caller gives."""
        if self.split is None and self.paired is None:
            return self.total
        return (self.split or 0) + (self.paired or 0)


NOTHING = Support()
Rule = Callable[[Fields, Fields, int], Support]


def rule_for(keys: Collection[str]) -> Rule | None:  # noqa: C901 -- one line a writer
    """How to count reads from a sample column with these FORMAT keys; None where they hold no counts."""
    names = set(keys)
    if {"PSV", "DR", "ST"} <= names:
        return _survivor
    if {"LQ", "RD", "RR", "DR", "SR"} <= names:
        return _tiddit
    if "PR" in names or ("SR" in names and not names & {"PE", "SU", "DV", "VF", "AD", "RP"}):
        return _manta
    if "VF" in names:
        return _fragments
    if {"LR", "LO", "SR", "DR", "AD"} <= names:
        return _svaba
    if {"AO", "RO"} <= names:
        return _svtyper
    if {"DV", "RV"} <= names:
        return _pairs
    if "DV" in names:
        return _long_reads
    if "SU" in names or {"PE", "SR"} <= names:
        return _lumpy
    if "AD" in names:
        return _alleles
    return _tumor_reads if {"VR", "TR"} <= names else None


def info_support(info: Fields) -> Support:
    """From INFO, for files without sample columns or whose columns hold no counts."""
    if "TUMOUR_READ_SUPPORT" in info or "TUMOUR_SUPPORT" in info:
        reads = _int(info.get("TUMOUR_READ_SUPPORT") or info.get("TUMOUR_SUPPORT"))
        return Support(total=reads, vaf=_share(info.get("TUMOUR_AF")))
    vaf = _share(info.get("TAF") or info.get("AF") or info.get("VAF"))
    fragments = _int(info.get("VF"))
    if fragments is not None:
        return Support(total=fragments, vaf=vaf)
    if "ASSR" in info or ("SRQ" in info and "CQ" in info):
        return Support(split=_int(info.get("SR")), paired=_int(info.get("RP")), vaf=vaf)
    if "left_softclipped_read_count" in info:
        sides = [_int(info.get(f"{side}_softclipped_read_count")) for side in ("left", "right")]
        return Support(split=sum(n for n in sides if n is not None))
    reads = _int(info.get("SUPPORT") or info.get("RE") or info.get("SU"))
    split, paired = _int(info.get("SR")), _int(info.get("PE") or info.get("LTE"))
    return Support(split=split, paired=paired, total=reads, vaf=vaf)


def normal_info_support(info: Fields) -> Support:
    """Of the matched normal, where a caller writes it into INFO."""
    reads = _int(info.get("NORMAL_READ_SUPPORT") or info.get("NORMAL_SUPPORT"))
    return Support(total=reads, vaf=_share(info.get("NORMAL_AF"))) if reads is not None else NOTHING


# ---------------------------------------------------------------- one rule a family of callers


def _fragments(fields: Fields, info: Fields, allele: int) -> Support:
    """GRIDSS, PURPLE, ESVEE: VF fragments for a junction, BVF for a single breakend, REF and REFPAIR against it.

    The caller's split and paired counts overlap (assembly and reads), so one total is given, except where they
    are disjoint (ESVEE's SF and DF).
    """
    total = _int(fields.get("VF")) or _int(fields.get("BVF")) or 0
    against = _int(fields.get("REF"))
    depth = _int(fields.get("DP"))
    if depth is None and against is not None:
        depth = total + against + (_int(fields.get("REFPAIR")) or 0)
    vaf = _share(fields.get("AF"))
    if vaf is None and depth:
        vaf = total / depth
    return Support(_int(fields.get("SF")), _int(fields.get("DF")), total, vaf, depth)


def _svaba(fields: Fields, info: Fields, allele: int) -> Support:
    """SvABA: SR split and DR discordant reads (DR is a reference count elsewhere), AD all, DP depth."""
    total, depth = _int(fields.get("AD")), _int(fields.get("DP"))
    vaf = total / max(depth, total) if total is not None and depth else None
    return Support(_int(fields.get("SR")), _int(fields.get("DR")), total, vaf, depth)


def _svtyper(fields: Fields, info: Fields, allele: int) -> Support:
    """smoove, svtyper: AO for and RO against, AS split, AP paired."""
    total, against = _int(fields.get("AO")), _int(fields.get("RO"))
    return Support(_int(fields.get("AS")), _int(fields.get("AP")), total, *_vaf(total, against))


def _pairs(fields: Fields, info: Fields, allele: int) -> Support:
    """DELLY, TIDDIT: DV/DR read pairs, RV/RR junction reads. VAF from the junction reads where it is precise."""
    paired, split = _int(fields.get("DV")), _int(fields.get("RV"))
    if split and "IMPRECISE" not in info:
        vaf, depth = _vaf(split, _int(fields.get("RR")))
    else:
        vaf, depth = _vaf(paired, _int(fields.get("DR")))
    return Support(split, paired, None, vaf, depth)


def _tiddit(fields: Fields, info: Fields, allele: int) -> Support:
    """TIDDIT 3.0: DR read pairs and SR split reads for it; RR split reads against it at each end."""
    paired, split = _int(fields.get("DR")), _int(fields.get("SR"))
    vaf, depth = _vaf(split, _int(fields.get("RR"))) if split else (None, None)
    return Support(split, paired, None, vaf, depth)


def _manta(fields: Fields, info: Fields, allele: int) -> Support:
    """Manta, DRAGEN: PR and SR as 'reference,alternative'; DRAGEN's VF counts fragments once, in the same form."""
    pairs_against, paired = _reference_and(fields.get("PR"), allele)
    splits_against, split = _reference_and(fields.get("SR"), allele)
    if paired is None and split is None:
        return NOTHING
    computed, depth = _vaf((paired or 0) + (split or 0), (pairs_against or 0) + (splits_against or 0))
    fragments = fields.get("VF", "")
    stated = _vaf(*_reference_and(fragments, allele)[::-1])[0] if "," in fragments else _share(fragments)
    return Support(split, paired, None, computed if stated is None else stated, depth)


def _long_reads(fields: Fields, info: Fields, allele: int) -> Support:
    """Sniffles, cuteSV, Severus: DV reads for it, DR against."""
    total = _int(fields.get("DV"))
    computed, depth = _vaf(total, _int(fields.get("DR")))
    vaf = _share(fields.get("VAF"))
    return Support(total, None, total, computed if vaf is None else vaf, depth)


def _lumpy(fields: Fields, info: Fields, allele: int) -> Support:
    """LUMPY: SU pieces of evidence in all, PE and SR of them."""
    return Support(_int(fields.get("SR")), _int(fields.get("PE")), _int(fields.get("SU")))


def _alleles(fields: Fields, info: Fields, allele: int) -> Support:
    """pbsv, Pindel and others: AD as 'reference,alternative'."""
    against, total = _reference_and(fields.get("AD"), allele)
    vaf, depth = _vaf(total, against)
    return Support(None, None, total if against is not None else None, vaf, depth)


def _survivor(fields: Fields, info: Fields, allele: int) -> Support:
    """SURVIVOR: DR as 'reference,alternative' of the merged caller; 0,0 where that caller gave no counts it knows.

    A column without a record of its own has no coordinates (CO) or type (TY) either: no read.
    """
    against, total = _reference_and(fields.get("DR"), allele=1)
    if not total:
        absent = {fields.get(key, "").upper() for key in ("CO", "TY")} == {"NAN"}
        return Support(None, None, 0) if absent else NOTHING
    return Support(None, None, total, *(_vaf(total, against) if against else (None, None)))


def _tumor_reads(fields: Fields, info: Fields, allele: int) -> Support:
    """nanomonsv: VR of TR reads."""
    total, depth = _int(fields.get("VR")), _int(fields.get("TR"))
    return Support(total, None, total, total / depth if total is not None and depth else None, depth)


# ---------------------------------------------------------------- numbers


def _vaf(total: int | None, against: int | None) -> tuple[float | None, int | None]:
    if total is None or against is None or total + against <= 0:
        return None, None
    return total / (total + against), total + against


def _int(text: str | None) -> int | None:
    """A count; the first of several. None for a missing value or for what is no count."""
    if not text:
        return None
    if text.isdecimal():
        return int(text) if len(text) < 10 else None
    try:
        number = float(text.partition(",")[0])
    except ValueError:
        return None
    return int(number) if math.isfinite(number) and 0 <= number < 1e9 else None


def _share(text: str | None) -> float | None:
    """A share 0 … 1; the mean where the caller gives one a breakend."""
    if not text:
        return None
    values = []
    for part in text.split(","):
        try:
            values.append(float(part))
        except ValueError:
            return None
    mean = sum(values) / len(values)
    return mean if math.isfinite(mean) and 0 <= mean <= 1 else None


def _reference_and(text: str | None, allele: int) -> tuple[int | None, int | None]:
    """Of 'reference,alternative,alternative…': the first count and that of an allele. A lone count is the allele's."""
    if not text:
        return None, None
    counts = text.split(",")
    if len(counts) == 1:
        return None, _int(text)
    return _int(counts[0]), _int(counts[allele]) if allele < len(counts) else None
