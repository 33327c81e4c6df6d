"""TP53: `tp53_deletion` is loss of copies, `tp53_alteration` is everything that harms the gene (L08).

A doubled hypodiploid clone keeps two copies of one chromosome 17: that is a loss before doubling, and the
deletion is then equivocal, while the alteration is copy-neutral LOH.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotate.case import Case
from annotate.inputs.karyotype import is_clonal_change
from annotate.lesions.assess import absent, make
from annotate.lesions.fish_losses import fish_losses
from annotate.lesions.losses import call_deletion, enough_reads, ploidy_open
from annotate.lesions.mutated import (
    Hit,
    evidence_of,
    gene_copies,
    hits,
    reasons_of,
    sentence,
    silence_by_assay,
)
from annotate.lesions.point_mutations import copy_silence
from annotate.lesions.registry import lesion
from annotate.model import Code, Evidence, GeneCopies, Junction, LesionCall, Reason, State

GENE = "TP53"
REACH = {"arm": "with more of 17p", "whole_chromosome": "with the whole chromosome 17"}
LEVELS = {"focal": "focal", "arm": "arm", "whole_chromosome": "whole_chromosome"}


@lesion("tp53_deletion", after=("hypodiploidy",))
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
        return _by_karyotype(case, "tp53_deletion", abnormal)
    extra = copies.reasons if copies is not None else ()
    return absent(case, "tp53_deletion", extra)


def _deleted(case: Case, copies: GeneCopies) -> LesionCall:
    subtype = deletion_subtype(copies)
    state = State.DETECTED_SUBCLONAL if copies.subclonal else State.DETECTED
    text = f"{_copies_text(copies)}: {subtype.replace('_', ' ')} loss"
    reasons = [Reason(Code.EVIDENCE_FOUND, text), *copies.reasons]
    doubt = ploidy_open(case, (copies,)) if subtype == "whole_chromosome" else None
    if doubt is not None:
        summary = "TP53 deletion likely, whole chromosome: the ploidy of the profile is open."
        found = [doubt, *copies.reasons]
        evidence, genes = _evidence(copies), (GENE,)
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
    if subtype == "whole_chromosome" and _hypodiploid(case):
        reasons.append(Reason(Code.NOTE, "lost with the whole chromosome 17 of a hypodiploid clone, which counts"))
    reach = REACH.get(subtype, subtype)
    summary = f"TP53 deletion, {reach}{' in a subclone' if copies.subclonal else ''}."
    return make(case, "tp53_deletion", state, summary, reasons, _evidence(copies), subtype=subtype, genes=(GENE,))


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
        text = f"copy number shows no loss here ({_copies_text(copies)}); it may be too coarse for this deletion"
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
    evidence = _evidence(copies)
    if one_allele(copies) and _doubled(case):
        text = f"{_copies_text(copies)} in a doubled clone: one chromosome 17 was lost before the doubling"
        reasons = [Reason(Code.EVIDENCE_CONFLICT, text)]
        summary = "TP53 deletion equivocal: two copies of one allele in a doubled hypodiploid clone."
        return make(case, "tp53_deletion", State.EQUIVOCAL, summary, reasons, evidence, leaning="likely", genes=(GENE,))
    abnormal = [token for token in karyotype_17p(case) if token.loses]
    if abnormal:
        tokens = ", ".join(token.raw for token in abnormal)
        text = f"the karyotype shows loss of 17p ({tokens}), copy number does not ({_copies_text(copies)})"
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
    reasons = [*silence.reasons, Reason(Code.NOTE, _copies_text(copies))]
    if one_allele(copies):
        reasons.append(Reason(Code.NOTE, "copy-neutral loss of heterozygosity is counted in tp53_alteration"))
    state = State.NOT_DETECTED if silence.shown else State.NOT_ASSESSABLE
    word = "not detected" if silence.shown else "not assessable"
    return make(case, "tp53_deletion", state, f"TP53 deletion: {word} ({_copies_text(copies)}).", reasons, evidence)


def _too_coarse(case: Case) -> Reason | None:
    limit = case.knowledge.value("weighing.tp53_max_resolution")
    resolution = case.profile.resolution if case.profile is not None else None
    if resolution is not None and resolution > limit:
        text = f"deletions shorter than {resolution:,} bases cannot be seen in this copy number"
        return Reason(Code.RESOLUTION_TOO_COARSE, text, "copy number of finer resolution")
    return None


# ---------------------------------------------------------------- the alteration


@dataclass(frozen=True, slots=True)
class Copies17:
    """The copy-number half of the alteration: del_mono, del_homo, arm, whole_chromosome, cnLOH, or None."""

    kind: str | None
    certain: bool
    subclonal: bool


@lesion("tp53_alteration", after=("tp53_deletion", "hypodiploidy"))
def tp53_alteration(case: Case) -> LesionCall:
    """Mutation, deletion, copy-neutral LOH and their combinations; the subtype is the most specific of them."""
    found = hits(case, "tp53_alteration")
    copies = _copy_state(case)
    mutated = [hit for hit in found if hit.certain]
    if mutated or copies.kind is not None:
        return _altered(case, found, mutated, copies)
    if found:
        return _possible(case, found)
    return _unaltered(case)


def _copy_state(case: Case) -> Copies17:
    call, copies = case.calls.get("tp53_deletion"), gene_copies(case, GENE)
    if call is not None and call.state.present:
        kinds = {"homozygous": "del_homo", "focal": "del_mono"}
        subtype = call.subtype or "focal"
        return Copies17(kinds.get(subtype, subtype), True, call.state is State.DETECTED_SUBCLONAL)
    if copies is not None and one_allele(copies):
        return Copies17("cnLOH", True, copies.subclonal)
    return Copies17(None, call is not None and call.state is State.NOT_DETECTED, False)


def _altered(case: Case, found: Sequence[Hit], mutated: Sequence[Hit], copies: Copies17) -> LesionCall:
    subtype = _subtype(bool(mutated), copies)
    parts = [sentence(hit) for hit in mutated]
    reasons = list(reasons_of(found))
    if copies.kind is not None:
        word = _word(copies.kind)
        parts.append(word)
        reasons.append(Reason(Code.EVIDENCE_FOUND, f"copy number: {word}"))
    if copies.kind == "cnLOH" and not mutated:
        return _loh_alone(case, found, reasons)
    state = _altered_state(mutated, copies)
    both = _biallelic(mutated, copies)
    reasons += [Reason(Code.NOTE, "both alleles are hit")] if both else []
    return make(
        case,
        "tp53_alteration",
        state,
        f"TP53 altered ({subtype}): {'; '.join(parts)}.",
        reasons,
        [*(evidence_of(hit) for hit in found), *_copy_evidence(case)],
        subtype=subtype,
        tier="established" if any(hit.tier == "established" for hit in mutated) or not mutated else "probable",
        genes=(GENE,),
        details={"biallelic": both, "mutations": [hit.variant.hgvsp or hit.name for hit in mutated]},
    )


def _loh_alone(case: Case, found: Sequence[Hit], reasons: list[Reason]) -> LesionCall:
    """Two copies of one allele without a mutation are no alteration: a doubled clone has them on most chromosomes."""
    text = "copy-neutral LOH without a mutation found: both copies may still be normal"
    return make(
        case,
        "tp53_alteration",
        State.EQUIVOCAL,
        "TP53: copy-neutral loss of heterozygosity without a mutation found; both copies may be normal.",
        [*reasons, Reason(Code.EVIDENCE_INCOMPLETE, text, "small variants of TP53")],
        [*(evidence_of(hit) for hit in found), *_copy_evidence(case)],
        subtype="cnLOH",
        leaning="unclear",
        genes=(GENE,),
        details={"biallelic": False, "mutations": []},
    )


def _subtype(mutated: bool, copies: Copies17) -> str:
    if not mutated:
        return copies.kind or "mut"
    if copies.kind is None:
        return "mut"
    return "mut+cnLOH" if copies.kind == "cnLOH" else "mut+del"


def _altered_state(mutated: Sequence[Hit], copies: Copies17) -> State:
    subclonal = [hit.subclonal for hit in mutated]
    if copies.kind is not None:
        subclonal.append(copies.subclonal)
    return State.DETECTED_SUBCLONAL if all(subclonal) else State.DETECTED


def _biallelic(mutated: Sequence[Hit], copies: Copies17) -> bool:
    clonal = any(not hit.subclonal for hit in mutated)
    return copies.kind == "del_homo" or (clonal and copies.kind is not None and not copies.subclonal)


def _possible(case: Case, found: Sequence[Hit]) -> LesionCall:
    names = "; ".join(sentence(hit) for hit in found)
    return make(
        case,
        "tp53_alteration",
        State.EQUIVOCAL,
        f"Possible TP53 mutation: {names}.",
        reasons_of(found),
        [evidence_of(hit) for hit in found],
        subtype="mut",
        leaning="unclear",
        genes=(GENE,),
    )


def _unaltered(case: Case) -> LesionCall:
    """A negative needs all three: no mutation, no deletion, and alleles that show no copy-neutral LOH."""
    call = case.calls.get("tp53_deletion")
    by_karyotype = karyotype_17p(case)
    if call is not None and call.state is State.EQUIVOCAL:
        return make(
            case,
            "tp53_alteration",
            State.EQUIVOCAL,
            call.summary,
            call.reasons,
            call.evidence,
            leaning=call.leaning,
            genes=(GENE,),
        )
    if by_karyotype and gene_copies(case, GENE) is None:
        return _by_karyotype(case, "tp53_alteration", by_karyotype)
    silence = silence_by_assay(case, (GENE,))
    shown, missing = ([*silence.reasons], []) if silence.shown else ([], [*silence.reasons])
    if call is not None and call.state is State.NOT_DETECTED:
        shown += call.reasons
    else:
        text = "a deletion of TP53 could not be excluded"
        missing.append(Reason(Code.INPUT_ABSENT, text, "copy-number segments"))
    if case.profile is not None and not case.profile.allele_specific:
        text = "copy-neutral LOH of 17p cannot be seen without alleles"
        missing.append(Reason(Code.INPUT_LACKS_BAF, text, "allele-specific copy number"))
    if missing:
        summary = "TP53 alteration: not assessable in full with these inputs."
        return make(case, "tp53_alteration", State.NOT_ASSESSABLE, summary, [*missing, *shown])
    summary = "TP53 alteration: no mutation, deletion or copy-neutral LOH of the main clone."
    return make(case, "tp53_alteration", State.NOT_DETECTED, summary, shown)


# ---------------------------------------------------------------- the inputs


def one_allele(copies: GeneCopies) -> bool:
    """At least two copies, all of one allele."""
    if copies.call == "cnloh":
        return True
    total, minor = copies.total, copies.minor
    return total is not None and minor is not None and total >= 1.5 and minor < 0.5


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


@dataclass(frozen=True, slots=True)
class Token17p:
    raw: str
    loses: bool  # del, -17, i(17)(q10): loss of 17p; add and der only may lose it


def karyotype_17p(case: Case) -> tuple[Token17p, ...]:
    """Abnormalities of 17p in the karyotype of the leukaemia; the donor's clones and inherited changes left out."""
    if case.karyotype is None:
        return ()
    found = []
    for clone in case.karyotype.clones:
        for token in clone.tokens if not clone.donor else ():
            clonal = is_clonal_change(clone, token, case.knowledge)
            loses = _loses_17p(token.raw)
            if token.constitutional or loses is None or (token.kind == "loss" and clonal is False):
                continue  # a chromosome missing from one or two metaphases is lost in preparation
            found.append(Token17p(token.raw, loses and clonal is not False))
    return tuple(dict.fromkeys(found))


def _loses_17p(raw: str) -> bool | None:
    """True for loss of 17p, False for a change of 17p that may lose it, None for anything else."""
    text = re.sub(r"\s|\?", "", raw)
    if re.fullmatch(r"-17(x\d)?", text) or re.match(r"(i|idic|ider)\(17\)\((q10|p1)", text):
        return True
    if re.match(r"del\(17\)\(p", text):
        return True
    if re.match(r"(add|dic|inv|ins|dup|r)\(17\)\(p", text):
        return False
    der = re.match(r"(der|dic|t)\(([0-9XY;]+)\)\(([^)]*)\)", text)
    if der and "17" in der.group(2).split(";"):
        return False if _band_of_17(der.group(2), der.group(3)).startswith("p") else None
    derived = re.match(r"der\(17\)", text)
    return False if derived and re.search(r"17[;)].*\(.*p", text) else None


def _band_of_17(chromosomes: str, bands: str) -> str:
    parts, names = bands.split(";"), chromosomes.split(";")
    index = names.index("17")
    return parts[index] if index < len(parts) else ""


def _by_karyotype(case: Case, id: str, tokens: Sequence[Token17p]) -> LesionCall:
    names = ", ".join(token.raw for token in tokens)
    reasons = [
        Reason(
            Code.KARYOTYPE_ONLY,
            f"17p abnormality in the karyotype ({names}); whether TP53 is lost is not resolved by bands",
            "copy-number segments or FISH of TP53",
        )
    ]
    evidence = [Evidence(kind="karyotype", summary=token.raw, file="karyotype", rule="17p") for token in tokens]
    leaning = "likely" if any(token.loses for token in tokens) else "unclear"
    summary = f"TP53 equivocal: 17p abnormality in the karyotype ({names})."
    return make(case, id, State.EQUIVOCAL, summary, reasons, evidence, leaning=leaning, genes=(GENE,))


def _doubled(case: Case) -> bool:
    call = case.calls.get("hypodiploidy")
    return (
        call is not None
        and bool(call.masked)
        and call.state
        in (
            State.DETECTED,
            State.DETECTED_SUBCLONAL,
            State.EQUIVOCAL,
        )
    )


def _hypodiploid(case: Case) -> bool:
    call = case.calls.get("hypodiploidy")
    return call is not None and call.state.present


def _evidence(copies: GeneCopies) -> tuple[Evidence, ...]:
    if copies.evidence:
        return copies.evidence
    values = {"total": copies.total, "minor": copies.minor, "call": copies.call, "level": copies.level}
    return (Evidence(kind="segment", summary=_copies_text(copies), rule="copies of TP53", values=values),)


def _copy_evidence(case: Case) -> tuple[Evidence, ...]:
    call, copies = case.calls.get("tp53_deletion"), gene_copies(case, GENE)
    if call is not None and call.state.present:
        return call.evidence
    return _evidence(copies) if copies is not None else ()


def _copies_text(copies: GeneCopies) -> str:
    total = "copies unknown" if copies.total is None else f"{copies.total:.3g} copies"
    minor = "" if copies.minor is None else f", {copies.minor:.3g} of the other allele"
    return f"TP53: {total}{minor}"


def _word(kind: str) -> str:
    return {
        "del_mono": "one copy deleted",
        "del_homo": "both copies deleted",
        "arm": "17p lost",
        "whole_chromosome": "chromosome 17 lost",
        "cnLOH": "copy-neutral loss of heterozygosity",
    }.get(kind, kind)
