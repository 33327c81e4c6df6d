"""What the rules of gene deletions share: copy number, deletion junctions, MLPA and karyotype of one or two genes.

A loss by copy number or by a deletion junction over a coding exon is a deletion; a karyotype alone is equivocal.
A negative needs copy number that could have shown the deletion. Structural variants alone give one only for
deletions that are always focal, because the loss of an arm or a chromosome leaves no deletion junction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.decide.call import lesion_name, make
from annotate.decide.case import Case
from annotate.decide.deletions.fish_losses import FISH, fish_evidence, fish_intact
from annotate.decide.deletions.losses import DeletionJunction, Loss, copies_text, junction_evidence, losses, raw
from annotate.decide.deletions.negative import hypodiploid, not_lost
from annotate.decide.deletions.observations import copies_source, normal_copies, shown, shown_by_bands
from annotate.decide.evidence.decision import decide
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.model.copy_number import GeneCopies
from annotate.model.details import GeneHit
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code, Reason
from annotate.name.copy_number.words import exon_text

SOURCES_READ = ("profile", "junctions", "karyotype", "regions")
TABLES_READ = ("fusion_rules", "sv_caller_limits", "copy_patterns", "karyotype_rules")

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
    certain = [c for c in lost if c.certain]
    if certain or found.certain_junctions:
        return _deleted(case, id, certain, found, name_span or {})
    if lost:
        return _possibly_deleted(case, id, lost)
    if found.fish and not focal_only:
        return _by_fish(case, id, genes, found)
    if found.junctions:
        return _weak_junctions(case, id, genes, found)
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
    counted = {c.gene for c in lost}
    unlost = [gene for gene in genes if gene not in counted]
    observations = [
        *shown(case, lost, found),
        *shown_by_bands(found.karyotype, alone=False),
        *normal_copies(case, unlost, [j for j in found.certain_junctions if j.gene in unlost]),
    ]
    if not decide(observations).state.present:
        return _unseen_in_copies(case, id, genes, found, observations)
    conflict = against_fish(case, id, genes[0], level, lost, observations)
    if conflict is not None:
        return conflict
    reasons = [*_copy_reasons(lost), *_junction_reasons(case, found, lost)]
    if level == "whole_chromosome" and hypodiploid(case) is not None:
        reasons.append(Reason(Code.NOTE, "lost with a whole chromosome of a hypodiploid clone, which counts"))
    if found.karyotype:
        reasons.append(Reason(Code.NOTE, f"the karyotype agrees: {raw(found.karyotype)}"))
    reasons += [Reason(Code.NOTE, f"{loss.text}: {loss.method} agrees") for loss in found.fish]
    return make(
        case,
        id,
        observations,
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


LARGE = frozenset({"arm", "whole_chromosome"})  # losses that hold all of a probe


def against_fish(
    case: Case, id: str, gene: str, level: str | None, lost: Sequence[GeneCopies], seen: Sequence[Observation]
) -> LesionCall | None:
    """A large loss by copy number, of which FISH of the gene shows nothing; None where FISH does not contradict."""
    probe = fish_intact(case, gene) if level in LARGE else None
    reach = (level or "").replace("_", " ")
    observations = [*seen, excludes(Source.FISH)]
    if probe is None or decide(observations).state.present:
        return None
    texts = "; ".join(copies_text(copies) for copies in lost)
    text = f"copy number shows {gene} lost with the {reach} ({texts}), FISH shows its two signals ({probe.raw})"
    return make(
        case,
        id,
        observations,
        f"{lesion_name(case, id)}: equivocal, {text}.",
        [Reason(Code.EVIDENCE_CONFLICT, text, "copy number and FISH of the same sample")],
        [e for copies in lost for e in copies.evidence],
        subtype=level,
        genes=(gene,),
        details={"deletion": "unknown", "hits": []},
    )


def _unseen_in_copies(
    case: Case, id: str, genes: tuple[str, ...], found: Loss, observations: Sequence[Observation]
) -> LesionCall:
    """A junction of a deletion long enough for the copies to show, which do not."""
    names = "; ".join(junction_evidence(j).summary for j in found.certain_junctions)
    texts = "; ".join(copies_text(c) for gene in genes if (c := gene_copies(case, gene)) is not None)
    text = f"a deletion junction ({names}), but copy number, which resolves its size, shows no loss ({texts})"
    return make(
        case,
        id,
        observations,
        f"{lesion_name(case, id)}: equivocal, {text}.",
        [Reason(Code.EVIDENCE_CONFLICT, text, f"FISH of {genes[0]}, or MLPA")],
        [junction_evidence(j) for j in found.junctions],
        genes=genes,
        details={"deletion": "unknown", "hits": []},
    )


def _possibly_deleted(case: Case, id: str, lost: Sequence[GeneCopies]) -> LesionCall:
    """A loss that not every reading of the copy number has, or of a fit that its caller does not believe."""
    doubts = [reason for c in lost for reason in c.reasons if reason.code is Code.PLOIDY_UNCERTAIN]
    why = doubts[0].text if doubts else "the copies are not certain"
    return make(
        case,
        id,
        [speaks(copies_source(case), Weight.HINT, code=Code.PLOIDY_UNCERTAIN, likely=True)],
        f"{lesion_name(case, id)} likely ({'; '.join(copies_text(c) for c in lost)}), not certain: {why}.",
        [*doubts, *_copy_reasons(lost)],
        [e for c in lost for e in c.evidence],
        genes=tuple(c.gene for c in lost),
        details={"deletion": "unknown", "hits": []},
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


def hits_of(lost: Sequence[GeneCopies], junctions: Sequence[DeletionJunction] = ()) -> list[GeneHit]:
    """What was found, gene by gene, as other rules and risk schemes read it."""
    hits: list[GeneHit] = [
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
        change: GeneHit = {"gene": j.gene, "change": "deletion", "level": "focal", "exons": list(j.exons)}
        hits.append({**change, "rule": "junction", "subclonal": j.subclonal, "size": j.size})
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
    losses_shown = certain or list(found.fish)
    lost = tuple(dict.fromkeys(loss.gene for loss in losses_shown))
    observations = [*shown(case, (), found), *normal_copies(case, lost)]
    evidence = [fish_evidence(loss) for loss in losses_shown]
    if not decide(observations).state.present:
        return _fish_open(case, id, genes, found, observations, evidence)
    homozygous = any(loss.signals == 0 for loss in losses_shown)
    reasons = [Reason(Code.EVIDENCE_FOUND, loss.text) for loss in losses_shown]
    methods = list(dict.fromkeys(loss.method for loss in losses_shown))
    if FISH in methods:
        reasons.append(Reason(Code.NOTE, "the probe is larger than the gene: FISH does not tell the reach of the loss"))
    hits: list[GeneHit] = [
        {
            "gene": loss.gene,
            "change": "homozygous_deletion" if loss.signals == 0 else "deletion",
            "level": None,
            "rule": loss.method,
        }
        for loss in losses_shown
    ]
    return make(
        case,
        id,
        observations,
        f"{' and '.join(lost)}: {'homozygous deletion' if homozygous else 'deletion'} by {' and '.join(methods)}.",
        reasons,
        evidence,
        subtype="homozygous" if homozygous else None,
        genes=lost,
        details={"level": None, "homozygous": homozygous, "deletion": "present", "hits": hits},
    )


def _fish_open(
    case: Case,
    id: str,
    genes: Sequence[str],
    found: Loss,
    observations: Sequence[Observation],
    evidence: Sequence[Evidence],
) -> LesionCall:
    """FISH of too few cells, or against copy number that shows no loss."""
    certain = [loss for loss in found.fish if loss.certain]
    losses_shown = certain or list(found.fish)
    lost = dict.fromkeys(loss.gene for loss in losses_shown)
    normal = [c for g in lost if (c := gene_copies(case, g)) is not None and c.call != "not_assessable"]
    said = "; ".join(loss.text for loss in losses_shown)
    if normal:
        text = f"{said}, but copy number shows no loss ({'; '.join(copies_text(c) for c in normal)})"
        reason = Reason(Code.EVIDENCE_CONFLICT, text, "copy number of a purer sample, or FISH of more cells")
    else:
        by_fish = any(loss.method == FISH for loss in losses_shown)
        why = "too few cells for a clone" if by_fish else "the region ends at the gene, or is of another assembly"
        text = f"{said}: {why}"
        reason = Reason(Code.EVIDENCE_INCOMPLETE, text, "FISH of more cells, or copy number")
    return make(
        case,
        id,
        observations,
        f"{lesion_name(case, id)}: equivocal, {text}.",
        [reason],
        evidence,
        genes=tuple(genes),
        details={"deletion": "unknown", "hits": []},
    )


def _weak_junctions(case: Case, id: str, genes: Sequence[str], found: Loss) -> LesionCall:
    names = "; ".join(junction_evidence(j).summary for j in found.junctions)
    reasons = [
        Reason(
            Code.EVIDENCE_CONFLICT,
            f"a deletion junction with few reads or failed filters: {names}",
            "copy number of the gene",
        )
    ]
    return make(
        case,
        id,
        [*shown(case, (), found), *normal_copies(case, genes)],
        f"{lesion_name(case, id)}: possible, by a junction of low confidence.",
        reasons,
        [junction_evidence(j) for j in found.junctions],
        genes=tuple(dict.fromkeys(j.gene for j in found.junctions)),
        details={"deletion": "unknown", "hits": []},
    )
