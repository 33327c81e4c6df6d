"""iAMP21 by a copy-number profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.pattern import (
    Judged,
    MappableSegment,
    Pattern,
    anchors_of,
    judge,
    mappable_segments,
    other_clone,
    pattern_of,
)
from annotate.decide.iamp21.uncertainty import base_level, by_noise, left_open, rival_readings
from annotate.decide.iamp21.verdict import EXPLAINED, FINER, FISH, PURITY, excluded
from annotate.knowledge import cutoffs
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import cells_shown
from annotate.name.copy_number.kinds import failed_fit, unknown_scale

# ---------------------------------------------------------------- copy number


def by_profile(case: Case) -> Verdict | None:
    """The verdict of copy-number segments along 21q; None without segments."""
    profile = case.profile
    if profile is None or not profile.segments:
        return None
    knowledge = case.knowledge
    pieces = mappable_segments(profile.segments, case)
    pattern = pattern_of(pieces, case.sample.assembly, knowledge)
    inherited = 3 if case.patient is not None and case.patient.down_syndrome else 2
    base = base_level(profile, knowledge)
    judged = judge(pattern, inherited, base, knowledge)
    minority = _minority(profile, case, inherited, base) if judged.kind not in ("typical", "atypical") else None
    evidence = _evidence(profile, pieces, pattern, judged)
    details = _details(pattern, inherited, judged)
    blocked = _not_seen(case, profile, pattern, pieces)
    if blocked is not None:
        return _blocked(blocked, judged, evidence, details)
    rivals = rival_readings(profile, case, inherited, judged.kind)
    verdict = _decided(case, judged, pattern, evidence, details, inherited)
    if minority is not None and minority.kind in ("typical", "atypical") and not excluded(verdict):
        return _in_smaller_clone(verdict, minority)
    if rivals:
        verdict = left_open(verdict, rivals)
    return by_noise(verdict, profile, pattern, knowledge)


def _in_smaller_clone(verdict: Verdict, minority: Judged) -> Verdict:
    """An amplification in a minority of the leukaemic cells; below the definition it is equivocal there too."""
    text = f"in a smaller clone: {minority.text}"
    if minority.kind == "typical":
        reason = Reason(Code.EVIDENCE_FOUND, text)
        summary = f"iAMP21 {text}."
        reasons = (reason, *verdict.reasons)
        return replace(
            verdict, state=State.DETECTED_SUBCLONAL, summary=summary, reasons=reasons, tier="typical", leaning=None
        )
    reason = Reason(Code.EVIDENCE_INCOMPLETE, text, FISH)
    summary = f"iAMP21 possible {text}; RUNX1 FISH decides."
    reasons = (reason, *verdict.reasons)
    return replace(verdict, state=State.EQUIVOCAL, summary=summary, reasons=reasons, tier="atypical", leaning="unclear")


def _minority(profile: CopyNumberProfile, case: Case, inherited: int, base: int) -> Judged | None:
    if not any(s.chrom == "21" and other_clone(s, case.knowledge) is not None for s in profile.segments):
        return None
    pieces = mappable_segments(profile.segments, case, minority=True)
    return judge(pattern_of(pieces, case.sample.assembly, case.knowledge), inherited, base, case.knowledge)


def _not_seen(
    case: Case, profile: CopyNumberProfile, pattern: Pattern, pieces: Sequence[MappableSegment]
) -> Reason | None:
    """Why this profile cannot show iAMP21, if so."""
    knowledge = case.knowledge
    failed = failed_fit(profile)
    if failed is not None:
        return failed
    least = knowledge.value(cutoffs.IAMP21_MIN_COVERED_ANCHORS)
    if pattern.runx1 is None or len(pattern.anchors) < least or pattern.telomere is None:
        return _anchors_missing(case, profile, pattern, least)
    if profile.purity is not None and profile.purity < knowledge.value(cutoffs.IAMP21_MIN_PURITY):
        least_purity = knowledge.value(cutoffs.IAMP21_MIN_PURITY)
        text = f"purity {profile.purity:.2f} is below {least_purity:g}: copies of 21q cannot be told"
        return Reason(Code.PURITY_TOO_LOW, text, FISH)
    scale = unknown_scale(profile)
    if scale is not None:
        return scale
    if not cells_shown(profile, case.sample.purity, knowledge):
        text = "the profile is flat and nothing in it shows leukaemic cells: normal cells alone would look the same"
        return Reason(Code.PURITY_TOO_LOW, text, PURITY)
    if profile.purity is None and not profile.allele_specific:
        text = "the purity is unknown, and without it copies of 21q cannot be told from the signal"
        return Reason(Code.PURITY_TOO_LOW, text, PURITY)
    return _too_coarse(case, profile, pieces)


def _anchors_missing(case: Case, profile: CopyNumberProfile, pattern: Pattern, least: int) -> Reason:
    """Segments leave out places of 21q that the pattern needs, or their copies are not known."""
    unknown = [s for s in profile.segments if s.chrom == "21" and s.total is None]
    if unknown and sum(s.length for s in unknown) > case.knowledge.value(cutoffs.IAMP21_MAX_UNKNOWN):
        text = "the copies of chromosome 21 are not known: its segments have log2 ratios only, and no reading fits"
        return Reason(Code.PLOIDY_UNCERTAIN, text, PURITY)
    known = [*(["RUNX1"] if pattern.runx1 is not None else []), *pattern.anchors]
    text = f"segments cover {', '.join(known) or 'none of the anchor genes'}"
    text += " and the telomere" if pattern.telomere is not None else ", not the telomere of 21q"
    text += f"; RUNX1, {least} other anchor genes and the telomere are needed"
    return Reason(Code.REGION_NOT_COVERED, text, FINER)


def _too_coarse(case: Case, profile: CopyNumberProfile, pieces: Sequence[MappableSegment]) -> Reason | None:
    """Bins too wide for the steps of 21q, or too few of them on it."""
    knowledge = case.knowledge
    bins = profile.resolution / knowledge.value(cutoffs.COPY_NUMBER_BINS_FOR_SEGMENT) if profile.resolution else None
    if bins is not None and bins > knowledge.value(cutoffs.IAMP21_MAX_BIN):
        text = f"bins of {bins:,.0f} bases are too coarse for the steps of 21q"
        return Reason(Code.RESOLUTION_TOO_COARSE, text, FINER)
    if case.sample.assay in ("wes", "panel"):
        seen = _bins_seen(pieces, case)
        if seen is not None and seen < knowledge.value(cutoffs.IAMP21_MIN_BINS):
            needed = knowledge.value(cutoffs.IAMP21_MIN_BINS)
            text = f"{seen:.0f} bins of the {case.sample.assay} lie on 21q22, {needed:g} are needed"
            return Reason(Code.REGION_NOT_COVERED, text, FINER)
    return None


def _bins_seen(pieces: Sequence[MappableSegment], case: Case) -> float | None:
    """Bins between RUNX1 and the telomere, by the segments' own counts."""
    window = [a for a in anchors_of(case.sample.assembly, case.knowledge) if a.role != "proximal"]
    low, high = min(a.start for a in window), max(a.end for a in window)
    seen = 0.0
    for piece in pieces:
        length = min(piece.end, high) - max(piece.start, low) + 1
        if length <= 0:
            continue
        if piece.segment.markers is None:
            return None
        seen += piece.segment.markers * length / piece.segment.length
    return seen


def _blocked(reason: Reason, judged: Judged, evidence: tuple[Evidence, ...], details: LesionDetails) -> Verdict:
    """An amplification that is seen all the same is not hidden: it is equivocal."""
    if judged.kind in ("typical", "atypical"):
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 possible: {judged.text}; {reason.text}.",
            (reason, Reason(Code.EVIDENCE_FOUND, judged.text, FISH)),
            evidence,
            leaning="likely" if judged.kind == "typical" else "unclear",
            tier=judged.kind,
            details=details,
        )
    return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence, details=details)


def _decided(
    case: Case,
    judged: Judged,
    pattern: Pattern,
    evidence: tuple[Evidence, ...],
    details: LesionDetails,
    inherited: int,
) -> Verdict:
    fusion = case.calls.get("etv6_runx1")
    amplified = judged.kind in ("typical", "atypical", "unclear")
    if amplified and fusion is not None and fusion.state.present:
        text = f"ETV6::RUNX1 is present: extra copies of 21q belong to its der(21), not to iAMP21 ({judged.text})"
        return Verdict(
            State.NOT_DETECTED,
            "iAMP21 not detected: gain of 21q in a leukaemia with ETV6::RUNX1.",
            (Reason(Code.RULED_OUT, text),),
            evidence,
            details={**details, **EXPLAINED},
        )
    if judged.kind == "typical":
        return _typical(case, judged, evidence, details)
    if amplified:
        likely = judged.kind == "atypical"
        word = "atypical pattern" if likely else "uneven gain of 21q"
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 equivocal ({word}): {judged.text}; RUNX1 FISH decides.",
            (Reason(Code.EVIDENCE_INCOMPLETE, judged.text, FISH),),
            evidence,
            leaning="likely" if likely else "unclear",
            tier="atypical" if likely else None,
            details=details,
        )
    reasons = [Reason(Code.RULED_OUT if judged.kind == "uniform" else Code.LOOKED_AND_NOT_FOUND, judged.text)]
    if inherited == 3:
        reasons.append(Reason(Code.NOTE, "three inherited chromosomes 21 (Down syndrome) are counted as normal"))
    summary = f"iAMP21 not detected: {judged.text}."
    return Verdict(State.NOT_DETECTED, summary, tuple(reasons), evidence, details=details)


def _typical(case: Case, judged: Judged, evidence: tuple[Evidence, ...], details: LesionDetails) -> Verdict:
    fusion = case.calls.get("etv6_runx1")
    threshold = case.knowledge.threshold(cutoffs.IAMP21_MIN_RUNX1_TOTAL)
    reasons = [Reason(Code.EVIDENCE_FOUND, f"{judged.text}; RUNX1 limit {threshold.cited}")]
    reasons.append(Reason(Code.NOTE, "segments cannot place the copies on one chromosome; FISH confirms", FISH))
    if fusion is not None and fusion.state is State.EQUIVOCAL:
        text = "ETV6::RUNX1 is equivocal; with it, extra copies of 21q would not be iAMP21"
        return Verdict(
            State.EQUIVOCAL,
            f"iAMP21 likely: {judged.text}; ETV6::RUNX1 is not excluded.",
            (Reason(Code.EVIDENCE_CONFLICT, text, "ETV6::RUNX1 FISH or RNA"), *reasons),
            evidence,
            leaning="likely",
            tier="typical",
            details=details,
        )
    if fusion is None or fusion.state is State.NOT_ASSESSABLE:
        text = "ETV6::RUNX1 could not be assessed; with it, extra copies of 21q would not be iAMP21"
        reasons.append(Reason(Code.NOTE, text, "ETV6::RUNX1 FISH or RNA"))
    return Verdict(State.DETECTED, f"iAMP21: {judged.text}.", tuple(reasons), evidence, tier="typical", details=details)


def _details(pattern: Pattern, inherited: int, judged: Judged) -> LesionDetails:
    return {
        "runx1_copies": pattern.runx1,
        "anchor_copies": dict(pattern.anchors),
        "peak": pattern.peak,
        "telomere": pattern.telomere,
        "proximal": pattern.proximal,
        "states_21q": list(pattern.states),
        "steps": pattern.steps,
        "inherited_copies": inherited,
        "pattern": judged.kind,
    }


def _evidence(
    profile: CopyNumberProfile, pieces: Sequence[MappableSegment], pattern: Pattern, judged: Judged
) -> tuple[Evidence, ...]:
    records = list(dict.fromkeys(p.segment.record for p in pieces if p.segment.record))
    return (
        Evidence(
            kind="segment",
            summary=f"chromosome 21: {judged.text}",
            file=profile.inputs[0].path if profile.inputs else None,
            record=", ".join(records[:20]) or None,
            rule="copies of RUNX1, anchors and telomere, and copy states on 21q",
            values={
                "runx1": pattern.raw_runx1,
                "telomere": pattern.raw_telomere,
                "anchors": dict(pattern.anchors),
                "steps": pattern.steps,
                "purity": profile.purity,
            },
        ),
    )
