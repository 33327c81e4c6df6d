"""Hypodiploidy by total copy number and by heterozygous sites."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.ploidy.heterozygous_sites import (
    SiteLoh,
)
from annotate.decide.ploidy.verdict import (
    ALLELES,
    NAMES,
    PLOIDY,
    PURITY,
    details_of,
    edge,
    not_counted,
    profile_evidence,
    subtype_of,
)
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import PloidyPatternRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, ReadingKind
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import ChromosomeCount, profile_count

# ---------------------------------------------------------------- total copies


def totals_verdict(profile: CopyNumberProfile, case: Case) -> Verdict:
    """From total copies alone. Never a negative: the doubled form cannot be seen."""
    knowledge = case.knowledge
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
    count = profile_count(profile, knowledge)
    blind = Reason(
        Code.INPUT_LACKS_BAF,
        "total copies alone cannot show a doubled (masked) hypodiploid clone, nor tell a clone from its double",
        ALLELES,
    )
    if count is None or len(count.missing) > knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
        missing = not_counted(profile, count, knowledge)
        return replace(missing, reasons=(*missing.reasons, blind))
    evidence = (profile_evidence(profile, count),)
    details = details_of(profile, count)
    fixed = profile.ploidy_certain
    if fixed and count.total <= top:
        return _confirmed(profile, count, top, blind, knowledge, evidence, details)
    fitting = [r for r in profile.alternatives if r.kind is not ReadingKind.BESIDE_SHEET]
    low = [r for r in fitting if (r.modal_number or 99) <= top]
    if fixed:
        low = [r for r in low if r.kind is ReadingKind.UNDOUBLED]
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
        subtype = subtype_of(number, knowledge)
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
    details: LesionDetails,
) -> Verdict:
    """Total copies of fewer than 40 chromosomes whose ploidy the sheet confirms."""
    subtype = subtype_of(count.total, knowledge)
    text = f"{count.total} chromosomes, and the ploidy {profile.ploidy or 0:.2f} agrees with the sheet"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), replace(blind, code=Code.NOTE)]
    if count.total_high + count.margin > top:
        verdict = edge(count, subtype, False, reasons, count.total_high + count.margin, top)
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
    """Patterns that warn: two levels one doubling apart, or the chromosomes that low hypodiploidy loses."""
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
    rows = [row for row in knowledge.rows(PloidyPatternRow) if row.pattern == "low_hypodiploid_lost"]
    lost = {row.chrom for row in rows}
    if lost and lost <= set(totals):
        rest = [total for c, total in totals.items() if c not in lost]
        middle = sorted(rest)[len(rest) // 2]
        if all(totals[c] < middle for c in lost):
            text = f"chromosomes {', '.join(sorted(lost, key=int))} are all below the others: low-hypodiploid pattern"
            found.append(Reason(Code.NOTE, text, ALLELES))
    return found


# ---------------------------------------------------------------- germline heterozygous sites alone


def sites_verdict(found: SiteLoh, inherited: frozenset[str], case: Case) -> Verdict:
    """From germline sites without any copy number: homologues left, from loss of heterozygosity found."""
    knowledge = case.knowledge
    top = knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)
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
    if len(found.judged) < 22 - knowledge.value(cutoffs.HYPODIPLOIDY_MAX_MISSING):
        reason = Reason(Code.REGION_NOT_COVERED, text + "; too few to count homologues", ALLELES)
        return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence)
    rhc = 46 - len(lost)
    details: LesionDetails = {"retained_homologues": rhc, "loh_autosomes": len(lost), "source": "germline sites"}
    if rhc <= top and len(lost) >= knowledge.value(cutoffs.HYPODIPLOIDY_MASKED_LOH_MIN):
        reasons = (
            Reason(Code.EVIDENCE_FOUND, f"{text}: at most {rhc} parental homologues are left"),
            Reason(Code.EVIDENCE_INCOMPLETE, "how many chromosomes there are is unknown without copy number", ALLELES),
        )
        subtype = subtype_of(rhc, knowledge)
        summary = f"Hypodiploidy likely, doubled or not: about {rhc} parental homologues left."
        return Verdict(
            State.EQUIVOCAL, summary, reasons, evidence, subtype=subtype, leaning="likely", details=details, below=rhc
        )
    if len(lost) >= knowledge.value(cutoffs.HYPODIPLOIDY_UNCLEAR_LOH_MIN):
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, ALLELES)
        summary = f"Hypodiploidy equivocal: {text}."
        return Verdict(State.EQUIVOCAL, summary, (reason,), evidence, leaning="unclear", details=details, below=rhc)
    least = knowledge.value(cutoffs.HYPODIPLOIDY_MIN_PURITY)
    if case.sample.purity is None or case.sample.purity < least:
        reason = Reason(Code.PURITY_TOO_LOW, f"{text}, but the purity is unknown or below {least:g}", PURITY)
        return Verdict(State.NOT_ASSESSABLE, "", (reason,), evidence, details=details)
    reason = Reason(Code.RULED_OUT, f"{text}: {rhc} parental homologues are left")
    summary = f"Hypodiploidy not detected: heterozygosity is kept on {len(found.judged) - len(lost)} autosomes."
    return Verdict(State.NOT_DETECTED, summary, (reason,), evidence, masked=False, details=details, below=rhc)
