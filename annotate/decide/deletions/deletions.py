"""Deletions of single genes: CDKN2A/B, ETV6, RB1, BTG1, EBF1 and ERG."""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.call import lesion_name, make
from annotate.decide.case import Case
from annotate.decide.deletions.call import SOURCES_READ, TABLES_READ, call_deletion
from annotate.decide.deletions.losses import losses
from annotate.decide.deletions.observations import copies_source
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.decide.registry import lesion
from annotate.model.details import LesionDetails
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source, Weight
from annotate.model.state import Code, Reason
from annotate.name.copy_number.patterns import CONFIRM, fusion_patterns


@lesion(
    "cdkn2ab_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("CDKN2A", "CDKN2B")
)
def cdkn2ab_deletion(case: Case) -> LesionCall:
    """Loss of CDKN2A or CDKN2B.

    Definition: a coding exon of either gene lost; the details by gene keep homozygous, heterozygous and copy-neutral
        LOH apart.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy; one copy or both stays open without a purity.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    genes = ("CDKN2A", "CDKN2B")
    call = call_deletion(case, "cdkn2ab_deletion", genes)
    states = {gene: copies.call for gene in genes if (copies := gene_copies(case, gene)) is not None}
    call = replace(call, details={**call.details, "by_gene": states})
    if not call.state.present or call.details.get("homozygous") is True:
        return call
    if any(r.code is Code.PLOIDY_UNCERTAIN for r in call.reasons):
        return replace(call, subtype=None)  # heterozygous or homozygous: not known, which rules that ask for it see
    if _copies_uncertain(case):
        text = "one or both copies: telling them apart needs the share of leukaemic cells"
        return replace(call, reasons=(*call.reasons, Reason(Code.PLOIDY_UNCERTAIN, text, "purity")))
    return call


def _copies_uncertain(case: Case) -> bool:
    return case.profile is None or (case.profile.purity is None and case.sample.purity is None)


@lesion("etv6_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("ETV6",))
def etv6_deletion(case: Case) -> LesionCall:
    """Loss of ETV6; often the second allele in ETV6::RUNX1.

    Definition: a coding exon lost.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    return call_deletion(case, "etv6_deletion", ("ETV6",))


@lesion("rb1_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("RB1",))
def rb1_deletion(case: Case) -> LesionCall:
    """Loss of RB1.

    Definition: a coding exon lost, by intragenic deletions too; losses of 13q beside the gene do not count.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    return call_deletion(case, "rb1_deletion", ("RB1",))


@lesion("btg1_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("BTG1",))
def btg1_deletion(case: Case) -> LesionCall:
    """Loss of BTG1, mostly a focal deletion of its 3' part.

    Definition: a coding exon lost.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    return call_deletion(case, "btg1_deletion", ("BTG1",))


@lesion("ebf1_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("abl_class", "hypodiploidy"), genes=("EBF1",))
def ebf1_deletion(case: Case) -> LesionCall:
    """Loss of EBF1 that does not join it to PDGFRB.

    Definition: a coding exon lost by another deletion than that of EBF1::PDGFRB, which is looked for first.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `abl_class`, `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy, or a loss whose other end lies at PDGFRB.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    id = "ebf1_deletion"
    call = call_deletion(case, id, ("EBF1",))
    if not call.state.present:
        return call
    other = case.calls.get("abl_class")
    if other is not None and other.state.present and (other.subtype == "EBF1::PDGFRB" or _joins_ebf1(other)):
        text = "EBF1 is lost by the deletion that makes EBF1::PDGFRB, which is called there"
        reasons = [Reason(Code.RULED_OUT, text), *call.reasons]
        summary = f"{lesion_name(case, id)}: none of its own; the loss belongs to EBF1::PDGFRB."
        details: LesionDetails = {**call.details, "fusion": "EBF1::PDGFRB"}
        explained = [excludes(Source.LESIONS, code=Code.RULED_OUT)]
        return make(case, id, explained, summary, reasons, call.evidence, details=details)
    patterns = fusion_patterns(case.profile, case.genome, case.knowledge) if case.profile is not None else ()
    suspected = next((p for p in patterns if p.pair == "EBF1::PDGFRB"), None)
    if suspected is not None:
        reasons = [Reason(Code.EVIDENCE_CONFLICT, suspected.text, suspected.settles), *call.reasons]
        summary = "EBF1 deletion equivocal: its other end lies at PDGFRB, which suggests EBF1::PDGFRB."
        return make(
            case,
            id,
            [speaks(copies_source(case), Weight.SUPPORT, code=Code.EVIDENCE_CONFLICT)],
            summary,
            reasons,
            (*suspected.evidence, *call.evidence),
            subtype=call.subtype,
            genes=call.genes,
            details={**call.details, "deletion": "unknown", "pattern": suspected.pair},
        )
    if case.profile is not None and not case.profile.segments:
        text = "MLPA does not show where the deletion ends: it may be the one that makes EBF1::PDGFRB"
        return replace(call, reasons=(*call.reasons, Reason(Code.NOTE, text, CONFIRM)))
    return call


def _joins_ebf1(call: LesionCall) -> bool:
    return "EBF1" in call.genes or call.details.get("fusion") == "EBF1::PDGFRB"


@lesion("erg_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("ERG",))
def erg_deletion(case: Case) -> LesionCall:
    """Deletion within ERG, a mark of DUX4 rearrangement.

    Definition: some of the coding exons lost by a focal deletion; the loss of an arm or a chromosome 21 is not it.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy, or a focal loss of the whole gene.
    Source: Zhang 2016, doi 10.1038/ng.3691.
    """
    id = "erg_deletion"
    call = call_deletion(case, id, ("ERG",), focal_only=True)
    if not call.state.present:
        return call
    transcript = case.genome.transcript("ERG")
    coding = {e.rank for e in transcript.exons if e.cds_start is not None} if transcript is not None else set()
    exons = set(call.details.get("exons", ()))
    if coding and coding <= exons and not losses(case, ("ERG",)).certain_junctions:
        text = "all coding exons are lost: the deletion of DUX4-r lies within the gene"
        return make(
            case,
            id,
            [speaks(copies_source(case), Weight.SUPPORT, code=Code.EVIDENCE_CONFLICT)],
            "ERG deletion equivocal: the whole gene is lost by a focal deletion.",
            [Reason(Code.EVIDENCE_CONFLICT, text), *call.reasons],
            call.evidence,
            subtype=call.subtype,
            genes=call.genes,
            details={**call.details, "deletion": "unknown"},
        )
    return replace(call, reasons=(*call.reasons, Reason(Code.NOTE, "ERG deletions go with DUX4 rearrangements")))
