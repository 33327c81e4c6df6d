"""PAX5: deletion as a lesion of its own (UKALL-CNA and IKZF1plus count it), and PAX5 altered in any structural way.

`pax5` is deletion, intragenic amplification of exons 2 to 5, or fusion. Its negative needs all three looked
for, so copy number alone leaves it not assessable; `pax5_deletion` is settled by copy number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.decide.call import absent, make
from annotate.decide.case import Case
from annotate.decide.deletions.call import SOURCES_READ, TABLES_READ, call_deletion
from annotate.decide.deletions.losses import enough_reads
from annotate.decide.deletions.observations import copies_source
from annotate.decide.detectability import able_sources
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.decide.rearrangements.combine import SOURCES_READ as FUSION_SOURCES
from annotate.decide.rearrangements.combine import TABLES_READ as FUSION_TABLES
from annotate.decide.rearrangements.combine import call_rearrangement, gather
from annotate.decide.registry import lesion
from annotate.knowledge import cutoffs
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.model.lesion import LesionCall
from annotate.model.observation import Form, Observation, Source
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.stretches import copy_map

GENE = "PAX5"
SUBTYPE = "PAX5alt as a subtype needs gene expression"


@lesion("pax5_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=(GENE,))
def pax5_deletion(case: Case) -> LesionCall:
    """Loss of one coding exon of PAX5 or more.

    Definition: exons lost, by losses of 9p and dicentric chromosomes 9 too.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy.
    Source: Moorman 2014, doi 10.1182/blood-2014-03-562918.
    """
    return call_deletion(case, "pax5_deletion", (GENE,))


FORMS = frozenset({Form.DELETION, Form.AMPLIFICATION, Form.FUSION})


@lesion("pax5", sources=FUSION_SOURCES, tables=(*FUSION_TABLES, *TABLES_READ), after=("pax5_deletion",), genes=(GENE,))
def pax5(case: Case) -> LesionCall:
    """PAX5 deleted, amplified within, or fused.

    Definition: deletion, intragenic amplification of exons 2 to 5, or fusion; the subtype names the most specific
        of them.
    Inputs: junctions, RNA fusions, karyotype, copy number and covered regions; `pax5_deletion`.
    Units: copies, bp, reads; VAF from 0 to 1.
    Thresholds: `genes.pax5_amp_copies`, `patterns.end_margin`, `fusions.min_reads`, `genes.sv_min_reads`.
    Equivocal: an equivocal deletion or fusion; a negative needs all three looked for.
    Source: rows of `fusion_rules`, `karyotype_rules` and `copy_patterns`; Gu 2019, PMID 30643249.
    """
    deletion, fusion, amplified = case.calls["pax5_deletion"], _fusion(case), _amplified(case)
    observations = [*_of_form(deletion, Form.DELETION), *_of_amplification(case, amplified), *_of_fusion(case, fusion)]
    fused = fusion if fusion is not None and fusion.state.present else None
    parts: list[tuple[str, str]] = []
    if fused is not None:
        parts.append(("fusion", f"fusion {fused.subtype or 'with an unknown partner'}"))
    if amplified:
        parts.append(("amplification", "intragenic amplification of exons 2 to 5"))
    if deletion.state.present:
        parts.append(("deletion", deletion.summary.rstrip(".").removeprefix(f"{GENE}: ")))
    found = fused.details if fused is not None else LesionDetails()
    details: LesionDetails = {**deletion.details, **found, "kinds": [kind for kind, _ in parts]}
    if parts:
        return _found(case, observations, deletion, fused, amplified, parts, details)
    open_calls = [call for call in (fusion, deletion) if call is not None and call.state is State.EQUIVOCAL]
    if open_calls:
        return make(
            case,
            "pax5",
            observations,
            " ".join(call.summary for call in open_calls),
            [reason for call in open_calls for reason in call.reasons],
            [item for call in open_calls for item in call.evidence],
            forms=FORMS,
            genes=tuple(dict.fromkeys((GENE, *(gene for call in open_calls for gene in call.genes)))),
            details=details,
        )
    return _nothing(case, observations, deletion, details)


def _of_form(call: LesionCall, form: Form) -> list[Observation]:
    """What another call was decided from, as one form of this lesion."""
    return [replace(observation, form=form) for observation in call.observations]


def _of_amplification(case: Case, amplified: Sequence[Evidence]) -> list[Observation]:
    copies = gene_copies(case, GENE)
    if amplified:
        sources = {Source.JUNCTIONS if item.kind == "junction" else Source.COPY_NUMBER for item in amplified}
        return [speaks(source, form=Form.AMPLIFICATION) for source in sorted(sources)]
    if copies is None or copies.call == "not_assessable" or not copies.certain:
        return []
    return [excludes(copies_source(case), form=Form.AMPLIFICATION)]


def _of_fusion(case: Case, fusion: LesionCall | None) -> list[Observation]:
    if fusion is not None:
        return _of_form(fusion, Form.FUSION)
    return [excludes(statement.source, form=Form.FUSION) for statement in able_sources(case, "pax5")]


def _found(
    case: Case,
    observations: Sequence[Observation],
    deletion: LesionCall,
    fused: LesionCall | None,
    amplified: Sequence[Evidence],
    parts: Sequence[tuple[str, str]],
    details: LesionDetails,
) -> LesionCall:
    deleted = deletion if deletion.state.present else None
    reasons = [Reason(Code.EVIDENCE_FOUND, text) for _, text in parts]
    for call in (fused, deleted):
        reasons += call.reasons if call is not None else ()
    if fused is not None or amplified:
        reasons.append(Reason(Code.NEEDS_GEX, SUBTYPE, "gene expression"))
    return make(
        case,
        "pax5",
        observations,
        f"PAX5 altered: {'; '.join(text for _, text in parts)}.",
        reasons,
        [*(fused.evidence if fused else ()), *amplified, *(deleted.evidence if deleted else ())],
        forms=FORMS,
        subtype=parts[0][0],
        genes=tuple(dict.fromkeys((GENE, *(fused.genes if fused else ())))),
        details=details,
    )


def _amplified(case: Case) -> list[Evidence]:
    """A gain of exons 2 to 5 to many copies that ends within or near the gene, by segments or a duplication."""
    region, gene = case.genome.region("PAX5_e2_e5"), case.genome.gene(GENE)
    if gene is None:
        return []
    found = []
    margin = case.knowledge.value(cutoffs.PATTERNS_END_MARGIN)
    if case.profile is not None and case.profile.segments:
        copies = copy_map(case.profile, case.genome, case.knowledge)
        least = case.knowledge.value(cutoffs.GENES_PAX5_AMP_COPIES)
        baseline = copies.baseline(region.chrom, region.start)
        for stretch in copies.gained(region.chrom, region.start):
            holds = stretch.start <= region.start and stretch.end >= region.end
            inside = stretch.start >= gene.start - margin and stretch.end <= gene.end + margin
            totals = [s.total for s in stretch.segments if s.total is not None]
            many = not totals or (max(totals) >= least and max(totals) > (baseline or 2))
            if holds and inside and many:
                found += [copies.evidence(segment, baseline) for segment in stretch.segments[:2]]
    for junction in case.junctions.junctions if case.junctions else ():
        left, right = junction.left, junction.right
        if right is None or not left.chrom == right.chrom == gene.chrom or not enough_reads(case, junction):
            continue
        if "possible_germline" in junction.flags:
            continue
        tandem = (left.keeps, right.keeps) == ("R", "L")
        inside = gene.start <= left.pos <= region.start and region.end <= right.pos <= gene.end
        if tandem and inside:
            found.append(_junction_evidence(junction, "tandem duplication of exons 2 to 5"))
    return found


def _fusion(case: Case) -> LesionCall | None:
    """The call of the fusion engine for PAX5 as the 5' partner; None where no record speaks of one."""
    findings = gather(case, "pax5")
    if all(finding.strength == "note" for finding in findings):
        return None
    call = call_rearrangement(case, "pax5", findings)
    return call if call.state.present or call.state is State.EQUIVOCAL else None


def _nothing(
    case: Case, observations: Sequence[Observation], deletion: LesionCall, details: LesionDetails
) -> LesionCall:
    """Absent only where deletions, amplification and fusions were all looked for."""
    looked = [statement.reason for statement in able_sources(case, "pax5")]
    evidence = deletion.evidence
    if decide(observations, FORMS).state is State.NOT_DETECTED:
        reasons = [*deletion.reasons, *looked]
        summary = "PAX5: no deletion, intragenic amplification or fusion."
    elif deletion.state is State.NOT_DETECTED:
        text = "fusions of PAX5 cannot be excluded without RNA or whole-genome structural variants"
        reasons = [Reason(Code.NEEDS_RNA, text, "an RNA fusion table"), *deletion.reasons]
        summary = "PAX5: no deletion; fusions are not assessable with these inputs."
    else:
        summary, reasons, evidence = *_deletion_open(case, deletion, looked), ()
    return make(case, "pax5", observations, summary, reasons, evidence, forms=FORMS, details=details)


def _deletion_open(case: Case, deletion: LesionCall, looked: Sequence[Reason]) -> tuple[str, list[Reason]]:
    """Sentence and reasons where a deletion is not excluded."""
    call = absent(case, "pax5_deletion")
    settles = next((reason.settles for reason in call.reasons if reason.settles), None)
    if looked and settles:
        summary = f"PAX5: no fusion; a deletion is not excluded, which {settles} would settle."
        return summary, [*call.reasons, *looked]
    whole = absent(case, "pax5", deletion.reasons[:1])
    return whole.summary, list(whole.reasons)


def _junction_evidence(junction: Junction, rule: str) -> Evidence:
    place = f"{junction.left.chrom}:{junction.left.pos:,}"
    if junction.right is not None:
        place += f"–{junction.right.chrom}:{junction.right.pos:,}"
    reads = junction.reads if junction.reads is not None else "?"
    return Evidence(
        kind="junction",
        summary=f"{place} ({reads} reads)",
        file=junction.files[0] if junction.files else None,
        record=junction.records[0] if junction.records else junction.id,
        rule=rule,
        values={"reads": junction.reads, "filter": junction.filter, "frame": junction.frame},
    )
