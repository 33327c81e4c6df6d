"""TP53: `tp53_deletion` is loss of copies, `tp53_alteration` is everything that harms it (Irving 2016, PMID 27229005).

A doubled hypodiploid clone keeps two copies of one chromosome 17: that is a loss before doubling, and the
deletion is then equivocal, while the alteration is copy-neutral LOH.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.base.frozen import frozen
from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.mutations.hits import (
    SOURCES_READ,
    TABLES_READ,
    Hit,
    describe,
    evidence_of,
    hits,
    is_benign,
    observations_of,
    reasons_of,
    sentence,
)
from annotate.decide.negatives import gene_copies, negative_by_assay
from annotate.decide.registry import lesion
from annotate.decide.tp53.common import GENE, copies_evidence, one_allele
from annotate.decide.tp53.karyotype_17p import deletion_by_karyotype, karyotype_17p
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Form, Observation, Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.reference.hotspots import classes, terms

FORMS = frozenset({Form.MUTATION, Form.DELETION, Form.LOH})

# ---------------------------------------------------------------- the alteration


@frozen
class Copies17:
    """The copy-number half of the alteration: del_mono, del_homo, arm, whole_chromosome, cnLOH, or None."""

    kind: str | None
    certain: bool
    subclonal: bool


@lesion(
    "tp53_alteration",
    sources=SOURCES_READ,
    tables=TABLES_READ,
    after=("tp53_deletion", "hypodiploidy"),
    genes=(GENE,),
)
def tp53_alteration(case: Case) -> LesionCall:
    """Mutation, deletion and copy-neutral LOH of TP53, and their combinations.

    Definition: the subtype is the most specific: mut, del, cnLOH, mut+del, mut+cnLOH; copy-neutral LOH alone is no
        alteration.
    Inputs: small variants; copy number, junctions, karyotype and covered regions; `tp53_deletion`, `hypodiploidy`.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: copy-neutral LOH without a mutation, changes of uncertain effect, an equivocal deletion; a negative
        needs all three excluded.
    Source: rows of `gene_mutation_rules`; Irving 2016, PMID 27229005; ClinGen TP53 expert panel.
    """
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
    both = _biallelic(mutated, copies)
    reasons += [Reason(Code.NOTE, "both alleles are hit")] if both else []
    return make(
        case,
        "tp53_alteration",
        [*observations_of(found), *_of_copies(copies)],
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
    uncertain = _uncertain(case)
    summary = "TP53: copy-neutral loss of heterozygosity without a mutation found; both copies may be normal."
    if uncertain:
        names = "; ".join(uncertain)
        text = f"copy-neutral LOH beside a change of TP53 of uncertain effect ({names})"
        summary = f"TP53: copy-neutral loss of heterozygosity with a change of uncertain effect: {names}."
    return make(
        case,
        "tp53_alteration",
        [*observations_of(found), speaks(Source.COPY_NUMBER, Weight.HINT, form=Form.LOH)],
        summary,
        [*reasons, Reason(Code.EVIDENCE_INCOMPLETE, text, "small variants of TP53")],
        [*(evidence_of(hit) for hit in found), *_copy_evidence(case)],
        subtype="cnLOH",
        genes=(GENE,),
        details={"biallelic": False, "mutations": []},
    )


def _uncertain(case: Case) -> list[str]:
    """Changes of TP53 that no rule counts and that may still harm it: of its protein, or beside a splice site."""
    found = []
    for variant in case.small.variants if case.small is not None else ():
        harmful = classes(variant) & {"missense", "inframe"} or "splice_region" in terms(variant.consequence)
        if variant.gene == GENE and variant.passes and harmful and not is_benign(variant):
            share = "" if variant.vaf is None else f", VAF {variant.vaf * 100:.3g} %"
            found.append(f"{describe(variant)}{share}")
    return found


def _subtype(mutated: bool, copies: Copies17) -> str:
    if not mutated:
        return copies.kind or "mut"
    if copies.kind is None:
        return "mut"
    return "mut+cnLOH" if copies.kind == "cnLOH" else "mut+del"


def _of_copies(copies: Copies17) -> list[Observation]:
    """What copy number adds beside a mutation, or alone."""
    if copies.kind is None:
        return []
    form = Form.LOH if copies.kind == "cnLOH" else Form.DELETION
    return [speaks(Source.COPY_NUMBER, subclonal=copies.subclonal, form=form)]


def _biallelic(mutated: Sequence[Hit], copies: Copies17) -> bool:
    clonal = any(not hit.subclonal for hit in mutated)
    return copies.kind == "del_homo" or (clonal and copies.kind is not None and not copies.subclonal)


def _possible(case: Case, found: Sequence[Hit]) -> LesionCall:
    names = "; ".join(sentence(hit) for hit in found)
    return make(
        case,
        "tp53_alteration",
        observations_of(found),
        f"Possible TP53 mutation: {names}.",
        reasons_of(found),
        [evidence_of(hit) for hit in found],
        subtype="mut",
        genes=(GENE,),
    )


def _unaltered(case: Case) -> LesionCall:
    """A negative needs all three: no mutation, no deletion, and alleles that show no copy-neutral LOH."""
    call = case.calls.get("tp53_deletion")
    by_karyotype = karyotype_17p(case)
    if call is not None and call.state is State.EQUIVOCAL:
        seen = [replace(observation, form=Form.DELETION) for observation in call.observations]
        return make(
            case, "tp53_alteration", seen, call.summary, call.reasons, call.evidence, forms=FORMS, genes=(GENE,)
        )
    if by_karyotype and gene_copies(case, GENE) is None:
        return deletion_by_karyotype(case, "tp53_alteration", by_karyotype)
    negative = negative_by_assay(case, (GENE,))
    excluded = [excludes(Source.SMALL_VARIANTS, form=Form.MUTATION)] if negative.shown else []
    shown, missing = ([*negative.reasons], []) if negative.shown else ([], [*negative.reasons])
    if call is not None and call.state is State.NOT_DETECTED:
        shown += call.reasons
        excluded.append(excludes(Source.COPY_NUMBER, form=Form.DELETION))
    else:
        text = "a deletion of TP53 could not be excluded"
        missing.append(Reason(Code.INPUT_ABSENT, text, "copy-number segments"))
    if case.profile is not None and not case.profile.allele_specific:
        text = "copy-neutral LOH of 17p cannot be seen without alleles"
        missing.append(Reason(Code.INPUT_LACKS_BAF, text, "allele-specific copy number"))
    else:
        excluded.append(excludes(Source.COPY_NUMBER, form=Form.LOH))
    summary = "TP53 alteration: no mutation, deletion or copy-neutral LOH of the main clone."
    if missing:
        summary = "TP53 alteration: not assessable in full with these inputs."
    return make(case, "tp53_alteration", excluded, summary, [*missing, *shown], forms=FORMS)


def _copy_evidence(case: Case) -> tuple[Evidence, ...]:
    call, copies = case.calls.get("tp53_deletion"), gene_copies(case, GENE)
    if call is not None and call.state.present:
        return call.evidence
    return copies_evidence(copies) if copies is not None else ()


def _word(kind: str) -> str:
    return {
        "del_mono": "one copy deleted",
        "del_homo": "both copies deleted",
        "arm": "17p lost",
        "whole_chromosome": "chromosome 17 lost",
        "cnLOH": "copy-neutral loss of heterozygosity",
    }.get(kind, kind)
