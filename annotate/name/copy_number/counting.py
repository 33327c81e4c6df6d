"""Chromosomes counted, with the noise of the count."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import ChromosomeState, CopyNumberProfile, Segment
from annotate.model.sample import Sex
from annotate.name.copy_number.chromosomes import whole

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


# ---------------------------------------------------------------- the count


@frozen
class ChromosomeCount:
    """The chromosome count of a clone and its retained homologues (RHC), each with its range.

    The ranges hold what chromosomes without enough segments may have. `margin` is how many chromosomes the
    noise of the profile may have moved.
    """

    total: int
    total_low: int
    total_high: int
    rhc: int | None
    rhc_low: int | None
    rhc_high: int | None
    loh: tuple[str, ...]
    even_loh: int
    missing: tuple[str, ...]
    margin: int

    @property
    def loh_autosomes(self) -> int:
        """How many autosomes hold one parental homologue."""
        return len(self.loh)


def count_chromosomes(
    chromosomes: Mapping[str, ChromosomeState],
    sex: Sex,
    knowledge: Knowledge,
    *,
    margin: int = 0,
    inherited: frozenset[str] = frozenset(),
) -> ChromosomeCount | None:
    """Count what a clone holds; None without a single autosome. `inherited`: homozygous by descent, not lost."""
    enough, share = knowledge.value(cutoffs.COPY_NUMBER_MIN_COVERED), knowledge.value(cutoffs.COPY_NUMBER_LOH_SHARE)
    total = low = high = rhc = rhc_low = rhc_high = even = 0
    loh: list[str] = []
    missing: list[str] = []
    alleles = 0
    for chrom in AUTOSOMES:
        state = chromosomes.get(chrom)
        if state is None or state.total is None or state.covered < enough:
            missing.append(chrom)
            total, low, high = total + 2, low + 1, high + 4
            rhc, rhc_low, rhc_high = rhc + 2, rhc_low + 1, rhc_high + 2
            continue
        total, low, high = total + state.total, low + state.total, high + state.total
        if state.total == 0:
            loh.append(chrom)
            continue
        if state.loh_fraction is None:
            rhc, rhc_low, rhc_high = rhc + 2, rhc_low + 1, rhc_high + (1 if state.total == 1 else 2)
            continue
        alleles += 1
        lost = state.loh_fraction >= share and chrom not in inherited
        homologues = 1 if lost else 2
        rhc, rhc_low, rhc_high = rhc + homologues, rhc_low + homologues, rhc_high + homologues
        if lost:
            loh.append(chrom)
            even += state.total % 2 == 0
    if len(missing) == len(AUTOSOMES):
        return None
    sexes = _sex_count(chromosomes, sex, knowledge)
    known = alleles >= len(AUTOSOMES) / 2
    return ChromosomeCount(
        total=total + sexes.total,
        total_low=low + sexes.low,
        total_high=high + sexes.high,
        rhc=rhc + sexes.homologues if known else None,
        rhc_low=rhc_low + sexes.homologues_low if known else None,
        rhc_high=rhc_high + sexes.homologues_high if known else None,
        loh=tuple(loh),
        even_loh=even,
        missing=tuple(missing),
        margin=margin,
    )


@frozen
class _SexCount:
    total: int
    low: int
    high: int
    homologues: int
    homologues_low: int
    homologues_high: int


def _sex_count(chromosomes: Mapping[str, ChromosomeState], sex: Sex, knowledge: Knowledge) -> _SexCount:
    enough = knowledge.value(cutoffs.COPY_NUMBER_MIN_COVERED)
    x, y = chromosomes.get("X"), chromosomes.get("Y")
    x_total = x.total if x is not None and x.total is not None and x.covered >= enough else None
    y_total = y.total if y is not None else None
    if x_total is None:
        return _SexCount(2, 1, 4, 2, 1, 2)
    if sex == "male":
        if y_total is None:
            return _SexCount(x_total + 1, x_total, x_total + 2, 2, 1, 2)
        n = (1 if x_total else 0) + (1 if y_total else 0)
        return _SexCount(x_total + y_total, x_total + y_total, x_total + y_total, n, n, n)
    lost = (
        x is not None
        and x.loh_fraction is not None
        and x.loh_fraction >= knowledge.value(cutoffs.COPY_NUMBER_LOH_SHARE)
    )
    unknown = x is None or x.loh_fraction is None
    if sex == "female":
        n = 1 if lost or x_total == 1 else 2
        return _SexCount(x_total, x_total, x_total, n, 1 if unknown else n, n)
    more = y_total if y_total is not None else 1
    return _SexCount(x_total + (y_total or 0), x_total, x_total + more, 1 if lost else 2, 1, 2)


# ---------------------------------------------------------------- noise


def copy_noise(profile: CopyNumberProfile, knowledge: Knowledge) -> float | None:
    """Spread of measured copies around whole numbers over long autosomal segments, in copies.

    None where the file holds whole numbers only. Full randomness would be 0.29, so values near it say that
    single copies cannot be told apart.
    """
    shortest = knowledge.value(cutoffs.COPY_NUMBER_MIN_SEGMENT_FOR_NOISE)
    found = []
    for segment, copies in measured_copies(profile):
        if segment.length >= shortest and segment.chrom in AUTOSOMES:
            found.append((min(abs(copies - whole(copies)), 0.5), segment.length))
    length = sum(weight for _, weight in found)
    if not found or length <= 0:
        return None
    return math.sqrt(sum(distance**2 * weight for distance, weight in found) / length)


def measured_copies(profile: CopyNumberProfile) -> Iterator[tuple[Segment, float]]:
    """Copies before rounding: the file's own where they are fractional, else what log2 and purity imply."""
    fractional = any(s.total is not None and s.total != int(s.total) for s in profile.segments)
    if fractional:
        yield from ((s, s.total) for s in profile.segments if s.total is not None)
        return
    purity = profile.purity
    if purity is None:
        return
    usable = [s for s in profile.segments if s.log2 is not None and s.total is not None and s.chrom in AUTOSOMES]
    depth = _depth(usable, purity)
    if depth is None:
        return
    for segment in usable:
        yield segment, max((2 ** min(segment.log2 or 0.0, 8.0) * depth - 2 * (1 - purity)) / purity, 0.0)


def _depth(segments: Sequence[Segment], purity: float) -> float | None:
    """Copies that log2 = 0 stands for: the median over segments by length."""
    rows = sorted(
        ((purity * (s.total or 0) + (1 - purity) * 2) / 2 ** min(max(s.log2 or 0.0, -8.0), 8.0), s.length)
        for s in segments
    )
    half, passed = sum(weight for _, weight in rows) / 2, 0
    for value, weight in rows:
        passed += weight
        if passed >= half:
            return value
    return None


def count_margin(profile: CopyNumberProfile, knowledge: Knowledge) -> int:
    """Chromosomes by which noise may have moved the count: 0, 1 or 2."""
    noise = profile.noise if profile.noise is not None else copy_noise(profile, knowledge)
    if noise is not None:
        if noise > knowledge.value(cutoffs.COPY_NUMBER_NOISE_SMALL_MARGIN):
            return 2
        return (
            1
            if noise * _most_copies(profile, knowledge) / 2 > knowledge.value(cutoffs.COPY_NUMBER_NOISE_NO_MARGIN)
            else 0
        )
    purity = profile.purity
    if purity is not None and purity >= knowledge.value(cutoffs.COPY_NUMBER_UNKNOWN_NOISE_PURITY_NONE):
        return 1 if _most_copies(profile, knowledge) > 2 else 0
    if purity is None or purity >= knowledge.value(cutoffs.COPY_NUMBER_UNKNOWN_NOISE_PURITY_ONE):
        return 1
    return 2


def _most_copies(profile: CopyNumberProfile, knowledge: Knowledge) -> int:
    """Copies of the most copied chromosome, where they are high enough for noise to move their count; else two."""
    most = max((state.total for state in profile.chromosomes.values() if state.total is not None), default=2)
    return most if most >= knowledge.value(cutoffs.COPY_NUMBER_HIGH_COPIES) else 2


def is_flat(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """Is nearly the whole genome at two copies, so that the profile itself shows no leukaemic cell?"""
    length = normal = 0
    for segment in profile.segments:
        if segment.chrom not in AUTOSOMES or segment.total is None:
            continue
        length += segment.length
        plain = whole(segment.total) == 2 and (segment.minor is None or whole(segment.minor) == 1)
        normal += segment.length if plain else 0
    return length == 0 or normal >= knowledge.value(cutoffs.COPY_NUMBER_FLAT_SHARE) * length


def profile_count(
    profile: CopyNumberProfile, knowledge: Knowledge, inherited: frozenset[str] = frozenset()
) -> ChromosomeCount | None:
    """The count of a profile's dominant clone with the margin that its noise asks for."""
    margin = count_margin(profile, knowledge)
    return count_chromosomes(profile.chromosomes, profile.sex, knowledge, margin=margin, inherited=inherited)


def cells_shown(profile: CopyNumberProfile, stated_purity: float | None, knowledge: Knowledge) -> bool:
    """Does anything show that the profile is of leukaemic cells?

    A flat profile looks the same with none of them: then the purity that the sheet states, or a clonal change of
    some length beside a purity, is needed before silence means something.
    """
    if stated_purity is not None or not is_flat(profile, knowledge):
        return True
    if profile.purity is None:
        return False
    shortest = knowledge.value(cutoffs.COPY_NUMBER_SHOWN_BY)
    change = max(knowledge.value(cutoffs.COPY_NUMBER_SHOWN_CHANGE), 4 * (profile.noise or 0.0))
    return any(
        segment.length >= shortest
        and segment.chrom in AUTOSOMES
        and segment.total is not None
        and (abs(segment.total - 2) >= change or (segment.minor is not None and abs(segment.minor - 1) >= change))
        for segment in profile.segments
    )


def loosely_fitted(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """Was the purity fitted here to signals that do not lie near whole copies? Then it may be far off."""
    if profile.purity_source != "fit":
        return False
    return profile.noise is None or profile.noise > knowledge.value(cutoffs.COPY_NUMBER_LOOSE_FIT)
