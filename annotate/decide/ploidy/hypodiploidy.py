"""Hypodiploidy: a clone of fewer than 40 chromosomes, or its doubled form (Carroll 2019, Cancer Genet 238:62).

A. With both alleles known, homologues that are left are counted: a chromosome without heterozygosity holds one of
   the two parental homologues however often it was copied, so doubling cannot hide what was lost.
B. Total copies alone fit a clone and its double equally well: nothing is excluded, and a finding is at most
   equivocal unless a DNA index, a ploidy or a karyotype fixes the count.
C. Reads at germline heterozygous sites give the missing alleles (`annotate.decide.ploidy.heterozygous_sites`).

Karyotype and DNA index are evidence of their own; a normal karyotype excludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.evidence.decision import Decision, decide
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.ploidy.by_alleles import alleles_verdict
from annotate.decide.ploidy.by_arm_probes import fewer_than_diploid
from annotate.decide.ploidy.by_karyotype import by_index, verdict_by_karyotype
from annotate.decide.ploidy.by_totals import sites_verdict, totals_verdict
from annotate.decide.ploidy.heterozygous_sites import (
    Sites,
    homozygous_by_descent,
    loh_by_sites,
    site_counts,
    with_sites,
)
from annotate.decide.registry import lesion
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import PloidyCategoryRow
from annotate.knowledge.tables import Knowledge
from annotate.model.lesion import LesionCall
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.kinds import failed_fit

ID = "hypodiploidy"
TABLES_READ = ("ploidy_categories", "ploidy_patterns", "small_variant_counts", "small_variant_filters")


@lesion(ID, sources=("profile", "karyotype", "small"), tables=TABLES_READ)
def hypodiploidy(case: Case) -> LesionCall:
    """Fewer than 40 chromosomes, or the doubled form of such a clone.

    Definition: at most `hypodiploidy.inpog_max` chromosomes, or as many parental homologues left in a doubled
        clone.
    Inputs: copy number, karyotype, DNA index, and small variants at heterozygous sites, in this order.
    Units: whole chromosomes; fractions from 0 to 1; DNA index as a ratio to diploid.
    Thresholds: `hypodiploidy.inpog_max`, `hypodiploidy.near_haploid_max`, `hypodiploidy.masked_loh_min`,
        `hypodiploidy.max_missing`, `hypodiploidy.min_purity`, `hypodiploidy.dna_index_max`.
    Equivocal: total copies alone, a count within the noise of the limit, an unexplained LOH of many chromosomes, or
        inputs that disagree.
    Source: Carroll 2019, Cancer Genet 238:62; Sidhu 2024, doi 10.1007/s12098-023-04635-4.
    """
    sites = _sites(case)
    profile = _by_profile(case, sites)
    karyotype = verdict_by_karyotype(case)
    index = by_index(case)
    observations = _observations(profile, karyotype, index)
    verdict = _worded(profile, karyotype, index, decide(observations))
    if verdict is None:
        return absent(case, ID)
    if verdict.state is State.NOT_ASSESSABLE:
        call = absent(case, ID, verdict.reasons, observations)
        return replace(call, evidence=verdict.evidence, modal_number=verdict.modal, details=verdict.details)
    reasons = [*verdict.reasons, *_notes(case, verdict)]
    return make(
        case,
        ID,
        observations,
        verdict.summary,
        reasons,
        verdict.evidence,
        subtype=verdict.subtype,
        modal_number=verdict.modal,
        masked=verdict.masked,
        details={**verdict.details, "schemes": schemes(verdict.below or verdict.modal, case.knowledge)},
    )


# ---------------------------------------------------------------- what the inputs say together


def _observations(profile: Verdict | None, karyotype: Verdict | None, index: Verdict | None) -> list[Observation]:
    """One observation an input. Metaphases and a DNA index that show no clone exclude one only where copy number is
    not there or counts the same; a doubt from one metaphase yields to a profile without the clone."""
    found = [v for v in (profile, karyotype, index) if v is not None]
    doubted = next((v for v in found if v.state is State.EQUIVOCAL), None)
    normal = profile is not None and profile.state is State.NOT_DETECTED
    counted = Weight.SUPPORT if profile is None or normal or _agrees(profile, karyotype) else Weight.HINT
    copies = Source.MLPA if profile is not None and profile.tier == "mlpa" else Source.COPY_NUMBER
    sources = ((profile, copies, Weight.PROOF), (karyotype, Source.KARYOTYPE, counted))
    seen = []
    for verdict, source, against in (*sources, (index, Source.DNA_INDEX, counted)):
        if verdict is None:
            continue
        observation = verdict.observation(source, against, leans=verdict is doubted and not normal)
        single = verdict.details.get("single_metaphase") and verdict.state is State.EQUIVOCAL
        seen.append(replace(observation, weight=Weight.HINT, yields_to=1) if single else observation)
    return seen


def _worded(
    profile: Verdict | None, karyotype: Verdict | None, index: Verdict | None, decision: Decision
) -> Verdict | None:
    """The verdict whose words fit what all inputs together decide."""
    found = [verdict for verdict in (profile, karyotype, index) if verdict is not None]
    if not found:
        return None
    showing = next((verdict for verdict in found if verdict.state.present), None)
    if showing is not None:
        chosen = _with_others(_unmasked(showing, karyotype), found)
        return chosen if decision.state.present else _contradicted(chosen, profile)
    if decision.state is State.EQUIVOCAL:
        doubts = [verdict for verdict in found if verdict.state is State.EQUIVOCAL]
        if profile is not None and profile.state is State.NOT_DETECTED:
            return _doubted(profile, doubts)
        return _with_others(doubts[0], found)
    if decision.state is State.NOT_DETECTED:
        negative = next(verdict for verdict in found if verdict.state is State.NOT_DETECTED)
        silent = profile is not None and profile.state is State.NOT_ASSESSABLE
        return _with_others(negative, [v for v in found if not silent or v.state is not State.NOT_ASSESSABLE])
    return _with_others(found[0], found)


def _contradicted(chosen: Verdict, profile: Verdict | None) -> Verdict:
    """A clone that metaphases show and copy number, which could have shown it, does not."""
    modal = profile.modal if profile is not None else None
    counted = f" ({modal} chromosomes)" if modal is not None else ""
    summary = (
        f"Hypodiploidy equivocal: {chosen.summary[:1].lower()}{chosen.summary[1:]}"
        f" Copy number could have shown it and does not{counted}."
    )
    text = f"copy number could have shown the clone and does not{counted}"
    settles = "a DNA index, or copy number of a purer sample"
    reasons = (Reason(Code.EVIDENCE_CONFLICT, text, settles), *chosen.reasons)
    return replace(chosen, state=State.EQUIVOCAL, summary=summary, reasons=reasons)


def _doubted(profile: Verdict, doubts: Sequence[Verdict]) -> Verdict:
    """Copy number without a clone, beside another input that leaves one open."""
    reasons = tuple(Reason(Code.EVIDENCE_CONFLICT, r.text, r.settles) for v in doubts for r in v.reasons)
    return replace(
        profile,
        state=State.EQUIVOCAL,
        summary=f"Hypodiploidy equivocal: {doubts[0].summary[:1].lower()}{doubts[0].summary[1:]}"
        f" Copy number does not show it ({profile.modal} chromosomes).",
        reasons=(*reasons, *profile.reasons),
    )


def _unmasked(chosen: Verdict, karyotype: Verdict | None) -> Verdict:
    """Copy number of the doubled form does not hide a clone below the limit that metaphases show."""
    if karyotype is None or not karyotype.state.present or not chosen.masked:
        return chosen
    return replace(chosen, masked=karyotype.masked, details={**chosen.details, **karyotype.details})


def _with_others(chosen: Verdict, all_of_them: Sequence[Verdict]) -> Verdict:
    """The verdict with what the other inputs say added; a contradiction is named so."""
    reasons, evidence = list(chosen.reasons), list(chosen.evidence)
    for other in all_of_them:
        if other is chosen:
            continue
        evidence += other.evidence
        against = chosen.state.present and other.state is State.NOT_DETECTED
        silent = other.state is State.NOT_ASSESSABLE and chosen.state is not State.NOT_ASSESSABLE
        for reason in other.reasons:
            code = Code.EVIDENCE_CONFLICT if against else Code.NOTE if silent else reason.code
            reasons.append(Reason(code, reason.text, None if silent else reason.settles))
    return replace(chosen, reasons=tuple(dict.fromkeys(reasons)), evidence=tuple(evidence))


def _agrees(profile: Verdict, karyotype: Verdict | None) -> bool:
    """Does total copy number count what the karyotype counts?"""
    if karyotype is None or profile.modal is None or karyotype.modal is None:
        return False
    return abs(profile.modal - karyotype.modal) <= 2


# ---------------------------------------------------------------- copy number


def _sites(case: Case) -> Sites | None:
    """Germline sites, read only where they can change something: no alleles, or lost ones that may be inherited."""
    profile = case.profile
    if profile is not None and profile.allele_specific and not profile.loh_autosomes:
        return None
    return site_counts(case)


def _by_profile(case: Case, sites: Sites | None) -> Verdict | None:
    profile, knowledge = case.profile, case.knowledge
    inherited: frozenset[str] = homozygous_by_descent(sites, knowledge) if sites is not None else frozenset()
    if sites is not None and (profile is None or not profile.allele_specific):
        joined = with_sites(profile, sites, case) if profile is not None else None
        if joined is not None:
            verdict = alleles_verdict(joined, inherited, case)
            note = Reason(Code.NOTE, "the alleles are from reads at germline heterozygous sites, not from the caller")
            return replace(verdict, reasons=(*verdict.reasons, note))
        by_sites = loh_by_sites(sites, case)
        if by_sites is not None and (profile is None or not profile.segments):
            return sites_verdict(by_sites, inherited, case)
    if profile is None or not profile.segments:
        return fewer_than_diploid(case)
    failed = failed_fit(profile)
    if failed is not None:
        return Verdict(State.NOT_ASSESSABLE, "", (failed,))
    if profile.allele_specific:
        return alleles_verdict(profile, inherited, case)
    return totals_verdict(profile, case)


def schemes(number: int | None, knowledge: Knowledge) -> list[dict[str, object]]:
    """What each scheme calls this number of chromosomes before a doubling, with its cut-offs and source."""
    if number is None:
        return []
    found: list[dict[str, object]] = []
    for row in knowledge.rows(PloidyCategoryRow):
        if row.category.endswith("doubled") or row.scheme == "High hyperdiploidy":
            continue
        low, high = row.bounds(knowledge)
        if low <= number <= high:
            found.append(
                {
                    "scheme": row.scheme,
                    "category": row.category,
                    "range": f"{low}-{high}" if low else f"up to {high}",
                    "source": row.citation,
                    "mark": row.mark,
                }
            )
    return found


def _notes(case: Case, verdict: Verdict) -> Iterable[Reason]:
    """Cut-offs by scheme, the two readings of the InPOG rule, TP53 and germline."""
    number = verdict.below
    named = schemes(number, case.knowledge)
    if named and verdict.subtype is not None:
        what = "before the doubling" if verdict.masked else "counted"
        listed = "; ".join(f"{row['scheme']}: {row['category']} ({row['range']})" for row in named)
        yield Reason(Code.NOTE, f"cut-offs for {number} chromosomes {what}: {listed}")
    if verdict.masked and verdict.subtype in ("near_haploid", "low_hypodiploid"):
        yield Reason(
            Code.NOTE,
            "InPOG-ALL-R1 asks for a modal number below 40: by the letter no"
            f" ({verdict.modal if verdict.modal is not None else 'unknown'} chromosomes are seen), by its meaning yes",
        )
    if verdict.subtype == "low_hypodiploid" and verdict.state is not State.NOT_DETECTED:
        yield from _tp53(case.knowledge)


def _tp53(knowledge: Knowledge) -> Iterable[Reason]:
    share = knowledge.threshold(cutoffs.HYPODIPLOIDY_TP53_SHARE)
    germline = knowledge.threshold(cutoffs.HYPODIPLOIDY_TP53_GERMLINE_SHARE)
    text = (
        f"low hypodiploidy: TP53 is altered in {share.value:.0%} ({share.source}), in children in more than"
        f" {germline.value:.0%} of these also outside the leukaemia ({germline.source}): look for TP53 mutations and"
        " offer germline testing (Li-Fraumeni syndrome)"
    )
    yield Reason(Code.NOTE, text, "TP53 sequencing of the leukaemia and of a germline sample")
