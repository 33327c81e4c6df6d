"""When a gene without a loss may be called not lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from annotate.decide.call import absent, lesion_name, make
from annotate.decide.case import Case
from annotate.decide.deletions.karyotype_losses import KaryotypeLoss, karyotype_evidence
from annotate.decide.deletions.losses import Loss, copies_text, losses, raw
from annotate.decide.deletions.observations import copies_source, normal_copies, open_ploidy, shown_by_bands
from annotate.decide.detectability import Statement, able_sources
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import excludes
from annotate.decide.negatives import clone_unseen, gene_copies
from annotate.knowledge import cutoffs
from annotate.model.copy_number import DELETED, CopyNumberProfile, GeneCopies, ReadingKind
from annotate.model.details import LesionDetails
from annotate.model.lesion import LesionCall
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.chromosomes import commonest
from annotate.name.copy_number.words import length_text

# ---------------------------------------------------------------- nothing lost


def _count_open(case: Case, call: LesionCall) -> bool:
    """Is hypodiploidy equivocal, or shown by a karyotype that the copies of the profile do not agree with?

    With alleles known, only where metaphases contradict them, or where the copies themselves are open. Ratios that no
    outside statement of purity or ploidy fixes are open where they fit a hypodiploid clone as well.
    """
    if decide(call.observations, call.forms).conflict:
        return True
    if case.profile is not None and call.state is not State.NOT_DETECTED and hypodiploid_fits(case.profile, case):
        return True
    uncertain = any(reason.code is Code.PLOIDY_UNCERTAIN for reason in call.reasons)
    if case.profile is not None and case.profile.allele_specific:
        return call.state is State.EQUIVOCAL and uncertain
    if call.state is State.EQUIVOCAL:
        return True
    counted = case.profile.modal_number if case.profile is not None else None
    return call.state.present and (counted is None or counted > case.knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX))


LEAST_RAISED = 2  # autosomes above the others: one alone is a trisomy, unless it has an even number of copies
DOUBLED = 4  # copies of most autosomes once two were doubled


def hypodiploid_fits(profile: CopyNumberProfile, case: Case) -> bool:
    """Do the ratios fit a hypodiploid clone with one chromosome where two are read, and two where more are?

    Ratios are the same for both at another purity, whatever the noise: so where neither the caller states copies nor
    anybody purity or ploidy. With alleles known the other reading is the clone before its doubling.
    """
    fixed = case.sample.ploidy is not None or case.sample.dna_index is not None
    if fixed or profile.copies_stated or profile.purity_source in ("sheet", "file"):
        return False
    totals = {c: s.total for c, s in profile.chromosomes.items() if s.total is not None and c.isdigit()}
    usual = commonest(Counter(totals.values()))
    raised = [chrom for chrom, total in totals.items() if usual is not None and total > usual]
    if usual != 2 or len(raised) < LEAST_RAISED:
        return False
    if profile.allele_specific and not _without_alleles(profile, totals, usual):
        return False
    return len(totals) + 1 + len(raised) <= case.knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX)


def _without_alleles(profile: CopyNumberProfile, totals: Mapping[str, int], usual: int) -> bool:
    """Have most of the chromosomes of the commonest copies lost one parental allele?"""
    low = [profile.chromosomes[chrom] for chrom, total in totals.items() if total == usual]
    return 2 * sum(state.minor == 0 for state in low) > len(low)


def ploidy_open(case: Case, copies: Iterable[GeneCopies]) -> Reason | None:
    """Why copies of an open ploidy exclude no loss: in totals a near-haploid clone looks like its double.

    A gene at or below the commonest copies of the autosomes may have one copy left where the profile shows two.
    """
    call, profile = case.calls.get("hypodiploidy"), case.profile
    foreign = clone_unseen(case)
    if foreign is not None:
        return foreign
    if profile is None or call is None:
        return None
    if not _count_open(case, call):
        return _before_doubling(case, profile, call, copies)
    usual = commonest(Counter(s.total for c, s in profile.chromosomes.items() if s.total is not None and c.isdigit()))
    low = [c for c in copies if usual is not None and c.total is not None and round(c.total) <= usual]
    if not low:
        return None
    text = (
        f"{'; '.join(copies_text(c) for c in low)}: {'the' if profile.allele_specific else 'total'} copies alone do not"
        f" tell one copy in a hypodiploid clone from two ({call.summary.rstrip('.')})"
    )
    return Reason(Code.PLOIDY_UNCERTAIN, text, "a DNA index, a karyotype, or allele-specific copy number")


def _before_doubling(
    case: Case, profile: CopyNumberProfile, call: LesionCall, copies: Iterable[GeneCopies]
) -> Reason | None:
    """Two copies of one parental allele in a doubled clone, where there was one before: a loss by its own count."""
    masked = call.state.present and bool(call.masked)
    before = next((other for other in profile.alternatives if other.kind is ReadingKind.UNDOUBLED), None)
    single = [
        c for c in copies if c.call == "cnloh" and ((masked and before is not None) or of_half_the_copies(case, c))
    ]
    if not single:
        return None
    fitting = f"the same data fit {before.modal_number} chromosomes" if before is not None else "they were one"
    text = (
        f"{'; '.join(copies_text(c) for c in single)}: {fitting} before a"
        f" doubling, with one copy of {' and '.join(c.gene for c in single)}"
    )
    return Reason(Code.PLOIDY_UNCERTAIN, text, "a DNA index or a karyotype")


def of_half_the_copies(case: Case, copies: GeneCopies) -> bool:
    """Has the gene at most half of the copies that most autosomes of a doubled genome (four or more) have?"""
    chromosomes = case.profile.chromosomes if case.profile is not None else {}
    usual = commonest(Counter(s.total for c, s in chromosomes.items() if s.total is not None and c.isdigit()))
    return usual is not None and usual >= DOUBLED and copies.total is not None and 2 * round(copies.total) <= usual


def not_lost(
    case: Case, id: str, genes: Sequence[str], found: Loss | None = None, *, focal_only: bool = False
) -> LesionCall:
    """No loss by copy number or junction: conflict with the karyotype, a negative, or not assessable."""
    found = found or losses(case, genes)
    copies = {gene: gene_copies(case, gene) for gene in genes}
    unclear = {gene: c for gene, c in copies.items() if c is None or c.call == "not_assessable" or not c.certain}
    if not unclear:
        sure = [token for token in found.karyotype if token.certain]
        if sure and not focal_only:
            return _conflict(case, id, genes, sure)
        counted = [c for c in copies.values() if c is not None]
        doubt = clone_unseen(case) if focal_only else ploidy_open(case, counted)
        if doubt is not None and focal_only and able_sources(case, id):
            return _negative(case, id, counted, found, focal_only, able_sources(case, id))
        if doubt is not None:
            return _unknown(absent(case, id, (doubt,), open_ploidy(case)))
        return _negative(case, id, [c for c in copies.values() if c is not None], found, focal_only)
    by_sv = _focal_excluded(case, id, unclear.values(), focal_only)
    if by_sv:
        return _negative(case, id, [c for c in copies.values() if c is not None], found, focal_only, by_sv)
    if found.karyotype and not focal_only:
        return _by_karyotype(case, id, genes, found)
    extra = tuple(reason for c in copies.values() if c is not None for reason in c.reasons)
    return _unknown(absent(case, id, extra))


def _unknown(call: LesionCall) -> LesionCall:
    return replace(call, details={**call.details, "deletion": "unknown", "hits": []})


def _focal_excluded(
    case: Case, id: str, unclear: Iterable[GeneCopies | None], focal_only: bool
) -> tuple[Statement, ...]:
    """Whole-genome structural variants exclude focal deletions; copy number too coarse for those excludes the rest."""
    coarse = all(
        c is not None and c.total is not None and {r.code for r in c.reasons} == {Code.RESOLUTION_TOO_COARSE}
        for c in unclear
    )
    return able_sources(case, id) if coarse or focal_only else ()


def _conflict(case: Case, id: str, genes: Sequence[str], sure: Sequence[KaryotypeLoss]) -> LesionCall:
    text = f"the karyotype shows a loss that holds {' and '.join(genes)} ({raw(sure)}), copy number does not"
    reasons = [Reason(Code.EVIDENCE_CONFLICT, text, f"FISH of {genes[0]}")]
    evidence = [karyotype_evidence(token, genes[0]) for token in sure]
    summary = f"{lesion_name(case, id)}: equivocal, karyotype and copy number disagree."
    details: LesionDetails = {"deletion": "unknown", "hits": []}
    observations = [*shown_by_bands(sure, alone=False), *normal_copies(case, genes)]
    return make(case, id, observations, summary, reasons, evidence, genes=tuple(genes), details=details)


def _negative(
    case: Case,
    id: str,
    copies: Sequence[GeneCopies],
    found: Loss,
    focal_only: bool,
    by_sv: Sequence[Statement] = (),
) -> LesionCall:
    reasons: list[Reason] = [statement.reason for statement in by_sv]
    if copies and not by_sv:
        resolution = case.profile.resolution if case.profile is not None else None
        size = (
            f"; deletions from {length_text(resolution)} on would be seen"
            if resolution
            else "; the size of deletion that would be seen is not stated"
        )
        texts = "; ".join(copies_text(c) for c in copies)
        kind = "focal deletion" if focal_only else "deletion"
        reasons.append(Reason(Code.LOOKED_AND_NOT_FOUND, f"copy number shows no {kind} ({texts}){size}"))
    for c in copies:
        if c.call == "cnloh":
            reasons.append(Reason(Code.NOTE, f"{c.gene}: copy-neutral loss of heterozygosity, no copy is lost"))
            clone = hypodiploid(case)
            if clone is not None and clone.masked:
                text = f"{c.gene}: one chromosome was lost before the clone doubled; against the doubled clone none is"
                reasons.append(Reason(Code.NOTE, text))
        if focal_only and c.call in DELETED:
            level = (c.level or "arm").replace("_", " ")
            text = f"{c.gene} is lost with the {level}: not the focal deletion that counts here"
            reasons.append(Reason(Code.NOTE, text))
        reasons += [reason for reason in c.reasons if reason.code is Code.NOTE]
    uncertain = [token for token in found.karyotype if not token.certain]
    if uncertain and not focal_only:
        reasons.append(Reason(Code.NOTE, f"{raw(uncertain)} of the karyotype may hold the gene; copies show no loss"))
    cnloh = [c.gene for c in copies if c.call == "cnloh"]
    summary = f"{lesion_name(case, id)}: not detected{' (copy-neutral LOH)' if cnloh else ''}."
    details: LesionDetails = {"deletion": "absent", "cnloh": cnloh, "hits": []}
    evidence = [e for c in copies for e in c.evidence[:1]]
    excluded = [excludes(statement.source) for statement in by_sv] or [excludes(copies_source(case))]
    return make(case, id, excluded, summary, reasons, evidence, details=details)


def _by_karyotype(case: Case, id: str, genes: Sequence[str], found: Loss) -> LesionCall:
    tokens = found.karyotype
    text = f"the karyotype shows {raw(tokens)}; bands do not resolve {' and '.join(genes)}"
    copies = [c for gene in genes if (c := gene_copies(case, gene)) is not None]
    reasons = [
        Reason(Code.KARYOTYPE_ONLY, text, "copy-number segments, MLPA or FISH"),
        *(reason for c in copies for reason in c.reasons),
    ]
    summary = f"{lesion_name(case, id)}: equivocal, by the karyotype alone ({raw(tokens)})."
    return make(
        case,
        id,
        shown_by_bands(tokens, alone=True),
        summary,
        reasons,
        [karyotype_evidence(token, genes[0]) for token in tokens],
        genes=tuple(genes),
        details={"deletion": "unknown", "hits": []},
    )


def hypodiploid(case: Case) -> LesionCall | None:
    """The call of a hypodiploid clone, if there is one."""
    call = case.calls.get("hypodiploidy")
    return call if call is not None and call.state.present else None
