"""PAR1 deletion: the interstitial loss from CRLF2 to P2RY8 that joins the two.

PAR1 lies on X and Y. Depth there means nothing unless it is known whether the Y copy was masked in mapping
(`par_mode`), so copy number decides only where that is stated; MLPA, a junction and RNA do not depend on it.
"""

from __future__ import annotations

from dataclasses import replace

from annotate.base.filters import PASSING
from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.deletions.call import SOURCES_READ, TABLES_READ, hits_of
from annotate.decide.deletions.losses import copies_text, deletion_evidence, enough_reads
from annotate.decide.deletions.observations import copies_source
from annotate.decide.detectability import able_sources
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.decide.registry import lesion
from annotate.knowledge import cutoffs
from annotate.model.copy_number import DELETED, GeneCopies
from annotate.model.details import GeneHit, LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.fusions import Fusion
from annotate.model.junctions import Junction
from annotate.model.lesion import LesionCall
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code, Reason
from annotate.name.copy_number.patterns import fusion_patterns

ID = "par1_deletion"
INSIDE = ("CSF2RA", "IL3RA")
OUTSIDE = ("CRLF2", "SHOX")
PAIR = ("P2RY8", "CRLF2")


@lesion(ID, sources=(*SOURCES_READ, "fusions"), tables=TABLES_READ, genes=("CRLF2", "CSF2RA", "IL3RA", "P2RY8"))
def par1_deletion(case: Case) -> LesionCall:
    """The loss in PAR1 that joins P2RY8 to CRLF2.

    Definition: CSF2RA and IL3RA lost with CRLF2 kept, or the junction or RNA of P2RY8::CRLF2.
    Inputs: junctions, RNA fusions, MLPA, or copy number where `par_mode` is stated; karyotype and covered regions
        as for every deletion.
    Units: copies, bp, reads.
    Thresholds: `genes.sv_min_reads`, `patterns.boundary_margin`.
    Equivocal: a part of the stretch, a loss that reaches beyond it, or a junction of low confidence.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    junctions = par1_junctions(case)
    fusions = _fusions(case)
    sure = [j for j in junctions if enough_reads(case, j)]
    if sure or fusions:
        return _joined(case, junctions, fusions)
    inside = [copies for gene in INSIDE if (copies := gene_copies(case, gene)) is not None]
    lost = [copies for copies in inside if copies.call in DELETED]
    by_mlpa = case.profile is not None and any(probe.gene in INSIDE for probe in case.profile.probes)
    mode = case.sample.par_mode
    if lost and (by_mlpa or mode != "unknown"):
        return _lost(case, lost, inside, by_mlpa)
    if junctions:
        return _weak(case, junctions)
    return _nothing(case, inside, lost, by_mlpa)


def par1_junctions(case: Case) -> tuple[Junction, ...]:
    """Deletions from just 5' of CRLF2 to the first intron of P2RY8."""
    low, high = case.genome.region("CRLF2_5prime"), case.genome.region("P2RY8_e1_i1")
    margin = case.knowledge.value(cutoffs.PATTERNS_BOUNDARY_MARGIN)
    found = []
    for junction in case.junctions.junctions if case.junctions else ():
        left, right = junction.left, junction.right
        if right is None or left.chrom != right.chrom or left.chrom not in ("X", "Y"):
            continue
        if (left.keeps, right.keeps) != ("L", "R") or "possible_germline" in junction.flags:
            continue
        # PAR1 has the same coordinates on X and Y in GRCh38; in GRCh37 those of Y are 50 kb lower, within the margin
        if low.start - margin <= left.pos <= low.end + margin and high.start - margin <= right.pos <= high.end + margin:
            found.append(junction)
    return tuple(found)


def _fusions(case: Case) -> list[Fusion]:
    least = case.knowledge.value(cutoffs.GENES_SV_MIN_READS)
    return [
        fusion
        for fusion in (case.fusions.fusions if case.fusions else ())
        if (fusion.five, fusion.three) == PAIR
        and fusion.filter in PASSING
        and (fusion.reads is None or fusion.reads >= least)
    ]


def _joined(case: Case, junctions: tuple[Junction, ...], fusions: list[Fusion]) -> LesionCall:
    evidence = [_junction_evidence(j) for j in junctions]
    evidence += [
        Evidence(
            kind="fusion",
            summary=f"{f.name}, {f.reads if f.reads is not None else '?'} reads ({f.caller})",
            file=f.file,
            record=f.record,
            rule="P2RY8::CRLF2 transcript",
        )
        for f in fusions
    ]
    words = "; ".join(e.summary for e in evidence)
    reasons = [Reason(Code.EVIDENCE_FOUND, f"P2RY8 is joined to CRLF2: {words}")]
    if fusions and not junctions:
        reasons.append(Reason(Code.NOTE, "the transcript is made by this deletion; its ends in DNA were not seen"))
    hits: list[GeneHit] = [
        {"gene": gene, "change": "deletion", "level": "focal", "rule": "junction"} for gene in INSIDE
    ]
    summary = "PAR1 deletion of the P2RY8::CRLF2 type, focal."
    details: LesionDetails = {"level": "focal", "deletion": "present", "fusion": "P2RY8::CRLF2", "hits": hits}
    observations = [*_by_junctions(case, junctions), *(speaks(Source.FUSIONS) for _ in fusions)]
    return make(case, ID, observations, summary, reasons, evidence, subtype="focal", genes=PAIR, details=details)


def _by_junctions(case: Case, junctions: tuple[Junction, ...]) -> list[Observation]:
    return [speaks(Source.JUNCTIONS, Weight.PROOF if enough_reads(case, j) else Weight.HINT) for j in junctions]


def _lost(case: Case, lost: list[GeneCopies], inside: list[GeneCopies], by_mlpa: bool) -> LesionCall:
    """Loss of CSF2RA and IL3RA with CRLF2 kept; anything else is not the interstitial deletion for certain."""
    kept = [c for gene in OUTSIDE if (c := gene_copies(case, gene)) is not None and c.call not in DELETED]
    also = [c.gene for gene in OUTSIDE if (c := gene_copies(case, gene)) is not None and c.call in DELETED]
    texts = "; ".join(copies_text(c) for c in lost)
    evidence = [e for c in lost for e in c.evidence]
    reasons = [Reason(Code.EVIDENCE_FOUND, f"loss within PAR1: {texts}")]
    details: LesionDetails = {"level": "focal", "deletion": "present", "hits": hits_of(lost)}
    both = len(lost) == len(inside) == len(INSIDE)
    if also or not both or not kept:
        what = f"{', '.join(also)} lost too" if also else "only a part of the stretch from CRLF2 to P2RY8 is lost"
        if not kept and not also:
            what = "CRLF2 is not covered, so where the loss ends is not known"
        reasons.append(Reason(Code.EVIDENCE_CONFLICT, what, "MLPA, or a junction or RNA of P2RY8::CRLF2"))
        summary = f"PAR1 deletion equivocal: {what}."
        details = {**details, "deletion": "unknown"}
        hint = [speaks(copies_source(case), Weight.HINT, code=Code.EVIDENCE_CONFLICT)]
        return make(case, ID, hint, summary, reasons, evidence, details=details)
    if not by_mlpa:
        reasons.append(Reason(Code.NOTE, f"par_mode is {case.sample.par_mode}; PAR1 is compared with itself"))
    patterns = fusion_patterns(case.profile, case.genome, case.knowledge) if case.profile is not None else ()
    reasons += [Reason(Code.NOTE, p.text, p.settles) for p in patterns if p.pair == "P2RY8::CRLF2"]
    subclonal = all(c.subclonal for c in lost)
    observations = [speaks(copies_source(case), subclonal=subclonal)]
    summary = f"PAR1 deletion, focal{' in a subclone' if subclonal else ''}: CSF2RA and IL3RA lost, CRLF2 kept."
    return make(case, ID, observations, summary, reasons, evidence, subtype="focal", genes=INSIDE, details=details)


def _weak(case: Case, junctions: tuple[Junction, ...]) -> LesionCall:
    evidence = [_junction_evidence(j) for j in junctions]
    words = "; ".join(e.summary for e in evidence)
    text = f"a junction of P2RY8 and CRLF2 that failed its caller's filters: {words}"
    reasons = [Reason(Code.EVIDENCE_CONFLICT, text, "MLPA, or RNA of P2RY8::CRLF2")]
    details: LesionDetails = {"deletion": "unknown", "hits": []}
    summary = "PAR1 deletion: possible, by a junction of low confidence."
    observations = _by_junctions(case, junctions)
    return make(case, ID, observations, summary, reasons, evidence, genes=PAIR, details=details)


def _nothing(case: Case, inside: list[GeneCopies], lost: list[GeneCopies], by_mlpa: bool) -> LesionCall:
    unknown: LesionDetails = {"deletion": "unknown", "hits": []}
    none: LesionDetails = {"deletion": "absent", "hits": []}
    judged = len(inside) == len(INSIDE) and all(c.call != "not_assessable" and c.certain for c in inside)
    mode = case.sample.par_mode
    if judged and (by_mlpa or mode == "y_masked"):
        texts = "; ".join(copies_text(c) for c in inside)
        how = "MLPA ratios are normal" if by_mlpa else "copy number within PAR1 is even, with the Y copy masked"
        reasons = [Reason(Code.LOOKED_AND_NOT_FOUND, f"{how}: {texts}")]
        evidence = [e for c in inside for e in c.evidence[:1]]
        excluded = [excludes(copies_source(case))]
        return make(case, ID, excluded, "PAR1 deletion: not detected.", reasons, evidence, details=none)
    able = able_sources(case, ID)
    if able:
        excluded = [excludes(statement.source) for statement in able]
        reasons = [statement.reason for statement in able]
        return make(case, ID, excluded, "PAR1 deletion: not detected.", reasons, details=none)
    extra = [reason for c in inside for reason in c.reasons]
    if case.profile is not None and case.profile.segments and not by_mlpa:
        if mode == "unknown":
            found = " Segments show a loss there, which may be an effect of mapping." if lost else ""
            text = f"how PAR1 was mapped is not stated, so its depth says nothing.{found}"
            extra.insert(0, Reason(Code.BUILD_LIMITATION, text, "the column `par_mode`, or MLPA"))
        elif mode == "y_present":
            text = "the Y copy of PAR1 was not masked: reads are spread over X and Y, and a loss may be hidden"
            extra.insert(0, Reason(Code.BUILD_LIMITATION, text, "mapping with the Y copy masked, or MLPA"))
    call = absent(case, ID, extra)
    return replace(call, details={**call.details, **unknown})


def _junction_evidence(junction: Junction) -> Evidence:
    return deletion_evidence(junction, "deletion from CRLF2 to P2RY8")
