"""PAX5: deletion as a lesion of its own (UKALL-CNA and IKZF1plus count it), and PAX5 altered in any structural way.

`pax5` is deletion, intragenic amplification of exons 2 to 5, or fusion (L12). Its negative needs all three looked
for, so copy number alone leaves it not assessable; `pax5_deletion` is settled by copy number.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.case import Case
from annotate.copynumber.genes import CopyMap
from annotate.germline_flags import PASSING
from annotate.lesions.assess import absent, make, positive_statements
from annotate.lesions.losses import call_deletion
from annotate.lesions.mutated import gene_copies
from annotate.lesions.registry import lesion
from annotate.model import Code, Evidence, Fusion, Junction, LesionCall, Reason, State

GENE = "PAX5"
SUBTYPE = "PAX5alt as a subtype needs gene expression"


@lesion("pax5_deletion")
def pax5_deletion(case: Case) -> LesionCall:
    """Loss of one coding exon of PAX5 or more; 9p arm losses and dicentric chromosomes 9 included."""
    return call_deletion(case, "pax5_deletion", (GENE,))


@lesion("pax5", after=("pax5_deletion",))
def pax5(case: Case) -> LesionCall:
    """Deletion, intragenic amplification or fusion; the subtype names the most specific of them."""
    deletion = case.calls["pax5_deletion"]
    amplified = _amplified(case)
    fused, possible = _fusions(case)
    parts: list[tuple[str, str]] = []
    if fused:
        parts.append(("fusion", "fusion " + ", ".join(dict.fromkeys(name for name, _ in fused))))
    if amplified:
        parts.append(("amplification", "intragenic amplification of exons 2 to 5"))
    if deletion.state.present:
        parts.append(("deletion", deletion.summary.rstrip(".")))
    evidence = [*(e for _, e in fused), *amplified, *(deletion.evidence if deletion.state.present else ())]
    details = {**deletion.details, "kinds": [kind for kind, _ in parts]}
    if parts:
        return _found(case, deletion, parts, fused, evidence, details)
    if deletion.state is State.EQUIVOCAL or possible:
        names = ", ".join(dict.fromkeys(name for name, _ in possible))
        reasons = [*deletion.reasons] if deletion.state is State.EQUIVOCAL else []
        if possible:
            text = f"{names}: few reads, failed filters, or not shown to keep the 5' part of PAX5 in frame"
            reasons.insert(0, Reason(Code.EVIDENCE_INCOMPLETE, text, "an RNA fusion table"))
        summary = f"PAX5 equivocal: {names}." if possible else deletion.summary
        leaning = deletion.leaning or "unclear"
        found = [*(e for _, e in possible), *deletion.evidence]
        return make(
            case, "pax5", State.EQUIVOCAL, summary, reasons, found, leaning=leaning, genes=(GENE,), details=details
        )
    return _nothing(case, deletion, details)


def _found(
    case: Case,
    deletion: LesionCall,
    parts: Sequence[tuple[str, str]],
    fused: Sequence[tuple[str, Evidence]],
    evidence: Sequence[Evidence],
    details: dict[str, object],
) -> LesionCall:
    only_deleted = [kind for kind, _ in parts] == ["deletion"]
    state = deletion.state if only_deleted else State.DETECTED
    reasons = [Reason(Code.EVIDENCE_FOUND, text) for _, text in parts]
    reasons += deletion.reasons if deletion.state.present else ()
    if not only_deleted:
        reasons.append(Reason(Code.NEEDS_GEX, SUBTYPE, "gene expression"))
    names = tuple(dict.fromkeys(gene for name, _ in fused for gene in name.split("::")))
    if fused:
        details = {**details, "fusion": fused[0][0]}
    summary = f"PAX5 altered: {'; '.join(text for _, text in parts)}."
    return make(
        case,
        "pax5",
        state,
        summary,
        reasons,
        evidence,
        subtype=parts[0][0],
        genes=tuple(dict.fromkeys((GENE, *names))),
        details=details,
    )


def _amplified(case: Case) -> list[Evidence]:
    """A gain of exons 2 to 5 to many copies that ends within or near the gene, by segments or a duplication."""
    region, gene = case.genome.region("PAX5_e2_e5"), case.genome.gene(GENE)
    if gene is None:
        return []
    found = []
    margin = int(case.knowledge.value("patterns.end_margin"))
    if case.profile is not None and case.profile.segments:
        copies = CopyMap(case.profile, case.genome, case.knowledge)
        least = case.knowledge.value("genes.pax5_amp_copies")
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
        if right is None or not left.chrom == right.chrom == gene.chrom or junction.filter not in PASSING:
            continue
        tandem = (left.keeps, right.keeps) == ("R", "L")
        inside = gene.start <= left.pos <= region.start and region.end <= right.pos <= gene.end
        if tandem and inside:
            found.append(_junction_evidence(junction, "tandem duplication of exons 2 to 5"))
    return found


Named = tuple[str, Evidence]


def _fusions(case: Case) -> tuple[list[Named], list[Named]]:
    """Fusions with PAX5 as the 5' partner: those that count, and those that are only possible."""
    sure: list[Named] = []
    possible: list[Named] = []
    least = case.knowledge.value("genes.sv_min_reads")
    known = {(e["five_prime"], e["three_prime"]) for e in case.knowledge.table("fusions") if e["five_prime"] == GENE}
    for fusion in case.fusions.fusions if case.fusions else ():
        if fusion.five != GENE or fusion.three == GENE or {"read_through", "circular", "blacklisted"} & {*fusion.flags}:
            continue
        enough = fusion.filter in PASSING and (fusion.reads is None or fusion.reads >= least)
        frame = fusion.in_frame is True or (fusion.five, fusion.three) in known
        (sure if enough and frame else possible).append((fusion.name, _fusion_evidence(fusion)))
    for junction in case.junctions.junctions if case.junctions else ():
        for pair in junction.pairs:
            if pair.five != GENE or pair.three == GENE or not pair.oriented:
                continue
            name = f"{pair.five}::{pair.three}"
            reads = junction.reads
            enough = junction.filter in PASSING and (reads is None or reads >= least)
            listed = pair.known or (GENE, pair.three) in known
            if listed or pair.frame == "in_frame":
                item = (name, _junction_evidence(junction, f"{name}, oriented"))
                (sure if enough and listed else possible).append(item)
    return sure, possible


def _nothing(case: Case, deletion: LesionCall, details: dict[str, object]) -> LesionCall:
    """Absent only where deletions, amplification and fusions were all looked for."""
    looked = positive_statements(case, "pax5")
    copies = gene_copies(case, GENE)
    amplification_seen = copies is not None and copies.call != "not_assessable"
    if deletion.state is State.NOT_DETECTED and looked and amplification_seen:
        reasons = [*deletion.reasons, *looked]
        summary = "PAX5: no deletion, intragenic amplification or fusion."
        return make(case, "pax5", State.NOT_DETECTED, summary, reasons, deletion.evidence, details=details)
    if deletion.state is State.NOT_DETECTED:
        text = "fusions of PAX5 cannot be excluded without RNA or whole-genome structural variants"
        reasons = [Reason(Code.NEEDS_RNA, text, "an RNA fusion table"), *deletion.reasons]
        summary = "PAX5: no deletion; fusions are not assessable with these inputs."
        return make(case, "pax5", State.NOT_ASSESSABLE, summary, reasons, deletion.evidence, details=details)
    call = absent(case, "pax5", (*looked, *deletion.reasons[:1]))
    return make(case, "pax5", call.state, call.summary, call.reasons, details=details)


def _fusion_evidence(fusion: Fusion) -> Evidence:
    reads = fusion.reads if fusion.reads is not None else "?"
    return Evidence(
        kind="fusion",
        summary=f"{fusion.name}, {reads} reads ({fusion.caller})",
        file=fusion.file,
        record=fusion.record,
        rule="PAX5 as the 5' partner",
        values={"reads": fusion.reads, "in_frame": fusion.in_frame, "filter": fusion.filter},
    )


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
