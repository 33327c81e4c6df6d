"""Deletion of TP53."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.deletions.call import SOURCES_READ, TABLES_READ, against_fish, call_deletion
from annotate.decide.deletions.losses import Loss, junction_evidence, losses
from annotate.decide.deletions.negative import of_half_the_copies, ploidy_open
from annotate.decide.deletions.observations import copies_source, normal_copies, open_ploidy, shown
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import blinded, excludes, speaks
from annotate.decide.negatives import gene_copies, negative_by_copies
from annotate.decide.registry import lesion
from annotate.decide.tp53.common import (
    GENE,
    copies_evidence,
    copies_text,
    doubled,
    hypodiploid,
    one_allele,
)
from annotate.decide.tp53.karyotype_17p import deletion_by_karyotype, karyotype_17p
from annotate.knowledge import cutoffs
from annotate.model.copy_number import GeneCopies
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason

ID = "tp53_deletion"
REACH = {"arm": "with more of 17p", "whole_chromosome": "with the whole chromosome 17"}
LEVELS = {"focal": "focal", "arm": "arm", "whole_chromosome": "whole_chromosome"}


@lesion(ID, sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=(GENE,))
def tp53_deletion(case: Case) -> LesionCall:
    """Loss of one copy of TP53 or of both.

    Definition: a loss over the gene: focal, with the arm, with chromosome 17, or homozygous.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.sv_min_reads`, `weighing.tp53_sv_max_length`,
        `weighing.tp53_max_resolution`.
    Equivocal: a karyotype alone or against the copies, one allele in a doubled hypodiploid clone, a chromosome lost
        in an open ploidy.
    Source: InPOG high-risk list: Sidhu 2024, doi 10.1007/s12098-023-04635-4.
    """
    copies = gene_copies(case, GENE)
    found = losses(case, (GENE,), longest=case.knowledge.value(cutoffs.WEIGHING_TP53_SV_MAX_LENGTH))
    if found.copies:
        return _deleted(case, found.copies[0])
    if found.junctions:
        return _deleted_by_junction(case, found)
    if found.fish:
        return call_deletion(case, ID, (GENE,))
    if copies is not None and copies.call != "not_assessable":
        return _not_deleted(case, copies)
    abnormal = karyotype_17p(case)
    if abnormal:
        return deletion_by_karyotype(case, ID, abnormal)
    extra = copies.reasons if copies is not None else ()
    return absent(case, ID, extra)


def _deleted(case: Case, copies: GeneCopies) -> LesionCall:
    subtype = deletion_subtype(copies)
    text = f"{copies_text(copies)}: {subtype.replace('_', ' ')} loss"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), *copies.reasons]
    doubt = ploidy_open(case, (copies,)) if subtype == "whole_chromosome" else None
    if not copies.certain:
        doubt = next((reason for reason in copies.reasons if reason.code is Code.PLOIDY_UNCERTAIN), reasons[0])
    if doubt is not None:
        reach = "whole chromosome" if subtype == "whole_chromosome" else subtype
        summary = f"TP53 deletion likely, {reach}: the ploidy of the profile is open."
        found = [doubt, *copies.reasons]
        open_count = [speaks(copies_source(case), Weight.SUPPORT, code=Code.PLOIDY_UNCERTAIN, likely=True)]
        evidence = copies_evidence(copies)
        return make(case, ID, open_count, summary, found, evidence, subtype=subtype, genes=(GENE,))
    if subtype == "whole_chromosome" and hypodiploid(case):
        reasons.append(Reason(Code.NOTE, "lost with the whole chromosome 17 of a hypodiploid clone, which counts"))
    reach = REACH.get(subtype, subtype)
    summary = f"TP53 deletion, {reach}{' in a subclone' if copies.subclonal else ''}."
    lost = [speaks(copies_source(case), subclonal=copies.subclonal)]
    conflict = against_fish(case, ID, GENE, subtype, (copies,), lost)
    if conflict is not None:
        return conflict
    return make(case, ID, lost, summary, reasons, copies_evidence(copies), subtype=subtype, genes=(GENE,))


def deletion_subtype(copies: GeneCopies) -> str:
    """How much is lost: homozygous, else focal, arm or whole_chromosome by the level of the loss."""
    if copies.call == "homozygous_deletion":
        return "homozygous"
    return LEVELS.get(copies.level or "", "focal")


def _deleted_by_junction(case: Case, found: Loss) -> LesionCall:
    evidence = [junction_evidence(junction) for junction in found.junctions]
    names = "; ".join(item.summary for item in evidence)
    copies = gene_copies(case, GENE)
    counted = copies is not None and copies.call != "not_assessable"
    observations = [*shown(case, (), found), *normal_copies(case, (GENE,), found.junctions)]
    decision = decide(observations)
    reasons = [Reason(Code.EVIDENCE_FOUND, f"deletion junction over coding exons of TP53: {names}")]
    if decision.code is Code.EVIDENCE_CONFLICT:
        text = "copy number, which resolves a deletion of this size, shows no loss here"
        reasons.append(Reason(Code.EVIDENCE_CONFLICT, text, "FISH of TP53"))
    elif copies is not None and counted:
        text = f"copy number shows no loss here ({copies_text(copies)}); it may be too coarse for this deletion"
        reasons.append(Reason(Code.NOTE, text))
    if not found.certain_junctions:
        text = "the junction failed its caller's filters or has few reads"
        reasons.append(Reason(Code.EVIDENCE_CONFLICT, text, "copy number"))
    words = "TP53 deletion, focal, by structural variants"
    word = words if decision.state.present else "Possible focal TP53 deletion"
    return make(case, ID, observations, f"{word}.", reasons, evidence, subtype="focal", genes=(GENE,))


def _not_deleted(case: Case, copies: GeneCopies) -> LesionCall:
    """No copy lost: equivocal in a doubled clone or against the karyotype, else a negative of stated resolution."""
    return _contradicted(case, copies) or _not_resolved(case, copies) or _silent(case, copies)


def _contradicted(case: Case, copies: GeneCopies) -> LesionCall | None:
    """Two copies of one allele in a doubled clone, or a karyotype that shows the loss."""
    evidence = copies_evidence(copies)
    if one_allele(copies) and (doubled(case) or of_half_the_copies(case, copies)):
        text = f"{copies_text(copies)} in a doubled clone: one chromosome 17 was lost before the doubling"
        kind = "doubled hypodiploid clone" if doubled(case) else "doubled clone"
        summary = f"TP53 deletion equivocal: two copies of one allele in a {kind}."
        likely = [speaks(copies_source(case), Weight.SUPPORT, code=Code.EVIDENCE_CONFLICT, likely=True)]
        return make(case, ID, likely, summary, [Reason(Code.EVIDENCE_CONFLICT, text)], evidence, genes=(GENE,))
    abnormal = [token for token in karyotype_17p(case) if token.loses]
    if not abnormal:
        return None
    tokens = ", ".join(token.raw for token in abnormal)
    text = f"the karyotype shows loss of 17p ({tokens}), copy number does not ({copies_text(copies)})"
    reasons = [Reason(Code.EVIDENCE_CONFLICT, text, "FISH of TP53")]
    summary = "TP53 deletion equivocal: karyotype and copy number disagree."
    both = [speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY), *normal_copies(case, (GENE,))]
    return make(case, ID, both, summary, reasons, evidence, genes=(GENE,))


def _not_resolved(case: Case, copies: GeneCopies) -> LesionCall | None:
    """Copies that exclude nothing: too coarse for a focal deletion, or of an open ploidy."""
    evidence = copies_evidence(copies)
    coarse = _too_coarse(case)
    if coarse is not None:
        summary = "TP53 deletion: not assessable, the copy number is too coarse."
        return make(case, ID, [blinded(copies_source(case), coarse.code)], summary, [coarse], evidence)
    doubt = ploidy_open(case, (copies,))
    if doubt is None:
        return None
    return replace(absent(case, ID, (doubt,), open_ploidy(case)), evidence=tuple(evidence))


def _silent(case: Case, copies: GeneCopies) -> LesionCall:
    negative = negative_by_copies(case, (GENE,))
    reasons = [*negative.reasons, Reason(Code.NOTE, copies_text(copies))]
    if one_allele(copies):
        reasons.append(Reason(Code.NOTE, "copy-neutral loss of heterozygosity is counted in tp53_alteration"))
    excluded = [excludes(copies_source(case))] if negative.shown else []
    word = "not detected" if negative.shown else "not assessable"
    summary = f"TP53 deletion: {word} ({copies_text(copies)})."
    return make(case, ID, excluded, summary, reasons, copies_evidence(copies))


def _too_coarse(case: Case) -> Reason | None:
    limit = case.knowledge.value(cutoffs.WEIGHING_TP53_MAX_RESOLUTION)
    resolution = case.profile.resolution if case.profile is not None else None
    if resolution is not None and resolution > limit:
        text = f"deletions shorter than {resolution:,} bases cannot be seen in this copy number"
        return Reason(Code.RESOLUTION_TOO_COARSE, text, "copy number of finer resolution")
    return None
