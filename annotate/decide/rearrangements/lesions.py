"""Lesions made by rearrangements: one registered rule each, most of them the engine of `annotate.fusions` alone.

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
from annotate.knowledge.specs.rearrangements import RegulatoryRegionRow
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.model.lesion import LesionCall
from annotate.model.observation import Source
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, Reason

PLAIN = (
    "bcr_abl1",
    "kmt2a_r",
    "tcf3_r",
    "jak2_r",
    "etv6_runx1",
    "znf384_r",
    "mef2d_r",
    "nutm1_r",
    "other_kinase_r",
    "igh_il3",
    "cebp_id4_r",
    "crlf2_r",
    "epor_r",
)


def _plain(id: str) -> LesionRule:
    def rule(case: Case) -> LesionCall:
        return rearrangement(case, id)

    rule.__name__ = id
    rule.__doc__ = f"{id} by the rules of `fusion_rules.tsv`."
    return rule


def rearrangement(case: Case, id: str) -> LesionCall:
    """A lesion by the engine alone."""
    return call_rearrangement(case, id, gather(case, id))


for _id in PLAIN:
    lesion(_id, sources=SOURCES_READ, tables=TABLES_READ)(_plain(_id))


# ---------------------------------------------------------------- ABL-class


@lesion("abl_class", sources=SOURCES_READ, tables=TABLES_READ, after=("bcr_abl1",))
def abl_class(case: Case) -> LesionCall:
    """Fusions of ABL-class kinases. A break of ABL1 without a named partner is explained by BCR::ABL1, where found."""
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
    """IG breakpoints near MYC, BCL2 or BCL6; MYC with BCL2 is a double hit."""
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
    """Rearrangements of T-ALL, and the small insertion that activates TAL1 without one."""
    return call_rearrangement(case, "t_all_r", [*gather(case, "t_all_r"), *_mute_insertions(case)])


def _mute_insertions(case: Case) -> list[Finding]:
    """Short insertions in the regulatory regions of the lesion."""
    sites = [row for row in case.knowledge.rows(RegulatoryRegionRow) if row.lesion == "t_all_r"]
    least, most = (int(case.knowledge.value(f"rearrangements.mute_{name}_length")) for name in ("min", "max"))
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
    """The 1p33 deletion; single normal T cells carry it too, so a share of the reads is asked for."""
    return call_rearrangement(case, "stil_tal1", gather(case, "stil_tal1"), also=_unbroken_1p33(case))


def _unbroken_1p33(case: Case) -> tuple[Statement, ...]:
    """A profile fine enough for an 85 kb deletion, with one unbroken segment of at least two copies over it."""
    profile, needed = case.profile, case.knowledge.value("rearrangements.stil_tal1_resolution")
    cells, least = purity(case), case.knowledge.value("assess.min_purity_for_negative")
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
    """DUX4 lies in a repeat: DNA never excludes it, and an ERG deletion is only a hint at it."""
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
    """Two focal deletions: UBTF to ATXN7L3 at 17q21.31, and the promoter of FLT3 at 13q12.2."""
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
    inside, upstream = (int(case.knowledge.value(f"rearrangements.flt3_{name}")) for name in ("inside", "upstream"))
    low, high = gene.start - upstream, gene.start + inside
    if gene.strand == "-":
        low, high = gene.end - inside, gene.end + upstream
    shortest, longest = (case.knowledge.value(f"rearrangements.flt3_{name}_deletion") for name in ("min", "max"))
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
