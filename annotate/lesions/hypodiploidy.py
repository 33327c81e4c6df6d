"""Hypodiploidy: a clone of fewer than 40 chromosomes, or its doubled form (domain specification L07).

A. With both alleles known, homologues that are left are counted: a chromosome without heterozygosity holds one of
   the two parental homologues however often it was copied, so doubling cannot hide what was lost.
B. Total copies alone fit a clone and its double equally well: nothing is excluded, and a finding is at most
   equivocal unless a DNA index, a ploidy or a karyotype fixes the count.
C. Reads at germline heterozygous sites give the missing alleles (`annotate.copynumber.sites`).

Karyotype and DNA index are evidence of their own; a normal karyotype excludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from annotate.case import Case
from annotate.copynumber.chromosomes import ChromosomeCount, cells_shown, loosely_fitted, profile_count
from annotate.copynumber.sites import Alone, Sites, alone, homozygous_by_descent, site_counts, with_sites
from annotate.inputs.karyotype import acquired_clones, chromosome_copies, is_clonal
from annotate.knowledge import Knowledge
from annotate.lesions.assess import absent, make
from annotate.lesions.registry import lesion
from annotate.model import (
    Code,
    CopyNumberProfile,
    Evidence,
    KaryotypeClone,
    LesionCall,
    PloidySolution,
    Reason,
    State,
)

ID = "hypodiploidy"
NAMES: Mapping[str, str] = {
    "near_haploid": "near-haploidy",
    "low_hypodiploid": "low hypodiploidy",
    "high_hypodiploid": "high hypodiploidy",
}
ALLELES = "allele-specific copy number (whole genome or SNP array)"
PLOIDY = "a DNA index or a karyotype"
PURITY = "the share of leukaemic cells (column `purity`)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one kind of input says."""

    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    subtype: str | None = None
    modal: int | None = None
    masked: bool | None = None
    leaning: Literal["likely", "unclear"] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    below: int | None = None  # chromosomes before a doubling, for the cut-offs of the schemes


@lesion(ID)
def hypodiploidy(case: Case) -> LesionCall:
    """Profile, karyotype and DNA index, in this order; what they leave open stays open."""
    sites = _sites(case)
    profile = _by_profile(case, sites)
    karyotype = _by_karyotype(case)
    verdict = _combined(case, profile, karyotype)
    if verdict is None or verdict.state is State.NOT_ASSESSABLE:
        extra = () if verdict is None else verdict.reasons
        call = absent(case, ID, extra)
        if verdict is None:
            return call
        return replace(
            call,
            evidence=verdict.evidence,
            modal_number=verdict.modal,
            details=dict(verdict.details),
        )
    reasons = [*verdict.reasons, *_notes(case, verdict)]
    return make(
        case,
        ID,
        verdict.state,
        verdict.summary,
        reasons,
        verdict.evidence,
        subtype=verdict.subtype,
        modal_number=verdict.modal,
        masked=verdict.masked,
        leaning=verdict.leaning if verdict.state is State.EQUIVOCAL else None,
        details={**verdict.details, "schemes": schemes(verdict.below or verdict.modal, case.knowledge)},
    )


# ---------------------------------------------------------------- what the inputs say together


def _combined(case: Case, profile: Verdict | None, karyotype: Verdict | None) -> Verdict | None:
    """One verdict. A clone that metaphases show counts even where copy number shows another (L07, ISCN)."""
    index = _by_index(case)
    found = [verdict for verdict in (profile, karyotype, index) if verdict is not None]
    for verdict in found:
        if verdict.state.present:
            return _with_others(verdict, found)
    if profile is not None and profile.state is State.NOT_DETECTED:
        doubts = [v for v in (karyotype, index) if v is not None and v.state is State.EQUIVOCAL]
        if not doubts or all(v.details.get("single_metaphase") for v in doubts):
            return _with_others(profile, found)
        reasons = tuple(Reason(Code.EVIDENCE_CONFLICT, r.text, r.settles) for v in doubts for r in v.reasons)
        return replace(
            profile,
            state=State.EQUIVOCAL,
            summary=f"Hypodiploidy equivocal: {doubts[0].summary[:1].lower()}{doubts[0].summary[1:]}"
            f" Copy number does not show it ({profile.modal} chromosomes).",
            reasons=(*reasons, *profile.reasons),
            leaning="unclear",
        )
    for verdict in found:
        if verdict.state is State.EQUIVOCAL:
            return _with_others(verdict, found)
    if profile is None or _agrees(profile, karyotype):
        negative = next((v for v in found if v.state is State.NOT_DETECTED), None)
        if negative is not None:
            return _with_others(negative, [v for v in found if v.state is not State.NOT_ASSESSABLE])
    return _with_others(found[0], found) if found else None


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
        by_sites = alone(sites, case)
        if by_sites is not None and (profile is None or not profile.segments):
            return _sites_verdict(by_sites, inherited, case)
    if profile is None or not profile.segments:
        return None
    if profile.allele_specific:
        return alleles_verdict(profile, inherited, case)
    return totals_verdict(profile, case)


def alleles_verdict(profile: CopyNumberProfile, inherited: frozenset[str], case: Case) -> Verdict:
    """Algorithm A."""
    knowledge = case.knowledge
    count = profile_count(profile, knowledge, inherited)
    if count is None or count.rhc is None or len(count.missing) > knowledge.value("hypodiploidy.max_missing"):
        return _not_counted(profile, count, knowledge)
    plain = profile_count(profile, knowledge)
    given_up = _descent(plain, count, inherited)
    evidence = (_profile_evidence(profile, count),)
    verdict = replace(_judged(profile, count, knowledge), evidence=evidence, details=_details(profile, count))
    verdict = replace(verdict, reasons=(*verdict.reasons, *given_up))
    by_purity = case.sample.ploidy is None and case.sample.dna_index is None
    verdict = _rivals(verdict, profile, knowledge, by_purity)
    if _descent_matters(verdict, count, inherited, case):
        text = (
            f"{count.loh_autosomes} autosomes without heterozygosity: without a remission sample, homozygosity by"
            " descent (consanguinity) is not told from loss"
        )
        verdict = replace(
            verdict, reasons=(*verdict.reasons, Reason(Code.NEEDS_GERMLINE, text, "a remission sample (germline VCF)"))
        )
    return _with_purity(verdict, profile, case)


def _descent(plain: ChromosomeCount | None, count: ChromosomeCount, inherited: frozenset[str]) -> list[Reason]:
    if plain is None or not inherited:
        return []
    excused = [chrom for chrom in plain.loh if chrom not in count.loh]
    if not excused:
        return []
    names = ", ".join(excused)
    text = f"chromosome {names}: homozygous in the normal sample too (by descent), so not counted as lost"
    return [Reason(Code.NOTE, text)]


def _descent_matters(verdict: Verdict, count: ChromosomeCount, inherited: frozenset[str], case: Case) -> bool:
    unclear = verdict.state is State.EQUIVOCAL and count.loh_autosomes > 0
    return unclear and not inherited and case.sample.germline_variants is None


def _not_counted(profile: CopyNumberProfile, count: ChromosomeCount | None, knowledge: Knowledge) -> Verdict:
    """Too few chromosomes with segments: a list of losses may still speak for hypodiploidy."""
    missing = len(count.missing) if count is not None else 22
    text = f"{missing} autosomes lack segments over most of their length: chromosomes cannot be counted"
    settle = "copy number of the whole genome"
    lost = [c for c, s in profile.chromosomes.items() if s.total == 1 and c not in ("X", "Y")]
    alone = [
        c
        for c, s in profile.chromosomes.items()
        if s.total is not None
        and s.total >= 2
        and c not in ("X", "Y")
        and (s.loh_fraction or 0.0) >= knowledge.value("copy_number.loh_share")
    ]
    needed = knowledge.value("hypodiploidy.masked_loh_min")
    if len(lost) + len(alone) >= needed:
        reason = Reason(
            Code.EVIDENCE_INCOMPLETE,
            f"{len(lost)} autosomes with one copy and {len(alone)} with several copies of one allele are listed,"
            f" but {text}",
            settle,
        )
        return Verdict(
            State.EQUIVOCAL,
            f"Hypodiploidy likely, not counted: {len(lost) + len(alone)} autosomes listed as lost or without"
            " heterozygosity.",
            (reason,),
            (_profile_evidence(profile, count),),
            masked=len(alone) > len(lost),
            leaning="likely",
        )
    return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.REGION_NOT_COVERED, text, settle),))


def _judged(profile: CopyNumberProfile, count: ChromosomeCount, knowledge: Knowledge) -> Verdict:
    """Count and homologues against the cut-offs; on a cut-off's edge the noise decides nothing."""
    assert count.rhc is not None
    top = int(knowledge.value("hypodiploidy.inpog_max"))
    if count.rhc <= top and count.total <= top:
        return _undoubled(count, top, knowledge)
    if count.rhc <= top:
        return _doubled(count, top, knowledge)
    if count.total <= top:
        text = (
            f"{count.total} chromosomes are counted but {count.rhc} parental homologues are left, which cannot be:"
            " the ploidy of the profile is wrong, or alleles are misjudged"
        )
        return _unclear(count, "count and heterozygosity disagree", Reason(Code.PLOIDY_UNCERTAIN, text, PLOIDY))
    return _retained(profile, count, top, knowledge)


def _undoubled(count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    subtype = _subtype(count.total, knowledge)
    high = max(count.total_high, count.rhc_high or 0) + count.margin
    text = f"{count.total} chromosomes, {count.rhc} parental homologues left, below {top + 1}"
    reasons = [Reason(Code.EVIDENCE_FOUND, text)]
    if abs(count.total - (count.rhc or 0)) > knowledge.value("hypodiploidy.consistency"):
        reasons.append(
            Reason(
                Code.PLOIDY_UNCERTAIN,
                f"count and homologues differ by {abs(count.total - (count.rhc or 0))}: some chromosomes were copied,"
                " or clones are mixed",
                PLOIDY,
            )
        )
    if high > top:
        return _edge(count, subtype, False, reasons, high, top)
    name = NAMES[subtype]
    return Verdict(
        State.DETECTED,
        f"{name.capitalize()}: {count.total} chromosomes.",
        tuple(reasons),
        subtype=subtype,
        modal=count.total,
        masked=False,
        below=count.total,
    )


def _doubled(count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    """Few homologues, many chromosomes: the doubled clone, if its copies are even and enough chromosomes lost one."""
    rhc = count.rhc or 0
    subtype = _subtype(rhc, knowledge)
    even = count.even_loh / count.loh_autosomes if count.loh else 0.0
    text = (
        f"{count.total} chromosomes, but only {rhc} parental homologues are left: {count.loh_autosomes} autosomes"
        f" without heterozygosity ({', '.join(count.loh)}), {count.even_loh} of them in even copies"
    )
    reasons = [Reason(Code.EVIDENCE_FOUND, text)]
    high = (count.rhc_high or 0) + count.margin
    if high > top:
        return _edge(count, subtype, True, reasons, high, top)
    few = count.loh_autosomes < knowledge.value("hypodiploidy.masked_loh_min")
    if few or even < knowledge.value("hypodiploidy.min_even_share"):
        why = "too few autosomes lost heterozygosity" if few else "odd copies do not fit one doubling"
        reasons.append(Reason(Code.EVIDENCE_INCOMPLETE, f"{why} for a doubled hypodiploid clone", PLOIDY))
        return Verdict(
            State.EQUIVOCAL,
            f"Masked {NAMES[subtype]} likely: {rhc} parental homologues left among {count.total} chromosomes; {why}.",
            tuple(reasons),
            subtype=subtype,
            modal=count.total,
            masked=True,
            leaning="likely",
            below=rhc,
        )
    return Verdict(
        State.DETECTED,
        f"Masked {NAMES[subtype]}: {count.total} chromosomes by doubling of a clone of about {rhc}.",
        tuple(reasons),
        subtype=subtype,
        modal=count.total,
        masked=True,
        below=rhc,
    )


def _edge(count: ChromosomeCount, subtype: str, masked: bool, reasons: list[Reason], high: int, top: int) -> Verdict:
    missing = f" and chromosomes without enough segments ({', '.join(count.missing)})" if count.missing else ""
    text = f"noise{missing} leave up to {high}, which crosses the limit of {top}"
    number = count.rhc if masked else count.total
    return Verdict(
        State.EQUIVOCAL,
        f"{'Masked h' if masked else 'H'}ypodiploidy likely: {number} {'homologues' if masked else 'chromosomes'},"
        f" but up to {high} within the noise.",
        (*reasons, Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype, FISH or an array of a purer sample")),
        subtype=subtype,
        modal=count.total,
        masked=masked,
        leaning="likely",
        below=number,
    )


def _retained(profile: CopyNumberProfile, count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    """40 homologues or more: no hypodiploid clone, doubled or not, unless the edge is near or LOH is unusual."""
    rhc, low = count.rhc or 0, (count.rhc_low or 0) - count.margin
    copied = [c for c in count.loh if (profile.chromosomes[c].total or 0) >= 2]
    if low <= top or count.total_low - count.margin <= top:
        text = f"{rhc} parental homologues and {count.total} chromosomes lie within the noise of the limit of {top}"
        return _unclear(count, "on the edge of the limit", Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype"))
    doubt = _hidden(profile, count, top, knowledge) or _between(profile, count, knowledge)
    if doubt is not None:
        return doubt
    high_hypo = count.total <= knowledge.value("hypodiploidy.high_max")
    if high_hypo and len(copied) < knowledge.value("hypodiploidy.unclear_loh_min"):
        text = f"{count.total} chromosomes: high hypodiploidy, which is not below {top + 1}"
        return Verdict(
            State.NOT_DETECTED,
            f"Hypodiploidy below {top + 1} not detected; {count.total} chromosomes (high hypodiploid).",
            (
                Reason(Code.RULED_OUT, f"{rhc} parental homologues are left, so no clone below {top + 1} is hidden"),
                Reason(Code.NOTE, text),
            ),
            subtype="high_hypodiploid",
            modal=count.total,
            masked=False,
            below=count.total,
        )
    if len(copied) >= knowledge.value("hypodiploidy.unclear_loh_min"):
        text = f"{len(copied)} autosomes hold several copies of one allele only ({', '.join(copied)})"
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype, or an array of a remission sample beside")
        return _unclear(count, f"{len(copied)} autosomes with several copies of one allele", reason)
    least = knowledge.value("hyperdiploidy.min")
    if count.total >= least and rhc <= knowledge.value("hypodiploidy.unclear_rhc_max"):
        text = f"{count.total} chromosomes with {rhc} parental homologues: unusual for a hyperdiploid clone"
        return _unclear(
            count,
            f"{count.total} chromosomes with unusual loss of heterozygosity",
            Reason(Code.EVIDENCE_CONFLICT, text),
        )
    text = (
        f"{count.total} chromosomes with {rhc} of 46 parental homologues left ({count.loh_autosomes} autosomes without"
        f" heterozygosity): neither a clone below {top + 1} nor its doubled form"
    )
    return Verdict(
        State.NOT_DETECTED,
        f"Hypodiploidy not detected: {count.total} chromosomes, {rhc} parental homologues left.",
        (Reason(Code.RULED_OUT, text),),
        modal=count.total,
        masked=False,
        below=count.total,
    )


def _hidden(profile: CopyNumberProfile, count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict | None:
    """Chromosomes that lost heterozygosity over most of their length, not all: alleles misjudged in part?"""
    least, full = knowledge.value("hypodiploidy.partial_loh"), knowledge.value("copy_number.loh_share")
    partial = [
        chrom
        for chrom, state in profile.chromosomes.items()
        if chrom not in ("X", "Y") and state.loh_fraction is not None and least <= state.loh_fraction < full
    ]
    enough = len(partial) + count.loh_autosomes >= knowledge.value("hypodiploidy.masked_loh_min")
    if not partial or not enough or (count.rhc or 0) - len(partial) > top:
        return None
    text = (
        f"{count.loh_autosomes} autosomes lost heterozygosity and {len(partial)} more over most of their length"
        f" ({', '.join(partial)}): if those are whole, {(count.rhc or 0) - len(partial)} parental homologues are left"
    )
    return _unclear(
        count,
        "loss of heterozygosity over most of many chromosomes",
        Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype"),
    )


def _between(profile: CopyNumberProfile, count: ChromosomeCount, knowledge: Knowledge) -> Verdict | None:
    """Many chromosomes between whole copies: a wrong purity, or clones mixed."""
    loose = [c for c, state in profile.chromosomes.items() if state.subclonal and c not in ("X", "Y")]
    if len(loose) < knowledge.value("hypodiploidy.max_loose"):
        return None
    text = (
        f"chromosomes {', '.join(loose)} lie between whole copies: purity or ploidy are wrong, or clones are mixed"
        " (a hypodiploid clone and its double are often seen together)"
    )
    return _unclear(
        count, f"{len(loose)} chromosomes between whole copies", Reason(Code.PLOIDY_UNCERTAIN, text, PLOIDY)
    )


def _unclear(count: ChromosomeCount, why: str, reason: Reason) -> Verdict:
    return Verdict(
        State.EQUIVOCAL,
        f"Hypodiploidy equivocal: {why} ({count.total} chromosomes, {count.rhc} parental homologues left).",
        (reason,),
        modal=count.total,
        leaning="unclear",
        below=count.rhc,
    )


def _rivals(verdict: Verdict, profile: CopyNumberProfile, knowledge: Knowledge, by_purity: bool) -> Verdict:
    """Competing readings: those that tell another count are named, those that tell another state open the question.

    `by_purity`: only a purity of the sheet stands against the file's own reading, and blast counts are no purity.
    """
    top = knowledge.value("hypodiploidy.inpog_max")
    sources = ("fit", "file") if by_purity else ("fit",)
    rivals = [r for r in profile.alternatives if r.source in sources and not r.note.startswith("without")]
    mine = int(verdict.details.get("retained_homologues") or 0)
    flipped = [
        r for r in rivals if r.retained_homologues is not None and (r.retained_homologues <= top) != (mine <= top)
    ]
    if flipped:
        reason = Reason(Code.PLOIDY_UNCERTAIN, f"other readings of the same data: {_readings(flipped)}", PLOIDY)
        if verdict.state in (State.DETECTED, State.NOT_DETECTED):
            likely = verdict.state is State.DETECTED
            return replace(
                verdict,
                state=State.EQUIVOCAL,
                summary=f"Hypodiploidy equivocal: readings of {_counts(verdict, flipped)} chromosomes fit alike.",
                reasons=(reason, *verdict.reasons),
                leaning="likely" if likely else "unclear",
            )
        return replace(verdict, reasons=(*verdict.reasons, reason))
    if rivals and not profile.ploidy_certain and verdict.state is not State.NOT_DETECTED:
        text = f"the same data also fit {_readings(rivals)}; the homologues left are the same, so the lesion is too"
        return replace(verdict, reasons=(*verdict.reasons, Reason(Code.PLOIDY_UNCERTAIN, text, PLOIDY)))
    return verdict


def _counts(verdict: Verdict, rivals: Sequence[PloidySolution]) -> str:
    numbers = dict.fromkeys([verdict.modal, *(rival.modal_number for rival in rivals)])
    return " and ".join(str(number) for number in numbers if number is not None)


def _readings(rivals: Sequence[PloidySolution]) -> str:
    return "; ".join(
        f"{rival.modal_number if rival.modal_number is not None else '?'} chromosomes at purity {rival.purity:.2f}"
        for rival in rivals[:4]
    )


def _with_purity(verdict: Verdict, profile: CopyNumberProfile, case: Case) -> Verdict:
    """Too few leukaemic cells: a finding is only likely, silence says nothing."""
    least = case.knowledge.value("hypodiploidy.min_purity")
    purity = profile.purity
    open_copies = verdict.state is State.EQUIVOCAL and any(r.code is Code.PLOIDY_UNCERTAIN for r in verdict.reasons)
    if not open_copies and not cells_shown(profile, case.sample.purity, case.knowledge):
        text = (
            "every chromosome has two copies, one of each parent, and nothing in the profile shows leukaemic cells:"
            " normal cells alone would look the same"
        )
        reason = Reason(Code.PURITY_TOO_LOW, text, PURITY)
        return replace(verdict, state=State.NOT_ASSESSABLE, reasons=(reason, *verdict.reasons))
    if loosely_fitted(profile, case.knowledge) and verdict.state is State.NOT_DETECTED:
        text = "the purity was fitted to noisy signals and may be far off, so silence of the alleles is no negative"
        reason = Reason(Code.PURITY_TOO_LOW, text, PURITY)
        return replace(verdict, state=State.NOT_ASSESSABLE, reasons=(reason, *verdict.reasons))
    if purity is not None and purity >= least:
        return verdict
    if purity is None:
        if verdict.state is not State.NOT_DETECTED:
            return verdict
        reason = Reason(Code.PURITY_TOO_LOW, "the purity is unknown, so silence of the alleles is no negative", PURITY)
        return replace(verdict, state=State.NOT_ASSESSABLE, reasons=(reason, *verdict.reasons))
    text = f"purity {purity:.2f}: below {least:g}, lost heterozygosity is not reliable"
    reason = Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells")
    nothing_lost = verdict.leaning == "unclear" and not verdict.details.get("loh_autosomes")
    if verdict.state is State.NOT_DETECTED or nothing_lost:
        return replace(verdict, state=State.NOT_ASSESSABLE, reasons=(reason, *verdict.reasons))
    if verdict.state is State.DETECTED:
        name = NAMES[verdict.subtype or "low_hypodiploid"]
        word = "Masked " + name if verdict.masked else name.capitalize()
        return replace(
            verdict,
            state=State.EQUIVOCAL,
            summary=f"{word} likely ({verdict.below} homologues or chromosomes), but the purity is {purity:.2f}.",
            reasons=(reason, *verdict.reasons),
            leaning="likely",
        )
    return replace(verdict, reasons=(reason, *verdict.reasons))


# ---------------------------------------------------------------- total copies


def totals_verdict(profile: CopyNumberProfile, case: Case) -> Verdict:
    """Algorithm B. Never a negative: the doubled form cannot be seen."""
    knowledge = case.knowledge
    top = int(knowledge.value("hypodiploidy.inpog_max"))
    count = profile_count(profile, knowledge)
    blind = Reason(
        Code.INPUT_LACKS_BAF,
        "total copies alone cannot show a doubled (masked) hypodiploid clone, nor tell a clone from its double",
        ALLELES,
    )
    if count is None or len(count.missing) > knowledge.value("hypodiploidy.max_missing"):
        missing = _not_counted(profile, count, knowledge)
        return replace(missing, reasons=(*missing.reasons, blind))
    evidence = (_profile_evidence(profile, count),)
    details = _details(profile, count)
    fixed = profile.ploidy_certain
    if fixed and count.total <= top:
        return _confirmed(profile, count, top, blind, knowledge, evidence, details)
    low = [r for r in profile.alternatives if (r.modal_number or 99) <= top and not r.note.startswith("without")]
    if fixed:
        low = [r for r in low if r.note.startswith("the same data as the clone before")]
    if count.total <= top or low:
        number = count.total if count.total <= top else low[0].modal_number or 0
        purity = profile.purity if count.total <= top else low[0].purity
        at = f" at purity {purity:.2f}" if purity is not None else ""
        likely = count.total <= top
        text = f"{number} chromosomes{at} {'fit best' if likely else 'fit too'}, but the ploidy is not fixed by totals"
        if fixed:
            text = f"the copies are the double of a clone of {number} chromosomes; other clones can look so too"
        reasons = (
            Reason(Code.PLOIDY_UNCERTAIN, text, ALLELES if fixed else PLOIDY),
            *_pattern(profile, knowledge),
            blind,
        )
        subtype = _subtype(number, knowledge)
        return Verdict(
            State.EQUIVOCAL,
            f"Hypodiploidy {'likely' if likely else 'possible'} ({NAMES[subtype]}, {number} chromosomes"
            f"{' or their double' if not fixed else ', doubled'}): total copies alone cannot decide.",
            reasons,
            evidence,
            subtype=subtype,
            modal=profile.modal_number,
            leaning="likely" if likely else "unclear",
            details=details,
            below=number,
        )
    said = f"{profile.modal_number} chromosomes" if profile.modal_number is not None else "no certain count"
    note = Reason(Code.NOTE, f"copy number shows {said}{'' if fixed else ' (provisional)'}")
    return Verdict(
        State.NOT_ASSESSABLE,
        "",
        (blind, note, *_pattern(profile, knowledge)),
        evidence,
        modal=profile.modal_number,
        details=details,
    )


def _confirmed(
    profile: CopyNumberProfile,
    count: ChromosomeCount,
    top: int,
    blind: Reason,
    knowledge: Knowledge,
    evidence: tuple[Evidence, ...],
    details: Mapping[str, Any],
) -> Verdict:
    """Total copies of fewer than 40 chromosomes whose ploidy the sheet confirms."""
    subtype = _subtype(count.total, knowledge)
    text = f"{count.total} chromosomes, and the ploidy {profile.ploidy or 0:.2f} agrees with the sheet"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), replace(blind, code=Code.NOTE)]
    if count.total_high + count.margin > top:
        verdict = _edge(count, subtype, False, reasons, count.total_high + count.margin, top)
        return replace(verdict, evidence=evidence, details=details)
    return Verdict(
        State.DETECTED,
        f"{NAMES[subtype].capitalize()}: {count.total} chromosomes (total copies, ploidy confirmed by the sheet).",
        tuple(reasons),
        evidence,
        subtype=subtype,
        modal=count.total,
        masked=False,
        details=details,
        below=count.total,
    )


def _pattern(profile: CopyNumberProfile, knowledge: Knowledge) -> list[Reason]:
    """Warning patterns of L07: two levels one doubling apart, or the chromosomes that low hypodiploidy loses."""
    totals = {c: s.total for c, s in profile.chromosomes.items() if s.total is not None and c not in ("X", "Y")}
    levels = sorted(set(totals.values()))
    found = []
    if len(levels) == 2 and levels[0] > 0 and levels[1] == 2 * levels[0]:
        high = [c for c, total in totals.items() if total == levels[1]]
        if 2 <= len(high) <= 11:
            text = (
                f"chromosomes {', '.join(high)} have twice the copies of all others and none lies between:"
                " possible near-haploid clone or its double"
            )
            found.append(Reason(Code.NOTE, text, ALLELES))
    rows = [row for row in knowledge.table("ploidy_patterns") if row["pattern"] == "low_hypodiploid_lost"]
    lost = {row["chrom"] for row in rows}
    if lost and lost <= set(totals):
        rest = [total for c, total in totals.items() if c not in lost]
        middle = sorted(rest)[len(rest) // 2]
        if all(totals[c] < middle for c in lost):
            text = f"chromosomes {', '.join(sorted(lost, key=int))} are all below the others: low-hypodiploid pattern"
            found.append(Reason(Code.NOTE, text, ALLELES))
    return found


# ---------------------------------------------------------------- germline heterozygous sites alone


def _sites_verdict(found: Alone, inherited: frozenset[str], case: Case) -> Verdict:
    """Algorithm C without any copy number: homologues left, from loss of heterozygosity found."""
    knowledge = case.knowledge
    top = int(knowledge.value("hypodiploidy.inpog_max"))
    lost = [c for c in found.lost if c not in inherited]
    text = f"{len(lost)} of {len(found.judged)} autosomes with enough germline heterozygous sites lost heterozygosity"
    evidence = (
        Evidence(
            kind="small_variant",
            summary=text,
            rule="shift of the B-allele frequency at germline heterozygous sites",
            values={"lost": lost, "judged": list(found.judged), "purity": found.purity},
        ),
    )
    if len(found.judged) < 22 - knowledge.value("hypodiploidy.max_missing"):
        reason = Reason(Code.REGION_NOT_COVERED, text + "; too few to count homologues", ALLELES)
        return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence)
    rhc = 46 - len(lost)
    details = {"retained_homologues": rhc, "loh_autosomes": len(lost), "source": "germline sites"}
    if rhc <= top and len(lost) >= knowledge.value("hypodiploidy.masked_loh_min"):
        reasons = (
            Reason(Code.EVIDENCE_FOUND, f"{text}: at most {rhc} parental homologues are left"),
            Reason(Code.EVIDENCE_INCOMPLETE, "how many chromosomes there are is unknown without copy number", ALLELES),
        )
        subtype = _subtype(rhc, knowledge)
        summary = f"Hypodiploidy likely, doubled or not: about {rhc} parental homologues left."
        return Verdict(
            State.EQUIVOCAL, summary, reasons, evidence, subtype, leaning="likely", details=details, below=rhc
        )
    if len(lost) >= knowledge.value("hypodiploidy.unclear_loh_min"):
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, ALLELES)
        summary = f"Hypodiploidy equivocal: {text}."
        return Verdict(State.EQUIVOCAL, summary, (reason,), evidence, leaning="unclear", details=details, below=rhc)
    least = knowledge.value("hypodiploidy.min_purity")
    if case.sample.purity is None or case.sample.purity < least:
        reason = Reason(Code.PURITY_TOO_LOW, f"{text}, but the purity is unknown or below {least:g}", PURITY)
        return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence, details=details)
    reason = Reason(Code.RULED_OUT, f"{text}: {rhc} parental homologues are left")
    summary = f"Hypodiploidy not detected: heterozygosity is kept on {len(found.judged) - len(lost)} autosomes."
    return Verdict(State.NOT_DETECTED, summary, (reason,), evidence, masked=False, details=details, below=rhc)


# ---------------------------------------------------------------- karyotype and DNA index


def _by_karyotype(case: Case) -> Verdict | None:
    """Clones by their counts; composite and doubled clones included, a donor's left out."""
    if case.karyotype is None or not case.karyotype.clones:
        return None
    knowledge = case.knowledge
    top = int(knowledge.value("hypodiploidy.inpog_max"))
    clones = [clone for clone in acquired_clones(case.karyotype) if clone.low is not None]
    few = [clone for clone in clones if (clone.low or 0) <= top]
    sure = [c for c in few if (c.high or c.low or 0) <= top and is_clonal(c, knowledge) is not False]
    if sure:
        return _karyotype_found(case, sure, clones)
    if few:
        return _karyotype_doubt(few[0], top, knowledge)
    if not clones:
        text = "the karyotype is normal or of a donor, which does not exclude a hypodiploid clone that does not divide"
        return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),))
    even = [clone for clone in clones if _even(clone, knowledge)]
    if even:
        return _karyotype_even(even[0], knowledge)
    return _karyotype_other(case, clones, top)


def _karyotype_found(case: Case, sure: Sequence[KaryotypeClone], clones: Sequence[KaryotypeClone]) -> Verdict:
    knowledge = case.knowledge
    clone = min(sure, key=lambda c: c.low or 0)
    number = clone.high or clone.low or 0
    subtype = _subtype(clone.low or 0, knowledge)
    doubled = [c for c in clones if c.doubled_from is not None or (c.low or 0) >= 2 * (clone.low or 0) - 4]
    reasons = [Reason(Code.EVIDENCE_FOUND, f"the karyotype shows a clone of {_count(clone)} chromosomes: {clone.raw}")]
    if is_clonal(clone, knowledge) is None:
        reasons.append(Reason(Code.NOTE, "the number of metaphases of this clone is not written"))
    if doubled:
        reasons.append(Reason(Code.NOTE, f"the karyotype also shows its doubled form: {doubled[0].raw}"))
    return Verdict(
        State.DETECTED,
        f"{NAMES[subtype].capitalize()} by karyotype: a clone of {_count(clone)} chromosomes"
        f"{', with its doubled form' if doubled else ''}.",
        tuple(reasons),
        (_karyotype_evidence(clone, case),),
        subtype=subtype,
        modal=clone.low,
        masked=False,
        details={"karyotype_clones": [c.raw for c in clones]},
        below=number,
    )


def _karyotype_doubt(clone: KaryotypeClone, top: int, knowledge: Knowledge) -> Verdict:
    single = is_clonal(clone, knowledge) is False
    why = (
        f"{clone.metaphases} metaphase{'s' if clone.metaphases != 1 else ''}, too few for a clone"
        if single
        else f"the range {_count(clone)} crosses the limit of {top}"
    )
    return Verdict(
        State.EQUIVOCAL,
        f"The karyotype shows {_count(clone)} chromosomes ({why}).",
        (Reason(Code.KARYOTYPE_ONLY, f"karyotype {clone.raw}: {why}", ALLELES),),
        (Evidence(kind="karyotype", summary=clone.raw, rule="chromosome count of a clone"),),
        subtype=_subtype(min(clone.low or 0, top), knowledge),
        leaning="unclear" if single else "likely",
        details={"single_metaphase": single},
        below=clone.low,
    )


def _even(clone: KaryotypeClone, knowledge: Knowledge) -> bool:
    """Hyperdiploid with every autosome in two or four copies: what a doubled clone looks like (68<3n> of L07)."""
    if (clone.low or 0) < 2 * _least(knowledge) or clone.doubled_from is not None:
        return False
    copies = chromosome_copies(clone)
    if copies is None:
        return False
    autosomes = [n for c, n in copies.items() if c not in ("X", "Y")]
    even = sum(1 for n in autosomes if n % 2 == 0)
    return even >= knowledge.value("hypodiploidy.karyotype_even") and 2 in autosomes and 4 in autosomes


def _karyotype_even(clone: KaryotypeClone, knowledge: Knowledge) -> Verdict:
    copies = chromosome_copies(clone) or {}
    two = [c for c, n in copies.items() if n == 2 and c not in ("X", "Y")]
    half = sum(copies.values()) // 2
    text = f"karyotype {clone.raw}: nearly all autosomes in two or four copies, as doubling of about {half} would leave"
    return Verdict(
        State.EQUIVOCAL,
        f"Masked hypodiploidy possible by karyotype: {_count(clone)} chromosomes, almost all in even copies.",
        (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),),
        (Evidence(kind="karyotype", summary=clone.raw, rule="even copies", values={"two_copies": two}),),
        subtype=_subtype(half, knowledge),
        modal=clone.low,
        masked=True,
        leaning="likely" if len(two) >= knowledge.value("hypodiploidy.masked_loh_min") else "unclear",
        below=half,
    )


def _karyotype_other(case: Case, clones: Sequence[KaryotypeClone], top: int) -> Verdict:
    """Abnormal clones of 40 or more: below 48 none can be a doubled one, above only alleles tell."""
    knowledge = case.knowledge
    clone = max(clones, key=lambda c: (c.metaphases or 0, c.low or 0))
    evidence = (_karyotype_evidence(clone, case),)
    metaphases = case.karyotype.metaphases if case.karyotype is not None else None
    needed = knowledge.value("hypodiploidy.min_metaphases_negative")
    clonal = all(is_clonal(c, knowledge) is True for c in clones)
    highest = max(c.high or c.low or 0 for c in clones)
    abnormal = sum(c.metaphases or 0 for c in clones) >= knowledge.value("karyotype.min_metaphases_abnormal")
    enough = metaphases is not None and metaphases >= needed and abnormal and not any(c.incomplete for c in clones)
    if highest < 2 * _least(knowledge) and clonal and enough:
        number = clone.high or clone.low or 0
        high_hypo = number <= knowledge.value("hypodiploidy.high_max")
        text = (
            f"{metaphases} metaphases, and every abnormal clone has {top + 1} to {highest} chromosomes: too many for"
            " hypodiploidy and too few for a doubled clone"
        )
        return Verdict(
            State.NOT_DETECTED,
            f"Hypodiploidy below {top + 1} not detected by karyotype: a clone of {_count(clone)} chromosomes"
            f"{' (high hypodiploid)' if high_hypo else ''}.",
            (Reason(Code.LOOKED_AND_NOT_FOUND, text),),
            evidence,
            subtype="high_hypodiploid" if high_hypo else None,
            modal=clone.low,
            masked=False,
            below=clone.low,
        )
    text = f"the karyotype shows {_count(clone)} chromosomes ({clone.raw})"
    if highest >= 2 * _least(knowledge):
        text += "; a doubled hypodiploid clone is not excluded by counting"
        return Verdict(
            State.NOT_ASSESSABLE, "", (Reason(Code.INPUT_LACKS_BAF, text, ALLELES),), evidence, modal=clone.low
        )
    few = f"{metaphases if metaphases is not None else 'an unknown number of'} metaphases"
    if metaphases is not None and metaphases >= needed and not abnormal:
        few = f"{sum(c.metaphases or 0 for c in clones)} abnormal metaphases"
    text += f"; {few} are too few for a negative"
    return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.KARYOTYPE_ONLY, text, ALLELES),), evidence, modal=clone.low)


def _least(knowledge: Knowledge) -> int:
    """Fewest chromosomes of a near-haploid clone by the scheme of the subtypes."""
    return next(int(row["low"]) for row in _rows(knowledge) if row["category"] == "near-haploid")


def _by_index(case: Case) -> Verdict | None:
    """A DNA index of fewer than 40 chromosomes."""
    index, knowledge = case.sample.dna_index, case.knowledge
    if index is None or index > knowledge.value("hypodiploidy.dna_index_max"):
        return None
    if index < knowledge.value("hypodiploidy.dna_index_low"):
        text = f"the DNA index {index:g} is below that of a haploid set and is not used"
        return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.NOTE, text),))
    number = round(46 * index)
    text = f"the DNA index {index:g} is that of about {number} chromosomes"
    few = number <= knowledge.value("hypodiploidy.inpog_max")
    return Verdict(
        State.EQUIVOCAL,
        f"The DNA index {index:g} speaks for about {number} chromosomes.",
        (Reason(Code.EVIDENCE_FOUND, text, ALLELES),),
        (Evidence(kind="karyotype", summary=text, rule="DNA index", values={"dna_index": index}),),
        subtype=_subtype(number, knowledge) if few else "high_hypodiploid",
        leaning="likely" if few else "unclear",
        below=number,
    )


def _count(clone: KaryotypeClone) -> str:
    return str(clone.low) if clone.high in (None, clone.low) else f"{clone.low} to {clone.high}"


def _karyotype_evidence(clone: KaryotypeClone, case: Case) -> Evidence:
    return Evidence(
        kind="karyotype",
        summary=clone.raw,
        file="sample sheet",
        rule="chromosome count of a clone",
        values={"low": clone.low, "high": clone.high, "metaphases": clone.metaphases},
    )


# ---------------------------------------------------------------- words


def _subtype(number: int, knowledge: Knowledge) -> str:
    near = knowledge.value("hypodiploidy.near_haploid_max")
    return "near_haploid" if number <= near else "low_hypodiploid"


def _profile_evidence(profile: CopyNumberProfile, count: ChromosomeCount | None) -> Evidence:
    values: dict[str, Any] = {"purity": profile.purity, "ploidy": profile.ploidy}
    summary = "chromosomes not counted"
    if count is not None:
        values |= {
            "chromosomes": count.total,
            "retained_homologues": count.rhc,
            "loh_autosomes": list(count.loh),
            "margin": count.margin,
            "missing": list(count.missing),
        }
        homologues = "homologues unknown" if count.rhc is None else f"{count.rhc} parental homologues"
        summary = f"{count.total} chromosomes, {homologues}, {count.loh_autosomes} autosomes without heterozygosity"
        if count.rhc is None:
            summary = f"{count.total} chromosomes by total copies"
    return Evidence(
        kind="profile",
        summary=summary,
        file=profile.inputs[0].path if profile.inputs else None,
        rule="count of chromosomes and retained homologues (L07)",
        values=values,
    )


def _details(profile: CopyNumberProfile, count: ChromosomeCount) -> dict[str, Any]:
    return {
        "chromosomes": count.total,
        "retained_homologues": count.rhc,
        "loh_autosomes": list(count.loh),
        "even_loh_autosomes": count.even_loh,
        "margin": count.margin,
        "ploidy_certain": profile.ploidy_certain,
        "readings": [
            {"modal_number": r.modal_number, "purity": r.purity, "ploidy": r.ploidy, "note": r.note}
            for r in profile.alternatives
        ],
    }


def _rows(knowledge: Knowledge) -> list[Mapping[str, str]]:
    return [row for row in knowledge.table("ploidy_categories") if row["scheme"] == "Holmfeldt 2013"]


def schemes(number: int | None, knowledge: Knowledge) -> list[dict[str, object]]:
    """What each scheme calls this number of chromosomes before a doubling, with its cut-offs and source."""
    if number is None:
        return []
    found: list[dict[str, object]] = []
    for row in knowledge.table("ploidy_categories"):
        if row["category"].endswith("doubled") or row["scheme"] == "High hyperdiploidy":
            continue
        if int(row["low"]) <= number <= int(row["high"]):
            found.append(
                {
                    "scheme": row["scheme"],
                    "category": row["category"],
                    "range": f"{row['low']}-{row['high']}" if row["low"] != "0" else f"up to {row['high']}",
                    "source": row["source"],
                    "mark": row["mark"],
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
    share = knowledge.threshold("hypodiploidy.tp53_share")
    germline = knowledge.threshold("hypodiploidy.tp53_germline_share")
    text = (
        f"low hypodiploidy: TP53 is altered in {share.value:.0%} ({share.source}), in children in more than"
        f" {germline.value:.0%} of these also outside the leukaemia ({germline.source}): look for TP53 mutations and"
        " offer germline testing (Li-Fraumeni syndrome)"
    )
    yield Reason(Code.NOTE, text, "TP53 sequencing of the leukaemia and of a germline sample")
