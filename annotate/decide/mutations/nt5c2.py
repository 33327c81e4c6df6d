"""NT5C2: mutations that switch the nucleotidase on and let leukaemia escape thiopurines (Tzoneva 2013, PMID 23377281).

Named changes (`variants.tsv`) are established or probable; other missense changes and in-frame indels in the
segments that the rule `nt5c2.probable` lists are probable. Q523* activates although it truncates. Loss of
function elsewhere and every other variant stay in the variant table and change nothing here.
Several mutations of one patient are several clones: they are listed apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import excludes
from annotate.decide.mutations.hits import (
    SOURCES_READ,
    TABLES_READ,
    Hit,
    describe,
    evidence_of,
    hits,
    is_benign,
    named_hit,
    observations_of,
    reasons_of,
    sentence,
)
from annotate.decide.negatives import negative_by_assay, negative_by_depth
from annotate.decide.registry import lesion
from annotate.knowledge.specs.lesions import LesionNoteRow
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, Reason, State
from annotate.reference import hotspots

GENE = "NT5C2"


@lesion("nt5c2", sources=SOURCES_READ, tables=(*TABLES_READ, "lesion_notes"))
def nt5c2(case: Case) -> LesionCall:
    """Activating mutations of NT5C2, with tier and clonality.

    Definition: named changes (`variants`) are established or probable, others in the listed segments probable;
        several are several clones.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes whose reads are too few or that the alignments do not hold; a negative needs a known
        depth.
    Source: rows of `gene_mutation_rules`; Tzoneva 2013, PMID 23377281; Dieck 2018, PMC6049837; Barz 2020, PMID
        31971569.
    """
    found = activating(case)
    return _found(case, found) if found else _not_found(case)


def activating(case: Case) -> tuple[Hit, ...]:
    """Established and probable changes, in genomic order."""
    variants = case.small.variants if case.small else ()
    drug = next((row.drug for row in hotspots.rules(case.knowledge, "nt5c2")), "")
    probable = {hit.variant.key: hit for hit in hits(case, "nt5c2")}
    found = []
    for variant in sorted(variants, key=lambda v: v.key):
        named = hotspots.named(variant, case.genome, case.knowledge)
        if named is not None and named.gene == GENE and not is_benign(variant):
            found.append(named_hit(case, variant, named, drug))
        elif variant.key in probable:
            found.append(probable[variant.key])
    return tuple(found)


def _found(case: Case, found: tuple[Hit, ...]) -> LesionCall:
    observations = observations_of(found, likely=True)
    counted = [hit for hit in found if hit.certain] or list(found)
    reasons = [*reasons_of(found), *_mixed(counted), *_cohort(case), *_others(case, found)]
    return make(
        case,
        "nt5c2",
        observations,
        _summary(counted, possible=decide(observations).state is State.EQUIVOCAL),
        reasons,
        [evidence_of(hit) for hit in found],
        tier="established" if any(hit.tier == "established" for hit in counted) else "probable",
        genes=(GENE,),
        details={"mutations": [_details(hit) for hit in found]},
    )


def _summary(counted: list[Hit], *, possible: bool) -> str:
    names = "; ".join(sentence(hit) for hit in counted)
    start = "Possible activating NT5C2 mutation" if possible else "Activating NT5C2 mutation"
    apart = "kept apart" if _molecules(counted) == len(counted) else "at least two of one molecule"
    several = f"{len(counted)} activating NT5C2 mutations, {apart}" if len(counted) > 1 else start
    return f"{several}: {names}."


def _molecules(counted: list[Hit]) -> int:
    """How many haplotypes the mutations lie on: phased ones of one set share theirs."""
    found = {(hit.variant.phase_set, hit.variant.genotype) for hit in counted if hit.variant.phase_set}
    return len(found) + sum(hit.variant.phase_set is None for hit in counted)


def _mixed(counted: list[Hit]) -> tuple[Reason, ...]:
    labels = {hit.clonality.label for hit in counted}
    if _molecules(counted) > 1:
        text = f"{len(counted)} mutations of one gene: separate clones unless phased ({', '.join(sorted(labels))})"
        return (Reason(Code.NOTE, text),)
    return ()


def _cohort(case: Case) -> tuple[Reason, ...]:
    """What a published cohort says of such mutations, with where it is discordant; from `lesion_notes`."""
    rows = [row for row in case.knowledge.rows(LesionNoteRow) if row.lesion == "nt5c2"]
    return tuple(Reason(Code.NOTE, f"{row.text} ({row.citation})") for row in rows)


def _details(hit: Hit) -> Mapping[str, Any]:
    return {
        "hgvsp": hit.variant.hgvsp,
        "tier": hit.tier,
        "activation_class": hit.activation_class or None,
        "mechanism": hit.note,
        "vaf": hit.variant.vaf,
        "depth": hit.variant.depth,
        "clonality": dict(hit.clonality.as_dict()),
        "source": hit.variant.source,
        "drug": hit.drug,
    }


def _not_found(case: Case) -> LesionCall:
    others = _others(case, ())
    codons = [spot for spot in hotspots.hotspot_codons(case.genome, case.knowledge) if spot.gene == GENE]
    places = sorted({(spot.chrom, pos) for spot in codons for pos in spot.positions})
    negative = negative_by_depth(case, places)
    if negative.shown and negative.limit is not None:
        limit = negative.limit
        summary = f"No activating NT5C2 mutation at VAF ≥ {limit.vaf * 100:g} % ({limit.reads:,} reads)."
        reasons = [*negative.reasons, *others]
        return make(case, "nt5c2", [excludes(Source.ALIGNMENTS)], summary, reasons, detection_limit=limit)
    by_assay = negative_by_assay(case, (GENE,))
    reasons = [*negative.reasons, *_clonal_statement(by_assay.shown), *(() if by_assay.shown else by_assay.reasons)]
    partly = [excludes(Source.SMALL_VARIANTS, Weight.HINT)] if by_assay.shown else []
    summary = "NT5C2: not assessable for a subclone; most NT5C2 mutations at relapse are subclonal."
    if not by_assay.shown:
        summary = "NT5C2: not assessable with these inputs."
    return make(case, "nt5c2", partly, summary, [*reasons, *others])


def _clonal_statement(shown: bool) -> tuple[Reason, ...]:
    text = "the assay covers NT5C2 and calls no activating mutation: a clonal one would have been called"
    return (Reason(Code.LOOKED_AND_NOT_FOUND, text),) if shown else ()


def _others(case: Case, counted: tuple[Hit, ...]) -> tuple[Reason, ...]:
    """Other variants of the gene: named, and why they do not count."""
    keys = {hit.variant.key for hit in counted}
    variants = case.small.variants if case.small else ()
    rest = [v for v in sorted(variants, key=lambda v: v.key) if v.gene == GENE and v.key not in keys]
    return tuple(Reason(Code.NOTE, f"{describe(variant)} does not count: {_why_not(variant)}") for variant in rest)


def _why_not(variant: SmallVariant) -> str:
    kinds = hotspots.classes(variant)
    if is_benign(variant):
        return "benign by population or function"
    if "truncating" in kinds:
        return "loss of function is not thiopurine resistance (only Q523* activates)"
    return "not at a residue known to activate" if kinds else "its effect on the protein is not known"
