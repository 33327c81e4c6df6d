"""What RNA fusions say of a lesion.

RNA breakpoints are exon edges: they may lie a base outside the windows of DNA. Few reads, read-through of
neighbours, circular transcripts, antisense joins and a caller's own doubts each count less, with the reason said.
A record that a caller took from DNA alone counts as DNA.
"""

from __future__ import annotations

from dataclasses import replace

from annotate.decide.case import Case
from annotate.decide.rearrangements.findings import Finding, Leaning, also_counted, downgrade, keeps_domain, neighbours
from annotate.decide.rearrangements.rules import Match, Rule, best_rule, rules_of
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.rearrangements import Strength
from annotate.model.evidence import Evidence
from annotate.model.fusions import TARGETED, Fusion
from annotate.model.junctions import Side
from annotate.model.state import Code
from annotate.reference.features import Gene
from annotate.reference.places import to_x

DOUBTS = {
    "evidence_only": "the program counts reads and makes no call",
    "blacklisted": "the caller knows the pair as an artefact or from healthy tissue",
    "filtered_by_caller": "the caller itself discarded it",
    "duplicate_gene": "the caller calls the two genes alike",
    "orientation_unknown": "the table does not say which gene is 5'",
    "not_reported": "LINX lists it and does not report it",
    "banned": "it is on FusionCatcher's list of pairs that are false wherever they are seen",
}
WEAK_WORDS = frozenset({"low", "lowconf", "low_confidence", "potential", "bad"})


def rna_findings(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Every RNA fusion that bears on a lesion, the best record of each pair and orientation."""
    rules = rules_of(case.genome, case.knowledge, lesion)
    found: dict[tuple[str, str, str, bool], Finding] = {}
    for fusion in case.fusions.fusions if case.fusions is not None else ():
        finding = _of_fusion(case, rules, fusion)
        if finding is None:
            continue
        key = (finding.source, finding.five, finding.three, finding.reciprocal)
        if key not in found or _rank(finding) < _rank(found[key]):
            found[key] = finding
    return tuple(found.values())


def _rank(finding: Finding) -> tuple[int, int]:
    order = {"proof": 0, "support": 1, "hint": 2, "note": 3}
    return order[finding.strength], -(finding.facts.get("reads") or 0)


def _of_fusion(case: Case, rules: tuple[Rule, ...], fusion: Fusion) -> Finding | None:
    forward = best_rule(rules, fusion.five, fusion.three)
    backward = best_rule(rules, fusion.three, fusion.five)
    direct = forward is not None and (forward[1] == "known" or backward is None or backward[1] != "known")
    if "banned" in fusion.flags and not (direct and forward is not None and forward[1] == "known"):
        return _banned(forward or backward, fusion)
    if direct and forward is not None:
        rule, match = forward
        return _judge(case, rule, match, fusion, fusion.five, fusion.three)
    if backward is not None and backward[1] == "known" and not backward[0].mimic:
        rule, _ = backward
        if not rule.directed(fusion.three, fusion.five) or "orientation_unknown" in fusion.flags:
            return _judge(case, rule, "known", fusion, fusion.three, fusion.five)
        return _reciprocal(rule, fusion)
    return None


def _draft(rule: Rule, match: Match, fusion: Fusion, five: str, three: str) -> Finding:
    return Finding(
        source="dna" if "dna_derived" in fusion.flags else "rna",
        five=five,
        three=three,
        strength="proof",
        text=_words(fusion, five, three),
        evidence=evidence(fusion, rule.id),
        rule=rule,
        known=match == "known",
        facts={"reads": fusion.reads, "caller": fusion.caller},
    )


def _banned(found: tuple[Rule, Match] | None, fusion: Fusion) -> Finding | None:
    """A pair that its caller knows as false: said, where it touches the lesion, and not counted."""
    if found is None:
        return None
    draft = _draft(found[0], found[1], fusion, fusion.five, fusion.three)
    return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {DOUBTS['banned']}")


def _reciprocal(rule: Rule, fusion: Fusion) -> Finding:
    draft = _draft(rule, "known", fusion, fusion.three, fusion.five)
    text = (
        f"{_words(fusion, fusion.five, fusion.three)} is the reciprocal product: the driver {draft.name} is not shown"
    )
    return replace(
        draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, leaning=rule.reciprocal, text=text, reciprocal=True
    )


def _judge(case: Case, rule: Rule, match: Match, fusion: Fusion, five: str, three: str) -> Finding | None:
    draft = _draft(rule, match, fusion, five, three)
    if rule.mimic:
        return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {rule.note}")
    if {"circular", "same_gene"} & set(fusion.flags):
        return None
    through = _read_through(case, rule, draft, fusion)
    if through is not None and through.strength == "note":
        return through
    swapped = five != fusion.five
    places = {five: fusion.three_breakpoint if swapped else fusion.five_breakpoint}
    places[three] = fusion.five_breakpoint if swapped else fusion.three_breakpoint
    exons = _exons(case, five, places[five], three, places[three])
    kept = keeps_domain(case, rule, three, exons[1], _inside(case, three, places[three]))
    if kept is False:
        text = f"{draft.text}: the kinase domain of {three} is not kept whole, so this is no driver"
        return replace(draft, strength="note", code=Code.RULED_OUT, text=text)
    counted = also_counted(case, (five, exons[0]), (three, exons[1]))
    weighed = through or draft
    return _weigh(case, replace(weighed, facts={**weighed.facts, **counted}), fusion, places, exons, kept)


def _read_through(case: Case, rule: Rule, draft: Finding, fusion: Fusion) -> Finding | None:
    """Neighbouring genes of one strand: transcription alone joins them. None: no concern."""
    if rule.read_through == "counts" and draft.known:
        return None
    distance = case.knowledge.value(cutoffs.FUSIONS_READ_THROUGH_DISTANCE)
    flagged = "read_through" in fusion.flags
    if (
        not flagged
        and not (draft.known and rule.read_through == "no")
        and neighbours(case.genome, draft.five, draft.three, distance)
    ):
        flagged = "dna_derived" not in fusion.flags
    if not flagged:
        return None
    why = "neighbouring genes of one strand, which read-through transcription joins without a rearrangement"
    text = f"{draft.text}: {why}"
    if rule.read_through == "hint" and draft.known:
        return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, text=text)
    return replace(draft, strength="note", code=Code.RULED_OUT, text=text)


def _weigh(
    case: Case,
    draft: Finding,
    fusion: Fusion,
    places: dict[str, tuple[str, int] | None],
    exons: tuple[int | None, int | None],
    kept: bool | None,
) -> Finding | None:
    rule = draft.rule
    assert rule is not None
    strength: Strength = downgrade(draft.strength, rule.known if draft.known else "proof")
    leaning: Leaning = "likely"
    reasons: list[str] = [f"the kinase domain of {draft.three} is kept"] if kept else []
    window = _window(case, rule, draft.five, places[draft.five])
    if window is False and rule.outside != "note":
        strength, leaning = downgrade(strength, rule.outside), "unclear"
        reasons.append(f"outside the usual breakpoint region of {draft.five}")
    if _elsewhere(case, places):
        strength, leaning = downgrade(strength, "hint"), "unclear"
        reasons.append("its breakpoints do not lie in the genes that it is named for")
    if rule.directed(draft.five, draft.three) and _antisense(case, fusion):
        strength, leaning = downgrade(strength, "hint"), "unclear"
        reasons.append("a strand is opposite to its gene's, which makes no chimeric protein")
    if draft.known:
        if fusion.in_frame is not None:
            reasons.append("in frame" if fusion.in_frame else "out of frame by the caller")
    else:
        strength, leaning = _novel(case, rule, draft, fusion, strength, leaning, reasons)
    strength = _support(case, rule, draft, fusion, window, strength, reasons)
    if draft.known and rule.known != "proof":
        reasons.append(rule.note)
    if strength == "hint" and not draft.known and fusion.in_frame is False and kept is None:
        return None if not rule.windows else _done(draft, rule, fusion, strength, "unclear", reasons, exons)
    return _done(draft, rule, fusion, strength, leaning, reasons, exons)


def _done(
    draft: Finding,
    rule: Rule,
    fusion: Fusion,
    strength: Strength,
    leaning: Leaning,
    reasons: list[str],
    exons: tuple[int | None, int | None],
) -> Finding:
    frame = {True: "in_frame", False: "out_of_frame", None: "unknown"}[fusion.in_frame]
    facts = {
        **draft.facts,
        "five_exon": exons[0],
        "three_exon": exons[1],
        "frame": frame,
        "transcript": rule.exon_names.get(exons[0]) if exons[0] else None,
    }
    code = Code.EVIDENCE_FOUND if strength == "proof" else Code.EVIDENCE_INCOMPLETE
    text = f"{draft.text}: {'; '.join(reasons)}" if reasons else draft.text
    return replace(draft, strength=strength, leaning=leaning, code=code, text=text, facts=facts)


def _novel(
    case: Case,
    rule: Rule,
    draft: Finding,
    fusion: Fusion,
    strength: Strength,
    leaning: Leaning,
    reasons: list[str],
) -> tuple[Strength, Leaning]:
    """A partner that is not in the table of fusions."""
    partner = draft.three if draft.five in rule.five_any else draft.five
    reasons.append("a partner that is not in the table of fusions")
    if case.genome.gene(partner) is None or "intergenic" in fusion.flags:
        reasons.append("the partner is no protein-coding gene of the reference")
        return downgrade(strength, "hint"), "unclear"
    if fusion.in_frame is False:
        reasons.append("out of frame by the caller")
        return downgrade(strength, "hint"), "unclear"
    if fusion.in_frame:
        reasons.append("in frame")
    elif rule.novel != "any":
        reasons.append("the reading frame is not known")
        return downgrade(strength, "support"), leaning
    return strength, leaning


def _support(
    case: Case, rule: Rule, draft: Finding, fusion: Fusion, window: bool | None, strength: Strength, reasons: list[str]
) -> Strength:
    doubts = [words for flag, words in DOUBTS.items() if flag in fusion.flags]
    if (fusion.confidence or "").strip().lower() in WEAK_WORDS:
        doubts.append(f"the caller's confidence is '{fusion.confidence}'")
    if fusion.filter not in (None, "", ".", "PASS") and "filtered_by_caller" not in fusion.flags:
        doubts.append(f"the caller's filter is '{fusion.filter}'")
    if doubts:
        reasons += doubts
        strength = downgrade(strength, "support" if draft.known else "hint")
    if "dna_derived" in fusion.flags:
        reasons.append("derived by the caller from DNA, not seen in RNA")
        return strength
    needed = case.knowledge.value(cutoffs.FUSIONS_MIN_READS)
    if fusion.reads is None and "curated" in fusion.flags:
        reasons.append("released by its study as somatic, without the number of reads")
        return strength
    if TARGETED in fusion.flags:
        reasons.append("by an assay of this pair alone, which counts no reads")
        return strength
    if fusion.reads is None:
        reasons.append("the number of supporting reads is not given")
        return downgrade(strength, "support")
    if fusion.reads < needed:
        if rule.few_reads_in_window and draft.known and window:
            reasons.append(f"fewer than {needed:g} reads, but the junction lies in the breakpoint region")
            return strength
        reasons.append(f"fewer than {needed:g} reads: cross-contamination is not excluded")
        return downgrade(strength, "support")
    return strength


# ---------------------------------------------------------------- places


def _exons(
    case: Case, five: str, five_at: tuple[str, int] | None, three: str, three_at: tuple[str, int] | None
) -> tuple[int | None, int | None]:
    """Last exon kept of the 5' gene, first exon kept of the 3' gene, where transcripts and places allow."""
    return _exon(case, five, five_at, five_prime=True), _exon(case, three, three_at, five_prime=False)


def _exon(case: Case, name: str, at: tuple[str, int] | None, *, five_prime: bool) -> int | None:
    gene, transcript, pos = case.genome.gene(name), case.genome.transcript(name), _inside(case, name, at)
    if gene is None or transcript is None or pos is None:
        return None
    side: Side = gene.five_prime_side if five_prime else gene.three_prime_side
    kept = transcript.exons_kept(pos, side)
    if not kept:
        return None
    return max(kept) if five_prime else min(kept)


def _inside(case: Case, name: str, at: tuple[str, int] | None) -> int | None:
    """The breakpoint on its gene's chromosome, inside the gene; else None."""
    gene = case.genome.gene(name)
    if gene is None or at is None:
        return None
    chrom, pos = to_x(case.genome, *at)
    return pos if chrom == gene.chrom and gene.start <= pos <= gene.end else None


def _window(case: Case, rule: Rule, name: str, at: tuple[str, int] | None) -> bool | None:
    if at is None or name not in rule.windows:
        return None
    slack = case.knowledge.value(cutoffs.REARRANGEMENTS_RNA_EDGE)
    return rule.in_window(name, *to_x(case.genome, *at), slack)


def _elsewhere(case: Case, places: dict[str, tuple[str, int] | None]) -> bool:
    """Is a breakpoint far from the gene that it is named for?"""
    window = case.knowledge.value(cutoffs.FUSIONS_NAMED_GENE_WINDOW)
    return any(
        _is_far(case, gene, at, window) for name, at in places.items() if (gene := case.genome.gene(name)) and at
    )


def _is_far(case: Case, gene: Gene, at: tuple[str, int], window: float) -> bool:
    if gene.name.startswith("DUX4"):
        return False  # copies of the repeat lie on 4q and 10q
    chrom, pos = to_x(case.genome, *at)
    return chrom != gene.chrom or not gene.start - window <= pos <= gene.end + window


def _antisense(case: Case, fusion: Fusion) -> bool:
    if "antisense" in fusion.flags:
        return True
    ends = ((fusion.five, fusion.five_keeps, True), (fusion.three, fusion.three_keeps, False))
    for name, keeps, five in ends:
        gene = case.genome.gene(name)
        if gene is None or keeps is None:
            continue
        if keeps != (gene.five_prime_side if five else gene.three_prime_side):
            return True
    return False


# ---------------------------------------------------------------- words


def _words(fusion: Fusion, five: str, three: str) -> str:
    reads = f"{fusion.reads} reads" if fusion.reads is not None else "reads not stated"
    kind = "Fusion" if "dna_derived" in fusion.flags else "RNA fusion"
    return f"{kind} {five}::{three} by {fusion.caller}, {reads}"


def evidence(fusion: Fusion, rule: str) -> Evidence:
    """The fusion's record, with the numbers used."""
    values = {
        "split_reads": fusion.split_reads,
        "spanning_reads": fusion.spanning_reads,
        "five_breakpoint": _place(fusion.five_breakpoint),
        "three_breakpoint": _place(fusion.three_breakpoint),
        "in_frame": fusion.in_frame,
        "confidence": fusion.confidence,
        "filter": fusion.filter,
        "flags": ";".join(fusion.flags),
    }
    return Evidence(
        kind="fusion",
        summary=f"{fusion.name} by {fusion.caller}",
        file=fusion.file,
        record=fusion.record,
        rule=rule,
        values={key: value for key, value in values.items() if value not in (None, "")},
    )


def _place(at: tuple[str, int] | None) -> str | None:
    return f"{at[0]}:{at[1]}" if at is not None else None
