"""How many reads support a junction, in each caller's own fields."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Support:
    """Reads of one sample for a junction. `total` where a caller gives one number of fragments or reads."""

    split: int | None = None
    paired: int | None = None
    total: int | None = None
    vaf: float | None = None
    depth: int | None = None

    @property
    def reads(self) -> int | None:
        known = [n for n in (self.split, self.paired) if n is not None]
        return sum(known) if known else self.total


NOTHING = Support()


def sample_support(fields: Fields, info: Fields, allele: int = 1) -> Support:
    """From a sample column (FORMAT fields by name). `allele` is the number of the ALT."""
    for rule in (_manta, _fragments, _svaba, _svtyper, _pairs, _long_reads, _lumpy, _alleles, _tumor_reads):
        support = rule(fields, info, allele)
        if support is not None:
            return support
    return NOTHING


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


def _fragments(fields: Fields, info: Fields, allele: int) -> Support | None:
    """GRIDSS, PURPLE, ESVEE: VF fragments for a junction, BVF for a single breakend, REF and REFPAIR against it.

    The caller's split and paired counts overlap (assembly and reads), so one total is given, except where they
    are disjoint (ESVEE's SF and DF).
    """
    if "VF" not in fields:
        return None
    joined, single = _int(fields["VF"]) or 0, _int(fields.get("BVF")) or 0
    total = joined or single
    against = [_int(fields.get("REF")), _int(fields.get("REFPAIR"))]
    depth = _int(fields.get("DP"))
    if depth is None and against[0] is not None:
        depth = total + sum(n for n in against if n is not None)
    vaf = _share(fields.get("AF"))
    if vaf is None and depth:
        vaf = total / depth
    return Support(_int(fields.get("SF")), _int(fields.get("DF")), total, vaf, depth)


def _svaba(fields: Fields, info: Fields, allele: int) -> Support | None:
    """SvABA: SR split and DR discordant reads (DR is a reference count elsewhere), AD all, DP depth."""
    if not {"LR", "LO", "SR", "DR", "AD"} <= set(fields):
        return None
    total, depth = _int(fields["AD"]), _int(fields.get("DP"))
    vaf = total / max(depth, total) if total is not None and depth else None
    return Support(_int(fields["SR"]), _int(fields["DR"]), total, vaf, depth)


def _svtyper(fields: Fields, info: Fields, allele: int) -> Support | None:
    """smoove, svtyper: AO for and RO against, AS split, AP paired."""
    if "AO" not in fields or "RO" not in fields:
        return None
    total, against = _int(fields["AO"]), _int(fields["RO"])
    return Support(_int(fields.get("AS")), _int(fields.get("AP")), total, *_vaf(total, against))


def _pairs(fields: Fields, info: Fields, allele: int) -> Support | None:
    """DELLY, TIDDIT: DV/DR read pairs, RV/RR junction reads. VAF from the junction reads where it is precise."""
    if "DV" not in fields or "RV" not in fields:
        return None
    paired, split = _int(fields["DV"]), _int(fields["RV"])
    exact = bool(split) and "IMPRECISE" not in info
    vaf = _vaf(split, _int(fields.get("RR"))) if exact else _vaf(paired, _int(fields.get("DR")))
    return Support(split, paired, None, *vaf)


def _manta(fields: Fields, info: Fields, allele: int) -> Support | None:
    """Manta, DRAGEN: PR and SR as 'reference,alternative'."""
    if not any("," in fields.get(key, "") for key in ("PR", "SR")):
        return None
    pairs, splits = _numbers(fields.get("PR")), _numbers(fields.get("SR"))
    paired, split = _at(pairs, allele), _at(splits, allele)
    for_it = (paired or 0) + (split or 0)
    against = (_at(pairs, 0) or 0) + (_at(splits, 0) or 0)
    vaf = _share(fields.get("VF")) if "VF" in fields else None
    computed, depth = _vaf(for_it, against)
    return Support(split, paired, None, vaf if vaf is not None else computed, depth)


def _long_reads(fields: Fields, info: Fields, allele: int) -> Support | None:
    """Sniffles, cuteSV, Severus: DV reads for it, DR against."""
    if "DV" not in fields:
        return None
    total = _int(fields["DV"])
    computed, depth = _vaf(total, _int(fields.get("DR")))
    vaf = _share(fields.get("VAF"))
    return Support(total, None, total, computed if vaf is None else vaf, depth)


def _lumpy(fields: Fields, info: Fields, allele: int) -> Support | None:
    """LUMPY: SU pieces of evidence in all, PE and SR of them."""
    if "SU" not in fields and not ("PE" in fields and "SR" in fields):
        return None
    return Support(_int(fields.get("SR")), _int(fields.get("PE")), _int(fields.get("SU")))


def _alleles(fields: Fields, info: Fields, allele: int) -> Support | None:
    """pbsv, Pindel and others: AD as 'reference,alternative'."""
    counts = _numbers(fields.get("AD"))
    if len(counts) < 2:
        return None
    total, against = _at(counts, allele), counts[0]
    return Support(None, None, total, *_vaf(total, against))


def _tumor_reads(fields: Fields, info: Fields, allele: int) -> Support | None:
    """nanomonsv: VR of TR reads."""
    if "VR" not in fields or "TR" not in fields:
        return None
    total, depth = _int(fields["VR"]), _int(fields["TR"])
    return Support(total, None, total, total / depth if total is not None and depth else None, depth)


# ---------------------------------------------------------------- numbers


def _vaf(total: int | None, against: int | None) -> tuple[float | None, int | None]:
    if total is None or against is None or total + against <= 0:
        return None, None
    return total / (total + against), total + against


def _int(text: str | None) -> int | None:
    if not text:
        return None
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


def _numbers(text: str | None) -> Sequence[int | None]:
    return [_int(part) for part in text.split(",")] if text else []


def _at(numbers: Sequence[int | None], index: int) -> int | None:
    return numbers[index] if index < len(numbers) else None
