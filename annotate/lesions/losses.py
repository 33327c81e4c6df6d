"""What the rules of gene deletions share: copy number, deletion junctions, MLPA and karyotype of one or two genes.

A loss by copy number or by a deletion junction over a coding exon is a deletion; a karyotype alone is equivocal.
A negative needs copy number that could have shown the deletion. Structural variants alone give one only for
deletions that are always focal, because the loss of an arm or a chromosome leaves no deletion junction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from annotate.case import Case
from annotate.copynumber.chromosomes import commonest
from annotate.copynumber.genes import exon_text, length_text
from annotate.germline_flags import PASSING
from annotate.lesions.assess import absent, lesion_name, make, positive_statements, purity
from annotate.lesions.fish_losses import FishLoss, fish_evidence, fish_losses
from annotate.lesions.karyotype_losses import KaryotypeLoss, karyotype_evidence, karyotype_losses
from annotate.lesions.mutated import gene_copies
from annotate.model import Code, Evidence, GeneCopies, Junction, LesionCall, Reason, State

LOST = ("deletion", "homozygous_deletion")
Leaning = Literal["likely", "unclear"] | None


@dataclass(frozen=True, slots=True)
class DeletionJunction:
    """A deletion that takes coding exons of a gene. `certain`: passes its caller's filters with enough reads."""

    junction: Junction
    gene: str
    exons: tuple[int, ...]
    size: int
    certain: bool
    subclonal: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """Everything that says that genes were lost."""

    copies: tuple[GeneCopies, ...]  # genes that copy number shows as lost
    junctions: tuple[DeletionJunction, ...]
    karyotype: tuple[KaryotypeLoss, ...]
    fish: tuple[FishLoss, ...] = ()

    @property
    def certain_junctions(self) -> tuple[DeletionJunction, ...]:
        return tuple(j for j in self.junctions if j.certain)


def losses(case: Case, genes: Sequence[str]) -> Loss:
    copies = [found for gene in genes if (found := gene_copies(case, gene)) is not None]
    tokens = dict.fromkeys(token for gene in genes for token in karyotype_losses(case, gene))
    return Loss(
        copies=tuple(c for c in copies if c.call in LOST),
        junctions=tuple(j for gene in genes for j in deletion_junctions(case, gene)),
        karyotype=tuple(tokens),
        fish=tuple(loss for gene in genes for loss in fish_losses(case, gene)),
    )


def deletion_junctions(case: Case, gene: str) -> tuple[DeletionJunction, ...]:
    """Deletions (left side kept to the left, right side to the right) over coding bases of the gene.

    Longer ones than `genes.sv_max_length` count only beside a loss in copy number.
    """
    transcript = case.genome.transcript(gene)
    if case.junctions is None or transcript is None:
        return ()
    copies = gene_copies(case, gene)
    longest = case.knowledge.value("genes.sv_max_length")
    found = []
    for junction in case.junctions.junctions:
        left, right = junction.left, junction.right
        if right is None or not left.chrom == right.chrom == transcript.chrom:
            continue
        if (left.keeps, right.keeps) != ("L", "R") or "possible_germline" in junction.flags:
            continue  # what the matched normal shows too is not lost in the leukaemia
        size = right.pos - left.pos - 1
        if size > longest and (copies is None or copies.call not in LOST):
            continue
        exons = tuple(
            exon.rank
            for exon in transcript.exons
            if exon.cds_start is not None
            and exon.cds_end is not None
            and exon.cds_start < right.pos
            and exon.cds_end > left.pos
        )
        if exons:
            certain = enough_reads(case, junction)
            found.append(DeletionJunction(junction, gene, exons, size, certain, _subclonal(case, junction)))
    return tuple(found)


def enough_reads(case: Case, junction: Junction) -> bool:
    """Does a junction pass its caller's filters with as many reads as a deletion needs?"""
    reads = junction.reads
    return junction.filter in PASSING and (reads is None or reads >= case.knowledge.value("genes.sv_min_reads"))


def _subclonal(case: Case, junction: Junction) -> bool:
    """By the junction's share of reads: a clonal deletion of one copy has half of the purity."""
    if junction.vaf is None:
        return False
    known = purity(case)
    if known is None:
        return junction.vaf < case.knowledge.value("genes.sv_subclonal_vaf")
    return junction.vaf < known / 2 * case.knowledge.value("copy_number.clonal_fraction")


# ---------------------------------------------------------------- the call


def call_deletion(
    case: Case,
    id: str,
    genes: Sequence[str],
    *,
    focal_only: bool = False,
    name_span: Mapping[tuple[int, ...], str] | None = None,
) -> LesionCall:
    """The call of a deletion of any of these genes.

    `focal_only`: the loss of an arm or a chromosome is not this lesion. `name_span`: names of exon spans.
    """
    found = losses(case, genes)
    lost = [c for c in found.copies if not focal_only or c.level in ("focal", None)]
    if lost or found.certain_junctions:
        return _deleted(case, id, lost, found, name_span or {})
    if found.fish and not focal_only:
        return _by_fish(case, id, genes, found)
    if found.junctions:
        return _weak_junctions(case, id, found)
    return not_lost(case, id, genes, found, focal_only=focal_only)


def _deleted(
    case: Case, id: str, lost: Sequence[GeneCopies], found: Loss, name_span: Mapping[tuple[int, ...], str]
) -> LesionCall:
    genes = tuple(dict.fromkeys([c.gene for c in lost] + [j.gene for j in found.certain_junctions]))
    homozygous = any(c.call == "homozygous_deletion" for c in lost)
    level = _level(lost, found)
    subclonal = all([*(c.subclonal for c in lost), *(j.subclonal for j in found.certain_junctions)])
    exons = _exons(case, genes[0], lost, found)
    span = _span(case, genes[0], exons)
    named = name_span.get(exons) if len(genes) == 1 else None
    hits = hits_of(lost, found.certain_junctions)
    reasons = [*_copy_reasons(lost), *_junction_reasons(case, found, lost)]
    if level == "whole_chromosome" and _hypodiploid(case) is not None:
        reasons.append(Reason(Code.NOTE, "lost with a whole chromosome of a hypodiploid clone, which counts"))
    if found.karyotype:
        reasons.append(Reason(Code.NOTE, f"the karyotype agrees: {_raw(found.karyotype)}"))
    reasons += [Reason(Code.NOTE, f"{loss.text}: FISH agrees") for loss in found.fish]
    return make(
        case,
        id,
        State.DETECTED_SUBCLONAL if subclonal else State.DETECTED,
        f"{_sentence(genes, homozygous, level, span, named, subclonal)}.",
        reasons,
        [*(e for c in lost for e in c.evidence), *(junction_evidence(j) for j in found.junctions)],
        subtype="homozygous" if homozygous else level,
        genes=genes,
        details={
            "level": level,
            "homozygous": homozygous,
            "exons": list(exons),
            "span": named or span,
            "deletion": "present",
            "hits": hits,
        },
    )


def _level(lost: Sequence[GeneCopies], found: Loss) -> str | None:
    """The smallest reach: a focal deletion says more than the loss of the arm it lies in."""
    order = ("focal", "arm", "whole_chromosome")
    levels = [c.level for c in lost if c.level is not None]
    if found.certain_junctions and not levels:
        return "focal"
    return min(levels, key=order.index) if levels else None


def _exons(case: Case, gene: str, lost: Sequence[GeneCopies], found: Loss) -> tuple[int, ...]:
    """Exons by the junctions where there are any, which know the ends to the base; else by copy number."""
    exact = {rank for j in found.certain_junctions if j.gene == gene for rank in j.exons}
    wide = any(c.level not in ("focal", None) for c in lost)
    if exact and not wide:
        return tuple(sorted(exact))
    return tuple(sorted({rank for c in lost if c.gene == gene for rank in c.exons} | exact))


def _span(case: Case, gene: str, exons: tuple[int, ...]) -> str | None:
    transcript = case.genome.transcript(gene)
    if not exons or transcript is None:
        return None
    coding = tuple(e.rank for e in transcript.exons if e.cds_start is not None)
    return "whole gene" if set(coding) <= set(exons) else exon_text(exons)


def _sentence(
    genes: Sequence[str], homozygous: bool, level: str | None, span: str | None, named: str | None, subclonal: bool
) -> str:
    parts = [f"{' and '.join(genes)}: {'homozygous deletion' if homozygous else 'deletion'}"]
    if span:
        parts.append(f"{span} ({named})" if named else span)
    reach = {"focal": "focal", "arm": "with a large part of the arm", "whole_chromosome": "with the whole chromosome"}
    parts.append(reach.get(level or "", "extent beyond the gene not known"))
    if subclonal:
        parts.append("in a subclone")
    return ", ".join(parts)


def hits_of(lost: Sequence[GeneCopies], junctions: Sequence[DeletionJunction] = ()) -> list[dict[str, Any]]:
    """What was found, gene by gene, as other rules and risk schemes read it."""
    hits: list[dict[str, Any]] = [
        {
            "gene": c.gene,
            "change": c.call,
            "level": c.level,
            "exons": list(c.exons),
            "total": c.total,
            "baseline": c.baseline,
            "subclonal": c.subclonal,
            "rule": "copy number",
        }
        for c in lost
    ]
    for j in junctions:
        change = {"gene": j.gene, "change": "deletion", "level": "focal", "exons": list(j.exons), "rule": "junction"}
        hits.append({**change, "subclonal": j.subclonal, "size": j.size})
    return hits


def _copy_reasons(lost: Sequence[GeneCopies]) -> list[Reason]:
    reasons = []
    for copies in lost:
        reasons.append(Reason(Code.EVIDENCE_FOUND, f"{copies_text(copies)}: {copies.call.replace('_', ' ')}"))
        reasons += copies.reasons
    return reasons


def _junction_reasons(case: Case, found: Loss, lost: Sequence[GeneCopies]) -> list[Reason]:
    reasons = []
    for j in found.junctions:
        text = f"deletion junction over {exon_text(j.exons)} of {j.gene}: {junction_evidence(j).summary}"
        reasons.append(Reason(Code.EVIDENCE_FOUND, text))
    if found.certain_junctions and not lost:
        for gene in dict.fromkeys(j.gene for j in found.certain_junctions):
            copies = gene_copies(case, gene)
            if copies is not None and copies.call != "not_assessable":
                text = f"copy number shows no loss here ({copies_text(copies)}); it may be too coarse for this deletion"
                reasons.append(Reason(Code.NOTE, text))
    return reasons


def _by_fish(case: Case, id: str, genes: Sequence[str], found: Loss) -> LesionCall:
    """A loss that only FISH shows: detected in a clone's share of cells, a conflict where copy number is normal."""
    certain = [loss for loss in found.fish if loss.certain]
    shown = certain or list(found.fish)
    lost = tuple(dict.fromkeys(loss.gene for loss in shown))
    homozygous = any(loss.signals == 0 for loss in shown)
    evidence = [fish_evidence(loss) for loss in shown]
    normal = [c for g in lost if (c := gene_copies(case, g)) is not None and c.call != "not_assessable"]
    words = f"{' and '.join(lost)}: {'homozygous deletion' if homozygous else 'deletion'} by FISH"
    if certain and not normal:
        reasons = [Reason(Code.EVIDENCE_FOUND, loss.text) for loss in shown]
        reasons.append(Reason(Code.NOTE, "the probe is larger than the gene: FISH does not tell the reach of the loss"))
        hits = [
            {
                "gene": loss.gene,
                "change": "homozygous_deletion" if loss.signals == 0 else "deletion",
                "level": None,
                "rule": "FISH",
            }
            for loss in shown
        ]
        return make(
            case,
            id,
            State.DETECTED,
            f"{words}.",
            reasons,
            evidence,
            subtype="homozygous" if homozygous else None,
            genes=lost,
            details={"level": None, "homozygous": homozygous, "deletion": "present", "hits": hits},
        )
    if normal:
        texts = "; ".join(copies_text(c) for c in normal)
        text = f"{'; '.join(loss.text for loss in shown)}, but copy number shows no loss ({texts})"
        reasons = [Reason(Code.EVIDENCE_CONFLICT, text, "copy number of a purer sample, or FISH of more cells")]
    else:
        text = f"{'; '.join(loss.text for loss in shown)}: too few cells for a clone"
        reasons = [Reason(Code.EVIDENCE_INCOMPLETE, text, "FISH of more cells, or copy number")]
    return make(
        case,
        id,
        State.EQUIVOCAL,
        f"{lesion_name(case, id)}: equivocal, {text}.",
        reasons,
        evidence,
        leaning="likely" if certain else "unclear",
        genes=tuple(genes),
        details={"deletion": "unknown", "hits": []},
    )


def _weak_junctions(case: Case, id: str, found: Loss) -> LesionCall:
    names = "; ".join(junction_evidence(j).summary for j in found.junctions)
    reasons = [
        Reason(
            Code.EVIDENCE_CONFLICT,
            f"a deletion junction with few reads or failed filters: {names}",
            "copy number of the gene",
        )
    ]
    evidence = [junction_evidence(j) for j in found.junctions]
    genes = tuple(dict.fromkeys(j.gene for j in found.junctions))
    summary = f"{lesion_name(case, id)}: possible, by a junction of low confidence."
    details = {"deletion": "unknown", "hits": []}
    return make(case, id, State.EQUIVOCAL, summary, reasons, evidence, leaning="unclear", genes=genes, details=details)


# ---------------------------------------------------------------- nothing lost


def _count_open(case: Case, call: LesionCall) -> bool:
    """Is hypodiploidy equivocal, or shown by a karyotype that the copies of the profile do not agree with?

    With alleles known, only where it is equivocal because the copies themselves are open.
    """
    uncertain = any(reason.code is Code.PLOIDY_UNCERTAIN for reason in call.reasons)
    if case.profile is not None and case.profile.allele_specific:
        return call.state is State.EQUIVOCAL and uncertain
    if call.state is State.EQUIVOCAL:
        return True
    counted = case.profile.modal_number if case.profile is not None else None
    return call.state.present and (counted is None or counted > case.knowledge.value("hypodiploidy.inpog_max"))


def ploidy_open(case: Case, copies: Iterable[GeneCopies]) -> Reason | None:
    """Why copies of an open ploidy exclude no loss: in totals a near-haploid clone looks like its double.

    A gene at or below the commonest copies of the autosomes may have one copy left where the profile shows two.
    """
    call, profile = case.calls.get("hypodiploidy"), case.profile
    if profile is None or call is None or not _count_open(case, call):
        return None
    usual = commonest(Counter(s.total for c, s in profile.chromosomes.items() if s.total is not None and c.isdigit()))
    low = [c for c in copies if usual is not None and c.total is not None and round(c.total) <= usual]
    if not low:
        return None
    text = (
        f"{'; '.join(copies_text(c) for c in low)}: {'the' if profile.allele_specific else 'total'} copies alone do not"
        f" tell one copy in a hypodiploid clone from two ({call.summary.rstrip('.')})"
    )
    return Reason(Code.PLOIDY_UNCERTAIN, text, "a DNA index, a karyotype, or allele-specific copy number")


def not_lost(
    case: Case, id: str, genes: Sequence[str], found: Loss | None = None, *, focal_only: bool = False
) -> LesionCall:
    """No loss by copy number or junction: conflict with the karyotype, a negative, or not assessable."""
    found = found or losses(case, genes)
    copies = {gene: gene_copies(case, gene) for gene in genes}
    unclear = {gene: c for gene, c in copies.items() if c is None or c.call == "not_assessable"}
    if not unclear:
        sure = [token for token in found.karyotype if token.certain]
        if sure and not focal_only:
            return _conflict(case, id, genes, sure)
        doubt = None if focal_only else ploidy_open(case, [c for c in copies.values() if c is not None])
        if doubt is not None:
            call = absent(case, id, (doubt,))
            return replace(call, details={**call.details, "deletion": "unknown", "hits": []})
        return _negative(case, id, [c for c in copies.values() if c is not None], found, focal_only)
    by_sv = _focal_excluded(case, id, unclear.values(), focal_only)
    if by_sv:
        return _negative(case, id, [c for c in copies.values() if c is not None], found, focal_only, by_sv)
    if found.karyotype and not focal_only:
        return _by_karyotype(case, id, genes, found)
    extra = tuple(reason for c in copies.values() if c is not None for reason in c.reasons)
    call = absent(case, id, extra)
    return replace(call, details={**call.details, "deletion": "unknown", "hits": []})


def _focal_excluded(case: Case, id: str, unclear: Iterable[GeneCopies | None], focal_only: bool) -> tuple[Reason, ...]:
    """Whole-genome structural variants exclude focal deletions; copy number too coarse for those excludes the rest."""
    coarse = all(
        c is not None and c.total is not None and {r.code for r in c.reasons} == {Code.RESOLUTION_TOO_COARSE}
        for c in unclear
    )
    return positive_statements(case, id) if coarse or focal_only else ()


def _conflict(case: Case, id: str, genes: Sequence[str], sure: Sequence[KaryotypeLoss]) -> LesionCall:
    text = f"the karyotype shows a loss that holds {' and '.join(genes)} ({_raw(sure)}), copy number does not"
    reasons = [Reason(Code.EVIDENCE_CONFLICT, text, f"FISH of {genes[0]}")]
    evidence = [karyotype_evidence(token, genes[0]) for token in sure]
    summary = f"{lesion_name(case, id)}: equivocal, karyotype and copy number disagree."
    details = {"deletion": "unknown", "hits": []}
    return make(
        case,
        id,
        State.EQUIVOCAL,
        summary,
        reasons,
        evidence,
        leaning="unclear",
        genes=tuple(genes),
        details=details,
    )


def _negative(
    case: Case,
    id: str,
    copies: Sequence[GeneCopies],
    found: Loss,
    focal_only: bool,
    by_sv: Sequence[Reason] = (),
) -> LesionCall:
    reasons: list[Reason] = list(by_sv)
    if copies and not by_sv:
        resolution = case.profile.resolution if case.profile is not None else None
        size = (
            f"; deletions from {length_text(resolution)} on would be seen"
            if resolution
            else "; the size of deletion that would be seen is not stated"
        )
        texts = "; ".join(copies_text(c) for c in copies)
        kind = "focal deletion" if focal_only else "deletion"
        reasons.append(Reason(Code.LOOKED_AND_NOT_FOUND, f"copy number shows no {kind} ({texts}){size}"))
    for c in copies:
        if c.call == "cnloh":
            reasons.append(Reason(Code.NOTE, f"{c.gene}: copy-neutral loss of heterozygosity, no copy is lost"))
            clone = _hypodiploid(case)
            if clone is not None and clone.masked:
                text = f"{c.gene}: one chromosome was lost before the clone doubled; against the doubled clone none is"
                reasons.append(Reason(Code.NOTE, text))
        if focal_only and c.call in LOST:
            level = (c.level or "arm").replace("_", " ")
            text = f"{c.gene} is lost with the {level}: not the focal deletion that counts here"
            reasons.append(Reason(Code.NOTE, text))
        reasons += [reason for reason in c.reasons if reason.code is Code.NOTE]
    uncertain = [token for token in found.karyotype if not token.certain]
    if uncertain and not focal_only:
        reasons.append(Reason(Code.NOTE, f"{_raw(uncertain)} of the karyotype may hold the gene; copies show no loss"))
    cnloh = [c.gene for c in copies if c.call == "cnloh"]
    summary = f"{lesion_name(case, id)}: not detected{' (copy-neutral LOH)' if cnloh else ''}."
    details = {"deletion": "absent", "cnloh": cnloh, "hits": []}
    evidence = [e for c in copies for e in c.evidence[:1]]
    return make(case, id, State.NOT_DETECTED, summary, reasons, evidence, details=details)


def _by_karyotype(case: Case, id: str, genes: Sequence[str], found: Loss) -> LesionCall:
    tokens = found.karyotype
    leaning: Leaning = "likely" if any(token.certain for token in tokens) else "unclear"
    text = f"the karyotype shows {_raw(tokens)}; bands do not resolve {' and '.join(genes)}"
    copies = [c for gene in genes if (c := gene_copies(case, gene)) is not None]
    reasons = [
        Reason(Code.KARYOTYPE_ONLY, text, "copy-number segments, MLPA or FISH"),
        *(reason for c in copies for reason in c.reasons),
    ]
    summary = f"{lesion_name(case, id)}: equivocal, by the karyotype alone ({_raw(tokens)})."
    return make(
        case,
        id,
        State.EQUIVOCAL,
        summary,
        reasons,
        [karyotype_evidence(token, genes[0]) for token in tokens],
        leaning=leaning,
        genes=tuple(genes),
        details={"deletion": "unknown", "hits": []},
    )


def _hypodiploid(case: Case) -> LesionCall | None:
    """The call of a hypodiploid clone, if there is one."""
    call = case.calls.get("hypodiploidy")
    return call if call is not None and call.state.present else None


# ---------------------------------------------------------------- words


def _raw(tokens: Iterable[KaryotypeLoss]) -> str:
    return ", ".join(token.raw for token in tokens)


def copies_text(copies: GeneCopies) -> str:
    """`IKZF1: 1 copy (baseline 2)`, `IKZF1: log2 -0.80`."""
    if copies.total is not None:
        of = f" (baseline {copies.baseline})" if copies.baseline is not None else ""
        return f"{copies.gene}: {copies.total:.3g} {'copy' if copies.total == 1 else 'copies'}{of}"
    if copies.log2 is not None:
        return f"{copies.gene}: log2 ratio {copies.log2:.2f}"
    return f"{copies.gene}: copies not known"


def junction_evidence(found: DeletionJunction) -> Evidence:
    facts = {"gene": found.gene, "exons": list(found.exons), "size": found.size}
    return deletion_evidence(found.junction, "deletion over a coding exon", facts)


def deletion_evidence(junction: Junction, rule: str, facts: Mapping[str, Any] | None = None) -> Evidence:
    """The record of a deletion junction; `facts` come first in its values, and a `size` (bases) is said."""
    facts = facts or {}
    right = junction.right.pos if junction.right is not None else junction.left.pos
    reads = junction.reads if junction.reads is not None else "?"
    size = f"{facts['size']:,} bases, " if "size" in facts else ""
    return Evidence(
        kind="junction",
        summary=f"{junction.left.chrom}:{junction.left.pos:,}–{right:,} ({size}{reads} reads)",
        file=junction.files[0] if junction.files else None,
        record=junction.records[0] if junction.records else junction.id,
        rule=rule,
        values={**facts, "reads": junction.reads, "vaf": junction.vaf, "filter": junction.filter},
    )
