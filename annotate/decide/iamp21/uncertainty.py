"""Noise and rival readings of 21q: what of iAMP21 holds under all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.base.chromosomes import AUTOSOMES
from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.pattern import Judged, Kind, Pattern, judge, mappable_segments, pattern_of
from annotate.decide.iamp21.verdict import (
    FISH,
    PURITY,
    excluded,
)
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, PloidySolution
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.chromosomes import commonest
from annotate.name.copy_number.counting import loosely_fitted


def base_level(profile: CopyNumberProfile, knowledge: Knowledge) -> int:
    """Commonest copies of the autosomes besides chromosome 21."""
    from collections import Counter

    totals: Counter[int] = Counter()
    for chrom, state in profile.chromosomes.items():
        if state.total is not None and chrom in AUTOSOMES and chrom != "21":
            totals[state.total] += 1
    found = commonest(totals)
    return 2 if found is None else max(found, 2)


# ---------------------------------------------------------------- other readings and noise


def rival_readings(
    profile: CopyNumberProfile, case: Case, inherited: int, kind: Kind
) -> list[tuple[PloidySolution, Judged]]:
    """Competing readings of purity and ploidy under which 21q means something else."""
    found = []
    group = {"typical": 2, "atypical": 1, "unclear": 1}
    for rival in profile.others:
        pieces = mappable_segments(rival.segments(profile.segments, "21"), case)
        pattern = pattern_of(pieces, case.sample.assembly, case.knowledge)
        level = base_level(replace(profile, chromosomes=rival.chromosomes), case.knowledge)
        other = judge(pattern, inherited, level, case.knowledge)
        if group.get(other.kind, 0) != group.get(kind, 0):
            found.append((rival.solution, other))
    return found


def left_open(verdict: Verdict, rivals: Sequence[tuple[PloidySolution, Judged]]) -> Verdict:
    """A reading that fits as well and says otherwise leaves the question open."""
    rival, other = rivals[0]
    text = f"at purity {rival.purity:.2f} and ploidy {rival.ploidy:.2f}, which fit as well: {other.text}"
    reason = Reason(Code.PLOIDY_UNCERTAIN, text, "purity, or " + FISH)
    if verdict.state is State.EQUIVOCAL:
        return replace(verdict, reasons=(*verdict.reasons, reason))
    likely = verdict.state is State.DETECTED
    if not likely and all(o.kind == "unclear" for _, o in rivals):
        return replace(verdict, reasons=(*verdict.reasons, reason))
    return replace(
        verdict,
        state=State.EQUIVOCAL,
        summary="iAMP21 equivocal: purity and ploidy leave the copies of RUNX1 open.",
        reasons=(reason, *verdict.reasons),
        leaning="likely" if likely else "unclear",
        tier="typical" if likely else None,
    )


def scatter(profile: CopyNumberProfile, knowledge: Knowledge) -> float | None:
    """Spread of copies around the median of their chromosome, without 21: what noise does to whole-number copies."""
    chromosomes: dict[str, list[tuple[float, int]]] = {}
    shortest = knowledge.value(cutoffs.COPY_NUMBER_MIN_SEGMENT_FOR_NOISE)
    for segment in profile.segments:
        if segment.total is None or segment.length < shortest:
            continue
        if segment.chrom in AUTOSOMES and segment.chrom != "21":
            chromosomes.setdefault(segment.chrom, []).append((segment.total, segment.length))
    square = weight = 0.0
    for values in chromosomes.values():
        if len(values) < 2:
            continue
        middle = sorted(values)[len(values) // 2][0]
        for copies, length in values:
            square += min(abs(copies - middle), 1.0) ** 2 * length
            weight += length
    return float((square / weight) ** 0.5) if weight else None


def spread_of(profile: CopyNumberProfile, knowledge: Knowledge) -> float:
    """Uncertainty of copies near two, in copies.

    Measured copies: their distance from whole numbers, or where that says nothing any more the scatter within
    chromosomes. Whole numbers without measured values: what callers of that purity may be off.
    """
    if profile.noise is not None:
        if profile.noise <= knowledge.value(cutoffs.COPY_NUMBER_NOISE_NO_MARGIN):
            return profile.noise
        return max(profile.noise, scatter(profile, knowledge) or 0.0)
    purity = profile.purity
    if purity is not None and purity >= knowledge.value(cutoffs.COPY_NUMBER_UNKNOWN_NOISE_PURITY_NONE):
        return knowledge.value(cutoffs.IAMP21_SPREAD_PURE)
    if purity is None or purity >= knowledge.value(cutoffs.COPY_NUMBER_UNKNOWN_NOISE_PURITY_ONE):
        return knowledge.value(cutoffs.IAMP21_SPREAD_MIDDLE)
    return knowledge.value(cutoffs.IAMP21_SPREAD_LOW)


def by_noise(verdict: Verdict, profile: CopyNumberProfile, pattern: Pattern, knowledge: Knowledge) -> Verdict:
    """A noisy profile makes and hides steps: what rests on them is equivocal."""
    if pattern.raw_runx1 is None or pattern.raw_telomere is None or pattern.peak is None:
        return verdict
    purity = profile.purity or 1.0
    signal = purity * pattern.raw_runx1 + 2 * (1 - purity)
    here = spread_of(profile, knowledge) * max(signal / 2, 1.0)
    text = f"copies of 21q are uncertain by about {here:.1f}: steps of one copy are not told from noise"
    reason = Reason(Code.EVIDENCE_INCOMPLETE, text, FISH)
    noisy = here > knowledge.value(cutoffs.IAMP21_MAX_NOISE)
    if verdict.state.present and noisy:
        if abs(pattern.raw_runx1 - pattern.raw_telomere) >= knowledge.value(cutoffs.IAMP21_NOISE_FACTOR) * here:
            return replace(verdict, reasons=(*verdict.reasons, replace(reason, code=Code.NOTE)))
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary=verdict.summary.replace("iAMP21:", "iAMP21 likely, in a noisy profile:"),
            reasons=(reason, *verdict.reasons),
            leaning="likely",
        )
    if verdict.state is not State.NOT_DETECTED or excluded(verdict):
        return verdict
    loose = not profile.allele_specific or loosely_fitted(profile, knowledge) or _fitted_on_21(profile, knowledge)
    guessed = profile.purity_source == "fit" and loose
    if guessed and pattern.raw_runx1 > base_level(profile, knowledge) + knowledge.value(cutoffs.IAMP21_GAIN):
        gain = Reason(Code.PURITY_TOO_LOW, "21q is gained, and by how many copies depends on the purity", PURITY)
        notes = tuple(replace(reason, code=Code.NOTE) for reason in verdict.reasons)
        return replace(verdict, state=State.NOT_ASSESSABLE, summary="", reasons=(gain, *notes))
    few = profile.purity is not None and profile.purity < knowledge.value(cutoffs.IAMP21_MIN_PURITY_GAIN)
    if few and pattern.raw_runx1 > base_level(profile, knowledge) + knowledge.value(cutoffs.IAMP21_GAIN):
        text = f"21q is gained, and at purity {profile.purity:.2f} noise moves its copies by one or more"
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary="iAMP21 equivocal: 21q is gained, with too few leukaemic cells to count its copies.",
            reasons=(Reason(Code.PURITY_TOO_LOW, text, FISH), *verdict.reasons),
            leaning="unclear",
        )
    one_level = pattern.steps == 1 and not loosely_fitted(profile, knowledge)
    some = knowledge.value(cutoffs.IAMP21_ATYPICAL_RUNX1)
    reach = pattern.raw_runx1 + 2 * here
    above = pattern.raw_runx1 > pattern.raw_telomere or (noisy and reach > pattern.raw_telomere)
    if not one_level and reach >= some and above:
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary="iAMP21 equivocal: the profile is too noisy for the steps of 21q.",
            reasons=(reason, *verdict.reasons),
            leaning="unclear",
        )
    return verdict


def _fitted_on_21(profile: CopyNumberProfile, knowledge: Knowledge) -> bool:
    """No other autosome is altered: a fitted purity then rests on the copies that it is to count."""
    base = base_level(profile, knowledge)
    others = [state for chrom, state in profile.chromosomes.items() if chrom in AUTOSOMES and chrom != "21"]
    return not any((state.total is not None and state.total != base) or state.minor == 0 for state in others)
