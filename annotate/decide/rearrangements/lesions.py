"""Lesions made by rearrangements: one registered rule each, most of them the engine of this package alone.

Every lesion is decided from DNA junctions, RNA fusions, cytogenetics and copy number together. What a lesion has of
its own beside the table of rules stands here.
"""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.case import Case
from annotate.decide.detectability import Statement, purity, sequenced
from annotate.decide.rearrangements.combine import SOURCES_READ, TABLES_READ, call_rearrangement, gather
from annotate.decide.rearrangements.findings import Finding
from annotate.decide.registry import LesionRule, lesion
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.rearrangements import RegulatoryRegionRow
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, Reason

PLAIN = {
    "bcr_abl1": (
        "BCR::ABL1 with the kinase of ABL1 kept; p190, p210 and p230 by the last exon of BCR",
        "Hunger & Mullighan 2015, PMID 26465987",
    ),
    "kmt2a_r": ("KMT2A as the 5' partner of any gene; a partial tandem duplication is none", "Meyer 2023, PMC10169636"),
    "tcf3_r": (
        "TCF3::PBX1, TCF3::HLF or another fusion with TCF3 as the 5' partner",
        "Hunger & Mullighan 2015, PMID 26465987; Fischer 2015, PMID 26214592",
    ),
    "jak2_r": ("JAK2 as the 3' partner, with its kinase kept", "Roberts 2014, PMID 25207766"),
    "etv6_runx1": ("ETV6::RUNX1", "Hunger & Mullighan 2015, PMID 26465987"),
    "znf384_r": ("ZNF384 or ZNF362 as the 3' partner of any gene", "Lilljebjörn & Fioretos 2017, Blood 130:1395"),
    "mef2d_r": ("MEF2D as the 5' partner of any gene", "Suzuki 2016, J Clin Oncol 34:3451"),
    "nutm1_r": ("NUTM1 as the 3' partner of any gene", "Boer 2021, doi 10.1038/s41375-021-01333-y"),
    "other_kinase_r": (
        "TYK2, NTRK3, FLT3, FGFR1 or PTK2B as the 3' partner, with the kinase kept",
        "Roberts 2014, PMID 25207766",
    ),
    "igh_il3": ("IL3 beside the enhancer of IGH", "Duffield 2023, PMID 36422706"),
    "cebp_id4_r": ("a CEBP gene or ID4 beside the enhancer of IGH", "Duffield 2023, PMID 36422706"),
    "crlf2_r": ("CRLF2 beside the enhancer of IGH, or joined to P2RY8 or CSF2RA", "Cario 2010, Blood 115:5393"),
    "epor_r": ("EPOR beside the enhancer of IGH, IGK, LAIR1 or THADA", "Iacobucci 2016, Cancer Cell 29:186"),
}
"""Lesions that the engine decides alone: what each is, and the publication that its rows cite."""

DOCSTRING = """{id}, by the tables of rules alone.

Definition: {definition}.
Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found.
Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
    `rearrangements.subclonal_share`.
Equivocal: evidence that does not prove it (one end, a band without its gene, a filtered record), or inputs that
    disagree.
Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; {source}.
"""


def _plain(id: str) -> LesionRule:
    definition, source = PLAIN[id]

    def rule(case: Case) -> LesionCall:
        return rearrangement(case, id)

    rule.__name__ = id
    rule.__doc__ = DOCSTRING.format(id=id, definition=definition, source=source)
    return rule


def rearrangement(case: Case, id: str) -> LesionCall:
    """A lesion by the engine alone."""
    return call_rearrangement(case, id, gather(case, id))


for _id in PLAIN:
    lesion(_id, sources=SOURCES_READ, tables=TABLES_READ)(_plain(_id))


# ---------------------------------------------------------------- ABL-class


@lesion("abl_class", sources=SOURCES_READ, tables=TABLES_READ, after=("bcr_abl1",))
def abl_class(case: Case) -> LesionCall:
    """Fusions of ABL-class kinases.

    Definition: ABL1, ABL2, CSF1R, PDGFRA or PDGFRB as the 3' partner, with its kinase kept, other than BCR::ABL1;
        LYN is like them.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found;
        `bcr_abl1`, which explains a break of ABL1 without a named partner.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`.
    Equivocal: evidence that does not prove it (one end, a band without its gene, a filtered record), or inputs that
        disagree.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; den Boer 2020, PMC9709453.
    """
    findings = gather(case, "abl_class")
    philadelphia = case.calls.get("bcr_abl1")
    if philadelphia is not None and philadelphia.state.present:
        findings = tuple(_explained(f) if f.three == "ABL1" and not f.five else f for f in findings)
    return call_rearrangement(case, "abl_class", findings)


def _explained(finding: Finding) -> Finding:
    return replace(finding, strength="note", code=Code.NOTE, text=f"{finding.text}: explained by BCR::ABL1")


# ---------------------------------------------------------------- MYC, BCL2, BCL6


@lesion("myc_r", sources=SOURCES_READ, tables=TABLES_READ)
def myc_r(case: Case) -> LesionCall:
    """Breakpoints of immunoglobulin genes near MYC, BCL2 or BCL6.

    Definition: an enhancer of IGH, IGK or IGL beside MYC, BCL2 or BCL6; MYC with BCL2 is a double hit.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`.
    Equivocal: evidence that does not prove it (one end, a band without its gene, a filtered record), or inputs that
        disagree.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Duffield 2023, PMID 36422706.
    """
    call = rearrangement(case, "myc_r")
    if not call.state.present:
        return call
    if {"MYC", "BCL2"} <= set(call.genes):
        text = "MYC and BCL2 are both rearranged: a double hit"
        return replace(
            call, reasons=(*call.reasons, Reason(Code.NOTE, text)), details={**call.details, "double_hit": True}
        )
    if "MYC" in call.genes:
        text = "IG::MYC without TdT is Burkitt lymphoma or leukaemia: the immunophenotype decides"
        return replace(call, reasons=(*call.reasons, Reason(Code.NOTE, text)))
    return call


# ---------------------------------------------------------------- T-ALL


@lesion("t_all_r", sources=(*SOURCES_READ, "small"), tables=(*TABLES_READ, "regulatory_regions"))
def t_all_r(case: Case) -> LesionCall:
    """Rearrangements of T-ALL, and the small insertion that activates TAL1 without one.

    Definition: a pair of the T-ALL groups (TAL1, LMO, TLX, NKX2, HOXA, NOTCH1, SPI1, kinases), a break of NUP98, or
        a short insertion in a row of `regulatory_regions`.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found; small
        variants, for the insertions.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`, `rearrangements.mute_min_length`, `rearrangements.mute_max_length`.
    Equivocal: evidence that does not prove it (one end, a band without its gene, a filtered record), or inputs that
        disagree.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Bardelli 2021, PMC8394887; Mansour 2014,
        PMID 25394790.
    """
    return call_rearrangement(case, "t_all_r", [*gather(case, "t_all_r"), *_mute_insertions(case)])


def _mute_insertions(case: Case) -> list[Finding]:
    """Short insertions in the regulatory regions of the lesion."""
    sites = [row for row in case.knowledge.rows(RegulatoryRegionRow) if row.lesion == "t_all_r"]
    least = case.knowledge.value(cutoffs.REARRANGEMENTS_MUTE_MIN_LENGTH)
    most = case.knowledge.value(cutoffs.REARRANGEMENTS_MUTE_MAX_LENGTH)
    found = []
    for variant in case.small.variants if case.small is not None else ():
        added = len(variant.alt) - len(variant.ref)
        for site in sites:
            chrom, start, end = site.place(case.sample.assembly)
            here = variant.chrom == chrom and start - 1 <= variant.pos <= end
            if here and least <= added <= most:
                found.append(_insertion(variant, site, added))
    return found


def _insertion(variant: SmallVariant, site: RegulatoryRegionRow, added: int) -> Finding:
    passed = variant.passes
    text = f"{variant.chrom}:{variant.pos:,} {variant.ref}>{variant.alt} in the {site.name}: {site.note}"
    return Finding(
        "small_variants",
        "",
        site.gene,
        "proof" if passed else "hint",
        text if passed else f"{text}; filtered by the caller",
        code=Code.EVIDENCE_FOUND if passed else Code.EVIDENCE_INCOMPLETE,
        evidence=Evidence("small_variant", text, variant.file, variant.record, site.id),
        facts={"inserted": added, "vaf": variant.vaf},
    )


# ---------------------------------------------------------------- STIL::TAL1


@lesion("stil_tal1", sources=SOURCES_READ, tables=TABLES_READ)
def stil_tal1(case: Case) -> LesionCall:
    """The 1p33 deletion that joins STIL to TAL1.

    Definition: a deletion of about 85 kb from STIL to TAL1; single normal T cells carry it, so a share of the reads
        is asked for.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`, `rearrangements.stil_tal1_min_vaf`, `rearrangements.rag_min_reads`,
        `rearrangements.stil_tal1_resolution`.
    Equivocal: a junction below the VAF or reads; else as for every rearrangement.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Bardelli 2021, PMC8394887.
    """
    return call_rearrangement(case, "stil_tal1", gather(case, "stil_tal1"), also=_unbroken_1p33(case))


def _unbroken_1p33(case: Case) -> tuple[Statement, ...]:
    """A profile fine enough for an 85 kb deletion, with one unbroken segment of at least two copies over it."""
    profile, needed = case.profile, case.knowledge.value(cutoffs.REARRANGEMENTS_STIL_TAL1_RESOLUTION)
    cells, least = purity(case), case.knowledge.value(cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE)
    if profile is None or profile.resolution is None or profile.resolution > needed or cells is None or cells < least:
        return ()
    low, high = case.genome.region("TAL1_5prime"), case.genome.region("STIL_e1_i1")
    for segment in profile.segments:
        spans = segment.chrom == low.chrom and segment.start <= low.start and segment.end >= high.end
        if spans and segment.total is not None and round(segment.total) >= 2:
            text = f"copy number is unbroken over 1p33 at a resolution of {profile.resolution:,} bases"
            return (Statement(Source.COPY_NUMBER, Reason(Code.LOOKED_AND_NOT_FOUND, text)),)
    return ()


# ---------------------------------------------------------------- DUX4


@lesion("dux4_r", sources=SOURCES_READ, tables=TABLES_READ, after=("erg_deletion",))
def dux4_r(case: Case) -> LesionCall:
    """DUX4 rearrangement, which lies in a repeat.

    Definition: a fusion of DUX4, mostly with IGH.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found;
        `erg_deletion`, a hint at it.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`.
    Equivocal: an ERG deletion alone, or what does not prove a rearrangement; DNA never excludes one.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Zhang 2016, doi 10.1038/ng.3691.
    """
    findings = list(gather(case, "dux4_r"))
    findings += _erg_surrogate(case)
    return call_rearrangement(case, "dux4_r", findings, _dux4_blindness(case))


def _erg_surrogate(case: Case) -> list[Finding]:
    call = case.calls.get("erg_deletion")
    if call is None or not call.state.present:
        return []
    text = "an intragenic ERG deletion is found, which about half of DUX4-rearranged leukaemias carry"
    evidence = call.evidence[0] if call.evidence else None
    return [Finding("copy_number", "", "DUX4", "hint", text, code=Code.EVIDENCE_INCOMPLETE, evidence=evidence)]


def _dux4_blindness(case: Case) -> tuple[Reason, ...]:
    found = []
    if sequenced(case):
        text = "DUX4 lies in the D4Z4 repeats of 4q and 10q: short reads map there at random, silence excludes nothing"
        found.append(Reason(Code.REPEAT_REGION, text, "a DUX4-specific assay or gene expression"))
    if case.genome.gene("DUX4") is None and (case.junctions is not None or case.fusions is not None):
        found.append(Reason(Code.BUILD_LIMITATION, f"{case.genome.assembly} has no model of DUX4"))
    return tuple(found)


# ---------------------------------------------------------------- CDX2/UBTF


@lesion("cdx2_ubtf", sources=SOURCES_READ, tables=TABLES_READ, genes=("UBTF", "FLT3"))
def cdx2_ubtf(case: Case) -> LesionCall:
    """The two focal deletions of CDX2/UBTF leukaemia.

    Definition: UBTF::ATXN7L3 by a deletion of 17q21.31; a deletion of 13q12.2 near the promoter of FLT3 beside it.
    Inputs: junctions, RNA fusions, karyotype with FISH, copy number; covered regions where nothing is found.
    Units: reads; VAF and shares of cells from 0 to 1; distances in bp.
    Thresholds: `fusions.min_reads`, `rearrangements.fish_min_cells`, `rearrangements.fish_min_share`,
        `rearrangements.subclonal_share`, `rearrangements.flt3_inside`, `rearrangements.flt3_upstream`,
        `rearrangements.flt3_min_deletion`, `rearrangements.flt3_max_deletion`.
    Equivocal: the deletion of 13q12.2 alone, or what does not prove a rearrangement.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Kimura 2022, PMC9203703.
    """
    findings = list(gather(case, "cdx2_ubtf"))
    findings += [_flt3_finding(junction) for junction in _flt3_deletions(case)]
    call = call_rearrangement(case, "cdx2_ubtf", findings)
    places = {f.five for f in findings if f.strength in ("proof", "support", "hint")}
    if call.state.present and "FLT3" in places:
        text = "both deletions are found: UBTF::ATXN7L3 and 13q12.2"
        call = replace(
            call, reasons=(*call.reasons, Reason(Code.NOTE, text)), details={**call.details, "both_deletions": True}
        )
    return call


def _flt3_deletions(case: Case) -> list[Junction]:
    """Focal deletions of 13q12.2 that take the promoter of FLT3 or its surroundings."""
    gene = case.genome.gene("FLT3")
    if gene is None or case.junctions is None:
        return []
    inside = case.knowledge.value(cutoffs.REARRANGEMENTS_FLT3_INSIDE)
    upstream = case.knowledge.value(cutoffs.REARRANGEMENTS_FLT3_UPSTREAM)
    low, high = gene.start - upstream, gene.start + inside
    if gene.strand == "-":
        low, high = gene.end - inside, gene.end + upstream
    shortest = case.knowledge.value(cutoffs.REARRANGEMENTS_FLT3_MIN_DELETION)
    longest = case.knowledge.value(cutoffs.REARRANGEMENTS_FLT3_MAX_DELETION)
    found = []
    for junction in case.junctions.junctions:
        right = junction.right
        if right is None or junction.svtype != "DEL" or junction.left.chrom != gene.chrom or right.chrom != gene.chrom:
            continue
        if {"possible_germline", "filtered_by_caller", "low_support"} & set(junction.flags):
            continue
        if low <= junction.left.pos < right.pos <= high and shortest <= right.pos - junction.left.pos <= longest:
            found.append(junction)
    return found


def _flt3_finding(junction: Junction) -> Finding:
    assert junction.right is not None
    text = (
        f"deletion of 13q12.2, {junction.left.chrom}:{junction.left.pos:,}–{junction.right.pos:,}, near the promoter of"
        " FLT3: one of the two deletions of CDX2/UBTF"
    )
    return Finding(
        "dna",
        "FLT3",
        "",
        "hint",
        text,
        code=Code.EVIDENCE_INCOMPLETE,
        leaning="unclear",
        evidence=Evidence(
            "junction",
            text,
            junction.files[0] if junction.files else None,
            ";".join(junction.records) or junction.id,
            "cdx2_ubtf",
        ),
        junctions=(junction.id,),
    )
