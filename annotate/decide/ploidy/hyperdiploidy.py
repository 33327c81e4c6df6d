"""High hyperdiploidy: 51 to 67 chromosomes with heterozygosity retained (Creasey 2021, PMC8600946).

The count alone also fits a doubled hypodiploid clone, so without alleles it stays equivocal however sure the count.
"""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.ploidy.by_arm_probes import more_than_diploid
from annotate.decide.ploidy.hyperdiploid_metaphases import by_index, by_karyotype
from annotate.decide.ploidy.hyperdiploid_patterns import (
    ALLELES,
    ID,
    MASKED,
    gained_text,
    limits,
    pattern_reasons,
    patterns,
)
from annotate.decide.registry import lesion
from annotate.knowledge import cutoffs
from annotate.model.copy_number import CopyNumberProfile, PloidySolution, ReadingKind
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import ChromosomeCount, cells_shown, loosely_fitted, profile_count
from annotate.name.copy_number.kinds import failed_fit


@lesion(ID, sources=("profile", "karyotype"), tables=("ploidy_patterns", "ploidy_categories"), after=("hypodiploidy",))
def high_hyperdiploidy(case: Case) -> LesionCall:
    """51 to 67 chromosomes with heterozygosity retained.

    Definition: `hyperdiploidy.min` to `hyperdiploidy.max` chromosomes that are no doubled hypodiploid clone.
    Inputs: copy number, then karyotype, then DNA index; `hypodiploidy`.
    Units: whole chromosomes; DNA index as a ratio to diploid.
    Thresholds: `hyperdiploidy.min`, `hyperdiploidy.max`, `hyperdiploidy.min_rhc`, `hyperdiploidy.min_gained`,
        `hyperdiploidy.min_trisomies`, `hypodiploidy.max_missing`, `hypodiploidy.min_purity`.
    Equivocal: a count without alleles, within the noise of the limits or by few gained chromosomes, rival readings,
        metaphases that disagree.
    Source: Creasey 2021, PMC8600946.
    """
    profile = case.profile
    count = profile_count(profile, case.knowledge) if profile is not None and profile.segments else None
    failed = failed_fit(profile) if profile is not None and profile.segments else None
    if failed is not None:
        return by_karyotype(case, (failed,)) or absent(case, ID, (failed,))
    if profile is not None and count is not None:
        if len(count.missing) <= case.knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
            call = _by_alleles(case, profile, count) if count.rhc is not None else _by_totals(case, profile, count)
            if call.state is not State.NOT_ASSESSABLE:
                return _against_metaphases(case, call)
            return by_karyotype(case, call.reasons) or call
        text = f"{len(count.missing)} autosomes lack segments: chromosomes cannot be counted"
        reason = Reason(Code.REGION_NOT_COVERED, text, ALLELES)
        return by_karyotype(case, (reason,)) or absent(case, ID, (reason,))
    return by_karyotype(case, ()) or by_index(case) or _by_arms(case) or absent(case, ID)


def _by_arms(case: Case) -> LesionCall | None:
    """Gained chromosomes of digitalMLPA, whose ratios count nothing."""
    verdict = more_than_diploid(case)
    if verdict is None:
        return None
    return make(case, ID, [verdict.observation(Source.MLPA)], verdict.summary, verdict.reasons, verdict.evidence)


def _against_metaphases(case: Case, call: LesionCall) -> LesionCall:
    """A count outside the range by copy number, beside metaphases that show a hyperdiploid clone: a conflict."""
    looked = any(reason.code is Code.LOOKED_AND_NOT_FOUND for reason in call.reasons)
    shown = by_karyotype(case, ()) if call.state is State.NOT_DETECTED and looked else None
    if shown is None or not shown.state.present:
        return call
    text = f"{shown.summary.rstrip('.')}, but copy number counts {call.modal_number} chromosomes"
    return make(
        case,
        ID,
        [*shown.observations, *call.observations],
        f"High hyperdiploidy equivocal: {text[:1].lower()}{text[1:]}.",
        [Reason(Code.EVIDENCE_CONFLICT, text, "copy number or FISH of a purer sample"), *shown.reasons, *call.reasons],
        [*shown.evidence, *call.evidence],
        modal_number=shown.modal_number,
        details=shown.details,
    )


# ---------------------------------------------------------------- copy number


def _by_alleles(case: Case, profile: CopyNumberProfile, count: ChromosomeCount) -> LesionCall:
    low, high = limits(case.knowledge)
    hypo = case.calls.get("hypodiploidy")
    within = low <= count.total <= high
    evidence = (_evidence(profile, count),)
    if hypo is not None and hypo.state.present and hypo.masked is not False:
        text = f"{count.total} chromosomes with {count.rhc} parental homologues: a doubled hypodiploid clone"
        return _negative(
            case, f"High hyperdiploidy not detected: {text}.", Reason(Code.RULED_OUT, text), evidence, count
        )
    if not within:
        return _outside(case, profile, count, evidence)
    if hypo is not None and hypo.state.present:
        reason = Reason(Code.EVIDENCE_CONFLICT, f"another input shows a hypodiploid clone: {hypo.summary}")
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    if hypo is not None and hypo.state is State.EQUIVOCAL:
        reason = Reason(Code.EVIDENCE_CONFLICT, f"hypodiploidy is equivocal: {hypo.summary}", ALLELES)
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    least = case.knowledge.value(cutoffs.HYPERDIPLOIDY_MIN_RHC)
    if (count.rhc or 0) < least:
        text = f"{count.rhc} parental homologues left, fewer than {least:g}"
        return _equivocal(case, count, Reason(Code.EVIDENCE_CONFLICT, text), evidence, "unclear", profile)
    if count.total_low - count.margin < low or count.total_high + count.margin > high:
        text = f"{count.total} chromosomes lie within the noise of the limits {low} to {high}"
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype")
        return _equivocal(case, count, reason, evidence, "likely", profile)
    rivals = [
        r
        for r in profile.alternatives
        if r.source == "fit" and r.kind is ReadingKind.FITTED and r.modal_number is not None
    ]
    other = [r for r in rivals if not low <= (r.modal_number or 0) <= high]
    if other and not profile.ploidy_certain:
        text = f"readings of {', '.join(str(r.modal_number) for r in other)} chromosomes fit as well"
        reason = Reason(Code.PLOIDY_UNCERTAIN, text, "a DNA index or a karyotype")
        return _equivocal(case, count, reason, evidence, "likely", profile)
    gained = [c for c, s in profile.chromosomes.items() if c.isdigit() and s.total is not None and s.total >= 3]
    if len(gained) < case.knowledge.value(cutoffs.HYPERDIPLOIDY_MIN_GAINED):
        text = f"{count.total} chromosomes by the copies of {len(gained)} gained ones ({', '.join(gained) or 'none'})"
        reason = Reason(Code.PLOIDY_UNCERTAIN, text, "a karyotype, or the column `purity`")
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    if _purity_too_low(case, profile):
        reason = Reason(Code.PURITY_TOO_LOW, f"purity {profile.purity or 0:.2f}: alleles are not reliable", ALLELES)
        return _equivocal(case, count, reason, evidence, "likely", profile)
    copies = {c: s.total for c, s in profile.chromosomes.items() if s.total is not None}
    text = f"{count.total} chromosomes ({low} to {high}) with {count.rhc} parental homologues left"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), *pattern_reasons(copies, case.knowledge)]
    return make(
        case,
        ID,
        [speaks(Source.COPY_NUMBER)],
        f"High hyperdiploidy: {count.total} chromosomes; {gained_text(copies)}.",
        reasons,
        evidence,
        modal_number=count.total,
        masked=False,
        details=patterns(copies, case.knowledge),
    )


def _rivals(profile: CopyNumberProfile) -> list[PloidySolution]:
    """Other readings of the signals that count chromosomes."""
    fitted = [r for r in profile.alternatives if r.source == "fit" and r.kind is ReadingKind.FITTED]
    return [r for r in fitted if r.modal_number is not None]


def _purity_too_low(case: Case, profile: CopyNumberProfile) -> bool:
    return profile.purity is not None and profile.purity < case.knowledge.value(cutoffs.HYPODIPLOIDY_MIN_PURITY)


def _outside(
    case: Case, profile: CopyNumberProfile, count: ChromosomeCount, evidence: tuple[Evidence, ...]
) -> LesionCall:
    """Not 51 to 67: a negative where the count is sure and leukaemic cells are seen."""
    low, high = limits(case.knowledge)
    if not cells_shown(profile, case.sample.purity, case.knowledge):
        text = "the profile is flat and nothing in it shows leukaemic cells"
        return absent(case, ID, (Reason(Code.PURITY_TOO_LOW, text, "the share of leukaemic cells (column `purity`)"),))
    if loosely_fitted(profile, case.knowledge):
        text = "the purity was fitted to noisy signals and may be far off"
        return absent(case, ID, (Reason(Code.PURITY_TOO_LOW, text, "the share of leukaemic cells (column `purity`)"),))
    if _purity_too_low(case, profile) or profile.purity is None:
        known = "unknown" if profile.purity is None else f"{profile.purity:.2f}"
        reason = Reason(Code.PURITY_TOO_LOW, f"purity {known}: too little for a negative", ALLELES)
        return absent(case, ID, (reason,))
    near = count.total < low <= count.total_high + count.margin or count.total_low - count.margin <= high < count.total
    rivals = [r.modal_number for r in _rivals(profile) if low <= (r.modal_number or 0) <= high]
    if near:
        text = f"{count.total} chromosomes lie within the noise of the limits {low} to {high}"
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype")
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    if rivals and not profile.ploidy_certain:
        text = f"a reading of {rivals[0]} chromosomes fits as well as one of {count.total}"
        reason = Reason(Code.PLOIDY_UNCERTAIN, text, "a DNA index or a karyotype")
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    text = f"{count.total} chromosomes, outside {low} to {high}"
    summary = f"High hyperdiploidy not detected: {count.total} chromosomes."
    return _negative(case, summary, Reason(Code.LOOKED_AND_NOT_FOUND, text), evidence, count)


def _by_totals(case: Case, profile: CopyNumberProfile, count: ChromosomeCount) -> LesionCall:
    """Total copies alone: at most equivocal, and no negative while the ploidy is not fixed."""
    low, high = limits(case.knowledge)
    evidence = (_evidence(profile, count),)
    numbers = [count.total]
    numbers += [
        r.modal_number for r in profile.alternatives if r.modal_number is not None and not profile.ploidy_certain
    ]
    hits = [n for n in numbers if low <= n <= high]
    blind = Reason(Code.INPUT_LACKS_BAF, MASKED, ALLELES)
    if hits:
        likely = numbers[0] in hits
        call = _equivocal(case, count, blind, evidence, "likely" if likely else "unclear", profile)
        word = "pattern" if likely else "possible"
        return replace(
            call, summary=f"High hyperdiploidy {word} ({hits[0]} chromosomes by total copies), {MASKED.split(':')[0]}."
        )
    if profile.ploidy_certain and cells_shown(profile, case.sample.purity, case.knowledge):
        text = f"{count.total} chromosomes, outside {low} to {high}; the ploidy agrees with the sheet"
        summary = f"High hyperdiploidy not detected: {count.total} chromosomes."
        return _negative(case, summary, Reason(Code.LOOKED_AND_NOT_FOUND, text), evidence, count)
    reason = Reason(Code.PLOIDY_UNCERTAIN, "total copies alone do not fix the chromosome count", ALLELES)
    return absent(case, ID, (reason,))


def _negative(
    case: Case, summary: str, reason: Reason, evidence: tuple[Evidence, ...], count: ChromosomeCount
) -> LesionCall:
    return make(
        case,
        ID,
        [excludes(Source.COPY_NUMBER, code=reason.code)],
        summary,
        (reason,),
        evidence,
        modal_number=count.total,
    )


def _equivocal(
    case: Case,
    count: ChromosomeCount,
    reason: Reason,
    evidence: tuple[Evidence, ...],
    leaning: str,
    profile: CopyNumberProfile,
) -> LesionCall:
    copies = {c: s.total for c, s in profile.chromosomes.items() if s.total is not None}
    return make(
        case,
        ID,
        [speaks(Source.COPY_NUMBER, Weight.SUPPORT, code=reason.code, likely=leaning == "likely")],
        f"High hyperdiploidy equivocal ({count.total} chromosomes): {reason.text.removesuffix('.')}.",
        (reason, *pattern_reasons(copies, case.knowledge)),
        evidence,
        modal_number=profile.modal_number,
        details=patterns(copies, case.knowledge),
    )


def _evidence(profile: CopyNumberProfile, count: ChromosomeCount) -> Evidence:
    rhc = "unknown" if count.rhc is None else str(count.rhc)
    return Evidence(
        kind="profile",
        summary=f"{count.total} chromosomes, parental homologues left: {rhc}",
        file=profile.inputs[0].path if profile.inputs else None,
        rule="51 to 67 chromosomes with heterozygosity retained",
        values={
            "chromosomes": count.total,
            "retained_homologues": count.rhc,
            "purity": profile.purity,
            "margin": count.margin,
        },
    )
