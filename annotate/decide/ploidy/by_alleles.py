"""Hypodiploidy by allele-specific copy number, the doubled clone included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.middle import median
from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.ploidy.verdict import (
    NAMES,
    PLOIDY,
    PURITY,
    details_of,
    edge,
    not_counted,
    profile_evidence,
    subtype_of,
    unclear_verdict,
)
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, PloidySolution, ReadingKind
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import ChromosomeCount, cells_shown, loosely_fitted, profile_count


def alleles_verdict(profile: CopyNumberProfile, inherited: frozenset[str], case: Case) -> Verdict:
    """From the copies of both alleles: the homologues that are left."""
    knowledge = case.knowledge
    count = profile_count(profile, knowledge, inherited)
    if count is None or count.rhc is None or len(count.missing) > knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
        return not_counted(profile, count, knowledge)
    plain = profile_count(profile, knowledge)
    given_up = _descent(plain, count, inherited)
    evidence = (profile_evidence(profile, count),)
    verdict = replace(_judged(profile, count, knowledge), evidence=evidence, details=details_of(profile, count))
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


def _judged(profile: CopyNumberProfile, count: ChromosomeCount, knowledge: Knowledge) -> Verdict:
    """Count and homologues against the cut-offs; on a cut-off's edge the noise decides nothing."""
    assert count.rhc is not None
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    if count.rhc <= top and count.total <= top:
        return _undoubled(count, top, knowledge)
    if count.rhc <= top:
        return _doubled(profile, count, top, knowledge)
    if count.total <= top:
        text = (
            f"{count.total} chromosomes are counted but {count.rhc} parental homologues are left, which cannot be:"
            " the ploidy of the profile is wrong, or alleles are misjudged"
        )
        return unclear_verdict(count, "count and heterozygosity disagree", Reason(Code.PLOIDY_UNCERTAIN, text, PLOIDY))
    return _retained(profile, count, top, knowledge)


def _undoubled(count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    subtype = subtype_of(count.total, knowledge)
    high = max(count.total_high, count.rhc_high or 0) + count.margin
    text = f"{count.total} chromosomes, {count.rhc} parental homologues left, below {top + 1}"
    reasons = [Reason(Code.EVIDENCE_FOUND, text)]
    if abs(count.total - (count.rhc or 0)) > knowledge.value(cutoffs.HYPODIPLOIDY_CONSISTENCY):
        reasons.append(
            Reason(
                Code.PLOIDY_UNCERTAIN,
                f"count and homologues differ by {abs(count.total - (count.rhc or 0))}: some chromosomes were copied,"
                " or clones are mixed",
                PLOIDY,
            )
        )
    if high > top:
        return edge(count, subtype, False, reasons, high, top)
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


def _twice_as_many(profile: CopyNumberProfile, count: ChromosomeCount, knowledge: Knowledge) -> bool:
    """Are there about twice as many chromosomes as homologues, as doubling leaves them?

    All of them, or those with both homologues against those with one.
    """
    least = knowledge.value(cutoffs.HYPODIPLOIDY_MIN_DOUBLING)
    if count.total >= least * (count.rhc or 0):
        return True
    alone = [t for c in count.loh if (t := profile.chromosomes[c].total)]
    both = [s.total for c, s in profile.chromosomes.items() if c in AUTOSOMES and c not in count.loh and s.total]
    if not alone or not both:
        return True
    return median(both) >= least * median(alone)


def _not_doubled(count: ChromosomeCount, reasons: list[Reason]) -> Verdict:
    """Chromosomes without heterozygosity at the copies of the others: lost and copied, or inherited, not doubled."""
    text = (
        "the chromosomes without heterozygosity have about as many copies as the others, which no doubling leaves:"
        " homozygosity by descent, or loss of one homologue with a copy of the other"
    )
    settle = "a remission sample (germline VCF), or a karyotype"
    reason = Reason(Code.NEEDS_GERMLINE, text, settle)
    verdict = unclear_verdict(count, f"{count.loh_autosomes} autosomes without heterozygosity, none doubled", reason)
    return replace(verdict, reasons=(*verdict.reasons, *reasons), masked=None)


def _doubled(profile: CopyNumberProfile, count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    """Few homologues, many chromosomes: the doubled clone, if its copies are even and enough chromosomes lost one."""
    rhc = count.rhc or 0
    subtype = subtype_of(rhc, knowledge)
    even = count.even_loh / count.loh_autosomes if count.loh else 0.0
    text = (
        f"{count.total} chromosomes, but only {rhc} parental homologues are left: {count.loh_autosomes} autosomes"
        f" without heterozygosity ({', '.join(count.loh)}), {count.even_loh} of them in even copies"
    )
    reasons = [Reason(Code.EVIDENCE_FOUND, text)]
    high = (count.rhc_high or 0) + count.margin
    few = count.loh_autosomes < knowledge.value(cutoffs.HYPODIPLOIDY_MASKED_LOH_MIN)
    odd = even < knowledge.value(cutoffs.HYPODIPLOIDY_MIN_EVEN_SHARE)
    if not few and not odd and not _twice_as_many(profile, count, knowledge):
        return _not_doubled(count, reasons)
    if high > top:
        return edge(count, subtype, True, reasons, high, top)
    if few or odd:
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


def _retained(profile: CopyNumberProfile, count: ChromosomeCount, top: int, knowledge: Knowledge) -> Verdict:
    """40 homologues or more: no hypodiploid clone, doubled or not, unless the edge is near or LOH is unusual."""
    rhc, low = count.rhc or 0, (count.rhc_low or 0) - count.margin
    copied = [c for c in count.loh if (profile.chromosomes[c].total or 0) >= 2]
    if low <= top or count.total_low - count.margin <= top:
        text = f"{rhc} parental homologues and {count.total} chromosomes lie within the noise of the limit of {top}"
        return unclear_verdict(count, "on the edge of the limit", Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype"))
    doubt = _hidden(profile, count, top, knowledge) or _between(profile, count, knowledge)
    if doubt is not None:
        return doubt
    high_hypo = count.total <= knowledge.value(cutoffs.HYPODIPLOIDY_HIGH_MAX)
    if high_hypo and len(copied) < knowledge.value(cutoffs.HYPODIPLOIDY_UNCLEAR_LOH_MIN):
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
    if len(copied) >= knowledge.value(cutoffs.HYPODIPLOIDY_UNCLEAR_LOH_MIN):
        text = f"{len(copied)} autosomes hold several copies of one allele only ({', '.join(copied)})"
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype, or an array of a remission sample beside")
        return unclear_verdict(count, f"{len(copied)} autosomes with several copies of one allele", reason)
    least = knowledge.value(cutoffs.HYPERDIPLOIDY_MIN)
    if count.total >= least and rhc <= knowledge.value(cutoffs.HYPODIPLOIDY_UNCLEAR_RHC_MAX):
        text = f"{count.total} chromosomes with {rhc} parental homologues: unusual for a hyperdiploid clone"
        return unclear_verdict(
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
    least, full = knowledge.value(cutoffs.HYPODIPLOIDY_PARTIAL_LOH), knowledge.value(cutoffs.COPY_NUMBER_LOH_SHARE)
    partial = [
        chrom
        for chrom, state in profile.chromosomes.items()
        if chrom not in ("X", "Y") and state.loh_fraction is not None and least <= state.loh_fraction < full
    ]
    enough = len(partial) + count.loh_autosomes >= knowledge.value(cutoffs.HYPODIPLOIDY_MASKED_LOH_MIN)
    if not partial or not enough or (count.rhc or 0) - len(partial) > top:
        return None
    text = (
        f"{count.loh_autosomes} autosomes lost heterozygosity and {len(partial)} more over most of their length"
        f" ({', '.join(partial)}): if those are whole, {(count.rhc or 0) - len(partial)} parental homologues are left"
    )
    return unclear_verdict(
        count,
        "loss of heterozygosity over most of many chromosomes",
        Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype"),
    )


def _between(profile: CopyNumberProfile, count: ChromosomeCount, knowledge: Knowledge) -> Verdict | None:
    """Many chromosomes between whole copies: a wrong purity, or clones mixed."""
    loose = [c for c, state in profile.chromosomes.items() if state.subclonal and c not in ("X", "Y")]
    if len(loose) < knowledge.value(cutoffs.HYPODIPLOIDY_MAX_LOOSE):
        return None
    text = (
        f"chromosomes {', '.join(loose)} lie between whole copies: purity or ploidy are wrong, or clones are mixed"
        " (a hypodiploid clone and its double are often seen together)"
    )
    return unclear_verdict(
        count, f"{len(loose)} chromosomes between whole copies", Reason(Code.PLOIDY_UNCERTAIN, text, PLOIDY)
    )


def _rivals(verdict: Verdict, profile: CopyNumberProfile, knowledge: Knowledge, by_purity: bool) -> Verdict:
    """Competing readings: those that tell another count are named, those that tell another state open the question.

    `by_purity`: only a purity of the sheet stands against the file's own reading, and blast counts are no purity.
    """
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    sources = ("fit", "file") if by_purity else ("fit",)
    rivals = [r for r in profile.alternatives if r.source in sources and r.kind is not ReadingKind.BESIDE_SHEET]
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
    least = case.knowledge.value(cutoffs.HYPODIPLOIDY_MIN_PURITY)
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
