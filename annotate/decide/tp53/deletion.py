"""Deletion of TP53."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.deletions.call import call_deletion
from annotate.decide.deletions.fish_losses import fish_losses
from annotate.decide.deletions.losses import enough_reads
from annotate.decide.deletions.negative import ploidy_open
from annotate.decide.negatives import copy_silence, gene_copies
from annotate.decide.registry import lesion
from annotate.decide.tp53.common import GENE, copies_evidence, copies_text, doubled, hypodiploid, one_allele
from annotate.decide.tp53.karyotype_17p import deletion_by_karyotype, karyotype_17p
from annotate.model.copy_number import GeneCopies
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.model.lesion import LesionCall
from annotate.model.state import Code, Reason, State

REACH = {"arm": "with more of 17p", "whole_chromosome": "with the whole chromosome 17"}
LEVELS = {"focal": "focal", "arm": "arm", "whole_chromosome": "whole_chromosome"}


@lesion("tp53_deletion", after=("hypodiploidy",), genes=(GENE,))
def tp53_deletion(case: Case) -> LesionCall:
    """Loss of one or both copies, by copy number, by a deletion junction, or as equivocal by karyotype."""
    copies, junctions = gene_copies(case, GENE), deletion_junctions(case)
    if copies is not None and copies.call in ("deletion", "homozygous_deletion"):
        return _deleted(case, copies)
    if junctions:
        return _deleted_by_junction(case, junctions)
    if fish_losses(case, GENE):
        return call_deletion(case, "tp53_deletion", (GENE,))
    if copies is not None and copies.call != "not_assessable":
        return _not_deleted(case, copies)
    abnormal = karyotype_17p(case)
    if abnormal:
        return deletion_by_karyotype(case, "tp53_deletion", abnormal)
    extra = copies.reasons if copies is not None else ()
    return absent(case, "tp53_deletion", extra)


def _deleted(case: Case, copies: GeneCopies) -> LesionCall:
    subtype = deletion_subtype(copies)
    state = State.DETECTED_SUBCLONAL if copies.subclonal else State.DETECTED
    text = f"{copies_text(copies)}: {subtype.replace('_', ' ')} loss"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), *copies.reasons]
    doubt = ploidy_open(case, (copies,)) if subtype == "whole_chromosome" else None
    if doubt is not None:
        summary = "TP53 deletion likely, whole chromosome: the ploidy of the profile is open."
        found = [doubt, *copies.reasons]
        evidence, genes = copies_evidence(copies), (GENE,)
        return make(
            case,
            "tp53_deletion",
            State.EQUIVOCAL,
            summary,
            found,
            evidence,
            subtype=subtype,
            leaning="likely",
            genes=genes,
        )
    if subtype == "whole_chromosome" and hypodiploid(case):
        reasons.append(Reason(Code.NOTE, "lost with the whole chromosome 17 of a hypodiploid clone, which counts"))
    reach = REACH.get(subtype, subtype)
    summary = f"TP53 deletion, {reach}{' in a subclone' if copies.subclonal else ''}."
    return make(case, "tp53_deletion", state, summary, reasons, copies_evidence(copies), subtype=subtype, genes=(GENE,))


def deletion_subtype(copies: GeneCopies) -> str:
    if copies.call == "homozygous_deletion":
        return "homozygous"
    return LEVELS.get(copies.level or "", "focal")


def _deleted_by_junction(case: Case, junctions: Sequence[Junction]) -> LesionCall:
    evidence = [_junction_evidence(junction) for junction in junctions]
    names = "; ".join(item.summary for item in evidence)
    copies = gene_copies(case, GENE)
    certain = [j for j in junctions if enough_reads(case, j)]
    state = State.DETECTED if certain else State.EQUIVOCAL
    reasons = [Reason(Code.EVIDENCE_FOUND, f"deletion junction over coding exons of TP53: {names}")]
    if copies is not None and copies.call != "not_assessable":
        text = f"copy number shows no loss here ({copies_text(copies)}); it may be too coarse for this deletion"
        reasons.append(Reason(Code.NOTE, text))
    if not certain:
        reasons.append(
            Reason(Code.EVIDENCE_CONFLICT, "the junction failed its caller's filters or has few reads", "copy number")
        )
    word = "TP53 deletion, focal, by structural variants" if certain else "Possible focal TP53 deletion"
    return make(
        case,
        "tp53_deletion",
        state,
        f"{word}.",
        reasons,
        evidence,
        subtype="focal",
        genes=(GENE,),
        leaning=None if certain else "unclear",
    )


def _not_deleted(case: Case, copies: GeneCopies) -> LesionCall:
    """No copy lost: equivocal in a doubled clone or against the karyotype, else a negative of stated resolution."""
    evidence = copies_evidence(copies)
    if one_allele(copies) and doubled(case):
        text = f"{copies_text(copies)} in a doubled clone: one chromosome 17 was lost before the doubling"
        reasons = [Reason(Code.EVIDENCE_CONFLICT, text)]
        summary = "TP53 deletion equivocal: two copies of one allele in a doubled hypodiploid clone."
        return make(case, "tp53_deletion", State.EQUIVOCAL, summary, reasons, evidence, leaning="likely", genes=(GENE,))
    abnormal = [token for token in karyotype_17p(case) if token.loses]
    if abnormal:
        tokens = ", ".join(token.raw for token in abnormal)
        text = f"the karyotype shows loss of 17p ({tokens}), copy number does not ({copies_text(copies)})"
        reasons = [Reason(Code.EVIDENCE_CONFLICT, text, "FISH of TP53")]
        summary = "TP53 deletion equivocal: karyotype and copy number disagree."
        return make(
            case, "tp53_deletion", State.EQUIVOCAL, summary, reasons, evidence, leaning="unclear", genes=(GENE,)
        )
    coarse = _too_coarse(case)
    if coarse is not None:
        summary = "TP53 deletion: not assessable, the copy number is too coarse."
        return make(case, "tp53_deletion", State.NOT_ASSESSABLE, summary, [coarse], evidence)
    doubt = ploidy_open(case, (copies,))
    if doubt is not None:
        return replace(absent(case, "tp53_deletion", (doubt,)), evidence=tuple(evidence))
    silence = copy_silence(case, (GENE,))
    reasons = [*silence.reasons, Reason(Code.NOTE, copies_text(copies))]
    if one_allele(copies):
        reasons.append(Reason(Code.NOTE, "copy-neutral loss of heterozygosity is counted in tp53_alteration"))
    state = State.NOT_DETECTED if silence.shown else State.NOT_ASSESSABLE
    word = "not detected" if silence.shown else "not assessable"
    return make(case, "tp53_deletion", state, f"TP53 deletion: {word} ({copies_text(copies)}).", reasons, evidence)


def _too_coarse(case: Case) -> Reason | None:
    limit = case.knowledge.value("weighing.tp53_max_resolution")
    resolution = case.profile.resolution if case.profile is not None else None
    if resolution is not None and resolution > limit:
        text = f"deletions shorter than {resolution:,} bases cannot be seen in this copy number"
        return Reason(Code.RESOLUTION_TOO_COARSE, text, "copy number of finer resolution")
    return None


def deletion_junctions(case: Case) -> tuple[Junction, ...]:
    """Deletions that remove a coding exon, no longer than a structural-variant caller can be trusted with alone."""
    transcript = case.genome.transcript(GENE)
    if case.junctions is None or transcript is None:
        return ()
    longest = case.knowledge.value("weighing.tp53_sv_max_length")
    coding = [(e.cds_start, e.cds_end) for e in transcript.exons if e.cds_start and e.cds_end]
    found = []
    for junction in case.junctions.junctions:
        left, right = junction.left, junction.right
        if right is None or not left.chrom == right.chrom == transcript.chrom:
            continue
        if (left.keeps, right.keeps) != ("L", "R") or right.pos - left.pos > longest:
            continue
        if "possible_germline" in junction.flags:
            continue  # what the matched normal shows too is not lost in the leukaemia
        if any(start < right.pos and end > left.pos for start, end in coding):
            found.append(junction)
    return tuple(found)


def _junction_evidence(junction: Junction) -> Evidence:
    right = junction.right.pos if junction.right is not None else junction.left.pos
    size = right - junction.left.pos - 1
    summary = f"{junction.left.chrom}:{junction.left.pos:,}–{right:,} ({size:,} bases, {junction.reads or '?'} reads)"
    return Evidence(
        kind="junction",
        summary=summary,
        file=junction.files[0] if junction.files else None,
        record=junction.records[0] if junction.records else junction.id,
        rule="deletion over a coding exon",
        values={"size": size, "reads": junction.reads, "filter": junction.filter},
    )
