"""High hyperdiploidy: 51 to 67 chromosomes with heterozygosity retained (domain specification L17).

The count alone also fits a doubled hypodiploid clone, so without alleles it stays equivocal however sure the count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.nomenclature import ListedCount, count_of_segments
from annotate.decide.registry import lesion
from annotate.knowledge.specs.copy_number import PloidyPatternRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, PloidySolution, ReadingKind
from annotate.model.evidence import Evidence
from annotate.model.karyotype import KaryotypeClone
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import ChromosomeCount, cells_shown, loosely_fitted, profile_count
from annotate.name.copy_number.kinds import failed_fit
from annotate.read.karyotype.counts import acquired_clones, chromosome_copies, is_clonal

ID = "high_hyperdiploidy"
ALLELES = "allele-specific copy number (whole genome or SNP array)"
MASKED = "masked hypodiploidy is not excluded: without alleles a doubled hypodiploid clone looks the same"


@lesion(ID, sources=("profile", "karyotype"), tables=("ploidy_patterns", "ploidy_categories"), after=("hypodiploidy",))
def high_hyperdiploidy(case: Case) -> LesionCall:
    """Copy number first, then the karyotype, then the DNA index."""
    profile = case.profile
    count = profile_count(profile, case.knowledge) if profile is not None and profile.segments else None
    failed = failed_fit(profile) if profile is not None and profile.segments else None
    if failed is not None:
        return _by_karyotype(case, (failed,)) or absent(case, ID, (failed,))
    if profile is not None and count is not None:
        if len(count.missing) <= case.knowledge.value("hypodiploidy.max_missing"):
            call = _by_alleles(case, profile, count) if count.rhc is not None else _by_totals(case, profile, count)
            if call.state is not State.NOT_ASSESSABLE:
                return _against_metaphases(case, call)
            return _by_karyotype(case, call.reasons) or call
        text = f"{len(count.missing)} autosomes lack segments: chromosomes cannot be counted"
        reason = Reason(Code.REGION_NOT_COVERED, text, ALLELES)
        return _by_karyotype(case, (reason,)) or absent(case, ID, (reason,))
    return _by_karyotype(case, ()) or _by_index(case) or absent(case, ID)


def _against_metaphases(case: Case, call: LesionCall) -> LesionCall:
    """A count outside the range by copy number, beside metaphases that show a hyperdiploid clone: a conflict."""
    looked = any(reason.code is Code.LOOKED_AND_NOT_FOUND for reason in call.reasons)
    shown = _by_karyotype(case, ()) if call.state is State.NOT_DETECTED and looked else None
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


def _range(knowledge: Knowledge) -> tuple[int, int]:
    return int(knowledge.value("hyperdiploidy.min")), int(knowledge.value("hyperdiploidy.max"))


# ---------------------------------------------------------------- copy number


def _by_alleles(case: Case, profile: CopyNumberProfile, count: ChromosomeCount) -> LesionCall:
    low, high = _range(case.knowledge)
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
    least = case.knowledge.value("hyperdiploidy.min_rhc")
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
    if len(gained) < case.knowledge.value("hyperdiploidy.min_gained"):
        text = f"{count.total} chromosomes by the copies of {len(gained)} gained ones ({', '.join(gained) or 'none'})"
        reason = Reason(Code.PLOIDY_UNCERTAIN, text, "a karyotype, or the column `purity`")
        return _equivocal(case, count, reason, evidence, "unclear", profile)
    if _purity_too_low(case, profile):
        reason = Reason(Code.PURITY_TOO_LOW, f"purity {profile.purity or 0:.2f}: alleles are not reliable", ALLELES)
        return _equivocal(case, count, reason, evidence, "likely", profile)
    copies = {c: s.total for c, s in profile.chromosomes.items() if s.total is not None}
    text = f"{count.total} chromosomes ({low} to {high}) with {count.rhc} parental homologues left"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), *_pattern_reasons(copies, case.knowledge)]
    return make(
        case,
        ID,
        [speaks(Source.COPY_NUMBER)],
        f"High hyperdiploidy: {count.total} chromosomes; {_gained(copies)}.",
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
    return profile.purity is not None and profile.purity < case.knowledge.value("hypodiploidy.min_purity")


def _outside(
    case: Case, profile: CopyNumberProfile, count: ChromosomeCount, evidence: tuple[Evidence, ...]
) -> LesionCall:
    """Not 51 to 67: a negative where the count is sure and leukaemic cells are seen."""
    low, high = _range(case.knowledge)
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
    low, high = _range(case.knowledge)
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
        (reason, *_pattern_reasons(copies, case.knowledge)),
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
        rule="51 to 67 chromosomes with heterozygosity retained (L17)",
        values={
            "chromosomes": count.total,
            "retained_homologues": count.rhc,
            "purity": profile.purity,
            "margin": count.margin,
        },
    )


# ---------------------------------------------------------------- patterns of gains


def patterns(copies: Mapping[str, int], knowledge: Knowledge) -> dict[str, Any]:
    """Which chromosomes are gained, and the patterns of COG and UKALL."""
    gained = [c for c, total in copies.items() if total >= 3 and c != "Y"]
    if copies.get("X", 0) == 2 and copies.get("Y", 0) >= 1:
        gained.append("X")
    named = _named(knowledge)
    good = named.get("ukall_heh_good", ())
    poor = named.get("ukall_heh_poor", ())
    with_good = [c for c in good if c in gained]
    with_poor = [c for c in poor if c in gained]
    return {
        "gained": gained,
        "double_trisomy_4_10": all(c in gained for c in named.get("heh_double_trisomy", ())),
        "triple_trisomy_4_10_17": all(c in gained for c in named.get("heh_triple_trisomy", ())),
        "ukall_good_risk": len(with_good) == len(good) or (len(with_good) == 1 and not with_poor),
        "ukall_gained": with_good,
        "ukall_against": with_poor,
    }


def _named(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in knowledge.rows(PloidyPatternRow):
        found[row.pattern] = (*found.get(row.pattern, ()), row.chrom)
    return found


def _pattern_reasons(copies: Mapping[str, int], knowledge: Knowledge) -> list[Reason]:
    data = patterns(copies, knowledge)
    words = []
    if data["double_trisomy_4_10"]:
        words.append("+4 and +10" + (" and +17" if data["triple_trisomy_4_10_17"] else ""))
    if data["ukall_good_risk"]:
        words.append(
            "the good-risk pattern of UKALL (+"
            + " +".join(data["ukall_gained"])
            + ("" if len(data["ukall_gained"]) > 1 else " without +5 and +20")
            + ")"
        )
    return [Reason(Code.NOTE, f"favourable gains: {'; '.join(words)}")] if words else []


def _gained(copies: Mapping[str, int]) -> str:
    extra = [c for c, total in copies.items() if c not in ("X", "Y") and total >= 3]
    return "gains of " + ", ".join(extra) if extra else "no gained autosome"


# ---------------------------------------------------------------- karyotype and DNA index


def _by_karyotype(case: Case, extra: tuple[Reason, ...]) -> LesionCall | None:
    """Clones by their counts, then chromosomes that nomenclature lists, then enough metaphases of other clones."""
    if case.karyotype is None:
        return None
    clones = [c for c in acquired_clones(case.karyotype) if c.low is not None]
    listed = count_of_segments(case.karyotype, case.genome)
    return _by_clones(case, clones, extra) or _by_segments(case, listed, extra) or _no_clone(case, clones, extra)


def _by_clones(case: Case, clones: list[KaryotypeClone], extra: tuple[Reason, ...]) -> LesionCall | None:
    low, high = _range(case.knowledge)
    crossing = [c for c in clones if (c.high or c.low or 0) >= low and (c.low or 0) <= high]
    within = [c for c in crossing if low <= (c.low or 0) and (c.high or c.low or 0) <= high and _certain(case, c)]
    if within:
        return _karyotype_clone(case, within[0], clones, extra)
    if not crossing:
        return None
    clone = crossing[0]
    if all(_of_hypodiploid(c, clones, case.knowledge) for c in crossing):
        return _doubled_hypodiploid(case, clone, extra)
    reason = Reason(Code.KARYOTYPE_ONLY, f"karyotype {clone.raw}: the count or its cells leave it open", ALLELES)
    summary = f"High hyperdiploidy equivocal by karyotype: {clone.low} to {clone.high} chromosomes."
    open_count = [speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=True)]
    return make(case, ID, open_count, summary, (reason, *extra), (_clone(clone),))


def _certain(case: Case, clone: KaryotypeClone) -> bool:
    return is_clonal(clone, case.knowledge) is not False and not clone.count_uncertain


def _by_segments(case: Case, listed: ListedCount | None, extra: tuple[Reason, ...]) -> LesionCall | None:
    """Chromosomes that an array lists as gained; copies of an array are relative, and alleles are not listed."""
    low, high = _range(case.knowledge)
    if listed is None or listed.low < low or listed.high > high:
        return None
    text = f"{listed.method} nomenclature lists gains of whole chromosomes: about {listed.low} chromosomes"
    reasons = (Reason(Code.KARYOTYPE_ONLY, text, ALLELES), Reason(Code.NOTE, MASKED, ALLELES), *extra)
    evidence = Evidence("karyotype", text, "sample sheet", rule="whole chromosomes of array nomenclature")
    counted = [speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=True)]
    summary = f"High hyperdiploidy likely: {text}."
    return make(case, ID, counted, summary, reasons, (evidence,), modal_number=listed.low)


def _no_clone(case: Case, clones: list[KaryotypeClone], extra: tuple[Reason, ...]) -> LesionCall | None:
    """A negative from enough metaphases, where every part of the text was read."""
    knowledge, karyotype = case.knowledge, case.karyotype
    if karyotype is None or karyotype.unread or any(c.count_uncertain for c in clones):
        return None
    metaphases = karyotype.metaphases
    abnormal = sum(c.metaphases or 0 for c in clones) >= knowledge.value("karyotype.min_metaphases_abnormal")
    if not abnormal or metaphases is None or metaphases < knowledge.value("hypodiploidy.min_metaphases_negative"):
        return None
    low, high = _range(knowledge)
    text = f"{metaphases} metaphases, and no abnormal clone has {low} to {high} chromosomes"
    summary = f"High hyperdiploidy not detected by karyotype: {clones[0].low} chromosomes."
    reason = Reason(Code.LOOKED_AND_NOT_FOUND, text)
    counted = [excludes(Source.KARYOTYPE, Weight.SUPPORT)]
    return make(case, ID, counted, summary, (reason, *extra), (_clone(clones[0]),), modal_number=clones[0].low)


def _of_hypodiploid(clone: KaryotypeClone, clones: Sequence[KaryotypeClone], knowledge: Knowledge) -> bool:
    """Written as a double, or beside a clone with so few chromosomes that it must be its double."""
    top = knowledge.value("hypodiploidy.inpog_max")
    return clone.doubled_from is not None or any((other.low or 99) <= top for other in clones)


def _doubled_hypodiploid(case: Case, clone: KaryotypeClone, extra: tuple[Reason, ...]) -> LesionCall:
    reason = Reason(Code.RULED_OUT, f"{clone.raw}: the doubled form of a hypodiploid clone")
    summary = f"High hyperdiploidy not detected: the clone of {clone.low} chromosomes is a doubled hypodiploid one."
    explained = [excludes(Source.KARYOTYPE, Weight.SUPPORT, code=Code.RULED_OUT)]
    return make(case, ID, explained, summary, (reason, *extra), (_clone(clone),), modal_number=clone.low)


def _karyotype_clone(
    case: Case, clone: KaryotypeClone, clones: list[KaryotypeClone], extra: tuple[Reason, ...]
) -> LesionCall:
    knowledge = case.knowledge
    hypo = case.calls.get("hypodiploidy")
    copies = chromosome_copies(clone)
    data = patterns(copies, knowledge) if copies is not None else {}
    suspect = hypo is not None and (hypo.state.present or hypo.state is State.EQUIVOCAL)
    if _of_hypodiploid(clone, clones, knowledge) or (suspect and hypo is not None and hypo.state.present):
        return _doubled_hypodiploid(case, clone, extra)
    reasons = [
        Reason(Code.EVIDENCE_FOUND, f"the karyotype shows a clone of {clone.low} chromosomes: {clone.raw}"),
        Reason(Code.NOTE, MASKED, ALLELES),
    ]
    reasons += _pattern_reasons(copies, knowledge) if copies is not None else []
    odd = sum(1 for c, n in (copies or {}).items() if c not in ("X", "Y") and n == 3)
    sure = odd >= knowledge.value("hyperdiploidy.min_trisomies") and not suspect
    summary = f"High hyperdiploidy by karyotype: {clone.low} chromosomes"
    if not sure:
        summary += f" in {odd} trisomies; a doubled hypodiploid clone is not excluded"
    return make(
        case,
        ID,
        [speaks(Source.KARYOTYPE, Weight.PROOF if sure else Weight.SUPPORT, likely=bool(odd))],
        summary + ".",
        (*reasons, *extra),
        (_clone(clone),),
        modal_number=clone.low,
        details=data,
    )


def _clone(clone: KaryotypeClone) -> Evidence:
    return Evidence(kind="karyotype", summary=clone.raw, file="sample sheet", rule="chromosome count of a clone")


def _by_index(case: Case) -> LesionCall | None:
    """A hyperdiploid DNA index alone counts nothing exactly."""
    index, knowledge = case.sample.dna_index, case.knowledge
    if index is None:
        return None
    low, high = knowledge.value("hyperdiploidy.dna_index_min"), knowledge.value("hyperdiploidy.dna_index_max")
    if not low <= index <= high:
        return None
    text = f"the DNA index {index:g} is that of about {round(46 * index)} chromosomes"
    reasons = (Reason(Code.EVIDENCE_INCOMPLETE, text, ALLELES), Reason(Code.NOTE, MASKED, ALLELES))
    evidence = (Evidence(kind="karyotype", summary=text, file="sample sheet", rule="DNA index"),)
    summary = f"High hyperdiploidy likely by DNA index {index:g}."
    counted = [speaks(Source.DNA_INDEX, Weight.SUPPORT, likely=True)]
    return make(case, ID, counted, summary, reasons, evidence)
