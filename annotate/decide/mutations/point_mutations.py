"""Lesions made by point mutations, and by the deletions that do the same to these genes.

Which genes, codons and consequences count stands in `resources/knowledge/gene_mutation_rules.tsv`.
A negative speaks of clonal mutations, unless the depth at the codons is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotate.base.frozen import frozen
from annotate.decide.call import lesion_name, make
from annotate.decide.case import Case
from annotate.decide.deletions.losses import lost_copies
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.mutations.hits import (
    SOURCES_READ,
    TABLES_READ,
    TANDEM,
    Hit,
    evidence_of,
    hits,
    observations_of,
    reasons_of,
    sentence,
)
from annotate.decide.mutations.tandem import TABLE, tandem_hits
from annotate.decide.negatives import (
    Negative,
    codon_places,
    gene_copies,
    negative_by_assay,
    negative_by_copies,
    negative_by_depth,
)
from annotate.decide.registry import lesion
from annotate.knowledge.specs.small_variants import GeneMutationRuleRow
from annotate.model.copy_number import GeneCopies
from annotate.model.details import GeneHit, LesionDetails
from annotate.model.evidence import DetectionLimit, Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Form, Observation, Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.reference import hotspots


@lesion("pax5_p80r", sources=SOURCES_READ, tables=TABLES_READ)
def pax5_p80r(case: Case) -> LesionCall:
    """PAX5 P80R.

    Definition: p.Pro80Arg; it defines the subtype when the other allele is lost or mutated too, which is looked
        for.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Gu 2019, PMID 30643249; Passet 2019, Blood 133:280.
    """
    call = by_rules(case, "pax5_p80r")
    if not call.state.present:
        return call
    others = _second_hits(case, "PAX5", call)
    text = (
        f"other PAX5 allele: {', '.join(others)}"
        if others
        else "no change of the other PAX5 allele seen; the subtype is defined by both alleles or by dominance"
    )
    return _with(call, (Reason(Code.NOTE, text),), {"biallelic": True} if others else {})


@lesion("ikzf1_n159y", sources=SOURCES_READ, tables=TABLES_READ)
def ikzf1_n159y(case: Case) -> LesionCall:
    """IKZF1 N159Y, an entity of its own.

    Definition: p.Asn159Tyr.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Gu 2019, PMID 30643249.
    """
    return by_rules(case, "ikzf1_n159y")


@lesion("zeb2_h1038r", sources=SOURCES_READ, tables=TABLES_READ)
def zeb2_h1038r(case: Case) -> LesionCall:
    """ZEB2 H1038R of the ZEB2/CEBP group.

    Definition: p.His1038Arg, and what else its rows name.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Gu 2019, PMID 30643249.
    """
    return by_rules(case, "zeb2_h1038r")


@lesion("ras_pathway", sources=(*SOURCES_READ, "fusions", "tandem"), tables=(*TABLES_READ, TABLE))
def ras_pathway(case: Case) -> LesionCall:
    """Mutations that activate RAS signalling.

    Definition: hotspot codons of KRAS, NRAS, PTPN11, FLT3, BRAF and CBL, FLT3-ITD, loss of NF1.
    Inputs: small variants; tandem duplications of FLT3 by their own callers, junctions and RNA fusions; copy number,
        junctions and karyotype where a loss counts; covered regions for a negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`, `genes.sv_min_reads`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold; a
        tandem duplication of few reads, out of frame, or of transcripts alone.
    Source: rows of `gene_mutation_rules` and `tandem_duplications`; Irving 2014, Blood 124:3420.
    """
    return by_rules(case, "ras_pathway", tandem_hits(case, "ras_pathway"))


@lesion("jak_stat_mutation", sources=SOURCES_READ, tables=TABLES_READ)
def jak_stat_mutation(case: Case) -> LesionCall:
    """Mutations of JAK-STAT signalling; rearrangements have lesions of their own.

    Definition: hotspot codons of JAK1, JAK2, JAK3, IL7R, CRLF2 and STAT5B, loss of SH2B3.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Roberts 2014, PMID 25207766.
    """
    return by_rules(case, "jak_stat_mutation")


@lesion("notch1_fbxw7", sources=SOURCES_READ, tables=TABLES_READ)
def notch1_fbxw7(case: Case) -> LesionCall:
    """NOTCH1 or FBXW7 mutations of T-ALL.

    Definition: changes of the heterodimerisation, juxtamembrane and PEST parts of NOTCH1, and of FBXW7.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Asnafi 2008, Blood 112:1494; Petit 2018, Blood 131:289.
    """
    return by_rules(case, "notch1_fbxw7")


@lesion("pten", sources=SOURCES_READ, tables=TABLES_READ)
def pten(case: Case) -> LesionCall:
    """PTEN mutations and deletions.

    Definition: loss of function by a mutation, or loss of one copy or both.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Trinquand 2013, PMID 24166518; Petit 2018, Blood 131:289.
    """
    return by_rules(case, "pten")


@lesion("relapse_genes", sources=SOURCES_READ, tables=TABLES_READ, after=("bcr_abl1", "abl_class"))
def relapse_genes(case: Case) -> LesionCall:
    """Genes mutated or deleted at relapse, each with the drug that it concerns.

    Definition: changes of the genes of thiopurine, steroid and other resistance that its rows name.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative; `bcr_abl1` and `abl_class`, for rules that need the kinase.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Li 2020, Blood 135:41; Irving 2016, PMID 27229005.
    """
    return by_rules(case, "relapse_genes")


@lesion("antigen_loss", sources=SOURCES_READ, tables=TABLES_READ)
def antigen_loss(case: Case) -> LesionCall:
    """CD19 or CD22 changed in DNA so that the antigen may be lost; flow cytometry measures the antigen.

    Definition: loss of function of CD19 or CD22 by a mutation or a loss of copies.
    Inputs: small variants; copy number, junctions and karyotype where a loss counts; covered regions for a
        negative.
    Units: VAF from 0 to 1, reads; codons of the panel's transcript.
    Thresholds: `weighing.low_vaf_without_purity`, `weighing.max_limit_for_negative`,
        `assess.min_purity_for_negative`.
    Equivocal: only changes that their rule does not count by themselves, or whose reads the alignments do not hold.
    Source: rows of `gene_mutation_rules`; Sotillo 2015, PMID 26516065; Zheng 2022, Blood Cancer Discov 3:103.
    """
    call = by_rules(case, "antigen_loss")
    text = "DNA shows mutations and deletions only; exon skipping and loss of expression need RNA or flow cytometry"
    return _with(call, (Reason(Code.NEEDS_RNA, text, "antigen expression by flow cytometry"),), {})


# ---------------------------------------------------------------- the engine


@frozen
class CopyHit:
    """A gene whose copies count for a lesion."""

    copies: GeneCopies
    row: GeneMutationRuleRow

    @property
    def certain(self) -> bool:
        """Does the loss count by itself: by the state of its rule, in a reading that is certain?"""
        return self.row.state == "detected" and self.copies.certain

    @property
    def text(self) -> str:
        """Gene, call and level in words."""
        level = f" ({self.copies.level.replace('_', ' ')})" if self.copies.level else ""
        return f"{self.copies.gene} {self.copies.call.replace('_', ' ')}{level}"


def by_rules(case: Case, id: str, more: tuple[Hit, ...] = ()) -> LesionCall:
    """The call of one lesion from the rows of `gene_mutation_rules`. `more`: hits that are no small variants."""
    rows = hotspots.rules(case.knowledge, id)
    small, copies = (*hits(case, id), *more), _copy_hits(case, rows)
    if small or copies:
        return _found(case, id, small, copies)
    return _not_found(case, id, rows)


def _copy_hits(case: Case, rows: Sequence[GeneMutationRuleRow]) -> tuple[CopyHit, ...]:
    found = []
    for gene in _genes(row for row in rows if row.copies):
        copies = lost_copies(case, gene)
        row = hotspots.copies_rule(copies, rows) if copies is not None else None
        if copies is not None and row is not None:
            found.append(CopyHit(copies, row))
    return tuple(found)


def _found(case: Case, id: str, small: Sequence[Hit], copies: Sequence[CopyHit]) -> LesionCall:
    observations = [*observations_of(small), *map(_observation, copies)]
    equivocal = decide(observations).state is State.EQUIVOCAL
    certain = [hit for hit in small if hit.certain], [hit for hit in copies if hit.certain]
    shown = certain if any(certain) else (list(small), list(copies))
    names = [*(sentence(hit) for hit in shown[0]), *(hit.text for hit in shown[1])]
    word = "Possible: " if equivocal else ""
    reasons = [*reasons_of(small), *(_copy_reason(hit) for hit in copies)]
    if equivocal:
        reasons.append(Reason(Code.EVIDENCE_INCOMPLETE, "none of this establishes the lesion by itself"))
    tiers = [hit.tier for hit in shown[0]] + [hit.row.tier for hit in shown[1]]
    return make(
        case,
        id,
        observations,
        f"{word}{'; '.join(names)}.",
        reasons,
        [*(evidence_of(hit) for hit in small), *(e for hit in copies for e in _copy_evidence(hit))],
        tier="established" if "established" in tiers else "probable",
        genes=tuple(dict.fromkeys([*(h.variant.gene or "" for h in shown[0]), *(h.copies.gene for h in shown[1])])),
        details={"hits": [*(_small_details(h) for h in small), *(_copy_details(h) for h in copies)]},
    )


def _observation(hit: CopyHit) -> Observation:
    """Copies that count by themselves are a proof, others a hint."""
    if not hit.certain:
        return speaks(Source.COPY_NUMBER, Weight.HINT, form=Form.DELETION)
    return speaks(Source.COPY_NUMBER, form=Form.DELETION, subclonal=hit.copies.subclonal)


def _copy_reason(hit: CopyHit) -> Reason:
    return Reason(Code.EVIDENCE_FOUND, f"{hit.text}: {hit.row.tier}; {hit.row.note}")


def _copy_evidence(hit: CopyHit) -> tuple[Evidence, ...]:
    if hit.copies.evidence:
        return hit.copies.evidence
    values = {"gene": hit.copies.gene, "total": hit.copies.total, "minor": hit.copies.minor, "call": hit.copies.call}
    return (Evidence(kind="segment", summary=hit.text, rule=hit.row.id, values=values),)


def _small_details(hit: Hit) -> GeneHit:
    return {
        "gene": hit.variant.gene,
        "change": hit.variant.hgvsp or hit.variant.hgvsc or (hit.name if hit.variant.alt == TANDEM else None),
        "alternative_names": list(hit.variant.alternative_names),
        "tier": hit.tier,
        "effect": hit.effect,
        "drug": hit.drug,
        "vaf": hit.variant.vaf,
        "clonality": dict(hit.clonality.as_dict()),
        "rule": hit.rule,
    }


def _copy_details(hit: CopyHit) -> GeneHit:
    return {
        "gene": hit.copies.gene,
        "change": hit.copies.call,
        "level": hit.copies.level,
        "tier": hit.row.tier,
        "effect": hit.row.effect,
        "drug": hit.row.drug,
        "rule": hit.row.id,
    }


# ---------------------------------------------------------------- nothing found


def _not_found(case: Case, id: str, rows: Sequence[GeneMutationRuleRow]) -> LesionCall:
    """Every gene must have been looked at for each kind of change that counts; else not assessable, and why."""
    mutable = [row for row in rows if not row.copies and row.state != "ignored"]
    negatives = {Form.MUTATION: _negative_of_small_variants(case, mutable)}
    deletable = _genes(row for row in rows if row.copies and row.state == "detected")
    if deletable:
        negatives[Form.DELETION] = negative_by_copies(case, deletable)
    excluded = [excludes(SOURCES[form], form=form) for form, negative in negatives.items() if negative.shown]
    shown = [reason for negative in negatives.values() if negative.shown for reason in negative.reasons]
    missing = [reason for negative in negatives.values() if not negative.shown for reason in negative.reasons]
    limit = negatives[Form.MUTATION].limit if not missing else None
    said = "not assessable with these inputs" if missing else _not_detected(limit)
    summary = f"{lesion_name(case, id)}: {said}."
    return make(case, id, excluded, summary, [*missing, *shown], forms=frozenset(negatives), detection_limit=limit)


SOURCES = {Form.MUTATION: Source.SMALL_VARIANTS, Form.DELETION: Source.COPY_NUMBER}


def _not_detected(limit: DetectionLimit | None) -> str:
    if limit is None:
        return "not detected as a clonal change"
    return f"not detected at VAF ≥ {limit.vaf * 100:g} % ({limit.reads:,} reads)"


def _negative_of_small_variants(case: Case, rows: Sequence[GeneMutationRuleRow]) -> Negative:
    """By depth where the lesion is a few codons whose depth is known, else by what the assay covers."""
    places: list[tuple[str, int]] = []
    for row in rows:
        places += codon_places(case, row.gene, row.residues)
    only_codons = all(row.residues for row in rows)
    if only_codons and places:
        by_depth = negative_by_depth(case, sorted(set(places)))
        if by_depth.shown:
            return by_depth
    exact = all(row.proteins for row in rows if row.state == "detected")
    if exact:
        own = [place for row in rows if row.proteins for place in codon_places(case, row.gene, row.residues)]
        return negative_by_assay(case, _genes(rows), sorted(set(own)))
    return negative_by_assay(case, _genes(rows))


def _genes(rows: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.gene for row in rows))


def _second_hits(case: Case, gene: str, call: LesionCall) -> list[str]:
    """What else happened to this gene: loss of a copy, copy-neutral LOH, another change of the protein."""
    found = []
    copies = gene_copies(case, gene)
    if copies is not None and copies.call in ("deletion", "homozygous_deletion", "cnloh"):
        found.append(copies.call.replace("_", " "))
    own = {(e.values.get("pos"), e.values.get("alt")) for e in call.evidence}
    for variant in case.small.variants if case.small else ():
        changed = hotspots.classes(variant) & {"missense", "inframe", "truncating"}
        if variant.gene == gene and changed and (variant.pos, variant.alt) not in own:
            found.append(variant.hgvsp or f"{variant.chrom}:{variant.pos}")
    return found


def _with(call: LesionCall, reasons: Sequence[Reason], details: LesionDetails) -> LesionCall:
    return replace(call, reasons=(*call.reasons, *reasons), details={**call.details, **details})
