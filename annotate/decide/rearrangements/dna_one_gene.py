"""A junction with one end in a driver gene and the other in no known partner."""

from __future__ import annotations

from annotate.decide.case import Case
from annotate.decide.rearrangements.dna_places import evidence
from annotate.decide.rearrangements.findings import Finding
from annotate.decide.rearrangements.rules import Rule
from annotate.model.junctions import Breakend, Junction
from annotate.model.state import Code
from annotate.reference.features import Gene
from annotate.reference.places import to_x

# ---------------------------------------------------------------- junctions with one gene


def orphan(case: Case, rules: tuple[Rule, ...], junction: Junction) -> Finding | None:
    """A gene broken in its region with the part kept that a fusion needs, and no gene on the other side.

    Where the file does not tell the sides, either part may be the one that is kept.
    """
    if {"possible_germline", "ig_tr_rearrangement"} & set(junction.flags):
        return None
    sides_told = "orientation_unknown" not in junction.flags
    for rule in rules:
        if not rule.orphan:
            continue
        for end, far in ((junction.left, junction.right), (junction.right, junction.left)):
            gene = _anchor(case, rule, end, sides_told) if end is not None else None
            if gene is None or end is None or _within(gene, far):
                continue
            if not any(pair.oriented and gene.name in (pair.five, pair.three) for pair in junction.pairs):
                return _orphan_finding(case, rule, junction, gene, end, far)
    return None


def _anchor(case: Case, rule: Rule, end: Breakend, sides_told: bool) -> Gene | None:
    """The gene of this rule that breaks at `end` with the part kept that counts."""
    chrom, pos = to_x(case.genome, end.chrom, end.pos)
    for name in (*sorted(rule.five_any), *sorted(rule.three_any)):
        gene = case.genome.gene(name)
        if gene is None or not rule.in_window(name, chrom, pos):
            continue
        side = gene.five_prime_side if name in rule.five_any else gene.three_prime_side
        if end.keeps == side or not sides_told:
            return gene
    return None


def _within(gene: Gene, end: Breakend | None) -> bool:
    return end is not None and end.chrom == gene.chrom and gene.start <= end.pos <= gene.end


def _orphan_finding(
    case: Case, rule: Rule, junction: Junction, gene: Gene, end: Breakend, far: Breakend | None
) -> Finding:
    five = gene.name in rule.five_any
    part = "5'" if five else "3'"
    where = f"{end.chrom}:{end.pos:,}"
    sides_told = "orientation_unknown" not in junction.flags
    if far is None:
        what = "joined to a sequence that the caller could not place"
    elif sides_told and _is_loss(junction, gene, end):
        what = f"joined to {far.chrom}:{far.pos:,}, outside any partner gene: a deletion of its {_other(part)} part"
    elif not sides_told:
        what = f"joined to {far.chrom}:{far.pos:,}"
    else:
        partner = next(iter(case.genome.genes_at(far.chrom, far.pos)), None)
        inside = f"inside {partner.name}, in the wrong direction" if partner else "outside any protein-coding gene"
        what = f"joined to {far.chrom}:{far.pos:,}, {inside}"
    kept = f"with its {part} part kept" if sides_told else "and the file does not say which part is kept"
    text = f"{gene.name} breaks at {where} in its breakpoint region {kept}, {what}"
    likely = five and sides_told and "filtered_by_caller" not in junction.flags
    return Finding(
        source="dna",
        five=gene.name if five else "",
        three="" if five else gene.name,
        strength="hint",
        text=f"{text}: a fusion is possible and not shown",
        code=Code.EVIDENCE_INCOMPLETE,
        leaning="likely" if likely else "unclear",
        evidence=evidence(junction, rule.id),
        rule=rule,
        known=False,
        junctions=(junction.id,),
        facts={"junction": junction.id, "reads": junction.reads, "vaf": junction.vaf},
    )


def _is_loss(junction: Junction, gene: Gene, end: Breakend) -> bool:
    return (
        junction.right is not None
        and junction.left.chrom == junction.right.chrom
        and (junction.left.keeps, junction.right.keeps) == ("L", "R")
        and end.keeps == (gene.five_prime_side if end is junction.left else gene.three_prime_side)
    )


def _other(part: str) -> str:
    return "3'" if part == "5'" else "5'"
