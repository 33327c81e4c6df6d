"""From VAF to the share of leukaemic cells that carry a mutation (CCF), with what is uncertain about it.

    u = VAF * (purity * CT + (1 - purity) * CN0) / purity      copies of the mutation in a leukaemic cell
    m = max(1, round(u)), at most the major copy number        copies in a cell that carries it
    CCF = u / m, capped at 1 for display

CT: local total copies in the leukaemia; CN0: copies in normal cells. Without purity there is no CCF.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from annotate.base.frozen import frozen
from annotate.base.probability import vaf_interval
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment
from annotate.model.sample import Sex
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, Reason
from annotate.reference.genome import Genome

Label = Literal["clonal", "subclonal", "undetermined"]


@frozen
class Clonality:
    """CCF with its 95 % interval; None where it cannot be computed. `raw` is not capped at 1."""

    ccf: float | None
    low: float | None
    high: float | None
    raw: float | None
    multiplicity: int | None
    label: Label
    reasons: tuple[Reason, ...] = ()

    def as_dict(self) -> Mapping[str, Any]:
        """As it stands in `report.json`."""
        return {
            "ccf": _rounded(self.ccf),
            "ccf_interval": None if self.low is None else [_rounded(self.low), _rounded(self.high)],
            "raw": _rounded(self.raw),
            "multiplicity": self.multiplicity,
            "label": self.label,
            "reasons": [reason.text for reason in self.reasons],
        }


@frozen
class LocalCopies:
    """Copies at one place: of the leukaemia (mean over its cells) and of normal cells."""

    total: float
    major: int
    normal: int
    reasons: tuple[Reason, ...] = ()
    certain: bool = True


def ccf(
    variant: SmallVariant,
    profile: CopyNumberProfile | None,
    sex: Sex,
    knowledge: Knowledge,
    *,
    genome: Genome | None = None,
    purity: float | None = None,
) -> Clonality:
    """The clonality of one variant. `purity` overrides the profile's; `genome` tells where X and Y pair."""
    rho = purity if purity is not None else (profile.purity if profile is not None else None)
    if variant.vaf is None:
        return _unknown(Reason(Code.INPUT_ABSENT, "no allele counts at this site", "a VCF with allele counts"))
    if rho is None or not 0 < rho <= 1:
        text = f"the purity is not known: VAF {variant.vaf:.1%} only, no cell fraction"
        return _unknown(Reason(Code.INPUT_ABSENT, text, "the column `purity` or copy number with purity"))
    copies = local_copies(variant.chrom, variant.pos, profile, sex, genome)
    if copies.total < 0.5:
        text = "no leukaemic copy is left at this place, so the reads are not the main clone's"
        return _unknown(Reason(Code.EVIDENCE_CONFLICT, text))
    return _with_copies(variant.vaf, variant.alt_reads, variant.depth, rho, copies, knowledge)


def _with_copies(
    vaf: float, alt: int | None, depth: int | None, rho: float, copies: LocalCopies, knowledge: Knowledge
) -> Clonality:
    per_cell = vaf * factor(rho, copies)
    m = min(max(1, math.floor(per_cell + 0.5)), max(copies.major, 1))
    raw = per_cell / m
    reasons = list(copies.reasons)
    low = high = None
    if depth:
        low, high = _interval(vaf, alt, depth, rho, copies, m, knowledge)
    else:
        reasons.append(Reason(Code.DEPTH_BELOW_LOD, "the depth is not known, so the cell fraction has no interval"))
    if low is not None and low > 1:
        text = "more reads than one copy in every cell gives: further copies, no other allele, or its reads are missing"
        reasons.append(Reason(Code.NOTE, text))
    label = _label(raw, low, high, knowledge)
    if not copies.certain and label == "subclonal" and copies.total >= 1:
        reasons.append(Reason(Code.EVIDENCE_INCOMPLETE, "local copy number assumed, not measured"))
    return Clonality(min(raw, 1.0), low, high, raw, m, label, tuple(reasons))


def factor(rho: float, copies: LocalCopies) -> float:
    """Copies of a mutation per leukaemic cell for each unit of VAF."""
    return (rho * copies.total + (1 - rho) * copies.normal) / rho


def _interval(
    vaf: float, alt: int | None, depth: int, rho: float, copies: LocalCopies, m: int, knowledge: Knowledge
) -> tuple[float, float]:
    """The 95 % interval of the uncapped CCF: counts and purity in quadrature."""
    reads = alt if alt is not None else round(vaf * depth)
    vaf_low, vaf_high = vaf_interval(min(reads, depth), depth)
    spread = knowledge.value(cutoffs.CLONALITY_PURITY_HALFWIDTH)
    rho_high, rho_low = min(rho + spread, 1.0), max(rho - spread, rho / 2)
    middle, now = vaf * factor(rho, copies) / m, factor(rho, copies) / m
    down = math.hypot(middle - vaf_low * now, middle - vaf * factor(rho_high, copies) / m)
    up = math.hypot(vaf_high * now - middle, vaf * factor(rho_low, copies) / m - middle)
    return max(0.0, middle - down), middle + up


def _label(raw: float, low: float | None, high: float | None, knowledge: Knowledge) -> Label:
    clonal = knowledge.value(cutoffs.CLONALITY_CLONAL_CCF)
    if raw >= clonal:
        return "clonal"
    if low is None or high is None:
        return "undetermined"
    if high < clonal:
        return "subclonal"
    if high >= 1 and low >= knowledge.value(cutoffs.CLONALITY_CLONAL_MIN_LOW):
        return "clonal"
    return "undetermined"


def local_copies(
    chrom: str,
    pos: int,
    profile: CopyNumberProfile | None,
    sex: Sex,
    genome: Genome | None = None,
) -> LocalCopies:
    """Copies at a place from the segments; where none covers it, those of a normal cell, and said."""
    normal, reasons = normal_copies(chrom, pos, sex, genome)
    segment = _segment(profile, chrom, pos)
    if segment is None or segment.total is None:
        text = f"no copy number at {chrom}:{pos:,}: {normal} copies assumed"
        assumed = Reason(Code.EVIDENCE_INCOMPLETE, text, "copy-number segments")
        return LocalCopies(float(normal), normal, normal, (*reasons, assumed), certain=False)
    total, minor = segment.total, segment.minor
    major = round(total - minor) if minor is not None else round(total)
    fraction = segment.cellular_fraction
    if fraction is not None and 0 < fraction < 1:
        text = f"the copy-number change here is in {fraction:.0%} of the leukaemic cells"
        reasons = (*reasons, Reason(Code.NOTE, text))
        total = fraction * total + (1 - fraction) * normal
        major = max(major, 1)
    return LocalCopies(float(total), max(major, 1), normal, reasons)


def normal_copies(chrom: str, pos: int, sex: Sex, genome: Genome | None = None) -> tuple[int, tuple[Reason, ...]]:
    """Copies in a normal cell: 2, or 1 for X and Y of a male outside of the pseudoautosomal regions."""
    if chrom not in ("X", "Y") or (genome is not None and genome.in_par(chrom, pos)):
        return 2, ()
    if sex == "male" or chrom == "Y":
        return 1, ()
    if sex == "female":
        return 2, ()
    text = "the sex is not known: two copies of X assumed in normal cells"
    return 2, (Reason(Code.CLINICAL_FIELD_MISSING, text, "the column `sex`"),)


def _segment(profile: CopyNumberProfile | None, chrom: str, pos: int) -> Segment | None:
    """The segment that covers a place; the shortest one where segments overlap."""
    if profile is None:
        return None
    covering = [s for s in profile.segments if s.chrom == chrom and s.start <= pos <= s.end and s.total is not None]
    return min(covering, key=lambda s: (s.length, s.start), default=None)


def _unknown(reason: Reason) -> Clonality:
    return Clonality(None, None, None, None, None, "undetermined", (reason,))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
